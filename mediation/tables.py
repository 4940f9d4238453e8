"""Tables out of files as offices send them: .xlsx, .xls, .ods, .et and .csv, by what they hold, not by their names.

Everything that may harm is looked at before a library opens the file: passwords, archives that unfold, macros, pictures
with a changed ending. Whatever is refused says the cure. Rows come one by one; how much is held at once is bounded.
"""
from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import charset_normalizer

from mediation import workbooks
from mediation.rules.imports.sheet import Row, Table, strip
from mediation.rules.language import Text
from mediation.rules.text_cleaning import Unreadable
from mediation.workbooks import MOST_BLANKS, MOST_ROWS, TOO_MANY_ROWS

MOST_BYTES = 64 * 1024 * 1024
EMPTY_FILE = Text("文件是空的（0字节），请重新导出后再传", "The file is empty (0 bytes); export it again")
NOTHING_IN_IT = Text("文件里没有一格有内容，请核对是不是传错了文件", "No cell of the file holds anything; is it the right file?")
TOO_BIG = Text("文件超过{most}兆，请按年份分成几个文件再传", "The file is above {most} MB; please part it by year")
NO_TABLE = Text("“{name}”不是表格，内容是{kind}。请用 WPS 或 Excel 打开原来的表格，另存为 .xlsx 再传",
                "“{name}” is no table but {kind}. Open the original in WPS or Excel and save it as .xlsx")
WEB_PAGE = Text("这个文件其实是网页（系统导出时常见）。请用 WPS 或 Excel 打开，另存为 .xlsx 再传",
                "This file is a web page, as some systems export it. Open it in WPS or Excel and save it as .xlsx")
GARBLED = Text("看不出文件的文字编码。请用 WPS 或 Excel 打开，另存为 .xlsx 或“CSV UTF-8”再传",
               "The encoding of the file cannot be told. Open it in WPS or Excel and save it as .xlsx or 'CSV UTF-8'")
LONG_CELL = Text("第{row}行附近有一格长过{most:,}字，多半是引号没有成对。请用 WPS 或 Excel 打开，另存为 .xlsx 再传",
                 "Near row {row} a cell is above {most:,} characters, mostly for an open quote. Save it as .xlsx")
# What other files begin with, as people call them.
OTHERS: tuple[tuple[bytes, Text], ...] = (
    (b"\x89PNG", Text("图片", "a picture")), (b"\xff\xd8\xff", Text("图片", "a picture")),
    (b"GIF8", Text("图片", "a picture")), (b"BM", Text("图片", "a picture")),
    (b"II*\x00", Text("图片", "a picture")), (b"MM\x00*", Text("图片", "a picture")),
    (b"%PDF", Text("PDF", "a PDF")), (b"Rar!", Text("压缩包", "an archive")), (b"7z\xbc\xaf", Text("压缩包", "an archive")),
    (b"\x1f\x8b", Text("压缩包", "an archive")), (b"MZ", Text("程序", "a program")), (b"{\\rtf", Text("Word文稿", "a text")),
)
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|\?mso|meta|head)", re.I)


def read(data: bytes, filename: str) -> list[Table]:
    """The tables of a file, those that hold anything. ``filename`` is only said in sentences.

    Raises ``Unreadable`` for a file that cannot be taken; so may the rows of a table when they are read.
    """
    if not data:
        raise Unreadable(EMPTY_FILE)
    if len(data) > MOST_BYTES:
        raise Unreadable(TOO_BIG.fill(most=MOST_BYTES // 2**20))
    name = filename.rpartition("/")[2].rpartition("\\")[2][:80]
    _refuse_others(data, name)
    tables = workbooks.read(data) if workbooks.is_workbook(data) else [_csv(data)]
    filled = [table for table in tables if any(row.values for row in table.rows)]
    if not filled:
        raise Unreadable(NOTHING_IN_IT)
    return filled


def _refuse_others(data: bytes, name: str) -> None:
    for begins, kind in OTHERS:
        is_short = len(begins) == 2  # two letters may also begin a text
        if data.startswith(begins) and not (is_short and b"\x00" not in data[:4096]):
            raise Unreadable(NO_TABLE.fill(name=name, kind=kind))
    if data[4:8] == b"ftyp":
        raise Unreadable(NO_TABLE.fill(name=name, kind=Text("照片或录像", "a photograph or film")))
    if _PAGE.match(data[:400]):
        raise Unreadable(WEB_PAGE)


# CSV --------------------------------------------------------------------------------------------------------------

LONGEST = 100_000
SEPARATORS = ",;\t|"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class _Lines:
    """The rows of a CSV file, read anew at each turn."""

    data: bytes = field(repr=False)
    encoding: str
    separator: str

    def __iter__(self) -> Iterator[Row]:
        with io.TextIOWrapper(io.BytesIO(self.data), self.encoding, newline="") as lines:
            cells, number, blanks = csv.reader(lines, delimiter=self.separator), 0, 0
            for number, said in enumerate(_sound(cells), 1):
                row = Row(number, tuple(strip(said)))
                if number > MOST_ROWS + MOST_BLANKS and row.values:  # as many lines of title and totals
                    raise Unreadable(TOO_MANY_ROWS.fill(most=MOST_ROWS))
                blanks = 0 if row.values else blanks + 1
                if blanks <= MOST_BLANKS:
                    yield row


def _sound(cells: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows, as long as quotes are closed."""
    number = 0
    try:
        for number, said in enumerate(cells, 1):
            if max(map(len, said), default=0) > LONGEST:
                raise Unreadable(LONG_CELL.fill(row=number, most=LONGEST))
            yield said
    except csv.Error:
        raise Unreadable(LONG_CELL.fill(row=number + 1, most=LONGEST)) from None


def _csv(data: bytes) -> Table:
    encoding = _encoding(data)
    with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as lines:
        head = list(islice(lines, 40))
    found = _Lines(data, encoding, _separator(head))
    height = data.count(b"\n") + (not data.endswith(b"\n"))
    if height > MOST_ROWS:
        height = max(row.number for row in found)
    return Table("", found, height)


def _encoding(data: bytes) -> str:
    """By the byte-order mark; else UTF-8 or GB18030 where all of it is; else what the library takes it for."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decodes(data, encoding) or _guess(data)
    if b"\x00" in data:
        raise Unreadable(GARBLED)
    return _decodes(data, "utf-8") or (_is_chinese(data) and _decodes(data, "gb18030")) or _guess(data)


def _decodes(data: bytes, encoding: str) -> str:
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding, newline="") as text:
            while text.read(2**20):
                pass
    except UnicodeError:
        return ""
    return encoding


def _is_chinese(data: bytes) -> bool:
    """GB18030 reads nearly any bytes: those of Chinese offices are nearly all of the 6,763 common characters."""
    signs = Counter("common" if 0xB0 <= lead <= 0xF7 and trail >= 0xA1 else "sign" if 0xA1 <= lead <= 0xA9 else "rare"
                    for lead, trail in re.findall(rb"([\x81-\xfe])([\x40-\xfe])", data[:200_000])
                    for lead, trail in [(lead[0], trail[0])])
    return signs["rare"] * 10 <= signs["common"] + signs["sign"]


def _guess(data: bytes) -> str:
    best = charset_normalizer.from_bytes(data[:200_000]).best()
    encoding = best.encoding if best else ""
    if not encoding or not _decodes(data, encoding):
        raise Unreadable(GARBLED)
    return encoding


def _separator(head: list[str]) -> str:
    """The sign that parts most lines in the same number of cells, outside quotes."""
    bare = [re.sub('"[^"]*"', "", line) for line in head]

    def parted(sign: str) -> tuple[int, int]:
        counts = Counter(count for line in bare if (count := line.count(sign)))
        return max(((lines, count) for count, lines in counts.items()), default=(0, 0))

    best = max(SEPARATORS, key=lambda sign: (parted(sign)[0] * min(parted(sign)[1], 3), -SEPARATORS.index(sign)))
    return best if parted(best)[0] else ","
