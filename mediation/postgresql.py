"""PostgreSQL as several server processes and a failing leader need it.

Connecting waits for a server that takes writing, for as long as a cluster needs to choose one. What is read for a
page or a proof is read in one transaction that sees one moment and cannot write. ``is_passing`` tells what a second
try may mend. What must be true of a server before anything is served stands in ``faults``.
"""
from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DBAPIError

PATIENCE = 25.0  # seconds that connecting waits; a cluster of three chooses its leader within some 22
PAUSE = 0.25
REPEATABLE_READ = 3  # as the driver numbers it, which not every installation has
# Read-only since a moment ago, not serialisable, a deadlock that was broken, no lock in time, no connection left.
PASSING = frozenset({"25006", "40001", "40P01", "55P03", "53300"})
PASSING_CLASSES = ("57P0", "08")  # the server is going down or coming up; the connection was lost
NOT_YET = ("starting up", "shutting down", "recovery", "not yet accepting", "too many", "remaining connection slots")
CONNECTING = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
              "tcp_user_timeout": 15_000}
KEPT_STATEMENTS = 500  # that the driver need not take apart again
LONGEST_KEPT, MOST_VALUES = 40_000, 300  # characters and values of one of these
SAFE = {"server_encoding": ("UTF8",), "client_encoding": ("UTF8",), "fsync": ("on",), "full_page_writes": ("on",),
        "synchronous_commit": ("on", "remote_apply", "remote_write")}
COLLATIONS = ("C", "POSIX", "C.UTF-8", "C.utf8")

_patience: ContextVar[float | None] = ContextVar("patience", default=None)


def is_passing(error: DBAPIError) -> bool:
    """Whether the same thing, done again, may succeed. After a commit that failed so it may already stand."""
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated:
        return True
    if state is None:
        return type(error.orig).__module__.startswith("psycopg") and "OperationalError" in _names(error)
    return state in PASSING or state.startswith(PASSING_CLASSES)


def _names(error: DBAPIError) -> list[str]:
    return [kind.__name__ for kind in type(error.orig).__mro__]


def connecting(url: URL, is_writing: bool = True) -> dict[str, Any]:
    """Arguments of the driver's ``connect`` that the address does not give itself.

    Of several addresses the one that takes writing is looked for.
    """
    found: dict[str, Any] = {name: value for name, value in CONNECTING.items() if name not in url.query}
    if is_writing and isinstance(url.query.get("host"), tuple) and "target_session_attrs" not in url.query:
        found["target_session_attrs"] = "read-write"
    return found


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Connecting waits only so long in here."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def wait_for_server(engine: Engine) -> None:
    """Let connecting wait while no server takes writing; what is sent to it later is kept ready (``_keep_statements``).
    """
    _keep_statements(engine)

    @event.listens_for(engine, "do_connect")
    def on_connect(dialect: Any, _record: object, arguments: Any, named: Any) -> Any:
        chosen = _patience.get()
        until = time.monotonic() + (PATIENCE if chosen is None else chosen)
        while True:
            try:
                return dialect.connect(*arguments, **named)
            except dialect.dbapi.OperationalError as error:
                if _is_refused(str(error)) or time.monotonic() + PAUSE > until:
                    raise
            time.sleep(PAUSE)


def _is_refused(said: str) -> bool:
    """Whether a server answered and wants nothing of us: waiting would not change its mind."""
    fatal = [line for line in said.splitlines() if "FATAL" in line]
    return bool(fatal) and not any(word in line for line in fatal for word in NOT_YET)


def _keep_statements(engine: Engine) -> None:
    """Let the driver keep where the values of our longer statements stand, too.

    By itself it looks anew through each that has more than 4,096 characters or 50 values, each time it is sent, which
    takes longer than sending it and reading its rows.
    """
    queries: Any = engine.dialect.dbapi._queries  # type: ignore[union-attr]
    for name, value in (("MAX_CACHED_STATEMENT_LENGTH", LONGEST_KEPT), ("MAX_CACHED_STATEMENT_PARAMS", MOST_VALUES),
                        ("_query2pg", lru_cache(KEPT_STATEMENTS)(queries._query2pg_nocache))):
        setattr(queries, name, value)


def see_one_moment(engine: Engine) -> None:
    """Each transaction of this engine sees one moment of the database, and cannot write."""
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = REPEATABLE_READ
        connection.read_only = True


def is_writable(connection: Connection) -> bool:
    """Whether the server at the other end takes writing."""
    return bool(connection.exec_driver_sql(
        "SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'").scalar())


def settings(connection: Connection) -> dict[str, object]:
    """Version and the settings that safety rests on, as the server reports them."""
    found: dict[str, object] = {name: connection.exec_driver_sql(f"SHOW {name}").scalar()
                                for name in ("server_version", *SAFE)}
    found["collation"] = connection.exec_driver_sql(
        "SELECT datcollate FROM pg_database WHERE datname = current_database()").scalar()
    return found


def faults(connection: Connection) -> list[str]:
    """Names of settings that are not what safety needs; empty when all is well."""
    found = settings(connection)
    wrong = [name for name, allowed in SAFE.items() if found[name] not in allowed]
    return wrong if found["collation"] in COLLATIONS else [*wrong, "collation"]


def owns_tables(connection: Connection) -> bool:
    """Whether this account may change the schema and drop the triggers that keep the journal."""
    return bool(connection.exec_driver_sql(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('event')").scalar())


def grants(connection: Connection, account: str, appended: Iterable[str]) -> list[str]:
    """What lets an account work with the rows of the present tables.

    Nothing is deleted from ``appended``; the right to update is what locking them for a seal asks for, and their
    triggers refuse every update.
    """
    name = connection.dialect.identifier_preparer.quote(account)
    return [
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
        *(f"REVOKE DELETE ON {table} FROM {name}" for table in appended)]


def misfits(connection: Connection) -> list[str]:
    """The faults that a database keeps for as long as it lives."""
    return [name for name in faults(connection) if name in ("server_encoding", "collation")]


@contextmanager
def held_alone(engine: Engine, number: int) -> Iterator[bool]:
    """Whether an advisory lock is had, without waiting; a connection of its own holds it, and it ends with that."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        found = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({number})").scalar()
        connection.detach()  # closed at the end, not kept: what it holds ends with it
        yield bool(found)
    finally:
        connection.close()
