"""The evidence pack: who may, what is in it, that nobody is named, and that it proves itself."""
import csv
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, ExportRun
from mediation.papers import pdf
from tests import exports, prepared


@pytest.fixture
def ledger(app):
    return prepared.once(app, exports.furnish_app)


def content(page) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(page.response.get_data())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_only_supervisor_and_auditor(client, ledger):
    for name in ("mediator", "lead", "liaison", "admin"):
        client(name).get("/audit/pack", status=403)
        client(name).get("/audit/pack.zip?period=2026", status=403)
    client("mediator2").get("/audit/pack.zip?period=2026", status=403)
    assert "没有这个站点" in client("supervisor2").get("/audit/pack.zip?period=2026&station=urad-middle", status=422).text
    other = content(client("supervisor2").get("/audit/pack.zip?period=2026"))
    assert not [name for name in other if name.startswith("典型案例")]


def test_what_is_in_it(app, client, ledger):
    found = content(client("supervisor").get("/audit/pack.zip?period=2026&cases=5"))
    assert [name[:2] for name in found if name[0] == "0"] == ["00", "00", "00", "01", "02", "03", "04", "05"]
    people = table(found["01-调解员名册.csv"])
    assert ["王调解" in row for row in people].count(True) == 1 and not any("邻旗人" in row for row in people)
    months = table(found["02-月报.csv"])
    assert [row[0] for row in months[1:]] == [f"2026-{n:02d}" for n in range(1, 12)]
    assert months[1][months[0].index("未到账（到截止日）")] == "0.00"  # in January nothing was agreed yet
    figures = {row[0]: row for row in table(found["03-统计和公式.csv"])}
    assert figures["受理"][1] == "3" and figures["受理"][4]
    assert figures["指标"][2:4] == ["分子（钱以元计）", "分母（钱以元计）"]
    money = figures["未到账（到截止日）"]
    assert money[2] == money[1] and money[1][-3] == "."  # in yuan, as the month reports have it
    visits = dict(table(found["04-回访.csv"]))
    assert (visits["期间内化解（件）"], visits["其中已回访（件）"], visits["回访率"]) == ("2", "0", "0.00 %")


def test_cases_are_told_without_anybody(app, client, ledger):
    found = content(client("auditor").get("/audit/pack.zip?period=2026&station=urad-middle&cases=30"))
    told = {name: body.decode("utf-8-sig") for name, body in found.items() if name.startswith("典型案例")}
    assert len(told) == 2
    for text in told.values():
        for word in ("巴特尔", "李老板", "工人2", "城南工地", "HYPERLINK", "@here", exports.PHONE, exports.IDENTITY,
                     *ledger.values()):
            assert word not in text
        assert "2026-11-18　达成协议" in text and "****" in text
    assert any("16,000.00" in text for text in told.values())


def test_a_sealed_case_is_never_typical(app, client, ledger):
    with app.app_context():
        for case in db.session.scalars(select(Case)):
            case.is_sealed = True
        db.session.commit()
    found = content(client("supervisor").get("/audit/pack.zip?period=2026"))
    assert not [name for name in found if name.startswith("典型案例")]
    assert {row[0]: row for row in table(found["03-统计和公式.csv"])}["受理"][1] == "3"


def test_it_is_on_record_and_proves_itself(app, client, ledger):
    page = client("auditor").get("/audit/pack.zip?period=2026")
    found = content(page)
    listed = dict(reversed(line.split("  ")) for line in found["SHA256SUMS"].decode().splitlines())
    assert listed == {name: hashlib.sha256(body).hexdigest() for name, body in found.items() if name != "SHA256SUMS"}
    with app.app_context():
        run = db.session.scalar(select(ExportRun))
        assert (run.sheet, run.form, run.is_complete, run.rows) == ("pack", "zip", True, len(listed))
        assert run.sha256 == hashlib.sha256(page.response.get_data()).hexdigest()
        assert not list((Path(app.config["MEDIATION"]["INSTANCE"]) / "tmp").glob("*"))
    assert "迎检材料包" in client("auditor").get("/ledger/exports").text


@pytest.mark.parametrize("query", ["", "period=2026..", "period=nonsense", "period=2026&cases=31", "period=2026&cases=x",
                                   "period=2026&station=nowhere"])
def test_what_cannot_be_meant_is_a_sentence(app, client, ledger, query):
    client("auditor").get("/audit/pack")
    assert client("auditor").get(f"/audit/pack.zip?{query}", status=422).soup.select_one("li, p")
    with app.app_context():
        assert db.session.scalar(select(ExportRun.id)) is None


def test_one_page_shows_all_of_it_and_names_nobody(client, ledger):
    found = content(client("auditor").get("/audit/pack.zip?period=2026&station=urad-middle&cases=30"))
    page = found["00-全部.html"].decode()
    for words in ("调解员名册", "月报", "典型案例2", *(cell for row in table(found["04-回访.csv"]) for cell in row)):
        assert words in page
    assert not [word for word in ("巴特尔", "李老板", "城南工地", exports.PHONE, "None") if word in page]


def test_its_pages_have_a_cover_every_table_and_each_case_and_name_nobody(client, ledger):
    found = content(client("auditor").get("/audit/pack.zip?period=2026&station=urad-middle&cases=30"))
    read = PdfReader(io.BytesIO(found["00-迎检材料.pdf"]))
    marks = [(item.title, read.get_destination_page_number(item)) for item in read.outline]
    assert [title for title, _page in marks] == [
        "迎检材料包", "01-调解员名册", "02-月报", "03-统计和公式", "04-回访", "05-工作程序和期限", "典型案例1", "典型案例2"]
    pages = ["".join(page.extract_text().split()) for page in read.pages]
    assert all(title in pages[at] for title, at in marks)
    for words in ("王调解", *(cell for row in table(found["04-回访.csv"]) for cell in row)):
        assert "".join(words.split()) in "".join(pages)
    assert not [word for word in ("巴特尔", "李老板", "城南工地", exports.PHONE, "None") if word in "".join(pages)]


def test_without_a_chinese_font_the_pack_says_so_and_has_the_rest(client, ledger, monkeypatch):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"DejaVu Sans"}))
    pdf.fonts.cache_clear()
    found = content(client("auditor").get("/audit/pack.zip?period=2026&cases=0"))
    pdf.fonts.cache_clear()
    assert "00-迎检材料.pdf" not in found and "00-全部.html" in found
    assert "fonts-noto-cjk" in found["00-说明.txt"].decode()


def test_typical_cases_can_be_chosen(app, client, ledger):
    auditor = client("auditor")
    told = [body.decode() for name, body in content(auditor.get(
        "/audit/pack.zip?period=2026&station=urad-middle&cases=30")).items() if name.startswith("典型案例")]
    with app.app_context():
        won = db.session.scalars(select(Case.number).where(
            Case.outcome.in_(("AGREED", "SETTLED")), Case.is_sealed.is_(False), Case.number.startswith("urad"))).all()
        other = db.session.scalar(select(Case.number).where(Case.outcome == "", Case.number.startswith("urad")))
    one = content(auditor.get(f"/audit/pack.zip?period=2026&station=urad-middle&chosen={won[0]}"))
    chosen = [body.decode() for name, body in one.items() if name.startswith("典型案例")]
    assert len(told) == 2 and len(chosen) == 1 and chosen[0].splitlines()[1:] in [text.splitlines()[1:] for text in told]
    assert f"{other}不能作典型案例" in auditor.get(
        f"/audit/pack.zip?period=2026&station=urad-middle&chosen={other}", status=422).text
