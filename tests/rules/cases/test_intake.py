"""The seven facts and what is remarked on them, without a database."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.cases import intake as rules
from mediation.rules.cases.intake import ClaimLine, Intake, Respondent
from mediation.rules.law.workdays import Calendar
from mediation.rules.people import worker_list

TODAY = date(2026, 11, 18)
EMPTY = Calendar.from_rows([])


def remarks(told: Intake, doors: dict[str, str] | None = None) -> str:
    return "\n".join(text.zh for text in rules.remarks(told, TODAY, EMPTY, doors or {}))


@pytest.mark.parametrize(("sex", "born_on", "retires_on"), [
    ("M", date(1964, 12, 31), date(2024, 12, 28)),
    ("M", date(1965, 1, 5), date(2025, 2, 5)),
    ("M", date(1965, 5, 5), date(2025, 7, 5)),
    ("M", date(1976, 9, 5), date(2039, 9, 5)),
    ("M", date(1980, 3, 5), date(2043, 3, 5)),
    ("F", date(1975, 1, 5), date(2025, 2, 5)),
    ("F", date(1975, 3, 5), date(2025, 5, 5)),
    ("F", date(1990, 3, 5), date(2045, 3, 5)),
])
def test_retirement_moves_by_birth(sex, born_on, retires_on):
    """The tables annexed to the decision of 2024: one month for four, or for two, up to three or five years."""
    assert rules.retirement_on(sex, born_on) == retires_on


def test_the_seven_facts_stand_in_the_order_of_telling():
    assert [name for name, _label in rules.missing(Intake())] == [
        "received", "source", "name", "phone", "respondents-0-told", "claims-0-head", "narrative"]


def test_nothing_known_leaves_no_remark():
    assert remarks(Intake()) == ""


@pytest.mark.parametrize(("count", "is_group"), [(9, False), (10, True)])
def test_a_group_begins_at_ten(count, is_group):
    assert ("群体" in remarks(Intake(headcount=count))) is is_group


def test_named_people_are_counted_once():
    pasted = tuple(worker_list.read_lines("巴特尔 100\n苏和 200", TODAY))
    assert rules.named_people(Intake(name="巴特尔", roster=pasted)) == 2
    assert rules.named_people(Intake(name="娜仁", roster=pasted)) == 3
    assert rules.named_people(Intake(name="律师", part="agent", for_name="娜仁", roster=pasted)) == 3


def test_contributions_and_households_have_another_door():
    assert "税务" in remarks(Intake(claims=[ClaimLine("insurance_arrears")]))
    said = remarks(Intake(respondents=[Respondent("牧户", "household")]), {"justice": "司法局 0478-1"})
    assert "司法局 0478-1" in said


def test_a_month_of_leaving_gives_the_earliest_day_of_the_bar():
    told = Intake(claims=[ClaimLine("wages")], wage_choice="mediate", employment="left",
                  left_told=rules.read_date("9月", TODAY))
    assert "最早2027-09-01" in remarks(told)


def test_whoever_wants_inspection_first_is_sent_there():
    told = Intake(claims=[ClaimLine("wages")], wage_choice="inspect")
    assert "人社局 12333" in remarks(told, {"inspection": "人社局 12333"})


def test_the_dispute_begins_with_the_earliest_month_claimed():
    told = Intake(claims=[ClaimLine("wages", from_told="5月"), ClaimLine("bonus", from_told="去年腊月"),
                          ClaimLine("other", from_told="不好说")])
    began = rules.dispute_began(told, TODAY)
    assert began is not None and began < date(2026, 5, 1)


def test_the_identity_number_brings_sex_and_age():
    young, old = Intake(identity="15082419900512001X"), Intake(identity="150824196105120010")
    for told in (young, old):
        first = told.identity[:17]
        told.identity = first + rules.identity.resident_check_digit(first)
    said = rules.holder_text(young, TODAY)
    assert said is not None and said.zh == "证件号：男，36岁"
    assert rules.holder_text(old, TODAY) is None
    assert "男，65岁" in remarks(old)
