"""Exported rows: whose, of when, masked, disarmed, and sums that agree with the case pages and with one another."""
from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from mediation import sheets, vault
from mediation.data import checker
from mediation.extensions import db
from mediation.models import CalendarDay, Case, Party
from mediation.queries.house import digests
from mediation.queries.law import clocks
from mediation.queries.ledger import export, formatters, preview, snapshots
from mediation.queries.ledger import selection as selections
from mediation.queries.money import case_money
from mediation.rules.cases.intake import ClaimLine, Intake, Respondent
from mediation.rules.language import Refused, Text
from mediation.rules.law import workdays
from mediation.rules.ledger import SHEETS, Column
from mediation.services.cases import intake
from mediation.services.people import employers, parties
from tests import casework, exports, house, prepared

MONEY_SHEETS = [name for name in SHEETS if name != "events"]


CELL = st.one_of(st.none(), st.integers(), st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
                 st.sampled_from([",", '"', "\n", "\r\n", "\r", 'a,"b"', ""]))


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=6), st.integers(1, 3))
def test_joined_cells_are_byte_for_byte_what_the_library_writes(rows, width):
    rows = [row[:width] for row in rows]
    columns = [[row[n] for row in rows] for n in range(width)]
    library = io.StringIO(newline="")
    csv.writer(library).writerows(rows)
    assert sheets.csv_text(columns) == library.getvalue()


@pytest.fixture
def made(inside):
    return exports.cases_of(prepared.once(inside, exports.furnish_app))


def test_days_are_counted_with_the_county_s_own_as_on_the_pages(inside):
    own = date(2026, 10, 5)  # in the holidays of the nation, worked in one county alone
    db.session.add(CalendarDay(on=own, kind="work", name="抢收调休", county="urad-middle"))
    db.session.add(CalendarDay(on=date(2026, 10, 10), kind="off", name="旗庆", county="urad-middle"))
    db.session.flush()
    desk = export.make_desk(db.session.connection(), house.actor("auditor"))
    assert desk.calendars["urad-middle"] == clocks.calendar("urad-middle") != desk.calendars[""] == clocks.calendar()
    assert workdays.is_workday(own, desk.calendars["urad-middle"]) and not workdays.is_workday(own, desk.calendars[""])


def opened(tmp_path, username: str = "auditor", opener=None, **given) -> export.Export:
    actor = house.actor(username)
    db.session.rollback()
    return export.open_export(selections.read({"sheet": "cases", **given}), actor, tmp_path / "tmp", vault=opener)


def table(tmp_path, username: str = "auditor", **given) -> list[dict[str, str]]:
    one = opened(tmp_path, username, **given)
    try:
        data = b"".join(one.csv())
    finally:
        one.close()
    assert data.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def numbers(rows: list[dict[str, str]]) -> set[str]:
    return {row["number"] for row in rows}


# Sums


def test_every_sheet_gives_the_same_sums_as_the_case_pages(made, tmp_path):
    """R73: money in whole fen."""
    pages = [case_money.position(case, house.TODAY) for case in db.session.query(Case)]
    of = {name: table(tmp_path, sheet=name, keys="1") for name in MONEY_SHEETS}

    def total(name: str, key: str) -> int:
        return sum(int(row[key] or 0) for row in of[name])

    claimed = sum(page.claimed_fen or 0 for page in pages)
    agreed, arrived = sum(page.agreed_fen for page in pages), sum(page.arrived_fen for page in pages)
    owed = sum(page.outstanding_fen for page in pages)
    assert total("cases", "claimed_fen") == total("persons", "claimed_fen") == total("claims", "counted_fen") == claimed
    assert total("cases", "agreed_fen") == total("persons", "agreed_fen") == total("instalments", "bound_fen") == agreed
    assert total("cases", "arrived_fen") == total("persons", "arrived_fen") == total("payments", "counted_fen") == arrived
    assert total("cases", "outstanding_fen") == total("persons", "outstanding_fen") == owed > 0
    assert [row["performance"] for row in of["cases"]] == ["PARTLY", "PARTLY", "", ""]


def test_what_is_owed_is_found_from_the_files_alone(made, tmp_path):
    """Worker by worker from instalments and payments, as the formula on the definition sheet says."""
    owed: dict[str, int] = defaultdict(int)
    for row in table(tmp_path, sheet="instalments", keys="1"):
        owed[row["person"]] += int(row["bound_fen"])
    for row in table(tmp_path, sheet="payments", keys="1"):
        owed[row["person"]] -= int(row["counted_fen"])
    said = sum(int(row["outstanding_fen"]) for row in table(tmp_path, sheet="cases", keys="1"))
    assert sum(max(fen, 0) for fen in owed.values()) == said


@pytest.mark.parametrize("name", MONEY_SHEETS)
def test_totals_of_the_page_are_those_of_both_files(made, tmp_path, name):
    selection = selections.read({"sheet": name})
    page = preview.read(replace(selection, columns=selection.sheet.columns), house.actor("auditor"))
    rows = table(tmp_path, sheet=name)
    for column in [c for c in selection.columns if c.is_summed]:
        from_csv = sum(round(float(row[column.heading] or 0) * (100 if column.kind == "fen" else 1)) for row in rows)
        assert from_csv == page.sums[column.key], column.key
    assert page.count == len(rows)
    one = opened(tmp_path, sheet=name)
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    book = load_workbook(tmp_path / "file.xlsx").worksheets[0]
    head, *body = list(book.iter_rows(values_only=True))
    assert len(body) == len(rows) + 1
    for column in [c for c in selection.columns if c.is_summed]:
        place = head.index(column.heading)
        cells_of = [row[place] or 0 for row in body]
        fen = 100 if column.kind == "fen" else 1
        assert round(sum(cells_of[:-1]) * fen) == round(cells_of[-1] * fen) == page.sums[column.key], column.key


@pytest.mark.parametrize("name", SHEETS)
def test_the_rows_of_the_page_are_those_of_the_file(made, tmp_path, name, monkeypatch):
    monkeypatch.setattr(preview, "SIZE", 2)
    selection = selections.read({"sheet": name})
    shown = replace(selection, columns=selection.sheet.choose(selection.sheet.preview))
    found, after = [], ""
    while True:
        page = preview.read(shown, house.actor("auditor"), after)
        found += page.rows
        if not (after := page.after):
            break
    first = selection.sheet.preview[0]
    rows = table(tmp_path, sheet=name, keys="1")
    assert [row[0] for row in found] == [row[first] for row in rows if row[first] != "#"]
    assert page.count == len(found)


def test_the_same_moment_for_count_and_rows(made, tmp_path):
    one = opened(tmp_path)
    casework.make_case(house.actor("mediator"))
    db.session.commit()
    assert len(b"".join(one.csv()).decode().splitlines()) == one.count + 1 == len(made) + 1
    one.close()
    one.close()


# Which rows


def test_between_unions_stands_the_wall(made, tmp_path):
    assert len(table(tmp_path, "mediator")) == len(made)
    for outsider in ("mediator2", "supervisor2", "liaison", "admin"):
        assert table(tmp_path, outsider) == [], outsider


# Sealed cases: counted for everybody, told to those who are named


@pytest.fixture
def sealed(made):
    """A sealed case of three workers, with a word of its own in every field that people type."""
    case = made["group"]
    case.is_sealed, case.respondent_title, case.narrative = True, "秘密公司", "秘密经过"
    case.source_body, case.place, case.source_number, case.identity_note = "秘密来源", "秘密地点", "秘密文号", "秘密备注"
    for party in case.parties:
        party.name = party.name_other = f"秘密{party.id}"
    case.title = "秘密等3人"
    for row in case.payments:
        row.payer_name = row.reason = row.proof_note = row.paid_told = "秘密付款"
    for row in case.claims:
        row.as_told = row.from_told = row.to_told = row.dropped_reason = "秘密说法"
    db.session.commit()
    return case


@pytest.mark.parametrize("name", MONEY_SHEETS)
def test_a_sealed_case_counts_the_same_for_every_reader_and_is_told_to_the_named(sealed, tmp_path, name):
    named, unnamed = table(tmp_path, "mediator", sheet=name, keys="1"), table(tmp_path, "auditor", sheet=name, keys="1")
    selection = selections.read({"sheet": name})
    assert len(named) == len(unnamed)
    for column in selection.columns:
        told = [row[column.key] for row in named], [row[column.key] for row in unnamed]
        if not column.is_told:
            assert told[0] == told[1], column.key
    pages = [preview.read(selection, house.actor(who)) for who in ("mediator", "auditor", "supervisor")]
    assert len({(page.count, *page.sums.items()) for page in pages}) == 1
    own = [row for row in unnamed if row["number"] == sealed.number]
    assert own and "秘密" not in str(unnamed) and "秘密" in str(named)
    assert {row[c.key] for row in own for c in selection.columns if c.is_told} <= {"限定知悉", ""}
    assert "限定知悉" not in str([row for row in unnamed if row["number"] != sealed.number])
    assert (pages[0].withheld, pages[1].withheld) == (0, len(own))
    assert "秘密" not in str(pages[1].rows) and table(tmp_path, "mediator2", sheet=name) == []


def test_an_approved_export_of_whole_numbers_tells_no_more_of_a_sealed_case(sealed, tmp_path):
    rows = table(tmp_path, "supervisor", sheet="persons", opener=vault.current(), keys="1")
    own = [row for row in rows if row["number"] == sealed.number]
    assert {row["identity"] for row in own} <= {"限定知悉", ""} and "秘密" not in str(rows)


def test_the_chain_of_a_sealed_case_is_there_without_its_content(sealed, tmp_path):
    one = opened(tmp_path, "auditor", sheet="events")
    (tmp_path / "events.csv").write_bytes(b"".join(one.csv()))
    one.close()
    rows = [row for row in checker.read_rows(str(tmp_path / "events.csv")) if row[0] == f"case:{sealed.number}"]
    assert len(rows) == sealed.version > 5
    assert {(row[6], row[9]) for row in rows} == {("限定知悉", "限定知悉")}
    assert list(checker.check_file(str(tmp_path / "events.csv"))) == []
    assert list(digests.verify_file(str(tmp_path / "events.csv"))) == []
    page = preview.read(selections.read({"sheet": "events"}), house.actor("auditor"))
    assert {row[4] for row in page.rows if row[0] == f"case:{sealed.number}"} == {"限定知悉"}


def test_the_definition_sheet_says_how_many_are_withheld(sealed, tmp_path):
    one = opened(tmp_path, "auditor")
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    notes = dict(load_workbook(tmp_path / "file.xlsx")["说明"].iter_rows(min_row=2, values_only=True))
    assert notes["限定知悉"].startswith("其中1行限定知悉")


@pytest.mark.parametrize(("given", "expected"), [
    ({}, {"one", "group", "failed", "fresh"}),
    ({"period": "2026"}, {"one", "group", "failed"}),
    ({"period": "2026", "by": "received"}, {"one", "group", "fresh"}),
    ({"period": "2025Q1", "by": "received"}, {"failed"}),
    ({"from": "2026-09-01", "to": "2026-09-01", "by": "received"}, {"group"}),
    ({"period": "union-2026", "by": "received"}, {"group"}),
    ({"period": "2026-11", "by": "closed"}, {"failed"}),
    ({"period": "2026-11", "by": "concluded"}, {"one", "group", "failed"}),
    ({"from": "2026-11-15", "to": "2026-11-15", "by": "arrived"}, {"group"}),
    ({"station": "urad-middle"}, {"one", "group", "failed", "fresh"}),
    ({"station": ["practice", "window"]}, {"one", "group", "failed", "fresh"}),
    ({"station": "window"}, set()),
    ({"channel": "B"}, {"fresh"}),
    ({"outcome": "FAILED"}, {"failed"}),
    ({"kind": "overtime"}, set()),
])
def test_filters(made, tmp_path, given, expected):
    rows = table(tmp_path, **given, keys="1")
    assert numbers(rows) == {made[name].number for name in expected}
    assert [row["seq"] for row in rows] == [str(n + 1) for n in range(len(rows))]


def test_payments_by_arrival_are_those_of_the_period_alone(made, tmp_path):
    rows = table(tmp_path, sheet="payments", by="arrived", **{"from": "2026-11-15", "to": "2026-11-15"}, keys="1")
    assert {row["paid_on"] for row in rows} == {"2026-11-15"} and sum(int(r["counted_fen"]) for r in rows) == 2000000


def test_a_filter_in_words_names_the_station(made):
    assert selections.read({"sheet": "cases", "station": "practice"}).describe().zh == "不限期间，没有日期的也计入；工会实践站及其下级"


def test_the_events_name_the_employer(made, tmp_path):
    mediator = house.actor("mediator")
    firm = employers.register({"name": "宏远劳务有限公司"}, mediator)
    case = casework.make_case(mediator)
    parties.resolve_respondent(case, casework.respondent(case), mediator, employer=firm)
    db.session.commit()
    assert "查明对方是登记单位宏远劳务有限公司" in [row["sentence"] for row in table(tmp_path, sheet="events", keys="1")]


def test_the_station_is_the_holder_at_acceptance(made, tmp_path):
    made["one"].station_id = house.get_station("window").id
    db.session.commit()
    row = next(r for r in table(tmp_path, keys="1", station="practice") if r["number"] == made["one"].number)
    assert (row["station"], row["station_now"]) == ("工会实践站", "综治中心工会维权窗口")


@pytest.mark.parametrize("given", [
    {"sheet": "nothing"}, {"period": "2026Q5"}, {"from": "2026-02-02", "to": "2026-02-01"}, {"from": "x"},
    {"period": "2026", "from": "2026-01-01"}, {"by": "wish"}, {"station": "nowhere"}, {"channel": "Z"}, {"outcome": "GOOD"},
    {"kind": "nothing"}, {"columns": "number,nonsense"}, {"sheet": "events", "columns": "stream"},
])
def test_what_cannot_be_meant_is_refused_with_a_sentence(inside, given):
    with pytest.raises(Refused) as refusal:
        selections.read({"sheet": "cases", **given})
    assert all(problem.text.zh and problem.text.en for problem in refusal.value.problems)


def test_all_problems_are_told_at_once(inside):
    with pytest.raises(Refused) as refusal:
        selections.read({"sheet": "cases", "period": "x", "channel": "Z", "columns": "y", "station": "w"})
    assert {p.field for p in refusal.value.problems} == {"period", "channel", "columns", "station"}


def test_the_filter_is_recorded_in_codes(inside):
    found = selections.read({"sheet": "cases", "period": "2026Q3", "station": ["practice"], "channel": "A", "keys": "1"})
    assert found.filters == {"by": "accepted", "period": "2026Q3", "station": ["practice"], "channel": "A", "keys": True}
    assert selections.read({"sheet": "cases", **found.filters}) == found
    assert "2026年第3季度" in found.describe().zh and "Quarter 3 of 2026" in found.describe().en


# What cells hold


def test_headings_give_yuan_and_words_and_keys_give_fen_and_codes(made, tmp_path):
    said = next(r for r in table(tmp_path) if r["案件编号"] == made["one"].number)
    kept = next(r for r in table(tmp_path, keys="1") if r["number"] == made["one"].number)
    assert (said["协议金额(元)"], kept["agreed_fen"]) == ("32000.00", "3200000")
    assert (said["结果"], kept["outcome"]) == ("达成调解协议", "AGREED")
    assert (said["是否农牧民工"], kept["is_rural"]) == ("是", "1")
    assert said["受理日期"] == kept["accepted_on"] == "2026-11-18"
    assert kept["registered_at"].endswith("+08:00") and kept["due_on"] == "2026-12-03"


def test_no_number_of_a_person_leaves_unmasked(made, tmp_path):
    """R39: masked."""
    case = made["one"]
    case.place, case.identity_note = "找老李 138 4786 2213", "卡号6222021234567890123"
    casework.respondent(case).phone = exports.BOSS_PHONE
    db.session.commit()
    canaries = (exports.PHONE, exports.IDENTITY, exports.BOSS_PHONE, "139-1234-5617", "138 4786 2213",
                "6222021234567890123", "1384786220", "152824")
    for name in SHEETS:
        one = opened(tmp_path, sheet=name)
        data = b"".join(one.csv()).decode()
        one.close()
        assert not [number for number in canaries if number in data], name
    one = opened(tmp_path)
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    told = " ".join(str(cell) for sheet in load_workbook(tmp_path / "file.xlsx") for row in sheet.values for cell in row)
    assert not [number for number in canaries if number in told]
    assert "*********00" in told and "****************34" in told


def test_with_the_keys_numbers_are_whole(made, tmp_path):
    one = opened(tmp_path, opener=vault.current(), sheet="persons")
    data = b"".join(one.csv()).decode()
    one.close()
    assert exports.PHONE in data and exports.IDENTITY in data and exports.BOSS_PHONE in data


@pytest.mark.parametrize("text", [*exports.FORMULAS, "\u200b=1", "\u3000+1", "\n-1", "\u00a0@x", "\t", "﹣1", "−5"])
def test_what_looks_like_a_formula_is_disarmed(text):
    """R25: formula injection."""
    column = Column("note", Text("备注", "Note"))
    read_back = next(csv.reader(io.StringIO(sheets.csv_text([sheets.shown(column, [text], False)]), newline="")))[0]
    assert read_back == "'" + text
    assert sheets.disarm(read_back) == read_back


@pytest.mark.parametrize("text", [
    "00123456", "20261130000012345678", "123456789012", "110105194912310021", "04785912345", "\u300000123", "００１２", "0" * 20])
def test_digits_that_a_spreadsheet_would_spoil_are_marked(text):
    column = Column("note", Text("备注", "Note"))
    assert list(sheets.shown(column, ["张三", None, text], False)) == ["张三", None, "'" + text]
    assert sheets.disarm("'" + text) == "'" + text


@pytest.mark.parametrize("text", ["", "0", "13912345617", "12345678901", "0.50", "11010519491231002X", "0478-5912345",
                                  "139 **** **17", "巴特尔", "1+1", "a=b", "乌中工调〔2026〕18号", "'=1", "—", "·", "138", "𠮷䶮", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ"])
def test_other_text_stays_as_it_is(text):
    assert list(sheets.disarmed([text])) == [text]


def test_numbers_stay_numbers_negative_ones_too(made, tmp_path):
    """R25: formula injection."""
    rows = table(tmp_path, sheet="payments")
    assert "-3750.00" in {row["金额(元)"] for row in rows}
    fen = Column("x_fen", Text("钱", "Money"), "fen")
    assert list(sheets.shown(fen, [0, 1, -1, 99, 100, -12345, 10**12, None], False)) == [
        "0.00", "0.01", "-0.01", "0.99", "1.00", "-123.45", "10000000000.00", None]


def test_hostile_words_of_a_case_are_disarmed_in_the_file(made, tmp_path):
    """R25: formula injection."""
    row = next(r for r in table(tmp_path) if r["案件编号"] == made["group"].number)
    assert (row["来源单位"], row["争议发生地点"]) == ("'=HYPERLINK(1)", "'@here")


def test_xlsx_has_real_days_numbers_and_typed_text(made, tmp_path):
    one = opened(tmp_path)
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    book = load_workbook(tmp_path / "file.xlsx")
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    group = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == made["group"].number)
    at = {name: group[place] for place, name in enumerate(head)}
    assert at["受理日期"].is_date and at["受理日期"].value.date() == date(2026, 11, 18)
    assert at["协议金额(元)"].value == 24000.01 and at["协议金额(元)"].number_format == "#,##0.00"
    assert (at["来源单位"].data_type, at["来源单位"].value) == ("s", "=HYPERLINK(1)")
    assert sheet.freeze_panes == "A2" and sheet.column_dimensions["B"].width > 15
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_workbook_prints_landscape_fitted_with_its_titles_on_every_page(made, tmp_path):
    one = opened(tmp_path)
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    for page in load_workbook(tmp_path / "file.xlsx").worksheets:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9), page.title
        assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
        assert page.print_title_rows == "$1:$1"


def test_the_definition_sheet_says_what_the_file_is(made, tmp_path):
    csv_rows = opened(tmp_path)
    data = b"".join(csv_rows.csv())
    csv_rows.close()
    one = opened(tmp_path)
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    told = {row[0]: row[1] for row in load_workbook(tmp_path / "file.xlsx").worksheets[1].iter_rows(values_only=True)}
    assert told["行数"] == len(made) and "孙经审" in told["制表人"] and "2026-11-18" in told["截止"]
    assert "逐人计算" in told["公式：未到账金额(元)"] and told["合计：协议金额(元)"] == 56000.01
    body = data.split(b"\r\n", 1)[1]
    assert told["SHA-256"] == sheets.hashlib.sha256(body).hexdigest() == csv_rows.tally.rows_digest.hexdigest()


def as_documented(value: object) -> str:
    """A cell of the spreadsheet as the definition sheet says that it is hashed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return f"{value:%Y-%m-%d}" if is_day else f"{value:%Y-%m-%d %H:%M:%S}+08:00"
    if isinstance(value, str):
        return sheets.disarm(value)
    return f"{value:.0f}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("name", SHEETS)
def test_the_digest_is_recomputed_from_the_spreadsheet_alone(made, tmp_path, name):
    """With openpyxl, csv and hashlib, from nothing but the cells of the file."""
    one = opened(tmp_path, sheet=name)
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    book = load_workbook(tmp_path / "file.xlsx")
    notes = dict(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    rows = rows if name == "events" else rows[:-1]
    fens = {n for n, title in enumerate(head) if "(元)" in title}
    text = io.StringIO(newline="")
    csv.writer(text).writerows([f"{cell:.2f}" if n in fens and cell is not None else as_documented(cell)
                                for n, cell in enumerate(row)] for row in rows)
    assert sheets.hashlib.sha256(text.getvalue().encode()).hexdigest() == notes["SHA-256"]


def test_an_empty_selection_is_an_empty_file(made, tmp_path):
    assert table(tmp_path, period="2001") == []
    one = opened(tmp_path, period="2001")
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    assert load_workbook(tmp_path / "file.xlsx").worksheets[0]["A1"].value == "序号"


def test_more_rows_than_a_sheet_holds_are_refused(made, tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    one = opened(tmp_path)
    with pytest.raises(Refused) as refusal:
        one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    assert "CSV" in str(refusal.value) and not (tmp_path / "file.xlsx").exists()


def test_names_survive(made, tmp_path):
    """R71: names survive."""
    names = ["𠮷䶮", "阿不都·热合曼", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ\u180b", "བོད་ཡིག", "葛\U000e0100", "\ue000"]
    case = made["fresh"]
    for name in names:
        casework.add_worker(case, name, 100)
    db.session.commit()
    assert set(names) <= {row["name"] for row in table(tmp_path, sheet="persons", keys="1")}
    one = opened(tmp_path, sheet="persons")
    one.write_xlsx(tmp_path / "file.xlsx")
    one.close()
    sheet = load_workbook(tmp_path / "file.xlsx").worksheets[0]
    assert set(names) <= {cell.value for row in sheet.iter_rows() for cell in row}


# How it is read


def test_a_whole_export_takes_the_same_few_statements_however_many_rows(made, tmp_path):
    seen = []
    one = opened(tmp_path)
    engine = one._moment.connection.engine
    db.event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    b"".join(one.csv())
    one.close()
    assert len(seen) == 6  # stations, calendar, accounts, bodies, sealed cases, rows


def test_nothing_of_an_export_stays_in_the_folder(made, tmp_path):
    one = opened(tmp_path)
    next(iter(one.csv()))
    one.close()
    assert list((tmp_path / "tmp").glob("*")) == []


def test_a_writer_may_commit_while_an_export_is_read(made, tmp_path):
    one = opened(tmp_path)
    blocks = one.csv()
    next(blocks)
    casework.make_case(house.actor("mediator"))
    db.session.commit()
    b"".join(blocks)
    one.close()
    assert one.rows == len(made)


def test_a_copy_made_while_others_write_is_one_state(tmp_path, monkeypatch):
    live, made, passes = tmp_path / "live.sqlite", tmp_path / "copy.sqlite", []
    made.touch()
    with contextlib.closing(sqlite3.connect(live, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE entry (name TEXT, amount INTEGER, filling BLOB)")
        writer.executemany("INSERT INTO entry VALUES (?, 0, zeroblob(3000000))", [("first",), ("last",)])
        send, bring_over = snapshots._send, snapshots._bring_over

        def send_and_change(source, target):
            """What was copied first is out of date before the second pass begins."""
            send(source, target)
            writer.execute("UPDATE entry SET amount = 1, filling = randomblob(3000000)")

        def bring_over_alone(source, target):
            """During the second pass nobody can write."""
            writer.execute("PRAGMA busy_timeout=0")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                writer.execute("UPDATE entry SET amount = 2")
            bring_over(source, target)
            passes.append(target)
        monkeypatch.setattr(snapshots, "_send", send_and_change)
        monkeypatch.setattr(snapshots, "_bring_over", bring_over_alone)
        snapshots._copy(live, made)
        writer.execute("UPDATE entry SET amount = 2")
    assert len(passes) == 1
    with contextlib.closing(sqlite3.connect(made)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT DISTINCT amount FROM entry").fetchall() == [(1,)]
        assert copy.execute("SELECT count(DISTINCT filling) FROM entry").fetchall() == [(2,)]


def test_a_copy_follows_a_database_that_was_put_in_the_place_of_another(tmp_path):
    """As after a restore: the file that was open before is not read again."""
    live = tmp_path / "live.sqlite"
    for said in ("old", "new"):
        other, made = tmp_path / f"{said}.sqlite", tmp_path / f"{said}-copy.sqlite"
        made.touch()
        with contextlib.closing(sqlite3.connect(other)) as writer, writer:
            writer.execute("CREATE TABLE entry (said TEXT)")
            writer.execute("INSERT INTO entry VALUES (?)", (said,))
        other.replace(live)
        snapshots._copy(live, made)
        with contextlib.closing(sqlite3.connect(made)) as copy:
            assert copy.execute("SELECT said FROM entry").fetchall() == [(said,)]


def test_long_numbers_in_free_text_are_starred_and_others_kept():
    said = ["2026-11-18 到 2026年", "电话１３８４７８６２２１３", "3个月16000元", None, ""]
    assert formatters.scrub(said) == ["2026-11-18 到 2026年", "电话*********１３", "3个月16000元", None, ""]


def test_masked_tails_show_no_more_than_the_screen(made):
    party = db.session.query(Party).filter(Party.side == "applicant").first()
    assert formatters.mask_tail(11)(None, 1, [party.phone_tail]) == ["*********" + exports.PHONE[-2:]]


def test_a_death_and_the_kin_with_their_shares_stand_in_the_file_of_people(inside, tmp_path):
    """How people said it, with the worker who is counted and the one who asks for him."""
    actor = house.actor("mediator")
    intake.register(actor, Intake(
        received_on=house.TODAY, source="walk_in", name="斯琴", phone="13847862213", part="next_of_kin", for_name="巴特尔",
        for_died_told="11月初", kinship="wife", kin_share="1/3", respondents=[Respondent("李老板", "labour_contractor")],
        claims=[ClaimLine("wages", 100_00)], narrative="在工地干活，工钱没给，人没了。"))
    db.session.commit()
    rows = {row["姓名"]: row for row in table(tmp_path, sheet="persons", period="")}
    assert (rows["巴特尔"]["去世的说法"], rows["巴特尔"]["人数"], rows["巴特尔"]["近亲属份额"]) == ("11月初", "1", "")
    assert (rows["斯琴"]["与死者的关系"], rows["斯琴"]["近亲属份额"], rows["斯琴"]["去世的说法"]) == ("妻", "1/3", "")
