"""A mediation session: who was there, what was said, what was conceded without prejudice, and the next date."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediation.extensions import db
from mediation.models import Case, Event, Hearing
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases.workflow import MOVES
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import moves

MINUTES, LONGEST = re.compile(r"[0-9]{1,4}"), 24 * 60
TIME = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Held:
    """What is written down about a session. ``present``: ids of parties; ``concession``: never leaves in an export."""

    held_on: date | None
    way: str
    held_time: str = ""
    place: str = ""
    present: Sequence[int] = ()
    others: str = ""
    said: str = ""
    concession: str = ""
    next_on: date | None = None
    next_time: str = ""
    minutes: str = ""  # as typed


def hold(case: Case, held: Held, actor: Actor, seen_version: int | None = None) -> Event:
    """Record a session that took place; raises Forbidden, Conflict, or Refused with all problems."""
    moves.refuse_ended(case)
    row = MOVES["hold_session"]
    answers = {"happened_on": held.held_on, "actor_id": actor.user_id}
    found = problems(case, held, actor)
    try:
        moves.check(case, row, answers, actor, seen_version)
    except Refused as refusal:
        found = [*refusal.problems, *found]
    if found:
        raise Refused(found)
    return moves.advance(case, row, answers, actor, _write(case, held, actor))


def problems(case: Case, held: Held, actor: Actor) -> list[Problem]:
    """What cannot stand so, beside its field."""
    found = []
    if held.held_on is None:
        found.append(Problem("happened_on", Text("请写哪天调解的", "Please give the day of the session")))
    if held.way not in words.SESSION_WAYS:
        found.append(Problem("way", Text("请选怎么调解的", "Please choose how it was held")))
    known = {p.id for p in case.parties if p.removed_on is None}
    if set(held.present) - known:
        found.append(Problem("present", Text("到场的人里有不是本案当事人的", "Somebody present is no party of this case")))
    if not held.present and not held.others:
        found.append(Problem("present", Text("谁到场了？打勾，或写在“其他到场的人”里",
                                             "Who was there? Tick the parties, or name others")))
    if held.next_on and held.next_on < actor.today:
        found.append(Problem("next_on", Text("下次的日子不能早于今天", "The next date cannot lie before today")))
    if held.minutes and not (MINUTES.fullmatch(held.minutes) and 0 < int(held.minutes) <= LONGEST):
        found.append(Problem("minutes", Text("请写多少分钟，如 90", "Please give the minutes, for example 90")))
    return found + [Problem(name, Text("请写几点几分，如 14:30", "Please give the time as 14:30"))
                    for name in ("held_time", "next_time")
                    if getattr(held, name) and not TIME.fullmatch(getattr(held, name))]


def _write(case: Case, held: Held, actor: Actor) -> dict[str, object]:
    """The session's row and notes; gives the fields of its event."""
    note = journal.write_note(actor, case, held.said)
    concession = journal.write_note(actor, case, held.concession, is_concession=True)
    row = Hearing(
        case_id=case.id, seq=max((h.seq for h in case.hearings), default=0) + 1, held_on=held.held_on,
        held_time=held.held_time, minutes=int(held.minutes) if held.minutes else None, place=held.place,
        way=held.way, present=sorted(held.present), others=held.others,
        note_id=note.id, concession_note_id=concession.id, next_on=held.next_on, next_time=held.next_time,
        made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    return {"hearing": row.id, "seq": row.seq, "way": row.way, "present": row.present, "note": note.hash,
            "concession": concession.hash, "next_on": row.next_on}
