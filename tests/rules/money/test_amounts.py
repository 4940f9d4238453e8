import itertools
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mediation.rules.language import Refused
from mediation.rules.money.amounts import (
    LIMIT_FEN,
    Instalment,
    Payment,
    capital_yuan,
    parse_yuan,
    performance,
    plan,
    print_yuan,
    share_out,
    split_evenly,
)
from mediation.rules.text_cleaning import Unreadable

JUNE, JULY, AUGUST = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)
THREE = [Instalment(1, JUNE, 12_000_00), Instalment(2, JULY, 12_000_00), Instalment(3, AUGUST, 12_000_00)]


@pytest.mark.parametrize(("typed", "fen"), [
    ("1,200", 1_200_00), ("12000.5", 12_000_50), ("１２０００．５", 12_000_50), ("1.2万", 12_000_00), ("3千", 3_000_00),
    ("36000元", 36_000_00), ("1，234，567.89", 1_234_567_89), ("￥ 800", 800_00), ("¥800", 800_00), ("人民币1 200元整", 1_200_00),
    ("0.1", 10), ("0.29", 29), ("1.1", 110), ("0", 0), ("007", 7_00), (" 5 ", 5_00), ("816.58万元", 8_165_800_00),
    ("两万", 20_000_00), ("1万2", 12_000_00), ("九万八", 98_000_00), ("三千", 3_000_00), ("三千五", 3_500_00), ("三百二", 320_00),
    ("一百零五块", 105_00), ("两千五百元", 2_500_00), ("十二万", 120_000_00), ("一百二十万", 1_200_000_00), ("1万2千", 12_000_00),
    ("1万2000", 12_000_00), ("一万零五百", 10_500_00), ("三万六千八", 36_800_00), ("五元", 5_00), ("十块钱", 10_00), ("1亿2", 120_000_000_00),
    ("贰万壹仟元整", 21_000_00), ("人民币壹拾万柒仟元零伍角叁分", 107_000_53), ("１万２", 12_000_00), ("\u200e12000\u200b", 12_000_00), ("三万零五", 30_005_00),
    ("1.5亿", 150_000_000_00), ("100亿", LIMIT_FEN), ("300块钱", 300_00), ("1.23456万", 12_345_60), ("1 200 000", 1_200_000_00),
])
def test_sums_as_people_type_them(typed, fen):
    """R73: money in whole fen."""
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(("typed", "word"), [
    ("", "请填写"), ("  ", "请填写"), ("-5", "负"), ("－5", "负"), ("(500)", "负"), ("+5", "正负号"), ("1e5", "科学"), ("1.2E+05", "科学"),
    ("12abc", "字母"), ("NaN", "字母"), ("inf", "字母"), ("0x10", "字母"), ("12.500", "两位"), ("1.005", "两位"), ("1.23456789万", "两位"),
    ("1,20", "每三位"), ("12,0000", "每三位"), ("1,200 300", "每三位"), ("1200,300", "每三位"), ("100.01亿", "一百亿"),
    ("10000000000.01", "一百亿"), ("9" * 30, "一百亿"), ("9" * 5000, "看不懂"), ("两三万", "看不懂"), ("十几万", "看不懂"), ("1万25", "看不懂"), ("三", "看不懂"), ("十万千", "看不懂"), ("万", "看不懂"), ("①", "看不懂"), ("٣", "看不懂"), ("²", "看不懂"),
    ("1.", "看不懂"), (".5", "看不懂"), ("1..2", "看不懂"), ("500元500", "看不懂"), ("5%", "看不懂"),
])
def test_what_is_no_sum_is_refused_with_its_reason(typed, word):
    with pytest.raises(Unreadable) as refusal:
        parse_yuan(typed)
    assert word in refusal.value.text.zh
    assert refusal.value.text.en


@given(st.integers(0, LIMIT_FEN))
def test_a_printed_sum_reads_back(fen):
    assert parse_yuan(print_yuan(fen)) == fen


@given(st.integers(0, LIMIT_FEN))
@example(1)
@example(9)
@example(10)
def test_a_sum_in_capitals_reads_back(fen):
    assert parse_yuan(capital_yuan(fen)) == fen


@given(st.text(max_size=80) | st.text(alphabet="零一二两三九十百千万亿元块角分整0123456789.", max_size=20))
def test_any_text_is_a_sum_or_is_refused(typed):
    try:
        assert 0 <= parse_yuan(typed) <= LIMIT_FEN
    except Unreadable as refusal:
        assert refusal.text.zh


def test_tenths_do_not_drift():
    assert parse_yuan("0.1") + parse_yuan("0.2") == parse_yuan("0.3") == 30


@pytest.mark.parametrize(("fen", "printed"), [
    (186_000_00, "186,000.00"), (0, "0.00"), (5, "0.05"), (-1_234_56, "-1,234.56"), (-5, "-0.05"),
    (10**12, "10,000,000,000.00")])
def test_printed_yuan(fen, printed):
    assert print_yuan(fen) == printed


@pytest.mark.parametrize(("yuan", "capitals"), [
    # the examples of 正确填写票据和结算凭证的基本规定, first form
    ("1,409.50", "壹仟肆佰零玖元伍角"), ("6,007.14", "陆仟零柒元壹角肆分"), ("1,680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("107,000.53", "壹拾万柒仟元零伍角叁分"), ("16,409.02", "壹万陆仟肆佰零玖元零贰分"), ("325.04", "叁佰贰拾伍元零肆分"),
    # worked out by hand
    ("0", "零元整"), ("0.04", "肆分"), ("0.50", "伍角"), ("0.53", "伍角叁分"), ("10", "壹拾元整"), ("100,000", "壹拾万元整"),
    ("186,000", "壹拾捌万陆仟元整"), ("10,001", "壹万零壹元整"), ("100,010,000", "壹亿零壹万元整"), ("100,000,001", "壹亿零壹元整"),
    ("1,005,000,000", "壹拾亿零伍佰万元整"), ("2,020.20", "贰仟零贰拾元零贰角"), ("10,000,000,000", "壹佰亿元整"),
])
def test_capitals(yuan, capitals):
    assert capital_yuan(parse_yuan(yuan)) == capitals


def test_capitals_end_at_zero_and_at_the_limit():
    for fen in (-1, LIMIT_FEN + 1):
        with pytest.raises(ValueError, match="no capitals"):
            capital_yuan(fen)


@given(st.integers(1, LIMIT_FEN))
def test_capitals_never_double_or_misplace_zero(fen):
    words = capital_yuan(fen)
    assert "零零" not in words and "零元" not in words and "零整" not in words and not words.startswith("零")
    assert words.endswith("整") == (fen % 100 == 0)


def test_the_remainder_lies_in_the_last_part():
    assert split_evenly(100_00, 3) == [33_33, 33_33, 33_34]
    for total, n in ((100, 0), (-1, 2)):
        with pytest.raises(ValueError, match="cannot split"):
            split_evenly(total, n)


@given(st.integers(0, LIMIT_FEN), st.integers(1, 500))
def test_even_parts_sum_to_the_total(total, n):
    parts = split_evenly(total, n)
    assert sum(parts) == total and len(parts) == n and 0 <= parts[-1] - parts[0] < n


def test_shares_by_hand():
    assert share_out(100_00, [1, 1, 1]) == [33_34, 33_33, 33_33]
    assert share_out(100, [3, 0, 1]) == [75, 0, 25]
    assert share_out(2, [1, 1, 1]) == [1, 1, 0]
    assert share_out(186_000_00, [200_000_00, 100_000_00]) == [124_000_00, 62_000_00]
    for weights in ([], [0, 0], [-1, 2]):
        with pytest.raises(ValueError, match="weights"):
            share_out(100, weights)


@given(st.integers(0, LIMIT_FEN), st.lists(st.integers(0, LIMIT_FEN), min_size=1, max_size=120).filter(any))
def test_shares_sum_to_the_fen_and_stay_within_one(total, weights):
    shares = share_out(total, weights)
    assert sum(shares) == total
    assert all(abs(share * sum(weights) - total * weight) < sum(weights)
               for share, weight in zip(shares, weights, strict=True))
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if not weight)


def test_months_fall_back_to_their_end_and_come_back():
    steps = plan(100_00, date(2026, 1, 31), "month", 4)
    assert [step.due_on for step in steps] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert [step.fen for step in steps] == [25_00] * 4
    assert [step.seq for step in steps] == [1, 2, 3, 4]
    assert plan(100_00, date(2023, 11, 30), "month", 4)[3].due_on == date(2024, 2, 29)


def test_other_rhythms():
    assert [s.due_on for s in plan(10_00, JUNE, "week", 3)] == [JUNE, date(2026, 7, 7), date(2026, 7, 14)]
    assert [s.due_on for s in plan(10_00, JUNE, "days:10", 2)] == [JUNE, date(2026, 7, 10)]
    assert plan(10_00, JUNE, "once", 1) == [(1, JUNE, 10_00)]


@pytest.mark.parametrize(("total", "first", "rhythm", "count", "fields"), [
    (100, JUNE, "year", 2, ["rhythm"]), (100, JUNE, "days:0", 0, ["rhythm", "count"]), (100, JUNE, "once", 2, ["count"]),
    (2, JUNE, "month", 3, ["total"]), (10**6, date(9999, 11, 1), "month", 3, ["first_on"]),
    (10**6, date(9999, 12, 30), "week", 2, ["first_on"]), (100, JUNE, "month", 601, ["count"])])
def test_plans_that_cannot_be(total, first, rhythm, count, fields):
    with pytest.raises(Refused) as refusal:
        plan(total, first, rhythm, count)
    assert [problem.field for problem in refusal.value.problems] == fields


@given(st.integers(600, LIMIT_FEN), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_plans_sum_exactly_and_rise(total, first, count):
    steps = plan(total, first, "month", count)
    assert sum(step.fen for step in steps) == total
    assert all(a.due_on < b.due_on for a, b in itertools.pairwise(steps))


def test_acceptance_case_12():
    now = performance(THREE, [Payment(JUNE, 12_000_00)], date(2026, 8, 1))
    assert (now.state, now.agreed_fen, now.performed_fen, now.arrived_fen) == ("PARTLY", 36_000_00, 12_000_00, 12_000_00)
    assert (now.overdue_fen, now.due_fen, now.outstanding_fen) == (12_000_00, 24_000_00, 24_000_00)
    assert [(row.seq, row.paid_fen, row.is_overdue) for row in now.instalments] == [
        (1, 12_000_00, False), (2, 0, True), (3, 0, False)]
    faster = performance(THREE, [Payment(JUNE, 12_000_00)], date(2026, 8, 1), is_accelerated=True)
    assert (faster.overdue_fen, faster.due_fen, faster.state) == (24_000_00, 36_000_00, "PARTLY")
    assert [row.is_overdue for row in faster.instalments] == [False, True, True]


def test_acceleration_waits_for_a_default():
    now = performance(THREE, [Payment(JUNE, 12_000_00)], JULY, is_accelerated=True)
    assert (now.overdue_fen, now.due_fen) == (0, 24_000_00)


def test_the_due_day_itself_is_not_overdue():
    assert performance(THREE, [], JUNE).state == "NOT_DUE"
    late = performance(THREE, [], JUNE + timedelta(1))
    assert (late.state, late.overdue_fen) == ("BREACHED", 12_000_00)


def test_states_over_a_life():
    paid = [Payment(JUNE, 12_000_00), Payment(date(2026, 8, 5), 24_000_00)]
    assert performance(THREE, paid, date(2026, 6, 1)).state == "NOT_DUE"
    assert performance(THREE, paid, date(2026, 8, 4)).overdue_fen == 12_000_00
    done = performance(THREE, paid, date(2026, 8, 5))
    assert (done.state, done.outstanding_fen, done.overdue_fen, done.over_fen) == ("PERFORMED", 0, 0, 0)


def test_an_advance_is_recovered_but_not_performed():
    now = performance(THREE, [Payment(JULY, 12_000_00, is_advance=True)], date(2026, 8, 1))
    assert (now.state, now.arrived_fen, now.performed_fen, now.overdue_fen) == ("BREACHED", 12_000_00, 0, 24_000_00)
    assert now.outstanding_fen == 24_000_00


def test_money_back_is_subtracted_and_a_reversal_undoes():
    back = performance(THREE, [Payment(JUNE, 12_000_00), Payment(JUNE, 2_000_00, is_return=True)], JUNE)
    assert back.arrived_fen == 10_000_00
    undone = performance(THREE, [Payment(JUNE, 12_000_00), Payment(JULY, -12_000_00)], date(2026, 8, 1))
    assert (undone.state, undone.arrived_fen, undone.overdue_fen) == ("BREACHED", 0, 24_000_00)


def test_the_employers_word_and_goods_count_nowhere():
    said = [Payment(JUNE, 12_000_00, is_proved=False), Payment(JUNE, 5_000_00, is_goods=True)]
    now = performance(THREE, said, date(2026, 7, 1))
    assert (now.state, now.arrived_fen, now.unproved_fen, now.goods_fen) == ("BREACHED", 0, 12_000_00, 5_000_00)


def test_unknown_days_and_unknown_agreements():
    undated = performance([Instalment(1, None, 100_00)], [], date(2030, 1, 1))
    assert (undated.state, undated.overdue_fen) == ("NOT_DUE", 0)
    assert performance([Instalment(1, None, 100_00)], [Payment(None, 100_00)], JUNE).state == "PERFORMED"
    paid_first = performance([], [Payment(JUNE, 5_00)], JUNE)
    assert (paid_first.state, paid_first.over_fen, paid_first.outstanding_fen) == ("PARTLY", 5_00, 0)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10**7)), max_size=8),
       st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10**7)), max_size=8), st.integers(0, 400), st.booleans())
def test_sums_of_performance_agree_with_each_other(promised, came, day, is_accelerated):
    start = date(2026, 1, 1)
    steps = [Instalment(i, start + timedelta(d), fen) for i, (d, fen) in enumerate(promised)]
    now = performance(steps, [Payment(start + timedelta(d), fen) for d, fen in came], start + timedelta(day), is_accelerated)
    assert now.arrived_fen == sum(fen for d, fen in came if d <= day)
    assert now.agreed_fen - now.arrived_fen == now.outstanding_fen - now.over_fen
    assert sum(row.paid_fen for row in now.instalments) == min(now.performed_fen, now.agreed_fen)
    assert 0 <= now.overdue_fen <= now.outstanding_fen
    assert now.overdue_fen == sum(row.fen - row.paid_fen for row in now.instalments if row.is_overdue)
