"""The page of the end of keeping: a lead proposes, the supervisor agrees with a fresh password, nothing is left."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from mediation.extensions import db
from mediation.models import LoginSession
from mediation.services.figures import closings
from tests import casework, house

NAME = "金丝雀乌云其其格"


@pytest.fixture
def number(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        case = casework.make_case(who, narrative=f"{NAME}没拿到工钱")
        case.parties[0].name = case.title = NAME
        casework.bring(case, "CLOSED", who)
        above = house.actor("supervisor", today=house.TODAY.replace(2038))
        closings.close(house.get_station("urad-middle"), "2026", above)
        db.session.commit()
        return case.number


@pytest.mark.settings(TODAY="2038-03-01")
def test_a_case_is_erased_by_two_and_pages_exports_and_search_say_so(app, client, number):
    assert "没有" in client("supervisor2").get("/erasures").text
    client("mediator2").get("/erasures", status=403)
    lead, above = client("lead"), client("supervisor")
    form = f"form[action='/erasures/{number}']"
    refused = lead.submit(lead.get("/erasures"), form, 422)
    assert "写明依据" in refused.text
    lead.submit(refused, form, reason="保管期满，鉴定小组意见")
    assert "同意销毁" not in lead.get("/erasures").text
    page = above.get("/erasures")
    assert NAME in page.text and "张站长" in page.text
    with app.app_context():
        db.session.execute(update(LoginSession).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))
        db.session.commit()
    approve = page.form("form[action$='/approve']")[0]
    asked = above.submit(page, "form[action$='/approve']")
    assert asked.location == "/password/again?next=/", "nothing is erased on an old log-in"
    above.submit(above.get(asked.location), "form[action^='/password/again']", password=house.PASSWORD)
    above.submit(above.get("/erasures"), f"form[action='{approve}']")
    shown = above.get(f"/cases/{number}")
    assert "已销毁" in shown.text and NAME not in shown.html
    assert NAME not in above.get(f"/cases/{number}/papers/print/acceptance", status=None).html
    sheet = above.get("/ledger/cases.csv?period=2026").response.get_data(as_text=True)
    assert "已销毁" in sheet and NAME not in sheet
    found = above.send("/cases/search", {"words": number.rpartition("-")[2]})
    assert NAME not in found.html
    assert "已销毁" in client("mediator").post(f"/cases/{number}/contacts", {"note": "再打一次"}, status=None).text
