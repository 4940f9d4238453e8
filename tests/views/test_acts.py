"""How many SQL statements the acts of every day take, on a small house: none may take more than it does."""
from __future__ import annotations

import pytest
from sqlalchemy import text

from mediation.cli.bench import acts, measures, synthetic
from mediation.extensions import db
from tests import docket, house

# Statements of each act; a change that needs fewer lowers its line, none raises one.
CEILINGS = {
    "login": 0,
    "list": 8,
    "case": 8,
    "case_rich": 24,
    "desk_mediator": 13,  # two of them only where a paper has not got to everybody
    "desk_supervisor": 17,
    "desk_auditor": 9,
    "intake_form": 2,
    "contact_form": 6,
    "move": 26,  # of them the lock on PostgreSQL
    "register": 27,
}
OUTSIDER = 3  # of a case page that is not his to see


@pytest.fixture
def cases(app) -> dict[str, str]:
    """Numbers of a usual case and of one with much in it, both at the mediator's site."""
    usual = docket.store_case(app)
    with app.app_context():
        rich = synthetic.rich_case("mediator").number
        db.session.commit()
        db.session.remove()
    return {"usual": usual, "rich": rich}


def test_no_act_takes_more_statements_than_its_ceiling(app, cases):
    visitors = {who: measures.Visitor(app, who, house.PASSWORD) for who in ("", *synthetic.WHO)}
    taken = {act.key: acts.statements(act, visitors[act.who], cases) for act in acts.ACTS}
    assert set(taken) == set(CEILINGS)
    above = {key: f"{count} instead of {CEILINGS[key]}" for key, count in taken.items() if count > CEILINGS[key]}
    assert not above


def test_what_bounds_a_transaction_is_not_counted(inside):
    with measures.counted() as said:
        db.session.execute(text("SELECT 1"))
        db.session.execute(text("SELECT 2"))
        db.session.commit()
    assert said == ["SELECT 1", "SELECT 2"]
    db.session.execute(text("SELECT 3"))
    assert len(said) == 2  # and afterwards nothing is noted any more


def test_an_outsider_costs_no_more_than_finding_out_that_he_is_one(app, client):
    address = f"/cases/{docket.store_case(app)}"
    outsider = client("mediator2")
    outsider.get(address, status=404)  # once to be warm
    with measures.counted() as said:
        outsider.get(address, status=404)
    assert len(said) <= OUTSIDER, said
