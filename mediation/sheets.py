"""Rows to and from files: the tables that ship with the product, and exports as CSV and XLSX.

Text that a spreadsheet would take for a formula, or would spoil as a number (20 digits, 00123), is disarmed in CSV and
typed as text in XLSX; numbers stay numbers.
An export comes in batches, each a list of columns; both writers hold one batch at a time.
"""
from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import chain, repeat
from operator import itemgetter
from pathlib import Path

from rustpy_xlsxwriter import Format, write_worksheets

from mediation.rules.imports.fields import FIELDS, TEMPLATE, Field
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law.workdays import Calendar
from mediation.rules.ledger import Column

DATA = Path(__file__).parent / "data"
# On paper: A4 across, as wide as the page, the headings on every page, which says its number.
PRINTED = {"landscape": True, "paper_size": 9, "fit_to_pages": (1, 0), "repeat_rows": 0, "footer": "&C&P / &N",
           "margins": {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}}
MOST_ROWS = 1_048_576 - 2  # of an XLSX sheet, less heading and totals
LONGEST_CELL = 32_767
TOO_MANY_ROWS = Text("有{rows:,}行，一张 XLSX 表最多{most:,}行。请缩小范围，或导出 CSV",
                     "There are {rows:,} rows; an XLSX sheet holds {most:,}. Narrow the filter, or export CSV")

# A sign that opens a formula, also behind blanks, a byte-order mark or other invisible characters.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"  # as in a class of characters
BLANKS = (" \t\r\n\v\f\x1c-\x1f\u0085\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028\u2029\u202f\u205f-\u2064\u3000\ufeff")
RISKY = re.compile(f"[{BLANKS}]*[{SIGNS}]|[\t\r\n]")
# Digits that a spreadsheet shows as 1.2E+19 (from 12 on; from 16 on the last are lost) or without their leading zeros.
DIGITS = "0-9\uff10-\uff19"
SPOILED = re.compile(f"[{BLANKS}]*(?:[{DIGITS}]{{12,}}|[0\uff10][{DIGITS}]+)[{BLANKS}]*")
MAY_BE_RISKY = re.compile(f"[{BLANKS}{SIGNS}{DIGITS}]")
FIRST = itemgetter(0)
PLACES = [f".{fen:02d}" for fen in range(100)]  # the two places of yuan behind the point
YES, NO = "是", "否"

Cells = Sequence[object]
Batch = Sequence[Cells]


def load_table(name: str) -> list[dict[str, str]]:
    """The rows of ``data/<name>.csv`` as dictionaries by heading; FileNotFoundError when there is none."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def shipped_calendar() -> Calendar:
    """The working-day calendar of the years that ship with the product."""
    return Calendar.from_rows(load_table("holidays"))


# Exports


@dataclass
class Tally:
    """What went into a file so far: rows, the sum of each column of money or persons, digests.

    ``file`` covers every byte of a CSV file; ``rows_digest`` the rows alone, written as CSV: the same for the CSV and
    the XLSX file of one export.
    """

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    file: hashlib._Hash = field(default_factory=hashlib.sha256)
    rows_digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, columns: Sequence[Column], batch: Batch) -> None:
        self.rows += len(batch[0]) if batch else 0
        for column, cells in zip(columns, batch, strict=True):
            if column.is_summed:
                self.sums[column.key] = self.sums.get(column.key, 0) + sum(filter(None, cells))


def disarm(text: str) -> str:
    """Text that a spreadsheet leaves as it is: an apostrophe before a risky beginning, long or padded digits."""
    return "'" + text if RISKY.match(text) or SPOILED.fullmatch(text) else text


def disarmed(cells: Cells) -> Cells:
    """A column of text disarmed; untouched where no cell begins with a risky character or a digit."""
    if not MAY_BE_RISKY.search("".join(map(FIRST, filter(None, cells)))):
        return cells
    return [disarm(cell) if cell else cell for cell in cells]


def heading(column: Column, has_keys: bool) -> str:
    return column.key if has_keys else column.heading


def _yuan(cells: Cells) -> Cells:
    return [None if fen is None else f"{fen // 100}{PLACES[fen % 100]}" if fen >= 0
            else f"-{-fen // 100}{PLACES[-fen % 100]}" for fen in cells]


def _truths(cells: Cells) -> Cells:
    return [None if cell is None else YES if cell else NO for cell in cells]


class _Words(dict):
    """Codes of one column in words; what is no code of it stands as it is, disarmed where the file needs that."""

    def __init__(self, column: Column, is_disarmed: bool):
        super().__init__({code: word.say("zh") for code, word in (column.codes or {}).items()})
        self._is_disarmed = is_disarmed

    def __missing__(self, cell: str | None) -> str | None:
        self[cell] = disarm(cell) if cell and self._is_disarmed else cell
        return self[cell]


def _in_words(column: Column, cells: Cells, is_disarmed: bool) -> Cells:
    words = _Words(column, is_disarmed)
    if column.kind == "code":
        return [words[cell] for cell in cells]
    return ["、".join([words[code] for code in cell.split(",")]) if cell else cell for cell in cells]


def shown(column: Column, cells: Cells, has_keys: bool) -> Cells:
    """A column as CSV shows it: words and yuan under Chinese headings, stored codes and whole fen under keys."""
    if column.kind == "text":
        return disarmed(cells)
    if has_keys:
        return disarmed(cells) if column.kind in ("code", "codes") else cells
    if column.kind == "fen":
        return _yuan(cells)
    if column.kind == "bool":
        return _truths(cells)
    return _in_words(column, cells, True) if column.kind in ("code", "codes") else cells


def shown_batch(columns: Sequence[Column], batch: Batch, has_keys: bool) -> list[Cells]:
    return [shown(column, cells, has_keys) for column, cells in zip(columns, batch, strict=True)]


def csv_text(said: Batch) -> str:
    """The rows of a batch, column by column as ``shown`` gives them, as CSV.

    Nearly every batch is without commas, quotes and line breaks in its cells: then its cells are joined, which takes a
    fraction of the time of the library; any other batch is the library's.
    """
    rows, width = len(said[0]), len(said)
    text = "\r\n".join([*map(",".join, zip(*map(_plain, said), strict=True)), ""])
    marks = text.count(","), text.count("\n"), text.count("\r"), text.count('"')
    if width > 1 and marks == (rows * (width - 1), rows, rows, 0):
        return text
    quoted = io.StringIO(newline="")
    csv.writer(quoted).writerows(zip(*said, strict=True))
    return quoted.getvalue()


def _plain(cells: Cells) -> Cells:
    kinds = set(map(type, cells))
    if kinds == {str}:
        return cells
    if kinds <= {str, type(None)}:
        return [cell or "" for cell in cells]
    return ["" if cell is None else str(cell) for cell in cells]


def csv_blocks(columns: Sequence[Column], batches: Iterable[Batch], has_keys: bool, tally: Tally) -> Iterator[bytes]:
    """A CSV file in blocks: byte-order mark, heading, rows."""
    head = io.StringIO(newline="")
    csv.writer(head).writerow([heading(column, has_keys) for column in columns])
    first = ("\ufeff" + head.getvalue()).encode()
    tally.file.update(first)
    yield first
    for batch in batches:
        block = csv_text(shown_batch(columns, batch, has_keys)).encode()
        tally.add(columns, batch)
        tally.file.update(block)
        tally.rows_digest.update(block)
        yield block


# XLSX: real numbers, days and instants; the totals below; a second sheet that says what the first one is


def write_xlsx(path: Path, title: str, columns: Sequence[Column], batches: Iterable[Batch], has_keys: bool,
               tally: Tally, define: Callable[[Tally], Iterable[tuple[str, object]]]) -> None:
    """Write an XLSX file; ``define`` is asked for the definition sheet once all rows are in.

    Raises Refused when the rows are more than a sheet holds.
    """
    names = [heading(column, has_keys) for column in columns]
    written = chain.from_iterable(_records(names, columns, batches, has_keys, tally))
    first = next(written, None) or dict.fromkeys(names)
    notes = ({"项目": term, "内容": text} for term, text in define(tally))
    write_worksheets(
        [(title, chain([first], written)), ("说明", notes)], str(path), freeze_panes={title: {"row": 1, "col": 0}},
        column_widths={title: [float(column.width) for column in columns], "说明": [18.0, 110.0]},
        column_formats={title: formats(columns, has_keys)},
        header_format={title: _head_format(), "说明": _head_format()},
        page_setup={title: PRINTED, "说明": PRINTED})


def _head_format() -> Format:
    return Format().set_bold().set_background_color("#E8EEF4").set_num_format("@")


def formats(columns: Sequence[Column], has_keys: bool) -> list[Format | None]:
    """How each column looks: sums, days and instants as such; text as text, also after somebody has edited it."""
    forms = {"fen": "0" if has_keys else "#,##0.00", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm:ss", "int": "0",
             "text": "@"}
    made = {kind: Format().set_num_format(form) for kind, form in forms.items()}
    return [made.get(column.kind) for column in columns]


def _records(names: list[str], columns: Sequence[Column], batches: Iterable[Batch], has_keys: bool,
             tally: Tally) -> Iterator[Iterable[dict[str, object]]]:
    """The rows of each batch, then the totals."""
    for batch in batches:
        tally.add(columns, batch)
        refuse_length(tally.rows)
        said = shown_batch(columns, batch, has_keys)
        tally.rows_digest.update(csv_text(said).encode())
        rows = zip(*typed(columns, batch, said, has_keys), strict=True)
        yield map(dict, map(zip, repeat(names), rows))  # one heading to each column, as everywhere
    if tally.sums:
        yield [_totals(names, columns, has_keys, tally)]


def typed(columns: Sequence[Column], batch: Batch, said: Batch, has_keys: bool) -> list[Cells]:
    """A batch as XLSX cells; ``said`` is the same as the CSV file shows it."""
    return [_typed(*one, has_keys) for one in zip(columns, batch, said, strict=True)]


def _totals(names: list[str], columns: Sequence[Column], has_keys: bool, tally: Tally) -> dict[str, object]:
    sums = [_sum(column, tally.sums.get(column.key), has_keys) for column in columns]
    label = next((n for n, column in enumerate(columns) if column.kind == "text" and sums[n] is None), None)
    if label is not None:
        sums[label] = "合计"
    return dict(zip(names, sums, strict=True))


def _sum(column: Column, total: int | None, has_keys: bool) -> object:
    return total / 100 if total is not None and column.kind == "fen" and not has_keys else total


def refuse_length(rows: int) -> None:
    """Raise Refused for more rows than an XLSX sheet holds."""
    if rows > MOST_ROWS:
        raise Refused([Problem("format", TOO_MANY_ROWS.fill(rows=rows, most=MOST_ROWS))])


def _typed(column: Column, cells: Cells, said: Cells, has_keys: bool) -> Cells:
    """A column as XLSX cells: text is typed as text and needs no apostrophe, words are those of the CSV file."""
    if column.kind == "text":
        return _fitting(cells)
    if column.kind == "fen":
        return cells if has_keys else [None if fen is None else fen / 100 for fen in cells]
    if column.kind in ("date", "instant"):
        typed = {cell: (_date if column.kind == "date" else _instant)(cell) for cell in set(cells)}
        return list(map(typed.get, cells))
    return said


def _fitting(cells: Cells) -> Cells:
    """What cells of an XLSX sheet hold; the digest of the rows is taken from the whole text."""
    if "\r" not in "".join(filter(None, cells)) and max(map(len, filter(None, cells)), default=0) <= LONGEST_CELL:
        return cells
    found = [cell for cell in cells if cell and (len(cell) > LONGEST_CELL or "\r" in cell)]
    return [cell if cell not in found else cell.replace("\r\n", "\n")[:LONGEST_CELL - 1] for cell in cells]


def _date(cell: str | None) -> object:
    """A real date; days before 1900, which XLSX cannot hold, stay text."""
    return None if not cell else date.fromisoformat(cell) if cell >= "1900-03-01" else cell


def _instant(cell: str | None) -> datetime | None:
    return datetime.fromisoformat(cell[:19]) if cell else None


# The empty workbook to begin with


EMPTY_ROWS = 500
LONGEST_CHOICE = 255  # characters of all words that a cell may offer; longer lists stand on the second sheet alone
LOOKS = {"day": "yyyy-mm-dd", "fen": "#,##0.00", "people": "0", "phone": "@", "identity": "@", "credit": "@"}


def write_template(file: io.BytesIO) -> None:
    """The workbook to bring in old cases with: headings that need no explaining, cells that offer the words they allow.

    Words that are not offered may be typed all the same; the second sheet lists them all.
    """
    fields = [FIELDS[key] for key in TEMPLATE]
    names = {row.key: f"{row.label.zh}(元)" if row.kind == "fen" else row.label.zh for row in fields}
    rows = (dict.fromkeys(names.values(), "") for _ in range(EMPTY_ROWS))
    listed = ({"列": names[row.key], "可以填": word.zh} for row in fields for word in row.codes.values())
    offered = {names[row.key]: rule for row in fields if (rule := _choice(row))}
    write_worksheets(
        [("案件", rows), ("可以填的词", listed)], file, freeze_panes={"案件": {"row": 1, "col": 0}},
        column_widths={"案件": [16.0] * len(fields), "可以填的词": [18.0, 30.0]}, data_validations={"案件": offered},
        column_formats={"案件": [Format().set_num_format(LOOKS.get(row.kind, "General")) for row in fields]},
        header_format={"案件": _head_format(), "可以填的词": _head_format()}, page_setup={"案件": PRINTED})


def _choice(row: Field) -> dict[str, object]:
    """The words that the cells of a column offer; {} where there are none, or too many to offer."""
    words = [word.zh for word in row.codes.values()]
    if not words or len(",".join(words)) > LONGEST_CHOICE or any("," in word for word in words):
        return {}
    return {"type": "list", "values": words, "error_style": "information", "error_title": row.label.zh,
            "error_message": "这个词不在列出的词里，可以照填"}
