"""What comes in as words: a mediator pastes a work order, looks and registers; a clerk enters a case of two years ago."""
from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page

from mediation.extensions import db
from mediation.models import Case
from mediation.queries.house import checks, digests
from tests.browser import hands

ORDER = """乌拉特中旗综治中心交办单
工单编号：综治2026-1102
来访人姓名：巴特尔 联系电话：138 4786 2213
被反映单位：宏远劳务有限公司 单位电话：0478-5912345
反映内容：来访人等12人在城南工地干活，共拖欠工资18.6万元。来访人另一个电话15047819999。"""


def stored(app: Flask, number: str, read):
    with app.app_context():
        assert checks.run() == []
        assert not digests.verify()
        return read(db.session.query(Case).filter_by(number=number).one())


@hands.BOTH_WAYS
def test_a_mediator_pastes_a_work_order_looks_and_registers(app: Flask, visit, javascript):
    page: Page = visit("mediator", javascript=javascript)
    page.goto("/cases/new")
    page.locator("#order summary").click()
    hands.fill(page, {"pasted": ORDER, "name": "巴特"})
    hands.send(page, "#order", "read_order")
    assert page.locator('[name="respondents-0-told"]').input_value() == "宏远劳务有限公司"
    assert page.locator('[name="name"]').input_value() == "巴特"
    assert page.locator('[name="phone"]').input_value() == ""
    hands.send(page, "#order", "use:name:巴特尔")
    hands.send(page, "#order", "use:phone:138 4786 2213")
    assert "来自粘贴的文字，请核对" in page.locator("#phone-hint").inner_text()
    hands.send(page, "#intake", "register")
    hands.assert_said(page, "已登记，登记号")
    found = stored(app, hands.number_of(page), lambda c: (
        c.title, c.source, c.claimed_fen, c.external_numbers[0].number, c.respondent_title, c.narrative))
    assert found == ("巴特尔等12人", "governance", 18600000, "综治2026-1102", "宏远劳务有限公司", ORDER)


@hands.BOTH_WAYS
def test_a_clerk_enters_an_old_case_and_completes_it(app: Flask, visit, javascript):
    page: Page = visit("mediator", javascript=javascript)
    page.goto("/cases")
    hands.press(page, "补录旧案")
    hands.fill(page, {
        "received": "2024年初", "source": "hotline", "name": "娜仁", "respondents-0-told": "某餐馆", "claims-0-head": "wages",
        "claims-0-amount": "约2万", "narrative": "台账第七行。", "outcome": "AGREED", "concluded_on": "2024-03-20",
        "agreed": "15000", "due": "麦收前", "paid-0-fen": "1万", "paid-0-paid_on": "2024.4.2"})
    hands.send(page, "#late", "enter")
    hands.assert_said(page, "还缺：收到的日子、承办人")
    number = hands.number_of(page)
    assert "补录案件，不计期限" in page.locator("main").inner_text()
    page.goto("/cases/missing")
    page.locator("tbody a", has_text="收到的日子").click()
    page.wait_for_url("**/late#received")
    hands.fill(page, {"received": "2024-01-15", "note": "档案室第三柜"})
    choose_first(page, "handler_id")
    hands.send(page, "form[action$='/late']")
    hands.assert_said(page, "已补全。")
    assert stored(app, number, lambda c: (c.received_on.isoformat(), c.as_told["received_on"], c.arrived_fen)) == (
        "2024-01-15", "2024年初", 1000000)
    page.goto("/cases/missing")
    assert "没有缺内容的旧案" in page.locator("main").inner_text()


def choose_first(page: Page, name: str) -> None:
    """The first row of a list that opens, after the empty line."""
    page.locator(f'[name="{name}"]').select_option(index=1)
