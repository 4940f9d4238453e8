"""Files beside what they prove: which are taken, where they stand, who sees them, and what is said of those not kept."""
from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import Attachment, LoginSession
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services.papers import files
from tests import casework, house, ledgers, prepared
from tests.test_binder import HOSTILE, picture, scan

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def packed(*names: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return body.getvalue()


def media(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(20)


TAKEN = {
    "照片.jpg": JPEG, "照片.JPEG": JPEG, "IMG_0001.HEIC": media(b"heic"), "IMG_2.heif": media(b"mif1"),
    "录音.m4a": media(b"M4A "), "手机录音.m4a": media(b"mp42"), "录音.amr": b"#!AMR\n\x3c", "录像.mp4": media(b"isom"),
    "考勤.doc": OLE, "工资.xls": OLE, "证明.wps": OLE, "工资.et": OLE, "公文.ofd": packed("OFD.xml", "Doc_0/Document.xml"),
    "名单.xlsx": packed("xl/workbook.xml"), "说明.txt": "欠薪".encode("gb18030"), "判决.pdf": b"%PDF-1.4"}
REFUSED = {
    "照片.jpg": media(b"heic"), "照片.heic": JPEG, "录像.mp4": media(b"heic"), "录音.amr": b"RIFF....WAVE", "考勤.doc": b"{\\rtf1}",
    "公文.ofd": packed("word/document.xml"), "证明.wps": b"MZ\x90", "照片.heic ": media(b"heic"), "x.mov": media(b"qt  "),
    "x.exe": b"MZ", "x.html": b"<script>", "x.svg": b"<svg/>"}


def store(app) -> dict[str, object]:
    """A case with each entry that a file may stand beside; gives its number and their ids."""
    with app.app_context():
        who = house.actor("mediator")
        case = ledgers.agreed_case(who, [500000], who.today + timedelta(9))
        ledgers.pay(case, who, 100000)
        casework.add_hearing(case, who)
        casework.rest(case, who)
        files_of = {"payment": case.payments[0].id, "signature": case.agreements[0].signatures[0].id,
                    "session": case.hearings[0].id, "party": case.parties[0].id}
        db.session.commit()
        return {"number": case.number, "ids": files_of}


@pytest.fixture
def made(app):
    return prepared.once(app, store)


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_is_taken_for_what_it_is(name):
    kind = files.check(name, TAKEN[name])
    assert {"jpeg": "jpg", "heif": "heic"}.get(name.rsplit(".")[-1].lower(), name.rsplit(".")[-1].lower()) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_something_else_is_refused(name):
    with pytest.raises(Refused):
        files.check(name, REFUSED[name])


@pytest.mark.parametrize("name", ["照片.jpg", "说明.txt", "x.exe"])
def test_an_empty_file_is_called_empty(name):
    with pytest.raises(Refused, match="空的"):
        files.check(name, b"")


PAGES = {"payment": "/agreement", "signature": "/agreement", "session": "/sessions", "party": "/parties"}


@pytest.mark.parametrize("kind", PAGES)
def test_a_photograph_stands_beside_what_it_proves(app, client, made, kind):
    base, key = f"/cases/{made['number']}", made["ids"][kind]
    mediator = client("mediator")
    place = f"{base}/files/{kind}/{key}"
    assert place in [link["href"] for link in mediator.get(base + PAGES[kind]).soup.select("a[href]")]
    page = mediator.get(place)
    camera = page.soup.select_one("input[type=file][name=photo]")
    assert (camera["accept"], camera["capture"]) == ("image/jpeg", "environment")
    chooser = page.soup.select_one("input[type=file][name=file]")
    assert ".heic" not in chooser["accept"] and ".m4a" in chooser["accept"]
    mediator.submit(page, "form[action*='/files/']", photo=(io.BytesIO(JPEG), "转账截图.jpg"))
    for where in (place, base + PAGES[kind], f"{base}/coordination"):
        [link] = [link for link in mediator.get(where).soup.select("a[download]") if link.get_text() == "转账截图.jpg"]
        assert mediator.raw.get(link["href"]).data == JPEG
    with app.app_context():
        row = db.session.scalars(select(Attachment)).one()
        assert (row.about_kind, row.about_id) == (kind, key) and digests.verify() == []
        row.about_id = 99
        db.session.flush()
        assert [fault.place for fault in digests.verify()] == [made["number"]]


def test_a_file_beside_a_paper(app, client, made):
    mediator, base = client("mediator"), f"/cases/{made['number']}"
    page = mediator.get(f"{base}/papers?kind=identity")
    mediator.submit(page, "#record form")
    [href] = {link["href"] for link in mediator.get(f"{base}/papers").soup.select(f"a[href^='{base}/files/paper/']")}
    mediator.submit(mediator.get(href), "form[action*='/files/']", file=(io.BytesIO(b"%PDF-1.7"), "身份证.pdf"))
    assert "身份证.pdf" in mediator.get(f"{base}/papers").text


def test_every_file_is_served_to_be_saved_and_not_shown(app, client, made):
    mediator = client("mediator")
    place = f"/cases/{made['number']}/files/party/{made['ids']['party']}"
    for name, data in TAKEN.items():
        mediator.submit(mediator.get(place), "form[action*='/files/']", file=(io.BytesIO(data), name))
    links = [link["href"] for link in mediator.get(place).soup.select("a[download]")]
    assert len(links) == len(TAKEN)
    for link, data in zip(links, TAKEN.values(), strict=True):
        answer = mediator.raw.get(link)
        assert answer.data == data and answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("name", "data"), [("照片.jpg", picture()), ("判决.pdf", scan()), ("录像.mp4", TAKEN["录像.mp4"]),
                                             ("考勤.doc", OLE), ("说明.txt", TAKEN["说明.txt"])])
def test_a_picture_and_a_pdf_can_be_looked_at_and_nothing_else(client, made, name, data):
    mediator, place = client("mediator"), f"/cases/{made['number']}/files/party/{made['ids']['party']}"
    mediator.submit(mediator.get(place), "form[action*='/files/']", file=(io.BytesIO(data), name))
    [link] = mediator.get(place).soup.select("a[download]")
    looks = [one["href"] for one in mediator.get(place).soup.select("a[href$='/view']")]
    answer = mediator.raw.get(f"{link['href']}/view")
    if name in ("照片.jpg", "判决.pdf"):
        assert looks == [f"{link['href']}/view"] and answer.data == data
        assert answer.headers["Content-Disposition"].startswith("inline")
    else:
        assert looks == [] and answer.status_code == 404
    assert client("mediator2").raw.get(f"{link['href']}/view").status_code == 404


def test_a_damaged_pdf_is_kept_as_evidence_and_never_shown_by_itself(client, made):
    mediator, place = client("mediator"), f"/cases/{made['number']}/files/party/{made['ids']['party']}"
    broken = scan()[:-400] + b"/JS (app.alert(1))"
    mediator.submit(mediator.get(place), "form[action*='/files/']", file=(io.BytesIO(broken), "判决.pdf"))
    [link] = mediator.get(place).soup.select("a[download]")
    answer = mediator.raw.get(f"{link['href']}/view")
    assert answer.data == broken and answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["script at opening", "password"])
def test_a_pdf_that_nobody_could_look_at_safely_is_refused_with_the_cure(app, client, made, name):
    mediator, place = client("mediator"), f"/cases/{made['number']}/files/party/{made['ids']['party']}"
    content, reason = HOSTILE[name]
    page = mediator.submit(mediator.get(place), "form[action*='/files/']", 422, file=(io.BytesIO(content), "判决.pdf"))
    assert reason.zh in page.text and "拍照再传" in page.text
    with app.app_context():
        assert db.session.scalars(select(Attachment)).all() == []


def test_what_belongs_to_another_case_or_to_none_takes_no_file(app, client, made):
    mediator, base = client("mediator"), f"/cases/{made['number']}"
    with app.app_context():
        other = casework.make_case(house.actor("mediator"))
        foreign = other.parties[0].id
        db.session.commit()
    for place in (f"{base}/files/party/{foreign}", f"{base}/files/party/999", f"{base}/files/nothing/1"):
        mediator.get(place, status=404)
        mediator.post(place, {"file": (io.BytesIO(JPEG), "x.jpg")}, status=404)
    with app.app_context():
        assert db.session.scalars(select(Attachment)).all() == []


def test_others_see_or_add_no_more_than_before(app, client, made):
    place = f"/cases/{made['number']}/files/payment/{made['ids']['payment']}"
    mediator = client("mediator")
    mediator.submit(mediator.get(place), "form[action*='/files/']", file=(io.BytesIO(JPEG), "转账.jpg"))
    assert "转账.jpg" in client("auditor").get(place).text
    client("auditor").post(place, {"file": (io.BytesIO(JPEG), "x.jpg")}, status=403)
    client("mediator2").get(place, status=404)
    client("liaison").get(place, status=404)
    client("admin").get(place, status=403)


@pytest.mark.parametrize("sent, said", [
    ((b"", "空.jpg"), "是空的"), ((b"MZ", "x.jpg"), "对不上"), ((b"MZ", "x.exe"), "不收这种文件")])
def test_a_refused_file_is_said_not_to_be_kept(app, client, made, sent, said):
    mediator, place = client("mediator"), f"/cases/{made['number']}/files/party/{made['ids']['party']}"
    page = mediator.submit(mediator.get(place), "form[action*='/files/']", 422, file=(io.BytesIO(sent[0]), sent[1]))
    assert said in page.text and "文件没有留下，请重新选" in page.text
    assert "请选一个文件" in mediator.submit(mediator.get(place), "form[action*='/files/']", 422).text


def test_a_file_sent_after_the_log_in_lapsed_is_said_not_to_be_kept(app, client, made):
    mediator, place = client("mediator"), f"/cases/{made['number']}/files/party/{made['ids']['party']}"
    page = mediator.get(place)
    path, values = page.form("form[action*='/files/']")
    with app.app_context():
        db.session.execute(update(LoginSession).values(seen_at=datetime.now(UTC) - timedelta(minutes=40)))
        db.session.commit()
    mediator.post(path, {**values, "photo": (io.BytesIO(JPEG), "转账.jpg")}, status=302)
    mediator.log_in("mediator", house.PASSWORD)
    [link] = [a["href"] for a in mediator.get("/").soup.select("a[href^='/drafts/']")]
    again = mediator.get(link, status=None)
    assert "文件没有留下，请重新选" in again.text
    with app.app_context():
        assert db.session.scalars(select(Attachment)).all() == []
