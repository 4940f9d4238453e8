"""The volume of a case: the order of what is bound in it, and the lines of its index (law.md 5, volume order).

People's mediation names thirteen places; what it does not name stands behind them, with the note on the volume. A union
keeps the same order and lets a paper of its own stand where its step stands.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.papers.catalogue import PAPERS, Line, Paper, reason_for

MADE_HERE = frozenset({"cover", "index", "back"})  # leaves that the binding itself makes
PEOPLES = "B"  # the channel of people's mediation
BEHIND = 12.5  # behind the named places, before the back
BY_STEP = {"register": 4.5, "accept": 4.7, "mediate": 6.5, "agree": 8.3, "stop": 8.6, "after": 11.5, "close": BEHIND,
           "supervise": BEHIND}
# What a file is in the volume where nobody has said so, by the entry it stands beside.
BY_ENTRY = {"payment": "money_receipt", "signature": "agreement", "session": "record", "party": "identity"}
OTHERWISE, FROM_A_BODY = "evidence", "letter"
ORDER = {key: n for n, key in enumerate(PAPERS)}
LACKING = Text("缺", "missing")
ON_PAPER = Text("纸质", "on paper")
UNSIGNED = Text("签字件没有扫描，按留存件排版", "no scan of the signed one; laid out from the kept one")


class Filed(NamedTuple):
    """Something that lies in the volume: a file of the case, or a paper as it was issued."""

    key: int
    kind: str  # of the catalogue
    name: str
    pages: int | None = None  # None: it does not become pages
    label: str = ""  # which of several papers of the kind: 第2次
    seq: int | None = None  # its place among its like, where it was moved
    fault: Text | None = None  # why it does not become pages
    is_issued: bool = False


class Item(NamedTuple):
    """A line of the index: a paper with what lies there, and the numbers of its pages."""

    paper: Paper
    need: str  # must or ''
    files: tuple[Filed, ...]
    is_there: bool  # by a file, or by what the rows of the case tell
    first: int = 0
    last: int = 0
    why: str = ""  # it is missing, where that was said for it alone

    @property
    def title(self) -> Text:
        label, title = self.files[0].label if self.files else "", self.paper.title
        return Text(f"{title.zh}（{label}）", f"{title.en} ({label})") if label else title

    @property
    def pages(self) -> str:
        """3, 3-7, or '' where nothing is bound."""
        return "" if not self.first else str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def is_open(self) -> bool:
        """Whether how many pages there are is known only when the volume is bound."""
        return any(file.is_issued and file.pages is None and file.fault is None for file in self.files)

    @property
    def is_missing(self) -> bool:
        return self.need == "must" and not self.is_there

    @property
    def remark(self) -> Text:
        """必须 or 按需; and where no page says it, what is there instead."""
        said = Text("必须", "must") if self.need == "must" else Text("按需", "if any")
        if self.is_missing:
            return Text(f"{LACKING.zh}：{self.why}", f"{LACKING.en}: {self.why}") if self.why else LACKING
        if not self.first:
            return Text(f"{said.zh}，{self._instead.zh}", f"{said.en}, {self._instead.en}")
        if any(file.is_issued and file.pages for file in self.files):
            return Text(f"{said.zh}，{UNSIGNED.zh}", f"{said.en}, {UNSIGNED.en}")
        return said

    @property
    def _instead(self) -> Text:
        reasons = [file.fault or Text("不能装订", "not bound") for file in self.files]
        if not reasons:
            return ON_PAPER
        named = [f"{file.name}：{reason.zh}" for file, reason in zip(self.files, reasons, strict=True)]
        return Text("附件另存（" + "；".join(named) + "）", "kept as files (" + "; ".join(
            f"{file.name}: {reason.en}" for file, reason in zip(self.files, reasons, strict=True)) + ")")


def kind_of(said: str, about_kind: str, paper_kind: str, is_from_body: bool) -> str:
    """What a file is: as somebody said, else by the entry it stands beside or the body it came from."""
    if said in PAPERS:
        return said
    found = paper_kind if about_kind == "paper" else BY_ENTRY.get(about_kind, "")
    return found if found in PAPERS else FROM_A_BODY if is_from_body else OTHERWISE


def place_of(paper: Paper, channel: str) -> float:
    """Where a paper stands in the volumes of a channel."""
    return paper.place or (BEHIND if channel == PEOPLES else BY_STEP[paper.step])


def sorted_files(files: Sequence[Filed]) -> list[Filed]:
    """The files of one kind and label in their order: as moved, else as they came."""
    return sorted(files, key=lambda file: (file.seq is None, file.seq or 0, not file.is_issued, file.key))


def without_scan(issued: Sequence[Filed], scanned: Collection[tuple[str, str]], about: Mapping[int, str]
                 ) -> list[Filed]:
    """The issued papers for which no file stands. ``scanned``: kind and which of several papers each file is a scan of,
    '' where it may be all of them; ``about``: which of several each issued one is, by its key."""
    return [file for file in issued if not {(file.kind, ""), (file.kind, about[file.key])} & set(scanned)]


def index(lines: Sequence[Line], files: Sequence[Filed], channel: str, explained: str = "") -> list[Item]:
    """The lines of the index in their order, pages numbered from 1: what lies there, and what must. Behind a paper
    whose pages are counted when it is bound there are no numbers yet. ``explained``: why some are missing."""
    known = {line.paper.key: line for line in lines}
    papers = [PAPERS[key] for key in sorted(
        {*(key for key, line in known.items() if line.need == "must" or line.found), *(file.kind for file in files)}
        - MADE_HERE, key=lambda key: (place_of(PAPERS[key], channel), ORDER[key]))]
    found: list[Item] = []
    for paper in papers:
        line = known.get(paper.key)
        need = "must" if line is not None and line.need == "must" else ""
        own = sorted((file for file in files if file.kind == paper.key), key=lambda file: _number(file.label))
        for _label, group in groupby(own, key=lambda file: file.label):
            found.append(Item(paper, need, tuple(sorted_files(list(group))), True))
        if not own and line is not None:
            found.append(Item(paper, need, (), line.state != "missing", why=reason_for(paper.title, explained)))
    return _numbered(found)


def _number(label: str) -> tuple[int, str]:
    """第10次 behind 第9次."""
    digits = "".join(sign for sign in label if sign.isdecimal())
    return int(digits or 0), label


def _numbered(items: Sequence[Item]) -> list[Item]:
    made: list[Item] = []
    last = 0
    for n, item in enumerate(items):
        if item.is_open:
            return [*made, *items[n:]]
        pages = sum(file.pages or 0 for file in item.files)
        made.append(item._replace(first=last + 1, last=last + pages) if pages else item)
        last += pages
    return made


def total(items: Sequence[Item]) -> int:
    """How many pages carry a number."""
    return max((item.last for item in items), default=0)


def missing(items: Sequence[Item]) -> list[Text]:
    """The papers that must lie in the volume and do not."""
    return [item.title for item in items if item.is_missing]


def moved(files: Sequence[Filed], key: int, by: int) -> list[int] | None:
    """The keys of files in their new order, after one went up (-1) or down (+1); None where it stands at the end."""
    keys = [file.key for file in sorted_files(files) if not file.is_issued]
    at = keys.index(key) if key in keys else -1
    to = at + by
    if at < 0 or not 0 <= to < len(keys):
        return None
    keys[at], keys[to] = keys[to], keys[at]
    return keys


@dataclass(frozen=True)
class Volume:
    """The index of a case with its pages, and why something is missing, where that was said at archiving."""

    items: list[Item]
    explained: str = ""

    @property
    def pages(self) -> int:
        return total(self.items)

    @property
    def is_open(self) -> bool:
        """Whether its pages are counted only when it is bound."""
        return any(item.is_open for item in self.items)

    @property
    def missing(self) -> list[Text]:
        return missing(self.items)
