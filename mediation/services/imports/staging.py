"""Staging a sheet: its rows as they stand in the file, where its columns go, corrected cells. Nothing else is written.

What is long goes in blocks: these functions give a turn to whoever calls after each, so that it is committed and the
write lock let go.
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sqlalchemy import bindparam, delete, insert, select, update

from mediation import vault
from mediation.extensions import db
from mediation.models import HeadingMapping, HeadingWord, ImportBatch, ImportRow, Station
from mediation.queries import imports as queries
from mediation.rules import access, text_cleaning
from mediation.rules.access import Actor
from mediation.rules.imports import headings, packing, states
from mediation.rules.imports import mapping as mappings
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.sheet import Table
from mediation.rules.language import Problem, Refused
from mediation.rules.text_cleaning import Unreadable
from mediation.services import journal
from mediation.services.cases.moves import Forbidden
from mediation.services.imports.pace import give_way

PERMISSION = queries.PERMISSION
BLOCK = 1000
SAMPLE = 200
NAME_LENGTH = 100
MOST_NOTES = 50
_ROW = ImportRow.__table__.c
STAGE = insert(ImportRow.__table__)
NEXT = select(_ROW.id).where(_ROW.import_id == bindparam("batch")).order_by(_ROW.number).limit(BLOCK)
MARKED = select(_ROW.id).where(
    _ROW.import_id == bindparam("batch"), _ROW.mark.in_(states.MARKS.keys() - {"taken"})).limit(BLOCK)
AGAIN = update(ImportRow.__table__).where(_ROW.id.in_(MARKED)).values(
    kind="", mark="", problems=0, twin="", lead=None).execution_options(preserve_rowcount=True)
CLEAR = delete(ImportRow.__table__).where(_ROW.id.in_(NEXT)).execution_options(preserve_rowcount=True)
MEND = update(ImportRow.__table__).where(_ROW.import_id == bindparam("batch"), _ROW.number == bindparam("row"))


def require(actor: Actor, batch: ImportBatch | None = None) -> None:
    """Raise where the account may import nothing, or not there; a command of the server may."""
    if actor.user_id is None:
        return
    if not access.scope_of(actor.role, PERMISSION) or (batch is not None and queries.find(actor, batch.id) is None):
        raise Forbidden(PERMISSION)


def refuse_unless(batch: ImportBatch, *wanted: str) -> None:
    """Raise where an import has come too far, or not far enough."""
    if batch.state not in wanted:
        raise Refused([Problem("", states.NOT_NOW.fill(state=states.STATES[batch.state]))])


# The file ---------------------------------------------------------------------------------------------------------

def stage(actor: Actor, table: Table, file_name: str, file_sha256: str, station_id: int | None) -> ImportBatch:
    """Begin an import of one sheet; ``rows`` stages what is in it. One event ``import_staged``.

    Raises Forbidden; Refused where the station is out of reach, or the same sheet was imported before.
    """
    require(actor)
    station = next((row for row in queries.stations(actor) if row.id == station_id), None)
    if station is None or station.union_id is None:
        raise Refused([Problem("station", states.NO_STATION)])
    refuse_again(file_sha256, table.name[:NAME_LENGTH], station.union_id)
    clerk = None if actor.user_id is not None else queries.clerk(station.union_id)
    if actor.user_id is None and clerk is None:
        raise Refused([Problem("", states.NO_CLERK)])
    batch = ImportBatch(
        union_id=station.union_id, station_id=station.id, made_by_id=actor.user_id or (clerk.id if clerk else None),
        made_at=actor.now, file_name=text_cleaning.CONTROLS.sub("", file_name)[-200:], file_sha256=file_sha256,
        sheet=table.name[:NAME_LENGTH], height=table.height, judged_to=states.HALF_STAGED,
        merged=[list(one) for one in table.merged],
        notes=[[note.text.zh, note.text.en, note.row, note.place] for note in table.notes[:MOST_NOTES]])
    db.session.add(batch)
    db.session.flush()
    record(actor, batch, "import_staged", {"station": station.id, "rows": table.height, "sha256": file_sha256})
    return batch


def refuse_again(file_sha256: str, sheet: str, union_id: int) -> None:
    """Raise where this sheet of this file was brought in before, or is being brought in."""
    before = queries.earlier(file_sha256, sheet, union_id)
    if before is None:
        return
    said = states.AGAIN if before.state == "done" else states.UNFINISHED
    raise Refused([Problem("file", said.fill(
        sheet=before.sheet or before.file_name, id=before.id, day=before.made_at.date(),
        taken=queries.counts(before).taken))])


def rows(batch: ImportBatch, table: Table) -> Iterator[int]:
    """Stage the rows of the sheet, block by block; blank ones are not kept. Gives how many after each block."""
    keys, staged, key, tied = vault.current(), 0, batch.id, queries.Tied(batch.uid)
    written = ({"import_id": key, "number": row.number, "cells_sealed": keys.encrypt(
        packing.pack(row.values), queries.place(tied, row.number)), **UNREAD} for row in table.rows if row.values)
    yield staged  # committed, the rows are read and sealed without the write lock
    while block := list(islice(written, BLOCK)):
        db.session.connection().execute(STAGE, block)
        staged += len(block)
        yield staged
        give_way()
    batch.judged_to = 0  # the sheet is whole
    db.session.flush()
    yield staged


UNREAD = {"kind": "", "mark": "", "problems": 0, "twin": "", "is_wanted": False}


# The columns ------------------------------------------------------------------------------------------------------

def propose(batch: ImportBatch, chosen: tuple[int, ...] = ()) -> tuple[headings.Layout, Mapping]:
    """The headings of a sheet, and where its columns go: as was settled, as was kept for such headings, as proposed."""
    table = queries.table(batch)
    settled = Mapping.from_json(batch.mapping) if batch.mapping else None
    words = queries.words(batch.union_id)
    layout = headings.find(table, chosen or (settled.heading if settled else ()), words)
    if settled is not None and not chosen:
        return layout, mappings.fit(settled, layout)
    kept = queries.kept(batch.union_id, mappings.fingerprint(layout))
    if kept is not None:
        return replace(layout, question=None), mappings.fit(Mapping.from_json(kept.body), layout)
    sample = tuple(islice(queries.Staged(batch, layout.data_from), SAMPLE))
    return layout, mappings.propose(layout, words, sample)


def settle(batch: ImportBatch, mapping: Mapping, actor: Actor, keep_as: str = "") -> None:
    """Settle where the columns go, so that the rows are read by it from the first one on; one event.

    ``keep_as`` keeps it under a name for the next file with such headings, and the headings that were explained by hand
    for every file. Raises Refused where a column has no place yet.
    """
    require(actor, batch)
    refuse_unless(batch, "draft")
    if batch.judged_to == states.HALF_STAGED:
        raise Refused([Problem("", states.BROKEN_OFF)])
    if mapping.questions:
        raise Refused([Problem(f"column-{one.place}", one.question or states.UNSETTLED.fill(n=1))
                       for one in mapping.questions])
    layout = headings.find(queries.table(batch), mapping.heading, queries.words(batch.union_id))
    try:
        mappings.fit(mapping, layout)
    except Unreadable as fault:
        raise Refused([Problem("", fault.text)]) from fault
    batch.mapping, batch.fingerprint = mapping.to_json(), mappings.fingerprint(layout)
    batch.judged_to, batch.tally = states.MARKED_BEFORE, {}
    if keep_as.strip():
        _keep(batch, mapping, actor, keep_as.strip()[:NAME_LENGTH])
    record(actor, batch, "import_mapped", {"columns": len(mapping.columns)})


def forget_marks(batch: ImportBatch) -> Iterator[int]:
    """Take the marks of an earlier reading off, block by block, so that every row is read anew."""
    key = batch.id
    while db.session.connection().execute(AGAIN, {"batch": key}).rowcount:
        yield 0
        give_way()
    batch.judged_to = 0
    db.session.flush()
    yield 0


def _keep(batch: ImportBatch, mapping: Mapping, actor: Actor, name: str) -> None:
    """Keep a mapping under its name, and what its headings were explained to be."""
    row = db.session.scalar(select(HeadingMapping).where(
        HeadingMapping.union_id == batch.union_id, HeadingMapping.name == name))
    if row is None:
        row = HeadingMapping(union_id=batch.union_id, name=name)
        db.session.add(row)
    row.fingerprint, row.body, row.kept_at = batch.fingerprint, batch.mapping, actor.now
    row.made_by_id = actor.user_id or batch.made_by_id
    known = queries.words(batch.union_id)
    for heading, field in mappings.explained(mapping).items():
        if heading not in known and len(heading) <= NAME_LENGTH:
            db.session.add(HeadingWord(union_id=batch.union_id, heading=heading, field=field,
                                       made_by_id=row.made_by_id))
    db.session.flush()


# The cells --------------------------------------------------------------------------------------------------------

def mend(batch: ImportBatch, number: int, cells: dict[int, str], actor: Actor, is_wanted: bool = False) -> None:
    """Correct cells of a staged row; what stood in the file stays beside it. The row is read anew by ``judging``.

    ``is_wanted``: the row is taken although it looks like a case that is there. Raises Refused with the place of what
    cannot be kept.
    """
    require(actor, batch)
    refuse_unless(batch, "draft", "running", "done")
    row = queries.find_row(batch, number)
    if row is None or row.mark == "taken":
        raise Refused([Problem("", states.NO_ROW)])
    found, clean = [], {}
    for place, text in cells.items():
        try:
            clean[place] = text_cleaning.clean(text, packing.LONGEST)
        except text_cleaning.Unreadable as fault:
            found.append(Problem(f"cell-{place}", fault.text))
    if found:
        raise Refused(found)
    known = queries.mended(batch, row) | clean
    said = json.dumps({str(place): text for place, text in known.items()}, ensure_ascii=False)
    sealed = vault.current().encrypt(said, queries.place(batch, number, "mended")) if known else None
    _forget_sums(batch, number)
    db.session.connection().execute(MEND.values(mended_sealed=sealed, is_wanted=is_wanted, kind="", mark=""), {
        "batch": batch.id, "row": number})


def _forget_sums(batch: ImportBatch, number: int) -> None:
    """The part of the file in which a row lies is added up again when the row is read; where rows are folded into
    cases, all of it, as a row may go to the case of another."""
    parts = batch.tally.get(states.PARTS, {})
    part = states.part_of(number)
    if "cases" in batch.tally or part in parts:
        is_folded = bool(Mapping.from_json(batch.mapping).fold)
        batch.tally = {} if is_folded else {states.PARTS: {name: sums for name, sums in parts.items() if name != part}}


def drop(batch: ImportBatch, actor: Actor) -> Iterator[int]:
    """Give up an import of which nothing was taken. Its staged rows go, block by block: a copy of a file, no record of
    ours. Broken off, it is one that was read in part."""
    require(actor, batch)
    refuse_unless(batch, "draft")
    batch.judged_to, batch.tally = states.HALF_STAGED, {}
    db.session.flush()
    yield 0
    key = batch.id
    while db.session.connection().execute(CLEAR, {"batch": key}).rowcount:
        yield 0
        give_way()
    batch.state = "dropped"
    record(actor, batch, "import_dropped", {})
    yield 0


def record(actor: Actor, batch: ImportBatch, kind: str, data: dict[str, object]) -> None:
    """The event of a change of an import, over its row."""
    db.session.flush()
    journal.record(actor, journal.HOUSE, kind, {"import_batch": batch.id, **data})


def union_of(batch: ImportBatch) -> Station:
    return db.session.get_one(Station, batch.union_id)
