"""What a person at a browser does: fill in, choose, press; and what every test of a procedure wants to know."""
from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page

from mediation.extensions import db
from mediation.models import Case
from mediation.rules.access import Actor
from tests import casework, house

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "real-cases.csv"
IDENTITY = "152824199001011239"  # its check digit is right
BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])

# The seven facts of a usual wage case, five of which are asked.
USUAL = {"name": "巴特尔", "phone": "138 4786 2213", "respondents-0-told": "李老板，城南工地", "claims-0-head": "wages",
         "claims-0-amount": "15500", "narrative": "五月去的城南工地，干到九月，说好一天三百，只给过五千。"}


def real_case(row_id: str) -> dict[str, str]:
    """A row of the published cases; the test is skipped where they are not beside the repository."""
    if not CASES.is_file():
        pytest.skip(f"the published cases are not here: {CASES}")
    with CASES.open(encoding="utf-8-sig", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["row_id"] == row_id)


def choose(page: Page, name: str, *values: object) -> None:
    """Press the chip, tick the box or open the list that answers a question."""
    for value in values:
        field = page.locator(f'[name="{name}"]')
        if field.first.evaluate("e => e.tagName") == "SELECT":
            field.select_option(str(value))
            continue
        box = page.locator(f'[name="{name}"][value="{value}"]')
        if box.get_attribute("type") == "radio":
            page.locator(f'label[for="{box.get_attribute("id")}"]').click()
        else:
            box.check()


def fill(page: Page, answers: dict[str, object]) -> None:
    """Answer several questions by the names of their fields; a choice by its code, True for a tick."""
    for name, answer in answers.items():
        field = page.locator(f'[name="{name}"]').first
        kind = field.get_attribute("type") or ""
        if answer is True:
            field.check()
        elif kind in ("radio", "checkbox") or field.evaluate("e => e.tagName") == "SELECT":
            choose(page, name, *(answer if isinstance(answer, list | tuple) else [answer]))
        else:
            field.fill(str(answer))


def press(page: Page, words: str, within: str = "main") -> None:
    """Press the button or link with these words and wait for the page that comes."""
    target = page.locator(f"{within} button, {within} a").filter(has_text=re.compile(rf"^\s*{re.escape(words)}"))
    with page.expect_navigation():
        target.first.click()


def send(page: Page, form: str, value: str = "") -> None:
    """Press a form's own button: the one with this value, or its only one."""
    wanted = f'{form} button[value="{value}"]' if value else f"{form} .buttons button"
    with page.expect_navigation():
        page.locator(wanted).first.click()


def number_of(page: Page) -> str:
    """Of the case on the page, out of its address."""
    return re.search(r"/cases/([a-z-]+-\d{4}-\d{4})", page.url)[1]


def assert_said(page: Page, words: str) -> None:
    """The page that came after a press says so; if not, what it says instead."""
    flashes = " ".join(page.locator("main > .flash").all_inner_texts())
    if words not in flashes:
        problems = page.locator("#problems, .confirm").all_inner_texts()
        raise AssertionError(f"{page.url}: {flashes or problems or page.locator('main').inner_text()[:1000]}")


def error_of(page: Page, name: str) -> str:
    """The sentence beside a field; read through what the field points at, as a screen reader would."""
    field = page.locator(f'[name="{name}"]').first
    holder: Locator = field.locator("xpath=ancestor-or-self::*[@aria-describedby][1]")
    ids = (holder.get_attribute("aria-describedby") or "").split() if holder.count() else []
    return " ".join(page.locator(f"#{i}").inner_text() for i in ids if i.endswith("-error"))


def on_day(app: Flask, day: date) -> None:
    """The next requests happen on another day."""
    app.config["MEDIATION"]["TODAY"] = day.isoformat()


def keep(app: Flask, make, username: str = "mediator", **values: object) -> str:
    """Let ``make(actor, case)`` bring a fresh case on, and store it; its number."""
    with app.app_context():
        actor: Actor = house.actor(username)
        case: Case = casework.make_case(actor, **values)
        make(case, actor)
        db.session.commit()
        number = case.number
        db.session.remove()
    return number


def mediating(case: Case, actor: Actor) -> None:
    """In mediation, its other side known by name: an agreement can be made."""
    casework.bring(case, "MEDIATING", actor)
    casework.respondent(case).identity = "152824199001011234"
    casework.rest(case, actor)
