"""Where the words of a search stand in a case, for lists of what was found: a piece of its indexed text.

It is asked only of cases that a list shows already, so what may not be seen is not looked into; bodies outside, who
find by numbers alone, are shown nothing.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select

from mediation.models import SearchText
from mediation.queries.cases import search_index
from mediation.queries.cases.listed import Listed
from mediation.queries.prepared import Prepared
from mediation.rules.access import Actor

AROUND = 12  # signs shown before and behind


class Hit(NamedTuple):
    """A word where it stands, with what is around it."""

    before: str
    word: str
    after: str


@cache
def _texts() -> Prepared:
    text = SearchText.__table__.c
    return Prepared(select(text.case_id, text.body).where(text.case_id.in_(bindparam("ids", expanding=True))))


def of_rows(rows: Iterable[Listed], words: Sequence[str], actor: Actor) -> dict[str, Hit]:
    """By register number the first word of each case that its line in the list does not show already."""
    if not words or actor.role == "liaison":
        return {}
    rows = list(rows)
    shown = {row.id: search_index.plain(f"{row.number} {row.title} {row.respondent_title}") for row in rows}
    plain = [word for said in words if (word := search_index.plain(said)[:search_index.LONGEST_WORD])]
    asked = {key: left for key, line in shown.items() if (left := [word for word in plain if word not in line])}
    if not asked:
        return {}
    found, numbers = {}, {row.id: row.number for row in rows}
    for key, body in _texts().run(actor, ids=list(asked)):
        hit = next((hit for word in asked[key] if (hit := _in_lines(word, body.split("\n"))) is not None), None)
        if hit is not None:
            found[numbers[key]] = hit
    return found


def _in_lines(word: str, lines: Iterable[str]) -> Hit | None:
    """Sounds, which are letters alone, say nothing to a reader."""
    for line in lines:
        at = line.find(word)
        if at >= 0 and not (line.isascii() and line.isalpha()):
            first, end = max(at - AROUND, 0), at + len(word)
            return Hit("…" * (first > 0) + line[first:at], line[at:end],
                       line[end:end + AROUND] + "…" * (len(line) > end + AROUND))
    return None
