"""What is kept with instalments and payments of the money as it now stands: what an instalment of the agreement in
force promises those whom it binds and what of it is paid, and what of a payment went back. Sums by month come from it.

What they should be is said by ``balances`` alone: ``flask check`` compares them with that, ``flask index`` writes it.
Whoever works on a case reckons them from its rows (``wanted``), which were read anyway.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, bindparam, func, literal, or_, select, true, union_all

from mediation.extensions import db
from mediation.models import Agreement, Instalment, Payment
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.money import balances, case_money
from mediation.queries.money.case_money import Position
from mediation.rules import words

DUE, PAID = Instalment.__table__, Payment.__table__
CASE: BindParameter[int] = bindparam("case")
# Of both tables at once: whether of an instalment, the id, the sums (of a payment the first alone).
KEPT = union_all(
    select(literal(1).label("is_due"), DUE.c.id, DUE.c.bound_fen, DUE.c.paid_fen).join(
        Agreement.__table__, Agreement.__table__.c.id == DUE.c.agreement_id).where(
            Agreement.__table__.c.case_id == CASE),
    select(literal(0), PAID.c.id, PAID.c.back_fen, literal(0)).where(PAID.c.case_id == CASE))
BACK = "to_employer"


def due_of(rows: CaseRows, money: Position) -> dict[int, tuple[int, int]]:
    """By instalment of a case: what of it binds, and what of that is paid."""
    current = case_money.newest(rows)
    sums = {line.seq: (line.amount_fen, line.paid_fen) for line in money.instalments}
    return {row.id: sums.get(row.seq, (0, 0)) if current and row.agreement_id == current.id else (0, 0)
            for row in rows.instalments}


def back_of(rows: CaseRows) -> dict[int, int]:
    """By payment of a case: what of it went back; it is taken off what came first (``balances.went_back``)."""
    undone = {row.reverses_id for row in rows.payments}
    standing = {row.id: row for row in rows.payments if row.reverses_id is None and row.id not in undone
                and row.proof in words.PROVED and row.way != "goods"}
    found = dict.fromkeys((row.id for row in rows.payments), 0)
    left: dict[int, int] = defaultdict(int)
    if any(row.direction == BACK for row in standing.values()):
        shares = [share for share in rows.payment_shares if share.payment_id in standing]
        for share in shares:
            left[share.party_id] += share.amount_fen if standing[share.payment_id].direction == BACK else 0
        shares.sort(key=lambda one: (standing[one.payment_id].paid_on or date.min, one.payment_id, one.id))
        for share in shares:
            if standing[share.payment_id].direction != BACK:
                taken = min(left[share.party_id], share.amount_fen)
                left[share.party_id] -= taken
                found[share.payment_id] += taken
    return found


class Rest(NamedTuple):
    """A row of which something else is kept than should be: its table, its id, and both."""

    table: str
    id: int
    kept: tuple[int, ...]
    wanted: tuple[int, ...]


def differing() -> Iterator[Rest]:
    """Of all cases, by what ``balances`` says of them."""
    plan = balances.plan(date.max, true())
    bound, paid = (func.coalesce(plan.c[name], 0) for name in ("amount", "paid"))
    dues = select(DUE.c.id, DUE.c.bound_fen, DUE.c.paid_fen, bound, paid).outerjoin(plan, plan.c.id == DUE.c.id).where(
        or_(DUE.c.bound_fen != bound, DUE.c.paid_fen != paid))
    yield from (_rest(DUE.name, row, 2) for row in db.session.execute(dues))
    shares = balances.went_back(date.max)
    gone = select(shares.c.payment, func.sum(shares.c.fen).label("fen")).group_by(shares.c.payment).subquery()
    back = func.coalesce(gone.c.fen, 0)
    payments = select(PAID.c.id, PAID.c.back_fen, back).outerjoin(gone, gone.c.payment == PAID.c.id).where(
        PAID.c.back_fen != back)
    yield from (_rest(PAID.name, row, 1) for row in db.session.execute(payments))


def _rest(table: str, row: Row[Any], n: int) -> Rest:
    key, *values = map(int, row)
    return Rest(table, key, tuple(values[:n]), tuple(values[n:]))
