"""The demonstration with what it lacks, and one address of every kind of page in it: what axe is run over.

A page that no walk by links can count on (a correction, a kept paper, a form that came too late) is named by hand; what
was never visited is told, so that a new page cannot stay outside.
"""
from __future__ import annotations

import io
import re
from pathlib import Path
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page as Window
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case, Correction, Paper, Party, Payment
from mediation.rules.papers import catalogue as papers
from mediation.services.cases import drafts
from tests import house, imports
from tests.browser import crawling
from tests.pages import PageClient

ROLES = ("mediator", "lead", "supervisor", "auditor", "liaison", "admin")
# What no link of these accounts leads to: files, parts of a page, what only a form leads on to, and the log-in.
NO_PAGES = {
    "static", "auth.code", "auth.health", "auth.ready", "auth.show_login", "bodies.download", "bodies.view", "consultations.download", "help.read_date",
    "exports.checker", "exports.progress", "exports.unmasked", "group_papers.download_archive", "group_papers.download_print",
    "handovers.download", "help.rights", "imports.problems", "late.show", "ledger.payments", "packs.download",
    "papers.blank_word_file", "papers.kept_word_file", "papers.scanned", "supervision.feed", "volume.show_file"}


def application(folder: Path) -> Flask:
    """The product over the demonstration, with an issued paper, a file, a form that came too late and an import."""
    made = house.make_app(folder, "", DEMO_PASSWORD=house.PASSWORD)
    done = made.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.stderr or done.exception
    mediator = PageClient(made)
    mediator.enter("mediator")
    with made.app_context():
        number, payment = db.session.execute(select(Case.number, Payment.id).join(Payment).where(
            Case.state == "PERFORMING", Case.number.startswith("urad-middle-2026")).order_by(Payment.id)).first()
        db.session.remove()
    mediator.submit(mediator.get(f"/cases/{number}/papers/acceptance"), f"form[action='/cases/{number}/papers']")
    mediator.submit(mediator.get(f"/cases/{number}/files/payment/{payment}"), "form[action*='/files/']",
                    file=(io.BytesIO("转账说明".encode()), "说明.txt"))
    with made.app_context():
        drafts.keep(house.actor("mediator"), f"/cases/{number}/contacts", "0" * 32, [("note", "说好周五给")])
        lead = house.actor("lead")
        imports.take(imports.stage(lead, *imports.GOOD, station="urad-middle-practice"), lead)
        imports.stage(lead, imports.BAD, station="urad-middle-practice")
        db.session.commit()
        db.session.remove()
    return made


class Walk(NamedTuple):
    """Each account with the addresses of one page of every kind that no account before it has, and the endpoints that
    answer a GET and were not visited."""

    pages: list[tuple[str, list[str]]]
    unvisited: set[str]


def walk(app: Flask, has_blanks: bool = False) -> Walk:
    """``has_blanks``: every empty form of a paper too, which are much alike."""
    found, met, visited = [], set(), []
    for username in ROLES:
        visitor = PageClient(app)
        visitor.enter(username)
        answers = crawling.crawl(visitor, 1, kind_of)
        shown = [page.path for page in answers if page.response.mimetype == "text/html"]
        news = {kind_of(path): path for path in (*reversed(shown), *by_hand(app).get(username, ())) if kind_of(path) not in met}
        met |= set(news)
        found.append((username, list(news.values())))
        visited += [page.path for page in answers] + found[-1][1]
    blanks = [f"/papers/{kind}" for kind in papers.WORDED] if has_blanks else []
    found += [("city", ["/duplicates"]), ("mediator", blanks)]
    adapter = app.url_map.bind("localhost")
    seen = {adapter.match(path.split("?")[0])[0] for path in (*visited, "/duplicates")}
    return Walk(found, {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} - seen - NO_PAGES)


def kind_of(address: str) -> str:
    """The loop's rows, the sheets of people and the empty forms of papers are much alike: one of each will do."""
    return re.sub(r"^/(statistics/loop|desk/sheet|papers(?!/fields|/wordings))/.+", r"/\1/NAME", crawling.kind_of(address))


def by_hand(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        def first(row, *wanted, of="urad-middle-2026"):
            return db.session.execute(select(Case.number, row.id).join(row, row.case_id == Case.id).where(
                Case.number.startswith(of), *wanted).order_by(Case.id)).first()
        corrected, kept = first(Correction), first(Paper, Paper.kept != "")
        crowd = db.session.scalar(select(Case.number).where(Case.state == "MEDIATING", Case.headcount >= 10))
        told, party = first(Party, Party.identity_tail != "", Case.state == "PERFORMING")
        late = db.session.scalar(select(Case.number).where(Case.is_late_entry, Case.number.startswith("urad-middle")))
        paid = db.session.execute(select(Case.number, Payment.seq).join(Payment).where(Case.state == "PERFORMING")).first()
        filed = first(Attachment)
        db.session.remove()
    return {
        "mediator": [f"/cases/{kept[0]}/papers/kept/{kept[1]}", f"/cases/{crowd}/parties/representatives",
                     f"/cases/{paid[0]}/payments/{paid[1]}/reverse", f"/cases/{told}/reveal?party={party}&field=identity",
                     f"/cases/{filed[0]}/coordination", f"/cases/{late}/late", "/password/again"],
        "lead": [f"/cases/{corrected[0]}/corrections/{corrected[1]}"],
        "supervisor": ["/ledger/contradictions/numbers/urad-middle"]}


# The elements that end beyond the window where it can be pushed to the side, each with its first words.
OVER = """() => { const page = document.documentElement, wide = page.clientWidth
    return page.scrollWidth <= wide ? [] : [...document.querySelectorAll('main *')].filter(
        e => e.getBoundingClientRect().right > wide + 1).map(
        e => `${e.tagName} ${e.className} "${e.textContent.trim().slice(0, 40)}"`).concat('the page') }"""


def faults(window: Window, address: str) -> list[str]:
    """What axe finds on a page, and what sticks out at its side, as lines: each says where, what and how grave."""
    answer = window.goto(address)
    assert answer is not None and answer.ok, f"{address}: no page"
    over = window.evaluate(OVER)
    response = Axe().run(window).response
    return [f"{address}: {element} sticks out" for element in over] + [
        f"{address}: {v['id']} ({v['impact']}) {v['help']}: {[n['target'] for n in v['nodes'][:3]]}" for v in response["violations"]]
