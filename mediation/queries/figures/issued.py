"""Figures that were given out: the frozen text, today's values beside it, and whether it holds."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Case, Event, IssuedFigure, Station
from mediation.queries import door
from mediation.queries.figures import figure_rows, measures, reckoning, row_sets
from mediation.queries.figures.reckoning import Report, Value
from mediation.rules import access
from mediation.rules.access import Actor

PAGE = 50
MOST_ROWS = 300  # numbers of cases kept behind one row set


def freeze(made: Report, said: Mapping[str, object]) -> str:
    """One byte-exact text of figures with all that says what they are; the cases behind them by number."""
    body = {**said, "period": made.period.code, "cut_off": made.cut_off.isoformat(), "station": made.station,
            "filters": dict(made.asked.filters),
            "figures": [{"key": v.figure.key, "label": v.figure.label.zh, "label_en": v.figure.label.en,
                         "value": v.value, "unit": v.figure.unit, "formula": v.figure.formula.zh,
                         "formula_en": v.figure.formula.en, "numerator": v.numerator, "denominator": v.denominator,
                         "is_money": v.is_money}
                        for v in made.figures],
            "rows": _members(made)}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _members(made: Report) -> dict[str, list[str]]:
    """The numbers of the cases behind every row set; left out where they are too many."""
    names = sorted({name for v in made.figures for name in v.figure.parts})
    found: dict[str, set[str]] = {name: set() for name in names}
    told = [name for name in names if name in row_sets.ROW_SETS]
    for number, row in measures.grouped(made.asked, told, "case").items():
        for name in row:
            found[name].add(str(number))
    for name in set(names) - set(told):
        ids = {row.case_id for row in figure_rows.all_rows(made.asked, name) if row.case_id}
        found[name] = set(db.session.scalars(select(Case.number).where(Case.id.in_(ids)))) if ids else set()
    return {name: sorted(numbers) for name, numbers in found.items() if 0 < len(numbers) <= MOST_ROWS}


def last_event_id() -> int:
    return db.session.scalar(select(func.max(Event.id))) or 0


# Finding ----------------------------------------------------------------------------------------------------------

def is_readable(actor: Actor) -> ColumnElement[bool]:
    """Issued for a place within the reader's statistics: his union, or his level and below."""
    scope = access.scope_of(actor.role, "statistics.read")
    if scope == "below":
        return IssuedFigure.station_id.in_(door.stations_below(actor.station_path))
    if scope == "union":
        return IssuedFigure.station_id.in_(select(Station.id).where(
            or_(Station.union_id == actor.union_id, Station.id == actor.union_id)))
    return literal(False)


def find(actor: Actor, key: int) -> IssuedFigure | None:
    return db.session.scalar(select(IssuedFigure).where(IssuedFigure.id == key, is_readable(actor)))


def page(actor: Actor, year: str = "", period: str = "", before: int | None = None) -> tuple[Sequence[IssuedFigure],
                                                                                           int | None, int]:
    """The newest issues for a year and period, the id before which the next page begins, and how many there are."""
    where = [is_readable(actor)]
    if year.isdecimal() and len(year) == 4 and year > "0000":
        where.append(IssuedFigure.issued_on.between(date(int(year), 1, 1), date(int(year), 12, 31)))
    if period:
        where.append(IssuedFigure.period == period)
    total = db.session.scalar(select(func.count()).select_from(IssuedFigure).where(*where)) or 0
    rows = select(IssuedFigure).where(*where, *([IssuedFigure.id < before] if before else [])).options(
        joinedload(IssuedFigure.station), joinedload(IssuedFigure.made_by)).order_by(IssuedFigure.id.desc())
    found = db.session.scalars(rows.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None, total


# Then and now -----------------------------------------------------------------------------------------------------

class Compared(NamedTuple):
    """A frozen figure, the same question asked again today, the same with today as cut-off, and who came and went."""

    frozen: Mapping[str, object]
    text: str
    again: Value | None
    now: Value | None
    came: tuple[str, ...]
    went: tuple[str, ...]

    @property
    def difference(self) -> str:
        """What the same question gives today, less what was given out; '' where they are equal."""
        if self.again is None or self.again.value is None or self.frozen["value"] is None:
            return ""
        gap = Decimal(str(self.again.value)) - Decimal(str(self.frozen["value"]))
        if gap == 0:
            return ""
        return f"{gap / 100:+,.2f}" if self.frozen["unit"] == "fen" else f"{gap:+}"


def compare(row: IssuedFigure, actor: Actor) -> list[Compared]:
    """Every frozen figure beside today's, for the same place, period and filters."""
    body = json.loads(row.body)
    keys = [one["key"] for one in body["figures"]]
    place = body["station"] or (row.station.code if row.station_id != actor.station_id else "")
    same = reckoning.indicators(actor, row.period, place, row.cut_off, body["filters"], keys)
    now = reckoning.indicators(actor, row.period, place, None, body["filters"], keys)
    members = _members(same)
    again, later = ({v.figure.key: v for v in made.figures} for made in (same, now))
    return [_compared(one, again.get(one["key"]), later.get(one["key"]), body["rows"], members)
            for one in body["figures"]]


def _compared(one: Mapping[str, Any], again: Value | None, now: Value | None, then: Mapping[str, Any],
              members: Mapping[str, Any]) -> Compared:
    parts = again.figure.parts if again else ()
    old = {number for name in parts for number in then.get(name, ())}
    new = {number for name in parts for number in members.get(name, ())}
    shown = Value(again.figure, one["value"], None, None, "", "").text if again else str(one["value"])
    return Compared(one, shown, again, now, tuple(sorted(new - old)), tuple(sorted(old - new)))


# Whether it holds -------------------------------------------------------------------------------------------------

def holds(row: IssuedFigure) -> bool:
    """The stored text still gives the digest, and says what the row says."""
    body = json.loads(row.body)
    said = (body["number"], body["period"], body["cut_off"], body["recipient"], body["purpose"])
    return hashlib.sha256(row.body.encode()).hexdigest() == row.digest and said == (
        row.number, row.period, row.cut_off.isoformat(), row.recipient, row.purpose)


def faults() -> Iterator[tuple[str, str, str]]:
    """Issued figures that were changed, or are no longer there, against the journal of the house."""
    told = {}
    for event in db.session.scalars(select(Event).where(Event.kind == "figures_issued")):
        data = json.loads(event.data)
        told[data["issued"]] = (data["number"], data["sha256"])
    for row in db.session.scalars(select(IssuedFigure).order_by(IssuedFigure.id)):
        if told.pop(row.id, ("", ""))[1] != row.digest or not holds(row):
            yield row.number, "出具的数字被改过", "an issued figure was changed"
    for number, _digest in told.values():
        yield number, "出具的数字不见了", "an issued figure is gone"
