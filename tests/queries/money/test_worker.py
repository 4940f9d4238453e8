"""One worker's money: heads, instalments and slips to the cent, and all workers together the sums of the case."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.extensions import db
from mediation.models import Claim
from mediation.queries.money import case_money as money_queries
from mediation.queries.money import worker
from mediation.queries.money.case_money import WorkerLine
from mediation.queries.money.worker import Account
from mediation.rules.money import amounts
from mediation.services.money import agreements, payments
from mediation.services.money.agreements import Entry, Item, Sign, Step, Terms
from tests import casework, house
from tests.ledgers import days


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def group(mediator, represented: bool = False):
    """Three workers with two heads each, agreed in two instalments; the third was represented and has not consented."""
    case = casework.make_case(mediator, 3, 1000000, days(mediator, -20))
    for party in [p for p in case.parties if p.side == "applicant"]:
        db.session.add(Claim(case_id=case.id, party_id=party.id, head="overtime", amount_fen=333333))
    db.session.flush()
    casework.rest(case, mediator)
    casework.bring(case, "MEDIATING", mediator)
    casework.respondent(case).identity = "152824199001011234"
    workers = [p for p in case.parties if p.side == "applicant"]
    if represented:
        workers[0].is_representative = workers[1].is_representative = True
    casework.rest(case, mediator)
    on, boss = days(mediator, -9), casework.respondent(case).id
    case.accepted_on = days(mediator, -15)
    casework.rest(case, mediator)
    signs = [Sign("applicant", p.id, "sign", on) for p in workers[:2]] + [Sign("respondent", boss, "stamp", on)]
    items = [Item(p.id, head, fen) for p in workers for head, fen in (("wages", 900001), ("overtime", 300000))]
    total = 3 * 1200001
    agreements.agree(case, Terms(
        on, payer_party_id=boss, items=items, signatures=signs,
        steps=[Step(days(mediator, -2), "", total // 2), Step(days(mediator, 20), "", total - total // 2)]), mediator,
        confirmed=True)
    return case, workers


def pay(case, mediator, **values) -> None:
    payments.record_payment(case, Entry(**{"paid_on": days(mediator, -1), "way": "transfer", "proof": "bank_slip", **values}),
                              mediator, confirmed=True)
    db.session.expire_all()


def accounts(case, workers, today: date) -> list[Account]:
    position, agreement = money_queries.position(case, today), money_queries.current_agreement(case)
    return [worker.account(case, party, position, agreement) for party in workers]


def test_all_workers_together_are_the_case_to_the_cent(mediator):
    case, workers = group(mediator)
    pay(case, mediator, amount_fen=1000000)
    pay(case, mediator, amount_fen=50000, payer_kind="fund")
    position, made = money_queries.position(case, mediator.today), accounts(case, workers, mediator.today)
    assert sum(fen for one in made for head in one.heads if (fen := head.claimed_fen)) == position.claimed_fen == 3999999
    assert sum(head.agreed_fen for one in made for head in one.heads) == position.agreed_fen == 3600003
    assert sum(head.arrived_fen for one in made for head in one.heads) == position.arrived_fen == 1050000
    assert sum(head.outstanding_fen for one in made for head in one.heads) == position.outstanding_fen == 2550003
    assert sum(step.fen for one in made for step in one.steps) == 3600003
    assert sum(step.paid_fen for one in made for step in one.steps) == 1000000  # an advance performs nothing
    assert [sum(one.total(kind) for one in made) for kind in worker.KINDS] == [1000000, 50000, 0, 0, 0]


def test_one_worker_by_hand(mediator):
    case, workers = group(mediator)
    pay(case, mediator, amount_fen=400000, shares={workers[0].id: 400000}, instalment_seq=1)
    [one, *_others] = accounts(case, workers, mediator.today)
    # 400,000 over 900,001 and 300,000: 300,000.08… and 99,999.91…
    assert [(h.code, h.claimed_fen, h.agreed_fen, h.arrived_fen, h.outstanding_fen) for h in one.heads] == [
        ("wages", 1000000, 900001, 300000, 600001), ("overtime", 333333, 300000, 100000, 200000)]
    assert [(s.seq, s.fen, s.paid_fen, s.left_fen) for s in one.steps] == [(1, 600001, 400000, 200001), (2, 600000, 0, 600000)]
    [slip] = one.slips
    assert (slip.kind, slip.fen, slip.instalment, slip.mark, slip.needs_mark) == ("arrived", 400000, 1, None, True)
    assert one.open_marks == 1


def test_who_has_not_consented_is_shown_with_his_share_and_counts_nowhere(mediator):
    case, workers = group(mediator, represented=True)
    position, [_one, _two, third] = money_queries.position(case, mediator.today), accounts(case, workers, mediator.today)
    assert third.is_unbound and third.unbound_fen == 1200001 == position.unbound_fen
    assert [(head.agreed_fen, head.arrived_fen) for head in third.heads] == [(900001, None), (300000, None)]
    assert not any(step.is_bound for step in third.steps)
    assert position.agreed_fen == 2400002


def test_every_kind_of_entry_stands_apart(mediator):
    case, workers = group(mediator)
    first = {workers[0].id: 1000}
    pay(case, mediator, amount_fen=1000, shares=first)
    pay(case, mediator, amount_fen=1000, shares=first, payer_kind="fund")
    pay(case, mediator, amount_fen=1000, shares=first, proof="said")
    pay(case, mediator, amount_fen=1000, shares=first, way="goods")
    pay(case, mediator, amount_fen=1000, shares=first, direction="to_employer", reason="多打了")
    payments.reverse_payment(case, money_queries.payments_of(case)[0], "记错", mediator)
    db.session.expire_all()
    [one, *_others] = accounts(case, workers, mediator.today)
    assert {kind: one.total(kind) for kind in worker.KINDS} == {
        "arrived": 0, "advance": 1000, "back": -1000, "goods": 1000, "said": 1000}
    assert [slip.reversed_by for slip in one.of_kind("arrived")] == [6, None]
    assert one.line.performance.arrived_fen == 0
    assert one.open_marks == 3  # the advance, the goods, what went back


def test_a_surplus_is_kept_out_of_the_heads(mediator):
    case, workers = group(mediator)
    pay(case, mediator, amount_fen=1300000, shares={workers[0].id: 1300000}, reason="多付")
    [one, *_others] = accounts(case, workers, mediator.today)
    assert [(head.arrived_fen, head.outstanding_fen) for head in one.heads] == [(900001, 0), (300000, 0)]
    assert one.line.performance.over_fen == 99999


def test_before_an_agreement_there_are_claims_and_slips(mediator):
    case = casework.bring(casework.make_case(mediator, on=days(mediator, -5)), "MEDIATING", mediator)
    pay(case, mediator, amount_fen=1000, reason="先给了生活费")
    [one] = accounts(case, [case.parties[0]], mediator.today)
    assert [(head.code, head.claimed_fen, head.agreed_fen, head.arrived_fen) for head in one.heads] == [
        ("wages", 1000000, None, None)]
    assert one.steps == () and len(one.slips) == 1


def test_the_other_side_has_no_account(mediator):
    case = casework.make_case(mediator)
    position = money_queries.position(case, mediator.today)
    assert worker.find_worker(case, casework.respondent(case).id, position) is None
    assert worker.find_worker(case, case.parties[0].id, position) is case.parties[0]


fens = st.dictionaries(st.sampled_from(["wages", "overtime", "severance", "injury_medical"]), st.integers(1, 10**9),
                       min_size=1)


@given(fens, st.integers(0, 3 * 10**9))
def test_no_head_gets_more_than_was_agreed_and_no_fen_is_lost(agreed, arrived):
    total = sum(agreed.values())
    done = amounts.performance([amounts.Instalment(1, None, total)], [amounts.Payment(None, arrived)], date(2026, 11, 18))
    came = worker._apportion(agreed, WorkerLine(None, None, True, done))
    assert sum(came.values()) == min(arrived, total)
    assert all(0 <= came[head] <= fen for head, fen in agreed.items())
