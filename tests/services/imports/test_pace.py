"""Blocks of an import: as many rows as fit into the time for which others may wait."""
from __future__ import annotations

import pytest

from mediation.services.imports import pace


@pytest.mark.parametrize(("ahead", "seconds", "rows"), [
    (0.1, 0.1, 60),   # quick: half as many again, no leap
    (0.1, 0.6, 20),   # twice the budget: half as many
    (3.9, 0.1, 20),   # made so slowly that nobody would see it go on
    (0.1, 40.0, 20),   # so slow a disk still goes on
])
def test_a_block_has_as_many_rows_as_fit_into_the_budget(monkeypatch, ahead, seconds, rows):
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    made = pace.Pace(40, 200)
    made.begin()
    now[0] += ahead
    made.made()
    made.hold()
    now[0] += seconds
    made.end(40)
    assert made.rows == rows


@pytest.mark.parametrize(("ahead", "rows"), [
    (0.1, 100),  # quick enough to be made again at once
    (1.0, 30),   # as many of the hundred as take 0.3 seconds
    (9.0, 20),
])
def test_what_is_made_again_under_the_lock_is_no_more_than_others_may_wait_for(monkeypatch, ahead, rows):
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    made = pace.Pace(100, 200)
    made.begin()
    now[0] += ahead
    made.made()
    now[0] += 7.0  # waiting for somebody else
    made.hold()
    assert made.again(100) == rows


def test_waiting_for_the_lock_makes_no_block_smaller(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    made = pace.Pace(100, 120)
    made.begin()
    made.made()
    now[0] += 1.5
    made.hold()
    now[0] += 0.1
    made.end(100)
    assert made.rows == 120
