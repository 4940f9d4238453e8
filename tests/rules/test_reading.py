import csv
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.money.amounts import print_yuan
from mediation.rules.people.headcounts import read_people
from mediation.rules.reading import (
    echo,
    read_amount,
    read_clock,
    read_date,
    read_datetime,
    say_day,
)
from mediation.rules.text_cleaning import Unreadable

MONDAY = date(2026, 11, 23)
REAL_CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "real-cases.csv"


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("typed", "past", "future"), [
    ("今天", "2026-11-23", None), ("昨天", "2026-11-22", None), ("前天", "2026-11-21", None), ("大前天", "2026-11-20", None),
    ("明天", "2026-11-24", None), ("后天", "2026-11-25", None), ("大后天", "2026-11-26", None), ("today", "2026-11-23", None),
    ("3天前", "2026-11-20", None), ("三天前", "2026-11-20", None), ("两周后", "2026-12-07", None), ("10日之后", "2026-12-03", None),
    ("11.20", "2026-11-20", "2027-11-20"), ("11-20", "2026-11-20", "2027-11-20"), ("11/20", "2026-11-20", "2027-11-20"),
    ("11月20日", "2026-11-20", "2027-11-20"), ("11月20号", "2026-11-20", "2027-11-20"), ("十一月二十日", "2026-11-20", "2027-11-20"),
    ("１１．２０", "2026-11-20", "2027-11-20"), ("11.23", "2026-11-23", "2026-11-23"), ("11.24", "2025-11-24", "2026-11-24"),
    ("12.1", "2025-12-01", "2026-12-01"), ("6月1日", "2026-06-01", "2027-06-01"), ("2月29日", "2024-02-29", "2028-02-29"),
    ("2026-11-20", "2026-11-20", None), ("2026/11/20", "2026-11-20", None), ("2026.1.5", "2026-01-05", None), ("20261120", "2026-11-20", None),
    ("2026年11月20日", "2026-11-20", None), ("2026年 11月 20日", "2026-11-20", None), ("26年3月5日", "2026-03-05", None), ("98年3月5日", "1998-03-05", None),
    ("2027-01-01", "2027-01-01", None), ("2024-02-29", "2024-02-29", None), ("1986-05-04", "1986-05-04", None),
    ("2026-11-20 00:00:00", "2026-11-20", None), ("2026-11-20T10:20", "2026-11-20", None),
    ("2026-11-24T16:30:00.000Z", "2026-11-25", None), ("2026-11-24T15:59:59Z", "2026-11-24", None), ("2026-11-25 00:30:00+08:00", "2026-11-25", None),
    ("26.11.30", "2026-11-30", None), ("98.3.5", "1998-03-05", None), ("二〇二四年五月六日", "2024-05-06", None), ("二零二六年十一月二十日", "2026-11-20", None),
    ("一个月后", "2026-12-23", None), ("三个月以后", "2027-02-23", None), ("半个月后", "2026-12-08", None), ("半年后", "2027-05-23", None), ("一年后", "2027-11-23", None),
    ("\u200e2026-11-20", "2026-11-20", None), ("11.\u200b20", "2026-11-20", "2027-11-20"), ("2026年11月20日 周五", "2026-11-20", None),
    ("上周三", "2026-11-18", None), ("上星期三", "2026-11-18", None), ("上上周三", "2026-11-11", None), ("下周一", "2026-11-30", None), ("下礼拜天", "2026-12-06", None),
    ("本周五", "2026-11-27", None), ("这周日", "2026-11-29", None), ("周三", "2026-11-18", "2026-11-25"), ("周一", "2026-11-23", "2026-11-23"),
    ("去年5月20日", "2025-05-20", None), ("明年1月3号", "2027-01-03", None), ("上个月15号", "2026-10-15", None), ("20号", "2026-11-20", "2026-12-20"),
    ("31号", "2026-10-31", "2026-12-31"), ("国庆", "2026-10-01", "2027-10-01"), ("去年五一", "2025-05-01", None), ("元旦", "2026-01-01", "2027-01-01"),
    ("正月十五", "2026-03-03", "2027-02-20"), ("2025年正月初八", "2025-02-05", None), ("大年初三", "2026-02-19", "2027-02-08"),
    ("除夕", "2026-02-16", "2027-02-05"), ("大年三十", "2026-02-16", "2027-02-05"), ("2024年除夕", "2024-02-09", None),
])
def test_whole_days(typed, past, future):
    for prefer, wanted in (("past", past), ("future", future or past)):
        found = read_date(typed, MONDAY, prefer)
        assert (found.value, found.precision, found.raw) == (day(wanted), "exact", typed)
        assert (found.first_on, found.last_on) == (day(wanted), day(wanted))


@pytest.mark.parametrize(("typed", "prefer", "precision", "first", "last"), [
    ("5月", "past", "month", "2026-05-01", "2026-05-31"), ("5月", "future", "month", "2027-05-01", "2027-05-31"),
    ("十二月", "past", "month", "2025-12-01", "2025-12-31"), ("12月份", "future", "month", "2026-12-01", "2026-12-31"),
    ("11月", "past", "month", "2026-11-01", "2026-11-30"), ("11月", "future", "month", "2026-11-01", "2026-11-30"),
    ("2026年11月", "past", "month", "2026-11-01", "2026-11-30"), ("2023-11", "past", "month", "2023-11-01", "2023-11-30"),
    ("2024.2", "past", "month", "2024-02-01", "2024-02-29"), ("202402", "past", "month", "2024-02-01", "2024-02-29"),
    ("上个月", "past", "month", "2026-10-01", "2026-10-31"), ("下月", "past", "month", "2026-12-01", "2026-12-31"), ("去年2月", "past", "month", "2025-02-01", "2025-02-28"),
    ("2024年", "past", "year", "2024-01-01", "2024-12-31"), ("2024", "past", "year", "2024-01-01", "2024-12-31"), ("去年", "past", "year", "2025-01-01", "2025-12-31"),
    ("上周", "past", "about", "2026-11-16", "2026-11-22"), ("5月上旬", "past", "about", "2026-05-01", "2026-05-10"), ("2月下旬", "past", "about", "2026-02-21", "2026-02-28"),
    ("11月底", "future", "about", "2026-11-21", "2026-11-30"),
    ("2026年2月初", "past", "about", "2026-02-01", "2026-02-10"), ("2月末", "past", "about", "2026-02-21", "2026-02-28"), ("下月初", "future", "about", "2026-12-01", "2026-12-10"),
    ("月底", "past", "about", "2026-11-21", "2026-11-30"), ("月初", "past", "about", "2026-11-01", "2026-11-10"), ("月初", "future", "about", "2026-12-01", "2026-12-10"),
    ("上月底", "past", "about", "2026-10-21", "2026-10-31"), ("月底前", "future", "about", None, "2026-11-30"), ("年底前", "future", "about", None, "2026-12-31"),
    ("年底", "past", "about", "2025-12-01", "2025-12-31"), ("年底", "future", "about", "2026-12-01", "2026-12-31"), ("今年年底", "future", "about", "2026-12-01", "2026-12-31"),
    ("2024年底", "past", "about", "2024-12-01", "2024-12-31"), ("去年年初", "past", "about", "2025-01-01", "2025-01-31"), ("年中", "past", "about", "2026-06-01", "2026-07-31"),
    ("上半年", "past", "about", "2026-01-01", "2026-06-30"), ("上半年", "future", "about", "2027-01-01", "2027-06-30"), ("2025年下半年", "past", "about", "2025-07-01", "2025-12-31"),
    ("今年第三季度", "past", "about", "2026-07-01", "2026-09-30"), ("两个月前", "past", "about", "2026-09-01", "2026-09-30"), ("两年前", "past", "about", "2024-01-01", "2024-12-31"),
    ("二〇二四年五月", "past", "month", "2024-05-01", "2024-05-31"), ("二四年五月", "past", "month", "2024-05-01", "2024-05-31"), ("11月底前", "future", "about", None, "2026-11-30"), ("12月前", "future", "about", None, "2026-11-30"),
    ("12月20日前", "future", "about", None, "2026-12-20"), ("12月20日以后", "future", "about", "2026-12-20", None), ("11月20日左右", "past", "about", "2026-11-20", "2026-11-20"),
    ("约11月20日", "past", "about", "2026-11-20", "2026-11-20"), ("国庆前", "past", "about", None, "2026-09-30"),
    ("年前", "past", "about", None, "2026-02-16"), ("春节前", "future", "about", None, "2027-02-05"), ("2025年春节前", "past", "about", None, "2025-01-28"),
    ("过年后", "past", "about", "2026-02-17", None), ("春节期间", "past", "about", "2026-02-17", "2026-02-23"), ("正月", "past", "about", "2026-02-17", "2026-03-18"),
    ("腊月", "past", "about", "2026-01-18", "2026-02-16"), ("去年腊月", "past", "about", "2026-01-18", "2026-02-16"), ("今年腊月", "future", "about", "2027-01-07", "2027-02-05"),
    ("腊月二十八", "past", "about", "2026-02-14", "2026-02-15"), ("2024年腊月廿三", "past", "about", "2025-01-21", "2025-01-22"), ("腊月初八", "past", "about", "2026-01-25", "2026-01-26"),
    ("中秋", "past", "about", None, None), ("去年秋天", "past", "about", "2025-01-01", "2025-12-31"),
    ("—", "past", "unknown", None, None), ("不详", "past", "unknown", None, None), ("", "past", "unknown", None, None), ("无", "past", "unknown", None, None),
])
def test_part_known_days_get_bounds_and_no_day(typed, prefer, precision, first, last):
    found = read_date(typed, MONDAY, prefer)
    assert (found.value, found.precision) == (None, precision)
    assert (found.first_on, found.last_on) == (first and day(first), last and day(last))
    assert found.text.zh and found.text.en


def test_before_the_festival_last_year_is_not_certain():
    found = read_date("去年腊月", date(2026, 1, 10))
    assert (found.precision, found.first_on, found.last_on) == ("about", None, None)


@pytest.mark.parametrize("today", [date(2015, 6, 1), date(2040, 6, 1)])
def test_beyond_the_table_of_festivals_only_the_words_remain(today):
    for typed in ("春节前", "腊月二十八", "正月十五", "除夕"):
        found = read_date(typed, today)
        assert (found.value, found.first_on, found.last_on) == (None, None, None)


@pytest.mark.parametrize(("typed", "word"), [
    ("2.30", "2026年2月没有30日"), ("2023-02-29", "2023年2月没有29日"), ("11月31日", "没有31日"), ("2026-13-01", "没有13月"), ("13月", "没有13月"),
    ("0.5", "没有0月"), ("1850-01-01", "年份"), ("2200年", "年份"), ("9999周前", "年份"), ("2026年11月20日(周三)", "周五"), ("乱写", "看不懂"), ("三四年前", "看不懂"), ("十年前", "看不懂"),
    ("2026-02-30T08:00:00Z", "没有这个时刻"), ("26-3-5", "看不懂"), ("45000", "看不懂"),
    ("1970-01-01 00:00:00.000002015", "看不懂"), ("2022-06至2024-12", "看不懂"), ("2026-11/20", "看不懂"), ("正月四十", "看不懂"), ("x" * 500, "看不懂"),
    ("٢٠٢٦-١١-٢٠", "看不懂"),
])
def test_days_that_cannot_be(typed, word):
    with pytest.raises(Unreadable) as refusal:
        read_date(typed, MONDAY)
    assert word in refusal.value.text.zh and refusal.value.text.en


def test_what_was_understood_is_said():
    assert echo(read_date("11.20", MONDAY), "zh") == "2026年11月20日 周五"
    assert echo(read_date("11.20", MONDAY), "en") == "Friday 20 November 2026"
    assert echo(read_date("5月", MONDAY), "zh") == "2026年5月" and echo(read_date("5月", MONDAY), "en") == "May 2026"
    assert echo(read_date("年前", MONDAY), "zh") == "年前（不晚于2026年2月16日 周一）"
    assert echo(read_date("年底", MONDAY), "zh") == "年底（2025年12月1日 周一至2025年12月31日 周三之间）"
    assert echo(read_date("开工", MONDAY), "en") == "“开工” (no day stated)"
    assert echo(read_date("约11月20日", MONDAY), "en") == "about Friday 20 November 2026"


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_day_said_in_words_reads_back(wanted, today):
    assert read_date(say_day(wanted).zh, today).value == wanted
    assert read_date(wanted.isoformat(), today, "future").value == wanted


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 12), st.integers(1, 28))
def test_without_a_year_the_nearest_such_day_is_meant(today, month, number):
    past = read_date(f"{month}.{number}", today, "past").value
    future = read_date(f"{month}月{number}日", today, "future").value
    assert past is not None and future is not None
    assert 0 <= (today - past).days <= 366 and 0 <= (future - today).days <= 366
    assert (past.month, past.day) == (future.month, future.day) == (month, number)


@given(st.text(alphabet="今昨明天上下周一二三月日号年前后腊正春节初十0123456789.-/约左右", max_size=12), st.sampled_from(["past", "future"]))
def test_any_words_are_read_or_refused(typed, prefer):
    try:
        found = read_date(typed, MONDAY, prefer)
    except Unreadable as refusal:
        assert refusal.text.zh
        return
    assert (found.value is not None) == (found.precision == "exact")
    if found.first_on and found.last_on:
        assert found.first_on <= found.last_on


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("typed", "instant"), [
    ("今天 10:20", "2026-11-23T02:20"), ("10:20", "2026-11-23T02:20"), ("今天１０：２０", "2026-11-23T02:20"), ("昨天下午3点", "2026-11-22T07:00"),
    ("昨天下午三点一刻", "2026-11-22T07:15"), ("11.20 15:30", "2026-11-20T07:30"), ("2026-11-20T10:20", "2026-11-20T02:20"), ("2026-11-20 10:20:00", "2026-11-20T02:20"),
    ("今晚8点半", "2026-11-23T12:30"), ("明早九点", "2026-11-24T01:00"), ("中午12点", "2026-11-23T04:00"), ("中午1点", "2026-11-23T05:00"), ("上午9点20分", "2026-11-23T01:20"),
    ("下午15:00", "2026-11-23T07:00"), ("凌晨0:05", "2026-11-22T16:05"), ("11月20日14时", "2026-11-20T06:00"), ("上周三 9:05", "2026-11-18T01:05"),
    ("2026-11-24T16:30:00.000Z", "2026-11-24T16:30"), ("2026-11-25T00:30:00+08:00", "2026-11-24T16:30"), ("2026-11-24 16:30Z", "2026-11-24T16:30"),
    # China had summer time from 1986 to 1991
    ("1986-05-04 12:00", "1986-05-04T03:00"), ("1991-09-15 12:00", "1991-09-15T04:00"), ("1985-05-04 12:00", "1985-05-04T04:00"),
])
def test_instants_of_shanghai(typed, instant):
    found = read_datetime(typed, MONDAY)
    assert (found.value, found.precision) == (utc(instant), "exact")
    assert found.value is not None and found.value.tzinfo is UTC


def test_a_day_without_its_hour():
    found = read_datetime("昨天", MONDAY)
    assert (found.value, found.precision, found.first_on) == (None, "day", date(2026, 11, 22))
    assert read_datetime("5月", MONDAY).precision == "month"
    assert echo(read_datetime("今天 9:05", MONDAY), "en") == "Monday 23 November 2026, 09:05"
    assert echo(read_datetime("今天 9:05", MONDAY), "zh") == "2026年11月23日 周一 09:05"


@pytest.mark.parametrize(("typed", "word"), [
    ("24:00", "23:59"), ("12:60", "23:59"), ("25点", "23:59"), ("晚上12点", "23:59"), ("5月 10:20", "哪一天"), ("今天 9:5", "看不懂"), ("今天 1000", "看不懂"), ("x" * 90, "看不懂")])
def test_instants_refused(typed, word):
    with pytest.raises(Unreadable) as refusal:
        read_datetime(typed, MONDAY)
    assert word in refusal.value.text.zh


@pytest.mark.parametrize(("typed", "clock"), [
    ("15:30", "15:30"), ("15：30", "15:30"), ("１５：３０", "15:30"), ("9:05", "09:05"), ("下午两点半", "14:30"), ("上午九点", "09:00"), ("\u200e15:30\u200b", "15:30")])
def test_times_of_day(typed, clock):
    assert read_clock(typed) == clock


@pytest.mark.parametrize("typed", ["", "1500", "24:00", "15:60", "今天 15:30", "下午", "x" * 90])
def test_no_times_of_day(typed):
    with pytest.raises(Unreadable) as refusal:
        read_clock(typed)
    assert refusal.value.text.zh


@pytest.mark.parametrize(("typed", "yuan", "precision", "said"), [
    ("两万多", 20_000, "approx", "20,000.00元以上"), ("约九万八", 98_000, "approx", "约98,000.00元"),
    ("36000元", 36_000, "exact", "36,000.00元"), ("1,200", 1_200, "exact", "1,200.00元"), ("12000.0", 12_000, "exact", "12,000.00元"), ("85万", 850_000, "exact", "850,000.00元"),
    ("约12万", 120_000, "approx", "约120,000.00元"), ("40余万", 400_000, "approx", "400,000.00元以上"), ("40万余元", 400_000, "approx", "400,000.00元以上"),
    ("近150万元", 1_500_000, "approx", "近1,500,000.00元"), ("6万余+17万余", 230_000, "approx", "230,000.00元以上"), ("6万+17万", 230_000, "exact", "230,000.00元"),
    ("6万余＋17万", 230_000, "approx", "约230,000.00元"), ("150万元左右", 1_500_000, "approx", "约1,500,000.00元"), ("12万多", 120_000, "approx", "120,000.00元以上"),
    ("300余元", 300, "approx", "300.00元以上"), ("共计5000元", 5_000, "exact", "5,000.00元"), ("逾100", 100, "approx", "100.00元以上"),
])
def test_sums_in_cells(typed, yuan, precision, said):
    found = read_amount(typed)
    assert (found.value, found.precision, found.raw) == (yuan * 100, precision, typed)
    assert echo(found, "zh") == said


@pytest.mark.parametrize("typed", ["", "—", "－", "——", "无", "不详", "/", "未知", " "])
def test_empty_sums_are_unknown_and_not_zero(typed):
    found = read_amount(typed)
    assert (found.value, found.precision, found.text.zh) == (None, "unknown", "未说明")


def test_columns_in_wan():
    assert read_amount("146.9", is_wan=True).value == 146_900_000
    assert read_amount("约12", is_wan=True).value == 12_000_000
    assert read_amount("36000元", is_wan=True).value == 36_000_00
    assert read_amount("12万", is_wan=True).value == 12_000_000


@pytest.mark.parametrize("typed", ["1.2e5", "-5", "+5", "6万+", "6万++7万", "abc", "12万至15万", "十几万", "9999亿", "90亿+90亿", "9" * 300])
def test_sums_in_cells_refused(typed):
    with pytest.raises(Unreadable):
        read_amount(typed)


@given(st.integers(0, 10**12))
def test_a_printed_sum_reads_back_from_a_cell(fen):
    found = read_amount(print_yuan(fen) + "元")
    assert (found.value, found.precision) == (fen, "exact")


def test_evil_cells_are_quick():
    started = time.process_time()
    for evil in ("等" * 100_000, "张三等" * 700, "9" * 100_000, "+" * 100_000, "今天 " * 30_000, "约" * 100_000, " " * 100_000, "一" * 100_000):
        for read in (read_people, read_amount, lambda text: read_date(text, MONDAY), lambda text: read_datetime(text, MONDAY)):
            try:
                read(evil)
            except Unreadable:
                continue
    assert time.process_time() - started < 20


@pytest.mark.skipif(not REAL_CASES.exists(), reason="the real records stand beside the repository and are absent")
def test_the_real_cases_add_up():
    with REAL_CASES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(read_people(row["workers"]).value or 0 for row in rows) == 1_307
    for column, total in (("claimed_yuan", 23_123_250_00), ("agreed_yuan", 12_976_096_00), ("paid_yuan", 21_588_800_00)):
        assert sum(read_amount(row[column]).value or 0 for row in rows) == total
    received = [read_date(row["date_received"], MONDAY).precision for row in rows]
    assert (received.count("unknown"), received.count("exact")) == (19, 4)
    for row in rows:
        assert read_date(row["date_closed"], MONDAY).text.zh
