from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mediation.rules.money.amounts import print_yuan
from mediation.rules.people.worker_list import read_lines, read_roster
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
    assert [line.split("\t")[0] for line in roster.left_out] == ["序号", "小计", "合计", "注：以上均为税前"]


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
    assert sorted([*roster.left_out, *(row.raw for row in roster.rows)]) == sorted(lines)
