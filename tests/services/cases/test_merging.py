"""并案: everything goes over and counts once, chains and rings, what stands against it, what a merged case still takes."""
from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Claim, Event, Payment, Supervision
from mediation.queries.audit import contradictions
from mediation.queries.cases import facts, history
from mediation.queries.cases import merging as queries
from mediation.queries.figures import statistics
from mediation.queries.house import checks, digests
from mediation.queries.money import case_money
from mediation.rules import access
from mediation.rules.cases import guidance
from mediation.rules.cases import merging as rules
from mediation.rules.language import Refused
from mediation.services.bodies import consultations, coordination
from mediation.services.bodies.coordination import Request
from mediation.services.cases import links, merging, moves, restricting, sessions
from mediation.services.desk import supervision
from mediation.services.money import claims
from mediation.services.papers import files, issued_papers
from mediation.services.people import parties
from tests import casework, house
from tests.exports import agree, open_case, pay

pytestmark = pytest.mark.postgresql


@pytest.fixture
def mediator(actor):
    return actor("mediator")


def of_two(mediator, *names: str, boss: str = "李老板") -> Case:
    """A case in mediation of these workers, 4,000 yuan each, without identity numbers."""
    case = casework.make_case(mediator, 0, headcount=len(names))
    for name in names:
        party = casework.add_party(case, "applicant", "worker", name)
        db.session.add(Claim(case_id=case.id, party_id=party.id, head="wages", amount_fen=400000))
    casework.respondent(case).name = boss
    case.identity_note = "本人已到场"
    db.session.flush()
    db.session.expire(case)
    parties.retitle(case)
    casework.rest(case, mediator)
    return casework.bring(case, "MEDIATING", mediator)


def merge(case: Case, into: Case | str, actor, *confirmed: str) -> None:
    number = into if isinstance(into, str) else into.number
    merging.merge(case, {"into": number, "reason": "同一件事", "happened_on": actor.today, "confirmed": confirmed}, actor)
    db.session.flush()
    db.session.expire_all()


def asked(case: Case, into: Case, actor, *confirmed: str) -> dict[str, str]:
    """What is refused or asked back, by the name of the tick."""
    with pytest.raises(Refused) as refusal:
        merge(case, into, actor, *confirmed)
    return {problem.confirm: problem.text.zh for problem in refusal.value.problems}


def short(case: Case) -> str:
    return case.number.removeprefix("urad-middle-")


def figures(actor) -> dict[str, object]:
    return {row.figure.key: row.value for row in statistics.summary(actor, str(actor.today.year), "").figures}


def assert_sound() -> None:
    db.session.commit()
    assert digests.verify() == []
    assert checks.run() == []


def test_workers_claims_and_money_go_over_and_count_once(mediator):
    first, second = of_two(mediator, "张三", "李四", "王五"), of_two(mediator, "赵六")
    pay(first, mediator, 200000, reason="先付一部分")
    before = figures(mediator)
    assert (before["accepted"], before["workers"], before["recovered_fen"], before["claimed_fen"]) == (
        2, 4, 200000, 1600000)
    merge(first, second, mediator)
    assert [p.name for p in parties.workers(second)] == ["赵六", "张三", "李四", "王五"]
    assert (second.title, second.headcount, second.claimed_fen, second.arrived_fen) == ("赵六等4人", 4, 1600000, 200000)
    assert (first.claimed_fen, first.arrived_fen, first.headcount, first.is_open) == (None, 0, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1
    after = figures(mediator)
    assert (after["accepted"], after["workers"], after["recovered_fen"], after["claimed_fen"]) == (
        1, 4, 200000, 1600000)
    assert_sound()


def test_the_same_worker_is_recognised_and_the_same_claim_is_not_doubled(mediator):
    first, second = of_two(mediator, "张三", "李四"), of_two(mediator, "张三")
    worker = next(p for p in first.parties if p.name == "张三")
    worker.phone, worker.address = "13847862299", "海流图镇"
    casework.rest(first, mediator)
    merge(first, second, mediator)
    [kept, came] = parties.workers(second)
    assert (kept.name, kept.phone, kept.address, came.name) == ("张三", "13847862299", "海流图镇", "李四")
    assert second.claimed_fen == 800000
    assert [p.name for p in parties.active(second, "respondent")] == ["李老板"]
    assert {p.removed_reason for p in first.parties} == {f"已并入{short(second)}"}
    assert_sound()


def test_another_sum_of_the_same_worker_is_named_and_asked(mediator):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    first.claims[0].amount_fen = 500000
    casework.rest(first, mediator)
    said = asked(first, second, mediator)
    assert set(said) == {"claims_differ"} and "张三的工资，本案5,000.00元、那边4,000.00元" in said["claims_differ"]
    merge(first, second, mediator, "claims_differ")
    assert second.claimed_fen == 900000


def test_people_of_one_name_with_other_numbers_are_asked_back(mediator):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    for case, phone in ((first, "13847862201"), (second, "13847862202")):
        parties.workers(case)[0].phone = phone
        casework.rest(case, mediator)
    said = asked(first, second, mediator)
    assert set(said) == {"namesakes"} and "两边都有张三" in said["namesakes"]
    merge(first, second, mediator, "namesakes")
    assert (second.headcount, second.claimed_fen) == (2, 800000)


def test_a_payment_that_stands_in_both_is_asked_back(mediator):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    for case in (first, second):
        pay(case, mediator, 100000, reason="先付一部分")
    said = asked(first, second, mediator)
    assert set(said) == {"paid_twice"} and "1,000.00元" in said["paid_twice"]
    merge(first, second, mediator, "paid_twice")
    assert [(row.seq, row.amount_fen) for row in sorted(second.payments, key=lambda row: row.seq)] == [
        (1, 100000), (2, 100000)]
    assert_sound()


def test_sessions_contacts_files_notes_numbers_and_reminders_go_over(mediator, actor, tmp_path):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三", "赵六")
    worker = parties.workers(first)[0]
    moves.move(first, "log_contact", {"happened_on": mediator.today, "party": worker.id, "way": "phone", "reached": True,
                                      "note": "说周五来"}, mediator)
    sessions.hold(first, sessions.Held(mediator.today, "face", present=[worker.id], said="双方都来了"), mediator)
    casework.add_hearing(second, mediator)
    kept = files.add(first, "考勤表.pdf", b"%PDF-1.7 x", tmp_path, mediator)
    letter = coordination.record(first, Request(agency("court"), "task", "out"), mediator)
    attached = files.add(first, "函.pdf", b"%PDF-1.7 y", tmp_path, mediator, files.Place(letter))
    casework.put_number(first, "court", "（2026）内0824诉前调5号", mediator)
    supervision.supervise(first, "请写明办法", mediator.today + timedelta(3), actor("supervisor"))
    merge(first, second, mediator, "sharing_comes")
    same = parties.workers(second)[0]
    assert [(row.party_id, row.note.body) for row in second.contacts if row.note] == [(same.id, "说周五来")]
    assert {row.seq: row.present for row in second.hearings} == {1: [], 2: [same.id]}
    assert {row.note.body for row in second.hearings if row.seq == 2} == {"双方都来了"} and first.hearings == []
    assert {row.id: row.commission_id for row in second.attachments} == {
        kept.id: None, attached.id: second.commissions[0].id}
    assert [row.number for row in second.external_numbers] == ["（2026）内0824诉前调5号"]
    assert db.session.scalar(select(Supervision.case_id)) == second.id
    told = history.page(first, frozenset(access.GRANTS))
    assert "说周五来" in [note for line in told.lines for note in line.notes]
    assert_sound()


def agency(code: str) -> int:
    return db.session.scalar(select(house.Agency.id).where(house.Agency.code == code))


def test_the_kept_case_says_what_came_from_where(mediator):
    first, second = of_two(mediator, "张三", "李四"), of_two(mediator, "赵六")
    pay(first, mediator, 200000, reason="先付一部分")
    merge(first, second, mediator)
    said = json.loads(db.session.scalar(select(Event.data).where(Event.kind == "source_merged")))
    assert (said["source"], said["carried"]) == (first.number, {"people": 2, "claims": 2, "payments": 1, "contacts": 1})
    assert rules.said(queries.came_from(second)[first.number]).zh == "当事人 2、诉求 2、到账 1、联系 1"


def test_a_case_goes_on_at_the_end_of_the_chain_and_that_is_said(mediator):
    first, second, third = (of_two(mediator, "张三") for _ in range(3))
    merge(second, third, mediator)
    merge(first, second, mediator)
    assert first.merged_into_id == third.id
    assert merging.called(first, second.number, mediator).zh == f"{short(third)}（{short(second)}已并入它）"
    assert merging.called(first, third.number, mediator).zh == short(third)
    assert (third.claimed_fen, second.claimed_fen, first.claimed_fen) == (400000, None, None)
    assert_sound()


def test_nobody_merges_in_a_ring(mediator):
    first, second, third = (of_two(mediator, "张三") for _ in range(3))
    merge(first, second, mediator)
    assert asked(second, first, mediator) == {"": f"{short(first)}已经并入本案"}
    merge(second, third, mediator)
    assert asked(third, first, mediator) == {"": f"{short(first)}已经并入本案"}
    assert asked(third, third, mediator) == {"": "不能并入自己"}


@pytest.mark.parametrize("written", ["{short}", "登记号 {short}", "{whole}", "{wide}", " {year} - {n} "])
def test_the_number_is_read_as_people_write_it(mediator, written):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    year, n = short(second).split("-")
    wide = short(second).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-"})
    merge(first, written.format(short=short(second), whole=second.number.upper(), wide=wide, year=year, n=int(n)), mediator)
    assert first.merged_into_id == second.id


def test_cases_with_nobody_in_common_are_asked_back_once(mediator):
    first, second = of_two(mediator, "张三", boss="宏远劳务"), of_two(mediator, "赵六", boss="草原饭店")
    said = asked(first, second, mediator)
    assert set(said) == {"unrelated"} and "没有相同的人、相同的单位" in said["unrelated"]
    merge(first, second, mediator, "unrelated")
    assert first.merged_into_id == second.id


def test_only_a_live_case_takes_another(mediator, actor):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    casework.step(second, "withdraw", mediator)
    assert "撤回" in asked(first, second, mediator)[""]
    agreed = open_case(mediator, 1, 400000)
    agree(agreed, mediator, [400000])
    assert set(asked(first, agreed, mediator, "unrelated")) == {"not_bound"}


def test_what_cannot_go_over_is_named_before(mediator, actor):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    casework.respondent(first).identity = "152824199001011234"
    agree(first, mediator, [400000])
    moves.move(first, "visit", {"happened_on": mediator.today, "way": "phone", "satisfaction": "satisfied"}, mediator)
    moves.move(first, "close", {"happened_on": mediator.today, "way": "given_up"}, mediator)
    moves.move(first, "reopen", {"happened_on": mediator.today, "reason": "没有付"}, actor("supervisor"))
    links.link(of_two(mediator, "赵六"), first.number, "同一批", mediator)
    consultations.call(first, consultations.Call([agency("hr")], mediator.today, "核欠薪"), mediator)
    restricting.restrict(first, [mediator.user_id], "本人要求", actor("supervisor"))
    with pytest.raises(Refused) as refusal:
        merge(first, second, mediator)
    said = "；".join(problem.text.zh for problem in refusal.value.problems if not problem.confirm)
    for part in ("本案有协议", "已召集还没有开", "还有归入的案件", "限定知悉"):
        assert part in said
    assert first.merged_into_id is None


def test_a_merged_case_takes_nothing_more(mediator, actor, tmp_path):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    worker = parties.workers(first)[0]
    merge(first, second, mediator)
    sentence = f"本案已并入{short(second)}，不再收登记和材料，请到{short(second)}里办"
    lead, day = actor("lead"), mediator.today
    for write in (
            lambda: pay(first, mediator, 100, reason="付"),
            lambda: moves.move(first, "log_contact", {"happened_on": day, "way": "phone"}, mediator),
            lambda: moves.move(first, "reopen", {"happened_on": day, "reason": "再办"}, lead),
            lambda: moves.move(first, "archive", {"happened_on": day}, mediator),
            lambda: merge(first, second, mediator),
            lambda: files.add(first, "a.pdf", b"%PDF-1.7", tmp_path, mediator),
            lambda: claims.add_claim(first, worker, {"head": "wages", "amount_fen": 100}, mediator),
            lambda: sessions.hold(first, sessions.Held(day, "face"), mediator),
            lambda: parties.add_party(first, {"side": "applicant", "part": "worker", "name": "李四"}, mediator),
            lambda: coordination.record(first, Request(agency("court"), "task", "out"), mediator),
            lambda: links.link(first, of_two(mediator, "赵六").number, "", mediator),
            lambda: casework.put_number(first, "hr", "NM2026-1", mediator, {"unusual_number"}),
            lambda: supervision.urge(first, "快办", day, actor("supervisor")),
            lambda: casework.rest(first, mediator)):
        with pytest.raises(Refused) as refusal:
            write()
        assert [problem.text.zh for problem in refusal.value.problems] == [sentence]


def test_a_database_of_before_shows_its_rings_and_what_was_left_behind(mediator):
    rows = [of_two(mediator, "张三") for _ in range(4)]
    ring, (left, kept) = rows[:2], rows[2:]
    pay(left, mediator, 100000, reason="先付一部分")
    for case, into in ((ring[0], ring[1]), (ring[1], ring[0]), (left, kept)):
        case.outcome, case.concluded_on = "DUPLICATE", mediator.today
        casework.rest(case, mediator)
        case.merged_into_id = into.id
        db.session.flush()
    told = {(fault.place, fault.zh) for fault in checks.run()}
    assert {place for place, zh in told if "绕成了圈" in zh} == {case.number for case in ring}
    assert {zh for place, zh in told if place == left.number} >= {
        f"已并入{kept.number}，还留着没有并过去的诉求或到账", f"已并入{kept.number}，还没有结案"}
    assert {found.key for found in contradictions.of_case(ring[0], mediator.today)} == {"merged_in_a_ring"}
    assert "merged_left_rows" in {found.key for found in contradictions.of_case(left, mediator.today)}
    assert "merged_left_rows" not in {found.key for found in contradictions.of_case(kept, mediator.today)}
    with pytest.raises(Refused) as refusal:
        moves.move(ring[0], "log_contact", {"happened_on": mediator.today, "way": "phone"}, mediator)
    assert "绕成了圈" in refusal.value.problems[0].text.zh
    moves.move(left, "close", {"happened_on": mediator.today, "way": "nothing_due"}, mediator)
    assert left.state == "CLOSED"


def left_behind(mediator) -> tuple[Case, Case]:
    """A case that an older version merged without its people, claim and payment, and the case that was kept."""
    left, kept = (of_two(mediator, "张三") for _ in range(2))
    pay(left, mediator, 100000, reason="先付一部分")
    left.outcome, left.state, left.is_open = "DUPLICATE", "CLOSED", 0
    left.concluded_on = left.closed_on = mediator.today
    casework.rest(left, mediator)
    left.merged_into_id = kept.id
    db.session.flush()
    return left, kept


def test_what_an_older_merger_left_behind_goes_over_by_one_press(mediator):
    left, kept = left_behind(mediator)
    assert "merged_left_rows" in {found.key for found in contradictions.of_case(left, mediator.today)}
    asked = {"confirmed": ("claims_differ", "paid_twice", "not_bound", "unrelated", "namesakes")}
    merging.carry_rest(left, asked, mediator)
    assert [row.amount_fen for row in kept.payments] == [100000] and kept.arrived_fen == 100000
    assert (left.payments, [p for p in left.parties if p.removed_on is None]) == ([], [])
    assert contradictions.of_case(left, mediator.today) == [] and list(digests.verify_rows()) == []
    assert last_kind(left) == "carried_over" and last_kind(kept) == "source_merged"
    with pytest.raises(Refused) as refusal:
        merging.carry_rest(left, asked, mediator)
    assert "已并入" in refusal.value.problems[0].text.zh


def last_kind(case: Case) -> str:
    return moves.last_event(case).kind


def test_what_was_left_goes_over_only_into_a_live_case_of_ones_own(mediator, actor):
    left, kept = left_behind(mediator)
    kept.state, kept.is_open, kept.outcome, kept.concluded_on = "CLOSED", 0, "WITHDRAWN", mediator.today
    casework.rest(kept, mediator)
    with pytest.raises(Refused) as refusal:
        merging.carry_rest(left, {}, mediator)
    assert any("要并，先恢复办理" in problem.text.zh for problem in refusal.value.problems)
    with pytest.raises(moves.Forbidden):
        merging.carry_rest(left, {}, actor("mediator2"))


def test_a_merger_is_not_undone_and_the_page_says_what_to_do(mediator, actor):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    merge(first, second, mediator, "claims_differ", "namesakes")
    said = guidance.next_step(guidance.Scene(facts.of(first, mediator.today), mediator.today)).sentence.zh
    assert said.startswith(f"已并入{short(second)}，在那里接着办。并案不能撤回")
    with pytest.raises(Refused) as refusal:
        moves.move(first, "reopen", {"happened_on": mediator.today, "reason": "并错了"}, actor("lead"))
    assert "已并入" in refusal.value.problems[0].text.zh


def test_who_stepped_down_in_one_case_does_not_hold_the_other(mediator, actor):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    moves.move(first, "recuse", {"happened_on": mediator.today, "reason": "是亲戚"}, mediator)
    said = asked(first, second, actor("lead"))
    assert "已经回避" in said[""]
    assert case_money.position(second, mediator.today).claimed_fen == 400000


def test_a_file_goes_over_beside_what_it_proves_and_stays_beside_what_stays(mediator, actor, tmp_path):
    first, second = of_two(mediator, "张三"), of_two(mediator, "张三")
    payment = pay(first, mediator, 100000, reason="先付一部分")
    paper = issued_papers.record(first, ["identity"], issued_papers.Given(mediator.today), mediator)[0]
    worker = next(party for party in first.parties if party.name == "张三")
    made = [files.add(first, f"{kind}.pdf", b"%PDF-1.7 x", tmp_path, mediator, files.Place(about_kind=kind, about_id=key))
            for kind, key in (("party", worker.id), ("payment", payment.id), ("paper", paper.id))]
    merge(first, second, actor("lead"))
    there = next(party for party in second.parties if party.name == "张三")
    assert [(row.case_id, row.about_id) for row in made] == [
        (second.id, there.id), (second.id, payment.id), (first.id, paper.id)]
    assert digests.verify() == []
