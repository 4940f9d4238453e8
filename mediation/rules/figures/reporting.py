"""Periods of reports as people name them, and the units of their figures; pure (decisions.md, Figures)."""
from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from mediation.rules.figures import periods
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.text_cleaning import Unreadable, narrow

FORMS = Text("2026年、2026年第三季度、2026年3月、2026工会年度，或 2026-03-01至2026-03-31",
             "2025, 2026Q3, 2026-03, union-2026 (the union's year), or 2026-03-01..2026-03-31")
ALL_TIME = Span(None, None, Text("不限期间，没有日期的也计入", "all time, undated ones too"), "")
DAYS = re.compile(r"(\d{4}-\d\d-\d\d)?(?:\.\.|[至到~])(\d{4}-\d\d-\d\d)?")


# The labels of ``named``, as they stand in a field that an address filled, back to what is read.
_LABELS = tuple((re.compile(form, re.IGNORECASE), code) for form, code in (
    (r"Quarter([1-4])of([0-9]{4})", r"\2Q\1"), (r"Firsthalfof([0-9]{4})", r"\1年上半年"),
    (r"Secondhalfof([0-9]{4})", r"\1年下半年"), (r"Unionyear([0-9]{4})", r"union-\1"),
    (r"from([0-9-]{10})|([0-9-]{10})起", r"\1\2.."), (r"(?:until|截至)([0-9-]{10})", r"..\1"),
    (r"([0-9-]{10})to([0-9-]{10})", r"\1..\2"),
    *((rf"{name}([0-9]{{4}})", rf"\1-{n:02d}") for n, name in enumerate(calendar.month_name) if n)))


def _plain(text: str) -> str:
    for form, code in _LABELS:
        if found := form.fullmatch(text):
            return found.expand(code)
    return text


def read_period(said: str) -> Span:
    """The period that a person or a script names: '' is all time, two days stand as A..B, else as in periods.py.

    What ``named`` writes is read too.

    Raises Refused with the forms that are valid.
    """
    text = _plain("".join(narrow(said).split()))
    days = DAYS.fullmatch(text)
    try:
        if days:
            return periods.between(*(date.fromisoformat(part) if part else None for part in days.groups())) or ALL_TIME
        return periods.read_period(text) if text else ALL_TIME
    except Unreadable as problem:
        raise Refused([Problem("period", problem.text)]) from problem
    except ValueError as problem:
        raise Refused([Problem("period", periods.NO_PERIOD)]) from problem


def named(code: str) -> Text:
    """A period, kept or offered by its code, as people write it: 2026Q3 is 2026年第3季度. What is no code stays."""
    try:
        label = read_period(code).label
    except Refused:
        return Text(code, code)
    return Text(label.zh.partition("（")[0], label.en.partition(" (")[0])  # the months of a union year are known


def is_all(span: Span) -> bool:
    """Whether a period leaves nothing out, so that undated rows count too."""
    return span.first is None and span.last is None


def after(day: date) -> Span:
    """Everything after a day."""
    return Span(day + timedelta(1), None, Text("", ""), "")


def since(day: date, last: date) -> Span:
    """From a day on, as an address writes it: A.."""
    return Span(day, last, Text("", ""), f"{day.isoformat()}..")


def last_monday(today: date) -> date:
    """The Monday before ``today``: on a Monday that of the week before."""
    return today - timedelta(today.weekday() or 7)


def rate(numerator: int, denominator: int) -> str | None:
    """Per cent with two decimals, halves up; None where there is nothing to divide by."""
    if denominator == 0:
        return None
    hundredths = (20000 * numerator + denominator) // (2 * denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


UNITS = {"case": Text("件", "cases"), "person": Text("人", "persons"), "fen": Text("元", "yuan"), "%": Text("%", "%")}
