"""Bringing a register in: the list of imports, the file, its columns, each row as it will become, taking and undoing.

What is long is done in slices of a second or two: a press does one, and the page that follows presses again by itself,
or by its button.
"""
from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request

from mediation import sheets, tables
from mediation.forms import imports as forms
from mediation.models import ImportBatch
from mediation.queries import imports as queries
from mediation.rules.access import Actor
from mediation.rules.imports import fields, headings, states
from mediation.rules.imports import mapping as mappings
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.sheet import Table
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.reading import read_key
from mediation.rules.text_cleaning import Unreadable
from mediation.services.imports import back, judging, staging, taking
from mediation.services.imports import headings as kept_headings
from mediation.services.imports.reading import Reader
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("imports", __name__)

PERMISSION = queries.PERMISSION
SLICE = 1.5  # seconds of work for one press
SAMPLES = 3
FILTERS = ("", "problems", "good", "hold", "taken", "left")
NO_FILE = Text("请选一个文件", "Choose a file")
STAGED = Text("已读入。下一步：看看各列放得对不对。", "Read. Next: see whether each column goes to its place.")
READ = Text("已读完，请核对。", "All rows are read; please check them.")
GOING = Text("还在进行。", "Still under way.")
TAKEN = Text("已导入{n}件。", "{n} cases are imported.")
UNDONE = Text("已撤销，{n}件作废。", "Undone: {n} cases are voided.")
SAVED = Text("第{n}行已改，重新读过。", "Row {n} is corrected and read anew.")
FORGOTTEN = Text("已删除；导入过的不变。", "Removed; what was imported stays as it is.")
DROPPED = Text("已放弃，读入的内容已清除。", "Given up; what was read is gone.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _batch(key: int) -> ImportBatch:
    found = queries.find(guard.actor(), key)
    if found is None:
        guard.note_refusal(PERMISSION, str(key))
        abort(404)
    return found


def _address(batch: ImportBatch) -> str:
    return f"/import/{batch.id}"


# The list and the file --------------------------------------------------------------------------------------------

@bp.get("/import")
@permit("case.import")
def index():
    return _list(forms.SheetForm(queries.stations(guard.actor())))


def _list(form: forms.SheetForm) -> str:
    found = queries.latest(guard.actor())
    return render_template("imports/index.html", form=form, batches=found, states=states.STATES,
                           counts={one.id: queries.counts(one) for one in found[:20]})


@bp.post("/import")
@permit("case.import")
def stage() -> Answer:
    """Read a file: each of its sheets becomes an import to be checked, and nothing is imported yet."""
    form = forms.SheetForm(queries.stations(guard.actor()))

    def act() -> ImportBatch:
        name, data = form.upload()
        try:
            return _staged(_read(name, data), name, data, read_key(form.station.data))
        except Unreadable as fault:
            raise Refused([Problem("file", fault.text)]) from fault
    return press(form, act, lambda: _list(form), lambda batch: f"{_address(batch)}/columns", STAGED)


def _read(name: str, data: bytes) -> list[Table]:
    if not name:
        raise Refused([Problem("file", NO_FILE)])
    found = tables.read(data, name)
    return [one for one in found if not one.is_hidden] or found


def _staged(found: list[Table], name: str, data: bytes, station: int | None) -> ImportBatch:
    """Stage every sheet; the write lock is let go between blocks. Gives the first."""
    digest, made = hashlib.sha256(data).hexdigest(), []
    for table in found:
        batch = staging.stage(guard.actor(), table, name, digest, station)
        for _count in staging.rows(batch, table):
            guard.commit()
        made.append(batch)
    return made[0]


@bp.get("/import/template.xlsx")
@permit("case.import")
def template() -> Response:
    """A workbook to be filled in: the headings that are always understood, with the words that each column allows."""
    file = io.BytesIO()
    sheets.write_template(file)
    return Response(file.getvalue(), headers={
        "Content-Type": XLSX, "Content-Disposition": 'attachment; filename="import-template.xlsx"'})


# What was explained -----------------------------------------------------------------------------------------------

@bp.get("/import/words")
@permit("case.import")
def words():
    """The headings that people explained, and the mappings kept by name."""
    return _words_page(forms.GoForm())


def _words_page(form: forms.GoForm) -> str:
    actor = guard.actor()
    return render_template("imports/words.html", form=form, words_known=queries.known_words(actor),
                           mappings=queries.known_mappings(actor), fields=fields.FIELDS, columns_of=Mapping.from_json)


@bp.post("/import/words/<int:key>/forget")
@permit("case.import")
def forget_word(key: int) -> Answer:
    return _forget(key, queries.known_words, kept_headings.forget_word)


@bp.post("/import/mappings/<int:key>/forget")
@permit("case.import")
def forget_mapping(key: int) -> Answer:
    return _forget(key, queries.known_mappings, kept_headings.forget_mapping)


def _forget(key: int, known: Callable[[Actor], list[Any]], act: Callable[[Any, Actor], None]) -> Answer:
    row = next((one for one in known(guard.actor()) if one.id == key), None)
    if row is None:
        abort(404)
    form = forms.GoForm()
    return press(form, lambda: act(row, guard.actor()), lambda: _words_page(form), "/import/words", FORGOTTEN)


# The columns ------------------------------------------------------------------------------------------------------

@bp.get("/import/<int:key>/columns")
@permit("case.import")
def columns(key: int):
    batch = _batch(key)
    if batch.judged_to == states.HALF_STAGED:
        return redirect(_address(batch), 303)
    chosen = tuple(int(row) for row in request.args.get("heading", "").split("+") if row.isdigit())
    layout, mapping = staging.propose(batch, chosen)
    return _columns_page(batch, layout, mapping, forms.columns_form(layout, mapping, _name_of(batch)))


def _name_of(batch: ImportBatch) -> str:
    return batch.file_name.rpartition(".")[0][:100] or batch.file_name[:100]


def _columns_page(batch: ImportBatch, layout: headings.Layout, mapping: Mapping, form: forms.ColumnsForm) -> str:
    rows = list(islice((row for row in queries.Staged(batch, layout.data_from)
                        if headings.kind_of(row, layout) == "case"), SAMPLES))
    return render_template(
        "imports/columns.html", batch=batch, layout=layout, mapping=mapping, form=form, fields=fields.FIELDS,
        samples={one.place: [text for row in rows if (text := row.text(one.place).strip())] for one in mapping.columns},
        kinds=headings.KINDS, notes=queries.notes(batch), name_of=forms.column_name, unit_of=forms.unit_name)


@bp.post("/import/<int:key>/columns")
@permit("case.import")
def settle(key: int) -> Answer:
    """Settle where the columns go, and read the rows by it."""
    batch = _batch(key)
    sent = tuple(int(row) for row in request.form.get("heading", "").split("+") if row.isdigit())
    layout, mapping = staging.propose(batch, sent)
    form = forms.columns_form(layout, mapping, _name_of(batch))

    def act() -> str:
        if form.heading.data == forms.ASK:
            raise Refused([Problem("heading", layout.question or states.UNSETTLED.fill(n=1))])
        if unsure := [one for one in mapping.columns if form[forms.column_name(one.place)].data == forms.ASK]:
            raise Refused([Problem(forms.column_name(one.place), one.question or states.UNSETTLED.fill(n=1))
                           for one in unsure])
        settled = mappings.choose(replace(mapping, heading=layout.heading), form.chosen(), form.units())
        staging.settle(batch, settled, guard.actor(), form.name.data)
        return _slice(batch)
    return press(form, act, lambda: _columns_page(batch, layout, mapping, form), _address(batch), lambda said: said)


# The rows ---------------------------------------------------------------------------------------------------------

@bp.get("/import/<int:key>")
@permit("case.import")
def show(key: int):
    return _page(_batch(key))


def _page(batch: ImportBatch, undo: forms.ReasonForm | None = None, bring: forms.BackForm | None = None,
          go: forms.GoForm | None = None) -> str:
    mark = request.args.get("mark", "")
    mark = mark if mark in FILTERS else ""
    rows, more = [], None
    if batch.mapping:
        reader = Reader(batch, guard.today())
        found = queries.page(batch, mark, read_key(request.args.get("after")) or 0, queries.PAGE + 1)
        rows = list(judging.Run(reader, guard.actor()).look(found[:queries.PAGE]))
        more = found[queries.PAGE - 1].number if len(found) > queries.PAGE else None
    return render_template(
        "imports/show.html", batch=batch, rows=rows, counts=queries.counts(batch), states=states.STATES,
        marks=states.MARKS, kinds=headings.KINDS, fields=fields.FIELDS, mark=mark, filters=FILTERS,
        columns=reader.mapping.columns if batch.mapping else (), next_after=more, notes=queries.notes(batch),
        numbers=queries.numbers([row.case_id for row, _reading, _found in rows if row.case_id]),
        is_judged=judging.is_judged(batch), undo=undo or forms.ReasonForm(), bring=bring or forms.BackForm(),
        go=go or forms.GoForm(), broken_off=states.BROKEN_OFF, half_staged=states.HALF_STAGED,
        tally=judging.shown(batch.tally), remarks=judging.remarks(batch.tally),
        is_going=_is_going(batch), voided=queries.voided(batch) if batch.state == "undoing" else 0)


def _is_going(batch: ImportBatch) -> bool:
    """Whether a slice is left to be done by itself."""
    return bool(batch.mapping) and (batch.state in ("running", "undoing") or not judging.is_judged(batch))


@bp.post("/import/<int:key>/go")
@permit("case.import")
def go(key: int) -> Answer:
    """Begin to take the good rows, or do the next slice of what is under way."""
    batch, form = _batch(key), forms.GoForm()

    def act() -> str:
        if batch.state in ("draft", "done") and judging.is_judged(batch):
            taking.begin(batch, guard.actor())
            guard.commit()
        return _slice(batch)
    return press(form, act, lambda: _page(batch, go=form), _address(batch), lambda said: said)


def _slice(batch: ImportBatch) -> str:
    """Work for a second or two: read rows, take them, or void cases; what it came to, in words. Three steps at least,
    since the first only prepares and the last but one only lets the lock go."""
    until = time.monotonic() + SLICE
    for n, _step in enumerate(_work(batch)):
        guard.commit()
        if n > 1 and time.monotonic() > until:
            break
    return _came_to(batch).say(guard.language())


def _work(batch: ImportBatch) -> Iterator[int]:
    actor = guard.actor()
    if batch.state == "undoing":
        return taking.void(batch, actor)
    return judging.judge(batch, actor) if not judging.is_judged(batch) else taking.take(batch, actor)


def _came_to(batch: ImportBatch) -> Text:
    if _is_going(batch):
        return GOING
    n = queries.counts(batch).taken
    return {"done": TAKEN.fill(n=n), "undone": UNDONE.fill(n=n)}.get(batch.state, READ)


@bp.get("/import/<int:key>/rows/<int:line>")
@permit("case.import")
def edit(key: int, line: int):
    batch = _batch(key)
    return _row_page(batch, line, None)


def _row_page(batch: ImportBatch, number: int, form: forms.RowForm | None) -> str:
    row = queries.find_row(batch, number) if batch.mapping else None
    if row is None:
        abort(404)
    reader = Reader(batch, guard.today())
    _row, reading, found = next(iter(judging.Run(reader, guard.actor()).look([row])))
    form = form or _row_form(batch, row, reader)
    return render_template("imports/row.html", batch=batch, row=row, reading=reading, found=found, form=form,
                           columns=reader.mapping.columns, fields=fields.FIELDS, kinds=headings.KINDS,
                           mended=queries.mended(batch, row))


def _row_form(batch: ImportBatch, row, reader: Reader) -> forms.RowForm:
    cells = queries.opened(batch, row)
    return forms.row_form(reader.mapping.columns, {one.place: cells.text(one.place) for one in reader.mapping.columns})


@bp.post("/import/<int:key>/rows/<int:line>")
@permit("case.import")
def mend(key: int, line: int) -> Answer:
    """Correct the cells of a row; it is read anew at once."""
    batch = _batch(key)
    row = queries.find_row(batch, line) if batch.mapping else None
    if row is None:
        abort(404)
    reader = Reader(batch, guard.today())
    form, before = _row_form(batch, row, reader), queries.opened(batch, row)

    def act() -> None:
        typed = {one.place: form[f"cell-{one.place}"].data or "" for one in reader.mapping.columns}
        changed = {place: text for place, text in typed.items() if text != before.text(place).strip()}
        staging.mend(batch, line, changed, guard.actor(), bool(form.is_wanted.data))
        guard.commit()
        _slice(batch)
    return press(form, act, lambda: _row_page(batch, line, form), f"{_address(batch)}?mark=problems",
                 SAVED.fill(n=line))


# Rows with problems as a workbook, and back -----------------------------------------------------------------------

@bp.get("/import/<int:key>/problems.xlsx")
@permit("case.import")
def problems(key: int) -> Response:
    """The rows with problems, each with its sentences, to be corrected and brought back."""
    batch = _batch(key)
    if not batch.mapping:
        abort(404)
    guard.log_access("export", f"import {batch.id}", "problems")
    return Response(back.workbook(Reader(batch, guard.today()), guard.actor()), headers={
        "Content-Type": XLSX, "Content-Disposition": f'attachment; filename="import-{batch.id}-problems.xlsx"'})


@bp.post("/import/<int:key>/back")
@permit("case.import")
def bring_back(key: int) -> Answer:
    """Take the corrected rows of that workbook."""
    batch, form = _batch(key), forms.BackForm()

    def act() -> str:
        name, data = form.upload()
        try:
            n = back.bring(batch, _read(name, data)[0], guard.actor())
        except Unreadable as fault:
            raise Refused([Problem("file", fault.text)]) from fault
        _slice(batch)
        return back.BROUGHT.fill(n=n).say(guard.language())
    return press(form, act, lambda: _page(batch, bring=form), f"{_address(batch)}?mark=problems", lambda said: said)


# The end ----------------------------------------------------------------------------------------------------------

@bp.post("/import/<int:key>/undo")
@permit("case.import")
def undo(key: int) -> Answer:
    """Undo an import as a whole: its cases are voided, nothing is deleted."""
    batch, form = _batch(key), forms.ReasonForm()

    def act() -> str:
        taking.undo(batch, form.reason.data, guard.actor())
        guard.commit()
        return _slice(batch)
    return press(form, act, lambda: _page(batch, undo=form), _address(batch), lambda said: said)


@bp.post("/import/<int:key>/drop")
@permit("case.import")
def drop(key: int) -> Answer:
    """Give up an import of which nothing was taken."""
    batch, form = _batch(key), forms.GoForm()

    def act() -> None:
        for _count in staging.drop(batch, guard.actor()):
            guard.commit()
    return press(form, act, lambda: _page(batch, go=form), "/import", DROPPED)
