"""Writing what is kept with instalments and payments: of a case that was worked on, and of all."""
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, update

from mediation.extensions import db
from mediation.models import Instalment, Payment
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.money import rests
from mediation.queries.money.case_money import Position

DUE, PAID = ("bound", "paid"), ("back",)
WRITE_DUE = update(rests.DUE).where(rests.DUE.c.id == bindparam("of_row")).values(
    bound_fen=bindparam("bound"), paid_fen=bindparam("paid"))
WRITE_PAID = update(rests.PAID).where(rests.PAID.c.id == bindparam("of_row")).values(back_fen=bindparam("back"))


def keep(rows: CaseRows, money: Position) -> None:
    """Of one case; only what is another than before is written."""
    if not (rows.has(Instalment) or rows.has(Payment)):
        return
    connection = db.session.connection()
    before = {(is_due, key): sums for is_due, key, *sums in connection.execute(rests.KEPT, {"case": rows.id})}
    dues = {key: pair for key, pair in rests.due_of(rows, money).items() if before.get((1, key)) != [*pair]}
    if dues:
        connection.execute(WRITE_DUE, _as_bound(dues, DUE))
    backs = {key: (fen,) for key, fen in rests.back_of(rows).items() if before.get((0, key)) != [fen, 0]}
    if backs:
        connection.execute(WRITE_PAID, _as_bound(backs, PAID))


def keep_all() -> int:
    """Of all cases, after an upgrade or where something differs; gives how many rows were written."""
    found = list(rests.differing())
    for table, statement, names in ((Instalment.__table__.name, WRITE_DUE, DUE),
                                    (Payment.__table__.name, WRITE_PAID, PAID)):
        if wrong := {one.id: one.wanted for one in found if one.table == table}:
            db.session.connection().execute(statement, _as_bound(wrong, names))
    return len(found)


def _as_bound(found: Mapping[int, tuple[int, ...]], names: tuple[str, ...]) -> list[dict[str, int]]:
    return [{"of_row": key, **dict(zip(names, values, strict=True))} for key, values in found.items()]
