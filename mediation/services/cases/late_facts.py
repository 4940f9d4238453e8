"""What is found out later about an old case: facts that were missing, one event, no clock.

What was known stays as it is and is corrected where such facts always are; the words of a vague fact stay beside it.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries.cases import missing_facts
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases import late_entry
from mediation.rules.cases.late_entry import DAYS, Agreed, Late, Paid
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import late_money, moves

PERMISSION = "case.contact"  # as whoever of the union notes a call for a colleague: it decides nothing
NO_LATE_ENTRY = Text("这不是补录的案件", "This case was not entered afterwards")
NOTHING = Text("没有填要补的内容", "Nothing is added")
KNOWN = Text("已经有了，这里只补缺的", "It is known; only what is missing is added here")


@dataclass(frozen=True)
class Added:
    """What was found out; None, '' and nothing say that a fact is still missing. ``dates`` and ``told`` by column."""

    received_on: date | None = None
    dates: dict[str, date] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    outcome: str = ""
    outcome_reason: str = ""
    handler_id: int | None = None
    agreed: Agreed | None = None
    paid: tuple[Paid, ...] = ()
    note: str = ""
    confirmed: frozenset[str] = frozenset()

    @property
    def days(self) -> dict[str, date]:
        return {**({"received_on": self.received_on} if self.received_on else {}), **self.dates}


def missing_days(case: Case) -> list[str]:
    """The days of the procedure that nobody has told yet."""
    return [name for name in DAYS if getattr(case, name) is None]


def may_add_outcome(case: Case) -> bool:
    return not case.outcome and not case.is_open


def may_add_agreement(case: Case) -> bool:
    """Where the outcome is one, or not known yet, and no agreement says a sum."""
    return (case.outcome in words.SUCCESS or may_add_outcome(case)) and not case.agreed_fen


def complete(case: Case, added: Added, actor: Actor, seen_version: int | None = None) -> Event:
    """Add facts that were missing. Raises Forbidden, Conflict, or Refused with all problems."""
    moves.require(case, PERMISSION, actor)
    if seen_version is not None and seen_version != case.version:
        raise moves.Conflict(moves.last_event(case), case.version)
    if found := _problems(case, added, actor.today):
        raise Refused(found)
    names = _put_facts(case, added)
    names += _put_money(case, added, actor)
    note = journal.write_note(actor, case, added.note)
    return moves.act(case, "late_completed", {
        "fields": names, "outcome": added.outcome, "handler": added.handler_id,
        "agreed_fen": added.agreed.fen if added.agreed else None,
        "paid_fen": sum(row.fen for row in added.paid) or None, "note": note.hash}, actor)


NO_FACT = Text("请选哪一项", "Choose which")
NO_REASON = Text("请写明怎么查过、为什么查不到", "Say how it was looked for and why it cannot be found")


def give_up(case: Case, fact: str, reason: str, actor: Actor, seen_version: int | None = None) -> Event:
    """Say of a missing fact that it can never be found: it is listed no more, and the reason stands in the history; it
    may be added all the same. Raises Forbidden, Conflict, or Refused with all problems."""
    moves.require(case, PERMISSION, actor)
    if seen_version is not None and seen_version != case.version:
        raise moves.Conflict(moves.last_event(case), case.version)
    found = [] if fact in {row.key for row in still_missing(case)} else [Problem("fact", NO_FACT)]
    if not reason.strip():
        found.append(Problem("reason", NO_REASON))
    if found:
        raise Refused(found)
    case.unfindable = f"{case.unfindable or ' '}{fact} "
    return moves.act(case, "late_unfindable", {"fact": fact, "reason": reason.strip()}, actor)


def _problems(case: Case, added: Added, today: date) -> list[Problem]:
    if not case.is_late_entry:
        return [Problem("", NO_LATE_ENTRY)]
    if not (added.days or added.told or added.outcome or added.handler_id or added.agreed or added.paid):
        return [Problem("", NOTHING)]
    known = [*(name for name in {**added.days, **added.told} if getattr(case, name) is not None),
             *(["outcome"] if added.outcome and not may_add_outcome(case) else []),
             *(["handler_id"] if added.handler_id and case.handler_id else []),
             *(["agreed"] if added.agreed and not may_add_agreement(case) else [])]
    found = [Problem("received" if name == "received_on" else name, KNOWN) for name in known]
    return found + late_entry.problems(_whole(case, added), today, case.arrived_fen, case.agreed_fen)


def _whole(case: Case, added: Added) -> Late:
    """The case as it will be, as far as days, outcome and money are concerned."""
    dates = {name: added.dates.get(name) or getattr(case, name) for name in DAYS}
    return Late(received_on=added.received_on or case.received_on, state=case.state, dates=dates,
                outcome=added.outcome or case.outcome, outcome_reason=added.outcome_reason, agreed=added.agreed,
                paid=added.paid, confirmed=added.confirmed)


def _put_facts(case: Case, added: Added) -> list[str]:
    days = late_money.complete_dates(_whole(case, added))
    new = {**added.days, **{name: day for name, day in days.items() if day and getattr(case, name) is None}}
    for name, day in new.items():
        setattr(case, name, day)
    if added.told:
        case.as_told = {**case.as_told, **added.told}
    if added.outcome:
        case.outcome, case.outcome_reason = added.outcome, added.outcome_reason
    if added.handler_id:
        case.handler_id = added.handler_id
    return sorted({*new, *added.told} & set(DAYS), key=list(DAYS).index) + [
        name for name, value in (("outcome", added.outcome), ("handler_id", added.handler_id)) if value]


def _put_money(case: Case, added: Added, actor: Actor) -> list[str]:
    """New rows beside those that stand; an agreement whose sum was not known is superseded and kept."""
    weights = late_money.weights_of(case)
    if added.agreed is not None:
        days = {name: getattr(case, name) for name in ("agreed_on", "effective_on")}
        late_money.put_agreement(case, added.agreed, weights, days, actor, case_money.current_agreement(case))
    current = case_money.current_agreement(case)
    if current is not None and current.items:
        weights = {item.party_id: item.amount_fen for item in current.items if item.amount_fen > 0} or weights
    seq = max((row.seq for row in case.payments), default=0)
    for place, row in enumerate(added.paid, seq + 1):
        late_money.put_payment(case, place, row, weights, actor)
    db.session.flush()
    return [name for name, value in (("agreed", added.agreed), ("paid", added.paid)) if value]


def still_missing(case: Case) -> list[late_entry.Missing]:
    """What the case lacks after all that was added."""
    db.session.flush()
    return missing_facts.of_case(case.id)
