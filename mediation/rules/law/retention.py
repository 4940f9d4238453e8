"""How long a closed case is kept, and when its destruction may first be proposed (law.md 5, retention)."""
from __future__ import annotations

from datetime import date
from typing import NamedTuple

from mediation.rules.language import Problem, Text
from mediation.rules.law.laws import cite


class Retention(NamedTuple):
    """A class of retention; ``years`` None means for ever."""

    code: str
    zh: str
    en: str
    years: int | None
    cites: str
    confidence: str

    def say(self, language: str) -> str:
        """The class on the screen."""
        return self.en if language == "en" else self.zh


DEFAULT_CLASS = "ten"
LEAST_YEARS = 5  # R33 24, an arbitration rule used by analogy
LEAST_YEARS_AWARD = 10
_RETENTIONS = (
    Retention("permanent", "永久", "For ever", None, "HR", "M"),
    Retention("thirty", "30年", "30 years", 30, "HR", "M"),
    Retention("ten", "10年", "10 years", 10, "HR", "M"),
    Retention("five", "5年", "5 years", 5, "R33 24", "M"),
)
TOO_SHORT = Text("保管期限不得少于{least}年（{article}）", "It must be kept for at least {least} years ({article})")
RETENTIONS = {row.code: row for row in _RETENTIONS}


def count_from(closed_on: date) -> date:
    """The first day of keeping: 1 January of the year after closing."""
    return date(closed_on.year + 1, 1, 1)


def destruction_from(closed_on: date, retention: str = DEFAULT_CLASS) -> date | None:
    """The first day on which destruction may be proposed; None for ever. Nothing is destroyed by itself."""
    years = RETENTIONS[retention].years
    return None if years is None else count_from(closed_on).replace(year=closed_on.year + 1 + years)


def keeping(closed_on: date, retention: str) -> Text:
    """How long a closed file is kept and from when its destruction may be proposed, in words."""
    row = RETENTIONS.get(retention) or RETENTIONS[DEFAULT_CLASS]
    first = destruction_from(closed_on, row.code)
    if first is None:
        return Text("永久保管，不销毁", "kept for ever")
    return Text("保管{years}，{first}之前不能提出销毁", "kept for {years}; destruction not before {first}").fill(
        years=Text(row.zh, row.en), first=first)


def retention_problems(retention: str, has_award: bool = False) -> list[Problem]:
    """Why a class may not be chosen: below 5 years, or below 10 where arbitration made an award (R33 24)."""
    if retention not in RETENTIONS:
        return [Problem("retention", Text("没有这个保管期限", "There is no such class of retention"))]
    years, least = RETENTIONS[retention].years, LEAST_YEARS_AWARD if has_award else LEAST_YEARS
    if years is None or years >= least:
        return []
    return [Problem("retention", TOO_SHORT.fill(least=least, article=cite("R33 24")))]
