"""Closed periods of unions: what each case has in the figures of a period, what stands closed, what changed since."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import joinedload, undefer

from mediation.extensions import db
from mediation.models import (
    Agreement,
    Case,
    Closing,
    Event,
    Finding,
    Instalment,
    InstalmentShare,
    Payment,
    Station,
    User,
)
from mediation.queries import audit, balances, door, explaining, history, house, keys, statistics
from mediation.queries.statistics import Scope
from mediation.rules import closings as rules
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.closings import Correction
from mediation.rules.language import Text
from mediation.rules.spans import Span

Made = dict[str, dict[str, int]]


def parts_of(union: Station, period: Span, actor: Actor) -> Made:
    """What every case of a union has in the figures of a period, as of its last day; seven statements.

    Defined as the figures of queries/statistics.py are, case by case.
    """
    asked = statistics.scope(actor, period.code, union.code, period.last)
    made: Made = defaultdict(dict)
    for collect in (_registered, _accepted, _concluded, _agreed, _recovered, _owing, _performed):
        collect(asked, made)
    return {number: {name: fen for name, fen in case_.items() if fen} for number, case_ in made.items()
            if any(case_.values())}


def _registered(asked: Scope, made: Made) -> None:
    for number in db.session.scalars(select(Case.number).where(asked.rows, keys.in_period(
            Case.received_on, asked.period))):
        made[number]["registered"] = 1


def _accepted(asked: Scope, made: Made) -> None:
    settled = case((and_(Case.outcome.in_(words.SUCCESS), asked.is_by_cut_off), 1), else_=0)
    for number, people, fen, won in db.session.execute(select(
            Case.number, Case.headcount, func.coalesce(Case.claimed_fen, 0), settled).where(asked.is_accepted)):
        made[number] |= {"accepted": 1, "workers": people, "claimed_fen": fen, "settled": int(won)}


def _concluded(asked: Scope, made: Made) -> None:
    for number, outcome in db.session.execute(select(Case.number, Case.outcome).where(asked.is_concluded)):
        made[number] |= {"concluded": 1, "won": int(outcome in words.SUCCESS), "by_agreement": int(outcome == "AGREED")}


def _is_effective(asked: Scope) -> ColumnElement[bool]:
    return and_(asked.rows, balances.is_in_force(asked.cut_off), keys.in_period(Agreement.effective_on, asked.period))


def _agreed(asked: Scope, made: Made) -> None:
    found = db.session.execute(
        select(Case.number, func.sum(InstalmentShare.amount_fen))
        .join(Instalment, Instalment.id == InstalmentShare.instalment_id)
        .join(Agreement, Agreement.id == Instalment.agreement_id).join(Case, Case.id == Agreement.case_id)
        .where(_is_effective(asked), balances.is_bound()).group_by(Case.number))
    for number, fen in found:
        made[number]["agreed_fen"] = int(fen)


def _recovered(asked: Scope, made: Made) -> None:
    found = db.session.execute(
        select(Case.number, func.sum(Payment.amount_fen * balances.arrived_sign()))
        .join(Case, Case.id == Payment.case_id).where(asked.rows, keys.is_proved(asked.period)).group_by(Case.number))
    for number, fen in found:
        made[number]["recovered_fen"] = int(fen)


def _owing(asked: Scope, made: Made) -> None:
    sums = balances.per_case(asked.cut_off, asked.rows).subquery()
    for number, fen in db.session.execute(select(Case.number, sums.c.outstanding).join(
            sums, sums.c.case_id == Case.id).where(sums.c.outstanding > 0)):
        made[number]["outstanding_fen"] = int(fen)


def _performed(asked: Scope, made: Made) -> None:
    effective = select(Agreement.case_id).join(Case, Case.id == Agreement.case_id).where(_is_effective(asked))
    sums = balances.per_case(asked.cut_off, and_(asked.rows, Case.id.in_(effective))).subquery()
    for number, left in db.session.execute(select(Case.number, sums.c.unperformed).join(
            sums, sums.c.case_id == Case.id).where(sums.c.agreed > 0)):
        made[number] |= {"with_money": 1, "performed": int(left == 0)}


# What stands in the way of closing --------------------------------------------------------------------------------

class Unclear(NamedTuple):
    """Contradictions of a period: those not explained, and how many are."""

    open: list[explaining.Line]
    explained: int


def unclear(union: Station, period: Span, actor: Actor) -> Unclear:
    """The contradictions of a union that fall into a period, its numbers among them; of cases that can be opened:
    nobody clears what he may not see."""
    rows = and_(statistics.scope(actor, "", union.code).rows, door.filter_for(actor))
    found = [line for line in [*explaining.of_cases(rows, actor.today), *explaining.of_numbers([union])]
             if period.holds(line.found.on)]
    left = [line for line in found if not line.is_explained]
    return Unclear(left, len(found) - len(left))


# What is closed ---------------------------------------------------------------------------------------------------

def standing(union_id: int, period: str) -> Closing | None:
    """The closing of a period that was not reopened."""
    return db.session.scalar(select(Closing).where(
        Closing.union_id == union_id, Closing.period == period, Closing.reopened_on.is_(None)).options(
        joinedload(Closing.made_by)))


def all_of(union_ids: Iterable[int]) -> Sequence[Closing]:
    """Every closing of unions, the latest period first."""
    return db.session.scalars(select(Closing).where(Closing.union_id.in_(list(union_ids))).order_by(
        Closing.last_on.desc(), Closing.first_on.desc(), Closing.id.desc()).options(
        joinedload(Closing.made_by), joinedload(Closing.union), joinedload(Closing.reopened_by))).all()


def closable(actor: Actor) -> Sequence[Station]:
    """The unions whose periods the actor may close."""
    return db.session.scalars(select(Station).where(
        Station.union_id == Station.id, house.reach(actor, "period.close")).order_by(Station.path)).all()


def find(key: int, actor: Actor) -> Closing | None:
    """A closing of a union whose books the actor may see, with all that was frozen."""
    ids = [row.id for row in explaining.unions(actor)]
    return db.session.scalar(select(Closing).where(Closing.id == key, Closing.union_id.in_(ids)).options(
        undefer(Closing.parts), joinedload(Closing.made_by), joinedload(Closing.union),
        joinedload(Closing.reopened_by)))


def holding(union_id: int, day: date | None) -> Sequence[Closing]:
    """The closed periods that a day lies in."""
    if day is None:
        return ()
    return db.session.scalars(select(Closing).where(
        Closing.union_id == union_id, Closing.reopened_on.is_(None), Closing.first_on <= day,
        Closing.last_on >= day).order_by(Closing.last_on, Closing.first_on)).all()


def latest(union_id: int) -> Closing | None:
    """The closed period that reaches furthest: what is dated up to its end may be a correction."""
    return db.session.scalar(select(Closing).where(
        Closing.union_id == union_id, Closing.reopened_on.is_(None)).order_by(Closing.last_on.desc()).limit(1))


class Entry(NamedTuple):
    """An entry of a case's journal as it is read."""

    text: Text
    happened_on: date | None
    entered_at: datetime
    who: str


class Change(NamedTuple):
    """A correction of a closed period with the entries that came after the closing; those of a case that the reader
    may not open are withheld, its sums are not."""

    correction: Correction
    entries: list[Entry]
    is_withheld: bool


def corrections(row: Closing, actor: Actor) -> list[Change]:
    """What later changes did to a closed period, the same for every reader of the union's books."""
    found = rules.corrections(row.parts, parts_of(row.union, rules.read_period(row.period), actor))
    seen = set(db.session.scalars(select(Case.number).where(
        Case.number.in_([one.number for one in found]), door.filter_for(actor))))
    said = _entries_since(row, sorted(seen))
    return [Change(one, said[f"case:{one.number}"], one.number not in seen) for one in found]


def _entries_since(row: Closing, numbers: list[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    if not numbers:
        return found
    events = db.session.scalars(select(Event).where(
        Event.stream.in_([f"case:{number}" for number in numbers]), Event.id > row.last_event_id,
        Event.kind.in_(rules.CHANGING)).order_by(Event.id)).all()
    book = history.book_of(events)
    for event in events:
        found[event.stream].append(Entry(
            history.sentence(event.kind, json.loads(event.data), book), event.happened_on, event.entered_at,
            book.names[User].get(event.actor_id or 0, event.actor_label)))
    return found


def open_findings(row: Closing) -> list[Finding]:
    """The auditor's findings about this period that are not closed."""
    return [one for one in audit.noted_about("period", row.period, row.union) if one.state != "closed"]


def last_event_id() -> int:
    return db.session.scalar(select(func.coalesce(func.max(Event.id), 0))) or 0
