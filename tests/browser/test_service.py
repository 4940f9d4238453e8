"""A notice from its number to its proof of service: issued, refused before a witness, with a picture, and told."""
from __future__ import annotations

from playwright.sync_api import Page

from mediation.extensions import db
from mediation.models import Case
from tests import casework, house
from tests.browser import hands


def failed(app) -> str:
    """A case that failed, whose notice is still to be given."""
    number = casework.store_case(app, "MEDIATING")
    with app.app_context():
        case = db.session.query(Case).filter_by(number=number).one()
        casework.step(case, "fail", house.actor("mediator"))
        db.session.commit()
    return number


def serve(page: Page, number: str, who: str, **answers: object) -> None:
    page.goto(f"/cases/{number}/papers")
    page.locator("tr", has_text="终止调解告知书").filter(has_text=who).get_by_role("link", name="记送达").click()
    hands.fill(page, answers)
    page.locator("#record").get_by_role("button", name="记下", exact=True).click()
    page.wait_for_load_state()


def test_a_notice_is_issued_refused_witnessed_and_told(app, visit, tmp_path):
    number = failed(app)
    page: Page = visit("mediator")
    page.goto(f"/cases/{number}/papers/termination")
    page.get_by_role("button", name="出具并编号").click()
    hands.assert_said(page, "乌中工调终〔2026〕1号")
    page.goto("/")
    assert page.get_by_text("文书还没送到").count()
    serve(page, number, "李老板", given_way="hand")
    serve(page, number, "巴特尔", given_way="hand", result="refused", witness="嘎查长乌兰", note="不肯接，放在门口")
    hands.assert_said(page, "已记")
    picture = tmp_path / "门口.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    page.locator("section", has=page.locator("#served")).locator("tr", has_text="巴特尔").get_by_role(
        "link", name="加照片、附件").click()
    page.locator("[name=file]").set_input_files(picture)
    page.get_by_role("button", name="加附件").click()
    page.goto(f"/cases/{number}/papers")
    assert page.get_by_role("link", name="记送达").count() == 0
    with app.app_context():
        assert db.session.query(Case).filter_by(number=number).one().notified_on == house.TODAY
    page.goto(f"/cases/{number}/messages")
    page.get_by_role("button", name="复制").first.click()
    assert page.get_by_role("button", name="已复制").count() == 1
    page.get_by_role("button", name="已发，记联系").first.click()
    hands.assert_said(page, "发了信息")
