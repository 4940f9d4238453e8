"""Which body of the mechanism sent a case: matched by its name, never by its kind alone.

The court of another county is a court too. What a letter tells may go back to the body that sent it (law.md 2.1) and to
no other, so without a match nothing is shared and the page asks.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from mediation.rules.language import Problem, Text
from mediation.rules.text_cleaning import fold

NOBODY_YET = "none"  # of what the applicant lets us tell: 先不
UNLISTED = "sender_unlisted"
WHICH = Text("来函的是哪个单位：{known}，请写它的名称；都不是的，照所写的登记，先不给任何单位看",
             "Which body sent it: {known}? Write its name; if none of them, register what is written and show it to "
             "nobody yet")
NONE_LISTED = Text("成员单位里没有登记这一类单位：照所写的登记，先不给任何单位看",
                   "No body of this kind is entered yet: register what is written and show it to nobody yet")


def match(said: str, bodies: Iterable[tuple[int, str, str]]) -> int | None:
    """The id of the one body (id, name, short name) that the words name, or a division of it; None for any other."""
    typed = "".join(fold(said).split())
    rows = [(key, "".join(fold(name).split()), "".join(fold(short).split())) for key, name, short in bodies]
    found = [key for key, name, short in rows if typed and (typed in (name, short) or typed.startswith(name))]
    return found[0] if len(found) == 1 else None


def problems(found: int | None, names: Iterable[str]) -> list[Problem]:
    """What is asked back once where no body was found."""
    if found is not None:
        return []
    known = list(names)
    text = WHICH.fill(known=Text("、".join(known), ", ".join(known))) if known else NONE_LISTED
    return [Problem("source_body", text, UNLISTED)]


def is_withheld(may_tell: Iterable[str]) -> bool:
    """Whether the applicant wants nobody told yet."""
    return NOBODY_YET in may_tell


def body_kind(kind: str, sent_by: Mapping[str, tuple[str, ...]]) -> str:
    """The kind of body that alone can send a letter of this kind; '' where any body can."""
    return next((body for body, kinds in sent_by.items() if kind in kinds), "")
