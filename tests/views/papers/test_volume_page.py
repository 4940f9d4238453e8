"""The page of the volume: scans sent, moved, said anew; the whole as one PDF; who sees it; what bad input is told."""
from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from mediation.extensions import db
from mediation.papers import pdf
from tests import casework, house, prepared
from tests.test_binder import HOSTILE, picture, scan


def store(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        case = casework.bring(casework.make_case(who), "CLOSED", who)
        db.session.commit()
        return case.number


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, store)


def index_of(page) -> list[tuple[str, str]]:
    """Names and pages of what lies in the volume, as the page shows it."""
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.soup.select("table tbody tr")]
    return [(cells[1], cells[2]) for cells in rows if cells[2]]


def send(visitor, number: str, kind: str, *files: tuple[bytes, str], status: int = 303):
    return visitor.submit(visitor.get(f"/cases/{number}/volume"), "#add-scans form", status, kind=kind,
                          scans=[(io.BytesIO(content), name) for content, name in files])


def test_scans_are_sent_together_moved_said_anew_and_bound(client, number):
    mediator, place = client("mediator"), f"/cases/{number}/volume"
    assert place in [link["href"] for link in mediator.get(f"/cases/{number}/papers").soup.select("a")]
    send(mediator, number, "evidence", (picture(), "甲.jpg"), (picture(), "乙.jpg"), (scan(2), "丙.pdf"))
    page = mediator.get(place)
    assert index_of(page) == [("证据材料", "1-4")]
    assert [link.get_text() for link in page.soup.select("td a[download]")] == ["甲.jpg", "乙.jpg", "丙.pdf"]
    up = page.soup.select_one("button[aria-label='丙.pdf往前移']")["value"]
    page = mediator.get(mediator.submit(page, "form[action$='/volume/order']", 303, move=up).location)
    names = [li.select_one("a").get_text() for li in page.soup.select("td li")]
    assert names == ["甲.jpg", "丙.pdf", "乙.jpg"]
    link = page.soup.select_one("a[aria-label='甲.jpg归到别处']")["href"]
    answer = mediator.submit(mediator.get(link), "form[action*='/volume/files/']", 303, kind="identity")
    page = mediator.get(answer.location)
    assert index_of(page) == [("身份证明", "1"), ("证据材料", "2-4")]
    answer = mediator.raw.get(f"{place}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    read = PdfReader(io.BytesIO(answer.data))
    assert [page.extract_text().strip() for page in read.pages[2:-1]] == ["1", "2", "3", "4"]


def test_what_is_missing_stands_on_the_page(client, number):
    page = client("mediator").get(f"/cases/{number}/volume")
    assert "还缺：" in page.text and page.soup.select("td .tag.late")


@pytest.mark.parametrize("name", ["script at opening", "password", "broken off"])
def test_a_scan_that_is_refused_is_named_in_both_languages_and_none_is_kept(client, number, name):
    mediator = client("mediator")
    page = send(mediator, number, "evidence", (picture(), "好.jpg"), (HOSTILE[name][0], "坏.pdf"), status=422)
    assert f"坏.pdf：{HOSTILE[name][1].zh}" in page.text
    assert index_of(mediator.get(f"/cases/{number}/volume")) == []


def test_nothing_chosen_and_an_unknown_kind_are_said(client, number):
    mediator = client("mediator")
    assert "请选一个文件" in send(mediator, number, "evidence", status=422).text
    page = mediator.get(f"/cases/{number}/volume")
    assert mediator.submit(page, "form[action$='/volume/order']", 422, move="99:up").status == 422
    assert mediator.get(f"/cases/{number}/volume/files/99", status=404).status == 404


def test_who_only_reads_sees_no_buttons_and_a_body_sees_no_volume(client, number):
    page = client("auditor").get(f"/cases/{number}/volume")
    assert not page.soup.select("#add-scans, button[name=move]")
    for who in ("liaison", "mediator2"):
        assert client(who).get(f"/cases/{number}/volume", status=404).status == 404


def test_without_a_chinese_font_the_page_names_the_cure_and_leaves_no_file(app, client, number, monkeypatch):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"DejaVu Sans"}))
    pdf.fonts.cache_clear()
    page = client("mediator").get(f"/cases/{number}/volume.pdf", status=422)
    pdf.fonts.cache_clear()
    assert re.search("fonts-noto-cjk", page.text)
    assert not list((house.Path(str(app.config["MEDIATION"]["INSTANCE"])) / "tmp").glob("*.pdf"))


def test_the_command_writes_the_same_volume_and_says_what_is_missing(app, client, number, tmp_path):
    send(client("mediator"), number, "identity", (scan(2), "身份证.pdf"))
    target = tmp_path / "卷.pdf"
    done = app.test_cli_runner().invoke(args=["volume", number, "-o", str(target)])
    assert done.exit_code == 0 and "2页" in done.stdout and "还缺：" in done.stderr
    assert len(PdfReader(target).pages) == 5 and target.stat().st_mode & 0o077 == 0
    assert app.test_cli_runner().invoke(args=["volume", "none", "-o", str(tmp_path / "x.pdf")]).exit_code == 1
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".sqlite"] == ["卷.pdf"]
