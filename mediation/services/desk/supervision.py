"""What those above do: remind, put under supervision, hand out many cases at once, let somebody stand in."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Absence, Case, Event, Supervision, User
from mediation.queries import door
from mediation.queries.cases import named
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import effects, moves
from mediation.services.desk import duty

PERMISSION = "case.supervise"
EVENTS = {"urge": "urged", "supervise": "supervised"}
NEEDS_NOTE = {"urge": Text("请写催什么", "Say what you remind of"),
              "supervise": Text("请写督办什么", "Say what is put under supervision")}
NO_CASE = Text("没有这件案子", "There is no such case")
HELD = Text("已由{who}承办", "{who} holds it already")
CHANGED = Text("刚才有人改动了这件案子", "Somebody has just changed this case")
MOVED_ON = Text("刚才已交给{who}，没有改", "Somebody has just given it to {who}; left as it is")
GIVEN_BACK = Text("刚才已没有人承办，没有改", "Nobody holds it any longer; left as it is")
MOST = 200
NOT_ALLOWED = Text("没有这个权限", "This is not permitted")


# Reminders and supervision --------------------------------------------------------------------------------------

def urge(case: Case, note: str, due_on: date | None, actor: Actor) -> Supervision:
    """催办: a note with a day on the handler's desk."""
    return _make(case, "urge", note, due_on, actor)


def supervise(case: Case, note: str, due_on: date | None, actor: Actor) -> Supervision:
    """督办: the handler has to answer in writing by a day."""
    return _make(case, "supervise", note, due_on, actor)


def _make(case: Case, kind: str, body: str, due_on: date | None, actor: Actor) -> Supervision:
    moves.require(case, PERMISSION, actor)
    found = [] if body else [Problem("note", NEEDS_NOTE[kind])]
    if not case.is_open:
        found.append(Problem("", Text("已经结案", "The case is closed")))
    if kind == "supervise" and due_on is None:
        found.append(Problem("due_on", Text("请写哪天前答复", "Give the day by which to answer")))
    if due_on and due_on < actor.today:
        found.append(Problem("due_on", Text("不能早于今天", "Not before today")))
    if found:
        raise Refused(found)
    note = journal.write_note(actor, case, body)
    row = Supervision(case_id=case.id, kind=kind, to_id=case.handler_id, made_on=actor.today, due_on=due_on,
                      note_id=note.id, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    moves.act(case, EVENTS[kind], {"supervision": row.id, "user": row.to_id, "due_on": due_on, "note": note.hash},
              actor)
    return row


def answer(case: Case, supervision_id: int, body: str, actor: Actor) -> Supervision:
    """Answer a reminder (a word is enough, none too) or a supervision, which needs the answer in writing."""
    moves.require(case, "case.work", actor)
    row: Supervision | None = next(
        (r for r in case.supervisions if r.id == supervision_id and r.answered_on is None), None)
    if row is None:
        raise Refused([Problem("", Text("这一条已经答复过了", "It has been answered already"))])
    if row.kind == "supervise" and not body:
        raise Refused([Problem("note", Text("督办要书面答复：请写办到哪里、什么时候办完",
                                            "A supervision needs a written answer: how far it is, and when it ends"))])
    note = journal.write_note(actor, case, body)
    row.answered_on, row.answer_note_id, row.answered_by_id = actor.today, note.id, actor.user_id
    moves.act(case, "supervision_answered", {"supervision": row.id, "note": note.hash}, actor)
    return row


# Many cases at once ---------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Result:
    """What became of one case of a batch; done when nothing stands in ``problems``."""

    number: str
    problems: tuple[Text, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.problems


def assign_many(numbers: Iterable[str], mediator_id: int | None, reason: str, actor: Actor,
                is_all: bool = True, seen: Mapping[str, int] | None = None) -> list[Result]:
    """Assign or reassign cases by number, each as its own move with its own event.

    ``is_all``: one refusal undoes the whole batch and raises Refused, a problem per case that stands against it;
    else what can be done is done, and the result of each case is given. ``seen`` says who held a case when it was
    ticked (0: nobody): what has gone to somebody else meanwhile is not taken away again.
    """
    chosen = list(dict.fromkeys(numbers))
    found = []
    if not chosen:
        found.append(Problem("numbers", Text("请勾选案件", "Tick the cases")))
    if len(chosen) > MOST:
        found.append(Problem("numbers", Text("一次最多{n}件", "At most {n} cases at once").fill(n=MOST)))
    if mediator_id is None:
        found.append(Problem("mediator", Text("请选一位调解员", "Choose a mediator")))
    if found or mediator_id is None:
        raise Refused(found)
    held = seen or {}
    results = [_each(number, lambda case: _hand(case, mediator_id, reason, actor, held.get(case.number)), actor)
               for number in chosen]
    return _all_or_each(results, is_all, actor)


def _all_or_each(results: list[Result], is_all: bool, actor: Actor) -> list[Result]:
    if is_all and not all(result.is_done for result in results):
        raise Refused([Problem("", Text("{number}：{text}", "{number}: {text}").fill(
            number=actor.known(r.number), text=text))
                       for r in results for text in r.problems])
    return results


def _each(number: str, act: Callable[[Case], object], actor: Actor) -> Result:
    """One case of a batch in a transaction of its own within the request's."""
    case = named.find(actor, number)
    if case is None:
        return Result(number, (NO_CASE,))
    part = db.session.begin_nested()
    try:
        act(case)
        part.commit()
    except (Refused, moves.Forbidden, moves.Conflict) as error:
        part.rollback()
        return Result(number, _said(error))
    return Result(number)


def _said(error: Exception) -> tuple[Text, ...]:
    if isinstance(error, Refused):
        return tuple(problem.text for problem in error.problems)
    return (CHANGED,) if isinstance(error, moves.Conflict) else (NOT_ALLOWED,)


def _hand(case: Case, mediator_id: int, reason: str, actor: Actor, seen_id: int | None = None) -> Event:
    if seen_id is not None and seen_id != (case.handler_id or 0) and case.handler_id != mediator_id:
        raise Refused([Problem("", MOVED_ON.fill(who=case.handler.name) if case.handler else GIVEN_BACK)])
    if case.handler_id == mediator_id:
        raise Refused([Problem("mediator", HELD.fill(who=case.handler.name))])
    key = "assign" if case.state == "ACCEPTED" else "reassign"
    return moves.move(case, key, {"happened_on": actor.today, "mediator": mediator_id, "reason": reason}, actor)


# Absence --------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Leave:
    """Who is away, from when until when (the last day), and who stands in."""

    account_id: int | None
    stand_in_id: int | None
    from_on: date | None
    until_on: date | None
    reason: str = ""


def hand_over(leave: Leave, actor: Actor) -> Absence:
    """Somebody is away: all open cases go over to the stand-in in one act, each with its own event; all or none."""
    found = absence_problems(leave, actor)
    away, stand_in = _colleague(leave.account_id, actor), _colleague(leave.stand_in_id, actor)
    if found or away is None or stand_in is None:
        raise Refused(found)
    assert leave.from_on is not None and leave.until_on is not None  # refused above
    numbers = [case.number for case in held_by(actor, away)]
    reason = f"{away.name}不在岗（{leave.from_on}至{leave.until_on}），由{stand_in.name}代办"
    _all_or_each([_each(n, lambda case: _hand(case, stand_in.id, reason, actor), actor) for n in numbers], True, actor)
    row = Absence(account_id=away.id, stand_in_id=stand_in.id, from_on=leave.from_on, until_on=leave.until_on,
                  reason=leave.reason, numbers=numbers, made_by_id=actor.user_id)
    db.session.add(row)
    duty.take_over(away.id, stand_in.id, leave.from_on, leave.until_on, actor)
    journal.record(actor, journal.HOUSE, "absence_set", {
        "absence": row.id, "user": away.id, "stand_in": stand_in.id, "from_on": row.from_on, "until_on": row.until_on,
        "cases": len(numbers)})
    return row


def held_by(actor: Actor, user: User) -> list[Case]:
    """The open cases of a mediator that the actor may see."""
    return list(db.session.scalars(door.readable(actor).where(Case.handler_id == user.id, Case.is_open == 1)
                                   .order_by(Case.id)))


def absence_problems(leave: Leave, actor: Actor) -> list[Problem]:
    """What stands against an absence: days, people, reach."""
    found = [Problem(name, Text("请填写哪天", "Please give the day"))
             for name in ("from_on", "until_on") if getattr(leave, name) is None]
    if leave.from_on and leave.until_on and leave.until_on < leave.from_on:
        found.append(Problem("until_on", Text("回来的日子早于离开的日子", "It ends before it begins")))
    if leave.until_on and leave.until_on < actor.today:
        found.append(Problem("until_on", Text("这段时间已经过去", "This time is over")))
    away = _colleague(leave.account_id, actor)
    stand_in = _colleague(leave.stand_in_id, actor)
    if away is None or not _is_below(away, actor):
        found.append(Problem("account", Text("请选不在岗的人", "Choose who is away")))
    if stand_in is None or not stand_in.is_active or (away and stand_in.station.union_id != away.station.union_id):
        found.append(Problem("stand_in", Text("请选一位在岗的调解员", "Choose an active mediator")))
    if away is not None and stand_in is not None and away.id == stand_in.id:
        found.append(Problem("stand_in", Text("不能由本人代办", "Nobody stands in for himself")))
    return found or _clashes(leave, actor)


def _clashes(leave: Leave, actor: Actor) -> list[Problem]:
    """What other absences, and cases nobody here may see, stand against."""
    found = []
    assert leave.from_on is not None  # refused above
    row = db.session.scalar(select(Absence).where(
        Absence.account_id == leave.account_id, Absence.returned_on.is_(None), Absence.from_on <= leave.until_on,
        Absence.until_on >= leave.from_on).limit(1))
    if row is not None:
        found.append(Problem("account", Text("{from_on}至{until}已登记不在岗，先按“返岗”再改",
                                             "Already away from {from_on} to {until}; end that first").fill(
            from_on=row.from_on, until=row.until_on)))
    other = db.session.scalar(select(Absence).where(
        Absence.account_id == leave.stand_in_id, Absence.returned_on.is_(None), Absence.from_on <= leave.until_on,
        Absence.until_on >= max(leave.from_on, actor.today)).limit(1))
    if other is not None:
        found.append(Problem("stand_in", effects.AWAY.fill(
            who=other.account.name, until=other.until_on, stand_in=other.stand_in.name)))
    return found


def out_of_sight(user_id: int, actor: Actor) -> int:
    """How many open cases of a mediator the actor may not see: sealed ones, which somebody named has to hand over."""
    return db.session.scalar(select(func.count()).select_from(Case).where(
        Case.handler_id == user_id, Case.is_open == 1, ~door.filter_for(actor))) or 0


def _colleague(user_id: int | None, actor: Actor) -> User | None:
    user = db.session.get(User, user_id or 0)
    return user if user is not None and user.role in ("mediator", "lead") else None


def _is_below(user: User, actor: Actor) -> bool:
    """Whether the actor may hand out this person's cases."""
    scope = access.scope_of(actor.role, "case.assign")
    if scope == "site":
        return user.station_id == actor.station_id
    return scope == "below" and user.station.path.startswith(actor.station_path)


def hand_back(absence_id: int, actor: Actor) -> Absence:
    """Somebody is back: the cases that the stand-in still holds return; those that ended or moved on stay."""
    row = db.session.scalar(select(Absence).where(Absence.id == absence_id, Absence.returned_on.is_(None)))
    if row is None or not _is_below(row.account, actor):
        raise Refused([Problem("", Text("没有这一次不在岗的记录", "There is no such absence"))])
    reason = f"{row.account.name}返岗"
    numbers = still_held(row, actor)
    row.returned_on = actor.today  # first: cases go only to those who are there
    db.session.flush()
    acts = [_each(n, lambda case: _hand(case, row.account_id, reason, actor), actor) for n in numbers]
    _all_or_each(acts, True, actor)
    journal.record(actor, journal.HOUSE, "absence_ended", {
        "absence": row.id, "user": row.account_id, "stand_in": row.stand_in_id, "cases": len(numbers)})
    return row


def still_held(row: Absence, actor: Actor) -> Sequence[str]:
    """The numbers of the cases handed over that are open and still with the stand-in."""
    return [case.number for case in held_by(actor, row.stand_in) if case.number in set(row.numbers)]
