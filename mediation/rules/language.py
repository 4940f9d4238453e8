"""Sentences in two languages, and the shape in which a rule says no."""
from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the screen; placeholders as in ``str.format``."""

    zh: str
    en: str

    def say(self, language: str, **values: object) -> str:
        """The sentence in ``language`` ('zh' or 'en'), with Text values said in the same language."""
        template = self.en if language == "en" else self.zh
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


def vocabulary(*words: Word) -> dict[str, Word]:
    """A vocabulary by code, in the order given; repeated codes are an error."""
    table = {word.code: word for word in words}
    if len(table) != len(words):
        raise ValueError("a code stands twice")
    return table
