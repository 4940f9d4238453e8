"""Lists of what is only kept, as an account may see them: filtered by an address, summed up, one page at a time.

What a list is filtered and summed by stands in its row in rules/records.py.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from mediation.extensions import AnyModel, db
from mediation.queries import door
from mediation.rules import access, records
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.recording import Listing

PAGE = 50


class Wanted(NamedTuple):
    """What a list is asked for: the values as given, the conditions read from them, and what could not be read."""

    given: Mapping[str, str]
    rows: tuple[ColumnElement[bool], ...] = ()
    problems: tuple[Problem, ...] = ()


def listing(model: AnyModel) -> Listing:
    return records.LISTINGS[model.__tablename__]


def read(model: AnyModel, said: Mapping[str, str]) -> Wanted:
    """The conditions of an address: ``period`` as in reports, and the list's own; unknown values are named."""
    row = listing(model)
    rows, problems = [], []
    given = {name: said[name].strip()[:60] for name in ("period", *(one.name for one in row.filters)) if said.get(name)}
    for one in row.filters:
        value = given.get(one.name)
        if value and value not in one.choices:
            problems.append(Problem(one.name, Text("“{label}”没有“{said}”", "{label}: there is no '{said}'").fill(
                label=one.label, said=value)))
        elif value:
            rows.append(getattr(model, one.column) == value)
    day = getattr(model, row.day)
    try:
        span = reporting.read_period(given.get("period", ""))
        rows += [day >= span.first] if span.first else []
        rows += [day <= span.last] if span.last else []
    except Refused as refusal:
        problems += refusal.problems
    return Wanted(given, tuple(rows), tuple(problems))


def totals(model: AnyModel, actor: Actor, wanted: Wanted) -> list[tuple[Text, int]]:
    """What the whole filtered list comes to, by one statement."""
    rows = listing(model).totals
    sums = [func.coalesce(func.sum(case((_counts(model, one.where), getattr(model, one.weight) if one.weight else 1),
                                        else_=0)), 0) for one in rows]
    found = db.session.execute(select(*sums).select_from(model).where(rows_of(model, actor), *wanted.rows)).one()
    return [(one.label, int(value)) for one, value in zip(rows, found, strict=True)]


def _counts(model: AnyModel, where: tuple[Any, ...]) -> ColumnElement[bool]:
    """The rows of a total, from a column and its values."""
    if not where:
        return true()
    name, *values = where
    column: InstrumentedAttribute[Any] = getattr(model, name)
    return column.in_(values) if values else column.is_not(None)


def rows_of(model: AnyModel, actor: Actor, permission: str = "prevention.read") -> ColumnElement[bool]:
    """The row filter of a table that belongs to a union: the own, or those of all unions below."""
    scopes: dict[str, Callable[[], ColumnElement[bool]]] = {
        "union": lambda: model.union_id == actor.union_id, "all": true,
        "below": lambda: model.union_id.in_(door.stations_below(actor.station_path))}
    return scopes.get(access.scope_of(actor.role, permission), false)()


def page(model: AnyModel, actor: Actor, before: int | None = None,
         *where: ColumnElement[bool]) -> tuple[Sequence[Any], int | None]:
    """The newest rows, and the id before which the next page begins."""
    rows = select_rows(model, actor).where(*where).order_by(model.id.desc())
    if before:
        rows = rows.where(model.id < before)
    found = db.session.scalars(rows.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def select_rows(model: AnyModel, actor: Actor) -> Select[Any]:
    """The rows that an account may see, with what the list shows of other tables."""
    parts = [door.sighted(actor, getattr(model, name)) for name in listing(model).loads]
    return select(model).where(rows_of(model, actor)).options(*parts)


def find(model: AnyModel, actor: Actor, key: int, permission: str = "prevention.read") -> Any:
    """A readable row by its id; None for a foreign one as for none at all."""
    return db.session.scalar(select(model).where(model.id == key, rows_of(model, actor, permission)))
