"""The table of columns: complete, in both languages, and the same everywhere."""
from __future__ import annotations

import pytest

from mediation.queries.ledger import columns as sources
from mediation.rules import ledger
from mediation.rules.language import Refused
from mediation.rules.ledger import SHEETS
from tests import house

CANONICAL = """序号 案件编号 受理日期 案件来源 来源单位 来源文号 外部系统编号 申请人(代表人) 涉及人数 联系电话 身份证号 民族 语言 是否农牧民工
是否新业态 被申请人(单位全称) 统一社会信用代码 法定代表人 单位电话 行业 企业性质 用工形式 争议类型(主) 争议类型(其他) 争议发生日期
诉求摘要 诉求金额(元) 是否群体性 分级 承办调解员 协办单位 会诊次数 调解次数 调解方式 期限届满日 结果 不成原因 结案日期 协议编号 协议形式
协议金额(元) 履行方式 履行期限 已到账金额(元) 未到账金额(元) 履行状态 司法确认/仲裁审查 回访日期 满意度 归档号 页数 保管期限 备注""".split()


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_keys_and_headings_stand_once_and_in_both_languages(sheet):
    for names in ([c.key for c in sheet.columns], [c.heading for c in sheet.columns]):
        assert len(set(names)) == len(names)
    for column in sheet.columns:
        assert column.label.zh and column.label.en and column.kind in ledger.KINDS, column.key
        assert column.key.endswith("_fen") == (column.kind == "fen"), column.key
        assert column.key.endswith("_on") == (column.kind == "date") or sheet.key == "events", column.key
        assert bool(column.codes) == (column.kind in ("code", "codes")), column.key
        assert bool(column.meaning.zh) == bool(column.meaning.en), column.key
        assert column.kind != "fen" or column.meaning.zh, f"{column.key} has no formula"


@pytest.mark.parametrize("sheet", [s for s in SHEETS.values() if s.key != "events"], ids=[k for k in SHEETS if k != "events"])
def test_every_column_has_its_source_and_every_source_its_column(sheet):
    assert set(sources.CELLS[sheet.key](house.TODAY)) == {column.key for column in sheet.columns}
    assert set(sheet.preview) <= {column.key for column in sheet.columns}


def test_the_cases_hold_the_canonical_ledger_in_its_order():
    headings = [column.heading for column in SHEETS["cases"].columns]
    assert set(CANONICAL) <= set(headings)
    kept = [heading for heading in headings if heading in CANONICAL and heading != "受理日期"]
    assert kept == [heading for heading in CANONICAL if heading != "受理日期"]


def test_periods_and_stations_have_their_columns():
    keys = {column.key for column in SHEETS["cases"].columns}
    assert {"station", "state", "channel", "registered_at", "received_on", "accepted_on", "agreed_on", "effective_on",
            "concluded_on", "closed_on"} <= keys


def test_numbers_of_people_are_marked():
    personal = {(s.key, c.key) for s in SHEETS.values() for c in s.columns if c.is_personal}
    assert personal == {("cases", "phone"), ("cases", "identity"), ("cases", "employer_phone"), ("persons", "phone"),
                        ("persons", "identity")}


def test_units_are_fen_under_keys_and_yuan_under_headings():
    column = next(c for c in SHEETS["cases"].columns if c.key == "agreed_fen")
    assert (column.heading, column.unit.zh, column.key_unit.zh) == ("协议金额(元)", "元", "分")


def test_what_does_not_exist_is_refused_by_name():
    with pytest.raises(Refused) as refusal:
        SHEETS["cases"].choose(["number", "nonsense"])
    assert "nonsense" in str(refusal.value) and "number" not in str(refusal.value)
    with pytest.raises(Refused):
        ledger.get_sheet("nothing")
    assert [c.key for c in SHEETS["cases"].choose(["state", "number", "state"])] == ["state", "number"]
