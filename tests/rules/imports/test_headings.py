"""Headings of the field (eight layouts), rows that are no cases, and what the columns are taken for."""
from __future__ import annotations

from datetime import date

import pytest

from mediation import tables
from mediation.rules import ledger
from mediation.rules.imports import fields, headings, mapping
from mediation.rules.imports.headings import Layout
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.rows import Context, RowReading, read_table
from mediation.rules.imports.sheet import Row, Table
from mediation.rules.text_cleaning import Unreadable
from tests.workbooks import xlsx

TODAY = date(2026, 11, 30)
ID = "11010519491231002X"  # the sample number of the standard


def looked(data: bytes) -> tuple[Table, Layout, Mapping]:
    [table] = tables.read(data, "台账.xlsx")
    layout = headings.find(table)
    sample = [row for row in table.rows if headings.kind_of(row, layout) == "case"]
    return table, layout, mapping.propose(layout, {}, sample)


def read(data: bytes) -> list[RowReading]:
    table, layout, columns = looked(data)
    return list(read_table(table, Context(TODAY, layout, columns)))


def kinds(readings: list[RowReading]) -> list[str]:
    return [reading.kind for reading in readings]


def values(reading: RowReading) -> dict[str, object]:
    return {key: fact.value for key, fact in reading.facts.items() if fact.value is not None}


WAGE_SHEET = xlsx(
    ["2026年10月工资发放表"], ["部门：一分厂                分厂（科室）："],
    ["序号", "姓 名", "岗位职务", "基 本 工 资", None, None, None, "工龄工资", "顶 班", None, "津 贴", "补 贴", "罚 款", "税前工资",
     "个 人 所得税", "扣 款", "合计应发", "实 发 工 资", "财务审核", "工资卡号", "备注"],
    [None, None, None, "月工资", "日工资", "出勤天数", "工资", None, "天数", "工资", *[None] * 11],
    [1, "张三", "焊工", 6000, 200, 26, 5200, 100, 2, 400, None, None, None, 5700, 0, 0, 5700, 5700, None, "6222020200012345678"],
    [2, "李 四", "钳工", 6000, 200, 20, 4000, 100, None, None, None, None, 50, 4050, 0, 0, 4050, 4050, None, None, "离职"],
    ["合计", None, None, None, None, None, 9200], ["大写：玖仟柒佰伍拾元整"],
    ["分管经理签字：        分管厂长（科长）签字：      制表人："], ["备注：以上未发"],
    merged=["A1:U1", "A2:U2", "D3:G3", "I3:J3", "A3:A4", "B3:B4", "C3:C4", "H3:H4", "K3:K4"])


def test_a_wage_sheet_of_two_levels():
    _table, layout, columns = looked(WAGE_SHEET)
    labels = [column.label for column in layout.columns]
    assert layout.heading == (3, 4)
    assert labels[:10] == ["序号", "姓名", "岗位职务", "基本工资 / 月工资", "基本工资 / 日工资", "基本工资 / 出勤天数",
                           "基本工资 / 工资", "工龄工资", "顶班 / 天数", "顶班 / 工资"]
    assert layout.is_list and "一行一人" in layout.question.zh
    assert columns.questions == []
    readings = read(WAGE_SHEET)
    assert kinds(readings) == ["title", "group", "heading", "heading", "case", "case", "total", "capital", "signature", "note"]
    assert values(readings[5])["applicant"] == "李四"
    assert readings[4].kept["工资卡号"] == "622**************78"


def test_the_same_sheet_without_merged_cells():
    rows = [row.values for row in tables.read(WAGE_SHEET, "a")[0].rows]
    text = "\r\n".join(",".join(f'"{value}"' for value in row) for row in rows)
    [table] = tables.read(text.encode(), "a.csv")
    merged = [column.label for column in looked(WAGE_SHEET)[1].columns]
    assert [column.label for column in headings.find(table).columns] == merged


def test_a_payment_list_with_payees():
    _table, layout, _columns = looked(xlsx(
        ["农民工工资支付表"], ["姓名", "工作地点", "实领人", "卡号", "总工资（元）", "备注"], ["张三", "城南工地", "张三妻", None, 12000]))
    assert layout.is_list
    assert [left.kind for left in layout.above] == ["title"]


def test_clues_of_unpaid_wages():
    [_head, row] = read(xlsx(
        ["拖欠工资项目名称", "项目地址", "所在市", "所在区县", "行业主管部门", "建设单位名称", "总承包单位名称", "总承包单位项目经理名称",
         "分包单位名称", "班组长姓名", "反映人姓名", "反映人电话", "反映人身份证号", "反映人现居住地址", "欠薪人数(单位:人)",
         "欠薪金额(单位:元)", "欠薪发生时间", "欠薪基本情况摘要"],
        ["城南花园", "城南路1号", "巴彦淖尔市", "乌拉特中旗", "住建局", "某置业公司", "某建设公司", "刘某", "某劳务公司", "王某", "谭某",
         "139 1234 5678", ID, "某村", "27", "约35万", "2025年底", "干了活没给钱"]))
    assert row.is_good
    assert values(row) == {
        "site": "城南花园，城南路1号", "place": "巴彦淖尔市，乌拉特中旗", "agencies": "住建局", "developer": "某置业公司",
        "general_contractor": "某建设公司", "sub_contractor": "某劳务公司", "labour_contractor": "王某", "applicant": "谭某",
        "phone": "13912345678", "identity": ID, "address": "某村", "headcount": 27, "claimed_fen": 35_000_000,
        "narrative": "干了活没给钱"}
    assert row.facts["claimed_fen"].precision == "approx" and row.facts["claimed_fen"].words == "约35万"
    assert row.facts["happened_on"].first_on == date(2025, 12, 1)
    assert row.kept == {"总承包单位项目经理名称": "刘某"}


def test_a_petition_register_asks_for_the_second_day():
    data = xlsx(
        ["信访人姓名", "身份证号", "联系电话", "工号", "联系地址", "信访渠道(来访/来信/来电/网上)", "是否集体访", "来访人数", "来访日期",
         "接访人", "收件日期", "来信邮编", "来电号码", "诉求类别一级", "二级", "诉求内容", "关键词", "涉及单位"],
        ["巴特尔", 1.52522198603151e17, 13912345678, "A12", "某村", "来访", "否", 1, "2025-11-24T16:30:00.000Z", "李某",
         "2025-11-25T01:00:00.000Z", "015000", "13912345678", "欠薪", "工资", "拖欠三个月工资", "欠薪", "城南公司"])
    _table, _layout, columns = looked(data)
    assert [one.heading for one in columns.questions] == ["收件日期"]
    row = read(data)[1]
    assert row.kept["来电号码"] == "13912345678"
    assert row.facts["received_on"].value == date(2025, 11, 25)  # in Beijing
    assert row.facts["identity"].value is None
    assert "设为文本" in row.troubles[0].text.zh


def test_a_register_of_a_merchants_committee():
    [_head, row] = read(xlsx(["用户", "商户", "纠纷内容", "发起时间", "状态", "调解人", "调解进度", "确认时间"],
                             ["张三", "好再来饭店", "欠工资3000", "2025/3/5", "已完成", "王某", "调解成功", "2025/3/9"]))
    assert values(row) == {
        "applicant": "张三", "respondent": "好再来饭店", "narrative": "欠工资3000", "received_on": date(2025, 3, 5),
        "state": "CLOSED", "handler": "王某", "outcome": "AGREED", "closed_on": date(2025, 3, 9), "headcount": 1}


def test_projects_with_arrears_in_ten_thousands_by_their_title():
    readings = read(xlsx(["2024年欠薪项目（单位：万元）"], ["项目代码", "项目名", "欠薪金额", "保障金额", "欠薪人数"],
                         ["P01", "城南路改造", 36.5, 10, "20余"], ["P02", "河西厂房", "—", "无", None],
                         ["总计", None, 36.5, 10, 20], ["注：数据截至2024年12月"]))
    assert kinds(readings) == ["title", "heading", "case", "case", "total", "note"]
    assert readings[2].facts["claimed_fen"].value == 36_500_000
    assert (readings[3].facts["claimed_fen"].value, readings[3].facts["claimed_fen"].words) == (None, "—")


def test_three_levels_of_headings_with_groups_and_subtotals():
    data = xlsx(
        ["农民工工资结算表"], ["单位名称：某建设公司     填报日期：2025.1.20"],
        ["序号", "人员信息", None, "工资", None, None, None, "备注"], [None, "姓名", "身份证号", "应发", None, "已发", "欠发", None],
        [None, None, None, "天数", "金额", None, None, None], ["一", "结算单元：一号楼"], [1, "张三", ID, 20, 4000, 1000, 3000],
        ["小计", None, None, None, 4000, 1000, 3000], ["二", "结算单元：二号楼"], [2, "李四", None, 10, 2000, 0, 2000],
        ["小计", None, None, None, 2000, 0, 2000], ["总 计", None, None, None, 6000, 1000, 5000],
        merged=["A1:H1", "A3:A5", "B3:C3", "D3:G3", "H3:H5", "B4:B5", "C4:C5", "D4:E4", "F4:F5", "G4:G5"])
    _table, layout, _columns = looked(data)
    assert [column.label for column in layout.columns] == [
        "序号", "人员信息 / 姓名", "人员信息 / 身份证号", "工资 / 应发 / 天数", "工资 / 应发 / 金额", "工资 / 已发", "工资 / 欠发", "备注"]
    assert kinds(read(data))[5:] == ["group", "case", "subtotal", "group", "case", "subtotal", "total"]


def test_a_building_site_with_rows_numbered_beforehand():
    data = xlsx(["序号", "姓名", "班组", "工种", "进场日期", "退场日期", "工日", "单价", "总工资", "已领生活费", "剩余工资", "身份证号", "手印"],
                [1, "张三", "瓦工班", "瓦工", "2025.3.1", "2025.6.1", 60, 300, 18000, 5000, 13000, ID], [2], [],
                [3, None, None, None, None, None, None, None, 0, None, 0])
    assert looked(data)[1].is_list
    assert kinds(read(data)) == ["heading", "case", "blank", "blank", "blank"]


# Finding the headings ---------------------------------------------------------------------------------------------

def table(*rows: list[object], name: str = "") -> Table:
    made = tuple(Row(number, tuple("" if value is None else value for value in row)) for number, row in enumerate(rows, 1))
    return Table(name, made, len(made))


HEAD = ["受理日期", "申请人", "被申请人", "涉案金额（万元）", "结果"]
CASE = ["2025-3-5", "张三", "城南公司", 3.6, "调解成功"]


def test_two_candidates_are_both_given_and_one_is_chosen():
    found = table(["来访人", "联系电话", "案由", "办结日期"], ["张三", "13912345678", "工资", "2025-1-2"], HEAD, CASE)
    layout = headings.find(found)
    assert layout.heading == (3,)
    assert layout.candidates == ((1,), (3,))
    assert "第1、3行" in layout.question.zh
    assert headings.find(found, (1,)).heading == (1,)
    assert headings.find(found, (1,)).question is None


def test_headings_again_on_the_next_page_are_no_question_and_no_case():
    found = table(["2025年调解台账"], HEAD, CASE, HEAD, CASE)
    layout = headings.find(found)
    assert layout.question is None and layout.year == 2025
    assert [headings.kind_of(row, layout) for row in found.rows] == ["title", "heading", "case", "repeated", "case"]


def test_no_headings_are_said_and_columns_can_be_chosen():
    layout = headings.find(table([1, "张三", 3600], [2, "李四", 3700]))
    assert layout.heading == () and layout.data_from == 1
    assert "没有找到表头" in layout.question.zh
    assert len(layout.columns) == 3
    chosen = mapping.choose(mapping.propose(layout), {1: "applicant", 2: "claimed_fen"})
    assert [one.field for one in mapping.fit(chosen, layout).columns] == ["", "applicant", "claimed_fen"]


def test_unknown_headings_above_figures_are_headings():
    layout = headings.find(table(["甲项", "乙项"], ["x", 3600], ["y", 3700]))
    assert layout.heading == (1,)


def test_columns_numbered_under_their_headings():
    found = table(HEAD, ["甲", "乙", "1", "2", "3"], CASE)
    layout = headings.find(found)
    assert layout.heading == (1,)
    assert [headings.kind_of(row, layout) for row in found.rows] == ["heading", "heading", "case"]


@pytest.mark.parametrize(("row", "kind"), [
    (["合计", None, None, 3.6], "total"), ([None, "合 计", None, 3.6], "total"), (["Total", None, None, 3.6], "total"),
    (["本页小计：", None, None, 3.6], "subtotal"), (["1", "一队小计", None, 3.6], "subtotal"), ([], "blank"),
    (["审核：", None, "制表人：李某"], "signature"), (["说明：含往年结转"], "note"), (["以下空白"], "note"),
    (["以上数据由各旗县上报，截至2025年12月31日"], "note"), (CASE, "case"), (["2025年春", "合计公司", "总装厂", 1, "达成协议"], "case"),
    ([None, "张三"], "case"),
])
def test_every_row_below_the_headings_gets_a_kind(row, kind):
    layout = headings.find(table(HEAD, CASE))
    assert headings.kind_of(table(HEAD, CASE, row).rows[2], layout) == kind


# What the columns are ---------------------------------------------------------------------------------------------

ALIASES = {  # practice.md 2.1
    "accepted_on": "受理时间 受案时间 立案日期", "received_on": "接访时间 登记日期 排查时间 申请日期 投诉时间 来访日期 发起时间",
    "closed_on": "结案时间 办结时间 办结日期 确认时间 化解时间", "due_on": "完成时限", "source": "来源 来访形式 受理渠道 案源 移交单位",
    "applicant": "来访人 投诉人 申诉人 劳动者 当事人(甲方) 原告 职工姓名",
    "respondent": "被诉人 被投诉单位 用人单位 用工单位 企业名称 被告 商户", "headcount": "涉案人数 人数 职工人数 拖欠人数",
    "main_head": "案由 纠纷类型 类别 矛盾纠纷类别 争议事项 争议原因", "claimed_fen": "涉及金额 涉案金额 欠款总额 拖欠金额 标的额",
    "agreed_fen": "调解金额 调解成功金额 赔偿金额 达成金额", "arrived_fen": "已还款 已支付 兑付金额 追回金额 挽回损失",
    "outcome": "处理结果 调解结果 化解结果 化解情况 办理结果", "state": "案件状态", "handler": "承办人 调解人 责任人 接待人 经办人",
    "registered_by": "登记人", "employer_phone": "被申请人电话", "phone": "申请人联系电话"}


@pytest.mark.parametrize(("heading", "key"), [(word, key) for key, said in ALIASES.items() for word in said.split()])
def test_aliases_of_practice_are_known(heading, key):
    assert fields.find([heading]) == key
    assert fields.find([f" {heading[0]} {heading[1:]}（必填）："]) == key


@pytest.mark.parametrize(("heading", "key", "unit", "currency"), [
    ("amount claimed usd", "claimed_fen", "", "USD"), ("诉求金额美元", "claimed_fen", "元", "USD"),
    ("诉求金额（万美元）", "claimed_fen", "万元", "USD"), ("诉求金额/万元", "claimed_fen", "万元", ""),
    ("已到账金额（港币）", "arrived_fen", "", "HKD")])
def test_a_currency_behind_a_heading_is_no_part_of_its_name(heading, key, unit, currency):
    assert (fields.find([heading]), fields.unit_of(heading), fields.currency_of(heading)) == (key, unit, currency)


def test_every_field_has_words_and_every_code_a_vocabulary():
    for key, row in fields.FIELDS.items():
        assert row.kind in fields.KINDS, key
        assert bool(row.codes) == (row.kind == "codes"), key
        assert fields.find([row.label.zh]) == key


def test_headings_that_an_office_adds_go_before():
    layout = headings.find(table(["情况", "甲公司", "受理日期"], ["x", "y", "2025-1-1"]))
    found = mapping.propose(layout, {"情况": "narrative", "受理日期": "received_on"})
    assert [one.field for one in found.columns] == ["narrative", "", "received_on"]
    assert mapping.explained(found) == {"情况": "narrative", "受理日期": "received_on"}


def test_every_column_of_the_exported_cases_is_known_without_a_question():
    for names in ([column.heading for column in ledger.CASES], [column.key for column in ledger.CASES]):
        layout = headings.find(table(names, ["x"] * len(names)))
        found = mapping.propose(layout)
        assert len(found.columns) == len(ledger.CASES)
        assert found.questions == []
        assert [one.heading for one in found.columns if not one.field] in ([], ["登记时间"])


def test_a_mapping_comes_back_from_its_file_and_fits_the_next_year():
    _table, layout, found = looked(xlsx(["2024年台账"], HEAD, CASE))
    kept = Mapping.from_json(found.to_json())
    assert kept.columns == found.columns
    later = headings.find(table(["某某旗2025年台账"], [], ["受理 日期", "申请人", "新列", "被申请人", "涉案金额(万元)", "结果"], CASE))
    fitted = mapping.fit(kept, later)
    assert [one.field for one in fitted.columns] == ["accepted_on", "applicant", "", "respondent", "claimed_fen", "outcome"]
    assert fitted.columns[4].unit == "万元"
    assert mapping.fingerprint(later) != mapping.fingerprint(layout)
    assert mapping.fingerprint(headings.find(table([], HEAD, CASE))) == mapping.fingerprint(layout)


def test_columns_can_be_named_by_number():
    layout = headings.find(table(HEAD, CASE))
    found = mapping.fit(Mapping.from_json('{"columns": [{"column": 4, "field": "agreed_fen", "unit": "元"}]}'), layout)
    assert [(one.field, one.unit) for one in found.columns][3] == ("agreed_fen", "元")


@pytest.mark.parametrize("text", [
    "", "[1]", "{}", '{"columns": 5}', '{"columns": [{"field": "number"}]}', '{"columns": [{"heading": "a", "field": "nothing"}]}',
    '{"columns": [{"heading": "a", "field": "claimed_fen", "unit": "斤"}]}', '{"columns": [], "fold": "x"}', '{"columns": [], "colour": 1}',
    '{"columns": [], "words": {"outcome": {"办了": "NOTHING"}}}', '{"columns": [], "given": {"x": "y"}}', '{"columns": [], "dates": "ydm"}'])
def test_a_wrong_mapping_says_what_is_wrong(text):
    with pytest.raises(Unreadable) as why:
        Mapping.from_json(text)
    assert why.value.text.zh


def test_a_mapping_of_another_file_is_refused():
    with pytest.raises(Unreadable):
        mapping.fit(Mapping.from_json('{"columns": [{"heading": "没有", "field": "number"}]}'), headings.find(table(HEAD, CASE)))


@pytest.mark.parametrize("sums", [(36000, 3.6, 12000, 1.25), (1_250_000, 350.5, 36000.55, 120.5)])
def test_a_sum_with_both_units_in_one_column_is_asked(sums):
    layout = headings.find(table(["申请人", "涉案金额"], ["张三", 36000]))
    sample = [Row(n, ("张三", fen)) for n, fen in enumerate(sums, 2)]
    [asked] = mapping.propose(layout, {}, sample).questions
    assert asked.heading == "涉案金额" and "万元" in asked.question.zh
