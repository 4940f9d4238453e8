"""Money back to the employer, and the same money twice, over the database: what is refused, asked, kept and counted."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Party, Payment, PaymentShare
from mediation.queries.audit import contradictions
from mediation.queries.figures import reckoning
from mediation.queries.house import checks
from mediation.queries.ledger import columns
from mediation.queries.money import balances, case_money
from mediation.rules.language import Refused
from mediation.services.money import payments, rests
from mediation.services.money.agreements import Entry, Step
from tests import house, ledgers
from tests.services.money.test_agreements import agreed, asking, fields, kinds

pytestmark = pytest.mark.postgresql

BACK = {"direction": "to_employer", "reason": "多付的工钱退回"}
YES = {"confirm_back"}


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


@pytest.fixture
def case(mediator):
    """Agreed 12,000 yuan in two instalments, 8,000 came."""
    made = agreed(mediator, (1200000,), steps=[Step(mediator.today, "", 400000), Step(date(2026, 12, 31), "", 800000)])
    payments.record_payment(made, Entry(mediator.today, 800000), mediator, confirmed=True)
    return made


def refused(case, entry, actor, confirmed=frozenset()):
    with pytest.raises(Refused) as caught:
        payments.record_payment(case, entry, actor, confirmed)
    return fields(caught)


def test_more_cannot_go_back_than_came(case, mediator):
    assert refused(case, Entry(mediator.today, 9900000, **BACK), mediator, YES) == [("amount", "")]
    payments.record_payment(case, Entry(mediator.today, 500000, **BACK), mediator, YES)
    assert refused(case, Entry(mediator.today, 300001, **BACK), mediator, YES) == [("amount", "")]
    payments.record_payment(case, Entry(mediator.today, 300000, **BACK), mediator, YES)
    assert case.arrived_fen == case_money.position(case, mediator.today).arrived_fen == 0


def test_nothing_goes_back_where_nothing_came(mediator):
    case = agreed(mediator, (1200000,))
    assert ("amount", "") in refused(case, Entry(mediator.today, 50000, **BACK), mediator, YES)


def test_one_workers_money_is_not_another_workers(mediator):
    case = agreed(mediator, (1000, 1000))
    first, second = asking(case)
    payments.record_payment(case, Entry(mediator.today, 500, shares={first: 500}), mediator)
    assert refused(case, Entry(mediator.today, 100, shares={second: 100}, **BACK), mediator, YES) == [("amount", "")]
    payments.record_payment(case, Entry(mediator.today, 100, shares={first: 100}, **BACK), mediator, YES)
    assert case.arrived_fen == 400


def test_money_back_is_asked_with_a_reason_and_told_in_its_own_words(case, mediator):
    plain = Entry(mediator.today, 50000, direction="to_employer")
    assert refused(case, plain, mediator) == [("amount", "confirm_back"), ("reason", "")]
    assert refused(case, plain, mediator, YES) == [("reason", "")]
    payments.record_payment(case, Entry(mediator.today, 50000, **BACK), mediator, YES)
    assert kinds(case)[-1] == "payment_returned"


def test_an_entry_that_went_back_is_not_reversed_before_its_return(case, mediator):
    came = case.payments[0]
    gone = payments.record_payment(case, Entry(mediator.today, 100000, **BACK), mediator, YES)
    with pytest.raises(Refused) as caught:
        payments.reverse_payment(case, came, "录错了", mediator)
    assert "先冲销返还" in caught.value.problems[0].text.zh
    payments.reverse_payment(case, gone, "没有返还", mediator)
    payments.reverse_payment(case, came, "录错了", mediator)
    assert (case.arrived_fen, checks.run()) == (0, [])


def test_the_sums_of_the_case_of_many_cases_and_of_reports_agree_after_a_return(case, mediator):
    payments.record_payment(case, Entry(mediator.today, 600000, **BACK), mediator, YES)
    found = case_money.position(case, mediator.today)
    assert (found.arrived_fen, found.outstanding_fen, found.overdue_fen) == (200000, 1000000, 0)
    assert balances.of_cases(mediator.today, type(case).id == case.id)[case.id].outstanding_fen == 1000000
    above = house.actor("supervisor")
    for period in ("2026", "2026-11", ""):
        report = reckoning.indicators(above, period, chosen=["recovered_fen"])
        assert report.get("recovered_fen").value == 200000


def test_what_went_back_lowers_the_period_in_which_it_had_come_and_no_other(mediator):
    case = ledgers.agreed_case(mediator, [1200000], date(2026, 12, 31), on=date(2026, 10, 10))
    payments.record_payment(case, Entry(date(2026, 10, 20), 800000), mediator)
    payments.record_payment(case, Entry(date(2026, 11, 5), 500000, **BACK), mediator, YES)
    above = house.actor("supervisor")

    def recovered(period: str, cut_off: date | None = None) -> object:
        return reckoning.indicators(above, period, cut_off=cut_off, chosen=["recovered_fen"]).get("recovered_fen").value
    assert (recovered("2026-10"), recovered("2026-11"), recovered("2026")) == (300000, 0, 300000)
    assert recovered("2026-10", date(2026, 10, 31)) == 800000  # as it stood on that day


def test_the_ledger_counts_what_did_not_go_back(case, mediator):
    payments.record_payment(case, Entry(mediator.today, 600000, **BACK), mediator, YES)
    counted, arrived = (columns.CELLS[sheet](mediator.today)[key].asks[0] for sheet, key in (
        ("payments", "counted_fen"), ("persons", "arrived_fen")))
    shares = select(counted).select_from(Payment).join(PaymentShare).order_by(Payment.id)
    assert list(db.session.scalars(shares)) == [200000, 0]
    assert db.session.scalar(select(arrived).where(Party.id == asking(case)[0])) == 200000


# The same money twice -------------------------------------------------------------------------------------------

SLIP = {"proof_note": "尾号0815", "reason": "现付"}


def test_the_same_slip_at_two_windows_is_asked_once(mediator):
    case = agreed(mediator, (1200000,))
    entry = Entry(mediator.today, 400000, **SLIP)
    payments.record_payment(case, entry, mediator)
    lead = house.actor("lead")
    assert refused(case, entry, lead) == [("amount", "another_payment")]
    made = payments.record_payment(case, entry, lead, {"another_payment"})
    assert (made.is_another, case.arrived_fen) == (True, 800000)
    assert [one.key for one in contradictions.of_case(case, mediator.today)] == []


def test_two_returns_just_alike_are_asked_about_too(case, mediator):
    payments.record_payment(case, Entry(mediator.today, 100000, **BACK), mediator, YES)
    assert ("amount", "another_payment") in refused(case, Entry(mediator.today, 100000, **BACK), mediator, YES)


def test_an_entry_that_was_reversed_is_recorded_anew_unasked(mediator):
    case = agreed(mediator, (1200000,))
    made = payments.record_payment(case, Entry(mediator.today, 400000), mediator)
    payments.reverse_payment(case, made, "录错了", mediator)
    assert not payments.record_payment(case, Entry(mediator.today, 400000), mediator).is_another


def test_equal_sums_to_several_workers_on_one_day_are_no_twins(mediator):
    case = agreed(mediator, (400000, 400000))
    for worker in asking(case):
        payments.record_payment(case, Entry(mediator.today, 400000, shares={worker: 400000}), mediator)
    assert case.arrived_fen == 800000


def test_what_stood_before_anybody_asked_is_found(case, mediator):
    """Rows as an earlier version of the program let them in."""
    worker = asking(case)[0]
    gone = payments.record_payment(case, Entry(mediator.today, 100000, **BACK), mediator, YES)
    twin = payments.record_payment(case, Entry(mediator.today, 800000, **SLIP), mediator, confirmed=True)
    gone.amount_fen = gone.shares[0].amount_fen = 9900000
    twin.is_another = False
    db.session.flush()
    rests.keep_all()  # as after an upgrade
    found = {(one.key, one.mark) for one in contradictions.of_case(case, mediator.today)}
    assert {("more_back_than_came", f"worker:{worker}"), ("paid_twice", f"payment:{twin.seq}")} <= found
    said = [fault.zh for fault in checks.run() if fault.place == case.number]
    assert any("返还单位的比到账的多" in zh for zh in said) and any(f"第{twin.seq}笔" in zh for zh in said)
    assert case_money.position(case, mediator.today).arrived_fen == 0
    assert reckoning.indicators(house.actor("supervisor"), "2026", chosen=["recovered_fen"]).get("recovered_fen").value == 0


def test_money_that_went_back_before_it_came_is_found_though_it_came_later(case, mediator):
    """In the end nobody lost, but on the day of the return there was nothing to give back."""
    gone = payments.record_payment(case, Entry(mediator.today, 100000, **BACK), mediator, YES)
    assert checks.run() == []
    gone.paid_on = mediator.today - timedelta(5)
    db.session.flush()
    assert [fault.zh for fault in checks.run() if "返还" in fault.zh] == ["一名工人返还单位的比到账的多1,000.00元"]
