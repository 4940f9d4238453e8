"""The figures of reports: each with its formula in words, numerator, denominator and the address of its rows.

Definitions stand in rules/reporting.py and decisions.md (Figures). Everything passes the door; a station counts with
all below it, by where the case lay at acceptance.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, case, func, select

from mediation.extensions import db
from mediation.models import Agreement, Case, HouseSetting, Instalment, InstalmentShare, Payment
from mediation.queries import balances, door, keys, scopes
from mediation.queries.scopes import FILTERS, Scope, address, query_of, rows_href  # noqa: F401
from mediation.rules import reporting, words
from mediation.rules.access import Actor
from mediation.rules.language import Text
from mediation.rules.money import print_yuan
from mediation.rules.spans import Span

NOTE = "report-note:"  # + station code + ':' + period: a setting that says where published figures come from


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


scope = scopes.read


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
