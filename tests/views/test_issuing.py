"""Figures given out: frozen and numbered, compared with today, found when tampered with, closed to outsiders."""
from __future__ import annotations

import json

import pytest

from mediation.extensions import db
from mediation.models import Event, IssuedFigure
from mediation.queries import checks, digests, issued, statistics
from mediation.services import issuing
from tests import house
from tests.ledgers import agreed_case, days, pay


@pytest.fixture
def paid(app):
    with app.app_context():
        mediator = house.actor("mediator")
        pay(agreed_case(mediator, [1000000, 2000000], days(mediator, -3)), mediator, 900000)
        db.session.commit()
        db.session.remove()


ASKED = {"period": "2026", "station": "", "cut_off": "", "channel": "", "kind": "", "sector": "", "at": "",
         "figures": ["accepted", "recovered_fen", "rate_accepted"], "recipient": "旗委政法委", "purpose": "季度通报"}


def give_out(client) -> tuple:
    visitor = client("supervisor")
    page = visitor.get("/statistics/issue?period=2026")
    assert page.all("input[name=figures][checked]") is not None
    return visitor, visitor.send("/statistics/issue", {**ASKED, "submit_token": page.form("form.form")[1]["submit_token"]})


def cells(page) -> dict[str, list[str]]:
    lines = [[td.get_text(" ", strip=True) for td in tr.select("td")] for tr in page.soup.select("table.list tbody tr")]
    return {line[0]: line[1:] for line in lines}


def test_what_was_given_out_stays_while_the_cases_go_on(client, app, paid):
    visitor, page = give_out(client)
    assert "中旗统〔2026〕1号" in page.text and "与摘要相符" in page.text and "出具以后没有案件变动" in page.text
    assert cells(page)["实际到账金额 元"][:4] == ["9,000.00", "9,000.00", "没变", "9,000.00"]
    with app.app_context():
        mediator = house.actor("mediator")
        pay(agreed_case(mediator, [500000], days(mediator, -2)), mediator, 500000)
        db.session.commit()
        db.session.remove()
    later = visitor.get(page.path)
    assert cells(later)["实际到账金额 元"][:4] == ["9,000.00", "14,000.00", "+5,000.00", "14,000.00"]
    assert cells(later)["受理件数 件"][:3] == ["1", "2", "+1"] and "+urad-middle-2026-0002" in cells(later)["受理件数 件"][4]
    assert "登记到账5,000.00元" in later.text
    sheet = visitor.get(f"{page.path}/print")
    assert "旗委政法委" in sheet.text and "季度通报" in sheet.text and "9,000.00" in sheet.text


def test_the_list_has_filters_and_an_empty_state(client, paid):
    visitor, _page = give_out(client)
    assert "中旗统〔2026〕1号" in visitor.get("/statistics/issued?year=2026&period=2026").text
    assert "还没有出具过数字" in visitor.get("/statistics/issued?year=2025").text
    assert "中旗统〔2026〕1号" in client("mediator").get("/statistics/issued").text


@pytest.mark.parametrize(("field", "said"), [("figures", "勾选"), ("recipient", "给谁"), ("purpose", "做什么用")])
def test_what_is_missing_is_told_and_nothing_is_frozen(client, app, paid, field, said):
    page = client("supervisor").post("/statistics/issue", {**ASKED, field: []}, status=422)
    assert any(said in error for error in page.errors)
    with app.app_context():
        assert db.session.query(IssuedFigure).count() == 0


def test_only_the_supervisor_gives_out_and_outsiders_see_nothing(client, paid):
    _visitor, page = give_out(client)
    for name in ("mediator", "lead", "auditor", "liaison", "admin"):
        client(name).post("/statistics/issue", ASKED, status=403)
    assert client("auditor").get(page.path).status == 200
    for name in ("mediator2", "supervisor2"):
        client(name).get(page.path, status=404)
        assert "中旗统" not in client(name).get("/statistics/issued").text
    for name in ("liaison", "admin"):
        client(name).get(page.path, status=403)


def test_a_changed_row_is_found_by_check_and_verify(inside):
    chief = house.actor("supervisor")
    row = issuing.issue(statistics.scope(chief, "2026"), ["accepted"], issuing.Purpose("政法委", "通报"), chief)
    event = db.session.query(Event).filter_by(kind="figures_issued").one()
    assert json.loads(event.data)["sha256"] == row.digest and "政法委" not in event.data
    assert not list(issued.faults()) and not [f for f in digests.verify() if "出具" in f.zh]
    row_id = row.id
    if db.engine.dialect.name == "sqlite":
        db.session.execute(db.text("DROP TRIGGER keep_issued_figure_update"))
        db.session.execute(db.text("DROP TRIGGER keep_issued_figure_delete"))
    else:
        db.session.execute(db.text("ALTER TABLE issued_figure DISABLE TRIGGER keep_issued_figure"))
    db.session.execute(db.text("UPDATE issued_figure SET body = replace(body, '受理件数', '化解件数') WHERE id = :id"),
                       {"id": row_id})
    db.session.expire_all()
    assert [place for place, *_rest in issued.faults()] == ["中旗统〔2026〕1号"]
    assert any("出具的数字被改过" in f.zh for f in checks.run())
    db.session.execute(db.text("DELETE FROM issued_figure"))
    db.session.expire_all()
    assert [zh for _place, zh, _en in issued.faults()] == ["出具的数字不见了"]


def test_the_page_speaks_english(client, app, paid):
    visitor, page = give_out(client)
    with app.app_context():
        mediator = house.actor("mediator")
        pay(agreed_case(mediator, [500000], days(mediator, -2)), mediator, 500000)
        db.session.commit()
        db.session.remove()
    visitor.send("/language", {"language": "en", "next": page.path})
    assert "agrees with its digest" in visitor.get(page.path).text
    later = visitor.get(page.path)
    assert "登记到账" not in later.text and "5,000.00 yuan" in later.text
    [address] = [a["href"] for a in later.soup.select("table.list a") if a.get_text() == "Sum arrived"]
    assert address.startswith("/statistics/rows/arrivals?period=2026")
