"""The figures of reports: each with its formula in words, numerator, denominator and the address of its rows.

Definitions stand in rules/reporting.py and decisions.md (Figures). Everything passes the door; a station counts with
all below it, by where the case lay at acceptance.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, case, func, select, true

from mediation.extensions import db
from mediation.models import Agreement, Case, HouseSetting, Instalment, InstalmentShare, Payment, Station
from mediation.queries import balances, door, keys
from mediation.rules import figures as figure_rules
from mediation.rules import reporting, spans, words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.money import print_yuan
from mediation.rules.spans import Span

NOTE = "report-note:"  # + station code + ':' + period: a setting that says where published figures come from


@dataclass(frozen=True)
class Scope:
    """Whose figures, of which days, looked at from which day: everything that a formula needs."""

    actor: Actor
    period: Span
    station: str
    cut_off: date
    rows: ColumnElement[bool] = field(repr=False, default_factory=true)
    filters: Mapping[str, str] = field(default_factory=dict)  # FILTERS, those that are set
    station_path: str = ""
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, reckon: Callable[[Scope], Any]) -> Any:
        """What several figures of this scope need, reckoned for the first of them."""
        if name not in self.kept:
            self.kept[name] = reckon(self)
        return self.kept[name]

    @property
    def days(self) -> Span:
        """The days that count: those of the period up to an earlier cut-off."""
        last = self.period.last
        if self.cut_off >= self.actor.today or (last is not None and last <= self.cut_off):
            return self.period
        return spans.between(self.period.first, self.cut_off) or self.period

    @property
    def is_accepted(self) -> ColumnElement[bool]:
        return and_(self.rows, keys.KEYS["accepted"].build(self.days.code or "any", self.actor))

    @property
    def is_concluded(self) -> ColumnElement[bool]:
        """Cases with an outcome that counts, by its day in the period and up to the cut-off."""
        return and_(self.rows, keys.KEYS["outcome"].build("rated", self.actor),
                    keys.in_period(Case.concluded_on, self.days), self.is_by_cut_off)

    @property
    def is_by_cut_off(self) -> ColumnElement[bool]:
        return keys.KEYS["concluded_by"].build(self.cut_off.isoformat(), self.actor)


class Result(NamedTuple):
    """A figure's value (None: nothing to divide by), what it was divided from, and the conditions of its cases."""

    value: int | str | None
    numerator: int | None
    denominator: int | None
    rows: dict[str, str]
    population: str = ""  # the rows themselves, where they are no cases


class Shown(NamedTuple):
    """A figure ready to be printed."""

    figure: reporting.Figure
    value: int | str | None
    numerator: int | None
    denominator: int | None
    href: str

    @property
    def text(self) -> str:
        """60.00 % · 150,000.00 · 10; — where there is none."""
        if self.value is None:
            return "—"
        if self.figure.unit == "fen":
            return print_yuan(int(self.value))
        return f"{self.value} %" if self.figure.unit == "%" else str(self.value)


@dataclass(frozen=True)
class Summary:
    title: Text
    period: Span
    cut_off: date
    station: str
    station_name: str
    made_by: str
    note: str
    figures: list[Shown]
    withheld: int  # of the accepted cases, those that are counted and not opened

    def get(self, key: str) -> Shown:
        return next(figure for figure in self.figures if figure.figure.key == key)


FUTURE = Text("截止日不能在今天之后", "The cut-off cannot lie in the future")
TOO_EARLY = Text("截止日早于期间的开始", "The cut-off lies before the period begins")
# What narrows the cases beside period and station: a channel, a kind, a site itself without those below, a sector.
FILTERS = ("at", "channel", "kind", "sector")


def scope(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None,
          filters: Mapping[str, str] | None = None) -> Scope:
    """Read what is asked for; raises Refused with every problem: period, station, cut_off, filters."""
    problems: list[Problem] = []
    read, chosen, rows = reporting.ALL_TIME, "", door.filter_for(actor, "statistics.read")
    try:
        read = reporting.read_period(period)
    except Refused as refusal:
        problems += refusal.problems
    try:
        chosen = keys.read_value(keys.KEYS["holder"], station, actor) if station else ""
    except Refused as refusal:
        problems += [Problem("station", problem.text) for problem in refusal.problems]
    if cut_off and cut_off > actor.today:
        problems.append(Problem("cut_off", FUTURE))
    elif cut_off and read.first and cut_off < read.first:
        problems.append(Problem("cut_off", TOO_EARLY))
    narrowed = _read_filters(filters or {}, actor, problems)
    if problems:
        raise Refused(problems)
    for name, value in (("holder", chosen), *narrowed.items()):
        if value:
            rows = and_(rows, keys.KEYS[FILTER_KEYS.get(name, name)].build(value, actor))
    return Scope(actor, read, chosen, cut_off or actor.today, rows, narrowed, _path_of(chosen, actor))


FILTER_KEYS = {"at": "holder_at"}


def _read_filters(filters: Mapping[str, str], actor: Actor, problems: list[Problem]) -> dict[str, str]:
    found = {}
    for name in FILTERS:
        if said := filters.get(name, "").strip():
            try:
                found[name] = keys.read_value(keys.KEYS[FILTER_KEYS.get(name, name)], said, actor)
            except Refused as refusal:
                problems += [Problem(name, problem.text) for problem in refusal.problems]
    return found


def _path_of(station: str, actor: Actor) -> str:
    """The path of a chosen station; the actor's own means his site."""
    if not station:
        return ""
    where = Station.id == actor.station_id if station == "own" else Station.code == station
    return db.session.scalar(select(Station.path).where(where)) or ""


def address(asked: Scope, **more: str) -> dict[str, str]:
    """The scope as an address says it."""
    return {"period": asked.period.code, "station": asked.station, "cut_off": asked.cut_off.isoformat(),
            **asked.filters, **more}


def rows_href(asked: Scope, side: str, **more: str) -> str:
    """The page of the rows behind a side of a figure."""
    if not side:
        return ""
    names = "+".join(name.removesuffix(".n") for name in figure_rules.split(side))
    return f"/statistics/rows/{names}?{query_of(asked, **more)}"


def query_of(asked: Scope, **more: str) -> str:
    """The same as the end of an address."""
    return urlencode({name: value for name, value in address(asked, **more).items() if value}, safe=",~.")


def summary(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None) -> Summary:
    """All figures of the summary for a period and a station, as they stand on the cut-off day (default: today)."""
    asked = scope(actor, period, station, cut_off)
    figures = [_shown(figure, COMPUTE[key](asked), asked) for key, figure in reporting.FIGURES.items()]
    names = keys.find_stations(actor)
    return Summary(Text("劳动争议调解情况", "Labour dispute mediation: summary"), asked.period, asked.cut_off, asked.station,
                   names[asked.station].zh if asked.station else "", actor.name or actor.username,
                   _note(asked), figures, _count(and_(asked.is_accepted, door.is_withheld(actor))))


def _note(asked: Scope) -> str:
    """What the office has to say about these figures: where a published year comes from."""
    row = db.session.get(HouseSetting, f"{NOTE}{asked.station}:{asked.period.code}")
    return row.value if row else ""


def _shown(figure: reporting.Figure, result: Result, asked: Scope) -> Shown:
    if result.population:
        return Shown(figure, result.value, result.numerator, result.denominator, rows_href(asked, result.population))
    where = {"state": "any", **result.rows}
    if asked.station:
        where["holder"] = asked.station
    return Shown(figure, result.value, result.numerator, result.denominator,
                 f"/cases?{urlencode(where, safe=',~.')}")


def as_json(made: Summary, language: str = "zh") -> dict:
    """The shape that scripts rely on (design.md 6)."""
    return {
        "title": made.title.say(language), "period": made.period.code, "cut_off": made.cut_off.isoformat(),
        "filters": {"station": made.station, "span": made.period.label.say(language), "made_by": made.made_by,
                    "note": made.note},
        "figures": [{"key": f.figure.key, "label": f.figure.label.say(language), "value": f.value,
                     "unit": f.figure.unit, "formula": f.figure.formula.say(language), "numerator": f.numerator,
                     "denominator": f.denominator, "rows": f.href} for f in made.figures]}


# The figures ------------------------------------------------------------------------------------------------------

def _count(rows: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Case).where(rows)) or 0


def _span(asked: Scope) -> str:
    return asked.days.code or "any"


def _registered(asked: Scope) -> Result:
    n = _count(and_(asked.rows, keys.in_period(Case.received_on, asked.days)))
    return Result(n, n, None, {"registered": asked.days.code} if asked.days.code else {})


def _accepted(asked: Scope) -> Result:
    n = _count(asked.is_accepted)
    return Result(n, n, None, {"accepted": _span(asked)})


def _settled_rows(asked: Scope) -> tuple[ColumnElement[bool], dict[str, str]]:
    rows = and_(asked.is_accepted, Case.outcome.in_(words.SUCCESS), asked.is_by_cut_off)
    return rows, {"accepted": _span(asked), "outcome": "success", "concluded_by": asked.cut_off.isoformat()}


def _settled(asked: Scope) -> Result:
    rows, where = _settled_rows(asked)
    n = _count(rows)
    return Result(n, n, None, where)


def _rate_accepted(asked: Scope) -> Result:
    settled, accepted = _count(_settled_rows(asked)[0]), _count(asked.is_accepted)
    return Result(reporting.rate(settled, accepted), settled, accepted, {"accepted": _span(asked)})


def _of_concluded(outcomes: frozenset[str]) -> Callable[[Scope], Result]:
    def compute(asked: Scope) -> Result:
        won, all_ = _count(and_(asked.is_concluded, Case.outcome.in_(outcomes))), _count(asked.is_concluded)
        where = {"outcome": "rated", "concluded_by": asked.cut_off.isoformat()}
        if asked.days.code:
            where["concluded"] = asked.days.code
        return Result(reporting.rate(won, all_), won, all_, where)
    return compute


def _sum_of_accepted(column: ColumnElement[int]) -> Callable[[Scope], Result]:
    def compute(asked: Scope) -> Result:
        total = int(db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(asked.is_accepted)) or 0)
        return Result(total, total, None, {"accepted": _span(asked)})
    return compute


def is_effective(asked: Scope) -> ColumnElement[bool]:
    """Agreements in force at the cut-off that took effect in the period; undated ones without a period."""
    rows = [asked.rows, balances.is_in_force(asked.cut_off)]
    if not reporting.is_all(asked.period):
        rows += [keys.in_period(Agreement.effective_on, asked.period), Agreement.effective_on <= asked.cut_off]
    return and_(*rows)


def _agreed(asked: Scope) -> Result:
    total = int(db.session.scalar(
        select(func.coalesce(func.sum(InstalmentShare.amount_fen), 0))
        .join(Instalment, Instalment.id == InstalmentShare.instalment_id)
        .join(Agreement, Agreement.id == Instalment.agreement_id).join(Case, Case.id == Agreement.case_id)
        .where(is_effective(asked), balances.is_bound())) or 0)
    return Result(total, total, None, {}, "agreements")


def arrived(period: Span, rows: ColumnElement[bool], cut_off: date | None = None) -> tuple[int, int]:
    """Money that arrived in a period with proof, in fen, and the number of cases it came to."""
    wanted = [rows, keys.is_proved(period)]
    if cut_off is not None:
        wanted.append(keys.in_period(func.coalesce(Payment.paid_on, cut_off), reporting.until(cut_off)))
    total, number = db.session.execute(
        select(func.coalesce(func.sum(Payment.amount_fen * balances.arrived_sign()), 0),
               func.count(Payment.case_id.distinct())).join(Case, Case.id == Payment.case_id).where(*wanted)).one()
    return int(total), int(number)


def _recovered(asked: Scope) -> Result:
    total, _number = arrived(asked.period, asked.rows, asked.cut_off)
    return Result(total, total, None, {}, "arrivals")


def _outstanding(asked: Scope) -> Result:
    sums = balances.per_case(asked.cut_off, asked.rows).subquery()
    total = int(db.session.scalar(select(func.coalesce(func.sum(sums.c.outstanding), 0))) or 0)
    return Result(total, total, None, {"owing": asked.cut_off.isoformat()})


def _performance_rate(asked: Scope) -> Result:
    """Cases with money agreed, effective in the period, and those of them in which every worker was paid in full."""
    effective = select(Agreement.case_id).join(Case, Case.id == Agreement.case_id).where(is_effective(asked))
    sums = balances.per_case(asked.cut_off, and_(asked.rows, Case.id.in_(effective))).subquery()
    paid = case((sums.c.unperformed == 0, 1), else_=0)
    done, all_ = db.session.execute(select(func.coalesce(func.sum(paid), 0), func.count()).select_from(sums).where(
        sums.c.agreed > 0)).one()
    return Result(reporting.rate(int(done), int(all_)), int(done), int(all_), {"effective": _span(asked)})


COMPUTE: dict[str, Callable[[Scope], Result]] = {
    "registered": _registered, "accepted": _accepted, "settled": _settled, "rate_accepted": _rate_accepted,
    "rate_closed": _of_concluded(words.SUCCESS), "rate_agreement_only": _of_concluded(frozenset({"AGREED"})),
    "workers": _sum_of_accepted(Case.headcount), "claimed_fen": _sum_of_accepted(Case.claimed_fen),
    "agreed_fen": _agreed, "recovered_fen": _recovered, "outstanding_fen": _outstanding,
    "performance_rate": _performance_rate,
}
