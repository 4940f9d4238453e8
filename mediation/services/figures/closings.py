"""Closing a period of a union and reopening it on an auditor's finding; what is frozen is never changed."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Closing, Station
from mediation.queries.figures import closings as queries
from mediation.queries.house import admin
from mediation.rules.access import Actor
from mediation.rules.figures import closings as rules
from mediation.rules.language import Problem, Refused
from mediation.services import journal
from mediation.services.cases.moves import Forbidden

PERMISSION = "period.close"


def close(union: Station, said: str, actor: Actor) -> Closing:
    """Freeze the figures of a period as of its last day; raises Forbidden, or Refused with all problems."""
    if not admin.reaches(actor, PERMISSION, union):
        raise Forbidden(PERMISSION)
    period = rules.read_period(said)
    db.session.execute(select(Station.id).where(Station.id == union.id).with_for_update())  # one after the other
    known = queries.standing(union.id, period.code)
    if known is not None:
        raise Refused([Problem("period", rules.CLOSED.fill(
            period=period.label, who=known.made_by.name, day=known.closed_on.isoformat()))])
    doubts = queries.unclear(union, period, actor)
    if found := rules.problems(period, actor.today, len(doubts.open)):
        raise Refused(found)
    parts = queries.parts_of(union, period, actor)
    figures = rules.figures(parts)
    assert period.last is not None  # a period that is closed has ended
    row = Closing(
        union_id=union.id, period=period.code, first_on=period.first, last_on=period.last, closed_at=actor.now,
        closed_on=actor.today, made_by_id=actor.user_id, last_event_id=queries.last_event_id(), figures=figures,
        parts=parts, digest=rules.digest(union.code, period.code, period.last, figures, parts),
        explained=doubts.explained)
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "period_closed", {
        "closing": row.id, "station": union.id, "period": row.period, "first_on": row.first_on, "last_on": row.last_on,
        "last_event": row.last_event_id, "cases": len(parts), "explained": row.explained, "figures_digest": row.digest})
    return row


def reopen(row: Closing, reason: str, actor: Actor) -> None:
    """Take a closing back because an auditor found something in it; it stays on record beside the next one."""
    if not admin.reaches(actor, PERMISSION, row.union):
        raise Forbidden(PERMISSION)
    # Only the row itself: what it joins may be absent, and PostgreSQL locks nothing on that side.
    db.session.execute(select(Closing.id).where(Closing.id == row.id).with_for_update())
    db.session.refresh(row, ["reopened_on"])
    findings = queries.open_findings(row)
    found = [] if reason else [Problem("reason", rules.WHY)]
    if row.reopened_on is not None:
        found.append(Problem("", rules.REOPENED))
    elif not findings:
        found.append(Problem("", rules.NO_FINDING))
    if found:
        raise Refused(found)
    row.reopened_on, row.reopened_by_id, row.reopened_reason = actor.today, actor.user_id, reason
    row.finding_id = findings[-1].id
    journal.record(actor, journal.HOUSE, "period_reopened", {
        "closing": row.id, "station": row.union_id, "period": row.period, "finding": row.finding_id, "reason": reason})
