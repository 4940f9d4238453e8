"""One case and four bodies: the court commissions it with its own account, the bureau answers for itself, the
procuratorate by our hand, both at a joint consultation too; the court receives the result under its own number."""
from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Commission
from mediation.queries.house import digests
from mediation.services.house import accounts, setup
from tests import house
from tests.browser import hands

OWN_NUMBER = "（2026）内0824诉前调123号"


@pytest.fixture
def bodies(app: Flask) -> None:
    """A procuratorate without an account, and somebody at the bureau who has one."""
    with app.app_context():
        clerk = house.actor("admin")
        setup.save_agency(clerk, house.get_station("urad-middle"), "procuratorate", "procuratorate",
                          "乌拉特中旗人民检察院", short_name="检察院")
        hr = db.session.scalar(select(Agency.id).where(Agency.code == "hr"))
        row, _secret = accounts.create(clerk, "bureau", "苏队长", "liaison", house.get_station("urad-middle"), hr,
                                       password=house.PASSWORD)
        row.must_change, row.one_time_until_at = False, None
        accounts.confirm(row, house.actor("supervisor"))
        db.session.commit()


@hands.BOTH_WAYS
def test_four_bodies_work_on_one_case(app: Flask, visit, bodies, javascript: bool):
    court = visit("liaison", javascript)
    commission(court)
    page = visit("mediator", javascript)
    number = take_down(page)
    ask(page, number, "人力资源", "核实总包是否已拨付人工费")
    ask(page, number, "检察院", "能否支持起诉")
    bureau = visit("bureau", javascript)
    bureau_answers(bureau, number)
    answer_for_procuratorate(page, number)
    consult(page, bureau, number)
    court_receives(court, number)
    with app.app_context():
        rows = {(row.agency.code, row.kind): row for row in db.session.scalars(select(Commission))}
        assert {key: (row.state, row.is_entered_for) for key, row in rows.items()} == {
            ("court", "before_filing"): ("taken", False), ("hr", "task"): ("answered", False),
            ("procuratorate", "task"): ("answered", True), ("hr", "invitation"): ("answered", False),
            ("procuratorate", "invitation"): ("answered", True)}
        assert not digests.verify()


def commission(page: Page) -> None:
    """The court sends the dispute with its own account, under its own number."""
    page.goto("/")
    hands.press(page, "委派、移送案件给工会")
    hands.fill(page, {"case_number": OWN_NUMBER, "document_number": "法委3号", "name": "巴特尔", "phone": "138 4786 2213",
                      "told": "李老板，城南工地", "head": "wages", "amount": "15500",
                      "narrative": "五月去的城南工地，干到九月，说好一天三百，只给过五千。"})
    hands.send(page, "form[action='/handovers/new']")
    hands.assert_said(page, "已发给工会")


def take_down(page: Page) -> str:
    """At the counter: what the court told is filled in already; the rest is asked from the worker."""
    page.goto("/")
    page.locator("main a[href^='/handovers/']").click()
    page.wait_for_url("**/handovers/*")
    hands.press(page, "登记成案件")
    assert page.locator("[name=name]").input_value() == "巴特尔"
    hands.fill(page, {"is_informed": True, "sign_way": "sign"})
    page.locator("#take summary").click()
    hands.fill(page, {"consent_happened_on": "今天 10:30", "consent_way": "phone", "accept_ground": "court_sent",
                      "accept_identity_note": "身份证已看"})
    hands.send(page, "#intake", "take")
    hands.assert_said(page, "已登记并受理")
    return hands.number_of(page)


def consult(page: Page, bureau: Page, number: str) -> None:
    """A joint consultation: one body writes its opinion itself, for the other it is entered."""
    page.goto(f"/cases/{number}/consultations")
    for body in ("人力资源", "检察院"):
        page.locator("form[action$='/consultations'] label.tick", has_text=body).click()
    hands.fill(page, {"agenda": "总包先付多少", "planned_on": "今天", "legal_basis": "申请人书面同意", "share_ground": "consent"})
    hands.send(page, "form[action$='/consultations']")
    hands.assert_said(page, "已召集会诊")
    there = page.url
    bureau.goto("/")
    bureau.locator("main a", has_text="邀请协助").first.click()
    bureau.wait_for_url(f"**/cases/{number}/coordination/*")
    hands.press(bureau, "到会诊页写意见")
    hands.fill(bureau, {"opinion": "总包应先行清偿", "who": "苏队长"})
    hands.send(bureau, "form[action$='/opinion']")
    hands.assert_said(bureau, "意见已交")
    page.goto(there)
    block = page.locator("#opinions ~ ul li, section li", has=page.locator("b", has_text="人民检察院"))
    block.locator("summary", has_text="代录意见").click()
    form = block.locator("form[action*='/opinions/']")
    form.locator("textarea").fill("可以支持起诉")
    with page.expect_navigation():
        form.locator(".buttons button").click()
    hands.assert_said(page, "已代录意见")
    shown = page.locator("main").inner_text()
    assert "总包应先行清偿" in shown and "代录" in shown
    bureau.goto(there)
    assert "可以支持起诉" not in bureau.content() and "检察院" not in bureau.content()


def ask(page: Page, number: str, body: str, purpose: str) -> None:
    page.goto(f"/cases/{number}/coordination")
    chosen = page.locator("[name=letter-agency]")
    if chosen.first.evaluate("e => e.tagName") == "SELECT":
        chosen.select_option(label=next(t for t in chosen.locator("option").all_inner_texts() if body in t))
    else:
        page.locator("form[action$='/coordination'] label.chip", has_text=body).click()
    hands.fill(page, {"letter-kind": "task", "letter-task": "check", "letter-purpose": purpose,
                      "letter-legal_basis": "申请人书面同意", "letter-share_ground": "consent"})
    hands.send(page, "form[action$='/coordination']")
    hands.assert_said(page, "已记来去函")


def bureau_answers(page: Page, number: str) -> None:
    """Finds it on the desk, takes it, answers; sees nothing of the procuratorate's part."""
    page.goto("/")
    page.locator("main a", has_text="协办事项").first.click()
    page.wait_for_url(f"**/cases/{number}/coordination/*")
    assert "支持起诉" not in page.content()
    with page.expect_navigation():
        page.locator("button[value=take]").click()
    hands.fill(page, {"result": "总包已拨付百分之六十", "number": "中人社函7号"})
    with page.expect_navigation():
        page.locator("button[value=answer]").click()
    hands.assert_said(page, "已答复")


def answer_for_procuratorate(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/coordination")
    assert "总包已拨付百分之六十" in page.locator("main").inner_text()
    block = page.locator("h3:has-text('人民检察院') + ul li")
    block.locator("summary", has_text="代录答复").click()
    form = block.locator("form[action$='/answer']")
    form.locator("label.chip", has_text="电话").click()
    form.locator("textarea").fill("材料齐了可以支持起诉")
    with page.expect_navigation():
        form.locator(".buttons button").click()
    hands.assert_said(page, "已代录答复")
    assert "（代录）" in page.locator("main").inner_text()


def court_receives(page: Page, number: str) -> None:
    """The court finds what became of its commission, sees its own case, and gets the packet under its own number."""
    page.goto(f"/cases/{number}")
    assert "总包已拨付" not in page.content() and "总包应先行清偿" not in page.content()
    page.locator("main a", has_text="法院委派").first.click()
    page.wait_for_url(f"**/cases/{number}/coordination/*")
    hands.press(page, "打印反馈材料")
    paper = page.locator("article.paper").inner_text()
    assert OWN_NUMBER in paper and "仍在调解" in paper and "总包" not in paper
