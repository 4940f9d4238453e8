"""A usual wage case by keyboard alone; the number of key presses stands in the README.

Counted is every press of a finger: a letter, Tab, an access key (Alt and a letter as one). Chinese is counted as it is
typed through an input method: the letters of its pinyin and one press to take the word.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypinyin import lazy_pinyin

from mediation.extensions import db
from mediation.models import Case
from mediation.queries.money import case_money
from tests import house
from tests.browser import hands

README = Path(__file__).resolve().parents[2] / "README.md"
MOST = 140  # beyond that the page has become slower to use
# Whether what has the focus is drawn round, itself or as the chip beside it, lies in the window and is not cut by what scrolls.
SEEN = """() => { const here = document.activeElement, chip = here.matches('.chips input[type=radio]') && here.nextElementSibling
    const drawn = chip || here, box = drawn.getBoundingClientRect(), style = getComputedStyle(drawn)
    const bar = here.closest('.bar') ? null : document.querySelector('.bar')
    const foot = bar && bar.getBoundingClientRect().top < innerHeight ? bar.getBoundingClientRect().top : innerHeight
    const around = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset)
    let frame = drawn.parentElement
    while (frame && getComputedStyle(frame).overflowX === 'visible') frame = frame.parentElement
    const cut = frame && frame !== document.documentElement && box.top - around < frame.getBoundingClientRect().top - 1
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.top >= 0 && box.top < foot && !cut }"""


class Keyboard:
    """The keys of one page, counted."""

    def __init__(self, page: Page):
        self.page, self.control, self.letters = page, 0, 0
        self.unseen: list[str] = []  # where Tab stopped without a mark that can be seen
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
        self.walk_until(lambda: self.focused() == name, name)

    def walk_until(self, is_there: Callable[[], bool], what: str) -> None:
        for _step in range(60):
            if is_there():
                return
            self.press("Tab")
            self.unseen += [f"{self.page.url}: {self.focused()}"] if not self.page.evaluate(SEEN) else []
        raise AssertionError(f"{what} is not reached by Tab on {self.page.url}; now at {self.focused()}")

    def answer(self, answers: dict[str, str | bool]) -> None:
        """Answer questions in the order of the page: type, tick by Space, choose by the arrows."""
        for name, wanted in answers.items():
            self.walk_to(name)
            kind = self.page.evaluate("document.activeElement.type")
            if kind == "radio":
                self._choose(str(wanted))
            elif wanted is True:
                self.press("Space")
            else:
                self.press("Control+a")
                self.type(str(wanted))

    def _choose(self, wanted: str) -> None:
        if not self.page.evaluate("document.activeElement.checked"):
            self.press("Space")
        for _choice in range(20):
            if self.page.evaluate("document.activeElement.value") == wanted:
                return
            self.press("ArrowRight")
        raise AssertionError(f"no answer {wanted}; now at {self.focused()}")


def take_down(page: Page, said: str = "已登记，登记号 2026-0001", taken: dict[str, str | bool] | None = None) -> Keyboard:
    """From the desk to the registered case, no pointer touched; with the answers ``taken`` it is taken on as well."""
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
    if taken:
        keys.walk_until(lambda: page.evaluate("document.activeElement.matches('#take summary')"), "#take")
        keys.press("Enter")
        keys.answer(taken)
        send(keys, "Alt+a")
    else:
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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_case_by_keyboard_alone_from_the_counter_to_the_archive(app, visit, complaints, language):
    """Registered and taken, settled and paid, visited and closed, filed away; on the way the focus is always seen."""
    with app.app_context():
        house.get_user("mediator").language = language
        db.session.commit()
    page = visit("mediator")
    keys = take_down(page, "", {"consent_happened_on": "今天 10:30", "consent_way": "phone",
                                "accept_identity_note": "身份证已看", "accept_ground": "labour"})
    follow(keys, "/agreement/new")
    keys.answer({"who_is": "person", "who_name": "李建国", "who_code": hands.IDENTITY, "all_signed": True, "proof": "receipt"})
    send(keys, "Alt+a")
    go_on(keys)
    keys.answer({"visit-way": "meeting", "visit-satisfaction": "satisfied"})
    send(keys, "Alt+s")
    go_on(keys)
    keys.answer({"archive_number": "2026-工调-1", "pages": "12", "note": "纸质材料另存"})
    send(keys, "Alt+s")
    with app.app_context():
        case = db.session.query(Case).one()
        assert (case.state, case.archive_number) == ("ARCHIVED", "2026-工调-1")
        assert case_money.position(case, house.TODAY).state == "PERFORMED"
    assert keys.unseen == []
    complaints[:] = [said for said in complaints if "422" not in said]  # what is asked back


def follow(keys: Keyboard, end: str) -> None:
    """Over the menus by the link at the top of every page, then a few steps to what is pressed."""
    before = keys.count
    keys.press("Tab", "Enter")
    keys.walk_until(lambda: (keys.page.evaluate("document.activeElement.href") or "").endswith(end), end)
    assert keys.count - before < 12
    _begins_at_a_question(keys, "Enter")


def go_on(keys: Keyboard) -> None:
    _begins_at_a_question(keys, "Alt+g")


def _begins_at_a_question(keys: Keyboard, key: str) -> None:
    """Not above its menus."""
    with keys.page.expect_navigation():
        keys.press(key)
    assert keys.page.evaluate("document.activeElement.matches('main form :is(input, select, textarea)')"), keys.page.url


def send(keys: Keyboard, key: str) -> None:
    """A page that asks back begins there, or at the sentence beside a field; its ticks are set by Space."""
    with keys.page.expect_navigation():
        keys.press(key)
    boxes = keys.page.locator(".confirm input").count()
    if boxes:
        assert keys.focused() == "confirmed" or keys.page.evaluate("document.activeElement.id") == "problems"
        keys.walk_to("confirmed")
        for _box in range(boxes):
            keys.press("Space", "Tab")
        with keys.page.expect_navigation():
            keys.press(key)
    assert not keys.page.locator("#problems").count(), keys.page.locator("#problems").inner_text()


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


def test_whatever_has_the_focus_is_drawn_round_whole(app, visit):
    """Every stop of Tab on the desk, the list, a case and one of its tabs, menus included."""
    number = hands.keep(app, hands.mediating)
    page = visit("mediator")
    for path in ("/", "/cases", f"/cases/{number}", f"/cases/{number}/agreement"):
        page.goto(path)
        keys = Keyboard(page)
        keys.press("Tab")
        keys.walk_until(lambda: page.evaluate("document.activeElement.closest('.foot')") is not None, "the foot")
        assert keys.unseen == [] and keys.count > 15


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
