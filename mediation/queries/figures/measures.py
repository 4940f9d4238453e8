"""How many rows a row set has and what they weigh together: the one place where anything is counted.

Row sets whose sums are kept by station and month are looked up (``month_sums.py``). All others are reckoned in one
statement: each source is read once, and every row set of it is a sum over those of its rows that meet the condition.
Whether a number was added up or looked up is nobody's business but this module's.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)

from mediation.extensions import Expression, db
from mediation.models import Case
from mediation.queries import door
from mediation.queries.cases import case_filters
from mediation.queries.figures import kept, month_sums
from mediation.queries.figures.row_sets import ROW_SETS
from mediation.queries.figures.scopes import Scope
from mediation.queries.figures.sources import ONE, RowSet, Source

ZERO: ColumnElement[int] = literal_column("0")


class Measure(NamedTuple):
    """How many rows a row set has, and the sum of what they weigh."""

    count: int  # type: ignore[assignment]  # of a plain tuple it is a method
    total: int


NOTHING = Measure(0, 0)
Group = Any  # by what rows were put together: a text, an id, a month; None for rows without
MONTH = "month"
# By what rows can be put into groups. By month the database groups by the day, which costs less than to take days
# apart; months are put together from days, keyed by 100 × year + month.
BY: dict[str, Callable[[Expression], Expression]] = {
    "case": lambda day: Case.number,
    "station": lambda day: case_filters.holder(),
    "person": lambda day: Case.handler_id,
    "channel": lambda day: Case.channel,
    "kind": lambda day: Case.main_head,
    "sector": lambda day: case_filters.sector_of_employer(),
    MONTH: lambda day: type_coerce(day, Date),
}


class _Part(NamedTuple):
    """Row sets that are reckoned in one pass over a source, the sums that are asked for, and where each stands."""

    rows: Source
    group: Expression | None
    names: list[str]
    conditions: list[ColumnElement[bool]]
    sums: list[ColumnElement[int]]
    places: list[tuple[int, int]]  # of number and sum; the same where every row weighs one
    is_apart: bool  # the case by which they are put into groups is not among the tables of the source


def totals(asked: Scope, names: Collection[str]) -> dict[str, Measure]:
    """Number and sum of every named row set, in one statement; what was reckoned for this scope before is kept."""
    known: dict[str, Measure] = asked.once("measures", lambda _scope: {})
    missing = [name for name in dict.fromkeys(names) if name not in known]
    known |= {name: measure for (_group, name), measure in _ask(asked, missing, "").items()}
    return {name: known[name] for name in names}


def grouped(asked: Scope, names: Iterable[str], by: str) -> dict[Group, dict[str, Measure]]:
    """The same by station, person, channel, kind, sector, month or case, in one statement; groups without any row are
    left out, and so are row sets without one in a group. Row sets beside the cases have no group but the month."""
    found: dict[Group, dict[str, Measure]] = {}
    for (group, name), measure in _ask(asked, dict.fromkeys(names), by).items():
        if measure != NOTHING:
            found.setdefault(group, {})[name] = measure
    return found


def _month_of(day: date | None) -> int | None:
    return None if day is None else 100 * day.year + day.month


def _ask(asked: Scope, names: Iterable[str], by: str) -> dict[tuple[Group, str], Measure]:
    wanted = tuple(names)
    found, kept_ones = _look_up(asked, wanted, by)
    if wanted := tuple(name for name in wanted if name not in kept_ones):
        found |= _count(asked, wanted, by)
    return found


def _look_up(asked: Scope, names: tuple[str, ...], by: str) -> tuple[dict[tuple[Group, str], Measure], Collection[str]]:
    """What the sums by month tell, and of which row sets; days before and after whole months are counted."""
    known = month_sums.known(asked, names, by)
    summed = tuple(dict.fromkeys(month_sums.DATED if name == month_sums.DUE else name for name in known
                                 if name in month_sums.KEPT or name == month_sums.DUE))
    found: dict[tuple[Group, str], Measure] = {}
    parts = month_sums.split(asked)
    if by == "kind" and "accepted" in names and parts is not None:
        found, known = {(kind, "accepted"): Measure(n, n) for kind, n in month_sums.kinds(parts.whole).items()}, (
            "accepted",)
        summed = known
    elif parts is not None and summed:
        found = {(one.group, one.name): Measure(one.number, one.total)
                 for one in month_sums.read(parts.whole, summed, by)}
    for border in parts.borders if parts is not None and summed else ():
        for key, measure in _count(border, summed, by).items():
            before = found.get(key, NOTHING)
            found[key] = Measure(before.count + measure.count, before.total + measure.total)
    if month_sums.DUE in known:
        found |= _due(asked, found, by)
    if others := [name for name in known if name in month_sums.OPEN]:
        found |= {(one.group, one.name): Measure(one.number, one.total)
                  for one in month_sums.read_open(asked, others, by)}
    if late := [name for name in known if name in month_sums.LATE]:
        found |= {(None, one.name): Measure(one.number, one.total) for one in month_sums.read_late(asked, late)}
    return found, known


def _due(asked: Scope, found: Mapping[tuple[Group, str], Measure], by: str) -> dict[tuple[Group, str], Measure]:
    """What is due by now: all that has a day less what lies ahead."""
    ahead = _count(asked, (month_sums.AHEAD,), by)
    return {(group, month_sums.DUE): Measure(
        dated.count - ahead.get((group, month_sums.AHEAD), NOTHING).count,
        dated.total - ahead.get((group, month_sums.AHEAD), NOTHING).total)
        for (group, name), dated in found.items() if name == month_sums.DATED}


def _count(asked: Scope, wanted: tuple[str, ...], by: str) -> dict[tuple[Group, str], Measure]:
    """In one statement, from the rows."""
    found: dict[tuple[Group, str], Measure] = {}
    is_told = not asked.is_now and any(ROW_SETS[name].is_told for name in wanted)
    question = _question(asked, wanted, by) if is_told else kept.made(asked, _question, wanted, by)
    rows = db.session.execute(question.ready.statement) if is_told else question.ready.run(asked)
    for number, on, *sums in rows:
        group = _month_of(on) if by == MONTH else on
        for name, (count, total) in question.places[number]:
            before = found.get((group, name), NOTHING)
            found[group, name] = Measure(before.count + int(sums[count]), before.total + int(sums[total]))
    return found


class _Question(NamedTuple):
    """One statement for many row sets, and for each part of it where number and sum of each stand."""

    ready: kept.Ready
    places: list[list[tuple[str, tuple[int, int]]]]


def _question(asked: Scope, names: tuple[str, ...], by: str) -> _Question:
    parts = _parts(asked, names, by)
    width = max(len(part.sums) for part in parts)
    return _Question(kept.Ready(union_all(*(_select(n, part, width) for n, part in enumerate(parts)))),
                     [list(zip(part.names, part.places, strict=True)) for part in parts])


def _parts(asked: Scope, names: Iterable[str], by: str) -> list[_Part]:
    """One part for each source; by month one for each day by which its row sets count."""
    found: dict[object, _Part] = {}
    sources: dict[object, Source] = {}
    for name in names:
        row_set = ROW_SETS[name]
        if row_set.source not in sources:
            sources[row_set.source] = row_set.source(asked)
        rows = sources[row_set.source]
        day = row_set.day(asked, rows)
        key = (row_set.source, str(day) if by == MONTH else "")
        if key not in found:
            found[key] = _Part(rows, BY[by](day) if by else None, [], [], [], [],
                               by != MONTH and not rows.has_case)
        _add(found[key], name, row_set, asked)
    return list(found.values())


def _add(part: _Part, name: str, row_set: RowSet, asked: Scope) -> None:
    condition, weight = row_set.where(asked, part.rows), row_set.weight(asked, part.rows)
    part.names.append(name)
    part.conditions.append(condition)
    part.sums.append(_sum(condition, ONE))
    count = total = len(part.sums) - 1
    if weight is not ONE:
        part.sums.append(_sum(condition, weight))
        total += 1
    part.places.append((count, total))


def _sum(condition: ColumnElement[bool], weight: Expression) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, weight), else_=ZERO)), ZERO), BigInteger)


def _select(number: int, part: _Part, width: int) -> Select[Any]:
    """The sums of one part, filled up to the width of the widest."""
    filling = [ZERO] * (width - len(part.sums))
    group = part.group if part.group is not None else literal_column("NULL")
    found = select(literal_column(str(number)), group, *part.sums, *filling).select_from(part.rows.table).where(
        *part.rows.where)
    if part.group is None:  # of a single row set only its own rows need reading, so that an index can find them
        return found.where(*part.conditions) if len(part.conditions) == 1 else found
    if part.is_apart:
        found = found.join(Case, Case.id == part.rows.case_id)
    return found.where(or_(*part.conditions)).group_by(group)


def sides(measures: Mapping[str, Measure], side: Iterable[str]) -> int:
    """What the row sets of a side of a figure come to: their number, or with ``.n`` what they weigh."""
    found = 0
    for name in side:
        one = measures[name.removesuffix(".n")]
        found += one.total if name.endswith(".n") else one.count
    return found


def withheld(asked: Scope, name: str) -> int:
    """How many rows of a row set belong to cases that count for the reader and that he may not open."""
    rows = ROW_SETS[name].select(asked).subquery()
    return db.session.scalar(select(func.count()).select_from(rows).join(Case, Case.id == rows.c.case_id).where(
        door.is_withheld(asked.actor))) or 0
