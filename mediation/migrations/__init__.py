"""Upgrading a database: own engine, one transaction, copy first, triggers kept.

Alembic's defaults lose child rows (batch mode under foreign keys), drop triggers, and leave half a migration behind
on SQLite; the settings here were each tried against that.

``python -m mediation.migrations WORDS`` writes the next migration from the models; with ``versions/`` emptied before,
the first one anew.
"""
from __future__ import annotations

import importlib
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.pool import NullPool

from mediation import postgresql, sqlite

HERE = Path(__file__).parent
REVISION = re.compile(r"^revision\b[^=]*=\s*['\"](\w+)['\"]", re.MULTILINE)
LOCK = 20260101  # advisory lock of an upgrade on PostgreSQL

# Tables that are only ever appended to.
APPEND_ONLY = ("event", "journal_seal", "access_log", "issued_figure")


class NewerSchema(Exception):
    """The database was made by a newer version of the program."""


def head() -> str:
    """The revision that this program needs."""
    return next(reversed(revisions()), "")


def revisions() -> list[str]:
    """Those of all steps, in the order of their files."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((HERE / "versions").glob("*.py")))
    return [found[1] for text in texts if (found := REVISION.search(text))]


def current(connection: Connection) -> str:
    """The revision of a database; '' for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def is_known(revision: str) -> bool:
    return not revision or revision in revisions()


def engine_for(url: str) -> Engine:
    """An engine of its own for upgrading; on SQLite the writing lock keeps other processes out."""
    if make_url(url).get_backend_name() == "sqlite":
        return sqlite.upgrading_engine(url)
    return create_engine(url, poolclass=NullPool, connect_args=postgresql.connecting(make_url(url)))


def upgrade(url: str, admit: Callable[[Connection, str], None] | None = None,
            finish: Callable[[Connection, str], None] | None = None) -> tuple[str, str]:
    """Bring a database to this program's schema; gives the revisions before and after.

    Raises NewerSchema when the database is ahead. A step that fails leaves everything as it was. In the same
    transaction ``admit`` is asked before anything is changed, with the revision ('' for an empty one), and ``finish`` at
    the end, with the same.
    """
    engine = engine_for(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        before = current(connection)
        if not is_known(before):
            raise NewerSchema(against(before))
        if admit is not None:
            admit(connection, before)
        if before != head():
            if before and engine.dialect.name == "sqlite":
                _copy(engine)
            _run(connection)
        if finish is not None:
            finish(connection, before)
        return before, head()


def against(revision: str) -> str:
    """Why a revision that this program does not know stops it: a newer program's, or none of this product's line."""
    if revision.isdigit() and int(revision) > int(head()):
        return f"数据库版本{revision}比程序新，请换新版程序"
    return f"数据库版本{revision}不在这个程序的升级路上：是别的程序的库，或正式版以前的试用库，请用做它的那一版导出"


DROPPED = re.compile(r"\s*DROP TRIGGER (?:IF EXISTS )?(\w+)", re.I)


def _run(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    kept = _triggers(connection) if is_sqlite else {}
    dropped: set[str] = set()  # by a step that says so, not with a table that was made anew

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if found := DROPPED.match(statement):
            dropped.add(found[1])

    event.listen(connection, "before_cursor_execute", note)
    try:
        importlib.import_module("mediation.migrations.steps").upgrade(connection, HERE)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    if not is_sqlite:
        return
    present = _triggers(connection)
    for name, body in kept.items():
        if name not in present and name not in dropped:
            connection.exec_driver_sql(body)
    faults = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if faults:
        raise RuntimeError(f"foreign keys broken by the upgrade: {faults[:3]}")


def _triggers(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(rows.fetchall())


def _copy(engine: Engine) -> None:
    """A copy of the file beside it before anything is changed, for its owner only."""
    path = Path(str(engine.url.database))
    target = path.with_name(f"{path.stem}-before-{datetime.now(UTC):%Y%m%d%H%M%S%f}.sqlite")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whatever kept the changes of the original


def guard_appended(connection: Connection) -> None:
    """Triggers that refuse to change or delete what is only ever appended to."""
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER keep_{table}_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$")
    for table in APPEND_ONLY:
        connection.exec_driver_sql(
            f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
