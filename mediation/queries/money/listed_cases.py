"""The cases that the lines of a bank's list may belong to."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from mediation.extensions import db
from mediation.models import Case, Party, Payment
from mediation.queries import door
from mediation.rules.access import Actor
from mediation.rules.money.bank_lists import Transfer
from mediation.rules.money.bank_matching import Sought

PERMISSION = "money.record"


def find(actor: Actor, lines: Iterable[Transfer]) -> list[Case]:
    """The cases for which the account may record money, and in which one of the people of the list is owed some or was
    paid on one of its days, so that a list that comes again is known."""
    lines = list(lines)
    sought, days = Sought(lines), {line.day for line in lines if line.day is not None}
    people = db.session.execute(select(Party.case_id, Party.name, Party.payee_name, Party.account_tail).join(
        Case, Case.id == Party.case_id).where(
        door.filter_for(actor), Party.side == "applicant", Party.removed_on.is_(None), Case.merged_into_id.is_(None),
        _may_be_paid(days)))
    keys = sorted({key for key, name, payee, tail in people if sought.finds(name, payee or "", tail or "")})
    found = db.session.scalars(select(Case).where(Case.id.in_(keys)).order_by(Case.id)).all() if keys else []
    return [case for case in found if door.may(actor, PERMISSION, case)]


def _may_be_paid(days: Iterable[date]) -> ColumnElement[bool]:
    """Something agreed is still open, by the sums kept with the case, or something came on one of these days."""
    paid = select(Payment.case_id).where(Payment.paid_on.in_(sorted(days)))
    return or_(Case.agreed_fen > Case.arrived_fen, Case.state == "PERFORMING", Case.id.in_(paid))
