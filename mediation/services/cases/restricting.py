"""Sealing narrows a case to named people; everybody else finds no such case."""
from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, CaseMember, User
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import moves

NO_REASON = Text("请写明理由", "Please give the reason")
STRANGER = Text("只能指定本工会或上级的人", "Only people of this union or above it can be named")


def restrict(case: Case, readers: Collection[int], reason: str, actor: Actor) -> None:
    """Narrow the case to its mediator, the actor and ``readers`` (accounts); says anew who when sealed already."""
    moves.require(case, "case.seal", actor)
    named = set(readers) | {actor.user_id}
    people = list(db.session.scalars(select(User).where(User.id.in_(named), User.is_active.is_(True))))
    found = [] if reason else [Problem("reason", NO_REASON)]
    if len(people) != len(named) or any(not case.station.path.startswith(p.station.union.path) for p in people):
        found.append(Problem("readers", STRANGER))
    if found:
        raise Refused(found)
    _end_readers(case, actor)
    ids = sorted(person.id for person in people)
    for user_id in (key for key in ids if key != case.handler_id):
        db.session.add(CaseMember(case_id=case.id, account_id=user_id, kind="reader", from_on=actor.today))
    case.is_sealed = True
    moves.act(case, "sealed", {"reason": reason, "readers": ids}, actor)


def lift(case: Case, reason: str, actor: Actor) -> None:
    """Lift the restriction."""
    moves.require(case, "case.seal", actor)
    if not reason:
        raise Refused([Problem("reason", NO_REASON)])
    _end_readers(case, actor)
    case.is_sealed = False
    moves.act(case, "unsealed", {"reason": reason}, actor)


def _end_readers(case: Case, actor: Actor) -> None:
    for row in case.members:
        if row.kind == "reader" and row.until_on is None:
            row.until_on = actor.today
