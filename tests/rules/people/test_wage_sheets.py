"""Layouts of wage sheets and payment lists found in the field, with rows as messy as offices write them."""
from __future__ import annotations

from datetime import date

from mediation.rules.people.worker_list import ALL_MONTHS, Roster, read_rows

TODAY = date(2026, 11, 30)
CARD, OTHER_CARD = "6217000012345678907", "6217000012345678915"


def read(sheet: str, chosen: int | None = None) -> Roster:
    """``sheet``: one row a line, cells parted by |."""
    return read_rows([[cell.strip() for cell in line.split("|")] for line in sheet.splitlines()], TODAY, chosen)


FACTORY = f"""恒远毛纺有限公司2026年10月工资表
部门：||二分厂||分厂（科室）：
序号|姓  名|岗位职务|基  本  工  资||||工龄工资|顶  班||津 贴|补 贴|罚 款|税前工资|个 人 所得税|扣 款|合计应发|实 发 工 资|财务审核|工资卡号|备注
|||月工资|日工资|出勤天数|工资||天数|工资|||||||||||
1|王 芳|挡车工|4500|150|26|3900|100|2|300||50||4350||20|4330|4,330.00||{CARD}|
2|斯琴高娃|保全工|4800.00|160|25|4000|200|||||50|4150|||4150|￥4150||'{OTHER_CARD}|扣款已说明
3|包·乌兰||4500|150|20|3100||||||||||3100|3100|||出勤有疑问
合计|||||71|11000|300|2|300||50|50|||20|11580|11580||
大写：壹万壹仟伍佰捌拾元整
分管经理签字：||分管厂长（科长）签字：||制表人：李
备注：|本表一式两份"""


def test_a_factorys_wage_sheet_with_merged_headings():
    """150 × 26 = 3,900; 160 × 25 = 4,000; 150 × 20 = 3,000 and not 3,100; 4,330 + 4,150 + 3,100 = 11,580."""
    asked = read(FACTORY)
    assert asked.chosen is None and [one.label.zh for one in asked.choices][:3] == ["税前工资", "合计应发", "实发工资"]
    found = read(FACTORY, chosen=17)
    assert [(row.name, row.fen, row.account) for row in found.rows] == [
        ("王芳", 4330_00, CARD), ("斯琴高娃", 4150_00, OTHER_CARD), ("包·乌兰", 3100_00, "")]
    assert [[text.zh for text in row.warnings] for row in found.rows] == [
        [], [], ["出勤天数 × 日工资应是3,000.00元，表上写的是3,100.00元"]]
    assert (found.total_fen, found.said_fen, found.problem) == (11580_00, 11580_00, None)
    assert [left.kind.code for left in found.left_out] == [
        "title", "group", "head", "head", "total", "capital", "sign", "remark"]


def test_a_payment_list_with_the_payee_apart_and_a_rough_sum():
    """8,000 + 7,500 + about 6,000 = 21,500."""
    found = read(f"""欠薪人员工资发放表
姓名|工作地点|实领人|卡号|总工资（元）|备注
张三|城南工地|张三|{CARD}|8,000|
李四|城南工地|李母|'{OTHER_CARD}|7500元|本人已外出
王五||||约6000|
合计||||21500|""")
    assert [(row.name, row.other_payee, row.fen, row.is_about) for row in found.rows] == [
        ("张三", "", 8000_00, False), ("李四", "李母", 7500_00, False), ("王五", "", 6000_00, True)]
    assert "约6000" in found.rows[2].note and found.problem is None


THREE_LEVELS = """单位名称：恒远建设有限公司乌拉特项目部
序号|姓名|结算单元|2025年工资||||应发合计|备注
|||第三季度||第四季度|||
|||8月|9月|10月|11月||
结算单元：一号楼
1|甲一|一号楼|3000|3000||1000|7000|
2|乙二|一号楼|2000||2000|2000|6000|
小计|||5000|3000|2000|3000|13000|
结算单元：二号楼
3|丙三|二号楼|1000|1000|1000|1000|4500|
小计|||1000|1000|1000|1000|4500|
总计|||||||17500|"""


def test_three_levels_of_headings_with_a_subtotal_for_each_unit():
    """丙三: four months of 1,000 are 4,000, and the sheet says 4,500."""
    found = read(THREE_LEVELS)
    assert [(row.name, row.fen) for row in found.rows] == [("甲一", 7000_00), ("乙二", 6000_00), ("丙三", 4500_00)]
    assert found.rows[0].note == "一号楼 8月3000 9月3000 11月1000"
    assert [text.zh for text in found.rows[2].warnings] == ["各月之和应是4,000.00元，表上写的是4,500.00元"]
    assert (found.said_fen, found.problem) == (17500_00, None)
    assert [left.kind.code for left in found.left_out] == [
        "group", "head", "head", "head", "group", "part", "group", "part", "total"]
    assert [row.fen for row in read(THREE_LEVELS, chosen=ALL_MONTHS).rows] == [7000_00, 6000_00, 4000_00]


def test_a_building_site_with_days_rates_and_advances():
    """85.5 × 350 = 29,925, less 5,000; 18,000 − 3,000 is 15,000; 60 × 200 is 12,000."""
    found = read("""序号|姓名|班组|工种|进场日期|退场日期|工日|单价|总工资|已领生活费|剩余工资|身份证号|手印
1|巴图|木工班|木工|2026.5.3|2026-08-30|85.5|350|29925|5000|24925||
2|那顺|钢筋班|钢筋工|2026.5.3||60|300|18000|3000|14000||
3|查干|钢筋班|小工|||60|200|12500||12500||
|合  计|||||205.5||60425|8000|51425||
班组长签字：||公司盖章：""")
    assert [(row.name, row.fen) for row in found.rows] == [("巴图", 24925_00), ("那顺", 14000_00), ("查干", 12500_00)]
    assert [[text.zh for text in row.warnings] for row in found.rows] == [
        [], ["总工资 − 已领生活费应是15,000.00元，表上写的是14,000.00元"], ["工日 × 单价应是12,000.00元，表上写的是12,500.00元"]]
    assert (found.said_fen, found.problem) == (51425_00, None)


def test_months_as_a_spreadsheet_shows_them_are_added_and_kept_as_words():
    found = read("姓名|2025-03|2025-04|2025.5|电话\n甲一|3000|3000|1000|13847862200\n乙二|2000||—|")
    assert [(row.name, row.fen, row.phone) for row in found.rows] == [("甲一", 7000_00, "13847862200"), ("乙二", 2000_00, "")]
    assert found.rows[0].note == "2025-03：3000 2025-04：3000 2025.5：1000"


def test_sums_that_look_like_months_are_no_headings():
    found = read("姓名|三月|四月|合计\n张三|2025.5|2024.3|4049.8")
    assert [(row.name, row.fen) for row in found.rows] == [("张三", 4049_80)]
