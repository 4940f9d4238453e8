"""Working-day arithmetic over a calendar that is passed in.

The trigger day is never counted (Civil Code 201); months and years end on the corresponding day or on the
month's last day (202); a last day on a rest day moves to the first day after the rest days (203). A make-up
Saturday or Sunday is an ordinary working day.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.law import public_holidays

DAY = timedelta(days=1)
WEEKDAYS = (Text("周一", "Mon"), Text("周二", "Tue"), Text("周三", "Wed"), Text("周四", "Thu"), Text("周五", "Fri"),
            Text("周六", "Sat"), Text("周日", "Sun"))
KINDS = ("off", "work", "local", "local_work")
TRACE_DAYS = 60
HOLIDAYS = {
    "元旦": "New Year", "春节": "Spring Festival", "清明节": "Tomb-sweeping Day", "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival", "中秋节": "Mid-autumn Festival", "国庆节": "National Day",
}


@dataclass(frozen=True)
class Calendar:
    """Rest days and make-up working days by date with their names, and the years for which they are known."""

    off: Mapping[date, str] = field(default_factory=dict)
    work: Mapping[date, str] = field(default_factory=dict)
    local: Mapping[date, str] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Calendar:
        """A calendar from rows with ``date`` (ISO), ``kind`` (off, work, local or local_work) and ``name``.

        The county's own days, ``local`` off and ``local_work`` worked, go before the official ones.

        A year is known when its national day stands among the days off, so that a notice that reaches back
        into the old year does not make that year look complete. ValueError on a bad row.
        """
        days: dict[str, dict[date, str]] = {kind: {} for kind in KINDS}
        for row in rows:
            if row["kind"] not in days:
                raise ValueError(f"unknown kind of day: {row['kind']!r}")
            days[row["kind"]][date.fromisoformat(str(row["date"]))] = row.get("name") or ""
        both = days["off"].keys() & days["work"].keys()
        if both:
            raise ValueError(f"both a day off and a working day: {min(both)}")
        years = frozenset(day.year for day in days["off"] if (day.month, day.day) == (10, 1))
        worked = days["local_work"]
        off = {day: name for day, name in days["off"].items() if day not in worked}
        return cls(off, days["work"] | worked, days["local"], years)

    def is_known(self, *days: date) -> bool:
        """Whether every one of these days lies in a year whose calendar is loaded."""
        return all(day.year in self.years for day in days)

    def unannounced(self, day: date) -> str:
        """The holiday that ``day`` is in every year, where the notice of its year is not loaded; else ''."""
        if day.year in self.years or day in self.work:
            return ""
        return public_holidays.days_of(day.year).get(day, "")


def is_rest_day(day: date, calendar: Calendar) -> bool:
    """Whether ``day`` is a weekend or public holiday; in a year not loaded the holidays that every year has."""
    if day in calendar.local or day in calendar.off or calendar.unannounced(day):
        return True
    return day.weekday() >= 5 and day not in calendar.work


def is_workday(day: date, calendar: Calendar) -> bool:
    """Whether ``day`` is a working day."""
    return not is_rest_day(day, calendar)


def add_workdays(day: date, number: int, calendar: Calendar) -> date:
    """The ``number``-th working day after ``day``; ``day`` itself is not counted."""
    if number < 0:
        raise ValueError("working days are counted forwards")
    while number:
        day += DAY
        number -= is_workday(day, calendar)
    return day


def count_workdays(start: date, end: date, calendar: Calendar) -> int:
    """How many working days lie in ``start`` to ``end``, both counted; 0 when ``end`` is earlier."""
    return sum(is_workday(start + DAY * i, calendar) for i in range((end - start).days + 1))


def roll(day: date, calendar: Calendar) -> date:
    """``day``, or the first day after the rest days when it is one (Civil Code 203)."""
    while is_rest_day(day, calendar):
        day += DAY
    return day


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later, or that month's last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_year, next_month = divmod(year * 12 + month + 1, 12)
    last = (date(next_year, next_month + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """The corresponding day ``years`` later; 29 February ends on 28 February of a common year."""
    return add_months(day, 12 * years)


def end_of(day: date, length: int, unit: str, calendar: Calendar) -> date:
    """The last day, before any roll, of a period of ``length`` nat, wd, month or year that ``day`` triggers."""
    if unit == "wd":
        return add_workdays(day, length, calendar)
    if unit == "nat":
        return day + DAY * length
    if unit == "month":
        return add_months(day, length)
    if unit == "year":
        return add_years(day, length)
    raise ValueError(f"unknown unit: {unit!r}")


class Step(NamedTuple):
    """One line of a count: the day, its number in the count (None when it does not count), and why."""

    on: date
    number: int | None
    note: Text


def nature(day: date, calendar: Calendar) -> Text:
    """What kind of day it is in words: weekday, and the holiday, the make-up day or the missing calendar."""
    weekday = WEEKDAYS[day.weekday()]
    for days, zh, en in ((calendar.local, "放假（本地）", "local day off"), (calendar.off, "放假", "day off"),
                         (calendar.work, "调休上班", "make-up working day")):
        if day in days:
            name = days[day]
            english = ", ".join(HOLIDAYS.get(part, part) for part in name.split("、"))
            return Text(f"{weekday.zh}，{name}{zh}", f"{weekday.en}, {en}" + (f" ({english})" if name else ""))
    if name := calendar.unannounced(day):
        return Text(f"{weekday.zh}，{name}放假（尚无通知）",
                    f"{weekday.en}, day off ({HOLIDAYS[name]}, no notice yet)")
    if day.weekday() >= 5:
        return Text(f"{weekday.zh}，休息日", f"{weekday.en}, rest day")
    return weekday


def _join(first: Text, zh: str, en: str) -> Text:
    return Text(f"{first.zh}，{zh}", f"{first.en}, {en}")


def _counted(day: date, length: int, unit: str, calendar: Calendar) -> list[Step]:
    """The days of the count itself, without the trigger day."""
    end = end_of(day, length, unit, calendar)
    if unit in ("month", "year") or (end - day).days > TRACE_DAYS:
        return [Step(end, length if unit == "wd" else None, nature(end, calendar))]
    steps, number = [], 0
    for offset in range(1, (end - day).days + 1):
        one = day + DAY * offset
        counts = unit == "nat" or is_workday(one, calendar)
        number += counts
        steps.append(Step(one, number if counts else None, nature(one, calendar)))
    return steps


def trace(day: date, length: int, unit: str, rolls: bool, calendar: Calendar) -> list[Step]:
    """The count day by day for the eye: trigger day, counted and skipped days, last day, and the roll.

    Months, years and counts above 60 days show only their first and last days.
    """
    steps = [Step(day, 0, _join(nature(day, calendar), "当天不计入", "not counted"))]
    steps += _counted(day, length, unit, calendar)
    last = steps[-1]
    due = roll(last.on, calendar) if rolls else last.on
    word = ("末日，顺延", "last day, moves on") if due != last.on else ("届满", "last day")
    steps[-1] = last._replace(note=_join(last.note, *word))
    for offset in range(1, (due - last.on).days + 1):
        one = last.on + DAY * offset
        word = ("届满", "last day") if one == due else ("顺延", "moves on")
        steps.append(Step(one, None, _join(nature(one, calendar), *word)))
    return steps
