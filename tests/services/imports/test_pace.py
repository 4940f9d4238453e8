"""Blocks of an import: as many rows as fit into the time for which others may wait."""
from __future__ import annotations

import pytest

from mediation.services.imports import pace


@pytest.mark.parametrize(("ahead", "seconds", "rows"), [
    (0.1, 0.1, 60),   # quick: half as many again, no leap
    (0.1, 0.6, 20),   # twice the budget: half as many
    (1.7, 0.1, 20),   # made so slowly that making it again under the lock would be too long
    (0.1, 40.0, 20),   # so slow a disk still goes on
])
def test_a_block_has_as_many_rows_as_fit_into_the_budget(monkeypatch, ahead, seconds, rows):
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    made = pace.Pace(40, 200)
    made.begin()
    now[0] += ahead
    made.hold()
    now[0] += seconds
    made.end(40)
    assert made.rows == rows
