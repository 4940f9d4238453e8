"""The list of exports that were begun, for those who answer for them."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import ExportRun, User
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor

MOST = 100


def runs(actor: Actor) -> Sequence[ExportRun]:
    """The newest exports: one's own, and of accounts below for those who see whole levels."""
    rows = ExportRun.account_id == actor.user_id
    if access.scope_of(actor.role, "ledger.read") == "below":
        below = select(User.id).where(User.station_id.in_(door.stations_below(actor.station_path)))
        rows = or_(rows, ExportRun.account_id.in_(below))
    return db.session.scalars(select(ExportRun).where(rows).order_by(ExportRun.id.desc()).limit(MOST).options(
        joinedload(ExportRun.account), joinedload(ExportRun.approved_by))).all()


def find_run(run_id: int, actor: Actor) -> ExportRun | None:
    """An export that the actor may see in the list."""
    row = db.session.get(ExportRun, run_id)
    return row if row is not None and row in runs(actor) else None
