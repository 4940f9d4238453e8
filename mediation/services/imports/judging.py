"""The dry run: each staged row is read and marked, against itself, the file, earlier imports and the cases. Nothing of
a case is written; the marks and totals are those that the taking will go by.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select, update

from mediation import vault
from mediation.extensions import db, read_and_write, read_only
from mediation.models import Case, ImportBatch, ImportRow, Party
from mediation.queries import imports as queries
from mediation.queries.cases import intake as intake_queries
from mediation.rules.access import Actor
from mediation.rules.cases.duplicates import is_nickname
from mediation.rules.cases.late_entry import NOT_KNOWN, Late
from mediation.rules.imports import folding, states
from mediation.rules.imports.fields import FIELDS
from mediation.rules.imports.rows import RowReading
from mediation.rules.language import Text
from mediation.rules.money.amounts import print_yuan
from mediation.services.imports.pace import Pace, unswept
from mediation.services.imports.reading import Reader, Trouble, beside, forgetting, parts_by_lead
from mediation.services.imports.staging import forget_marks, refuse_unless, require
from mediation.services.many import Many

BLOCK, MOST = 50, 1000  # rows of the first block, and of any; services/imports/pace.py says how many between
_ROW = ImportRow.__table__.c
MARK = Many(update(ImportRow.__table__).where(_ROW.id == bindparam("key")).values(
    kind=bindparam("to_kind"), mark=bindparam("to_mark"), problems=bindparam("to_problems"), twin=bindparam("to_twin"),
    lead=bindparam("to_lead")))
UNREAD = select(_ROW.number).where(_ROW.import_id == bindparam("batch"), _ROW.mark == "")
# Who asks in a case of a union; the names lead, and of the few who have one the case is looked up.
_PARTY, _CASE = Party.__table__.c, Case.__table__.c
NAMED = select(_PARTY.name).where(
    _PARTY.name.in_(bindparam("names", expanding=True)), _PARTY.side == "applicant",
    select(_CASE.union_id).where(_CASE.id == _PARTY.case_id, _CASE.voided_on.is_(None)).scalar_subquery()
    == bindparam("union")).distinct()


@forgetting
def judge(batch: ImportBatch, actor: Actor) -> Iterator[int]:
    """Mark the rows that are not marked yet, block by block; gives the number of the last row after each.

    A corrected row is read again with all that follow from it; taken ones stay as they are.
    """
    require(actor, batch)
    refuse_unless(batch, "draft", "running", "done")
    if batch.judged_to == states.MARKED_BEFORE:
        yield from forget_marks(batch)
    run, pace, key = Run(Reader(batch, actor.today), actor), Pace(BLOCK, MOST), batch.id
    run.reader.prepare()
    yield batch.judged_to  # committed, the first block is read without the write lock as well
    while True:
        pace.begin()
        with unswept():
            rows = run.mark_next(pace)
        if not rows:
            break
        yield batch.judged_to
        pace.end(rows)
    for _part in run.add_up():  # its first turn commits; whoever takes three turns at a time adds up one part at least
        yield batch.judged_to
    staged = db.session.scalar(select(func.count()).select_from(ImportRow).where(_ROW.import_id == key))
    batch.tally = {**run.total(), "staged": staged}
    yield batch.judged_to


def is_judged(batch: ImportBatch) -> bool:
    """Whether every row is marked and the totals are added up."""
    return "cases" in batch.tally and db.session.execute(UNREAD.limit(1), {"batch": batch.id}).scalar() is None


class Found(NamedTuple):
    """What becomes of the rows of a block: the mark of each, the first rows of cases to which some of them belong, and
    those that can be taken as they read."""

    marks: list[dict[str, object]]
    leads: list[int]
    good: list[RowReading]


class Run:
    """One dry run, or one slice of it."""

    def __init__(self, reader: Reader, actor: Actor):
        self.reader, self.batch, self.actor = reader, reader.batch, actor
        self.leads: dict[str, int] | None = None  # key of a folded case -> its first row
        self.seer = actor if actor.user_id is not None else replace(actor, role="auditor", station_path="/")
        # What the parts of the file add up to, where this run reads all rows, and none belongs to the case of another.
        self._parts: dict[str, folding.Totals] | None = (
            {} if not self.batch.judged_to and not self.reader.mapping.fold else None)
        self._kept: dict[str, Any] = {}

    def mark_next(self, pace: Pace) -> int:
        """Mark the next rows; gives how many there were."""
        ahead = self.look_ahead(pace.rows)
        pace.made()
        db.session.connection()
        pace.hold()
        block = queries.next_rows(self.reader.key, "", pace.rows)
        if ahead is not None and ahead[0] != block:  # somebody corrected a row meanwhile
            block, ahead = block[:pace.again(len(block))], None
        if block:
            self.mark(block, ahead[1] if ahead is not None else self._found(block))
        return len(block)

    def look_ahead(self, most: int) -> tuple[list[Row[Any]], Found] | None:
        """Read the next rows, and find what stands against them, before the write lock is taken; None where a
        transaction is under way, or where rows are folded into cases: then each is read when its turn comes."""
        if db.session().in_transaction():
            return None
        if self.reader.mapping.fold:
            self._look_for_leads()
            return None
        read_only()
        try:
            rows = queries.next_rows(self.reader.key, "", most)
            return rows, self._found(rows)
        finally:
            read_and_write()

    def mark(self, block: list[Row[Any]], found: Found) -> None:
        """Write what becomes of the rows of a block."""
        MARK.run(found.marks)
        self._again(found.leads)
        if self._parts is not None:
            for reading in found.good:
                folding.count(self._parts.setdefault(states.part_of(reading.number), folding.Totals()), reading)
        self.batch.judged_to = max(self.batch.judged_to, block[-1].number)
        db.session.flush()

    def _found(self, block: Sequence[Row[Any]]) -> Found:
        read = [(row, self.reader.read(row)) for row in block]
        lead_of = self._fold(read)
        read = [(row, reading) for row, reading in read if row.number not in lead_of]
        marks = [_mark(row, "part", "case", 0, "", lead) for row in block if (lead := lead_of.get(row.number))]
        good = []
        readings = {row.number: reading for row, reading in read if reading.is_case}
        facts = {number: self.reader.facts(reading) for number, reading in readings.items() if reading.is_good}
        twins = {number: self._twin(reading) for number, reading in readings.items()}
        against = Against(self, facts, twins)
        for row, reading in read:
            if not reading.is_case:
                marks.append(_mark(row, "left", reading.kind, len(reading.troubles)))
                continue
            found = [*self.reader.troubles(reading, facts.get(row.number)), *against.of(row)]
            stops = any(one.stops for one in found)
            marks.append(_mark(row, "hold" if stops else "good", "case", len(found), twins[row.number]))
            if not stops:
                good.append(reading)
        return Found(marks, sorted(set(lead_of.values())), good)

    def look(self, rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], RowReading, list[Trouble]]]:
        """Rows as they read now with everything against them; nothing is written."""
        parts = parts_by_lead(self.reader.key, rows, self.reader.mapping)
        read = [(row, self.reader.read(row, parts.get(row.number, ()))) for row in rows]
        facts = {row.number: self.reader.facts(reading) for row, reading in read if reading.is_good}
        twins = {row.number: row.twin for row, _reading in read}
        against = Against(self, facts, twins)
        for row, reading in read:
            found = self.reader.troubles(reading, facts.get(row.number)) if reading.is_case else []
            yield row, reading, found + (against.of(row) if row.mark != "taken" else [])

    def _twin(self, reading: RowReading) -> str:
        key = folding.twin_key(reading)
        return vault.current().mark(key, "import") if key else ""

    def _fold(self, read: Sequence[tuple[Row[Any], RowReading]]) -> dict[int, int]:
        """The rows that are part of a case begun by another row, with the number of that row."""
        if not self.reader.mapping.fold:
            return {}
        if self.leads is None:
            self.leads = self._known_leads(read[0][0].number)
        found = {}
        for row, reading in read:
            key = folding.key_of(reading, self.reader.mapping) if reading.is_case else ""
            if not key:
                continue
            first = self.leads.setdefault(key, row.number)
            if first != row.number:
                found[row.number] = first
        return found

    def _look_for_leads(self) -> None:
        """Read without the write lock, once, which cases the rows before have begun: they may be very many."""
        if self.leads is None:
            with beside() as connection:
                first = connection.execute(UNREAD.order_by(_ROW.number).limit(1), {"batch": self.reader.key}).scalar()
            if first is not None:
                self.leads = self._known_leads(first)

    def _known_leads(self, before: int) -> dict[str, int]:
        """The same of the rows that were read before, when a run goes on."""
        found: dict[str, int] = {}
        with beside() as connection:
            for row in connection.execute(queries.ROWS.where(
                    _ROW.import_id == self.reader.key, _ROW.number < before, _ROW.kind == "case",
                    _ROW.lead.is_(None)).order_by(_ROW.number)):
                if key := folding.key_of(self.reader.read(row), self.reader.mapping):
                    found.setdefault(key, row.number)
        return found

    def _again(self, leads: Sequence[int]) -> None:
        """Mark the first rows of folded cases by all their rows."""
        rows = list(db.session.connection().execute(queries.ROWS.where(
            _ROW.import_id == self.batch.id, _ROW.number.in_(leads)))) if leads else []
        parts = parts_by_lead(self.reader.key, rows, self.reader.mapping)
        for row in rows:
            reading = self.reader.read(row, parts.get(row.number, ()))
            facts = self.reader.facts(reading) if reading.is_good else None
            found = self.reader.troubles(reading, facts)
            MARK.run([_mark(row, "hold" if any(one.stops for one in found) else "good", "case", len(found), row.twin)])

    def add_up(self) -> Iterator[None]:
        """Add up the rows that can be taken, part by part, as far as that was not done; what was added is kept with the
        import, so that who stops goes on from there. Called between transactions, it reads without the write lock."""
        last = db.session.scalar(select(func.max(_ROW.number)).where(_ROW.import_id == self.reader.key)) or 0
        parts = dict(self.batch.tally.get(states.PARTS, {}))
        yield
        for n in range(last // states.PART + 1):
            name = str(n)
            if self._parts is not None:
                parts[name] = folding.kept(self._parts.get(name, folding.Totals()))
            elif name not in parts:
                parts[name] = folding.kept(folding.totals(readings(self.reader, n * states.PART)))
                self.batch.tally = {states.PARTS: dict(parts)}
                yield
        self._kept = parts

    def total(self) -> dict[str, object]:
        """What all parts come to, for the page and for ``flask import``, and the parts."""
        whole = folding.together(map(folding.again, self._kept.values()))
        return {**folding.as_json(whole), states.PARTS: self._kept}


def _mark(row: Row[Any], mark: str, kind: str, problems: int, twin: str = "", lead: int | None = None
          ) -> dict[str, object]:
    return {"key": row.id, "to_mark": mark, "to_kind": kind, "to_problems": problems, "to_twin": twin, "to_lead": lead}


def shown(told: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """The totals of a dry run in words: cases, people, each sum by its currency."""
    if "cases" not in told:
        return []
    found = [(CASES, f"{told['cases']:,}"), (PEOPLE, f"{told['people']:,}")]
    for key, sums in told["sums"].items():
        said = "、".join(f"{print_yuan(fen)}{' ' + currency if currency else ''}" for currency, fen in sums.items())
        found.append((FIELDS[key].label, said))
    return found


def remarks(told: Mapping[str, Any]) -> list[Text]:
    """What a dry run found odd about whole columns."""
    return [Text(zh, en) for zh, en in zip(told.get("remarks", ()), told.get("remarks_en", told.get("remarks", ())),
                                           strict=True)]


CASES, PEOPLE = Text("案件", "Cases"), Text("涉及人数", "Persons")


def readings(reader: Reader, first: int) -> list[RowReading]:
    """The rows of one part of the file that can be taken or are, as they read, with what belongs to their cases."""
    with beside() as connection:
        rows = list(connection.execute(queries.ROWS.where(
            _ROW.import_id == reader.key, _ROW.number >= first, _ROW.number < first + states.PART,
            _ROW.mark.in_(("good", "taken"))).order_by(_ROW.number)))
        parts = parts_by_lead(reader.key, rows, reader.mapping, connection)
    return [reader.read(row, parts.get(row.number, ())) for row in rows]


def problems(reader: Reader, actor: Actor) -> Iterator[tuple[int, int | None, Text, bool]]:
    """Everything that was found against the rows, row by row, in the order of the file: row, place, sentence, stops."""
    run = Run(reader, actor)
    number = 0
    while rows := list(db.session.connection().execute(queries.ROWS.where(
            _ROW.import_id == reader.batch.id, _ROW.number > number, _ROW.problems > 0).order_by(
            _ROW.number).limit(MOST))):
        for row, _reading, found in run.look(rows):
            yield from ((row.number, one.place, one.text, one.stops) for one in found)
        number = rows[-1].number


class Against:
    """What rows of one block look like: rows before them, cases of earlier imports, cases that were registered."""

    def __init__(self, run: Run, facts: dict[int, Late], twins: dict[int, str]):
        self._run, self._facts, self._twins = run, facts, twins
        marks = sorted({mark for mark in twins.values() if mark})
        batch = run.batch
        self._before, self._came = queries.alike(batch.id, batch.union_id, marks)
        for number, mark in sorted(twins.items(), reverse=True):
            if mark and number < self._before.get(mark, number + 1):
                self._before[mark] = number
        self._known = _known_names(batch.union_id, facts.values())
        self._numbers = intake_queries.known_numbers(((one.phone, one.identity) for one in facts.values()),
                                                     run.actor.today)

    def of(self, row: Row[Any]) -> list[Trouble]:
        """What this row repeats; it is held back unless somebody wants it all the same."""
        mark = self._twins.get(row.number, "")
        first = self._before.get(mark, row.number) if mark else row.number
        found = []
        if first < row.number:
            found.append(states.TWICE.fill(row=first))
        if mark in self._came:
            found.append(states.CAME.fill(number=self._run.actor.known(self._came[mark])))
        elif row.number in self._facts:
            found += self._similar(self._facts[row.number])
        return [Trouble(None, text, not row.is_wanted) for text in found]

    def _similar(self, facts: Late) -> Iterator[Any]:
        names = _names(facts)
        if not {facts.phone, facts.identity} & self._numbers and self._known.isdisjoint(names):
            return
        likely = intake_queries.find_similar(
            self._run.seer, names, facts.phone, facts.identity, [row.name or row.told for row in facts.respondents],
            [line.head for line in facts.claims], facts.received_on or facts.dates.get("accepted_on"))
        for one in likely:
            if one.is_likely:
                yield states.KNOWN.fill(number=self._run.actor.known(one.number), why=one.reason)
                return


def _names(facts: Late) -> list[str]:
    return [name for name in (facts.name, *(row.name for row in facts.roster))
            if name and name != NOT_KNOWN and not is_nickname(name)]


def _known_names(union_id: int, facts: Any) -> set[str]:
    """Which of the names of a block belong to somebody who asks in a case already."""
    names = sorted({name for one in facts for name in _names(one)})
    if not names:
        return set()
    return set(db.session.connection().execute(NAMED, {"names": names, "union": union_id}).scalars())
