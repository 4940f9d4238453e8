"""Checks an exported sheet of events (CSV or XLSX) with Python alone, without the program or its database.

    python3 checker.py EVENTS.csv|EVENTS.xlsx [--sha256 DIGEST] [--seal DIGEST]

What is checked: every row against its own hash and the row above it; every entry against its hash and the entry
before it in its chain, from number 1 on; the last row against the number of entries and the heads of all chains. An
XLSX file holds the same cells; there the rows are also compared with the SHA-256 on its definition sheet.
--sha256 compares the file with the digest recorded when it was made, --seal the last seal with one kept elsewhere.
What cannot be checked here: the digests of stored rows inside the entries ("digest"). They are made with a key that
never leaves the installation; `journal verify` compares them there. Nor the content of entries that was withheld
("限定知悉"): of these the links and the row are checked, and how many there are is said.

Ends with 0 when everything holds, 1 when something is broken (the first broken link is named), 2 for no such file.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

WIDTH = 11  # chain, number, entered at, happened on, actor, kind, data, hash before, hash, sentence, row hash
WITHHELD = "限定知悉"  # in place of content that the maker of the file may not read
END = "#"  # stands in the first cell of the last row
LONGEST_CELL = 10_000_000
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Broken(NamedTuple):
    """One thing that does not hold: row of the file (1 is the heading), which entry, and what."""

    row: int
    place: str
    zh: str
    en: str


def row_hash(above: str, cells: Sequence[str]) -> str:
    """The hash of a row over the hash of the row above and its other cells."""
    body = json.dumps([above, *cells], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def event_hash(cells: Sequence[str]) -> str:
    """The hash of an entry: the hash before it, then chain, number, instant, day, actor, kind, data, line by line."""
    return hashlib.sha256("\n".join((cells[7], *cells[:7])).encode()).hexdigest()


def genesis(stream: str) -> str:
    """What stands before the first entry of a chain."""
    return hashlib.sha256(stream.encode()).hexdigest()


class Heads:
    """The last entry of every chain, in the order of the file, as one digest."""

    def __init__(self) -> None:
        self.streams, self.entries = 0, 0
        self._digest = hashlib.sha256()
        self.stream, self.seq, self.hash = "", 0, ""

    def add(self, stream: str, seq: int, digest: str) -> None:
        """Take the next entry."""
        if stream != self.stream:
            self._close()
            self.streams += 1
        self.stream, self.seq, self.hash = stream, seq, digest
        self.entries += 1

    def _close(self) -> None:
        if self.stream:
            self._digest.update(f"{self.stream} {self.seq} {self.hash}\n".encode())

    def digest(self) -> str:
        """The digest of all heads; to be asked once, at the end."""
        self._close()
        self.stream = ""
        return self._digest.hexdigest()


def check_rows(rows: Iterable[Sequence[str]]) -> Iterator[Broken]:
    """Everything that does not hold, in the order of the file; nothing for a sound one."""
    above, heads, number, is_ended = "", Heads(), 0, False
    for number, cells in enumerate(rows, 1):
        if len(cells) != WIDTH:
            yield Broken(number, "", f"应有{WIDTH}格，只有{len(cells)}格", f"{len(cells)} cells instead of {WIDTH}")
            continue
        if number == 1:
            above = row_hash("", cells)
            continue
        place = f"{cells[0]} #{cells[1]}"
        if is_ended:
            yield Broken(number, place, "末行之后还有内容", "there is more after the last row")
        if row_hash(above, cells[:-1]) != cells[-1]:
            yield Broken(number, place, "本行被改过，或上一行被删、换过", "this row was changed, or the one above removed or moved")
        above = cells[-1]
        if cells[0] == END:
            is_ended = True
            yield from _check_end(number, cells, heads)
        else:
            yield from _check_entry(number, place, cells, heads)
    if not is_ended:
        yield Broken(number + 1, "", "没有末行：文件被截断", "the last row is missing: the file was cut")


def _check_entry(number: int, place: str, cells: Sequence[str], heads: Heads) -> Iterator[Broken]:
    is_first = cells[0] != heads.stream
    seq, before = (0, genesis(cells[0])) if is_first else (heads.seq, heads.hash)
    if cells[1] != str(seq + 1):
        yield Broken(number, place, f"缺少第{seq + 1}条", f"entry {seq + 1} is missing")
    if cells[7] != before:
        yield Broken(number, place, "与前一条连不上", "does not link to the entry before")
    if cells[6] != WITHHELD and event_hash(cells) != cells[8]:
        yield Broken(number, place, "内容被改过", "its content was changed")
    heads.add(cells[0], int(cells[1]) if cells[1].isdecimal() else seq + 1, cells[8])


def _check_end(number: int, cells: Sequence[str], heads: Heads) -> Iterator[Broken]:
    try:
        said = dict(json.loads(cells[6]))
    except (ValueError, TypeError, RecursionError):
        said = {}
    found = {"entries": heads.entries, "chains": heads.streams, "heads": heads.digest()}
    for name, zh in (("entries", "条数"), ("chains", "链数"), ("heads", "链尾")):
        if said.get(name) != found[name]:
            yield Broken(number, cells[0], f"{zh}与末行不符", f"{name}: not what the last row says")


def read_rows(path: str) -> Iterator[list[str]]:
    """The cells of a CSV or XLSX file; raises ValueError where it is neither."""
    is_xlsx = zipfile.is_zipfile(path)
    try:
        yield from _xlsx_rows(path, 1) if is_xlsx else _csv_rows(path)
    except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, KeyError, IndexError,
            ElementTree.ParseError) as error:
        raise ValueError(f"{path}: {error}") from error


def _csv_rows(path: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file, strict=True)


def _xlsx_rows(path: str, number: int) -> Iterator[list[str]]:
    """The cells of a sheet as text; what is empty is left out of the file and stands here as ''."""
    with zipfile.ZipFile(path) as book:
        strings: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            strings = ["".join(item.itertext()) for item in _elements(book, "xl/sharedStrings.xml", "si")]
        for row in _elements(book, f"xl/worksheets/sheet{number}.xml", "row"):
            cells: list[str] = []
            for cell in row.iter(f"{SPREADSHEET}c"):
                text = "".join(cell.itertext())
                cells += [""] * (_column(cell.get("r", "")) - len(cells))
                cells.append(strings[int(text)] if cell.get("t") == "s" else text)
            yield cells


def _elements(book: zipfile.ZipFile, name: str, tag: str) -> Iterator[ElementTree.Element]:
    """The elements of a part of the file, one after the other, each forgotten once it was read."""
    with book.open(name) as file:
        for _event, element in ElementTree.iterparse(file):
            if element.tag == SPREADSHEET + tag:
                yield element
                element.clear()


def _column(place: str) -> int:
    """The number of a cell's column, from 0: 0 for A7, 27 for AB3; no sheet has one of four letters."""
    if not re.fullmatch("[A-Z]{0,3}[0-9]*", place):
        raise ValueError(f"no cell: {place[:20]}")
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _check_definition(path: str) -> Iterator[Broken]:
    """Whether the rows of an XLSX file, written as CSV, give the digest on its definition sheet."""
    if not zipfile.is_zipfile(path):
        return
    told = next((cells[1] for cells in _xlsx_rows(path, 2) if cells[:1] == ["SHA-256"]), "")
    rows = read_rows(path)
    next(rows, None)
    digest = hashlib.sha256()
    for cells in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(cells)
        digest.update(line.getvalue().encode())
    if digest.hexdigest() != told:
        yield Broken(0, "说明", "各行与说明页的 SHA-256 不符", "the rows do not give the SHA-256 of the definition sheet")


def check_file(path: str) -> Iterator[Broken]:
    """Everything that does not hold in a file."""
    try:
        yield from check_rows(read_rows(path))
        yield from _check_definition(path)
    except ValueError as error:
        yield Broken(0, "", f"不是完整的 CSV 或 XLSX 文件（{error}）", f"not a whole CSV or XLSX file ({error})")


def last_seal(path: str) -> str:
    """The digest of the last seal that the file names; '' where there is none."""
    last: Sequence[str] = ()
    for last in read_rows(path):
        pass
    try:
        return str(json.loads(last[6]).get("seal", ""))
    except (IndexError, ValueError, AttributeError, RecursionError):
        return ""


def file_sha256(path: str) -> str:
    """The digest of the whole file."""
    body = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            body.update(block)
    return body.hexdigest()


def _compare(arguments: argparse.Namespace) -> Iterator[Broken]:
    if arguments.sha256 and file_sha256(arguments.file) != arguments.sha256.strip().lower():
        yield Broken(0, "", "文件与登记的 SHA-256 不符", "the file is not the one whose SHA-256 was recorded")
    if arguments.seal and last_seal(arguments.file) != arguments.seal.strip().lower():
        yield Broken(0, "", "末行所记封存码与留存的不符", "the seal in the last row is not the one kept elsewhere")


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an exported sheet of events (CSV or XLSX) offline.")
    parser.add_argument("file")
    parser.add_argument("--sha256", default="", help="digest recorded when the file was made")
    parser.add_argument("--seal", default="", help="digest of the last seal, kept elsewhere")
    arguments = parser.parse_args()
    try:
        found = [*check_file(arguments.file), *_compare(arguments)]
    except OSError as error:
        print(f"{arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    for broken in found[:1]:
        print(f"第{broken.row}行 row {broken.row}  {broken.place}  {broken.zh} / {broken.en}")
    if found:
        print(f"共{len(found)}处不符 / {len(found)} broken links in all")
        return 1
    print("完整：每行、每条、每条链都连得上 / whole: every row, entry and chain links")
    withheld = sum(cells[6:7] == [WITHHELD] for cells in read_rows(arguments.file))
    if withheld:
        print(f"其中{withheld}条限定知悉，没有内容，只核对了连接 / {withheld} entries withheld: only their links were checked")
    print("库中数据的摘要只能在系统内核对（journal verify）/ digests of stored rows are checked in the program only")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
