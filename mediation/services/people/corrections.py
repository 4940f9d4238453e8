"""Corrections of parties: the old value kept sealed, the reason, and the word that a change of payee waits for."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Correction, Party
from mediation.queries import door
from mediation.queries.cases import case_rows
from mediation.queries.money import case_money, corrections
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.people import corrections as rules
from mediation.rules.people import kin
from mediation.services.cases import moves

COMPARE = "money.reconcile"
FILED = Text("案件已归档，恢复办理后才能改", "The case is filed away; reopen it first")


def keep(case: Case, party: Party, before: Mapping[str, object], changed: Collection[str], reason: str,
         actor: Actor) -> list[int]:
    """Keep what a party's row said before some of its values ``changed``; gives the ids. Writes no event: callers do.

    Raises Refused where a value is to be kept and no reason is given.
    """
    changed = {rules.COLUMNS.get(name, name) for name in changed}
    before = {**before, "died": _death(before.get("died_on"), before.get("died_told"))}
    is_open = bool(rules.PAYEE & changed) and is_money_open(case, party, actor)
    fields = rules.kept(before, changed, is_open)
    if problems := rules.reason_problems(fields, reason):
        raise Refused(problems)
    rows = [_row(case, party, field, str(before[field] or ""), reason, actor, is_open) for field in fields]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def keep_payees(case: Case, party: Party, before: Mapping[str, object], reason: Text, actor: Actor) -> None:
    """Keep who got the money of a party ``before`` (by the names of rules.PAYEE) where something else came to it
    without anybody correcting it: next of kin who were added, what a merger filled in. Writes no event: callers do."""
    changed = [name for name in rules.PAYEE if name in before and _value(party, name) != before[name]]
    if changed and is_money_open(case, party, actor):
        db.session.add_all([_row(case, party, name, str(before[name] or ""), reason.say(actor.language), actor, True)
                            for name in sorted(changed)])
        db.session.flush()


def payees(party: Party) -> dict[str, object]:
    """Who gets the money of a party, and on which account, as it stands."""
    return {name: _value(party, name) for name in rules.PAYEE}


def _value(party: Party, field: str) -> object:
    return _death(party.died_on, party.died_told) if field == "died" else getattr(party, field)


def _death(on: object, told: object) -> str:
    return on.isoformat() if isinstance(on, date) else str(told or "")


def keep_anew(case: Case, party: Party, before: Mapping[str, object], actor: Actor) -> None:
    """Keep who a respondent was taken for ``before`` somebody else was found in it; nothing where it was as told."""
    db.session.flush()
    changed = [name for name in ("name", "identity") if name in before and before[name] != getattr(party, name)]
    keep(case, party, before, changed, TAKEN_FOR.say(actor.language), actor)


TAKEN_FOR = Text("改认：查明是另一家或另一人", "found to be somebody else")


def _row(case: Case, party: Party, field: str, old: str, reason: str, actor: Actor, is_open: bool) -> Correction:
    waits = rules.waits(field, _value(party, field), is_open, _first_old(party, field))
    row = Correction(case_id=case.id, party_id=party.id, field=field, reason=reason, is_waiting=waits,
                     made_on=actor.today, made_by_id=actor.user_id)
    row.old = old
    return row


def _first_old(party: Party, field: str) -> str | None:
    """What stood before the first change of this value that nobody has confirmed since; None where none waits."""
    found: str | None = None
    for row in db.session.scalars(select(Correction).where(
            Correction.party_id == party.id, Correction.field == field).order_by(Correction.id)):
        waits = row.is_waiting and row.confirmed_on is None
        found = (row.old if found is None else found) if waits else None
    return found


def is_money_open(case: Case, party: Party, actor: Actor) -> bool:
    """Whether an agreement in force still promises this worker, or the dead one of a kin, money still to come."""
    party = kin.dead_of(party, case.parties) or party
    agreement = case_money.current_agreement(case)
    if agreement is None:
        return False
    agreed = sum(share.amount_fen for step in agreement.instalments for share in step.shares
                 if share.party_id == party.id)
    lines = case_money.position(case, actor.today).workers
    return agreed > next((line.performance.arrived_fen for line in lines if line.party.id == party.id), 0)


def find(case: Case, key: int) -> Correction | None:
    """A correction of the case."""
    return db.session.scalar(select(Correction).where(Correction.id == key, Correction.case_id == case.id))


def confirm(case: Case, correction: Correction, way: str, note: str, actor: Actor) -> None:
    """Record the word that a change of payee waits for: a second person's, or the worker's own in writing.

    Raises Forbidden, or Refused with all problems; nobody confirms by comparing what he changed himself.
    """
    rows = case_rows.read(case, actor.today, lock=True)
    moves.require(rows, "case.work" if way == "worker" else "party.reveal", actor)
    found = rules.word_problems(correction.field, way, note, correction.id in corrections.waiting_of(case),
                                correction.made_by_id == actor.user_id, door.may(actor, COMPARE, rows))
    if rows.state == "ARCHIVED":
        found.append(Problem("", FILED))
    if found:
        raise Refused(found)
    correction.confirmed_on, correction.confirmed_by_id = actor.today, actor.user_id
    correction.confirmed_way, correction.confirmed_note = way, note
    moves.act(case, "correction_confirmed", {"correction": correction.id, "party": correction.party_id,
                                             "field": correction.field, "way": way}, actor)
