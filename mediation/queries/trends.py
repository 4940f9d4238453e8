"""What the pictures of the statistics show: months, the way of the money, ages; the same rows as the figures."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, union_all

from mediation.extensions import db
from mediation.models import Case
from mediation.queries import conditions, durations, figures, statistics
from mediation.queries.statistics import Scope
from mediation.rules import words
from mediation.rules.language import Text
from mediation.rules.workdays import add_months

MOST_MONTHS = 24
# Days from, to (None: no end).
AGES = ((0, 7), (8, 15), (16, 30), (31, 60), (61, None))


class Month(NamedTuple):
    """What came and went in a month, and what was left open at its end (or at the cut-off)."""

    first: date
    code: str
    accepted: int
    settled: int
    closed: int
    backlog: int


class Bar(NamedTuple):
    """One bar with its number; ``href`` opens its rows."""

    label: Text
    value: int
    href: str
    tone: str = "info"


def months(asked: Scope) -> list[Month]:
    """The months of the period up to the cut-off, the newest 24; empty for a period without both ends."""
    if not (asked.period.first and asked.period.last):
        return []
    last = min(asked.period.last, asked.cut_off)
    begin = max(asked.period.first, add_months(last.replace(day=1), 1 - MOST_MONTHS))
    counts = _by_month(asked, begin, last)
    found, left = [], counts["before", None]
    on = begin.replace(day=1)
    while on <= last:
        month = (on.year, on.month)
        left += counts.get(("received", month), 0) - counts.get(("ended", month), 0)
        found.append(Month(on, f"{on:%Y-%m}", *(counts.get((name, month), 0) for name in ("accepted", "settled",
                                                                                        "closed")), left))
        on = add_months(on, 1)
    return found


def _by_month(asked: Scope, begin: date, last: date) -> dict[tuple, int]:
    """Cases by month of each of their days, and how many were open before; one statement."""
    is_counted = or_(Case.outcome == "", Case.concluded_on.is_not(None))
    came = and_(asked.rows, Case.received_on.is_not(None), is_counted)
    ended = and_(came, Case.outcome != "")
    days = {"accepted": (Case.accepted_on, and_(asked.rows, Case.outcome != "DUPLICATE")),
            "settled": (Case.concluded_on, and_(asked.rows, Case.outcome.in_(words.SUCCESS))),
            "closed": (Case.closed_on, and_(asked.rows, Case.is_open == 0)),
            "received": (Case.received_on, came), "ended": (Case.concluded_on, ended)}
    parts = [_counted(name, column, and_(rows, column >= begin, column <= last))
             for name, (column, rows) in days.items()]
    before = func.coalesce(func.sum(case((and_(Case.outcome != "", Case.concluded_on < begin), 0), else_=1)), 0)
    parts.append(select(literal("before"), literal(0), literal(0), before).where(came, Case.received_on < begin))
    found = {}
    for name, year, month, n in db.session.execute(union_all(*parts)):
        found[name, (int(year), int(month)) if year else None] = int(n)
    return found


def _counted(name: str, column: ColumnElement, rows: ColumnElement[bool]):
    year, month = func.extract("year", column), func.extract("month", column)
    return select(literal(name), year, month, func.count()).select_from(Case).where(rows).group_by(year, month)


FUNNEL: tuple[tuple[Text, str, str], ...] = (
    (Text("诉求", "Claimed"), "claimed", "info"), (Text("协议", "Agreed"), "cohort_agreements", "info"),
    (Text("到期应付", "Due by now"), "cohort_due", "warn"), (Text("已到账", "Arrived"), "cohort_arrivals", "good"),
    (Text("未到账", "Outstanding"), "cohort_outstanding", "late"))


def funnel(asked: Scope) -> list[Bar]:
    """What became of the money of the cases accepted in the period, as of the cut-off."""
    sums = figures.measure(asked, [name for _label, name, _tone in FUNNEL])
    return [Bar(label, sums[name].total, statistics.rows_href(asked, name), tone) for label, name, tone in FUNNEL]


def late_money(asked: Scope) -> list[Bar]:
    """The unpaid rest of late instalments by age."""
    names = {band: f"late_{band}" for band in conditions.BANDS}
    sums = figures.measure(asked, list(names.values()))
    return [Bar(Text(conditions.BAND_WORDS[band].zh, conditions.BAND_WORDS[band].en), sums[name].total,
                statistics.rows_href(asked, name), "late") for band, name in names.items()]


def ages(asked: Scope, population: str = "open_running") -> list[Bar]:
    """How many cases took how many days: open ones to the cut-off, closed ones to their closing."""
    spread = durations.spread(population, asked, is_working=False)
    href = statistics.rows_href(asked, population)
    return [Bar(_band(first, last), sum(n for days, n in spread.items() if first <= days and (
        last is None or days <= last)), href) for first, last in AGES]


def _band(first: int, last: int | None) -> Text:
    if last is None:
        return Text(f"{first - 1}天以上", f"over {first - 1} days")
    return Text(f"{first}–{last}天", f"{first}–{last} days")


def by_kind(asked: Scope) -> list[Bar]:
    """Cases accepted in the period by their main head."""
    rows = db.session.execute(select(Case.main_head, func.count()).where(asked.is_accepted).group_by(
        Case.main_head).order_by(func.count().desc(), Case.main_head))
    found = []
    for code, n in rows:
        word = words.HEADS.get(code)
        label = Text(word.zh, word.en) if word else Text("没填", "not given")
        found.append(Bar(label, int(n), statistics.rows_href(asked, "accepted", kind=code) if word else ""))
    return found


DRAWN: dict[str, Callable[[Scope], list[Bar]]] = {
    "funnel": funnel, "late": late_money, "open": ages, "closed": lambda asked: ages(asked, "closed_dated"),
    "kinds": by_kind}
