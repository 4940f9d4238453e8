"""A sum that was only told as about so much says so wherever it stands, and becomes exact nowhere by itself."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case
from tests import casework, house


@pytest.fixture
def base(app):
    """The address of a case in mediation with a claim of about four million yuan."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.make_case(actor, 1, 400000000)
        case.claims[0].precision = "about"
        casework.bring(case, "MEDIATING", actor)
        casework.respondent(case).identity = "152824199001011234"
        casework.rest(case, actor)
        db.session.commit()
        return f"/cases/{case.number}"


@pytest.mark.parametrize("path", ["", "/agreement", "/claims"])
def test_the_pages_of_the_case_say_about(client, base, path):
    assert "约4,000,000.00" in client("mediator").get(base + path).text


def test_lists_and_their_totals_say_about(client, base):
    assert client("mediator").get("/cases").text.count("约4,000,000.00") == 2


def test_the_agreement_is_not_filled_with_what_was_only_about(client, base):
    page = client("mediator").get(f"{base}/agreement/new")
    assert "约4,000,000.00" in page.text and not page.form("#agree")[1].get("total")


def test_an_exact_sum_says_nothing_of_the_kind(app, client, base):
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        case.claims[0].precision = "exact"
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    assert "约4,000,000" not in client("mediator").get(base).text
    assert client("mediator2").get(base, status=404).status == 404
