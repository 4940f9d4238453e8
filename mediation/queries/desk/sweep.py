"""For how many of the open cases that an account may see each condition of the list of cases holds, and which come
first.

Counts by station and hand come from the kept table (``tallies``). One by one are looked at only the few cases that are
not in it, or of which rows beside them decide: restricted ones, those without a deadline, those of which somebody was
asked, supervised ones, and at a counter those mediated together, begun and with papers to serve. The first rows of a
list are walked in the order of an index. The conditions are those of ``case_filters``; none is defined here.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from typing import cast as cast_to

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from mediation.models import Case, CaseMember, Commission, Instant, Paper, Supervision
from mediation.queries import door
from mediation.queries.cases import case_filters, search
from mediation.queries.cases.listed import Listed
from mediation.queries.desk import first_rows, tallies, work_lists
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules.access import Actor
from mediation.rules.desk.feeds import BEIJING

FORTNIGHT = timedelta(work_lists.UNTOUCHED_DAYS)
AT_COUNTERS = frozenset({"mediator", "lead"})
Asked = tuple[tuple[str, str], ...]


class Held(NamedTuple):
    """The open cases of one station in one hand: how many meet each condition, in the order asked."""

    station_id: int
    handler_id: int | None
    counts: Sequence[int]


@dataclass(frozen=True)
class Sweep:
    """What was found: counts by station and handler, and the first rows of the lists that were asked for, the nearest
    deadline first, those without one last. A station and hand may stand in several groups."""

    groups: Sequence[Held]
    places: Mapping[Asked, int]
    rows: Mapping[Asked, Sequence[Listed]]

    def count(self, values: Mapping[str, str]) -> int:
        """How many cases meet a condition that was asked for; KeyError for any other."""
        place = self.places[as_asked(values)]
        return sum(group.counts[place] for group in self.groups)

    def first(self, values: Mapping[str, str]) -> Sequence[Listed]:
        """The first rows of a list that was asked for."""
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
    """Count the cases of each condition; at a counter those in one's hands and those at one's own site. Of ``listed``,
    which are among those asked, the first rows are found too."""
    wanted = tuple(dict.fromkeys(as_asked(values) for values in asked))
    lists = tuple(dict.fromkeys(as_asked(values) for values in listed))
    union = search.union_of(actor)
    place: dict[str, object] = {} if union is None else {"union": union}
    groups = [Held(station, handler, counts) for station, handler, *counts in _beside(
        actor.role, wanted, union is not None).run(actor, **place, rested=_rested(actor.today))]
    kept = tallies.read(actor, union)
    found = Sweep([*groups, *_tallied(actor, wanted, kept)], {values: n for n, values in enumerate(wanted)}, {})
    full = tuple(values for values in lists if found.count(dict(values)) or not set(dict(values)) & SELDOM)
    left = {row.handler_id for row in kept if row.is_left}
    return replace(found, rows=first_rows.read(actor, full, shown, union, left)) if full else found


SELDOM = frozenset({"untouched"})  # a list in no order of its own: nothing is walked where it is empty


def _tallied(actor: Actor, wanted: Sequence[Asked], rows: Iterable[tallies.Tally]) -> list[Held]:
    """What the table has counted, by station and hand."""
    sums: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        counts = sums.setdefault((row.station_id, row.handler_id), [0] * len(wanted))
        is_mine, is_here = row.handler_id == actor.user_id, row.station_id == actor.station_id
        for n in _places(wanted, is_mine, is_here, row.kind, row.group, bool(row.is_left), row.handler_id == 0):
            counts[n] += row.cases
    return [Held(station, handler or None, counts) for (station, handler), counts in sums.items() if any(counts)]


@lru_cache(maxsize=4096)
def _places(wanted: Sequence[Asked], is_mine: bool, is_here: bool, *row: Any) -> tuple[int, ...]:
    """The conditions that a row of the table meets, where it lies too."""
    def is_there(where: Mapping[str, str]) -> bool:
        if where.get("handler") == "me" or where.get("task") == "my_turn":
            return is_mine
        return is_here or where.get("station") != "own"
    return tuple(n for n, values in enumerate(wanted) if is_there(dict(values)) and tallies.holds(values, *row))


def _rested(today: date) -> datetime:
    """Where the day began that was a fortnight ago: who was touched on it rests since some hour of today, and in the
    table from tomorrow on."""
    return datetime.combine(today - timedelta(work_lists.UNTOUCHED_DAYS), time.min, BEIJING)


_RESTED = cast_to(datetime, bindparam("rested", type_=Instant()))


@lru_cache(maxsize=64)
def _beside(role: str, asked: tuple[Asked, ...], is_one_union: bool) -> Prepared:
    """By station and hand, for how many of the cases beside the table each condition holds."""
    actor = stand_in(role)
    rows = [work_lists.is_open(), door.filter_for(actor).is_(True), Case.id.in_(union_all(*_few(role, is_one_union)))]
    if role in AT_COUNTERS:
        rows.append(_at_hand(actor).is_(True))
    found = Case.__table__.c
    seen = select(found.station_id, found.handler_id, *(
        _mark(values, actor).label(f"holds_{n}") for n, values in enumerate(asked))).where(*rows).subquery().c
    return Prepared(select(seen.station_id, seen.handler_id, *(
        cast(func.sum(seen[f"holds_{n}"]), BigInteger) for n in range(len(asked)))).group_by(
        seen.station_id, seen.handler_id))


def _few(role: str, is_one_union: bool) -> list[Select[Any]]:
    """The cases that are looked at one by one, each sort by an index of its own."""
    actor, row = stand_in(role), Case.__table__.c
    here = row.union_id == (actor.union_id if role in AT_COUNTERS else search.UNION)
    place = [here] if is_one_union or role in AT_COUNTERS else []
    found = [
        select(row.id).where(row.is_sealed.is_(True)),
        select(row.id).where(work_lists.is_open(), row.next_due_on.is_(None), *place),
        select(row.id).where(row.touched_at >= _RESTED, row.touched_at < actor.now - FORTNIGHT,
                             and_(work_lists.is_open(), *place).is_(True)),
        select(Commission.__table__.c.case_id).where(work_lists.is_asked()),
        select(Supervision.__table__.c.case_id).where(Supervision.answered_on.is_(None))]
    if role not in AT_COUNTERS:
        return found
    begun = select(row.id).where(work_lists.is_open(), row.handler_id.is_(None), here,
                                 row.station_id == actor.station_id, row.registered_by_id == actor.user_id)
    together = select(CaseMember.__table__.c.case_id).where(
        CaseMember.account_id == actor.user_id, CaseMember.until_on.is_(None))
    return [*found, begun, together, select(Paper.__table__.c.case_id).where(Paper.to_serve > literal_column("0"))]


def _mark(values: Asked, actor: Actor) -> ColumnElement[int]:
    """1 where a case meets a condition and the table has not counted it."""
    where, holds = dict(values), and_(*case_filters.conditions_of(dict(values), actor))
    counted: list[ColumnElement[bool]] = [Case.is_sealed.is_(False)]
    task = where.get("task")
    if where.get("handler") == "me" or task == "my_turn":
        counted.append(Case.handler_id == actor.user_id)
    if task in ("supervised", "unserved"):
        counted.append(false())
    elif task == "waiting":
        counted += [Case.state == "CONSENT_PENDING", Case.outcome == ""]
    elif task == "stuck":
        counted += [Case.is_late_entry.is_(False), or_(work_lists.owner_left(), work_lists.ownerless())]
    elif "untouched" in where:
        counted.append(Case.touched_at < _RESTED)
    elif task == "free":  # the table has it as nobody's, whoever began it
        begun = and_(*counted, work_lists.unassigned(), Case.station_id == actor.station_id, not_(holds))
        return case((begun, -1), (and_(*counted), 0), (holds, 1), else_=0)
    return case((and_(*counted), 0), (holds, 1), else_=0)


def _at_hand(actor: Actor) -> ColumnElement[bool]:
    """What any list at a counter may hold: cases of one's own as handler or co-mediator, and of one's site."""
    member = select(CaseMember.case_id).where(CaseMember.account_id == actor.user_id, CaseMember.until_on.is_(None))
    return or_(Case.handler_id == actor.user_id, Case.station_id == actor.station_id, Case.id.in_(member))


def with_calls(role: str) -> CompoundSelect[Any]:
    """The open cases at a counter in which something was planned for today or before: their ids."""
    actor, row = stand_in(role), Case.__table__.c
    due = [work_lists.is_open(), row.call_on.is_not(None), row.call_on <= actor.today]
    return union_all(
        select(row.id).where(row.handler_id == actor.user_id, *due),
        select(row.id).where(row.handler_id.is_(None), row.station_id == actor.station_id, *due),
        select(CaseMember.__table__.c.case_id).where(
            CaseMember.account_id == actor.user_id, CaseMember.until_on.is_(None)))
