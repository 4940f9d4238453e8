"""What those above look at before they act: what waits for a mediator, reminders, absences; a mediator's own sheet."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from mediation.extensions import db
from mediation.models import Absence, Case, Hearing, Station, Supervision, User
from mediation.queries import clocks as clock_queries
from mediation.queries import door, law, ledger
from mediation.queries.clocks import CaseClock
from mediation.queries.house import reach
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.feeds import Entry, mask_title
from mediation.rules.language import Text
from mediation.rules.lapses import Proposal

WORKERS = ("mediator", "lead")
HANDED_OUT = ("ASSIGNED", "MEDIATING", "PERFORMING")
SHOWN = 200


# Reminders ------------------------------------------------------------------------------------------------------

def open_for(actor: Actor) -> list[Supervision]:
    """Reminders and supervisions that wait for this mediator: on the cases that are his, the nearest day first."""
    return list(db.session.scalars(select(Supervision).join(Supervision.case).where(
        Supervision.answered_on.is_(None), Case.handler_id == actor.user_id, Case.is_open == 1).options(
        contains_eager(Supervision.case), joinedload(Supervision.note), joinedload(Supervision.made_by)).order_by(
        Supervision.due_on.is_(None), Supervision.due_on, Supervision.id)))


def unanswered(actor: Actor) -> list[Supervision]:
    """Supervisions that nobody has answered yet, within the actor's sight."""
    return list(db.session.scalars(select(Supervision).join(Supervision.case).where(
        Supervision.answered_on.is_(None), door.filter_for(actor), Case.is_open == 1).options(
        contains_eager(Supervision.case), joinedload(Supervision.note), joinedload(Supervision.to)).order_by(
        Supervision.due_on.is_(None), Supervision.due_on, Supervision.id).limit(SHOWN)))


# Handing out ----------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Board:
    """The page of handing out: unassigned cases, those already handed out, lapsed court messages, mediators."""

    unassigned: Sequence[Case]
    handed_out: Sequence[Case]
    lapsed: Sequence[tuple[Case, Proposal]]
    mediators: Sequence[Mediator]


def _reach(actor: Actor) -> ColumnElement[bool]:
    """The cases that the actor may hand out, by the scope of that permission."""
    return door.filter_for(actor, "case.assign")


def board(actor: Actor, handler_id: int | None = None) -> Board:
    """What can be handed out; ``handler_id`` narrows what is handed out already to one mediator."""
    rows = select(Case).where(_reach(actor), Case.is_open == 1).options(
        joinedload(Case.station), joinedload(Case.handler)).order_by(
        Case.next_due_on.is_(None), Case.next_due_on, Case.id).limit(SHOWN)
    taken = rows.where(Case.state.in_(HANDED_OUT))
    if handler_id is not None:
        taken = taken.where(Case.handler_id == handler_id)
    sent = rows.where(Case.channel.in_(("E", "F")), Case.outcome == "", Case.is_late_entry.is_(False))
    return Board(list(db.session.scalars(rows.where(Case.state == "ACCEPTED", Case.outcome == ""))),
                 list(db.session.scalars(taken)), law.lapsed_messages(db.session.scalars(sent).unique(), actor.today),
                 mediators(actor))


class Mediator(NamedTuple):
    """Somebody who can hold cases: a choice like any other, and whose sheet can be printed."""

    id: int
    label: Text
    username: str


def mediators(actor: Actor) -> list[Mediator]:
    """Those who can hold cases within reach, with what they have open, the least burdened first."""
    load = select(func.count()).where(Case.handler_id == User.id, Case.is_open == 1).scalar_subquery()
    rows = db.session.execute(select(User, Station, load).join(Station, Station.id == User.station_id).where(
        User.is_active.is_(True), User.role.in_(WORKERS), reach(actor, "case.assign")).order_by(load, User.id))
    return [Mediator(user.id, Text(f"{user.name} · {station.short_name} · 在办{count}件",
                                   f"{user.name} · {station.short_name} · {count} open"), user.username)
            for user, station, count in rows]


def absences(actor: Actor) -> list[Absence]:
    """Absences within reach that have not ended by a return, the newest first."""
    return list(db.session.scalars(select(Absence).join(User, User.id == Absence.account_id).join(
        Station, Station.id == User.station_id).where(Absence.returned_on.is_(None), reach(actor, "case.assign"))
        .options(joinedload(Absence.account), joinedload(Absence.stand_in)).order_by(Absence.id.desc()).limit(50)))


def away_today(actor: Actor) -> list[Absence]:
    """Who is away today."""
    return [row for row in absences(actor) if row.from_on <= actor.today <= row.until_on]


# One mediator's sheet and feed ----------------------------------------------------------------------------------

def find_colleague(actor: Actor, username: str) -> User | None:
    """The mediator of this name: oneself, or somebody whose cases the actor may supervise."""
    row = db.session.scalar(select(User).join(Station, Station.id == User.station_id).where(
        User.username == username, User.role.in_(WORKERS)))
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


def sheet(user: User, today: date, visible: ColumnElement[bool]) -> list[Line]:
    """The open cases of a mediator, the nearest deadline first; ``visible``: the reader's row filter."""
    rows = db.session.scalars(select(Case).where(Case.handler_id == user.id, Case.is_open == 1, visible).options(
        joinedload(Case.station), selectinload(Case.parties), selectinload(Case.claims),
        selectinload(Case.clock_changes), selectinload(Case.interruptions), selectinload(Case.case_facts),
        selectinload(Case.side_procedures), selectinload(Case.hearings),
        selectinload(Case.supervisions)).order_by(Case.id))
    lines = [_line(case, today) for case in rows]
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.case.id))


# What a mediator watches: our own limits, the parties' windows, time bars, and instalments.
WATCHED = frozenset({"duty", "period", "window", "bar", "agreed"})


def _line(case: Case, today: date) -> Line:
    money = ledger.position(case, today)
    found = [row for row in clock_queries.shown(case, today, money) if row.clock.nature in WATCHED]
    last = max(case.hearings, key=lambda row: row.seq, default=None)
    return Line(case, found, last if last and last.next_on and not case.outcome else None, money.overdue_fen,
                [row for row in case.supervisions if row.answered_on is None])


def entries(user: User, today: date, visible: ColumnElement[bool], language: str) -> list[Entry]:
    """Sessions and deadlines of an account's open cases for its calendar: numbers and masked titles only."""
    found = []
    for line in sheet(user, today, visible):
        name = f"{line.case.number} {mask_title(line.case.title)}".strip()
        if line.session is not None and line.session.next_on is not None:
            said = Text("调解", "Session").say(language)
            found.append(Entry(f"s{line.session.id}", line.session.next_on, f"{said} {name}", line.session.next_time))
        found += [Entry(f"c{line.case.id}-{row.clock.id}-{row.clock.raw:%Y%m%d}", row.due_on,
                        f"{row.clock.label.say(language)} {name}") for row in line.clocks if row.due_on]
    return found
