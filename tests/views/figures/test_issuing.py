"""Figures given out: frozen and numbered, compared with today, found when tampered with, closed to outsiders."""
from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event, IssuedFigure, Station
from mediation.queries.audit import findings as queries
from mediation.queries.figures import issued, scopes
from mediation.queries.house import checks, digests
from mediation.services import records
from mediation.services.audit import findings
from mediation.services.figures import closings, issuing
from mediation.services.house import calendar
from mediation.services.people import employers, parties
from tests import casework, house, prepared
from tests.ledgers import agreed_case, days, pay


@pytest.fixture
@prepared.kept
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
    return visitor, visitor.send("/statistics/issue", {**ASKED, "submit_token": page.form("form[action='/statistics/issue']")[1]["submit_token"]})


def cells(page) -> dict[str, list[str]]:
    lines = [[td.get_text(" ", strip=True) for td in tr.select("td")] for tr in page.soup.select("table.list tbody tr")]
    return {line[0]: line[1:] for line in lines}


def test_what_was_given_out_stays_while_the_cases_go_on(client, app, paid):
    visitor, page = give_out(client)
    assert "中旗统〔2026〕1号" in page.text and "与摘要相符" in page.text and "出具以后没有录入过会改变这些数字的事" in page.text
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


def test_the_print_keeps_the_name_of_the_place_as_it_was(client, app, paid):
    visitor, page = give_out(client)
    with app.app_context():
        place = db.session.scalar(select(Station).join(IssuedFigure, IssuedFigure.station_id == Station.id))
        was, place.name = place.name, "改名以后的总工会"
        db.session.commit()
    for path in (page.path, f"{page.path}/print"):
        shown = visitor.get(path).soup.select_one("article.paper, main").get_text()
        assert was in shown and "改名以后的总工会" not in shown


def test_everything_that_could_have_moved_a_figure_is_listed(client, app, paid):
    """Money, an employer, an inquiry, a closed period and the calendar are; a finding, the neighbour's doings are not."""
    visitor, page = give_out(client)
    with app.app_context():
        mediator, chief, beyond = (house.actor(name) for name in ("mediator", "supervisor", "mediator2"))
        case = agreed_case(mediator, [500000], days(mediator, -2))
        pay(case, mediator, 500000)
        firm = employers.register({"name": "宏远劳务有限公司"}, mediator)
        employers.change(firm, {"name": "宏远劳务有限公司", "sector": "construction"}, mediator)
        late = casework.make_case(mediator)
        parties.resolve_respondent(late, casework.respondent(late), mediator, employer=firm)
        records.record("inquiry", {"way": "phone", "topic": "wages", "question": "工钱"}, mediator)
        records.record("inquiry", {"way": "phone", "topic": "overtime", "question": "加班"}, beyond)
        closings.close(house.get_station("urad-middle"), "2026-09", chief)
        calendar.set_local_day("150824", date(2026, 12, 1), "off", "那达慕", "", chief)
        findings.note(queries.about_case(case), "money", "少十元", days(chief, 9), house.actor("auditor"))
        number = case.number
        db.session.commit()
        db.session.remove()
    said = visitor.get(page.path).soup.select_one("section[aria-labelledby=between]").get_text(" ", strip=True)
    for told in ("登记到账5,000.00元", "达成协议5,000.00元，1期", "更正单位资料", "记法律咨询（工资）", "乌拉特中旗总工会关账2026年9月",
                 "本地放假", "查明对方是登记单位宏远劳务有限公司"):
        assert told in said
    assert "审计发现" not in said and "加班" not in said
    with app.app_context():
        db.session.query(Case).filter_by(number=number).update({"is_sealed": True})
        db.session.commit()
        db.session.remove()
    hidden = client("lead").get(page.path).soup.select_one("section[aria-labelledby=between]").get_text(" ", strip=True)
    assert house.short(number) in hidden and "限定知悉" in hidden and "登记到账5,000.00元" not in hidden


def test_the_list_has_filters_and_an_empty_state(client, paid):
    visitor, _page = give_out(client)
    assert "中旗统〔2026〕1号" in visitor.get("/statistics/issued?year=2026&period=2026").text
    assert "还没有出具过数字" in visitor.get("/statistics/issued?year=2025").text
    assert "中旗统〔2026〕1号" in client("mediator").get("/statistics/issued").text


def test_reckoning_anew_keeps_what_was_typed_and_issues_nothing(client, app, paid):
    visitor = client("supervisor")
    page = visitor.post("/statistics/issue", {**ASKED, "period": "2025", "again": "1"}, status=200)
    assert page.soup.select_one("#recipient")["value"] == "旗委政法委"
    assert page.soup.select_one("#f-period")["value"] == "2025年"
    assert page.soup.select_one("#purpose")["value"] == "季度通报" and "2025年" in page.soup.select_one(".head").get_text()
    ticked = [box["value"] for box in page.soup.select("input[name=figures][checked]")]
    assert set(ticked) == set(ASKED["figures"])
    groups = {d.select_one("b").get_text(): d.has_attr("open") for d in page.soup.select("details.figures")}
    assert groups == {"对外常用数字": True, "进出与成功率": False, "时间": False, "钱": False, "质量与工作量": False}
    with app.app_context():
        assert db.session.query(IssuedFigure).count() == 0


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
    row = issuing.issue(scopes.read(chief, "2026"), ["accepted"], issuing.Purpose("政法委", "通报"), chief)
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
