"""Showing a whole number: the right, the reason, the hourly bound, and the entry in the log before it is shown."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import AccessLog, Case, Correction, Party
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.journal import TOO_MANY_REVEALS
from mediation.rules.language import Guessed, Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import moves

FIELDS = {"phone": Text("电话", "Telephone"), "identity": Text("证件号", "Identity number"),
          "account": Text("收款账号", "Bank account")}
PER_HOUR = 30
HOUR = timedelta(hours=1)
TOO_MANY = Text("一小时内看全号已满{n}次，请稍后再看；急用请找分管负责人",
                "{n} reveals within the hour; wait, or ask the supervisor")


def log_reveal(case: Case, party_id: int, field: str, reason: str, actor: Actor) -> Party:
    """Write who asks for which number and why; gives the party. The caller commits before it shows anything.

    Raises Forbidden, Refused for an unknown party, field or reason, or Guessed above 30 reveals an hour, which the
    supervisor's desk then tells.
    """
    moves.require(case, "party.reveal", actor)
    party = db.session.scalar(select(Party).where(Party.id == party_id, Party.case_id == case.id))
    _refuse(party is not None and field in FIELDS, reason, actor)
    assert party is not None  # refused above
    journal.log_access(actor, "reveal", case.number, f"party {party.id} {field}: {reason}")
    return party


def log_old(case: Case, correction: Correction, reason: str, actor: Actor) -> str:
    """The same for what stood before a correction; gives it. Raises Forbidden or Refused as above."""
    moves.require(case, "party.reveal", actor)
    _refuse(correction.case_id == case.id, reason, actor)
    journal.log_access(actor, "reveal", case.number,
                       f"party {correction.party_id} {correction.field} before correction {correction.id}: {reason}")
    return correction.old


def _refuse(is_there: bool, reason: str, actor: Actor) -> None:
    found = [] if is_there else [Problem("", Text("没有这个号码", "There is no such number"))]
    if reason not in words.REVEAL_REASONS:
        found.append(Problem("reason", Text("请选一个理由", "Please choose a reason")))
    if _recent(actor) >= PER_HOUR:
        journal.log_access(actor, "refused", TOO_MANY_REVEALS)
        raise Guessed([*found, Problem("limit", TOO_MANY.fill(n=PER_HOUR))])
    if found:
        raise Refused(found)


def _recent(actor: Actor) -> int:
    return db.session.scalar(select(func.count()).select_from(AccessLog).where(
        AccessLog.logged_at > actor.now - HOUR, AccessLog.account_id == actor.user_id,
        AccessLog.kind == "reveal")) or 0
