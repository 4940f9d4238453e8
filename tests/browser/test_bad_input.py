"""What cannot be right: a sentence beside its field in the reader's language, what was typed kept, nothing half-saved."""
from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Agreement, Case, Event, Party, Payment
from tests.browser import hands

LONG = "阿" * 10_000
SCRIPT = "<script>alert(1)</script>"
# Field, what is typed, and a piece of the sentence in both languages.
WRONG = (
    ("received", "2026-01-05", "收到时间早于争议发生", "before the dispute began"),
    ("name", LONG, "最多200个字，现在是10,000个", "10,000"),
    ("phone", "138 4786", "手机号应为11位，现在是7位", "11 digits"),
    ("identity", "152824199001011234", "校验码不符", "check digit"),
    ("claims-0-amount", "一万五xyz", "金额", "amount"),
    ("claims-0-from_told", "3月", "", ""),
    ("left", "2026-12-25", "不能在今天之后", "cannot lie in the future"),
    ("narrative", "", "请填写怎么回事", "Please fill in: What happened"),
)


def count(app: Flask, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def refused(complaints):
    """Says that refusals were meant: Chromium notes each of them in its console."""
    yield
    assert all("422" in line for line in complaints), complaints
    complaints.clear()


# The intake page


@hands.BOTH_WAYS
def test_everything_wrong_is_said_at_once_in_both_languages(app, visit, refused, javascript):
    page = visit("mediator", javascript)
    for language in (0, 1):
        page.goto("/cases/new")
        hands.fill(page, {**hands.USUAL, "claims-0-head": "wages", "employment": "left",
                          **{name: typed for name, typed, *_ in WRONG if name != "left"}})
        hands.fill(page, {"left": dict((row[0], row[1]) for row in WRONG)["left"]})
        hands.send(page, "#intake", "register")
        said = {name: hands.error_of(page, name) for name, *_ in WRONG}
        assert not [(said[name], pair[language]) for name, _typed, *pair in WRONG if pair[language] not in said[name]]
        assert {name: page.input_value(f'[name="{name}"]') for name, *_ in WRONG} == {row[0]: row[1] for row in WRONG}
        assert page.input_value('[name="respondents-0-told"]') == hands.USUAL["respondents-0-told"]
        assert page.is_checked('[name="claims-0-head"][value="wages"]')
        page.click(".me button[name=language]")
        page.wait_for_load_state()
    assert (count(app, Case), count(app, Party)) == (0, 0)


@hands.BOTH_WAYS
def test_a_double_click_makes_one_case(app, visit, javascript):
    page = visit("mediator", javascript)
    page.goto("/cases/new")
    hands.fill(page, hands.USUAL)
    page.locator('#intake button[value="register"]').dblclick(no_wait_after=True)
    # By the address itself: the second press aborts the navigation that the first one began.
    expect(page).to_have_url(re.compile("/cases/urad-middle-2026-0001$"))
    assert (count(app, Case), count_kind(app, "registered")) == (1, 1)


def test_script_is_text_wherever_it_is_shown(visit):
    """R21.
    Typed into every line of the intake page it is words on the desk, the lists, the case, its papers and history."""
    page = visit("mediator")
    page.on("dialog", lambda dialog: pytest.fail("what was typed ran as a script"))
    page.goto("/cases/new")
    lines = ("name", "teller", "address", "respondents-0-told", "respondents-0-site", "claims-0-from_told", "narrative")
    hands.fill(page, {**hands.USUAL, **dict.fromkeys(lines, SCRIPT)})
    hands.send(page, "#intake", "register")
    base = page.url.split("#")[0]
    for address in (base, f"{base}/parties", f"{base}/claims", f"{base}/journal", f"{base}/papers/registration", "/", "/cases",
                    f"{base}/moves/accept_and_take", "/ledger"):
        page.goto(address)
        scripts = page.locator("script").evaluate_all("all => all.map(s => s.getAttribute('src') || s.textContent)")
        assert all(s.startswith("/static/") for s in scripts), (address, scripts)
    page.goto(base)
    assert SCRIPT in page.locator("h1").inner_text()


# The moves


def test_the_second_of_two_learns_who_was_first(app, visit, refused):
    number = hands.keep(app, lambda case, actor: None)
    first, second = visit("mediator"), visit("lead")
    for page in (first, second):
        page.goto(f"/cases/{number}/moves/withdraw")
        page.fill("[name=reason]", "他说不告了")
    hands.send(first, "form.form")
    hands.assert_said(first, "已记申请人撤回")
    hands.send(second, "form.form")
    said = second.locator("main").inner_text()
    assert "王调解" in said and "先做了一步" in said
    assert "他说不告了" in said, "what was typed is gone"
    assert count_kind(app, "withdrawn") == 1


def test_of_two_at_once_who_still_may_goes_on_with_what_was_typed(app, visit, refused):
    """A colleague's call does not lose the mediator's words; he looks again and sends them."""
    number = hands.keep(app, hands.mediating)
    first, second = visit("lead"), visit("mediator")
    for page in (first, second):
        page.goto(f"/cases/{number}/moves/extend")
        hands.fill(page, {"happened_on": "今天", "to_on": "12.10", "consents": ["applicant", "respondent"], "reason": "等工资表"})
    hands.send(first, "form.form")
    hands.send(second, "form.form")
    assert "张站长" in second.locator("#problems").inner_text()
    assert "先做了一步" in second.locator("#problems").inner_text()
    assert second.input_value("[name=reason]") == "等工资表"
    assert count_kind(app, "extended") == 1


def count_kind(app: Flask, kind: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind))


# Agreement and money


@hands.BOTH_WAYS
def test_a_plan_that_does_not_sum_says_both_sums(app, visit, refused, javascript):
    number = hands.keep(app, hands.mediating)
    page = visit("mediator", javascript)
    for word in ("分期合计", "instalments"):
        page.goto(f"/cases/{number}/agreement/new")
        hands.fill(page, {"total": "10000", "first_on": "12.31", "rhythm": "month", "count": "2"})
        hands.send(page, "#agree", "plan")
        page.fill('[name="steps-1-fen"]', "4999.99")
        hands.send(page, "#agree", "agree")
        said = hands.error_of(page, "total")
        assert word in said and "10,000.00" in said and "9,999.99" in said, said
        assert page.input_value('[name="steps-1-fen"]') == "4999.99"
        page.click(".me button[name=language]")
        page.wait_for_load_state()
    assert count(app, Agreement) == 0


@hands.BOTH_WAYS
def test_more_than_owed_is_asked_back_once_and_taken_with_its_reason(app, visit, refused, javascript):
    """Money before any agreement is more than is owed too: asked back once, then accepted with why."""
    number = hands.keep(app, hands.mediating)
    page = visit("mediator", javascript)
    page.goto(f"/cases/{number}/payments/new?part=1")
    hands.fill(page, {"amount": "3000", "proof": "receipt", "paid_on": "今天"})
    hands.send(page, "#pay")
    assert page.locator(".confirm").count() == 1 and count(app, Payment) == 0
    assert page.input_value("[name=amount]") in ("3000", "3,000.00")
    for box in page.locator(".confirm input").all():
        box.check()
    page.fill("[name=reason]", "老板先垫了一部分")
    hands.send(page, "#pay")
    hands.assert_said(page, "已登记到账3,000.00元")
    with app.app_context():
        assert db.session.scalars(select(Payment.reason)).all() == ["老板先垫了一部分"]


def test_a_password_may_be_read_while_it_is_typed_and_is_never_sent_so(visit):
    page = visit()
    field = page.locator("[name=password]")
    field.fill("草原")
    page.locator("[data-show-password]").check()
    assert field.get_attribute("type") == "text"
    page.evaluate("document.querySelector('main form').addEventListener('submit', (e) => e.preventDefault())")
    page.locator("main form button").last.click()
    page.wait_for_function("document.querySelector('[name=password]').type === 'password'")
