"""Reconciling entries, explaining contradictions, closing and reopening periods: who may, what is refused, what stays."""
from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Closing, Counter, Event, Explanation, Reconciliation
from mediation.queries.audit import explanations as explaining_queries
from mediation.queries.audit import reconciling
from mediation.queries.audit.findings import About
from mediation.queries.figures import closings as closing_queries
from mediation.queries.figures import statistics
from mediation.queries.house import checks, digests
from mediation.rules.figures import closings as rules
from mediation.rules.language import Refused
from mediation.services.audit import explanations, findings
from mediation.services.audit import reconciling as service
from mediation.services.cases.moves import Forbidden
from mediation.services.figures import closings
from mediation.services.money import claims, payments
from tests import casework, house
from tests.ledgers import agreed_case, days, pay

pytestmark = pytest.mark.postgresql

ON = date(2026, 8, 10)  # a day in the third quarter, which ended before today


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


@pytest.fixture
def supervisor(inside):
    return house.actor("supervisor")


def problems(act) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        act()
    return [(problem.field, problem.text.zh) for problem in refusal.value.problems]


def paid_case(mediator, **values) -> Case:
    case = agreed_case(mediator, [500000], days(mediator, 3), on=days(mediator, -9))
    pay(case, mediator, 500000, on=days(mediator, -2), **values)
    return case


def mark(case: Case, actor, **changes) -> Reconciliation:
    given = {"compared": ["slip", "worker"], "checked_on": actor.today, "note": "", **changes}
    return service.reconcile(case, case.payments[0], given["compared"], given["checked_on"], given["note"], actor)


def last_event(case: Case) -> Event:
    return db.session.scalar(select(Event).where(Event.stream == f"case:{case.number}").order_by(Event.seq.desc()).limit(1))


# Marks


def test_another_person_marks_an_entry_and_it_is_an_event(mediator, supervisor):
    case = paid_case(mediator)
    mark(case, supervisor, note="对了8月流水")
    event = last_event(case)
    data = json.loads(event.data)
    assert (event.kind, data["seq"], data["compared"], data["checked_on"]) == (
        "payment_reconciled", 1, ["slip", "worker"], supervisor.today.isoformat())
    [row] = db.session.scalars(select(Reconciliation))
    assert (row.note, row.made_by_id, row.withdrawn_on) == ("对了8月流水", supervisor.user_id, None)
    assert list(digests.verify_rows()) == []


def test_the_lead_of_the_site_marks_and_the_mediator_does_not(mediator):
    case = paid_case(mediator)
    with pytest.raises(Forbidden):
        mark(case, house.actor("colleague"))
    mark(case, house.actor("lead"))


def test_nobody_marks_what_he_entered_himself(mediator):
    lead = house.actor("lead")
    case = paid_case(mediator)
    pay(case, lead, 1000, reason="多付的车费")
    db.session.expire_all()
    [second] = [row for row in case.payments if row.seq == 2]
    assert problems(lambda: service.reconcile(case, second, ["slip"], lead.today, "", lead)) == [
        ("", "自己登记的到账，要由另一个人核对")]


def test_reversed_entries_and_reversals_and_unproved_ones_take_no_mark(mediator, supervisor):
    case = paid_case(mediator)
    payments.reverse_payment(case, case.payments[0], "记错了", mediator)
    pay(case, mediator, 500000, proof="said")
    db.session.expire_all()
    said = {row.seq: problems(lambda row=row: service.reconcile(case, row, ["slip"], supervisor.today, "", supervisor))
            for row in case.payments}
    assert said == {1: [("", "已冲销的不用核对")], 2: [("", "冲销的记录不用核对")], 3: [("", "还没有凭证：先核实，再核对")]}


def test_all_that_is_missing_is_said_at_once(mediator, supervisor):
    case = paid_case(mediator)
    tomorrow, early = supervisor.today + timedelta(1), days(mediator, -3)
    assert problems(lambda: mark(case, supervisor, compared=[], checked_on=None)) == [
        ("compared", "请勾选跟什么对的"), ("checked_on", "请填写哪天核对的")]
    assert problems(lambda: mark(case, supervisor, checked_on=tomorrow)) == [("checked_on", "不能在今天之后")]
    assert problems(lambda: mark(case, supervisor, compared=["moon"])) == [("compared", "没有这一项")]
    assert problems(lambda: mark(case, supervisor, checked_on=early))[0][0] == "checked_on"
    assert list(db.session.scalars(select(Reconciliation))) == []


def test_a_second_mark_is_refused_and_a_withdrawn_one_opens_the_entry_again(mediator, supervisor):
    case = paid_case(mediator)
    mark(case, supervisor)
    assert "已经核对过了（刘主席" in problems(lambda: mark(case, house.actor("lead")))[0][1]
    assert problems(lambda: service.withdraw(case, case.payments[0], "", supervisor)) == [("reason", "请写明为什么撤销")]
    service.withdraw(case, case.payments[0], "回单是另一件案子的", supervisor)
    assert last_event(case).kind == "reconciliation_withdrawn"
    assert reconciling.listing(reconciling.Wanted(), supervisor).number == 1
    assert problems(lambda: service.withdraw(case, case.payments[0], "再撤", supervisor)) == [
        ("", "这笔没有核对过，或已撤销")]
    mark(case, house.actor("lead"))
    assert [row.withdrawn_on is None for row in db.session.scalars(select(Reconciliation).order_by(
        Reconciliation.id))] == [False, True]
    assert list(digests.verify_rows()) == []


def test_a_mark_changed_behind_the_journal_is_found(mediator, supervisor):
    case = paid_case(mediator)
    mark(case, supervisor).note = "改过"
    db.session.flush()
    assert [fault.place for fault in digests.verify_rows()] == [case.number]


# Explanations


def overpaid(mediator, reason: str = "") -> Case:
    case = agreed_case(mediator, [1000000], days(mediator, 3))
    case.claims[0].amount_fen = 900000
    casework.rest(case, mediator)
    return case


def test_an_explanation_holds_for_the_values_that_it_was_given_for(mediator):
    case = overpaid(mediator)
    [line] = explaining_queries.of_case(case, mediator.today)
    assert (line.found.figures, line.is_explained) == ("1000000>900000", False)
    explanations.explain(case, line.found.key, line.found.mark, line.found.figures, "含路费一千元", mediator)
    [line] = explaining_queries.of_case(case, mediator.today)
    assert (line.is_explained, line.reason, line.explanation.made_by_id) == (True, "含路费一千元", mediator.user_id)
    assert last_event(case).kind == "contradiction_explained"
    assert list(digests.verify_rows()) == []
    case.claims[0].amount_fen = 800000
    db.session.flush()
    [line] = explaining_queries.of_case(case, mediator.today)
    assert (line.found.figures, line.is_explained) == ("1000000>800000", False)


def test_what_is_no_contradiction_is_not_explained(mediator):
    case = overpaid(mediator)
    assert problems(lambda: explanations.explain(case, "agreed_above_claimed", "worker:0", "1>0", "", mediator)) == [
        ("reason", "请写明为什么是这样"), ("", "现在没有这一处矛盾：可能刚改过，请再看一遍")]
    assert list(db.session.scalars(select(Explanation))) == []


def test_those_who_do_not_work_the_case_do_not_explain(mediator):
    case = overpaid(mediator)
    [line] = explaining_queries.of_case(case, mediator.today)
    for username in ("colleague", "auditor", "mediator2"):
        with pytest.raises(Forbidden):
            explanations.explain(case, line.found.key, line.found.mark, line.found.figures, "x", house.actor(username))


def test_missing_numbers_are_explained_by_the_supervisor(mediator, supervisor):
    casework.make_case(mediator)
    union = house.get_station("urad-middle")
    db.session.get(Counter, (union.id, "register", 2026)).last += 1
    db.session.flush()
    [line] = explaining_queries.of_numbers([union])
    with pytest.raises(Forbidden):
        explanations.explain_numbers(union, line.found.mark, line.found.figures, "x", house.actor("lead"))
    with pytest.raises(Forbidden):
        explanations.explain_numbers(union, line.found.mark, line.found.figures, "x", house.actor("supervisor2"))
    explanations.explain_numbers(union, line.found.mark, line.found.figures, "当天断电，号作废", supervisor)
    [line] = explaining_queries.of_numbers([union])
    assert (line.is_explained, line.reason) == (True, "当天断电，号作废")
    event = db.session.scalar(select(Event).where(Event.kind == "numbers_explained"))
    assert (event.stream, json.loads(event.data)["figures"]) == (f"house:{union.id}", "2-2")


# Periods


def union():
    return house.get_station("urad-middle")


def settled_in_summer(mediator, fen: int = 500000) -> Case:
    """Accepted, agreed and paid on one day of the third quarter, with its money in time."""
    case = agreed_case(mediator, [fen], ON + timedelta(5), on=ON)
    case.accepted_station_id, case.concluded_on = case.station_id, ON
    casework.rest(case, mediator)
    pay(case, mediator, fen, on=ON + timedelta(4))
    return case


def test_closing_freezes_the_figures_as_of_the_last_day(mediator, supervisor):
    settled_in_summer(mediator)
    agreed_case(mediator, [200000], days(mediator, 9))  # of the running quarter
    row = closings.close(union(), "2026Q3", supervisor)
    assert (row.first_on, row.last_on, row.explained) == (date(2026, 7, 1), date(2026, 9, 30), 0)
    assert {key: row.figures[key][0] for key in ("accepted", "settled", "rate_accepted", "agreed_fen", "recovered_fen",
                                                 "outstanding_fen", "workers", "claimed_fen", "performance_rate")} == {
        "accepted": 1, "settled": 1, "rate_accepted": "100.00", "agreed_fen": 500000, "recovered_fen": 500000,
        "outstanding_fen": 0, "workers": 1, "claimed_fen": 500000, "performance_rate": "100.00"}
    data = json.loads(db.session.scalar(select(Event.data).where(Event.kind == "period_closed")))
    assert (data["figures_digest"], data["cases"]) == (row.digest, 1)
    assert closing_queries.corrections(row, supervisor) == []


def test_what_is_frozen_is_what_the_statistics_say(mediator, supervisor):
    settled_in_summer(mediator)
    owing = agreed_case(mediator, [300000, 300000], ON + timedelta(9), on=ON)
    pay(owing, mediator, 100000, on=ON + timedelta(1))
    failed = casework.bring(casework.make_case(mediator, on=ON), "MEDIATING", mediator)
    failed.accepted_on, failed.outcome, failed.concluded_on = ON, "FAILED", ON + timedelta(3)
    casework.rest(failed, mediator)
    row = closings.close(union(), "2026Q3", supervisor)
    made = statistics.summary(supervisor, "2026Q3", "urad-middle", date(2026, 9, 30))
    said = {figure.figure.key: figure.value for figure in made.figures}
    assert {key: value[0] for key, value in row.figures.items()} == {key: said[key] for key in rules.FIGURES}


def test_a_later_change_shows_as_a_correction_with_its_case_and_entry(mediator, supervisor):
    case = settled_in_summer(mediator)
    row = closings.close(union(), "2026Q3", supervisor)
    payments.reverse_payment(case, case.payments[0], "银行退回", mediator)
    [change] = closing_queries.corrections(row, supervisor)
    assert change.correction == rules.Correction(case.number, {
        "recovered_fen": (500000, 0), "outstanding_fen": (0, 500000), "performed": (1, 0)})
    assert [(entry.text.zh, entry.who) for entry in change.entries] == [("冲销第1笔5,000.00元", "王调解")]
    now = rules.figures(rules.corrected(row.parts, [change.correction]))
    assert (now["recovered_fen"][0], now["performance_rate"][0], now["accepted"][0]) == (0, "0.00", 1)
    assert row.figures["recovered_fen"][0] == 500000


def test_a_late_claim_and_a_case_entered_late_are_corrections(mediator, supervisor):
    case = settled_in_summer(mediator)
    row = closings.close(union(), "2026Q3", supervisor)
    claims.add_claim(case, case.parties[0], {"head": "overtime", "amount_fen": 70000}, mediator, confirmed=True)
    late = casework.make_case(mediator, on=ON)
    found = {change.correction.number: change.correction.changes for change in closing_queries.corrections(row, supervisor)}
    assert found == {case.number: {"claimed_fen": (500000, 570000)}, late.number: {"registered": (0, 1)}}


def test_what_happens_after_the_period_moves_nothing(mediator, supervisor):
    open_one = agreed_case(mediator, [300000], ON + timedelta(90), on=ON)
    row = closings.close(union(), "2026Q3", supervisor)
    pay(open_one, mediator, 300000)
    agreed_case(mediator, [200000], days(mediator, 9))
    assert closing_queries.corrections(row, supervisor) == []


def test_sealing_corrects_nothing_and_a_sealed_case_tells_its_sums_and_no_word(mediator, supervisor):
    case = settled_in_summer(mediator)
    row = closings.close(union(), "2026Q3", supervisor)
    case.is_sealed = True
    casework.rest(case, mediator)
    assert closing_queries.corrections(row, supervisor) == []
    payments.reverse_payment(case, case.payments[0], "银行退回", mediator)
    [change] = closing_queries.corrections(row, supervisor)
    assert change.correction.changes["recovered_fen"] == (500000, 0)
    assert (change.is_withheld, change.entries) == (True, [])
    assert closing_queries.corrections(row, mediator)[0].entries


def test_a_sealed_case_is_on_no_list_of_those_who_may_not_open_it(mediator, supervisor):
    case = paid_case(mediator)
    case.claims[0].amount_fen = 1
    case.is_sealed = True
    casework.rest(case, mediator)
    for reader, seen in ((mediator, 1), (supervisor, 0)):
        assert reconciling.listing(reconciling.Wanted(), reader).number == seen
        assert explaining_queries.listing(explaining_queries.Wanted(), reader).number == seen


@pytest.mark.parametrize(("said", "sentence"), [
    ("", "请填写期间"), ("soon", "看不懂这个期间"), ("2026-07-01..2026-08-15", "不按任意起止日期"),
    ("2026-09-30..2026-07-01", "早于开始"), ("2026Q4", "到2026-12-31才结束"), ("2026", "到2026-12-31才结束"),
])
def test_what_is_no_period_or_has_not_ended(supervisor, said, sentence):
    [(field, text)] = problems(lambda: closings.close(union(), said, supervisor))
    assert field == "period" and sentence in text
    assert list(db.session.scalars(select(Closing))) == []


def test_a_period_is_closed_once_and_others_stand_beside_it(supervisor):
    closings.close(union(), "2026Q3", supervisor)
    [(field, text)] = problems(lambda: closings.close(union(), "2026q3", supervisor))
    assert (field, text) == ("period", "2026年第3季度已关账（刘主席，2026-11-18）")
    for other in ("2026-07", "union-2026", "2025"):
        closings.close(union(), other, supervisor)
    assert len(list(db.session.scalars(select(Closing)))) == 4


def test_an_unexplained_contradiction_keeps_the_period_open(mediator, supervisor):
    case = settled_in_summer(mediator)
    case.claims[0].amount_fen = 400000
    casework.rest(case, mediator)
    assert problems(lambda: closings.close(union(), "2026Q3", supervisor)) == [("period", "这个期间还有1处账目矛盾没有理清")]
    closings.close(union(), "2026Q2", supervisor)  # it lies in another quarter
    [line] = explaining_queries.of_case(case, mediator.today)
    explanations.explain(case, line.found.key, line.found.mark, line.found.figures, "含路费", mediator)
    assert closings.close(union(), "2026Q3", supervisor).explained == 1


def test_only_the_supervisor_of_the_union_closes(inside):
    for username in ("lead", "auditor", "supervisor2", "mediator"):
        with pytest.raises(Forbidden):
            closings.close(union(), "2026Q3", house.actor(username))


def test_reopening_needs_a_finding_that_is_not_closed(mediator, supervisor):
    row = closings.close(union(), "2026Q3", supervisor)
    assert problems(lambda: closings.reopen(row, "", supervisor)) == [
        ("reason", "请写明为什么恢复"), ("", "恢复期间要有审计人员对它提出、还没有了结的发现")]
    auditor = house.actor("auditor")
    other = findings.note(About("period", "2026Q2", union()), "figures", "二季度口径", auditor.today, auditor)
    assert problems(lambda: closings.reopen(row, "按审计发现", supervisor))[0][1].startswith("恢复期间要有审计人员")
    found = findings.note(About("period", "2026Q3", union()), "figures", "到账有重复", auditor.today, auditor)
    with pytest.raises(Forbidden):
        closings.reopen(row, "按审计发现", auditor)
    closings.reopen(row, "按审计发现", supervisor)
    assert (row.reopened_on, row.finding_id) == (supervisor.today, found.id) and other.id != found.id
    data = json.loads(db.session.scalar(select(Event.data).where(Event.kind == "period_reopened")))
    assert (data["closing"], data["finding"]) == (row.id, found.id)
    assert problems(lambda: closings.reopen(row, "再来", supervisor)) == [("", "这个期间已经恢复")]
    again = closings.close(union(), "2026Q3", supervisor)
    assert again.id != row.id and row.figures == again.figures


def test_figures_changed_behind_the_journal_are_found(mediator, supervisor):
    settled_in_summer(mediator)
    row = closings.close(union(), "2026Q3", supervisor)
    assert list(checks._closings()) == []
    row.figures = {**row.figures, "accepted": [2, 2, None]}
    db.session.flush()
    [fault] = checks._closings()
    assert fault.place == "urad-middle 2026Q3"
