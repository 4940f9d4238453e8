"""The list of exports that were begun, for those who answer for them."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import ExportRun, User
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor

MOST = 100


def runs(actor: Actor) -> Sequence[ExportRun]:
    """The newest exports: one's own, and of accounts below for those who see whole levels."""
    return db.session.scalars(select(ExportRun).where(_seen(actor)).order_by(ExportRun.id.desc()).limit(MOST).options(
        joinedload(ExportRun.account), joinedload(ExportRun.approved_by))).all()


def _seen(actor: Actor) -> ColumnElement[bool]:
    rows = ExportRun.account_id == actor.user_id
    if access.scope_of(actor.role, "ledger.read") == "below":
        below = select(User.id).where(User.station_id.in_(door.stations_below(actor.station_path)))
        rows = or_(rows, ExportRun.account_id.in_(below))
    return rows


def find_run(run_id: int, actor: Actor) -> ExportRun | None:
    """An export that the actor may see, however long the list has grown since."""
    return db.session.scalar(select(ExportRun).where(ExportRun.id == run_id, _seen(actor)))
