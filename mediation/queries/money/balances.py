"""What was agreed and what arrived, for many cases in one statement; the law of a single case is
queries/money/case_money.py.

Sums per worker first, then per case, so that one worker's surplus never hides another's loss (decisions.md, Figures).
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Row,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from mediation.extensions import Expression, db
from mediation.models import Agreement, Case, Consent, Instalment, InstalmentShare, Payment, PaymentShare, PlanPayer
from mediation.rules import words


class Balance(NamedTuple):
    """The money of a case on a day, in fen."""

    agreed_fen: int
    outstanding_fen: int
    overdue_fen: int
    unperformed_fen: int


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
    """What arrived for each worker by the day, never below nothing: all of it, and without what a fund advanced."""
    signed = PaymentShare.amount_fen * arrived_sign()
    net = func.sum(signed)
    performed = func.sum(case((Payment.payer_kind == "fund", 0), else_=signed))
    return (
        select(Payment.case_id, PaymentShare.party_id, above_zero(net).label("arrived"),
               above_zero(performed).label("performed"))
        .join(Payment, Payment.id == PaymentShare.payment_id)
        .where(Payment.case_id.in_(_admitted(rows)), counts(), or_(Payment.paid_on.is_(None), Payment.paid_on <= on))
        .group_by(Payment.case_id, PaymentShare.party_id).subquery())


def own(on: date, rows: ColumnElement[bool]) -> Subquery:
    """What came for each worker from the payers of a plan that has its own: agreement, plan, case, party, fen.

    It begins at the plans with payers, which are few.
    """
    fen = above_zero(func.sum(PaymentShare.amount_fen * arrived_sign()))
    return (
        select(PlanPayer.agreement_id, PlanPayer.plan, Agreement.case_id, PaymentShare.party_id, fen.label("fen"))
        .join(Agreement, Agreement.id == PlanPayer.agreement_id)
        .join(Payment, and_(Payment.case_id == Agreement.case_id, Payment.payer_party_id == PlanPayer.party_id))
        .join(PaymentShare, PaymentShare.payment_id == Payment.id)
        .where(Agreement.case_id.in_(_admitted(rows)), is_in_force(on), counts(), Payment.payer_kind != "fund",
               or_(Payment.paid_on.is_(None), Payment.paid_on <= on))
        .group_by(PlanPayer.agreement_id, PlanPayer.plan, Agreement.case_id, PaymentShare.party_id).subquery())


def ahead(on: date, rows: ColumnElement[bool]) -> Subquery:
    """Of each worker's money what covers only instalments of its payer's own plan that are not due yet: case, party,
    fen. It settles no late instalment of another payer (rules/money/amounts.py)."""
    paid = own(on, rows)
    agreed = func.sum(InstalmentShare.amount_fen)
    late = func.sum(case((Instalment.due_on < on, InstalmentShare.amount_fen), else_=0))
    plans = (
        select(paid.c.case_id, paid.c.party_id, (_least(paid.c.fen, agreed) - _least(paid.c.fen, late)).label("fen"))
        .join(Instalment, and_(Instalment.agreement_id == paid.c.agreement_id, Instalment.plan == paid.c.plan))
        .join(InstalmentShare, and_(InstalmentShare.instalment_id == Instalment.id,
                                    InstalmentShare.party_id == paid.c.party_id))
        .group_by(paid.c.case_id, paid.c.party_id, paid.c.agreement_id, paid.c.plan, paid.c.fen).subquery())
    return select(plans.c.case_id, plans.c.party_id, func.sum(plans.c.fen).label("fen")).group_by(
        plans.c.case_id, plans.c.party_id).subquery()


def _least(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


def per_case(on: date, rows: ColumnElement[bool]) -> Select[Any]:
    """case_id with agreed, outstanding, overdue and unperformed fen of the cases that ``rows`` admits."""
    due, paid, early, missed = promised(on, rows), came(on, rows), ahead(on, rows), _missed(on, rows)
    arrived, performed = func.coalesce(paid.c.arrived, 0), func.coalesce(paid.c.performed, 0)
    late = due.c.due - performed + _least(func.coalesce(early.c.fen, 0), performed)
    whole = func.coalesce(missed.c.fen, due.c.agreed - performed)
    overdue = case((and_(due.c.is_whole == 1, late > 0), whole), else_=above_zero(late))
    return (
        select(due.c.case_id, func.sum(due.c.agreed).label("agreed"),
               func.sum(above_zero(due.c.agreed - arrived)).label("outstanding"),
               func.sum(overdue).label("overdue"),
               func.sum(above_zero(due.c.agreed - performed)).label("unperformed"))
        .outerjoin(paid, and_(paid.c.case_id == due.c.case_id, paid.c.party_id == due.c.party_id))
        .outerjoin(early, and_(early.c.case_id == due.c.case_id, early.c.party_id == due.c.party_id))
        .outerjoin(missed, and_(missed.c.case_id == due.c.case_id, missed.c.party_id == due.c.party_id))
        .group_by(due.c.case_id))


def overdue_of(on: date, rows: ColumnElement[bool]) -> Subquery:
    """case_id with what of it is overdue, of the cases that ``rows`` admits, which are looked for only once."""
    wanted = select(Case.id).where(rows).cte("wanted")
    sums = per_case(on, Case.id.in_(select(wanted.c.id))).subquery()
    return select(sums.c.case_id, sums.c.overdue).subquery()


def of_cases(on: date, rows: ColumnElement[bool]) -> dict[int, Balance]:
    """Balances by case id; a case without an agreement on money is not in it."""
    return read(db.session.execute(per_case(on, rows)))


def read(found: Iterable[Row[Any]]) -> dict[int, Balance]:
    """The rows of ``per_case`` by case id."""
    return {key: Balance._make(int(value or 0) for value in sums) for key, *sums in found}


def owing(on: date, rows: ColumnElement[bool]) -> Select[Any]:
    """Ids of the cases in which some worker still waits for agreed money."""
    sums = per_case(on, rows).subquery()
    return select(sums.c.case_id).where(sums.c.outstanding > 0)


def plan(on: date, rows: ColumnElement[bool]) -> Subquery:
    """Every instalment in force on the day with its sum for those bound, and what of it is paid: each worker's
    money fills his earliest instalments first, that of a plan's own payers those of the plan (rules/money/amounts.py).
    """
    shares = _filled(on, rows)
    return select(
        shares.c.id, shares.c.case_id, shares.c.due_on, shares.c.made_on,
        func.sum(shares.c.amount_fen).label("amount"), func.sum(shares.c.paid).label("paid")).group_by(
        shares.c.id, shares.c.case_id, shares.c.due_on, shares.c.made_on).subquery()


def steps(on: date, rows: ColumnElement[bool]) -> Subquery:
    """Every instalment in force on the day with its sum for those bound, whatever of it is paid."""
    return select(
        Instalment.id, Agreement.case_id, Instalment.due_on, Agreement.made_on,
        func.sum(InstalmentShare.amount_fen).label("amount")).join(
        Instalment, Instalment.id == InstalmentShare.instalment_id).join(
        Agreement, Agreement.id == Instalment.agreement_id).where(
        Agreement.case_id.in_(_admitted(rows)), is_in_force(on), is_bound(on)).group_by(
        Instalment.id, Agreement.case_id, Instalment.due_on, Agreement.made_on).subquery()


def _missed(on: date, rows: ColumnElement[bool]) -> Subquery:
    """What a worker has open of the plans of which an instalment is late, where an agreement of several plans says that
    all of a plan falls due then: case, party, fen. Nothing is looked at where there are no such agreements."""
    has_plans = exists().where(
        Agreement.case_id == Case.id, Agreement.is_accelerated.is_(True), Instalment.agreement_id == Agreement.id,
        Instalment.plan > 0).correlate(Case)
    shares = _filled(on, and_(rows, has_plans))
    unpaid = shares.c.amount_fen - shares.c.paid
    plans = select(shares.c.case_id, shares.c.party_id, func.sum(unpaid).label("fen")).group_by(
        shares.c.case_id, shares.c.party_id, shares.c.plan).having(
        func.max(case((and_(shares.c.due_on < on, unpaid > 0), 1), else_=0)) == 1).subquery()
    return select(plans.c.case_id, plans.c.party_id, cast(func.sum(plans.c.fen), BigInteger).label("fen")).group_by(
        plans.c.case_id, plans.c.party_id).subquery()


def _filled(on: date, rows: ColumnElement[bool]) -> Subquery:
    """Every worker's part of every instalment, with what of it is ``paid``."""
    shares, paid_to = _covered(on, rows), came(on, rows)
    fen = shares.c.amount_fen - shares.c.kept
    left = func.coalesce(paid_to.c.performed, 0) - shares.c.kept_in_all - (shares.c.open_to - fen)
    return select(shares, (shares.c.kept + _within(left, fen)).label("paid")).outerjoin(
        paid_to, and_(paid_to.c.case_id == shares.c.case_id, paid_to.c.party_id == shares.c.party_id)).subquery()


def _covered(on: date, rows: ColumnElement[bool]) -> Subquery:
    """Every worker's part of every instalment: what of it the plan's own payers paid (``kept``), what they paid him in
    all, and what besides is open up to and with it."""
    order = (func.coalesce(Instalment.due_on, literal(date.max, Date)), Instalment.seq, Instalment.id)
    of_plan = (Agreement.case_id, InstalmentShare.party_id, Instalment.plan)
    up_to = func.sum(InstalmentShare.amount_fen).over(partition_by=of_plan, order_by=order, rows=(None, 0))
    theirs = own(on, rows)
    parts = select(
        Agreement.case_id, InstalmentShare.party_id, Instalment.id, Instalment.seq, Instalment.due_on,
        Instalment.plan, Agreement.made_on, InstalmentShare.amount_fen,
        _within(func.coalesce(theirs.c.fen, 0) - up_to + InstalmentShare.amount_fen,
                InstalmentShare.amount_fen).label("kept")).join(
        Instalment, Instalment.id == InstalmentShare.instalment_id).join(
        Agreement, Agreement.id == Instalment.agreement_id).outerjoin(
        theirs, and_(theirs.c.agreement_id == Agreement.id, theirs.c.plan == Instalment.plan,
                     theirs.c.party_id == InstalmentShare.party_id)).where(
        Agreement.case_id.in_(_admitted(rows)), is_in_force(on), is_bound(on)).subquery()
    of_worker = (parts.c.case_id, parts.c.party_id)
    in_order = (func.coalesce(parts.c.due_on, literal(date.max, Date)), parts.c.seq, parts.c.id)
    return select(
        parts, func.sum(parts.c.kept).over(partition_by=of_worker).label("kept_in_all"),
        func.sum(parts.c.amount_fen - parts.c.kept).over(
            partition_by=of_worker, order_by=in_order, rows=(None, 0)).label("open_to")).subquery()


def _within(fen: ColumnElement[int], most: Expression) -> ColumnElement[int]:
    """A sum, at least nothing and at most another."""
    return case((fen <= 0, 0), (fen >= most, most), else_=fen)


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
        .where(where, Payment.direction == literal_column("'to_employer'"), *by_then)  # as the partial index has it
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
    return select(entries.c.share, entries.c.payment, cast(taken, BigInteger).label("fen")).where(
        entries.c.rest > 0).subquery()
