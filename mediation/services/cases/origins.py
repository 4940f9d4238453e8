"""What an intake page began as: an inquiry, a lead, or a matter that a body handed over."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import bindparam, literal, select, union_all

from mediation.extensions import db
from mediation.models import Case, Handover, Inquiry, Lead
from mediation.rules.access import Actor
from mediation.services.bodies import handovers
from mediation.services.prevention import before_cases

BEGUN = union_all(*(
    select(literal(model.__tablename__), model.id).where(
        model.draft_token == bindparam("token"), model.union_id == bindparam("union"), is_open)
    for model, is_open in ((Inquiry, Inquiry.case_id.is_(None)), (Lead, Lead.case_id.is_(None)),
                           (Handover, Handover.state == "sent"))))
LINKS: dict[str, Callable[[int, Case, Actor], None]] = {
    Inquiry.__tablename__: partial(before_cases.link_case, Inquiry),
    Lead.__tablename__: partial(before_cases.link_case, Lead),
    Handover.__tablename__: handovers.link_case}


def link_case(token: str, case: Case, actor: Actor) -> None:
    """The page with this token was registered: the case and what the page began as know of each other."""
    if token:
        for kind, key in db.session.connection().execute(BEGUN, {"token": token, "union": case.union_id}).all():
            LINKS[kind](key, case, actor)
