"""Blocks of an import: as many rows as fit into the time for which others may wait."""
from __future__ import annotations

import pytest

from mediation.services.imports import pace


@pytest.mark.parametrize(("seconds", "rows"), [
    (0.1, 60),   # quick: half as many again, no leap
    (1.0, 20),   # twice the budget: half as many
    (40.0, 5),   # so slow a disk still goes on
])
def test_a_block_has_as_many_rows_as_fit_into_the_budget(monkeypatch, seconds, rows):
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    made = pace.Pace(40, 200)
    made.begin()
    now[0] += seconds
    made.end(40)
    assert made.rows == rows
