"""The table of contradictions: each row by hand, and what holds for any books."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.audit import contradictions as rules
from mediation.rules.audit.contradictions import Books, Paid, Series, Worker

TODAY = date(2026, 11, 18)
DAYS = {"received": date(2026, 3, 2), "accepted": date(2026, 3, 4), "agreed": date(2026, 3, 20),
        "effective": date(2026, 3, 25), "concluded": date(2026, 3, 20), "closed": date(2026, 5, 4)}
SOUND = {"today": TODAY, "days": DAYS, "has_agreement": True, "agreed_first_on": date(2026, 3, 20), "is_closed": True,
         "workers": (Worker(1, 1860000, 1500000, 1500000),), "paid": (Paid(1, date(2026, 4, 20), 1500000),)}


def found(**changes: object) -> list[tuple[str, str, str]]:
    return [(one.key, one.mark, one.figures) for one in rules.of_books(Books(**{**SOUND, **changes}))]


def test_a_case_that_ran_its_course_has_none():
    assert found() == []
    assert rules.of_books(Books(TODAY)) == []


def test_more_arrived_than_was_agreed():
    over = Worker(7, 1860000, 1500000, 1500001, "多付一分，单位不要回")
    assert found(workers=(over,)) == [("arrived_above_agreed", "worker:7", "1500001>1500000")]
    [one] = rules.of_books(Books(**{**SOUND, "workers": (over,)}))
    assert (one.on, one.reason) == (date(2026, 4, 20), "多付一分，单位不要回")
    assert one.text.zh == "一名工人已到账15,000.01元，协议15,000.00元，多0.01元"


def test_money_to_one_whom_nothing_binds_is_above_what_is_agreed():
    assert found(workers=(Worker(7, 1000, None, 5),)) == [("arrived_above_agreed", "worker:7", "5>0")]


def test_one_workers_surplus_is_not_hidden_by_anothers_loss():
    pair = (Worker(1, 200, 100, 150), Worker(2, 200, 100, 50))
    assert found(workers=pair, has_way_on=True) == [("arrived_above_agreed", "worker:1", "150>100")]


def test_more_agreed_than_claimed():
    assert found(workers=(Worker(1, 1000, 1001, 0),)) == [("agreed_above_claimed", "worker:1", "1001>1000")]
    assert found(workers=(Worker(1, None, 1001, 0),)) == []  # not yet reckoned: nothing to compare


def test_closed_with_money_open():
    assert found(outstanding_fen=300000) == [("closed_with_money_open", "", "300000")]
    assert found(outstanding_fen=300000, has_way_on=True) == []
    assert found(outstanding_fen=300000, is_closed=False) == []


def test_paid_before_anything_was_agreed():
    early = (Paid(1, date(2026, 3, 19), 500), Paid(2, date(2026, 3, 20), 500), Paid(3, None, 500))
    assert found(paid=early) == [("paid_before_agreed", "payment:1", "2026-03-19<2026-03-20")]
    assert found(paid=early[:1], has_agreement=False, agreed_first_on=None) == [("paid_before_agreed", "payment:1", "500")]


def test_a_reason_given_at_entry_goes_with_it():
    [one] = rules.of_books(Books(**{**SOUND, "paid": (Paid(1, date(2026, 3, 1), 500, "先垫了生活费"),)}))
    assert one.reason == "先垫了生活费"


@pytest.mark.parametrize(("name", "day", "figures"), [
    ("accepted", date(2026, 3, 1), "received 2026-03-02>2026-03-01"),
    ("agreed", date(2026, 3, 3), "accepted 2026-03-04>2026-03-03"),
    ("effective", date(2026, 3, 19), "agreed 2026-03-20>2026-03-19"),
    ("concluded", date(2026, 3, 19), "agreed 2026-03-20>2026-03-19"),
    ("closed", date(2026, 3, 24), "effective 2026-03-25>2026-03-24"),
])
def test_days_out_of_order(name, day, figures):
    changed = {"days": {**DAYS, name: day}, "agreed_first_on": None}
    assert found(**changed) == [("days_out_of_order", name, figures)]


def test_the_effect_may_come_after_the_outcome():
    """The last signature may wait; the outcome is reached when the parties agree (law.md 3.4)."""
    assert found(days={**DAYS, "effective": date(2026, 4, 30)}) == []


def test_unknown_days_are_skipped_and_the_next_known_one_is_compared():
    days = {"received": date(2026, 3, 5), "accepted": None, "agreed": None, "concluded": date(2026, 3, 4)}
    assert found(days=days) == [("days_out_of_order", "concluded", "received 2026-03-05>2026-03-04")]


def test_paid_in_the_future():
    tomorrow = TODAY + timedelta(1)
    assert found(paid=(Paid(1, TODAY, 5), Paid(2, tomorrow, 5))) == [("paid_in_future", "payment:2", "2026-11-19")]


def test_gaps_in_numbering():
    assert rules.missing([1, 2, 3], 3) == []
    assert rules.missing([], 2) == [(1, 2)]
    assert rules.missing([2, 5, 9], 9) == [(1, 1), (3, 4), (6, 8)]
    [one] = rules.of_series(Series("register", 2026, {1: date(2026, 1, 7), 4: date(2026, 2, 2)}, 4))
    assert (one.mark, one.figures, one.on) == ("register:2026", "2-3", date(2026, 1, 7))
    assert one.text.zh == "2026年登记号缺 2–3"


def test_numbers_from_paper_times_are_no_gaps():
    assert rules.of_series(Series("accepted", 2019, {57: date(2019, 6, 1)}, 0)) == []


def test_every_row_says_what_it_compares_and_where_it_comes_from():
    for key, row in rules.TABLE.items():
        assert key == row.key
        assert row.label.zh and row.label.en and row.compares.zh and row.compares.en and row.source, key


# For any books

fen = st.integers(0, 10**9)
days = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 1, 1)))
workers = st.lists(st.builds(Worker, st.integers(1, 5), st.one_of(st.none(), fen), st.one_of(st.none(), fen), fen),
                   max_size=4, unique_by=lambda worker: worker.party_id)
paid = st.lists(st.builds(Paid, st.integers(1, 9), days, fen), max_size=4, unique_by=lambda row: row.seq)
books = st.builds(
    Books, st.just(TODAY), st.fixed_dictionaries({name: days for name in rules.DAYS}), workers.map(tuple), paid.map(tuple),
    st.booleans(), days, st.booleans(), fen, st.booleans())


@given(books)
def test_every_contradiction_has_a_mark_of_its_own_and_values_that_an_explanation_can_hold(one):
    all_ = rules.of_books(one)
    assert len({(row.key, row.mark) for row in all_}) == len(all_)
    assert all(len(row.figures) <= 60 and len(row.mark) <= 40 and row.figures for row in all_)
    assert all("{" not in row.text.zh + row.text.en for row in all_)


@given(books)
def test_what_was_put_right_is_found_no_more(one):
    sound = Books(
        TODAY, dict.fromkeys(rules.DAYS, date(2026, 1, 2)),
        tuple(w._replace(claimed_fen=w.arrived_fen, agreed_fen=w.arrived_fen) for w in one.workers),
        tuple(row._replace(paid_on=date(2026, 1, 2)) for row in one.paid), True, date(2026, 1, 2), one.is_closed, 0)
    assert rules.of_books(sound) == []


@given(st.sets(st.integers(1, 60)), st.integers(0, 60))
def test_numbers_and_gaps_together_are_the_whole_series(numbers, last):
    gaps = {n for first, end in rules.missing(numbers, last) for n in range(first, end + 1)}
    assert gaps | {n for n in numbers if n <= last} == set(range(1, last + 1))
    assert not gaps & numbers
