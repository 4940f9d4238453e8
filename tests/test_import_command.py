"""``flask import``: the three real registers with their totals to the cent, the same file again, what is refused, and a
sheet that was exported brought into an empty county with equal totals."""
from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from rustpy_xlsxwriter import write_worksheets
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, ImportRow
from mediation.queries.house import digests
from tests import imports
from tests.rules.imports.test_registers import DATA, needs_data
from tests.workbooks import xlsx

REGISTERS = {
    "real-cases.csv": (26, 1307, 23_123_250, 12_976_096, 21_588_800),
    "us-wage-claims-new-hampshire.csv": (8426, 8426, 49_527_633, 0, 7_672_345),
    "us-wage-claims-iowa.csv": (7370, 7370, 9_044_478, 0, 2_617_419),
}


@pytest.fixture
def run(app):
    """A command of an office with one union and a lead."""
    def invoke(*words: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=[*words])
        return done.exit_code, done.output
    return invoke


def bring(run, path: Path, *words: str) -> tuple[int, dict]:
    code, said = run("import", str(path), "--station", "urad-middle", "--json", *words)
    return code, json.loads(said)["sheets"][0]


def report(run) -> dict[str, object]:
    _code, said = run("report", "indicators", "--station", "urad-middle", "--format", "json")
    return {row["key"]: row["value"] for row in json.loads(said)["figures"]}


@needs_data
@pytest.mark.parametrize("name", REGISTERS)
def test_a_real_register_comes_in_to_the_cent(app, run, name):
    cases, people, claimed, agreed, paid = REGISTERS[name]
    code, told = bring(run, DATA / name)
    sums = {key: sum(by.values()) for key, by in told["totals"]["sums"].items()}
    assert (code, told["totals"]["cases"], told["totals"]["people"]) == (0, cases, people)
    assert (sums["claimed_fen"], sums.get("agreed_fen", 0), sums["arrived_fen"]) == (
        claimed * 100, agreed * 100, paid * 100)
    if "iowa" in name:
        assert sums["assessed_fen"] == 853_899 * 100
    found = report(run)
    assert (found["accepted"], found["workers"]) == (cases, people)
    assert (found["claimed_fen"], found["agreed_fen"], found["recovered_fen"]) == (
        claimed * 100, agreed * 100, paid * 100)
    with app.app_context():
        if "hampshire" in name:
            assert db.session.scalars(select(Case.number).where(Case.received_on.is_not(None))).first() is None
        if cases < 100:
            assert digests.verify() == []
        db.session.remove()
    again, said = bring(run, DATA / name)
    assert (again, "已导入过" in said["refused"][0]) == (1, True)


def test_a_dry_run_takes_nothing_and_says_every_problem(app, run, tmp_path):
    path = tmp_path / "台账.csv"
    path.write_bytes(imports.table(*imports.GOOD, imports.BAD)[0])
    code, told = bring(run, path, "--dry-run")
    assert (code, told["marks"]["good"], told["marks"]["hold"]) == (0, 2, 1)
    assert [(one["row"], one["column"]) for one in told["problems"] if one["stops"]] == [(5, "诉求金额（元）")]
    with app.app_context():
        assert db.session.scalars(select(Case)).first() is None
        assert db.session.scalars(select(ImportRow)).first() is None
        db.session.remove()
    assert bring(run, path)[0] == 0


TWO_YEARS = ("受理日期,申请人,被申请人,诉求金额（元）\n2025-03-04,苏布德,城北公司,1\n收到日期,姓名,单位,金额（元）,结果\n"
             "2025-03-05,巴特尔,城南公司,2,达成调解协议\n")


def test_two_places_that_look_like_headings_are_asked_about_and_a_mapping_decides(run, tmp_path):
    path, mapping = tmp_path / "两年.csv", tmp_path / "m.json"
    path.write_text(TWO_YEARS, encoding="utf-8")
    code, told = bring(run, path)
    assert (code, told["marks"]) == (1, {})
    [asked] = told["questions"]
    assert asked["choices"] == [[1], [3]] and "第1、3行" in asked["question"] and "heading" in asked["question"]
    _code, said = run("import", str(path), "--station", "urad-middle")
    assert "要先说明：表头——有几处像表头" in said
    columns = [{"heading": "收到日期", "field": "received_on"}, {"heading": "姓名", "field": "applicant"},
               {"heading": "单位", "field": "respondent"}, {"heading": "金额（元）", "field": "claimed_fen"}]
    mapping.write_text(json.dumps({"columns": columns, "heading": [3]}), encoding="utf-8")
    code, told = bring(run, path, "--mapping", str(mapping))
    assert (code, told["questions"], told["totals"]["cases"], told["totals"]["sums"]["claimed_fen"]) == (
        0, [], 1, {"": 200})


def test_columns_that_could_be_one_fact_are_named_with_the_cure(run, tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text("受理日期,申请人,被申请人,用人单位,诉求金额（元）,欠款总额（元）\n2025-03-04,苏布德,城北公司,城北三队,1,2\n", encoding="utf-8")
    code, told = bring(run, path, "--dry-run")
    assert (code, told["questions"]) == (0, [])
    assert [(one["place"], one["column"]) for one in told["remarks"]] == [(4, "用人单位"), (6, "欠款总额（元）")]
    assert "两列合在一起记" in told["remarks"][0]["text"] and "照原样记在案情里" in told["remarks"][1]["text"]
    assert all("对应表" in one["text"] for one in told["remarks"])
    _code, said = run("import", str(path), "--station", "urad-middle", "--dry-run")
    assert "请看：第6列——“欠款总额（元）”也像是诉求金额" in said
    path.write_text("受理日期,申请人,被申请人,欠款总额（元）,拖欠金额（元）\n2025-03-04,苏布德,城北公司,1,2\n", encoding="utf-8")
    code, told = bring(run, path)
    assert (code, [one["column"] for one in told["questions"]]) == (1, ["拖欠金额（元）"])


def test_what_is_odd_about_a_file_and_what_it_adds_up_to_are_said_in_words(run, tmp_path):
    path = tmp_path / "台账.xlsm"
    head = ["受理日期", "申请人", "被申请人", "诉求金额（元）"]
    book = io.BytesIO(xlsx(head, ["2025-03-04", "苏布德", "城北公司", 1200], ["2025/3/5", "巴特尔", "城南公司", 300]))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", "x")
    path.write_bytes(book.getvalue())
    code, said = run("import", str(path), "--station", "urad-middle", "--dry-run")
    assert code == 0
    for words in ("请看：", "宏", "案件 2", "诉求金额 1,500.00", "“受理日期”一列的日期有2种写法"):
        assert words in said


def test_the_sheet_of_explanations_beside_a_register_is_passed_over_and_headings_alone_are_no_register(run, tmp_path):
    path = tmp_path / "台账.xlsx"
    write_worksheets([("案件", [{"受理日期": "2025-03-04", "申请人": "苏布德", "被申请人": "城北公司"}]),
                      ("说明", [{"项目": "站点", "内容": "中旗"}])], str(path))
    code, said = run("import", str(path), "--station", "urad-middle", "--json")
    assert (code, [one["sheet"] for one in json.loads(said)["sheets"]]) == (0, ["案件"])
    bare = tmp_path / "空.csv"
    bare.write_text("受理日期,申请人,被申请人\n", encoding="utf-8")
    code, told = bring(run, bare)
    assert (code, "没有一行是案件" in told["refused"][0]) == (1, True)


@pytest.mark.parametrize(("data", "words"), [
    (b"", "空的"), (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "图片"), ("一,二\n三,四\n".encode(), ""),
    ("姓名,电话,应发工资\n娜仁,13847862201,3600\n".encode(), "请到那件案件里“名单”处上传")])
def test_a_file_that_is_no_register_is_refused_with_the_cure(run, tmp_path, data, words):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(data)
    code, said = run("import", str(path), "--station", "urad-middle")
    assert code == 1
    assert words in said


def test_an_exported_sheet_comes_back_with_equal_totals(app, run, tmp_path):
    first = tmp_path / "台账.csv"
    merged = "2025-06-02,来访,并走的人,0,,城东公司,劳动报酬,3000,重复，已并案,,,2025-06-03,"
    first.write_bytes(imports.table(*imports.GOOD, merged)[0])
    _code, brought = bring(run, first)
    before, out = report(run), tmp_path / "cases.csv"
    assert run("export", "--sheet", "cases", "-o", str(out))[0] == 0
    with app.app_context():
        union = db.session.scalars(select(Case.union_id)).first()
        db.session.remove()
    code, said = run("import", str(out), "--station", "example", "--json")
    assert (code, union is not None) == (0, True), said
    with app.app_context():
        people = {key: sorted(db.session.scalars(select(Case.headcount).where(Case.union_id == key)))
                  for key in db.session.scalars(select(Case.union_id).distinct())}
        db.session.remove()
    assert list(people.values()) == [[0, 1, 27]] * 2
    assert [told["totals"]["people"] for told in (brought, json.loads(said)["sheets"][0])] == [28, 28]
    _code, text = run("report", "indicators", "--station", "example", "--format", "json")
    after = {row["key"]: row["value"] for row in json.loads(text)["figures"]}
    for key in ("accepted", "workers", "claimed_fen", "agreed_fen", "recovered_fen"):
        assert (key, after[key]) == (key, before[key])
