"""Lists that come as a file: kept with the case as they came, once, and opened as the text that a paste would be.

What is read from a list is then the same whether it was pasted or brought: lines with tabs, one for each row of the
sheet, so that the number of a line is that of the row, and what is wrong can be mended on the page.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mediation import tables
from mediation.models import Attachment, Case
from mediation.rules import uploads
from mediation.rules.access import Actor
from mediation.rules.imports.sheet import Table
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.people.worker_list import MOST_LINES, TOO_MANY
from mediation.rules.text_cleaning import Unreadable, clean
from mediation.services.papers import files

LONGEST_CELL = 400
NO_TABLE_KIND = Text("这里只收表格：.xlsx、.xls、.ods、.et、.csv", "Only tables are taken here: .xlsx .xls .ods .et .csv")
GONE = Text("这份文件打不开了，请重新传", "This file can no longer be opened; bring it again")
IN_ROW = Text("第{row}行：{why}", "Row {row}: {why}")
LARGE = Text("这张表的内容太多（超过{most:,}字），请分成几张",
             "The sheet holds more than {most:,} characters; please part it")
MOST_TEXT = 200_000  # as the form takes of a pasted list


class Sheet(NamedTuple):
    """A sheet of a file: its place from 0, its name, its last row."""

    place: int
    name: str
    height: int


class Opened(NamedTuple):
    """A list as text; ``chosen`` is the place of the sheet that was read, ``notes`` what is to be said of the file."""

    sheets: tuple[Sheet, ...]
    chosen: int
    text: str
    notes: tuple[Text, ...]


def keep(case: Case, name: str, data: bytes, folder: Path, actor: Actor) -> Attachment:
    """Keep a list with the case; a content that the case has already is not kept twice.

    Raises Refused beside ``file`` for what is no table or cannot be read, before anything is written.
    """
    if data and Path(name).suffix.lower().lstrip(".") not in uploads.TABLES:
        raise Refused([Problem("file", NO_TABLE_KIND)])
    if data:
        _open(data, name, None)
    digest = hashlib.sha256(data).hexdigest()
    same = next((row for row in case.attachments if row.sha256 == digest and row.commission_id is None
                 and row.consultation_id is None), None)
    return same or files.add(case, name, data, folder, actor)


def find(case: Case, key: int | None) -> Attachment | None:
    """A table among the case's own files."""
    return next((row for row in case.attachments if row.id == key and row.kind in uploads.TABLES
                 and row.commission_id is None and row.consultation_id is None), None)


def open_list(row: Attachment, folder: Path, sheet: int | None = None) -> Opened:
    """The text of a kept list; ``sheet``: the place of the sheet that was chosen. Raises Refused beside ``lines``."""
    data = files.read(row, folder)
    if data is None:
        raise Refused([Problem("lines", GONE)])
    return _beside("lines", data, row.name, sheet)


def text_of(name: str, data: bytes, field: str) -> str:
    """The lines of a table that is only read and not kept. Raises Refused beside ``field``."""
    return _beside(field, data, name, None).text


def _beside(field: str, data: bytes, name: str, sheet: int | None) -> Opened:
    try:
        return _open(data, name, sheet)
    except Refused as refusal:
        raise Refused([problem._replace(field=field) for problem in refusal.problems]) from refusal


def _open(data: bytes, name: str, sheet: int | None) -> Opened:
    try:
        found = tables.read(data, name)
        places = range(len(found))
        shown = [place for place in places if not found[place].is_hidden] or list(places)
        largest = max(shown, key=lambda place: (found[place].height, -place))
        chosen = sheet if sheet is not None and sheet in places else largest
        text = "\n".join(_lines(found[chosen])).rstrip()
    except Unreadable as why:
        raise Refused([Problem("file", why.text)]) from why
    if len(text) > MOST_TEXT:
        raise Refused([Problem("file", LARGE.fill(most=MOST_TEXT))])
    sheets = tuple(Sheet(place, found[place].name, found[place].height) for place in places)
    return Opened(sheets, chosen, text, tuple(note.text for note in found[chosen].notes))


def _lines(table: Table) -> Iterator[str]:
    """Every row as a line; a blank one is a tab, which no form strips from the beginning."""
    told = said = 0
    for row in table.rows:
        cells = [_cell(text, row.number) for text in row.texts()]
        if not any(cells):
            continue
        said += 1
        if said > MOST_LINES or row.number > 10 * MOST_LINES:
            raise Unreadable(TOO_MANY.fill(limit=MOST_LINES, count=max(table.height, said)))
        yield from ["\t"] * (row.number - told - 1)
        yield "\t".join(cells) + ("" if len(cells) > 1 else "\t")
        told = row.number


def _cell(text: str, number: int) -> str:
    try:
        return clean(re.sub(r"\s+", " ", text), LONGEST_CELL)
    except Unreadable as why:
        raise Unreadable(IN_ROW.fill(row=number, why=why.text)) from why
