"""How the house stands: whether the database answers and takes anything, the room on the disk, seal and copy."""
from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mediation import migrations, postgresql
from mediation.extensions import db, reading_engine
from mediation.queries.desk import oversight
from mediation.rules.house import failures

OLD = timedelta(hours=26)  # a daily copy is overdue
SOON = 2.0  # seconds: who asks whether it can write wants to know it now


class Upkeep(NamedTuple):
    """What the administrator is shown of copies and of the disk."""

    backup_at: datetime | None
    is_backup_old: bool
    free_percent: int
    is_disk_low: bool


def upkeep(folder: Path, now: datetime) -> Upkeep:
    last = oversight.last_backup()
    total, _used, free = shutil.disk_usage(folder)
    return Upkeep(last.entered_at if last else None, last is None or now - last.entered_at > OLD,
                  free * 100 // total, failures.is_low(free, total))


def health(folder: Path, now: datetime) -> dict[str, str]:
    """The state in single words, for whoever watches the server from outside; tells nothing of what is inside."""
    found = {"status": "ok", "database": "unreachable", "schema": "unknown", "writable": "unknown", "disk": "unknown",
             "backup": "unknown"}
    try:
        with reading_engine().connect() as connection:
            connection.execute(text("SELECT 1"))
            found["database"] = "ok"
            found["schema"] = "ok" if migrations.current(connection) == migrations.head() else "other"
            found["writable"] = "yes" if is_writable() else "no"
        last = oversight.last_backup() if found["schema"] == "ok" else None
        found["backup"] = "none" if last is None else "old" if now - last.entered_at > OLD else "ok"
        total, _used, free = shutil.disk_usage(folder)
        found["disk"] = "low" if failures.is_low(free, total) else "ok"
    except (DBAPIError, OSError):
        pass
    if (found["database"], found["schema"], found["writable"]) != ("ok", "ok", "yes"):
        found["status"] = "failing"
    return found


def is_writable() -> bool:
    """Whether file, folder and disk (or the server) take writing just now; nothing is written, no writer held up."""
    if db.engine.dialect.name != "sqlite":
        try:
            with postgresql.patience(SOON), db.engine.connect() as connection:
                return postgresql.is_writable(connection)
        except DBAPIError:
            return False
    path = db.engine.url.database
    if not path:
        return True
    folder = Path(path).resolve().parent
    try:
        is_mounted_to_write = not hasattr(os, "statvfs") or not os.statvfs(folder).f_flag & os.ST_RDONLY
    except OSError:
        return False
    return is_mounted_to_write and os.access(path, os.W_OK) and os.access(folder, os.W_OK)
