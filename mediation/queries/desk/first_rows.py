"""The first rows of the lists of a desk, in one statement: each is walked in the order of an index, by its deadline,
and left after a few rows.

A list may need several walks, as no index leads to all that it may hold. What it holds is said by ``case_filters``, a
walk only says where to look.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    literal_column,
    select,
    union_all,
)

from mediation.models import Case, CaseMember, Commission, Paper
from mediation.queries import door
from mediation.queries.cases import case_filters, listed, search
from mediation.queries.cases.listed import Listed
from mediation.queries.desk import work_lists
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules.access import Actor

Asked = tuple[tuple[str, str], ...]
DATED, UNDATED = Case.next_due_on.is_not(None), Case.next_due_on.is_(None)
NOBODYS = Case.handler_id.is_(None)


def read(actor: Actor, lists: Sequence[Asked], shown: int, union: int | None, left: Iterable[int]) -> dict[
        Asked, list[Listed]]:
    """The first rows of each list, the nearest deadline first, those without one last.

    ``left``: whoever holds cases and is not there any more.
    """
    place = {} if union is None else {"union": union}
    found: dict[Asked, dict[int, Listed]] = defaultdict(dict)
    for part, *columns in _statement(actor.role, tuple(lists), shown, union is not None).run(
            actor, left=sorted(left), **place):
        row = Listed._make(columns)
        found[lists[part]][row.id] = row
    return {values: sorted(rows.values(), key=_order)[:shown] for values, rows in found.items()}


def _order(row: Listed) -> tuple[bool, date, int]:
    return row.next_due_on is None, row.next_due_on or date.max, row.id


@lru_cache(maxsize=64)
def _statement(role: str, lists: tuple[Asked, ...], shown: int, is_one_union: bool) -> Prepared:
    actor, row = stand_in(role), Case.__table__.c
    parts: list[Select[Any]] = []
    for n, values in enumerate(lists):
        # What IS true leads no search: the walk does.
        holds = and_(door.filter_for(actor), *case_filters.conditions_of(dict(values), actor)).is_(True)
        for walk in _walks(dict(values), actor, is_one_union):
            lead = () if walk.is_in_order else (row.next_due_on.is_(None),)
            first = select(row.id).where(work_lists.is_open(), walk.rows, holds).order_by(
                *lead, row.next_due_on, row.id).limit(shown).subquery()
            parts.append(select(literal_column(str(n)).label("part"), first.c.id))
    # With a limit, so that it is not taken apart into as many joins as there are walks.
    found = union_all(*parts).limit(len(parts) * shown).subquery("first_rows")
    source = found.join(Case.__table__, Case.__table__.c.id == found.c.id)
    rows = listed.cases_where(work_lists.is_open(), source)
    return Prepared(rows.with_only_columns(found.c.part, *listed.COLUMNS))


class Walk(NamedTuple):
    """Where rows of a list are looked for; ``is_in_order``: in an index by their deadline, all with one or all without.
    Others are few and sorted."""

    rows: ColumnElement[bool]
    is_in_order: bool = True


def _walks(where: dict[str, str], actor: Actor, is_one_union: bool) -> Iterator[Walk]:
    """Together the walks lead to all that a list may hold."""
    at: list[ColumnElement[bool]] = []
    if "handler" in where or "station" in where or where.get("task") == "my_turn":
        at = [Case.union_id == actor.union_id]
    elif is_one_union:
        at = [Case.union_id == search.UNION]
    if "task" in where:
        yield from _by_task(where, actor, at)
        return
    is_mine = where.get("handler") == "me"
    yield from _by_day(where, actor, [Case.handler_id == actor.user_id] if is_mine else at)
    if is_mine:
        yield Walk(Case.id.in_(select(CaseMember.case_id).where(
            CaseMember.account_id == actor.user_id, CaseMember.until_on.is_(None))), False)


def _by_task(where: dict[str, str], actor: Actor, at: list[ColumnElement[bool]]) -> list[Walk]:
    task = where["task"]
    if task == "my_turn":
        mine = Case.handler_id == actor.user_id
        return [Walk(and_(mine, DATED)), Walk(and_(mine, UNDATED)),
                Walk(and_(NOBODYS, *at, Case.station_id == actor.station_id), False)]
    if task == "stuck":
        return [Walk(Case.handler_id.in_(bindparam("left", expanding=True)), False), Walk(and_(NOBODYS, *at), False),
                Walk(and_(UNDATED, *at))]
    few: dict[str, list[ColumnElement[bool]]] = {
        "unserved": [Case.id.in_(select(Paper.case_id).where(Paper.to_serve > literal_column("0")))],
        "to_take": [_in_state("ASSIGNED"), *at],
        "our_reply": [Case.id.in_(select(Commission.case_id).where(work_lists.is_asked()))]}
    return [Walk(and_(*few.get(task, [NOBODYS, *at, *_here(where, actor)])), False)]


def _by_day(where: dict[str, str], actor: Actor, hand: list[ColumnElement[bool]]) -> list[Walk]:
    due = where.get("due", "")
    if "late" in where:
        return [Walk(and_(_in_state("PERFORMING"), *hand, Case.next_due_on < actor.today))]
    if due == "overdue":
        return [Walk(and_(*hand, Case.next_due_on < actor.today))]
    if due:
        return [Walk(and_(*hand, work_lists.due_within(actor.today, int(due))))]
    return [Walk(and_(*hand, DATED)), Walk(and_(*hand, UNDATED))]


def _here(where: dict[str, str], actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Case.station_id == actor.station_id,) if where.get("station") == "own" else ()


def _in_state(state: str) -> ColumnElement[bool]:
    """Literally, so that an index of cases in one state is used."""
    return Case.state == literal_column(f"'{state}'")
