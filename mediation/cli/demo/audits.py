"""The audit of the demonstration: a sample of the published year, read, with findings open, answered and closed."""
from __future__ import annotations

from datetime import date, timedelta

from mediation.cli.demo.plays import actor
from mediation.extensions import db
from mediation.models import Case, Sample
from mediation.queries import door
from mediation.queries.audit import findings
from mediation.queries.ledger import selection as selections
from mediation.rules.access import Actor
from mediation.services.audit import findings as service
from mediation.services.audit import sampling

SEED = "骰子4-2-6-1"
DRAWN, NOTED, ANSWERED = 6, 6, 3  # days ago


def play(today: date) -> None:
    """Draw four of the ten accepted in 2025, mark them, note three findings; one waits for its answer."""
    auditor = actor("auditor", today - timedelta(DRAWN))
    chosen = selections.read({"sheet": "cases", "period": "2025", "station": "urad-middle"})
    sample = sampling.draw(chosen, SEED, 4, auditor)
    _note(sample, 1, "papers", "卷内没有送达回证，请补送达凭据或说明", auditor, today + timedelta(10))
    answered = _note(sample, 2, "dates", "受理日期与登记日期相同，请核对是否当日受理", auditor, today + timedelta(4))
    closed = _note(sample, 3, "entry", "回访方式没有写明", auditor, today + timedelta(4))
    sampling.mark(sample, 4, "clear", auditor)
    above = actor("supervisor", today - timedelta(ANSWERED))
    service.take(answered, "answered", "已核对窗口登记簿：当天来访、当天受理，登记簿复印件已入卷。", above)
    service.take(closed, "answered", "回访为电话回访，已补记。", above)
    service.take(closed, "closed", "补记已看过。", actor("auditor", today))


def _note(sample: Sample, seq: int, topic: str, text: str, auditor: Actor, due_on: date):
    """A finding about one case of the sample."""
    row = next(row for row in sample.cases if row.seq == seq)
    case: Case | None = door.find_case(auditor, row.number)
    assert case is not None
    made = service.note(findings.about_case(case), topic, text, due_on, auditor)
    sampling.mark_found(sample, row.number, auditor)
    db.session.flush()
    return made
