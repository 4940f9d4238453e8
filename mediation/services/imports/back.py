"""Rows with problems as a workbook, and the same brought back corrected."""
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from rustpy_xlsxwriter import write_worksheets

from mediation.extensions import db
from mediation.models import ImportBatch, ImportRow
from mediation.queries import imports as queries
from mediation.rules.access import Actor
from mediation.rules.imports import packing
from mediation.rules.imports.sheet import Table
from mediation.rules.language import Problem, Refused, Text
from mediation.services.imports import judging, staging
from mediation.services.imports.reading import Reader

ROW, WHY = "行号", "要看的"
SHEET = "有问题的行"
BROUGHT = Text("收回{n}行，已重新读过。", "{n} rows taken back and read anew.")
NOT_OURS = Text("这不是从这一批取出的工作簿：第一列要是“行号”", "This is not the workbook of this import: the first column must be 行号")
_ROW = ImportRow.__table__.c


def workbook(reader: Reader, actor: Actor) -> bytes:
    """The rows that are held back, each with its sentences; the number of the row finds it again."""
    columns = reader.mapping.columns
    names = [f"{one.heading or '列'}" for one in columns]
    names = [name if names.index(name) == n and name not in (ROW, WHY) else f"{name} {columns[n].place + 1}"
             for n, name in enumerate(names)]
    return _written([(SHEET, [ROW, *names, WHY], _held(reader, actor, names))])


def _held(reader: Reader, actor: Actor, names: list[str]) -> Iterator[dict[str, object]]:
    run = judging.Run(reader, actor)
    rows = list(db.session.connection().execute(queries.ROWS.where(
        _ROW.import_id == reader.batch.id, _ROW.mark == "hold").order_by(_ROW.number)))
    for row, _reading, found in run.look(rows):
        cells = queries.opened(reader.batch, row)
        said = [packing_text(cells.text(one.place)) for one in reader.mapping.columns]
        yield {ROW: row.number, **dict(zip(names, said, strict=True)),
               WHY: "；".join(one.text.say(actor.language or "zh") for one in found)}


def packing_text(text: str) -> str:
    """A cell as it fits into one."""
    return text[:packing.LONGEST]


def _written(sheets: list[tuple[str, list[str], Iterator[dict[str, object]]]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        write_worksheets([(name, _with_heading(names, rows)) for name, names, rows in sheets], str(path),
                         freeze_panes={name: {"row": 1, "col": 0} for name, _names, _rows in sheets})
        return path.read_bytes()


def _with_heading(names: list[str], rows: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
    """The rows; one empty row where there is none, as the writer takes its headings from the first."""
    first = next(rows, None)
    yield first if first is not None else dict.fromkeys(names, "")
    yield from rows


def bring(batch: ImportBatch, table: Table, actor: Actor) -> int:
    """Correct the rows of an import by a workbook that was taken from it; gives how many differ now.

    Raises Refused where it is another workbook.
    """
    staging.require(actor, batch)
    rows = iter(table.rows)
    heading = next((row.texts() for row in rows if row.values), [])
    if not heading or heading[0].strip() != ROW:
        raise Refused([Problem("file", NOT_OURS)])
    places = [one.place for one in Reader(batch, actor.today).mapping.columns]
    known = {row.number: row for row in db.session.execute(queries.ROWS.where(
        _ROW.import_id == batch.id, _ROW.mark == "hold"))}
    count = 0
    for row in rows:
        number = row.text(0).strip()
        found = known.get(int(number)) if number.isdigit() else None
        if found is None:
            continue
        before = queries.opened(batch, found)
        changed = {place: row.text(n + 1) for n, place in enumerate(places)
                   if row.text(n + 1).strip() != packing_text(before.text(place)).strip()}
        if changed:
            staging.mend(batch, int(number), changed, actor, found.is_wanted)
            count += 1
    return count
