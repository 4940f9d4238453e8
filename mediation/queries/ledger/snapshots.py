"""One consistent moment of the database to read at leisure, without holding up a writer.

Under the write-ahead log and on PostgreSQL it is one read transaction. Under SQLite's rollback journal a reader would
keep every writer from committing, so the database is copied and the copy is read; it lies in the instance folder, for
its owner only, and has lost its name before the first row is read where the system allows it.
"""
from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, StaticPool, create_engine

from mediation import sqlite
from mediation.extensions import db, read_only, reading_engine
from mediation.queries.house import replica

BLOCK = 1 << 18  # small enough to stay in the processor's cache
COPIERS = 2
LEFT_OVER_SECONDS = 6 * 3600
COPY = "copy"  # key of the engine of a copied database
_opening = threading.Lock()


class Moment:
    """A connection that sees the database as it was when the moment was taken; to be closed."""

    def __init__(self, connection: Connection, engine: Engine | None = None, path: Path | None = None):
        self.connection, self._engine, self._path = connection, engine, path

    def close(self) -> None:
        """Give everything back; harmless when done twice."""
        self.connection.close()
        if self._engine is not None:
            self._engine.dispose()
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def take(folder: Path) -> Moment:
    """A moment to read from; ``folder`` takes the copy where one is made. On a copy of PostgreSQL that follows it has
    everything that was committed before."""
    engine = reading_engine()
    if engine.dialect.name != "sqlite":
        return Moment(replica.connect(replica.position()) or engine.connect())
    if sqlite.sees_one_moment(engine):
        return Moment(engine.connect())
    return _copied(Path(str(engine.url.database)), make_folder(folder) / f"export-{secrets.token_hex(8)}.sqlite")


@contextlib.contextmanager
def read_one_moment(folder: Path) -> Iterator[None]:
    """The session only reads from here on, and sees one moment for as long as it takes; no writer waits for it."""
    if sqlite.sees_one_moment(reading_engine()):
        read_only()
        yield
        return
    moment = take(folder)
    engines = cast(dict[str | None, Engine], db.engines)
    engines[COPY] = moment.connection.engine
    try:
        read_only(COPY)
        yield
    finally:
        db.session.remove()
        del engines[COPY]
        moment.close()


def make_folder(folder: Path) -> Path:
    """The folder for passing files, for its owner only; what a crash left there long ago is removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob("export-*"):
        with contextlib.suppress(OSError):
            if old.stat().st_mtime < time.time() - LEFT_OVER_SECONDS:
                old.unlink()
    return folder


def passing_file(folder: Path, suffix: str) -> Path:
    """A new empty file in ``folder``, for its owner only."""
    path = make_folder(folder) / f"export-{secrets.token_hex(8)}{suffix}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _copied(source: Path, target: Path) -> Moment:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(source, target)
        address = f"file:{target.as_posix()}?mode=ro&immutable=1"
        engine = create_engine(f"sqlite:///{target.as_posix()}", poolclass=StaticPool, creator=lambda: sqlite3.connect(
            address, uri=True, check_same_thread=False))
        sqlite.guard_reading(engine)
        connection = engine.connect()
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        target.unlink()
        return Moment(connection, engine)
    return Moment(connection, engine, target)


def _copy(source: Path, target: Path) -> None:
    """Copy a database so that writers wait only for what they changed meanwhile to be brought over.

    The file is copied while they go on, which may mix two states; then they are kept out for as long as it takes to
    compare, and what differs is copied again. Where files cannot be read at a place (Windows) the backup interface
    copies all of it in one go.
    """
    with _closing(source) as live:
        if not hasattr(os, "pread"):
            with _closing(target) as copy:
                live.backup(copy)
            return
        made = os.open(target, os.O_RDWR)
        try:
            _send(_descriptor(source), made)
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here to COMMIT nobody else commits
            _bring_over(_descriptor(source), made)
            live.execute("COMMIT")
        finally:
            os.close(made)


def _send(source: int, target: int) -> None:
    """Copy without looking; by the kernel alone where it can."""
    if sys.platform != "linux":
        _bring_over(source, target)
        return
    at, size = 0, os.fstat(source).st_size
    while at < size and (sent := os.sendfile(target, source, at, size - at)):
        at += sent


def _bring_over(source: int, target: int) -> None:
    """Make the target the same, block by block, writing only what differs; reading runs beside other threads."""
    size = os.fstat(source).st_size

    def bring(first: int) -> None:
        for at in range(first * BLOCK, size, COPIERS * BLOCK):
            block = os.pread(source, BLOCK, at)
            if block != os.pread(target, BLOCK, at):
                os.pwrite(target, block, at)

    with ThreadPoolExecutor(COPIERS) as copiers:
        list(copiers.map(bring, range(COPIERS)))
    os.ftruncate(target, size)


_open: dict[tuple[int, int], int] = {}


def _descriptor(path: Path) -> int:
    """The database file opened once and never closed: closing it would drop every lock this process has on it."""
    found = path.stat()
    with _opening:
        key = found.st_dev, found.st_ino
        if key not in _open:
            _open[key] = os.open(path, os.O_RDONLY)
        return _open[key]


@contextlib.contextmanager
def _closing(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=15)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        yield connection
    finally:
        connection.close()
