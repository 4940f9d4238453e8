"""Audits: an auditor notes a finding, the place answers, the auditor closes it or sends it back. No case is changed."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Finding, FindingStep
from mediation.queries.audit import findings as queries
from mediation.queries.audit.findings import About
from mediation.rules.access import Actor
from mediation.rules.audit import findings
from mediation.rules.audit.findings import STEPS, Step
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import search
from mediation.services.cases.moves import Forbidden

CHOOSE = Text("请选一类", "Please choose one")


def note(about: About, topic: str, body: str, due_on: date | None, actor: Actor) -> Finding:
    """Note a finding, to be answered by a day. Raises Refused or Forbidden."""
    step = STEPS["noted"]
    _require(actor, step, about)
    problems = findings.step_problems(step, "", body, due_on, actor.today) + queries.about_problems(about, actor.today)
    if topic not in findings.TOPICS:
        problems.append(Problem("topic", CHOOSE))
    if problems:
        raise Refused(problems)
    row = Finding(station_id=about.station.id, subject=about.subject, reference=about.reference,
                  case_id=about.case.id if about.case else None,
                  payment_id=about.payment.id if about.payment else None, topic=topic, state=step.target,
                  noted_on=actor.today, due_on=due_on)
    db.session.add(row)
    db.session.flush()
    _write(row, step, body, actor, {"subject": row.subject, "reference": row.reference, "topic": topic})
    return row


def take(row: Finding, key: str, body: str, actor: Actor, due_on: date | None = None) -> None:
    """Answer a finding, send the answer back, or close it; ``key`` names the step. Raises Refused or Forbidden."""
    step = STEPS[key]
    db.session.execute(select(Finding.id).where(Finding.id == row.id).with_for_update())
    db.session.refresh(row)
    _require(actor, step, row)
    if problems := findings.step_problems(step, row.state, body, due_on, actor.today):
        raise Refused(problems)
    row.state = step.target
    if step.has_due and due_on is not None:  # without a day it was refused above
        row.due_on = due_on
    if step.target == "closed":
        row.closed_on = actor.today
    _write(row, step, body, actor, {})


def _require(actor: Actor, step: Step, about: About | Finding) -> None:
    if not queries.may(actor, step.permission, about):
        raise Forbidden(step.permission)


def _write(row: Finding, step: Step, body: str, actor: Actor, data: Mapping[str, object]) -> None:
    """The text as a note and one event; looking into a case is no work on it, so its last touch stays as it was."""
    said = journal.write_note(actor, row.case, body)
    db.session.add(FindingStep(finding_id=row.id, kind=step.key, note_id=said.id, done_on=actor.today,
                               made_by_id=actor.user_id))
    db.session.flush()
    data = {"finding": row.id, **data, **({"due_on": row.due_on} if step.has_due else {}), "note": said.hash}
    if row.case is None:
        journal.record(actor, journal.HOUSE, step.event, data)
        return
    touched_at = row.case.touched_at
    journal.record(actor, journal.case_stream(row.case), step.event, data, case=row.case)
    row.case.touched_at = touched_at
    search.index_case(row.case)
