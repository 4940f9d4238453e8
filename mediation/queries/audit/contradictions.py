"""The contradictions of rules/audit/contradictions.py, found in the rows: of one case and of any set of cases alike.

A fixed number of statements however many cases: each gives one part of the books of all of them. What a case's reader
may see is the caller's condition (through the door); the numbers of a union are looked at whole, for a sealed case
would else be taken for a gap.
"""
from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Row, bindparam, case, exists, func, select

from mediation.extensions import db
from mediation.models import Agreement, Case, Claim, Correction, Counter, Event, Paper, Payment, PaymentShare, Station
from mediation.queries.cases import merging
from mediation.queries.money import balances, case_money, corrections
from mediation.rules import words
from mediation.rules.audit.contradictions import (
    SERIES,
    Books,
    Found,
    MoreBack,
    Paid,
    Series,
    Twin,
    Unasked,
    Waiting,
    Worker,
    of_books,
    of_series,
)
from mediation.rules.cases import guards
from mediation.rules.language import Text
from mediation.rules.money import amounts, entries
from mediation.rules.papers import numbering

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
    """The books of every case that ``rows`` admits; eight statements for any number of cases, and three more where
    something went back, looks alike or waits, and where cases were merged."""
    claimed, agreed, arrived = _claimed(rows), _sums(balances.promised(today, rows), "agreed"), _sums(
        balances.came(today, rows), "arrived")
    first, reasons, ways = _first_agreements(rows), _reasons(rows), _ways_on(rows, today)
    entered = _entries(rows)
    shares = _shares(entered)
    waits = exists().where(Correction.case_id == Case.id, corrections.is_waiting()).label("waits")
    cases = db.session.execute(select(
        *DAYS, Case.id, Case.state, Case.is_enforced, Case.referred_to, Case.merged_into_id, waits,
        Station.currency).join(Station, Station.id == Case.union_id).where(
        rows).order_by(Case.id)).all()
    waiting = _waiting(rows) if any(row.waits for row in cases) else {}
    unasked = _unasked(rows)
    mergers = _mergers(rows) if any(row.merged_into_id for row in cases) else {}
    for row in cases:
        workers = sorted({*claimed[row.id], *agreed[row.id], *arrived[row.id]})
        lines = tuple(Worker(key, claimed[row.id].get(key), agreed[row.id].get(key), arrived[row.id].get(key, 0),
                             reasons.get(key, "")) for key in workers)
        owed = sum(max((line.agreed_fen or 0) - line.arrived_fen, 0) for line in lines)
        slips = _slips(entered[row.id], shares)
        yield row.id, Books(
            today, _days(row), lines, tuple(_paid(entered[row.id])), row.id in first, first.get(row.id),
            row.state in CLOSED, owed,
            row.is_enforced or bool(row.referred_to) or ways.get(row.id, "") in guards.CLOSE_WITH_MONEY_OPEN,
            _back(entered[row.id], shares), _twins(slips), tuple(waiting.get(row.id, ())), tuple(unasked[row.id]),
            row.currency, tuple(mergers.get(row.id, ())))


def _mergers(rows: ColumnElement[bool]) -> dict[int, list[tuple[str, Text]]]:
    found: dict[int, list[tuple[str, Text]]] = defaultdict(list)
    for one in merging.wrong(rows):
        found[one.case_id].append((one.key, one.text))
    return found


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


ENTRY = (Payment.id, Payment.case_id, Payment.seq, Payment.paid_on, Payment.paid_told, Payment.amount_fen,
         Payment.reason, Payment.direction, Payment.way, Payment.proof, Payment.proof_note, Payment.payer_party_id,
         Payment.payer_name, Payment.payer_kind, Payment.is_another)


def _entries(rows: ColumnElement[bool]) -> dict[int, list[Row[Any]]]:
    """The entries that stand, by case."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(select(*ENTRY).join(Case, Case.id == Payment.case_id).where(
            rows, balances.stands()).order_by(Payment.case_id, Payment.seq)):
        found[row.case_id].append(row)
    return found


def _paid(entered: Iterable[Row[Any]]) -> Iterator[Paid]:
    for row in entered:
        if row.proof in words.PROVED and row.way != "goods" and row.direction == "to_worker":
            yield Paid(row.seq, row.paid_on, row.amount_fen, row.reason)


def _alike(entered: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Entries of one day, sum and direction, of which there are several."""
    groups: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for row in entered:
        groups[row.paid_on, row.paid_told, row.amount_fen, row.direction].append(row)
    return [row for group in groups.values() if len(group) > 1 for row in group]


def _shares(entered: Mapping[int, list[Row[Any]]]) -> dict[int, dict[int, int]]:
    """The workers' parts of the entries that are compared: of those alike, and of all where something went back."""
    wanted = [row.id for rows in entered.values() for row in (
        rows if any(row.direction == "to_employer" for row in rows) else _alike(rows))]
    found: dict[int, dict[int, int]] = defaultdict(dict)
    if wanted:
        for key, party, fen in db.session.execute(select(
                PaymentShare.payment_id, PaymentShare.party_id, PaymentShare.amount_fen).where(
                PaymentShare.payment_id.in_(bindparam(None, wanted, expanding=True, literal_execute=True)))):
            found[key][party] = fen
    return found


def _slips(entered: Iterable[Row[Any]], shares: Mapping[int, dict[int, int]]) -> list[entries.Slip]:
    return [case_money.slip_of(row, shares.get(row.id, {})) for row in sorted(_alike(entered), key=lambda row: row.seq)]


def _twins(slips: Sequence[entries.Slip]) -> tuple[Twin, ...]:
    return tuple(Twin(slip.seq, earlier.seq, slip.fen, slip.paid_on) for slip, earlier in entries.unconfirmed(slips))


def _back(entered: Sequence[Row[Any]], shares: Mapping[int, dict[int, int]]) -> tuple[MoreBack, ...]:
    """Workers from whom more went back than had come by then."""
    returns = [row for row in entered if row.direction == "to_employer"]
    moved: dict[int, list[amounts.Payment]] = defaultdict(list)
    for row in entered if returns else ():
        for party, fen in shares.get(row.id, {}).items():
            moved[party].append(case_money.paid(row, fen))
    last = max((row.paid_on for row in returns if row.paid_on), default=None)
    lowest = {party: entries.lowest(found) for party, found in sorted(moved.items())}
    return tuple(MoreBack(party, -fen, last) for party, fen in lowest.items() if fen)


def _waiting(rows: ColumnElement[bool]) -> dict[int, list[Waiting]]:
    """Changes of payee and account that wait for somebody's word, by case."""
    found: dict[int, list[Waiting]] = defaultdict(list)
    for key, case_id, made_on in db.session.execute(select(Correction.id, Correction.case_id, Correction.made_on).join(
            Case, Case.id == Correction.case_id).where(rows, corrections.is_waiting()).order_by(Correction.id)):
        found[case_id].append(Waiting(key, made_on))
    return found


def _unasked(rows: ColumnElement[bool]) -> dict[int, list[Unasked]]:
    found: dict[int, list[Unasked]] = defaultdict(list)
    for row in corrections.unasked(rows):
        found[row.case_id].append(Unasked(row.party_id, row.why, row.on))
    return found


def _reasons(rows: ColumnElement[bool]) -> dict[int, str]:
    """The last reason that was given for money of a worker, by worker."""
    return dict(db.session.execute(
        select(PaymentShare.party_id, Payment.reason).join(Payment, Payment.id == PaymentShare.payment_id)
        .join(Case, Case.id == Payment.case_id).where(rows, Payment.reason != "", balances.stands())
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
    """The gaps in the register, printed and paper numbers of unions, every year."""
    wanted = list(union_ids)
    drawn = {(row.union_id, row.series, row.year): row.last for row in db.session.scalars(
        select(Counter).where(Counter.union_id.in_(wanted), Counter.series.in_(tuple(SERIES))))}
    known: dict[tuple[int, str, int], dict[int, date | None]] = {key: {} for key in drawn}
    for union, number, printed, received, accepted in db.session.execute(
            select(Case.union_id, Case.number, Case.printed_number, Case.received_on, Case.accepted_on)
            .where(Case.union_id.in_(wanted))):
        ours, last = REGISTER.search(number), LAST_DIGITS.search(printed)
        if ours:
            known.setdefault((union, "register", int(ours[1])), {})[int(ours[2])] = received
        if last and accepted:
            known.setdefault((union, "accepted", accepted.year), {})[int(last[1])] = accepted
    for union, kind, year, n, made in db.session.execute(
            select(Case.union_id, Paper.kind, Paper.serial_year, Paper.serial, Paper.made_on).join(Paper.case)
            .where(Case.union_id.in_(wanted), Paper.serial.is_not(None))):
        known.setdefault((union, numbering.series(kind), year), {})[n] = made
    return [UnionFound(union, found) for (union, name, year), numbers in sorted(known.items())
            for found in of_series(Series(name, year, numbers, drawn.get((union, name, year), 0)))]
