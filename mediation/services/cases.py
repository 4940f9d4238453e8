"""Moves of a case: all problems at once, compare-and-swap, one event. Several moves in one press: all or none."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries import clocks as clock_queries
from mediation.queries import door, facts, ledger
from mediation.rules import words, workflow
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import effects, journal, search


class Forbidden(Exception):
    """The actor may read the case and may not do this."""


class Conflict(Exception):
    """Somebody else changed the case in between; names the event that came first."""

    def __init__(self, event: Event | None):
        self.event = event
        super().__init__("the case has changed")


def move(case: Case, key: str, answers: Mapping[str, object], actor: Actor, seen_version: int | None = None) -> Event:
    """Make one move with the generic form's answers.

    ``answers`` by the names of the row's asks, values typed (dates, rows' ids, codes). Raises Forbidden, Conflict or
    Refused with all problems; nothing is half-changed because the caller's transaction is rolled back.
    """
    row = workflow.MOVES[key]
    answers = {**answers, "actor_id": actor.user_id, "case_number": case.number}
    check(case, row, answers, actor, seen_version)
    return advance(case, row, answers, actor, effects.EFFECTS[key](case, answers, actor))


def chain(case: Case, keys: tuple[str, ...], answers: Mapping[str, Mapping[str, object]], actor: Actor,
          seen_version: int | None = None) -> list[Event]:
    """Make consecutive moves in one press; each keeps its own check and event, and a refusal undoes them all."""
    events = []
    for key in keys:
        try:
            events.append(move(case, key, answers.get(key, {}), actor, seen_version))
        except Refused as refusal:
            raise Refused(refusal.problems, key) from refusal
        seen_version = None
    return events


def check(case: Case, row: workflow.Move, answers: Mapping[str, object], actor: Actor,
          seen_version: int | None = None) -> None:
    """Raise what stands against a move: the right, the race, the rules.

    The case is read anew under its lock, so that two presses at once are judged one after the other.
    """
    db.session.refresh(case, with_for_update=True)
    if not door.may(actor, row.permission, case):
        raise Forbidden(row.permission)
    if seen_version is not None and seen_version != case.version and not row.is_additive:
        raise Conflict(last_event(case))
    found = workflow.problems(row, facts.of(case, actor.today), answers, actor.today)
    refuse(found + effects.extra_problems(row.key, case, answers, actor), answers)


def refuse(found: list[Problem], answers: Mapping[str, object]) -> None:
    """Raise the problems, leaving out those that were asked back once and are now confirmed.

    ``answers["confirmed"]`` holds the names of the ticks (``form.confirmed``).
    """
    confirmed = answers.get("confirmed") or ()
    if left := [p for p in found if not (p.confirm and p.confirm in confirmed)]:
        raise Refused(left)


def advance(case: Case, row: workflow.Move, answers: Mapping[str, object], actor: Actor, data: dict) -> Event:
    """Write state, outcome and event of a checked move; the swap on id, state and version loses no update.

    A late entry whose day nobody knows concludes on no day.
    """
    day = answers.get("happened_on") or (None if case.is_late_entry else actor.today)
    outcome = workflow.outcome_of(row, answers)
    target = row.target or case.state
    values: dict[str, object] = {"state": target, "is_open": int(workflow.STATES[target].is_open)}
    if outcome:
        values |= {"outcome": outcome, "concluded_on": day}
    db.session.flush()
    swapped = db.session.execute(update(Case).where(
        Case.id == case.id, Case.state == case.state, Case.version == case.version).values(**values))
    if swapped.rowcount != 1:
        raise Conflict(last_event(case))
    db.session.refresh(case)
    refresh_hints(case, actor)
    search.index_case(case)
    return journal.record(actor, journal.case_stream(case), row.event, data, happened_on=day, case=case,
                          is_day_unknown=day is None)


def act(case: Case, kind: str, data: dict, actor: Actor, happened_on: date | None = None) -> Event:
    """Record an act that is no move (a party, a claim, a paper): hints anew, one event."""
    db.session.flush()
    db.session.expire(case)
    refresh_hints(case, actor)
    search.index_case(case)
    return journal.record(actor, journal.case_stream(case), kind, data, happened_on=happened_on, case=case)


def require(case: Case, permission: str, actor: Actor) -> None:
    if not door.may(actor, permission, case):
        raise Forbidden(permission)


def last_event(case: Case) -> Event | None:
    return db.session.scalar(select(Event).where(Event.stream == journal.case_stream(case)).order_by(
        Event.seq.desc()).limit(1))


def refresh_hints(case: Case, actor: Actor) -> None:
    """Recompute the stored hints for lists from the rows; ``flask check`` compares them by the same function."""
    for name, value in hints(case, actor.today).items():
        setattr(case, name, value)


def hints(case: Case, today: date) -> dict[str, object]:
    """The hints of a case by column."""
    db.session.flush()
    money = ledger.position(case, today)
    due_on, rule = clock_queries.next_due(case, today, money)
    return {"claimed_fen": money.claimed_fen, "agreed_fen": ledger.known_agreed(case, money),
            "arrived_fen": money.arrived_fen, "unverified_fen": money.unverified_fen,
            "next_due_on": due_on, "next_due_rule": rule}


def flash_of(row: workflow.Move, **values: object) -> Text:
    """The sentence after a move: what happened and what is next."""
    return row.flash.fill(**values) if "{" in row.flash.zh else row.flash


def problem(field: str, zh: str, en: str) -> Problem:
    return Problem(field, Text(zh, en))


def outcome_label(case: Case) -> Text:
    """What the head of a case shows: the outcome while it waits to be closed, else the state."""
    if case.outcome and case.state in workflow.UNCONCLUDED:
        word = words.OUTCOMES[case.outcome]
        return Text(f"{word.zh}，待结案", f"{word.en}, to be closed")
    return workflow.STATES[case.state].label
