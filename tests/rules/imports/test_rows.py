"""What cells and rows say: value, precision and words; traps of real registers (practice.md 2.1, faults.md 4)."""
from __future__ import annotations

from datetime import date, datetime

import pytest

from mediation.rules.imports import headings, mapping
from mediation.rules.imports.entry import arguments
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.rows import Context, RowReading, read_row
from mediation.rules.imports.sheet import Row, Table
from mediation.rules.people.identity import credit_check_digit

TODAY = date(2026, 11, 30)
ID = "11010519491231002X"
CODE = "91150824MA0N5KQY3" + credit_check_digit("91150824MA0N5KQY3")


def context(names: list[str], title: str = "", **more: object) -> Context:
    table = Table(title, (Row(1, tuple(names)),), 1)
    layout = headings.find(table, (1,))
    found = mapping.propose(layout)
    return Context(TODAY, layout, Mapping(found.columns, **{"currency": found.currency, **more}))


def row(title: str = "", given: dict | None = None, **cells: object) -> RowReading:
    """A row under headings that are the keywords."""
    made = context(["申请人", *cells], title, **(given or {}))
    return read_row(Row(2, ("张三", *cells.values())), made)


def said(reading: RowReading, key: str) -> tuple[object, str, str]:
    fact = reading.facts[key]
    return fact.value, fact.precision, fact.words


@pytest.mark.parametrize(("cell", "title", "value", "precision"), [
    ("2025-11-20", "", date(2025, 11, 20), "exact"), ("2025.11.20", "", date(2025, 11, 20), "exact"),
    ("２０２５年１１月２０日", "", date(2025, 11, 20), "exact"), (date(2025, 11, 20), "", date(2025, 11, 20), "exact"),
    (datetime(2025, 11, 20, 9, 30), "", date(2025, 11, 20), "exact"), (45981.0, "", date(2025, 11, 20), "exact"),
    ("45981", "", date(2025, 11, 20), "exact"), (20251120.0, "", date(2025, 11, 20), "exact"),
    ("2025-11-20 09:30:00", "", date(2025, 11, 20), "exact"), ("2025-11-20T16:30:00.000Z", "", date(2025, 11, 21), "exact"),
    ("20/11/2025", "", date(2025, 11, 20), "exact"), ("11/20/2025", "", date(2025, 11, 20), "exact"),
    ("2025年11月", "", None, "month"), ("2025", "", None, "year"), ("2025年底", "", None, "about"), (2025.11, "", None, "month"),
    ("11月20日", "2025年台账", date(2025, 11, 20), "exact"), ("5月", "2025年台账", None, "month"),
    ("春节前", "2025年台账", None, "about"), ("不详", "", None, "unknown"), ("—", "", None, "unknown"),
])
def test_days_as_they_are_written(cell, title, value, precision):
    reading = row(title, 受理日期=cell)
    assert said(reading, "accepted_on")[:2] == (value, precision)
    assert reading.troubles == ()


@pytest.mark.parametrize(("cell", "title", "why"), [
    ("6月1日", "", "没写年份"), ("5月", "", "没写年份"), ("年前", "", "没写年份"), ("腊月二十八", "", "没写年份"), ("去年腊月", "2025年台账", "没写年份"),
    ("上周三", "2025年台账", "没写年份"), ("2025-02-30", "", "没有30日"), ("2027-01-05", "", "今天之后"), ("2063-01-05", "", "今天之后"),
    ("1970-01-01 00:00:00.000002015", "", "纳秒"), ("03/04/2025", "", "次序"), ("待定再说", "", "看不懂"), (2025.1, "", "10月"),
    ("99999999", "", "按原话保留"),
])
def test_a_day_is_never_invented(cell, title, why):
    reading = row(title, 受理日期=cell)
    value, _precision, words = said(reading, "accepted_on")
    assert value is None and words == str(cell)
    assert why in reading.troubles[0].text.zh and not reading.troubles[0].stops
    assert reading.is_good


def test_days_with_strokes_follow_the_order_of_their_column():
    assert said(row(given={"dates": "mdy"}, 受理日期="03/04/2025"), "accepted_on")[0] == date(2025, 3, 4)
    assert said(row(given={"dates": "dmy"}, 受理日期="03/04/2025"), "accepted_on")[0] == date(2025, 4, 3)


@pytest.mark.parametrize(("heading", "cell", "fen", "precision"), [
    ("诉求金额", "36000元", 3_600_000, "exact"), ("诉求金额", "１２，０００．５０", 1_200_050, "exact"), ("诉求金额", 12000.5, 1_200_050, "exact"),
    ("诉求金额", "12000.500", 1_200_050, "exact"), ("诉求金额", "611.0", 61_100, "exact"), ("诉求金额", "0.0", 0, "exact"),
    ("诉求金额", "约12万", 12_000_000, "approx"), ("诉求金额", "40余万", 40_000_000, "approx"), ("诉求金额", "近150万元", 150_000_000, "approx"),
    ("诉求金额", "6万余+17万余", 23_000_000, "approx"), ("诉求金额(万元)", 3.6, 3_600_000, "exact"), ("诉求金额(万元)", "3.6", 3_600_000, "exact"),
    ("诉求金额(万元)", "36000元", 3_600_000, "exact"), ("诉求金额（千元）", "36", 3_600_000, "exact"), ("诉求金额", "叁万陆仟元整", 3_600_000, "exact"),
    ("诉求金额", "—", None, "unknown"), ("诉求金额", "无", None, "unknown"), ("诉求金额", 3333.33333333333, 333_333, "approx"),
])
def test_sums_as_they_are_written(heading, cell, fen, precision):
    reading = row(**{heading: cell})
    assert said(reading, "claimed_fen")[:2] == (fen, precision)
    assert reading.is_good


@pytest.mark.parametrize(("heading", "cell", "why"), [
    ("诉求金额", "很多", "看不懂"), ("诉求金额", "(500)", "不能为负"), ("诉求金额", "58万、15万", "看不懂"), ("诉求金额", "1.5E+17", "科学记数法"),
    ("诉求金额(万元)", 36000, "多半是按元填的"), ("诉求金额", "=SUM(A1:A9)", "公式"), ("诉求金额", "=", "公式"), ("诉求金额", "#REF!", "错误值"),
    ("涉及人数", "很多人", "估个人数"), ("涉及人数", "=B2*2", "公式"),
])
def test_what_cannot_be_counted_holds_its_row_back(heading, cell, why):
    reading = row(**{heading: cell})
    assert why in reading.troubles[0].text.zh and reading.troubles[0].place == 1
    assert not reading.is_good


def test_an_unlikely_beginning_is_no_formula():
    assert row(备注="=号开头的话").troubles == ()


@pytest.mark.parametrize(("applicant", "told", "count", "words"), [
    ("谭某等27人", None, 27, ""), ("张三、李四", None, 2, ""), ("巴特尔", None, 1, ""), ("张三等", None, 1, ""), ("谭某等三十余人", None, 30, "三十余人"),
    ("谭某", "约20人", 20, "约20人"), ("谭某", 27.0, 27, ""), ("谭某等27人", "30", 30, ""), ("谭某", "十几人", 11, "十几人"), ("谭某", "无", 1, ""),
])
def test_people_are_counted_as_they_are_said(applicant, told, count, words):
    made = context(["申请人", "涉及人数"])
    reading = read_row(Row(2, (applicant, "" if told is None else told)), made)
    found = arguments(reading, TODAY)
    assert found["headcount"] == count and found["as_told"].get("headcount", "") == words
    assert found["name"] == applicant.split("等")[0].split("、")[0]


def test_more_names_than_people_hold_the_row_back():
    reading = read_row(Row(2, ("张三、李四、王五", 2)), context(["申请人", "涉及人数"]))
    assert "3个人的名字" in reading.troubles[0].text.zh and not reading.is_good


@pytest.mark.parametrize(("cell", "number", "why"), [
    (ID, ID, ""), (f"'{ID}", ID, ""), ("１１０１０５１９４９１２３１００２Ｘ", ID, ""), ("1.52522E+17", None, "设为文本"), ("152522198603151000", None, "设为文本"),
    (1.52522198603151e17, None, "设为文本"), ("152***********1234", None, "打了码"), ("110105194912310021", None, "校验码"), ("无", None, None),
])
def test_identity_numbers_are_whole_or_not_taken(cell, number, why):
    reading = row(身份证号=cell)
    fact = reading.facts.get("identity")
    assert (fact.value if fact else None) == number
    assert reading.is_good
    if why:
        assert why in reading.troubles[0].text.zh
    if fact and cell != number:
        assert ID not in fact.words and "198603151" not in fact.words  # nothing lies in clear text


def test_numbers_of_people_are_covered_in_words():
    reading = row(诉求摘要=f"身份证{ID}，要求支付工资", 工资卡="6222020200012345678")
    assert reading.facts["narrative"].value == "身份证110*************2X，要求支付工资"
    assert reading.kept["工资卡"].startswith("622***") and "12345678" not in reading.kept["工资卡"]
    assert "号码" in reading.troubles[0].text.zh


@pytest.mark.parametrize(("cell", "number"), [
    (13912345678.0, "13912345678"), ("139 1234 5678", "13912345678"), ("0478-5912345转801", "04785912345转801"),
    ("13912345678/13812345678", "13912345678"), ("没有", ""), ("找他媳妇", "")])
def test_telephones(cell, number):
    found = arguments(row(联系电话=cell), TODAY)
    assert found["phone"] == number
    assert found["phone_note"] == ("找他媳妇" if cell == "找他媳妇" else "")


def test_both_sides_in_one_cell():
    made = context(["当事人双方", "纠纷类型"])
    reading = read_row(Row(2, ("张三与城南建设公司", "劳动争议")), made)
    assert (reading.facts["applicant"].value, reading.facts["respondent"].value) == ("张三", "城南建设公司")
    assert not read_row(Row(3, ("张三", "工资")), made).is_good


def test_words_under_codes_and_words_that_are_none():
    reading = row(案由="工资、经济补偿金", 来源="法院委托（二审）", 处理结果="双方已化解", 满意度="还行", 是否农民工="√")
    facts = {key: fact.value for key, fact in reading.facts.items()}
    assert facts["main_head"] == ("wages", "severance") and facts["source"] == "court" and facts["outcome"] == "SETTLED"
    assert facts["satisfaction"] is None and facts["is_rural"] is True
    assert [trouble.text.zh for trouble in reading.troubles] == ["没有认出“还行”是哪一种；按原话保留"]
    found = arguments(reading, TODAY)
    assert found["channel"] == "F" and found["flags"] == ["rural"]
    assert [(line.head, line.precision) for line in found["claims"]] == [("wages", "unknown"), ("severance", "unknown")]
    assert found["narrative"].split("\n") == ["争议类型：工资、经济补偿金", "案件来源：法院委托（二审）", "结果：双方已化解", "满意度：还行"]


def test_a_source_that_is_none_of_the_list_keeps_its_words():
    found = arguments(row(来源="妇联转来"), TODAY)
    assert (found["source"], found["source_body"]) == ("", "妇联转来")
    assert arguments(row(来源="妇联转来", 来文单位="旗妇联"), TODAY)["source_body"] == "旗妇联"


def test_a_credit_code_and_who_represents_the_employer_are_facts_of_the_employer():
    found = arguments(row(被申请人="宏远公司", 统一社会信用代码=CODE, 法定代表人="王五"), TODAY)
    [told] = found["respondents"]
    assert (told.name, told.credit_code, told.legal_person) == ("宏远公司", CODE, "王五") and found["narrative"] == ""
    unread = arguments(row(被申请人="宏远公司", 法定代表人="王五"), TODAY)
    assert unread["narrative"] == "法定代表人：王五" and unread["respondents"][0].credit_code == ""


def test_words_of_an_office_of_its_own():
    reading = row(given={"words": {"outcome": {"办了": "AGREED"}}, "given": {"source": "综治中心"}}, 结果="办了")
    assert said(reading, "outcome") == ("AGREED", "exact", "办了")
    assert said(reading, "source") == ("governance", "exact", "综治中心")


def test_sums_of_two_currencies_are_never_one():
    assert not row(诉求金额="1200美元", 协议金额="800元人民币").is_good
    reading = row(诉求金额="$1,200", 已支付="500")
    assert (said(reading, "claimed_fen")[0], reading.facts["claimed_fen"].currency) == (120_000, "USD")
    by_column = row(币种="USD", 诉求金额="1,200")
    assert by_column.facts["claimed_fen"].currency == "USD"


def test_the_sheet_s_own_arithmetic_is_checked():
    reading = row(协议金额="5000", 已到账金额="2000", 未到账金额="2500")
    assert "应是3,000.00元" in reading.troubles[0].text.zh and reading.is_good
    assert row(协议金额="5000", 已到账金额="2000", 未到账金额="3000").troubles == ()


def test_how_exact_sums_are_may_stand_in_a_column_of_its_own():
    reading = row(claimed_yuan="1500000", amount_precision="约(“近”)")
    assert said(reading, "claimed_fen") == (150_000_000, "approx", "1500000（约(“近”)）")


def test_a_row_that_says_nothing_of_a_case_is_held_back():
    made = context(["申请人", "联系电话", "备注"])
    reading = read_row(Row(2, ("", "13912345678", "补")), made)
    assert reading.is_case and not reading.is_good and reading.troubles[0].place == -1


def test_long_names_and_texts_and_control_characters_stay_in_bounds():
    reading = row(被申请人="城" * 300, 诉求摘要="长" * 5000, 备注="坏\x01字")
    texts = [(trouble.field, trouble.text.zh) for trouble in reading.troubles]
    assert ("respondent", "最多200个字，现在是300个") in texts
    assert len(reading.facts["narrative"].value) == 4000
    assert any(key == "remark" and "控制字符" in text for key, text in texts)


@pytest.mark.parametrize("cells", [{"被申请人": "城" * 300}, {"备注": "坏\x01字"}, {"被申请人": "城\x00北"}])
def test_words_that_no_case_can_hold_keep_their_row_back(cells):
    assert not row(**cells).is_good


def test_a_whole_row_as_a_late_entry():
    names = ["案件编号", "收到日期", "受理日期", "申请人", "被申请人", "统一社会信用代码", "案由", "诉求金额", "结果", "协议金额", "已到账金额",
             "履行状态", "结案日期", "争议发生地点", "分级", "是否群体性", "页数", "工号"]
    cells = ("2024-17", "2024年3月", "2024-3-5", "谭某、王某", "城南建设公司", CODE, "工资", "约3万", "达成调解协议", "28000", "8000", "部分履行",
             "", "乌拉特中旗", "一般", "否", "12页", "A1")
    found = arguments(read_row(Row(2, cells), context(names)), TODAY)
    assert found["state"] == "PERFORMING" and found["outcome"] == "AGREED"
    assert found["received_on"] is None and found["as_told"] == {"received_on": "2024年3月"}
    assert found["dates"] == {"accepted_on": date(2024, 3, 5)}
    assert [one.name for one in found["roster"]] == ["王某"] and found["name"] == "谭某" and found["headcount"] == 2
    assert [(one.name, one.part, one.is_person) for one in found["respondents"]] == [("城南建设公司", "employer", False)]
    assert [(c.head, c.amount_fen, c.precision, c.as_told) for c in found["claims"]] == [("wages", 3_000_000, "about", "约3万")]
    assert found["columns"] == {"place": "乌拉特中旗", "grade": "usual", "is_group": False, "pages": 12}
    assert found["narrative"] == "案件编号：2024-17\n工号：A1" and found["respondents"][0].credit_code == CODE


def test_sums_of_an_export_made_for_programs_are_fen():
    assert said(row(claimed_fen="360050"), "claimed_fen")[:2] == (360_050, "exact")


def test_a_case_that_was_merged_away_has_nobody_and_still_comes_in():
    reading = row(涉及人数="0")
    assert reading.is_good and "按1人计" in reading.troubles[0].text.zh
    assert arguments(reading, TODAY)["headcount"] == 1
