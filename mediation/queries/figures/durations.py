"""Figures of time: days in natural and working days, the legal limit of each case, and how long money took to come.

They are counted from distinct pairs of days, so that their number grows with the days of a period and not with its
cases; what the clocks say is asked once for all cases with the same facts.
"""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy import Row as Fetched

from mediation.extensions import db
from mediation.models import Case, CaseFact, ClockChange, Payment
from mediation.queries.audit import contradictions
from mediation.queries.figures import kept, month_sums, row_sets
from mediation.queries.figures.measures import Measure
from mediation.queries.figures.scopes import Scope
from mediation.queries.law import clocks
from mediation.queries.money import balances
from mediation.rules.figures import catalogue as rules_figures
from mediation.rules.law import clocks as rules
from mediation.rules.law.clocks import Clock
from mediation.rules.law.workdays import Calendar, is_workday

DAY = timedelta(1)
SHARES = (50, 80, 100)
# Row sets of cases closed within so many days, natural or working ones.
CLOSED_WITHIN: dict[str, tuple[int, bool]] = {
    f"closed_{n}{'_wd' if is_working else ''}": (n, is_working) for n in (15, 30, 60) for is_working in (False, True)}
LONGEST_LIMIT = timedelta(120)  # from receipt or acceptance to the end of a mediation period without extensions


class Row(NamedTuple):
    """A row of a row set, as ``sources.columns``."""

    key: int
    case_id: int | None
    since: date | None
    on: date | None
    n: int


class Workdays:
    """How many working days lie after one day and up to another, reckoned once for all days between two."""

    def __init__(self, calendar: Calendar, first: date, last: date):
        self.first = first
        self.sums = list(accumulate(is_workday(first + DAY * i, calendar) for i in range((last - first).days + 1)))

    def between(self, since: date, on: date) -> int:
        return self.sums[(on - self.first).days] - self.sums[(since - self.first).days]


def spread(name: str, asked: Scope, is_working: bool) -> rules_figures.Histogram:
    """How many rows of a row set took how many days."""
    if name in COMPUTED:
        rows = asked.once(f"rows:{name}", COMPUTED[name])
        return rules_figures.histogram(((row.on - row.since).days, 1) for row in rows if row.since and row.on)
    if name == "closed_dated" and not is_working and (parts := month_sums.split(asked)) is not None:
        kept_days: rules_figures.Histogram = asked.once("took", lambda _scope: _took(parts))
        return kept_days
    pairs = asked.once(f"pairs:{name}", lambda scope: _pairs(name, scope))
    return _reckon(pairs, is_working, asked)


def _took(parts: month_sums.Split) -> rules_figures.Histogram:
    """How many cases were closed after so many days: whole months as they are kept, the days around them counted."""
    found = Counter(month_sums.took(parts.whole))
    for border in parts.borders:
        found.update(_reckon(_pairs("closed_dated", border), False, border))
    return found


def _pairs(name: str, asked: Scope) -> list[tuple[date, date, int]]:
    if name == "open_running" and month_sums.is_told(asked):  # those that are paused are few, and not kept
        days = Counter(month_sums.open_days(asked))
        days.subtract({since: n for since, _on, n in _pairs("open_paused", asked)})
        return [(since, asked.cut_off, n) for since, n in days.items() if n]
    return [(since, on, int(n)) for since, on, n in kept.run(asked, _select_pairs, name)]


def _select_pairs(asked: Scope, name: str) -> Select[Any]:
    rows = row_sets.ROW_SETS[name].select(asked).subquery()
    return select(rows.c.since, rows.c.on, func.count()).where(
        rows.c.since.is_not(None), rows.c.on.is_not(None)).group_by(rows.c.since, rows.c.on)


def _reckon(pairs: list[tuple[date, date, int]], is_working: bool, asked: Scope) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    if pairs:
        count = counter(pairs, is_working, asked)
        for since, on, n in pairs:
            found[count(since, on)] += n
    return found


def counter(pairs: Iterable[tuple[Any, ...]], is_working: bool, asked: Scope) -> Callable[[date, date], int]:
    """The function that counts the days of these pairs; only working days ask for the calendar."""
    if not is_working:
        return lambda since, on: (on - since).days
    calendar = asked.once("calendar", lambda _scope: clocks.calendar())
    days = [day for since, on, *_rest in pairs for day in (since, on)]
    return Workdays(calendar, min(days), max(days)).between


def rows_of(name: str, asked: Scope) -> list[Row]:
    """All rows of a row set of the table."""
    return [Row(*row) for row in db.session.execute(row_sets.ROW_SETS[name].select(asked))]


def _within(days: int, is_working: bool) -> Callable[[Scope], list[Row]]:
    """Cases closed within so many days from their receipt."""
    def build(asked: Scope) -> list[Row]:
        rows = asked.once("closed_dated", lambda scope: rows_of("closed_dated", scope))
        count = counter([(r.since, r.on) for r in rows] or [(asked.cut_off,) * 2], is_working, asked)
        return [row for row in rows if count(row.since, row.on) <= days]
    return build


# The legal limit --------------------------------------------------------------------------------------------------

class Limit(NamedTuple):
    """The end of a case's mediation period: before and after what was decided about it; None while it stands still."""

    case_id: int
    first_on: date
    due_on: date | None
    is_moved_by: date | None  # the first day on which an extension or pause was agreed
    concluded_on: date | None
    received_on: date


FIELDS = (Case.id, Case.channel, Case.procedure, Case.is_civil, Case.received_on, Case.consented_on, Case.accepted_on,
          Case.concluded_on, Case.rules_on)


def _limits(asked: Scope, *where: ColumnElement[bool]) -> Iterator[Limit]:
    """The limit of every case that has one; late entries start no clock."""
    rows = select(*FIELDS).where(asked.rows, Case.is_late_entry.is_(False), Case.received_on.is_not(None), *where)
    cases = db.session.execute(rows).all()
    told = clocks.by_case(select(CaseFact.case_id, CaseFact.fact, CaseFact.on).join(
        Case, Case.id == CaseFact.case_id).where(
        asked.rows, CaseFact.dropped_on.is_(None), CaseFact.fact.in_(("platform_accepted", "papers_signed",
                                                                      "received", "accepted", "consented")), *where))
    changes = clocks.by_case(select(ClockChange.case_id, ClockChange.rule, ClockChange.kind, ClockChange.from_on,
                              ClockChange.to_on).join(Case, Case.id == ClockChange.case_id).where(
        asked.rows, ClockChange.rule.in_(row_sets.MEDIATION_PERIODS), ClockChange.from_on <= asked.cut_off,
        *where).order_by(ClockChange.id))
    calendar = asked.once("calendar", lambda _scope: clocks.calendar())

    run = clocks.runner(calendar, asked.cut_off)

    def clock(channel: str, procedure: str, is_civil: bool, facts: tuple[tuple[str, date], ...],
              *rest: Any) -> Clock | None:
        wanted = f"M-{channel}" if dict(facts).get("accepted") else "L1"
        return rules.find_clock(run(channel, procedure, is_civil, facts, *rest), wanted)

    for case in cases:
        facts = tuple(sorted({**_days_of(case), **dict(told.get(case.id, ()))}.items()))
        key = (case.channel, case.procedure, case.is_civil, facts, case.rules_on if case.accepted_on else None)
        moved = changes.get(case.id, ())
        plain = clock(*key, ())
        if plain is None or plain.due is None:
            continue
        present = clock(*key, tuple(moved)) if moved else plain
        assert present is not None  # decisions move the end of a period, they end none
        yield Limit(case.id, plain.due, present.due,
                    min((one[2] for one in moved), default=None), case.concluded_on, case.received_on)


def _days_of(case: Fetched[Any]) -> dict[str, date]:
    days = {"received": case.received_on, "accepted": case.accepted_on, "consented": case.consented_on,
            "papers_signed": case.received_on if case.channel in "EF" else None}
    return {name: day for name, day in days.items() if day is not None}


def _limits_due(asked: Scope) -> list[Limit]:
    """Accepted cases whose mediation period, before any extension, ended in the period and by the cut-off."""
    last = min(filter(None, (asked.days.last, asked.cut_off)))
    near = [Case.accepted_on.is_not(None), Case.outcome != "DUPLICATE", Case.accepted_on <= last]
    if asked.days.first:
        near.append(Case.accepted_on >= asked.days.first - LONGEST_LIMIT)
    return [limit for limit in _limits(asked, *near) if limit.first_on <= last and asked.days.holds(limit.first_on)]


def is_kept(limit: Limit, cut_off: date) -> bool:
    """Concluded by the limit, or lawfully extended or paused by then and not overrun by the cut-off."""
    done = limit.concluded_on if limit.concluded_on and limit.concluded_on <= cut_off else None
    if done and done <= limit.first_on:
        return True
    if limit.is_moved_by is None or limit.is_moved_by > limit.first_on:
        return False
    return limit.due_on is None or (done or cut_off) <= limit.due_on


def _limit_rows(only_kept: bool) -> Callable[[Scope], list[Row]]:
    def build(asked: Scope) -> list[Row]:
        return [Row(limit.case_id, limit.case_id, limit.received_on, limit.first_on, 1)
                for limit in asked.once("limits", _limits_due) if not only_kept or is_kept(limit, asked.cut_off)]
    return build


def _open_over(asked: Scope) -> list[Row]:
    """Open cases, not paused, past the limit that runs for them: to accept, or to mediate."""
    rows = _limits(asked, row_sets.is_open_on(asked.cut_off), ~row_sets.is_paused_on(asked.cut_off))
    return [Row(limit.case_id, limit.case_id, limit.received_on, limit.due_on, 1) for limit in rows
            if limit.due_on and limit.due_on < asked.cut_off]


# How long money took ----------------------------------------------------------------------------------------------

class _Promise(NamedTuple):
    id: int
    case_id: int
    since: date
    agreed_fen: int
    came: list[tuple[date, int]]


def _promises(asked: Scope) -> list[_Promise]:
    """Agreements on money effective in the period, with the money of their case by days."""
    agreed = [row for row in rows_of("agreements", asked) if row.on is not None and row.n > 0]
    effective = row_sets.ROW_SETS["agreements"].select(asked).subquery()
    came = clocks.by_case(select(Payment.case_id, Payment.paid_on, func.sum(
        Payment.amount_fen * balances.arrived_sign())).where(
        Payment.case_id.in_(select(effective.c.case_id)), balances.counts(), Payment.paid_on <= asked.cut_off).group_by(
        Payment.case_id, Payment.paid_on).order_by(Payment.paid_on))
    return [_Promise(row.key, row.case_id, row.on, row.n, came.get(row.case_id, []))
            for row in agreed if row.case_id is not None and row.on is not None]


def reached_on(promise: _Promise, percent: int) -> date | None:
    """The first day by which so many per cent of the agreed sum had arrived, counted from the day it took effect."""
    total = 0
    for on, fen in promise.came:
        total += int(fen)
        if 100 * total >= percent * promise.agreed_fen:
            return max(on, promise.since)
    return None


def _money(percent: int, is_reached: bool) -> Callable[[Scope], list[Row]]:
    def build(asked: Scope) -> list[Row]:
        rows = [(promise, reached_on(promise, percent)) for promise in asked.once("promises", _promises)]
        return [Row(p.id, p.case_id, p.since, on, p.agreed_fen) for p, on in rows if (on is not None) == is_reached]
    return build


def _money_agreements(asked: Scope) -> list[Row]:
    return [Row(p.id, p.case_id, p.since, p.since, p.agreed_fen) for p in asked.once("promises", _promises)]


def _sound(asked: Scope) -> list[Row]:
    """Closed cases in which nothing contradicts itself (rules/audit/contradictions.py)."""
    faulty = contradictions.faulty_ids(row_sets.is_closed(asked), asked.cut_off)
    return [row for row in rows_of("closed", asked) if row.key not in faulty]


COMPUTED: Mapping[str, Callable[[Scope], list[Row]]] = {
    "open_over": _open_over, "limit_due": _limit_rows(False), "limit_kept": _limit_rows(True),
    "money_agreements": _money_agreements, "sound": _sound,
    **{f"money_{n}": _money(n, True) for n in SHARES}, **{f"money_{n}_yet": _money(n, False) for n in SHARES},
    **{name: _within(days, is_working) for name, (days, is_working) in CLOSED_WITHIN.items()},
}


def measure(name: str, asked: Scope) -> Measure:
    """Number and sum of a computed row set; cases by their days are counted without reading them one by one."""
    if name in CLOSED_WITHIN:
        days, is_working = CLOSED_WITHIN[name]
        found = sum(n for took, n in spread("closed_dated", asked, is_working).items() if took <= days)
        return Measure(found, found)
    rows = asked.once(f"rows:{name}", COMPUTED[name])
    return Measure(len(rows), sum(row.n for row in rows))
