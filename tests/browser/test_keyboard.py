"""A usual wage case by keyboard alone; the number of key presses stands in the README.

Counted is every press of a finger: a letter, Tab, an access key (Alt and a letter as one). Chinese is counted as it is
typed through an input method: the letters of its pinyin and one press to take the word.
"""
from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Page
from pypinyin import lazy_pinyin

from mediation.extensions import db
from mediation.models import Case
from tests import house
from tests.browser import hands

README = Path(__file__).resolve().parents[2] / "README.md"
MOST = 140  # beyond that the page has become slower to use


class Keyboard:
    """The keys of one page, counted."""

    def __init__(self, page: Page):
        self.page, self.control, self.letters = page, 0, 0
        self.wire = page.context.new_cdp_session(page)

    @property
    def count(self) -> int:
        return self.control + self.letters

    def press(self, *keys: str) -> None:
        for key in keys:
            self._reach(key[-1]) if key.startswith("Alt+") else self.page.keyboard.press(key)
            self.control += 1

    def _reach(self, letter: str) -> None:
        """Press an access key; Playwright's own press leaves out the text by which Chromium knows one."""
        key = {"key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper()), "modifiers": 1}
        self.wire.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, "unmodifiedText": letter, **key})
        self.wire.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})

    def type(self, text: str) -> None:
        for is_chinese, run in groupby(text, lambda c: "一" <= c <= "鿿"):
            part = "".join(run)
            self.letters += sum(map(len, lazy_pinyin(part))) + 1 if is_chinese else len(part)
            self.page.keyboard.insert_text(part)

    def focused(self) -> str:
        return self.page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")

    def walk_to(self, name: str) -> None:
        """Tab until the field or link has the focus."""
        for _step in range(30):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached by Tab; now at {self.focused()}")


def take_down(page: Page, said: str = "已登记，登记号 2026-0001") -> Keyboard:
    """From the desk to the registered case, no pointer touched."""
    keys, told = Keyboard(page), hands.USUAL
    keys.press("Alt+n")
    page.wait_for_url("**/cases/new")
    assert keys.focused() == "name"
    keys.type(told["name"])
    keys.press("Tab")
    keys.type(told["phone"].replace(" ", ""))
    keys.press("Alt+w")
    assert keys.focused() == "respondents-0-told"
    keys.type(told["respondents-0-told"])
    keys.press("Alt+z")
    assert page.is_checked('[name="claims-0-head"][value="wages"]')
    keys.walk_to("claims-0-amount")
    keys.type(told["claims-0-amount"])
    keys.press("Alt+j")
    assert keys.focused() == "narrative"
    keys.type(told["narrative"])
    with page.expect_navigation():
        keys.press("Alt+s")
    hands.assert_said(page, said)
    return keys


def test_a_usual_wage_case_by_keyboard_alone(app, visit, capsys):
    keys = take_down(visit("mediator"))
    with capsys.disabled():
        print(f"\n  a usual wage case: {keys.count} key presses, {keys.letters} of them letters")
    assert keys.count <= MOST
    with app.app_context():
        case = db.session.query(Case).one()
        assert (case.title, case.respondent_title, case.claimed_fen) == ("巴特尔", hands.USUAL["respondents-0-told"], 1550000)
    said = re.search(r"A usual wage case takes (\d+) key presses, (\d+) of them", README.read_text(encoding="utf-8"))
    assert said and (int(said[1]), int(said[2])) == (keys.count, keys.letters), "the README gives another number"


def test_the_same_keys_do_on_an_english_screen_and_lead_on_to_the_next_step(app, visit):
    with app.app_context():
        house.get_user("mediator").language = "en"
        db.session.commit()
    page = visit("mediator")
    keys = take_down(page, "Registered, number 2026-0001")
    assert keys.count <= MOST
    for _step in range(40):
        if page.evaluate("document.activeElement.matches('main .btn.main')"):
            break
        keys.press("Tab")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/moves/" in page.url and page.evaluate("document.activeElement.matches('main form :is(input, select, textarea)')")


def test_enter_never_registers(visit):
    """Enter goes on to the next question; only a button or its key registers."""
    for javascript in (True, False):
        page = visit("mediator", javascript)
        page.goto("/cases/new")
        page.fill("[name=name]", "巴特尔")
        page.press("[name=name]", "Enter")
        page.wait_for_timeout(200)
        assert page.url.endswith("/cases/new") and page.input_value("[name=name]") == "巴特尔"


def test_every_question_of_the_intake_page_is_reached_by_tab(visit):
    """Without knowing an access key: Tab passes all questions in the order of telling and ends at the buttons."""
    page = visit("mediator")
    page.goto("/cases/new")
    keys, seen = Keyboard(page), []
    while len(seen) < 90 and "登记并受理" not in (name := keys.focused()):
        seen += [name] if not seen or seen[-1] != name else []
        keys.press("Tab")
    wanted = ["name", "phone", "respondents-0-told", "claims-0-head", "claims-0-amount", "narrative"]
    assert [name for name in seen if name in wanted] == wanted
    assert keys.count < 70


def test_a_page_that_asks_begins_at_its_first_question(visit, complaints):
    """Twenty presses of Tab are spared on every move; what was refused begins at what is wrong with it."""
    page = visit("mediator")
    keys = take_down(page)
    base = page.url.split("?")[0]
    for path, first in (("moves/accept_and_take", "ask_consent-party"), ("contacts", "party"), ("moves/decline", "happened_on")):
        page.goto(f"{base}/{path}")
        assert keys.focused() == first, path
    page.locator("main form button:not([disabled])").last.click()
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.id") == "problems"
    assert all("422" in line for line in complaints)
    complaints.clear()
