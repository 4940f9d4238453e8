"""The grammar of days as people write and say them in China: 昨天, 11.20, 5月上旬, 去年腊月, 春节前.

Only what was said is returned: a month stays a month, and 腊月二十八 is a span of two days, because the table
below does not know whether that twelfth month had 29 or 30 days.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.money.amounts import add_months
from mediation.rules.text_cleaning import Unreadable, narrow


class Span(NamedTuple):
    """What was said of a day: precision exact, month, year or about, and its bounds as far as they are known."""

    precision: str
    first_on: date | None
    last_on: date | None


# First day of the lunar year. Source: the calendars of the Purple Mountain Observatory (GB/T 33661-2017).
SPRING_FESTIVALS = {day.year: day for day in (
    date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22),
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26),
    date(2029, 2, 13), date(2030, 2, 3), date(2031, 1, 23))}
FIXED_DAYS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "国庆节": (10, 1), "十一": (10, 1)}
DAY_WORDS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "当天": 0, "明天": 1, "明日": 1,
             "后天": 2, "大后天": 3, "yesterday": -1, "today": 0, "tomorrow": 1}
YEAR_WORDS = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
STEPS = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2, None: 0}
WEEKDAYS = {**{c: i for i, c in enumerate("一二三四五六日")}, "天": 6, **{str(i + 1): i for i in range(7)}}
TEN_DAYS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "中": (11, 20), "底": (21, 31),
            "末": (21, 31)}
# First and last month of the parts of a year.
YEAR_PARTS = {"年初": (1, 1), "年中": (6, 7), "年底": (12, 12), "年末": (12, 12), "上半年": (1, 6), "下半年": (7, 12),
              "一季度": (1, 3), "二季度": (4, 6), "三季度": (7, 9), "四季度": (10, 12)}

NO_DATE = Text("看不懂这个日期，可以写 2026-11-20、11.20、5月、昨天、上周三",
               "This date cannot be read; write 2026-11-20, 11.20, 2026-05 or yesterday")
NO_DAY = Text("{year}年{month}月没有{day}日", "Month {month} of {year} has no day {day}")
NO_MONTH = Text("没有{month}月", "There is no month {month}")
NO_YEAR = Text("年份应在1900到2100之间", "The year should lie between 1900 and 2100")
OTHER_WEEKDAY = Text("{day}是周{right}，不是周{said}，请核对", "{day} is another day of the week; please check it")

_SPELLING = str.maketrans("號個週後節臘禮", "号个周后节腊礼")
_YEAR = r"(?:(?P<year>[0-9]{4}|[0-9]{2}(?=年)|前年|去年|上年|今年|本年|明年|后年)年?)"
_MONTH = rf"(?:{_YEAR}?(?P<month>[0-9]{{1,2}})月|(?P<step>上上|上|本|这|下下|下)个?月)"
_WEEKDAY = r"(?:\(?周(?P<weekday>[一二三四五六日天1-7])\)?)?"


def find_span(text: str, today: date, is_past: bool) -> Span:
    """What ``text`` says, seen from ``today``; without a year the nearest day before (``is_past``) or after it.

    Raises ``Unreadable`` with the reason.
    """
    said = _plain(text)
    for pattern, read in _READERS:
        found = pattern.fullmatch(said)
        if found:
            span = read(found, today, is_past)
            _check_years(span)
            return span
    raise Unreadable(NO_DATE)


_FIGURES = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
# Numbers in words, in the places where they are numbers of a day, a month, a year or a length of time.
_COUNTED: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    ("[〇零○0-9一二三四五六七八九]{4}(?=年)|(?<![〇零○一二三四五六七八九])[〇零○一二三四五六七八九]{2}(?=年[0-9一二三四五六七八九十年初中底末])",
     lambda found: "".join(_FIGURES.get(sign, sign) for sign in found.group())),
    ("半个?月(?=(?:以|之)?[前后])", lambda found: "15天"),
    ("半年(?=(?:以|之)?[前后])", lambda found: "6个月"),
    ("[一二两三四五六七八九十]+(?=个?月|[日号]|[天周](?:以|之)?[前后])"
     "|(?<![一二两三四五六七八九十])[一二两三四五六七八九](?=年(?:以|之)?[前后])",
     lambda found: str(numeral(found.group()))),
)


def _plain(text: str) -> str:
    if len(text) > 60:
        raise Unreadable(NO_DATE)
    said = re.sub(r"\s", "", narrow(text)).lower().translate(_SPELLING)
    said = said.replace("星期", "周").replace("礼拜", "周").replace("月份", "月")
    for pattern, meaning in _COUNTED:
        said = re.sub(pattern, meaning, said)
    return said


def numeral(word: str) -> int | None:
    """``12``, ``十二`` or ``两百`` as a number up to 9999; None when it is neither."""
    if re.fullmatch("[0-9]{1,9}", word):
        return int(word)
    found = re.fullmatch("(?:(.)千)?零?(?:(.)百)?零?(?:(.?)(十))?零?(.)?", word)
    if not word or not found or re.search("[^一二两三四五六七八九十百千零]", word):
        return None
    thousands, hundreds, tens, has_tens, ones = found.groups()
    digits = [_digit(thousands), _digit(hundreds), _digit(tens or ("一" if has_tens else None)), _digit(ones)]
    return None if -1 in digits else int("".join(map(str, digits)))


def _digit(character: str | None) -> int:
    return 0 if character is None else "零一二三四五六七八九".find(character.replace("两", "二"))


def _check_years(span: Span) -> None:
    for day in (span.first_on, span.last_on):
        if day and not 1900 <= day.year <= 2100:
            raise Unreadable(NO_YEAR)


def _make_day(year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2100:
        raise Unreadable(NO_YEAR)
    if not 1 <= month <= 12:
        raise Unreadable(NO_MONTH.fill(month=month))
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(NO_DAY.fill(year=year, month=month, day=day)) from None


def _year_of(word: str, today: date) -> int:
    if word in YEAR_WORDS:
        return today.year + YEAR_WORDS[word]
    if len(word) == 4:
        return int(word)
    year = 2000 + int(word)
    return year - 100 if year > today.year + 20 else year


def _nearest_day(month: int, day: int, today: date, is_past: bool) -> date:
    """The nearest such day, today included; 29 February may lie up to eight years away."""
    step = -1 if is_past else 1
    for year in range(today.year, today.year + 9 * step, step):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found == today or (found < today) == is_past:
            return found
    return _make_day(today.year, month, day)


def _month_span(first: date) -> Span:
    return Span("month", first, add_months(first, 1) - timedelta(1))


def _year_span(year: int) -> Span:
    return Span("year", _make_day(year, 1, 1), date(year, 12, 31))


def _exact(day: date) -> Span:
    return Span("exact", day, day)


def _shift(today: date, days: int) -> date:
    try:
        return today + timedelta(days)
    except OverflowError:
        raise Unreadable(NO_YEAR) from None


def _find_month(found: re.Match[str], today: date, is_past: bool) -> date:
    """The first day of the month that was named by number or as last, this, next."""
    if found["step"]:
        return add_months(today.replace(day=1), STEPS[found["step"]])
    month = int(found["month"])
    if found["year"]:
        return _make_day(_year_of(found["year"], today), month, 1)
    first = _make_day(today.year, month, 1)
    if is_past and month > today.month:
        return first.replace(year=today.year - 1)
    return first.replace(year=today.year + 1) if not is_past and month < today.month else first


def _day_word(found: re.Match[str], today: date, is_past: bool) -> Span:
    return _exact(_shift(today, DAY_WORDS[found.group()]))


def _days_ago(found: re.Match[str], today: date, is_past: bool) -> Span:
    days = int(found[1]) * (7 if found[2] == "周" else 1)
    return _exact(_shift(today, -days if found[3] == "前" else days))


def _months_ago(found: re.Match[str], today: date, is_past: bool) -> Span:
    count, is_year = int(found["count"]), found["unit"] == "年"
    months = count * 12 if is_year else count
    if found["side"] == "后":
        return _exact(_add_months(today, months))
    day = _add_months(today, -months)
    return (_year_span(day.year) if is_year else _month_span(day.replace(day=1)))._replace(precision="about")


def _add_months(day: date, months: int) -> date:
    if not 1900 <= day.year + months // 12 <= 2100:
        raise Unreadable(NO_YEAR)
    return add_months(day, months)


def _week(found: re.Match[str], today: date, is_past: bool) -> Span:
    monday = _shift(today, 7 * STEPS[found["step"]] - today.weekday())
    if not found["day"]:
        return Span("about", monday, _shift(monday, 6))
    day = _shift(monday, WEEKDAYS[found["day"]])
    if not found["step"] and day != today and (day < today) != is_past:
        day = _shift(day, -7 if is_past else 7)
    return _exact(day)


def _full(found: re.Match[str], today: date, is_past: bool) -> Span:
    day = _make_day(_year_of(found["year"], today), int(found["month"]), int(found["day"]))
    return _exact(_check_weekday(day, found))


def _month_day(found: re.Match[str], today: date, is_past: bool) -> Span:
    day = _nearest_day(int(found["month"]), int(found["day"]), today, is_past)
    return _exact(_check_weekday(day, found))


def _check_weekday(day: date, found: re.Match[str]) -> date:
    said = found["weekday"]
    if said and WEEKDAYS[said] != day.weekday():
        raise Unreadable(OTHER_WEEKDAY.fill(day=day.isoformat(), said=said, right="一二三四五六日"[day.weekday()]))
    return day


def _day_alone(found: re.Match[str], today: date, is_past: bool) -> Span:
    day = int(found[1])
    for months in range(13):
        first = add_months(today.replace(day=1), -months if is_past else months)
        if 1 <= day <= (_month_span(first).last_on or first).day:
            whole = first.replace(day=day)
            if whole == today or (whole < today) == is_past:
                return _exact(whole)
    raise Unreadable(NO_DATE)


def _month(found: re.Match[str], today: date, is_past: bool) -> Span:
    return _month_span(_find_month(found, today, is_past))


def _day_of_month(found: re.Match[str], today: date, is_past: bool) -> Span:
    first = _find_month(found, today, is_past)
    return _exact(_make_day(first.year, first.month, int(found["day"])))


def _part_of_month(found: re.Match[str], today: date, is_past: bool) -> Span:
    first = _find_month(found, today, is_past)
    last = add_months(first, 1) - timedelta(1)
    low, high = TEN_DAYS.get(found["part"], (1, 31))
    return Span("about", first.replace(day=low), min(last, first.replace(day=min(high, last.day))))


def _part_of_this_month(found: re.Match[str], today: date, is_past: bool) -> Span:
    """月初, 月底 alone: of this month, or of the last (or the next) one where that has not come (or is over)."""
    low, high = TEN_DAYS[found["part"]]
    month = today.replace(day=1)
    if is_past and today.day < low:
        month = add_months(month, -1)
    elif not is_past and today.day > high:
        month = add_months(month, 1)
    last = add_months(month, 1) - timedelta(1)
    return Span("about", month.replace(day=low), month.replace(day=min(high, last.day)))


def _part_of_year(found: re.Match[str], today: date, is_past: bool) -> Span:
    """Some months of the year named; of the year whose part has begun last, or is not over yet, where none is."""
    low, high = YEAR_PARTS[found["name"]] if "name" in found.groupdict() else YEAR_PARTS[f"年{found['end']}"]
    year = _year_of(found["year"], today) if found["year"] else today.year
    if not found["year"] and is_past and today.month < low:
        year -= 1
    elif not found["year"] and not is_past and today.month > high:
        year += 1
    return Span("about", _make_day(year, low, 1), add_months(_make_day(year, high, 1), 1) - timedelta(1))


def _year_month(found: re.Match[str], today: date, is_past: bool) -> Span:
    return _month_span(_make_day(int(found["year"]), int(found["month"]), 1))


def _year(found: re.Match[str], today: date, is_past: bool) -> Span:
    return _year_span(_year_of(found["year"], today))


def _fixed_day(found: re.Match[str], today: date, is_past: bool) -> Span:
    month, day = FIXED_DAYS[found["name"]]
    if found["year"]:
        return _exact(_make_day(_year_of(found["year"], today), month, day))
    return _exact(_nearest_day(month, day, today, is_past))


def _festival(found: re.Match[str], today: date, is_past: bool) -> date | None:
    """The Spring Festival that is meant: of the year named, else the last before or the next after today."""
    if found["year"]:
        return SPRING_FESTIVALS.get(_year_of(found["year"], today))
    return _nearest_festival(today, is_past, timedelta(0))


def _nearest_festival(today: date, is_past: bool, ahead: timedelta) -> date | None:
    """None where the table does not reach; ``ahead`` lets the past begin before the festival itself."""
    if is_past:
        day = max((day for day in SPRING_FESTIVALS.values() if day - ahead <= today), default=None)
    else:
        day = min((day for day in SPRING_FESTIVALS.values() if day >= today), default=None)
    return day if day and abs(day - today) < timedelta(386) else None


def _around_festival(found: re.Match[str], today: date, is_past: bool) -> Span:
    day = _festival(found, today, is_past)
    if day is None:
        return Span("about", None, None)
    if found["side"] == "前":
        return Span("about", None, day - timedelta(1))
    return Span("about", day, None if found["side"] == "后" else day + timedelta(6))


def _first_month(found: re.Match[str], today: date, is_past: bool) -> Span:
    """正月: it has 29 or 30 days, so the month is a span, while 正月十五 is certain."""
    start = _festival(found, today, is_past)
    if start is None:
        return Span("about", None, None)
    if not found["day"]:
        return Span("about", start, start + timedelta(29))
    day = _lunar_day(found["day"])
    if day < 30:
        return _exact(start + timedelta(day - 1))
    return Span("about", start + timedelta(28), start + timedelta(29))


def _last_month(found: re.Match[str], today: date, is_past: bool) -> Span:
    """腊月, the month before a Spring Festival; of a named lunar year the one that ends it."""
    following = _festival_after_last_month(found["year"], today, is_past)
    day = _lunar_day(found["day"]) if found["day"] else None
    if following is None:
        return Span("about", None, None)
    if day is None:
        return Span("about", following - timedelta(30), following - timedelta(1))
    return Span("about", following - timedelta(31 - day), following - timedelta(max(30 - day, 1)))


def _festival_after_last_month(year: str | None, today: date, is_past: bool) -> date | None:
    if year is None:
        return _nearest_festival(today if is_past else today + timedelta(1), is_past, timedelta(30))
    festival = SPRING_FESTIVALS.get(today.year)
    if year in YEAR_WORDS and (festival is None or today < festival):
        return None  # before the festival 今年 and 去年 may be meant by either calendar
    return SPRING_FESTIVALS.get(_year_of(year, today) + 1)


def _lunar_day(word: str) -> int:
    day = numeral(word.replace("初", "").replace("廿", "二十").replace("卅", "三十"))
    if day is None or not 1 <= day <= 30:
        raise Unreadable(NO_DATE)
    return day


def _eve(found: re.Match[str], today: date, is_past: bool) -> Span:
    day = _festival(found, today, is_past)
    return Span("about", None, None) if day is None else _exact(day - timedelta(1))


def _season(found: re.Match[str], today: date, is_past: bool) -> Span:
    """Words that name no day: kept as said, inside their year where one was named."""
    if not found["year"]:
        return Span("about", None, None)
    return _year_span(_year_of(found["year"], today))._replace(precision="about")


def _around(found: re.Match[str], today: date, is_past: bool) -> Span:
    """11月20日左右, 11月底前, 5月后: a day in figures or an end counts in, a month or a festival does not."""
    inner = find_span(found["inner"], today, is_past)
    first, last = inner.first_on, inner.last_on
    if first is None or last is None or found["side"] in ("左右", "前后", ""):
        return inner._replace(precision="about")
    has_day = inner.precision in ("exact", "about") and bool(re.search("[0-9]|[底末]$", found["inner"]))
    if "前" in found["side"]:
        return Span("about", None, last if has_day else _shift(first, -1))
    return Span("about", last if has_day else _shift(last, 1), None)


_SEASONS = "开春|春天|夏天|秋天|冬天|秋后|入冬|开工|完工|端午节?|中秋节?|清明节?"
Reader = Callable[[re.Match[str], date, bool], Span]

_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(pattern), read) for pattern, read in (
    ("|".join(DAY_WORDS), _day_word),
    ("([0-9]{1,4})(天|日|周)(?:以|之)?(前|后)", _days_ago),
    ("(?P<count>[0-9]{1,3})(?P<unit>个月)(?:以|之)?(?P<side>前|后)", _months_ago),
    ("(?P<count>[0-9])(?P<unit>年)(?:以|之)?(?P<side>前|后)", _months_ago),
    ("(?P<step>上上|上|本|这|下下|下)?个?周(?P<day>[一二三四五六日天1-7])", _week),
    ("(?P<step>上上|上|本|这|下下|下)个?周(?P<day>)", _week),
    (rf"(?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}}){_WEEKDAY}", _full),
    (rf"(?P<year>[0-9]{{4}})(?P<by>[-./])(?P<month>[0-9]{{1,2}})(?P=by)(?P<day>[0-9]{{1,2}})[日号]?{_WEEKDAY}", _full),
    (rf"(?P<year>[0-9]{{2}})[.](?P<month>[0-9]{{1,2}})[.](?P<day>[0-9]{{1,2}}){_WEEKDAY}", _full),
    (rf"{_YEAR}(?P<month>[0-9]{{1,2}})[月.](?P<day>[0-9]{{1,2}})[日号]?{_WEEKDAY}", _full),
    (rf"(?P<month>[0-9]{{1,2}})[-./月](?P<day>[0-9]{{1,2}})[日号]?{_WEEKDAY}", _month_day),
    ("([0-9]{1,2})[日号]", _day_alone),
    ("(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})", _year_month),
    ("(?P<year>[0-9]{4})[-./](?P<month>[0-9]{1,2})月?", _year_month),
    (_MONTH, _month),
    (rf"{_MONTH}(?P<day>[0-9]{{1,2}})[日号]?", _day_of_month),
    (rf"{_MONTH}(?P<part>{'|'.join(TEN_DAYS)})", _part_of_month),
    ("月(?P<part>[初中底末])", _part_of_this_month),
    (rf"{_YEAR}年?(?P<end>[初中底末])", _part_of_year),
    (rf"{_YEAR}?第?(?P<name>{'|'.join(YEAR_PARTS)})", _part_of_year),
    (rf"{_YEAR}", _year),
    (rf"{_YEAR}?(?P<name>{'|'.join(FIXED_DAYS)})", _fixed_day),
    (rf"{_YEAR}?(?:春节|过年|年|节)(?:之|以)?(?P<side>前|后)", _around_festival),
    (rf"{_YEAR}?(?:春节|过年)(?P<side>期间|时|)", _around_festival),
    (rf"{_YEAR}?(?:正月|大年)(?P<day>(?!三十)[初一二三四五六七八九十廿]{{1,3}})?", _first_month),
    (rf"{_YEAR}?腊月(?P<day>[初一二三四五六七八九十廿卅]{{1,3}})?", _last_month),
    (rf"{_YEAR}?(?:除夕|大年三十|年三十)", _eve),
    (rf"{_YEAR}?(?:{_SEASONS})", _season),
    (r"(?:约|大约|大概)(?P<inner>.+?)(?P<side>左右|)", _around),
    (r"(?P<inner>.+?)(?P<side>左右|前后|以前|之前|前|以后|之后|后)", _around),
))
