"""The first page of every role."""
from __future__ import annotations

import pytest

from mediation.extensions import db
from mediation.models import Commission
from tests import casework, docket, house
from tests.ledgers import agreed_case, days


@pytest.fixture
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


def test_an_outsider_sees_nothing_of_it(client, dockets):
    for name in ("mediator2", "supervisor2"):
        page = client(name).get("/")
        assert "巴特尔" not in page.html and "12,000.00" not in page.html and dockets not in page.html


def test_it_speaks_english(client, dockets):
    visitor = client("supervisor")
    visitor.send("/language", {"language": "en", "next": "/"})
    assert "Overdue" in visitor.get("/").text
