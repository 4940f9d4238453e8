from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mediation.rules.money import currencies
from mediation.rules.money.amounts import print_yuan
from mediation.rules.people.worker_list import ALL_MONTHS, read_lines, read_roster, read_rows
from mediation.rules.text_cleaning import Unreadable

TODAY = date(2026, 11, 23)


def one(line):
    rows = read_lines(line, TODAY)
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("line", [
    "张三\t1,200.50\t13912345678\t11010519491231002X", "张三 1200.5 13912345678 11010519491231002x", "张三，1200.50元，139-1234-5678，11010519491231002X",
    "张三、1200.5、13912345678、11010519491231002X", '"张三","1,200.50","13912345678","11010519491231002X"', "1 张三 1,200.50 13912345678 11010519491231002X",
    "1、张三 1,200.50 13912345678 11010519491231002X", "12.\t张 三\t1,200.50\t139 1234 5678\t110105 19491231 002X", "张三|1200.50|13912345678|11010519491231002X",
    "11010519491231002X 张三 13912345678 1200.50", "\ufeff张三,1200.50,１３９１２３４５６７８,１１０１０５１９４９１２３１００２Ｘ", "张　三 ￥1200.50 +8613912345678 11010519491231002X",
])
def test_the_usual_ways_to_write_one_worker(line):
    row = one(line)
    assert (row.name, row.fen, row.phone, row.identity) == ("张三", 1_200_50, "13912345678", "11010519491231002X")
    assert row.errors == () and row.raw == line


def test_other_cells():
    assert one("王五、8000元、0478-5912345转801").phone == "04785912345转801"
    assert (one("王五 1.2万 木工 二班").fen, one("王五 1.2万 木工 二班").note) == (1_200_000, "木工 二班")
    assert one("孙八 6222021234567890128 500").account == "6222021234567890128"
    assert one("Bat Erdene 700 +97699112233").name == "Bat Erdene"
    assert one("ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ 700").name == "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ"
    assert one("阿不都·热合曼 700").name == "阿不都·热合曼"
    only_name = one("欧阳娜娜")
    assert (only_name.name, only_name.fen, only_name.errors) == ("欧阳娜娜", None, ())


@pytest.mark.parametrize(("line", "word"), [
    ("500 13912345678", "没有姓名"), ("张三 500 600", "两个金额"), ("张三 1391234567", "现在是10位"), ("张三 110105194912310021", "校验码"), ("张三 1.52522E+17", "表格"),
    ("张三,1,200,13912345678", "千分位"), ("张三 12.345", "两位"), ("张三 -500", "负"), ("张三 13912345678 13912345679", "电话写了两次"), ("张\x00三 500", "NUL"),
    ("张三\ufffd 500", "乱码"), ("张" * 600, "太长"), ("张" * 150 + " 5", "最多100"),
])
def test_what_is_wrong_with_a_row_is_said(line, word):
    row = one(line)
    assert any(word in error.zh for error in row.errors)
    assert row.raw == line


PASTE = """工人名单
序号\t姓名\t金额（元）\t电话
1\t张三\t1,200.50\t13912345678
2\t李四\t799.50\t13912345679

3\t赵六\t3000\t13800138000
小计\t\t5,000.00
4\t王五\t1000\t
合计\t4人\t6,000.00
注：以上均为税前
"""


def test_heads_totals_and_remarks_are_left_out_and_compared():
    roster = read_roster(PASTE.removeprefix("工人名单\n"), TODAY)
    assert [(row.line, row.name) for row in roster.rows] == [(2, "张三"), (3, "李四"), (5, "赵六"), (7, "王五")]
    assert (roster.total_fen, roster.said_fen, roster.problem) == (600_000, 600_000, None)
    assert [left.raw.split("\t")[0] for left in roster.left_out] == ["序号", "小计", "合计", "注：以上均为税前"]


def test_a_total_that_differs_is_said():
    roster = read_roster("张三 500\n李四 700\n合计 1,300.00", TODAY)
    assert roster.problem is not None
    assert roster.problem.zh == "合计行写的是1,300.00元，各行相加是1,200.00元"
    short = read_roster("张三 500\n李四 7,00\n合计 1,200.00", TODAY)
    assert short.problem is not None and "1行" in short.problem.zh


@pytest.mark.parametrize("line", ["合计 3人 5000", "合 计：5000元", "总计（3人）\t5,000.00", "3 合计 5000", "合计金额 5000", "Total 5000"])
def test_lines_of_totals(line):
    roster = read_roster(line, TODAY)
    assert (roster.rows, roster.said_fen) == ((), 500_000)


def test_people_who_stand_twice():
    rows = read_lines("张三 500 13912345678\n李四 600\n张 三 500\n李四 700 13912345670\n赵六 1 13800138000\n赵六 1 13800138001\n"
                      "钱七 1 11010519491231002X\n钱起 1 11010519491231002x", TODAY)
    assert [row.same_as for row in rows] == [None, None, 1, 2, None, None, None, 7]
    assert "第1行" in rows[2].warnings[0].zh and rows[2].errors == ()


def test_an_old_number_of_the_same_person_is_noticed():
    rows = read_lines("张三 1 110105491231002\n张叁 1 11010519491231002X", TODAY)
    assert rows[1].same_as == 1


def test_a_long_paste():
    text = "\n".join(f"工人甲{i} {i}.25 139{i:08d}" for i in range(2000))
    roster = read_roster(text, TODAY)
    assert len(roster.rows) == 2000 and roster.total_fen == sum(range(2000)) * 100 + 2000 * 25
    assert not any(row.errors or row.same_as for row in roster.rows)
    with pytest.raises(Unreadable) as refusal:
        read_roster(text + "\n张三", TODAY)
    assert "2000" in refusal.value.text.zh


NAMES = st.text(alphabet="王李张刘陈杨赵黄周吴", min_size=2, max_size=4)


@given(st.lists(st.tuples(NAMES, st.integers(0, 10**9)), min_size=1, max_size=30), st.sampled_from(["\t", " ", "、"]))
def test_every_line_comes_back_with_its_sum(people, separator):
    text = "\n".join(f"{name}{separator}{print_yuan(fen)}" for name, fen in people)
    total = sum(fen for _, fen in people)
    roster = read_roster(f"姓名{separator}金额\n{text}\n合计{separator}{print_yuan(total)}", TODAY)
    assert [(row.name, row.fen) for row in roster.rows] == people
    assert (roster.total_fen, roster.said_fen, roster.problem) == (total, total, None)


@given(st.text(max_size=200))
@example('0"\x0c0')
def test_no_line_is_lost(text):
    roster = read_roster(text, TODAY)
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    assert sorted([*(left.raw for left in roster.left_out), *(row.raw for row in roster.rows)]) == sorted(lines)


SAMPLE = "11010519491231002X"  # of GB 11643


@pytest.mark.parametrize("cell", [
    f"身份证:{SAMPLE}", f"身份证：{SAMPLE}", f"身份证号 {SAMPLE}", f"'{SAMPLE}", f"’{SAMPLE}", f"证件号码:'{SAMPLE}", f"身份证{SAMPLE.lower()}",
    "身份证号：110105 19491231 002X"])
def test_a_label_or_an_apostrophe_hides_no_identity_number(cell):
    row = one(f"泄二\t{cell}\t9000")
    assert (row.name, row.identity, row.fen, row.note, row.errors) == ("泄二", SAMPLE, 9000_00, "", ())


@pytest.mark.parametrize("cell", ["卡号：6222021234567890128", "银行账号:'6222021234567890128", "工资卡 6222021234567890128"])
def test_a_label_hides_no_account(cell):
    row = one(f"孙八\t{cell}\t500")
    assert (row.account, row.fen, row.note, row.errors) == ("6222021234567890128", 500_00, "", ())


@pytest.mark.parametrize("cell", [f"号码{SAMPLE}", "转给123456789012345", f"见{SAMPLE[:6]} {SAMPLE[6:14]} {SAMPLE[14:]}", "１２３４５６７８９０１２３４５６号"])
def test_a_long_number_is_never_left_among_the_words(cell):
    row = one(f"泄二\t{cell}\t9000")
    assert row.errors and (cell not in row.note or any("原样印出来" in error.zh for error in row.errors))


def test_labels_that_stand_apart_are_no_part_of_the_name():
    row = one(f"姓名 张三 电话 13912345678 身份证号 {SAMPLE} 9000")
    assert (row.name, row.phone, row.identity, row.fen, row.note) == ("张三", "13912345678", SAMPLE, 9000_00, "")


@pytest.mark.parametrize(("line", "kind"), [
    ("序号\t姓名\t身份证号码\t开户行\t日工资标准\t签名", "head"), ("部门：一队\t\t分厂（科室）：", "group"), ("大写：贰万壹仟元整", "capital"),
    ("人民币（大写）\t贰万壹仟元整", "capital"), ("2026年5月工资表", "title"), ("城南工地农民工欠薪花名册（2026年）", "title"), ("分管经理签字： 分管厂长（科长）签字： 制表人：", "sign"),
    ("制表人：\t\t审核：", "sign"), ("单位名称：某某公司", "group"), ("木工班", "group"), ("一队", "group"), ("某某建筑有限公司", "group"),
    ("备注:以上均为税前", "remark"), ("以下空白", "remark"), ("第1页 共2页", "remark"), ("5\t\t\t", "empty"), ("——", "empty"),
    ("合  计\t\t5,000.00", "total"), ("小计：5000", "part"),
])
def test_lines_that_are_no_people_are_left_out_and_said(line, kind):
    roster = read_roster(f"{line}\n张三\t500", TODAY)
    assert [row.name for row in roster.rows] == ["张三"]
    assert [(left.line, left.raw, left.kind.code) for left in roster.left_out] == [(1, line, kind)]


def test_only_a_name_is_a_warning():
    assert any("请看是不是人" in warning.zh for warning in one("张三").warnings)
    assert one("张三 500").warnings == one("张三 13912345678").warnings == ()


@pytest.mark.parametrize(("line", "name", "yuan"), [
    ("周九12000", "周九", 12000), ("周九 12000", "周九", 12000), ("钱大：9000元", "钱大", 9000), ("钱大: 9000", "钱大", 9000), ("1.张三 12000", "张三", 12000),
    ("2、李四：1.2万", "李四", 12000), ("3）王五 5000", "王五", 5000), ("斯琴 高娃 7000", "斯琴 高娃", 7000), ("斯琴\u2003高娃\u20037000", "斯琴 高娃", 7000),
    ("斯琴\u3000高娃\u00a07000", "斯琴 高娃", 7000), ("张\u2002三\u2002500", "张三", 500), ("孙六 两万", "孙六", 20000), ("王九 欠9000元", "王九", 9000),
    ("赵十 工资9000", "赵十", 9000), ("工人3 500", "工人3", 500), ("阿不都·热合曼 7000", "阿不都·热合曼", 7000), ("张三 木工 500", "张三", 500), ("张三 欠 9000", "张三", 9000),
    ("'张三 '9000", "张三", 9000)])
def test_names_and_sums_are_parted_where_people_part_them(line, name, yuan):
    row = one(line)
    assert (row.name, row.fen, row.errors) == (name, yuan * 100, ())


@pytest.mark.parametrize(("line", "yuan"), [("张三 约5000", 5000), ("张三 2万左右", 20000), ("张三 欠 3000 多", 3000), ("张三\t大约 6000", 6000)])
def test_a_rough_sum_is_kept_as_rough_with_its_words(line, yuan):
    row = one(line)
    assert (row.name, row.fen, row.is_about, row.errors) == ("张三", yuan * 100, True, ())
    assert str(yuan)[0] in row.note


def test_no_sum_said_in_words_is_pointed_at():
    for said in ("无", "-", "—"):
        row = one(f"吴七\t{said}\t13912345678")
        assert (row.fen, row.told, row.note) == (None, "-" if said == "—" and row.told == "-" else said, "")
        assert any(said in warning.zh for warning in row.warnings)


def test_several_numbers_without_headings_are_asked_about():
    text = "1\t张十二\t男\t45\t12000\n2\t李四\t女\t51\t8000"
    asked = read_roster(text, TODAY)
    assert asked.chosen is None and [choice.place for choice in asked.choices] == [3, 4]
    assert "哪一列是欠的钱" in asked.rows[0].errors[0].zh and asked.total_fen == 0
    told = read_roster(text, TODAY, chosen=4)
    assert [(row.name, row.fen, row.errors) for row in told.rows] == [("张十二", 12000_00, ()), ("李四", 8000_00, ())]


BUILDING = f"""城南工地欠薪明细
序号\t姓名\t班组\t工种\t进场日期\t退场日期\t工日\t单价\t总工资\t已领生活费\t剩余工资\t身份证号\t手印
1\t张三\t钢筋班\t钢筋工\t2026-03-01\t2026-05-01\t50\t300\t15000\t5000\t10000\t'{SAMPLE}\t
2\t李四\t木工班\t木工\t2026-03-01\t2026-05-01\t40\t300\t12500\t2000\t10000\t无\t
合计\t\t\t\t\t\t90\t\t27500\t7000\t20000\t\t
"""


def test_a_building_sites_sheet_is_read_by_its_headings_and_checked():
    """40 days at 300 are 12,000; 12,500 less 2,000 are 10,500."""
    roster = read_roster(BUILDING, TODAY)
    assert [(row.name, row.fen, row.identity) for row in roster.rows] == [("张三", 10000_00, SAMPLE), ("李四", 10000_00, "")]
    assert roster.rows[0].warnings == () and "工日50 单价300 总工资15000 已领生活费5000" in roster.rows[0].note
    told = [warning.zh for warning in roster.rows[1].warnings]
    assert told == ["工日 × 单价应是12,000.00元，表上写的是12,500.00元", "总工资 − 已领生活费应是10,500.00元，表上写的是10,000.00元"]
    assert (roster.said_fen, roster.problem, roster.unread) == (20000_00, None, ("手印",))


WAGE_SHEET = """2026年5月工资表
部门：生产\t\t分厂（科室）：一厂
序号\t姓 名\t岗位职务\t基 本 工 资\t\t\t\t顶 班\t\t合计应发\t实 发 工 资\t工资卡号\t备注
\t\t\t月工资\t日工资\t出勤天数\t工资\t天数\t工资\t\t\t\t
1\t张三\t工人\t\t200\t20\t4000\t1\t200\t4200\t4100\t6222021234567890128\t
2\t李四\t工人\t\t200\t20\t4100\t1\t200\t4300\t4200\t\t
合计\t\t\t\t\t\t8100\t\t400\t8500\t8300\t\t
大写：捌仟叁佰元整
分管经理签字：\t\t\t分管厂长（科长）签字：\t\t制表人：
"""


def test_a_wage_sheet_with_two_heading_rows_asks_which_column():
    asked = read_roster(WAGE_SHEET, TODAY)
    assert asked.chosen is None and [choice.label.zh for choice in asked.choices][:2] == ["合计应发", "实发工资"]
    roster = read_roster(WAGE_SHEET, TODAY, chosen=10)
    assert [(row.name, row.fen, row.account) for row in roster.rows] == [("张三", 4100_00, "6222021234567890128"), ("李四", 4200_00, "")]
    assert [warning.zh for warning in roster.rows[1].warnings] == ["出勤天数 × 日工资应是4,000.00元，表上写的是4,100.00元"]
    assert [left.kind.code for left in roster.left_out] == ["title", "group", "head", "head", "total", "capital", "sign"]
    assert (roster.said_fen, roster.problem) == (8300_00, None)


def test_the_payee_is_not_the_worker():
    roster = read_roster("姓名\t工作地点\t实领人\t卡号\t总工资（元）\t备注\n张三\t城南\t张大\t6222021234567890128\t9000\t工友代领", TODAY)
    row = roster.rows[0]
    assert (row.name, row.other_payee, row.account, row.fen, row.note) == ("张三", "张大", "6222021234567890128", 9000_00, "城南 工友代领")


def test_wages_beside_sums_that_nobody_knows_are_asked_about():
    """What was taken off under a heading that is not known would be claimed a second time."""
    asked = read_roster("姓名\t工资\t代扣房租\t下欠\n张三\t9000\t2000\t7000", TODAY)
    assert [row.fen for row in asked.rows] == [7000_00]
    asked = read_roster("姓名\t工资\t房租\t到手\n张三\t9000\t2000\t7000", TODAY)
    assert asked.chosen is None and [choice.label.zh for choice in asked.choices] == ["工资", "房租", "到手"]
    assert read_roster("姓名\t工资\t房租\t到手\n张三\t9000\t2000\t7000", TODAY, chosen=3).rows[0].fen == 7000_00


def test_the_months_are_compared_with_their_total_and_added_where_there_is_none():
    roster = read_roster("姓名 3月 4月 5月 合计\n张三 3000 3000 3000 9000\n李四 3000 3000 2000 9000", TODAY)
    assert [row.fen for row in roster.rows] == [9000_00, 9000_00]
    assert [[w.zh for w in row.warnings] for row in roster.rows] == [[], ["各月之和应是8,000.00元，表上写的是9,000.00元"]]
    months = "姓名\t3月\t4月\n张三\t3000\t2500"
    found = read_roster(months, TODAY)
    assert (found.rows[0].fen, found.rows[0].note, found.chosen) == (5500_00, "3月3000 4月2500", ALL_MONTHS)
    assert read_roster(months, TODAY, chosen=2).rows[0].fen == 2500_00


def test_a_column_headed_ten_thousands():
    roster = read_roster("姓名\t拖欠金额（万元）\n张三\t1.2\n李四\t8000元\n合计\t2", TODAY)
    assert [row.fen for row in roster.rows] == [12000_00, 8000_00] and roster.problem is None


def test_a_second_block_of_headings_holds_for_what_follows():
    roster = read_roster("姓名\t金额\n张三\t500\n小计\t500\n金额\t姓名\n600\t李四", TODAY)
    assert [(row.name, row.fen) for row in roster.rows] == [("张三", 500_00), ("李四", 600_00)]


def test_a_line_that_has_slipped_from_its_headings_is_read_by_its_content():
    roster = read_roster("序号\t姓名\t金额\n1\t张三\t500\n李四\t600", TODAY)
    assert [(row.name, row.fen, row.errors) for row in roster.rows] == [("张三", 500_00, ()), ("李四", 600_00, ())]


def test_rows_of_a_file_are_read_by_the_same_rules():
    roster = read_rows([line.split("\t") for line in BUILDING.splitlines()], TODAY)
    assert [(row.name, row.fen) for row in roster.rows] == [(row.name, row.fen) for row in read_roster(BUILDING, TODAY).rows]


MESSY = st.sampled_from(["", "姓名", "金额", "工日", "单价", "总工资", "3月", "张三", "斯琴 高娃", "身份证:", SAMPLE, f"'{SAMPLE}", "13912345678", "无", "-", "合计",
                         "大写：", "贰万元整", "制表人：", "一队", "男", "45", "12000", "1.", "周九12000", "钱大：9000元", "两万", "6222021234567890128",
                         "1e5", "(", "\"", "\u200e", "\u2003", "万元", "金额（万元）", "工资表"])


@given(st.lists(st.lists(MESSY, max_size=7), max_size=8), st.sampled_from(["\t", " ", ",", "，"]), st.none() | st.integers(-2, 8))
def test_any_mixture_of_cells_is_read_or_said(table, separator, chosen):
    text = "\n".join(separator.join(row) for row in table)
    roster = read_roster(text, TODAY, chosen)
    lines = [line for line in text.split("\n") if line.strip()]
    assert sorted([*(left.raw for left in roster.left_out), *(row.raw for row in roster.rows)]) == sorted(lines)
    assert all(row.errors or row.name for row in roster.rows)
    assert not any(SAMPLE in row.note + row.name + row.payee for row in roster.rows if not row.errors)


@pytest.mark.parametrize(("station", "text", "line"), [
    ("USD", "张三 3000\n李四 3000元", 2), ("USD", "姓名\t工资（元）\n张三\t3000", 1), ("USD", "单位：万元\n姓名\t工资\n张三\t3", 1),
    ("USD", "张三 3000\n合计 3000元", 2), ("USD", "张三 3000\n人民币大写：叁仟元整", 2), ("USD", "张三 ￥3000", 1), ("USD", "张三\tHK$3000", 1),
    ("CNY", "张三 3000美元", 1), ("CNY", "姓名\t工资（美元）\n张三\t3000", 1), ("HKD", "张三\tUS$3000", 1)])
def test_a_list_in_another_currency_than_the_station_s_is_refused(station, text, line):
    with currencies.used(station), pytest.raises(Unreadable) as refused:
        read_roster(text, TODAY)
    assert f"第{line}行写的是另一种货币" in refused.value.text.zh and currencies.CURRENCIES[station].zh[-1] in refused.value.text.zh


def test_the_station_s_own_currency_may_be_written():
    with currencies.used("USD"):
        rows = read_roster("单位：元宝山煤业公司\n姓名\t工资（美元）\t备注\n张三\t$3,000\t借过500元\n李四\t200 USD\t\n合计\t3200美元", TODAY)
        assert ([row.fen for row in rows.rows], rows.problem) == ([300_000, 20_000], None)
        assert one("张三 3000美元").fen == 300_000
