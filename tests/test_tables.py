"""Files as offices send them: every kind is read the same, whatever harms is refused with its cure."""
from __future__ import annotations

import tracemalloc
from datetime import date, datetime

import pytest

from mediation import tables, workbooks
from mediation.rules.imports.sheet import Row
from mediation.rules.text_cleaning import Unreadable
from tests.workbooks import XLS, bomb, locked, ods, ods_row, raw_xlsx, xlsx

ROWS = [["序号", "姓名", "金额"], ["1", "张三", "12000.5"], ["2", "李四", "约3万"]]
CSV = "序号,姓名,金额\r\n1,张三,12000.5\r\n2,李四,约3万\r\n"


def texts(data: bytes, name: str = "台账.xlsx") -> list[list[str]]:
    [table] = tables.read(data, name)
    return [row.texts() for row in table.rows]


def refusal(data: bytes, name: str = "台账.xlsx") -> str:
    with pytest.raises(Unreadable) as why:
        for table in tables.read(data, name):
            list(table.rows)
    assert why.value.text.en
    return why.value.text.zh


@pytest.mark.parametrize(("name", "data"), [
    ("a.xlsx", xlsx(["序号", "姓名", "金额"], [1, "张三", 12000.5], [2, "李四", "约3万"])),
    ("a.xls", XLS), ("a.et", XLS),
    ("a.ods", ods(*[ods_row(*row) for row in ROWS])),
    ("a.csv", CSV.encode()), ("a.csv", CSV.encode("utf-8-sig")), ("a.csv", CSV.encode("gb18030")), ("a.csv", CSV.encode("utf-16")),
    ("a.csv", CSV.replace(",", ";").encode()), ("a.csv", CSV.replace(",", "\t").encode()), ("a.txt", CSV.replace(",", "|").encode()),
    ("a.xls", CSV.replace(",", "\t").encode("gb18030")),  # many programs call their text an .xls
])
def test_every_kind_of_file_reads_the_same(name, data):
    assert texts(data, name) == ROWS


def test_values_are_kept_beside_what_a_person_sees():
    [table] = tables.read(xlsx([13912345678, date(2026, 11, 20), datetime(2026, 11, 20, 16, 30), True, 0.1 + 0.2, 152522198603151234]), "a")
    [row] = table.rows
    assert row.texts() == ["13912345678", "2026-11-20", "2026-11-20 16:30:00", "TRUE", "0.3", "1.52522198603151E+17"]
    assert row.cells[1].value == date(2026, 11, 20)
    assert row.text(40) == ""


def test_rows_keep_their_numbers_and_blank_ones_are_there():
    rows = list(tables.read(xlsx(["甲"], [], ["", "乙", " "]), "a")[0].rows)
    assert rows == [Row(1, ("甲",)), Row(2, ()), Row(3, ("", "乙"))]


def test_a_table_can_be_read_again_and_again():
    [table] = tables.read(XLS, "a.xls")
    assert list(table.rows) == list(table.rows)


def test_merged_cells_are_told():
    [table] = tables.read(xlsx(["基本工资", None, "备注"], ["天数", "工资", None], merged=["A1:B1", "C1:C2"]), "a")
    assert [(m.top, m.left, m.bottom, m.right) for m in table.merged] == [(1, 0, 1, 1), (1, 2, 2, 2)]


def test_a_formula_without_a_value_and_an_error_stand_as_words():
    data = raw_xlsx('<row r="1"><c r="A1"><v>5</v></c><c r="B1" t="n"><f>SUM(A1:A9)</f><v></v></c><c r="C1"><f>1&lt;2</f><v>7</v></c>'
                    '<c r="D1" t="e"><v>#REF!</v></c><c r="E1"><f t="shared" si="0"/></c></row>')
    assert texts(data) == [["5", "=SUM(A1:A9)", "7", "#REF!", "="]]


def test_long_sheets_come_in_blocks_without_losing_a_row(monkeypatch):
    monkeypatch.setattr(workbooks, "BLOCK_ROWS", 7)
    monkeypatch.setattr(workbooks, "BLOCK_BYTES", 300)
    numbers = [*range(1, 40), 45, 46, 120]
    data = raw_xlsx("".join(f'<row r="{n}"><c r="B{n}"><v>{n}</v></c></row>' for n in numbers))
    [table] = tables.read(data, "a.xlsx")
    filled = [row for row in table.rows if row.values]
    assert [(row.number, row.text(1)) for row in filled] == [(n, str(n)) for n in numbers]


def test_rows_that_leave_their_numbers_to_counting(monkeypatch):
    monkeypatch.setattr(workbooks, "BLOCK_BYTES", 200)
    assert texts(raw_xlsx("".join(f"<row><c><v>{n}</v></c></row>" for n in range(1, 40)))) == [[str(n)] for n in range(1, 40)]


def test_formats_down_to_the_last_row_and_out_to_column_2000_are_no_content():
    far = "".join(f'<c r="B{a}{b}1" s="0"/>' for a in "ABCDEFGH" for b in "XYZ")
    blank = '<row r="1048576"><c r="A1048576"/></row>'
    data = raw_xlsx(f'<row r="1"><c r="A1"><v>1</v></c>{far}</row>{blank}', '<dimension ref="A1:XFD1048576"/>')
    [table] = tables.read(data, "a.xlsx")
    assert [row.texts() for row in table.rows] == [["1"]]
    assert table.notes == ()


def test_content_in_far_columns_is_said():
    [table] = tables.read(raw_xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="BXX1"><v>2</v></c></row>'), "a.xlsx")
    assert [row.texts() for row in table.rows] == [["1"]]
    assert "286" in table.notes[0].text.zh


def test_two_corners_of_a_sheet_take_no_memory_for_what_is_between():
    data = raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="199000"><c r="JZ199000"><v>2</v></c></row>')
    [table] = tables.read(data, "a.xlsx")
    tracemalloc.start()
    try:
        assert sum(1 for row in table.rows if row.values) == 2
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_too_many_rows_are_refused_with_how_to_split():
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    assert "按年份或站点分成几个文件" in refusal(raw_xlsx("".join(row.format(n) for n in range(1, 200_200))))
    assert "200,000" in refusal(b"1\r\n" * 1_048_576, "a.csv")


def test_a_million_formatted_rows_are_read_for_what_they_hold():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' + "".join(f'<row r="{n}" ht="14"></row>' for n in range(2, 300_000))
    assert texts(raw_xlsx(rows)) == [["1"]]


@pytest.mark.parametrize("number", ['r="{}"', ""])
def test_what_stands_below_many_blank_rows_keeps_its_number(monkeypatch, number):
    monkeypatch.setattr(workbooks, "BLOCK_BYTES", 200)
    rows = "".join(f'<row {number.format(n)}><c s="1"/></row>' for n in range(1, 90))
    row = f'<row {number.format(90)}><c t="inlineStr"><is><t>乌兰</t></is></c></row>'
    [table] = tables.read(raw_xlsx(rows + row), "a.xlsx")
    assert [(row.number, row.texts()) for row in table.rows if row.values] == [(90, ["乌兰"])]


def test_macros_are_left_alone_and_said():
    [table] = tables.read(raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', xl__vbaProject_bin="x").replace(
        b"vbaProject_bin", b"vbaProject.bin"), "a.xlsm")
    assert "宏没有读取" in table.notes[0].text.zh


def lying() -> bytes:
    """Shared strings that say they are 8 bytes long and unfold to a megabyte."""
    data = raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', xl__sharedStrings_xml="A" * 1_000_000).replace(
        b"sharedStrings_xml", b"sharedStrings.xml")
    return data.replace((1_000_000).to_bytes(4, "little"), (8).to_bytes(4, "little"))


@pytest.mark.parametrize(("data", "cure"), [
    (b"", "空的"),
    (b" \r\n,,\r\n", "没有一格有内容"),
    (xlsx(), "没有一格有内容"),
    (locked(), "去掉密码"),
    (bomb("xl/sharedStrings.xml"), "没有打开"),
    (bomb("xl/worksheets/sheet9.xml"), "没有打开"),
    (lying(), "损坏"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "图片"),
    (b"\xff\xd8\xff\xe0" + b"\0" * 50, "图片"),
    (b"%PDF-1.7", "PDF"),
    (b"<html><table><tr><td>1</td></tr></table>", "网页"),
    (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "网页"),
    (workbooks.OLE + b"\0" * 5000, "打不开"),
    (xlsx(["甲"])[:900], "打不开"),
    *((XLS[:size], "打不开") for size in (549, 1100, 2000, 3000)),  # at some of them the library panics
    (raw_xlsx('<row r="1"><c r="A1"><v>1</v></row>'), "打不开"),
    (raw_xlsx('<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'), "另存为"),
    (raw_xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="B1048576"><v>1</v></c></row>'), "打不开"),
    (ods(ods_row("a"), kind="application/vnd.oasis.opendocument.text"), "没有表格"),
    (ods(ods_row("a"), '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string">'
         "<text:p>b</text:p></table:table-cell></table:table-row>"), "没有打开"),
    (b"a,b\r\n1,\"" + b"x" * 200_000, "引号没有成对"),
    (bytes(range(256)) * 40, "编码"),
])
def test_what_cannot_be_taken_is_refused_with_its_cure(data, cure):
    assert cure in refusal(data)


def test_an_ods_down_to_the_edge_is_as_small_as_what_it_holds():
    edge = '<table:table-cell table:number-columns-repeated="16381"/>'
    data = ods(ods_row("a", "b", "c", more=edge), '<table:table-row table:number-rows-repeated="1048575">' + edge + "</table:table-row>")
    assert texts(data) == [["a", "b", "c"]]


def test_control_characters_stay_in_their_cell_for_the_reader_of_cells():
    assert texts("姓名,金额\r\n张\x01三,5\r\n".encode(), "a.csv")[1] == ["张\x01三", "5"]
