"""One statement for many rows, compiled once: the values go to the driver as it wants them.

Executing a list of mappings costs the library more per row than the database takes to store it, since it looks at each
mapping anew. Here the order and the kinds of the values are looked up once for each database.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import JSON, Dialect, Insert, Update
from sqlalchemy.types import TypeEngine

from mediation.extensions import db

Processor = Callable[[Any], Any]


class _Form(NamedTuple):
    """A statement in the words of one database: its values in their order, what the driver wants of each, and what
    holds for every row."""

    sql: str
    names: tuple[str, ...]
    processors: tuple[tuple[int, str, Processor], ...]
    constants: Mapping[str, Any]
    of: Callable[[Mapping[str, Any]], tuple[Any, ...]]  # the values of a row in their order
    is_positional: bool


class Many:
    """``INSERT`` of the columns named, or ``UPDATE`` with bound values, for one row or thousands."""

    def __init__(self, statement: Insert | Update, columns: Iterable[str] = ()):
        self._statement, self._columns = statement, list(columns) or None
        self._form = cache(self._compiled)

    def _compiled(self, dialect: Dialect) -> _Form:
        made = self._statement.compile(dialect=dialect, column_keys=self._columns)
        is_positional = made.positiontup is not None
        names = tuple(made.positiontup or made.binds)
        found = ((name, _processor(made.binds[name].type.dialect_impl(dialect), dialect)) for name in names)
        processors = tuple((n, name, processor) for n, (name, processor) in enumerate(found) if processor is not None)
        constants = {name: made.binds[name].value for name in names if not made.binds[name].required}
        of = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
        return _Form(str(made), names, processors, constants, of, is_positional)

    def run(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute it for each row, in the session's transaction."""
        form = self._of_session()
        if not form.is_positional:
            values: list[Any] = [_named(form, row) for row in rows]
        elif form.processors or form.constants:
            values = [_tuple(form, row) for row in rows]
        else:
            values = list(map(form.of, rows))
        self._execute(form, values)

    def run_plain(self, rows: list[tuple[Any, ...]]) -> None:
        """The same for rows in the order of the columns named, of texts and numbers as the driver takes them."""
        form = self._of_session()
        assert not form.processors and not form.constants  # else the values would have to be made ready
        self._execute(form, rows if form.is_positional else [dict(zip(form.names, row, strict=True)) for row in rows])

    def _of_session(self) -> _Form:
        return self._form(db.session.connection().dialect)

    def _execute(self, form: _Form, values: list[Any]) -> None:
        if values:
            db.session.connection().exec_driver_sql(form.sql, values)


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """What the driver wants of a value; of lists and mappings the empty ones, which most are, said once."""
    process = kind.bind_processor(dialect)
    if process is None or not isinstance(kind, JSON):
        return process
    empty = {list: process([]), dict: process({})}
    return lambda value: process(value) if value or value.__class__ not in empty else empty[value.__class__]


def _tuple(form: _Form, row: Mapping[str, Any]) -> tuple[Any, ...]:
    if form.constants:
        row = {**form.constants, **row}
    values = list(form.of(row))
    for n, _name, processor in form.processors:
        values[n] = processor(values[n])
    return tuple(values)


def _named(form: _Form, row: Mapping[str, Any]) -> dict[str, Any]:
    row = {**form.constants, **row}
    return {name: row[name] for name in form.names} | {
        name: processor(row[name]) for _n, name, processor in form.processors}


__all__ = ["Many"]
