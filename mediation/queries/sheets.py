"""Totals of a ledger: the four amounts over all its rows, never one of them for another."""
from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case
from mediation.queries import balances, search
from mediation.queries.search import Filter
from mediation.rules.access import Actor


class Totals(NamedTuple):
    """Sums in fen over all cases of a filter, and how many cases and persons they are."""

    cases: int
    persons: int
    claimed_fen: int
    agreed_fen: int
    arrived_fen: int
    outstanding_fen: int


def totals(wanted: Filter, actor: Actor) -> Totals:
    """Two statements, however many cases."""
    rows = search.rows_of(wanted, actor)
    columns = (Case.headcount, Case.claimed_fen, Case.agreed_fen, Case.arrived_fen)
    found = db.session.execute(select(func.count(), *(func.coalesce(func.sum(c), 0) for c in columns)).where(rows)).one()
    owed = balances.per_case(actor.today, rows).subquery()
    left = db.session.scalar(select(func.coalesce(func.sum(owed.c.outstanding), 0)))
    return Totals(*(int(value) for value in found), int(left or 0))
