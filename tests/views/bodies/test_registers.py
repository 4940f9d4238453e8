"""Outside registers on screen: blocks to copy, what is lacking by filters of the address, the wall."""
from __future__ import annotations

from mediation.extensions import db
from mediation.models import Case
from tests import docket, house


def accepted(app, **columns) -> str:
    return docket.store_case(app, accepted_on=house.TODAY, **columns)


def test_the_list_follows_its_address(app, client):
    first = accepted(app, worker="巴特尔")
    accepted(app, worker="苏日娜", username="window")
    mediator = client("mediator")
    page = mediator.get("/registers?register=governance")
    assert "综治平台 2" in page.text and "人民法院调解平台 0" in page.text
    assert page.all("tbody td:first-child") == ["巴特尔", "苏日娜"]
    assert mediator.get("/registers?handler=me").all("tbody td:first-child") == ["巴特尔"]
    assert "该登记的都有编号了" in mediator.get("/registers?accepted=2025").text
    assert "可用" in mediator.get("/registers?handler=nobody-there").text
    number = {"numbers-register": "governance", "numbers-number": "综治2026-1"}
    mediator.send(f"/cases/{first}/coordination/numbers", number)
    assert mediator.get("/registers").all("tbody td:first-child") == ["苏日娜"]


def test_each_register_has_its_own_block(app, client):
    number = accepted(app)
    page = client("mediator").get(f"/cases/{number}/registers")
    text = page.soup.find(id="block-court").text
    assert "申请人：巴特尔（" in text and "被申请人：李老板" in text and "案由" not in text
    assert "还没有填的" in page.text and "简要情况" in page.text
    assert page.soup.select_one("[data-copy=block-court]")
    assert "满意度" not in page.soup.find(id="block-hotline").text


def test_the_wall(app, client):
    number = accepted(app)
    outsider = client("mediator2")
    outsider.get(f"/cases/{number}/registers", status=404)
    assert "巴特尔" not in outsider.get("/registers").text
    for username in ("liaison", "admin"):
        client(username).get("/registers", status=403)


def test_a_page_of_many_goes_on(app, client, monkeypatch):
    monkeypatch.setattr("mediation.queries.bodies.registers.PAGE", 2)
    for name in ("甲", "乙", "丙"):
        accepted(app, worker=name)
    mediator = client("mediator")
    page = mediator.get("/registers")
    assert page.all("tbody td:first-child") == ["甲", "乙"]
    assert mediator.get(page.soup.select_one("a[rel=next]")["href"]).all("tbody td:first-child") == ["丙"]
    with app.app_context():
        assert db.session.query(Case).count() == 3
