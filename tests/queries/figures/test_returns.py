"""Returns worked out by hand: reasons, bodies, classes, the identity of the yearbook, and what breaks it."""
from __future__ import annotations

import json
from datetime import date

import pytest

from mediation.extensions import db
from mediation.queries.figures import figure_rows, returns
from mediation.rules import words
from mediation.rules.figures import returns as rules
from mediation.rules.language import Refused
from tests import casework, house


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def put(actor, on: date, outcome: str = "", ended: date | None = None, **columns) -> None:
    case = casework.make_case(actor, on=on)
    for name, given in {"state": "MEDIATING", "outcome": outcome, "accepted_on": on, "concluded_on": ended,
                        "hr_reason": "pay", **columns}.items():
        setattr(case, name, given)
    db.session.flush()


def docket(actor) -> None:
    """Two left over from the second quarter, five accepted in the third, four concluded in it, three left."""
    put(actor, date(2026, 6, 1))
    put(actor, date(2026, 6, 2), "AGREED", date(2026, 7, 5))
    put(actor, date(2026, 6, 3), "FAILED", date(2026, 6, 20))
    put(actor, date(2026, 7, 1), "SETTLED", date(2026, 7, 20), channel="C")
    put(actor, date(2026, 7, 2), "TO_COURT", date(2026, 8, 1), channel="G", hr_reason="injury")
    put(actor, date(2026, 8, 3), "WITHDRAWN", date(2026, 9, 30), channel="E", is_group=True, headcount=12)
    put(actor, date(2026, 9, 30), "AGREED", date(2026, 10, 9), channel="B")
    put(actor, date(2026, 9, 1), hr_reason="")
    put(actor, date(2026, 9, 2), "DUPLICATE", date(2026, 9, 3))


def test_the_hr_return_of_a_quarter(mediator):
    docket(mediator)
    made = returns.mediation(mediator, "2026Q3")
    found = {v.figure.key: v.value for v in made.figures if v.value}
    assert found == {"accepted": 5, "reason_pay": 3, "reason_injury": 1, "reason_none": 1, "body_township": 1,
                     "body_arbitration": 1, "body_other": 2, "body_enterprise": 1, "group_cases": 1,
                     "accepted_workers": 16, "group_workers": 12, "claimed": 5000000, "concluded": 4, "class_agreed": 1,
                     "class_settled": 1, "class_failed": 1, "class_withdrawn": 1, "opening": 2, "pending": 3}
    assert [(c.left, c.right, c.is_right) for c in made.checks] == [
        (5, 5, True), (5, 5, True), (4, 4, True), (7, 7, True), (5, 4, False)]
    assert "reason_none" in made.checks[-1].href


def test_the_identity_names_the_rows_that_break_it(mediator):
    docket(mediator)
    put(mediator, date(2026, 8, 20), "AGREED", date(2026, 6, 30))
    made = returns.yearbook(mediator, "2026Q3")
    broken = made.checks[2]
    assert (broken.left, broken.right, broken.is_right) == (8, 7, False)
    asked = made.asked
    assert [row.on for row in figure_rows.all_rows(asked, "out_of_order")] == [date(2026, 6, 30)]
    assert "out_of_order" in broken.href


def test_every_line_opens_its_rows(mediator):
    docket(mediator)
    for name in returns.RETURNS:
        made = returns.build(name, mediator, "2026Q3")
        for value in made.figures:
            rows = figure_rows.all_rows(made.asked, value.figure.key)
            is_sum = value.figure.top.endswith(".n")
            assert (sum(r.n for r in rows) if is_sum else len(rows)) == value.value, value.figure.key


def test_every_outcome_that_counts_has_one_class():
    listed = [code for codes in rules.CLASS_OUTCOMES.values() for code in codes]
    assert sorted(listed) == sorted(set(words.OUTCOMES) - words.OUTSIDE_RATES)
    assert sorted(c for codes in rules.BODY_CHANNELS.values() for c in codes) == list("ABCDEFGHI")


def test_returns_stop_at_the_wall_and_ask_for_a_period(mediator):
    docket(mediator)
    assert returns.mediation(house.actor("mediator2"), "2026Q3").get("accepted").value == 0
    with pytest.raises(Refused, match="mediation"):
        returns.build("gossip", mediator)
    with pytest.raises(Refused, match="2026Q3"):
        returns.build("mediation", mediator, "2026-01-01..")
    assert returns.last_quarter(date(2026, 11, 18)) == "2026Q3" and returns.last_quarter(date(2026, 1, 1)) == "2025Q4"


@pytest.mark.parametrize("name", ["indicators", "union", "mediation-return", "yearbook"])
def test_the_command_knows_the_reports(app, name):
    run = app.test_cli_runner().invoke
    made = json.loads(run(args=["report", name, "--period", "2026Q3", "--format", "json"]).output)
    assert made["period"] == "2026Q3" and made["figures"]
    assert ("checks" in made) == (name in ("mediation-return", "yearbook"))
    assert run(args=["report", name, "--format", "csv"]).output.startswith("key,label,value")
    assert "截止" in run(args=["report", name]).output
