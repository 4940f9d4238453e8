"""Backups of an installation while it is in use: the database and the uploaded files in one checked archive.

The archive is a zip: ``manifest.json`` with the sha256 of everything in it, ``database.sqlite`` (of PostgreSQL
``database.dump``, see dumping.py), and the files under their made-up names in ``files/``. The database is copied first,
so every file that it names is there already. What leaves the installation's folder is encrypted under its keys (see
encrypting.py), which lie in no backup. Older backups were the bare archive, or the bare database file; they can still
be put back, and of the latter it is said that no files were in them.
"""
from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from sqlalchemy import make_url

from mediation import migrations
from mediation.rules.language import Problem, Refused, Text
from mediation.services.house import dumping, encrypting, keys
from mediation.services.papers.files import FOLDER
from mediation.sqlite import upgrading_engine, writing_lock
from mediation.vault import FOREIGN, Vault, WrongKey

OTHER_ENGINE = Text("这份备份是另一种数据库的：在那一种上恢复，再用 copy --to 搬过来",
                    "This backup is of the other engine: restore it there, and carry it over with copy --to")
DAMAGED = Text("这份文件不完整，不能用：{fault}", "This file is damaged and cannot be used: {fault}")
EXISTS = Text("已有同名文件，请换个名字", "A file of this name exists; choose another")
NEWER = Text("这份备份是更新版本的程序做的，先换新版程序再恢复",
             "This backup was made by a newer version of the program; install that first")
NO_COPY = Text("这个文件不是备份，或只剩一部分，不能用", "This file is no backup, or only part of one, and cannot be used")
OTHER_KEYS = Text(
    "这份备份是在别的密钥下做的，这里的 keys.json 打不开它：在一个空文件夹里放进和它一起的那份 keys.json 再恢复，或换一份备份；"
    "什么都没有改动",
    "This backup was made under other keys than the keys.json here, which cannot open it: restore it in an empty folder"
    " with the keys.json of its own, or take another backup; nothing was changed")
FORM = 1
MANIFEST, DATABASE, DUMP = "manifest.json", "database.sqlite", "database.dump"
STORED = re.compile(rf"{FOLDER}/[0-9a-f]{{32}}")
NAMING = ("attachment", "handover_file")  # the tables that name uploaded files
BLOCK = 1 << 20
SQLITE = b"SQLite format 3\0"  # how a database of it begins


class Made(NamedTuple):
    """A backup that was written: its sha256, how many files it holds, the names of those that are lost."""

    sha256: str
    files: int
    lost: tuple[str, ...]


class Restored(NamedTuple):
    """What was put back: where the former database is kept, how many files came, how many the database lacks."""

    kept: Path | None
    files: int
    missing: int


def copy_to(url: str, folder: Path, target: Path, owner: Vault) -> Made:
    """Copy database and files of the installation to ``target``, encrypted; checked before it counts."""
    if target.exists():
        raise Refused([Problem("file", EXISTS)])
    with (tempfile.TemporaryDirectory(dir=folder if folder.is_dir() else None, prefix=".backup-") as work,
          tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as beside):
        copy, files, told = (_copied if _is_file(url) else _dumped)(url, Path(work))
        draft, whole = Path(work) / "archive", Path(beside) / "encrypted"
        count, lost = _pack(copy, files, folder / FOLDER, draft, told)
        _check_archive(draft)
        encrypting.encrypt(draft, whole, owner)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # nobody else's file is replaced
        whole.replace(target)
    return Made(sha256(target), count, tuple(lost))


Named = list[tuple[str, str]]


def _copied(url: str, work: Path) -> tuple[Path, Named, dict[str, str]]:
    """A copy of the database, the files that it names, and what the manifest says of it."""
    copy = work / DATABASE
    _copy(_path(url), copy)
    _examine(copy)
    return copy, _named(copy), {}


def _dumped(url: str, work: Path) -> tuple[Path, Named, dict[str, str]]:
    """The same of PostgreSQL; the files are asked for afterwards, so none that the copy names is missing."""
    copy = work / DUMP
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    dumping.dump(make_url(url), copy)
    with migrations.engine_for(url).connect() as connection:
        return copy, dumping.named(connection, NAMING), {
            "revision": migrations.current(connection), "keys": keys.known(connection)}


def _pack(database: Path, named: Named, files: Path, draft: Path, told: dict[str, str]) -> tuple[int, list[str]]:
    """The archive; a file that is gone or changed on disk is left out and named."""
    entries, lost = {database.name: sha256(database)}, []
    with zipfile.ZipFile(draft, "w") as archive:
        archive.write(database, database.name, zipfile.ZIP_DEFLATED, 1)
        for stored, digest in named:
            path = files / stored
            if not path.is_file() or sha256(path) != digest:
                lost.append(stored)
                continue
            archive.write(path, f"{FOLDER}/{stored}", zipfile.ZIP_STORED)
            entries[f"{FOLDER}/{stored}"] = digest
        archive.writestr(MANIFEST, json.dumps({"form": FORM, "made_at": datetime.now(UTC).isoformat(), "lost": lost,
                                               **told, "sha256": entries}, indent=1))
    return len(entries) - 1, lost


def put_back(url: str, folder: Path, copy: Path, opener: Vault) -> Restored:
    """Put a backup in the place of database and files; what was there is kept beside, and nothing is touched before the
    whole backup has been checked and the keys were found to be its own. A database of PostgreSQL has to be empty."""
    if is_file := _is_file(url):
        _path(url).parent.mkdir(parents=True, exist_ok=True)
    near = _path(url).parent if is_file else folder if folder.is_dir() else None
    try:
        return _put_back(is_file, url, folder, copy, near, opener)
    except WrongKey as error:
        if error.text is not FOREIGN:
            raise
        raise WrongKey(OTHER_KEYS) from error


def _put_back(is_file: bool, url: str, folder: Path, copy: Path, near: Path | None, opener: Vault) -> Restored:
    with tempfile.TemporaryDirectory(dir=near, prefix=".restore-") as work:
        if encrypting.is_encrypted(copy):
            encrypting.decrypt(copy, Path(work) / "archive", opener)
            copy = Path(work) / "archive"
        return (_replace_with if is_file else _load)(url, folder, copy, Path(work), opener)


def _replace_with(url: str, folder: Path, copy: Path, work: Path, opener: Vault) -> Restored:
    place = _path(url)
    database, files = _unpack(copy, work)
    if database.name != DATABASE:
        raise Refused([Problem("file", OTHER_ENGINE)])
    _examine(database)
    keys.examine_file(database, opener)
    missing = sum(not ((files or folder / FOLDER) / name).is_file() for name, _digest in _named(database))
    count = sum(1 for _one in files.iterdir()) if files else 0
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"
    kept = _replace(place, place.with_name(f"{place.stem}-replaced-{stamp}.sqlite"), database)
    if files:
        _set_aside(folder / FOLDER, folder / f"{FOLDER}-replaced-{stamp}")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(files, folder / FOLDER)
    _open_once(url)
    return Restored(kept, count, missing)


def _load(url: str, folder: Path, copy: Path, work: Path, opener: Vault) -> Restored:
    database, files = _unpack(copy, work)
    if database.name != DUMP or files is None:
        raise Refused([Problem("file", OTHER_ENGINE)])
    told = _manifest(copy)
    if not migrations.is_known(told["revision"]):
        raise Refused([Problem("file", NEWER)])
    keys.compare(opener, told["keys"])
    dumping.examine(database)
    dumping.load(make_url(url), database)
    count = sum(1 for _one in files.iterdir())
    _set_aside(folder / FOLDER, folder / f"{FOLDER}-replaced-{datetime.now(UTC):%Y%m%d%H%M%S%f}")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.move(files, folder / FOLDER)
    with migrations.engine_for(url).connect() as connection:
        missing = sum(not (folder / FOLDER / name).is_file() for name, _digest in dumping.named(connection, NAMING))
    return Restored(None, count, missing)


def _manifest(copy: Path) -> dict[str, str]:
    with zipfile.ZipFile(copy) as archive:
        told = json.loads(archive.read(MANIFEST))
    return {name: str(told.get(name, "")) for name in ("revision", "keys")}


def _open_once(url: str) -> None:
    """A copy has no log of its own: the first connection that may write gives it the one that checks look for."""
    engine = upgrading_engine(url)
    engine.connect().close()
    engine.dispose()


def _replace(place: Path, kept: Path, database: Path) -> Path | None:
    """Put a database in the place of another, which is kept with what its log still holds."""
    lock = writing_lock(place)
    lock.acquire()
    try:
        found = _set_aside(place, kept)
        for suffix in ("-wal", "-journal"):
            _set_aside(Path(f"{place}{suffix}"), Path(f"{kept}{suffix}"))
        Path(f"{place}-shm").unlink(missing_ok=True)
        database.rename(place)
    finally:
        lock.release()
    return found


def _set_aside(place: Path, kept: Path) -> Path | None:
    if not place.exists():
        return None
    return place.rename(kept)


def _unpack(copy: Path, work: Path) -> tuple[Path, Path | None]:
    """Database and folder of files out of a backup of either form; the folder is None in one of the older form."""
    database = work / DATABASE
    if not zipfile.is_zipfile(copy):
        with copy.open("rb") as file:
            if file.read(len(SQLITE)) != SQLITE:
                raise Refused([Problem("file", NO_COPY)])
        _examine(copy)
        _copy(copy, database)
        return database, None
    _check_archive(copy)
    files = work / FOLDER
    files.mkdir(mode=0o700)
    with zipfile.ZipFile(copy) as archive:
        for name in archive.namelist():
            if name != MANIFEST:
                with archive.open(name) as source, _private(work / name) as target:
                    shutil.copyfileobj(source, target, BLOCK)
    return (database if database.exists() else work / DUMP), files


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _check_archive(path: Path) -> None:
    """Every part is there, has the digest that the manifest names, and lies nowhere but in its place."""
    try:
        with zipfile.ZipFile(path) as archive:
            told = json.loads(archive.read(MANIFEST))
            names = [name for name in archive.namelist() if name != MANIFEST]
            if told["form"] != FORM or sorted(names) != sorted(told["sha256"]) or (DATABASE in names) == (
                    DUMP in names):
                raise Refused([Problem("file", DAMAGED.fill(fault=MANIFEST))])
            for name in names:
                with archive.open(name) as part:
                    is_in_place = name in (DATABASE, DUMP) or STORED.fullmatch(name)
                    if not is_in_place or _digest(part) != told["sha256"][name]:
                        raise Refused([Problem("file", DAMAGED.fill(fault=name))])
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError, RuntimeError, OSError) as error:
        raise Refused([Problem("file", DAMAGED.fill(fault=error))]) from error


def _copy(source: Path, target: Path) -> None:
    """By the database's own means: a copy of the bare file would leave out what is still in its log."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source, timeout=15)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whatever kept the changes of the original


def _named(database: Path) -> list[tuple[str, str]]:
    """Stored name and digest of every uploaded file that a copy of the database knows; an older one lacks a table."""
    with closing(sqlite3.connect(database)) as connection:
        known = {name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = " UNION ".join(f"SELECT stored_name, sha256 FROM {name} WHERE sha256 != ''"  # '': erased
                              for name in NAMING if name in known)
        return connection.execute(f"{rows} ORDER BY 1").fetchall()


def _is_file(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _path(url: str) -> Path:
    return Path(str(make_url(url).database))


def _examine(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT (SELECT count(*) FROM dispute), (SELECT count(*) FROM attachment)").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise Refused([Problem("file", DAMAGED.fill(fault=error))]) from error
    if found != "ok":
        raise Refused([Problem("file", DAMAGED.fill(fault=found))])
    if revision is None or not migrations.is_known(revision[0]):
        raise Refused([Problem("file", NEWER)])


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: IO[bytes]) -> str:
    body = hashlib.sha256()
    for block in _blocks(file):
        body.update(block)
    return body.hexdigest()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block
