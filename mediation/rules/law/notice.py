"""Reading the State Council's yearly notice on holidays, pasted as text, into rows of a calendar."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.law.workdays import HOLIDAYS, WEEKDAYS

_NAME = "|".join(HOLIDAYS)
_ITEM = re.compile(rf"((?:{_NAME})(?:[、和](?:{_NAME}))*):")
_YEAR = re.compile(r"(20\d\d)年(?:部分)?节假日")
_POINT = r"(?:(?:(\d{4})年)?(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?"
_SPAN = re.compile(rf"{_POINT}(?:(?:至|到|-|—|~){_POINT})?")
_WORD = re.compile("放假|上班|休息|补休|连休")
_TOTAL = re.compile(r"共(\d+)天")
_WEEKDAY = re.compile("(?:周|星期)([一二三四五六日天])")


class Span(NamedTuple):
    """A stretch of days that the notice names, whether worked or off, and whether its weekdays are right."""

    first: date
    last: date
    kind: str


@dataclass
class Notice:
    """What was read: the year, calendar rows (date, kind, name, source) and what does not fit."""

    year: int | None
    rows: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, zh: str, en: str, confirm: str = "", **values: object) -> None:
        """Note one problem of the pasted text."""
        self.problems.append(Problem("text", Text(zh, en).fill(**values), confirm))


def _clean(text: str) -> str:
    return re.sub(r"[ \t\r\u3000]", "", unicodedata.normalize("NFKC", text)).replace("\n", "")


def _year(text: str, year: int | None, notice: Notice) -> int | None:
    found = _YEAR.search(text)
    if found and year and int(found[1]) != year:
        notice.refuse("通知写的是{found}年，选的是{year}年", "The notice is for {found}, the year chosen is {year}",
                      found=found[1], year=year)
    if found:
        return int(found[1])
    if year is None:
        notice.refuse("看不出是哪一年：请把标题“关于××××年部分节假日安排的通知”一起贴上",
                      "The year is missing: paste the heading of the notice too")
    return year


def _check_weekday(day: date, remark: str | None, notice: Notice) -> None:
    stated = _WEEKDAY.search(remark or "")
    if stated and "一二三四五六日".index(stated[1].replace("天", "日")) != day.weekday():
        notice.refuse("{day}不是周{stated}，是{right}：年份或日期有误",
                      "{day} is not weekday {stated} but {right}: the year or the date is wrong",
                      day=day.isoformat(), stated=stated[1], right=WEEKDAYS[day.weekday()])


def _dates(match: re.Match[str], month: int, year: int) -> tuple[date, date]:
    """First and last day of a span; a month left out is the one before; ValueError when there is no such day."""
    first = date(int(match[1] or year), int(match[2] or month), int(match[3]))
    if match[7] is None:
        return first, first
    last = date(int(match[5] or match[1] or year), int(match[6] or first.month), int(match[7]))
    if last < first and not match[1]:  # a new year's holiday that begins in December
        first = first.replace(year=first.year - 1)
    if last < first or (last - first).days > 15:
        raise ValueError("not a stretch of holidays")
    return first, last


def _spans(body: str, year: int, notice: Notice) -> Iterator[Span]:
    month = 0
    for match in _SPAN.finditer(body):
        word = _WORD.search(body, match.end())
        if word is None or word[0] not in ("放假", "上班"):
            continue
        try:
            first, last = _dates(match, month, year)
        except ValueError:
            notice.refuse("没有这样的日期：{text}", "There is no such date: {text}", text=match[0])
            continue
        month = last.month
        _check_weekday(first, match[4], notice)
        _check_weekday(last, match[8], notice)
        yield Span(first, last, "off" if word[0] == "放假" else "work")


def _days(span: Span) -> list[date]:
    return [span.first + timedelta(days=i) for i in range((span.last - span.first).days + 1)]


def _check_item(name: str, body: str, spans: list[Span], notice: Notice) -> None:
    off = sum(len(_days(span)) for span in spans if span.kind == "off")
    total = _TOTAL.search(body)
    if not off:
        notice.refuse("“{name}”一条没有读出放假日期", "No days off could be read for {name}", name=name)
    elif total and int(total[1]) != off:
        notice.refuse("“{name}”写的是共{stated}天，读出{off}天",
                      "{name}: the notice says {stated} days, {off} were read", name=name, stated=total[1], off=off)
    for day in (d for span in spans if span.kind == "work" for d in _days(span)):
        if day.weekday() < 5:
            notice.refuse("{day}是{weekday}，不会是调休上班的日子", "{day} is a {weekday} and cannot be a make-up day",
                          day=day.isoformat(), weekday=WEEKDAYS[day.weekday()])


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Each holiday with its part of the text, up to the next holiday."""
    marks = list(_ITEM.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=False):  # without a mark there is nothing to give
        yield mark[1], text[mark.end():end]


def _check_whole(text: str, notice: Notice) -> None:
    names = "".join(name for name, _ in _items(text))
    missing = [name for name in HOLIDAYS if name not in names]
    if len(missing) == len(HOLIDAYS):
        notice.refuse("没有读出任何节日：请粘贴通知全文", "No holiday could be read: paste the whole notice")
    elif missing:
        notice.refuse("缺少：{names}", "Missing: {names}", "incomplete", names="、".join(missing))
    kinds: dict[str, str] = {}
    for row in notice.rows:
        if kinds.setdefault(row["date"], row["kind"]) != row["kind"]:
            notice.refuse("{day}既放假又上班", "{day} is both a day off and a working day", day=row["date"])


def read_notice(text: str, year: int | None = None) -> Notice:
    """Read a notice such as ``一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。``

    The year comes from the heading or from ``year``. Stated weekdays and totals are checked against the
    calendar; a problem with ``confirm`` (a holiday not named) may be passed over by the person who pastes.
    """
    notice, clean = Notice(year), _clean(text)
    notice.year = _year(clean, year, notice)
    if notice.year is None:
        return notice
    source = f"国务院办公厅关于{notice.year}年部分节假日安排的通知"
    for name, body in _items(clean):
        spans = list(_spans(body, notice.year, notice))
        _check_item(name, body, spans, notice)
        notice.rows += [{"date": day.isoformat(), "kind": span.kind, "name": name, "source": source}
                        for span in spans for day in _days(span)]
    _check_whole(clean, notice)
    notice.rows.sort(key=lambda row: row["date"])
    return notice
