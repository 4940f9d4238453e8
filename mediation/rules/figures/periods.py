"""Periods of reports and exports: a year, a quarter, a month, the union's own year, or two days.

The union's year runs from 1 October to 30 September and is named after the year in which it ends
(``union-2026`` is 2025-10-01 to 2026-09-30; decisions.md, Figures).
"""
from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from mediation.rules.language import Text
from mediation.rules.text_cleaning import Unreadable, narrow

NO_PERIOD = Text("看不懂这个期间，可以写 2026年、2026年第三季度、2026年3月 或 2026工会年度（也可写 2026Q3、2026-03、union-2026）",
                 "This period cannot be read; write 2026, 2026Q3, 2026-03 or union-2026 (the union's year)")
BACKWARDS = Text("期间的结束（{last}）早于开始（{first}）", "The period ends ({last}) before it starts ({first})")
EARLIEST, LATEST = 1950, 2199


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both included; None where the period is open at that end.

    ``code`` is how the period is typed and stands in addresses, ``label`` how a heading shows it.
    """

    first: date | None
    last: date | None
    label: Text
    code: str

    def holds(self, day: date | None) -> bool:
        """Whether a day lies within; a day not known lies within no period."""
        return day is not None and (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


_FORMS = re.compile(r"(?P<union>union-)?(?P<year>[0-9]{4})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?",
                    re.IGNORECASE)
# As people write and say them: 2026年度, 2026年10月份, 2026.10, 2026年第三季度, 2026年上半年, 2026工会年度.
_SPOKEN = re.compile(r"(?P<year>[0-9]{4})(?:年度?|年?(?P<union>工会年度)|年?(?:第?(?P<quarter>[1-4一二三四])季度?|Q(?P<q>[1-4]))"
                     r"|年(?P<half>[上下])半年|(?:年|[./-])(?P<month>0?[1-9]|1[0-2])(?:月份?)?)", re.IGNORECASE)
_QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4"}


def read_period(text: str) -> Span:
    """The period that a person typed: ``2025``, ``2026Q3``, ``2026-03`` or ``union-2026``, or in words: 2026年10月.

    Raises ``Unreadable`` for anything else.
    """
    typed = "".join(narrow(text).split())
    if spoken := _SPOKEN.fullmatch(typed):
        return _read_spoken(spoken)
    found = _FORMS.fullmatch(typed)
    if not found or not EARLIEST <= int(found["year"]) <= LATEST:
        raise Unreadable(NO_PERIOD)
    year, quarter, month = int(found["year"]), found["quarter"], found["month"]
    if found["union"]:
        if quarter or month:
            raise Unreadable(NO_PERIOD)
        return union_year(year)
    if quarter:
        return quarter_of(year, int(quarter))
    return month_of(year, int(month)) if month else whole_year(year)


def _read_spoken(found: re.Match[str]) -> Span:
    year, quarter, month = int(found["year"]), found["quarter"] or found["q"], found["month"]
    if not EARLIEST <= year <= LATEST:
        raise Unreadable(NO_PERIOD)
    if found["half"]:
        first, last = (1, 6) if found["half"] == "上" else (7, 12)
        return _half(year, first, last)
    if quarter:
        return quarter_of(year, int(_QUARTERS.get(quarter, quarter)))
    if month:
        return month_of(year, int(month))
    return union_year(year) if found["union"] else whole_year(year)


def _half(year: int, first: int, last: int) -> Span:
    begin, end = date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    which = Text("上半年", "First half") if first == 1 else Text("下半年", "Second half")
    return Span(begin, end, Text(f"{year}年{which.zh}", f"{which.en} of {year}"),
                f"{begin.isoformat()}..{end.isoformat()}")


def whole_year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31), Text(f"{year}年", f"{year}"), f"{year}")


def union_year(year: int) -> Span:
    """The union's year that ends in ``year``."""
    return Span(date(year - 1, 10, 1), date(year, 9, 30),
                Text(f"{year}工会年度（{year - 1}年10月至{year}年9月）",
                     f"Union year {year} (October {year - 1} to September {year})"), f"union-{year}")


def quarter_of(year: int, quarter: int) -> Span:
    month = 3 * quarter
    return Span(date(year, month - 2, 1), date(year, month, calendar.monthrange(year, month)[1]),
                Text(f"{year}年第{quarter}季度", f"Quarter {quarter} of {year}"), f"{year}Q{quarter}")


def month_of(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]),
                Text(f"{year}年{month}月", f"{calendar.month_name[month]} {year}"), f"{year}-{month:02d}")


def between(first: date | None, last: date | None) -> Span | None:
    """The period of two days, either of which may be open; None when both are.

    Raises ``Unreadable`` when it ends before it starts.
    """
    if first is None and last is None:
        return None
    if first is not None and last is not None and last < first:
        raise Unreadable(BACKWARDS.fill(first=first.isoformat(), last=last.isoformat()))
    begin, end = first.isoformat() if first else "", last.isoformat() if last else ""
    zh = f"{begin}至{end}" if begin and end else f"{begin}起" if begin else f"截至{end}"
    en = f"{begin} to {end}" if begin and end else f"from {begin}" if begin else f"until {end}"
    return Span(first, last, Text(zh, en), f"{begin}..{end}")

