"""What bodies send us with their own accounts, as an account may see it."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Case, Handover, HandoverFile
from mediation.queries import door
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access
from mediation.rules.access import Actor

SHOWN = 20


def rows_of(actor: Actor) -> ColumnElement[bool]:
    """A body finds what it sent itself; our people what came to their union, those above what came below them, and
    what became a case as far as they see the case.
    """
    if actor.role == "liaison":
        return Handover.agency_id == actor.agency_id
    scopes: dict[str, Callable[[], ColumnElement[bool]]] = {
        "union": lambda: Handover.union_id == actor.union_id,
        "below": lambda: Handover.union_id.in_(door.stations_below(actor.station_path))}
    seen = select(Case.id).where(Case.id == Handover.case_id, door.filter_for(actor)).exists()
    return and_(scopes.get(access.scope_of(actor.role, "case.read"), false)(), or_(Handover.case_id.is_(None), seen))


def find(actor: Actor, key: int) -> Handover | None:
    return db.session.scalar(select(Handover).where(Handover.id == key, rows_of(actor)))


def find_file(actor: Actor, key: int, paper: int) -> HandoverFile | None:
    """A paper of a hand-over that the actor finds."""
    return db.session.scalar(select(HandoverFile).join(HandoverFile.handover).where(
        HandoverFile.id == paper, Handover.id == key, rows_of(actor)))


def waiting(actor: Actor) -> Sequence[Handover]:
    """What still waits to be registered; for a body also what was returned to it lately."""
    return _waiting(actor.role).run(actor).scalars().all()


@cache
def _waiting(role: str) -> Prepared:
    states = ("sent", "returned") if role == "liaison" else ("sent",)
    return Prepared(select(Handover).where(rows_of(stand_in(role)), Handover.state.in_(states)).options(
        joinedload(Handover.agency)).order_by(Handover.id.desc()).limit(SHOWN))
