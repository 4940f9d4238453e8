"""The batch on the page of a case: linked by pasting and ticking, its sums, an agreement that starts from the lead's."""
from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agreement, CaseLink
from mediation.queries import door
from mediation.services.money import agreements
from mediation.services.money.agreements import Item, Step, Terms
from tests import casework, house, prepared

FORM = "form[action$='/coordination/batch']"


@pytest.fixture
def made(app):
    """make(fen): the number of a case in mediation of the mediator."""
    def make(app, fen: int = 1000000) -> str:
        with app.app_context():
            actor = house.actor("mediator")
            case = casework.bring(casework.make_case(actor, 1, fen), "MEDIATING", actor)
            casework.respondent(case).identity = "152824199001011234"
            casework.rest(case, actor)
            db.session.commit()
            return case.number
    return partial(prepared.once, app, make)


def agree(app, number: str) -> None:
    """Half of the claim, three quarters of it at once and the rest after a month."""
    with app.app_context():
        actor = house.actor("mediator")
        case = door.find_case(actor, number)
        worker = next(p.id for p in case.parties if p.side == "applicant")
        agreements.agree(case, Terms(
            actor.today, payer_party_id=casework.respondent(case).id, items=[Item(worker, "wages", 800000)],
            steps=[Step(actor.today, "", 600000), Step(actor.today + timedelta(31), "", 200000)],
            terms="逾期一天加付五十元", is_accelerated=True), actor)
        db.session.commit()


def test_outsiders_link_nothing(app, client, made):
    lead, one = made(), made()
    for username, status in (("mediator2", 404), ("auditor", 403)):
        client(username).post(f"/cases/{lead}/coordination/batch", {"batch-numbers": one}, status=status)
    with app.app_context():
        assert db.session.scalar(select(CaseLink.id)) is None


def test_pasted_numbers_follow_and_the_sums_stand_on_each(app, client, made):
    lead, one, two = made(), made(1234500), made(100000)
    person = client("mediator")
    page = person.get(f"/cases/{lead}/coordination")
    saved = person.submit(page, FORM, **{"batch-numbers": f"{one}\n{two}"})
    for address in (saved.location, f"/cases/{two}/coordination"):
        shown = person.get(address)
        assert shown.all("section[aria-labelledby=batch] tfoot td")[0] == "合计"
        assert "23,345.00" in shown.all("section[aria-labelledby=batch] tfoot")[0]
        assert {*map(house.short, (lead, one, two))} <= set(shown.all("section[aria-labelledby=batch] tbody td:first-child"))


def test_a_wrong_line_is_told_by_its_number_and_nothing_is_linked(app, client, made):
    lead, one = made(), made()
    person = client("mediator")
    page = person.get(f"/cases/{lead}/coordination")
    refused = person.submit(page, FORM, 422, **{"batch-numbers": f"{one}\n2026-9999", "batch-why": "同一工地"})
    assert any("2026-9999：没有这个登记号" in said for said in refused.errors)
    assert one in refused.form(FORM)[1]["batch-numbers"] and refused.form(FORM)[1]["batch-why"] == "同一工地"
    with app.app_context():
        assert db.session.scalar(select(CaseLink.id)) is None


def test_an_agreement_starts_from_the_lead_and_is_checked_as_any(app, client, made):
    lead, follower = made(1600000), made(1000000)
    agree(app, lead)
    person = client("mediator")
    person.submit(person.get(f"/cases/{lead}/coordination"), FORM, **{"batch-numbers": follower})
    base = f"/cases/{follower}/agreement/new"
    assert person.get(base).form("#agree")[1]["total"] == "10,000.00"
    page = person.get(person.get(base).soup.select_one("a[href$='alike=1']")["href"])
    values = page.form("#agree")[1]
    assert (values["total"], values["steps-0-fen"], values["steps-1-fen"]) == ("5,000.00", "3,750.00", "1,250.00")
    assert values["terms_text"].strip() == "逾期一天加付五十元" and house.short(lead) in page.text
    with app.app_context():
        assert len(db.session.scalars(select(Agreement)).all()) == 1  # filled in, not made
    person.submit(page, "#agree", 422, total="4000", do="agree")
    person.submit(page, "#agree", do="agree")
    with app.app_context():
        assert sorted(db.session.scalars(select(Agreement.total_fen))) == [500000, 800000]
