"""作废: a case entered by mistake is taken out of every count and list; its number, rows and events stay."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries import door
from mediation.rules.access import Actor
from mediation.rules.cases import voiding
from mediation.rules.cases.numbers import known_as
from mediation.rules.language import Problem, Refused
from mediation.rules.text_cleaning import Unreadable, clean
from mediation.services import journal
from mediation.services.cases import moves

PERMISSION = "case.import"


def void(case: Case, reason: str, actor: Actor, batch: int) -> Event:
    """Void a case that the import ``batch`` made, while nothing was written in it since; one event ``voided``.

    Raises Forbidden; Refused for a case that was worked on, or without a reason.
    """
    if actor.user_id is not None and not door.may(actor, PERMISSION, case):
        raise moves.Forbidden(PERMISSION)
    moves.refuse_ended(case)
    if found := [*reason_problems(reason), *_work_since(case)]:
        raise Refused(found)
    journal.write_columns(case, {"voided_on": actor.today, "void_reason": reason, "is_open": 0})
    note = journal.write_note(actor, case, reason)
    return moves.finish(case, "voided", {"batch": batch, "note": note.hash}, actor)


def reason_problems(reason: str) -> list[Problem]:
    """What stands against a reason: none, or one that does not fit into a line."""
    if not reason.strip():
        return [Problem("reason", voiding.NO_REASON)]
    try:
        clean(reason, voiding.REASON_LENGTH)
    except Unreadable as problem:
        return [Problem("reason", problem.text)]
    return []


def _work_since(case: Case) -> list[Problem]:
    """Whatever else was written than its entry, and what an upgrade of the program adds."""
    work = select(Event.id).where(Event.stream == journal.case_stream(case), Event.kind.not_in(voiding.NO_WORK))
    if db.session.scalar(work.limit(1)) is None:
        return []
    return [Problem("", voiding.WORKED_ON.fill(number=known_as(case.number)))]
