"""Entries of the ledger and the marks of a second person on them: of a case, and as a list with filters and totals."""
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from mediation.extensions import db
from mediation.models import Case, Payment, Reconciliation, Station
from mediation.queries import door
from mediation.queries.audit import filters
from mediation.queries.cases import case_filters
from mediation.queries.money import balances
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.language import Word, vocabulary
from mediation.rules.money.currencies import Purse, purse

PAGE = 50
STATES = vocabulary(Word("open", "未核对", "Not reconciled"), Word("done", "已核对", "Reconciled"),
                    Word("all", "全部", "All"))
WHOSE = vocabulary(Word("others", "别人登记的", "Entered by others"), Word("mine", "我登记的", "Entered by me"))


@dataclass(frozen=True)
class Wanted(filters.Filters):
    """The filters of the list."""

    proof: str = ""
    whose: str = ""


class Listing(NamedTuple):
    """A page of entries with their marks, and the totals of all entries of the filter: what came, what went back."""

    entries: list[Payment]
    marks: dict[int, Reconciliation]
    next_after: int | None
    number: int
    fen: Purse
    back_fen: Purse


def read(given: dict[str, str], actor: Actor) -> Wanted:
    """The filters of an address; raises Refused with every problem."""
    return filters.read(Wanted(), given, {
        "state": STATES, "station": case_filters.find_stations(actor), "proof": words.PROOFS, "whose": WHOSE})


def needs_mark() -> ColumnElement[bool]:
    """The rule of rules/audit/reconciling.Entry in SQL: proved money that was not reversed."""
    return and_(Payment.proof.in_(words.PROVED), balances.stands())


def is_marked() -> ColumnElement[bool]:
    return exists().where(Reconciliation.payment_id == Payment.id, Reconciliation.withdrawn_on.is_(None))


def _rows(wanted: Wanted, actor: Actor) -> list[ColumnElement[bool]]:
    rows = [door.filter_for(actor), needs_mark()]
    if wanted.state != "all":
        rows.append(is_marked() if wanted.state == "done" else ~is_marked())
    if wanted.station:
        rows.append(case_filters.KEYS["holder"].build(wanted.station, actor))
    if wanted.proof:
        rows.append(Payment.proof == wanted.proof)
    if wanted.whose:
        is_mine = Payment.made_by_id == actor.user_id
        rows.append(is_mine if wanted.whose == "mine" else ~is_mine)
    if not reporting.is_all(wanted.period):
        rows.append(case_filters.in_period(Payment.paid_on, wanted.period))
    return rows


def listing(wanted: Wanted, actor: Actor) -> Listing:
    """Entries that the actor may see, the newest first; the totals are those of the whole filter."""
    rows = _rows(wanted, actor)
    is_back = Payment.direction == "to_employer"
    came, back = (func.coalesce(func.sum(case((which, Payment.amount_fen), else_=0)), 0)
                  for which in (~is_back, is_back))
    sums = db.session.execute(select(Station.currency, func.count(), came, back).select_from(Payment).join(
        Case, Case.id == Payment.case_id).join(Station, Station.id == Case.station_id).where(*rows).group_by(
        Station.currency)).tuples().all()
    if wanted.after:
        rows.append(Payment.id < wanted.after)
    found = list(db.session.scalars(
        select(Payment).join(Payment.case).where(*rows).order_by(Payment.id.desc()).limit(PAGE + 1).options(
            contains_eager(Payment.case).joinedload(Case.station), joinedload(Payment.made_by),
            joinedload(Payment.payer))))
    shown = found[:PAGE]
    return Listing(shown, marks_of(Payment.id.in_([row.id for row in shown])),
                   shown[-1].id if len(found) > PAGE else None, sum(number for _code, number, _fen, _back in sums),
                   purse((code, int(fen)) for code, _number, fen, _back in sums if fen),
                   purse((code, int(fen)) for code, _number, _fen, fen in sums if fen))


def marks_of(rows: ColumnElement[bool]) -> dict[int, Reconciliation]:
    """The marks that stand on entries, by the entry's id."""
    found = db.session.scalars(select(Reconciliation).join(Payment, Payment.id == Reconciliation.payment_id).where(
        rows, Reconciliation.withdrawn_on.is_(None)).options(joinedload(Reconciliation.made_by)))
    return {row.payment_id: row for row in found}
