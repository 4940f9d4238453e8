"""The order of the supervision letters, and their periods."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules import prevention as rules
from mediation.rules.prevention import Former

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
    assert [rules.workdays(kind, {}) for kind in rules.KINDS] == [None, 15, 15]
    assert rules.workdays("recommendation", {}, is_filing=True) == 5
    assert rules.workdays("opinion", {"letter_opinion_days": "7"}) == 7
    assert rules.workdays("opinion", {"letter_opinion_days": "0"}) is None
    assert rules.workdays("reminder", {"letter_reminder_days": "7"}) is None
    assert [bool(rules.setting_problem(said)) for said in ("", "7", "0", "251", "七", "-1")] == [
        False, False, False, True, True, True]


@pytest.mark.parametrize(("form", "short", "number"), [
    ("乌中工调〔{year}〕{n}号", "中旗总工会", "乌中工监意〔2026〕3号"), ("", "中旗总工会", "中旗工监意〔2026〕3号")])
def test_numbers_follow_the_form_of_the_union(form, short, number):
    assert rules.number("opinion", form, short, 2026, 3) == number


@pytest.mark.parametrize(("said", "is_good"), [
    ("刘建国 0012、王秀英 0034", True), ("甲乙001，丙丁002；戊己003", True), ("阿拉坦·乌拉 7、其其格 8", True),
    ("刘建国 0012", False), ("刘建国、王秀英", False), ("刘建国 1、刘建国 2", False), ("1、2", False), ("", False)])
def test_two_people_with_certificates(said, is_good):
    assert (rules.supervisor_problems(said) == []) is is_good
