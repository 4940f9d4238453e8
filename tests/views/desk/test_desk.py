"""The first page of every role."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mediation.extensions import db
from mediation.models import Commission, Duty
from mediation.services.desk import supervision
from mediation.services.money.agreements import Step
from tests import casework, docket, house, prepared
from tests.ledgers import agreed_case, days, pay


@pytest.fixture
@prepared.kept
def dockets(app):
    """One case in hand with a call for today, one with late money."""
    with app.app_context():
        mediator = house.actor("mediator")
        case = docket.open_case(worker="巴特尔")
        worker = next(p for p in case.parties if p.side == "applicant")
        casework.step(case, "log_contact", mediator, party=worker.id, reached=False, next_step="问账号",
                      next_on=mediator.today)
        agreed_case(mediator, [1200000], days(mediator, -3))
        number = case.number
        db.session.commit()
        db.session.remove()
    return number


@pytest.mark.parametrize("name", house.USERNAMES)
def test_everybody_has_a_first_page(client, dockets, name):
    page = client(name).get("/")
    assert page.title.startswith("工作台")


@pytest.mark.parametrize("name", house.USERNAMES)
def test_an_empty_house_says_so(client, name):
    assert client(name).get("/").status == 200


def test_the_mediator_sees_calls_money_and_turn(client, dockets):
    page = client("mediator").get("/")
    assert "问账号" in page.text and "13847862213" in page.text and "12,000.00" in page.text
    assert f"/cases/{dockets}/contacts" in page.html


def test_counts_are_links_to_their_rows(client, dockets):
    visitor = client("mediator")
    page = visitor.get("/")
    links = {a["href"]: int(a.b.get_text()) for a in page.soup.select(".tiles a") if a["href"].startswith("/cases?")}
    assert len(links) >= 5
    for href, count in links.items():
        assert len(visitor.get(href).soup.select("table.list tbody tr")) == count, href


@pytest.fixture
@prepared.kept
def troubles(app):
    """Every kind of trouble a supervisor looks for, at two sites and with three mediators."""
    with app.app_context():
        mediator, window = house.actor("mediator"), house.actor("window")
        for n, due in enumerate((-9, -1, 0, 3, 5, 7, 12, 15, 40)):
            case = docket.open_case("window" if n % 3 else "colleague", worker=f"期限{n}")
            case.next_due_on = days(mediator, due)
        for n in range(3):
            free = docket.open_case("window" if n else "mediator", worker=f"没人{n}", state="ACCEPTED")
            free.handler_id = None
        docket.open_case(worker="未签收", state="ASSIGNED")
        docket.open_case(worker="问对方", state="CONSENT_PENDING")
        docket.open_case("window", worker="没动").touched_at = mediator.now - timedelta(20)
        docket.open_case(worker="没期限").next_due_on = None
        docket.open_case("colleague", worker="离岗").next_due_on = days(mediator, 30)
        watched = docket.open_case("window", worker="督办")
        supervision.supervise(watched, "月底前办完", days(mediator, 7), house.actor("supervisor"))
        for age in (1, 7, 8, 31, 91):
            agreed_case(window if age == 8 else mediator, [100000 + age], days(mediator, -age))
        paid = agreed_case(mediator, [90000], days(mediator, -2))
        pay(paid, mediator, 90000)
        db.session.add(Duty(station_id=window.station_id, on=mediator.today, account_id=window.user_id))
        db.session.flush()
        house.get_user("colleague").is_active = False
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize("name", ["supervisor", "lead", "auditor"])
def test_every_number_on_the_page_opens_that_many_rows(client, troubles, name):
    visitor = client(name)
    page = visitor.get("/")
    shown = [(a["href"], int(found[0])) for a in page.soup.select("main a[href^='/cases?']")
             if "." not in a.get_text() and (found := re.findall(r"\d+", a.b.get_text() if a.b else a.get_text()))]
    assert len(shown) >= {"supervisor": 50, "lead": 15, "auditor": 8}[name]
    for href, count in shown:
        listed = visitor.get(href)
        assert len(listed.soup.select("table.list tbody tr")) == count, (href, count)


def test_the_sums_of_the_bands_and_of_the_sites_are_the_late_money(client, troubles):
    page = client("supervisor").get("/")
    fen = {"1–7天": "2,000.08", "8–30天": "1,000.08", "31–90天": "1,000.31", "90天以上": "1,000.91"}
    chart = page.soup.select_one("figure.chart").get_text(" ")
    for words, sum_ in fen.items():
        assert re.search(rf"{words}.*?{re.escape(sum_)}", chart), (words, chart)
    assert "5件，5,001.38元" in page.text
    sites = {row.select_one("td").get_text(" ", strip=True).split()[0]: row.select("td")[-1].get_text(strip=True)
             for row in page.soup.select("section[aria-labelledby=sites] tbody tr")}
    assert (sites["实践站"], sites["窗口"]) == ("4,001.30", "1,000.08")


def test_the_board_names_todays_officer_and_those_with_nothing_to_do(client, troubles):
    page = client("supervisor").get("/")
    sites = page.soup.select_one("section[aria-labelledby=sites]").get_text(" ")
    assert "值班 赵窗口" in sites and "今天没人值班" in sites
    people = page.soup.select_one("section[aria-labelledby=people]")
    assert "张站长" in people.get_text() and people.select_one("a[href='/desk/sheet/lead']")


def test_why_a_case_is_stuck_is_said(client, troubles):
    stuck = client("supervisor").get("/").soup.select_one("section[aria-labelledby=stuck]").get_text(" ")
    assert "承办人已离岗" in stuck and "没期限，也没安排" in stuck


def test_a_supervision_without_answer_stands_on_the_board(client, troubles):
    page = client("supervisor").get("/")
    part = page.soup.select_one("section[aria-labelledby=supervised]").get_text(" ")
    assert "月底前办完" in part and "赵窗口" in part and "还剩7天" in part
    assert "月底前办完" not in client("supervisor2").get("/").html


def test_the_lead_sees_the_load_of_the_site(client, dockets):
    page = client("lead").get("/")
    assert "本站点各人在办" in page.text and "王调解" in page.text


def test_the_supervisor_sees_bands_sites_and_changes(client, dockets):
    page = client("supervisor").get("/")
    for words in ("1–7天", "90天以上", "各站点", "各人", "上周变化", "12,000.00", "实践站"):
        assert words in page.text


def test_a_liaison_sees_what_is_shared_and_no_money(client, app, dockets):
    assert "巴特尔" not in client("liaison").get("/").html
    with app.app_context():
        case = db.session.query(casework.Case).filter_by(number=dockets).one()
        db.session.add(Commission(case_id=case.id, agency_id=house.actor("liaison").agency_id, kind="task",
                                  direction="out", state="open", purpose="查流水", shared_parts=["summary"]))
        db.session.commit()
        db.session.remove()
    page = client("liaison").get("/")
    assert "巴特尔" in page.text and "查流水" in page.text and "12,000.00" not in page.html


def test_the_admin_sees_no_case(client, dockets):
    page = client("admin").get("/")
    assert "巴特尔" not in page.html and dockets not in page.html and "数据库" in page.text


def test_the_line_of_late_money_says_the_sum_of_all_late_instalments_and_not_of_one(app, client):
    """2,000 of the first 3,000 are still due and the 9,000 of the second; the third is not due yet."""
    with app.app_context():
        mediator = house.actor("mediator")
        case = agreed_case(mediator, [2000000], days(mediator, -40), steps=[
            Step(days(mediator, -40), "", 300000), Step(days(mediator, -10), "", 900000), Step(days(mediator, 20), "", 800000)])
        pay(case, mediator, 100000, days(mediator, -30))
        number = case.number
        db.session.commit()
        db.session.remove()
    for name in ("mediator", "supervisor", "auditor"):
        page = client(name).get("/")
        lines = {line.get_text(" ", strip=True) for line in page.soup.select("ul.lines li")
                 if line.select_one(f"a[href='/cases/{number}'] ~ span.num")}
        assert lines and all("逾期合计 11,000.00" in line for line in lines), (name, lines)


def test_an_outsider_sees_nothing_of_it(client, dockets):
    for name in ("mediator2", "supervisor2"):
        page = client(name).get("/")
        assert "巴特尔" not in page.html and "12,000.00" not in page.html and dockets not in page.html


def test_it_speaks_english(client, dockets):
    visitor = client("supervisor")
    visitor.send("/language", {"language": "en", "next": "/"})
    assert "Overdue" in visitor.get("/").text


def test_the_administrators_page_speaks_words_and_not_those_of_the_engine(client):
    page = client("admin").get("/")
    assert "写到盘上才算存好 对" in page.text and "foreign_keys" not in page.text
    assert not re.search(r"[a-z]+_[a-z]+", page.text)
