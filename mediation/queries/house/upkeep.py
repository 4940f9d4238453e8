"""How the house stands: whether the database answers and takes anything, the room on the disk, seal and copy."""
from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import exists, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from mediation import migrations, postgresql, settings, vault
from mediation.extensions import db, reading_engine
from mediation.models import Event, LoginAttempt, User
from mediation.queries.desk import oversight
from mediation.rules.house import condition, failures
from mediation.sqlite import database_faults

HOUR, TRIES = timedelta(hours=1), 5  # failed log-ins of one account from one address until it has to wait
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


def facts(values: Mapping[str, object], now: datetime) -> condition.Facts:
    """What the page of the house's state is made of."""
    folder = Path(str(values["INSTANCE"]))
    total, _used, free = shutil.disk_usage(folder)
    backup, checked, jumped = (_last(kind) for kind in ("backed_up", "checked", "clock_jumped"))
    seal = next(iter(oversight.last_seals(1)), None)
    connection = db.session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    return condition.Facts(
        faults=len(database_faults(connection)) if is_sqlite else len(postgresql.faults(connection)),
        is_writable=is_writable(), schema=migrations.current(connection), wanted_schema=migrations.head(), free=free,
        total=total, backup_at=backup.entered_at if backup else None,
        backups=str(values["BACKUPS"] or folder / "backups") if is_sqlite else "",
        sealed_at=seal.made_at if seal else None, unsealed=oversight.unsealed_events(),
        has_keys=(folder / vault.FILE).is_file(), keys=str(folder / vault.FILE),
        jumped_at=jumped.entered_at if jumped else None,
        newest=db.session.scalar(select(Event.entered_at).order_by(Event.id.desc()).limit(1)), version=_version(),
        checked_at=checked.entered_at if checked else None,
        check_faults=int(json.loads(checked.data)["faults"]) if checked else 0, held_back=_held_back(now),
        unconfirmed=len(oversight.unconfirmed()), is_plain=bool(values["PLAIN_HTTP"]), now=now)


def _last(kind: str) -> Event | None:
    return db.session.scalar(select(Event).where(Event.is_of_house(), Event.kind == kind).order_by(
        Event.id.desc()).limit(1))


def _version() -> str:
    found = tomllib.loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(found["project"]["version"])


def _held_back(now: datetime) -> int:
    """Accounts that have failed so often within the hour that they have to wait, and have not logged in since."""
    later = aliased(LoginAttempt)
    since = exists().where(later.username == LoginAttempt.username, later.is_success.is_(True),
                           later.at >= LoginAttempt.at)
    names = select(LoginAttempt.username).join(User, User.username == LoginAttempt.username).where(
        LoginAttempt.is_success.is_(False), LoginAttempt.at > now - HOUR, LoginAttempt.at >= User.password_set_at,
        ~since).group_by(LoginAttempt.username).having(func.count() >= TRIES)
    return db.session.scalar(select(func.count()).select_from(names.subquery())) or 0


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
