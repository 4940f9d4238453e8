"""Orders of the list of cases: by which column and which way, and how a place in one is written into an address.

A place is the value and the id of a row, so that an address stays valid while rows come and go. A name stands in no
address: there the id alone is the place, and the name is looked up.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, or_

from mediation.extensions import Expression
from mediation.models import Case
from mediation.queries.cases.listed import Listed
from mediation.rules.access import Actor
from mediation.rules.cases import numbers
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.reading import read_key

_LAST = bindparam("last", type_=BigInteger())
DATED = re.compile(r"([^~]*)~(\d{1,18})")


@dataclass(frozen=True)
class Place:
    """Where a page ends: the value of its last row (None where it has none) and its id."""

    value: Any
    last: int


@dataclass(frozen=True)
class Order:
    """``column`` None: by the id alone. ``may_lack``: rows without a value come last, either way.

    ``read``: a value as it stands in an address; None where it may not stand there. ``is_shared``: what a liaison sees
    of every case is in it, so that no order tells more than the rows do.
    """

    key: str
    label: Text
    column: Expression | None
    field: str = "id"
    is_descending: bool = False
    may_lack: bool = False
    read: Callable[[str], Any] | None = None
    is_shared: bool = False
    by_union: bool = False  # its index begins with the union

    @property
    def code(self) -> str:
        """As it stands in an address."""
        return f"-{self.key}" if self.is_descending else self.key

    def turned(self) -> Order:
        return replace(self, is_descending=not self.is_descending)

    def by(self, key: Expression, is_forward: bool = True) -> list[ColumnElement[Any]]:
        """What the rows are sorted by; ``key`` is their id."""
        keys = [key] if self.column is None else [self.column, key]
        return [one.asc() if self._grows(is_forward) else one.desc() for one in keys]

    def beyond(self, key: Expression, is_forward: bool = True) -> ColumnElement[bool]:
        """Behind a place that is bound when the statement runs, or in front of it."""
        grows = self._grows(is_forward)
        past = key > _LAST if grows else key < _LAST
        if self.column is None:
            return past
        value: ColumnElement[Any] = bindparam("value", type_=cast(Any, self.column).type)
        if grows:
            return and_(self.column >= value, or_(self.column > value, past))
        return and_(self.column <= value, or_(self.column < value, past))

    def _grows(self, is_forward: bool) -> bool:
        return is_forward != self.is_descending

    def place(self, row: Listed) -> str:
        """The cursor of a row."""
        value = getattr(row, self.field)
        if self.column is None or self.read is None:
            return str(row.id)
        return f"{value.isoformat() if isinstance(value, date) else '' if value is None else value}~{row.id}"

    def read_place(self, said: str, look_up: Callable[[int], Any]) -> Place | None:
        """A cursor from an address; None for one that cannot be read. ``look_up`` gives the value of a case by its id,
        and raises LookupError where the reader does not see it."""
        try:
            if self.column is None:
                return _found(read_key(said), None)
            if self.read is None:
                key = read_key(said)
                return None if key is None else Place(look_up(key), key)
            match = DATED.fullmatch(said)
            return match and Place(self.read(match[1]) if match[1] or not self.may_lack else None, int(match[2]))
        except (ValueError, LookupError):
            return None


def _found(key: int | None, value: object) -> Place | None:
    return None if key is None else Place(value, key)


def _instant(said: str) -> datetime:
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        raise ValueError(said)
    return found


def _fen(said: str) -> int:
    if not re.fullmatch(r"-?\d{1,17}", said):
        raise ValueError(said)
    return int(said)


NEWEST = Order("", Text("最新", "Newest"), None, is_descending=True)
BACKLOG = Order("", Text("最近期限", "Next deadline"), Case.next_due_on, "next_due_on", may_lack=True,
                read=date.fromisoformat)
ORDERS: Mapping[str, Order] = {order.key: order for order in (
    Order("number", Text("登记号", "Number"), Case.number_order, "in_order", read=numbers.register_order, is_shared=True,
          by_union=True),
    Order("worker", Text("申请人", "Applicant"), Case.title, "title"),
    Order("employer", Text("被申请人", "Respondent"), Case.respondent_title, "respondent_title"),
    Order("claimed", Text("诉求", "Claimed"), Case.claimed_fen, "claimed_fen", may_lack=True, read=_fen),
    Order("outstanding", Text("未到账", "Outstanding"), Case.outstanding_fen, "outstanding_fen", may_lack=True, read=_fen),
    Order("due", Text("最近期限", "Next deadline"), Case.next_due_on, "next_due_on", may_lack=True,
          read=date.fromisoformat),
    Order("received", Text("收到", "Received"), Case.received_on, "received_on", may_lack=True, read=date.fromisoformat,
          is_shared=True),
    Order("touched", Text("最近办理", "Last touched"), Case.touched_at, "touched_at", read=_instant),
)}


def orders_for(actor: Actor) -> dict[str, Order]:
    """The orders that an actor may ask for: a liaison those of what every row tells."""
    return {key: order for key, order in ORDERS.items() if order.is_shared or actor.role != "liaison"}


def read(said: str, actor: Actor) -> Order | None:
    """An order from an address (``received``, ``-received``); None where none is named. Raises Refused."""
    if not said:
        return None
    known = orders_for(actor)
    order = known.get(said.removeprefix("-"))
    if order is None:
        raise Refused([Problem("sort", Text("不能按“{said}”排序；可用：{valid}", "Cannot sort by '{said}'; use {valid}").fill(
            said=said[:40], valid=Text("、".join(f"{row.key}（{row.label.zh}）" for row in known.values()),
                                       ", ".join(known))))])
    return order.turned() if said.startswith("-") else order
