"""A bank's list is read as it comes: what was paid, what failed, what is no payment at all."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.money import bank_lists, currencies
from mediation.rules.text_cleaning import Unreadable

TODAY = date(2026, 11, 30)


def read(text: str) -> bank_lists.BankList:
    return bank_lists.read_list(text, TODAY)


PAY_LIST = """\
批量代发工资清单
付款日期：2026-11-20\t付款单位：恒远建设有限公司
序号\t收款人姓名\t收款账号\t开户行\t金额（元）\t状态\t失败原因\t流水号
1\t乌日娜\t6217 0000 1234 5678 907\t农业银行\t 9,000.00 \t成功\t\t88120001
2\t达来\t'6217000012345678915\t农业银行\t7500\t失败\t户名不符\t88120002
3\t格日勒\t6217000012345678923\t农业银行\t￥6,250.50\t处理中\t\t88120003
合计\t\t\t\t22,750.50
制单人：王会计\t复核：
"""


def test_a_pay_list_of_a_bank():
    found = read(PAY_LIST)
    assert [(line.payee, line.fen, line.fate, line.reference) for line in found.lines] == [
        ("乌日娜", 900000, "paid", "88120001"), ("达来", 750000, "failed", "88120002"),
        ("格日勒", 625050, "pending", "88120003")]
    assert found.lines[0].account == "6217000012345678907" and found.lines[1].account == "6217000012345678915"
    assert found.day == date(2026, 11, 20)
    assert [left.kind.zh for left in found.left_out] == ["标题", "说明", "表头", "合计", "签字、制表"]
    assert (found.problem, found.paid_fen) == (None, 900000)


def test_a_statement_tells_out_from_in_and_what_came_back():
    found = read("""\
交易时间\t对方户名\t对方账号\t借方发生额\t贷方发生额\t余额\t摘要
20261118093011\t张三\t6217****4321\t5,000.00\t\t95,000.00\t工资
2026/11/18 10:22\t李四\t6217****9876\t4000.00\t0.00\t91,000.00\t工资
2026-11-19\t某某材料公司\t\t\t30000\t121,000.00\t货款
2026-11-20\t李四\t6217****9876\t\t4,000.00\t125,000.00\t退汇 账号不符
""")
    assert [(line.payee, line.fen, line.fate, line.day) for line in found.lines] == [
        ("张三", 500000, "paid", date(2026, 11, 18)), ("李四", 400000, "failed", date(2026, 11, 18)),
        ("某某材料公司", 3000000, "in", date(2026, 11, 19)), ("李四", 400000, "failed", date(2026, 11, 20))]


@pytest.mark.parametrize(("sign", "fates"), [
    ("支出", ["paid", "in"]), ("借", ["paid", "in"]), ("付", ["paid", "in"])])
def test_one_column_of_sums_with_the_side_in_words(sign, fates):
    other = {"支出": "收入", "借": "贷", "付": "收"}[sign]
    found = read(f"日期\t对方名称\t收/支\t交易金额\n2026-11-20\t张三\t{sign}\t300\n2026-11-21\t李四\t{other}\t400\n")
    assert [line.fate for line in found.lines] == fates


def test_minus_is_out_where_most_are_and_back_elsewhere():
    out = read("日期\t对方户名\t交易金额\n11.20\t张三\t-300\n11.20\t李四\t-400.00\n11.21\t王五\t500\n")
    assert [(line.fen, line.fate) for line in out.lines] == [(30000, "paid"), (40000, "paid"), (50000, "in")]
    back = read("日期\t收款人\t金额\n11.20\t张三\t300\n11.20\t李四\t400\n11.22\t李四\t-400\n")
    assert [(line.fen, line.fate) for line in back.lines] == [(30000, "paid"), (40000, "paid"), (40000, "in")]


def test_the_worker_stands_beside_whose_account_it_was():
    line = read("姓名\t实领人\t卡号\t实发工资\t工资\n巴图\t乌云\t尾号8907\t4500\t5000\n").lines[0]
    assert (line.worker, line.payee, line.account, line.fen) == ("巴图", "乌云", "尾号8907", 450000)


def test_lines_without_headings_are_read_by_what_is_in_them():
    found = read("1 张三 6217000012345678907 5000 2026-11-20\n李四，13847862200，4000元\n王五 失败 300\n")
    assert [(line.payee, line.account, line.fen, line.day, line.fate) for line in found.lines] == [
        ("张三", "6217000012345678907", 500000, date(2026, 11, 20), "paid"), ("李四", "", 400000, None, "paid"),
        ("王五", "", 30000, None, "failed")]


@pytest.mark.parametrize(("row", "why"), [
    ("\t6217000012345678907\t500\t2026-11-20", "收款人"), ("张三\t6217000012345678907\t无\t2026-11-20", "金额"),
    ("张三\t\t500\t二月三十", "日期看不懂")])
def test_a_line_that_cannot_be_read_says_why(row, why):
    found = read(f"收款人\t账号\t金额\t交易日期\n{row}\n李四\t\t1\t2026-11-20\n")
    assert found.lines[0].fate == "unread"
    assert found.lines[0].fault is not None and why in found.lines[0].fault.zh


def test_a_total_that_differs_is_said_and_one_of_the_successes_alone_is_not():
    head = "收款人\t金额\t状态\n张三\t500\t成功\n李四\t300\t失败\n"
    assert read(f"{head}合计\t800\n").problem is None
    assert read(f"{head}合计\t500\n").problem is None
    problem = read(f"{head}合计\t900\n").problem
    assert problem is not None and "900.00" in problem.zh and "800.00" in problem.zh


@pytest.mark.parametrize("text", ["", "收款人\t金额\n", "今天天气很好\n"])
def test_what_holds_no_payment_is_refused_in_words(text):
    with pytest.raises(Unreadable, match="没有读出一笔付款"):
        read(text)


def test_rows_of_a_file_are_read_by_the_same_rules():
    found = bank_lists.read_rows([["收款人", "金额"], ["", ""], ["张三", "500"]], TODAY)
    assert [(line.line, line.payee, line.fen) for line in found.lines] == [(3, "张三", 50000)]


def test_a_list_in_yuan_is_refused_where_sums_are_in_dollars():
    with currencies.used("USD"):
        with pytest.raises(Unreadable) as refused:
            read(PAY_LIST)
        assert "第3行写的是另一种货币，这里的金额都是美元" in refused.value.text.zh
        found = read(PAY_LIST.replace("（元）", "（美元）").replace("￥", "$"))
        assert (found.lines[2].fen, found.problem) == (625050, None)
