"""A small ledger to export: cases with one and several workers, agreements, arrivals, a reversal, hostile words."""
from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from mediation.extensions import close_engines, db
from mediation.models import Case
from mediation.rules.access import Actor
from mediation.services.cases import moves
from mediation.services.money import agreements as service
from mediation.services.money import payments
from mediation.services.money.agreements import Entry, Item, Sign, Step, Terms
from tests import casework, house

PHONE, IDENTITY, BOSS_PHONE = "13847862200", "152824199001011234", "13912345617"
NARRATIVE = "工头电话139-1234-5617，身份证152824199001011234，欠三个月"
FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "＝1+1", "＋1", "－1", "＠x")


def open_case(actor: Actor, workers: int = 1, fen: int = 3600000, **values: object) -> Case:
    """A case in mediation whose respondent is known."""
    case = casework.make_case(actor, workers, fen, **values)
    casework.bring(case, "MEDIATING", actor)
    casework.respondent(case).identity = "152824199001011234"
    casework.rest(case, actor)
    return case


def agree(case: Case, actor: Actor, fens: list[int], instalments: int = 1) -> None:
    """Wages for every worker in equal instalments from today on."""
    workers = [p.id for p in case.parties if p.side == "applicant"]
    whole = sum(fens)
    parts = [whole // instalments] * (instalments - 1)
    steps = [Step(actor.today + timedelta(30 * n), "", part) for n, part in enumerate([*parts, whole - sum(parts)])]
    signatures = [*(Sign("applicant", party, "sign", actor.today) for party in workers),
                  Sign("respondent", casework.respondent(case).id, "stamp", actor.today),
                  Sign("mediator", None, "sign", actor.today), Sign("seal", None, "stamp", actor.today)]
    service.agree(case, Terms(
        made_on=actor.today, payer_party_id=casework.respondent(case).id, steps=steps, signatures=signatures,
        items=[Item(party, "wages", fen) for party, fen in zip(workers, fens, strict=True)]), actor)


def pay(case: Case, actor: Actor, fen: int, on: date | None = None, **values: object):
    return payments.record_payment(case, Entry(on or actor.today, fen, **values), actor, confirmed=True)


def furnish(actor: Actor) -> dict[str, Case]:
    """The ledger of the tests, through the services."""
    made = {
        "one": open_case(actor, 1, 3600000, narrative=NARRATIVE),
        "group": open_case(actor, 3, 1000001, on=date(2026, 9, 1), source_body="=HYPERLINK(1)", place="@here"),
        "failed": casework.bring(casework.make_case(actor, 1, 500000, on=date(2025, 3, 5)), "CLOSED", actor),
        "fresh": casework.make_case(actor, 2, None, title="阿不都·热合曼等2人", channel="B"),
    }
    agree(made["one"], actor, [3200000], 2)
    pay(made["one"], actor, 1600000)
    agree(made["group"], actor, [900001, 800000, 700000])
    first = pay(made["group"], actor, 999999, proof_note="-1 号回单")
    pay(made["group"], actor, 100000, proof="said")
    payments.reverse_payment(made["group"], first, "记错了", actor)
    pay(made["group"], actor, 2000000, actor.today - timedelta(3), reason="一次付清还多一点")
    for case in made.values():
        db.session.expire(case)
        moves.refresh_hints(case, actor)
    db.session.flush()
    return made


def furnish_app(app: Flask, username: str = "mediator") -> dict[str, str]:
    """The same, committed, with the register numbers; for tests that go through the pages."""
    with app.app_context():
        numbers = {name: case.number for name, case in furnish(house.actor(username)).items()}
        db.session.commit()
        db.session.remove()
        close_engines()
    return numbers


def cases_of(numbers: dict[str, str]) -> dict[str, Case]:
    """The cases by name, within an application context."""
    found = {case.number: case for case in db.session.scalars(select(Case).where(Case.number.in_(numbers.values())))}
    return {name: found[number] for name, number in numbers.items()}
