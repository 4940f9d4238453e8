"""The time bar as a fold over an append-only list of interruptions (law.md 2.4); nothing is ever overwritten."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law.workdays import DAY, Calendar, add_years, roll

# The first four of TJF 27(2), the others in the order of R17 31, items (1) to (8).
INTERRUPTIONS = vocabulary(
    Word("request", "申请调解", "Mediation was asked for"),
    Word("claim", "向对方主张权利", "The claim was put to the other side"),
    Word("relief", "向有关部门请求救济", "Relief was sought from an authority"),
    Word("debtor_agreed", "对方同意履行", "The other side agreed to perform"),
    Word("no_reply", "对方不愿协商或5日未答复", "Negotiation refused, or unanswered for 5 days"),
    Word("talks_stopped", "一方停止协商", "A side stopped the negotiation"),
    Word("talks_expired", "约定的协商期满", "The negotiation period passed"),
    Word("settlement_broken", "和解协议到期未履行", "The settlement was not performed in time"),
    Word("refused", "对方不愿调解", "The other side refused mediation"),
    Word("refused_midway", "调解期限内一方不愿调解", "A side refused within the mediation period"),
    Word("period_passed", "调解期满未达成协议", "The mediation period passed without agreement"),
    Word("agreement_broken", "调解协议到期未履行", "The mediation agreement was not performed in time"),
)
# Pay in the sense of TJF 27(4): for these heads the bar does not run while the employment lasts. Double pay
# without a contract and pay for untaken leave are disputed and therefore stay under the stricter rule.
PAY_HEADS = frozenset({"wages", "minimum_wage", "overtime", "bonus"})
URGENT = timedelta(days=7)  # FY 44: legal aid may start at once when the bar is less than 7 days away
SOON = timedelta(days=30)

Pause = tuple[date, date | None]


class Interruption(NamedTuple):
    """What restarted the clock, and when; ``kind`` as in INTERRUPTIONS, '' when not told."""

    on: date
    kind: str = ""


class Restart(NamedTuple):
    """One interruption as the fold took it: whether it restarted the period, and if not, why."""

    on: date
    kind: str
    is_effective: bool
    note: Text


@dataclass(frozen=True)
class Limitation:
    """The result: where the running period starts and ends. ``due`` is None while it is suspended."""

    base_on: date
    raw: date
    due: date | None
    paused_on: date | None
    restarts: tuple[Restart, ...]

    @property
    def is_restarted(self) -> bool:
        """Whether any interruption took effect."""
        return any(restart.is_effective for restart in self.restarts)


def merge_pauses(pauses: Iterable[Pause]) -> list[Pause]:
    """Suspensions in order, overlapping ones as one; the second date is the day the count goes on."""
    merged: list[Pause] = []
    for begin, end in sorted(pauses, key=lambda pause: pause[0]):
        last_end = merged[-1][1] if merged else None
        if merged and (last_end is None or begin <= last_end):
            later = None if last_end is None or end is None else max(end, last_end)
            merged[-1] = (merged[-1][0], later)
        else:
            merged.append((begin, end))
    return merged


def _end(base_on: date, years: int, pauses: list[Pause], calendar: Calendar) -> tuple[date, date | None, date | None]:
    """Raw date, due date and the day of an open suspension for a period that starts after ``base_on``."""
    raw = add_years(base_on, years)
    for begin, end in pauses:
        begin = max(begin, base_on + DAY)
        if begin > roll(raw, calendar):
            break
        if end is None:
            return raw, None, begin
        raw += max(end - begin, timedelta())
    return raw, roll(raw, calendar), None


def limitation(base_on: date, interruptions: Iterable[Interruption], calendar: Calendar, years: int = 1,
               pauses: Iterable[Pause] = ()) -> Limitation:
    """Fold the interruptions over the period of ``years`` that ``base_on`` triggers.

    Each one inside the period starts it anew from its own day (TJF 27(2)); one before the start or after the
    end changes nothing. The last day moves past rest days. ``pauses`` suspend the count (TJF 27(3)).
    """
    stops = merge_pauses(pauses)
    raw, due, paused_on = _end(base_on, years, stops, calendar)
    restarts = []
    for one in sorted(interruptions):
        note = Text("时效自该日重新计算", "the period starts anew from this day")
        if one.on < base_on:
            note = Text("时效尚未起算，不影响", "before the period began: no effect")
        elif due is not None and one.on > due:
            note = Text("时效已届满，不再中断", "the period was over: no effect")
        is_effective = one.on >= base_on and (due is None or one.on <= due)
        if is_effective:
            base_on = one.on
            raw, due, paused_on = _end(base_on, years, stops, calendar)
        restarts.append(Restart(one.on, one.kind, is_effective, note))
    return Limitation(base_on, raw, due, paused_on, tuple(restarts))


def bar_alert(due: date | None, on: date) -> str:
    """How pressing a time bar is on ``on``: '' far off, 'soon' within 30 days, 'red' under 7, 'lapsed' after it."""
    if due is None or due - on > SOON:
        return ""
    if on > due:
        return "lapsed"
    return "red" if due - on < URGENT else "soon"


def is_aid_urgent(due: date | None, on: date) -> bool:
    """Whether legal aid may start before it is examined: the bar is less than 7 days away (Legal Aid Law 44)."""
    return bar_alert(due, on) == "red"
