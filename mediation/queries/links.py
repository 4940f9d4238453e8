"""Cases that hang together: the demonstration case with its batch, and what was merged into a case."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Case, CaseLink
from mediation.queries import door
from mediation.rules.access import Actor


class Linked(NamedTuple):
    """The lead case that this one follows, the cases that follow it, and those merged into it."""

    lead: Case | None
    followers: Sequence[Case]
    merged: Sequence[Case]

    @property
    def is_any(self) -> bool:
        return bool(self.lead or self.followers or self.merged)


def of(case: Case, actor: Actor) -> Linked:
    """As far as the reader may see them."""
    seen = door.filter_for(actor)
    lead = db.session.scalar(select(Case).join(CaseLink, CaseLink.lead_id == Case.id).where(
        CaseLink.case_id == case.id, seen))
    followers = db.session.scalars(select(Case).join(CaseLink, CaseLink.case_id == Case.id).where(
        CaseLink.lead_id == case.id, seen).options(joinedload(Case.handler)).order_by(Case.id)).all()
    merged = db.session.scalars(select(Case).where(Case.merged_into_id == case.id, seen).order_by(Case.id)).all()
    return Linked(lead, followers, merged)


def find_link(case: Case) -> CaseLink | None:
    return db.session.scalar(select(CaseLink).where(CaseLink.case_id == case.id))
