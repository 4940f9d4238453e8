"""The libraries' objects, and the database's settings that safety depends on. Imports nothing of ours."""
from __future__ import annotations

import sqlite3
import threading

from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()

BUSY_SECONDS = 15
PRAGMAS = {
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
}


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7 too)."""
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    return version >= (3, 51, 3) and version != (3, 52, 0)


def journal_mode() -> str:
    return "WAL" if is_wal_safe(sqlite3.sqlite_version_info) else "DELETE"


class WriteQueue:
    """One writer at a time within the process: SQLite's own waiting polls and is unfair."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def enter(self, info: dict) -> None:
        if not info.get("holds_queue"):
            info["holds_queue"] = self._lock.acquire(timeout=BUSY_SECONDS)

    def leave(self, info: dict) -> None:
        if info.pop("holds_queue", False):
            self._lock.release()


def guard_sqlite(engine: Engine) -> None:
    """Give an SQLite engine its settings; every transaction is IMMEDIATE unless it promises only to read.

    A deferred transaction that reads and then writes forks the journal or fails under load.
    """
    queue = WriteQueue()

    @event.listens_for(engine, "connect")
    def on_connect(connection, _record):
        connection.isolation_level = None  # the driver must not decide when a transaction starts
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.execute(f"PRAGMA journal_mode={journal_mode()}")
        for name, (value, _read) in PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection):
        reads_only = connection.get_execution_options().get("reads_only")
        if not reads_only:
            queue.enter(connection.info)
        try:
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
            connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
        except BaseException:
            queue.leave(connection.info)
            raise

    @event.listens_for(engine, "commit")
    def on_commit(connection):
        # Released before the commit statement itself; SQLite's own lock covers the remaining instant.
        queue.leave(connection.info)

    @event.listens_for(engine, "rollback")
    def on_rollback(connection):
        queue.leave(connection.info)


def database_settings(connection) -> dict[str, object]:
    """The settings as the database reports them, for the start check and the administrator's page."""
    if connection.dialect.name != "sqlite":
        return {"version": connection.exec_driver_sql("show server_version").scalar()}
    names = ["journal_mode", *PRAGMAS]
    found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    return {"version": sqlite3.sqlite_version, **found}


def database_faults(connection) -> list[str]:
    """Names of settings that are not what safety needs; empty when all is well."""
    if connection.dialect.name != "sqlite":
        return []
    found = database_settings(connection)
    wrong = [name for name, (_value, read) in PRAGMAS.items() if found[name] != read]
    if str(found["journal_mode"]).upper() not in {journal_mode(), "MEMORY"}:
        wrong.append("journal_mode")
    return wrong
