"""The same dispute registered by two unions: shown to those above both, since nobody on the spot may see the other.

At the counter the warning goes through the door and stops at the wall. Here both cases of a pair pass the door of one
reader; whoever stands below only one of the unions finds nothing.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from mediation.extensions import db
from mediation.models import Case, Party, Station
from mediation.queries import door
from mediation.queries.cases.intake import told_of
from mediation.queries.desk import work_lists
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.cases.duplicates import WINDOW, Match, compare

PERMISSION = "case.supervise"
ASKING = (Case.outcome != "DUPLICATE", Party.side == "applicant", Party.removed_on.is_(None))
MOST = 50  # pairs looked at for each ground, the newest first


class Pair(NamedTuple):
    """Two cases of two unions that look like one dispute, the earlier one first."""

    first: Case
    second: Case
    match: Match


class Pairs(NamedTuple):
    """The pairs, the likeliest first; ``is_cut``: more might be found than were looked at."""

    rows: Sequence[Pair]
    is_cut: bool = False


def is_above_several(actor: Actor) -> bool:
    """Whether the actor's station has more than one union below it."""
    if access.scope_of(actor.role, PERMISSION) != "below":
        return False
    unions = select(func.count()).select_from(Station).where(
        Station.id.in_(door.stations_below(actor.station_path)), Station.kind == "union")
    return (db.session.scalar(unions) or 0) > 1


def across_unions(actor: Actor) -> Pairs:
    """Undecided cases that another union may have too; a fixed number of queries, however many there are."""
    if not is_above_several(actor):
        return Pairs(())
    found = [_candidates(actor, ground) for ground in ("identity_index", "phone_index", "name")]
    keys = {frozenset(pair) for pairs in found for pair in pairs}
    cases = _load({key for pair in keys for key in pair})
    pairs = [Pair(cases[a], cases[b], match) for a, b in map(sorted, keys)
             if (match := compare(told_of(cases[a]), told_of(cases[b]))) is not None]
    pairs.sort(key=lambda pair: (-pair.match.score, -pair.second.id))
    return Pairs(pairs, any(len(pairs) == MOST for pairs in found))


def _candidates(actor: Actor, ground: str) -> Sequence[tuple[int, int]]:
    """Pairs of cases whose applicants share a mark: one of them undecided, the other at whatever stage.

    Names are not indexed and say little: there both are undecided, and rules/cases/duplicates.py asks for more than the
    name.
    """
    asking = _undecided(actor, ground).cte("asking")
    other: SQLColumnExpression[int]
    if ground == "name":
        theirs = asking.alias("theirs")
        rows = select(asking.c.case_id, theirs.c.case_id).join(theirs, and_(
            theirs.c.mark == asking.c.mark, theirs.c.union_id != asking.c.union_id,
            theirs.c.case_id < asking.c.case_id)).where(func.length(asking.c.mark) > 1)
        other = theirs.c.case_id
    else:
        party, other = getattr(Party, ground), Case.id
        rows = select(asking.c.case_id, Case.id).select_from(asking).join(Party, party == asking.c.mark).join(
            Case, Case.id == Party.case_id).where(Case.union_id != asking.c.union_id, *ASKING, door.filter_for(actor))
    found = db.session.execute(rows.distinct().order_by(asking.c.case_id.desc(), other.desc()).limit(MOST))
    return [(a, b) for a, b in found]


def _undecided(actor: Actor, ground: str) -> Select[Any]:
    """The marks of everybody who asks in a readable case of the last year without an outcome yet."""
    since = or_(Case.received_on.is_(None), Case.received_on >= actor.today - timedelta(WINDOW))
    mark = getattr(Party, ground)
    rows = select(Case.id.label("case_id"), Case.union_id, mark.label("mark")).join(Party, Party.case_id == Case.id)
    return rows.where(
        door.filter_for(actor), work_lists.is_open(), Case.outcome == "", since, *ASKING, mark.is_not(None))


def _load(keys: Iterable[int]) -> dict[int, Case]:
    rows = db.session.scalars(select(Case).where(Case.id.in_(keys)).options(
        selectinload(Case.parties), selectinload(Case.claims), joinedload(Case.station).joinedload(Station.union),
        joinedload(Case.handler)))
    return {row.id: row for row in rows}
