"""The sums of a closed period and its corrections: whatever changes, frozen figures and corrections give today's."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.figures import catalogue
from mediation.rules.figures import closings as rules
from mediation.rules.language import Refused

case = st.dictionaries(st.sampled_from(sorted(rules.PARTS)), st.integers(1, 10**9), max_size=6)
parts = st.dictionaries(st.sampled_from(["u-2026-0001", "u-2026-0002", "u-2026-0003", "u-2026-0004"]), case)


def test_figures_by_hand():
    made = {"u-1": {"accepted": 1, "settled": 1, "workers": 3, "recovered_fen": 500}, "u-2": {"accepted": 1, "workers": 1}}
    found = rules.figures(made)
    assert found["accepted"] == [2, 2, None]
    assert found["rate_accepted"] == ["50.00", 1, 2]
    assert found["rate_closed"] == [None, 0, 0]
    assert (found["workers"][0], found["recovered_fen"][0]) == (4, 500)


def test_every_figure_is_one_of_the_reports_and_stands_on_known_parts():
    assert set(rules.FIGURES) == set(catalogue.SUMMARY)
    assert {part for pair in rules.FIGURES.values() for part in pair if part} == set(rules.PARTS)


@given(parts, parts)
def test_frozen_and_corrections_together_are_today(frozen, now):
    changed = rules.corrections(frozen, now)
    assert rules.figures(rules.corrected(frozen, changed)) == rules.figures(now)
    assert all(before != after for one in changed for before, after in one.changes.values())


@given(parts)
def test_where_nothing_changed_nothing_is_corrected(frozen):
    assert rules.corrections(frozen, frozen) == []


@given(parts, parts)
def test_the_digest_tells_other_figures_apart(one, other):
    def said(made):
        return rules.digest("u", "2026Q3", date(2026, 9, 30), rules.figures(made), made)
    assert (said(one) == said(other)) == (one == other)


@pytest.mark.parametrize("said", ["2026-03", "2026Q1", "2026", "union-2026"])
def test_periods_that_are_closed(said):
    assert rules.read_period(said).code == said


@pytest.mark.parametrize("said", ["", "2026-01-01..2026-01-31", "2026..", "..2026-01-31", "2026Q5", "2026-13"])
def test_periods_that_are_not(said):
    with pytest.raises(Refused):
        rules.read_period(said)


def test_a_figure_that_came_later_has_no_value_in_an_older_closing():
    first, *rest = rules.FIGURES
    assert rules.kept_and_later(dict.fromkeys(rest)) == (rest, [first])
    assert rules.kept_and_later(dict.fromkeys(rules.FIGURES)) == (list(rules.FIGURES), [])
