"""Moves of a case: all problems at once, compare-and-swap, one event. Several moves in one press: all or none."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import Update, bindparam, select, update

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries import door
from mediation.queries.cases import case_rows, facts, merging
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.desk import work_lists
from mediation.queries.law import clocks as clock_queries
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases import erasing, numbers, voiding, workflow
from mediation.rules.cases.merging import LEFT, refusal
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import effects, search
from mediation.services.money import rests

_CASE = Case.__table__.c
SWAP = update(Case.__table__).where(_CASE.id == bindparam("case"), _CASE.state == bindparam("seen_state"),
                                    _CASE.version == bindparam("seen_version"))


@cache  # two kinds: with an outcome and without
def _swap(names: tuple[str, ...]) -> Update:
    return SWAP.values(journal.bound(names))


class Forbidden(Exception):
    """The actor may read the case and may not do this."""


class Conflict(Exception):
    """Somebody else changed the row in between; names the event that came first and the version that stands now."""

    def __init__(self, event: Event | None, version: int):
        self.event, self.version = event, version
        super().__init__("the case has changed")


def move(case: Case, key: str, answers: Mapping[str, object], actor: Actor, seen_version: int | None = None,
         rows: CaseRows | None = None) -> Event:
    """Make one move with the generic form's answers.

    ``answers`` by the names of the row's asks, values typed (dates, rows' ids, codes). Raises Forbidden, Conflict or
    Refused with all problems; nothing is half-changed because the caller's transaction is rolled back. ``rows`` were
    read under the case's lock by who calls, and nothing was written since.
    """
    row = workflow.MOVES[key]
    answers = {**answers, "actor_id": actor.user_id}
    check(case, row, answers, actor, seen_version, rows)
    return advance(case, row, answers, actor, effects.EFFECTS[key](case, answers, actor))


def chain(case: Case, keys: tuple[str, ...], answers: Mapping[str, Mapping[str, object]], actor: Actor,
          seen_version: int | None = None, confirmed: Collection[str] = (),
          rows: CaseRows | None = None) -> list[Event]:
    """Make consecutive moves in one press; each keeps its own check and event, and a refusal undoes them all.

    ``confirmed``: the ticks of the page, for whichever move asked back; ``rows`` as for the first ``move``.
    """
    events = []
    for key in keys:
        try:
            events.append(move(case, key, {"confirmed": confirmed, **answers.get(key, {})}, actor, seen_version, rows))
        except Refused as refusal:
            raise Refused(refusal.problems, key) from refusal
        seen_version = rows = None
    return events


def check(case: Case, row: workflow.Move, answers: Mapping[str, object], actor: Actor,
          seen_version: int | None = None, rows: CaseRows | None = None, further: Sequence[Problem] = ()) -> None:
    """Raise what stands against a move: the right, the race, the rules, and what who calls found ``further``.

    The case is read anew under its lock, so that two presses at once are judged one after the other; ``rows`` were
    read so by who calls.
    """
    rows = rows or case_rows.read(case, actor.today, lock=True)
    if not door.may(actor, row.permission, rows):
        raise Forbidden(row.permission)
    if row.key not in workflow.OF_MERGED:
        refuse_ended(rows)
    if seen_version is not None and seen_version != case.version and not row.is_additive:
        raise Conflict(last_event(case), case.version)
    found = workflow.problems(row, facts.of(rows, actor.today), answers, actor.today)
    refuse([*found, *effects.extra_problems(row.key, rows, answers, actor), *further], answers)


def refuse(found: list[Problem], answers: effects.Answers) -> None:
    """Raise the problems, leaving out those that were asked back once and are now confirmed.

    ``answers["confirmed"]`` holds the names of the ticks (``form.confirmed``).
    """
    confirmed = answers.get("confirmed") or ()
    if left := [p for p in found if not (p.confirm and p.confirm in confirmed)]:
        raise Refused(left)


def advance(case: Case, row: workflow.Move, answers: effects.Answers, actor: Actor,
            data: Mapping[str, object]) -> Event:
    """Write state, outcome and event of a checked move; the swap on id, state and version loses no update.

    A late entry whose day nobody knows concludes on no day.
    """
    day = answers.get("happened_on") or (None if case.is_late_entry else actor.today)
    outcome = workflow.outcome_of(row, answers)
    target = row.target or case.state
    values: dict[str, object] = {"state": target, "is_open": int(workflow.STATES[target].is_open),
                                 "version": case.version + 1, "touched_at": actor.now}
    if outcome:
        values |= {"outcome": outcome, "concluded_on": day}
    db.session.flush()
    swapped = db.session.connection().execute(_swap(tuple(values)), {
        **journal.as_bound(values), "case": case.id, "seen_state": case.state, "seen_version": case.version})
    if swapped.rowcount != 1:
        raise Conflict(last_event(case), case.version)
    return finish(case, row.event, data, actor, day, is_day_unknown=day is None)


def act(case: Case, kind: str, data: Mapping[str, object], actor: Actor, happened_on: date | None = None) -> Event:
    """Record an act that is no move (a party, a claim, a paper): hints anew, one event."""
    return finish(case, kind, data, actor, happened_on)


def finish(case: Case, kind: str, data: Mapping[str, object], actor: Actor, happened_on: date | None = None,
           is_day_unknown: bool = False) -> Event:
    """The end of every act on a case: what is kept for lists and for the search, and the one event."""
    rows = reckon(case, actor)
    event = journal.record(actor, journal.case_stream(case), kind, data, happened_on=happened_on, case=case,
                           is_day_unknown=is_day_unknown, rows=rows)
    case_rows.keep(rows, case.version)
    return event


def reckon(case: Case, actor: Actor) -> CaseRows:
    """Read the rows of a case once as they now stand, and from them make the hints for lists and the search index;
    gives them for the event that follows, which takes their digest and writes the hints with the version."""
    rows = case_rows.read(case, actor.today)
    rows.owe(**journal.tell_columns(case, hints(rows, actor.today)))
    rests.keep(rows, case_money.position(rows, actor.today))
    search.index_case(case, rows)
    return rows


def require(case: Case | CaseRows, permission: str, actor: Actor) -> None:
    """Raise where the right is missing; a merged or voided case is only read."""
    if not door.may(actor, permission, case):
        raise Forbidden(permission)
    if permission not in LEFT:
        refuse_ended(case)


def refuse_ended(case: Case | CaseRows) -> None:
    """Raise the one sentence with which a merged, voided or erased case answers whatever would be written in it."""
    if case.erased_on is not None:
        raise Refused([Problem("", erasing.ERASED)])
    if case.voided_on is not None:
        raise Refused([voiding.refusal(case.void_reason)])
    if case.merged_into_id is not None:
        raise Refused([refusal(merging.end_number(case.id))])


def last_event(case: Case) -> Event | None:
    return db.session.scalar(select(Event).where(Event.stream == journal.case_stream(case)).order_by(
        Event.seq.desc()).limit(1))


def refresh_hints(case: Case, actor: Actor) -> None:
    """Recompute what is kept of the rows, for lists and sums; ``flask check`` compares it by the same functions."""
    rows = case_rows.read(case, actor.today)
    journal.write_columns(case, hints(rows, actor.today))
    rests.keep(rows, case_money.position(rows, actor.today))


def hints(rows: CaseRows, today: date) -> dict[str, object]:
    """The hints of a case by column."""
    money = case_money.position(rows, today)
    due_on, rule = clock_queries.next_due(rows, today, money)
    return {"claimed_fen": money.claimed_fen, "is_claim_about": money.is_claim_about,
            "agreed_fen": case_money.known_agreed(rows, money),
            "arrived_fen": money.arrived_fen, "outstanding_fen": case_money.known_outstanding(money),
            "unverified_fen": money.unverified_fen, "bound_fen": money.agreed_fen, "unpaid_fen": money.unpaid_fen,
            "number_order": numbers.register_order(rows.number), "next_due_on": due_on, "next_due_rule": rule,
            "call_on": work_lists.first_call(rows)}


def flash_of(row: workflow.Move, **values: object) -> Text:
    """The sentence after a move: what happened and what is next."""
    return row.flash.fill(**values) if "{" in row.flash.zh else row.flash


def outcome_label(case: Case) -> Text:
    """What the head of a case shows: the outcome while it waits to be closed, else the state."""
    if case.voided_on is not None or case.erased_on is not None:
        return voiding.LABEL if case.erased_on is None else erasing.LABEL
    if case.outcome and case.state in workflow.UNCONCLUDED:
        word = words.OUTCOMES[case.outcome]
        return Text(f"{word.zh}，待结案", f"{word.en}, to be closed")
    return workflow.STATES[case.state].label
