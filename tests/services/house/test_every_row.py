"""The walk over the schema (R50, R64): in a populated county one value of every column of every table is changed past
the triggers, a row of every table is deleted, tails are cut and the last seal is removed. Each is found, by its table and
row, or by its case; what is free says why in ``queries/house/proofs.py`` or on its column in ``models.py``.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, String, Table, Text, delete, func, select, text, update
from sqlalchemy import types as kinds

from mediation.extensions import AnyModel, db
from mediation.models import TABLES, Case, Event
from mediation.queries.house import canonical, checks, digests, proofs
from mediation.services import journal
from mediation.services.cases import moves
from mediation.services.house import recomputed
from mediation.services.papers import files, kept_pages
from tests import casework, house, imports
from tests.golden import county

BESIDE = {"import_batch": "import_begun", "wording": "wording_ended", "letter_edition": "letter_reissued"}


FEW = 8  # changes from which on it pays to ask for all findings at once


class Change(NamedTuple):
    """One change behind the journal's back: what may be named as its place, and the statement."""

    owner: str
    what: str
    places: tuple[str, ...]
    statement: Any


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Flask:
    folder = tmp_path_factory.mktemp("every-row")
    app = house.make_app(folder)
    county.build(app, folder)
    with app.app_context():
        fill_up(folder)
        for table in digests_of_triggers():
            db.session.execute(text(f"DROP TRIGGER {table}"))
        db.session.commit()
        db.session.remove()
    return app


def digests_of_triggers() -> list[str]:
    return list(db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))


def fill_up(folder: Path) -> None:
    """A row in every table that the county leaves empty, as a writer of the product leaves it: with its event."""
    mediator, lead = house.actor("mediator"), house.actor("lead")
    imports.take(imports.stage(lead, *imports.GOOD), lead)
    case = db.session.scalars(select(Case).where(Case.is_open == 1, Case.handler_id.is_not(None))).first()
    kept_pages.keep_template(b"x", mediator)
    files.add(case, "借条.txt", "欠条".encode(), folder, house.actor(case.handler.username))
    others = iter(db.session.scalars(select(Case).where(Case.merged_into_id.is_(None)).order_by(Case.id)).all())
    for table in db.metadata.sorted_tables:
        model = TABLES[table.name]
        if db.session.execute(select(table).limit(1)).first() is not None or model in proofs.CHAINED:
            continue
        case = next(others)
        row = model(**{name: made_up(column, case) for name, column in model.__mapper__.columns.items()
                       if name != "id" and not name.endswith(("_sealed", "_index", "_tail"))})
        for name in canonical.sealed_of(model):
            setattr(row, name, "13847862213")
        db.session.add(row)
        db.session.flush()
        if table.name in BESIDE:
            kind = digests.journal.KINDS[BESIDE[table.name]]
            journal.record(mediator, journal.HOUSE, BESIDE[table.name], {
                **dict.fromkeys(kind.fields), table.name: row.id})
    for case in db.session.scalars(select(Case).where(Case.merged_into_id.is_(None))):
        moves.reckon(case, mediator)
        casework.rest(case, mediator)
    for _n in range(12):
        journal.log_access(mediator, "open", case.number, "x")
    db.session.commit()
    journal.seal(mediator)
    db.session.commit()


def made_up(column: Column, case: Case) -> Any:
    for key in column.foreign_keys:
        if key.column.table.name == "dispute":
            return case.id
        return db.session.scalar(select(key.column).order_by(key.column.desc()).limit(1))
    kind = column.type
    if column.nullable and column.name != "case_id":
        return None
    return plain(kind)


def plain(kind: Any) -> Any:
    inner = kind.impl if isinstance(kind, kinds.TypeDecorator) else kind
    if isinstance(inner, Boolean):
        return False
    if isinstance(inner, DateTime):
        return datetime(2026, 11, 18, 2, tzinfo=UTC)
    if isinstance(inner, Date):
        return date(2026, 11, 18)
    if isinstance(inner, (String, Text)):
        return "a"
    return {} if isinstance(inner, JSON) else 1


def other(column: Column, value: Any) -> Any:
    """Another value that a column can hold."""
    if column.foreign_keys and not column.primary_key:
        [key] = column.foreign_keys
        found = db.session.scalars(select(key.column).where(key.column != value) if value is not None else select(key.column))
        return found.first() or (value or 0) + 1000
    inner = column.type.impl if isinstance(column.type, kinds.TypeDecorator) else column.type
    if isinstance(inner, JSON):
        return [7] if isinstance(value, list) else {"x": "y"}
    if value is None:
        changed = plain(column.type)
        return True if changed is False else changed
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime):
        return value + timedelta(hours=1)
    if isinstance(value, date):
        return value + timedelta(days=1000)
    if isinstance(value, int):  # of a key one that no row has: another may stand 100,000 further on
        return 100_000 + (db.session.scalar(select(func.max(column))) if column.primary_key else value)
    return "x" if value != "x" else "y"


def changes() -> Iterator[Change]:
    """Each column of each table in one row, and one deleted row of each table."""
    for table in db.metadata.sorted_tables:
        model = TABLES[table.name]
        if model in proofs.FREE:
            continue
        rows = db.session.execute(select(table)).all()
        cases = owners(model, rows)
        spread = defaultdict(list)
        for row in rows:
            spread[cases.get(key_of(table, row), f"{table.name} {row[0]}")].append(row)
        turns = list(spread.items())
        for n, column in enumerate(c for c in table.columns if not is_free(model, c)):
            sealed = column.name.endswith(("_sealed", "_index", "_tail"))
            turn = next((one for one in turns[n % len(turns):] + turns if not sealed or one[1][0]._mapping[column.name]), None)
            if turn is None:
                continue
            row = turn[1][0]
            yield change(table, turn[0], row, f"{table.name}.{column.name}", update(table).values(
                {column: other(column, row._mapping[column.name])}))
        owner, some = turns[0]
        yield change(table, owner, some[-1], f"{table.name} deleted", delete(table))


def key_of(table: Table, row: Any) -> tuple:
    """The whole primary key: one token of the index stands in several cases."""
    return tuple(row._mapping[column.name] for column in table.primary_key.columns)


def change(table: Table, owner: str, row: Any, what: str, statement: Any) -> Change:
    for column in table.primary_key.columns:
        statement = statement.where(column == row._mapping[column.name])
    above = [f"import_batch {row.import_id}"] if table.name == "import_row" else []
    return Change(owner, what, (owner, f"{table.name} {row[0]}", *above), statement)


def is_free(model: AnyModel, column: Column) -> bool:
    return str(column.info.get("free", "")) != ""


def owners(model: AnyModel, rows: list) -> dict[tuple, str]:
    """The case, stream or table that is named for a row, by its key."""
    numbers = dict(db.session.execute(select(Case.id, Case.number)).all())
    if model is Event:
        return {(row.id,): row.stream for row in rows}
    if model is Case:
        return {(row.id,): row.number for row in rows}
    found = {}
    if model in canonical.DIGESTED:
        asked, _owner = canonical._owned(model)
        for case, row in db.session.execute(asked):
            found.setdefault((row.id,), numbers.get(case))
    elif "case_id" in model.__table__.columns:
        found = {key_of(model.__table__, row): numbers.get(row.case_id) for row in rows}
    return {key: value for key, value in found.items() if value}


def faults() -> set[str]:
    db.session.expire_all()
    return {fault.place for fault in [*checks.run(), *recomputed.faults(house.TODAY), *digests.verify()]}


def passes(every: list[Change]) -> Iterator[list[Change]]:
    """Changes of different owners together, so that one verification answers for many."""
    left = every
    while left:
        taken, rest, seen = [], [], set()
        for one in left:
            (rest if one.owner in seen else taken).append(one)
            seen.add(one.owner)
        yield taken
        left = rest


def quick_faults() -> set[str]:
    """Those of the digests of the house's rows alone."""
    return {place for place, _zh, _en in proofs.faults()}


def missed(together: list[Change], before: set[str]) -> list[str]:
    with db.session.begin_nested() as point:
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        try:
            for one in together:
                db.session.execute(one.statement)
            if len(together) <= FEW and all(one.places[-1] in found or one.owner in found for found in [
                    quick_faults()] for one in together):
                return []
            found = faults() - before
        except Exception as error:
            if len(together) == 1:
                return [f"{together[0].what}: crash {type(error).__name__} {str(error)[:200]}"]
            found = None
        finally:
            point.rollback()
    if found is None:
        return [line for one in together for line in missed([one], before)]
    return [f"{one.what} in {one.owner}" for one in together
            if not any(place in told for place in one.places for told in found)]


def test_every_change_behind_the_journal_is_found_and_named(built):
    """R50, R64: no single change of any column, and no deleted row, stays unfound; the checker never crashes."""
    with built.app_context():
        before = faults()
        every = list(changes())
        lost = [line for together in passes(every) for line in missed(together, before)]
        db.session.rollback()
        db.session.remove()
    assert len(every) > 500
    assert not lost, "\n".join(lost)
