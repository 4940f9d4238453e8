"""一函两书: the order of the union's supervision letters, and by when each is to be answered.

Reminder, opinion and recommendation follow each other (notice of the Supreme Procuratorate and the federation of
unions, February 2024). Periods of reply are set locally; one local rule gives 15 working days, Inner Mongolia none that
could be found, so they are shown as unchecked and may be changed for a letter with a reason.
"""
from __future__ import annotations

from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.workdays import Calendar, add_workdays

SOURCE = Text("高检院、全国总工会2024年2月通知；答复期限依当地规定",
              "Notice of the Supreme Procuratorate and the federation of unions, February 2024; periods by local rule")


class Kind(NamedTuple):
    """A kind of letter: reply in working days (None: nobody has to answer), what it follows, its number's form."""

    key: str
    workdays: int | None
    after: str
    form: str
    needs_supervisors: bool
    confidence: str


KINDS: dict[str, Kind] = {kind.key: kind for kind in (
    Kind("reminder", None, "", "{short}工监提〔{year}〕{n}号", False, "H"),
    Kind("opinion", 15, "reminder", "{short}工监意〔{year}〕{n}号", True, "L"),
    Kind("recommendation", 15, "opinion", "{short}工监建〔{year}〕{n}号", True, "L"),
)}


def due_on(kind: str, sent_on: date, calendar: Calendar) -> date | None:
    """The day by which the letter is to be answered."""
    days = KINDS[kind].workdays if kind in KINDS else None
    return add_workdays(sent_on, days, calendar) if days is not None else None


def number(kind: str, short_name: str, year: int, n: int) -> str:
    """The printed number, gapless per kind and year."""
    return KINDS[kind].form.format(short=short_name, year=year, n=n)


def order_problems(kind: str, before: str | None) -> list[Problem]:
    """Why a letter of this kind does not follow one of kind ``before`` (None: it stands first)."""
    row = KINDS.get(kind)
    if row is None:
        return [Problem("kind", Text("请选提示函、意见书或建议书", "Choose reminder, opinion or recommendation"))]
    if before is not None and row.after != before:
        return [Problem("kind", Text("次序是提示函、意见书、建议书", "The order is reminder, opinion, recommendation"))]
    if kind == "recommendation" and before is None:
        return [Problem("kind", Text("建议书要写明已发的意见书，请从那份意见书接着发",
                                     "A recommendation follows an opinion that was sent; continue from that one"))]
    return []
