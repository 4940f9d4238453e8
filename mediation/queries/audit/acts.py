"""What was done in the house and is about no case: accounts, rights, settings, exports, copies, periods …, each entry
of the chains below a station with who, in which role, from where and by which request."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from mediation.extensions import db
from mediation.models import Event, Station, User
from mediation.queries import door
from mediation.queries.audit import filters, looks
from mediation.queries.cases import history
from mediation.rules.access import Actor
from mediation.rules.language import Text

PAGE = 100
HOUSE = "house"  # the chain of the whole house: what commands and the server itself do


@dataclass(frozen=True)
class Wanted(filters.Filters):
    """The filters of the list."""

    who: str = ""


class Act(NamedTuple):
    """A line: when (UTC), who, what in words, from where; the entry's place in its chain."""

    at: datetime
    who: str
    text: Text
    whence: history.Whence | None
    chain: str
    seq: int
    hash: str


class Listing(NamedTuple):
    acts: list[Act]
    next_after: int | None


def read(given: Mapping[str, str], actor: Actor) -> Wanted:
    """The filters of an address; raises Refused with every problem."""
    found = filters.read(Wanted(), given, {"who": looks.accounts(actor)})
    return Wanted(found.state, found.station, found.period, found.after, found.who)


def listing(wanted: Wanted, actor: Actor) -> Listing:
    """The newest first; a page begins below the id that the last one ended with."""
    rows = db.session.scalars(select(Event).where(*_rows(wanted, actor)).order_by(
        Event.entered_at.desc(), Event.id.desc()).limit(PAGE + 1)).all()
    book = history.book_of(rows[:PAGE])
    made = []
    for row in rows[:PAGE]:
        fields = json.loads(row.data)
        made.append(Act(row.entered_at, book.names[User].get(row.actor_id or 0) or row.actor_label,
                        history.sentence(row.kind, fields, book), history.whence(fields, book), row.stream, row.seq,
                        row.hash[:8]))
    return Listing(made, rows[PAGE - 1].id if len(rows) > PAGE else None)


def _rows(wanted: Wanted, actor: Actor) -> list[ColumnElement[bool]]:
    rows: list[ColumnElement[bool]] = [Event.stream.in_(_chains(actor))]
    if wanted.after:
        rows.append(Event.id < wanted.after)
    if wanted.who:
        rows.append(Event.actor_id.in_(select(User.id).where(User.username == wanted.who)))
    return rows + looks.within(wanted.period, Event.entered_at)


def _chains(actor: Actor) -> list[str]:
    """The chains of the unions below the reader's station, and that of the whole house for who stands at its top."""
    unions = db.session.scalars(select(Station.union_id).where(
        Station.id.in_(door.stations_below(actor.station_path)), Station.union_id.is_not(None)).distinct())
    is_top = db.session.scalar(select(looks.is_at_the_top(actor)))
    return [*(f"{HOUSE}:{key}" for key in unions), *([HOUSE] if is_top else [])]
