"""Workbooks: .xlsx in blocks of rows, .xls, .et and .ods at once, all through the same library (python-calamine).

The library holds a whole sheet, every empty cell of it too. A sheet of .xlsx is therefore cut between its rows, and
each block is handed over as a small workbook of its own, so that 100,000 rows take no more than a block. What the
library leaves out is written into the block as words: a formula that was never calculated, an error. Parts that are
not read (macros, pictures, links) never reach it.
"""
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Any
from xml.etree import ElementTree

import python_calamine as calamine

from mediation.rules.imports.sheet import Merge, Note, Row, Table, strip
from mediation.rules.language import Text
from mediation.rules.text_cleaning import Unreadable

MOST_ROWS = 200_000
MOST_BLANKS = 20  # of a run of blank rows as many are given; formats may reach down to row 1,048,576
MOST_COLUMNS = 286  # up to JZ
BLOCK_ROWS, BLOCK_BYTES = 10_000, 4 * 2**20
MOST_HELD, MOST_SHEET, MOST_UNFOLDED = 100 * 2**20, 1024 * 2**20, 100  # bytes, bytes, times
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"

SAVE_AS = Text("请用 WPS 或 Excel 打开，另存为 .xlsx 再传", "Open it in WPS or Excel and save it as .xlsx")
TOO_MANY_ROWS = Text("超过{most:,}行。请按年份或站点分成几个文件（每个不超过{most:,}行），分别导入",
                     "There are more than {most:,} rows. Part the file by year or station, at most {most:,} rows each")
PASSWORD = Text("文件设了打开密码。请用 WPS 或 Excel 打开，在“文件—文档加密”里去掉密码，保存后再传",
                "The file is locked with a password. Open it, take the password off, save it and bring it again")
BROKEN = Text("文件损坏或不完整，打不开。请在原来的电脑上打开，另存为 .xlsx 再传",
              "The file is damaged or incomplete. Open it where it came from and save it as .xlsx")
BOMB = Text("文件解开后有{size:,}兆，太大，没有打开。请把要导入的那张表另存为新的 .xlsx；行数很多的，按年份分成几个文件",
            "The file unfolds to {size:,} MB; it was not opened. Save the one sheet as a new .xlsx, or part it by year")
NO_WORKBOOK = Text("这个压缩包里没有表格。请解开后传里面的 .xlsx 文件", "This archive holds no workbook; unpack it first")
BINARY = Text(f"不读二进制格式（.xlsb、.numbers）。{SAVE_AS.zh}", f"Binary workbooks are not read. {SAVE_AS.en}")
NO_SHEET = Text(f"文件里没有工作表。{SAVE_AS.zh}", f"The file has no sheet. {SAVE_AS.en}")
DISORDER = Text(f"工作表“{{name}}”的行次序是乱的。{SAVE_AS.zh}", f"The rows of sheet “{{name}}” are in disorder. {SAVE_AS.en}")
MACROS = Text("文件带有宏。宏没有读取，也不会运行；只读了格子里的内容", "The file holds macros: not read, not run; only cells are taken")
FAR = Text("第{most}列（JZ）以后的各列没有读取。里面有内容的，请移到前面", "Columns beyond {most} (JZ) are not read")
HIDDEN = Text("这张表在文件里是隐藏的", "This sheet is hidden in the file")


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Whatever a library says of a damaged file, a panic inside of it too, as one refusal; the server goes on."""
    try:
        yield
    except Unreadable:
        raise
    except calamine.PasswordError:
        raise Unreadable(PASSWORD) from None
    except Exception:
        raise Unreadable(BROKEN) from None
    except BaseException as why:
        if type(why).__name__ != "PanicException":  # of Rust; it is no Exception and has no name to import
            raise
        raise Unreadable(BROKEN) from None


def is_workbook(data: bytes) -> bool:
    """Whether the content is a workbook, or an archive, by its first bytes."""
    return data.startswith((OLE, ZIP, b"PK\x05\x06"))


def read(data: bytes) -> list[Table]:
    """The sheets of a workbook; raises ``Unreadable`` with the cure."""
    if data.startswith(OLE):
        return _read_at_once(data, _old_notes(data))
    with _damage_refused(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        _refuse_bombs(archive)
        if "xl/workbook.xml" in names:
            return _xlsx(data, archive)
        if "content.xml" in names and b"opendocument.spreadsheet" in _part(archive, "mimetype"):
            return _read_at_once(_bare_ods(archive), ())
    raise Unreadable(BINARY if names & {"xl/workbook.bin", "Index/Document.iwa"} else NO_WORKBOOK)


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """By the sizes that the archive declares; ``_part`` holds the parts to them."""
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise Unreadable(PASSWORD)
    sheets, rest = 0, 0
    for info in archive.infolist():
        is_sheet = info.filename.startswith("xl/worksheets/")
        sheets, rest = sheets + info.file_size * is_sheet, rest + info.file_size * _is_held(info.filename)
        if info.file_size > MOST_UNFOLDED * max(info.compress_size, 2**18):
            raise Unreadable(BOMB.fill(size=info.file_size // 2**20))
    if rest > MOST_HELD or sheets > MOST_SHEET:
        raise Unreadable(BOMB.fill(size=(sheets + rest) // 2**20))


def _is_held(name: str) -> bool:
    return name in ("content.xml", *KEPT) or name.endswith(".rels")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part, no longer than declared and with the right check sum; b'' where there is none."""
    return archive.read(name) if name in archive.NameToInfo else b""


# At once: .xls, .et, .ods -----------------------------------------------------------------------------------------

REPEATED = re.compile(rb'(number-(?:rows|columns)-repeated=")([0-9]{3,})"')
FILLED = re.compile(rb'<table:table-(?:row|cell)\b[^>]*repeated="[0-9]{4,}"[^>]*'
                    rb"(?:office:value-type|>\s*<table:table-cell\b[^>]*office:value-type)")


def _old_notes(data: bytes) -> tuple[Note, ...]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable(PASSWORD)
    return (Note(MACROS),) if "_VBA_PROJECT_CUR".encode("utf-16-le") in data else ()


def _bare_ods(archive: zipfile.ZipFile) -> bytes:
    """The same with its table alone. Blank rows and columns down to the edge are one; filled ones are no register."""
    if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
        raise Unreadable(PASSWORD)
    content = _part(archive, "content.xml")
    if FILLED.search(content):
        raise Unreadable(BOMB.fill(size=MOST_SHEET // 2**20))
    content = REPEATED.sub(lambda found: found[1] + (b"1" if int(found[2]) > 1000 else found[2]) + b'"', content)
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as made:
        for name in ("mimetype", "META-INF/manifest.xml"):
            made.writestr(name, _part(archive, name))
        made.writestr("content.xml", content)
    return bare.getvalue()


def _read_at_once(data: bytes, notes: tuple[Note, ...]) -> list[Table]:
    book = _open(data)
    found = []
    for meta in book.sheets_metadata:
        if meta.typ == calamine.SheetTypeEnum.WorkSheet:
            rows = _Whole(data, meta.name)
            sheet = _load(book, meta.name)
            height = (sheet.end[0] + 1) if sheet.end else 0
            if height > MOST_ROWS:
                raise Unreadable(TOO_MANY_ROWS.fill(most=MOST_ROWS))
            found.append(_table(meta, rows, height, _merges(sheet.merged_cell_ranges or []), notes))
    if not found:
        raise Unreadable(NO_SHEET)
    return found


def _table(meta: Any, rows: Any, height: int, merged: tuple[Merge, ...], notes: tuple[Note, ...]) -> Table:
    is_hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    return Table(meta.name, rows, height, merged, (*notes, *((Note(HIDDEN),) if is_hidden else ())), is_hidden)


def _merges(ranges: Any) -> tuple[Merge, ...]:
    return tuple(sorted(Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges))


def _open(data: bytes) -> calamine.CalamineWorkbook:
    with _damage_refused():
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))


def _load(book: calamine.CalamineWorkbook, name: str) -> calamine.CalamineSheet:
    with _damage_refused():
        return book.get_sheet_by_name(name)


@dataclass(frozen=True)
class _Whole:
    """The rows of one sheet of a workbook that is read at once."""

    data: bytes = field(repr=False)
    name: str

    def __iter__(self) -> Iterator[Row]:
        yield from _numbered(_rows_of(_load(_open(self.data), self.name)))


def _rows_of(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    """Rows with anything in them, by their numbers."""
    if sheet.start is None:
        return
    top, left = sheet.start
    before = [""] * left
    with _damage_refused():
        rows = sheet.to_python()
    for number, values in enumerate(rows, top + 1):
        if row := strip(values):
            yield Row(number, (*before, *row))


def _numbered(rows: Iterator[Row]) -> Iterator[Row]:
    """With the blank rows between them, of a long run only the first."""
    last = 0
    for row in rows:
        for number in range(last + 1, min(row.number, last + 1 + MOST_BLANKS)):
            yield Row(number, ())
        yield row
        last = row.number


# In blocks: .xlsx -------------------------------------------------------------------------------------------------

KEPT = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/sharedStrings.xml")
NUMBER = re.compile(rb"""\br=["']([0-9]{1,7})["']""")
OPENED = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*?(/?)>")
CLOSED = re.compile(rb"</(?:\w+:)?sheetData\s*>")
MERGED = re.compile(rb"mergeCell\b[^>]*?ref=.([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
# Patterns of one sheet; P is the prefix of its tags, mostly none. ``beyond`` is a cell after JZ, ``bare`` a formula
# that was never calculated, ``value`` anything in a cell.
FAR_AWAY = re.compile(rb"""r=["'](?:[A-Za-z]{3}|[K-Zk-z][A-Za-z])[0-9]""")
PATTERNS = {
    "row": rb"<Prow(?:\s[^>]*)?>",
    "beyond": rb"""<Pc\s(?:[^>]*?\s)?r=["'](?:[A-Za-z]{3}|[K-Zk-z][A-Za-z])[0-9]+["'][^>]*?(?:/>|(?<!/)>.*?</Pc>)""",
    "bare": rb"<Pc\b([^>]*?)(?<!/)>\s*<Pf\b(?:[^>]*?/>|[^>]*>([^<]*)</Pf>)\s*(?:<Pv\s*/>|<Pv></Pv>)?\s*</Pc>",
    "error": rb"""(<Pc\b[^>]*?\bt=)["']e["']""",
    "value": rb"<P(?:v|is)\b[^>]*?(?<!/)>(?!</)",
}


@cache
def _pattern(name: str, prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(PATTERNS[name].replace(b"P", prefix), re.S)


def _xlsx(data: bytes, archive: zipfile.ZipFile) -> list[Table]:
    base = io.BytesIO()
    with zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name in KEPT:
            if name in archive.NameToInfo:
                made.writestr(name, _part(archive, name))
    paths = _paths(archive)
    notes = [Note(MACROS)] if "xl/vbaProject.bin" in archive.NameToInfo else []
    found = []
    for meta in _open(base.getvalue()).sheets_metadata:
        path = paths.get(meta.name, "")
        if meta.typ == calamine.SheetTypeEnum.WorkSheet and path in archive.NameToInfo:
            sheet = _Sheet(data, path, meta.name, base.getvalue())
            height, merged, is_far = sheet.look()
            far = [Note(FAR.fill(most=MOST_COLUMNS))] if is_far else []
            found.append(_table(meta, sheet, height, merged, (*notes, *far)))
    if not found:
        raise Unreadable(NO_SHEET)
    return found


def _paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet by its name."""
    book = ElementTree.fromstring(_part(archive, "xl/workbook.xml"))
    links = ElementTree.fromstring(_part(archive, "xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


@dataclass(frozen=True)
class _Sheet:
    """One sheet of an .xlsx: where it stands, with the parts that every block needs."""

    data: bytes = field(repr=False)
    path: str
    name: str
    base: bytes = field(repr=False)

    def __iter__(self) -> Iterator[Row]:
        yield from _numbered(self._filled())

    def _filled(self) -> Iterator[Row]:
        last = 0
        for block in self._blocks():
            for row in _rows_of(_load(_open(self._workbook(block)), self.name)):
                if row.number <= last:
                    raise Unreadable(DISORDER.fill(name=self.name))
                yield row
                last = row.number

    def _workbook(self, block: bytes) -> bytes:
        made = io.BytesIO(self.base)
        with zipfile.ZipFile(made, "a") as archive:
            archive.writestr(self.path, block)
        return made.getvalue()

    def _blocks(self) -> Iterator[bytes]:
        """The sheet in pieces that are sheets by themselves."""
        with (_damage_refused(), zipfile.ZipFile(io.BytesIO(self.data)) as archive,
              archive.open(self.path) as stream):
            yield from _cut(stream)

    def look(self) -> tuple[int, tuple[Merge, ...], bool]:
        """About how many rows it has, its merged cells, and whether anything stands in columns that are not read.

        Raises ``Unreadable`` where there are too many rows.
        """
        rows, last, is_far, before, tail, prefix = 0, 0, False, b"", b"", None
        with (_damage_refused(), zipfile.ZipFile(io.BytesIO(self.data)) as archive,
              archive.open(self.path) as stream):
            while chunk := stream.read(2**20):
                prefix = _prefix(chunk) if prefix is None else prefix
                rows += chunk.count(b"</%srow>" % prefix)
                is_far = is_far or _is_far(before + chunk, prefix)
                if rows > MOST_ROWS and not last:  # asked at once: what is beyond all measure is not read to its end
                    last = self._last_row(prefix)
                before, tail = chunk[-200:], (tail + chunk)[-MOST_TAIL:] if b"mergeCell" in chunk else chunk
        return last or rows, _merges_of(tail), is_far

    def _last_row(self, prefix: bytes) -> int:
        """The number of the last row with a value, 1 where there is none; raises ``Unreadable`` at one too far down."""
        last = 1
        for block in self._blocks():
            values = [found.start() for found in _pattern("value", prefix).finditer(block)]
            starts = [(found.start(), NUMBER.search(found[0])) for found in _pattern("row", prefix).finditer(block)]
            if values:
                last = max((int(number[1]) for start, number in starts if number and start < values[-1]), default=last)
            if last > MOST_ROWS + MOST_BLANKS:  # as many lines of title and totals
                raise Unreadable(TOO_MANY_ROWS.fill(most=MOST_ROWS))
        return last


MOST_TAIL = 4 * 2**20


def _prefix(head: bytes) -> bytes:
    opened = OPENED.search(head)
    return opened[1] if opened else b""


def _is_far(chunk: bytes, prefix: bytes) -> bool:
    return bool(FAR_AWAY.search(chunk)) and any(
        _pattern("value", prefix).search(found[0]) for found in _pattern("beyond", prefix).finditer(chunk))


def _merges_of(tail: bytes) -> tuple[Merge, ...]:
    return tuple(sorted(Merge(int(top), _place(left), int(bottom), _place(right))
                        for left, top, right, bottom in MERGED.findall(tail)))


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _cut(stream: IO[bytes]) -> Iterator[bytes]:
    """The rows of a sheet in blocks, each with what stands before the rows, and closed."""
    body = stream.read(BLOCK_BYTES)
    opened = OPENED.search(body)
    if not opened:
        raise zipfile.BadZipFile("no rows")
    head, prefix = DIMENSION.sub(b"", body[:opened.end()]), opened[1]
    close = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
    body, last, is_over = body[opened.end():], 0, bool(opened[2])
    while not is_over:
        end = CLOSED.search(body)
        is_over, body = bool(end), body[:end.start()] if end else body
        pieces, body, last = _pieces(body, prefix, last, is_over)
        for piece in pieces:
            yield head + _readable(piece, prefix) + close
        chunk = b"" if is_over else stream.read(BLOCK_BYTES)
        if not is_over and (not chunk or len(body) > 4 * BLOCK_BYTES):
            raise zipfile.BadZipFile("rows without an end")
        body += chunk


def _pieces(body: bytes, prefix: bytes, last: int, is_over: bool) -> tuple[list[bytes], bytes, int]:
    """Whole rows in pieces, what is left of the last one, and the number of the row before that."""
    if (blank := _without_values(body, prefix)) is not None:
        return [], b"" if is_over else body[blank[0]:], blank[1]
    starts: list[tuple[int, int]] = []
    for found in _pattern("row", prefix).finditer(body):
        number = NUMBER.search(found[0])
        starts.append((found.start(), int(number[1]) if number else (starts[-1][1] if starts else last) + 1))
    if not starts:
        return [], b"" if is_over else body, last
    stops = [*starts[1:], (len(body), starts[-1][1] + 1)] if is_over else starts[1:]
    pieces, begin = [], starts[0]
    for before, stop in zip(starts, stops, strict=False):
        if not 0 <= stop[1] - begin[1] < BLOCK_ROWS or stop is stops[-1]:
            piece = body[begin[0]:stop[0]]
            _refuse_strays(piece, begin[1])
            pieces.append(_with_number(piece, prefix, begin[1]))
            last, begin = before[1], stop
    return pieces, b"" if is_over else body[starts[-1][0]:], last


def _without_values(body: bytes, prefix: bytes) -> tuple[int, int] | None:
    """Where the last row of a body without any value begins, and the number of the row before it: formats may reach
    down a million rows, which need not be looked at one by one. None where a value or a row without a number is."""
    if any(b"<%s%s" % (prefix, tag) in body for tag in (b"v", b"is", b"f")):
        return None
    begin = body.rfind(b"<%srow" % prefix)
    before = _pattern("row", prefix).match(body, max(body.rfind(b"<%srow" % prefix, 0, max(begin, 0)), 0))
    number = NUMBER.search(before[0]) if before is not None and before.start() < begin else None
    return (begin, int(number[1])) if number else None


def _refuse_strays(piece: bytes, first: int) -> None:
    """A cell that says it belongs to a row far from its own would make the library hold all rows between."""
    near = {first // 10_000, first // 10_000 + 1}
    rows = "|".join(f"{ten_thousands or ''}[0-9]{{{4 if ten_thousands else '1,4'}}}" for ten_thousands in near)
    if re.search(rb"""r=["'][A-Za-z]{1,3}(?!(?:%s)["'])[0-9]""" % rows.encode(), piece):
        raise zipfile.BadZipFile("a cell outside its row")


def _with_number(rows: bytes, prefix: bytes, number: int) -> bytes:
    """Rows of which the first says its number, where the writer left that to counting."""
    first = _pattern("row", prefix).match(rows)
    if first is None or NUMBER.search(first[0]):
        return rows
    at = len(prefix) + 4
    return rows[:at] + b' r="%d"' % number + rows[at:]


def _readable(rows: bytes, prefix: bytes) -> bytes:
    """Rows in which formulas without a value and errors stand as words, and far cells are left out."""
    if FAR_AWAY.search(rows):
        rows = _pattern("beyond", prefix).sub(b"", rows)
    if b"<%sf" % prefix in rows:
        rows = _pattern("bare", prefix).sub(lambda found: _as_words(found, prefix), rows)
    return _pattern("error", prefix).sub(rb'\1"str"', rows) if b'"e"' in rows or b"'e'" in rows else rows


def _as_words(found: re.Match[bytes], prefix: bytes) -> bytes:
    told = re.sub(rb"""\bt=["']\w*["']""", b"", found[1])
    return b'<%sc%s t="str"><%sv>=%s</%sv></%sc>' % (prefix, told, prefix, found[2] or b"", prefix, prefix)
