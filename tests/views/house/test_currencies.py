"""What a union reckons in: set by the administrator while it has no cases, said on every page, and never added to another."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Station
from mediation.queries.figures import reckoning
from mediation.queries.house import digests
from mediation.rules.language import Refused
from tests import casework, house

SAID = "这里的金额都是美元"


def page_of(admin, app, code: str):
    with app.app_context():
        key = house.get_station(code).id
    return admin.get(f"/admin/stations/{key}")


def currencies(app) -> dict[str, str]:
    with app.app_context():
        assert not digests.verify()
        return {row.code: row.currency for row in db.session.scalars(select(Station))}


def test_it_holds_for_the_union_and_its_sites_and_is_said_on_their_pages(app, client):
    admin = client("admin")
    admin.submit(page_of(admin, app, "urad-middle"), "form[action^='/admin/stations/']", currency="USD")
    found = currencies(app)
    assert (found["urad-middle"], found["practice"], found["example"]) == ("USD", "USD", "CNY")
    assert SAID in client("mediator").get("/cases").text
    assert SAID not in client("mediator2").get("/cases").text


def test_it_stays_once_there_are_cases(app, client):
    with app.app_context():
        casework.make_case(house.actor("mediator"), 1)
        db.session.commit()
    admin = client("admin")
    refused = admin.submit(page_of(admin, app, "urad-middle"), "form[action^='/admin/stations/']", 422, currency="USD")
    assert "已有案件" in refused.text and set(currencies(app).values()) == {"CNY"}


def test_sums_of_two_unions_in_two_currencies_are_never_added(inside):
    for username in ("mediator", "mediator2"):
        casework.make_case(house.actor(username), 1)
    house.get_station("example").currency = "USD"
    db.session.flush()
    above = house.actor("auditor")
    with pytest.raises(Refused, match="几种货币（CNY、USD），金额不能相加"):
        reckoning.indicators(above)
    assert reckoning.indicators(above, station="example").get("accepted").value is not None
    assert reckoning.indicators(house.actor("mediator")).get("accepted").value is not None
