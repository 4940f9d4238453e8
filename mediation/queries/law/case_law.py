"""What the law says about one case today: its time bars, what has passed, which side procedures are open, and why."""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from mediation import sheets
from mediation.extensions import db
from mediation.models import Agency, Case, Event, SideProcedure, Station
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law import ways as way_queries
from mediation.queries.money import case_money
from mediation.rules import reading
from mediation.rules.law import causes, clocks, jurisdiction, lapses, limitation, procedures, routes, ways
from mediation.rules.law.clocks import Clock
from mediation.rules.law.lapses import Proposal
from mediation.rules.law.limitation import PAY_HEADS, Restart
from mediation.rules.law.routes import Offer, Situation
from mediation.rules.law.workdays import Calendar
from mediation.rules.text_cleaning import Unreadable

ALIVE = ("running", "lapsed", "paused")


def heads(case: Case) -> frozenset[str]:
    """The heads of the claims that still stand."""
    return frozenset(claim.head for claim in case.claims if claim.dropped_on is None)


# Time bars ------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Bar:
    """A time bar with its alert ('' far off, soon, red, lapsed)."""

    clock: Clock
    alert: str
    is_aid_urgent: bool

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """Each interruption as the fold took it."""
        return self.clock.fold.restarts if self.clock.fold else ()


def bars(case: Case, today: date, found: Iterable[Clock] | None = None) -> list[Bar]:
    """The time bars of a case, each with its interruptions in order."""
    known = list(found) if found is not None else clock_queries.of_case(case, today)
    rows = [c for c in known if c.id in clocks.BARS and c.state in ALIVE]
    return [Bar(c, limitation.bar_alert(c.due, today, c.first_due), limitation.is_aid_urgent(c.due, today))
            for c in clocks.without_twins(rows)]


def earlier_days(case: Case) -> list[tuple[datetime, str, date]]:
    """The days from which time bars were counted before they were corrected: when that was, the column, the day; the
    newest first."""
    rows = db.session.execute(select(Event.entered_at, Event.data).where(
        Event.stream == f"case:{case.number}", Event.kind == "bar_days_changed").order_by(Event.seq.desc()))
    found = []
    for at, data in rows:
        told = json.loads(data)
        found += [(at, name, date.fromisoformat(day)) for name, short in limitation.STARTS.items()
                  if (day := told.get(f"{short}_before")) and day != told.get(f"{short}_on")]
    return found


def unrecorded_breach(case: Case, money: case_money.Position, today: date) -> limitation.Interruption | None:
    """The newest instalment that was not paid in time and is not on the list: its day starts the year anew (R17 31)."""
    kind = {"AGREED": "agreement_broken", "SETTLED": "settlement_broken"}.get(case.outcome, "")
    if kind and not ways.restarts(case.channel, kind):
        kind = "settlement_broken"  # what such a body makes is a settlement between the parties (TJF 4)
    told = {row.on for row in clock_queries.interruptions(case) if row.kind == kind}
    days = [line.due_on for line in money.instalments if line.due_on and line.due_on < today and line.left_fen > 0]
    newest = max(days, default=None)
    if not kind or newest is None or newest in told or case.is_late_entry or case.is_civil or (
            case.channel in ways.SENT):
        return None
    return limitation.Interruption(newest, kind)


def nearest_bar(found: Iterable[Clock]) -> Clock | None:
    """The running bar that ends first; None when nothing of the kind runs."""
    rows = [c for c in found if c.id in clocks.BARS and c.state in ("running", "lapsed") and c.due]
    return min(rows, key=lambda clock: clock.due or date.max, default=None)


# What has passed ------------------------------------------------------------------------------------------------

def proposals(case: Case, today: date, found: Iterable[Clock] | None = None) -> list[Proposal]:
    """What the product proposes for limits that are over; nothing once there is an outcome, or for a late entry."""
    if case.is_late_entry or case.outcome or not case.is_open:
        return []
    known = list(found) if found is not None else clock_queries.of_case(case, today)
    return lapses.proposals(known, way_queries.of_case(case, today), today)


def expired_period(case: Case, today: date) -> Proposal | None:
    """The proposal to end mediation because its period is over; None while it is not."""
    return next((p for p in proposals(case, today) if p.kind == "outcome"), None)


# Side procedures ------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Door:
    """A side procedure on its page: what the law says of it now, what was begun, and the steps that are next."""

    offer: Offer
    procedure: procedures.Procedure
    window: Clock | None
    rows: tuple[SideProcedure, ...]

    @property
    def running(self) -> SideProcedure | None:
        return next((row for row in self.rows if row.state in procedures.OPEN_STATES), None)

    @property
    def may_request(self) -> bool:
        """Whether a request may be recorded now."""
        return self.offer.is_open and self.running is None


def doors(case: Case, today: date) -> list[Door]:
    """Every side procedure in the order of the table, open or with its reasons against."""
    found = clock_queries.of_case(case, today)
    rows = sorted(case.side_procedures, key=lambda row: row.id)
    return [Door(offer, table, clocks.find_clock(found, table.window) if table.window else None,
                 tuple(row for row in rows if row.kind == table.kind))
            for offer in routes.offers(situation(case, today, found))
            for table in (procedures.PROCEDURES[offer.route.code],)]


def situation(case: Case, on: date, found: Sequence[Clock] | None = None) -> Situation:
    """What the routes ask of a case on a day."""
    known = found if found is not None else clock_queries.of_case(case, on)
    money, claimed = case_money.position(case, on), heads(case)
    bar = nearest_bar(known)
    return Situation(
        on=on, heads=claimed, is_effective=case.effective_on is not None, way=way_queries.of_case(case, on),
        is_objected=_ended(case, "pay_order", "objected"), is_order_over=_ended(case, "pay_order", "lapsed"),
        is_confirmed=_ended(case, "jud_confirm", "granted"), review=clocks.find_clock(known, "L8"),
        confirmation=clocks.find_clock(known, "L10"), look_back=clocks.find_clock(known, "L26"),
        bar_due=bar.due if bar else None, overdue_fen=money.overdue_fen, workers=case.headcount,
        unpaid_months=_months(case), unpaid_fen=_unpaid(case, money),
        has_official_order=_ended(case, "inspection", "ordered"))


def _ended(case: Case, kind: str, result: str) -> bool:
    return any(row.kind == kind and row.result == result for row in case.side_procedures)


def _unpaid(case: Case, money: case_money.Position) -> int:
    """Pay that is still owed: what is outstanding of an agreement, else what was claimed as pay and has not come."""
    if case.agreed_on is not None:
        return money.outstanding_fen
    pay = sum(c.amount_fen or 0 for c in case.claims if c.dropped_on is None and c.head in PAY_HEADS)
    return max(pay - money.arrived_fen, 0)


def _months(case: Case) -> int:
    """How many months the claims for pay span, as far as their beginning and end were told readably."""
    spans = [_span(c.from_told, c.to_told, case.received_on or case.rules_on) for c in case.claims
             if c.dropped_on is None and c.head in PAY_HEADS]
    return max(spans, default=0)


def _span(told_from: str, told_to: str, on: date) -> int:
    try:
        first, last = reading.read_date(told_from, on).first_on, reading.read_date(told_to or told_from, on).last_on
    except Unreadable:
        return 0
    if first is None or last is None:
        return 0
    return max((last.year - first.year) * 12 + last.month - first.month + 1, 0)


# Scope and causes -----------------------------------------------------------------------------------------------

def suggested_jurisdiction(case: Case, today: date) -> jurisdiction.Jurisdiction:
    """What the rules say of the case with its relation and claims as they stand."""
    return jurisdiction.jurisdiction_of(case.relation, heads(case), way_queries.facts_on(case, today))


def last_jurisdiction(case: Case) -> jurisdiction.Jurisdiction | None:
    """The answer of the newest scope check, by today's rules; None while nobody has checked."""
    check = max(case.scope_checks, key=lambda row: row.id, default=None)
    return None if check is None else jurisdiction.jurisdiction_of(
        check.relation, heads(case), check.facts_on, check.exclusion, check.has_pension, check.is_delayed)


def suggested_causes(case: Case, today: date) -> tuple[str, str]:
    """The court cause and the statistics head that the main claim suggests; '' where there is none."""
    verdict = (last_jurisdiction(case) or suggested_jurisdiction(case, today)).verdict
    cause = causes.suggested_cause(case.relation, case.main_head, case.received_on or today,
                                   verdict not in ("civil", "out"))
    ordered = [case.main_head, *sorted(heads(case) - {case.main_head})]
    return cause.code if cause else "", causes.suggested_reason([head for head in ordered if head])


def local_bodies(case: Case) -> list[Agency]:
    """The bodies of the union to which people are sent on."""
    return list(db.session.scalars(select(Agency).where(
        Agency.union_id == case.union_id, Agency.is_active.is_(True)).order_by(Agency.id)))


# A new calendar -------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Change:
    """A deadline of an open case before and after a calendar is loaded."""

    case: Case
    clock: Clock
    before: date
    after: date
    was_provisional: bool


def deadline_changes(rows: Iterable[Mapping[str, str]], today: date, county: str | None = None) -> list[Change]:
    """The open cases whose deadlines another calendar changes.

    ``rows``: the days to be loaded, with ``date``, ``kind`` (off, work) and ``name``; the official ones when
    ``county`` is None, else that county's own. Ask before the rows are stored. A deadline that only stops being
    provisional is not listed.
    """
    new = list(rows)
    found: list[Change] = []
    pairs: dict[str, tuple[Calendar, Calendar]] = {}
    for case in open_cases(county):
        place = case.station.county
        if place not in pairs:
            pairs[place] = _calendars(place, new, county)
        found += _changed(case, today, *pairs[place])
    return found


def open_cases(county: str | None = None) -> list[Case]:
    """The open cases, of one county's sites where it is named, with all that their clocks look at."""
    rows = select(Case).join(Station, Station.id == Case.station_id).where(
        Case.is_open == 1, Case.is_late_entry.is_(False)).options(
        joinedload(Case.station), selectinload(Case.claims), selectinload(Case.clock_changes),
        selectinload(Case.interruptions), selectinload(Case.case_facts), selectinload(Case.side_procedures))
    if county is not None:
        rows = rows.where(Station.county == county)
    return list(db.session.scalars(rows.order_by(Case.id)))


def _calendars(place: str, rows: list[Mapping[str, str]], county: str | None) -> tuple[Calendar, Calendar]:
    """The calendar of a place as it is, and as it will be with the new rows."""
    loaded = clock_queries.calendar_rows(place) or sheets.load_table("holidays")
    kinds = clock_queries.LOCAL_KINDS
    new = [{**row, "kind": kinds.get(row["kind"], row["kind"]) if county else row["kind"]} for row in rows]
    same = {(row["date"], row["kind"] in kinds.values()) for row in new}
    whole = _whole_year(new) if county is None else ""
    kept = [row for row in loaded if (row["date"], row["kind"] in kinds.values()) not in same
            and not (row["date"][:4] == whole and row["kind"] not in kinds.values())]
    return Calendar.from_rows(loaded), Calendar.from_rows([*kept, *new])


def _whole_year(rows: Sequence[Mapping[str, str]]) -> str:
    """The year that a notice replaces; it may reach into its neighbours."""
    years = Counter(row["date"][:4] for row in rows)
    return years.most_common(1)[0][0] if years else ""


def _changed(case: Case, today: date, old: Calendar, new: Calendar) -> Iterable[Change]:
    before = clock_queries.of_case(case, today, old)
    after = clock_queries.of_case(case, today, new)
    for was, will in zip(before, after, strict=True):
        if was.state in ALIVE and was.due and will.due and was.due != will.due:
            yield Change(case, will, was.due, will.due, was.provisional)


# Court platform -------------------------------------------------------------------------------------------------

def lapsed_messages(cases: Iterable[Case], today: date) -> list[tuple[Case, Proposal]]:
    """Cases whose court-platform message was not confirmed in time: they have to go to somebody else (L2)."""
    calendar = cache(clock_queries.calendar)
    return [(case, proposal) for case in cases if case.channel in "EF" and not case.outcome
            for proposal in proposals(case, today, clock_queries.of_case(case, today, calendar(case.station.county)))
            if proposal.kind == "reassign"]
