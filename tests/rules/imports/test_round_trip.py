"""Our own files come in again: the exported cases, and the empty workbook to begin with once it is filled in."""
from __future__ import annotations

import io
from datetime import date

from openpyxl import load_workbook

from mediation import tables
from mediation.rules import ledger
from mediation.rules.imports import fields, folding, headings, mapping
from mediation.rules.imports.rows import Context, RowReading, read_table
from mediation.sheets import Tally, write_template, write_xlsx

TODAY = date(2026, 11, 30)
CASE = {"number": "urad-middle-2025-0001", "station": "实践站", "state": "CLOSED", "channel": "I", "received_on": "2025-01-09",
        "accepted_on": "2025-01-10", "source": "walk_in", "applicant": "斯琴等3人", "headcount": 3, "headcount_told": "三五人",
        "respondent": "海流图草原人家餐饮店", "main_head": "wages", "other_heads": "overtime,severance", "claimed_fen": 1_800_050,
        "is_claim_about": True, "is_group": False, "grade": "usual", "outcome": "AGREED", "concluded_on": "2025-01-14",
        "agreed_fen": 1_800_000, "arrived_fen": 800_000, "outstanding_fen": 1_000_000, "performance": "PARTLY"}


def exported(tmp_path, has_keys: bool) -> bytes:
    path = tmp_path / "cases.xlsx"
    batch = [[CASE.get(column.key)] * 2 for column in ledger.CASES]
    write_xlsx(path, "案件", ledger.CASES, [batch], has_keys, Tally(), lambda tally: [("标题", "台账"), ("项目", "案件")])
    return path.read_bytes()


def read(data: bytes) -> list[list[RowReading]]:
    found = []
    for table in tables.read(data, "cases.xlsx"):
        layout = headings.find(table)
        columns = mapping.propose(layout, {}, list(table.rows))
        assert layout.question is None and columns.questions == []
        found.append(list(read_table(table, Context(TODAY, layout, columns))))
    return found


def test_exported_cases_read_back_to_equal_totals(tmp_path):
    for has_keys in (False, True):
        cases, explained = read(exported(tmp_path, has_keys))
        total = folding.totals(cases)
        assert (total.cases, total.people) == (2, 6)
        assert {key: fen for (key, _currency), fen in total.sums.items()} == {
            "claimed_fen": 3_600_100, "agreed_fen": 3_600_000, "arrived_fen": 1_600_000, "outstanding_fen": 2_000_000}
        assert [reading.kind for reading in cases] == ["heading", "case", "case", "total"]
        assert {reading.kind for reading in explained} <= {"note", "heading"}
        facts = {key: fact.value for key, fact in cases[1].facts.items()}
        assert facts["main_head"] == ("wages",) and facts["other_heads"] == ("overtime", "severance")
        assert facts["channel"] == "I" and facts["state"] == "CLOSED" and facts["performance"] == "PARTLY"
        assert (cases[1].facts["headcount"].precision, cases[1].facts["headcount"].words) == ("approx", "三五人")
        assert cases[1].facts["claimed_fen"].precision == "approx"
        assert not any(trouble.stops for reading in cases for trouble in reading.troubles)


def filled() -> bytes:
    made = io.BytesIO()
    write_template(made)
    made.seek(0)
    book = load_workbook(made)
    sheet = book["案件"]
    names = [cell.value for cell in sheet[1]]
    told = {"收到日期": "2025-3-5", "申请人": "张三", "被申请人": "城南公司", "案件来源": "来访", "争议类型": "工资", "诉求金额(元)": "约3万",
            "结果": "达成调解协议", "身份证号": "11010519491231002X"}
    for name, value in told.items():
        sheet.cell(2, names.index(name) + 1, value)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_the_empty_workbook_offers_its_words_and_needs_no_explaining():
    made = io.BytesIO()
    write_template(made)
    made.seek(0)
    book = load_workbook(made)
    rules = book["案件"].data_validations.dataValidation
    offered = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1 for rule in rules}
    names = {cell.column_letter: cell.value for cell in book["案件"][1]}
    assert {names[column] for column in offered} == {"案件来源", "行业", "争议类型", "结果", "履行状态", "不成原因"}
    assert "达成调解协议" in next(words for column, words in offered.items() if names[column] == "结果")
    listed = {(row[0], row[1]) for row in book["可以填的词"].iter_rows(values_only=True)}
    assert ("案件来源", "12351") in listed
    cases, words = read(filled())
    assert [reading.kind for reading in cases] == ["heading", "case"]
    assert cases[1].troubles == ()
    assert set(cases[1].facts) == {"received_on", "applicant", "respondent", "source", "main_head", "claimed_fen", "outcome",
                                   "identity", "headcount"}
    assert {reading.kind for reading in words} <= {"note", "heading"}
    assert set(fields.TEMPLATE) <= set(fields.FIELDS)
