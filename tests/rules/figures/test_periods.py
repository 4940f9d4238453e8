"""Periods of reports and exports."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mediation.rules.figures import periods, reporting
from mediation.rules.language import Text
from mediation.rules.text_cleaning import Unreadable


@pytest.mark.parametrize(("typed", "first", "last", "zh"), [
    ("2025", date(2025, 1, 1), date(2025, 12, 31), "2025年"),
    ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), "2026年第3季度"),
    ("2026q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第1季度"),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
    ("２０２６－１２", date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
    ("union-2026", date(2025, 10, 1), date(2026, 9, 30), "2026工会年度（2025年10月至2026年9月）"),
    (" Union-2026 ", date(2025, 10, 1), date(2026, 9, 30), "2026工会年度（2025年10月至2026年9月）"),
])
def test_a_period_is_read(typed, first, last, zh):
    span = periods.read_period(typed)
    assert (span.first, span.last, span.label.zh) == (first, last, zh)
    assert periods.read_period(span.code) == span


@pytest.mark.parametrize(("typed", "code"), [
    ("2026年10月", "2026-10"), ("2026年10月份", "2026-10"), ("2026 年 3 月", "2026-03"), ("2026.10", "2026-10"),
    ("2026-3", "2026-03"), ("2026/3", "2026-03"), ("２０２６年１０月", "2026-10"), ("2026年", "2026"), ("2026年度", "2026"), ("2026年第三季度", "2026Q3"),
    ("2026年3季度", "2026Q3"), ("2026第一季度", "2026Q1"), ("2026年Q2", "2026Q2"), ("2026工会年度", "union-2026"),
    ("2026年工会年度", "union-2026"), ("2026年上半年", "2026-01-01..2026-06-30"), ("2026年下半年", "2026-07-01..2026-12-31"),
    ("2026-03-01至2026-03-31", "2026-03-01..2026-03-31"), ("2026-03-01到", "2026-03-01..")])
def test_a_period_is_read_as_people_write_it(typed, code):
    found = reporting.read_period(typed)
    assert found.code == code and reporting.read_period(code) == replace(found, label=reporting.read_period(code).label)


@pytest.mark.parametrize("typed", ["", "26", "2026Q5", "2026-13", "2026-00", "union-2026Q1", "union-2026-01", "0000", "9999",
                                   "2026Q", "今年", "2026年13月", "2026年第五季度",
                                   "20263月", "2026-03-01", "²⁰²⁶x"])
def test_what_is_no_period_is_refused(typed):
    with pytest.raises(Unreadable) as refusal:
        periods.read_period(typed)
    assert "2026Q3" in refusal.value.text.zh and "2026Q3" in refusal.value.text.en


def test_two_days_are_a_period_open_at_either_end():
    day, later = date(2026, 3, 1), date(2026, 3, 9)
    assert periods.between(None, None) is None
    assert periods.between(day, later).label.zh == "2026-03-01至2026-03-09"
    assert periods.between(day, None).label.zh == "2026-03-01起"
    assert periods.between(None, later).label.en == "until 2026-03-09"
    assert periods.between(day, day).holds(day)


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(Unreadable) as refusal:
        periods.between(date(2026, 3, 2), date(2026, 3, 1))
    assert "2026-03-01" in refusal.value.text.zh and "早于" in refusal.value.text.zh


def test_a_day_not_known_lies_in_no_period():
    span = periods.read_period("2026Q3")
    assert not span.holds(None) and span.holds(date(2026, 9, 30)) and not span.holds(date(2026, 10, 1))


@pytest.mark.parametrize(("code", "zh", "en"), [
    ("2026Q3", "2026年第3季度", "Quarter 3 of 2026"), ("2026-03", "2026年3月", "March 2026"), ("2026", "2026年", "2026"),
    ("union-2026", "2026工会年度", "Union year 2026"), ("2026-03-01..2026-03-31", "2026-03-01至2026-03-31",
                                                    "2026-03-01 to 2026-03-31"), ("旧的", "旧的", "旧的")])
def test_a_kept_period_is_said_as_people_write_it(code, zh, en):
    assert reporting.named(code) == Text(zh, en)


@pytest.mark.parametrize("code", ["2026Q3", "2026-03", "2026", "union-2026", "2026-03-01..2026-03-31", "2026-03-01..",
                                  "..2026-03-31", "2026-01-01..2026-06-30"])
def test_what_is_shown_of_a_period_can_be_typed_again(code):
    for said in reporting.named(code):
        assert reporting.read_period(said).code == code
