"""Imports as they stand: the staged rows as a table again, a page of them, what is known of a file and its headings."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal, literal_column, or_, select
from sqlalchemy.orm import joinedload

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, Event, HeadingMapping, HeadingWord, ImportBatch, ImportRow, Station, User
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.imports import packing, states
from mediation.rules.imports import sheet as sheets
from mediation.rules.imports.sheet import Merge, Note, Table
from mediation.rules.language import Text

PERMISSION = "case.import"
BLOCK = 1000  # staged rows in the hand at once
PAGE = 50
_ROW = ImportRow.__table__.c


# Whose imports ----------------------------------------------------------------------------------------------------

def reach(actor: Actor) -> ColumnElement[bool]:
    """The imports that an account may see and go on with."""
    scope = access.scope_of(actor.role, PERMISSION)
    if actor.user_id is None:
        return ImportBatch.id.is_not(None)
    if scope == "below":
        return ImportBatch.station_id.in_(door.stations_below(actor.station_path))
    if scope == "site":
        return ImportBatch.station_id == actor.station_id
    return ImportBatch.id.is_(None)


def find(actor: Actor, key: int) -> ImportBatch | None:
    return db.session.scalar(select(ImportBatch).where(ImportBatch.id == key, reach(actor)))


def latest(actor: Actor, most: int = 100) -> list[ImportBatch]:
    """The imports within reach, the newest first."""
    return list(db.session.scalars(select(ImportBatch).where(reach(actor)).options(
        joinedload(ImportBatch.station), joinedload(ImportBatch.made_by)).order_by(ImportBatch.id.desc()).limit(most)))


def stations(actor: Actor) -> list[Station]:
    """Where the account may bring cases in: its own site, or those of its level and below."""
    rows = select(Station).where(Station.is_active.is_(True), Station.union_id.is_not(None))
    scope = access.scope_of(actor.role, PERMISSION)
    if actor.user_id is not None:
        rows = rows.where(Station.id.in_(door.stations_below(actor.station_path)) if scope == "below"
                          else Station.id == (actor.station_id if scope == "site" else None))
    return list(db.session.scalars(rows.order_by(Station.path)))


def earlier(file_sha256: str, sheet: str, union_id: int) -> ImportBatch | None:
    """The import of this very sheet that stands, in the union."""
    return db.session.scalar(select(ImportBatch).where(
        ImportBatch.file_sha256 == file_sha256, ImportBatch.sheet == sheet, ImportBatch.union_id == union_id,
        ImportBatch.state.in_(states.STANDING)).order_by(ImportBatch.id).limit(1))


def unfinished(file_sha256: str, sheet: str, station_id: int) -> ImportBatch | None:
    """The import of this very sheet into a station that was broken off while its cases were made."""
    return db.session.scalar(select(ImportBatch).where(
        ImportBatch.file_sha256 == file_sha256, ImportBatch.sheet == sheet, ImportBatch.station_id == station_id,
        ImportBatch.state == "running").order_by(ImportBatch.id).limit(1))


def clerk(union_id: int, role: str = "") -> User | None:
    """Who answers for an import that a command makes: who may import at the union, else whoever works there."""
    by_role = [role] if role else ["lead", "supervisor", "mediator", "admin"]
    rows = db.session.scalars(select(User).join(Station, Station.id == User.station_id).where(
        User.is_active.is_(True), or_(Station.union_id == union_id, User.role == "admin")).order_by(User.id)).all()
    return next((row for name in by_role for row in rows if row.role == name), None)


# The staged rows --------------------------------------------------------------------------------------------------

ROWS = select(_ROW.id, _ROW.number, _ROW.cells_sealed, _ROW.mended_sealed, _ROW.mark, _ROW.kind, _ROW.lead,
              _ROW.is_wanted, _ROW.case_id, _ROW.problems, _ROW.twin)


class Sealed(Protocol):
    """An import, or what is kept of it, to whose rows their sealed texts are tied."""

    @property
    def uid(self) -> str: ...


class Tied(NamedTuple):
    """All that sealing needs of an import; its row, asked again after a commit, would take the write lock."""

    uid: str


def place(batch: Sealed, number: int, what: str = "cells") -> str:
    """What a row's sealed text is tied to."""
    return f"import_row.{what}.{batch.uid}.{number}"


def opened(batch: Sealed, row: Row[Any], keys: vault.Vault | None = None) -> sheets.Row:
    """A staged row with its corrections; ``keys`` where they were fetched for many rows."""
    keys = keys or vault.current()
    return packing.unpack(row.number, keys.decrypt(row.cells_sealed, place(batch, row.number)), mended(batch, row))


def mended(batch: Sealed, row: Row[Any]) -> dict[int, str]:
    """What was corrected in a row, by the place of the cell."""
    if not row.mended_sealed:
        return {}
    said = json.loads(vault.current().decrypt(row.mended_sealed, place(batch, row.number, "mended")))
    return {int(key): str(text) for key, text in said.items()}


class Staged:
    """The rows of a staged sheet, read block by block and as often as they are asked for; blank ones were not kept."""

    def __init__(self, batch: ImportBatch, first: int = 1, last: int | None = None):
        self._batch, self._first, self._last = batch, first, last

    def __iter__(self) -> Iterator[sheets.Row]:
        number = self._first - 1
        while found := rows_after(self._batch, number, BLOCK):
            for row in found:
                if self._last is not None and row.number > self._last:
                    return
                yield opened(self._batch, row)
            number = found[-1].number


AFTER = ROWS.where(_ROW.import_id == bindparam("batch"), _ROW.number > bindparam("after")).order_by(
    _ROW.number).limit(bindparam("most"))


NEXT = ROWS.where(_ROW.import_id == bindparam("batch"), _ROW.mark == bindparam("mark")).order_by(
    _ROW.number).limit(bindparam("most"))


def next_rows(key: int, mark: str, most: int) -> list[Row[Any]]:
    """The next rows of an import with a mark."""
    return list(db.session.connection().execute(NEXT, {"batch": key, "mark": mark, "most": most}))


def rows_after(batch: ImportBatch, number: int, most: int) -> list[Row[Any]]:
    """The next rows after one, in the order of the file."""
    return list(db.session.connection().execute(AFTER, {"batch": batch.id, "after": number, "most": most}))


def table(batch: ImportBatch) -> Table:
    """The sheet as it was read from its file, with what was corrected since."""
    return Table(batch.sheet, Staged(batch), batch.height, tuple(Merge(*one) for one in batch.merged), notes(batch))


def notes(batch: ImportBatch) -> tuple[Note, ...]:
    return tuple(Note(Text(zh, en), row, place) for zh, en, row, place in batch.notes)


@dataclass(frozen=True)
class Counts:
    """How many rows there are of each kind and each mark."""

    marks: Mapping[str, int]
    kinds: Mapping[str, int]

    @property
    def good(self) -> int:
        return self.marks.get("good", 0)

    @property
    def hold(self) -> int:
        return self.marks.get("hold", 0)

    @property
    def taken(self) -> int:
        return self.marks.get("taken", 0)


def counts(batch: ImportBatch) -> Counts:
    found = db.session.execute(select(ImportRow.mark, ImportRow.kind, func.count()).where(
        ImportRow.import_id == batch.id).group_by(ImportRow.mark, ImportRow.kind)).all()
    marks: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for mark, kind, n in found:
        marks[mark] = marks.get(mark, 0) + n
        kinds[kind] = kinds.get(kind, 0) + n
    return Counts(marks, kinds)


def marked(batch: ImportBatch) -> dict[str, int]:
    """How many rows have each mark, from the index alone: what is asked under the write lock."""
    return {mark: n for mark, n in db.session.execute(select(_ROW.mark, func.count()).where(
        _ROW.import_id == batch.id).group_by(_ROW.mark))}


def page(batch: ImportBatch, mark: str = "", after: int = 0, size: int = PAGE) -> list[Row[Any]]:
    """One page of staged rows, those that are part of another's case beneath it."""
    wanted = [ImportRow.import_id == batch.id, ImportRow.number > after]
    if mark == "problems":
        wanted.append(ImportRow.problems > 0)
    elif mark:
        wanted.append(ImportRow.mark == mark)
    return list(db.session.execute(ROWS.where(and_(*wanted)).order_by(_ROW.number).limit(size)))


def parts_of(connection: Connection, key: int, leads: list[int]) -> dict[int, list[Row[Any]]]:
    """The further rows of each case, by the number of its first row."""
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(ROWS.where(
            _ROW.import_id == key, _ROW.lead.in_(leads)).order_by(_ROW.number)) if leads else ():
        found.setdefault(row.lead, []).append(row)
    return found


def find_row(batch: ImportBatch, number: int) -> Row[Any] | None:
    return db.session.execute(ROWS.where(_ROW.import_id == batch.id, _ROW.number == number)).one_or_none()


def cases(batch: ImportBatch) -> ColumnElement[bool]:
    """The cases that an import made."""
    return Case.id.in_(select(ImportRow.case_id).where(ImportRow.import_id == batch.id, ImportRow.case_id.is_not(None)))


def voided(batch: ImportBatch) -> int:
    """How many of them were voided."""
    return db.session.scalar(select(func.count()).select_from(Case).where(
        cases(batch), Case.voided_on.is_not(None))) or 0


def unlike_journal() -> Iterator[str]:
    """The cases whose row in an import is not the one that the journal says they were made from, and rows that lead to
    a case which was made from none: an import is undone by its rows."""
    made = select(Case.number, Event.data, _ROW.import_id, _ROW.number).select_from(Case).join(
        Event, and_(Event.stream == literal("case:") + Case.number, Event.kind == "imported"), isouter=True).join(
        ImportRow, ImportRow.case_id == Case.id, isouter=True).where(
        or_(Event.id.is_not(None), ImportRow.id.is_not(None))).order_by(Case.id)
    for number, data, batch, row in db.session.execute(made.execution_options(yield_per=1000)):
        told = json.loads(data) if data else {}
        if (told.get("import_batch"), told.get("row")) != (batch, row):
            yield number


def numbers(keys: list[int]) -> dict[int, str]:
    """The register numbers of cases by their ids."""
    return {key: number for key, number in db.session.execute(select(Case.id, Case.number).where(Case.id.in_(keys)))}


# What is known of headings ----------------------------------------------------------------------------------------

def words(union_id: int) -> dict[str, str]:
    """The headings that people of the union have explained."""
    rows = db.session.execute(select(HeadingWord.heading, HeadingWord.field).where(HeadingWord.union_id == union_id))
    return {heading: field for heading, field in rows}


def kept(union_id: int, fingerprint: str) -> HeadingMapping | None:
    """The mapping last kept for such headings."""
    return db.session.scalar(select(HeadingMapping).where(
        HeadingMapping.union_id == union_id, HeadingMapping.fingerprint == fingerprint).order_by(
        HeadingMapping.id.desc()).limit(1))


def known_words(actor: Actor) -> list[HeadingWord]:
    """The headings explained in the unions where the account may bring cases in, in their order."""
    unions = {row.union_id for row in stations(actor)}
    return list(db.session.scalars(select(HeadingWord).where(HeadingWord.union_id.in_(unions)).order_by(
        HeadingWord.heading, HeadingWord.id)))


def known_mappings(actor: Actor) -> list[HeadingMapping]:
    """The mappings that these unions keep, by name."""
    unions = {row.union_id for row in stations(actor)}
    return list(db.session.scalars(select(HeadingMapping).where(HeadingMapping.union_id.in_(unions)).order_by(
        HeadingMapping.name, HeadingMapping.id)))


# As the partial index has it: bound, it would not be known to fit.
IS_MARKED: ColumnElement[bool] = literal_column("twin != ''")
ALIKE = select(_ROW.twin, _ROW.import_id, _ROW.number, _ROW.case_id).where(
    _ROW.twin.in_(bindparam("twins", expanding=True)), IS_MARKED)


class Alike(NamedTuple):
    """What is staged already under the marks of some rows, by mark: the first row of the import itself, and the number
    of a case that another one brought in."""

    rows: dict[str, int]
    cases: dict[str, str]


def alike(batch: int, union_id: int, marks: list[str]) -> Alike:
    """Rows and cases that say the same as rows with these marks; the marks lead, however long the import is."""
    rows: dict[str, int] = {}
    came: dict[int, str] = {}
    for mark, key, number, case in db.session.connection().execute(ALIKE, {"twins": marks}) if marks else ():
        if key == batch:
            rows[mark] = min(number, rows.get(mark, number))
        elif case is not None:
            came[case] = mark
    known = db.session.execute(select(Case.id, Case.number).where(
        Case.id.in_(came), Case.union_id == union_id, Case.voided_on.is_(None)).order_by(Case.id)) if came else ()
    return Alike(rows, {came[key]: number for key, number in known})
