"""Three disputes that are not the usual one, each from the counter to the archive, as the people at the screen see it:
a worker who died, a group whose people have their own days and payers, a civil case that another county's court sent."""
from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page

from mediation.extensions import db
from mediation.models import Case
from mediation.queries.house import checks, digests
from mediation.queries.money import case_money
from tests.browser import hands
from tests.house import TODAY

LATER = TODAY + timedelta(20)
FIRM, SECOND_FIRM = "乌拉特中旗北方货运有限公司", "乌拉特中旗东山煤场有限公司"


@pytest.fixture(autouse=True)
def questions(new_context, complaints: list[str]):
    """A page that asks back is answered with 422, which the browser notes; everything else it says is a fault."""
    yield
    complaints[:] = [said for said in complaints if "422" not in said]


def accepted(page: Page, facts: dict[str, object], ground: str = "labour") -> str:
    """Taken down and taken on in one press: the other side has agreed by telephone."""
    page.goto("/cases/new")
    page.locator("#list summary").click()
    hands.fill(page, {"is_informed": True, "sign_way": "sign", **facts})
    page.locator("#take summary").click()
    hands.fill(page, {"consent_happened_on": "今天 10:30", "consent_way": "phone", "accept_ground": ground,
                      "accept_identity_note": "证件已看"})
    hands.send(page, "#intake", "take")
    return take_on(page)


def take_on(page: Page) -> str:
    """The number, once what the page asked back is answered."""
    if page.locator(".confirm").count():
        answer(page)
        hands.send(page, "#intake", "take")
    hands.assert_said(page, "已登记并受理")
    return hands.number_of(page)


def answer(page: Page) -> None:
    """Tick every question that the page asked back."""
    for box in page.locator(".confirm input[type=checkbox]").all():
        box.check()


def name_firm(page: Page, number: str, told: str, name: str, part: str = "employer") -> None:
    page.goto(f"/cases/{number}/parties")
    page.locator("tr", has_text=told).get_by_role("link", name="查明是谁").click()
    page.wait_for_url("**/resolve")
    hands.fill(page, {"who": "new", "part": part, "name": name})
    hands.send(page, "main form[method=post]")


def hold_session(page: Page, number: str, said: str, *present: str) -> None:
    page.goto(f"/cases/{number}/sessions")
    for who in present:
        page.get_by_label(who).first.check()
    hands.fill(page, {"way": "face", "said": said})
    hands.send(page, "form[action$='/sessions']")
    hands.assert_said(page, "已记第1次调解")


def move(page: Page, number: str, key: str, answers: dict[str, object], said: str) -> None:
    page.goto(f"/cases/{number}/moves/{key}")
    hands.fill(page, answers)
    with page.expect_navigation():
        page.locator("form.form .buttons button").first.click()
    if page.locator(".confirm").count():
        answer(page)
        with page.expect_navigation():
            page.locator("form.form .buttons button").first.click()
    hands.assert_said(page, said)


def file_away(page: Page, number: str) -> None:
    move(page, number, "archive", {"archive_number": "2026-工调-1", "pages": "26", "note": "纸质材料另存"}, "已归档")


def assert_whole(app: Flask, number: str) -> None:
    with app.app_context():
        assert db.session.query(Case).filter_by(number=number).one().state == "ARCHIVED"
        assert checks.run() == []
        assert not digests.verify()


def text_of(page: Page, path: str) -> str:
    page.goto(path)
    return page.locator("main").inner_text()


def paper(page: Page, number: str, kind: str) -> str:
    page.goto(f"/cases/{number}/papers/{kind}")
    return "\n".join(page.locator("article.paper").all_inner_texts())


# A worker who died ------------------------------------------------------------------------------------------------

def test_a_widow_and_a_son_are_paid_their_shares(app: Flask, visit):
    page = visit("mediator")
    number = accepted(page, {
        "source": "walk_in", "name": "乌日娜", "phone": "138 4786 2213", "part": "next_of_kin", "for_name": "那日松",
        "for_died": "上月初", "kinship": "wife", "kin_share": "三分之二", "respondents-0-told": "北方货运",
        "claims-0-head": "wages", "claims-0-amount": "10000", "narrative": "丈夫病故，半年工资没有结。"})
    add_son(page, number)
    name_firm(page, number, "北方货运", FIRM)
    hold_session(page, number, "单位认账。", "乌日娜", "北方货运")
    agree_with_kin(page, number)
    pay_kin(page, number)
    page.goto(f"/cases/{number}")
    hands.press(page, "回访并结案")
    hands.fill(page, {"visit-way": "phone", "visit-satisfaction": "satisfied"})
    hands.send(page, "form.form")
    hands.assert_said(page, "已结案")
    file_away(page, number)
    assert_whole(app, number)


def add_son(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/parties/new/applicant")
    hands.fill(page, {"name": "苏日塔拉", "part": "next_of_kin", "kinship": "son", "kin_share": "1/3"})
    chosen = page.locator("[name=acts_for_id]")
    chosen.select_option(label=next(t for t in chosen.locator("option").all_inner_texts() if "那日松" in t))
    hands.send(page, "main form[action$='/parties/new/applicant']")
    shown = text_of(page, f"/cases/{number}/parties")
    assert "乌日娜（死者那日松之妻）" in shown and "份额 2/3" in shown and "份额 1/3" in shown
    assert "1人" in shown and "已去世 上月初" in shown  # the worker is the one who is counted
    assert "乌日娜等2人（死者那日松的近亲属）" in page.locator("h1").inner_text()


def agree_with_kin(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/agreement/new")
    hands.fill(page, {"total": "10000", "first_on": "今天", "all_signed": True})
    hands.send(page, "#agree", "agree")
    hands.assert_said(page, "已记协议")
    printed = paper(page, number, "agreement")
    assert "劳动者那日松于上月初去世，由其近亲属乌日娜（妻）、苏日塔拉（子）提出请求" in printed
    assert "6,666.67" in printed and "3,333.33" in printed


def pay_kin(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/agreement")
    hands.press(page, "全部到账")
    hands.fill(page, {"paid_on": "今天", "proof": "bank_slip"})
    hands.send(page, "#pay")
    hands.assert_said(page, "已登记到账10,000.00元")
    receipt = paper(page, number, "money_receipt")
    assert "乌日娜（死者那日松之妻）" in receipt and "6,666.67" in receipt and "3,333.33" in receipt


# A group of forty -------------------------------------------------------------------------------------------------

def test_forty_with_their_own_days_and_two_payers(app: Flask, visit):
    page = visit("mediator")
    number = accepted(page, {
        "source": "walk_in", "name": "装卸工1", "phone": "138 4786 2213", "headcount": "40",
        "respondents-0-told": "北方货运", "claims-0-head": "wages", "claims-0-amount": "1000",
        "narrative": "四十个人装车，两家互相推。", "roster": forty()})
    assert "等40人" in page.locator("h1").inner_text()
    page.goto(f"/cases/{number}/parties/new/respondent")
    hands.fill(page, {"name": "东山煤场", "part": "general_contractor"})
    hands.send(page, "main form[action$='/parties/new/respondent']")
    name_firm(page, number, "北方货运", FIRM)
    name_firm(page, number, "东山煤场", SECOND_FIRM, "general_contractor")
    hold_session(page, number, "两家各付各的。", "装卸工1")
    agree_in_lines(page, number)
    pay_next(page, number, "1,500.00")
    hands.on_day(app, LATER)
    late = text_of(visit("mediator"), f"/cases/{number}/agreement")
    assert "逾期" in late and FIRM in late
    pay_next(page, number, "28,500.00")
    pay_next(page, number, "10,000.00")
    with app.app_context():
        position = case_money.position(db.session.query(Case).filter_by(number=number).one(), LATER)
        assert (position.arrived_fen, position.outstanding_fen, position.state) == (4000000, 0, "PERFORMED")
        assert {line.performance.arrived_fen for line in position.workers} == {100000}
    page.goto(f"/cases/{number}")
    hands.press(page, "回访并结案")
    hands.fill(page, {"visit-way": "phone", "visit-satisfaction": "satisfied"})
    hands.send(page, "form.form")
    hands.assert_said(page, "已结案")
    file_away(page, number)
    assert_whole(app, number)


def forty() -> str:
    """As it is copied out of a sheet: headings, then a line for each."""
    return "姓名\t欠款\t电话\n" + "\n".join(f"装卸工{n}\t1000\t138478713{n:02d}" for n in range(1, 41))


def agree_in_lines(page: Page, number: str) -> None:
    """Two people have a day of their own; the second firm owes its own part, on a day in words."""
    page.goto(f"/cases/{number}/agreement/new")
    page.locator("summary", has_text="几家付，或各人的日期不同").click()
    hands.fill(page, {"lines": "装卸工1、装卸工2 1500 今天 北方货运\n其余 28500 10天内 北方货运\n全部 10000 春节前 东山煤场"})
    hands.send(page, "#agree", "lines")
    assert page.input_value("[name=total]").replace(",", "") in ("40000", "40000.00")
    hands.fill(page, {"all_signed": True})
    hands.send(page, "#agree", "agree")
    if page.locator(".confirm").count():
        answer(page)
        hands.send(page, "#agree", "agree")
    hands.assert_said(page, "已记协议")
    shown = text_of(page, f"/cases/{number}/agreement")
    assert shown.count("付款计划") >= 3 and f"由{FIRM}付" in shown and f"由{SECOND_FIRM}付" in shown and "春节前" in shown


def pay_next(page: Page, number: str, said: str) -> None:
    page.goto(f"/cases/{number}/agreement")
    hands.press(page, "全部到账")
    hands.fill(page, {"paid_on": "今天", "proof": "bank_slip"})
    hands.send(page, "#pay")
    hands.assert_said(page, f"已登记到账{said}元")


# A civil case from another place's court --------------------------------------------------------------------------

def test_a_civil_case_of_another_court_is_told_of_the_court_and_never_of_arbitration(app: Flask, visit, complaints):
    page = visit("mediator")
    number = accepted(page, {
        "source": "court", "channel": "E", "source_body": "巴彦淖尔市中级人民法院", "source_number": "（2026）内08诉前调66号",
        "name": "邬兰柱", "phone": "138 4786 2213", "respondents-0-told": "刘喜（果园主）", "respondents-0-part": "household",
        "claims-0-head": "other", "claims-0-head_more": "service_fee", "claims-0-amount": "12000", "narrative": "给果园修渠，少给一万二。"}, "civil")
    hold_session(page, number, "只认七千。", "邬兰柱", "刘喜")
    move(page, number, "fail", {"reason_code": "too_far"}, "法院")
    notice = paper(page, number, "termination")
    assert "由人民法院依法登记立案" in notice and "接待单位：巴彦淖尔市中级人民法院" in notice
    assert "诉讼时效为三年" in notice and "仲裁" not in notice
    shown = text_of(page, f"/cases/{number}")
    assert "请他去 巴彦淖尔市中级人民法院" in " ".join(shown.split()) and "仲裁" not in shown
    nobody_else_sees(visit("liaison"), number, complaints)
    move(page, number, "notify", {"way": "hand", "to": "本人"}, "已记书面告知")
    move(page, number, "close", {"way": "court"}, "已结案")
    file_away(page, number)
    assert_whole(app, number)


def nobody_else_sees(page: Page, number: str, complaints: list[str]) -> None:
    """The county's own court has not sent it."""
    assert "邬兰柱" not in page.locator("main").inner_text()
    page.goto(f"/cases/{number}")
    assert "邬兰柱" not in page.content()
    complaints.clear()  # refused on purpose
