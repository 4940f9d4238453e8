"""A total shared by claim, by heads and as a list says, to the fen."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.money import sharing
from mediation.rules.money.sharing import Sharer

TODAY = date(2026, 11, 30)
CREW = [Sharer(1, "张三"), Sharer(2, "李四"), Sharer(3, "斯琴 高娃")]


@pytest.mark.parametrize(("total", "weights", "parts"), [
    (10000, [1, 1, 1], [3334, 3333, 3333]), (10001, [0, 0, 0], [3334, 3334, 3333]), (100, [2, 1], [67, 33]), (5, [], [])])
def test_by_claim_or_equally_where_no_claim_is_known(total, weights, parts):
    assert sharing.by_weight(total, weights) == parts


def test_by_heads_a_row_of_several_counts_as_many_times():
    """1,000.01 yuan among five heads are 200.002 each: three heads 600.01 after rounding, the others 200.00."""
    assert sharing.by_heads(100001, [Sharer(1, "甲等", 3), Sharer(2, "乙"), Sharer(3, "丙")]) == {1: 60001, 2: 20000, 3: 20000}


def test_as_listed_by_name_with_its_total():
    found = sharing.as_listed("姓名\t协议金额\n李 四\t2,000\n张三\t1000.55\n斯琴高娃\t3000\n合计\t6000.55", CREW, 600055, TODAY)
    assert (found.shares, found.problems) == ({1: 100055, 2: 200000, 3: 300000}, [])


def test_what_does_not_fit_is_said_by_line():
    found = sharing.as_listed("张三 1000\n王五 2000\n李四 无\n张三 5", CREW, 400000, TODAY)
    assert [problem.text.zh for problem in found.problems] == [
        "第2行：本案申请人里没有“王五”", "第3行没有金额", "第4行：“张三”前面已有一行", "名单里没有李四、斯琴 高娃，先按0记",
        "名单合计1,000.00元，总额是4,000.00元"]
    assert found.shares == {1: 100000, 2: 0, 3: 0}


def test_namesakes_are_filled_in_by_hand_and_nothing_is_no_list():
    found = sharing.as_listed("张三 5", [Sharer(1, "张三"), Sharer(2, "张三")], None, TODAY)
    assert "不止一个" in found.problems[0].text.zh
    assert sharing.as_listed("", CREW, None, TODAY).problems[0].text.zh == "请粘贴各人金额，一行一人"
