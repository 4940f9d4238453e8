"""Agreements of many plans: each worker's own dates, several payers, counted alike on every page and in every file."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from mediation.extensions import db
from mediation.models import Case, Instalment, PlanPayer
from mediation.queries import door
from mediation.queries.house import checks
from mediation.queries.law import clocks
from mediation.queries.money import balances, case_money
from mediation.rules.language import Refused
from mediation.services.cases import intake
from mediation.services.money import agreements, payments
from mediation.services.money.agreements import Entry, Item, Plan, Step, Terms
from mediation.services.people import parties
from tests import casework, house
from tests.ledgers import days, pay

pytestmark = pytest.mark.postgresql


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def ready(actor, workers: int = 2) -> tuple[Case, list[int], list[int]]:
    """A case in mediation, its workers, and two firms on the other side."""
    case = casework.make_case(actor, workers, 1000000)
    casework.bring(case, "MEDIATING", actor)
    casework.respondent(case).identity = "152824199001011234"
    parties.add_party(case, {"side": "respondent", "name": "乙劳务公司", "part": "general_contractor", "is_person": False}, actor)
    casework.rest(case, actor)
    firms = [p.id for p in case.parties if p.side == "respondent"]
    return case, [p.id for p in case.parties if p.side == "applicant"], firms


def plan(actor, workers: tuple[int, ...], *steps: tuple[int | None, int], payers: tuple[int, ...] = ()) -> Plan:
    """Instalments as (days from today or None, yuan)."""
    return Plan(payers, workers, tuple(
        Step(None if on is None else days(actor, on), "竣工后" if on is None else "", yuan * 100) for on, yuan in steps))


def agree(case: Case, actor, sums: dict[int, int], plans: list[Plan], payer: int, is_accelerated: bool = False):
    return agreements.agree(case, Terms(
        actor.today, payer_party_id=payer, plans=plans, items=[Item(w, "wages", yuan * 100) for w, yuan in sums.items()],
        is_accelerated=is_accelerated), actor, confirmed=True)


def alike(case: Case, actor, on: date) -> case_money.Position:
    """The position, after looking that the sums of lists and figures are the same."""
    position = case_money.position(case, on)
    found = balances.of_cases(on, door.filter_for(actor))[case.id]
    assert (found.agreed_fen, found.outstanding_fen, found.overdue_fen) == (
        position.agreed_fen, position.outstanding_fen, position.overdue_fen)
    rows = balances.plan(on, Case.id == case.id)
    seqs = {row.id: row.seq for row in db.session.query(Instalment)}
    paid = {seqs[row.id]: (int(row.amount), int(row.paid)) for row in db.session.query(rows)}
    assert paid == {line.seq: (line.amount_fen, line.paid_fen) for line in position.instalments}
    return position


def test_one_plan_is_kept_as_before(mediator):
    case, (one, two), (boss, _other) = ready(mediator)
    made = agreements.agree(case, Terms(
        mediator.today, payer_party_id=boss, items=[Item(one, "wages", 100), Item(two, "wages", 200)],
        steps=[Step(days(mediator, 5), "", 300)]), mediator, confirmed=True)
    assert (made.plans, made.plan_payers, [step.plan for step in made.instalments]) == ([], [], [0])


def test_each_worker_has_his_own_dates(mediator):
    case, (one, two), (boss, _other) = ready(mediator)
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (one,), (10, 2000), (40, 3000)), plan(mediator, (two,), (20, 3000))], boss)
    position = alike(case, mediator, days(mediator, 25))
    assert [(line.seq, line.plan, line.workers) for line in position.instalments] == [
        (1, 1, (one,)), (2, 1, (one,)), (3, 2, (two,))]
    assert (position.overdue_fen, position.state) == (500000, "BREACHED")
    assert [(line.performance.overdue_fen, line.performance.due_fen) for line in position.workers] == [
        (200000, 200000), (300000, 300000)]
    assert case.next_due_on == days(mediator, 10)


def test_the_next_instalment_is_the_one_that_is_due_first_in_any_plan(mediator):
    case, (one, two), (boss, _other) = ready(mediator)
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (one,), (40, 5000)), plan(mediator, (two,), (20, 3000))], boss)
    proposed = payments.whole_of_next(case, mediator.today)
    assert (proposed.amount_fen, proposed.shares, proposed.instalment_seq) == (300000, {two: 300000}, 2)
    payments.record_payment(case, proposed, mediator)
    assert case.next_due_on == days(mediator, 40)
    assert alike(case, mediator, days(mediator, 30)).state == "PARTLY"


def test_three_firms_each_owe_their_own_part(mediator):
    """The second pays early: that settles nothing of what the first owes, and he is not late himself."""
    case, workers, (boss, other) = ready(mediator)
    one, two = workers
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (), (10, 6000), payers=(boss,)), plan(mediator, (), (60, 2000), payers=(other,))], boss)
    pay(case, mediator, 200000, payer_party_id=other)
    assert [share.amount_fen for share in case.payments[0].shares] == [125000, 75000]
    position = alike(case, mediator, days(mediator, 11))
    assert (position.overdue_fen, position.outstanding_fen, position.state) == (600000, 600000, "BREACHED")
    assert [(line.paid_fen, line.is_overdue) for line in position.instalments] == [(0, True), (200000, False)]
    pay(case, mediator, 600000, payer_party_id=boss)
    position = alike(case, mediator, days(mediator, 11))
    assert (position.overdue_fen, position.state) == (0, "PERFORMED")


def test_only_the_plan_of_the_payer_who_missed_falls_due_as_a_whole(mediator):
    """One worker, two payers; the second keeps his days. Lists, figures and the case say the same."""
    case, (one,), (boss, other) = ready(mediator, 1)
    agree(case, mediator, {one: 10000}, [
        plan(mediator, (one,), (10, 2000), (40, 3000), payers=(boss,)),
        plan(mediator, (one,), (10, 1000), (60, 4000), payers=(other,))], boss, is_accelerated=True)
    assert alike(case, mediator, days(mediator, 10)).overdue_fen == 0
    pay(case, mediator, 100000, payer_party_id=other)
    position = alike(case, mediator, days(mediator, 11))
    assert (position.overdue_fen, position.due_fen, position.outstanding_fen) == (500000, 600000, 900000)
    assert [line.is_overdue for line in position.instalments] == [True, True, False, False]
    pay(case, mediator, 200000, payer_party_id=boss)
    assert alike(case, mediator, days(mediator, 11)).overdue_fen == 0
    assert alike(case, mediator, days(mediator, 61)).overdue_fen == 700000


def test_what_a_third_person_pays_goes_to_what_is_due_first(mediator):
    case, (one, two), (boss, other) = ready(mediator)
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (), (10, 6000), payers=(boss,)), plan(mediator, (), (60, 2000), payers=(other,))], boss)
    pay(case, mediator, 600000, payer_name="镇政府")
    position = alike(case, mediator, days(mediator, 61))
    assert [line.paid_fen for line in position.instalments] == [600000, 0]
    assert (position.overdue_fen, position.state) == (200000, "BREACHED")


def test_jointly_liable_firms_all_sign_and_each_may_pay_it_all(mediator):
    case, (one, two), (boss, other) = ready(mediator)
    made = agree(case, mediator, {one: 5000, two: 3000}, [plan(mediator, (), (10, 8000), payers=(boss, other))], boss)
    around = agreements.ground(case, mediator.today)
    assert {party for side, party in agreements.must_sign(made, around) if side == "respondent"} == {boss, other}
    pay(case, mediator, 800000, payer_party_id=other)
    assert alike(case, mediator, days(mediator, 11)).state == "PERFORMED"


def test_forty_two_single_agreements_stand_in_one_case(mediator):
    case, workers, (boss, _other) = ready(mediator, 42)
    agree(case, mediator, dict.fromkeys(workers, 1000), [
        plan(mediator, (worker,), (n, 1000)) for n, worker in enumerate(workers, 1)], boss)
    position = alike(case, mediator, days(mediator, 12))
    assert (len(position.instalments), position.overdue_fen) == (42, 1100000)
    assert checks.run() == []


def test_a_plan_without_a_day_is_never_late(mediator):
    case, (one, two), (boss, _other) = ready(mediator)
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (one,), (None, 5000)), plan(mediator, (two,), (20, 3000))], boss)
    position = alike(case, mediator, date(2030, 1, 1))
    assert position.overdue_fen == 300000 and position.instalments[0].due_told == "竣工后"


def test_enforcement_runs_from_the_end_of_the_plan_that_ends_first_of_those_unpaid(mediator):
    case, (one, two), (boss, _other) = ready(mediator)
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (one,), (10, 2000), (40, 3000)), plan(mediator, (two,), (90, 3000))], boss)
    case.is_enforced = True
    db.session.flush()
    assert clocks._performance(case, mediator.today) == {"performance_due": [days(mediator, 40)]}
    pay(case, mediator, 500000, among=(one,))
    assert clocks._performance(case, mediator.today) == {"performance_due": [days(mediator, 90)]}


@pytest.mark.parametrize(("parts", "said"), [
    ([(0, 5000)], "协议3,000.00元，付款计划里0.00元"), ([(0, 4000), (1, 3000)], "协议5,000.00元，付款计划里4,000.00元"),
    ([(0, 5000), (1, 9000)], "比其中各人应得的多6,000.00元")])
def test_plans_that_do_not_add_up_are_refused_by_name(mediator, parts, said):
    case, workers, (boss, _other) = ready(mediator)
    with pytest.raises(Refused) as refusal:
        agree(case, mediator, {workers[0]: 5000, workers[1]: 3000},
              [plan(mediator, (workers[who],), (10, yuan)) for who, yuan in parts], boss)
    assert any(said in problem.text.zh for problem in refusal.value.problems)


def test_nobody_may_stand_in_two_plans_of_one_payer(mediator):
    case, (one, two), (boss, other) = ready(mediator)
    with pytest.raises(Refused) as refusal:
        agree(case, mediator, {one: 5000, two: 3000}, [
            plan(mediator, (one, two), (10, 6000), payers=(boss, other)), plan(mediator, (one,), (20, 2000))], boss)
    assert any("两份付款计划" in problem.text.zh for problem in refusal.value.problems)


def test_the_check_finds_plans_that_do_not_add_up_and_workers_in_none(mediator):
    case, (one, two), (boss, other) = ready(mediator)
    made = agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (one,), (10, 5000)), plan(mediator, (two,), (20, 3000), payers=(other,))], boss)
    assert checks.run() == []
    first, second = made.instalments
    first.shares[0].amount_fen -= 100
    db.session.delete(second.shares[0])
    db.session.execute(update(PlanPayer).where(PlanPayer.plan == 2).values(plan=3))
    db.session.flush()
    found = {fault.zh for fault in checks.run()}
    assert {"一名工人的付款计划合计499900分，协议500000分", "一名工人协议300000分，不在任何付款计划里",
            "有的付款计划没有付款人"} <= found


def test_entries_of_a_part_count_to_the_plan_of_its_payer(mediator):
    case, (one, two), (boss, other) = ready(mediator)
    agree(case, mediator, {one: 5000, two: 3000}, [
        plan(mediator, (one,), (10, 5000), payers=(boss,)), plan(mediator, (two,), (20, 3000), payers=(other,))], boss)
    payments.record_payment(case, Entry(mediator.today, 100000, payer_party_id=other), mediator)
    assert [(share.party_id, share.amount_fen) for share in case.payments[0].shares] == [(two, 100000)]


# A sum that was not published -----------------------------------------------------------------------------------

def test_a_sum_that_was_not_published_is_no_sum_of_nothing(mediator):
    case = intake.late_enter(mediator, intake.Late(name="朝鲁门", state="MEDIATING", respondents=[
        intake.Respondent("某建筑公司", part="employer", is_person=False)], received_on=date(2025, 3, 1)))
    made = agreements.agree(case, Terms(None, is_undisclosed=True), mediator, confirmed=True)
    assert made.is_undisclosed and case.agreed_fen is None
    assert balances.of_cases(mediator.today, door.filter_for(mediator)).get(case.id) is None
    assert checks.run() == []


def test_only_a_late_entry_may_have_a_sum_that_was_not_published(mediator):
    case, _workers, (boss, _other) = ready(mediator)
    with pytest.raises(Refused) as refusal:
        agreements.agree(case, Terms(mediator.today, payer_party_id=boss, is_undisclosed=True, non_cash="补缴社保"),
                         mediator, confirmed=True)
    assert any("补录" in problem.text.zh for problem in refusal.value.problems)
