"""Closed periods of unions: what each case has in the figures of a period, what stands closed, what changed since."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import joinedload, undefer

from mediation.extensions import db
from mediation.models import (
    Case,
    Closing,
    Event,
    Finding,
    Station,
    User,
)
from mediation.queries import door
from mediation.queries.audit import explanations, findings
from mediation.queries.cases import history
from mediation.queries.figures import measures, scopes
from mediation.queries.house import admin
from mediation.rules.access import Actor
from mediation.rules.figures import closings as rules
from mediation.rules.figures.closings import Correction
from mediation.rules.figures.periods import Span
from mediation.rules.language import Text


def parts_of(union: Station, period: Span, actor: Actor) -> dict[str, dict[str, int]]:
    """What every case of a union has in the figures of a period, as of its last day; one statement."""
    asked = scopes.read(actor, period.code, union.code, period.last)
    found = measures.grouped(asked, [side.removesuffix(".n") for side in rules.SIDES.values()], "case")
    made = {}
    for number, row in found.items():
        parts = {part: measures.sides(defaultdict(lambda: measures.NOTHING, row), [side])
                 for part, side in rules.SIDES.items()}
        if kept := {part: n for part, n in parts.items() if n}:
            made[str(number)] = kept
    return made


# What stands in the way of closing --------------------------------------------------------------------------------

class Unclear(NamedTuple):
    """Contradictions of a period: those not explained, and how many are."""

    open: list[explanations.Line]
    explained: int


def unclear(union: Station, period: Span, actor: Actor) -> Unclear:
    """The contradictions of a union that fall into a period, its numbers among them; of cases that can be opened:
    nobody clears what he may not see."""
    rows = and_(scopes.read(actor, "", union.code).rows, door.filter_for(actor))
    found = [line for line in [*explanations.of_cases(rows, actor.today), *explanations.of_numbers([union])]
             if period.holds(line.found.on)]
    left = [line for line in found if not line.is_explained]
    return Unclear(left, len(found) - len(left))


# What is closed ---------------------------------------------------------------------------------------------------

def standing(union_id: int, period: str) -> Closing | None:
    """The closing of a period that was not reopened."""
    return db.session.scalar(select(Closing).where(
        Closing.union_id == union_id, Closing.period == period, Closing.reopened_on.is_(None)).options(
        joinedload(Closing.made_by)))


def all_of(union_ids: Iterable[int]) -> Sequence[Closing]:
    """Every closing of unions, the latest period first."""
    return db.session.scalars(select(Closing).where(Closing.union_id.in_(list(union_ids))).order_by(
        Closing.last_on.desc(), Closing.first_on.desc(), Closing.id.desc()).options(
        joinedload(Closing.made_by), joinedload(Closing.union), joinedload(Closing.reopened_by))).all()


def closable(actor: Actor) -> Sequence[Station]:
    """The unions whose periods the actor may close."""
    return db.session.scalars(select(Station).where(
        Station.union_id == Station.id, admin.reach(actor, "period.close")).order_by(Station.path)).all()


def find(key: int, actor: Actor) -> Closing | None:
    """A closing of a union whose books the actor may see, with all that was frozen."""
    ids = [row.id for row in explanations.unions(actor)]
    return db.session.scalar(select(Closing).where(Closing.id == key, Closing.union_id.in_(ids)).options(
        undefer(Closing.parts), joinedload(Closing.made_by), joinedload(Closing.union),
        joinedload(Closing.reopened_by)))


def holding(union_id: int, day: date | None) -> Sequence[str]:
    """The codes of the closed periods that a day lies in; asked after each entry, so without the mapper."""
    if day is None:
        return ()
    return db.session.connection().execute(HOLDING, {"union": union_id, "day": day}).scalars().all()


HOLDING = select(Closing.__table__.c.period).where(
    Closing.union_id == bindparam("union"), Closing.reopened_on.is_(None), Closing.first_on <= bindparam("day"),
    Closing.last_on >= bindparam("day")).order_by(Closing.last_on, Closing.first_on)


def latest(union_id: int) -> Closing | None:
    """The closed period that reaches furthest: what is dated up to its end may be a correction."""
    return db.session.scalar(select(Closing).where(
        Closing.union_id == union_id, Closing.reopened_on.is_(None)).order_by(Closing.last_on.desc()).limit(1))


class Entry(NamedTuple):
    """An entry of a case's journal as it is read."""

    text: Text
    happened_on: date | None
    entered_at: datetime
    who: str


class Change(NamedTuple):
    """A correction of a closed period with the entries that came after the closing; those of a case that the reader
    may not open are withheld, its sums are not."""

    correction: Correction
    entries: list[Entry]
    is_withheld: bool


def corrections(row: Closing, actor: Actor) -> list[Change]:
    """What later changes did to a closed period, the same for every reader of the union's books."""
    found = rules.corrections(row.parts, parts_of(row.union, rules.read_period(row.period), actor))
    seen = set(db.session.scalars(select(Case.number).where(
        Case.number.in_([one.number for one in found]), door.filter_for(actor))))
    said = _entries_since(row, sorted(seen))
    return [Change(one, said[f"case:{one.number}"], one.number not in seen) for one in found]


def _entries_since(row: Closing, numbers: list[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    if not numbers:
        return found
    events = db.session.scalars(select(Event).where(
        Event.stream.in_([f"case:{number}" for number in numbers]), Event.id > row.last_event_id,
        Event.kind.in_(rules.CHANGING)).order_by(Event.id)).all()
    book = history.book_of(events)
    for event in events:
        found[event.stream].append(Entry(
            history.sentence(event.kind, json.loads(event.data), book), event.happened_on, event.entered_at,
            book.names[User].get(event.actor_id or 0, event.actor_label)))
    return found


def open_findings(row: Closing) -> list[Finding]:
    """The auditor's findings about this period that are not closed."""
    return [one for one in findings.noted_about("period", row.period, row.union) if one.state != "closed"]


def last_event_id() -> int:
    return db.session.scalar(select(func.coalesce(func.max(Event.id), 0))) or 0
