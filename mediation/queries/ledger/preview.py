"""A sheet of the ledger on the page: some of its rows, how many there are, and the sums over all of them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, literal, select, tuple_

from mediation.extensions import db
from mediation.queries.ledger import chains, export
from mediation.queries.ledger.export import BASES
from mediation.queries.ledger.selection import Selection, in_one_currency
from mediation.rules.access import Actor
from mediation.rules.reading import read_key

SIZE = 50
MOST_SUMMED = 20_000  # rows; of more, the sums are worked out when somebody asks for them


@dataclass(frozen=True)
class Page:
    """Rows in the order of the sheet's preview columns; ``after`` leads to the next ones, '' at the end."""

    rows: Sequence[tuple[Any, ...]]
    after: str
    count: int  # of all rows
    withheld: int  # of all rows
    sums: dict[str, int] | None  # of all rows; None where there are too many to add up unasked


def read(selection: Selection, actor: Actor, after: str = "", is_summed: bool = False) -> Page:
    """One page of rows; the sums are those of the whole sheet, of a very long one only where they are asked for."""
    in_one_currency(selection, actor)
    connection = db.session.connection()
    keys = connection.execute(_keys(selection, actor, after)).all()
    shown, rest = keys[:SIZE], keys[SIZE:]
    rows = _rows(connection, selection, actor, [tuple(key) for key in shown]) if shown else []
    found, sums = export.reckon(connection, selection, actor), None
    if is_summed or found.count <= MOST_SUMMED:
        summed = [column for column in selection.columns if column.is_summed]
        sums = export.reckon(connection, selection, actor, summed).sums if summed else {}
    return Page(rows, "-".join(map(str, shown[-1])) if rest else "", found.count, found.withheld, sums)


def _keys(selection: Selection, actor: Actor, after: str) -> Select[Any]:
    """The keys of one page and one more; what the rows show is asked for these alone."""
    order = BASES[selection.sheet.key].order
    rows = export.chosen_rows(select(*order), selection, actor).order_by(*order).limit(SIZE + 1)
    parts = [part for part in map(read_key, after.split("-")) if part is not None]
    if len(parts) == len(order) == after.count("-") + 1:
        rows = rows.where(tuple_(*order) > tuple_(*map(literal, parts)))
    return rows


def _rows(connection: Connection, selection: Selection, actor: Actor,
          keys: Sequence[tuple[int, ...]]) -> Sequence[tuple[Any, ...]]:
    order = BASES[selection.sheet.key].order
    wanted = order[0].in_([key[0] for key in keys]) if len(order) == 1 else tuple_(*order).in_(keys)
    if selection.sheet.key == "events":
        entries = export.chosen_rows(select(*chains.FIELDS), selection, actor).where(wanted).order_by(*order)
        return chains.shown(connection, connection.execute(entries).all(), export.withheld_chains(connection, actor))
    made = export.plan(selection, actor, connection.dialect.name)
    found = connection.execute(made.bare.where(wanted).order_by(*order)).all()
    return list(zip(*export.formatter(made, export.make_desk(connection, actor), found), strict=True))
