"""SQLite as safety and speed need it: its settings, a writing and a reading engine, and the one writing lock.

The write-ahead log lets reading and writing go on side by side, on every version of the library. Versions before 3.51.3
can lose pages when one connection commits or checkpoints while another checkpoints (the WAL-reset fault). So every
commit and every checkpoint happens under one lock, held within the process by a thread and between processes by a lock
on a file beside the database. Nothing checkpoints by itself (``wal_autocheckpoint=0``); the writer does before it lets
go. What SQLite checkpoints when the very last connection closes is safe: it holds the whole file exclusively then.

On a file system that cannot share memory between processes (network shares) the rollback journal remains. There no
writer commits while anybody reads: so the reading engine opens no transaction, and each statement of a page is a short
reading of its own. What must see one moment for long reads a copy (queries/ledger/snapshots.py).
"""
from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from mediation import postgresql

if sys.platform == "win32":
    import ctypes
    import msvcrt
else:
    import fcntl

BUSY_SECONDS = 15
UPGRADE_SECONDS = 600  # an upgrade waits for one that is under way: on a large database or a busy machine it takes long
LOOK_SECONDS = 0.02  # whoever waits for the writing lock looks for it at least so often
CACHED_STATEMENTS = 100  # prepared statements that a connection keeps: some 20 kB each
CACHED_KILOBYTES = 1024  # pages of the file that a connection keeps; those it lets go the system still has
LOG_BYTES = 4 << 20  # from this length on the writer brings the log over into the database
PRAGMAS = {
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
}
LOG_PRAGMAS = {"wal_autocheckpoint": 0, "journal_size_limit": 0}  # by the writer alone; a log begun anew is cut short
NETWORK = frozenset("nfs nfs4 cifs smb smb2 smb3 smbfs 9p afs ncpfs webdav davfs fuse.sshfs fuse.rclone".split())
MOUNTS = Path("/proc/self/mounts")
LOCKED = "database is locked"  # as SQLite says it
ONE_MOMENT = "one moment"  # in the notes of a reading connection: whether its transactions are readings of one moment


def journal_mode(path: str | Path) -> str:
    """How changes to the database at ``path`` are kept until they are in it: 'WAL', or 'DELETE' on a network share."""
    return "DELETE" if is_on_network(Path(path)) else "WAL"


def is_on_network(path: Path) -> bool:
    """Whether a path lies on a share that gives processes no common memory; False where that cannot be known."""
    if sys.platform == "win32":
        drive_remote = 4
        return str(path).startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == drive_remote
    try:
        mounts = [line.split()[1:3] for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return False
    place = path.resolve()
    around = [(len(where), kind) for where, kind in mounts if place.is_relative_to(where.replace("\\040", " "))]
    return bool(around) and max(around)[1] in NETWORK


class WritingLock:
    """One writer at a time for a database file, of all threads and processes."""

    def __init__(self, database: Path):
        self.database = database
        self.log = Path(f"{database}-wal")
        self._path = Path(f"{database}.lock")
        self._threads = threading.Lock()
        self._file = -1
        self._due_bytes = LOG_BYTES

    def acquire(self, patience: float = BUSY_SECONDS) -> None:
        """Wait for the lock; sqlite3.OperationalError when it is not free within so many seconds."""
        until = time.monotonic() + patience
        if not self._threads.acquire(timeout=patience):
            raise sqlite3.OperationalError(LOCKED)
        try:
            self._file = _locked_file(self._path, until)
        except BaseException:
            self._threads.release()
            raise

    def release(self) -> None:
        os.close(self._file)  # which gives the lock of the file back
        self._threads.release()

    def bring_over(self, connection: sqlite3.Connection) -> None:
        """Bring a long log over into the database; to be called under the lock, outside a transaction.

        As far as readers allow: what one of them still needs stays in the log, and is tried again when that has grown.
        """
        size = self.log.stat().st_size if self.log.exists() else 0
        if size < LOG_BYTES:
            self._due_bytes = LOG_BYTES
        if size >= self._due_bytes:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._due_bytes = size + LOG_BYTES


def _locked_file(path: Path, until: float) -> int:
    """The lock file, opened and locked; opened for each writer, so that a folder put in another's place is noticed."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    pause = 0.0005
    try:
        while not _try_lock(file):
            if time.monotonic() > until:
                raise sqlite3.OperationalError(LOCKED)
            time.sleep(pause)
            pause = min(2 * pause, LOOK_SECONDS)
    except BaseException:
        os.close(file)
        raise
    return file


@contextlib.contextmanager
def locked_alone(path: Path) -> Iterator[bool]:
    """Whether this process holds the lock of a file as long as the context lasts; another's is not waited for."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _try_lock(file)
    finally:
        os.close(file)


def _try_lock(file: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


_locks: dict[Path, WritingLock] = {}
_making = threading.Lock()


def writing_lock(database: str | Path) -> WritingLock:
    """The lock of a database file, the same for all engines of the process."""
    path = Path(database).resolve()
    with _making:
        return _locks.setdefault(path, WritingLock(path))


class WritingConnection(sqlite3.Connection):
    """A connection whose transactions hold the writing lock from their beginning until they have ended on disk."""

    lock: WritingLock | None = None  # None in a database in memory
    is_holding = False
    patience: float = BUSY_SECONDS

    def begin(self) -> None:
        """Start a transaction that may write. A deferred one that reads first and then writes forks the journal."""
        until = time.monotonic() + BUSY_SECONDS
        self._take()
        try:
            self._begin(until - time.monotonic())
        except BaseException:
            self._leave()
            raise

    def _begin(self, seconds: float) -> None:
        """Whoever has waited for the lock of ours waits so much less for a program that holds the database itself."""
        if seconds > BUSY_SECONDS - 1:
            self.execute("BEGIN IMMEDIATE")
            return
        self.execute(f"PRAGMA busy_timeout={max(1, int(seconds * 1000))}")
        try:
            self.execute("BEGIN IMMEDIATE")
        finally:
            self.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    def commit(self) -> None:
        super().commit()
        if self.is_holding:
            try:
                self._bring_over()
            finally:
                self._leave()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._leave()

    def set_up(self, database: str) -> None:
        """Settings of a new connection; the file's kind of journal is changed under the lock where it is another."""
        self.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        if database:
            self.lock = writing_lock(database)
            self._set_journal(journal_mode(database))
        for name, value in LOG_PRAGMAS.items():
            self.execute(f"PRAGMA {name}={value}")

    def _set_journal(self, mode: str) -> None:
        try:
            found = self.execute("PRAGMA journal_mode").fetchone()[0].upper()
        except UnicodeDecodeError as error:  # the driver quotes a name out of a damaged schema
            raise sqlite3.DatabaseError("database disk image is malformed") from error
        if found == mode:
            return
        self._take()
        try:
            with contextlib.suppress(sqlite3.OperationalError):  # others are reading: the next connection tries again
                self.execute(f"PRAGMA journal_mode={mode}").fetchall()
        finally:
            self._leave()

    def _bring_over(self) -> None:
        if self.lock is not None:
            self.lock.bring_over(self)

    def _take(self) -> None:
        if self.lock is not None:
            self.lock.acquire(self.patience)
        self.is_holding = True

    def _leave(self) -> None:
        if self.is_holding:
            self.is_holding = False
            if self.lock is not None:
                self.lock.release()


def reading_options() -> dict[str, Any]:
    """Arguments of the driver's ``connect`` for the reading engine."""
    return {"check_same_thread": False, "cached_statements": CACHED_STATEMENTS}


def writing_options() -> dict[str, Any]:
    """Arguments of the driver's ``connect`` for an engine that writes."""
    return {**reading_options(), "factory": WritingConnection}


def guard_writing(engine: Engine, has_foreign_keys: bool = True) -> None:
    """Give an engine made with ``writing_options`` its settings; each of its transactions holds the writing lock."""
    @event.listens_for(engine, "connect")
    def on_connect(connection: WritingConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not decide when a transaction starts
        connection.set_up(engine.url.database or "")
        _apply(connection)
        if not has_foreign_keys:
            connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, WritingConnection)
        try:
            driver.begin()
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error


def guard_reading(engine: Engine) -> None:
    """Give an engine its settings; it cannot write, and each transaction sees one moment of the database where that
    stops no writer.

    The settings are made once for each connection: a PRAGMA in each transaction would make SQLite compile every
    statement anew.
    """
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        for name, value in LOG_PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
        _apply(connection)
        connection.execute("PRAGMA query_only=ON")
        record.info[ONE_MOMENT] = sees_one_moment(engine)  # once for each connection: it reads what is mounted where

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        if connection.info[ONE_MOMENT]:
            driver.execute("BEGIN")


def sees_one_moment(engine: Engine) -> bool:
    """Whether a long reading transaction keeps no writer of this database from committing."""
    return engine.dialect.name != "sqlite" or not engine.url.database or journal_mode(engine.url.database) == "WAL"


def _apply(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA cache_size=-{CACHED_KILOBYTES}")
    for name, (value, _read) in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")


class UpgradingConnection(WritingConnection):
    """One that waits for another upgrade to end."""

    patience = UPGRADE_SECONDS


def upgrading_engine(url: str) -> Engine:
    """An engine for changing the schema: alone under the lock, foreign keys off while tables are made anew."""
    options = {**writing_options(), "factory": UpgradingConnection}
    engine = create_engine(url, poolclass=NullPool, connect_args=options)
    guard_writing(engine, has_foreign_keys=False)
    return engine


# What an administrator is shown


def database_settings(connection: Connection) -> dict[str, object]:
    """The settings as the database reports them, for the start check and the administrator's page."""
    if connection.dialect.name != "sqlite":
        return postgresql.settings(connection)
    names = ["journal_mode", *PRAGMAS]
    found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    return {"version": sqlite3.sqlite_version, **found}


def database_faults(connection: Connection) -> list[str]:
    """Names of settings that are not what safety needs; empty when all is well."""
    if connection.dialect.name != "sqlite":
        return []
    found = database_settings(connection)
    wrong = [name for name, (_value, read) in PRAGMAS.items() if found[name] != read]
    wrong += [name for name, read in LOG_PRAGMAS.items() if connection.exec_driver_sql(
        f"PRAGMA {name}").scalar() != read]
    if str(found["journal_mode"]).upper() not in {expected_mode(connection), "MEMORY"}:
        wrong.append("journal_mode")
    return wrong


def expected_mode(connection: Connection) -> str:
    """The kind of journal that the database should have; '' on other databases."""
    return journal_mode(connection.engine.url.database or "") if connection.dialect.name == "sqlite" else ""
