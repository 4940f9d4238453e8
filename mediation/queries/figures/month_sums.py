"""Sums by station and month that are kept beside the cases, so that nobody adds up all cases that ever came.

The database keeps them itself: triggers on the tables of cases and agreements (migration 0032) add the difference
that a change makes, in its transaction, whoever makes it. What a sum stands for is said by the row sets alone: ``flask
check`` counts them anew and compares (``month_counts.py``), ``flask index`` writes what they come to. On PostgreSQL
each connection adds to rows of its own (``writer``), so that two of them never wait for each other; whoever reads adds
up all of them, and the housekeeping makes one of them (services/figures/month_sums.py). Besides each place there is one
row for all unions together: who reads all of them reads that.
"""
from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.sql.visitors import replacement_traverse

from mediation.models import Case, MonthPart, MonthSum
from mediation.queries.desk import work_lists
from mediation.queries.figures import kept
from mediation.queries.figures.scopes import Scope
from mediation.rules.figures import periods, reporting

SUMS, PARTS = MonthSum.__table__, MonthPart.__table__
# The columns of number and weight of a row set.
KEPT: dict[str, tuple[str, str]] = {
    **{name: (name, name) for name in (
        "registered", "came", "declined", "refused", "unreachable", "accepted", "settled", "group_cases", "concluded",
        "won", "ended", "closed", "closed_dated")},
    "class_agreed": ("agreed", "agreed"), "accepted_workers": ("accepted", "workers"),
    "claimed": ("accepted", "claimed_fen"), "group_workers": ("group_cases", "group_workers"),
    "cohort_outstanding": ("owing", "owing_fen"), "cohort_agreements": ("cohort_agreements", "cohort_agreed_fen"),
    "agreements": ("agreements", "agreed_fen"), "with_money": ("promised", "agreed_fen"),
    "performed": ("performed", "performed_fen"), "outstanding": ("waiting", "waiting_fen"),
    "arrivals": ("arrivals", "arrived_fen"), "cohort_arrivals": ("cohort_arrivals", "cohort_arrived_fen"),
    "cohort_dated": ("dues", "due_fen"),
}
COLUMNS = tuple(dict.fromkeys(name for pair in KEPT.values() for name in pair))
KEYS = ("union_id", "month", "station_id", "holder_id")
EVERYWHERE = (0, 0, 0)  # in the place of union, station and holder: all unions together
# Those that a month counts by another day than the one by which a period does: by months they are not kept.
OF_ANOTHER_DAY = frozenset({"settled", "declined", "refused", "unreachable", "cohort_agreements", "with_money",
                            "performed", "outstanding", "cohort_arrivals", "cohort_dated"})
# What has no outcome, of whatever period: all that ever came less all that ever ended.
OPEN = frozenset({"unconcluded", "open"})
# What is due by now of the cases of a period: all that has a day, less what lies ahead, which is found by its day.
DUE, DATED, AHEAD = "cohort_due", "cohort_dated", "cohort_ahead"
LATE = {f"late_{band}": days for band, days in work_lists.BANDS.items()}
LONGEST = max(first for first, _last in LATE.values())
CAME, ENDED = "came", "ended"
BY = {"": None, "month": SUMS.c.month, "station": SUMS.c.holder_id}
KIND, TOOK, WAITING, UNPAID = "kind", "took", "open", "late"  # of MonthPart.what


def month_of(day: date | None) -> int:
    """100 × year + month; 0 for a day that nobody knows."""
    return 0 if day is None else 100 * day.year + day.month


def first_of(month: int) -> date:
    return date(month // 100, month % 100, 1)


def is_told(asked: Scope) -> bool:
    """Whether the sums can tell anything of a scope: seen from today, narrowed by nothing but the place."""
    return asked.is_read and asked.is_now and not asked.filters


class Split(NamedTuple):
    """A scope as its whole months, and the days before and after them, which are counted."""

    whole: Scope
    borders: tuple[Scope, ...]


def split(asked: Scope) -> Split | None:
    """None where the sums cannot tell of the scope, or it has no whole month."""
    if not is_told(asked):
        return None
    first, last = asked.days.first, asked.days.last
    begin = first if first is None or first.day == 1 else _end_of(first) + timedelta(1)
    end = last if last is None or last == _end_of(last) else last.replace(day=1) - timedelta(1)
    if begin is not None and end is not None and begin > end:
        return None
    spans: list[tuple[date | None, date | None]] = []
    if begin is not None and begin != first:
        spans.append((first, begin - timedelta(1)))
    if end is not None and end != last:
        spans.append((end + timedelta(1), last))
    if not spans:
        return Split(asked, ())
    return Split(_of(asked, begin, end), tuple(_of(asked, *span) for span in spans))


def _end_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _of(asked: Scope, first: date | None, last: date | None) -> Scope:
    span = periods.between(first, last)
    assert span is not None  # in order, and one of them is known
    return replace(asked, period=span, kept={})


def known(asked: Scope, names: Iterable[str], by: str) -> tuple[str, ...]:
    """The row sets that the sums can tell of a scope and its whole months."""
    if by not in BY or not is_told(asked):
        return ()
    has_months = split(asked) is not None
    return tuple(name for name in names if (name in OPEN and by != "month") or (name in LATE and not by) or (
        has_months and (name in KEPT or name == DUE) and not (by == "month" and name in (*OF_ANOTHER_DAY, DUE))))


class Sum(NamedTuple):
    group: Any
    name: str
    number: int
    total: int


def read(asked: Scope, names: Iterable[str], by: str) -> Iterator[Sum]:
    """Number and weight of row sets of KEPT, of whole months by group; of no group that has none of them."""
    wanted = tuple(names)
    columns = columns_of(wanted)
    for group, *values in kept.run(asked, _select, wanted, by, more=_months(asked)):
        found = dict(zip(columns, map(int, values), strict=True))
        for name in wanted:
            count, total = KEPT[name]
            yield Sum(group or None, name, found[count], found[total])


def read_open(asked: Scope, names: Iterable[str], by: str) -> Iterator[Sum]:
    """The same of OPEN, whatever the period is."""
    at_all_times = replace(asked, period=reporting.ALL_TIME)
    sums: dict[Any, int] = {}
    for one in read(at_all_times, (CAME, ENDED), by):
        sums[one.group] = sums.get(one.group, 0) + (one.number if one.name == CAME else -one.number)
    return (Sum(group, name, number, number) for name in names for group, number in sums.items())


def read_late(asked: Scope, names: Iterable[str]) -> Iterator[Sum]:
    """Number and unpaid rest of the instalments that are so many days late, whatever the period is; months in which all
    are in the last band are one row."""
    near = month_of(asked.cut_off - timedelta(LONGEST))
    days = [(first_of(month).replace(day=int(part)) if month else date.min, n, fen)
            for month, part, n, fen in kept.run(asked, _late, more={"near": near, "now": month_of(asked.cut_off)})]
    for name in names:
        first, last = LATE[name]
        mine = [(n, fen) for day, n, fen in days if day <= asked.cut_off - timedelta(first)
                and (last is None or day >= asked.cut_off - timedelta(last))]
        yield Sum(None, name, sum(n for n, _fen in mine), sum(fen for _n, fen in mine))


def kinds(asked: Scope) -> dict[str, int]:
    """How many cases were accepted in whole months, by main head."""
    return {part: n for part, n in kept.run(asked, _parts, KIND, more=_months(asked)) if n}


def took(asked: Scope) -> dict[int, int]:
    """How many cases were closed in whole months, by the days from their receipt."""
    return {int(part): n for part, n in kept.run(asked, _parts, TOOK, more=_months(asked)) if n}


def open_days(asked: Scope) -> dict[date, int]:
    """How many cases have no outcome, by the day of their receipt."""
    return {first_of(month).replace(day=int(part)): n for month, part, n in kept.run(asked, _days, WAITING) if n}


def columns_of(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for name in names for column in KEPT[name]))


def _months(asked: Scope) -> dict[str, int]:
    return {name: month_of(day) for name, day in (("month_first", asked.days.first), ("month_last", asked.days.last))
            if day is not None}


def _select(asked: Scope, names: tuple[str, ...], by: str) -> Select[Any]:
    group = BY[by]
    sums = [_whole(SUMS.c[name]) for name in columns_of(names)]
    found = _within(select(literal_column("NULL") if group is None else group, *sums).where(
        _place(SUMS, asked, by)), SUMS, asked)
    return found if group is None else found.group_by(group)


def _parts(asked: Scope, what: str) -> Select[Any]:
    return _within(select(PARTS.c.part, _whole(PARTS.c.cases)).where(
        _place(PARTS, asked), PARTS.c.what == literal_column(f"'{what}'")), PARTS, asked).group_by(PARTS.c.part)


def _days(asked: Scope, what: str) -> Select[Any]:
    return select(PARTS.c.month, PARTS.c.part, _whole(PARTS.c.cases)).where(
        _place(PARTS, asked), PARTS.c.what == literal_column(f"'{what}'"), PARTS.c.cases != 0).group_by(
        PARTS.c.month, PARTS.c.part)


def _late(asked: Scope) -> Select[Any]:
    is_near = PARTS.c.month >= bindparam("near", type_=Integer())
    month = case((is_near, PARTS.c.month), else_=literal_column("0"))
    part = case((is_near, PARTS.c.part), else_=literal_column("''"))
    return select(month, part, _whole(PARTS.c.cases), _whole(PARTS.c.fen)).where(
        _place(PARTS, asked), PARTS.c.what == literal_column(f"'{UNPAID}'"),
        PARTS.c.month <= bindparam("now", type_=Integer())).group_by(month, part)


def _whole(column: Column[int]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _within(found: Select[Any], table: Table, asked: Scope) -> Select[Any]:
    if asked.days.first is not None:
        found = found.where(table.c.month >= bindparam("month_first", type_=Integer()))
    if asked.days.last is not None:
        found = found.where(table.c.month <= bindparam("month_last", type_=Integer()))
    return found if asked.is_all else found.where(table.c.month > 0)


def _place(table: Table, asked: Scope, by: str = "") -> ColumnElement[bool]:
    """Where the rows lie: all unions together, where nobody asks for less, or the places of the cases."""
    if asked.is_whole:
        nowhere: ColumnElement[int] = literal_column("0")
        return table.c.union_id != nowhere if by == "station" else table.c.union_id == nowhere
    places: dict[str, ColumnElement[Any]] = {
        "union_id": table.c.union_id, "station_id": table.c.station_id, "accepted_station_id": table.c.holder_id,
        "voided_on": null()}

    def in_place(element: Any, **_more: object) -> ColumnElement[Any] | None:
        if isinstance(element, Column) and element.table is not None and element.table.name == Case.__tablename__:
            return places[element.name]
        return None
    return replacement_traverse(asked.rows, {}, in_place)
