"""Every no ends with a door: the body to which somebody is sent on, with its address and telephone."""
from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Event
from mediation.queries.law import case_law
from mediation.queries.law import ways as way_queries
from mediation.rules import words
from mediation.rules.bodies import senders
from mediation.rules.law import jurisdiction

# Moves that name a door, by the kind of their event.
NAMING = ("declined", "refused", "unreached", "referred", "referred_on")
# What ended without a settlement; a merged case goes on under another number.
NOES = frozenset(words.OUTCOMES) - words.SUCCESS - {"DUPLICATE"}


def local(case: Case, codes: Iterable[str]) -> list[tuple[str, list[Agency]]]:
    """The doors of the rules with the union's own bodies behind each."""
    rows = case_law.local_bodies(case)
    return [(code, [row for row in rows if row.kind in jurisdiction.DOOR_KINDS[code]]) for code in codes]


def suggested(case: Case, today: date) -> Agency | None:
    """The body to propose: that of the case's way of law; before mediation the first door of its scope check."""
    way = way_queries.of_case(case, today)
    if way.goes_back and case.source_body:
        return _sender(case)
    answer = case_law.last_jurisdiction(case) or case_law.suggested_jurisdiction(case, today)
    is_over = case.outcome == "FAILED" or way.goes_back or way.also is not None
    doors = way.goal.doors if is_over else (*answer.doors, *way.goal.doors)
    return next((rows[0] for _, rows in local(case, doors) if rows), None)


def _sender(case: Case) -> Agency | None:
    """The body that sent the case, to which it goes back; None where it is none of the union's own bodies."""
    rows = case_law.local_bodies(case)
    found = senders.match(case.source_body, ((row.id, row.name, row.short_name) for row in rows))
    return next((row for row in rows if row.id == found), None)


def elsewhere(case: Case, today: date) -> str:
    """The body of another place to which a case goes back, as its letter named it; '' for every other case."""
    return case.source_body if way_queries.of_case(case, today).goes_back and _sender(case) is None else ""


def of_case(case: Case, today: date) -> Agency | None:
    """Where the applicant was sent: named by the newest move that names a door, else the one to propose."""
    row = db.session.scalar(select(Event).where(
        Event.stream == f"case:{case.number}", Event.kind.in_(NAMING)).order_by(Event.seq.desc()).limit(1))
    data = json.loads(row.data) if row else {}
    key = data.get("next_door") or data.get("agency")
    return db.session.get(Agency, key) if key else suggested(case, today)
