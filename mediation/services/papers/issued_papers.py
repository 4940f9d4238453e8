"""Recording that a paper was made, given or served, and writing who puts full numbers on paper."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediation.extensions import db
from mediation.models import Case, Paper
from mediation.queries.cases import facts
from mediation.rules import papers, words
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import moves

PERMISSION = "case.work"


@dataclass(frozen=True)
class Given:
    """How a paper reached somebody. Without a way it was only made or received; ``on`` is then that day."""

    on: date | None
    way: str = ""
    to: str = ""
    note: str = ""


def record(case: Case, kinds: Sequence[str], given: Given, actor: Actor) -> list[Paper]:
    """Record one or several papers given at once, each with its event; gives their rows.

    A notice of where to go without an agreement, given in writing, is the move 书面告知 too, if the case waits for it.
    Raises Forbidden, or Refused with all problems.
    """
    moves.require(case, PERMISSION, actor)
    if found := problems(case, kinds, given, actor):
        raise Refused(found)
    rows = [_write(case, kind, given, actor) for kind in kinds]
    if set(kinds) & papers.NOTICES and given.way and _waits_for_notice(case, actor):
        moves.move(case, "notify", {"happened_on": given.on, "way": given.way, "to": given.to}, actor)
    return rows


def problems(case: Case, kinds: Sequence[str], given: Given, actor: Actor) -> list[Problem]:
    """What stands against recording these papers."""
    found = []
    if not kinds or any(kind not in papers.PAPERS for kind in kinds):
        found.append(Problem("kind", Text("请选一种材料", "Please choose a paper")))
    if given.on is None:
        found.append(Problem("given_on", Text("请填写哪天", "Please give the day")))
    elif given.on > actor.today:
        found.append(Problem("given_on", Text("日期不能在今天之后", "The day cannot lie in the future")))
    if given.way and given.way not in words.SERVICE_WAYS:
        found.append(Problem("given_way", Text("请选怎么送的", "Please choose how it was given")))
    if given.way and not given.to:
        found.append(Problem("given_to", Text("请写交给了谁", "Please say to whom it was given")))
    if given.way == "left" and not given.note:
        found.append(Problem("note", Text("留置送达要写见证人和对方拒收的情形",
                                          "Left without acceptance: name the witness and what happened")))
    return found


def _write(case: Case, kind: str, given: Given, actor: Actor) -> Paper:
    number = case.printed_number if papers.PAPERS[kind].template else ""
    row = Paper(case_id=case.id, kind=kind, number=number, made_on=given.on, given_on=given.on if given.way else None,
                given_way=given.way, given_to=given.to, note=given.note)
    db.session.add(row)
    db.session.flush()
    moves.act(case, "paper_recorded", {"paper": row.id, "kind": kind, "number": number, "given_way": given.way,
                                       "given_on": row.given_on}, actor, happened_on=given.on)
    return row


def _waits_for_notice(case: Case, actor: Actor) -> bool:
    move = workflow.MOVES["notify"]
    return case.notified_on is None and workflow.is_open(move, facts.of(case, actor.today))


def log_numbers(case: Case, kind: str, actor: Actor) -> None:
    """Write that full identity numbers go on a paper; the caller commits before it shows them."""
    moves.require(case, "party.reveal", actor)
    journal.log_access(actor, "reveal", case.number, f"paper {kind}: paper")
