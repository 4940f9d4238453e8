"""What happens before and beside the cases, as an account may see it: an employer's rows, letters that are late."""
from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import and_, or_, select

from mediation.extensions import db
from mediation.models import Activity, Employer, Lead, Letter
from mediation.queries import records
from mediation.queries.prepared import Prepared, stand_in
from mediation.queries.records import rows_of
from mediation.rules.access import Actor


def late_letters(actor: Actor) -> Sequence[Letter]:
    """Letters whose answer, or whose opening of a file, is late; the oldest first."""
    return _late_letters(actor.role).run(actor).scalars().all()


@cache
def _late_letters(role: str) -> Prepared:
    actor = stand_in(role)
    is_unanswered = and_(Letter.state == "sent", Letter.reply_due_on < actor.today)
    is_unfiled = and_(Letter.state != "reviewed", Letter.filing_due_on < actor.today, Letter.filed_on.is_(None),
                      Letter.filing_note == "")
    return Prepared(records.select_rows(Letter, actor).where(or_(is_unanswered, is_unfiled)).order_by(
        Letter.sent_on, Letter.id).limit(records.PAGE))


def employers(actor: Actor) -> list[tuple[int, str]]:
    """The register for a list to choose from."""
    rows = db.session.execute(select(Employer.id, Employer.name).where(
        rows_of(Employer, actor, "employer.read"), Employer.merged_into_id.is_(None)).order_by(
        Employer.name_folded).limit(500))
    return [(key, name) for key, name in rows]


def of_employer(employer: Employer, actor: Actor) -> dict[str, Sequence[Any]]:
    """Letters, visits and leads of an employer, newest first."""
    return {name: records.page(model, actor, None, model.employer_id.in_([
        employer.id, *(one.id for one in employer.merged_rows)]))[0]
            for name, model in (("letters", Letter), ("activities", Activity), ("leads", Lead))}
