"""What the work lists would have asked on a day gone by: untouched and stuck cases, told from journal, facts and plans.

The lists themselves look at the present state of a case (``queries/desk/work_lists.py``). A figure "as of" an earlier
day cannot, so the state of that day is put together again: what was entered by its end, what was due and unpaid on it,
which limits ran, who held the case. What was entered later for an earlier day counts, as in every other figure.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from mediation.extensions import db
from mediation.models import Case, CaseFact, ClockChange, Contact, Event, Hearing, Station, User, Visit
from mediation.queries.cases.history import BEIJING
from mediation.queries.desk import work_lists
from mediation.queries.figures.scopes import Scope
from mediation.queries.house import admin
from mediation.queries.law import clocks
from mediation.queries.money import balances

# After these events a case is held by the account that they name, or by nobody.
HELD = ("assigned", "reassigned", "taken_up", "taken")
RELEASED = ("returned", "recused")


class Then(NamedTuple):
    """What the columns of a case tell of an earlier day."""

    id: int
    number: str
    channel: str
    procedure: str
    is_civil: bool
    received_on: date | None
    consented_on: date | None
    accepted_on: date | None
    assigned_on: date | None
    concluded_on: date | None
    rules_on: date | None
    handler_id: int | None
    union_id: int


FIELDS = tuple(getattr(Case, name) for name in Then._fields)


def end_of(day: date) -> datetime:
    """The last moment of a day in Beijing."""
    return datetime.combine(day + timedelta(1), time(), BEIJING)


def was_open(day: date) -> ColumnElement[bool]:
    """Received by a day and not closed on it; where nobody knows the day of receipt, from its entry on."""
    is_closed = and_(Case.is_open == 0, or_(Case.closed_on.is_(None), Case.closed_on <= day))
    is_there = or_(Case.received_on <= day, and_(Case.received_on.is_(None), Case.registered_at <= end_of(day)))
    return and_(is_there, ~is_closed)


def untouched(asked: Scope) -> ColumnElement[bool]:
    """Open on the day, nothing entered in the fortnight before its end, and no money being waited for."""
    seen = end_of(asked.cut_off)
    entry = and_(Event.stream == literal("case:") + Case.number, Event.kind.not_like("finding%"))
    written = exists().where(entry, Event.entered_at > seen - timedelta(work_lists.UNTOUCHED_DAYS),
                             Event.entered_at <= seen)
    begun = exists().where(entry, Event.entered_at <= seen)
    return and_(Case.is_late_entry.is_(False), was_open(asked.cut_off), begun, ~written,
                Case.id.not_in(_waiting_for_money(asked)))


def _waiting_for_money(asked: Scope) -> Select[Any]:
    """Cases whose earliest unpaid instalment was not late on the day."""
    plan = balances.plan(asked.cut_off, asked.rows)
    return select(plan.c.case_id).where(plan.c.amount > plan.c.paid).group_by(plan.c.case_id).having(
        func.min(plan.c.due_on) >= asked.cut_off)


# Stuck ------------------------------------------------------------------------------------------------------------

def stuck(asked: Scope) -> ColumnElement[bool]:
    """No rule would have brought the case up again: see ``conditions.stuck``."""
    found = asked.once("stuck", lambda scope: list(_stuck_ids(scope)))
    return Case.id.in_(bindparam(None, found, expanding=True, literal_execute=True))


def _stuck_ids(asked: Scope) -> Iterator[int]:
    where = and_(asked.rows, was_open(asked.cut_off), Case.is_late_entry.is_(False))
    rows = db.session.execute(select(*FIELDS, _is_planned(asked.cut_off), Case.id.in_(_dated_money(asked)))
                              .where(where)).all()
    holders, gone, runs = _holders(asked, where), _gone(asked.cut_off), _runner(asked, where)
    for *fields, is_planned, has_money in rows:
        case = Then(*fields)
        is_concluded = case.concluded_on is not None and case.concluded_on <= asked.cut_off
        holder = holders.get(case.number, case.handler_id)
        is_dated = is_planned or (has_money if is_concluded else runs(case))
        if not is_dated or (is_concluded if holder is None else gone(holder, case.union_id)):
            yield case.id


def _is_planned(day: date) -> ColumnElement[bool]:
    """A call not yet made, a session or a visit was planned on the day."""
    later = aliased(Contact)
    made = exists().where(later.case_id == Contact.case_id, later.id > Contact.id, later.contacted_on <= day,
                          later.contacted_on >= Contact.next_on)
    call = exists().where(Contact.case_id == Case.id, Contact.contacted_on <= day, Contact.next_on.is_not(None), ~made)
    session = exists().where(Hearing.case_id == Case.id, Hearing.held_on <= day, Hearing.next_on >= day)
    visit = exists().where(Visit.case_id == Case.id, Visit.visited_on <= day, Visit.next_on >= day)
    return or_(call, session, visit)


def _dated_money(asked: Scope) -> Select[Any]:
    """Cases with an instalment that has a day and was not wholly paid by the cut-off."""
    plan = balances.plan(asked.cut_off, asked.rows)
    return select(plan.c.case_id).where(plan.c.amount > plan.c.paid, plan.c.due_on.is_not(None))


def _holders(asked: Scope, where: ColumnElement[bool]) -> dict[str, int | None]:
    """Who held each case at the end of the day, by number; cases whose journal never names a holder are left out."""
    rows = db.session.execute(select(Case.number, Event.kind, Event.data, Event.entered_at).join(
        Event, Event.stream == literal("case:") + Case.number).where(
        where, Event.kind.in_((*HELD, *RELEASED))).order_by(Event.id))
    found: dict[str, int | None] = {}
    for number, kind, data, at in rows:
        before = found.setdefault(number, None)
        is_past = at <= end_of(asked.cut_off)
        found[number] = (json.loads(data).get("handler") if kind in HELD else None) if is_past else before
    return found


def _gone(day: date) -> Callable[[int, int], bool]:
    """Whether an account could not work on a case of a union on the day, as far as the journal tells: what it is now,
    unless it became so later."""
    rows = db.session.execute(select(User.id, User.role, User.is_active, Station.union_id).join(
        Station, Station.id == User.station_id)).all()
    now = {key: union_id if is_active and role in admin.WORKERS else None for key, role, is_active, union_id in rows}
    later = set()
    for data in db.session.scalars(select(Event.data).where(
            Event.kind.in_(("user_disabled", "user_changed")), Event.entered_at > end_of(day))):
        later.add(json.loads(data).get("user"))
    return lambda account, union_id: account not in later and now.get(account) != union_id


def _runner(asked: Scope, where: ColumnElement[bool]) -> Callable[[Then], bool]:
    """Whether a limit of ours ran for a case on the day, or was over and not kept."""
    cases = select(Case.id).where(where)
    day = asked.cut_off
    told = clocks.by_case(select(CaseFact.case_id, CaseFact.fact, CaseFact.on).where(
        CaseFact.case_id.in_(cases), CaseFact.dropped_on.is_(None), CaseFact.on <= day))
    moved = clocks.by_case(select(ClockChange.case_id, ClockChange.rule, ClockChange.kind, ClockChange.from_on,
                           ClockChange.to_on).where(ClockChange.case_id.in_(cases), ClockChange.from_on <= day)
                    .order_by(ClockChange.id))
    run = clocks.runner(asked.once("calendar", lambda _scope: clocks.calendar()), day)

    def runs(case: Then) -> bool:
        days = {"received": case.received_on, "accepted": case.accepted_on, "consented": case.consented_on,
                "mediator_appointed": case.assigned_on,
                "papers_signed": case.received_on if case.channel in "EF" else None}
        facts = {name: on for name, on in days.items() if on and on <= day} | dict(told.get(case.id, ()))
        found = run(case.channel, case.procedure, case.is_civil, tuple(sorted(facts.items())),
                    case.rules_on if "accepted" in facts else None, tuple(moved.get(case.id, ())))
        return any(c.nature in clocks.OURS and c.due and c.state in ("running", "lapsed") for c in found)
    return runs
