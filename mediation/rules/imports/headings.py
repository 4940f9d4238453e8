"""Where the headings of a table are, over which columns, and what a row is that is no case.

Nothing is left out without a word: titles, groups, totals, notes, signatures, blank and repeated rows all get a kind.
The kinds are those of workers' lists (rules/people/list_lines.py).
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice

from mediation.rules.imports import fields
from mediation.rules.imports.sheet import Merge, Row, Table
from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.people import list_headings, list_lines
from mediation.rules.people.list_lines import Line
from mediation.rules.text_cleaning import narrow

CASE = "case"
_CODES = {"head": "heading", "part": "subtotal", "sign": "signature", "remark": "note", "empty": "blank"}
KINDS = vocabulary(
    Word(CASE, "案件", "case"), *(word._replace(code=_CODES.get(code, code)) for code, word in list_lines.KINDS.items()),
    Word("repeated", "重复的表头", "headings again"),
)
BESIDE = ("说明", "可以填的词")  # of an exported workbook, of the empty one to begin with
LOOKED_AT = 40  # rows from the top among which headings are looked for
MOST_LEVELS = list_headings.MOST_HEADING_ROWS
MOST_BLANKS = 20
TWO_HEADINGS = Text("有几处像表头：第{rows}行。请选按哪一行读（现在显示的是第{used}行）；用命令导入时在对应表里写 heading",
                    "Several places look like headings: rows {rows}. Choose the one to read by (row {used} is shown); "
                    "for the command write heading into the mapping")
A_LIST = Text("这像是名单或工资表（一行一人）。按登记册导入会一人一件；同一件的名单请到那件案件里“名单”处上传",
              "This looks like a list of workers, one to a row. As a register each becomes a case; bring the list of "
              "one case into that case")
NO_HEADING = Text("没有找到表头。请在第一行写明各列是什么，或者逐列选择",
                  "No headings were found. Name the columns in the first row, or choose them one by one")


@dataclass(frozen=True)
class Column:
    """One column: its place from 0, the words of its headings from the top down, the unit that they name."""

    place: int
    path: tuple[str, ...]
    unit: str = ""

    @property
    def label(self) -> str:
        """The headings in one: 基本工资 / 天数."""
        return " / ".join(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """Under which its field is looked for, the narrowest first: 申请人电话, 电话."""
        leaf, above = (self.path or ("",))[-1], self.path[:-1]
        return (*(f"{word}{leaf}" for word in reversed(above)), leaf)


@dataclass(frozen=True)
class Left:
    """A row that is no case: its number, a code of ``KINDS``, its words."""

    row: int
    kind: str
    words: str


@dataclass(frozen=True)
class Layout:
    """How a table is built. ``heading``: the numbers of its rows, () where there are none; ``data_from`` the first row
    after them; ``candidates`` and ``question`` where two places look like headings; ``year`` that the title names.
    """

    table: str
    heading: tuple[int, ...]
    columns: tuple[Column, ...]
    data_from: int
    above: tuple[Left, ...] = ()
    candidates: tuple[tuple[int, ...], ...] = ()
    question: Text | None = None
    year: int | None = None

    @cached_property
    def words(self) -> dict[int, str]:
        """The last level of the headings by place, as they are compared."""
        return {column.place: fields.plain(column.path[-1]) for column in self.columns if column.path}

    @cached_property
    def serial(self) -> frozenset[int]:
        """The places of serial numbers."""
        return frozenset(place for place, word in self.words.items() if list_headings.role_of(word) == "serial")

    @property
    def is_beside(self) -> bool:
        """Whether it is the sheet of explanations in a workbook of ours, beside the sheet of cases."""
        return self.table in BESIDE and len(self.columns) < 4

    @property
    def is_list(self) -> bool:
        """Whether it is a list of workers, one to a row, rather than a register of cases."""
        roles = {list_headings.role_of(column.path[-1]) for column in self.columns if column.path}
        keys = {fields.find(column.names) for column in self.columns}
        return "name" in roles and bool(roles & {*list_headings.MONEY, "days", "month"}) and not keys & {
            "respondent", "both", "main_head", "outcome", "received_on", "accepted_on", "narrative"}


def find(table: Table, chosen: tuple[int, ...] = (), extra: Mapping[str, str] | None = None) -> Layout:
    """The layout of a table from its first rows. ``chosen``: the numbers of the heading rows, where somebody has said
    so; ``extra``: headings that the office has added."""
    rows = [row for row in islice(table.rows, LOOKED_AT + MOST_BLANKS) if row.values][:LOOKED_AT]
    blocks = [block for block in _blocks(rows, table.merged, extra or {}) if block]
    best = max(blocks, key=lambda block: _score(block, table.merged, extra or {}), default=())
    others = _rivals(best, blocks, table.merged, extra or {})
    places = sorted(tuple(row.number for row in block) for block in [best, *others]) if others else []
    if chosen:
        best = tuple(row for row in rows if row.number in chosen) or best
    numbers = tuple(row.number for row in best)
    above = [row for row in rows if not best or row.number < best[0].number] if best else []
    year, unit = _told_above(table.name, above)
    question = None
    if not best:
        question = NO_HEADING
    elif others and not chosen:
        first = [str(rows[0]) for rows in places]
        listed = Text("、".join(first), ", ".join(first))
        question = TWO_HEADINGS.fill(rows=listed, used=best[0].number)
    if table.name in BESIDE:
        question = None
    columns = _columns(best, table.merged, unit) if best else _bare_columns(rows)
    layout = Layout(table.name, numbers, columns, numbers[-1] + 1 if numbers else 1, year=year, question=question,
                    candidates=tuple(places))
    if layout.is_list and question is None:
        layout = replace(layout, question=A_LIST)
    left = tuple(Left(row.number, _kind_above(row), _words(row)) for row in above)
    return replace(layout, above=left)


# Which rows are headings ------------------------------------------------------------------------------------------

_DIGITS = re.compile(r"[0-9]")
_MONTH = re.compile(r"(?:[0-9]{4}年)?[0-9]{1,2}月份?.{0,4}|[0-9]{1,2}级?|.{0,6}[一二三四五六0-9]")


def _said(row: Row) -> dict[int, str]:
    """The texts of a row by place, without blanks inside them."""
    return {place: said for place, text in enumerate(row.texts()) if (said := re.sub(r"\s+", " ", text).strip())}


def _is_word(value: object, said: str) -> bool:
    """Whether a cell may be a heading: words, not too many, no day, sum or number."""
    if not isinstance(value, str) or len(said) > 40:
        return False
    bare = fields.bare(said)
    if re.search("[:：].", narrow(said)) and not re.search("[(（]", said):
        return False  # 单位名称：…
    return not _DIGITS.search(bare) or bool(_MONTH.fullmatch(bare)) or bool(fields.find([said]))


def _may_be_heading(row: Row) -> bool:
    said = _said(row)
    return len(said) > 1 and all(_is_word(row.values[place], text) for place, text in said.items())


def _known(said: str, extra: Mapping[str, str]) -> bool:
    return bool(fields.find([said], extra) or list_headings.role_of(said))


def _blocks(rows: Sequence[Row], merged: Sequence[Merge], extra: Mapping[str, str]) -> list[tuple[Row, ...]]:
    """Rows that may be headings, together with those above or below that belong to them."""
    found: list[tuple[Row, ...]] = []
    at = 0
    while at < len(rows):
        if not _may_be_heading(rows[at]):
            at += 1
            continue
        block = [rows[at]]
        while (len(block) < MOST_LEVELS and at + len(block) < len(rows)
               and _continues(block, rows[at + len(block)], merged)):
            block.append(rows[at + len(block)])
        found.append(tuple(block))
        at += len(block)
    return [block for block in found if sum(_known(said, extra) for row in block for said in _said(row).values()) > 1
            or (block is found[0] and _stands_out(block, rows))]


def _continues(block: Sequence[Row], row: Row, merged: Sequence[Merge]) -> bool:
    """Whether ``row`` is the next level: words under common headings, with nothing under those that stand alone."""
    if row.number != block[-1].number + 1 or not _said(row):
        return False
    said = _said(row)
    if not all(_is_word(row.values[place], text) for place, text in said.items()):
        return False
    above, below = _spread(block[-1], merged), set(said)
    if any(merge.top <= block[-1].number < merge.bottom and merge.left in below for merge in merged):
        return False  # under a heading that reaches further down
    parents = {place for place, word in above.items() if any(
        other != place and word == above.get(other) for other in (place - 1, place + 1))}
    return below <= parents and len(below) > 1


def _spread(row: Row, merged: Sequence[Merge]) -> dict[int, str]:
    """The headings of a row by place, common ones over all their columns: as merged, else over the empty cells."""
    said = _said(row)
    ranges = {merge.left: merge.right for merge in merged if merge.top <= row.number <= merge.bottom}
    found: dict[int, str] = {}
    if merged:
        for place, word in said.items():
            for other in range(place, ranges.get(place, place) + 1):
                found[other] = word
        return found
    word, width = "", max(said, default=-1) + 4
    for place in range(width):
        word = said.get(place, word)
        if word:
            found[place] = word
    return found


def _stands_out(block: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Unknown words above rows of which most hold numbers or days: the first row of a table nobody has seen before."""
    after = [row for row in rows if row.number > block[-1].number][:5]
    texts = [text for row in block for text in _said(row).values()]
    has_figures = [bool(_DIGITS.search(_words(row))) for row in after]
    return len(set(texts)) == len(texts) > 1 and bool(after) and sum(has_figures) * 2 >= len(after)


def _score(block: Sequence[Row], merged: Sequence[Merge], extra: Mapping[str, str]) -> tuple[int, int]:
    """How many columns get a known heading, then how many get any."""
    if not block:
        return 0, 0
    columns = _columns(block, merged, "")
    known = {fields.find(column.names, extra) or list_headings.role_of(column.names[-1]) for column in columns} - {""}
    return len(known), sum(bool(column.path) for column in columns)


def _rivals(best: tuple[Row, ...], blocks: Sequence[tuple[Row, ...]], merged: Sequence[Merge],
            extra: Mapping[str, str]) -> list[tuple[Row, ...]]:
    """Other places that look like headings of another table; the same words again are only a repeated heading."""
    if not best:
        return []
    own, wanted = _key(best), _score(best, merged, extra)[0]
    return [block for block in blocks if block is not best and _key(block) != own
            and _score(block, merged, extra)[0] * 2 >= wanted and _score(block, merged, extra)[0] > 2]


def _key(block: Sequence[Row]) -> tuple[str, ...]:
    return tuple(fields.plain(text) for row in block for text in _said(row).values())


# Columns ----------------------------------------------------------------------------------------------------------

def _columns(block: Sequence[Row], merged: Sequence[Merge], unit: str) -> tuple[Column, ...]:
    levels = [_spread(row, merged) if row is not block[-1] else _said(row) for row in block]
    own = [_said(row) for row in block]
    width = max((max(level) + 1 for level in own), default=0)
    first, last = block[0].number, block[-1].number
    reach = max((one.right + 1 for one in merged if one.top <= last and one.bottom >= first), default=0)
    columns = []
    for place in range(max(width, reach)):
        words = [level[place] for level in levels if place in level]
        if not any(place in level for level in own[-1:]) and len(block) > 1 and not merged:
            words = [level[place] for level in own if place in level]  # a blank column beside a common heading
        path = tuple(dict.fromkeys(_tidy(word) for word in words))
        columns.append(Column(place, path, next((u for word in reversed(words) if (u := fields.unit_of(word))), unit)))
    return tuple(columns)


def _tidy(word: str) -> str:
    """姓 名 as 姓名; words of other scripts keep their blanks."""
    return re.sub(r"(?<=[\u3400-\u9fff)）]) +(?=[\u3400-\u9fff(（])", "", word)


def _bare_columns(rows: Sequence[Row]) -> tuple[Column, ...]:
    return tuple(Column(place, ()) for place in range(max((len(row.values) for row in rows), default=0)))


_YEAR = re.compile("((?:19|20)[0-9]{2})(?:年|年度|[-.])?(?![0-9])")
_UNIT = re.compile("单位[:：]? ?(万元|千元|元)|金额单位[:：]? ?(万元|千元|元)")


def _told_above(name: str, above: Sequence[Row]) -> tuple[int | None, str]:
    """The one year that title and sheet name, and the unit of the sums."""
    said = [name, *(_words(row) for row in above)]
    years = {found for words in said for found in _YEAR.findall(narrow(words))}
    unit = next((found[1] or found[2] for words in said if (found := _UNIT.search(narrow(words)))), "")
    return int(years.pop()) if len(years) == 1 else None, unit if unit != "元" else ""


# What a row is ----------------------------------------------------------------------------------------------------

_SUM_WORD = re.compile("(?:本页|本表|本月|全年|全部)?(?:合计|总计|共计|累计|小计)(?:金额|人数|[(（].*[)）])?[:：]?"
                       "|(?:grand)?total:?|sub-?total:?", re.I)
_NUMBERED = re.compile("[(（]?[一二三四五六七八九十]{1,3}[)）、.]?")  # 一 | 结算单元：一号楼
_MAY_BE_SUM = re.compile("计|total", re.I)
_PART_WORD = re.compile(".{0,30}(?:小计|分计)[:：]?")
_NOTHING = frozenset({"0", "0.0", "0.00", "-", "--", "—", "/", "\\", "无"})
_SUSPECT = re.compile("[合总共小累计]|大写|[签章审核制表负责人经理领导]|[:：]|注|说明|以下|续|第|total|日期|时间|年月", re.I)


def _words(row: Row) -> str:
    return " ".join(text for text in map(str.strip, row.texts()) if text)


def _kind_above(row: Row) -> str:
    """A row above the headings: what it says, else a title."""
    kind = _of_texts(row.number, row.texts(), True)
    return kind or ("title" if len(_said(row)) == 1 else "note")


def _of_texts(number: int, texts: Iterable[str], is_before: bool) -> str:
    cells = tuple(texts)
    kind = list_lines.kind_of(Line(number, "\t".join(cells), cells, True), is_before)
    return _CODES.get(kind, kind)


def kind_of(row: Row, layout: Layout) -> str:
    """What a row below the headings is, a code of ``KINDS``; 'case' for a row of data."""
    return kind_of_texts(row, row.texts(), layout)


def kind_of_texts(row: Row, shown: Sequence[str], layout: Layout) -> str:
    """The same where the texts of the row are at hand."""
    said = {place: bare for place, text in enumerate(shown) if text and (bare := text.strip())}
    if not said:
        return "blank"
    if layout.is_beside:
        return "note"
    if row.number < layout.data_from:
        return "heading" if row.number in layout.heading else _kind_above(row)
    texts = list(said.values())
    if _MAY_BE_SUM.search("".join(texts[:4])):
        kind = _kind_of_sum(texts)
        if kind:
            return kind
    return _of_rest(row, said, layout)


def _kind_of_sum(texts: Sequence[str]) -> str:
    for text in texts[:4]:
        if _SUM_WORD.fullmatch(text.replace(" ", "")):
            return "subtotal" if re.search("小计|累计|sub", text.replace(" ", ""), re.I) else "total"
        if len(texts) > 1 and _PART_WORD.fullmatch(text):
            return "subtotal"
    return ""


def _of_rest(row: Row, said: dict[int, str], layout: Layout) -> str:
    texts = list(said.values())
    if _is_repeated(said, layout):
        return "repeated"
    if _is_numbering(texts) or (len(said) > 1 and _is_empty_but_number(said, layout)):
        return "heading" if _is_numbering(texts) else "blank"
    width = len(layout.words) or len(layout.columns)
    if len(said) <= max(2, width // 4) and _SUSPECT.search("".join(texts[:3])):
        kind = _of_texts(row.number, texts[1:] if _NUMBERED.fullmatch(texts[0]) else texts, False)
        if kind and kind != "heading":
            return kind
    return _of_one(said, width) if len(said) == 1 else CASE


def _of_one(said: dict[int, str], width: int) -> str:
    """A row with one cell: a number written beforehand, or words across the table; of a narrow table a case."""
    [(place, text)] = said.items()
    if width < 4:
        return CASE
    if re.fullmatch("[0-9]{1,5}(?:[.]0)?", text) and place == 0:
        return "blank"
    return "note" if place == 0 or len(text) > 20 else CASE


def _is_repeated(said: Mapping[int, str], layout: Layout) -> bool:
    """The headings once more, as they are printed on each page."""
    def is_same(cell: tuple[int, str]) -> bool:
        place, text = cell
        return len(text) < 41 and _plain(text) == layout.words.get(place)

    first = list(islice(said.items(), 3))
    if not any(map(is_same, first[:2])):  # nearly every row: two of the first three are asked for
        return False
    return sum(map(is_same, first)) > 1 and sum(map(is_same, said.items())) * 2 > len(said)


_plain = lru_cache(2048)(fields.plain)  # the first cells of rows are days and words that come again and again


def _is_numbering(texts: Sequence[str]) -> bool:
    """甲 乙 1 2 3, or 1 2 3 …: columns numbered under their headings."""
    if "1" not in texts:
        return False
    digits = [text for text in texts if text not in "甲乙丙丁"]
    return len(digits) > 2 and digits == [str(n) for n in range(1, len(digits) + 1)]


def _is_empty_but_number(said: Mapping[int, str], layout: Layout) -> bool:
    """A row that was numbered beforehand and never filled in: a serial number and zeros of formulas."""
    return bool(layout.serial & set(said)) and all(
        text in _NOTHING for place, text in said.items() if place not in layout.serial)
