"""Counts of open cases by station and hand from the table that the database keeps (models.OpenTally): what a desk
counts is read as a few rows for each month, however many cases there are.

Restricted cases are not in it, nor is anything that other rows of a case decide: ``sweep`` counts those one by one.
What a condition of ``work_lists`` means for a row of the table stands here, and a test holds both against each other.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from mediation.extensions import db
from mediation.models import Case, OpenTally, Station, User
from mediation.queries import door
from mediation.queries.desk import work_lists
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.desk.feeds import BEIJING

RESTING = "RESTING"
# The days on which what is counted changes, from today: a deadline before the first of them is in group 0.
EDGES = tuple(sorted({0, *(days + 1 for days in work_lists.SOON), *(
    1 - days for first, last in work_lists.BANDS.values() for days in (first, (last or first - 1) + 1))}))
UNDATED = len(EDGES) + 1
_ROW = OpenTally.__table__.c


class Tally(NamedTuple):
    """So many cases at a station in one hand, of one kind and with a deadline between the same days. ``is_left``:
    whoever holds them is not there any more."""

    station_id: int
    handler_id: int  # 0: nobody
    kind: str
    group: int
    is_left: bool
    cases: int


class Kind(NamedTuple):
    """A kind of the table in its parts."""

    state: str
    is_concluded: bool
    is_late_entry: bool


@cache
def kind_of(code: str) -> Kind:
    return Kind(code.rstrip("+~"), "+" in code, "~" in code)


def group_of(days: int) -> int:
    """The group of a deadline so many days from today."""
    return sum(days >= edge for edge in EDGES)


TODAY = group_of(0)


class _At(NamedTuple):
    """A row of the table as the conditions see it."""

    kind: Kind
    group: int
    is_left: bool
    is_nobodys: bool

    @property
    def is_performing(self) -> bool:
        return self.kind.state == "PERFORMING"

    @property
    def is_unassigned(self) -> bool:
        return self.is_nobodys and not self.kind.is_concluded and self.kind.state in (
            workflow.UNCONCLUDED - {"ASSIGNED"})


def _late(at: _At, band: str) -> bool:
    first, last = work_lists.BANDS.get(band, (1, None))
    return at.is_performing and at.group <= group_of(-first) and (last is None or at.group >= group_of(-last))


def _due(at: _At, value: str) -> bool:
    if value == "overdue":
        return not at.is_performing and at.group < TODAY
    return TODAY <= at.group <= group_of(int(value))


def _is_my_turn(at: _At) -> bool:
    """Without what one has registered and nobody holds."""
    is_quiet = at.is_performing and at.group > group_of(work_lists.SOON[0])
    return at.kind.state != "ASSIGNED" and not is_quiet


_TASKS: dict[str, Callable[[_At], bool]] = {
    "my_turn": _is_my_turn,
    "to_take": lambda at: at.kind.state == "ASSIGNED" and not at.kind.is_concluded,
    "unassigned": lambda at: at.is_unassigned,
    "free": lambda at: at.is_unassigned,
    "waiting": lambda at: at.kind.state == "CONSENT_PENDING" and not at.kind.is_concluded,
    "late_money": lambda at: _late(at, "any"),
    "stuck": lambda at: not at.kind.is_late_entry and (at.is_left or (at.is_nobodys and not at.is_unassigned)),
    "left": lambda at: at.is_left,
    "supervised": lambda at: False,
    "unserved": lambda at: False,
}
_KEYS: dict[str, Callable[[_At, str], bool]] = {
    "state": lambda at, value: value == "open",
    "due": _due,
    "late": _late,
    "task": lambda at, value: _TASKS[value](at),
    "untouched": lambda at, value: at.group < TODAY,
}
WHERE = frozenset({"handler", "station", "at"})  # conditions that say whose cases, not what stands with them
Asked = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def holds(asked: Asked, kind: str, group: int, is_left: bool, is_nobodys: bool) -> bool:
    """Whether a row of the table meets the conditions of a list, but for those of WHERE."""
    if (kind == RESTING) != any(name == "untouched" for name, _value in asked):
        return False
    at = _At(kind_of(kind), group, is_left, is_nobodys)
    return all(_KEYS[name](at, value) for name, value in asked if name not in WHERE)


def read(actor: Actor, union: int | None) -> list[Tally]:
    """The rows of the stations that the actor reaches, added up; at a counter those of his own hand and his site.

    ``union``: the one union, where he reaches but one.
    """
    place = {} if union is None else {"union": union}
    return [Tally._make(row) for row in _statement(actor.role, union is not None).run(actor, **_ends(actor.today),
                                                                                  **place)]


def totals(actor: Actor) -> list[Tally]:
    """The same of everything in reach together, at no station and in no hand: for whoever asks for no more."""
    return [Tally(0, 0, kind, group, False, cases) for kind, group, cases in _totals(actor.role).run(
        actor, **_ends(actor.today))]


def _ends(today: date) -> Mapping[str, date]:
    """What lies before the one and after the other is read by months, what lies between by days."""
    first, last = today + timedelta(EDGES[0]), today + timedelta(EDGES[-1])
    return {"first": first.replace(day=1), "last": (last.replace(day=1) + timedelta(31)).replace(day=1)}


_FIRST, _LAST = bindparam("first", type_=Date()), bindparam("last", type_=Date())


def _spans() -> tuple[ColumnElement[bool], ...]:
    span = _ROW.span
    return (and_(span == literal_column("'m'"), _ROW.day_on < _FIRST),
            and_(span == literal_column("'d'"), _ROW.day_on >= _FIRST, _ROW.day_on < _LAST),
            and_(span == literal_column("'m'"), _ROW.day_on >= _LAST))


def _group(today: Any) -> ColumnElement[int]:
    """The group of a row's day; a month that is read as one lies wholly in the first or in the last."""
    found = [(_ROW.day_on < today + timedelta(edge), n) for n, edge in enumerate(EDGES)]
    return case(*((row, literal_column(str(n))) for row, n in found),
                (_ROW.day_on < literal_column("'9999-01-01'"), literal_column(str(len(EDGES)))),
                else_=literal_column(str(UNDATED)))


def _summed(actor: Actor, *rows: ColumnElement[bool], by: tuple[Any, ...]) -> list[Select[Any]]:
    return [select(*by, _ROW.kind, _group(actor.today).label("part"), func.sum(_ROW.cases).label("cases")).where(
        span, *rows).group_by(*by, _ROW.kind, literal_column("part")) for span in _spans()]


@cache
def _statement(role: str, is_one_union: bool) -> Prepared:
    actor = stand_in(role)
    by = (_ROW.station_id, _ROW.handler_id, _ROW.union_id)
    if access.scope_of(role, "case.read") == "below":
        parts = _summed(actor, *_below(actor), *(
            [_ROW.union_id == bindparam("union")] if is_one_union else []), by=by)
    else:
        here = [_ROW.union_id == actor.union_id, _ROW.station_id == actor.station_id, _ROW.handler_id != actor.user_id]
        if role != "lead":
            here.append(_ROW.handler_id == literal_column("0"))
        parts = _summed(actor, _ROW.handler_id == actor.user_id, _ROW.union_id == actor.union_id, by=by) + _summed(
            actor, *here, by=by)
    found = union_all(*parts).subquery().c
    people, places = User.__table__, Station.__table__
    source = people.join(places, places.c.id == people.c.station_id)
    there = select(people.c.id).select_from(source).where(
        people.c.id == found.handler_id, people.c.is_active.is_(True), people.c.role.in_(("mediator", "lead")),
        places.c.union_id == found.union_id)
    is_left = and_(found.handler_id != literal_column("0"), ~there.exists())
    return Prepared(select(found.station_id, found.handler_id, found.kind, found.part, is_left, found.cases).where(
        found.cases != 0))


def _below(actor: Actor) -> list[ColumnElement[bool]]:
    return [_ROW.station_id.in_(door.stations_below(actor.station_path))]


@cache
def _totals(role: str) -> Prepared:
    actor = stand_in(role)
    return Prepared(union_all(*_summed(actor, *_below(actor), _ROW.kind != RESTING, by=())))


# What the table has to hold --------------------------------------------------------------------------------------

Row = tuple[int, str, date, int, str, int]  # the key of a row, in the order of the table
_TOLD = ("station_id", "handler_id", "union_id", "state", "outcome", "is_late_entry", "next_due_on", "touched_at")


def wrong() -> dict[Row, tuple[int, int]]:
    """The rows that are not what the cases say: how many cases are kept in each, and how many there are."""
    kept = {tuple(key): cases for *key, cases in db.session.connection().execute(select(OpenTally.__table__))}
    found = expected()
    return {key: (kept.get(key, 0), found.get(key, 0)) for key in sorted({*kept, *found})
            if kept.get(key) != found.get(key)}


def expected() -> dict[Row, int]:
    """The whole table, counted anew from the cases."""
    row, found = Case.__table__.c, Counter[Row]()
    db.session.flush()
    for told in db.session.connection().execute(select(*(row[name] for name in _TOLD)).where(
            work_lists.is_open(), row.is_sealed.is_(False), row.voided_on.is_(None)).execution_options(yield_per=1000)):
        for span, day, kind in _places_of(told):
            found[told.station_id, span, day, told.handler_id or 0, kind, told.union_id] += 1
    return dict(found)


def _places_of(told: Any) -> Iterator[tuple[str, date, str]]:
    due_on = told.next_due_on or date.max
    kind = told.state + "+" * (told.outcome != "") + "~" * told.is_late_entry
    yield from (("d", due_on, kind), ("m", due_on.replace(day=1), kind))
    if not told.is_late_entry:
        rests_on = told.touched_at.astimezone(BEIJING).date() + timedelta(work_lists.UNTOUCHED_DAYS)
        rests_on = max(rests_on, due_on) if told.state == "PERFORMING" else rests_on
        yield from (("d", rests_on, RESTING), ("m", rests_on.replace(day=1), RESTING))
