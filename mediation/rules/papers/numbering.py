"""Numbers of papers: {机构}{文种}〔{年}〕{序号}号, counted by kind, union and year (practice.md 3).

A number is drawn when a paper is first issued, in the same transaction, so that none is lost with an issue that came to
nothing; a spoiled paper keeps its number, with the reason. Agreements and cases have series of their own, which came
first (services/numbers.py); papers that the parties make carry no number of ours.
"""
from __future__ import annotations

from string import Formatter

from mediation.rules.language import Problem, Text

# Kind of paper -> the word of its series.
SERIES: dict[str, str] = {"acceptance": "受", "declined": "不受", "termination": "终", "referral": "转",
                          "meeting_notice": "通", "suggestion": "建", "reply_letter": "复"}
PREFIX = "paper-"  # of the name of a series that counts papers
FIELDS = frozenset({"short", "word", "year", "n"})
MUST = frozenset({"word", "year", "n"})
UNISSUED = "（未出具，未编号）"  # in the place of the number until the paper is issued
UNFIT = Text("要有{w}、{y}和{n}，如 乌中工调{w}〔{y}〕{n}号", "It needs {w}, {y} and {n}, as in X{w}〔{y}〕{n}").fill(
    w="{word}", y="{year}", n="{n}")
NO_REASON = Text("请写为什么作废", "Say why it is spoiled")
SPOILED = Text("这一份已经作废了", "This one is spoiled already")


def series(kind: str) -> str:
    """The name of the series that counts a kind."""
    return PREFIX + kind


def form_of(own: str, of_cases: str) -> str:
    """The form in which a union's papers are numbered: its own, else that of its cases with the word of the kind."""
    return own or of_cases.replace("〔", "{word}〔", 1)


def say(form: str, short: str, kind: str, year: int, n: int) -> str:
    """The number as it is printed."""
    return form.format(short=short, word=SERIES[kind], year=year, n=n)


def form_problems(form: str) -> list[Problem]:
    """A form holds word, year and number, and nothing that cannot be filled in; none of its own is no problem."""
    try:
        names = [name for _text, name, _form, _kind in Formatter().parse(form) if name is not None]
        form.format(short="", word="", year=2026, n=1)
    except (ValueError, KeyError, IndexError, AttributeError):
        names = []
    return [] if not form or MUST <= set(names) <= FIELDS else [Problem("paper_form", UNFIT)]


def spoil_problems(is_spoiled: bool, reason: str) -> list[Problem]:
    """What stands against marking an issued paper as spoiled."""
    if is_spoiled:
        return [Problem("", SPOILED)]
    return [] if reason else [Problem("note", NO_REASON)]
