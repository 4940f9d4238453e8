"""One pass over the open cases that an account may see: for each, which conditions of the list of cases hold.

A desk counts, sorts and adds up what comes back, in place of one statement for each section. The conditions are those
of ``keys``; none is defined here.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, or_, select

from mediation.models import Case, CaseMember
from mediation.queries import door
from mediation.queries.cases import case_filters, listed, search
from mediation.queries.cases.listed import Listed
from mediation.queries.desk import work_lists
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access
from mediation.rules.access import Actor

AT_COUNTERS = frozenset({"mediator", "lead"})
Asked = tuple[tuple[str, str], ...]


class Seen(NamedTuple):
    """An open case, and for each condition in the order asked whether it holds (1 or 0)."""

    id: int
    due_on: date | None
    station_id: int
    handler_id: int | None
    holds: Sequence[int]


@dataclass(frozen=True)
class Sweep:
    """What a pass found, the nearest deadline first, those without one last."""

    rows: Sequence[Seen]
    places: Mapping[Asked, int]

    def where(self, values: Mapping[str, str]) -> list[Seen]:
        """The cases for which a condition holds that was asked for; KeyError for any other."""
        place = self.places[as_asked(values)]
        return [row for row in self.rows if row.holds[place]]

    def counts(self, asked: Sequence[Mapping[str, str]], by: str, rows: Iterable[Seen] | None = None) -> dict[
            int | None, list[int]]:
        """For every station or handler (``by``: station_id or handler_id) how many cases each condition holds for."""
        places = [self.places[as_asked(values)] for values in asked]
        found: dict[int | None, list[int]] = {}
        for row in self.rows if rows is None else rows:
            counts = found.setdefault(getattr(row, by), [0] * len(places))
            for n, place in enumerate(places):
                counts[n] += row.holds[place]
        return found


def as_asked(values: Mapping[str, str]) -> Asked:
    return tuple(values.items())


def sweep(actor: Actor, asked: Iterable[Mapping[str, str]]) -> Sweep:
    """Look at every open case once; at a counter at those in one's hands and those at one's own site."""
    wanted = tuple(dict.fromkeys(as_asked(values) for values in asked))
    union = search.union_of(actor)
    place = {} if union is None else {"union": union}
    found = _statement(actor.role, wanted, union is not None).run(actor, **place)
    rows = sorted((_seen(row) for row in found), key=_order)
    return Sweep(rows, {values: n for n, values in enumerate(wanted)})


def _seen(row: Row[Any]) -> Seen:
    key, due_on, station, handler, *holds = row
    return Seen(key, due_on, station, handler, holds)


def _order(row: Seen) -> tuple[bool, date, int]:
    return row.due_on is None, row.due_on or date.max, row.id


@lru_cache(maxsize=64)
def _statement(role: str, asked: tuple[Asked, ...], is_one_union: bool) -> Prepared:
    actor = stand_in(role)
    seen = door.filter_for(actor)
    rows = [work_lists.is_open(), seen.is_(True) if access.scope_of(role, "case.read") == "below" else seen]
    if is_one_union:
        rows.append(Case.union_id == search.UNION)
    if role in AT_COUNTERS:
        rows.append(_at_hand(actor))
    holds = [case((and_(*case_filters.conditions_of(dict(values), actor)), 1), else_=0)
             for values in asked]
    found = Case.__table__.c
    return Prepared(select(found.id, found.next_due_on, found.station_id, found.handler_id, *(
        mark.label(f"holds_{n}") for n, mark in enumerate(holds))).where(*rows))


def _at_hand(actor: Actor) -> ColumnElement[bool]:
    """What any list at a counter may hold: cases of one's own as handler or co-mediator, and of one's site."""
    member = select(CaseMember.case_id).where(CaseMember.account_id == actor.user_id, CaseMember.until_on.is_(None))
    return or_(Case.handler_id == actor.user_id, Case.station_id == actor.station_id, Case.id.in_(member))


def at_hand(role: str) -> Select[Any]:
    """The open cases at a counter, for what is read beside them: their ids."""
    actor = stand_in(role)
    return select(Case.__table__.c.id).where(door.filter_for(actor), work_lists.is_open(), _at_hand(actor)).correlate(
        None)


def shown(ids: Iterable[int], actor: Actor) -> dict[int, Listed]:
    """The rows of cases that a pass has found."""
    wanted = sorted(set(ids))
    return {row.id: row for row in listed.read(_shown().run(actor, ids=wanted))} if wanted else {}


@cache
def _shown() -> Prepared:
    return Prepared(listed.cases_where(cast(ColumnElement[bool], Case.id.in_(bindparam("ids", expanding=True)))))
