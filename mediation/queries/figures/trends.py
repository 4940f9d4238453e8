"""What the pictures of the statistics show: months, the way of the money, ages; the same rows as the figures."""
from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from mediation.queries.desk import work_lists
from mediation.queries.figures import durations, measures, scopes
from mediation.queries.figures.measures import NOTHING, Measure
from mediation.queries.figures.scopes import Scope
from mediation.rules import words
from mediation.rules.figures import periods, reporting
from mediation.rules.language import Text
from mediation.rules.law.workdays import add_months

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


# What a month counts, in the order of Month: by the day of acceptance, of the outcome, of the closing. What is open at
# the end of a month is what is open now, less what came in since, and with what was concluded since: so nobody has to
# look at all that ever came.
COUNTED = ("accepted", "won", "closed")
CAME, ENDED, OPEN = "came", "ended", "unconcluded"


def months(asked: Scope) -> list[Month]:
    """The months of the period up to the cut-off, the newest 24; empty for a period without both ends."""
    if not (asked.period.first and asked.period.last):
        return []
    last = min(asked.period.last, asked.cut_off)
    begin = max(asked.period.first, add_months(last.replace(day=1), 1 - MOST_MONTHS))
    left = measures.totals(asked, [OPEN])[OPEN].count
    if last < asked.actor.today:  # nothing lies ahead of today
        since = replace(asked, period=reporting.after(last), cut_off=asked.actor.today, kept={})
        left -= sum(map(_gain, measures.grouped(since, (CAME, ENDED), "month").values()))
    end = _end_of_month(last) if asked.is_now else last
    whole = periods.between(begin, end)
    assert whole is not None  # both days are known
    inside = measures.grouped(replace(asked, period=whole, kept={}), (*COUNTED, CAME, ENDED), "month")
    found, on = [], last.replace(day=1)
    while on >= begin.replace(day=1):
        row = inside.get(100 * on.year + on.month, {})
        accepted, settled, closed = (row.get(name, NOTHING).count for name in COUNTED)
        found.append(Month(on, f"{on:%Y-%m}", accepted, settled, closed, left))
        left -= _gain(row)
        on = add_months(on, -1)
    return found[::-1]


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _gain(row: Mapping[str, Measure]) -> int:
    return row.get(CAME, NOTHING).count - row.get(ENDED, NOTHING).count


FUNNEL: tuple[tuple[Text, str, str], ...] = (
    (Text("诉求", "Claimed"), "claimed", "info"), (Text("协议", "Agreed"), "cohort_agreements", "info"),
    (Text("到期应付", "Due by now"), "cohort_due", "warn"), (Text("已到账", "Arrived"), "cohort_arrivals", "good"),
    (Text("未到账", "Outstanding"), "cohort_outstanding", "late"))


def funnel(asked: Scope) -> list[Bar]:
    """What became of the money of the cases accepted in the period, as of the cut-off."""
    sums = measures.totals(asked, [name for _label, name, _tone in FUNNEL])
    return [Bar(label, sums[name].total, scopes.rows_href(asked, name), tone) for label, name, tone in FUNNEL]


# Everything of the pictures that is a sum, so that a page can ask for it together with its other figures.
ROW_SETS = (OPEN, *(name for _label, name, _tone in FUNNEL), *(f"late_{band}" for band in work_lists.BANDS))


def late_money(asked: Scope) -> list[Bar]:
    """The unpaid rest of late instalments by age."""
    names = {band: f"late_{band}" for band in work_lists.BANDS}
    sums = measures.totals(asked, list(names.values()))
    return [Bar(Text(work_lists.BAND_WORDS[band].zh, work_lists.BAND_WORDS[band].en), sums[name].total,
                scopes.rows_href(asked, name), "late") for band, name in names.items()]


def ages(asked: Scope, name: str = "open_running") -> list[Bar]:
    """How many cases took how many days: open ones to the cut-off, closed ones to their closing."""
    spread = durations.spread(name, asked, is_working=False)
    href = scopes.rows_href(asked, name)
    return [Bar(_band(first, last), sum(n for days, n in spread.items() if first <= days and (
        last is None or days <= last)), href) for first, last in AGES]


def _band(first: int, last: int | None) -> Text:
    if last is None:
        return Text(f"{first - 1}天以上", f"over {first - 1} days")
    return Text(f"{first}–{last}天", f"{first}–{last} days")


def by_kind(asked: Scope) -> list[Bar]:
    """Cases accepted in the period by their main head."""
    rows = sorted(((str(code), row["accepted"].count) for code, row in measures.grouped(
        asked, ["accepted"], "kind").items()), key=lambda pair: (-pair[1], pair[0]))
    found = []
    for code, n in rows:
        word = words.HEADS.get(code)
        label = Text(word.zh, word.en) if word else Text("没填", "not given")
        found.append(Bar(label, n, scopes.rows_href(asked, "accepted", kind=code) if word else ""))
    return found


DRAWN: dict[str, Callable[[Scope], list[Bar]]] = {
    "funnel": funnel, "late": late_money, "open": ages, "closed": lambda asked: ages(asked, "closed_dated"),
    "kinds": by_kind}
