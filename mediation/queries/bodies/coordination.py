"""Letters between the union and outside bodies, as an account may see them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from mediation.extensions import db
from mediation.models import Agency, Attachment, Case, Commission, Consultation, ConsultationCase
from mediation.queries import door
from mediation.queries.bodies import registers
from mediation.queries.desk import work_lists
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules.access import SHARE_PARTS, Actor
from mediation.rules.bodies import commissions

SHOWN = 20


def late_replies(actor: Actor) -> list[Commission]:
    """Replies that bodies owe us and that are late: of one's own cases at the counter, of all for those above."""
    return list(_late_replies(actor.role).run(actor).scalars())


@cache
def _late_replies(role: str) -> Prepared:
    actor = stand_in(role)
    rows = _waiting(actor).where(Commission.reply_due_on < actor.today)
    if role in ("mediator", "lead"):
        rows = rows.where(work_lists.mine(actor).is_(True))
    return Prepared(rows.order_by(Commission.reply_due_on, Commission.id).limit(SHOWN))


def _waiting(actor: Actor) -> Select[Any]:
    """The letters come first, by an index of those without an answer, and lead to their cases: hence an outer join."""
    return select(Commission).outerjoin(Commission.case).where(
        door.filter_for(actor).is_(True), work_lists.is_open().is_(True), work_lists.is_asked(),
    ).options(contains_eager(Commission.case).joinedload(Case.handler), joinedload(Commission.agency))


def find(case: Case, key: int, actor: Actor) -> Commission | None:
    """A letter of a readable case; a body finds its own only, and those no longer shared not at all."""
    row = db.session.scalar(select(Commission).where(Commission.id == key, Commission.case_id == case.id))
    if row is None or actor.role != "liaison":
        return row
    return row if row.agency_id == actor.agency_id and is_live(row) else None


def by_body(case: Case) -> list[tuple[Agency, list[Commission]]]:
    """Each body once, in the order in which they came into the case, with its letters."""
    found: dict[int, list[Commission]] = {}
    for row in sorted(case.commissions, key=lambda row: row.id):
        found.setdefault(row.agency_id, []).append(row)
    return [(rows[0].agency, rows) for rows in found.values()]


def is_live(row: Commission) -> bool:
    return commissions.is_live(row.state, row.recalled_on)


def of_body(case: Case, actor: Actor) -> list[Commission]:
    """The letters of a case that concern the liaison's own body and are still shared."""
    if actor.role != "liaison":
        return []
    return list(db.session.scalars(select(Commission).where(
        Commission.case_id == case.id, Commission.agency_id == actor.agency_id, door.is_live()).order_by(
        Commission.id)))


def files_of(case: Case, actor: Actor, commission: Commission | None = None) -> list[Attachment]:
    """The files of a case, or of one letter; a body sees those of its own letters."""
    rows = select(Attachment).where(Attachment.case_id == case.id).options(joinedload(Attachment.made_by)).order_by(
        Attachment.id)
    if commission is not None:
        rows = rows.where(Attachment.commission_id == commission.id)
    elif actor.role == "liaison":
        rows = rows.join(Attachment.commission).where(Commission.agency_id == actor.agency_id, door.is_live())
    return list(db.session.scalars(rows))


def own_number(row: Commission) -> str:
    """The number under which the body itself knows the case: its letter's, its register's, else the sender's."""
    case = row.case
    register = {"court": "court", "hr": "hr", "arbitration": "hr", "governance": "governance",
                "procuratorate": "procuratorate"}.get(row.agency.kind, "")
    known = registers.numbers_of(case).get(register, "")
    if row.kind in commissions.SENT_TO_US:
        return case.source_case_number or row.document_number or case.source_number or known
    return known or (row.document_number if row.direction == "in" else "")


def is_pending(row: Commission) -> bool:
    return commissions.awaits_reply(row.direction, row.state, row.recalled_on)


def is_invitation(row: Commission) -> bool:
    """Whether the answer to this letter is an opinion at a consultation."""
    return row.kind == "invitation" and row.consultation_id is not None


def state_of(row: Commission) -> str:
    """Where a letter stands, as one says it: a recall that ended it comes before the rest."""
    return "recalled" if row.recalled_on and not is_pending(row) and row.state != "answered" else row.state


class Sharing(NamedTuple):
    """What a body sees of a case now: each part with the letters that share it."""

    agency: Agency
    parts: Mapping[str, Sequence[Commission]]
    letters: Sequence[Commission]

    @property
    def groups(self) -> list[tuple[list[str], Sequence[Commission]]]:
        """Parts that the same letters share stand together."""
        found: dict[tuple[int, ...], list[str]] = {}
        for part, letters in self.parts.items():
            found.setdefault(tuple(row.id for row in letters), []).append(part)
        return [(parts, self.parts[parts[0]]) for parts in found.values()]


def sharing(case: Case) -> list[Sharing]:
    """Who sees what of a case now, by which letter; nobody when it is filed away."""
    found: dict[int, list[Commission]] = {}
    for row in case.commissions if case.state != "ARCHIVED" else ():
        if is_live(row) and row.agency.is_active:
            found.setdefault(row.agency_id, []).append(row)
    return [_sharing(rows) for rows in found.values()]


def left_after(case: Case, row: Commission) -> Sharing | None:
    """What the letter's body would still see, and by which letters, once this one is recalled; None: nothing at all."""
    rest = [other for other in case.commissions if other.agency_id == row.agency_id and other.id != row.id
            and is_live(other)]
    return _sharing(rest) if rest else None


def _sharing(rows: Sequence[Commission]) -> Sharing:
    by_part = {part: [row for row in rows if part in row.shared_parts] for part in SHARE_PARTS}
    return Sharing(rows[0].agency, {part: by for part, by in by_part.items() if by}, rows)


# Joint consultations --------------------------------------------------------------------------------------------

def find_consultation(actor: Actor, key: int) -> Consultation | None:
    """A consultation all of whose cases are readable; for a body, one to which a live letter of a case still leads."""
    row = db.session.get(Consultation, key)
    if row is None:
        return None
    if actor.role == "liaison":
        return row if requests_to(row, actor) else None
    seen = db.session.scalar(select(func.count()).select_from(ConsultationCase).join(ConsultationCase.case).where(
        ConsultationCase.consultation_id == key, door.filter_for(actor, "journal.read")))
    return row if row.cases and seen == len(row.cases) else None


def consultation_of(case: Case, actor: Actor, key: int | None = None) -> Consultation | None:
    """The consultation of a case with this id, else the newest that was not dropped; None for whom may not read it."""
    row = newest_consultation(case, key)
    return find_consultation(actor, row.id) if row else None


def newest_consultation(case: Case, key: int | None = None) -> Consultation | None:
    """The consultation of a case with this id, else the newest that was not dropped."""
    rows = [link.consultation for link in case.consultations if link.consultation.state != "dropped"]
    return max((row for row in rows if key is None or row.id == key), key=lambda row: row.id, default=None)


def requests_to(row: Consultation, actor: Actor) -> list[Commission]:
    """The invitations and tasks of a consultation that a body still sees."""
    return list(db.session.scalars(select(Commission).join(Commission.case).where(
        Commission.consultation_id == row.id, Commission.agency_id == actor.agency_id, door.is_live(),
        door.filter_for(actor)).options(contains_eager(Commission.case)).order_by(Commission.id)))


def files_of_consultation(row: Consultation, actor: Actor) -> list[Attachment]:
    """Its files: a body sees those that are for all who were invited, and its own."""
    rows = select(Attachment).where(Attachment.consultation_id == row.id).options(
        joinedload(Attachment.made_by), joinedload(Attachment.agency)).order_by(Attachment.id)
    if actor.role == "liaison":
        rows = rows.where(or_(Attachment.agency_id.is_(None), Attachment.agency_id == actor.agency_id))
    return list(db.session.scalars(rows))
