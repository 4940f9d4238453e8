"""What is kept between requests never shows yesterday's page: words, hours, places and days are those of now."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import Executable, create_engine, insert, select, update

from mediation.models import Agency, CalendarDay, Station, User
from mediation.views import guard
from tests import docket
from tests.pages import Page

INTAKE, LOG_IN = "form#intake", "form.panel"
TOLD = {
    "name": "巴特尔", "phone": "138 4786 2213", "respondents-0-told": "李老板，城南工地", "claims-0-head": "wages",
    "claims-0-amount": "15500", "narrative": "五月去的城南工地，干到九月，说好一天三百。",
}


@pytest.fixture
def elsewhere(app: Flask) -> Iterator[Callable[[Executable], None]]:
    """Changes made by another process: through a connection that the application knows nothing of."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])

    def change(statement: Executable) -> None:
        with engine.begin() as connection:
            connection.execute(statement)
    yield change
    engine.dispose()


# Pieces kept as text


def test_an_empty_form_speaks_the_language_of_each_reader(client, elsewhere):
    visitor = client("mediator")
    assert "登记并受理" in visitor.get("/cases/new").text
    elsewhere(update(User).where(User.username == "mediator").values(language="en"))
    page = visitor.get("/cases/new")
    assert "登记并受理" not in page.text and page.soup.select(f"{INTAKE} legend")[1].text.endswith("How it came")
    assert "登记并受理" in client("colleague").get("/cases/new").text


def test_the_empty_form_says_the_hour_of_now(client, monkeypatch):
    visitor = client("mediator")
    for hour, said in ((2, "今天 10:30"), (3, "今天 11:30")):  # the first is also the example beside another field
        instant = datetime(2026, 11, 18, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(guard, "now", lambda instant=instant: instant)
        page = visitor.get("/cases/new")
        assert page.form(INTAKE)[1]["received"] == said
        assert page.soup.select_one("#received-echo").text == f"2026年11月18日 周三 {said.split()[1]}"


def test_each_opened_form_is_one_of_its_own(client, app):
    visitor, other = client("mediator"), client("colleague")
    pages = [visitor.get("/cases/new"), visitor.get("/cases/new"), other.get("/cases/new")]
    assert len({page.form(INTAKE)[1]["submit_token"] for page in pages}) == 3
    assert pages[0].form(INTAKE)[1]["csrf_token"] != pages[2].form(INTAKE)[1]["csrf_token"]
    assert visitor.submit(pages[0], INTAKE, **TOLD).status == 303
    assert other.submit(pages[2], INTAKE, **TOLD).status == 303


def test_a_refused_form_keeps_what_was_typed_and_leaves_the_empty_one_empty(client):
    visitor = client("mediator")
    refused = visitor.submit(visitor.get("/cases/new"), INTAKE, status=422, name="<b>@when@</b>", received="不知道")
    assert refused.form(INTAKE)[1]["name"] == "<b>@when@</b>"
    assert visitor.get("/cases/new").form(INTAKE)[1].get("name", "") == ""


def test_the_log_in_form_leads_where_one_wanted_to_go(client):
    visitor = client()
    for wanted in ("/cases?state=all", "@csrf@", '"><b>', "/帮助"):
        action = f"/login?next={quote(wanted)}"
        assert visitor.get(action).soup.select_one(LOG_IN)["action"] == action
    assert visitor.get("/login").soup.select_one(LOG_IN)["action"] == "/login"


def test_what_another_page_says_is_told_once_on_the_log_in_page(client):
    visitor = client()
    plain = visitor.get("/login")
    with visitor.raw.session_transaction() as session:
        session["_flashes"] = [("warn", "密码已改，请重新登录 <b>")]
    told = visitor.get("/login")
    assert told.soup.select_one("p.flash").text == "密码已改，请重新登录 <b>" and told.soup.select_one(LOG_IN)
    again = visitor.get("/login")
    assert again.soup.select_one("p.flash") is None
    assert [again.soup.select_one("title").text, again.soup.select_one("h1").text] == [
        plain.soup.select_one("title").text, plain.soup.select_one("h1").text]


def test_the_log_in_page_speaks_the_language_that_was_chosen_on_it(client):
    visitor, other = client(), client()
    assert visitor.get("/login").soup.select_one("h1").text == "登录"
    visitor.submit(visitor.get("/login"), "form[action='/language']", status=303, language="en")
    assert visitor.get("/login").soup.select_one("html")["lang"] == "en"
    assert other.get("/login").soup.select_one("html")["lang"] == "zh-CN"


# Rows that every request reads


def test_what_another_process_changed_shows_at_once(client, elsewhere):
    visitor, body = client("mediator"), client("liaison")
    visitor.get("/cases/new"), body.get("/")
    elsewhere(update(Station).where(Station.code == "practice").values(short_name="新站名"))
    elsewhere(update(Agency).where(Agency.code == "court").values(short_name="新法院"))
    assert "新站名" in visitor.get("/cases/new").soup.select_one("header .who").text
    assert "新法院" in body.get("/").soup.select_one("header .who").text
    elsewhere(update(User).where(User.username == "mediator").values(role="auditor"))
    visitor.get("/cases/new", status=403)
    elsewhere(update(User).where(User.username == "liaison").values(is_active=False))
    body.get("/", status=302)


def test_a_day_off_that_another_process_enters_moves_the_dates_of_a_case_at_once(app, client, elsewhere):
    visitor, address = client("mediator"), f"/cases/{docket.store_case(app)}"
    before = limits(visitor.get(address))
    for day in range(19, 31):
        elsewhere(insert(CalendarDay).values(on=date(2026, 11, day), kind="off", name="", county="", source=""))
    after = limits(visitor.get(address))
    assert before and len(before) == len(after) and before != after


def limits(page: Page) -> list[str]:
    return [row.text for row in page.soup.select("section[aria-labelledby=limits] time")]


def test_the_statement_that_finds_a_case_opens_none_to_an_outsider_or_to_who_has_left(app, client, elsewhere):
    address, outsider, visitor = f"/cases/{docket.store_case(app)}", client("mediator2"), client("mediator")
    assert visitor.get(address).status == 200
    outsider.get(address, status=404)
    moved = select(Station.id).where(Station.code == "example-practice").scalar_subquery()
    elsewhere(update(User).where(User.username == "mediator").values(station_id=moved))
    assert visitor.get(address, status=404).status == 404
