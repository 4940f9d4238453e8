"""Two unions with cases in every stage, and a walk over all pages that an account can reach by links.

Each union is marked by a character of its own in what was written down: a mark that shows up beyond its wall, or before
a body to which it was not shared, is a leak.
"""
from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from flask import Flask
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Commission
from mediation.rules import access
from mediation.services.people import employers
from tests import casework, docket, house, imports, ledgers
from tests.pages import Page, PageClient

MINE, THEIRS = "鹮", "鼬"
MOST_PAGES = 600
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')  # a reader of the whole page took an eighth of a walk
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def fill(app: Flask) -> dict[str, str]:
    """Cases of both unions by what they are for, and an old register of each that waits to be checked; committed."""
    with app.app_context():
        found = {"mine": _fill("mediator", MINE), "theirs": _fill("mediator2", THEIRS)}
        shared = db.session.scalar(select(Case).where(Case.number == found["mine"]))
        court = house.get_user("liaison").agency_id
        db.session.add(Commission(case_id=shared.id, agency_id=court, kind="before_filing", document_number="委派1号",
                                  sent_on=house.TODAY, reply_due_on=house.TODAY + timedelta(20),
                                  shared_parts=list(access.DEFAULT_SHARE)))
        casework.rest(shared, house.actor("mediator"))
        for username, station, mark in (("lead", "practice", MINE), ("supervisor2", "example-practice", THEIRS)):
            imports.stage(house.actor(username), *(row.replace("公司", f"{mark}公司") for row in (*imports.GOOD, imports.BAD)),
                          station=station)
        db.session.commit()
        db.session.remove()
    return found


def _fill(username: str, mark: str) -> str:
    """A fresh case, one in mediation, one with late money, one closed; the number of the one with money."""
    actor = house.actor(username)
    employers.register({"name": f"{mark}建筑有限公司", "short_name": mark}, actor)
    docket.open_case(username, "REGISTERED", f"{mark}甲", f"{mark}老板", narrative=f"{mark}的经过")
    open_one = docket.open_case(username, "MEDIATING", f"{mark}乙", f"{mark}工头", narrative=f"{mark}的经过")
    late = ledgers.agreed_case(actor, [1200000, 800000], ledgers.days(actor, -3))
    closed = casework.bring(casework.make_case(actor), "CLOSED", actor)
    closed.title, closed.respondent_title = f"{mark}等", f"{mark}老板"
    for party in (*closed.parties, late.parties[1]):  # the heads of a shared case are told, its second worker is not
        party.name = mark + party.name
    for case in (late, closed):
        case.narrative = f"{mark}的经过"
        casework.rest(case, actor)
    for case in (open_one, late):
        worker = next(p for p in case.parties if p.side == "applicant")
        casework.step(case, "log_contact", actor, party=worker.id, note=f"{mark}的话", next_step=f"再问{mark}",
                      next_on=actor.today)
    ledgers.pay(late, actor, 500000)
    return late.number


def crawl(visitor: PageClient, of_a_kind: int, kind_of: Callable[[str], object] | None = None) -> list[Page]:
    """Follow all links from the first page, broad before deep; every page is linted by the client on its way."""
    kind_of = kind_of or kind_with_questions
    waiting, met, kinds, pages = deque(["/"]), {"/"}, Counter(), []
    while waiting and len(pages) < MOST_PAGES:
        page = visitor.get(waiting.popleft(), status=None)
        while 300 <= page.status < 400:
            page = visitor.get(urljoin(page.path, page.location), status=None)
        assert page.status == 200, f"a link leads to {page.path}: {page.status} {page.text[:200]}"
        page.response.get_data()  # a file that streams leaves wholly before the next is asked for
        pages.append(page)
        for address in links(page) if page.response.mimetype == "text/html" else ():
            kind = kind_of(address)
            if address not in met and kinds[kind] < of_a_kind:
                met.add(address)
                kinds[kind] += 1
                waiting.append(address)
    return pages


def links(page: Page) -> list[str]:
    addresses = [urldefrag(urljoin(page.path, unescape(found))).url for found in LINK.findall(page.html)]
    return [address for address in addresses if address.startswith("/") and not address.startswith("/static")]


def kind_with_questions(address: str) -> tuple:
    """Pages are of one kind when only their numbers differ, and the values of what they ask."""
    return kind_of(address), tuple(sorted(name for name, _value in parse_qsl(urlsplit(address).query)))


class NewQuestions:
    """Pages whose path differs in numbers only are of one kind, unless one asks what was never asked on that path: a
    filter is met once, not together with every other."""

    def __init__(self) -> None:
        self.asked: dict[str, set[str]] = {}

    def __call__(self, address: str) -> tuple:
        path, names = kind_with_questions(address)
        asked = self.asked.setdefault(path, set())
        new = tuple(name for name in names if name not in asked)
        asked.update(new)
        return path, new


def kind_of(address: str) -> str:
    """Pages of one kind look alike: only their numbers differ, and what they ask."""
    path = re.sub(r"[a-z-]+-\d{4}-\d{4}", "CASE", urlsplit(address).path)
    path = re.sub(r"^/statistics/rows/.*", "/statistics/rows/NAME", path)  # each figure has rows of its own
    return re.sub(r"\d+", "N", path)
