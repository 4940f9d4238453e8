"""The clocks of a case: its facts, what was decided about them, and the calendar, given to rules/law/clocks.py."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, func, or_, select

from mediation import sheets
from mediation.extensions import db
from mediation.models import Agreement, CalendarDay, Case, Instalment, Payment
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.law import ways
from mediation.queries.money import balances, case_money
from mediation.rules import reading, words
from mediation.rules.language import Problem, Text
from mediation.rules.law import channels, clocks, limitation, procedures, refusals, time_limits
from mediation.rules.law.clocks import Clock
from mediation.rules.law.reckoning import Change
from mediation.rules.law.workdays import Calendar
from mediation.rules.text_cleaning import Unreadable

OURS = frozenset({"duty", "period"})


@dataclass(frozen=True)
class CaseClock:
    """A clock as the case page shows it, nearest first."""

    clock: Clock
    due_on: date | None
    left: int | None
    is_over: bool


def calendar(county: str = "") -> Calendar:
    """The loaded calendar with a county's own days; the shipped one where the table is empty."""
    found = db.session.connection().execute(DAYS_AS_TEXT, {"county": county}).scalar()
    return _calendar(found) if found else sheets.shipped_calendar()


@lru_cache(64)
def _calendar(days: str) -> Calendar:
    """The same days make the same calendar: it is put together once, from one text of all of them."""
    rows = sorted(row.split(COLUMN) for row in days.split(ROW))
    return Calendar.from_rows(as_rows((date.fromisoformat(on), kind, name, local)
                                       for _id, on, kind, name, local in rows))


_DAY = CalendarDay.__table__.c
_HELD = or_(_DAY.county == "", _DAY.county == bindparam("county"))
DAYS = select(_DAY.day_on, _DAY.kind, _DAY.name, _DAY.county).where(_HELD).order_by(_DAY.id)
ROW, COLUMN = "\x1e", "\x1f"  # between rows and columns of a text; nobody types them
DAYS_AS_TEXT = select(func.aggregate_strings(
    func.substr(cast(_DAY.id + 10**9, String), 2) + COLUMN + cast(_DAY.day_on, String) + COLUMN + _DAY.kind + COLUMN
    + _DAY.name + COLUMN + _DAY.county, ROW)).where(_HELD)
LOCAL_KINDS = {"off": "local", "work": "local_work"}


def calendar_rows(county: str = "") -> list[dict[str, str]]:
    """The loaded days as ``Calendar.from_rows`` wants them, a county's own marked as such."""
    return as_rows(db.session.connection().execute(DAYS, {"county": county}))


def as_rows(days: Iterable[Sequence[Any]]) -> list[dict[str, str]]:
    """Day, kind, name and county of each, as ``Calendar.from_rows`` wants them, a county's own marked as such."""
    return [{"date": on.isoformat(), "kind": LOCAL_KINDS[kind] if local else kind, "name": name, "source": ""}
            for on, kind, name, local in days]


def main_rule(case: Case | CaseRows) -> str:
    """The id of the mediation period of the case's channel."""
    return channels.CHANNELS[case.channel].period


def period_rules(case: Case | CaseRows) -> frozenset[str]:
    """The ids under which decisions about the mediation period are kept: its own and its twin's."""
    main = main_rule(case)
    return frozenset({main, *(rule.id for rule in time_limits.CLOCKS if rule.twin == main)})


def case_facts(case: Case | CaseRows, today: date = date.max) -> dict[str, list[date]]:
    """The days of the case by the fact names of rules/law/limits.py; late entries start no clock, and those of a case
    that was merged run on in the other.

    A day told for a clock (``CaseFact``) goes before the one that a column stands for. ``today`` tells whether a
    payment order can still be objected to.
    """
    if case.is_late_entry or case.merged_into_id is not None:
        return {}
    days = {
        "received": case.received_on, "accepted": case.accepted_on, "consented": case.consented_on,
        "mediator_appointed": case.assigned_on, "effective": case.effective_on,
        "employment_ended": case.employment_ended_on, "infringement_known": case.infringement_known_on,
        "concluded": case.concluded_on, **_by_outcome(case), **_by_court(case),
    }
    known = {name: [day] for name, day in days.items() if day is not None}
    return known | told_facts(case) | _performance(case, today)


def told_facts(case: Case | CaseRows) -> dict[str, list[date]]:
    """The days told for the clocks alone, struck-out ones left aside."""
    found: dict[str, list[date]] = {}
    for row in sorted(case.case_facts, key=lambda row: (row.on, row.id)):
        if row.dropped_on is None:
            found.setdefault(row.fact, []).append(row.on)
    return found


def has_title(case: Case | CaseRows, today: date) -> bool:
    """Whether there is an enforceable title: a court's or arbitration's paper, or a procedure that ended in one."""
    if case.is_enforced or (case.channel in "FG" and case.effective_on is not None):
        return True
    told = {row.fact for row in case.case_facts if row.dropped_on is None and row.procedure_id is None}
    is_final = _final_order(case, today) is not None
    return bool(told & set(clocks.TITLE_FACTS)) or any(
        procedures.gives_title(row.kind, row.state, row.result, is_final) for row in case.side_procedures)


def _final_order(case: Case | CaseRows, today: date) -> date | None:
    """The last day to object to the case's payment order, once it has passed without an answer."""
    if not any(row.kind == "pay_order" and row.state == "served" for row in case.side_procedures):
        return None
    return clocks.final_order(told_facts(case), calendar_of(case), today)


def _performance(case: Case | CaseRows, today: date) -> dict[str, list[date]]:
    """The last day on which the agreement was to be performed: enforcement runs from there (A13); under a payment
    order not before the last day to object to it. Each plan of the agreement has its own last day: that counts which
    comes first of those that are not paid, since nobody may miss it."""
    if case.agreed_on is None or not has_title(case, today):
        return {}
    ordered = _final_order(case, today)
    rows = db.session.execute(select(Instalment.plan, func.max(Instalment.due_on)).join(Agreement).where(
        Agreement.case_id == case.id, Agreement.superseded_on.is_(None)).group_by(Instalment.plan)).all()
    ends = {plan: last for plan, last in rows if last}
    if len(ends) > 1:
        open_ones = {line.plan for line in case_money.position(case, date.max).instalments if line.left_fen > 0}
        ends = {plan: last for plan, last in ends.items() if plan in open_ones} or {0: max(ends.values())}
    days = [day for day in (min(ends.values(), default=None), ordered) if day]
    return {"performance_due": [max(days)]} if days else {}


def _by_outcome(case: Case | CaseRows) -> dict[str, date | None]:
    return {"declined": case.concluded_on if case.outcome == "NOT_ACCEPTED" else None,
            "refused": case.concluded_on if case.outcome in ("REFUSED_BY_PARTY", "UNREACHABLE") else None}


def _by_court(case: Case | CaseRows) -> dict[str, date | None]:
    """A commissioned case: the papers were signed for when it was received."""
    return {"papers_signed": case.received_on if case.channel in "EF" else None}


def calendar_of(case: Case | CaseRows) -> Calendar:
    """The calendar of the place where a case lies; read once for its rows."""
    if not isinstance(case, CaseRows):
        return calendar(case.station.county)
    return case.once("calendar", lambda: calendar(case.station_county))


def _paid_up(case: Case | CaseRows, today: date, money: case_money.Position | None) -> dict[str, list[date]]:
    """The day on which the last of the agreed money came, where every claimant is bound and has all of his."""
    if case.outcome not in words.SUCCESS or case.is_late_entry:
        return {}
    at = money or case_money.position(case, today)
    is_whole = at.agreed_fen > 0 and at.outstanding_fen == 0 and all(line.is_bound for line in at.workers)
    last = db.session.scalar(select(func.max(Payment.paid_on)).where(
        Payment.case_id == case.id, balances.counts())) if is_whole else None
    return {"performed": [last]} if last else {}


def of_case(case: Case | CaseRows, today: date, with_calendar: Calendar | None = None,
            money: case_money.Position | None = None) -> list[Clock]:
    """Every clock that runs or ran on the case; of a case's rows run once. ``money``: its position of that day."""
    if isinstance(case, CaseRows) and with_calendar is None:
        return [*case.once(("clocks", today), lambda: _of_case(case, today, None, money))]
    return _of_case(case, today, with_calendar, money)


def _of_case(case: Case | CaseRows, today: date, with_calendar: Calendar | None,
             money: case_money.Position | None) -> list[Clock]:
    heads, way = {claim.head for claim in case.claims if claim.dropped_on is None}, ways.of_case(case, today)
    return clocks.run(
        case.channel, case_facts(case, today) | _paid_up(case, today, money),
        with_calendar or calendar_of(case), on=today, procedure=case.procedure or None,
        changes=[Change(c.rule, c.kind, c.from_on, c.to_on, c.reason, c.ground or "") for c in case.clock_changes],
        civil=way.is_civil, pay_only=bool(heads) and heads <= limitation.PAY_HEADS,
        has_pay=bool(heads & limitation.PAY_HEADS), has_title=has_title(case, today),
        pinned_on=case.rules_on if case.accepted_on else None,
        interruptions=interruptions(case), personnel=way.bar_code == "personnel",
        over_age=way.bar_code == "over_age", vague=vague_facts(case))


def interruptions(case: Case | CaseRows) -> list[limitation.Interruption]:
    """What interrupted the time bar of a case, struck-out entries left aside."""
    return [limitation.Interruption(row.on, row.kind) for row in case.interruptions if row.dropped_on is None]


def vague_facts(case: Case | CaseRows) -> dict[str, limitation.Ends]:
    """The days of which only words are kept, by fact, with the first and last day that they may mean."""
    told = case.as_told.get("employment_ended_on") if case.as_told else None
    if not told or case.employment_ended_on is not None or case.is_late_entry or case.merged_into_id is not None:
        return {}
    heard_on = case.received_on or case.rules_on
    try:
        found = reading.read_date(told, heard_on)
    except Unreadable:
        return {}
    ends = limitation.ends(found.first_on, found.last_on, heard_on)
    return {"employment_ended": ends} if ends else {}


def runner(with_calendar: Calendar, on: date) -> Callable[..., list[Clock]]:
    """A function for many cases: what is the same for two of them is reckoned once. It takes channel, procedure,
    is_civil, the facts as sorted pairs, the day whose rules hold, and the decisions as tuples."""
    @cache
    def run(channel: str, procedure: str, is_civil: bool, facts: tuple[tuple[str, date], ...], pinned_on: date | None,
            moved: tuple[tuple[Any, ...], ...]) -> list[Clock]:
        return clocks.run(channel, {name: [day] for name, day in facts}, with_calendar, on=on,
                          procedure=procedure or None, civil=is_civil, has_title=False, pinned_on=pinned_on,
                          changes=[Change(*one) for one in moved])
    return run


def by_case(rows: Select[Any]) -> dict[int, list[tuple[Any, ...]]]:
    """Rows that begin with the id of a case, by that id."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for case_id, *rest in db.session.execute(rows):
        found[case_id].append(tuple(rest))
    return found


def shown(case: Case | CaseRows, today: date, money: case_money.Position,
          with_calendar: Calendar | None = None) -> list[CaseClock]:
    """The clocks for the case page: running ones and the next unpaid instalments, nearest first; a window
    in which nobody applied is over and asks nothing more."""
    return shown_of(of_case(case, today, with_calendar, money), case, today, money)


def shown_of(found: list[Clock], case: Case | CaseRows, today: date, money: case_money.Position) -> list[CaseClock]:
    """The same from clocks that were computed before."""
    running = [c for c in clocks.without_twins(found)
               if c.state in ("running", "paused") or (c.state == "lapsed" and c.nature != "window")]
    running += [instalment_clock(line, case, today) for line in money.instalments if line.left_fen > 0 and line.due_on]
    rows = [CaseClock(c, c.due, c.days_left(today), bool(c.due and c.due < today)) for c in running]
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.clock.id))


def instalment_clock(line: case_money.InstalmentLine, case: Case | CaseRows, today: date) -> Clock:
    assert line.due_on is not None  # one without a day has no clock
    label = Text(f"第{line.seq}期付款", f"Instalment {line.seq}")
    return clocks.agreed(f"P{line.seq}", label, case.agreed_on or line.due_on, line.due_on, on=today)


def next_due(case: Case | CaseRows, today: date, money: case_money.Position) -> tuple[date | None, str]:
    """The next day on which we have to have done something, and its rule: the hint for lists."""
    if not case.is_open:
        return None, ""
    if case.state == "PERFORMING":
        line = money.next_instalment
        return (line.due_on, f"P{line.seq}") if line and line.due_on else (None, "")
    if case.outcome:
        return None, ""
    due = [(c.due, c.id) for c in clocks.without_twins(of_case(case, today, money=money))
           if c.nature in OURS and c.due and c.state in ("running", "lapsed")]
    return min(due) if due else (None, "")


def extension_problems(case: Case | CaseRows, answers: Mapping[str, Any], today: date) -> list[Problem]:
    """What the clock's own row says against an extension: consent, before expiry, cap."""
    to_on = answers.get("to_on")
    clock = clocks.find_clock(of_case(case, today), main_rule(case))
    if clock is None:
        return [Problem("", Text("没有正在计算的调解期限，不用延期", "No mediation period is running; nothing to extend"))]
    if not isinstance(to_on, date):
        return []
    agreed_on = answers.get("happened_on")
    signed = consent_days(answers, agreed_on if isinstance(agreed_on, date) else today)
    return list(refusals.extension_problems(clock, to_on, signed, calendar_of(case), today))


def consent_days(answers: Mapping[str, Any], agreed_on: date) -> dict[str, date]:
    """The day on which each one agreed: its own day, else the one day told for all."""
    own = answers.get("signed")
    days = dict(own) if isinstance(own, Mapping) else {}
    return {str(who): agreed_on for who in answers.get("consents") or ()} | days


def pause_problems(case: Case | CaseRows, answers: Mapping[str, object], today: date) -> list[Problem]:
    """What the mediation period's row says against a pause: whether it may pause, and whether it is over."""
    clock = clocks.find_clock(of_case(case, today), main_rule(case))
    if clock is None:
        return [Problem("", Text("没有正在计算的调解期限，不用中止", "No mediation period is running; nothing to pause"))]
    from_on = answers.get("happened_on")
    ground, reason, document = (str(answers.get(name) or "") for name in ("ground", "reason", "document"))
    return refusals.pause_problems(clock, from_on if isinstance(from_on, date) else today, ground, reason, document)
