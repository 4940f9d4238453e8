"""What happens before and beside the cases, as an account may see it: inquiries, activities, leads, letters."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Activity, Consultation, ConsultationCase, Employer, Inquiry, Lead, Letter
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor

PAGE = 50
LOADS = {Inquiry: (Inquiry.case, Inquiry.made_by), Activity: (Activity.employer, Activity.made_by),
         Lead: (Lead.employer, Lead.case, Lead.made_by), Letter: (Letter.employer, Letter.agency)}
DAYS = {Inquiry: Inquiry.asked_on, Activity: Activity.done_on, Lead: Lead.found_on, Letter: Letter.sent_on}


def rows_of(model: type, actor: Actor, permission: str = "prevention.read") -> ColumnElement[bool]:
    """The row filter of a table that belongs to a union: the own, or those of all unions below."""
    scopes = {"union": lambda: model.union_id == actor.union_id, "all": true,
              "below": lambda: model.union_id.in_(door.stations_below(actor.station_path))}
    return scopes.get(access.scope_of(actor.role, permission), false)()


def page(model: type, actor: Actor, before: int | None = None, *where: ColumnElement[bool]) -> tuple[Sequence,
                                                                                                     int | None]:
    """The newest rows, and the id before which the next page begins."""
    rows = _select(model, actor).where(*where).order_by(model.id.desc())
    if before:
        rows = rows.where(model.id < before)
    found = db.session.scalars(rows.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _select(model: type, actor: Actor) -> Select:
    return select(model).where(rows_of(model, actor)).options(*(joinedload(column) for column in LOADS[model]))


def find(model: type, actor: Actor, key: int, permission: str = "prevention.read"):
    """A readable row by its id; None for a foreign one as for none at all."""
    return db.session.scalar(select(model).where(model.id == key, rows_of(model, actor, permission)))


def find_consultation(actor: Actor, key: int) -> Consultation | None:
    """A consultation all of whose cases are readable."""
    row = db.session.get(Consultation, key)
    if row is None:
        return None
    seen = db.session.scalar(select(func.count()).select_from(ConsultationCase).join(ConsultationCase.case).where(
        ConsultationCase.consultation_id == key, door.filter_for(actor, "journal.read")))
    return row if row.cases and seen == len(row.cases) else None


def employers(actor: Actor) -> list[tuple[int, str]]:
    """The register for a list to choose from."""
    rows = db.session.execute(select(Employer.id, Employer.name).where(rows_of(Employer, actor,
                                                                               "employer.read")).order_by(
        Employer.name_folded).limit(500))
    return [(key, name) for key, name in rows]


def of_employer(employer: Employer, actor: Actor) -> dict[str, Sequence]:
    """Letters, visits and leads of an employer, newest first."""
    return {name: page(model, actor, None, model.employer_id == employer.id)[0]
            for name, model in (("letters", Letter), ("activities", Activity), ("leads", Lead))}
