"""Messy cells and hurried typing: dates, instants and sums, with how exact they are.

What was said is kept beside what was understood, and nothing is invented: a month has no day, 约5万 stays
about 50,000. Safety rule R74: days have no time zone, instants are UTC read from Asia/Shanghai.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from mediation.rules.date_phrases import Span, find_span, numeral
from mediation.rules.language import Text
from mediation.rules.money.amounts import LIMIT_FEN, NEGATIVE, NO_AMOUNT, TOO_LARGE, is_negative, parse_yuan, print_yuan
from mediation.rules.text_cleaning import Unreadable, narrow

T = TypeVar("T", date, datetime, int)
SHANGHAI = ZoneInfo("Asia/Shanghai")
EXACT, APPROX, DAY, MONTH, YEAR, ABOUT, UNKNOWN = "exact", "approx", "day", "month", "year", "about", "unknown"
NOTHING_SAID = frozenset({"", "-", "--", "/", "无", "不详", "未知", "不明", "没有", "暂无", "未填", "n/a", "none"})


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What a cell says.

    ``value`` is None unless it is certain (or, for sums and heads, ``approx``): a month, a year or a
    season has only the bounds ``first_on`` and ``last_on``, of which one or both may be None.
    ``precision``: exact, approx (a number), day (an instant whose hour is not known), month, year, about
    (bounds or only words), unknown (the cell says that nothing is known). ``raw`` is what was typed, ``text``
    what was understood.
    """

    value: T | None
    precision: str
    raw: str
    text: Text
    first_on: date | None = None
    last_on: date | None = None
    names: tuple[str, ...] = ()


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")
WEEKDAYS = Text("一二三四五六日", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
NOT_KNOWN = Text("未说明", "not stated")
BETWEEN = Text("{raw}（{first}至{last}之间）", "“{raw}” (between {first} and {last})")
UNTIL = Text("{raw}（不晚于{last}）", "“{raw}” (no later than {last})")
SINCE = Text("{raw}（不早于{first}）", "“{raw}” (no earlier than {first})")
ONLY_WORDS = Text("{raw}（未说明哪一天）", "“{raw}” (no day stated)")
ABOUT_DAY = Text("约{first}", "about {first}")


def echo(reading: Reading[date] | Reading[datetime] | Reading[int], language: str) -> str:
    """What was understood, in words, to stand beside the field."""
    return reading.text.say(language)


def say_day(day: date) -> Text:
    """2026年11月20日 周五 / Friday 20 November 2026."""
    return Text(f"{day.year}年{day.month}月{day.day}日 周{WEEKDAYS.zh[day.weekday()]}",
                f"{WEEKDAYS.en.split()[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}")


def read_date(text: str, today: date, prefer: str = "past") -> Reading[date]:
    """The day, month or season that ``text`` names, seen from ``today``.

    Without a year, ``prefer`` 'past' takes the last such day up to today and 'future' the next from today.
    A time of day after a date is left out; a stamp of a machine (…T16:30:00.000Z) is the day it was in Beijing.
    Raises ``Unreadable`` with the reason.
    """
    stamp = _read_stamp(text)
    if stamp is not None:
        day = stamp.astimezone(SHANGHAI).date()
        return _dated(text, Span(EXACT, day, day))
    if narrow(text).lower() in NOTHING_SAID:
        return Reading(None, UNKNOWN, text, NOT_KNOWN)
    said = re.sub(r"(?<=[0-9日号])[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.0+)?)?$", "", narrow(text))
    return _dated(text, find_span(said, today, prefer == "past"))


_STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]{1,9})?"
                    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})", re.I)
NO_STAMP = Text("没有这个时刻，请核对", "There is no such instant; please check it")


def _read_stamp(text: str) -> datetime | None:
    """An instant as machines write it, with its zone; None when ``text`` is none."""
    found = _STAMP.fullmatch(narrow(text)) if len(text) < 60 else None
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(NO_STAMP) from None


def _dated(raw: str, span: Span) -> Reading[date]:
    value = span.first_on if span.precision == EXACT else None
    return Reading(value, span.precision, raw, _say_span(raw.strip(), span), span.first_on, span.last_on)


def _say_span(raw: str, span: Span) -> Text:
    first, last = span.first_on, span.last_on
    if first and span.precision != ABOUT:
        month = Text(f"{first.year}年{first.month}月", f"{MONTHS[first.month - 1]} {first.year}")
        year = Text(f"{first.year}年", f"{first.year}")
        return {EXACT: say_day(first), MONTH: month, YEAR: year}[span.precision]
    bounds = {name: say_day(day) for name, day in (("first", first), ("last", last)) if day}
    if first and last:
        return (ABOUT_DAY if first == last else BETWEEN).fill(raw=raw, **bounds)
    return (UNTIL if last else SINCE if first else ONLY_WORDS).fill(raw=raw, **bounds)


NO_TIME = Text("看不懂这个时间，可以写 今天 10:20、昨天下午3点",
               "This time cannot be read; write today 10:20 or yesterday 15:00")
NO_HOUR = Text("时间应在 0:00 到 23:59 之间", "The time should lie between 0:00 and 23:59")
TIME_WITHOUT_DAY = Text("写了几点，就要写明是哪一天", "A time of day needs the full date")
_TIME = re.compile(
    r"(?P<half>凌晨|清晨|早上|早晨|早|上午|中午|下午|午后|傍晚|晚上|晚|夜里)?"
    r" *(?P<hour>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})"
    r" *(?:[:：](?P<clock>[0-9]{2})(?::[0-9]{2}(?:\.0+)?)?|[点时](?P<minute>[0-9]{1,2}分?|半|整|一刻|三刻|钟|))$")
_SHORT_DAYS = str.maketrans({"今": "今天", "昨": "昨天", "明": "明天"})
_MINUTES = {"": 0, "整": 0, "钟": 0, "半": 30, "一刻": 15, "三刻": 45}
_AFTERNOON = ("下午", "午后", "傍晚", "晚上", "晚", "夜里")


def read_datetime(text: str, today: date, prefer: str = "past") -> Reading[datetime]:
    """The instant that ``text`` names in Asia/Shanghai, as an aware UTC datetime.

    A time alone is today's. A date alone gives precision 'day' and no value: the day stands in
    ``first_on``. Raises ``Unreadable`` with the reason.
    """
    stamp = _read_stamp(text)
    if stamp is not None:
        return _instant(text, stamp.astimezone(SHANGHAI))
    said = re.sub("(?<=[0-9])T(?=[0-9])", " ", narrow(text))
    if len(said) > 60:
        raise Unreadable(NO_TIME)
    found = _TIME.search(said)
    if not found and re.search("[:：点时]", said):
        raise Unreadable(NO_TIME)
    if not found:
        return _day_as_instant(read_date(text, today, prefer))
    before = re.sub("^([今昨明])$", lambda m: m[1].translate(_SHORT_DAYS), said[:found.start()].strip())
    day = read_date(before, today, prefer).value if before else today
    if day is None:
        raise Unreadable(TIME_WITHOUT_DAY)
    return _instant(text, datetime.combine(day, _read_clock(found), SHANGHAI))


def _instant(raw: str, local: datetime) -> Reading[datetime]:
    day, words = local.date(), say_day(local.date())
    shown = Text(f"{words.zh} {local:%H:%M}", f"{words.en}, {local:%H:%M}")
    return Reading(local.astimezone(UTC), EXACT, raw, shown, day, day)


NO_CLOCK = Text("请写几点几分，如 14:30、下午两点半", "Please give the time, for example 14:30")


def read_clock(text: str) -> str:
    """A time of day, 15：30 or 下午三点半, as ``15:30``. Raises ``Unreadable`` with the reason."""
    found = _TIME.fullmatch(narrow(text)) if len(text) < 60 else None
    if not found:
        raise Unreadable(NO_CLOCK)
    return f"{_read_clock(found):%H:%M}"


def _day_as_instant(day: Reading[date]) -> Reading[datetime]:
    precision = DAY if day.precision == EXACT else day.precision
    return Reading(None, precision, day.raw, day.text, day.first_on, day.last_on)


def _read_clock(found: re.Match[str]) -> time:
    hour = numeral(found["hour"])
    said = (found["minute"] or "").rstrip("分")
    minute = int(found["clock"]) if found["clock"] else _MINUTES[said] if said in _MINUTES else int(said)
    if hour is None:
        raise Unreadable(NO_TIME)
    if found["half"] in ("晚上", "晚", "夜里") and hour == 12:
        raise Unreadable(NO_HOUR)
    if (found["half"] in _AFTERNOON and 1 <= hour < 12) or (found["half"] == "中午" and 1 <= hour < 3):
        hour += 12
    if hour > 23 or minute > 59:
        raise Unreadable(NO_HOUR)
    return time(hour, minute)


NEARLY = Text("近{yuan}元", "nearly {yuan} yuan")
MORE_THAN = Text("{yuan}元以上", "more than {yuan} yuan")
ABOUT_YUAN = Text("约{yuan}元", "about {yuan} yuan")
YUAN = Text("{yuan}元", "{yuan} yuan")
_QUALIFIERS = (("(?:将近|接近|近)", NEARLY), ("(?:超过|逾|超)", MORE_THAN), ("(?:大约|大概|约|左右|上下)", ABOUT_YUAN),
               ("(?<=[0-9千万亿])[余多](?=[千万亿元+]|$)", MORE_THAN))


_WHOLE = re.compile("[0-9]{1,9}")


def read_amount(text: str, is_wan: bool = False) -> Reading[int]:
    """A cell with a sum, in fen: 36000元 exact; 约12万, 40余万, 近150万元, 6万余+17万余 approx; —, 无, 不详 unknown.

    ``is_wan``: the column is headed 万元, so a number without a unit counts ten thousands; a unit written in
    the cell goes before. Raises ``Unreadable`` with the reason.
    """
    if len(text) > 200:
        raise Unreadable(NO_AMOUNT)
    if not is_wan and _WHOLE.fullmatch(text):  # nearly every cell of a register: nothing in it needs a second look
        fen = int(text) * 100
        return Reading(fen, EXACT, text, YUAN.fill(yuan=print_yuan(fen)))
    said = re.sub(r"^(?:合计|共计|总计|共)|[()]", "", narrow(text))
    if said.lower() in NOTHING_SAID:
        return Reading(None, UNKNOWN, text, NOT_KNOWN)
    if is_negative(text):  # (500) is no remark in brackets
        raise Unreadable(NEGATIVE)
    parts = [_read_part(part, is_wan) for part in re.split(r"(?<=.)\+", said)]
    fen, kinds = sum(part[0] for part in parts), {part[1] for part in parts}
    if fen > LIMIT_FEN:
        raise Unreadable(TOO_LARGE)
    kind = kinds.pop() if len(kinds) == 1 else ABOUT_YUAN
    return Reading(fen, EXACT if kind is YUAN else APPROX, text, kind.fill(yuan=print_yuan(fen)))


def _read_part(said: str, is_wan: bool) -> tuple[int, Text]:
    kind = YUAN
    for pattern, meaning in _QUALIFIERS:
        shorter = re.sub(pattern, "", said)
        if shorter != said:
            said, kind = shorter, meaning
    if is_wan and re.fullmatch("[-0-9., ]+", said):
        said += "万"
    return parse_yuan(said), kind


def read_key(said: object) -> int | None:
    """The whole number, mostly the id of a row, in an address or a hidden field; None for what is none that a row has.

    Only plain digits count: ``²`` is a digit to Python and no number, and no database holds more than eighteen of them.
    """
    text = str(said if said is not None else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
