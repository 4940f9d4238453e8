"""When a promised sum is due, as people say it."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.money import due_terms
from mediation.rules.money.due_terms import Term
from mediation.rules.text_cleaning import Unreadable

MADE_ON = date(2026, 11, 18)


@pytest.mark.parametrize(("said", "due_on"), [
    ("春节前", date(2027, 2, 5)),  # the festival of 2027 is on 6 February
    ("2028年春节前", date(2028, 1, 25)),
    ("5月底", date(2027, 5, 31)),
    ("2027年2月底前", date(2027, 2, 28)),
    ("12月上旬", date(2026, 12, 10)),
    ("2027年6月", date(2027, 6, 30)),
    ("签字后10日内", date(2026, 11, 28)),
    ("三十天内", date(2026, 12, 18)),
])
def test_words_mean_their_latest_day_and_are_kept(said, due_on):
    assert due_terms.read_term(said, MADE_ON) == Term(due_on, said)


@pytest.mark.parametrize("said", ["竣工后", "交房后", "工程款到后", "春节后", "竣工后10日内", "等老板卖了房子", "when the flat is sold"])
def test_words_that_mean_no_day_are_kept_without_one(said):
    assert due_terms.read_term(said, MADE_ON) == Term(None, said)


@pytest.mark.parametrize(("said", "due_on"), [("12.31", date(2026, 12, 31)), ("2027-01-15", date(2027, 1, 15)),
                                              ("1月15日", date(2027, 1, 15)), ("今天", MADE_ON)])
def test_a_day_is_only_a_day(said, due_on):
    assert due_terms.read_term(said, MADE_ON) == Term(due_on, "")


@pytest.mark.parametrize("said", ["11月31日", "2月30日前", "13月5日", "31.31", "?", "12,5,", "竣" * 61])
def test_a_day_that_does_not_exist_and_what_is_nothing_are_refused(said):
    with pytest.raises(Unreadable):
        due_terms.read_term(said, MADE_ON)


def test_the_year_is_that_of_the_agreement():
    assert due_terms.read_term("春节前", date(2025, 12, 1)).due_on == date(2026, 2, 16)


def test_a_term_is_said_with_its_words():
    assert due_terms.say_term(Term(date(2027, 2, 5), "春节前")).zh == "2027年2月5日 周五（春节前）"
    assert due_terms.say_term(Term(None, "竣工后")).en == "no day: 竣工后"


@pytest.mark.parametrize(("said", "due_on"), [("年底前", date(2026, 12, 31)), ("月底", date(2026, 11, 30))])
def test_ends_of_year_and_month_are_their_last_day(said, due_on):
    assert due_terms.read_term(said, MADE_ON).due_on == due_on
