"""Row sets on money: agreements, what arrived, what is due and what is still owed.

What an agreement promises counts only for the workers whom it binds, and only while it is in force; what arrives counts
with proof, less what went back. Both are said in ``queries/money/balances.py``. What is owed is taken worker by worker,
so that one worker's surplus never hides another's loss.
"""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, true
from sqlalchemy.orm import join

from mediation.extensions import Expression
from mediation.models import Agreement, Case, Instalment, InstalmentShare, Payment, PaymentShare
from mediation.queries.cases import case_filters
from mediation.queries.desk import work_lists
from mediation.queries.figures.scopes import Scope
from mediation.queries.figures.sources import RowSet, Source, Start, built, columns
from mediation.queries.money import balances


def is_effective(asked: Scope) -> ColumnElement[bool]:
    """Agreements in force at the cut-off that took effect in the period; without a period undated ones too."""
    rows = [balances.is_in_force(asked.cut_off), asked.within(Agreement.effective_on)]
    if not asked.is_all:
        rows.append(Agreement.effective_on <= asked.cut_off)
    return and_(*rows)


def has_effective(asked: Scope) -> ColumnElement[bool]:
    """Cases with such an agreement."""
    return Case.id.in_(select(Agreement.case_id).where(is_effective(asked)))


def bound_sum(on: date) -> ColumnElement[int]:
    """What an agreement promises to those whom it binds on a day."""
    return func.coalesce(select(func.sum(InstalmentShare.amount_fen)).join(
        Instalment, Instalment.id == InstalmentShare.instalment_id).where(
        Instalment.agreement_id == Agreement.id, balances.is_bound(on)).correlate(Agreement).scalar_subquery(), 0)


# Sources ----------------------------------------------------------------------------------------------------------

def agreements(asked: Scope) -> Source:
    """Every agreement in force at the cut-off, one of a case, by the day on which it took effect; it weighs what it
    promises."""
    fen = Case.bound_fen if asked.is_now else bound_sum(asked.cut_off)
    return Source(join(Agreement, Case, Case.id == Agreement.case_id), (
        asked.rows, balances.is_in_force(asked.cut_off)), Agreement.id, Case.id, Agreement.made_on,
        Agreement.effective_on, fen)


def cohort_agreements(asked: Scope) -> Source:
    """Those of cases accepted in the period."""
    found = agreements(asked)
    return found._replace(where=(*found.where, asked.is_accepted))


def arrivals(asked: Scope) -> Source:
    """Every payment that counts, by the day of its arrival; it weighs what of it has not gone back by the cut-off."""
    shares = balances.went_back(asked.cut_off)
    gone = select(shares.c.payment, func.sum(shares.c.fen).label("fen")).group_by(shares.c.payment).subquery()
    rows = join(Payment, Case, Case.id == Payment.case_id).outerjoin(gone, gone.c.payment == Payment.id)
    return Source(rows, (asked.rows, balances.counts(), Payment.direction == "to_worker"), Payment.id, Case.id,
                  Payment.entered_on, Payment.paid_on, Payment.amount_fen - func.coalesce(gone.c.fen, 0))


def cohort_arrivals(asked: Scope) -> Source:
    """Those of cases accepted in the period."""
    found = arrivals(asked)
    return found._replace(where=(*found.where, asked.is_accepted))


def _paid_instalments(asked: Scope, wanted: ColumnElement[bool]) -> Source:
    """Every instalment in force at the cut-off of these cases, by the day on which it is due, with what of it was paid
    by then."""
    plan = balances.plan(asked.cut_off, and_(asked.rows, wanted))
    return Source(join(Case, plan, plan.c.case_id == Case.id), (), plan.c.id, plan.c.case_id, plan.c.made_on,
                  plan.c.due_on, plan.c.amount, plan.c)


def due_instalments(asked: Scope) -> Source:
    """Those of cases in which one is due by the cut-off and in the period."""
    due = select(Agreement.case_id).join(Instalment, Instalment.agreement_id == Agreement.id).where(
        Instalment.due_on <= asked.cut_off, asked.within(Instalment.due_on))
    return _paid_instalments(asked, Case.id.in_(due))


def instalments(asked: Scope) -> Source:
    """All of them."""
    return _paid_instalments(asked, true())


def unpaid_instalments(asked: Scope) -> Source:
    """Those of cases in which something is not paid, as far as is kept with the case."""
    return _paid_instalments(asked, Case.unpaid_fen > 0 if asked.is_now else true())


def cohort_instalments(asked: Scope) -> Source:
    """Those of cases accepted in the period, whatever was paid."""
    steps = balances.steps(asked.cut_off, asked.is_accepted)
    return Source(join(Case, steps, steps.c.case_id == Case.id), (), steps.c.id, steps.c.case_id, steps.c.made_on,
                  steps.c.due_on, steps.c.amount, steps.c)


def ahead(asked: Scope) -> Source:
    """Instalments in force of cases accepted in the period that are due only after the cut-off, as they are kept.

    They come first, however many cases there are of the period; its day is said so that no index of cases is taken.
    """
    found = select(Instalment.id, Agreement.case_id, Instalment.due_on, Agreement.made_on, Instalment.bound_fen).join(
        Agreement, Agreement.id == Instalment.agreement_id).where(
        Instalment.due_on > asked.cut_off, Instalment.bound_fen > 0).cte("ahead").prefix_with("MATERIALIZED")
    on = func.coalesce(Case.accepted_on, Case.accepted_on)
    return Source(join(found, Case, Case.id == found.c.case_id), (
        asked.rows, case_filters.is_accepted(asked.within(on))), found.c.id, Case.id, found.c.made_on, found.c.due_on,
        found.c.bound_fen)


def _owed(asked: Scope, wanted: ColumnElement[bool]) -> Source:
    """The money of each of these cases at the cut-off, as it is kept with the case or as it was on an earlier day."""
    if asked.is_now:
        kept = Kept(Case.bound_fen, Case.outstanding_fen, Case.unpaid_fen)
        return Source(Case.__table__, (asked.rows, wanted), Case.id, Case.id, Case.received_on, Case.accepted_on,
                      kept.agreed, kept)
    sums = balances.per_case(asked.cut_off, and_(asked.rows, wanted)).subquery()
    return Source(join(Case, sums, sums.c.case_id == Case.id), (), Case.id, Case.id, Case.received_on,
                  Case.accepted_on, sums.c.agreed, sums.c)


class Kept(NamedTuple):
    """The sums that are kept with a case, under the names of ``balances.per_case``."""

    agreed: Expression
    outstanding: Expression
    unperformed: Expression


def owed(asked: Scope) -> Source:
    """The money of each case with an agreement that took effect in the period."""
    return _owed(asked, has_effective(asked))


def cohort_owed(asked: Scope) -> Source:
    """That of each case accepted in the period."""
    return _owed(asked, asked.is_accepted)


def paid_cases(asked: Scope) -> Source:
    """Cases to which money came in the period, each with its sum."""
    rows = arrivals(asked)
    sums = select(rows.case_id.label("case_id"), func.sum(rows.n).label("fen")).select_from(rows.table).where(
        *rows.where, asked.within(Payment.paid_on)).group_by(rows.case_id).subquery()
    return Source(join(Case, sums, sums.c.case_id == Case.id), (), Case.id, Case.id, Case.received_on, Case.accepted_on,
                  sums.c.fen)


# Instalments ------------------------------------------------------------------------------------------------------

def _is_due(asked: Scope, rows: Source) -> ColumnElement[bool]:
    """Due by the cut-off and in the period; an instalment without a day is never due."""
    return and_(rows.of.due_on.is_not(None), rows.of.due_on <= asked.cut_off, asked.within(rows.of.due_on))


def _late(band: str) -> RowSet:
    """What is unpaid of the instalments that are so many days late."""
    first, last = work_lists.BANDS[band]

    def is_late(asked: Scope, rows: Source) -> ColumnElement[bool]:
        found = [rows.of.due_on <= asked.cut_off - timedelta(first), rows.of.amount > rows.of.paid]
        if last:
            found.append(rows.of.due_on >= asked.cut_off - timedelta(last))
        return and_(*found)
    return RowSet(unpaid_instalments, is_late, n=lambda asked, rows: rows.of.amount - rows.of.paid)


# Agreements by their last day -------------------------------------------------------------------------------------

def _ending(asked: Scope) -> Subquery:
    """Agreements in force, each with the day of its last instalment; those whose day nobody knows are left out."""
    last = func.max(Instalment.due_on)
    return select(Agreement.id, Agreement.case_id, last.label("last")).join(
        Instalment, Instalment.agreement_id == Agreement.id).join(Case, Case.id == Agreement.case_id).where(
        asked.rows, balances.is_in_force(asked.cut_off)).group_by(Agreement.id, Agreement.case_id).having(
        func.count() == func.count(Instalment.due_on), last <= asked.cut_off, asked.within(last)).subquery()


def _agreements_due(is_kept: bool) -> RowSet:
    """Agreements that were to be performed by a day in the period; kept: paid to every worker by that day."""
    def build(asked: Scope) -> Select[Any]:
        ending = _ending(asked)
        lines = select(ending.c.id, ending.c.case_id, ending.c.last, InstalmentShare.party_id,
                       func.sum(InstalmentShare.amount_fen).label("agreed")).join(
            Agreement, Agreement.id == ending.c.id).join(Instalment, Instalment.agreement_id == Agreement.id).join(
            InstalmentShare, InstalmentShare.instalment_id == Instalment.id).where(
            balances.is_bound(asked.cut_off)).group_by(
            ending.c.id, ending.c.case_id, ending.c.last, InstalmentShare.party_id).subquery()
        performed = select(func.sum(PaymentShare.amount_fen * balances.arrived_sign())).join(
            Payment, Payment.id == PaymentShare.payment_id).where(
            Payment.case_id == lines.c.case_id, PaymentShare.party_id == lines.c.party_id, balances.counts(),
            Payment.payer_kind != "fund", or_(Payment.paid_on.is_(None), Payment.paid_on <= lines.c.last)
        ).correlate(lines).scalar_subquery()
        is_paid = func.min(case((func.coalesce(performed, 0) >= lines.c.agreed, 1), else_=0))
        found = select(*columns(lines.c.id, lines.c.case_id, lines.c.last, lines.c.last,
                                func.sum(lines.c.agreed))).group_by(lines.c.id, lines.c.case_id, lines.c.last).having(
            func.sum(lines.c.agreed) > 0)
        return found.having(is_paid == 1) if is_kept else found
    return built(build)


def is_arrived_by(day: date) -> ColumnElement[bool]:
    """Money that counts and was there on a day; where nobody knows the day, it was."""
    return and_(balances.counts(), or_(Payment.paid_on.is_(None), Payment.paid_on <= day))


def _outstanding(source: Start) -> RowSet:
    return RowSet(source, lambda asked, rows: rows.of.outstanding > 0, n=lambda asked, rows: rows.of.outstanding)


MONEY: dict[str, RowSet] = {
    "agreements": RowSet(agreements, lambda asked, rows: is_effective(asked)),
    "cohort_agreements": RowSet(cohort_agreements, lambda asked, rows: true()),
    "arrivals": RowSet(arrivals, lambda asked, rows: asked.within(Payment.paid_on)),
    "paid": RowSet(paid_cases, lambda asked, rows: true()),
    "cohort_arrivals": RowSet(cohort_arrivals, lambda asked, rows: is_arrived_by(asked.cut_off)),
    "outstanding": _outstanding(owed),
    "cohort_outstanding": _outstanding(cohort_owed),
    "with_money": RowSet(owed, lambda asked, rows: rows.of.agreed > 0),
    "performed": RowSet(owed, lambda asked, rows: and_(rows.of.agreed > 0, rows.of.unperformed == 0)),
    "instalments_due": RowSet(due_instalments, _is_due),
    "instalments_paid": RowSet(due_instalments, lambda asked, rows: and_(_is_due(asked, rows), rows.of.paid > 0),
                               n=lambda asked, rows: rows.of.paid),
    "cohort_due": RowSet(cohort_instalments, lambda asked, rows: rows.of.due_on <= asked.cut_off),
    "cohort_dated": RowSet(cohort_instalments, lambda asked, rows: rows.of.due_on.is_not(None)),
    "cohort_ahead": RowSet(ahead, lambda asked, rows: true()),
    **{f"late_{band}": _late(band) for band in work_lists.BANDS},
    "agreements_due": _agreements_due(False), "agreements_kept": _agreements_due(True),
}
