"""What was agreed and what arrived, for many cases in one statement; the law of a single case is
queries/money/case_money.py.

Sums per worker first, then per case, so that one worker's surplus never hides another's loss (decisions.md, Figures).
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Row, Select, Subquery, and_, case, exists, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from mediation.extensions import db
from mediation.models import Agreement, Case, Consent, Instalment, InstalmentShare, Payment, PaymentShare
from mediation.rules import words


class Balance(NamedTuple):
    """The money of a case on a day, in fen."""

    agreed_fen: int
    outstanding_fen: int
    overdue_fen: int
    unperformed_fen: int


NOTHING = Balance(0, 0, 0, 0)


def is_in_force(on: date) -> ColumnElement[bool]:
    """An agreement that stands on a day: made, and not superseded by then."""
    return and_(or_(Agreement.made_on.is_(None), Agreement.made_on <= on),
                or_(Agreement.superseded_on.is_(None), Agreement.superseded_on > on))


def is_bound(on: date | None = None) -> ColumnElement[bool]:
    """A worker's share counts unless that worker's consent is missing, or came after the day (R33 63)."""
    missing = Consent.consented_on.is_(None)
    return ~exists().where(Consent.agreement_id == Agreement.id, Consent.party_id == InstalmentShare.party_id,
                           missing if on is None else or_(missing, Consent.consented_on > on))


def counts() -> ColumnElement[bool]:
    """Payments with proof; goods stand apart from all sums."""
    return and_(Payment.proof.in_(words.PROVED), Payment.way != "goods")


def stands() -> ColumnElement[bool]:
    """An entry that was not reversed and is itself no reversal."""
    counter = aliased(Payment)
    return and_(Payment.reverses_id.is_(None), ~exists().where(counter.reverses_id == Payment.id))


def arrived_sign() -> ColumnElement[int]:
    """Money back to the employer is subtracted."""
    return case((Payment.direction == "to_employer", -1), else_=1)


def _admitted(rows: ColumnElement[bool]) -> Select[Any]:
    """The cases come first and lead to their agreements and payments, however many there are of those."""
    return select(Case.id).where(rows)


def promised(on: date, rows: ColumnElement[bool]) -> Subquery:
    """What the agreement in force promises each worker whom it binds: agreed in all, and due before the day."""
    is_due = Instalment.due_on < on
    return (
        select(Agreement.case_id, InstalmentShare.party_id, func.sum(InstalmentShare.amount_fen).label("agreed"),
               func.sum(case((is_due, InstalmentShare.amount_fen), else_=0)).label("due"),
               func.max(case((Agreement.is_accelerated.is_(True), 1), else_=0)).label("is_whole"))
        .join(Instalment, Instalment.id == InstalmentShare.instalment_id)
        .join(Agreement, Agreement.id == Instalment.agreement_id)
        .where(Agreement.case_id.in_(_admitted(rows)), is_in_force(on), is_bound(on))
        .group_by(Agreement.case_id, InstalmentShare.party_id).subquery())


def above_zero(sum_: ColumnElement[int]) -> ColumnElement[int]:
    """A sum, or nothing where it is negative."""
    return case((sum_ > 0, sum_), else_=0)


def came(on: date, rows: ColumnElement[bool]) -> Subquery:
    """What arrived for each worker by the day: all of it, and without what a fund advanced; neither is below nothing.

    ``net`` is what came less what went back, as it stands in the books; below nothing it is a contradiction.
    """
    signed = PaymentShare.amount_fen * arrived_sign()
    net = func.sum(signed)
    performed = func.sum(case((Payment.payer_kind == "fund", 0), else_=signed))
    return (
        select(Payment.case_id, PaymentShare.party_id, above_zero(net).label("arrived"),
               above_zero(performed).label("performed"), net.label("net"))
        .join(Payment, Payment.id == PaymentShare.payment_id)
        .where(Payment.case_id.in_(_admitted(rows)), counts(), or_(Payment.paid_on.is_(None), Payment.paid_on <= on))
        .group_by(Payment.case_id, PaymentShare.party_id).subquery())


def per_case(on: date, rows: ColumnElement[bool]) -> Select[Any]:
    """case_id with agreed, outstanding, overdue and unperformed fen of the cases that ``rows`` admits."""
    due, paid = promised(on, rows), came(on, rows)
    arrived, performed = func.coalesce(paid.c.arrived, 0), func.coalesce(paid.c.performed, 0)
    late = due.c.due - performed
    overdue = case((and_(due.c.is_whole == 1, late > 0), due.c.agreed - performed), else_=above_zero(late))
    return (
        select(due.c.case_id, func.sum(due.c.agreed).label("agreed"),
               func.sum(above_zero(due.c.agreed - arrived)).label("outstanding"),
               func.sum(overdue).label("overdue"),
               func.sum(above_zero(due.c.agreed - performed)).label("unperformed"))
        .outerjoin(paid, and_(paid.c.case_id == due.c.case_id, paid.c.party_id == due.c.party_id))
        .group_by(due.c.case_id))


def of_cases(on: date, rows: ColumnElement[bool]) -> dict[int, Balance]:
    """Balances by case id; a case without an agreement on money is not in it."""
    return read(db.session.execute(per_case(on, rows)))


def read(found: Iterable[Row[Any]]) -> dict[int, Balance]:
    """The rows of ``per_case`` by case id."""
    return {key: Balance(*(int(value or 0) for value in sums)) for key, *sums in found}


def owing(on: date, rows: ColumnElement[bool]) -> Select[Any]:
    """Ids of the cases in which some worker still waits for agreed money."""
    sums = per_case(on, rows).subquery()
    return select(sums.c.case_id).where(sums.c.outstanding > 0)


def plan(on: date, rows: ColumnElement[bool]) -> Subquery:
    """Every instalment in force on the day with its sum for those bound, and what of it is paid: each worker's
    money fills his earliest instalments first (rules/money/amounts.py)."""
    order = (func.coalesce(Instalment.due_on, literal(date.max, Date)), Instalment.seq, Instalment.id)
    up_to = func.sum(InstalmentShare.amount_fen).over(
        partition_by=(Agreement.case_id, InstalmentShare.party_id), order_by=order, rows=(None, 0))
    shares = select(
        Agreement.case_id, InstalmentShare.party_id, Instalment.id, Instalment.due_on, Agreement.made_on,
        InstalmentShare.amount_fen, up_to.label("up_to")).join(
        Instalment, Instalment.id == InstalmentShare.instalment_id).join(
        Agreement, Agreement.id == Instalment.agreement_id).join(Case, Case.id == Agreement.case_id).where(
        rows, is_in_force(on), is_bound(on)).subquery()
    paid_to = came(on, rows)
    left = func.coalesce(paid_to.c.performed, 0) - (shares.c.up_to - shares.c.amount_fen)
    paid = case((left <= 0, 0), (left >= shares.c.amount_fen, shares.c.amount_fen), else_=left)
    return select(
        shares.c.id, shares.c.case_id, shares.c.due_on, shares.c.made_on,
        func.sum(shares.c.amount_fen).label("amount"), func.sum(paid).label("paid")).outerjoin(
        paid_to, and_(paid_to.c.case_id == shares.c.case_id, paid_to.c.party_id == shares.c.party_id)).group_by(
        shares.c.id, shares.c.case_id, shares.c.due_on, shares.c.made_on).subquery()


def went_back(on: date, rows: ColumnElement[bool] | None = None) -> Subquery:
    """What of each worker's part of an entry went back to the employer by the day: share, payment, fen.

    What went back is taken off what came first, so that it lowers the sum of the days on which the money had come, no
    other day's, and no sum of any period is below nothing. Only cases in which anything went back are looked at.
    """
    by_then = [counts(), stands(), or_(Payment.paid_on.is_(None), Payment.paid_on <= on)]
    where = true() if rows is None else Payment.case_id.in_(_admitted(rows))
    back = (
        select(Payment.case_id, PaymentShare.party_id, func.sum(PaymentShare.amount_fen).label("fen"))
        .join(Payment, Payment.id == PaymentShare.payment_id)
        .where(where, Payment.direction == "to_employer", *by_then)
        .group_by(Payment.case_id, PaymentShare.party_id).subquery())
    order = (func.coalesce(Payment.paid_on, literal(date.min, Date)), Payment.id, PaymentShare.id)
    before = func.sum(PaymentShare.amount_fen).over(
        partition_by=(Payment.case_id, PaymentShare.party_id), order_by=order, rows=(None, 0)) - PaymentShare.amount_fen
    entries = (
        select(PaymentShare.id.label("share"), PaymentShare.payment_id.label("payment"),
               PaymentShare.amount_fen.label("came"), (back.c.fen - before).label("rest"))
        .join(Payment, Payment.id == PaymentShare.payment_id)
        .join(back, and_(back.c.case_id == Payment.case_id, back.c.party_id == PaymentShare.party_id))
        .where(Payment.direction == "to_worker", *by_then).subquery())
    taken = case((entries.c.rest >= entries.c.came, entries.c.came), else_=entries.c.rest)
    return select(entries.c.share, entries.c.payment, taken.label("fen")).where(entries.c.rest > 0).subquery()
