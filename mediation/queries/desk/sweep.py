"""One pass over the open cases that an account may see: for how many each condition of the list of cases holds.

The database counts them by station and handler and gives the first cases of each list, all in one statement: what comes
back does not grow with the cases. The conditions are those of ``case_filters``; none is defined here.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from typing import cast as typed

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

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


class Held(NamedTuple):
    """The open cases of one station in one hand: how many meet each condition, in the order asked."""

    station_id: int
    handler_id: int | None
    counts: Sequence[int]


@dataclass(frozen=True)
class Sweep:
    """What a pass found: counts by station and handler, and the first cases of the lists that were asked for, the
    nearest deadline first, those without one last."""

    groups: Sequence[Held]
    places: Mapping[Asked, int]
    rows: Mapping[Asked, Sequence[int]]

    def count(self, values: Mapping[str, str]) -> int:
        """How many cases meet a condition that was asked for; KeyError for any other."""
        place = self.places[as_asked(values)]
        return sum(group.counts[place] for group in self.groups)

    def first(self, values: Mapping[str, str]) -> Sequence[int]:
        """The first cases of a list that was asked for."""
        return self.rows.get(as_asked(values), ())

    def counts(self, asked: Sequence[Mapping[str, str]], by: str, station_id: int | None = None) -> dict[
            int | None, list[int]]:
        """For every station or handler (``by``: station_id or handler_id) how many cases each condition holds for, of
        one station or of all."""
        places = [self.places[as_asked(values)] for values in asked]
        found: dict[int | None, list[int]] = {}
        for group in self.groups:
            if station_id in (None, group.station_id):
                counts = found.setdefault(getattr(group, by), [0] * len(places))
                for n, place in enumerate(places):
                    counts[n] += group.counts[place]
        return found


def as_asked(values: Mapping[str, str]) -> Asked:
    return tuple(values.items())


def sweep(actor: Actor, asked: Iterable[Mapping[str, str]], listed: Iterable[Mapping[str, str]] = (),
          shown: int = 0) -> Sweep:
    """Look at every open case once; at a counter at those in one's hands and those at one's own site. Of ``listed``,
    which are among those asked, the first cases are found too."""
    wanted = tuple(dict.fromkeys(as_asked(values) for values in asked))
    lists = tuple(dict.fromkeys(as_asked(values) for values in listed))
    union = search.union_of(actor)
    place = {} if union is None else {"union": union}
    groups: list[Held] = []
    rows: dict[Asked, list[tuple[bool, date, int]]] = defaultdict(list)
    found = _statement(actor.role, wanted, lists, shown, union is not None).run(actor, **place)
    for part, key, due_on, station, handler, *counts in found:
        if part < 0:
            groups.append(Held(station, handler, counts))
        else:
            rows[lists[part]].append((due_on is None, due_on or date.max, key))
    return Sweep(groups, {values: n for n, values in enumerate(wanted)},
                 {values: [key for _is_undated, _due_on, key in sorted(some)] for values, some in rows.items()})


@lru_cache(maxsize=64)
def _statement(role: str, asked: tuple[Asked, ...], lists: tuple[Asked, ...], shown: int,
               is_one_union: bool) -> Prepared:
    """The counts of each group as part -1; then, as the part of its place, the first rows of each list."""
    actor = stand_in(role)
    seen = door.filter_for(actor)
    rows = [work_lists.is_open(), seen.is_(True) if access.scope_of(role, "case.read") == "below" else seen]
    if is_one_union:
        rows.append(Case.union_id == search.UNION)
    if role in AT_COUNTERS:
        rows.append(_at_hand(actor))
    holds = [case((and_(*case_filters.conditions_of(dict(values), actor)), 1), else_=0) for values in asked]
    found = Case.__table__.c
    seen_cases = select(found.id, found.next_due_on, found.station_id, found.handler_id, *(
        mark.label(f"holds_{n}") for n, mark in enumerate(holds))).where(*rows).cte("seen")
    row = seen_cases.c
    marks = [row[f"holds_{n}"] for n in range(len(asked))]
    sums = [cast(func.sum(mark), BigInteger) for mark in marks]
    parts: list[Select[Any]] = [select(
        literal_column("-1").label("part"), func.min(row.id).label("key"), func.min(row.next_due_on).label("due_on"),
        row.station_id, row.handler_id, *sums).group_by(row.station_id, row.handler_id)]
    for n, values in enumerate(lists):
        first = select(seen_cases).where(marks[asked.index(values)] == 1).order_by(
            row.next_due_on.is_(None), row.next_due_on, row.id).limit(shown).subquery()
        one = first.c
        parts.append(select(literal_column(str(n)), one.id, one.next_due_on, one.station_id, one.handler_id, *(
            literal_column("0") for _mark in marks)))
    return Prepared(union_all(*parts))


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
    return Prepared(listed.cases_where(typed(ColumnElement[bool], Case.id.in_(bindparam("ids", expanding=True)))))
