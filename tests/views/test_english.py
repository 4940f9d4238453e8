"""The product in English: no page speaks Chinese but in what people have typed, and refusals come in English."""
from __future__ import annotations

import re

import pytest
from bs4 import Comment
from flask import Flask
from sqlalchemy import String, select

from mediation.extensions import db
from tests.docket import store_case
from tests.pages import Page, PageClient

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
SHOWN_ATTRIBUTES = ("placeholder", "title", "aria-label", "alt")
CASE_PAGES = ("", "/parties", "/parties/new/applicant", "/parties/list", "/claims", "/claims/new", "/contacts",
              "/sessions", "/agreement", "/agreement/new", "/payments/new", "/payments/list", "/coordination", "/papers", "/journal",
              "/clocks", "/procedures", "/scope", "/supervision", "/moves/extend", "/moves/fail", "/moves/refer")
HOUSE_PAGES = ("/admin", "/admin/users", "/admin/stations", "/admin/agencies", "/admin/calendar", "/admin/clocks",
               "/admin/rights", "/admin/settings")
PAGES = {
    "mediator": ("/", "/cases", "/cases/new", "/employers", "/employers/new", "/ledger", "/papers", "/password",
                 "/help", "/help/clocks"),
    "mediator2": ("/", "/cases", "/cases/new", "/cases/late", "/cases/missing"),
    "lead": ("/", "/assign", "/statistics", "/admin/duty"),
    "supervisor": ("/", "/cases", "/assign", "/assign/sheets", "/desk/sheet/mediator", "/help/law", "/statistics",
                   "/ledger", "/ledger/exports", *HOUSE_PAGES[:2]),
    "liaison": ("/", "/cases", "/help"),
    "auditor": ("/", "/cases", "/ledger", "/statistics"),
    "admin": ("/", *HOUSE_PAGES),
}


def gather(app: Flask) -> list[str]:
    """Everything Chinese in the database and the settings, longest first."""
    found = {app.config["MEDIATION"]["ORGANISATION"]}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for column in (c for c in table.columns if isinstance(c.type, String)):
                found |= {value for value in db.session.scalars(select(column).distinct()) if value}
    return sorted(filter(CHINESE.search, found), key=len, reverse=True)


def enter(client, username: str) -> PageClient:
    visitor = client(username)
    visitor.post("/language", {"language": "en", "next": "/"})
    return visitor


def leaks(page: Page, data: list[str]) -> list[str]:
    """Chinese on the page that nobody has typed; the other language's name is written in that language."""
    said = [str(node) for node in page.soup.body.find_all(string=True)
            if not isinstance(node, Comment) and node.parent.get("lang") != "zh-CN"]
    said += [e[name] for e in page.soup.body.find_all(True) for name in SHOWN_ATTRIBUTES if e.get(name)]
    return [rest for text in said if CHINESE.search(rest := without(text, data))]


def without(text: str, data: list[str]) -> str:
    for value in data if CHINESE.search(text) else ():
        text = text.replace(value, "")
    return " ".join(text.split())


@pytest.mark.parametrize("username", PAGES)
def test_pages_speak_english(client, app, username):
    store_case(app)
    data, visitor = gather(app), enter(client, username)
    found = {path: leaks(visitor.get(path), data) for path in PAGES[username]}
    assert {path: rest for path, rest in found.items() if rest} == {}


def test_the_pages_of_a_case_speak_english(client, app):
    number = store_case(app)
    data, visitor = gather(app), enter(client, "mediator")
    found = {path: leaks(visitor.get(f"/cases/{number}{path}"), data) for path in CASE_PAGES}
    assert {path: rest for path, rest in found.items() if rest} == {}


def test_the_log_in_speaks_english(client, app):
    visitor = client()
    visitor.get("/login")
    visitor.post("/language", {"language": "en", "next": "/login"})
    assert leaks(visitor.get("/login"), gather(app)) == []
    refused = visitor.log_in("mediator", "wrong", status=422)
    assert refused.errors and leaks(refused, gather(app)) == []


@pytest.mark.parametrize("path,form,fields", [
    ("/cases/new", "form#intake", {"phone": "12", "name": "", "received": "someday"}),
    ("/employers/new", "main form", {"name": "", "credit_code": "1"}),
    ("/cases/{number}/moves/extend", "main form", {"to_on": "never"}),
    ("/cases/{number}/contacts", "main form", {"happened_on": "never"}),
    ("/cases/{number}/sessions", "main form", {"held_on": ""}),
    ("/cases/{number}/agreement/new", "main form", {"total": "much"}),
    ("/cases/{number}/claims/new", "main form", {"amount_fen": "much"}),
])
def test_refusals_come_in_english(client, app, path, form, fields):
    number = store_case(app)
    visitor = enter(client, "mediator")
    refused = visitor.submit(visitor.get(path.format(number=number)), form, status=422, **fields)
    assert refused.errors
    assert leaks(refused, gather(app)) == []


def test_what_is_missing_is_said_in_english(client):
    visitor = enter(client, "mediator2")
    assert "No such page" in visitor.get("/cases/urad-middle-2026-9999", status=404).title


def test_the_language_is_kept_and_can_be_changed_back(client, app):
    visitor = enter(client, "mediator")
    assert visitor.get("/cases").title.startswith("Cases")
    assert client("mediator").get("/cases").title.startswith("Cases")
    visitor.post("/language", {"language": "zh", "next": "/cases"})
    assert visitor.get("/cases").title.startswith("案件")
