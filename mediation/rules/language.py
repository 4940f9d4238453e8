"""Sentences in two languages, and the shape in which a rule says no."""
from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the screen; placeholders as in ``str.format``."""

    zh: str
    en: str

    def say(self, language: str, **values: object) -> str:
        """The sentence in ``language`` ('zh' or 'en'), with Text values said in the same language."""
        template = self.en if language == "en" else self.zh
        if UNIT.get() is not None:
            template = in_unit(template, language)
        if not values:
            return template
        return template.format(**{k: v.say(language) if isinstance(v, (Text, Word)) else v for k, v in values.items()})

    def fill(self, **values: object) -> Text:
        """Both sentences with their placeholders filled in."""
        return Text(self.say("zh", **values), self.say("en", **values))


class Word(NamedTuple):
    """A row of a vocabulary: the stored code and its words on the screen."""

    code: str
    zh: str
    en: str

    def say(self, language: str) -> str:
        return self.en if language == "en" else self.zh


# The currency that stands in the place of 元 in what is said of a case or a station; None is the yuan.
UNIT: ContextVar[Word | None] = ContextVar("unit", default=None)
# 元 as a unit in a phrase of ours: behind a placeholder, or as what a heading or a box is in. Sums that a law names
# (5,000元) and words of people (their own sums, put into placeholders) are not meant.
_YUAN = {"zh": re.compile(r"(?<=[}s])元|(?<=[}s] )元|(?<=[（(：])元(?=[）)。]|$)|^元$|(?<=以)元(?=计)"),
         "en": re.compile(r"(?<=[}s] )yuan|(?<=\()yuan(?=\))|^[Yy]uan\b|(?<=in )yuan\b|(?<=^In )yuan\b")}


def in_unit(template: str, language: str) -> str:
    """A phrase, before its placeholders are filled, with the word of the currency at hand in the place of 元."""
    unit = UNIT.get()
    return template if unit is None else _in_unit(template, "en" if language == "en" else "zh", unit)


@cache  # as many as there are phrases with sums, in each currency that is used
def _in_unit(template: str, language: str, unit: Word) -> str:
    return _YUAN[language].sub(unit.say(language), template)


class Problem(NamedTuple):
    """Why something cannot be done: the field it belongs to ('' for the whole) and the sentence.

    ``confirm`` names the tick with which the writer may go on after being asked back once;
    an empty string means that there is no way around.
    """

    field: str
    text: Text
    confirm: str = ""


class Refused(Exception):
    """Raised by services with all problems at once; nothing has been changed.

    ``move`` names the move of a chain that was refused; '' for a single act.
    """

    def __init__(self, problems: Iterable[Problem], move: str = ""):
        self.problems = list(problems)
        self.move = move
        super().__init__("; ".join(p.text.zh for p in self.problems))


class Guessed(Refused):
    """A refusal that leaves something behind, which whoever answers has to commit: a wrong password is counted, one
    reveal too many is on record."""


def vocabulary(*words: Word) -> dict[str, Word]:
    """A vocabulary by code, in the order given; repeated codes are an error."""
    table = {word.code: word for word in words}
    if len(table) != len(words):
        raise ValueError("a code stands twice")
    return table
