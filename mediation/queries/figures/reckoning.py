"""The figures of rules/figures/catalogue.py for a scope and by groups: what pages, reports, returns and files of
figures show.

What is counted is said by row sets and counted by ``measures.py``; here it becomes a value with its two parts, its
words, and the addresses of the rows behind it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Station
from mediation.queries.cases import case_filters
from mediation.queries.figures import durations, measures, row_sets, scopes
from mediation.queries.figures.measures import NOTHING, Measure
from mediation.queries.figures.scopes import Scope
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.figures import reporting
from mediation.rules.figures.catalogue import Figure
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text, Word, vocabulary
from mediation.rules.money.amounts import print_yuan

NO_GROUP = Text("没有这种分组：{name}；可用：{known}", "There is no such grouping: {name}; use {known}")
Href = Callable[[Scope, str], str]


class Value(NamedTuple):
    """A figure reckoned: an integer, or a text with two decimals; None where there is nothing to divide by."""

    figure: Figure
    value: int | str | None
    numerator: int | None
    denominator: int | None
    top_href: str
    bottom_href: str

    @property
    def text(self) -> str:
        if self.value is None:
            return "—"
        if self.figure.unit == "fen":
            return print_yuan(int(self.value))
        return f"{self.value} %" if self.figure.unit == "%" else str(self.value)

    def part(self, value: int | None) -> str:
        """Numerator or denominator as it is read: money in yuan."""
        if value is None:
            return ""
        return print_yuan(value) if self.is_money or self.figure.unit == "fen" else str(value)

    @property
    def href(self) -> str:
        """The rows behind the figure: those it is a part of, or is."""
        return self.bottom_href or self.top_href

    @property
    def is_money(self) -> bool:
        return self.figure.how == "rate" and self.figure.top.endswith(".n")


@dataclass(frozen=True)
class Report:
    """Figures with everything that says what they cover."""

    title: Text
    asked: Scope
    station_name: str
    made_by: str
    figures: Sequence[Value]
    note: str = ""
    withheld: int = 0  # of the accepted cases, those that are counted and not opened, where a report says so

    @property
    def period(self) -> Span:
        return self.asked.period

    @property
    def cut_off(self) -> date:
        return self.asked.cut_off

    @property
    def station(self) -> str:
        return self.asked.station

    def get(self, key: str) -> Value:
        return next(value for value in self.figures if value.figure.key == key)


TITLE = Text("调解统计指标", "Indicators of mediation")


def indicators(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None,
               filters: Mapping[str, str] | None = None, chosen: Iterable[str] | None = None) -> Report:
    """The figures (all, or those with the ``chosen`` keys) as they stand on the cut-off day; default: today."""
    return report(scopes.read(actor, period, station, cut_off, filters), TITLE, chosen)


UNION_TITLE = Text("工会年度调解情况", "The union's year: mediation")


def union_year(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Report:
    """What unions publish, for the union's own year: the current one unless a period is named."""
    current = f"union-{actor.today.year + (actor.today.month >= 10)}"
    asked = scopes.read(actor, period or current, station, cut_off)
    return report(asked, UNION_TITLE, [key for key, row in rules.FIGURES.items() if row.group == "published"])


def report(asked: Scope, title: Text, chosen: Iterable[str] | None = None) -> Report:
    """Figures of the table under a title: all, or those with the ``chosen`` keys."""
    wanted = rules.FIGURES if chosen is None else set(chosen)
    return made_of([row for key, row in rules.FIGURES.items() if key in wanted], asked, title)


def made_of(rows: Sequence[Figure], asked: Scope, title: Text, href: Href = scopes.rows_href) -> Report:
    """Any figures as a report; ``href`` gives the address of the rows behind a side."""
    book = Book(asked, {name for row in rows for name in row.parts})
    names = case_filters.find_stations(asked.actor) if asked.station else {}
    return Report(title, asked, names[asked.station].zh if asked.station else "",
                  asked.actor.name or asked.actor.username, [value_of(row, book, href) for row in rows])


class Book:
    """The measures of row sets for a scope, each reckoned once: those in SQL all in one statement."""

    def __init__(self, asked: Scope, names: Iterable[str]):
        self.asked = asked
        told = [name for name in names if name in durations.COMPUTED]
        self.measures = {name: durations.measure(name, asked) for name in sorted(told)}
        self.measures |= measures.totals(asked, [name for name in names if name in row_sets.ROW_SETS])

    def side(self, side: str) -> int:
        """The number or sum that a side of a figure adds up to."""
        return measures.sides(self.measures, rules.split(side))

    def spread(self, name: str, is_working: bool) -> rules.Histogram:
        return durations.spread(name, self.asked, is_working)


def value_of(figure: Figure, book: Book, href: Href = scopes.rows_href) -> Value:
    """A figure reckoned from the measures of a book."""
    links = href(book.asked, figure.top), href(book.asked, figure.bottom)
    top, bottom = book.side(figure.top), book.side(figure.bottom) if figure.bottom else None
    if _is_outside(figure, book.asked):
        return Value(figure, None, None, None, *links)
    if figure.how == "number":
        return Value(figure, top, top, None, *links)
    if bottom is not None:
        made = reporting.rate(top, bottom) if figure.how == "rate" else rules.ratio(top, bottom)
        return Value(figure, made, top, bottom, *links)
    spread = book.spread(figure.top, figure.how == "median_wd")
    made = rules.p90(spread) if figure.how == "p90" else rules.median(spread)
    return Value(figure, made, None, sum(spread.values()), links[0], links[0])


def list_href(asked: Scope, side: str) -> str:
    """The list of cases with the rows behind a side, so that they can be narrowed further; where these are no cases,
    or the list cannot say which, the page of rows."""
    names = rules.split(side)
    if not names:
        return ""
    where = row_sets.ROW_SETS[names[0].removesuffix(".n")].listed(asked) if len(names) == 1 else None
    if where is None or asked.filters:
        return scopes.rows_href(asked, side)
    place = {"holder": asked.station} if asked.station else {}
    return f"/cases?{urlencode({'state': 'any', **where, **place}, safe=',~.')}"


def _is_outside(figure: Figure, asked: Scope) -> bool:
    """What cannot be told for this scope: activities by channel or kind."""
    return bool(asked.filters) and any(row_sets.KINDS.get(name) in BESIDE for name in figure.parts)


BESIDE = frozenset({"inquiry", "activity", "lead", "letter"})


# Groups -----------------------------------------------------------------------------------------------------------

BY: dict[str, Word] = vocabulary(
    Word("station", "站点", "Site"), Word("channel", "渠道", "Channel"), Word("kind", "种类", "Kind"),
    Word("sector", "单位行业", "Employer's sector"))
GROUPED = ("accepted", "settled", "rate_accepted", "workers", "claimed_fen", "agreed_fen", "recovered_fen",
           "rate_of_concluded", "open")
FILTER_OF = {"station": "at"}


class Group(NamedTuple):
    label: Text
    href: str
    values: list[Value]


def groups(asked: Scope, by: str) -> list[Group]:
    """Some figures by station, channel, kind or sector; all groups in one statement."""
    if by not in BY:
        raise Refused([Problem("by", NO_GROUP.fill(name=by[:20], known=", ".join(BY)))])
    rows = [rules.FIGURES[key] for key in GROUPED]
    sums = measures.grouped(asked, sorted({name for row in rows for name in row.parts}), by)
    labels = _group_labels(by, sums)
    made = [_group(asked, by, labels[code], rows, found) for code, found in sums.items()]
    return sorted(made, key=lambda group: -int(group.values[0].value or 0))


def _group_labels(by: str, sums: Mapping[object, object]) -> dict[object, Word]:
    if by == "station":
        rows = db.session.execute(select(Station.id, Station.code, Station.short_name).where(Station.id.in_(sums)))
        return {key: Word(code, name, name) for key, code, name in rows}
    table = {"channel": words.CHANNELS, "kind": words.HEADS, "sector": words.SECTORS}[by]
    return {code: table.get(str(code)) or Word("none", "没有查明或没填", "Not known") for code in sums}


def _group(asked: Scope, by: str, word: Word, rows: Sequence[Figure], found: Mapping[str, Measure]) -> Group:
    narrowed = FILTER_OF.get(by, by)
    is_known = word.code != "none" or by == "sector"
    href = f"/statistics/indicators?{scopes.query_of(asked, **{narrowed: word.code})}"
    book = _Narrowed({name: found.get(name, NOTHING) for row in rows for name in row.parts}, asked)
    return Group(Text(word.zh, word.en), href if is_known else "", [value_of(row, book) for row in rows])


class _Narrowed(Book):
    """The measures of one group, already reckoned."""

    def __init__(self, found: dict[str, Measure], asked: Scope):
        self.asked, self.measures = asked, found


def as_json(made: Report, language: str = "zh") -> dict[str, Any]:
    """The shape that scripts rely on (design.md 6)."""
    return {
        "title": made.title.say(language), "period": made.period.code, "cut_off": made.cut_off.isoformat(),
        "filters": {"station": made.station, "span": made.period.label.say(language), "made_by": made.made_by,
                    "note": made.note, **made.asked.filters},
        "figures": [{"key": v.figure.key, "label": v.figure.label.say(language), "value": v.value,
                     "unit": v.figure.unit, "formula": v.figure.formula.say(language), "numerator": v.numerator,
                     "denominator": v.denominator, "rows": v.href} for v in made.figures]}
