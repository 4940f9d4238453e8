"""The contradictions of rules/audit/contradictions.py, found in the rows: of one case and of any set of cases alike.

A fixed number of statements however many cases: each gives one part of the books of all of them. What a case's reader
may see is the caller's condition (through the door); the numbers of a union are looked at whole, for a sealed case
would else be taken for a gap.
"""
from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Row, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from mediation.extensions import db
from mediation.models import Agreement, Case, Claim, Counter, Event, Payment, PaymentShare
from mediation.queries.money import balances
from mediation.rules.audit.contradictions import Books, Found, Paid, Series, Worker, of_books, of_series
from mediation.rules.cases import guards

CLOSED = ("CLOSED", "ARCHIVED")
REGISTER = re.compile(r"-(\d{4})-(\d+)$")
LAST_DIGITS = re.compile(r"(\d+)\D*$")
Sums = dict[int, dict[int, int]]  # case -> worker -> fen


class CaseFound(NamedTuple):
    """A contradiction and the case that it is in."""

    case_id: int
    found: Found


def of_case(case: Case, today: date) -> list[Found]:
    """The contradictions of one case."""
    return [row.found for row in of_cases(Case.id == case.id, today)]


def of_cases(rows: ColumnElement[bool], today: date) -> list[CaseFound]:
    """The contradictions of the cases that ``rows`` admits, by case."""
    return [CaseFound(key, found) for key, books in books_of(rows, today) for found in of_books(books)]


def faulty_ids(rows: ColumnElement[bool], today: date) -> set[int]:
    """Ids of the cases that do not pass every check, explained ones among them."""
    return {key for key, books in books_of(rows, today) if of_books(books)}


def books_of(rows: ColumnElement[bool], today: date) -> Iterator[tuple[int, Books]]:
    """The books of every case that ``rows`` admits; seven statements for any number of cases."""
    claimed, agreed, arrived = _claimed(rows), _sums(balances.promised(today, rows), "agreed"), _sums(
        balances.came(date.max, rows), "arrived")
    first, paid, reasons, ways = _first_agreements(rows), _paid(rows), _reasons(rows), _ways_on(rows, today)
    for row in db.session.execute(select(*DAYS, Case.id, Case.state, Case.is_enforced, Case.referred_to).where(
            rows).order_by(Case.id)):
        workers = sorted({*claimed[row.id], *agreed[row.id], *arrived[row.id]})
        lines = tuple(Worker(key, claimed[row.id].get(key), agreed[row.id].get(key), arrived[row.id].get(key, 0),
                             reasons.get(key, "")) for key in workers)
        owed = sum(max((line.agreed_fen or 0) - line.arrived_fen, 0) for line in lines)
        yield row.id, Books(
            today, _days(row), lines, tuple(paid[row.id]), row.id in first, first.get(row.id), row.state in CLOSED,
            owed, row.is_enforced or bool(row.referred_to) or ways.get(row.id, "") in guards.CLOSE_WITH_MONEY_OPEN)


DAYS = (Case.received_on, Case.accepted_on, Case.agreed_on, Case.effective_on, Case.concluded_on, Case.closed_on)


def _days(row: Row[Any]) -> dict[str, date | None]:
    return {"received": row.received_on, "accepted": row.accepted_on, "agreed": row.agreed_on,
            "effective": row.effective_on, "concluded": row.concluded_on, "closed": row.closed_on}


def _by_case(found: Iterable[Sequence[Any]]) -> Sums:
    sums: Sums = defaultdict(dict)
    for key, party, fen in found:
        sums[key][party] = int(fen)
    return sums


def _sums(subquery: FromClause, name: str) -> Sums:
    columns = subquery.c
    return _by_case(db.session.execute(select(columns.case_id, columns.party_id, columns[name])).tuples())


def _claimed(rows: ColumnElement[bool]) -> Sums:
    """Sums of the claims not dropped; a worker of whom one sum is not known yet has none to compare."""
    signed = Claim.amount_fen * case((Claim.head == "to_employer", -1), else_=1)
    return _by_case(db.session.execute(
        select(Claim.case_id, Claim.party_id, func.sum(signed)).join(Case, Case.id == Claim.case_id)
        .where(rows, Claim.dropped_on.is_(None)).group_by(Claim.case_id, Claim.party_id)
        .having(func.count() == func.count(Claim.amount_fen))).tuples())


def _first_agreements(rows: ColumnElement[bool]) -> dict[int, date | None]:
    return dict(db.session.execute(
        select(Agreement.case_id, func.min(Agreement.made_on)).join(Case, Case.id == Agreement.case_id)
        .where(rows).group_by(Agreement.case_id)).tuples().all())


def stands() -> ColumnElement[bool]:
    """An entry that was not reversed and is itself no reversal."""
    counter = aliased(Payment)
    return and_(Payment.reverses_id.is_(None), ~exists().where(counter.reverses_id == Payment.id))


def _paid(rows: ColumnElement[bool]) -> dict[int, list[Paid]]:
    found: dict[int, list[Paid]] = defaultdict(list)
    for key, *entry in db.session.execute(
            select(Payment.case_id, Payment.seq, Payment.paid_on, Payment.amount_fen, Payment.reason)
            .join(Case, Case.id == Payment.case_id)
            .where(rows, balances.counts(), Payment.direction == "to_worker", stands())
            .order_by(Payment.case_id, Payment.seq)):
        found[key].append(Paid(*entry))
    return found


def _reasons(rows: ColumnElement[bool]) -> dict[int, str]:
    """The last reason that was given for money of a worker, by worker."""
    return dict(db.session.execute(
        select(PaymentShare.party_id, Payment.reason).join(Payment, Payment.id == PaymentShare.payment_id)
        .join(Case, Case.id == Payment.case_id).where(rows, Payment.reason != "", stands())
        .order_by(Payment.id)).tuples().all())


def _ways_on(rows: ColumnElement[bool], today: date) -> dict[int, str]:
    """How closed cases with money outstanding were closed, as their last closing says."""
    said = db.session.execute(
        select(Case.id, Event.data).join(Event, Event.stream == "case:" + Case.number)
        .where(rows, Case.state.in_(CLOSED), Case.id.in_(balances.owing(today, rows)), Event.kind == "closed")
        .order_by(Event.seq))
    return {key: json.loads(data).get("way", "") for key, data in said}


# The numbers of a union -----------------------------------------------------------------------------------------

class UnionFound(NamedTuple):
    """A gap, and the union whose series it is in."""

    union_id: int
    found: Found


def of_numbers(union_ids: Iterable[int]) -> list[UnionFound]:
    """The gaps in the register and printed numbers of unions, every year."""
    wanted = list(union_ids)
    drawn = {(row.union_id, row.series, row.year): row.last for row in db.session.scalars(
        select(Counter).where(Counter.union_id.in_(wanted), Counter.series.in_(("register", "accepted"))))}
    known: dict[tuple[int, str, int], dict[int, date | None]] = {key: {} for key in drawn}
    for union, number, printed, received, accepted in db.session.execute(
            select(Case.union_id, Case.number, Case.printed_number, Case.received_on, Case.accepted_on)
            .where(Case.union_id.in_(wanted))):
        ours, last = REGISTER.search(number), LAST_DIGITS.search(printed)
        if ours:
            known.setdefault((union, "register", int(ours[1])), {})[int(ours[2])] = received
        if last and accepted:
            known.setdefault((union, "accepted", accepted.year), {})[int(last[1])] = accepted
    return [UnionFound(union, found) for (union, name, year), numbers in sorted(known.items())
            for found in of_series(Series(name, year, numbers, drawn.get((union, name, year), 0)))]
