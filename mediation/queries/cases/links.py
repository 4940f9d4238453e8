"""Cases that hang together: the demonstration case with its batch, and what was merged into a case."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Agreement, Case, CaseLink, Party
from mediation.queries import door
from mediation.queries.money import balances, case_money
from mediation.rules.access import Actor
from mediation.rules.money.currencies import Purse, purse


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


class Line(NamedTuple):
    """A case of a batch and its money; the sums in fen."""

    case: Case
    is_lead: bool
    claimed: int | None
    agreed: int | None
    arrived: int
    outstanding: int | None
    is_undisclosed: bool


class Batch(NamedTuple):
    """The lead case and those that follow it, as far as the reader may see them; none where the case stands alone."""

    lines: Sequence[Line]

    def total(self, name: str) -> Purse:
        return purse((line.case.station.currency, getattr(line, name) or 0) for line in self.lines)

    @property
    def is_claim_about(self) -> bool:
        return any(line.case.is_claim_about for line in self.lines)


def batch(case: Case, actor: Actor) -> Batch:
    """Two queries, however many cases hang together; a third where no sum was agreed."""
    head = select(CaseLink.lead_id).where(or_(CaseLink.case_id == case.id, CaseLink.lead_id == case.id)).limit(1)
    lead_id = db.session.scalar(head)
    if lead_id is None:
        return Batch(())
    followers = select(CaseLink.case_id).where(CaseLink.lead_id == lead_id)
    rows = db.session.scalars(select(Case).where(
        or_(Case.id == lead_id, Case.id.in_(followers)), door.filter_for(actor)).options(
        joinedload(Case.handler), joinedload(Case.station)).order_by((Case.id != lead_id), Case.id)).all()
    sums = balances.of_cases(actor.today, Case.id.in_([row.id for row in rows]))
    silent = case_money.undisclosed(row.id for row in rows if row.agreed_fen is None)
    return Batch([Line(row, row.id == lead_id, row.claimed_fen, row.agreed_fen, row.arrived_fen,
                       sums[row.id].outstanding_fen if row.id in sums else None, row.id in silent) for row in rows])


def candidates(case: Case, actor: Actor, most: int = 20) -> Sequence[Case]:
    """Open cases of the union against the same employers that hang on no other case yet."""
    employers = [p.employer_id for p in case.parties if p.side == "respondent" and p.employer_id and not p.removed_on]
    if not employers:
        return ()
    same = exists().where(Party.case_id == Case.id, Party.employer_id.in_(employers), Party.side == "respondent",
                          Party.removed_on.is_(None))
    linked = exists().where(or_(CaseLink.case_id == Case.id, CaseLink.lead_id == Case.id))
    return db.session.scalars(select(Case).where(
        same, ~linked, Case.id != case.id, Case.union_id == case.union_id, Case.is_open == 1,
        door.filter_for(actor)).options(joinedload(Case.handler)).order_by(Case.id.desc()).limit(most)).all()


def lead_agreement(case: Case, actor: Actor) -> Agreement | None:
    """The agreement in force of the lead case that this one follows, if the reader may see its money."""
    lead = db.session.scalar(select(Case).join(CaseLink, CaseLink.lead_id == Case.id).where(
        CaseLink.case_id == case.id, door.filter_for(actor)))
    if lead is None or not door.may(actor, "money.read", lead):
        return None
    return case_money.current_agreement(lead)
