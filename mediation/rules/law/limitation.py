"""The time bar as a fold over an append-only list of interruptions (law.md 2.4); nothing is ever overwritten."""
from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law.limits import Standstill
from mediation.rules.law.workdays import DAY, Calendar, add_months, add_years, roll

# The first four of TJF 27(2), the next in the order of R17 31, items (1) to (8); then what CC 195 and JE 20 add.
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
    Word("sued", "起诉、申请仲裁", "A suit was filed or arbitration applied for"),
    Word("enforcement_asked", "申请执行", "Enforcement was applied for"),
    Word("enforcement_deal", "执行中达成和解", "A settlement in enforcement"),
)
OF_ENFORCEMENT = frozenset({"claim", "debtor_agreed", "enforcement_asked", "enforcement_deal"})
OF_CLAIMS = frozenset(INTERRUPTIONS) - {"enforcement_asked", "enforcement_deal"}
# Pay in the sense of TJF 27(4): for these heads the bar does not run while the employment lasts. Double pay
# without a contract and pay for untaken leave are disputed and therefore stay under the stricter rule.
PAY_HEADS = frozenset({"wages", "minimum_wage", "overtime", "bonus"})
# The columns of a case from which time bars run, and how the event of a correction calls them.
STARTS = {"employment_ended_on": "ended", "infringement_known_on": "known"}
AID = timedelta(days=7)  # FY 44: legal aid may start at once when the bar is less than 7 days away
RED = timedelta(days=15)
SOON = timedelta(days=30)

AT_ANY_TIME = Standstill("TJF 27(3); R33 28", "H")

Pause = tuple[date, date | None]


class Interruption(NamedTuple):
    """What restarted the clock, and when; ``kind`` as in INTERRUPTIONS, '' when not told."""

    on: date
    kind: str = ""


class Restart(NamedTuple):
    """One interruption as the fold took it: whether it restarted the period, if not, why, and the last day (``due``)
    as it then stood; None while the period stood still."""

    on: date
    kind: str
    is_effective: bool
    note: Text
    due: date | None = None


@dataclass(frozen=True)
class Limitation:
    """The result: where the running period starts and ends. ``due`` is None while it is suspended. ``first_on`` and
    ``first_due``: where it began and would have ended without any interruption."""

    base_on: date
    raw: date
    due: date | None
    paused_on: date | None
    restarts: tuple[Restart, ...]
    first_on: date
    first_due: date | None

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


@dataclass(frozen=True)
class _Period:
    """What a time bar is counted with: years, the suspensions in order and how they count, the outermost last day."""

    years: int
    pauses: list[Pause]
    standstill: Standstill
    outermost: date | None
    calendar: Calendar

    def end(self, base_on: date) -> tuple[date, date | None, date | None]:
        """Raw date, due date and the day of an open suspension for the period that starts after ``base_on``."""
        raw, months = add_years(base_on, self.years), self.standstill.last_months
        for begin, end in self.pauses:
            begin = max(begin, base_on + DAY)
            if begin > roll(raw, self.calendar):
                break
            begin = max(begin, add_months(raw, -months)) if months else begin
            if end is None:
                return raw, None, begin
            if end > begin:
                raw = max(raw, add_months(end, months)) if self.standstill.is_tail else raw + (end - begin)
        raw = min(raw, self.outermost or raw)
        return raw, roll(raw, self.calendar), None


BEGINS = Text("时效自该日重新计算", "the period starts anew from this day")
BEFORE = Text("时效尚未起算，不影响", "before the period began: no effect")
AFTER = Text("时效已届满，不再中断", "the period was over: no effect")
OTHER_KIND = Text("这种情形不使这个时效中断", "this does not interrupt this period")


def limitation(base_on: date, interruptions: Iterable[Interruption], calendar: Calendar, years: int = 1,
               pauses: Iterable[Pause] = (), standstill: Standstill = AT_ANY_TIME,
               kinds: Collection[str] = OF_CLAIMS, outer: int = 0) -> Limitation:
    """Fold the interruptions over the period of ``years`` that ``base_on`` triggers.

    Each one of ``kinds`` inside the period starts it anew from its own day (TJF 27(2), CC 195); one before the start
    or after the end changes nothing. The last day moves past rest days. ``pauses`` suspend the count as ``standstill``
    says (TJF 27(3): at any time, the rest goes on; CC 194: in the last six months, six months more). Nothing moves the
    end beyond ``outer`` years from the start (CC 188(2); 0: no such end).
    """
    period = _Period(years, merge_pauses(pauses), standstill, add_years(base_on, outer) if outer else None, calendar)
    raw, due, paused_on = period.end(base_on)
    first_on, first_due, restarts = base_on, due, []
    for one in sorted(interruptions):
        note = BEGINS
        if one.kind and one.kind not in kinds:
            note = OTHER_KIND
        elif one.on < base_on:
            note = BEFORE
        elif due is not None and one.on > due:
            note = AFTER
        if note is BEGINS:
            base_on = one.on
            raw, due, paused_on = period.end(base_on)
        restarts.append(Restart(one.on, one.kind, note is BEGINS, note, due))
    return Limitation(base_on, raw, due, paused_on, tuple(restarts), first_on, first_due)


def has_left(employment: str, ended_on: date | None, told: str, today: date) -> bool | None:
    """Whether the worker is gone, by what was told (words.EMPLOYMENT) and any day of it; None: not known."""
    if ended_on is not None or told:
        return ended_on is None or ended_on <= today
    return {"left": True, "here": False}.get(employment)


# The first and the last day that words such as 去年春节前 may mean; the first one may be unknown.
Ends = tuple[date | None, date]


def ends(first_on: date | None, last_on: date | None, heard_on: date) -> Ends | None:
    """Both ends of a day in the past, told on ``heard_on``; None where the words bound it nowhere."""
    if first_on is None and last_on is None:
        return None
    last = min(last_on or heard_on, heard_on)
    return (first_on, last) if first_on is None or first_on <= last else None


NO_START = {
    True: Text("哪天离开的不知道，时效算不出来：先问清哪天走的、哪天知道权利被侵害。",
               "The day of leaving is not known, so no time bar can be counted: ask for it, and when the infringement "
               "was known."),
    False: Text("在职的欠薪不起算；其他请求先写哪天知道权利被侵害。",
                "While the employment lasts none runs for pay; for other claims first say when the infringement was "
                "known."),
    None: Text("还在不在、哪天离开、哪天知道权利被侵害都没有记，时效算不出来。",
               "Nothing is on record of the work's end or of when the infringement was known: no time bar can be "
               "counted."),
}


def bar_alert(due: date | None, on: date, first: date | None = None) -> str:
    """How pressing a time bar is on ``on``: '' far off, 'soon' within 30 days, 'red' within 15, 'lapsed' after it.

    ``first``: the earliest day on which it may end, where the start is known only roughly; ``due`` is then the
    latest one, by which it is red and over, while the earliest one calls for attention.
    """
    if due is not None and on > due:
        return "lapsed"
    if due is not None and due - on <= RED:
        return "red"
    near = first or due
    return "soon" if near is not None and near - on <= SOON else ""


def is_aid_urgent(due: date | None, on: date) -> bool:
    """Whether legal aid may start before it is examined: the bar is less than 7 days away (Legal Aid Law 44)."""
    return due is not None and timedelta() <= due - on < AID
