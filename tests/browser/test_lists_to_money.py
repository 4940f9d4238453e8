"""A crew from the foreman's wage sheet to the money: the sheet as a file, shares by a table, the bank's list, paid."""
from __future__ import annotations

import io

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from openpyxl import Workbook
from playwright.sync_api import Page

from mediation.extensions import db
from mediation.models import Attachment, Case
from mediation.queries.house import digests
from mediation.queries.money import case_money
from tests import house
from tests.browser import hands

CARD = "6217000012345678907"
WAGES = [["城南工地2026年10月工资表"], ["序号", "姓  名", "实领人", "工日", "单价", "总工资", "已领生活费", "剩余工资", "工资卡号"],
         [1, "苏日娜", "", 50, 300, 15000, 5000, 10000, CARD], [2, "其其格", "格母", 40, 300, 12000, 2000, 10000, ""],
         [None, "合  计", None, 90, None, 27000, 7000, 20000, None], ["制表人：李"]]
SHARES = "姓名,协议金额\n巴特尔,10000\n苏日娜,9000.50\n其其格,9000.50\n"
BANK = [["批量代发清单"], ["付款日期：2026-11-18"], ["收款人姓名", "收款账号", "金额", "状态", "流水号", "失败原因"],
        ["巴特尔", None, 10000, "成功", "88120001", None], ["苏日娜", CARD, 9000.5, "成功", "88120002", None],
        ["格母", None, 9000.5, "失败", "88120003", "户名不符"]]


def workbook(rows: list[list[object]]) -> bytes:
    book, made = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def choose_file(page: Page, field: str, name: str, data: bytes) -> None:
    page.set_input_files(f"[name={field}]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})


def test_a_crew_from_the_wage_sheet_to_the_banks_list(app: Flask, visit):
    number = hands.keep(app, hands.mediating)
    page, scripted, bank = visit("mediator", False), visit("mediator", True), workbook(BANK)
    bring_wages(page, number, scripted)
    agree(page, number)
    pay(page, number, bank, scripted)
    pay_again(page, number, bank)
    with app.app_context():
        case = db.session.query(Case).one()
        position = case_money.position(case, house.TODAY)
        assert [line.performance.outstanding_fen for line in position.workers] == [0, 0, 900050]
        assert sorted(row.about_kind for row in db.session.query(Attachment)) == ["", "payment"] and not digests.verify()


def look(page: Page, address: str) -> None:
    """axe needs scripts, which the rest of the way does without."""
    page.goto(address)
    assert Axe().run(page).violations_count == 0


def bring_wages(page: Page, number: str, scripted: Page) -> None:
    page.goto(f"/cases/{number}/parties")
    hands.press(page, "传名单")
    choose_file(page, "file", "十月工资.xlsx", workbook(WAGES))
    hands.press(page, "读进来看看")
    shown = page.locator("main").inner_text()
    assert "2人，合计 20,000.00 元" in shown and "十月工资.xlsx" in shown and "制表人：李" in shown
    look(scripted, page.url)
    hands.press(page, "加上这 2 人")
    hands.assert_said(page, "已按名单加上2人")
    assert "格母" in page.locator("main").inner_text()


def agree(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/agreement/new")
    hands.fill(page, {"total": "28001", "first_on": "今天", "all_signed": True})
    page.locator("summary", has_text="按名单分").click()
    choose_file(page, "shares_file", "分配.csv", SHARES.encode("gb18030"))
    hands.press(page, "按名单填各人金额")
    assert [field.input_value() for field in page.locator("[name^=item-]").all()] == ["10,000.00", "9,000.50", "9,000.50"]
    hands.send(page, "#agree", "agree")
    hands.assert_said(page, "已记协议")


def bring_bank_list(page: Page, number: str, bank: bytes) -> list[str]:
    page.goto(f"/cases/{number}/agreement")
    hands.press(page, "按银行清单")
    choose_file(page, "file", "代发.xlsx", bank)
    hands.press(page, "读进来看看")
    return [tag.inner_text() for tag in page.locator("#bank-list td.state").all()]


def pay(page: Page, number: str, bank: bytes, scripted: Page) -> None:
    assert bring_bank_list(page, number, bank) == ["对上了", "对上了", "失败、退票"]
    look(scripted, page.url)
    hands.send(page, "#bank-list", "save")
    hands.assert_said(page, "已按清单登记2笔，19,000.50元")
    assert "流水号 88120002" in page.locator("main").inner_text()


def pay_again(page: Page, number: str, bank: bytes) -> None:
    """The same list finds nothing new."""
    assert bring_bank_list(page, number, bank) == ["已经登记过", "已经登记过", "失败、退票"]
    assert not page.locator("button[value=save]").count()
