"""A published case worked from intake to the last instalment, with scripts and without, as everybody who has a part.

RC17 (四川苍溪): a worker died at hydraulic works, the family came; the dispute was over a daily wage of 180 or 120
yuan; 980,000 yuan in three instalments within a month, all of it arrived. The days are moved to the tests' calendar;
where the publication says nothing (names, instalments one by one) plain values stand in.
"""
from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries.house import digests
from mediation.queries.money import case_money
from mediation.rules.money.amounts import print_yuan
from tests.browser import hands
from tests.house import TODAY

FIRST = TODAY + timedelta(7)
SECOND = TODAY + timedelta(14)
THIRD = TODAY + timedelta(21)


@pytest.fixture
def facts() -> dict[str, str]:
    return hands.real_case("RC17")


@hands.BOTH_WAYS
def test_a_published_case_from_intake_to_the_last_instalment(app: Flask, visit, facts, complaints, javascript: bool):
    total = int(facts["agreed_yuan"]) * 100
    page = visit("mediator", javascript)
    number = take_down(page, facts)
    find_out(page)
    mediate(page)
    agree(page, facts)
    hands.on_day(app, FIRST)
    pay(page)
    hands.on_day(app, SECOND + timedelta(3))
    supervisor_sees(visit("supervisor", javascript), number)
    pay(page)
    hands.on_day(app, THIRD)
    pay(page)
    close(page, number)
    assert not complaints
    auditor_verifies(visit("auditor", javascript), number, total)
    complaints.clear()  # the auditor was refused on purpose
    with app.app_context():
        case = db.session.query(Case).filter_by(number=number).one()
        position = case_money.position(case, THIRD)
        assert (case.state, position.arrived_fen, position.outstanding_fen) == ("CLOSED", total, 0)
        assert [row.amount_fen for row in case_money.payments_of(case)] == [32666666, 32666666, 32666668]
        assert not digests.verify()


def take_down(page: Page, facts: dict[str, str]) -> str:
    """The family at the counter; the other side has agreed by telephone: one press registers, accepts and takes it."""
    page.goto("/cases/new")
    hands.fill(page, {
        "source": "walk_in", "name": "刘家属", "phone": "138 4786 2213", "part": "next_of_kin", "for_name": "刘某",
        "flags": "death", "respondents-0-told": f"{facts['employer_sector']}的老板", "claims-0-head": "injury_benefit",
        "claims-0-is_unknown": True, "narrative": f"{facts['dispute_type']}。{facts['notes']}", "is_informed": True,
        "sign_way": "sign"})
    page.locator("#take summary").click()
    hands.fill(page, {"consent_happened_on": "今天 10:30", "consent_way": "phone", "accept_ground": "labour",
                      "accept_identity_note": "家属户口簿已看"})
    hands.send(page, "#intake", "take")
    hands.assert_said(page, "已登记并受理")
    return hands.number_of(page)


def find_out(page: Page) -> None:
    """李老板 becomes somebody who can sign."""
    page.locator(".tabs a", has_text="当事人").click()
    hands.press(page, "查明是谁")
    hands.fill(page, {"who": "new", "part": "employer", "name": "乌拉特中旗水利工程有限公司"})
    hands.send(page, "main form[method=post]")
    assert "乌拉特中旗水利工程有限公司" in page.locator("#respondents, main").first.inner_text()


def mediate(page: Page) -> None:
    page.locator(".tabs a", has_text="调解记录").click()
    page.get_by_label("刘家属").check()
    page.get_by_label("水利工程有限公司").check()
    hands.fill(page, {"way": "face", "said": "争的是一天180元还是120元。", "next_on": "明天"})
    hands.send(page, "form[action$='/sessions']")
    hands.assert_said(page, "已记第1次调解")


def agree(page: Page, facts: dict[str, str]) -> None:
    """Three instalments within a month, laid out from one line and looked at before they are saved."""
    page.locator(".tabs a", has_text="协议与到账").click()
    hands.press(page, "达成协议")
    hands.fill(page, {"total": facts["agreed_yuan"], "first_on": "11.25", "count": "3", "rhythm": "week", "all_signed": True})
    hands.send(page, "#agree", "plan")
    assert page.input_value("[name=steps-2-due]") == THIRD.isoformat()
    assert page.input_value("[name=steps-2-fen]") == "326,666.68"
    hands.send(page, "#agree", "agree")
    hands.assert_said(page, "已记协议")


def pay(page: Page) -> None:
    """The whole of the next instalment, as the page proposes it."""
    page.goto(f"/cases/{hands.number_of(page)}/agreement")
    hands.press(page, "全部到账")
    hands.fill(page, {"paid_on": "今天", "proof": "bank_slip"})
    hands.send(page, "#pay")
    hands.assert_said(page, "已登记到账326,666.6")


def supervisor_sees(page: Page, number: str) -> None:
    """On the desk what is late and by how much; on the case no press that changes its course."""
    late = page.locator("section", has=page.locator("#money"))
    assert "326,666.66" in late.inner_text()
    late.get_by_role("link").last.scroll_into_view_if_needed()
    page.goto(f"/cases/{number}")
    assert "逾期3天" in page.locator(".next").inner_text()
    page.goto(f"/cases/{number}/agreement")
    assert "326,666.66" in page.locator(".late-sum").first.inner_text()
    assert not page.locator("a", has_text="全部到账").count()


def close(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}")
    hands.press(page, "回访并结案")
    hands.fill(page, {"visit-way": "phone", "visit-satisfaction": "satisfied"})
    hands.send(page, "form.form")
    hands.assert_said(page, "已结案")


def auditor_verifies(page: Page, number: str, total_fen: int) -> None:
    """Reads the money line by line and the history; finds nothing to press."""
    page.goto(f"/cases/{number}/agreement")
    text = page.locator("main").inner_text()
    assert print_yuan(total_fen) in text and "履行完毕" in text
    assert [text.count(f"第{n}笔") for n in (1, 2, 3)] == [1, 1, 1]
    page.goto(f"/cases/{number}/journal")
    assert page.locator("main").inner_text().count("326,666.6") >= 3
    assert not page.locator("main form[method=post]").count()
    page.goto(f"/cases/{number}/payments/new")
    assert "没有这个权限" in page.title()


@hands.BOTH_WAYS
def test_settled_and_paid_on_the_same_day_takes_three_pages(app: Flask, visit, javascript: bool):
    page = visit("mediator", javascript)
    page.goto("/cases/new")
    hands.fill(page, hands.USUAL | {"respondents-0-part": "labour_contractor"})
    page.locator("#take summary").click()
    hands.fill(page, {"consent_happened_on": "今天 10:30", "consent_way": "phone", "accept_ground": "labour",
                      "accept_identity_note": "身份证已看"})
    hands.send(page, "#intake", "take")
    hands.press(page, "达成协议")
    hands.fill(page, {"who_name": "李建国", "who_code": hands.IDENTITY, "all_signed": True, "proof": "receipt"})
    hands.send(page, "#agree", "pay")
    hands.assert_said(page, "已记协议，已登记到账15,500.00元")
    page.goto(f"/cases/{hands.number_of(page)}")
    hands.press(page, "回访并结案")
    hands.fill(page, {"visit-way": "meeting", "visit-satisfaction": "satisfied"})
    hands.send(page, "form.form")
    hands.assert_said(page, "已结案")
    with app.app_context():
        case = db.session.query(Case).one()
        assert (case.state, case.respondent_title) == ("CLOSED", "李建国")
        assert case_money.position(case, TODAY).state == "PERFORMED"
        kinds = [event.kind for event in db.session.query(Event).filter_by(stream=f"case:{case.number}").order_by(Event.seq)]
        assert kinds == ["registered", "consent_asked", "accepted", "taken_up", "party_identified", "agreed",
                         "payment_recorded", "paper_recorded", "visited", "closed"]
