"""Closing a period: which periods, on what terms, the figures that are frozen, and what later changes make of them.

A closing locks nothing: it keeps every figure with the part that each case has in it, so that a later change shows as
a correction of that case. The cut-off is the last day of the period; what happens afterwards moves nothing, and what is
entered afterwards for a day before is a correction. Pure.
"""
from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from mediation.rules.figures import catalogue as rules
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text

Parts = Mapping[str, Mapping[str, int]]  # register number -> part -> its share in the sum

# What a case can have in the figures of a period, summed over its cases.
PARTS: dict[str, Text] = {
    "registered": Text("登记", "registered"), "accepted": Text("受理", "accepted"), "settled": Text("化解", "settled"),
    "concluded": Text("出结果", "concluded"), "won": Text("达成协议或和解", "agreed or settled"),
    "by_agreement": Text("达成调解协议", "agreed in mediation"), "workers": Text("涉及劳动者", "workers"),
    "claimed_fen": Text("诉求金额", "claimed"), "agreed_fen": Text("协议金额", "agreed"),
    "recovered_fen": Text("已到账", "arrived"), "outstanding_fen": Text("未到账", "outstanding"),
    "with_money": Text("有应付金额的协议", "agreements on money"), "performed": Text("付清", "paid in full"),
}
# The side of a figure (rules/figures/catalogue.py) that each of them is: so many rows, or so much weight, of a case.
SIDES: dict[str, str] = {
    "registered": "registered", "accepted": "accepted", "settled": "settled", "concluded": "concluded", "won": "won",
    "by_agreement": "class_agreed", "workers": "accepted_workers.n", "claimed_fen": "claimed.n",
    "agreed_fen": "agreements.n", "recovered_fen": "arrivals.n", "outstanding_fen": "outstanding.n",
    "with_money": "with_money", "performed": "performed",
}
_PARTS_OF = {"": "", **{side: part for part, side in SIDES.items()}}
# The figures of the summary from these sums: numerator, and the denominator of a rate.
FIGURES: dict[str, tuple[str, str]] = {
    key: (_PARTS_OF[row.top], _PARTS_OF[row.bottom]) for key, row in rules.SUMMARY.items()}
# Events that can move a figure of a period; contacts, sessions and papers cannot.
CHANGING = frozenset("""registered late_entered imported accepted declined refused unreached routed agreed settled
    signed late_completed consented failed withdrawn referred referred_on merged carried_over source_merged
    stopped_sham
    payment_recorded
    payment_reversed payment_returned closed
    reopened party_added parties_added party_changed party_removed claim_added claim_changed claim_dropped case_changed
    bar_days_changed voided
    payments_recorded sealed unsealed""".split())

_FORMS = re.compile(r"(union-)?\d{4}(Q[1-4]|-\d\d)?", re.IGNORECASE)
NO_PERIOD = Text("请填写期间：2026年3月、2026年第一季度、2026年 或 2026工会年度",
                 "Give the period: 2026-03, 2026Q1, 2026 or union-2026 (the union's year)")
ODD_SPAN = Text("关账按月、季、年或工会年度，不按任意起止日期", "A month, quarter, year or union year is closed, not days of choice")
RUNNING = Text("{period}到{last}才结束，还不能关账", "{period} ends on {last}; it cannot be closed before")
CLOSED = Text("{period}已关账（{who}，{day}）", "{period} is closed already ({who}, {day})")
UNCLEAR = Text("这个期间还有{n}处账目矛盾没有理清", "{n} contradictions of this period are not cleared")
WHY = Text("请写明为什么恢复", "Say why the period is reopened")
REOPENED = Text("这个期间已经恢复", "This period is reopened already")
NO_FINDING = Text("恢复期间要有审计人员对它提出、还没有了结的发现",
                  "Reopening needs a finding of the auditor about this period that is not closed")


def read_period(said: str) -> Span:
    """The period to be closed; raises Refused with the sentence at ``period``."""
    found = reporting.read_period(said)
    if found.first is None or found.last is None:
        raise Refused([Problem("period", NO_PERIOD if not said.strip() else ODD_SPAN)])
    if not _FORMS.fullmatch(found.code):
        raise Refused([Problem("period", ODD_SPAN)])
    return found


def problems(period: Span, today: date, unclear: int) -> list[Problem]:
    """What stands against closing a period that nobody has closed."""
    found = []
    if period.last is not None and period.last >= today:
        found.append(Problem("period", RUNNING.fill(period=period.label, last=period.last.isoformat())))
    if unclear:
        found.append(Problem("period", UNCLEAR.fill(n=unclear)))
    return found


def sums(parts: Parts) -> dict[str, int]:
    """Every part summed over the cases."""
    return {name: sum(case.get(name, 0) for case in parts.values()) for name in PARTS}


def kept_and_later(frozen: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """The figures that a closing froze, and those that were added later, of which it has no value."""
    return [key for key in FIGURES if key in frozen], [key for key in FIGURES if key not in frozen]


def figures(parts: Parts) -> dict[str, list[int | str | None]]:
    """Each figure as [value, numerator, denominator]."""
    total = sums(parts)
    found: dict[str, list[int | str | None]] = {}
    for key, (above, below) in FIGURES.items():
        rate = reporting.rate(total[above], total[below]) if below else total[above]
        found[key] = [rate, total[above], total[below] if below else None]
    return found


def digest(union: str, period: str, cut_off: date, made: Mapping[str, object], parts: Parts) -> str:
    """The sha256 over what was frozen, in one byte-exact form."""
    body = json.dumps([union, period, cut_off.isoformat(), made, parts], sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


class Correction(NamedTuple):
    """A case whose part in a closed period is another now: part -> (before, after)."""

    number: str
    changes: dict[str, tuple[int, int]]


def corrections(frozen: Parts, now: Parts) -> list[Correction]:
    """What later changes did to a closed period, by case."""
    found = []
    for number in sorted({*frozen, *now}):
        before, after = frozen.get(number, {}), now.get(number, {})
        changes = {name: (before.get(name, 0), after.get(name, 0)) for name in PARTS
                   if before.get(name, 0) != after.get(name, 0)}
        if changes:
            found.append(Correction(number, changes))
    return found


def corrected(frozen: Parts, changed: Iterable[Correction]) -> dict[str, dict[str, int]]:
    """The frozen parts with the corrections put in: what the figures are today."""
    made = {number: dict(case) for number, case in frozen.items()}
    for one in changed:
        made.setdefault(one.number, {}).update({name: after for name, (_before, after) in one.changes.items()})
    return made
