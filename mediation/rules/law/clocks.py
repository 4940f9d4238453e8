"""The legal clocks: what the table of limits says for a channel, the facts of a case and what was decided since."""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Refused, Text, Word, vocabulary
from mediation.rules.law.limitation import Interruption, Limitation, Pause, limitation
from mediation.rules.law.limits import EMPTY, ENDS, FACTS, FIRST, LAST, Rule
from mediation.rules.law.time_limits import CLOCKS
from mediation.rules.law.workdays import DAY, Calendar, Step, add_workdays, count_workdays, end_of, roll, trace

CHANGES = vocabulary(
    Word("extend", "延期", "Extended"),
    Word("pause", "中止计时", "Paused"),
    Word("resume", "恢复计时", "Resumed"),
    Word("override", "另定期限", "Set by hand"),
    Word("stop", "终止计时", "Stopped"),
)
STATES = vocabulary(
    Word("running", "计时中", "Running"),
    Word("paused", "已中止", "Paused"),
    Word("stopped", "已办", "Done"),
    Word("lapsed", "已届满", "Over"),
)
# Time bars that interruptions start anew; L24 and L26 have rules of their own.
FOLDED = ("L16", "L17", "CC188")
# An enforceable title: a court's or arbitration's mediation paper (channels F and G), or one of these facts.
TITLE_FACTS = ("title_effective", "review_decided", "confirmation_decided", "award_received")

ORDER_DAYS = 15  # to pay or to object after a payment order was served (CPL 227)

Facts = Mapping[str, Sequence[date]]


class Change(NamedTuple):
    """What was decided about one clock. ``from_on``: the day it was agreed or began; ``to_on``: the new due date,
    or for a pause the day on which the count goes on."""

    rule: str
    kind: str
    from_on: date
    to_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Clock:
    """One clock of one case. ``due`` is None while it is paused; ``left`` then tells the days still to count."""

    id: str
    label: Text
    trigger: str
    trigger_on: date
    raw: date
    due: date | None
    provisional: bool
    rule: Text
    article: Text
    source: str
    confidence: str
    nature: str
    state: str = "running"
    is_extended: bool = False
    is_set_by_hand: bool = False
    is_late: bool = False
    paused_on: date | None = None
    stopped_on: date | None = None
    left: int | None = None
    note: Text = EMPTY
    twin: str = ""
    row: Rule | None = None

    def days_left(self, on: date) -> int | None:
        """Days from ``on`` to the due date, negative when it has passed; None without a due date."""
        return None if self.due is None else (self.due - on).days


@dataclass(frozen=True)
class _Case:
    """Everything that the rules may ask of one case."""

    channel: str
    facts: Facts
    calendar: Calendar
    on: date | None
    procedure: str | None
    changes: tuple[Change, ...]
    civil: bool
    pay_only: bool
    has_pay: bool
    has_title: bool | None
    pinned_on: date | None
    interruptions: tuple[Interruption, ...]

    def changes_of(self, rule: Rule) -> list[Change]:
        """The decisions about this clock and its twin, in the order of their days."""
        mine = [c for c in self.changes if c.rule in (rule.id, rule.twin)]
        return sorted(mine, key=lambda change: change.from_on)


@dataclass(frozen=True)
class _Reckoning:
    """Where a clock stands after the decisions about it."""

    raw: date
    due: date
    rolls: bool
    is_agreed: bool = False
    is_set_by_hand: bool = False
    paused_on: date | None = None
    stopped_on: date | None = None


def _title(case: _Case) -> bool:
    if case.has_title is not None:
        return case.has_title
    return case.channel in "FG" or any(case.facts.get(fact) for fact in TITLE_FACTS) or bool(
        case.on and final_order(case.facts, case.calendar, case.on))


def final_order(facts: Facts, calendar: Calendar, on: date) -> date | None:
    """The last day to object to a payment order that was served and not answered, once it is over: from then on it
    is enforceable (CPL 227; CPLJ 431). None while there is no such order."""
    served = facts.get("payment_order_served")
    if not served or facts.get("order_answered"):
        return None
    last = roll(end_of(max(served), ORDER_DAYS, "nat", calendar), calendar)
    return last if on > last else None


CONDITIONS: dict[str, Callable[[_Case], bool]] = {
    "L16": lambda case: not case.pay_only,
    "L17": lambda case: case.has_pay,
    "L24": _title,
}


def _applies(rule: Rule, case: _Case) -> bool:
    if case.channel not in rule.channels or rule.length is None:
        return False
    if rule.procedure and rule.procedure != case.procedure:
        return False
    if rule.claims == ("labour" if case.civil else "civil"):
        return False
    condition = CONDITIONS.get(rule.id)
    return condition is None or condition(case)


def _days(fact: str, facts: Facts) -> list[date]:
    """The occurrences of a fact that start a clock."""
    days = sorted(set(facts.get(fact) or ()))
    if fact in FIRST:
        return days[:1]
    return days[-1:] if fact in LAST else days


def _starts(rule: Rule, case: _Case) -> list[tuple[str, date]]:
    """Trigger and day of each clock that the rule starts; the first trigger that has happened counts."""
    for fact in filter(None, (*rule.triggers, rule.fallback)):
        days = _days(fact, case.facts)
        if days:
            return [(fact, day) for day in days if rule.holds_on(case.pinned_on or day)]
    return []


def _lost(begin: date, end: date, rule: Rule, calendar: Calendar) -> int:
    """How many days of the rule's unit a pause took; the day on which the count goes on is counted again."""
    if rule.unit == "wd":
        return count_workdays(begin, end - DAY, calendar)
    return max((end - begin).days, 0)


def _resume(at: _Reckoning, on: date, rule: Rule, calendar: Calendar) -> _Reckoning:
    if at.paused_on is None:
        return at
    lost = _lost(at.paused_on, on, rule, calendar)
    if rule.unit == "wd":
        raw, due = add_workdays(at.raw, lost, calendar), add_workdays(at.due, lost, calendar)
    else:
        raw, due = at.raw + DAY * lost, at.due + DAY * lost
    if not at.is_agreed:
        due = roll(raw, calendar) if at.rolls else raw
    return replace(at, raw=raw, due=due, paused_on=None)


def _decide(at: _Reckoning, change: Change, rule: Rule, start: date, calendar: Calendar) -> _Reckoning:
    """Apply one decision. Agreed and set dates stand as they are and do not roll."""
    if change.kind in ("extend", "override") and change.to_on:
        return replace(at, due=change.to_on, is_agreed=True, is_set_by_hand=change.kind == "override", paused_on=None)
    if change.kind == "stop":
        return replace(at, stopped_on=at.stopped_on or change.from_on)
    if change.kind == "resume":
        return _resume(at, change.from_on, rule, calendar)
    if change.kind == "pause" and change.from_on <= at.due and at.paused_on is None:
        at = replace(at, paused_on=max(change.from_on, start + DAY))
        return _resume(at, change.to_on, rule, calendar) if change.to_on else at
    return at


def _reckon(rule: Rule, start: date, case: _Case) -> _Reckoning:
    raw = end_of(start, rule.length or 0, rule.unit, case.calendar)
    at = _Reckoning(raw, roll(raw, case.calendar) if rule.roll else raw, rule.roll)
    for change in case.changes_of(rule):
        at = _decide(at, change, rule, start, case.calendar)
    return at


def _stopped(rule: Rule, start: date, at: _Reckoning, case: _Case) -> date | None:
    """The day on which the thing that the clock waits for was done."""
    days = [day for fact in rule.stops for day in case.facts.get(fact) or ()
            if day >= start or fact in ENDS]
    if at.stopped_on:
        days.append(at.stopped_on)
    return min(days, default=None)


def _state(at: _Reckoning, stopped_on: date | None, on: date | None) -> str:
    if stopped_on:
        return "stopped"
    if at.paused_on:
        return "paused"
    return "lapsed" if on and on > at.due else "running"


def _left(at: _Reckoning, rule: Rule, calendar: Calendar) -> int | None:
    if at.paused_on is None:
        return None
    if rule.unit == "wd":
        return count_workdays(at.paused_on, at.due, calendar)
    return (at.due - at.paused_on).days + 1


def _clock(rule: Rule, trigger: str, start: date, at: _Reckoning, case: _Case) -> Clock:
    stopped_on = _stopped(rule, start, at, case)
    is_fallback = trigger == rule.fallback
    counted = (start,) if rule.unit == "wd" else ()
    missing = Text("缺起算日，暂按受理日推算", "the starting day is missing, reckoned from acceptance for now")
    return Clock(
        id=rule.id, label=rule.label, trigger=trigger, trigger_on=start, raw=at.raw,
        due=None if at.paused_on and not stopped_on else at.due,
        provisional=not (at.is_agreed or case.calendar.is_known(*counted, at.raw, at.due)),
        rule=rule.sentence(trigger), article=rule.article, source=rule.source,
        confidence="M" if is_fallback and rule.confidence == "H" else rule.confidence,
        nature=rule.nature, state=_state(at, stopped_on, case.on), is_extended=at.is_agreed and not at.is_set_by_hand,
        is_set_by_hand=at.is_set_by_hand, is_late=bool(stopped_on and stopped_on > at.due), paused_on=at.paused_on,
        stopped_on=stopped_on, left=_left(at, rule, case.calendar), note=missing if is_fallback else rule.note,
        twin=rule.twin, row=rule,
    )


def _pauses(rule: Rule, case: _Case) -> list[Pause]:
    """The suspensions of a time bar: pauses with their ends, a resume closing the open one."""
    pauses: list[Pause] = []
    for change in case.changes_of(rule):
        if change.kind == "pause":
            pauses.append((change.from_on, change.to_on))
        elif change.kind == "resume" and pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], change.from_on)
    return pauses


def _fold(rule: Rule, case: _Case) -> list[tuple[str, Limitation]]:
    """The time bar of each start of the rule, interruptions taken into account."""
    pauses = _pauses(rule, case)
    return [(trigger, limitation(start, case.interruptions, case.calendar, rule.length or 1, pauses))
            for trigger, start in _starts(rule, case)]


def _bar_clock(rule: Rule, trigger: str, bar: Limitation, case: _Case) -> Clock:
    at = _Reckoning(bar.raw, bar.due or roll(bar.raw, case.calendar), True, paused_on=bar.paused_on)
    for change in case.changes_of(rule):
        if change.kind in ("override", "stop"):
            at = _decide(at, change, rule, bar.base_on, case.calendar)
    return _clock(rule, "interrupted" if bar.is_restarted else trigger, bar.base_on, at, case)


def _renewed(rule: Rule, case: _Case) -> list[tuple[str, Limitation]]:
    """L18: the period that the last effective interruption started, whichever bar it belongs to."""
    bars = [bar for other in CLOCKS if other.id in ("L16", "L17") and _applies(other, case)
            for _, bar in _fold(other, case)]
    if not bars and not case.pay_only and case.interruptions:
        first = min(case.interruptions)
        bar = limitation(first.on, case.interruptions, case.calendar, rule.length or 1, _pauses(rule, case))
        return [("interrupted", bar)]
    restarted = [bar for bar in bars if bar.is_restarted]
    return [("interrupted", max(restarted, key=lambda bar: bar.base_on))] if restarted else []


def _start(rule: Rule, case: _Case) -> list[Clock]:
    if rule.id in FOLDED:
        return [_bar_clock(rule, trigger, bar, case) for trigger, bar in _fold(rule, case)]
    if rule.id == "L18":
        return [_bar_clock(rule, trigger, bar, case) for trigger, bar in _renewed(rule, case)]
    return [_clock(rule, trigger, start, _reckon(rule, start, case), case) for trigger, start in _starts(rule, case)]


def run(channel: str, facts: Facts, calendar: Calendar, on: date | None = None, procedure: str | None = None,
        changes: Iterable[Change] = (), civil: bool = False, pay_only: bool = False, has_pay: bool = True,
        has_title: bool | None = None, pinned_on: date | None = None,
        interruptions: Iterable[Interruption] | None = None) -> list[Clock]:
    """Every clock that the facts start on this channel, in the order of the table.

    ``facts``: days by fact name (limits.FACTS), repeatable. ``on`` tells lapsed clocks from running ones.
    ``procedure`` chooses the row of channel F. ``civil``: a service or IOU claim, outside the labour limits.
    ``pay_only`` / ``has_pay``: whether the claims are arrears of pay only, or contain any. ``has_title``: whether
    there is an enforceable title (None: told from channel and facts). ``pinned_on``: the day whose version of the
    rules holds (acceptance); without it each clock takes the version of its trigger day. ``interruptions``
    replaces the bare days under the fact ``interrupted``.
    """
    told = tuple(interruptions) if interruptions is not None else tuple(
        Interruption(day) for day in facts.get("interrupted") or ())
    if told and not facts.get("interrupted"):
        facts = {**facts, "interrupted": [one.on for one in told]}
    case = _Case(channel, facts, calendar, on, procedure, tuple(changes), civil, pay_only, has_pay, has_title,
                 pinned_on, told)
    return [clock for rule in CLOCKS if _applies(rule, case) for clock in _start(rule, case)]


def due_of(id: str, channel: str, facts: Facts, calendar: Calendar, procedure: str | None = None,
           changes: Iterable[Change] = (), pinned_on: date | None = None) -> date | None:
    """Only the due date of the first clock of one rule, as ``run`` tells it; for lists of many cases.

    None where the rule starts no clock, or the clock stands still. Time bars, which fold interruptions, are not
    asked for here.
    """
    case = _Case(channel, facts, calendar, None, procedure, tuple(changes), False, False, True, None, pinned_on, ())
    for rule in CLOCKS:
        if rule.id != id or not _applies(rule, case):
            continue
        for _trigger, start in _starts(rule, case):
            at = _reckon(rule, start, case)
            return None if at.paused_on and not _stopped(rule, start, at, case) else at.due
    return None


def facts_of(ids: Iterable[str]) -> frozenset[str]:
    """The facts that start or stop the clocks of these rules."""
    wanted = set(ids)
    return frozenset(fact for rule in CLOCKS if rule.id in wanted
                     for fact in (*rule.triggers, rule.fallback, *rule.stops) if fact)


def agreed(id: str, label: Text, made_on: date, due_on: date, on: date | None = None,
           done_on: date | None = None) -> Clock:
    """An agreed date (an instalment, a promised step) in the shape of a clock: it never rolls."""
    at = _Reckoning(due_on, due_on, False, is_agreed=True)
    counted = Text("约定日期，不顺延", "agreed date, does not move")
    return Clock(id, label, "performance_due", made_on, due_on, due_on, False, counted, EMPTY, "", "H", "agreed",
                 state=_state(at, done_on, on), stopped_on=done_on, is_late=bool(done_on and done_on > due_on))


def without_twins(clocks: Iterable[Clock]) -> list[Clock]:
    """The clocks for the eye: of two that say the same with the same date, only the first.

    The renewed bar (L18) says the same as whichever bar it renewed.
    """
    kept: list[Clock] = []
    for clock in clocks:
        same = {clock.twin, "L17"} if clock.id == "L18" else {clock.twin}
        if not any(other.id in same and clock.raw == other.raw for other in kept):
            kept.append(clock)
    return kept


def find_clock(clocks: Iterable[Clock], id: str) -> Clock | None:
    """The first clock with this id, or None."""
    return next((clock for clock in clocks if clock.id == id), None)


def count_days(clock: Clock, calendar: Calendar) -> list[Step]:
    """The count of a clock from its trigger to its due date, day by day; empty for agreed dates."""
    if clock.row is None or clock.row.length is None:
        return []
    return trace(clock.trigger_on, clock.row.length, clock.row.unit, clock.row.roll, calendar)


def as_row(clock: Clock, language: str = "zh") -> dict[str, object]:
    """The clock as a row of ``clocks --json``; dates in ISO form, ``due`` null while it is paused."""
    return {
        "id": clock.id, "label": clock.label.say(language), "trigger": clock.trigger, "raw": clock.raw.isoformat(),
        "due": clock.due.isoformat() if clock.due else None, "provisional": clock.provisional,
        "rule": clock.rule.say(language),
        "article": f"{clock.article.say(language)}（{clock.row.cites}）" if clock.row else clock.article.say(language),
        "confidence": clock.confidence,
    }


UNKNOWN_FACT = Text("没有这个事实：{name}。可用：{known}", "Unknown fact {name}. Known: {known}")
UNREADABLE_DAY = Text("{name}：“{day}”不是 2026-09-30 这样的日期", "{name}: '{day}' is not a date like 2026-09-30")
FARAWAY_DAY = Text("{name}：{day}太远，只算{first}年至{last}年的日子",
                   "{name}: {day} is too far off; only days from {first} to {last} are reckoned")
YEARS = (1900, 2100)  # as the pages read them


def read_facts(pairs: Iterable[str]) -> dict[str, list[date]]:
    """Facts from ``name=2026-09-30`` as typed on the command line; Refused names all that cannot be read."""
    return read_days(pairs, FACTS, UNKNOWN_FACT)


def read_days(pairs: Iterable[str], known: Collection[str], unknown: Text) -> dict[str, list[date]]:
    """Days by name from ``name=2026-09-30``; the names are those of ``known``."""
    facts: dict[str, list[date]] = {}
    problems = []
    for pair in pairs:
        name, _, day = pair.partition("=")
        if name not in known:
            problems.append(Problem("fact", unknown.fill(name=name, known=", ".join(known))))
            continue
        try:
            on = date.fromisoformat(day.strip())
        except ValueError:
            problems.append(Problem("fact", UNREADABLE_DAY.fill(name=name, day=day)))
            continue
        if not YEARS[0] <= on.year <= YEARS[1]:
            problems.append(Problem("fact", FARAWAY_DAY.fill(name=name, day=on, first=YEARS[0], last=YEARS[1])))
        facts.setdefault(name, []).append(on)
    if problems:
        raise Refused(problems)
    return facts
