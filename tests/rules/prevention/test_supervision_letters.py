"""The order of the supervision letters, and their periods."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules import prevention as rules
from mediation.rules.prevention import Former
from mediation.sheets import shipped_calendar

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(("kind", "former", "is_open"), [
    ("reminder", None, True), ("opinion", None, True), ("recommendation", None, False),
    ("opinion", Former("reminder", "sent", None, None), False),  # nobody has looked whether it was put right
    ("opinion", Former("reminder", "replied", None, None), False),
    ("opinion", Former("reminder", "reviewed", None, True), False),
    ("opinion", Former("reminder", "reviewed", None, False), True),
    ("recommendation", Former("reminder", "reviewed", None, False), False),
    ("recommendation", Former("opinion", "sent", date(2026, 11, 18), None), False),  # the last day still runs
    ("recommendation", Former("opinion", "sent", date(2026, 11, 17), None), True),
    ("recommendation", Former("opinion", "replied", date(2026, 11, 17), None), False),
    ("letter", None, False)])
def test_the_next_letter_needs_its_ground(kind, former, is_open):
    assert (rules.order_problems(kind, former, TODAY) == []) is is_open


def test_periods_are_the_rules_or_the_houses():
    assert [rules.period(kind, {}) for kind in rules.KINDS] == [(10, "wd"), (30, "wd"), (90, "nat")]
    assert rules.period("recommendation", {}, is_filing=True) == (5, "wd")
    assert rules.period("opinion", {"letter_opinion_days": "7"}) == (7, "wd")
    assert rules.period("opinion", {"letter_opinion_days": "0"}) is None
    assert rules.period("reminder", {"letter_reminder_days": "7"}) == (7, "wd")
    assert rules.period("reminder", {}, is_filing=True) is None
    assert [bool(rules.setting_problem(said)) for said in ("", "7", "0", "251", "七", "-1")] == [
        False, False, False, True, True, True]


@pytest.mark.parametrize(("kind", "sent_on", "is_filing", "filed_on", "due_on"), [
    # September 2026: the 20th is a working Sunday, the 25th to 27th are off; October: 1 to 7 off, Saturday 10 worked.
    ("reminder", "2026-09-18", False, None, "2026-10-09"),
    ("opinion", "2026-06-01", False, None, "2026-07-14"),  # 19 June is off
    ("recommendation", "2026-06-01", True, None, "2026-06-08"),
    ("recommendation", "2026-06-01", False, None, "2026-09-07"),  # 90 days from 8 June: a Sunday, 6 September
    ("recommendation", "2026-06-01", False, "2026-06-03", "2026-09-01")])
def test_the_days_by_which_a_letter_is_answered_in_inner_mongolia(kind, sent_on, is_filing, filed_on, due_on):
    assert rules.due_on(kind, date.fromisoformat(sent_on), shipped_calendar(), {}, is_filing,
                        date.fromisoformat(filed_on) if filed_on else None) == date.fromisoformat(due_on)


@pytest.mark.parametrize(("form", "short", "number"), [
    ("乌中工调〔{year}〕{n}号", "中旗总工会", "乌中工监意〔2026〕3号"), ("", "中旗总工会", "中旗工监意〔2026〕3号")])
def test_numbers_follow_the_form_of_the_union(form, short, number):
    assert rules.number("opinion", form, short, 2026, 3) == number


@pytest.mark.parametrize(("said", "is_good"), [
    ("刘建国 0012、王秀英 0034", True), ("甲乙001，丙丁002；戊己003", True), ("阿拉坦·乌拉 7、其其格 8", True),
    ("刘建国 0012", False), ("刘建国、王秀英", False), ("刘建国 1、刘建国 2", False), ("1、2", False), ("", False)])
def test_two_people_with_certificates(said, is_good):
    assert (rules.supervisor_problems(said) == []) is is_good
