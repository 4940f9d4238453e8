"""Letters between the union and outside bodies, as an account may see them."""
from __future__ import annotations

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import contains_eager, joinedload

from mediation.extensions import db
from mediation.models import Attachment, Case, Commission
from mediation.queries import conditions, door
from mediation.rules import commissions
from mediation.rules.access import Actor

SHOWN = 20


def late_replies(actor: Actor) -> list[Commission]:
    """Replies that bodies owe us and that are late: of one's own cases at the counter, of all for those above."""
    rows = _waiting(actor).where(Commission.reply_due_on < actor.today)
    if actor.role in ("mediator", "lead"):
        rows = rows.where(conditions.mine(actor))
    return list(db.session.scalars(rows.order_by(Commission.reply_due_on, Commission.id).limit(SHOWN)))


def _waiting(actor: Actor) -> Select:
    return select(Commission).join(Commission.case).where(
        door.filter_for(actor), conditions.is_open(), Commission.direction == "out", conditions.is_unanswered(),
    ).options(contains_eager(Commission.case).joinedload(Case.handler), joinedload(Commission.agency))


def find(case: Case, key: int, actor: Actor) -> Commission | None:
    """A letter of a readable case; a body finds its own only, and those no longer shared not at all."""
    row = db.session.scalar(select(Commission).where(Commission.id == key, Commission.case_id == case.id))
    if row is None or actor.role != "liaison":
        return row
    return row if row.agency_id == actor.agency_id and row.recalled_on is None and row.state != "returned" else None


def of_body(case: Case, actor: Actor) -> list[Commission]:
    """The letters of a case that concern the liaison's own body and are still shared."""
    if actor.role != "liaison":
        return []
    return list(db.session.scalars(select(Commission).where(
        Commission.case_id == case.id, Commission.agency_id == actor.agency_id, Commission.recalled_on.is_(None),
        Commission.state != "returned").order_by(Commission.id)))


def files_of(case: Case, actor: Actor, commission: Commission | None = None) -> list[Attachment]:
    """The files of a case, or of one letter; a body sees those of its own letters."""
    rows = select(Attachment).where(Attachment.case_id == case.id).options(joinedload(Attachment.made_by)).order_by(
        Attachment.id)
    if commission is not None:
        rows = rows.where(Attachment.commission_id == commission.id)
    elif actor.role == "liaison":
        rows = rows.join(Attachment.commission).where(
            and_(Commission.agency_id == actor.agency_id, Commission.recalled_on.is_(None)))
    return list(db.session.scalars(rows))


def own_number(row: Commission) -> str:
    """The number under which the body itself knows the case: its letter's, its register's, else the sender's."""
    case = row.case
    register = {"court": "court", "hr": "hr", "arbitration": "hr", "governance": "governance",
                "procuratorate": "procuratorate"}.get(row.agency.kind, "")
    known = next((n.number for n in case.external_numbers if n.register == register), "")
    if row.kind in commissions.SENT_TO_US:
        return case.source_case_number or row.document_number or case.source_number or known
    return known or (row.document_number if row.direction == "in" else "")


def is_pending(row: Commission) -> bool:
    return row.state in commissions.PENDING and row.recalled_on is None
