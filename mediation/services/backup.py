"""Copies of an SQLite database while it is in use, checked before they count."""
from __future__ import annotations

import hashlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from mediation.rules.language import Problem, Refused, Text

NOT_SQLITE = Text("只有 SQLite 数据库由本程序备份；PostgreSQL 请用 pg_dump", "Only SQLite is copied here; use pg_dump for PostgreSQL")
DAMAGED = Text("这份文件不完整，不能用：{fault}", "This file is damaged and cannot be used: {fault}")
EXISTS = Text("已有同名文件，请换个名字", "A file of this name exists; choose another")


def _path(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Refused([Problem("", NOT_SQLITE)])
    return Path(parsed.database)


def copy_to(url: str, target: Path) -> str:
    """Copy the database to ``target``, for its owner only; gives the file's sha256."""
    source = _path(url)
    if target.exists():
        raise Refused([Problem("file", EXISTS)])
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with sqlite3.connect(source, timeout=15) as live, sqlite3.connect(target) as copy:
            live.backup(copy)
        _examine(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return sha256(target)


def put_back(url: str, copy: Path) -> Path | None:
    """Put ``copy`` in the place of the database; the present file is kept beside it and its path given back."""
    place = _path(url)
    _examine(copy)
    kept = None
    if place.exists():
        kept = place.with_name(f"{place.stem}-replaced-{datetime.now(UTC):%Y%m%d%H%M%S}.sqlite")
        place.rename(kept)
        for suffix in ("-wal", "-shm", "-journal"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with sqlite3.connect(copy) as source, sqlite3.connect(place) as target:
        source.backup(target)
    return kept


def _examine(path: Path) -> None:
    try:
        with sqlite3.connect(path) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT count(*) FROM dispute").fetchone()
    except sqlite3.DatabaseError as error:
        raise Refused([Problem("file", DAMAGED.fill(fault=error))]) from error
    if found != "ok":
        raise Refused([Problem("file", DAMAGED.fill(fault=found))])


def sha256(path: Path) -> str:
    body = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            body.update(block)
    return body.hexdigest()
