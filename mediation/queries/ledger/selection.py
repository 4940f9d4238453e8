"""What an address or a command asks of the ledger: which sheet, which rows by which days, whose, of what kind."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Station
from mediation.queries.figures import scopes
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.rules.ledger import BY, Column, Sheet, get_sheet
from mediation.rules.money import currencies

NO_STATION = Text("没有这个站点：{code}", "There is no station {code}")
NO_CODE = Text("“{said}”不在可选之列：{known}", "'{said}' is none of {known}")
TWO_PERIODS = Text("期间和起止日期只能写一种", "Give either a period or its first and last day")
WHOLE_CHAINS = Text("经过表须整列导出，否则无法核对", "The sheet of events is exported with all columns, or it cannot be checked")

Made = TypeVar("Made")


class Place(NamedTuple):
    """A station that was asked for, with all below it."""

    code: str
    path: str
    name: str


@dataclass(frozen=True)
class Selection:
    """Which rows and columns are asked for."""

    sheet: Sheet
    columns: tuple[Column, ...]
    by: str = "accepted"
    period: Span = reporting.ALL_TIME
    stations: tuple[Place, ...] = ()
    channel: str = ""
    outcome: str = ""
    kind: str = ""
    has_keys: bool = False

    @property
    def has_period(self) -> bool:
        return self.period.first is not None or self.period.last is not None

    @property
    def filters(self) -> dict[str, object]:
        """The filter as it is recorded: codes and days only."""
        found = {"by": self.by if self.has_period else "", "period": self.period.code,
                 "station": [place.code for place in self.stations], "channel": self.channel, "outcome": self.outcome,
                 "kind": self.kind, "keys": self.has_keys,
                 "columns": _keys(self.columns) if _keys(self.columns) != _keys(self.sheet.columns) else []}
        return {name: value for name, value in found.items() if value}

    def describe(self) -> Text:
        """The filter in words."""
        parts = [Text(f"{BY[self.by].zh}{self.period.label.zh}", f"{BY[self.by].en}: {self.period.label.en}")
                 if self.has_period else self.period.label]
        parts += [Text(f"{place.name}及其下级", f"{place.name} and below") for place in self.stations]
        chosen = ((self.channel, words.CHANNELS), (self.outcome, words.OUTCOMES), (self.kind, words.HEADS))
        parts += [Text(table[code].zh, table[code].en) for code, table in chosen if code]
        return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def read(given: Mapping[str, object]) -> Selection:
    """The selection that an address or a command names: sheet, by, period or from and to, station (one or several),
    channel, outcome, kind, columns, keys. Raises Refused with all problems at once."""
    problems: list[Problem] = []
    sheet = get_sheet(str(given.get("sheet") or ""))

    def one(name: str, table: Mapping[str, Word]) -> str:
        said = str(given.get(name) or "").strip()
        if said and said not in table:
            problems.append(Problem(name, NO_CODE.fill(said=said[:40], known="、".join(table))))
        return said

    def tried(act: Callable[[], Made], fallback: Made) -> Made:
        try:
            return act()
        except Refused as refusal:
            problems.extend(refusal.problems)
            return fallback

    found = Selection(
        sheet, tried(lambda: sheet.choose(_listed(given.get("columns"))), ()), one("by", BY) or "accepted",
        tried(lambda: _period(given), reporting.ALL_TIME), tried(lambda: _stations(_listed(given.get("station"))), ()),
        one("channel", words.CHANNELS), one("outcome", words.OUTCOMES), one("kind", words.HEADS),
        str(given.get("keys") or "") not in ("", "0", "False"))
    if sheet.key == "events" and found.columns not in ((), sheet.columns):
        problems.append(Problem("columns", WHOLE_CHAINS))
    if problems:
        raise Refused(problems)
    return found


def in_one_currency(asked: Selection, actor: Actor) -> Selection:
    """The same with the word of its currency in the headings of sums, in which they are said from here on.

    Raises Refused where sums of several currencies are asked for: a sheet adds them up.
    """
    if asked.sheet.key != "events" and not any(column.kind == "fen" for column in asked.columns):
        return asked
    scopes.reckon_in_one(*([place.path for place in asked.stations] or [actor.station_path]))
    word = currencies.unit().zh
    return replace(asked, columns=tuple(replace(column, money=word) if column.kind == "fen" else column
                                        for column in asked.columns))


def _keys(columns: Sequence[Column]) -> list[str]:
    return [column.key for column in columns]


def _listed(value: object) -> list[str]:
    parts = value if isinstance(value, (list, tuple)) else [value or ""]
    return [name for part in parts for name in str(part).replace("，", ",").replace(" ", ",").split(",") if name]


def _period(given: Mapping[str, object]) -> Span:
    said = str(given.get("period") or "").strip()
    first, last = (str(given.get(name) or "").strip() for name in ("from", "to"))
    if said and (first or last):
        raise Refused([Problem("period", TWO_PERIODS)])
    return reporting.read_period(f"{first}..{last}" if first or last else said)


def _stations(codes: Sequence[str]) -> tuple[Place, ...]:
    found = {place.code: place for place in map(Place._make, db.session.execute(
        select(Station.code, Station.path, Station.name).where(Station.code.in_(codes))))}
    if missing := [code for code in codes if code not in found]:
        raise Refused([Problem("station", NO_STATION.fill(code="、".join(missing)))])
    return tuple(found[code] for code in codes)
