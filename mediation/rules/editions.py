"""Editions of issued papers: what is kept of one, how it is put into words for the store, and what a later one changes.

A paper is kept once for each sight of the numbers on it, since its reprint shows no more than its reader may see.
"""
from __future__ import annotations

import base64
import difflib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

SIGHTS = ("", "phones", "numbers")  # nothing sealed, telephones, identity numbers too
BREAKS = frozenset({"p", "h1", "h2", "h3", "tr", "div", "li", "table", "article"})
CELLS = frozenset({"td", "th"})
EDITION = "edition"  # class of the lines that say which edition a page is


@dataclass(frozen=True)
class Made:
    """A paper on the day of its issue: which one, what it was made from, its page by sight of the numbers."""

    kind: str
    about: str  # 'hearing:7', where a case has several of the kind
    number: str
    facts: Mapping[str, object]
    pages: Mapping[str, str]
    template: str = ""  # the digest of the Word template that it was made from, '' where no file was kept
    wording: str = ""  # whose wording that was: '' the shipped one, else 'wording:7'
    word: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by sight, the parts of the file with words

    def text(self) -> str:
        """For the store: the same for the same content."""
        body = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return base64.b64encode(zlib.compress(body.encode(), 9)).decode()

    def lines(self, sight: str) -> list[str]:
        return lines_of(self.pages[sight])


def read(text: str) -> Made:
    """What ``Made.text`` gave; ValueError or zlib.error for anything else."""
    return Made(**json.loads(zlib.decompress(base64.b64decode(text, validate=True))))


class Change(NamedTuple):
    """Lines that were, and those that stand in their place; '' where there is nothing."""

    was: str
    now: str


@dataclass(frozen=True)
class Edition:
    """What a new edition says of itself and of the one before."""

    number: int
    made: str  # the day, as papers write it
    before: str  # the day of the one before
    changes: tuple[Change, ...]


def changes(before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    """Which lines of a page differ, in their order."""
    found = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "replace" and b - a == d - c:
            found += [Change(was, now) for was, now in zip(before[a:b], after[c:d], strict=True)]
        elif what != "equal":
            found.append(Change("；".join(before[a:b]), "；".join(after[c:d])))
    return tuple(found)


def lines_of(page: str) -> list[str]:
    """The words of a page as a reader sees them, line by line, without what it says of its edition."""
    reader = _Lines()
    reader.feed(page)
    reader.close()
    return [line for line in (" ".join(line.split()) for line in "".join(reader.parts).split("\n")) if line]


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out or (tag == "div" and EDITION in (dict(attrs).get("class") or "").split()):
            self._left_out += tag == "div"
        elif tag in BREAKS:
            self.parts.append("\n")
        elif tag in CELLS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._left_out -= tag == "div"
        elif tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.parts.append(data.replace("\n", " "))
