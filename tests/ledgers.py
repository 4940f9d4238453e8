"""Cases with money for the tests of lists and figures, made through the services."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from mediation.models import Case
from mediation.rules.access import Actor
from mediation.services.money import agreements, payments
from mediation.services.money.agreements import Entry, Item, Sign, Step, Terms
from tests import casework


def agreed_case(actor: Actor, fens: list[int], due_on: date, on: date | None = None, steps: Sequence[Step] = (),
                **values: object) -> Case:
    """In performance: every worker gets his sum on ``due_on``, or all of them by ``steps``; agreed and signed on ``on``."""
    day = on or min(actor.today, due_on - timedelta(3))
    case = casework.make_case(actor, len(fens), sum(fens) // len(fens), day, **values)
    casework.bring(case, "MEDIATING", actor)
    if case.accepted_on != day:
        case.accepted_on = day
    casework.respondent(case).identity = "152824199001011234"
    casework.rest(case, actor)
    workers = [p.id for p in case.parties if p.side == "applicant"]
    boss = casework.respondent(case).id
    signs = [*(Sign("applicant", party, "sign", day) for party in workers), Sign("respondent", boss, "stamp", day),
             Sign("mediator", None, "sign", day), Sign("seal", None, "stamp", day)]
    agreements.agree(case, Terms(made_on=day, payer_party_id=boss, signatures=signs,
                                 steps=list(steps) or [Step(due_on, "", sum(fens))],
                                 items=[Item(party, "wages", fen) for party, fen in zip(workers, fens, strict=True)]),
                     actor, confirmed=True)
    return case


def pay(case: Case, actor: Actor, fen: int, on: date | None = None, proof: str = "bank_slip", **values: object) -> None:
    payments.record_payment(case, Entry(**{"paid_on": on or actor.today, "amount_fen": fen, "way": "transfer", "proof": proof,
                                             **values}), actor, confirmed=True)


def days(actor: Actor, count: int) -> date:
    return actor.today + timedelta(count)
