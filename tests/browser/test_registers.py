"""The block of an outside register: one press puts it on the clipboard; without a script it is text to select."""
from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests import docket, house

BLOCK = "#block-governance"


@pytest.fixture
def number(app: Flask) -> str:
    return docket.store_case(app, accepted_on=house.TODAY, narrative="五月到八月在城南工地干活，\n工钱没给。")


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").strip().split("\n")


def open_block(page: Page, number: str) -> str:
    """The page of the registers with its first block open; the text that it shows."""
    page.goto(f"/cases/{number}/registers")
    assert page.locator(BLOCK).is_visible()
    return page.locator(BLOCK).input_value()


def test_one_press_puts_the_block_on_the_clipboard(visit, number):
    page = visit("mediator", permissions=["clipboard-read", "clipboard-write"])
    shown = open_block(page, number)
    button = page.locator("[data-copy=block-governance]")
    assert button.inner_text() == "复制"
    button.click()
    assert button.inner_text() == "已复制"
    copied = page.evaluate("navigator.clipboard.readText()")
    assert lines(copied) == lines(shown)
    assert "申请人：巴特尔（电话13847862213）" in lines(copied) and "简要情况：五月到八月在城南工地干活，" in lines(copied)
    assert "工钱没给。" in lines(copied)


def test_by_keyboard_the_whole_block_is_selected_and_copied(visit, number):
    page = visit("mediator", permissions=["clipboard-read", "clipboard-write"])
    shown = open_block(page, number)
    page.locator(BLOCK).focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    assert lines(page.evaluate("navigator.clipboard.readText()")) == lines(shown)


def test_without_a_script_the_text_can_be_selected_and_no_dead_button_is_shown(visit, number):
    page = visit("mediator", javascript=False)
    shown = open_block(page, number)
    assert "申请人：巴特尔" in shown
    assert not page.locator("[data-copy=block-governance]").is_visible()
    box = page.locator(BLOCK)
    box.click()
    page.keyboard.press("Control+A")
    session = page.context.new_cdp_session(page)  # the page runs no script: what is selected is asked of the browser
    found = session.send("Runtime.evaluate", {"expression": "getSelection().toString()"})
    assert lines(found["result"].get("value", "")) == lines(shown)
