"""Marks of reconciliation: a lead or supervisor compares an entry that somebody else made, and may take it back."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Payment, Reconciliation
from mediation.rules.access import Actor
from mediation.rules.audit import reconciling as rules
from mediation.rules.language import Problem, Refused
from mediation.services.cases import moves

PERMISSION = "money.reconcile"


def reconcile(case: Case, payment: Payment, compared: Sequence[str], checked_on: date | None, note: str,
              actor: Actor) -> Reconciliation:
    """Mark an entry as compared; raises Forbidden, or Refused with all problems."""
    _lock(case, actor)
    standing = find_mark(payment)
    found = rules.problems(entry_of(payment), compared, checked_on, actor.user_id, actor.today)
    if standing is not None:
        found.append(Problem("", rules.MARKED.fill(who=standing.made_by.name, day=standing.checked_on.isoformat())))
    if found or checked_on is None:
        raise Refused(found)
    mark = Reconciliation(payment_id=payment.id, compared=sorted(set(compared)), note=note, checked_on=checked_on,
                          made_by_id=actor.user_id)
    db.session.add(mark)
    db.session.flush()
    moves.act(case, "payment_reconciled", {"reconciliation": mark.id, "payment": payment.id, "seq": payment.seq,
                                           "compared": mark.compared, "checked_on": checked_on}, actor, checked_on)
    return mark


def withdraw(case: Case, payment: Payment, reason: str, actor: Actor) -> None:
    """Take a mark back, with the reason; the entry stands among those not reconciled again."""
    _lock(case, actor)
    mark = find_mark(payment)
    found = [] if reason else [Problem("reason", rules.WHY)]
    if mark is None:
        found.append(Problem("", rules.NOT_MARKED))
    if found or mark is None:
        raise Refused(found)
    mark.withdrawn_on, mark.withdrawn_by_id, mark.withdrawn_reason = actor.today, actor.user_id, reason
    moves.act(case, "reconciliation_withdrawn", {"reconciliation": mark.id, "payment": payment.id, "seq": payment.seq,
                                                 "reason": reason}, actor)


def _lock(case: Case, actor: Actor) -> None:
    """Two people who mark at once are judged one after the other."""
    db.session.refresh(case, with_for_update=True)
    moves.require(case, PERMISSION, actor)


def find_mark(payment: Payment) -> Reconciliation | None:
    """The mark that stands on an entry."""
    return db.session.scalar(select(Reconciliation).where(
        Reconciliation.payment_id == payment.id, Reconciliation.withdrawn_on.is_(None)))


def entry_of(payment: Payment) -> rules.Entry:
    is_reversed = db.session.scalar(select(Payment.id).where(Payment.reverses_id == payment.id)) is not None
    return rules.Entry(payment.paid_on, payment.proof, payment.made_by_id, payment.reverses_id is not None, is_reversed)
