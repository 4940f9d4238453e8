"""Joint consultations: invitations with their sharing, opinions by the bodies and for them, tasks in each case, files."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Consultation
from mediation.queries import door
from mediation.queries.bodies import coordination as queries
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services.bodies import consultations, coordination
from mediation.services.bodies.consultations import Call, Duty, Minutes, Opinion, Voice
from mediation.services.cases import merging, moves
from mediation.services.papers import files
from tests import casework, house

PARTS = ("summary", "outcome")


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def case(mediator) -> Case:
    return casework.bring(casework.make_case(mediator), "MEDIATING", mediator)


@pytest.fixture
def other(mediator) -> Case:
    return casework.bring(casework.make_case(mediator), "MEDIATING", mediator)


def body(code: str) -> int:
    return db.session.scalar(select(Agency.id).where(Agency.code == code))


def call(case: Case, mediator, *numbers: str, **values: object) -> Consultation:
    return consultations.call(case, Call(**{
        "agencies": [body("hr"), body("court")], "planned_on": mediator.today, "agenda": "核欠薪", "numbers": numbers,
        "shared_parts": PARTS, "share_ground": "consent", "legal_basis": "申请人书面同意", **values}), mediator)


def minutes(mediator, **values: object) -> Minutes:
    hr = body("hr")
    return Minutes(**{"held_on": mediator.today, "conclusion": "总包先付。", "voices": {hr: Voice(True, "苏队长", "属实")},
                      "duties": [Duty(hr, "跟到付清", mediator.today + timedelta(5))], **values})


def fields(refusal) -> set[str]:
    return {problem.field for problem in refusal.value.problems}


def verify() -> list:
    db.session.commit()
    return digests.verify()


def test_a_call_invites_every_body_in_every_case_with_what_it_may_see(case, other, mediator, actor):
    row = call(case, mediator, other.number)
    assert [(one.kind, one.direction, one.shared_parts, one.legal_basis, one.reply_due_on) for one in row.letters] == [
        ("invitation", "out", list(PARTS), "申请人书面同意", mediator.today)] * 4
    liaison = actor("liaison")
    assert door.find_case(liaison, other.number) is other and door.shared_parts(liaison, case) == set(PARTS)
    assert queries.find_consultation(liaison, row.id) is row
    assert queries.find_consultation(actor("mediator2"), row.id) is None
    assert verify() == []


def test_to_share_at_a_consultation_wants_a_ground(case, mediator):
    with pytest.raises(Refused) as refusal:
        call(case, mediator, legal_basis="")
    assert fields(refusal) == {"legal_basis"} and len(refusal.value.problems) == 1


def test_a_body_writes_its_opinion_itself_and_with_it_answers_all_its_invitations(case, other, mediator, actor):
    row, liaison = call(case, mediator, other.number), actor("liaison")
    voice = consultations.give_opinion(row, Opinion("可以先行调解", "高法官", number="法复5号"), liaison)
    assert (voice.way, voice.is_entered_for, voice.number, voice.given_on) == ("account", False, "法复5号", mediator.today)
    mine = queries.requests_to(row, liaison)
    assert [(one.state, one.result, one.reply_way, one.is_entered_for) for one in mine] == [
        ("answered", "可以先行调解", "account", False)] * 2
    assert {one.state for one in row.letters if one.agency_id == body("hr")} == {"open"}
    assert verify() == []


def test_an_opinion_is_entered_for_a_body_and_marked_so(case, mediator):
    row = call(case, mediator)
    with pytest.raises(Refused) as refusal:
        consultations.enter_opinion(row, body("hr"), Opinion("", way="account", given_on=mediator.today + timedelta(1)),
                                    mediator)
    assert fields(refusal) == {"opinion", "way", "given_on"}
    voice = consultations.enter_opinion(row, body("hr"), Opinion("欠薪属实", "苏队长", "phone"), mediator)
    assert (voice.way, voice.is_entered_for, voice.who) == ("phone", True, "苏队长")
    assert [one.is_entered_for for one in row.letters if one.agency_id == body("hr")] == [True]
    assert verify() == []


def test_of_two_opinions_the_second_is_told_who_was_first(case, mediator, actor):
    row, liaison = call(case, mediator), actor("liaison")
    consultations.give_opinion(row, Opinion("可以先行调解"), liaison)
    with pytest.raises(Refused) as refusal:
        consultations.enter_opinion(row, body("court"), Opinion("电话里说再等等", way="phone"), mediator)
    assert "陈联络" in refusal.value.problems[0].text.zh
    with pytest.raises(Refused) as refusal:
        consultations.hold(row, minutes(mediator, voices={body("court"): Voice(True, "", "另一个意见")}), mediator)
    assert fields(refusal) == {f"opinion_{body('court')}"}
    consultations.hold(row, minutes(mediator), mediator)
    said = {voice.agency_id: (voice.opinion, voice.is_entered_for) for voice in row.opinions}
    assert said == {body("court"): ("可以先行调解", False), body("hr"): ("属实", True)}


def test_an_invitation_is_answered_by_an_opinion_and_by_nothing_else(case, mediator, actor):
    row = call(case, mediator)
    letter = queries.requests_to(row, actor("liaison"))[0]
    for act in (lambda: coordination.reply(case, letter.id, coordination.Reply("来"), actor("liaison")),
                lambda: coordination.answer(case, letter.id, "来", None, mediator)):
        with pytest.raises(Refused):
            act()
    assert letter.state == "open"


def test_who_was_not_invited_or_sees_the_case_no_more_writes_nothing(case, mediator, actor):
    row, liaison = call(case, mediator, agencies=[body("hr")]), actor("liaison")
    with pytest.raises(moves.Forbidden):
        consultations.give_opinion(row, Opinion("我们也说一句"), liaison)
    with pytest.raises(Refused):
        consultations.enter_opinion(row, body("court"), Opinion("没请它", way="phone"), mediator)
    with pytest.raises(moves.Forbidden):
        consultations.enter_opinion(row, body("hr"), Opinion("隔壁站点", way="phone"), actor("window"))
    second = call(case, mediator)
    coordination.recall_all(case, body("court"), "不再需要", mediator)
    assert queries.find_consultation(liaison, second.id) is None
    with pytest.raises(moves.Forbidden):
        consultations.give_opinion(second, Opinion("晚了"), liaison)


def test_a_task_goes_to_its_case_or_to_each(case, other, mediator):
    row = call(case, mediator, other.number)
    hr, day = body("hr"), mediator.today + timedelta(5)
    consultations.hold(row, minutes(mediator, duties=[
        Duty(hr, "每件都查流水", day), Duty(hr, "只查这一件", day, case_id=other.id)]), mediator, row.version)
    tasks = sorted((one.case_id, one.purpose) for one in row.letters if one.kind == "task")
    assert tasks == sorted([(case.id, "每件都查流水"), (other.id, "每件都查流水"), (other.id, "只查这一件")])
    assert (case.joint_count, other.joint_count) == (1, 1)
    assert {voice.agency_id: voice.is_present for voice in row.opinions} == {hr: True, body("court"): False}
    assert {one.result for one in row.letters if one.kind == "invitation"} == {"属实", "没有到会"}
    assert verify() == []
    with pytest.raises(Refused):
        consultations.hold(row, minutes(mediator), mediator)


def test_a_task_in_a_case_that_went_to_somebody_else_is_refused(case, other, mediator, actor):
    row = call(case, mediator, other.number)
    moves.move(other, "reassign", {"mediator": actor("window").user_id, "reason": "换人", "happened_on": mediator.today},
               actor("supervisor"))
    with pytest.raises(Refused) as refusal:
        consultations.hold(row, minutes(mediator, duties=[Duty(body("hr"), "查", None, line=2)]), mediator)
    assert fields(refusal) == {"duty_case_2"} and house.short(other.number) in refusal.value.problems[0].text.zh
    consultations.hold(row, minutes(mediator, duties=[Duty(body("hr"), "查", None, case_id=case.id)]), mediator)
    assert verify() == []


def test_a_consultation_is_checked_whole(case, mediator):
    with pytest.raises(Refused) as refusal:
        consultations.call(case, Call([], None, "", numbers=["urad-middle-2026-9999"]), mediator)
    assert fields(refusal) == {"agencies", "planned_on", "agenda", "numbers"}
    row = call(case, mediator)
    with pytest.raises(Refused) as refusal:
        consultations.hold(row, minutes(mediator, held_on=None, conclusion="", voices={}), mediator)
    assert fields(refusal) == {"held_on", "conclusion", ""}


def test_one_that_is_not_held_takes_its_invitations_back(case, mediator, actor):
    row = call(case, mediator)
    consultations.drop(row, "单位没来", mediator)
    assert row.state == "dropped" and {one.state for one in row.letters} == {"recalled"}
    assert door.find_case(actor("liaison"), case.number) is None
    assert verify() == []


def test_files_of_a_consultation_are_for_all_invited_or_for_one(case, mediator, actor, tmp_path):
    row, liaison = call(case, mediator), actor("liaison")
    place = files.Place(consultation=row)
    for_all = files.add(case, "工资表.pdf", b"%PDF-1.7", tmp_path, mediator, place)
    of_hr = files.add(case, "监察意见.pdf", b"%PDF-1.7", tmp_path, mediator,
                      files.Place(consultation=row, agency_id=body("hr")))
    mine = files.add(case, "法院意见.pdf", b"%PDF-1.7", tmp_path, liaison,
                     files.Place(consultation=row, agency_id=liaison.agency_id))
    assert queries.files_of_consultation(row, liaison) == [for_all, mine]
    assert queries.files_of_consultation(row, mediator) == [for_all, of_hr, mine]
    assert files.find_of_consultation(row, of_hr.id, liaison) is None and files.find(case, of_hr.id, liaison) is None
    for wrong in (place, files.Place(consultation=row, agency_id=body("hr"))):
        with pytest.raises(moves.Forbidden):
            files.add(case, "a.pdf", b"%PDF-1.7", tmp_path, liaison, wrong)
    assert verify() == []


def test_a_task_that_is_still_due_moves_with_a_merged_case_and_the_invitation_stays(case, mediator, actor):
    row = consultations.call(case, Call([body("hr"), body("court")], mediator.today, "核欠薪"), mediator)
    consultations.hold(row, minutes(mediator), mediator)
    kept = casework.make_case(mediator)
    merging.merge(case, {"into": kept.number, "reason": "同一件事", "happened_on": mediator.today,
                         "confirmed": ["sharing_comes"]}, mediator)
    db.session.expire_all()
    [task] = kept.commissions
    assert (task.kind, task.purpose, task.state, task.reply_due_on) == (
        "task", "跟到付清", "open", mediator.today + timedelta(5))
    assert task.consultation_id is None  # the kept case was not discussed there
    assert {letter.kind: letter.state for letter in case.commissions if letter.agency_id == body("hr")}["task"] == "moved"
    db.session.commit()
    assert digests.verify() == []
