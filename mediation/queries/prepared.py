"""Statements that are built once and kept: who asks, and when, is bound in them and given each time they run.

``stand_in(role)`` is an actor of that role with bound values in place of a person, so every condition of ``door``,
``keys`` and ``conditions`` can be built with it. What is built so serves everybody of the role on any day.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, BindParameter, CompoundSelect, Date, Result, Select, String, bindparam
from sqlalchemy.types import TypeEngine

from mediation.extensions import db
from mediation.models import Instant
from mediation.rules.access import Actor

BOUND = frozenset({"user_id", "station_id", "station_path", "union_id", "agency_id", "now", "today"})
NOWHERE = "-"  # no path of a station begins so


class _Time:
    """A day or an instant of the actor in SQL; so many days before or after it is a bound value of its own."""

    def __init__(self, name: str, kind: TypeEngine[Any]):
        self.name, self.kind = name, kind

    def __clause_element__(self) -> BindParameter[Any]:
        return bindparam(self.name, type_=self.kind)

    def __add__(self, span: timedelta) -> BindParameter[Any]:
        return bindparam(f"{self.name}__{span.days}".replace("-", "m"), type_=self.kind)

    def __sub__(self, span: timedelta) -> BindParameter[Any]:
        return self + -span


def day(name: str) -> date:
    """A day that is bound under this name; days before or after it are taken by ``timedelta``."""
    return cast(date, _Time(name, Date()))


@cache
def stand_in(role: str) -> Actor:
    """An actor of this role whose person, place and time are bound when a statement runs."""
    def key(name: str) -> int:
        return cast(int, bindparam(name, type_=BigInteger()))
    return Actor(
        user_id=key("user_id"), username="", name="", role=role, station_id=key("station_id"),
        station_path=cast(str, bindparam("station_path", type_=String())), union_id=key("union_id"),
        agency_id=key("agency_id"), language="zh", now=cast(datetime, _Time("now", Instant())),
        today=day("today"))


class Prepared:
    """A statement made with a stand-in, and the names of what it binds of the actor."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any]):
        self.statement = statement
        self._gives_objects = isinstance(statement, Select) and any(
            row.get("entity") is not None and row["expr"] is row["entity"] for row in statement.column_descriptions)
        self.names = tuple(name for name in statement.compile().params if name.partition("__")[0] in BOUND)

    def run(self, actor: Actor, **more: object) -> Result[Any]:
        """Execute it for this actor; ``more`` gives what else it binds.

        Plain rows are read past the mapper, which would take longer than the database does.
        """
        values = {**self.values(actor), **more}
        if self._gives_objects:
            return db.session.execute(self.statement, values)
        db.session.flush()
        return db.session.connection().execute(self.statement, values)

    def values(self, actor: Actor) -> Mapping[str, object]:
        return {name: _value(name, actor) for name in self.names}


def _value(name: str, actor: Actor) -> object:
    known, _sign, days = name.partition("__")
    value = getattr(actor, known)
    if known == "station_path":
        return value or NOWHERE
    return value + timedelta(int(days.replace("m", "-"))) if days else value
