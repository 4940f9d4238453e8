"""What row sets are made of: where their rows come from, and how a row set is told as conditions over them."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    cast,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import join

from mediation.extensions import AnyModel, Expression
from mediation.models import Case
from mediation.queries.figures.scopes import Scope

ONE: ColumnElement[int] = literal_column("1")


class Source(NamedTuple):
    """The rows of one kind that a scope reaches: what to select from, what admits them, and their five columns.

    ``of`` holds further columns that were computed for the source: sums of a case, what of an instalment is paid.
    ``has_case`` says that the case is among its tables, so that conditions and groups may look at it.
    """

    table: Any
    where: tuple[ColumnElement[bool], ...]
    key: Expression
    case_id: Expression
    since: Expression
    on: Expression
    n: Expression = ONE
    of: Any = None
    has_case: bool = True


Start = Callable[[Scope], Source]
Condition = Callable[[Scope, Source], ColumnElement[bool]]
Column = Callable[[Scope, Source], Expression]


@dataclass(frozen=True, eq=False)
class RowSet:
    """Which rows of a source these are, by which day they count and what one weighs, where that is not the source's.

    ``is_told`` says that for a cut-off before today its rows are put together day by day, not by a condition that could
    be kept. ``listed`` gives the conditions of the list of cases that shows the same rows, None where it cannot say
    them for this scope.
    """

    source: Start
    where: Condition
    on: Column | None = None
    n: Column | None = None
    is_told: bool = False
    listed: Callable[[Scope], Mapping[str, str] | None] = lambda asked: None

    def day(self, asked: Scope, rows: Source) -> Expression:
        return rows.on if self.on is None else self.on(asked, rows)

    def weight(self, asked: Scope, rows: Source) -> Expression:
        return rows.n if self.n is None else self.n(asked, rows)

    def select(self, asked: Scope) -> Select[Any]:
        """The rows themselves, with their five columns."""
        rows = self.source(asked)
        return select(*columns(rows.key, rows.case_id, rows.since, self.day(asked, rows), self.weight(asked, rows))
                      ).select_from(rows.table).where(*rows.where, self.where(asked, rows))


def columns(key: Expression, case_id: Expression, since: Expression, on: Expression,
            n: Expression = ONE) -> tuple[Expression, ...]:
    """The five columns of a row."""
    return (key.label("key"), case_id.label("case_id"), type_coerce(since, Date).label("since"),
            type_coerce(on, Date).label("on"), cast(n, BigInteger).label("n"))


def of_cases(model: AnyModel, since: Expression, on: Expression, n: Expression = ONE) -> Start:
    """The rows of a table that belong to cases of a scope."""
    def start(asked: Scope) -> Source:
        return Source(join(model, Case, Case.id == model.case_id), (asked.rows,), model.id, Case.id, since, on, n)
    return start


def built(build: Callable[[Scope], Select[Any]]) -> RowSet:
    """A row set that is told as a whole SELECT of the five columns."""
    def start(asked: Scope) -> Source:
        rows = build(asked).subquery()
        key, case_id, since, on, n = (rows.c[name] for name in ("key", "case_id", "since", "on", "n"))
        return Source(rows, (), key, case_id, since, on, n, has_case=False)
    return RowSet(start, lambda asked, rows: true())
