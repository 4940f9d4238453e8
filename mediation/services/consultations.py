"""三方会诊: called from a case, held with the bodies' opinions, ended with work that is divided as tasks."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediation.extensions import db
from mediation.models import Agency, Case, Consultation, ConsultationCase, ConsultationOpinion
from mediation.queries import door
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import cases, coordination, journal, numbers

PERMISSION = "case.work"
FORM = "{short}会诊〔{year}〕{n}号"
CHANGED = Text("刚才有人改动了这次会诊，请看过再提交", "Somebody has just changed this consultation; look again before sending")


@dataclass(frozen=True)
class Call:
    """An invitation: over which cases, whom, when, about what."""

    agencies: Sequence[int]
    planned_on: date | None
    agenda: str
    planned_time: str = ""
    place: str = ""
    numbers: Sequence[str] = ()  # further cases


@dataclass(frozen=True)
class Voice:
    """A body at the table: whether it came, who for it, what it said."""

    is_present: bool = False
    who: str = ""
    opinion: str = ""


@dataclass(frozen=True)
class Duty:
    """One piece of the divided work."""

    agency_id: int
    purpose: str
    due_on: date | None = None
    task: str = "check"


@dataclass(frozen=True)
class Minutes:
    """What is written down of a consultation; ``voices`` by the body's id."""

    held_on: date | None
    conclusion: str
    voices: Mapping[int, Voice]
    our_people: str = ""
    issues: str = ""
    duties: Sequence[Duty] = field(default_factory=tuple)


def call(case: Case, told: Call, actor: Actor) -> Consultation:
    """Call a consultation over a case and those beside it; the bodies stand in the record as invited."""
    cases.require(case, PERMISSION, actor)
    others, found = _others(case, told.numbers, actor)
    found += _call_problems(case, told, actor)
    if found:
        raise Refused(found)
    year = told.planned_on.year
    n = numbers.draw(case.union_id, "consultation", year)
    row = Consultation(
        union_id=case.union_id, number=FORM.format(short=case.union.short_name, year=year, n=n), called_on=actor.today,
        planned_on=told.planned_on, planned_time=told.planned_time, place=told.place, agenda=told.agenda,
        made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    every = [case, *others]
    db.session.add_all([ConsultationOpinion(consultation_id=row.id, agency_id=key)
                        for key in dict.fromkeys(told.agencies)])
    db.session.add_all([ConsultationCase(consultation_id=row.id, case_id=one.id) for one in every])
    db.session.flush()
    for one in every:
        cases.act(one, "consultation_called", {"consultation": row.id, "number": row.number,
                                               "planned_on": row.planned_on,
                                               "agencies": list(dict.fromkeys(told.agencies))}, actor)
    return row


def _others(case: Case, given: Sequence[str], actor: Actor) -> tuple[list[Case], list[Problem]]:
    rows, found = [], []
    for number in dict.fromkeys(n.strip() for n in given if n.strip() and n.strip() != case.number):
        one = door.find_case(actor, number)
        if one is None or not door.may(actor, PERMISSION, one) or one.union_id != case.union_id:
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


def hold(row: Consultation, told: Minutes, actor: Actor, seen_version: int | None = None) -> Consultation:
    """Write the record: who came, what each said, the conclusion; the work becomes tasks of the first case."""
    every = _cases(row, actor)
    db.session.refresh(row, with_for_update=True)
    if seen_version is not None and seen_version != row.version:
        raise Refused([Problem("", CHANGED)])
    found = _hold_problems(row, told, actor)
    if found:
        raise Refused(found)
    row.state, row.held_on, row.our_people = "held", told.held_on, told.our_people
    row.issues, row.conclusion, row.version = told.issues, told.conclusion, row.version + 1
    for voice in row.opinions:
        given = told.voices.get(voice.agency_id, Voice())
        voice.is_present, voice.who, voice.opinion = given.is_present, given.who, given.opinion
    for duty in told.duties:
        _divide(row, every[0], duty, actor)
    present = sum(bool(v.is_present) for v in row.opinions)
    for case in every:
        case.joint_count += 1
        note = journal.write_note(actor, case, told.conclusion)
        cases.act(case, "consultation_held", {
            "consultation": row.id, "number": row.number, "on": row.held_on, "bodies": present,
            "tasks": len(told.duties), "conclusion_note": note.hash}, actor, row.held_on)
    return row


def _divide(row: Consultation, case: Case, duty: Duty, actor: Actor) -> None:
    coordination.record(case, coordination.Letter(
        duty.agency_id, "task", "out", purpose=duty.purpose, sent_on=row.held_on, reply_due_on=duty.due_on,
        due_reason=f"会诊分工（{row.number}）", task=duty.task, consultation_id=row.id), actor)


def _hold_problems(row: Consultation, told: Minutes, actor: Actor) -> list[Problem]:
    found = [] if row.state == "called" else [Problem("", Text("这次会诊已经记过了", "This consultation is on record already"))]
    if told.held_on is None:
        found.append(Problem("held_on", Text("请写哪天开的", "Give the day it was held")))
    elif told.held_on > actor.today:
        found.append(Problem("held_on", Text("日期不能在今天之后", "The day cannot lie in the future")))
    if not told.conclusion:
        found.append(Problem("conclusion", Text("请写会诊结论", "Write the conclusion")))
    if not any(voice.is_present for voice in told.voices.values()):
        found.append(Problem("", Text("至少有一家单位到会", "At least one body has to be present")))
    for duty in told.duties:
        if duty.due_on and told.held_on and duty.due_on < told.held_on:
            found.append(Problem("", Text("分工的期限不能早于会诊那天", "A task cannot be due before the consultation")))
    return found


def drop(row: Consultation, reason: str, actor: Actor) -> None:
    """It was not held after all."""
    every = _cases(row, actor)
    db.session.refresh(row, with_for_update=True)
    if row.state != "called" or not reason:
        raise Refused([Problem("reason", Text("没有开成要写理由；开过的不能取消", "Say why; one that was held stays"))])
    row.state, row.version = "dropped", row.version + 1
    for case in every:
        cases.act(case, "consultation_dropped", {"consultation": row.id, "number": row.number, "reason": reason}, actor)


def _cases(row: Consultation, actor: Actor) -> list[Case]:
    """Its cases in their order; whoever works the first may write the record."""
    every = [link.case for link in sorted(row.cases, key=lambda link: link.id)]
    cases.require(every[0], PERMISSION, actor)
    return every
