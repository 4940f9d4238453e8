"""A wage sheet brought as a file into a case: kept, looked at sheet by sheet, added, and what is no table refused."""
from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case, Claim
from mediation.queries.house import digests
from tests import casework, house

FORM, BRING = "form[action$='parties/list']", "form[action$='list/file']"
SHEETS = {"说明": [["本表由财务填写"]], "十月工资": [
    ["恒远建设2026年10月工资表"], ["序号", "姓  名", "实领人", "工资卡号", "8月", "9月", "欠发合计", "备注"],
    [], [1, "苏日娜", "苏日娜", "6217000012345678907", 3000, 3500, 6500.5, ""],
    [2, "巴 图", "巴母", "'6217000012345678915", 2000, None, 2000, "代领"], ["合计", "", "", "", 5000, 3500, 8500.5]]}


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture
def number(app):
    with app.app_context():
        case = casework.make_case(house.actor(), workers=1, headcount=20, as_told={"headcount": "二十来人"})
        case.parties[0].headcount = 20
        casework.rest(case, house.actor())
        db.session.commit()
        return case.number


def bring(visitor, number: str, data: bytes, name: str, **more: object):
    page = visitor.get(f"/cases/{number}/parties/list")
    return visitor.submit(page, BRING, file=(io.BytesIO(data), name), **more)


def test_a_workbook_is_kept_looked_at_and_added_with_its_lines_named(app, client, number):
    visitor = client("mediator")
    page = visitor.get(bring(visitor, number, workbook(SHEETS), "十月工资.xlsx").location)
    assert page.all("tbody td.state")[:2] == ["新增", "新增"] and "8,500.50" in page.text and "收款人 巴母" in page.text  # the larger sheet by itself
    assert page.soup.find("strong", attrs={"aria-current": "true"}).get_text() == "十月工资"
    other = visitor.get(page.soup.find("a", string="说明")["href"])
    assert "只有名字，没有金额、证件号和电话，请看是不是人" in other.text
    whole = page.soup.select_one("select[name=out_of] option:nth-of-type(2)")["value"]
    visitor.submit(page, FORM, action="save", out_of=whole)
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert [(p.name, p.payee_name, p.account[-4:], p.headcount) for p in case.parties if p.side == "applicant"][1:] == [
            ("苏日娜", "", "8907", 1), ("巴图", "巴母", "8915", 1)]
        notes = db.session.scalars(select(Claim.note).order_by(Claim.id)).all()[1:]
        assert notes == ["8月3000 9月3500 （见附件《十月工资.xlsx》第4行）", "8月2000 代领 （见附件《十月工资.xlsx》第5行）"]
        assert [row.name for row in db.session.scalars(select(Attachment))] == ["十月工资.xlsx"]
        assert (case.headcount, case.as_told.get("headcount")) == (20, "二十来人") and not digests.verify()


def test_the_same_file_again_adds_nobody_and_is_kept_once(app, client, number):
    visitor, data = client("mediator"), workbook(SHEETS)
    page = visitor.get(bring(visitor, number, data, "十月工资.xlsx").location)
    visitor.submit(page, FORM, action="save")
    again = visitor.get(bring(visitor, number, data, "十月工资（1）.xlsx").location)
    assert again.all("tbody td.state")[:2] == ["重复，不加入"] * 2 and not again.soup.select("button[value=save]")
    with app.app_context():
        assert len(db.session.scalars(select(Attachment)).all()) == 1


def test_the_rough_number_goes_when_the_list_is_in(app, client, number):
    names = [[f"工友{sign}", 1000] for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌"]
    visitor = client("mediator")
    page = visitor.get(bring(visitor, number, workbook({"名单": [["姓名", "金额"], *names]}), "名单.xlsx").location)
    whole = page.soup.select_one("select[name=out_of] option:nth-of-type(2)")["value"]
    asked = visitor.submit(page, FORM, status=422, action="save", out_of=whole)
    visitor.submit(asked, FORM, action="save", confirmed="over_sum")
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert (case.headcount, case.title, dict(case.as_told)) == (22, "巴特尔等22人", {})  # he and 21 more


@pytest.mark.parametrize(("name", "data", "said"), [
    ("名单.csv", "姓名,金额\n苏日娜,\"1,200.50\"\n".encode("gb18030"), "1,200.50"),
    ("名单.csv", "\ufeff姓名;金额\n苏日娜;1200.5\n".encode(), "1,200.50")])
def test_text_in_the_encodings_of_offices_is_a_table_too(client, number, name, data, said):
    visitor = client("mediator")
    page = visitor.get(bring(visitor, number, data, name).location)
    assert page.all("tbody td.state")[:1] == ["新增"] and said in page.text


@pytest.mark.parametrize(("name", "data", "said"), [
    ("名单.xlsx", b"", "空的"), ("", b"", "选一个文件"), ("名单.docx", b"PK\x03\x04", "这里只收表格"),
    ("名单.xlsx", b"\x89PNG\r\n\x1a\n", "图片"), ("名单.xls", b"PK\x03\x04broken", ""),
    ("名单.csv", "姓名,金额\n苏\x07日娜,5\n".encode(), "第2行")])
def test_what_is_no_table_is_refused_beside_the_field(app, client, number, name, data, said):
    visitor = client("mediator")
    page = bring(visitor, number, data, name, status=422)
    assert said in page.soup.select_one("#table-file-error").get_text()
    with app.app_context():
        assert not db.session.scalars(select(Attachment)).all()


def test_a_case_has_only_its_own_tables(client, number):
    visitor = client("mediator")
    assert "新增" not in visitor.get(f"/cases/{number}/parties/list?file=1&sheet=x").text


def test_an_outsider_neither_sees_nor_brings_a_list(client, number):
    stranger = client("mediator2")
    assert stranger.get(f"/cases/{number}/parties/list?file=1", status=404).status == 404
    assert stranger.post(f"/cases/{number}/parties/list/file", {}, status=404).status == 404
