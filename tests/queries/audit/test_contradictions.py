"""Contradictions found in the rows: of one case and of many, through the services, and the numbers of a union."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event, true

from mediation.extensions import db
from mediation.models import Case, Counter, Payment
from mediation.queries import door
from mediation.queries.audit import contradictions
from mediation.services.cases import moves
from mediation.services.money import payments
from tests import casework, house
from tests.ledgers import agreed_case, days, pay


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def of(case: Case, mediator) -> list[tuple[str, str]]:
    return [(one.key, one.figures) for one in contradictions.of_case(case, mediator.today)]


def test_money_as_agreed_contradicts_nothing(mediator):
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 500000)
    assert of(case, mediator) == []


def test_a_surplus_with_its_reason(mediator):
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 510000, reason="单位多给了一百元路费")
    [one] = contradictions.of_case(case, mediator.today)
    assert (one.key, one.figures, one.reason) == ("arrived_above_agreed", "510000>500000", "单位多给了一百元路费")


def test_money_dated_ahead_has_not_come_yet(mediator):
    """A late entry or an import may name a day to come; until then the case is owed what was agreed."""
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 510000, reason="多付一百元")
    case.payments[0].paid_on = days(mediator, 3)
    db.session.flush()
    assert "arrived_above_agreed" not in [key for key, _figures in of(case, mediator)]
    assert "arrived_above_agreed" in [one.key for one in contradictions.of_case(case, days(mediator, 3))]


def test_what_was_reversed_contradicts_nothing(mediator):
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 510000, reason="看错了回单")
    payments.reverse_payment(case, case.payments[0], "看错了回单", mediator)
    assert of(case, mediator) == []


def test_money_before_the_agreement_and_more_than_was_claimed(mediator):
    case = agreed_case(mediator, [1000001], days(mediator, 10), on=days(mediator, -4))
    case.received_on = case.accepted_on = days(mediator, -9)
    case.claims[0].amount_fen = 1000000
    pay(case, mediator, 1000, on=days(mediator, -5), reason="先给了生活费")
    earlier, made = days(mediator, -5).isoformat(), days(mediator, -4).isoformat()
    assert of(case, mediator) == [("agreed_above_claimed", "1000001>1000000"), ("paid_before_agreed", f"{earlier}<{made}")]


def test_an_advance_of_a_fund_counts_as_arrived(mediator):
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 500000, payer_kind="fund")
    pay(case, mediator, 500000, reason="应急金垫付后单位又付了")
    assert [key for key, _figures in of(case, mediator)] == ["arrived_above_agreed"]


def closed(mediator, way: str) -> Case:
    case = agreed_case(mediator, [500000], days(mediator, -1), on=days(mediator, -9))
    moves.move(case, "visit", {"happened_on": mediator.today, "way": "phone", "satisfaction": "no_answer"}, mediator)
    moves.move(case, "close", {"happened_on": mediator.today, "way": way}, mediator)
    return case


def test_closed_with_a_way_on_is_in_order(mediator):
    assert of(closed(mediator, "given_up"), mediator) == []


def test_closed_as_paid_and_then_reversed_has_money_open(mediator):
    case = agreed_case(mediator, [500000], days(mediator, -1), on=days(mediator, -9))
    pay(case, mediator, 500000)
    moves.move(case, "visit", {"happened_on": mediator.today, "way": "phone", "satisfaction": "no_answer"}, mediator)
    moves.move(case, "close", {"happened_on": mediator.today, "way": "performed"}, mediator)
    assert of(case, mediator) == []
    payments.reverse_payment(case, case.payments[0], "银行退回", mediator)
    assert of(case, mediator) == [("closed_with_money_open", "500000")]


def test_days_set_in_the_wrong_order_and_in_the_future(mediator):
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 500000)
    db.session.query(Payment).update({"paid_on": days(mediator, 1)})
    case.received_on = mediator.today + timedelta(1)
    assert {key for key, _figures in of(case, mediator)} == {"days_out_of_order", "paid_in_future"}


def test_many_cases_cost_what_one_costs(mediator):
    def statements(rows) -> int:
        seen: list[str] = []
        event.listen(Engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        list(contradictions.books_of(rows, mediator.today))
        return len(seen)

    one = agreed_case(mediator, [500000, 500000], days(mediator, -1), on=days(mediator, -9))
    pay(one, mediator, 1200000, reason="多付")
    first = statements(true())
    for _n in range(4):
        pay(agreed_case(mediator, [500000] * 3, days(mediator, -1), on=days(mediator, -9)), mediator, 1800000, reason="多付")
    found = contradictions.of_cases(door.filter_for(mediator), mediator.today)
    assert (len({row.case_id for row in found}), len(found)) == (5, 14)
    assert contradictions.faulty_ids(door.filter_for(mediator), mediator.today) == {row.case_id for row in found}
    assert statements(true()) - first == 0 and first <= 9


def test_beyond_the_wall_nothing_is_found(mediator):
    case = agreed_case(mediator, [500000], days(mediator, 10))
    pay(case, mediator, 510000, reason="多付")
    assert contradictions.of_cases(door.filter_for(house.actor("mediator2")), mediator.today) == []


def test_a_number_that_is_missing_is_a_gap_of_the_union(mediator):
    union = house.get_station("urad-middle").id
    made = [casework.make_case(mediator, on=date(2026, 2, n)) for n in (3, 4, 5)]
    assert contradictions.of_numbers([union]) == []
    for case in made[1:]:
        case.number = f"gone-{case.id}"
    db.session.flush()
    [row] = contradictions.of_numbers([union])
    assert (row.union_id, row.found.mark, row.found.figures, row.found.on) == (
        union, "register:2026", "2-3", date(2026, 2, 3))


def test_a_sealed_case_is_no_gap(mediator):
    casework.make_case(mediator).is_sealed = True
    casework.make_case(mediator)
    assert contradictions.of_numbers([house.get_station("urad-middle").id]) == []


def test_a_printed_number_that_was_drawn_and_is_nowhere(mediator):
    case = casework.bring(casework.make_case(mediator), "ACCEPTED", mediator)
    union = case.union_id
    assert contradictions.of_numbers([union]) == []
    db.session.get(Counter, (union, "accepted", mediator.today.year)).last += 1
    db.session.flush()
    [row] = contradictions.of_numbers([union])
    assert (row.found.mark, row.found.figures) == (f"accepted:{mediator.today.year}", "2-2")
