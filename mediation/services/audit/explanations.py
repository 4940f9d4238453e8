"""Explaining a contradiction: it stays on the list as explained, for the values that it has now."""
from __future__ import annotations

from mediation.extensions import db
from mediation.models import Case, Explanation, Station
from mediation.queries.audit import contradictions
from mediation.queries.house import admin
from mediation.rules.access import Actor
from mediation.rules.audit.contradictions import TABLE, Found
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import moves

PERMISSION = "money.explain"
WHY = Text("请写明为什么是这样", "Say why it is so")
GONE = Text("现在没有这一处矛盾：可能刚改过，请再看一遍", "There is no such contradiction now; it may have just been changed")


def explain(case: Case, rule: str, mark: str, figures: str, reason: str, actor: Actor) -> Explanation:
    """Record why a contradiction of a case is none; raises Forbidden, or Refused with all problems.

    ``figures`` as they were seen: with other values there is something else to explain.
    """
    db.session.refresh(case, with_for_update=True)
    moves.require(case, PERMISSION, actor)
    found = _find(contradictions.of_case(case, actor.today), rule, mark, figures)
    row = _write(case.union_id, case.id, _checked(found, reason), reason, actor)
    moves.act(case, "contradiction_explained", {"explanation": row.id, "rule": rule, "mark": mark, "figures": figures,
                                                "reason": reason}, actor)
    return row


def explain_numbers(union: Station, mark: str, figures: str, reason: str, actor: Actor) -> Explanation:
    """Record why numbers of a union are missing; for those who may close its periods."""
    if not may_explain_numbers(union, actor):
        raise moves.Forbidden(PERMISSION)
    found = _find([row.found for row in contradictions.of_numbers([union.id])], "numbers_missing", mark, figures)
    row = _write(union.id, None, _checked(found, reason), reason, actor)
    journal.record(actor, journal.HOUSE, "numbers_explained", {
        "explanation": row.id, "station": union.id, "mark": mark, "figures": figures, "reason": reason})
    return row


def may_explain_numbers(union: Station, actor: Actor) -> bool:
    return admin.reaches(actor, "period.close", union)


def _find(rows: list[Found], rule: str, mark: str, figures: str) -> Found | None:
    return next((row for row in rows if (row.key, row.mark, row.figures) == (rule, mark, figures)), None)


def _checked(found: Found | None, reason: str) -> Found:
    problems = [] if reason else [Problem("reason", WHY)]
    if found is None:
        problems.append(Problem("", GONE))
    elif (cure := TABLE[found.key].cure) is not None:
        problems.append(Problem("which", cure))
    if problems or found is None:
        raise Refused(problems)
    return found


def _write(union_id: int, case_id: int | None, found: Found, reason: str, actor: Actor) -> Explanation:
    row = Explanation(union_id=union_id, case_id=case_id, rule=found.key, mark=found.mark, figures=found.figures,
                      reason=reason, made_on=actor.today, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    return row
