"""A case's way of law: its channel, and the nature of its matter as it is known."""
from __future__ import annotations

from datetime import date

from mediation.models import Case
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules.law import ways
from mediation.rules.law.ways import Basis, Way


def of_case(case: Case | CaseRows, today: date) -> Way:
    """The way of a case, from its channel, its relation, the ground of its acceptance and the claims that stand."""
    return ways.find(basis(case, today, case.relation, case.scope_ground, case.is_civil))


def basis(case: Case | CaseRows, today: date, relation: str, ground: str, is_civil: bool) -> Basis:
    """What tells the way, with relation and ground as they are or as somebody is about to say."""
    if "over_age" not in (relation, ground):  # claims, day and pension decide for over-age workers alone
        return Basis(case.channel, relation, ground=ground, is_civil=is_civil)
    check = max(case.scope_checks, key=lambda row: row.id, default=None)
    return Basis(
        case.channel, relation, frozenset(c.head for c in case.claims if c.dropped_on is None),
        facts_on(case, today) if check is None else check.facts_on, ground, is_civil,
        has_pension=check.has_pension if check else None, is_delayed=bool(check and check.is_delayed))


def facts_on(case: Case | CaseRows, today: date) -> date:
    """The day of the facts in dispute, as far as it is known: the end of the work, the event, the request."""
    day: date = case.employment_ended_on or case.happened_on or case.received_on or today
    return day
