"""A copy of PostgreSQL that follows the leader: what may be read there, and how far it is behind.

Nobody may miss there what he has written himself, and an export nothing that was committed before it: the leader's
position after the commit is remembered, and the copy is read only when it has come so far.
"""
from __future__ import annotations

import logging
import time

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from mediation.extensions import READING, REPLICA, db, read_only

WAIT, PAUSE = 5.0, 0.1  # seconds that an export waits for the copy
REST = 10.0  # seconds for which a copy that did not answer is left alone
POSITION = text("SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_current_wal_insert_lsn()::text END")
STATE = text("""SELECT pg_is_in_recovery()
        AND (:since = '' OR pg_last_wal_replay_lsn() >= CAST(nullif(:since, '') AS pg_lsn)) AS is_there,
    CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END AS lag""")

_alone_until = 0.0  # of this process: a hint that spares waiting, nothing rests on it


def is_configured() -> bool:
    return REPLICA in db.engines


def position() -> str:
    """How far the leader is, as text; '' where there is no copy to compare it with."""
    if not is_configured():
        return ""
    with db.engines[READING].connect() as connection:
        return str(connection.execute(POSITION).scalar())


def turn_to(since: str) -> float | None:
    """Let the session read from the copy if it has come as far as ``since``; the seconds that it is behind.

    None: the leader is read, as there is no copy, it does not answer, or it is not there yet.
    """
    if not is_configured() or time.monotonic() < _alone_until:
        return None
    try:
        read_only(REPLICA)
        is_there, lag = db.session.execute(STATE, {"since": since}).one()
    except DBAPIError as error:
        _leave_alone(error)
        is_there, lag = False, 0
    if not is_there:
        read_only()
        return None
    return float(lag)


def connect(since: str) -> Connection | None:
    """A connection to the copy, as soon as it has come as far as ``since``; None: the leader has to be asked."""
    if not is_configured() or time.monotonic() < _alone_until:
        return None
    until = time.monotonic() + WAIT
    try:
        while True:
            connection = db.engines[REPLICA].connect()
            if connection.execute(STATE, {"since": since}).one().is_there:
                return connection
            connection.close()
            if time.monotonic() > until:
                return None
            time.sleep(PAUSE)
    except DBAPIError as error:
        _leave_alone(error)
        return None


def _leave_alone(error: DBAPIError) -> None:
    global _alone_until
    _alone_until = time.monotonic() + REST
    logging.getLogger(__name__).warning("the copy does not answer: %s", type(error.orig).__name__)
