"""A case as lists and desks show it: just the columns shown, with the names of its handler and its station.

Rows are plain tuples read past the mapper. Nothing here decides which cases these are.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Row, Select, case, exists, false, select

from mediation.models import Agreement, Case, Station, User
from mediation.rules.cases import numbers


class Holder(NamedTuple):
    """Whoever holds a case."""

    name: str
    is_active: bool
    role: str


class Place(NamedTuple):
    """Where a case lies."""

    short_name: str


class Listed(NamedTuple):
    """One row, in the order of COLUMNS."""

    id: int
    number: str
    title: str
    respondent_title: str
    main_head: str
    state: str
    outcome: str
    is_open: int
    channel: str
    next_due_on: date | None
    next_due_rule: str
    claimed_fen: int | None
    is_claim_about: bool
    agreed_fen: int | None
    arrived_fen: int
    outstanding_fen: int | None
    union_id: int
    handler_id: int | None
    received_on: date | None
    touched_at: datetime
    handler_name: str | None
    handler_is_active: bool | None
    handler_role: str | None
    station_name: str
    is_undisclosed: bool  # an agreement stands whose sum was not published
    currency: str  # of its sums

    @property
    def in_order(self) -> str:
        """The number as it sorts."""
        return numbers.register_order(self.number)

    @property
    def handler(self) -> Holder | None:
        if self.handler_id is None:
            return None
        return Holder(self.handler_name or "", bool(self.handler_is_active), self.handler_role or "")

    @property
    def station(self) -> Place:
        return Place(self.station_name)


# Under names of their own: conditions look at accounts and stations too.
_CASE, _HANDLER, _STATION = Case.__table__, User.__table__.alias("handler"), Station.__table__.alias("place")
_AGREEMENT = Agreement.__table__.alias("deal")
# Looked up only where no sum stands.
_UNDISCLOSED = case((_CASE.c.agreed_fen.is_(None), exists().where(
    _AGREEMENT.c.case_id == _CASE.c.id, _AGREEMENT.c.superseded_on.is_(None), _AGREEMENT.c.is_undisclosed)),
    else_=false())
COLUMNS = (*(_CASE.c[name] for name in Listed._fields[:20]), _HANDLER.c.name, _HANDLER.c.is_active, _HANDLER.c.role,
           _STATION.c.short_name, _UNDISCLOSED, _STATION.c.currency)


def cases_where(rows: ColumnElement[bool], source: FromClause = _CASE) -> Select[Any]:
    """The cases that a condition admits; ``source`` joins what shall lead to them.

    Handler and station come by outer joins, so that they never lead.
    """
    named = source.outerjoin(_HANDLER, _HANDLER.c.id == _CASE.c.handler_id).outerjoin(
        _STATION, _STATION.c.id == _CASE.c.station_id)
    return select(*COLUMNS).select_from(named).where(rows)


def read(rows: Iterable[Row[Any]]) -> list[Listed]:
    return [Listed._make(row) for row in rows]
