"""A body that is not on the list yet (交通局, 专班), typed where it is needed; who keeps the list confirms it later."""
from __future__ import annotations

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Agency, Case, Station
from mediation.rules.access import Actor
from mediation.rules.text_cleaning import fold
from mediation.services.house import setup

SHORT = 20


def find_or_enter(case: Case, name: str, actor: Actor) -> Agency:
    """The active body of this name in the case's union, else a new one that awaits confirmation."""
    rows = list(db.session.scalars(select(Agency).where(Agency.union_id == case.union_id, Agency.is_active.is_(True))
                                   .order_by(Agency.id)))
    said = fold(name)
    known = next((row for row in rows if said in (fold(row.name), fold(row.short_name))), None)
    if known is not None:
        return known
    count = db.session.scalar(select(func.count()).select_from(Agency).where(Agency.union_id == case.union_id)) or 0
    union = db.session.get_one(Station, case.union_id)
    return setup.save_agency(actor, union, f"typed-{count + 1}", "other", name, short_name=name[:SHORT],
                             is_provisional=True)
