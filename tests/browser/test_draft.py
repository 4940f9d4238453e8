"""Nothing typed is lost: drafts while typing, after a crash, a log-in that lapsed, and without the network."""
from __future__ import annotations

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Draft, LoginSession
from tests import house
from tests.browser import hands

STATUS = "[data-draft-status]"


def lapse(app: Flask) -> None:
    """Everybody was away from the desk for twenty minutes."""
    with app.app_context():
        for row in db.session.scalars(select(LoginSession)):
            row.seen_at -= timedelta(minutes=20)
        db.session.commit()
        db.session.remove()


def log_in(page: Page) -> None:
    page.fill("input[name=username]", "mediator")
    page.fill("input[name=password]", house.PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")


def go_on(page: Page) -> None:
    """Take up the draft that is offered, and find in it what was typed."""
    page.goto("/cases/new")
    hands.press(page, "接着填")
    for name in ("name", "phone", "narrative", "respondents-0-told"):
        assert page.input_value(f'[name="{name}"]') == hands.USUAL[name]
    assert page.is_checked('[name="claims-0-head"][value="wages"]')


def count(app: Flask, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_what_is_typed_is_kept_and_offered_after_a_crash(app, visit):
    page = visit("mediator")
    page.goto("/cases/new")
    hands.fill(page, hands.USUAL)
    expect(page.locator(STATUS)).to_contain_text("已存")
    page.context.close()  # the power goes
    again = visit("mediator")
    go_on(again)
    hands.send(again, "#intake", "register")
    assert (count(app, Case), count(app, Draft)) == (1, 0)
    again.goto("/cases/new")
    assert not again.get_by_text("接着填").count()


@hands.BOTH_WAYS
def test_what_is_sent_after_the_log_in_lapsed_is_offered_after_the_next(app, visit, javascript):
    page = visit("mediator", javascript)
    page.goto("/cases/new")
    hands.fill(page, hands.USUAL)
    lapse(app)
    with page.expect_navigation():
        page.locator('#intake button[value="register"]').click()
    assert "/login" in page.url
    log_in(page)
    assert count(app, Case) == 0
    go_on(page)
    hands.send(page, "#intake", "register")
    hands.assert_said(page, "已登记")


def test_a_draft_is_its_writers_alone(app, visit):
    page = visit("mediator")
    page.goto("/cases/new")
    hands.fill(page, hands.USUAL)
    hands.send(page, "#intake", "draft")
    other = visit("colleague")
    other.goto("/cases/new")
    assert "巴特尔" not in other.content()
    other.goto(page.url)
    assert other.input_value("[name=name]") == ""


def test_without_the_network_the_browser_keeps_it_but_no_identity_number(app, visit, complaints):
    page = visit("mediator")
    page.goto("/cases/new")
    page.context.set_offline(True)
    hands.fill(page, {**hands.USUAL, "identity": hands.IDENTITY})
    expect(page.locator(STATUS)).to_contain_text("网断了")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "巴特尔" in kept and hands.IDENTITY not in kept
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(STATUS)).to_contain_text("草稿")
    assert count(app, Draft) == 1 and "巴特尔" not in page.evaluate("JSON.stringify(localStorage)")
    assert all("ERR_INTERNET_DISCONNECTED" in line for line in complaints)
    complaints.clear()


def test_logging_out_leaves_nothing_in_the_browser(app, visit, complaints):
    page = visit("mediator")
    page.goto("/cases/new")
    page.context.set_offline(True)
    hands.fill(page, hands.USUAL)
    expect(page.locator(STATUS)).to_contain_text("网断了")
    page.context.set_offline(False)
    with page.expect_navigation():
        page.click("form[data-forget] button")
    assert "巴特尔" not in page.evaluate("JSON.stringify(localStorage)")
    complaints.clear()
