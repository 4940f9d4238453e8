"""Statements of figures that are built once for each shape of a scope and kept: its days, its station and who asks are
bound in them. Making them anew for each page took longer than the database does.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import CompoundSelect, Result, Select, String, bindparam

from mediation.extensions import db
from mediation.queries.figures import scopes
from mediation.queries.figures.scopes import Scope
from mediation.queries.prepared import Prepared, day, stand_in
from mediation.rules.figures.periods import Span
from mediation.rules.language import Text

T = TypeVar("T")
Statement = Select[Any] | CompoundSelect[Any]
BOUND = "bound"  # stands in a shape for a value that is bound
LITERAL = ("own", "none")  # values of filters that make another condition
NOTHING: Mapping[str, object] = MappingProxyType({})
MOST = 200  # statements that are kept


class Shape(NamedTuple):
    """All that a statement depends on besides the values that are bound in it."""

    role: str
    has_first: bool
    has_last: bool
    is_all: bool
    is_now: bool
    is_whole: bool
    has_path: bool
    station: str
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _StandIn(Scope):
    """A scope of a shape, with bound values in place of its own; comparing its days is not possible."""

    shape: Shape | None = None

    @property
    def days(self) -> Span:
        return self.period

    @property
    def is_all(self) -> bool:
        return self.shape is not None and self.shape.is_all

    @property
    def is_now(self) -> bool:
        return self.shape is not None and self.shape.is_now

    @property
    def year(self) -> Span:
        return _span(day("year_first"), self.cut_off)


def made(asked: Scope, make: Callable[..., T], *key: Hashable) -> T:
    """What ``make(scope, *key)`` makes of statements (Ready), kept by the shape of the scope; made anew where the scope
    narrows the cases by conditions of its own.

    ``make`` must look at nothing but the key and what a shape says.
    """
    return _made(make, _shape_of(asked), key) if asked.is_read else make(asked, *key)


def run(asked: Scope, build: Callable[..., Statement], *key: Hashable, more: Mapping[str, object] = NOTHING
        ) -> Result[Any]:
    """Execute the statement that ``build(scope, *key)`` gives, kept in the same way; ``more`` is bound besides."""
    return made(asked, _ready, build, *key).run(asked, more)


def _ready(asked: Scope, build: Callable[..., Statement], *key: Hashable) -> Ready:
    return Ready(build(asked, *key))


class Ready:
    """A statement that was built with a scope or a stand-in of its shape, to be run for any scope of it."""

    def __init__(self, statement: Statement):
        self.statement = statement

    @cached_property
    def _prepared(self) -> Prepared:
        return Prepared(self.statement)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(name for name in self.statement.compile().params if name.partition("__")[0] in VALUES)

    def run(self, asked: Scope, more: Mapping[str, object] = NOTHING) -> Result[Any]:
        if not asked.is_read:
            return db.session.execute(self.statement, more)
        return self._prepared.run(asked.actor, **{name: _value(name, asked) for name in self._names}, **more)


@lru_cache(MOST)
def _made(make: Callable[..., Any], shape: Shape, key: tuple[Hashable, ...]) -> Any:
    return make(_stand_in(shape), *key)


def _shape_of(asked: Scope) -> Shape:
    days = asked.days
    return Shape(
        asked.actor.role, days.first is not None, days.last is not None, asked.is_all, asked.is_now, asked.is_whole,
        bool(asked.station_path), _said(asked.station),
        tuple(sorted((name, _said(value)) for name, value in asked.filters.items() if value)))


def _said(value: str) -> str:
    return value if value in ("", *LITERAL) else BOUND


def _stand_in(shape: Shape) -> Scope:
    actor = stand_in(shape.role)
    station = _word("station", shape.station)
    filters = {name: _word(name, said) for name, said in shape.filters}
    span = _span(day("first") if shape.has_first else None, day("last") if shape.has_last else None)
    path = _word("station_path_asked", BOUND if shape.has_path else "")
    return _StandIn(actor, span, station, day("cut_off"), scopes.rows_of(actor, station, filters), filters, path,
                    is_whole=shape.is_whole, shape=shape)


def _span(first: date | None, last: date | None) -> Span:
    return Span(first, last, Text("", ""), "")


def _word(name: str, said: str) -> str:
    return cast(str, bindparam(name, type_=String())) if said == BOUND else said


def _of_filter(name: str) -> Callable[[Scope], Any]:
    return lambda asked: asked.filters[name]


VALUES: dict[str, Callable[[Scope], Any]] = {
    "first": lambda asked: asked.days.first, "last": lambda asked: asked.days.last,
    "cut_off": lambda asked: asked.cut_off, "year_first": lambda asked: asked.year.first,
    "station": lambda asked: asked.station, "station_path_asked": lambda asked: asked.station_path,
    **{name: _of_filter(name) for name in scopes.FILTERS},
}


def _value(name: str, asked: Scope) -> object:
    known, _sign, days = name.partition("__")
    value = VALUES[known](asked)
    return value + timedelta(int(days.replace("m", "-"))) if days else value
