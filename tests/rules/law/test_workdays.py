"""Working days, rolls and the official notice; expected days counted by hand on the printed calendars."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.law.notice import read_notice
from mediation.rules.law.workdays import (
    Calendar,
    add_months,
    add_workdays,
    add_years,
    count_workdays,
    is_rest_day,
    is_workday,
    roll,
    trace,
)
from mediation.sheets import load_table, shipped_calendar

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))
NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。"""
NOTICE_2024 = """关于2024年部分节假日安排的通知 现将2024年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期通知如下。
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。"""
NOTICE_2025 = """国务院办公厅关于2025年部分节假日安排的通知
自2025年1月1日起，春节自农历除夕起放假调休8天，国庆节自10月1日起放假调休7天，国庆节放假如逢中秋节则合并放假8天。
一、元旦:1月1日(周三)放假1天,不调休。二、春节:1月28日(农历除夕、周二)至2月4日(农历正月初七、周二)放假调休,共8天。1月26日(周日)、2月8日(周六)上班。
三、清明节:4月4日(周五)至6日(周日)放假,共3天。四、劳动节:5月1日(周四)至5日(周一)放假调休,共5天。4月27日(周日)上班。
五、端午节:5月31日(周六)至6月2日(周一)放假,共3天。
六、国庆节、中秋节:10月1日(周三)至8日(周三)放假调休,共8天。9月28日(周日)、10月11日(周六)上班。"""


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("year", "number"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_the_shipped_years(year, number):
    assert count_workdays(date(year, 1, 1), date(year, 12, 31), CALENDAR) == number
    assert CALENDAR.is_known(date(year, 7, 1))


def test_2026_is_the_fixture_of_the_law():
    off = {("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
           ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
           ("2026-10-01", "2026-10-07")}
    expected = {day(first) + timedelta(days=i) for first, last in off for i in range((day(last) - day(first)).days + 1)}
    assert {one for one in CALENDAR.off if one.year == 2026} == expected
    assert {one for one in CALENDAR.work if one.year == 2026} == {
        day("2026-01-04"), day("2026-02-14"), day("2026-02-28"), day("2026-05-09"), day("2026-09-20"), day("2026-10-10")}


@pytest.mark.parametrize(("start", "number", "end"), [
    ("2026-09-30", 3, "2026-10-10"),  # the make-up Saturday counts
    ("2026-02-13", 3, "2026-02-25"),  # make-up Saturday 14th, nine days off, 24th, 25th
    ("2026-02-26", 3, "2026-03-02"),  # 27th, make-up Saturday 28th, Monday
    ("2025-09-26", 3, "2025-09-30"),  # make-up Sunday 28th
    ("2025-09-29", 3, "2025-10-10"),
    ("2024-02-09", 3, "2024-02-20"),  # New Year's Eve 2024 was no public holiday; make-up Sunday 18th
    ("2026-04-24", 10, "2026-05-12"),
    ("2026-03-02", 60, "2026-05-28"),
    ("2026-12-31", 3, "2027-01-06"),  # 2027 is not loaded: 1 January and weekends are off
    ("2026-07-04", 1, "2026-07-06"),
    ("2026-07-06", 0, "2026-07-06"),
])
def test_adding_working_days(start, number, end):
    assert add_workdays(day(start), number, CALENDAR) == day(end)


@pytest.mark.parametrize(("start", "end"), [
    ("2026-02-15", "2026-02-24"), ("2026-02-28", "2026-02-28"), ("2026-05-04", "2026-05-06"),
    ("2026-06-20", "2026-06-22"), ("2026-09-20", "2026-09-20"), ("2026-10-03", "2026-10-08"),
    ("2026-10-10", "2026-10-10"), ("2026-10-11", "2026-10-12"), ("2027-01-02", "2027-01-04"),
    ("2026-07-08", "2026-07-08"), ("2025-01-26", "2025-01-26"), ("2024-02-10", "2024-02-18"),
])
def test_rolling(start, end):
    assert roll(day(start), CALENDAR) == day(end)


@pytest.mark.parametrize(("start", "months", "end"), [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-08-31", 1, "2026-09-30"),
    ("2026-12-15", 1, "2027-01-15"), ("2026-11-30", 3, "2027-02-28"), ("2026-03-31", 12, "2027-03-31"),
])
def test_months_end_on_the_corresponding_or_last_day(start, months, end):
    assert add_months(day(start), months) == day(end)


def test_leap_day_ends_on_28_february():
    """R74: dates are dates."""
    assert add_years(day("2024-02-29"), 1) == day("2025-02-28")
    assert add_years(day("2024-02-29"), 4) == day("2028-02-29")


def test_trace_shows_skipped_and_counted_days():
    steps = trace(day("2026-09-30"), 3, "wd", True, CALENDAR)
    assert [step.on for step in steps] == [day("2026-09-30") + timedelta(days=i) for i in range(11)]
    assert [step.number for step in steps] == [0, *[None] * 7, 1, 2, 3]
    assert "国庆节放假" in steps[1].note.zh
    assert "National Day" in steps[1].note.en
    assert "调休上班，届满" in steps[-1].note.zh


def test_trace_shows_the_roll():
    steps = trace(day("2026-09-10"), 15, "nat", True, CALENDAR)
    assert steps[15].on == day("2026-09-25")
    assert "顺延" in steps[15].note.zh
    assert steps[-1].on == day("2026-09-28")
    assert "届满" in steps[-1].note.zh


def test_trace_of_a_year_shows_only_its_ends():
    steps = trace(day("2025-05-04"), 1, "year", True, CALENDAR)
    assert [step.on for step in steps] == [day("2025-05-04"), day("2026-05-04"), day("2026-05-05"), day("2026-05-06")]


def with_rows(rows: list[dict[str, str]]) -> Calendar:
    return Calendar.from_rows([*load_table("holidays"), *rows])


def test_local_days_off_are_rest_days_and_leave_the_shipped_calendar_alone():
    local = with_rows([{"date": "2026-08-14", "kind": "local", "name": "那达慕"}])
    assert is_rest_day(day("2026-08-14"), local)
    assert is_workday(day("2026-08-14"), CALENDAR)
    assert roll(day("2026-08-14"), local) == day("2026-08-17")


def test_a_county_may_work_on_an_official_day_off():
    rows = [*load_table("holidays"), {"date": "2026-10-05", "kind": "local_work", "name": ""}]
    local = Calendar.from_rows(rows)
    assert is_workday(day("2026-10-05"), local)
    assert add_workdays(day("2026-09-30"), 1, local) == day("2026-10-05")
    assert is_rest_day(day("2026-10-06"), local)


def test_a_new_year_adds_to_the_calendar_and_a_stray_december_day_does_not_load_its_year():
    more = with_rows([{"date": "2027-10-01", "kind": "off", "name": "国庆节"},
                      {"date": "2023-12-31", "kind": "off", "name": "元旦"}])
    assert more.is_known(day("2027-03-01"))
    assert not more.is_known(day("2023-12-31"))
    assert is_rest_day(day("2026-10-01"), more)


def test_contradicting_rows_are_refused():
    with pytest.raises(ValueError, match="2026-05-09"):
        Calendar.from_rows([{"date": "2026-05-09", "kind": "off"}, {"date": "2026-05-09", "kind": "work"}])
    with pytest.raises(ValueError, match="feast"):
        Calendar.from_rows([{"date": "2026-05-09", "kind": "feast"}])


@pytest.mark.parametrize(("year", "text"), [(2024, NOTICE_2024), (2025, NOTICE_2025), (2026, NOTICE_2026)])
def test_the_official_notices_read_as_the_shipped_days(year, text):
    notice = read_notice(text)
    assert notice.problems == []
    assert notice.year == year
    shipped = {(row["date"], row["kind"]) for row in load_table("holidays") if row["date"].startswith(str(year))}
    assert {(row["date"], row["kind"]) for row in notice.rows} == shipped


def test_a_coming_year_can_be_loaded_from_its_notice():
    notice = read_notice("关于2027年部分节假日安排的通知 七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）上班。")
    assert [problem.confirm for problem in notice.problems] == ["incomplete"]
    more = with_rows(notice.rows)
    assert more.is_known(day("2027-10-01"))
    assert add_workdays(day("2027-09-30"), 2, more) == day("2027-10-09")


def said(notice) -> str:
    return " ".join(problem.text.zh for problem in notice.problems)


def test_a_wrong_year_is_found_by_its_weekdays():
    assert "2027-01-01不是周四，是周五" in said(read_notice(NOTICE_2026.replace("2026年", "2027年")))


def test_the_year_must_be_told_and_must_agree():
    assert "看不出是哪一年" in said(read_notice("一、元旦：1月1日放假。"))
    assert read_notice("一、元旦：1月1日放假。", 2026).rows[0]["date"] == "2026-01-01"
    assert "2026年，选的是2027年" in said(read_notice(NOTICE_2026, 2027))


def test_totals_dates_and_make_up_days_are_checked():
    assert "共4天，读出3天" in said(read_notice(NOTICE_2026.replace("共3天。1月4日", "共4天。1月4日")))
    assert "没有这样的日期：2月30日" in said(read_notice(NOTICE_2026.replace("2月28日（周六）", "2月30日")))
    assert "2026-05-11是周一" in said(read_notice(NOTICE_2026.replace("5月9日（周六）", "5月11日")))
    assert "既放假又上班" in said(read_notice(NOTICE_2026.replace("5月9日（周六）", "5月2日")))


def test_a_notice_cut_short_is_asked_back_and_no_notice_is_refused():
    cut = read_notice(NOTICE_2026.split("\n七、")[0])
    assert [(problem.confirm, "国庆节" in problem.text.zh) for problem in cut.problems] == [("incomplete", True)]
    nothing = read_notice("今天天气不错", 2026)
    assert nothing.problems[0].confirm == ""
    assert nothing.problems[0].text.en


def test_a_new_year_holiday_that_begins_in_december():
    notice = read_notice("一、元旦：12月30日至1月1日放假调休，共3天。", 2019)
    assert [row["date"] for row in notice.rows] == ["2018-12-30", "2018-12-31", "2019-01-01"]
    notice = read_notice("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert [row["date"] for row in notice.rows] == ["2022-12-31", "2023-01-01", "2023-01-02"]


@given(DAYS)
def test_a_roll_ends_on_a_working_day_and_never_goes_back(start):
    end = roll(start, CALENDAR)
    assert is_workday(end, CALENDAR)
    assert end >= start
    assert all(is_rest_day(start + timedelta(days=i), CALENDAR) for i in range((end - start).days))


@given(DAYS, DAYS)
def test_rolling_is_monotonic(one, other):
    first, second = sorted((one, other))
    assert roll(first, CALENDAR) <= roll(second, CALENDAR)


@given(DAYS, st.integers(1, 90))
def test_adding_working_days_is_monotonic_and_counts(start, number):
    end = add_workdays(start, number, CALENDAR)
    assert is_workday(end, CALENDAR)
    assert end > add_workdays(start, number - 1, CALENDAR)
    assert end <= add_workdays(start + timedelta(days=1), number, CALENDAR)
    assert count_workdays(start + timedelta(days=1), end, CALENDAR) == number


@given(DAYS, DAYS, st.integers(1, 36))
def test_adding_months_is_monotonic(one, other, months):
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)
    assert add_months(first, months).day <= first.day


@pytest.mark.parametrize(("told", "moved"), [
    ("2027-01-01", "2027-01-04"), ("2027-05-01", "2027-05-03"), ("2027-10-01", "2027-10-04"),
    ("2027-09-15", "2027-09-16"),  # Mid-autumn, a Wednesday
    ("2028-01-25", "2028-01-31"),  # Tuesday: eve of the Spring Festival, which lasts to Friday
    ("2030-06-05", "2030-06-06"),  # Dragon Boat
    ("2023-05-02", "2023-05-02"),  # the second of May is off since 2025 only
])
def test_the_holidays_of_every_year_are_known_before_its_notice(told, moved):
    assert roll(day(told), CALENDAR) == day(moved)
    assert not CALENDAR.is_known(day(told))


def test_a_loaded_notice_and_a_worked_day_of_the_county_go_before_the_holidays_of_every_year():
    rows = [{"date": "2027-10-01", "kind": "off", "name": "国庆节"}, {"date": "2028-01-01", "kind": "local_work", "name": ""}]
    calendar = Calendar.from_rows(rows)
    assert is_workday(day("2027-09-15"), calendar)  # named by no row of its year
    assert is_workday(day("2028-01-01"), calendar)
