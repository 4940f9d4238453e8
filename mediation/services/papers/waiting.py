"""How many people each issued paper still has to get to, kept beside it for the desks and lists."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Paper
from mediation.queries.papers import served


def keep(case: Case) -> None:
    """Count anew after a paper, an entry of service or the people of the case have changed."""
    db.session.flush()
    if not case.papers:
        return
    wanted = served.to_serve(case)
    for row in case.papers:
        row.to_serve = wanted.get(row.id, 0)
    db.session.flush()


def keep_all() -> None:
    """Count anew in every case that has papers: after an upgrade or a restore."""
    ids = select(Paper.case_id)
    for case in db.session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id).execution_options(
            yield_per=200)):
        keep(case)
