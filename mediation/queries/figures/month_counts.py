"""The sums by station and month counted anew from the cases, by their row sets, and compared with what is kept."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Table, and_, cast, func, select
from sqlalchemy.orm import join

from mediation.extensions import Expression, db
from mediation.models import Agreement, Case, Station
from mediation.queries.cases import case_filters
from mediation.queries.figures import month_sums
from mediation.queries.figures.month_sums import EVERYWHERE, KEPT, PARTS, SUMS, month_of
from mediation.queries.figures.row_sets import ROW_SETS
from mediation.queries.figures.row_sets_money import instalments
from mediation.queries.figures.scopes import Scope
from mediation.queries.figures.sources import Source
from mediation.queries.prepared import stand_in
from mediation.rules.figures import reporting

TABLES: tuple[Table, ...] = (SUMS, PARTS)
AGREED = ("with_money", "performed", "outstanding")  # of cases, by the day on which their agreement took effect
Key = tuple[int | str, ...]
Rows = dict[Key, dict[str, int]]


def keys_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key if column.name != "writer")


def columns_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if not column.primary_key)


def counted() -> dict[str, Rows]:
    """What the row sets come to, by table and key: all cases that are not voided, seen from the end of time."""
    actor = replace(stand_in("auditor"), today=date.max)
    asked = Scope(actor, reporting.ALL_TIME, "", date.max, Case.voided_on.is_(None))
    return {SUMS.name: _sums(asked), PARTS.name: _parts(asked)}


def _add(found: Rows, place: tuple[int, int, int], rest: tuple[int | str, ...], name: str, n: int) -> None:
    """To a place and to all of them together; ``rest`` is what stands between union and station in the key."""
    for union, station, holder in (place, EVERYWHERE):
        row = found.setdefault((union, *rest, station, holder), {})
        row[name] = row.get(name, 0) + n


def _sums(asked: Scope) -> Rows:
    found: Rows = {}
    done: set[str] = set()
    for name, (count, total) in KEPT.items():
        row_set = ROW_SETS[name]
        rows = row_set.source(asked)
        day, table = _day(name, asked, rows)
        weight = cast(func.coalesce(func.sum(row_set.weight(asked, rows)), 0), BigInteger)
        keys = (Case.union_id, Case.station_id, case_filters.holder(), day)
        asking = select(*keys, func.count(), weight).select_from(table).where(
            *rows.where, row_set.where(asked, rows)).group_by(*keys)
        for union, station, holder, on, n, weighs in db.session.execute(asking):
            place, rest = (union, station, holder), (month_of(on),)
            for column, value in {total: int(weighs), count: n}.items():
                if column not in done:
                    _add(found, place, rest, column, value)
        done |= {count, total}
    return _without_zeros(found)


def _day(name: str, asked: Scope, rows: Source) -> tuple[Expression, Any]:
    """By which day a row set counts in a period, and the tables that tell it."""
    if name in AGREED:
        in_force = and_(Agreement.case_id == Case.id, Agreement.superseded_on.is_(None))
        return Agreement.effective_on, join(rows.table, Agreement, in_force)
    if name in ("cohort_agreements", "cohort_arrivals", "cohort_dated"):
        return Case.accepted_on, rows.table
    return rows.on if name in month_sums.OF_ANOTHER_DAY else ROW_SETS[name].day(asked, rows), rows.table


def _parts(asked: Scope) -> Rows:
    found: Rows = {}
    for what, name, part in ((month_sums.KIND, "accepted", Case.main_head), (month_sums.TOOK, "closed_dated", None),
                             (month_sums.WAITING, "unconcluded", None)):
        rows = ROW_SETS[name].source(asked)
        since, on = rows.since, ROW_SETS[name].day(asked, rows)
        keys = (Case.union_id, Case.station_id, case_filters.holder(), since, on, *([] if part is None else [part]))
        asking = select(*keys, func.count()).select_from(rows.table).where(
            *rows.where, ROW_SETS[name].where(asked, rows)).group_by(*keys)
        for union, station, holder, since_on, on_day, *more, n in db.session.execute(asking):
            month, told = month_of(on_day), more[0] if more else ""
            if what == month_sums.TOOK:
                told = str((on_day - since_on).days)
            elif what == month_sums.WAITING:
                month, told = month_of(since_on), f"{since_on:%d}"
            _add(found, (union, station, holder), (what, month, told), "cases", n)
    _add_late(asked, found)
    return _without_zeros(found)


def _add_late(asked: Scope, found: Rows) -> None:
    """Every instalment with a day of which something is unpaid: one day a row of the row sets of late ones."""
    rows = instalments(asked)
    rest = ROW_SETS[next(iter(month_sums.LATE))].weight(asked, rows)
    keys = (Case.union_id, Case.station_id, case_filters.holder(), rows.on)
    asking = select(*keys, func.count(), cast(func.sum(rest), BigInteger)).select_from(rows.table).where(
        *rows.where, rows.on.is_not(None), rest > 0).group_by(*keys)
    for union, station, holder, on, n, fen in db.session.execute(asking):
        place, rest_of_key = (union, station, holder), (month_sums.UNPAID, month_of(on), f"{on:%d}")
        for name, value in (("cases", n), ("fen", int(fen))):
            _add(found, place, rest_of_key, name, value)


def _without_zeros(found: Rows) -> Rows:
    return {key: row for key, row in found.items() if any(row.values())}


def _kept(table: Table) -> Rows:
    keys, columns = keys_of(table), columns_of(table)
    asking = select(*(table.c[name] for name in keys), *(func.sum(table.c[name]) for name in columns)).group_by(
        *(table.c[name] for name in keys))
    found = {tuple(row[:len(keys)]): dict(zip(columns, map(int, row[len(keys):]), strict=True))
             for row in db.session.execute(asking)}
    return _without_zeros(found)


class Differing(NamedTuple):
    """A sum that is not what the cases come to: table with union, station, month and column; what is kept, and what it
    should be."""

    place: str
    kept: int
    counted: int


def differing() -> Iterator[Differing]:
    right_ones = counted()
    codes: dict[Any, str] = dict(db.session.execute(select(Station.id, Station.code)).tuples().all())
    for table in TABLES:
        yield from _differing(table, right_ones[table.name], codes)


def _differing(table: Table, right_ones: Rows, codes: dict[Any, str]) -> Iterator[Differing]:
    wrong_ones, names = _kept(table), keys_of(table)
    for key in sorted({*right_ones, *wrong_ones}):
        told: dict[str, Any] = defaultdict(str, zip(names, key, strict=True))
        what, month = f"{told['what']} {told['part']}".strip(), told["month"]
        where = f"{told['union_id']} {codes.get(told['holder_id'], told['holder_id'])}" if told["union_id"] else "0 all"
        place = f"{table.name} {where} {month // 100:04}-{month % 100:02}"
        right, wrong = right_ones.get(key, {}), wrong_ones.get(key, {})
        for column in columns_of(table):
            if right.get(column, 0) != wrong.get(column, 0):
                told_by = f"{place} {what} {column}".replace("  ", " ")
                yield Differing(told_by, wrong.get(column, 0), right.get(column, 0))
