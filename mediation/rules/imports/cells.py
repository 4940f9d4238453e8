"""What one cell says: value, precision and its own words, read by the rules that read what is typed at the counter.

Nothing is invented: a day without a year, an impossible day and a day in the future stay words; a sum that cannot be
read holds its row back. What a spreadsheet has spoiled (15-digit numbers, serial days) is said.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from mediation.rules import reading
from mediation.rules.imports import codes, fields
from mediation.rules.imports.sheet import Value, shown
from mediation.rules.language import Text
from mediation.rules.money.amounts import SCIENTIFIC, print_yuan
from mediation.rules.people import headcounts, identity, list_cells, loose_numbers
from mediation.rules.people.headcounts import ONE, PEOPLE
from mediation.rules.reading import ABOUT, APPROX, EXACT, NOT_KNOWN, NOTHING_SAID, UNKNOWN, YEAR, YUAN, say_day
from mediation.rules.text_cleaning import Unreadable, clean, narrow

NAME_LENGTH, TEXT_LENGTH = 200, 4000
NO_TEXT = Text("", "")
SHORT, REMEMBERED = 40, 2048


class Fact(NamedTuple):
    """What is known: ``value`` None unless it is certain (or ``approx``), ``words`` as they stand in the cell, ``text``
    what was understood; of a day its bounds, of people their names."""

    value: object
    precision: str
    words: str
    text: Text = NO_TEXT
    first_on: date | None = None
    last_on: date | None = None
    names: tuple[str, ...] = ()
    currency: str = ""


class Fault(NamedTuple):
    """What is wrong with a cell, and whether it holds the row back."""

    text: Text
    stops: bool


@dataclass(frozen=True)
class Reader:
    """How the cells of one column are read: its field, the unit of bare numbers, the day of reading, the year that the
    title names, the order of days written with strokes (mdy, dmy, ''), the currency of the file."""

    field: str
    kind: str
    unit: str = ""
    today: date = date.min
    year: int | None = None
    order: str = ""
    currency: str = ""

    @cached_property
    def of_short(self) -> Callable[[Value, str], Found]:
        """What short cells of the column say, the last of them remembered: they come again and again."""
        return lru_cache(REMEMBERED, typed=True)(lambda value, words: _read(value, words, self))


Found = tuple[Fact | None, tuple[Fault, ...]]

FORMULA = Text("这一格是公式，没有算出的结果：请在表格里复制，选择性粘贴为数值",
               "A formula without its result: copy it and paste it as a value")
ERROR = Text("这一格是表格的错误值（{words}）", "The sheet has an error here ({words})")
SPOILED = Text("长数字已被表格改坏（{words}），末尾几位丢了：请把这一列设为文本，按原件重新填",
               "The sheet has spoiled this long number ({words}): make the column text and type it again")
MASKED = Text("号码是打了码的，没有记", "The number is masked; it is not taken")
NOT_TAKEN = Text("{why}；没有记", "{why}; it is not taken")
AS_TOLD = Text("{why}；按原话保留", "{why}; the words are kept")
NO_YEAR_SAID = Text("没写年份；按原话保留", "No year is given; the words are kept")
IN_FUTURE = Text("在今天之后；按原话保留", "It lies after today; the words are kept")
NANOSECONDS = Text("年份存成了纳秒，不是日期；按原话保留", "A year stored as nanoseconds, no day; the words are kept")
EITHER_ORDER = Text("分不清月和日的次序；按原话保留", "Day or month first cannot be told; the words are kept")
TENTH_MONTH = Text("数字{words}可能是1月，也可能是10月；只记年份", "{words} may be January or October; only the year is taken")
ROUNDED = Text("小数超过两位，按{yuan}元记", "More than two decimals; taken as {yuan} yuan")
WAN_TOO_LARGE = Text("这一列的单位是万元，{words}万元就是{yuan}元：多半是按元填的，请改",
                     "The column is in ten thousands: this would be {yuan} yuan; it was probably typed in yuan")
UNKNOWN_WORD = Text("没有认出“{words}”是哪一种；按原话保留", "“{words}” is not known; the words are kept")
HELD_NUMBER = Text("里面有{length}位的号码，已遮住中间几位", "It holds a number of {length} digits; its middle is covered")
CUT = Text("超过{most}字，只记前{most}字", "More than {most:,} characters; only the first are taken")
NOBODY = Text("人数写的是0；新建的案件按1人计", "The number of people is 0; the case made of it counts one")
YES, NO = Text("是", "yes"), Text("否", "no")
NO_NUMBER = Text("不是整数；没有记", "No whole number; it is not taken")

_OF_WORDS = frozenset({"people_names", "name", "both", "text"})
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_FORMULA = re.compile(r"=(?:[A-Za-z_(+\-@'\[].*|[0-9].*[+*/(\-].*|)$", re.S)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}", re.I)
_LONG = re.compile("[0-9]{15,}[Xx]?")


def read(value: Value, words: str, reader: Reader) -> Found:
    """What a cell says under its field; ``words``: what a person sees in it, not empty. Never raises."""
    return reader.of_short(value, words) if len(words) <= SHORT else _read(value, words, reader)


def _read(value: Value, words: str, reader: Reader) -> Found:
    if words[0] in "=#" and (_FORMULA.match(words) or words in _ERRORS):
        fault = ERROR.fill(words=words) if words in _ERRORS else FORMULA
        return Fact(None, UNKNOWN, words), (Fault(fault, reader.kind in ("fen", "people")),)
    try:
        return _READERS[reader.kind](value, words, reader)
    except Unreadable as why:
        if reader.kind in _OF_WORDS:  # it has no other place for its words: the case would know nothing of them
            return Fact(None, UNKNOWN, words[:NAME_LENGTH]), (Fault(why.text, True),)
        return Fact(None, UNKNOWN, words[:NAME_LENGTH]), (Fault(AS_TOLD.fill(why=why.text), False),)


def forget() -> None:
    """Let go of what cells of registers said: the words of people are kept in memory no longer than they are read."""
    for remembered in (_told_day, _sum, _counted, _meant):
        remembered.cache_clear()


def _nothing(words: str) -> bool:
    return len(words) < 8 and narrow(words).lower() in NOTHING_SAID


# Days -------------------------------------------------------------------------------------------------------------

_NANO = re.compile(r"1970-01-01[T ]00:00:00\.0*[0-9]{1,9}Z?")
STROKES = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})(?:[ T].*)?")
_SERIAL_FROM = date(1899, 12, 30)
AHEAD = frozenset({"due_on", "last_due_on"})  # days that may lie in the future


def _day(value: Value, words: str, reader: Reader) -> Found:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _bounded(Fact(value, EXACT, words, say_day(value), value, value), reader)
    if isinstance(value, float) and re.fullmatch(r"(?:19|20)[0-9]{2}\.1", words):
        year = int(words[:4])
        return (Fact(None, YEAR, words, Text(f"{year}年", f"{year}"), date(year, 1, 1), date(year, 12, 31)),
                (Fault(TENTH_MONTH.fill(words=words), False),))
    fact, faults = _told_day(words, reader)
    return _bounded(fact, reader) if fact and not faults else (fact, faults)


def _bounded(fact: Fact, reader: Reader) -> Found:
    if isinstance(fact.value, date) and fact.value > reader.today and reader.field not in AHEAD:
        return Fact(None, ABOUT, fact.words, Text(fact.words, fact.words)), (Fault(IN_FUTURE, False),)
    return fact, ()


@lru_cache(8192)
def _told_day(words: str, reader: Reader) -> Found:
    said = narrow(words)
    kept = Fact(None, ABOUT, words, Text(words, words))
    if _nothing(said):
        return Fact(None, UNKNOWN, words, NOT_KNOWN), ()
    if _NANO.fullmatch(said):
        return kept, (Fault(NANOSECONDS, False),)
    if re.fullmatch(r"[2-5][0-9]{4}(?:\.[0-9]+)?", said):
        day = _SERIAL_FROM + timedelta(int(float(said)))
        return Fact(day, EXACT, words, say_day(day), day, day), ()
    if strokes := STROKES.fullmatch(said):
        return _by_order(words, [int(part) for part in strokes.groups()], reader, kept)
    try:
        return _seen_from_afar(words, said, reader, kept)
    except Unreadable as why:
        return kept, (Fault(AS_TOLD.fill(why=why.text), False),)


def _by_order(words: str, parts: list[int], reader: Reader, kept: Fact) -> Found:
    """11/20/2025 and 20/11/2025: by the order of the column, else by the part that can be no month."""
    first, second, year = parts
    order = "dmy" if first > 12 else "mdy" if second > 12 else reader.order or ("mdy" if first == second else "")
    if not order:
        return kept, (Fault(EITHER_ORDER, False),)
    month, day = (first, second) if order == "mdy" else (second, first)
    try:
        found = reading.read_date(f"{year}-{month}-{day}", reader.today)
    except Unreadable as why:
        return kept, (Fault(AS_TOLD.fill(why=why.text), False),)
    return Fact(found.value, found.precision, words, found.text, found.first_on, found.last_on), ()


def _seen_from_afar(words: str, said: str, reader: Reader, kept: Fact) -> Found:
    """What is the same seen from any year; what is not needs the year of the register."""
    found = reading.read_date(said, reader.today)
    elsewhere = reading.read_date(said, date(2003, 7, 1))
    if (found.first_on, found.last_on) != (elsewhere.first_on, elsewhere.last_on):
        if reader.year is None or re.search("天|日前|周|今|昨|明|去|上|本|前年|后年", said):
            return kept, (Fault(NO_YEAR_SAID, False),)
        found = reading.read_date(said, date(reader.year, 12, 31))
    return Fact(found.value, found.precision, words, found.text, found.first_on, found.last_on), ()


def day_style(words: str) -> str:
    """How a day is written, to find columns that mix ways: 2025-11-20, 11/20/2025, 11.20, 45992; '' for words."""
    said = narrow(words)
    for style, pattern in _STYLES:
        if pattern.match(said):
            return style
    return ""


_STYLES = tuple((style, re.compile(pattern)) for style, pattern in (
    ("2025-11-20", "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), ("2025/11/20", "[0-9]{4}/[0-9]{1,2}/"),
    ("2025.11.20", r"[0-9]{4}\.[0-9]{1,2}\."), ("20251120", "(?:19|20)[0-9]{6}$"), ("45992", "[2-5][0-9]{4}$"),
    ("11/20/2025", "[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}"), ("2025年11月20日", "[0-9]{2,4}年[0-9]{1,2}月[0-9]{1,2}"),
    ("11月20日", "[0-9]{1,2}月[0-9]{1,2}"), ("11.20", r"[0-9]{1,2}[./-][0-9]{1,2}$")))


# Sums and numbers -------------------------------------------------------------------------------------------------

_TAGS = re.compile("|".join(re.escape(name) for code, names in fields.CURRENCIES.items() if code != "CNY"
                            for name in sorted(names, key=len, reverse=True)), re.I)
_SMALL_UNITS: dict[str, Callable[[str], str]] = {
    "千元": lambda said: f"{said}千", "分": lambda said: str(Decimal(said.replace(",", "")) / 100)}
_UNITS = frozenset({*_SMALL_UNITS, "万元"})
_WHOLE = re.compile("[0-9]{1,9}")
MOST_WAN = 10_000  # 万元: a hundred million, more than any labour dispute of a county


def _fen(value: Value, words: str, reader: Reader) -> Found:
    return _sum(words, reader.unit, reader.currency)


@lru_cache(16384)
def _sum(words: str, unit: str, currency: str) -> Found:
    if unit not in _UNITS and _WHOLE.fullmatch(words):  # as nearly every one is written
        found = reading.read_amount(words)
        return Fact(found.value, found.precision, words, found.text, currency=currency), ()
    said = narrow(words)
    if _TAGS.search(said):
        currency = fields.currency_of(words)
        said = _TAGS.sub("", said).strip()
    if _SCIENTIFIC.fullmatch(said):
        return Fact(None, UNKNOWN, words), (Fault(SCIENTIFIC, True),)
    bare = re.fullmatch(r"[0-9,]+(?:\.[0-9]+)?", said)
    if bare and unit in _SMALL_UNITS:
        said = _SMALL_UNITS[unit](said)
    try:
        found = reading.read_amount(_without_tail(said), unit == "万元")
    except Unreadable as why:
        return _rounded(words, said, currency, why.text)
    if bare and unit == "万元" and found.value and found.value >= MOST_WAN * 1_000_000:
        return (Fact(None, UNKNOWN, words, currency=currency),
                (Fault(WAN_TOO_LARGE.fill(words=words, yuan=print_yuan(found.value)), True),))
    return Fact(found.value, found.precision, words, found.text, currency=currency), ()


def _without_tail(said: str) -> str:
    """611.0 and 12000.500 as programs write them."""
    return re.sub(r"(?<=[0-9])(\.[0-9]*?)0+$", lambda found: "" if found[1] == "." else found[1], said)


def _rounded(words: str, said: str, currency: str, why: Text) -> Found:
    """A result of a division, 3333.33333333333, as the sheet shows it; nothing else is guessed."""
    if not re.fullmatch(r"[0-9]{1,10}\.[0-9]{3,}", said):
        return Fact(None, UNKNOWN, words, currency=currency), (Fault(why, True),)
    fen = int((Decimal(said) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    yuan = print_yuan(fen)
    return Fact(fen, APPROX, words, YUAN.fill(yuan=yuan), currency=currency), (Fault(ROUNDED.fill(yuan=yuan), False),)


def _people(value: Value, words: str, reader: Reader) -> Found:
    return _counted(words)


@lru_cache(8192)
def _counted(words: str) -> Found:
    if words in ("0", "0.0"):
        return Fact(0, EXACT, words, PEOPLE.fill(count=0)), (Fault(NOBODY, False),)
    try:
        found = headcounts.read_people(words.removesuffix(".0"))
    except Unreadable as why:
        return Fact(None, UNKNOWN, words), (Fault(why.text, True),)
    return Fact(found.value, found.precision, words, found.text, names=found.names), ()


def _int(value: Value, words: str, reader: Reader) -> Found:
    found = re.fullmatch("([0-9]{1,9})(?:[.]0+)?[次页张份件个]?", narrow(words))
    if _nothing(words):
        return None, ()
    if not found:
        return Fact(None, UNKNOWN, words), (Fault(NO_NUMBER, False),)
    return Fact(int(found[1]), EXACT, words, Text(found[1], found[1])), ()


# Names, numbers of people, words ----------------------------------------------------------------------------------

# A name that no number of people can be read out of, as nearly every one is.
_ONE_NAME = re.compile("(?!.*[等人名位个几数多少体部群帮批些余上成大好约近一二两三四五六七八九十百千廿卅不未无没暂来])[\u4e00-\u9fff]{2,4}")


def _names(value: Value, words: str, reader: Reader) -> Found:
    """谭某等27人, 张三、李四, 巴特尔: the names, and how many people they are."""
    if _ONE_NAME.fullmatch(words):
        return Fact(words, EXACT, words, Text(words, words), names=(words,)), ()
    if _nothing(words):
        return Fact(None, UNKNOWN, words, NOT_KNOWN), ()
    said, covered = _covered(words)
    name = list_cells.ALIGNED.sub("", clean(said, NAME_LENGTH))
    try:
        found = headcounts.read_people(name)
    except Unreadable:
        return Fact(name, EXACT, words, Text(name, name), names=(name,)), covered
    if not found.names:
        return Fact(None, found.precision, words, found.text), covered
    return Fact(found.names[0], found.precision, words, Text(name, name), names=found.names), covered


def _name(value: Value, words: str, reader: Reader) -> Found:
    if _nothing(words):
        return Fact(None, UNKNOWN, words, NOT_KNOWN), ()
    said, covered = _covered(words)
    name = clean(said, NAME_LENGTH)
    return Fact(name, EXACT, words, Text(name, name)), covered


def _text(value: Value, words: str, reader: Reader) -> Found:
    if _nothing(words):
        return Fact("", UNKNOWN, words, NOT_KNOWN), ()
    said, covered = _covered(words, reader.field in ("number", "line_number", "external_numbers", "printed_number",
                                                     "source_number", "agreement_number", "archive_number"))
    faults = covered
    if len(said) > TEXT_LENGTH:
        said, faults = said[:TEXT_LENGTH], (*faults, Fault(CUT.fill(most=TEXT_LENGTH), False))
    said = clean(said, TEXT_LENGTH, lines=True)
    return Fact(said, EXACT, said, Text(said, said)), faults


def _covered(words: str, may_hold_documents: bool = False) -> tuple[str, tuple[Fault, ...]]:
    """Words with long numbers covered, so that no identity or account number lies in clear text."""
    found = [run for run in _LONG.findall(words) if not may_hold_documents or loose_numbers.is_personal(run.upper())]
    if not found:
        return words, ()
    covered = _LONG.sub(lambda run: identity.mask_identity(run[0]) if run[0] in found else run[0], words)
    return covered, (Fault(HELD_NUMBER.fill(length=len(found[0])), False),)


def cover(words: str) -> str:
    """Words of a column that no field is known for, without long numbers in clear text."""
    return _covered(words)[0]


def _phone(value: Value, words: str, reader: Reader) -> Found:
    if _nothing(words):
        return None, ()
    if "*" in words:
        return Fact(None, UNKNOWN, words), (Fault(MASKED, False),)
    said = words.removesuffix(".0")
    several = re.match("(.*?[0-9]{7,})[、,;/ ]+[0-9]{7,}", narrow(said))
    found = identity.check_phone(several[1] if several else said)
    return Fact(found.whole, EXACT, words, Text(found.whole, found.whole)), ()


def _identity(value: Value, words: str, reader: Reader) -> Found:
    """A number that cannot be right is not taken, and its words are not kept: they would lie in clear text."""
    if _nothing(words):
        return None, ()
    shape = identity.mask_identity(re.sub(r"\s", "", words))
    if "*" in words:
        return Fact(None, UNKNOWN, shape), (Fault(MASKED, False),)
    if _SCIENTIFIC.search(words) or _has_lost_digits(words):
        short = f"{words[:3]}…{words[-4:]}"
        return Fact(None, UNKNOWN, short), (Fault(SPOILED.fill(words=short), False),)
    try:
        found = identity.check_resident(words, reader.today)
    except Unreadable as why:
        return Fact(None, UNKNOWN, shape), (Fault(NOT_TAKEN.fill(why=why.text), False),)
    return Fact(found.number, EXACT, shape, Text(shape, shape)), tuple(Fault(text, False) for text in found.warnings)


def _has_lost_digits(words: str) -> bool:
    """18 digits of which the last three became zeros, and which fail their check: a sheet keeps fifteen."""
    said = re.sub(r"[\s'’]", "", narrow(words))
    return bool(re.fullmatch("[0-9]{15}000", said)) and identity.resident_check_digit(said[:17]) != said[17]


def _credit(value: Value, words: str, reader: Reader) -> Found:
    if _nothing(words):
        return None, ()
    if _SCIENTIFIC.fullmatch(narrow(words)):
        return Fact(None, UNKNOWN, words), (Fault(SPOILED.fill(words=words), False),)
    found = identity.check_credit_code(words)
    return Fact(found, EXACT, words, Text(found, found)), ()


def _codes(value: Value, words: str, reader: Reader) -> Found:
    return _meant(words, reader.field)


@lru_cache(16384)
def _meant(words: str, field: str) -> Found:
    if _nothing(words):
        return Fact(None, UNKNOWN, words, NOT_KNOWN), ()
    found = codes.read(field, words)
    if not found:
        return Fact(None, UNKNOWN, words), (Fault(UNKNOWN_WORD.fill(words=words[:60]), False),)
    keys = tuple(code for code, _is_exact in found)
    labels = [codes.label(field, code) for code in keys]
    text = Text("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))
    is_exact = all(exact for _code, exact in found)
    return Fact(keys if field in codes.SEVERAL else keys[0], EXACT if is_exact else ABOUT, words, text), ()


def _tick(value: Value, words: str, reader: Reader) -> Found:
    found = codes.read_tick(shown(value)) if not isinstance(value, bool) else value
    if found is None and not _nothing(words):
        return Fact(None, UNKNOWN, words), (Fault(UNKNOWN_WORD.fill(words=words[:60]), False),)
    return (None, ()) if found is None else (Fact(found, EXACT, words, YES if found else NO), ())


def _currency(value: Value, words: str, reader: Reader) -> Found:
    code = fields.currency_of(words) or (words.upper() if re.fullmatch("[A-Za-z]{3}", words) else "")
    if not code:
        return Fact(None, UNKNOWN, words), (Fault(UNKNOWN_WORD.fill(words=words[:20]), True),)
    return Fact(code, EXACT, words, Text(code, code)), ()


_READERS: dict[str, Callable[[Value, str, Reader], Found]] = {
    "day": _day, "fen": _fen, "people": _people, "int": _int, "people_names": _names, "name": _name, "both": _text,
    "text": _text, "phone": _phone, "identity": _identity, "credit": _credit, "codes": _codes, "tick": _tick,
    "currency": _currency}


def count_in(named: Fact) -> Fact | None:
    """How many people a cell of names means; None where it leaves that open (张三等)."""
    if _ONE_NAME.fullmatch(named.words):
        return Fact(1, EXACT, named.words, ONE)
    fact, _faults = _counted(named.words)
    if fact is None or fact.value is None:
        return None if named.precision == ABOUT else Fact(1, EXACT, named.words, ONE)
    return fact
