"""Taking the rows that are marked good: cases through the service of every late entry, block by block, and the undoing
of an import as a whole.

A block is one transaction, short enough that nobody at work waits a second for it. Whatever breaks an import off leaves
whole blocks: the rows of the last one are still marked good, and it goes on from there.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, bindparam, func, literal, select, update

from mediation.extensions import db, read_and_write, read_only
from mediation.models import Case, Event, ImportBatch, ImportRow
from mediation.queries import imports as queries
from mediation.rules.access import Actor
from mediation.rules.cases import voiding as void_rules
from mediation.rules.cases.numbers import known_as
from mediation.rules.imports import states
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import intake, late_block, voiding
from mediation.services.cases.intake import Origin
from mediation.services.house import setup
from mediation.services.imports.judging import is_judged
from mediation.services.imports.pace import Pace, give_way, unswept
from mediation.services.imports.reading import Reader, forgetting, parts_by_lead
from mediation.services.imports.staging import record, refuse_again, refuse_unless, require, union_of
from mediation.services.many import Many

BLOCK, MOST = 50, 1000  # rows of the first block, and of any; services/imports/pace.py says how many between
ROOM = 500  # ids left free in each table for what others register meanwhile, once somebody has
LONGEST = 0.3  # seconds after which a block of voiding ends
SHOWN = 5  # numbers named in a refusal
_ROW = ImportRow.__table__.c
TAKEN = Many(update(ImportRow.__table__).where(_ROW.id == bindparam("key")).values(
    mark="taken", case_id=bindparam("to_case")))
HELD = Many(update(ImportRow.__table__).where(_ROW.id == bindparam("key")).values(mark="hold", problems=1))
LOCK = select(ImportBatch.id).where(ImportBatch.id == bindparam("batch")).with_for_update()


def begin(batch: ImportBatch, actor: Actor) -> None:
    """Begin to take the good rows, or to go on; one event ``import_begun``.

    Raises Refused where none is good, the same sheet was brought in meanwhile, or the currency is another one.
    """
    require(actor, batch)
    refuse_unless(batch, "draft", "running", "done")
    if not is_judged(batch):
        raise Refused([Problem("", states.UNREAD)])
    good = queries.marked(batch).get("good", 0)
    if not good:
        raise Refused([Problem("", states.NOTHING)])
    if batch.state == "draft":
        refuse_again(batch.file_sha256, batch.sheet, batch.union_id)
    _set_currency(batch, actor)
    if batch.state != "running":
        batch.state = "running"
        record(actor, batch, "import_begun", {"rows": good})


def _set_currency(batch: ImportBatch, actor: Actor) -> None:
    """The currency of a union is that of its cases; the first import into an empty one says which."""
    union, theirs = union_of(batch), Reader(batch, actor.today).mapping.currency or "CNY"
    if union.currency == theirs:
        return
    if db.session.scalar(select(Case.id).where(Case.union_id == union.id, Case.voided_on.is_(None)).limit(1)):
        raise Refused([Problem("", states.OTHER_CURRENCY.fill(ours=union.currency, theirs=theirs))])
    setup.set_currency(actor, union, theirs)


@forgetting
def take(batch: ImportBatch, actor: Actor) -> Iterator[int]:
    """Take the good rows of an import that was begun; gives how many were taken, after each block and at the end.

    Who calls commits at each turn, and takes no further turn to stop. A row that is refused in spite of its mark is
    held back, and the others of its block are taken.
    """
    require(actor, batch)
    refuse_unless(batch, "running")
    reader, pace, taken = Reader(batch, actor.today), Pace(BLOCK, MOST), 0
    reader.prepare()
    yield taken  # committed, the first block is made without the write lock as well
    while True:
        pace.begin()
        with unswept():
            rows, new = _take_block(reader, pace, actor)
        if not rows:
            break
        taken += new
        yield taken
        pace.end(rows)
    found = queries.marked(batch)
    batch.state = "done"
    record(actor, batch, "import_finished", {"taken": found.get("taken", 0), "left": found.get("hold", 0)})
    yield taken


def _take_block(reader: Reader, pace: Pace, actor: Actor) -> tuple[int, int]:
    """Take the next good rows; how many there were, and how many became cases."""
    ahead = _look_ahead(reader, pace, actor)
    pace.made()
    db.session.connection().execute(LOCK, {"batch": reader.key})
    pace.hold()
    rows = queries.next_rows(reader.key, "good", pace.rows)
    if ahead is None or ahead.rows != rows or not ahead.block.fits():  # somebody registered a case meanwhile
        pace.room = ROOM
        rows, ahead = rows[:pace.again(len(rows))], None
    if not rows:
        return 0, 0
    return len(rows), (ahead or Taking(reader, rows, actor)).take()


class Taking:
    """The rows of a block as they were read, and the cases that they become."""

    def __init__(self, reader: Reader, rows: list[Row[Any]], actor: Actor):
        self.rows, self._actor = rows, actor
        parts = parts_by_lead(reader.key, rows, reader.mapping)
        read = [(row.id, reader.facts(reader.read(row, parts.get(row.number, ()))), Origin(reader.key, row.number))
                for row in rows]
        self._held: list[int] = []
        self._plain: list[int] = []
        self._others, entries = [], []
        for key, facts, origin in read:
            if late_block.problems(actor, facts):
                self._held.append(key)
            elif late_block.is_plain(facts):
                self._plain.append(key)
                entries.append((facts, origin))
            else:
                self._others.append((key, facts, origin))
        self.block = late_block.Block(actor, entries)

    def take(self) -> int:
        """Store the cases and mark the rows; those against which something stands after all are held back."""
        taken = dict(zip(self._plain, self.block.store(), strict=True))
        for key, facts, origin in self._others:
            try:
                with db.session.begin_nested():
                    taken[key] = intake.late_enter(self._actor, facts, origin).id
            except Refused:
                self._held.append(key)
        TAKEN.run({"key": key, "to_case": case} for key, case in taken.items())
        HELD.run({"key": key} for key in self._held)
        return len(taken)


def _look_ahead(reader: Reader, pace: Pace, actor: Actor) -> Taking | None:
    """Read the next good rows and make their cases before the write lock is taken, in a session that only reads; None
    where a transaction is under way."""
    if db.session().in_transaction():
        return None
    read_only()
    try:
        made = Taking(reader, queries.next_rows(reader.key, "good", pace.rows), actor)
        made.block.make_ahead(pace.room)
        return made
    finally:
        read_and_write()


# Undoing ----------------------------------------------------------------------------------------------------------

def undo(batch: ImportBatch, reason: str, actor: Actor) -> None:
    """Begin to undo an import as a whole, while nobody has worked on its cases; one event ``import_undone``.

    Raises Refused without a reason, or with the numbers of the cases that were worked on.
    """
    require(actor, batch)
    refuse_unless(batch, "running", "done")
    found = voiding.reason_problems(reason)
    if worked := worked_on(batch):
        found.append(Problem("", states.WORKED.fill(n=len(worked), numbers=_named(worked))))
    if found:
        raise Refused(found)
    batch.state, batch.reason = "undoing", reason
    record(actor, batch, "import_undone", {"cases": queries.marked(batch).get("taken", 0)})


def worked_on(batch: ImportBatch) -> list[str]:
    """The cases of an import in which something was written since."""
    busy = select(Case.number).join(ImportRow, ImportRow.case_id == Case.id).join(
        Event, Event.stream == literal("case:") + Case.number).where(
        ImportRow.import_id == batch.id, Event.seq > 1,
        Event.kind.not_in(void_rules.LAST_EVENTS | void_rules.NO_WORK))
    return list(db.session.scalars(busy.distinct().order_by(Case.number)))


def _named(found: list[str]) -> Text:
    shown = [known_as(number) for number in found[:SHOWN]]
    return Text("、".join(shown), ", ".join(shown))


def void(batch: ImportBatch, actor: Actor) -> Iterator[int]:
    """Void the cases of an import that is being undone, block by block; gives how many are left after each.

    A case that somebody worked on in the meantime stays, and so does the import as one being undone.
    """
    require(actor, batch)
    refuse_unless(batch, "undoing")
    after = 0
    while True:
        found = db.session.execute(select(Case, _ROW.number).join(ImportRow, _ROW.case_id == Case.id).where(
            _ROW.import_id == batch.id, _ROW.mark == "taken", _ROW.number > after, Case.voided_on.is_(None)).order_by(
            _ROW.number).limit(BLOCK)).tuples().all()
        if not found:
            break
        until = time.monotonic() + LONGEST
        for case, after in found:
            try:
                voiding.void(case, batch.reason, actor, batch.id)
            except Refused:
                continue
            if time.monotonic() > until:
                break
        yield after
        give_way()
        db.session.expunge_all()
        db.session.add(batch)
    left = db.session.scalar(select(func.count()).select_from(Case).where(
        queries.cases(batch), Case.voided_on.is_(None)))
    if not left:
        batch.state = "undone"
        record(actor, batch, "import_undone", {"cases": queries.marked(batch).get("taken", 0)})
    yield after
