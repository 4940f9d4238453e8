"""The pictures: months, the way of the money, ages; each number is the figure's."""
from __future__ import annotations

from datetime import date, timedelta

import pytest

from mediation.extensions import db
from mediation.queries.figures import reckoning, scopes, trends
from tests import casework, house
from tests.ledgers import agreed_case, pay


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def put(actor, on: date, outcome: str = "", ended: date | None = None, closed: date | None = None, **columns) -> None:
    case = casework.make_case(actor, on=on)
    for name, given in {"state": "CLOSED" if closed else "MEDIATING", "outcome": outcome, "accepted_on": on,
                        "concluded_on": ended, "closed_on": closed, "is_open": int(not closed), **columns}.items():
        setattr(case, name, given)
    db.session.flush()


def test_months_count_each_case_by_its_own_days(mediator):
    put(mediator, date(2025, 12, 20))
    put(mediator, date(2026, 1, 5), "AGREED", ended=date(2026, 2, 3), closed=date(2026, 3, 1))
    put(mediator, date(2026, 1, 6), "FAILED", ended=date(2026, 1, 30), closed=date(2026, 1, 31))
    put(mediator, date(2026, 3, 9))
    found = trends.months(scopes.read(mediator, "2026Q1"))
    assert [(m.code, m.accepted, m.settled, m.closed, m.backlog) for m in found] == [
        ("2026-01", 2, 0, 1, 2), ("2026-02", 0, 1, 0, 1), ("2026-03", 1, 0, 1, 2)]
    asked = scopes.read(mediator, "2026")
    assert trends.months(asked)[-1].code == "2026-11"
    assert trends.months(asked)[-1].backlog == reckoning.report(asked, reckoning.TITLE, ["open"]).get("open").value
    assert trends.months(scopes.read(mediator, "2026Q1", "", date(2026, 2, 2)))[-1].backlog == 2
    assert trends.months(scopes.read(mediator)) == []


def test_the_way_of_the_money_narrows(mediator):
    case = agreed_case(mediator, [2000000, 1000000], date(2026, 6, 30), on=date(2026, 6, 10))
    pay(case, mediator, 1200000, on=date(2026, 6, 30))
    bars = trends.funnel(scopes.read(mediator, "2026"))
    assert [bar.value for bar in bars] == [3000000, 3000000, 3000000, 1200000, 1800000]
    assert all("/statistics/rows/" in bar.href for bar in bars)
    assert [bar.value for bar in trends.late_money(scopes.read(mediator, "2026"))] == [0, 0, 0, 1800000]
    assert [bar.value for bar in trends.late_money(scopes.read(mediator, "2026", "", date(2026, 7, 7)))] == [
        1800000, 0, 0, 0]


def test_ages_fall_into_bands(mediator):
    for back in (0, 7, 8, 16, 61, 300):
        put(mediator, mediator.today - timedelta(back))
    assert [bar.value for bar in trends.ages(scopes.read(mediator, "2026"))] == [2, 1, 1, 0, 2]


def test_kinds_open_their_cases(mediator):
    for head in ("wages", "wages", "overtime"):
        put(mediator, date(2026, 3, 2), main_head=head)
    bars = trends.by_kind(scopes.read(mediator, "2026"))
    assert [(bar.label.zh, bar.value) for bar in bars] == [("工资", 2), ("加班费", 1)]
    assert "kind=wages" in bars[0].href
