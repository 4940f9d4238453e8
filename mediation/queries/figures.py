"""The figures of rules/figures.py for a scope, by groups, and the rows behind each; a bounded number of statements."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, literal, select, union_all

from mediation.extensions import db
from mediation.models import Activity, Case, Consultation, Inquiry, Letter, Payment, Station, User
from mediation.queries import door, durations, keys, populations, statistics
from mediation.queries.durations import Row
from mediation.queries.statistics import Scope
from mediation.rules import figures as rules
from mediation.rules import reporting, words
from mediation.rules.access import WITHHELD, Actor
from mediation.rules.figures import Figure
from mediation.rules.language import Problem, Refused, Text, Word, vocabulary
from mediation.rules.money import print_yuan
from mediation.rules.spans import Span

PAGE = 50
NO_ROWS = Text("没有这一组数据：{name}；可用：{known}", "There are no such rows: {name}; use {known}")
NO_GROUP = Text("没有这种分组：{name}；可用：{known}", "There is no such grouping: {name}; use {known}")


class Measure(NamedTuple):
    """How many rows a population has, and the sum of what they carry."""

    count: int
    total: int


NOTHING = Measure(0, 0)


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
        return print_yuan(value) if self.is_money else str(value)

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
    asked = statistics.scope(actor, period, station, cut_off, filters)
    return report(asked, TITLE, chosen)


UNION_TITLE = Text("工会年度调解情况", "The union's year: mediation")


def union_year(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Report:
    """What unions publish, for the union's own year: the current one unless a period is named."""
    current = f"union-{actor.today.year + (actor.today.month >= 10)}"
    asked = statistics.scope(actor, period or current, station, cut_off)
    return report(asked, UNION_TITLE, [key for key, row in rules.FIGURES.items() if row.group == "published"])


def report(asked: Scope, title: Text, chosen: Iterable[str] | None = None) -> Report:
    rows = [row for key, row in rules.FIGURES.items() if chosen is None or key in set(chosen)]
    book = Book(asked, {name for row in rows for name in row.parts})
    names = keys.find_stations(asked.actor)
    return Report(title, asked, names[asked.station].zh if asked.station else "",
                  asked.actor.name or asked.actor.username, [_value(row, book) for row in rows])


class Book:
    """The measures of populations for a scope, each reckoned once: those in SQL all in one statement."""

    def __init__(self, asked: Scope, names: Iterable[str]):
        self.asked = asked
        self.computed = {name: durations.COMPUTED[name](asked) for name in sorted(names)
                         if name in durations.COMPUTED}
        self.measures = {name: Measure(len(rows), sum(row.n for row in rows)) for name, rows in self.computed.items()}
        self.measures |= measure(asked, [name for name in names if name in populations.POPULATIONS])

    def side(self, side: str) -> int:
        """The number or sum that a side of a figure adds up to."""
        found = 0
        for name in rules.split(side):
            one = self.measures[name.removesuffix(".n")]
            found += one.total if name.endswith(".n") else one.count
        return found

    def spread(self, name: str, is_working: bool) -> rules.Histogram:
        if name in self.computed:
            return durations.spread_of(self.computed[name])
        return durations.spread(name, self.asked, is_working)


def measure(asked: Scope, names: Sequence[str]) -> dict[str, Measure]:
    """Number and sum of every named population, in one statement."""
    parts = []
    for name in names:
        rows = populations.POPULATIONS[name](asked).subquery()
        parts.append(select(literal(name), func.count(), func.coalesce(func.sum(rows.c.n), 0)).select_from(rows))
    if not parts:
        return {}
    return {name: Measure(int(n), int(total)) for name, n, total in db.session.execute(union_all(*parts))}


def _value(figure: Figure, book: Book) -> Value:
    href = statistics.rows_href(book.asked, figure.top), statistics.rows_href(book.asked, figure.bottom)
    top, bottom = book.side(figure.top), book.side(figure.bottom) if figure.bottom else None
    if _is_outside(figure, book.asked):
        return Value(figure, None, None, None, *href)
    if figure.how == "number":
        return Value(figure, top, top, None, *href)
    if bottom is not None:
        made = reporting.rate(top, bottom) if figure.how == "rate" else rules.ratio(top, bottom)
        return Value(figure, made, top, bottom, *href)
    spread = book.spread(figure.top, figure.how == "median_wd")
    made = rules.p90(spread) if figure.how == "p90" else rules.median(spread)
    return Value(figure, made, None, sum(spread.values()), href[0], href[0])


def _is_outside(figure: Figure, asked: Scope) -> bool:
    """What cannot be told for this scope: activities by channel or kind."""
    return bool(asked.filters) and any(populations.KINDS.get(name) in BESIDE for name in figure.parts)


BESIDE = frozenset({"inquiry", "activity", "letter"})


# Groups -----------------------------------------------------------------------------------------------------------

BY: dict[str, Word] = vocabulary(
    Word("station", "站点", "Site"), Word("channel", "渠道", "Channel"), Word("kind", "种类", "Kind"),
    Word("sector", "单位行业", "Employer's sector"))
GROUPED = ("accepted", "settled", "rate_accepted", "workers", "claimed_fen", "agreed_fen", "recovered_fen",
           "rate_of_concluded", "open")
FILTER_OF = {"station": "at"}


def _group_column(by: str) -> ColumnElement:
    return {"station": keys.holder(), "channel": Case.channel, "kind": Case.main_head,
            "sector": keys.sector_of_employer()}[by]


class Group(NamedTuple):
    label: Text
    href: str
    values: list[Value]


def groups(asked: Scope, by: str) -> list[Group]:
    """Some figures by station, channel, kind or sector; all groups in one statement."""
    if by not in BY:
        raise Refused([Problem("by", NO_GROUP.fill(name=by[:20], known=", ".join(BY)))])
    rows = [rules.FIGURES[key] for key in GROUPED]
    names = sorted({name for row in rows for name in row.parts})
    parts = []
    for name in names:
        found = populations.POPULATIONS[name](asked).subquery()
        group = _group_column(by)
        parts.append(select(literal(name), group, func.count(), func.coalesce(func.sum(found.c.n), 0)).select_from(
            found).join(Case, Case.id == found.c.case_id).group_by(group))
    sums: dict[object, dict[str, Measure]] = {}
    for name, group, n, total in db.session.execute(union_all(*parts)):
        sums.setdefault(group, {})[name] = Measure(int(n), int(total))
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
    href = f"/statistics/indicators?{statistics.query_of(asked, **{narrowed: word.code})}"
    book = _Narrowed({name: found.get(name, NOTHING) for row in rows for name in row.parts}, asked)
    return Group(Text(word.zh, word.en), href if is_known else "", [_value(row, book) for row in rows])


class _Narrowed(Book):
    """The measures of one group, already reckoned."""

    def __init__(self, measures: dict[str, Measure], asked: Scope):
        self.asked, self.measures, self.computed = asked, measures, {}


# Rows -------------------------------------------------------------------------------------------------------------

class Line(NamedTuple):
    """A row behind a figure as the page shows it."""

    label: Text
    href: str
    since: date | None
    on: date | None
    n: int


@dataclass(frozen=True)
class Rows:
    """A page of the rows of populations, with the number and sum of all of them."""

    names: tuple[str, ...]
    lines: list[Line]
    measure: Measure
    next_page: int | None
    unit: str  # of what the rows carry; '' where it is one each
    used_by: list[Figure]


def rows(asked: Scope, names: str, page: int = 1) -> Rows:
    """The rows behind a figure, newest first; raises Refused for an unknown name."""
    chosen = tuple(name for name in names.replace(" ", "+").split("+") if name)
    known = {*populations.POPULATIONS, *durations.COMPUTED}
    if missing := [name for name in chosen if name not in known] or not chosen:
        raise Refused([Problem("", NO_ROWS.fill(name=names[:60] if missing is True else missing[0][:60],
                                                known=", ".join(sorted(known))))])
    found = [(name, row) for name in chosen for row in all_rows(asked, name)]
    found.sort(key=lambda pair: (pair[1].on or date.min, pair[1].key), reverse=True)
    some = found[(page - 1) * PAGE:page * PAGE]
    users = [row for row in rules.FIGURES.values() if set(row.parts) & set(chosen)]
    return Rows(chosen, _lines(asked.actor, some), Measure(len(found), sum(row.n for _name, row in found)),
                page + 1 if len(found) > page * PAGE else None,
                next((rules.SUMMED[name] for name in chosen if name in rules.SUMMED), ""), users)


def all_rows(asked: Scope, name: str) -> list[Row]:
    """Every row of a population."""
    return durations.COMPUTED[name](asked) if name in durations.COMPUTED else durations.rows_of(name, asked)


LABELS: dict[str, tuple[type, str]] = {
    "letter": (Letter, "/letters/{}"), "activity": (Activity, ""), "inquiry": (Inquiry, ""),
    "consultation": (Consultation, "/consultations/{}"), "mediator": (User, "")}


def _lines(actor: Actor, some: Sequence[tuple[str, Row]]) -> list[Line]:
    ids = {row.case_id for _name, row in some if row.case_id}
    found = db.session.execute(select(Case, door.is_withheld(actor)).where(Case.id.in_(ids))) if ids else ()
    cases = {row.id: _of_case(row, bool(is_withheld)) for row, is_withheld in found}
    beside, entries = _beside(actor, some), _entries(some)
    made = []
    for name, row in some:
        kind = populations.KINDS.get(name, "")
        if kind == "payment":
            label, href = _of_entry(*cases[row.case_id], entries[row.key])
        elif kind:
            label, href = beside.get((kind, row.key), (Text("", ""), ""))
        else:
            label, href = cases[row.case_id]
        made.append(Line(label, href, row.since, row.on, row.n))
    return made


def _of_case(case: Case, is_withheld: bool) -> tuple[Text, str]:
    """A case in a list of rows; of one that may not be read only the number."""
    if is_withheld:
        return Text(f"{case.number}（{WITHHELD.zh}）", f"{case.number} ({WITHHELD.en})"), ""
    said = f"{case.number}  {case.title}"
    return Text(said, said), f"/cases/{case.number}"


def _entries(some: Sequence[tuple[str, Row]]) -> dict[int, int]:
    """The number within its case of each payment."""
    ids = {row.key for name, row in some if populations.KINDS.get(name) == "payment"}
    found = select(Payment.id, Payment.seq).where(Payment.id.in_(ids))
    return dict(db.session.execute(found).tuples().all()) if ids else {}


def _of_entry(label: Text, href: str, seq: int) -> tuple[Text, str]:
    return (Text(f"{label.zh}  第{seq}笔", f"{label.en}  entry {seq}"),
            f"{href}/agreement#entry-{seq}" if href else "")


def _beside(actor: Actor, some: Sequence[tuple[str, Row]]) -> dict[tuple[str, int], tuple[Text, str]]:
    found: dict[tuple[str, int], tuple[Text, str]] = {}
    for kind, (model, href) in LABELS.items():
        ids = {row.key for name, row in some if populations.KINDS.get(name) == kind}
        parts = [door.sighted(actor, Inquiry.case)] if model is Inquiry else []
        for row in db.session.scalars(select(model).where(model.id.in_(ids)).options(*parts)) if ids else ():
            found[kind, row.id] = _name_of(kind, row), _case_of(row) if model is Inquiry else href.format(row.id)
    return found


def _case_of(row: Inquiry) -> str:
    """The case that an inquiry became, where the reader may open it."""
    return f"/cases/{row.case.number}" if row.case else ""


def _name_of(kind: str, row) -> Text:
    if kind == "inquiry":
        word = words.HEADS[row.topic]
        return Text(f"咨询：{word.zh}", f"Inquiry: {word.en}")
    said = {"letter": "number", "activity": "title", "consultation": "number", "mediator": "name"}[kind]
    return Text(getattr(row, said), getattr(row, said))


def as_json(made: Report, language: str = "zh") -> dict:
    """The shape that scripts rely on (design.md 6)."""
    return {
        "title": made.title.say(language), "period": made.period.code, "cut_off": made.cut_off.isoformat(),
        "filters": {"station": made.station, "span": made.period.label.say(language), "made_by": made.made_by,
                    "note": made.note, **made.asked.filters},
        "figures": [{"key": v.figure.key, "label": v.figure.label.say(language), "value": v.value,
                     "unit": v.figure.unit, "formula": v.figure.formula.say(language), "numerator": v.numerator,
                     "denominator": v.denominator, "rows": v.bottom_href or v.top_href} for v in made.figures]}
