"""Agreement, instalments, signatures, consents, payments and reversal over the database."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries.house import digests
from mediation.queries.money import case_money
from mediation.rules.language import Refused
from mediation.rules.money import amounts
from mediation.services.cases import moves
from mediation.services.money import agreements as service
from mediation.services.money import payments
from mediation.services.money.agreements import Entry, Item, Sign, Step, Terms
from tests import casework, house

pytestmark = pytest.mark.postgresql

JUNE = date(2026, 6, 10)


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def mediated(actor, workers: int = 1, fen: int | None = 3600000, **values) -> Case:
    """A case in mediation whose respondent is known by name."""
    case = casework.make_case(actor, workers, fen, **values)
    casework.bring(case, "MEDIATING", actor)
    casework.respondent(case).identity = "152824199001011234"
    casework.rest(case, actor)
    return case


def asking(case: Case) -> list[int]:
    return [p.id for p in case.parties if p.side == "applicant"]


def terms(case: Case, on: date, fens: list[int], steps: list[tuple] | None = None, **values) -> Terms:
    """Wages for every worker, paid by the respondent; without ``steps`` at once."""
    items = [Item(party, "wages", fen) for party, fen in zip(asking(case), fens, strict=True)]
    return Terms(**{"made_on": on, "payer_party_id": casework.respondent(case).id, "items": items,
                    "steps": steps or [Step(on, "", sum(fens))], **values})


def signed(case: Case, on: date) -> list[Sign]:
    rows = [Sign("applicant", party, "sign", on) for party in asking(case)]
    return [*rows, Sign("respondent", casework.respondent(case).id, "stamp", on), Sign("mediator", None, "sign", on),
            Sign("seal", None, "stamp", on)]


def fields(caught) -> list[tuple[str, str]]:
    return [(p.field, p.confirm) for p in caught.value.problems]


def kinds(case: Case) -> list[str]:
    return list(db.session.scalars(select(Event.kind).where(Event.stream == f"case:{case.number}").order_by(Event.seq)))


def assert_whole() -> None:
    """Every case's rows are those of its last event."""
    db.session.expire_all()
    assert list(digests.verify_rows()) == []


# Agreements


def test_an_agreement_moves_the_case_and_names_itself(mediator):
    case = mediated(mediator)
    made = service.agree(case, terms(case, mediator.today, [3600000], signatures=signed(case, mediator.today)), mediator)
    assert (case.state, case.outcome, case.concluded_on) == ("PERFORMING", "AGREED", mediator.today)
    assert case.agreed_on == case.effective_on == made.effective_on == mediator.today
    assert made.number and case.agreed_fen == made.total_fen == 3600000
    assert kinds(case)[-1] == "agreed"
    assert_whole()


def test_a_settlement_is_another_outcome_and_needs_no_seal(mediator):
    case = mediated(mediator)
    both = signed(case, mediator.today)[:2]
    made = service.agree(case, terms(case, mediator.today, [3600000], signatures=both), mediator, settle=True)
    assert (case.outcome, made.kind, made.effective_on) == ("SETTLED", "settled", mediator.today)
    assert kinds(case)[-1] == "settled"


def test_refusals_of_procedure_and_terms_come_together(mediator):
    case = casework.make_case(mediator)
    casework.bring(case, "MEDIATING", mediator)  # the other side has no full name yet
    with pytest.raises(Refused) as caught:
        service.agree(case, terms(case, date(2026, 11, 19), [500], [Step(mediator.today, "", 400)]), mediator)
    assert {field for field, _confirm in fields(caught)} >= {"who_name", "made_on", "total"}


def test_more_than_claimed_is_asked_back_once(mediator):
    case = mediated(mediator, fen=100)
    with pytest.raises(Refused) as caught:
        service.agree(case, terms(case, mediator.today, [3600000]), mediator)
    assert fields(caught) == [("total", "above_claim")]
    assert service.agree(case, terms(case, mediator.today, [3600000]), mediator, confirmed={"above_claim"}).id


def test_a_stale_page_is_a_conflict(mediator):
    case = mediated(mediator)
    with pytest.raises(moves.Conflict):
        service.agree(case, terms(case, mediator.today, [3600000]), mediator, seen_version=case.version - 1)


def test_a_later_agreement_supersedes(mediator):
    case = mediated(mediator)
    first = service.agree(case, terms(case, mediator.today, [3600000]), mediator)
    case.state, case.outcome = "MEDIATING", ""
    casework.rest(case, mediator)
    second = service.agree(case, terms(case, mediator.today, [3000000]), mediator)
    assert first.superseded_on == mediator.today and second.seq == 2
    assert case_money.current_agreement(case).id == second.id
    assert case_money.position(case, mediator.today).agreed_fen == 3000000


def test_acceptance_case_6_the_day_of_effect_follows_channel_and_signatures(inside):
    actor = house.actor("mediator", today=date(2026, 6, 15))
    effective = {}
    for channel in "ABE":
        case = mediated(actor, on=date(2026, 6, 1), channel=channel)
        both = [Sign("applicant", asking(case)[0], "sign", JUNE),
                Sign("respondent", casework.respondent(case).id, "sign", JUNE)]
        case.accepted_on = JUNE
        made = service.agree(case, terms(case, JUNE, [3600000], signatures=both), actor)
        unsealed = made.effective_on
        service.sign(case, made, [Sign("mediator", None, "sign", date(2026, 6, 11))], actor)
        service.sign(case, made, [Sign("seal", None, "stamp", date(2026, 6, 12))], actor)
        effective[channel] = (unsealed, case.effective_on)
        assert kinds(case)[-2:] == ["signed", "signed"]
    assert effective == {"A": (None, date(2026, 6, 12)), "B": (None, date(2026, 6, 12)), "E": (JUNE, JUNE)}


def test_nobody_signs_twice_or_after_filing(mediator):
    case = mediated(mediator)
    made = service.agree(case, terms(case, mediator.today, [3600000]), mediator)
    seal = Sign("seal", None, "stamp", mediator.today)
    service.sign(case, made, [seal], mediator)
    with pytest.raises(Refused):
        service.sign(case, made, [seal], mediator)
    case.state = "ARCHIVED"
    with pytest.raises(Refused):
        service.sign(case, made, [Sign("mediator", None, "sign", mediator.today)], mediator)


def test_acceptance_case_11_twelve_workers_a_fen_missing_and_a_consent_missing(mediator):
    case = mediated(mediator, 12, 1550000)
    people = asking(case)
    for party in case.parties[:3]:
        party.is_representative = True
    casework.rest(case, mediator)
    fens = [1550000] * 11 + [1549999]
    plan = [Step(date(2026, 12, 31), "", 18600000)]
    with pytest.raises(Refused) as caught:
        service.agree(case, terms(case, mediator.today, fens, plan), mediator)
    assert fields(caught) == [("total", "")]
    assert "185,999.99" in caught.value.problems[0].text.zh and "186,000.00" in caught.value.problems[0].text.zh

    consents = {party: (mediator.today, "phone") for party in people[3:11]}
    good = terms(case, mediator.today, [1550000] * 12, plan, consents=consents,
                 signatures=[s for s in signed(case, mediator.today) if s.party_id not in people[3:]])
    made = service.agree(case, good, mediator)
    money_of = case_money.position(case, mediator.today)
    assert (money_of.bound, money_of.total_workers) == (11, 12)
    assert (money_of.agreed_fen, money_of.unbound_fen) == (17050000, 1550000)
    assert made.effective_on == mediator.today

    service.consent(case, made, {people[11]: (mediator.today, "phone")}, mediator)
    assert case_money.position(case, mediator.today).bound == 12
    assert case.agreed_fen == 18600000
    assert_whole()
    with pytest.raises(Refused):
        service.consent(case, made, {people[11]: (mediator.today, "phone")}, mediator)


def test_a_represented_worker_who_signs_later_consents(mediator):
    case = mediated(mediator, 3, 100)
    case.parties[0].is_representative = True
    casework.rest(case, mediator)
    made = service.agree(case, terms(case, mediator.today, [100, 100, 100]), mediator)
    assert case_money.position(case, mediator.today).bound == 1
    service.sign(case, made, [Sign("applicant", asking(case)[1], "sign", mediator.today)], mediator)
    assert case_money.position(case, mediator.today).bound == 2


def in_three(case: Case, actor, **values):
    steps = [Step(date(2026, 6, 30), "", 1200000), Step(date(2026, 7, 31), "", 1200000),
             Step(date(2026, 8, 31), "", 1200000)]
    return service.agree(case, terms(case, JUNE, [3600000], steps, **values), actor)


def test_acceptance_case_12_one_of_three_instalments_paid(inside):
    actor = house.actor("mediator", today=JUNE)
    case, later = mediated(actor), house.actor("mediator", today=date(2026, 8, 1))
    in_three(case, actor)
    payments.record_payment(case, Entry(date(2026, 6, 30), 1200000), later)
    found = case_money.position(case, date(2026, 8, 1))
    assert (found.agreed_fen, found.arrived_fen, found.overdue_fen, found.state) == (3600000, 1200000, 1200000, "PARTLY")
    assert case.arrived_fen == 1200000  # the recovered sum of reports
    whole = mediated(actor)
    in_three(whole, actor, is_accelerated=True)
    payments.record_payment(whole, Entry(date(2026, 6, 30), 1200000), later)
    assert case_money.position(whole, date(2026, 8, 1)).overdue_fen == 2400000


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fens=st.lists(st.integers(1, 10**7), min_size=1, max_size=40), count=st.integers(1, 12))
def test_every_share_sums_both_ways(mediator, fens, count):
    case = mediated(mediator, len(fens), None)
    total = sum(fens)
    plan = amounts.plan(total, mediator.today, "month", min(count, total))
    made = service.agree(case, terms(case, mediator.today, fens, [Step(s.due_on, "", s.fen) for s in plan]), mediator)
    assert [sum(share.amount_fen for share in row.shares) for row in made.instalments] == [s.fen for s in plan]
    assert [w.performance.agreed_fen for w in case_money.position(case, mediator.today).workers] == fens


# Payments


def agreed(actor, fens=(3600000,), **values) -> Case:
    case = mediated(actor, len(fens), max(fens))
    service.agree(case, terms(case, actor.today, list(fens), **values), actor)
    return case


def test_a_slip_for_many_is_shared_by_what_is_owed(mediator):
    case = agreed(mediator, (100, 200, 300))
    made = payments.record_payment(case, Entry(mediator.today, 300), mediator)
    assert [share.amount_fen for share in made.shares] == [50, 100, 150]
    with pytest.raises(Refused) as caught:
        payments.record_payment(case, Entry(mediator.today, 300, shares=dict.fromkeys(asking(case), 99)), mediator)
    assert fields(caught)[0] == ("amount", "")


def test_the_next_instalment_is_paid_at_one_press(mediator):
    case = agreed(mediator, (100, 200), steps=[Step(mediator.today, "", 120), Step(date(2026, 12, 31), "", 180)])
    entry = payments.whole_of_next(case, mediator.today)
    assert (entry.amount_fen, entry.instalment_seq) == (120, 1)
    payments.record_payment(case, entry, mediator)
    assert payments.whole_of_next(case, mediator.today).amount_fen == 180
    payments.record_payment(case, payments.whole_of_next(case, mediator.today), mediator)
    assert payments.whole_of_next(case, mediator.today) is None
    assert case_money.position(case, mediator.today).state == "PERFORMED"


def test_a_slip_of_one_instalment_leaves_no_fen_behind(mediator):
    fens = (101, 103, 107)
    steps = [Step(mediator.today, "", 104), Step(date(2026, 12, 31), "", 104), Step(date(2027, 1, 31), "", 103)]
    case = agreed(mediator, fens, steps=steps)
    for step in steps:
        payments.record_payment(case, Entry(mediator.today, step.fen), mediator, {"another_payment"})
        lines = case_money.position(case, mediator.today).instalments
        assert sum(line.left_fen == 0 for line in lines) == len(case.payments)
    assert case_money.position(case, mediator.today).state == "PERFORMED"


def test_after_an_advance_only_the_rest_is_proposed(mediator):
    case = agreed(mediator, (100, 200))
    payments.record_payment(case, Entry(mediator.today, 100, shares={asking(case)[0]: 100}, payer_kind="fund"), mediator)
    assert payments.whole_of_next(case, mediator.today).shares == {asking(case)[1]: 200}


def test_a_surplus_is_asked_back_then_taken_with_its_reason(mediator):
    case = agreed(mediator, (100,))
    with pytest.raises(Refused) as caught:
        payments.record_payment(case, Entry(mediator.today, 150), mediator)
    assert fields(caught) == [("amount", "confirm_over"), ("reason", "")]
    with pytest.raises(Refused) as caught:
        payments.record_payment(case, Entry(mediator.today, 150), mediator, confirmed=True)
    assert fields(caught) == [("reason", "")]
    payments.record_payment(case, Entry(mediator.today, 150, reason="多给了路费"), mediator, confirmed={"confirm_over"})
    found = case_money.position(case, mediator.today)
    assert (found.arrived_fen, found.over_fen, found.outstanding_fen) == (150, 50, 0)


def test_money_before_an_agreement_is_asked_back(mediator):
    case = mediated(mediator)
    with pytest.raises(Refused) as caught:
        payments.record_payment(case, Entry(mediator.today, 5000), mediator)
    assert ("amount", "confirm_over") in fields(caught)
    payments.record_payment(case, Entry(mediator.today, 5000, reason="先付了一部分"), mediator, confirmed=True)
    assert (case.state, case.arrived_fen) == ("MEDIATING", 5000)


def test_the_employers_word_counts_nowhere(mediator):
    case = agreed(mediator, (100,))
    payments.record_payment(case, Entry(mediator.today, 100, proof="said"), mediator)
    found = case_money.position(case, mediator.today)
    assert (found.arrived_fen, found.unverified_fen, found.outstanding_fen) == (0, 100, 100)
    assert (case.arrived_fen, case.unverified_fen) == (0, 100)


def test_an_advance_by_the_fund_is_recovered_but_not_performed(mediator):
    case = agreed(mediator, (100,))
    payments.record_payment(case, Entry(mediator.today, 60, payer_name="应急周转金", payer_kind="fund"), mediator)
    found = case_money.position(case, mediator.today)
    assert (found.arrived_fen, found.outstanding_fen, found.state) == (60, 40, "NOT_DUE")


def test_money_back_to_the_employer_is_subtracted(mediator):
    case = agreed(mediator, (100,))
    payments.record_payment(case, Entry(mediator.today, 100), mediator)
    back = Entry(mediator.today, 30, direction="to_employer", reason="多付了")
    payments.record_payment(case, back, mediator, confirmed={"confirm_back"})
    assert case_money.position(case, mediator.today).arrived_fen == case.arrived_fen == 70


def test_goods_stand_apart(mediator):
    case = agreed(mediator, (100,))
    payments.record_payment(case, Entry(mediator.today, 90, way="goods", proof="receipt"), mediator)
    found = case_money.position(case, mediator.today)
    assert (found.arrived_fen, found.goods_fen, found.outstanding_fen) == (0, 90, 100)


def test_another_payer_keeps_his_kind(mediator):
    case = agreed(mediator, (100,))
    builder = casework.add_party(case, "respondent", "general_contractor", "某建设公司")
    db.session.expire(case)
    by_party = payments.record_payment(case, Entry(mediator.today, 40, payer_party_id=builder.id), mediator)
    by_name = payments.record_payment(case, Entry(mediator.today, 60, payer_name="老板的弟弟"), mediator)
    assert (by_party.payer_kind, by_name.payer_kind) == ("contractor", "other")
    assert case_money.position(case, mediator.today).state == "PERFORMED"


def test_a_payment_is_not_of_tomorrow_nor_by_a_stranger(mediator):
    case = agreed(mediator, (100,))
    with pytest.raises(Refused) as caught:
        payments.record_payment(case, Entry(date(2026, 11, 19), 100, payer_party_id=999999), mediator)
    assert {field for field, _confirm in fields(caught)} == {"paid_on", "payer"}


def test_a_reversal_stands_beside_what_it_undoes_and_happens_once(mediator):
    case = agreed(mediator, (100, 200))
    made = payments.record_payment(case, Entry(mediator.today, 300), mediator)
    with pytest.raises(Refused) as caught:
        payments.reverse_payment(case, made, "", mediator)
    assert fields(caught) == [("reason", "")]
    counter = payments.reverse_payment(case, made, "录到别的案子去了", mediator)
    assert (counter.amount_fen, counter.reverses_id, counter.paid_on) == (-300, made.id, made.paid_on)
    found = case_money.position(case, mediator.today)
    assert (found.arrived_fen, found.outstanding_fen, case.arrived_fen) == (0, 300, 0)
    assert kinds(case)[-2:] == ["payment_recorded", "payment_reversed"]
    assert_whole()
    for again in (made, counter):
        with pytest.raises(Refused):
            payments.reverse_payment(case, again, "再来一次", mediator)


def test_agreed_and_paid_in_one_press(mediator):
    case = mediated(mediator)
    good = terms(case, mediator.today, [3600000], signatures=signed(case, mediator.today))
    service.agree_and_pay(case, good, Entry(mediator.today, 3600000, way="cash", proof="receipt"), mediator)
    assert kinds(case)[-2:] == ["agreed", "payment_recorded"]
    assert case_money.position(case, mediator.today).state == "PERFORMED"
    casework.step(case, "visit", mediator)
    moves.move(case, "close", {"happened_on": mediator.today, "way": "performed"}, mediator)
    assert case.state == "CLOSED"


def test_one_press_is_all_or_none(mediator):
    case = mediated(mediator)
    number = case.number
    db.session.commit()
    bad = Entry(mediator.today, 100, shares={}, proof="rumour")
    with pytest.raises(Refused):
        service.agree_and_pay(case, terms(case, mediator.today, [3600000]), bad, mediator)
    db.session.rollback()
    kept = db.session.scalar(select(Case).where(Case.number == number))
    assert (kept.state, kept.agreements, kept.payments) == ("MEDIATING", [], [])


def test_a_late_entry_may_know_no_day_and_no_sum(inside):
    actor = house.actor("mediator")
    case = casework.make_case(actor, 1, None, state="MEDIATING", handler_id=actor.user_id, is_late_entry=True,
                              received_on=None)
    service.agree(case, Terms(None), actor)
    made = payments.record_payment(case, Entry(None, 48000000, paid_told="首笔，2021年11月", proof="published",
                                              proof_note="报道", reason="协议金额未载"), actor, confirmed=True)
    assert (case.state, case.agreed_on, case.concluded_on, case.effective_on) == ("PERFORMING", None, None, None)
    assert (made.paid_on, case.arrived_fen) == (None, 48000000)
    assert case_money.position(case, actor.today).agreed_fen == 0


def test_an_agreement_restarts_the_time_bar(mediator):
    case = agreed(mediator, (100,))
    assert [row.kind for row in case.interruptions][-1] == "debtor_agreed"


def test_the_outsider_of_the_case_may_not(mediator):
    case = agreed(mediator, (100,))
    window = house.actor("window")
    for act in (lambda: payments.record_payment(case, Entry(mediator.today, 100), window),
                lambda: service.sign(case, case.agreements[0], [Sign("seal", None, "stamp", mediator.today)], window)):
        with pytest.raises(moves.Forbidden):
            act()
    assert replace(Entry(mediator.today, 1), amount_fen=2).counts
