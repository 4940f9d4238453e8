"""三方会诊: called over a case or several, each body invited by a letter, its opinion written by itself or for it, ended
with work that is divided as tasks.

The invitation is a letter like any other, one for each case and body: it says what the body may see and on what ground,
it can be taken, returned and recalled, and its answer is the opinion.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediation.extensions import db
from mediation.models import Agency, Case, Commission, Consultation, ConsultationCase, ConsultationOpinion
from mediation.queries import door
from mediation.queries.bodies import coordination as queries
from mediation.queries.cases import named
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.bodies import commissions
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal, numbers
from mediation.services.bodies import coordination
from mediation.services.cases import moves

PERMISSION = "case.work"
FORM = "{short}会诊〔{year}〕{n}号"
IN_FUTURE = Text("日期不能在今天之后", "The day cannot lie in the future")
CHANGED = Text("刚才有人改动了这次会诊，请看过再提交", "Somebody has just changed this consultation; look again before sending")
FIRST = Text("{who}先写了{body}的意见。您写的还在，请核对", "{who} was first with the opinion of {body}. What you wrote is kept; "
             "please compare")
WRITTEN = Text("{who}已经写了{body}的意见，您写的还在。核对后清空这一格，以先写的为准",
               "{who} has written the opinion of {body}; yours is kept. Compare, then empty this "
               "field: the first one stands")
CAME, STAYED_AWAY = "到会，没有另写意见", "没有到会"


@dataclass(frozen=True)
class Call:
    """An invitation: over which cases, whom, when, about what; what the bodies may see, and on what ground."""

    agencies: Sequence[int]
    planned_on: date | None
    agenda: str
    planned_time: str = ""
    place: str = ""
    numbers: Sequence[str] = ()  # further cases
    shared_parts: Sequence[str] = ()
    share_ground: str = ""
    legal_basis: str = ""


@dataclass(frozen=True)
class Voice:
    """A body at the table: whether it came, who for it, what it said."""

    is_present: bool = False
    who: str = ""
    opinion: str = ""


@dataclass(frozen=True)
class Duty:
    """One piece of the divided work, in one of the cases or in each of them."""

    agency_id: int
    purpose: str
    due_on: date | None = None
    task: str = "check"
    case_id: int | None = None  # None: each case
    line: int = 0  # of the form


@dataclass(frozen=True)
class Minutes:
    """What is written down of a consultation; ``voices`` by the body's id."""

    held_on: date | None
    conclusion: str
    voices: Mapping[int, Voice]
    our_people: str = ""
    issues: str = ""
    duties: Sequence[Duty] = field(default_factory=tuple)


@dataclass(frozen=True)
class Opinion:
    """What a body thinks, in which way we have it, under which number of its own."""

    text: str
    who: str = ""
    way: str = "account"
    number: str = ""
    given_on: date | None = None


# Calling --------------------------------------------------------------------------------------------------------

def call(case: Case, told: Call, actor: Actor) -> Consultation:
    """Call a consultation over a case and those beside it; every body gets its invitation in every case."""
    moves.require(case, PERMISSION, actor)
    others, found = _others(case, told.numbers, actor)
    every = [case, *others]
    found += _call_problems(case, told, actor)
    if found or (found := _request_problems(every, told, actor)):
        raise Refused(found)
    assert told.planned_on is not None  # refused above
    year = told.planned_on.year
    n = numbers.draw(case.union_id, "consultation", year)
    row = Consultation(
        union_id=case.union_id, number=FORM.format(short=case.union.short_name, year=year, n=n), called_on=actor.today,
        planned_on=told.planned_on, planned_time=told.planned_time, place=told.place, agenda=told.agenda,
        made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    bodies = list(dict.fromkeys(told.agencies))
    db.session.add_all([ConsultationOpinion(consultation_id=row.id, agency_id=key) for key in bodies])
    db.session.add_all([ConsultationCase(consultation_id=row.id, case_id=one.id) for one in every])
    db.session.flush()
    for one in every:
        for key in bodies:
            coordination.record(one, _invitation(told, key, actor, row.id), actor)
        moves.act(one, "consultation_called", {"consultation": row.id, "number": row.number,
                                               "planned_on": row.planned_on, "agencies": bodies}, actor)
    return row


def _invitation(told: Call, agency_id: int, actor: Actor, consultation_id: int | None = None) -> coordination.Request:
    assert told.planned_on is not None  # asked for before anybody is invited
    return coordination.Request(
        agency_id, "invitation", "out", purpose=told.agenda[:300], sent_on=min(actor.today, told.planned_on),
        reply_due_on=told.planned_on, due_reason=commissions.OF_CONSULTATION.zh, shared_parts=told.shared_parts,
        share_ground=told.share_ground, legal_basis=told.legal_basis, consultation_id=consultation_id)


def _request_problems(every: Sequence[Case], told: Call, actor: Actor) -> list[Problem]:
    """What stands against the invitations, each sentence once."""
    found = [problem for case in every for key in told.agencies
             for problem in coordination.problems(case, _invitation(told, key, actor), actor)]
    return list(dict.fromkeys(found))


def _others(case: Case, given: Sequence[str], actor: Actor) -> tuple[list[Case], list[Problem]]:
    rows, found = [], []
    for number in given:
        one = named.find(actor, number)
        if one is not None and (one.id == case.id or one in rows):
            continue
        if one is None or not door.may(actor, PERMISSION, one) or one.union_id != case.union_id or not one.is_open:
            found.append(Problem("numbers", Text("{number}不是您在办的案件",
                                                 "{number} is no case in your hands").fill(number=number)))
        else:
            rows.append(one)
    return rows, found


def _call_problems(case: Case, told: Call, actor: Actor) -> list[Problem]:
    found = []
    bodies = [db.session.get(Agency, key) for key in told.agencies]
    if not bodies or any(b is None or b.union_id != case.union_id or not b.is_active for b in bodies):
        found.append(Problem("agencies", Text("请选请哪些本地单位", "Choose which local bodies to invite")))
    if told.planned_on is None:
        found.append(Problem("planned_on", Text("请写哪天会诊", "Give the day")))
    if not told.agenda:
        found.append(Problem("agenda", Text("请写会诊什么", "Say what it is about")))
    if not case.is_open:
        found.append(Problem("", Text("已经结案", "The case is closed")))
    return found


# Opinions -------------------------------------------------------------------------------------------------------

def give_opinion(row: Consultation, given: Opinion, actor: Actor) -> ConsultationOpinion:
    """The body writes its opinion with its own account; of two the second is told who was first."""
    letters = queries.requests_to(row, actor)
    if not letters:
        raise moves.Forbidden("commission.answer")
    for letter in letters:
        moves.require(letter.case, "commission.answer", actor)
    return _write_opinion(row, actor.agency_id, given, actor, False)


def enter_opinion(row: Consultation, agency_id: int, given: Opinion, actor: Actor) -> ConsultationOpinion:
    """代录: what a body said by telephone, letter or in person, written down for it; also after the meeting."""
    _cases(row, actor)
    return _write_opinion(row, agency_id, given, actor, True)


def _write_opinion(row: Consultation, agency_id: int | None, given: Opinion, actor: Actor,
                   is_entered_for: bool) -> ConsultationOpinion:
    db.session.refresh(row, with_for_update=True)
    voice: ConsultationOpinion | None = next((v for v in row.opinions if v.agency_id == agency_id), None)
    found = _opinion_problems(row, voice, given, actor, is_entered_for)
    if found or voice is None:
        raise Refused(found)
    _put_down(voice, given, actor, is_entered_for)
    for case in _in_order(row):
        _settle(row, case, voice, actor)
        moves.act(case, "opinion_given", {
            "consultation": row.id, "number": row.number, "agency": agency_id, "way": voice.way,
            "is_entered_for": is_entered_for, "reply_number": voice.number, "given_on": voice.given_on}, actor,
            voice.given_on)
    return voice


def _put_down(voice: ConsultationOpinion, given: Opinion, actor: Actor, is_entered_for: bool) -> None:
    voice.opinion, voice.who, voice.number = given.text, given.who or voice.who, given.number
    voice.way, voice.is_entered_for = given.way, is_entered_for
    voice.given_on, voice.written_by_id = given.given_on or actor.today, actor.user_id


def _opinion_problems(row: Consultation, voice: ConsultationOpinion | None, given: Opinion, actor: Actor,
                      is_entered_for: bool) -> list[Problem]:
    if voice is None:
        return [Problem("", Text("没有请这个单位", "This body was not invited"))]
    found = []
    if row.state == "dropped":
        found.append(Problem("", Text("这次会诊没有开，不再收意见", "It was not held; no opinions any more")))
    db.session.refresh(voice, with_for_update=True)
    if voice.opinion:
        found.append(Problem("", _told_first(FIRST, voice)))
    if not given.text:
        found.append(Problem("opinion", Text("请写意见", "Write the opinion")))
    if is_entered_for and given.way not in set(words.REPLY_WAYS) - {"account"}:
        found.append(Problem("way", Text("请选是怎么答复的", "Choose how it was answered")))
    if given.given_on and given.given_on > actor.today:
        found.append(Problem("given_on", IN_FUTURE))
    return found


def _told_first(text: Text, voice: ConsultationOpinion) -> Text:
    return text.fill(who=voice.written_by.name if voice.written_by else voice.agency.short_name,
                      body=voice.agency.short_name)


def _settle(row: Consultation, case: Case, voice: ConsultationOpinion, actor: Actor) -> None:
    """The body's invitation in a case is answered: with its opinion, or with whether it came."""
    for letter in _requests(row, case, voice.agency_id):
        if queries.is_invitation(letter) and queries.is_pending(letter):
            letter.state, letter.version = "answered", letter.version + 1
            letter.result = (voice.opinion or (CAME if voice.is_present else STAYED_AWAY))[:500]
            letter.is_entered_for = voice.is_entered_for if voice.opinion else True
            letter.replied_on = max(day for day in (voice.given_on or row.held_on, letter.sent_on) if day)
            letter.reply_way, letter.reply_number = voice.way or "person", voice.number
            letter.answered_by_id = voice.written_by_id or actor.user_id


def _requests(row: Consultation, case: Case, agency_id: int) -> list[Commission]:
    return [letter for letter in case.commissions if letter.consultation_id == row.id and letter.agency_id == agency_id]


# The record -----------------------------------------------------------------------------------------------------

def hold(row: Consultation, told: Minutes, actor: Actor, seen_version: int | None = None) -> Consultation:
    """Write the record: who came, what each said, the conclusion; the work becomes tasks, each in its case."""
    every = _cases(row, actor)
    db.session.refresh(row, with_for_update=True)
    if seen_version is not None and seen_version != row.version:
        raise Refused([Problem("", CHANGED)])
    found = _hold_problems(row, told, actor) + _duty_problems(every, told, actor)
    if found:
        raise Refused(found)
    row.state, row.held_on, row.our_people = "held", told.held_on, told.our_people
    row.issues, row.conclusion, row.version = told.issues, told.conclusion, row.version + 1
    for voice in row.opinions:
        given = told.voices.get(voice.agency_id, Voice())
        voice.is_present, voice.who = given.is_present, given.who or voice.who
        if given.opinion and not voice.opinion:
            _put_down(voice, Opinion(given.opinion, given.who, "person", given_on=told.held_on), actor, True)
    duties = [(case, duty) for duty in told.duties for case in every if duty.case_id in (None, case.id)]
    for case, duty in duties:
        _divide(row, case, duty, actor)
    present = sum(bool(v.is_present) for v in row.opinions)
    for case in every:
        for voice in row.opinions:
            _settle(row, case, voice, actor)
        case.joint_count += 1
        note = journal.write_note(actor, case, told.conclusion)
        moves.act(case, "consultation_held", {
            "consultation": row.id, "number": row.number, "on": row.held_on, "bodies": present,
            "tasks": sum(one is case for one, _duty in duties), "conclusion_note": note.hash}, actor, row.held_on)
    return row


def _divide(row: Consultation, case: Case, duty: Duty, actor: Actor) -> None:
    coordination.record(case, coordination.Request(
        duty.agency_id, "task", "out", purpose=duty.purpose, sent_on=row.held_on, reply_due_on=duty.due_on,
        due_reason=f"会诊分工（{row.number}）", task=duty.task, consultation_id=row.id), actor)


def _hold_problems(row: Consultation, told: Minutes, actor: Actor) -> list[Problem]:
    found = [] if row.state == "called" else [Problem("", Text("这次会诊已经记过了", "This consultation is on record already"))]
    if told.held_on is None:
        found.append(Problem("held_on", Text("请写哪天开的", "Give the day it was held")))
    elif told.held_on > actor.today:
        found.append(Problem("held_on", IN_FUTURE))
    if not told.conclusion:
        found.append(Problem("conclusion", Text("请写会诊结论", "Write the conclusion")))
    if not any(voice.is_present for voice in told.voices.values()):
        found.append(Problem("", Text("至少有一家单位到会", "At least one body has to be present")))
    for voice in row.opinions:
        typed = told.voices.get(voice.agency_id, Voice()).opinion
        if voice.opinion and typed and typed != voice.opinion:
            found.append(Problem(f"opinion_{voice.agency_id}", _told_first(WRITTEN, voice)))
    return found


def _duty_problems(every: Sequence[Case], told: Minutes, actor: Actor) -> list[Problem]:
    """A task is sent by somebody who works its case, and is not due before the meeting."""
    found = []
    for duty in told.duties:
        n = duty.line
        if duty.due_on and told.held_on and duty.due_on < told.held_on:
            found.append(Problem(f"duty_due_{n}", Text(
                "分工的期限不能早于会诊那天", "A task cannot be due before the consultation")))
        meant = [case for case in every if duty.case_id in (None, case.id)]
        if not meant:
            found.append(Problem(f"duty_case_{n}", Text("请选会诊里的案件", "Choose a case of this consultation")))
        found += [Problem(f"duty_case_{n}", Text("{number}已不由您办，分工请承办人去发",
                                                 "{number} is no longer yours; its mediator sends the task").fill(
            number=actor.known(case.number))) for case in meant if not door.may(actor, PERMISSION, case)]
    return found


def drop(row: Consultation, reason: str, actor: Actor) -> None:
    """It was not held after all: the invitations end, and with them what they shared."""
    every = _cases(row, actor)
    db.session.refresh(row, with_for_update=True)
    if row.state != "called" or not reason:
        raise Refused([Problem("reason", Text("没有开成要写理由；开过的不能取消", "Say why; one that was held stays"))])
    row.state, row.version = "dropped", row.version + 1
    for case in every:
        for letter in case.commissions:
            if letter.consultation_id == row.id and letter.recalled_on is None:
                coordination.take_back(letter, actor)
        moves.act(case, "consultation_dropped", {"consultation": row.id, "number": row.number, "reason": reason}, actor)


def _cases(row: Consultation, actor: Actor) -> list[Case]:
    """Its cases in their order; whoever works the first may write the record."""
    every = _in_order(row)
    moves.require(every[0], PERMISSION, actor)
    return every


def _in_order(row: Consultation) -> list[Case]:
    return [link.case for link in sorted(row.cases, key=lambda link: link.id)]
