"""What the decisions about a clock make of its count: extended, set by hand, standing still, going on, stopped."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Word, vocabulary
from mediation.rules.law.limits import Rule
from mediation.rules.law.workdays import DAY, Calendar, add_workdays, count_workdays, roll

CHANGES = vocabulary(
    Word("extend", "延期", "Extended"),
    Word("pause", "中止计时", "Paused"),
    Word("resume", "恢复计时", "Resumed"),
    Word("override", "另定期限", "Set by hand"),
    Word("stop", "终止计时", "Stopped"),
)


class Change(NamedTuple):
    """What was decided about one clock. ``from_on``: the day it was agreed or began; ``to_on``: the new due date,
    or for a pause the day on which the count goes on."""

    rule: str
    kind: str
    from_on: date
    to_on: date | None = None
    reason: str = ""
    ground: str = ""  # of a pause: limits.PAUSE_GROUNDS


@dataclass(frozen=True)
class Reckoning:
    """Where a clock stands after the decisions about it."""

    raw: date
    due: date
    rolls: bool
    is_agreed: bool = False
    is_set_by_hand: bool = False
    paused_on: date | None = None
    stopped_on: date | None = None
    is_unsure: bool = False  # it stood still without an article for it


def lost_days(begin: date, end: date, rule: Rule, calendar: Calendar) -> int:
    """How many days of the rule's unit a pause took; the day on which the count goes on is counted again."""
    if rule.unit == "wd":
        return count_workdays(begin, end - DAY, calendar)
    return max((end - begin).days, 0)


def _resume(at: Reckoning, on: date, rule: Rule, calendar: Calendar) -> Reckoning:
    if at.paused_on is None:
        return at
    lost = lost_days(at.paused_on, on, rule, calendar)
    if rule.unit == "wd":
        raw, due = add_workdays(at.raw, lost, calendar), add_workdays(at.due, lost, calendar)
    else:
        raw, due = at.raw + DAY * lost, at.due + DAY * lost
    if not at.is_agreed:
        due = roll(raw, calendar) if at.rolls else raw
    return replace(at, raw=raw, due=due, paused_on=None)


def decide(at: Reckoning, change: Change, rule: Rule, start: date, calendar: Calendar) -> Reckoning:
    """Apply one decision. Agreed and set dates stand as they are and do not roll."""
    if change.kind in ("extend", "override") and change.to_on:
        return replace(at, due=change.to_on, is_agreed=True, is_set_by_hand=change.kind == "override", paused_on=None)
    if change.kind == "stop":
        return replace(at, stopped_on=at.stopped_on or change.from_on)
    if change.kind == "resume":
        return _resume(at, change.from_on, rule, calendar)
    if change.kind == "pause" and change.from_on <= at.due and at.paused_on is None:
        at = replace(at, paused_on=max(change.from_on, start + DAY), is_unsure=is_unsure(rule, change))
        return _resume(at, change.to_on, rule, calendar) if change.to_on else at
    return at


def is_unsure(rule: Rule, pause: Change) -> bool:
    """Whether no article lets the count stand still on this ground."""
    return rule.standstill.level(pause.ground) != "H"
