"""Sessions, outside bodies, helping colleagues, and showing a whole number."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import AccessLog, Agency, Case, CaseMember, Commission, ExternalNumber, Hearing, Note
from mediation.queries import door
from mediation.queries.house import digests
from mediation.rules.bodies import commissions
from mediation.rules.language import Refused
from mediation.services.bodies import coordination
from mediation.services.bodies.coordination import Request
from mediation.services.cases import moves, sessions
from mediation.services.cases.sessions import Held
from mediation.services.people import reveals
from tests import casework, house


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def case(mediator) -> Case:
    return casework.bring(casework.make_case(mediator), "MEDIATING", mediator)


def held(case: Case, actor, **values) -> Held:
    return Held(**{"held_on": actor.today, "way": "face", "present": [casework.respondent(case).id], **values})


def agency_id(code: str) -> int:
    return db.session.scalar(select(Agency.id).where(Agency.code == code))


def fields(refusal) -> set[str]:
    return {p.field for p in refusal.value.problems}


# Sessions

def test_a_session_is_written_with_its_notes_apart(case, mediator):
    event = sessions.hold(case, held(case, mediator, said="各说一遍", concession="愿让到八千", held_time="14:30",
                                     next_on=mediator.today + timedelta(days=3), next_time="9:00"), mediator)
    row = db.session.scalars(select(Hearing)).one()
    assert (row.seq, row.held_time, row.note.body, row.concession_note.body) == (1, "14:30", "各说一遍", "愿让到八千")
    assert [n.is_concession for n in db.session.scalars(select(Note).order_by(Note.id))] == [False, True]
    assert "愿让到八千" not in event.data and event.kind == "session_held"
    db.session.commit()
    assert digests.verify() == []


def test_how_long_a_session_took_is_kept_and_an_odd_length_asked_back(case, mediator):
    sessions.hold(case, held(case, mediator, minutes="90"), mediator)
    sessions.hold(case, held(case, mediator), mediator)
    assert [row.minutes for row in db.session.scalars(select(Hearing).order_by(Hearing.seq))] == [90, None]
    for odd in ("0", "1441", "-5", "1.5", "一小时", "9" * 30):
        with pytest.raises(Refused) as refusal:
            sessions.hold(case, held(case, mediator, minutes=odd), mediator)
        assert fields(refusal) == {"minutes"}
    db.session.commit()
    assert digests.verify() == []


def test_sessions_are_counted(case, mediator):
    for _n in range(3):
        sessions.hold(case, held(case, mediator), mediator)
    assert [h.seq for h in case.hearings] == [1, 2, 3]


def test_everything_wrong_with_a_session_is_said_at_once(case, mediator):
    wrong = Held(held_on=mediator.today + timedelta(days=1), way="", held_time="25:00",
                 next_on=mediator.today - timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        sessions.hold(case, wrong, mediator)
    assert fields(refusal) == {"happened_on", "way", "held_time", "present", "next_on"}


def test_nobody_of_another_case_was_present(case, mediator):
    stranger = casework.respondent(casework.make_case(mediator))
    with pytest.raises(Refused) as refusal:
        sessions.hold(case, held(case, mediator, present=[stranger.id]), mediator)
    assert fields(refusal) == {"present"}


def test_a_session_belongs_to_mediation_alone(mediator):
    fresh = casework.make_case(mediator)
    with pytest.raises(Refused, match="不能记调解"):
        sessions.hold(fresh, held(fresh, mediator), mediator)


def test_only_who_works_the_case_records_a_session(case, actor):
    with pytest.raises(moves.Forbidden):
        sessions.hold(case, held(case, actor("mediator")), actor("colleague"))


# Outside bodies

def test_a_commission_opens_the_case_to_the_body_and_recall_closes_it(case, actor):
    mediator, liaison = actor("mediator"), actor("liaison")
    assert door.find_case(liaison, case.number) is None
    row = coordination.record(case, Request(agency_id("court"), "before_filing", shared_parts=["summary"]), mediator)
    assert door.find_case(liaison, case.number) is case
    assert door.shared_parts(liaison, case) == {"summary"}
    coordination.recall(case, row.id, "已结束", mediator)
    assert door.find_case(liaison, case.number) is None
    assert row.recalled_on == mediator.today and row.state in commissions.PENDING, "the court still waits for our answer"
    db.session.commit()
    assert digests.verify() == []


def test_a_letter_is_checked_whole(case, mediator):
    with pytest.raises(Refused) as refusal:
        coordination.record(case, Request(None, "nothing", "up", sent_on=mediator.today + timedelta(days=1),
                                          reply_due_on=mediator.today, shared_parts=["secrets"]), mediator)
    assert fields(refusal) == {"agency", "kind", "direction", "sent_on", "reply_due_on", "shared_parts"}


def test_an_answer_is_entered_once(case, mediator):
    row = coordination.record(case, Request(agency_id("hr"), "task", "out"), mediator)
    coordination.answer(case, row.id, "保证金还有二十万", None, mediator)
    assert (row.state, row.is_entered_for, row.replied_on) == ("answered", True, mediator.today)
    with pytest.raises(Refused):
        coordination.answer(case, row.id, "再答", None, mediator)


def test_letters_of_another_case_are_out_of_reach(case, mediator):
    other = casework.make_case(mediator)
    row = coordination.record(other, Request(agency_id("hr"), "task"), mediator)
    for act in (lambda: coordination.recall(case, row.id, "x", mediator),
                lambda: coordination.answer(case, row.id, "x", None, mediator)):
        with pytest.raises(Refused):
            act()
    assert db.session.scalar(select(Commission.state)) == "open"


def test_a_number_of_a_register_is_corrected_in_place(case, mediator):
    for number in ("ZZ-1", "ZZ-2"):
        casework.put_number(case, "governance", number, mediator)
    assert list(db.session.execute(select(ExternalNumber.register, ExternalNumber.number))) == [("governance", "ZZ-2")]
    with pytest.raises(Refused) as refusal:
        casework.put_number(case, "nowhere", "", mediator)
    assert fields(refusal) == {"register", "number"}


# Colleagues

def test_a_co_mediator_works_the_case_until_the_help_ends(case, actor):
    mediator, colleague = actor("mediator"), actor("colleague")
    assert not door.may(colleague, "case.work", case)
    row = coordination.add_member(case, colleague.user_id, mediator)
    assert door.may(colleague, "case.work", case)
    coordination.end_member(case, row.id, mediator)
    assert not door.may(colleague, "case.work", case)
    assert db.session.scalar(select(CaseMember.until_on)) == mediator.today


@pytest.mark.parametrize("username", ["mediator", "mediator2", "liaison", "admin"])
def test_only_a_mediator_of_the_union_who_is_not_yet_on_it_can_help(case, mediator, username):
    with pytest.raises(Refused):
        coordination.add_member(case, house.get_user(username).id, mediator)


# Whole numbers

def test_a_reveal_stands_in_the_log_with_its_reason(case, mediator):
    """R40: reveal one field of one case with a reason."""
    party = casework.respondent(case)
    assert reveals.log_reveal(case, party.id, "phone", "call", mediator) is party
    row = db.session.scalars(select(AccessLog).where(AccessLog.kind == "reveal")).one()
    assert (row.object, row.account_id) == (case.number, mediator.user_id)
    assert "call" in row.detail and party.phone not in row.detail


def test_without_a_reason_nothing_is_shown(case, mediator):
    with pytest.raises(Refused) as refusal:
        reveals.log_reveal(case, casework.respondent(case).id, "phone", "curious", mediator)
    assert fields(refusal) == {"reason"}
    with pytest.raises(Refused):
        reveals.log_reveal(case, 10**9, "password", "call", mediator)


def test_thirty_reveals_an_hour_and_no_more(case, actor):
    """R40: reveal one field of one case with a reason."""
    mediator, boss = actor("mediator"), casework.respondent(case)
    for _n in range(reveals.PER_HOUR):
        reveals.log_reveal(case, boss.id, "phone", "call", mediator)
    with pytest.raises(Refused) as refusal:
        reveals.log_reveal(case, boss.id, "phone", "call", mediator)
    assert fields(refusal) == {"limit"}
    later = actor("mediator", now=mediator.now + timedelta(minutes=61))
    reveals.log_reveal(case, boss.id, "phone", "call", later)
    assert db.session.scalar(select(func.count()).select_from(AccessLog).where(AccessLog.kind == "reveal")) == 31


@pytest.mark.parametrize("username", ["colleague", "auditor", "liaison", "mediator2"])
def test_who_may_not_reveal_leaves_no_trace_of_a_number(case, actor, username):
    with pytest.raises(moves.Forbidden):
        reveals.log_reveal(case, casework.respondent(case).id, "phone", "call", actor(username))
