"""What an act costs, in statements: ceilings that may fall and not rise; one more where a lock is a statement."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.cli.bench.measures import counted
from mediation.extensions import db
from mediation.models import Case
from mediation.services.cases import intake, moves, sessions
from mediation.services.cases.intake import ClaimLine, Intake, Respondent
from mediation.services.money import agreements, payments
from mediation.services.money.agreements import Entry, Item, Sign, Step, Terms
from mediation.services.people import parties
from tests import casework, house

CEILINGS = {
    "register": 20, "ask_consent": 16, "accept": 23, "take_up": 16, "log_contact": 21, "session": 23, "party": 21,
    "agreement": 44, "payment": 33, "visit": 33, "close": 34,
}


def told() -> Intake:
    return Intake(
        received_on=house.TODAY, source="walk_in", name="巴特尔", phone="13847862213", identity="152824199001011239",
        respondents=[Respondent("李老板，城南工地")], claims=[ClaimLine("wages", 1_550_000)], narrative="五月去的城南工地。")


def terms(case: Case, today) -> Terms:
    worker, boss = next(p.id for p in case.parties if p.side == "applicant"), casework.respondent(case).id
    signs = [Sign("applicant", worker, "sign", today), Sign("respondent", boss, "stamp", today),
             Sign("mediator", None, "sign", today), Sign("seal", None, "stamp", today)]
    return Terms(made_on=today, payer_party_id=boss, signatures=signs, items=[Item(worker, "wages", 1_550_000)],
                 steps=[Step(today + timedelta(3), "", 1_000_000), Step(today + timedelta(33), "", 550_000)])


@pytest.fixture
def cost(actor):
    """Measures an act in a session that holds nothing but the case and what the act is told."""
    mediator = actor("mediator")
    found = {}

    def measure(name: str, number: str, act) -> None:
        db.session.commit()
        db.session.remove()
        case = db.session.scalar(select(Case).where(Case.number == number)) if number else None
        prepared = act(case)
        with counted() as said:
            prepared()
        found[name] = len(said)
        db.session.commit()

    measure.found, measure.actor = found, mediator
    return measure


def test_acts_keep_to_their_statements(cost):
    me = cost.actor
    made = []
    cost("register", "", lambda case: lambda: made.append(intake.register(me, told()).number))
    number = made[0]

    def move(key: str, **answers):
        def prepare(case):
            given = {**casework.answers_for(case, key, me), **answers}
            return lambda: moves.move(case, key, given, me)
        cost(key, number, prepare)

    for key in ("ask_consent", "accept", "take_up"):
        move(key)
    move("log_contact", note="问过")
    cost("session", number, lambda case: lambda: sessions.hold(
        case, sessions.Held(me.today, "face", present=[case.parties[0].id], said="各说一遍"), me))
    cost("party", number, lambda case: lambda: parties.add_party(
        case, {"side": "respondent", "part": "unknown", "name": "总包公司"}, me))
    case = db.session.scalar(select(Case).where(Case.number == number))
    casework.respondent(case).identity = "152824199001011239"
    casework.rest(case, me)

    def agree(case):
        given = terms(case, me.today)
        return lambda: agreements.agree(case, given, me, confirmed=True)
    cost("agreement", number, agree)
    cost("payment", number, lambda case: lambda: payments.record_payment(
        case, Entry(paid_on=me.today, amount_fen=1_550_000, way="transfer", proof="bank_slip"), me, confirmed=True))
    move("visit", satisfaction="satisfied")
    move("close", way="performed")
    lock = int(db.engine.dialect.name == "postgresql")
    assert {name: (count, CEILINGS[name]) for name, count in cost.found.items() if count > CEILINGS[name] + lock} == {}
    assert set(cost.found) == set(CEILINGS)
