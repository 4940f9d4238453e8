"""Sums by station and month that are kept beside the cases, so that nobody adds up all cases that ever came.

The database keeps them itself: triggers on the table of cases (migration 0030) add the difference that a change of a
case makes, in its transaction, whoever makes it. What a sum stands for is said by the row sets alone: ``flask check``
counts them anew and compares, ``flask index`` writes what they come to. On PostgreSQL each connection adds to rows of
its own (``writer``), so that two of them never wait for each other; whoever reads adds up all of them, and the
housekeeping makes one of them (services/figures/month_sums.py).
"""
from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.sql.visitors import replacement_traverse

from mediation.extensions import db
from mediation.models import Case, MonthSum, Station
from mediation.queries.cases import case_filters
from mediation.queries.figures import kept
from mediation.queries.figures.row_sets import ROW_SETS
from mediation.queries.figures.scopes import Scope
from mediation.queries.prepared import stand_in
from mediation.rules.figures import reporting

SUMS = MonthSum.__table__
# The columns of number and weight of a row set.
KEPT: dict[str, tuple[str, str]] = {
    **{name: (name, name) for name in (
        "registered", "came", "declined", "refused", "unreachable", "accepted", "settled", "group_cases", "concluded",
        "won", "ended", "closed", "closed_dated")},
    "class_agreed": ("agreed", "agreed"), "accepted_workers": ("accepted", "workers"),
    "claimed": ("accepted", "claimed_fen"), "group_workers": ("group_cases", "group_workers"),
    "cohort_outstanding": ("owing", "owing_fen"),
}
COLUMNS = tuple(dict.fromkeys(name for pair in KEPT.values() for name in pair))
KEYS = ("union_id", "month", "station_id", "holder_id")
# Those that a month counts by another day than the one by which a period does: by months they are not kept.
OF_ANOTHER_DAY = frozenset({"settled", "declined", "refused", "unreachable"})
BY = {"": None, "month": SUMS.c.month, "station": SUMS.c.holder_id}
# What stands in the place of the columns of a case.
PLACES: dict[str, ColumnElement[Any]] = {
    "union_id": SUMS.c.union_id, "station_id": SUMS.c.station_id, "accepted_station_id": SUMS.c.holder_id,
    "voided_on": null()}


def month_of(day: date | None) -> int:
    """100 × year + month; 0 for a day that nobody knows."""
    return 0 if day is None else 100 * day.year + day.month


def known(asked: Scope, names: Iterable[str], by: str) -> tuple[str, ...]:
    """The row sets that the sums can tell: seen from today, of whole months, narrowed by nothing but the place."""
    days = asked.days
    is_told = asked.is_read and asked.is_now and not asked.filters and by in BY and (
        days.first is None or days.first.day == 1) and (
        days.last is None or days.last.day == calendar.monthrange(days.last.year, days.last.month)[1])
    return tuple(name for name in names if name in KEPT and not (by == "month" and name in OF_ANOTHER_DAY)
                 ) if is_told else ()


class Sum(NamedTuple):
    group: Any
    name: str
    number: int
    total: int


def read(asked: Scope, names: Iterable[str], by: str) -> Iterator[Sum]:
    """Number and weight of row sets that are ``known``, by group; of no group that has none of them."""
    wanted = tuple(names)
    months = {name: month_of(day) for name, day in (("month_first", asked.days.first), ("month_last", asked.days.last))
              if day is not None}
    columns = _columns(wanted)
    for group, *values in kept.run(asked, _select, wanted, by, more=months):
        found = dict(zip(columns, map(int, values), strict=True))
        for name in wanted:
            count, total = KEPT[name]
            yield Sum(group or None, name, found[count], found[total])


def _columns(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for name in names for column in KEPT[name]))


def _select(asked: Scope, names: tuple[str, ...], by: str) -> Select[Any]:
    group = BY[by]
    sums = [cast(func.coalesce(func.sum(SUMS.c[name]), 0), BigInteger) for name in _columns(names)]
    found = select(literal_column("NULL") if group is None else group, *sums).where(
        replacement_traverse(asked.rows, {}, _in_place))
    if asked.days.first is not None:
        found = found.where(SUMS.c.month >= bindparam("month_first", type_=Integer()))
    if asked.days.last is not None:
        found = found.where(SUMS.c.month <= bindparam("month_last", type_=Integer()))
    if not asked.is_all:
        found = found.where(SUMS.c.month > 0)
    return found if group is None else found.group_by(group)


def _in_place(element: Any, **_more: object) -> ColumnElement[Any] | None:
    if isinstance(element, Column) and element.table is not None and element.table.name == Case.__tablename__:
        return PLACES[element.name]
    return None


# Counted anew -----------------------------------------------------------------------------------------------------

Key = tuple[int, ...]


def counted() -> dict[Key, dict[str, int]]:
    """What the row sets come to, by KEYS and column: all cases that are not voided, seen from the end of time."""
    actor = replace(stand_in("auditor"), today=date.max)
    asked = Scope(actor, reporting.ALL_TIME, "", date.max, Case.voided_on.is_(None))
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    done: set[str] = set()
    for name, (count, total) in KEPT.items():
        row_set = ROW_SETS[name]
        rows = row_set.source(asked)
        day, place = rows.on if name in OF_ANOTHER_DAY else row_set.day(asked, rows), case_filters.holder()
        weight = cast(func.coalesce(func.sum(row_set.weight(asked, rows)), 0), BigInteger)
        asking = select(Case.union_id, day, Case.station_id, place, func.count(), weight).select_from(
            rows.table).where(*rows.where, row_set.where(asked, rows)).group_by(
            Case.union_id, day, Case.station_id, place)
        for union, on, station, holder, n, weighs in db.session.execute(asking):
            row = found[union, month_of(on), station, holder]
            row[total] += int(weighs) if total not in done else 0
            if count != total and count not in done:
                row[count] += n
        done |= {count, total}
    return {key: row for key, row in found.items() if any(row.values())}


def _kept() -> dict[Key, dict[str, int]]:
    keys = [SUMS.c[name] for name in KEYS]
    sums = [func.sum(SUMS.c[name]) for name in COLUMNS]
    found = {tuple(row[:len(KEYS)]): dict(zip(COLUMNS, map(int, row[len(KEYS):]), strict=True))
             for row in db.session.execute(select(*keys, *sums).group_by(*keys))}
    return {key: row for key, row in found.items() if any(row.values())}


class Differing(NamedTuple):
    """A sum that is not what the cases come to: table with union, station, month and column; what is kept, and what it
    should be."""

    place: str
    kept: int
    counted: int


def differing() -> Iterator[Differing]:
    right_ones, wrong_ones = counted(), _kept()
    codes = dict(db.session.execute(select(Station.id, Station.code)).tuples().all())
    for key in sorted({*right_ones, *wrong_ones}):
        union, month, _station, holder = key
        place = f"month_sum {union} {codes.get(holder, holder)} {month // 100:04}-{month % 100:02}"
        right, wrong = right_ones.get(key, {}), wrong_ones.get(key, {})
        for column in COLUMNS:
            if right.get(column, 0) != wrong.get(column, 0):
                yield Differing(f"{place} {column}", wrong.get(column, 0), right.get(column, 0))
