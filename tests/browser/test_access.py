"""Every page that every role can reach by its own links: sound, found, and nobody else's."""
from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import AnyConverter, IntegerConverter

from mediation.extensions import db
from mediation.models import Case
from mediation.rules import access
from mediation.rules.access import PUBLIC, SELF
from mediation.rules.cases import workflow
from tests import house, prepared
from tests.browser import crawling
from tests.browser.crawling import MINE, MOST_PAGES, THEIRS, crawl
from tests.pages import Page

OF_A_KIND = {"mediator": 2, "liaison": 2}  # pages of one pattern and the same questions; one for the others
EVERY_QUESTION = "auditor"  # who may read most follows every combination of filters; the others each filter once
# Rows that a mere look or an own setting may write.
LOOKS = {"access_log", "login_session", "login_attempt", "account", "submit_token", "search_words", "feed", "export_run"}
# A mark that must never come before the eyes of an account.
HIDDEN = {"mediator": THEIRS, "lead": THEIRS, "supervisor": THEIRS, "liaison": MINE + THEIRS, "auditor": "",
          "admin": MINE + THEIRS, "mediator2": MINE, "supervisor2": MINE}


@pytest.fixture
@prepared.kept
def county(app: Flask) -> dict[str, str]:
    """Cases of both unions by what they are for; committed."""
    return crawling.fill(app)


# Every link


@pytest.mark.parametrize("username", list(HIDDEN))
def test_every_link_leads_to_a_sound_page_of_ones_own(client, county, username):
    pages = crawl(client(username), OF_A_KIND.get(username, 1), None if username == EVERY_QUESTION else crawling.NewQuestions())
    assert 8 <= len(pages) < MOST_PAGES, sorted(page.path for page in pages)
    for page in pages:
        seen = [mark for mark in HIDDEN[username] if mark in words(page)]
        assert not seen, f"{page.path} shows {seen} to {username}"
    own = {"mediator": MINE, "lead": MINE, "supervisor": MINE, "mediator2": THEIRS, "auditor": MINE + THEIRS}
    for mark in own.get(username, ""):
        assert any(mark in words(page) for page in pages), f"the crawl met no case with {mark}"


def words(page: Page) -> str:
    """What can be read in an answer, be it a page or a workbook."""
    data = page.response.get_data()
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b"".join(book.read(name) for name in book.namelist())
    return data.decode("utf-8", "ignore")


def test_a_foreign_case_is_not_there_at_all(client, county):
    """By typed address and by search: 404, and no word of it."""
    for username, number, mark in (("mediator", county["theirs"], THEIRS), ("mediator2", county["mine"], MINE)):
        visitor = client(username)
        for tail in ("", "/parties", "/claims", "/agreement", "/journal", "/papers", "/contacts", "/sessions"):
            assert mark not in visitor.get(f"/cases/{number}{tail}", status=404).html
        found = visitor.post("/cases/search", {"words": f"{mark}老板"}, status=None)
        answer = visitor.get(found.location) if found.status == 303 else found
        assert f"{mark}等" not in answer.html and number not in answer.html


@pytest.mark.parametrize("username", ["mediator2", "supervisor2", "lead", "supervisor", "liaison", "admin"])
def test_neither_numbers_nor_questions_in_an_address_tell_of_others(app, client, county, username):
    """R01: Every address with every small number, and with others' stations, employers, cases and people asked for."""
    visitor, told = client(username), []
    stranger, number = ("mediator", county["mine"]) if MINE in HIDDEN[username] else ("mediator2", county["theirs"])
    with app.app_context():
        row = house.get_user(stranger)
        asked = {"station": row.station.code, "handler": row.username, "union": row.station.code, "employer": "1",
                 "case": number, "number": number, "q": number, "lead": number}
    for path in gets(app):
        for question in ({}, asked):
            page = visitor.get(path, status=None, fragment=True, query_string=question)
            seen = [mark for mark in HIDDEN[username] if mark in words(page)]
            told += [(path, bool(question), page.status, seen)] if seen or page.status >= 500 else []
    assert told == []


def gets(app: Flask) -> list[str]:
    """Every address that names no case, with the first numbers where it names a row."""
    found, adapter = [], app.url_map.bind("localhost")
    known = {"sheet": "cases", "kind": "receipt", "figure": "accepted", "names": "accepted", "name": "cases", "secret": "none",
             "username": "mediator", "code": "urad-middle"}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or "number" in rule.arguments or rule.endpoint in ("static", "packs.download"):
            continue
        for number in range(1, 5) if any(isinstance(c, IntegerConverter) for c in rule._converters.values()) else (0,):
            values = {name: number if isinstance(rule._converters[name], IntegerConverter)
                      else sorted(rule._converters[name].items)[0] if isinstance(rule._converters[name], AnyConverter)
                      else known.get(name, "x") for name in rule.arguments}
            found.append(adapter.build(rule.endpoint, values, method="GET"))
    return found


# The auditor


def test_the_auditor_changes_nothing(app, client, county):
    """R09: Every address that takes a form, with every move: refused before anything is done, and no row differs."""
    visitor, before = client("auditor"), digests(app)
    wrong = []
    for path, permission in posts(app, county["mine"]):
        page = visitor.post(path, {"reason": "试一试", "words": MINE, "amount": "1"}, status=None)
        is_own = bool(access.scope_of("auditor", permission)) and "/moves/" not in path
        if page.status >= 500 or (not is_own and page.status not in (403, 404)):
            wrong.append(f"{path}: {page.status}")
    assert not wrong, "\n".join(wrong)
    after = digests(app)
    assert [name for name in before if before[name] != after[name]] == []


def posts(app: Flask, number: str) -> list[tuple[str, str]]:
    """Address and permission of every form's target but those about one's own account."""
    found = []
    values = {"number": number, "side": "applicant", "kind": "receipt", "sheet": "cases", "secret": "none"}
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "permission", PUBLIC)
        if "POST" not in rule.methods or permission in (PUBLIC, SELF):
            continue
        moves = [*workflow.MOVES, *workflow.CHAINS] if "move" in rule.arguments else [""]
        for move in moves:
            known = {**dict.fromkeys(rule.arguments, 1), **{k: v for k, v in values.items() if k in rule.arguments}}
            known |= {name: sorted(one.items)[0] for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
            with app.test_request_context():
                built = rule.build({**known, **({"move": move} if move else {})}, append_unknown=False)
            if built:
                found.append((built[1], permission))
    return found


def digests(app: Flask) -> dict[str, str]:
    """What every table holds, but for looks."""
    with app.app_context():
        found = {table.name: hashlib.sha256(repr(db.session.execute(select(table).order_by(*table.primary_key)).all()).encode())
                 .hexdigest() for table in db.metadata.sorted_tables if table.name not in LOOKS}
        db.session.remove()
    return found


# What only a browser sees


MAIN = ("/", "/cases", "/cases/new", "/cases/{n}", "/cases/{n}/agreement", "/cases/{m}/agreement/new", "/cases/{n}/parties",
        "/cases/{n}/contacts", "/cases/{n}/payments/new", "/cases/{n}/journal")


def addresses(app: Flask, county: dict[str, str]) -> list[str]:
    with app.app_context():
        open_one = db.session.scalar(select(Case.number).where(Case.state == "MEDIATING", Case.narrative.startswith(MINE)))
    return [path.format(n=county["mine"], m=open_one) for path in MAIN]


@pytest.mark.parametrize("username", ["mediator", "supervisor"])
def test_nothing_sticks_out_on_a_telephone(app, visit, county, username):
    page = visit(username)
    page.set_viewport_size({"width": 390, "height": 844})
    more = {"mediator": addresses(app, county), "supervisor": ["/", "/cases", "/statistics", f"/cases/{county['mine']}"]}
    wide = []
    for address in more[username]:
        page.goto(address)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wide += [f"{address}: {over} px"] if over > 0 else []
    assert not wide, wide


def test_a_telephone_shows_cases_first_and_its_tabs_whole(visit, county):
    page = visit("mediator")
    page.set_viewport_size(crawling.NARROW)
    page.goto("/cases")
    assert page.locator("main table tbody tr").first.bounding_box()["y"] < 300  # of 844; the filters stand behind a link
    page.goto(f"/cases/{county['mine']}/agreement")
    for row in page.locator("nav").all():
        assert row.evaluate("e => e.scrollWidth <= e.clientWidth"), row.get_attribute("aria-label")
        assert all(box.bounding_box()["x"] + box.bounding_box()["width"] <= 390 for box in row.locator("a").all())
