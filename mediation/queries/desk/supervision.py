"""What those above look at before they act: what waits for a mediator, reminders, absences; a mediator's own sheet."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from mediation.extensions import db
from mediation.models import Absence, Case, Hearing, Note, Station, Supervision, User
from mediation.queries import door
from mediation.queries.desk import work_lists
from mediation.queries.house import admin
from mediation.queries.house.admin import reach
from mediation.queries.law import case_law
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law.clocks import CaseClock
from mediation.queries.money import case_money
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.cases.numbers import known_as
from mediation.rules.desk.feeds import Entry, mask_title
from mediation.rules.language import Text
from mediation.rules.law.lapses import Proposal
from mediation.rules.law.workdays import Calendar

HANDED_OUT = ("ASSIGNED", "MEDIATING", "PERFORMING")
SHOWN = 200
TO_TICK = 60
MONTH = timedelta(days=30)


# Reminders ------------------------------------------------------------------------------------------------------

class Urged(NamedTuple):
    """A reminder or a supervision of an open case that nobody has answered yet."""

    id: int
    kind: str
    made_on: date
    due_on: date | None
    number: str
    title: str
    handler: str | None
    to: str | None
    made_by: str | None
    note: str | None


def open_for(actor: Actor) -> list[Urged]:
    """Reminders and supervisions that wait for this mediator: on the cases that are his, the nearest day first."""
    return [Urged._make(row) for row in _open_for().run(actor)]


@cache
def _open_for() -> Prepared:
    return Prepared(_urged((Case.handler_id == stand_in("").user_id).is_(True)))


def unanswered(actor: Actor, kind: str = "", limit: int = SHOWN) -> list[Urged]:
    """Reminders and supervisions that nobody has answered yet, within the actor's sight; ``kind`` keeps one sort."""
    return [Urged._make(row) for row in _unanswered(actor.role, kind).run(actor, limit=limit)]


@cache
def _unanswered(role: str, kind: str) -> Prepared:
    wanted = [Supervision.kind == kind] if kind else []
    return Prepared(_urged(door.filter_for(stand_in(role)).is_(True), *wanted).limit(
        bindparam("limit", type_=Integer())))


def _urged(*rows: ColumnElement[bool]) -> Select[Any]:
    """They are few, and lead to their cases: hence an outer join, and conditions that lead nowhere."""
    row, case, note = Supervision.__table__, Case.__table__, Note.__table__
    handler, to, made_by = (User.__table__.alias(name) for name in ("handler", "urged", "urging"))
    source = row.outerjoin(case, case.c.id == row.c.case_id).outerjoin(
        handler, handler.c.id == case.c.handler_id).outerjoin(
        to, to.c.id == row.c.to_id).outerjoin(made_by, made_by.c.id == row.c.made_by_id).outerjoin(
        note, note.c.id == row.c.note_id)
    return select(
        row.c.id, row.c.kind, row.c.made_on, row.c.due_on, case.c.number, case.c.title, handler.c.name, to.c.name,
        made_by.c.name, note.c.body).select_from(source).where(
        row.c.answered_on.is_(None), work_lists.is_open().is_(True), *rows).order_by(
        row.c.due_on.is_(None), row.c.due_on, row.c.id)


# Handing out ----------------------------------------------------------------------------------------------------

class Heap(NamedTuple):
    """Cases to tick: the first rows, and how many there are."""

    count: int  # type: ignore[assignment]  # of a plain tuple it is a method
    rows: Sequence[Case]


@dataclass(frozen=True)
class Board:
    """The page of handing out: unassigned cases, those already handed out, lapsed court messages, mediators.

    ``early`` counts what nobody holds and is not accepted yet: it cannot be assigned before.
    """

    unassigned: Heap
    handed_out: Heap
    early: int
    lapsed: Sequence[tuple[Case, Proposal]]
    mediators: Sequence[Mediator]


def _reach(actor: Actor) -> ColumnElement[bool]:
    """The cases that the actor may hand out, by the scope of that permission."""
    return door.filter_for(actor, "case.assign")


def board(actor: Actor, handler_id: int | None = None, station: Station | None = None) -> Board:
    """What can be handed out; narrowed to the cases of one mediator, or of one site."""
    wanted = [_reach(actor), work_lists.is_open()]
    if station is not None:
        wanted.append(Case.station_id == station.id)
    taken = [*wanted, Case.state.in_(HANDED_OUT)]
    if handler_id is not None:
        taken.append(Case.handler_id == handler_id)
    sent = [_reach(actor), Case.channel.in_(("E", "F")), Case.outcome == "", Case.is_late_entry.is_(False),
            work_lists.is_open(), Case.next_due_on < actor.today]
    early = select(func.count()).select_from(Case).where(
        *wanted, work_lists.unassigned(), Case.state.in_(workflow.BEFORE_ACCEPTANCE))
    return Board(_heap(*wanted, Case.state == "ACCEPTED", Case.outcome == ""), _heap(*taken),
                 db.session.scalar(early) or 0,
                 case_law.lapsed_messages(db.session.scalars(_ordered(*sent).options(*WHOLE)).unique(), actor.today),
                 mediators(actor))


def _ordered(*wanted: ColumnElement[bool]) -> Select[Any]:
    return select(Case).where(*wanted).options(joinedload(Case.station), joinedload(Case.handler)).order_by(
        Case.next_due_on.is_(None), Case.next_due_on, Case.id).limit(SHOWN)


def _heap(*wanted: ColumnElement[bool]) -> Heap:
    count = db.session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0
    return Heap(count, list(db.session.scalars(_ordered(*wanted).limit(TO_TICK))) if count else [])


@dataclass(frozen=True)
class Mediator:
    """Somebody who can hold cases: a choice like any other, and whose sheet can be printed."""

    id: int
    label: Text
    username: str
    name: str
    count: int
    is_away: bool


def mediators(actor: Actor) -> list[Mediator]:
    """Those who can hold cases within reach, with what they have open, the least burdened first."""
    load = select(func.count()).where(Case.handler_id == User.id, Case.is_open == 1).scalar_subquery()
    rows = db.session.execute(select(User, Station, load).join(Station, Station.id == User.station_id).where(
        User.is_active.is_(True), User.role.in_(admin.WORKERS), reach(actor, "case.assign")).order_by(load, User.id))
    away = admin.away(actor.today)
    return [Mediator(user.id, admin.burden(user, station, count, away.get(user.id)), user.username, user.name, count,
                     user.id in away) for user, station, count in rows]


def absences(actor: Actor) -> list[Absence]:
    """Absences within reach that have not ended by a return, the newest first."""
    return list(db.session.scalars(select(Absence).join(User, User.id == Absence.account_id).join(
        Station, Station.id == User.station_id).where(Absence.returned_on.is_(None), reach(actor, "case.assign"))
        .options(joinedload(Absence.account), joinedload(Absence.stand_in)).order_by(Absence.id.desc()).limit(50)))


# A mediator's sheet and feed --------------------------------------------------------------------------------------

def find_colleague(actor: Actor, username: str) -> User | None:
    """The mediator of this name: oneself, or somebody whose cases the actor may supervise."""
    row = db.session.scalar(select(User).join(Station, Station.id == User.station_id).where(
        User.username == username, User.role.in_(admin.WORKERS)))
    if row is None or row.id == actor.user_id:
        return row
    scope = access.scope_of(actor.role, "case.supervise")
    is_near = scope == "site" and row.station_id == actor.station_id
    return row if is_near or (scope == "below" and row.station.path.startswith(actor.station_path)) else None


@dataclass(frozen=True)
class Line:
    """One case on a mediator's sheet: what is due, when the next session is, what money is late."""

    case: Case
    clocks: Sequence[CaseClock]
    session: Hearing | None
    overdue_fen: int
    urged: Sequence[Supervision]

    @property
    def due_on(self) -> date | None:
        return next((row.due_on for row in self.clocks if row.due_on), None)

    def shown(self, today: date) -> list[CaseClock]:
        """The nearest limit, and what else ends within a month: one sheet of paper has to hold them all."""
        dated = [row for row in self.clocks if row.due_on]
        return [row for n, row in enumerate(dated) if n == 0 or (row.due_on and row.due_on <= today + MONTH)][:3]


# What the clocks and the money of a case are computed from.
WHOLE = (selectinload(Case.parties), selectinload(Case.claims), selectinload(Case.clock_changes),
         selectinload(Case.interruptions), selectinload(Case.case_facts), selectinload(Case.side_procedures),
         selectinload(Case.hearings), selectinload(Case.supervisions))


def sheet(user: User, today: date, visible: ColumnElement[bool]) -> list[Line]:
    """The open cases of a mediator, the nearest deadline first; ``visible``: the reader's row filter."""
    return _lines(Case.handler_id == user.id, today, visible)


def sheets(actor: Actor) -> list[tuple[User, list[Line]]]:
    """The sheets of all mediators within reach who have open cases, in the order of their sites."""
    people = list(db.session.scalars(select(User).join(Station, Station.id == User.station_id).where(
        User.role.in_(admin.WORKERS), reach(actor, "case.supervise")).options(joinedload(User.station)).order_by(
        Station.path, User.id)))
    found: dict[int, list[Line]] = {}
    for line in _lines(Case.handler_id.in_([user.id for user in people]), actor.today, door.filter_for(actor)):
        found.setdefault(line.case.handler_id or 0, []).append(line)
    return [(user, found[user.id]) for user in people if user.id in found]


def _lines(wanted: ColumnElement[bool], today: date, visible: ColumnElement[bool]) -> list[Line]:
    rows = db.session.scalars(select(Case).where(wanted, work_lists.is_open(), visible).options(
        joinedload(Case.station), *WHOLE).order_by(Case.id)).all()
    books, calendar = case_money.books([case.id for case in rows]), cache(clock_queries.calendar)
    lines = [_line(case, case_money.position(case, today, books), today, calendar(case.station.county))
             for case in rows]
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.case.id))


# What a mediator watches: our own limits, the parties' windows, time bars, and instalments.
WATCHED = frozenset({"duty", "period", "window", "bar", "agreed"})


def _line(case: Case, money: case_money.Position, today: date, calendar: Calendar) -> Line:
    found = [row for row in clock_queries.shown(case, today, money, calendar) if row.clock.nature in WATCHED]
    last = max(case.hearings, key=lambda row: row.seq, default=None)
    return Line(case, found, last if last and last.next_on and not case.outcome else None, money.overdue_fen,
                [row for row in case.supervisions if row.answered_on is None])


def entries(user: User, today: date, visible: ColumnElement[bool], language: str) -> list[Entry]:
    """Sessions and deadlines of an account's open cases for its calendar: numbers and masked titles only."""
    found = []
    for line in sheet(user, today, visible):
        name = f"{known_as(line.case.number)} {mask_title(line.case.title)}".strip()
        if line.session is not None and line.session.next_on is not None:
            said = Text("调解", "Session").say(language)
            found.append(Entry(f"s{line.session.id}", line.session.next_on, f"{said} {name}", line.session.next_time))
        found += [Entry(f"c{line.case.id}-{row.clock.id}-{row.clock.raw:%Y%m%d}", row.due_on,
                        f"{row.clock.label.say(language)} {name}") for row in line.clocks if row.due_on]
    return found
