"""The legal clocks: what the table of limits says for a channel, the facts of a case and what was decided since."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law.limitation import RED, Ends, Interruption, Limitation, Pause, limitation
from mediation.rules.law.limits import EMPTY, ENDS, FIRST, LAST, Rule
from mediation.rules.law.reckoning import Change, Reckoning, decide, is_unsure
from mediation.rules.law.time_limits import CLOCKS
from mediation.rules.law.workdays import Calendar, Step, count_workdays, end_of, roll, trace

STATES = vocabulary(
    Word("running", "计时中", "Running"),
    Word("paused", "已中止", "Paused"),
    Word("stopped", "已办", "Done"),
    Word("lapsed", "已届满", "Over"),
)
# Time bars that interruptions start anew; L26 is none of them.
BARS = tuple(dict.fromkeys(rule.id for rule in CLOCKS if rule.restarts))
# An enforceable title: a court's or arbitration's mediation paper (channels F and G), or one of these facts.
TITLE_FACTS = ("title_effective", "review_decided", "confirmation_decided", "award_received", "final_award_received")

ORDER_DAYS = 15  # to pay or to object after a payment order was served (CPL 227)
# What stands on a clock whose proper start is not known, by the fact that it was reckoned from instead.
UNSURE = {
    "accepted": Text("缺起算日，暂按受理日推算", "the starting day is missing, reckoned from acceptance for now"),
    "employment_ended": Text("最迟从离开那天算：哪天知道权利被侵害没有记，或记得更晚",
                             "Reckoned from the end of the work as the latest day: when the infringement was known is "
                             "not on record, or put later"),
    "interrupted": Text("从哪天起算还不知道：先问清哪天知道、哪天离开。申请时已满期的，时效已过，中断不了",
                        "Its start is not known: ask when it was known and when the work ended. If it was over at the "
                        "request, nothing interrupts it"),
}
VAGUE = Text("离开的日子只知道大概", "The day of leaving is known only roughly")

Facts = Mapping[str, Sequence[date]]
LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True)
class Clock:
    """One clock of one case. ``due`` is None while it is paused; ``left`` then tells the days still to count.

    Where its start is known only roughly (``is_vague``), ``due`` is the latest day and ``first_due`` the earliest one,
    None where that is not known. ``fold``: how the interruptions of a time bar were taken.
    """

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
    is_vague: bool = False
    first_due: date | None = None
    fold: Limitation | None = None

    @property
    def red_from(self) -> int:
        """How many days before its end it is shown red; -1: only once it is over."""
        return RED.days if self.nature == "bar" else -1

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
    personnel: bool = False
    over_age: bool = False

    @property
    def matter(self) -> str:
        """What kind of matter it is, in the words of ``Rule.claims``."""
        return "civil" if self.civil else "personnel" if self.personnel else "labour"

    def changes_of(self, rule: Rule) -> list[Change]:
        """The decisions about this clock, its twin and the rule that it follows, in the order of their days."""
        mine = [c for c in self.changes if c.rule in {rule.id, rule.twin, rule.follows, rule.former} - {""}]
        return sorted(mine, key=lambda change: change.from_on)


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


# A personnel dispute has a bar of its own (S36); for the rest it follows the limits of labour disputes. Whether the
# pay of over-age workers has the longer bar of L17 is unclear (R56 19): theirs is the year of L16, never sure.
CONDITIONS: dict[str, Callable[[_Case], bool]] = {
    "L16": lambda case: not ((case.pay_only and not case.over_age) or case.personnel),
    "L17": lambda case: case.has_pay and not (case.personnel or case.over_age),
    "L18": lambda case: not case.personnel,
    "L24": _title,
}


def _applies(rule: Rule, case: _Case) -> bool:
    if case.channel not in rule.channels or rule.length is None:
        return False
    if rule.procedure and rule.procedure != case.procedure:
        return False
    if rule.claims not in ("both", case.matter) and (rule.claims, case.matter) != ("labour", "personnel"):
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
    """Trigger and day of each clock that the rule starts; the first trigger that has happened counts.

    A time bar runs from its fallback at the latest: nobody is taken to have known only later.
    """
    told = [(fact, day) for fact in filter(None, (*rule.triggers, rule.fallback)) for day in _days(fact, case.facts)]
    if not told:
        return []
    known = min(told, key=lambda one: one[1]) if rule.restarts and rule.fallback else told[0]
    return [(fact, day) for fact, day in told if fact == known[0] and rule.holds_on(case.pinned_on or day)]


def _reckon(rule: Rule, start: date, case: _Case) -> Reckoning:
    raw = end_of(start, rule.length or 0, rule.unit, case.calendar)
    at = Reckoning(raw, roll(raw, case.calendar) if rule.roll else raw, rule.roll)
    for change in case.changes_of(rule):
        at = decide(at, change, rule, start, case.calendar)
    return at


def _stopped(rule: Rule, start: date, at: Reckoning, case: _Case) -> date | None:
    """The day on which the thing that the clock waits for was done."""
    days = [day for fact in rule.stops for day in case.facts.get(fact) or ()
            if day >= start or fact in ENDS]
    if at.stopped_on:
        days.append(at.stopped_on)
    return min(days, default=None)


def _state(at: Reckoning, stopped_on: date | None, on: date | None) -> str:
    if stopped_on:
        return "stopped"
    if at.paused_on:
        return "paused"
    return "lapsed" if on and on > at.due else "running"


def _left(at: Reckoning, rule: Rule, calendar: Calendar) -> int | None:
    if at.paused_on is None:
        return None
    if rule.unit == "wd":
        return count_workdays(at.paused_on, at.due, calendar)
    return (at.due - at.paused_on).days + 1


def _clock(rule: Rule, trigger: str, start: date, at: Reckoning, case: _Case) -> Clock:
    stopped_on = _stopped(rule, start, at, case)
    is_unsure = trigger == rule.fallback
    counted = (start,) if rule.unit == "wd" else ()
    return Clock(
        id=rule.id, label=rule.label, trigger=trigger, trigger_on=start, raw=at.raw,
        due=None if at.paused_on and not stopped_on else at.due,
        provisional=not (at.is_agreed or case.calendar.is_known(*counted, at.raw, at.due)),
        rule=rule.sentence(trigger), article=rule.article, source=rule.source,
        confidence="M" if (is_unsure or at.is_unsure) and rule.confidence == "H" else rule.confidence,
        nature=rule.nature, state=_state(at, stopped_on, case.on), is_extended=at.is_agreed and not at.is_set_by_hand,
        is_set_by_hand=at.is_set_by_hand, is_late=bool(stopped_on and stopped_on > at.due), paused_on=at.paused_on,
        stopped_on=stopped_on, left=_left(at, rule, case.calendar), note=UNSURE[trigger] if is_unsure else rule.note,
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


class _Bar(NamedTuple):
    """A time bar with the fact it runs from, and whether that is its proper start."""

    trigger: str
    fold: Limitation
    is_unsure: bool


def _fold(rule: Rule, case: _Case, trigger: str, start: date) -> _Bar:
    bar = limitation(start, case.interruptions, case.calendar, rule.length or 1, _pauses(rule, case), rule.standstill,
                     rule.restarts, rule.outer)
    return _Bar(trigger, bar, trigger == (rule.fallback or "interrupted"))


def _bars(rule: Rule, case: _Case) -> list[_Bar]:
    """The time bar of each start of the rule, interruptions taken into account."""
    if rule.id == "L18":
        return _renewed(rule, case)
    return [_fold(rule, case, trigger, start) for trigger, start in _starts(rule, case)]


OVER_AGE = Text("超龄劳动者的报酬，在职期间是否不受一年限制（第27条第4款）不明确，按一年提醒",
                "Whether the pay of over-age workers is free of the year while they work (art. 27(4)) is unclear: the "
                "year is shown")


def _bar_clock(rule: Rule, bar: _Bar, case: _Case) -> Clock:
    fold = bar.fold
    # An obstacle that lasts makes the count stand still from its last months on, which may lie ahead.
    paused_on = fold.paused_on if case.on is None or (fold.paused_on or case.on) <= case.on else None
    at = Reckoning(fold.raw, fold.due or roll(fold.raw, case.calendar), True, paused_on=paused_on,
                    is_unsure=any(is_unsure(rule, c) for c in case.changes_of(rule) if c.kind == "pause"))
    for change in case.changes_of(rule):
        if change.kind in ("override", "stop"):
            at = decide(at, change, rule, fold.base_on, case.calendar)
    clock = _clock(rule, "interrupted" if fold.is_restarted else bar.trigger, fold.base_on, at, case)
    if not bar.is_unsure:
        is_open = rule.id == "L16" and case.over_age and case.has_pay
        return replace(clock, fold=fold, confidence="M", note=OVER_AGE) if is_open else replace(clock, fold=fold)
    return replace(clock, fold=fold, confidence="M" if clock.confidence == "H" else clock.confidence,
                   note=UNSURE[bar.trigger])


def _renewed(rule: Rule, case: _Case) -> list[_Bar]:
    """L18: the period that the last effective interruption started, whichever bar it belongs to."""
    bars = [bar for other in CLOCKS if other.id in ("L16", "L17") and _applies(other, case)
            for bar in _bars(other, case)]
    if not bars and not case.pay_only and case.interruptions:
        return [_fold(rule, case, "interrupted", min(case.interruptions).on)]
    restarted = [bar for bar in bars if bar.fold.is_restarted]
    return [max(restarted, key=lambda bar: bar.fold.base_on)] if restarted else []


def _start(rule: Rule, case: _Case) -> list[Clock]:
    if rule.restarts:
        return [_bar_clock(rule, bar, case) for bar in _bars(rule, case)]
    return [_clock(rule, trigger, start, _reckon(rule, start, case), case) for trigger, start in _starts(rule, case)]


def _all(case: _Case) -> list[Clock]:
    return [clock for rule in CLOCKS if _applies(rule, case) for clock in _start(rule, case)]


def _roughly(case: _Case, vague: Mapping[str, Ends]) -> list[Clock]:
    """Every clock from the latest days that vague words may mean; a time bar that would end otherwise from the
    earliest ones says so."""
    known = {name: ends for name, ends in vague.items() if not case.facts.get(name)}
    if not known:
        return _all(case)
    late = replace(case, facts={**case.facts, **{name: [last] for name, (_, last) in known.items()}})
    early = replace(case, facts={**case.facts, **{name: [first or LONG_AGO] for name, (first, _) in known.items()}})
    before = {clock.id: clock for clock in _all(early)}
    has_first = all(first for first, _ in known.values())
    return [_between(before.get(clock.id), clock, has_first) if clock.fold else clock for clock in _all(late)]


def _between(first: Clock | None, last: Clock, has_first: bool) -> Clock:
    if first is not None and (first.raw, first.due) == (last.raw, last.due):
        return last
    return replace(last, is_vague=True, first_due=first.due if first and has_first else None, note=VAGUE,
                   confidence="M" if last.confidence == "H" else last.confidence)


def run(channel: str, facts: Facts, calendar: Calendar, on: date | None = None, procedure: str | None = None,
        changes: Iterable[Change] = (), civil: bool = False, pay_only: bool = False, has_pay: bool = True,
        has_title: bool | None = None, pinned_on: date | None = None,
        interruptions: Iterable[Interruption] | None = None, personnel: bool = False, over_age: bool = False,
        vague: Mapping[str, Ends] | None = None) -> list[Clock]:
    """Every clock that the facts start on this channel, in the order of the table.

    ``facts``: days by fact name (limits.FACTS), repeatable. ``on`` tells lapsed clocks from running ones.
    ``procedure`` chooses the row of channel F. ``civil``: a service or IOU claim, outside the labour limits.
    ``pay_only`` / ``has_pay``: whether the claims are arrears of pay only, or contain any. ``has_title``: whether
    there is an enforceable title (None: told from channel and facts). ``pinned_on``: the day whose version of the
    rules holds (acceptance); without it each clock takes the version of its trigger day. ``interruptions``
    replaces the bare days under the fact ``interrupted``. ``personnel``: a personnel dispute, with a time bar of its
    own (S36). ``over_age``: of an over-age worker under R56. ``vague``: facts of which only the first and the last
    possible day are known.
    """
    told = tuple(interruptions) if interruptions is not None else tuple(
        Interruption(day) for day in facts.get("interrupted") or ())
    if told and not facts.get("interrupted"):
        facts = {**facts, "interrupted": [one.on for one in told]}
    case = _Case(channel, facts, calendar, on, procedure, tuple(changes), civil, pay_only, has_pay, has_title,
                 pinned_on, told, personnel, over_age)
    return _roughly(case, vague or {})


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
    at = Reckoning(due_on, due_on, False, is_agreed=True)
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
