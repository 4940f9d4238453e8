"""The page of the volume: scans sent, moved, said anew; the whole as one PDF; who sees it; what bad input is told."""
from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case
from mediation.papers import laying, maker
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


def test_a_scan_that_is_too_large_or_was_broken_off_is_refused_and_none_is_kept(app, client, number):
    mediator, place = client("mediator"), f"/cases/{number}/volume"
    large = send(mediator, number, "evidence", (picture(), "好.jpg"), (b"%PDF-1.7" + b" " * 11_000_000, "大.pdf"), status=422)
    assert "大.pdf：文件超过10兆" in large.text
    path, values = mediator.get(place).form("#add-scans form")
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in values.items()
                    if isinstance(v, str) and k != "kind")
    head = ('--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nevidence\r\n--x\r\nContent-Disposition: '
            'form-data; name="scans"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n')
    body = (parts + head).encode() + scan(2)
    huge = mediator.raw.post(path, data=body, content_type="multipart/form-data; boundary=x",
                             environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)})
    broken = mediator.raw.post(path, data=body[:-400], content_type="multipart/form-data; boundary=x")
    assert huge.status_code == 413 and broken.status_code in (400, 422)
    assert index_of(mediator.get(place)) == []
    with app.app_context():
        assert db.session.scalars(select(Attachment)).all() == []
    kept = house.Path(str(app.config["MEDIATION"]["INSTANCE"])) / "files"
    assert not kept.exists() or not list(kept.iterdir())


def test_nothing_chosen_and_an_unknown_kind_are_said(client, number):
    mediator = client("mediator")
    assert "请选一个文件" in send(mediator, number, "evidence", status=422).text
    page = mediator.get(f"/cases/{number}/volume")
    assert mediator.submit(page, "form[action$='/volume/order']", 422, move="99:up").status == 422
    assert mediator.get(f"/cases/{number}/volume/files/99", status=404).status == 404


def issue(mediator, number: str, kind: str) -> None:
    page = mediator.get(f"/cases/{number}/papers?kind={kind}")
    mediator.submit(page, "#record form", 303, kind=kind, given_way="hand", given_to="巴特尔")


def test_an_issued_paper_without_a_scan_is_bound_as_it_was_kept_and_a_scan_stands_for_it(app, client, number):
    mediator, place = client("mediator"), f"/cases/{number}/volume"
    issue(mediator, number, "acceptance")
    send(mediator, number, "evidence", (scan(2), "甲.pdf"))
    page = mediator.get(place)
    assert "签字件没有扫描" in page.text and "整卷 PDF 里才有全部页号" in page.text
    kept = next(link["href"] for link in page.soup.select("td li a") if "/papers/kept/" in link["href"])
    assert "受理通知书" in mediator.get(kept).text
    with app.app_context():
        db.session.scalars(select(Case).where(Case.number == number)).one().parties[0].name = "改了名"
        db.session.commit()
    read = PdfReader(io.BytesIO(mediator.raw.get(f"{place}.pdf").data))
    bound = read.pages[2].extract_text()
    assert "受理通知书" in bound and "巴特尔" in bound and "改了名" not in bound
    assert [page.extract_text().strip()[-1] for page in read.pages[2:-1]] == ["1", "2", "3"]
    index = "".join(read.pages[1].extract_text().split())
    assert "受理通知书1必须，签字件没有扫描，按留存件排版" in index and "证据材料2-3按需" in index
    send(mediator, number, "acceptance", (scan(4), "签字.pdf"))
    assert index_of(mediator.get(place)) == [("受理通知书", "1-4"), ("证据材料", "5-6")]


def test_cover_index_and_back_are_in_the_words_of_the_office_where_it_has_its_own(client, number):
    lead, mediator = client("lead"), client("mediator")
    listed = "|: 4 2 6\n| 名 | 页 | 注 |\n%for 件 in 卷内材料\n| {件.名称} | {件.页号} | {件.备注} |\n%endfor"
    for kind, text in (("cover", "本站自己的封面：{{文号}}，共{{页数}}页"), ("index", f"# 本站目录\n{listed}"),
                       ("back", "本站封底，{{页数}}页，{{文号}}")):
        page = lead.get("/papers/wordings")
        path, values = page.form("form[enctype]")
        lead.post(path, {**values, "kind": kind, "act": "use", "file": (io.BytesIO(maker.build("x", text)), "样式.docx")},
                  status=303, content_type="multipart/form-data")
    send(mediator, number, "evidence", (scan(3), "甲.pdf"))
    read = PdfReader(io.BytesIO(mediator.raw.get(f"/cases/{number}/volume.pdf").data))
    said = ["".join(page.extract_text().split()) for page in read.pages]
    assert "本站自己的封面" in said[0] and "共3页" in said[0]
    assert "本站目录" in said[1] and "证据材料1-3按需" in said[1]
    assert "本站封底，3页" in said[-1]


def test_who_only_reads_sees_no_buttons_and_a_body_sees_no_volume(client, number):
    page = client("auditor").get(f"/cases/{number}/volume")
    assert not page.soup.select("#add-scans, button[name=move]")
    for who in ("liaison", "mediator2"):
        assert client(who).get(f"/cases/{number}/volume", status=404).status == 404


def test_without_a_chinese_font_the_page_names_the_cure_and_leaves_no_file(app, client, number, monkeypatch):
    monkeypatch.setattr(laying, "SERVE", "from mediation.papers import laying, pdf\n"
                        "pdf._families = lambda: frozenset({'DejaVu Sans'})\nlaying.serve()")
    page = client("mediator").get(f"/cases/{number}/volume.pdf", status=422)
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
