"""A supervisor brings in last year's register: the file, its columns, one row mended, the cases, and all of it undone."""
from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, ImportBatch
from mediation.queries.house import checks, digests
from mediation.services.imports import judging, taking
from mediation.views import imports as views
from tests.browser import crawling, hands
from tests.imports import BAD, GOOD, HEAD

REGISTER = {"name": "2025年台账.csv", "mimeType": "text/csv", "buffer": "\n".join([HEAD, *GOOD, BAD]).encode("gb18030")}
STANDING = [("谭某等27人", 40000000), ("苏布德", None), ("巴特尔", 300000)]


def stored(app: Flask) -> tuple[str, list[tuple[str, int | None]], set[bool]]:
    """State of the import, title and sum of each case, whether they are voided; the books agree."""
    with app.app_context():
        assert checks.run() == []
        assert not digests.verify()
        rows = db.session.scalars(select(Case).order_by(Case.id)).all()
        return (db.session.scalars(select(ImportBatch)).one().state, [(row.title, row.claimed_fen) for row in rows],
                {row.voided_on is not None for row in rows})


def go_on(page: Page, javascript: bool, until: str) -> None:
    """What is long goes on slice by slice: by itself where there are scripts, else by its button."""
    said = page.locator("main > .flash", has_text=until)
    for _slice in range(0 if javascript else 9):
        if said.count():
            break
        hands.press(page, "接着做")
    said.wait_for()


@hands.BOTH_WAYS
def test_a_supervisor_brings_in_last_years_register(app: Flask, visit, javascript, monkeypatch, complaints):
    for module in (judging, taking):
        monkeypatch.setattr(module, "BLOCK", 1)
        monkeypatch.setattr(module, "MOST", 1)
    monkeypatch.setattr(views, "SLICE", 0)
    page: Page = visit("supervisor", javascript=javascript)
    page.set_viewport_size(crawling.WIDE if javascript else crawling.NARROW)
    page.goto("/import")
    page.locator("[name=file]").set_input_files(REGISTER)
    hands.send(page, "form[action='/import']")
    hands.assert_said(page, "已读入")
    hands.press(page, "照这样读")
    go_on(page, javascript, "已读完")
    assert "可以导入2件，有问题1行" in page.locator("#stand + p").inner_text()

    page.locator("nav.tabs a", has_text="要看的").click()
    page.locator("main table tr", has_text="巴特尔").get_by_role("link", name="改").click()
    page.wait_for_url("**/rows/4")
    assert "看不懂这个金额" in page.locator("main").inner_text()
    mended = {"受理日期": "2025-05-06", "联系电话": "13847862201", "诉求金额（元）": "3000"}
    for heading, text in mended.items():
        page.get_by_label(heading).fill(text)
    hands.send(page, "form[action$='/rows/4']")
    hands.assert_said(page, "第4行已改")
    go_on(page, javascript, "已读完")
    hands.press(page, "确认导入3件")
    go_on(page, javascript, "已导入3件")
    assert stored(app) == ("done", STANDING, {False})

    hands.send(page, "form[action$='/undo']")
    assert hands.error_of(page, "reason") == "有误：\n请写明作废的理由"
    complaints.clear()  # a refusal on purpose
    hands.fill(page, {"reason": "选错了年份的台账"})
    hands.send(page, "form[action$='/undo']")
    go_on(page, javascript, "已撤销，3件作废")
    assert stored(app) == ("undone", STANDING, {True})
