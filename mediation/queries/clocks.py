"""The clocks of a case: its facts, what was decided about them, and the calendar, given to rules/clocks.py."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mediation import sheets
from mediation.extensions import db
from mediation.models import CalendarDay, Case
from mediation.queries import ledger
from mediation.rules import channels, clocks, limitation, refusals
from mediation.rules.clocks import Clock
from mediation.rules.language import Problem, Text
from mediation.rules.workdays import Calendar

OURS = frozenset({"duty", "period"})
# Interruptions are never shown for civil claims: L16 and L17 do not hold there (decisions.md, Law).


@dataclass(frozen=True)
class CaseClock:
    """A clock as the case page shows it, nearest first."""

    clock: Clock
    due_on: date | None
    left: int | None
    is_over: bool


def calendar(county: str = "") -> Calendar:
    """The loaded calendar with a county's own days; the shipped one where the table is empty."""
    rows = db.session.execute(select(CalendarDay.on, CalendarDay.kind, CalendarDay.name, CalendarDay.county).where(
        CalendarDay.county.in_(("", county))))
    found = [{"date": on.isoformat(), "kind": "local" if local and kind == "off" else kind, "name": name, "source": ""}
             for on, kind, name, local in rows]
    return Calendar.from_rows(found) if found else sheets.shipped_calendar()


def main_rule(case: Case) -> str:
    """The id of the mediation period of the case's channel."""
    return channels.CHANNELS[case.channel].period


def case_facts(case: Case) -> dict[str, list[date]]:
    """The days of the case by the fact names of rules/limits.py; late entries start no clock."""
    if case.is_late_entry:
        return {}
    days = {
        "received": case.received_on, "accepted": case.accepted_on, "consented": case.consented_on,
        "mediator_appointed": case.assigned_on, "effective": case.effective_on,
        "employment_ended": case.employment_ended_on, "infringement_known": case.infringement_known_on,
        "concluded": case.concluded_on, **_by_outcome(case), **_by_court(case),
    }
    return {name: [day] for name, day in days.items() if day is not None}


def _by_outcome(case: Case) -> dict[str, date | None]:
    return {"declined": case.concluded_on if case.outcome == "NOT_ACCEPTED" else None,
            "refused": case.concluded_on if case.outcome in ("REFUSED_BY_PARTY", "UNREACHABLE") else None}


def _by_court(case: Case) -> dict[str, date | None]:
    """A commissioned case: the papers were signed for when it was received."""
    return {"papers_signed": case.received_on if case.channel in "EF" else None}


def of_case(case: Case, today: date, with_calendar: Calendar | None = None) -> list[Clock]:
    """Every clock that runs or ran on the case."""
    heads = {claim.head for claim in case.claims if claim.dropped_on is None}
    return clocks.run(
        case.channel, case_facts(case), with_calendar or calendar(case.station.county), on=today,
        procedure=case.procedure or None,
        changes=[clocks.Change(c.rule, c.kind, c.from_on, c.to_on, c.reason) for c in case.clock_changes],
        civil=case.is_civil, pay_only=bool(heads) and heads <= limitation.PAY_HEADS,
        has_pay=bool(heads & limitation.PAY_HEADS), pinned_on=case.rules_on if case.accepted_on else None,
        interruptions=[limitation.Interruption(i.on, i.kind) for i in case.interruptions])


def shown(case: Case, today: date, money: ledger.Position) -> list[CaseClock]:
    """The clocks for the case page: running ones and the next unpaid instalments, nearest first."""
    running = [c for c in clocks.without_twins(of_case(case, today)) if c.state in ("running", "lapsed", "paused")]
    running += [instalment_clock(line, case, today) for line in money.instalments if line.left_fen > 0 and line.due_on]
    rows = [CaseClock(c, c.due, c.days_left(today), bool(c.due and c.due < today)) for c in running]
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.clock.id))


def instalment_clock(line: ledger.InstalmentLine, case: Case, today: date) -> Clock:
    label = Text(f"第{line.seq}期付款", f"Instalment {line.seq}")
    return clocks.agreed(f"P{line.seq}", label, case.agreed_on or line.due_on, line.due_on, on=today)


def next_due(case: Case, today: date, money: ledger.Position) -> tuple[date | None, str]:
    """The next day on which we have to have done something, and its rule: the hint for lists."""
    if not case.is_open:
        return None, ""
    if case.state == "PERFORMING":
        line = money.next_instalment
        return (line.due_on, f"P{line.seq}") if line and line.due_on else (None, "")
    if case.outcome:
        return None, ""
    due = [(c.due, c.id) for c in clocks.without_twins(of_case(case, today))
           if c.nature in OURS and c.due and c.state in ("running", "lapsed")]
    return min(due) if due else (None, "")


def extension_problems(case: Case, answers: Mapping[str, object], today: date) -> list[Problem]:
    """What the clock's own row says against an extension: consent, before expiry, cap."""
    to_on = answers.get("to_on")
    clock = clocks.find_clock(of_case(case, today), main_rule(case))
    if clock is None:
        return [Problem("", Text("没有正在计算的调解期限，不用延期", "No mediation period is running; nothing to extend"))]
    if not isinstance(to_on, date):
        return []
    agreed_on = answers.get("happened_on")
    return _by_row(clock, answers, to_on, agreed_on if isinstance(agreed_on, date) else today, case.station.county)


def _by_row(clock: Clock, answers: Mapping[str, object], to_on: date, agreed_on: date, county: str) -> list[Problem]:
    signed = {str(who): agreed_on for who in answers.get("consents") or ()}
    return list(refusals.extension_problems(clock, to_on, signed, calendar(county)))
