"""The same dispute registered by two unions: shown to those above both, since nobody on the spot may see the other.

At the counter the warning goes through the door and stops at the wall. Here both cases of a pair pass the door of one
reader; whoever stands below only one of the unions finds nothing.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from mediation.extensions import db
from mediation.models import Case, Party, Station
from mediation.queries import conditions, door
from mediation.queries.intake import told_of
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.duplicates import Match, compare

PERMISSION = "case.supervise"
MOST = 100  # pairs looked at for each ground, the newest first


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
    """Open cases that another union may have too; eight queries, however many there are."""
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
    """Pairs of cases whose applicants share a mark. Names are not indexed: they are compared among open cases alone,
    and only where the other side has been named at all; rules/duplicates.py says whether more than the name speaks.
    """
    asking, theirs, other = aliased(Party), aliased(Party), aliased(Case)
    seen = select(Case.id).where(Case.id == other.id, door.filter_for(actor)).correlate(other).exists()
    rows = select(Case.id, other.id).join(asking, asking.case_id == Case.id).join(
        theirs, getattr(theirs, ground) == getattr(asking, ground)).join(other, other.id == theirs.case_id).where(
        door.filter_for(actor), conditions.is_open(), *_counts(Case, asking), *_counts(other, theirs), seen,
        other.union_id != Case.union_id)
    if ground == "name":
        rows = rows.where(other.is_open == 1, func.length(asking.name) > 1)
    found = db.session.execute(rows.distinct().order_by(Case.id.desc(), other.id.desc()).limit(MOST))
    return [(a, b) for a, b in found]


def _counts(case: type[Case], party: type[Party]) -> Iterable[ColumnElement[bool]]:
    return case.outcome != "DUPLICATE", party.side == "applicant", party.removed_on.is_(None)


def _load(keys: Iterable[int]) -> dict[int, Case]:
    rows = db.session.scalars(select(Case).where(Case.id.in_(keys)).options(
        selectinload(Case.parties), selectinload(Case.claims), joinedload(Case.station).joinedload(Station.union),
        joinedload(Case.handler)))
    return {row.id: row for row in rows}
