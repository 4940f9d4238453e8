"""What was entered since a figure was given out that could have moved it: in cases, employers, and the house.

Cases count here as in the figures: by where they lay at acceptance or lie now, sealed ones too, of which no word is
told. Money, instalments, sessions and visits stand in the chains of their cases; letters, visits to employers and
what an employer is in the chain of the employer; inquiries, closings of periods, accounts and the calendar in the
chain of the house (``rules/figures/catalogue.HOUSE_KINDS``).
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, exists, func, literal, null, or_, select, true

from mediation.extensions import db
from mediation.models import Case, Employer, Event, IssuedFigure, Station, User
from mediation.queries import door
from mediation.queries.cases import case_filters, history
from mediation.rules.access import WITHHELD, Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.language import Text

MOST = 100
CASES, EMPLOYERS = "case:", "employer:"
HOUSE = Text("工会的记录", "the union's own records")


class Entry(NamedTuple):
    """One event: whose chain it stands in, where that is read, its day, who wrote it, its sentence."""

    label: Text
    href: str
    on: date | None
    who: str
    text: Text


@dataclass(frozen=True)
class Between:
    """The newest entries since the issue, and how many there are in all."""

    lines: Sequence[Entry]
    count: int


def between(row: IssuedFigure, actor: Actor) -> Between:
    """What was entered since the issue and could have moved its figures, newest first."""
    count, found = 0, list[Row[Any]]()
    for asked in (_of_cases(row, actor), _of_employers(row), _of_house(row)):
        later = asked.where(Event.id > row.last_event_id)
        count += db.session.scalar(select(func.count()).select_from(later.subquery())) or 0
        found += db.session.execute(later.order_by(Event.id.desc()).limit(MOST)).all()
    newest = sorted(found, key=lambda line: -line[0].id)[:MOST]
    return Between(list(_entries(newest)), count)


def _after(prefix: str) -> ColumnElement[str]:
    """What a chain's name says after its kind: so a few new events look up their cases, not every case its events."""
    return func.substr(Event.stream, len(prefix) + 1)


def _of_cases(row: IssuedFigure, actor: Actor) -> Select[Any]:
    place = door.stations_below(row.station.path)
    quiet = rules.quiet(one["key"] for one in json.loads(row.body)["figures"])
    is_told = and_(door.filter_for(actor, "journal.read", is_voided_too=True), ~door.is_withheld(actor))
    return select(Event, Case.number.label("label"), (literal("/cases/") + Case.number + "/journal").label("href"),
                  is_told.label("is_told")).join(Case, Case.number == _after(CASES)).where(
        Event.stream.startswith(CASES), Event.kind.not_in(quiet),
        door.filter_for(actor, "statistics.read", is_voided_too=True),
        or_(Case.station_id.in_(place), case_filters.holder().in_(place)))


def _of_employers(row: IssuedFigure) -> Select[Any]:
    """Of the employers of the unions at the place: what they are, and what was done there."""
    key = cast(Employer.id, String)
    return select(Event, Employer.name.label("label"), (literal("/employers/") + key).label("href"),
                  true().label("is_told")).join(Employer, key == _after(EMPLOYERS)).where(
        Event.stream.startswith(EMPLOYERS), Employer.union_id.in_(_unions(row)))


def _of_house(row: IssuedFigure) -> Select[Any]:
    """By the accounts of those unions, about them, or about all."""
    unions = _unions(row)
    writer = exists().where(User.id == Event.actor_id, Station.id == User.station_id,
                            or_(Station.id.in_(unions), Station.union_id.in_(unions)))
    about = or_(*(Event.data.contains(f'"station":{key}{end}') for key in db.session.scalars(unions) for end in "},"))
    return select(Event, null().label("label"), null().label("href"), true().label("is_told")).where(
        Event.is_of_house(), Event.kind.in_(rules.HOUSE_KINDS),
        or_(Event.kind.in_(rules.FOR_ALL), writer, about))


def _unions(row: IssuedFigure) -> Select[Any]:
    """The union of the place, or the unions below it."""
    return select(func.coalesce(Station.union_id, Station.id)).where(
        or_(Station.id == row.station_id, Station.path.startswith(row.station.path, autoescape=True)))


def _entries(found: Sequence[Row[Any]]) -> Iterator[Entry]:
    book = history.book_of([event for event, *_rest in found])
    for event, label, href, is_told in found:
        text = history.sentence(event.kind, json.loads(event.data), book) if is_told else WITHHELD
        yield Entry(Text(label, label) if label else HOUSE, href if href and is_told else "", event.happened_on,
                    book.names[User].get(event.actor_id or 0, event.actor_label), text)
