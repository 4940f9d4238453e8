"""Acceptance case 14 as it shows on the pages: the wall, masked numbers, no notes; and the door after every no."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import AccessLog, Agency, Case, Party
from mediation.services.cases import sessions
from tests import casework, exports, house, prepared

SAID, CONCEDED = "只肯认一半", "私下愿给八千"


@pytest.fixture
@prepared.kept
def case(app) -> str:
    """A case in mediation with numbers, an account, a session and a concession."""
    with app.app_context():
        actor = house.actor("mediator")
        row = exports.open_case(actor)
        worker = next(p for p in row.parties if p.side == "applicant")
        worker.account = "6222020602001234567"
        sessions.hold(row, sessions.Held(actor.today, "separate", others="双方", said=SAID, concession=CONCEDED), actor)
        db.session.commit()
        return f"/cases/{row.number}"


def test_case_14_another_banner_is_refused_and_logged(app, client, case):
    client("mediator2").get(case, status=404)
    number = case.rsplit("/", 1)[1]
    with app.app_context():
        found = db.session.scalars(select(AccessLog).where(AccessLog.kind == "refused")).all()
        assert [(row.account_id, number in row.object) for row in found] == [(house.get_user("mediator2").id, True)]


def test_case_14_the_auditor_sees_masked_numbers_and_no_concession(client, case):
    visitor = client("auditor")
    for page in ("", "/parties", "/claims", "/sessions", "/journal", "/agreement"):
        shown = visitor.get(case + page).html
        for hidden in (exports.PHONE, exports.IDENTITY, "6222020602001234567", CONCEDED):
            assert hidden not in shown, (page, hidden)


def test_a_refusal_offers_a_door_and_shows_it_with_its_transfer_note(app, client):
    with app.app_context():
        row = casework.make_case(house.actor("mediator"))
        casework.step(row, "ask_consent", house.actor("mediator"), answer="refuses")
        body = db.session.scalar(select(Agency).where(Agency.kind == "arbitration", Agency.union_id == row.union_id))
        body.phone, body.address = "0478-5912345", "海流图镇三路"
        db.session.commit()
        base = f"/cases/{row.number}"
    visitor = client("mediator")
    page = visitor.get(f"{base}/moves/refuse")
    assert page.form("form.form")[1]["next_door"]  # arbitration is proposed
    page = visitor.get(visitor.submit(page, "form.form").location)
    door = page.soup.find("strong", string="请他去").find_parent("p")
    assert "仲裁" in door.get_text() and "海流图镇三路" in door.get_text() and door.select_one("a[href^='tel:']") and base + "/papers/referral" in door.decode()
    note = visitor.get(f"{base}/papers/referral").text
    assert "仲裁委员会" in note and "巴特尔" in note and "回" in note
    with app.app_context():
        stored = db.session.scalars(select(Case)).one()
        assert stored.outcome == "REFUSED_BY_PARTY"


def test_three_days_of_no_answer_offer_a_door_too(app, client):
    with app.app_context():
        today = house.TODAY
        row = casework.make_case(house.actor("mediator"), on=today - timedelta(days=3))
        for ago in (3, 2, 1):
            casework.step(row, "ask_consent", house.actor("mediator", today=today - timedelta(days=ago)), answer="")
        db.session.commit()
        base = f"/cases/{row.number}"
        assert db.session.scalar(select(Party.id))
    visitor = client("mediator")
    page = visitor.get(f"{base}/moves/unreachable")
    assert page.form("form.form")[1]["next_door"]
    assert "请他去" in visitor.get(visitor.submit(page, "form.form").location).text
