"""A group from its agreement to the bound volume: the papers of all at one press, served to each, bound and read back."""
from __future__ import annotations

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page
from pypdf import PdfReader

from mediation.models import Case
from mediation.papers import word_page
from mediation.rules.access import Actor
from tests import casework
from tests.browser import hands
from tests.test_binder import scan

SUMS = ("10000", "9000.50")
PEOPLE = ("巴特尔", "工人2")
LAID_OUT = 60_000  # milliseconds that a machine with other work may take for a PDF
KINDS = ("调解协议书", "权利义务告知书", "送达回证")


def group(case: Case, actor: Actor) -> None:
    casework.add_worker(case, PEOPLE[1], phone="13847862201")
    case.is_group, case.headcount = True, 2
    hands.mediating(case, actor)


def agree(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/agreement/new")
    hands.fill(page, {"total": "19000.50", "first_on": "今天", "all_signed": True})
    for summary in page.locator("#agree summary").all():
        summary.click()
    for field, fen in zip(page.locator("[name^=item-]").all(), SUMS, strict=True):
        field.fill(fen)
    hands.send(page, "#agree", "agree")
    hands.assert_said(page, "已记协议")


def taken(page: Page, words: str) -> bytes:
    """The file behind a link."""
    with page.expect_download(timeout=LAID_OUT) as waited:
        page.get_by_role("link", name=words, exact=True).click()
    return Path(waited.value.path()).read_bytes()


def marks(read: PdfReader, outline: list | None = None) -> list[tuple[str, int]]:
    """The lowest bookmarks with the page each leads to."""
    found: list[tuple[str, int]] = []
    for one in read.outline if outline is None else outline:
        found += marks(read, one) if isinstance(one, list) else [(one.title, read.get_destination_page_number(one))]
    return found


def said_on(read: PdfReader, page: int) -> str:
    return "".join(read.pages[page].extract_text().split())


def test_a_group_from_its_agreement_to_the_bound_volume(app, visit):
    number = hands.keep(app, group)
    page: Page = visit("mediator")
    agree(page, number)
    page.goto(f"/cases/{number}/papers")
    with zipfile.ZipFile(io.BytesIO(taken(page, "Word 文件一包"))) as archive:
        assert archive.namelist() == [f"00{n}-{who}-{kind}.docx" for n, who in enumerate(PEOPLE, 1) for kind in KINDS]
        second = word_page.text_of(archive.read("002-工人2-调解协议书.docx"))
    assert "9,000.50元" in second and "玖仟元零伍角" in second and "19,000.50" not in second and "巴特尔" not in second
    printed = PdfReader(io.BytesIO(taken(page, "打印用的 PDF")))
    papers = [(title, start) for title, start in marks(printed) if title in KINDS]
    assert [title for title, _start in papers] == [*KINDS] * 2 and all(start % 2 == 0 for _title, start in papers)
    assert all(title in said_on(printed, start) for title, start in papers)
    serve_all(page, number)
    bind(page, number)


def serve_all(page: Page, number: str) -> None:
    """The agreement reaches everybody, as the desk asks."""
    for _one in range(3):
        page.goto(f"/cases/{number}/papers")
        page.get_by_role("link", name="记送达").first.click()
        hands.fill(page, {"given_way": "hand"})
        page.locator("#record").get_by_role("button", name="记下", exact=True).click()
        page.wait_for_load_state()
    page.goto(f"/cases/{number}/papers")
    assert page.locator("section", has=page.locator("#served")).get_by_text("已送到").count() == 3
    assert page.get_by_role("link", name="记送达").count() == 0


def bind(page: Page, number: str) -> None:
    page.goto(f"/cases/{number}/volume")
    hands.choose(page, "kind", "identity")
    page.set_input_files("[name=scans]", {"name": "身份证.pdf", "mimeType": "application/pdf", "buffer": scan(3)})
    hands.press(page, "加进卷宗")
    hands.assert_said(page, "收下1个")
    read = PdfReader(io.BytesIO(taken(page, "整卷 PDF")))
    titles = [title for title, _page in marks(read)]
    assert titles == ["调解卷宗封面", "卷内目录", "身份证明", "调解协议书", "调解卷宗封底"]
    starts = dict(marks(read))
    assert starts["身份证明"] == 2 and starts["调解协议书"] == 5
    agreed = said_on(read, 5)
    assert "调解协议书" in agreed and agreed.endswith("4") and said_on(read, 2) == "1"
    index = said_on(read, 1)
    assert "身份证明1-3" in index and f"调解协议书4-{len(read.pages) - 3}" in index
    assert f"共{len(read.pages) - 3}页" in said_on(read, 0)
