"""What bodies send us with their own accounts, as an account may see it."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Handover
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor

SHOWN = 20


def rows_of(actor: Actor) -> ColumnElement[bool]:
    """A body finds what it sent itself; our people what came to their union, those above what came below them."""
    if actor.role == "liaison":
        return Handover.agency_id == actor.agency_id
    scopes = {"union": lambda: Handover.union_id == actor.union_id,
              "below": lambda: Handover.union_id.in_(door.stations_below(actor.station_path))}
    return scopes.get(access.scope_of(actor.role, "case.read"), false)()


def find(actor: Actor, key: int) -> Handover | None:
    return db.session.scalar(select(Handover).where(Handover.id == key, rows_of(actor)))


def waiting(actor: Actor) -> Sequence[Handover]:
    """What still waits to be registered; for a body also what was returned to it lately."""
    states = ("sent", "returned") if actor.role == "liaison" else ("sent",)
    return db.session.scalars(select(Handover).where(rows_of(actor), Handover.state.in_(states)).options(
        joinedload(Handover.agency)).order_by(Handover.id.desc()).limit(SHOWN)).all()
