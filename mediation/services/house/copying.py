"""Carrying a whole installation to another database, between SQLite and PostgreSQL either way, files and keys included.

The source is read in one transaction that cannot write. Rows go over table by table in the order of their keys, in
blocks that are committed each, so how many lie there already says where a copy that broke off goes on. Foreign keys
are off meanwhile; at the end they are checked, and every table of both is read once more and compared by a digest.
"""
from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    MetaData,
    Select,
    String,
    Table,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy import Text as LongText
from sqlalchemy.exc import ArgumentError

from mediation import migrations, postgresql, vault
from mediation.extensions import Base, reading_engine
from mediation.models import AccessLog, Event, MonthPart, MonthSum, OpenTally
from mediation.rules.language import Problem, Refused, Text
from mediation.services.house import backup
from mediation.services.papers.files import FOLDER

BLOCK = 5000  # rows
MARK = "copy_in_progress"  # a table that stands in the target while the copy is not whole
TO_ITSELF = Text("目标就是现在的数据库", "The target is the present database")
NO_URL = Text("看不懂这个数据库地址：{url}", "This address of a database cannot be read: {url}")
OUTDATED = Text("现在的数据库不是这一版的（{found}，应为{head}）：先运行 init",
                "The present database is not of this version ({found} instead of {head}): run init first")
NEWER = Text("目标是更新版本的程序建的（{found}），请换新版程序再搬",
             "The target was made by a newer version ({found}); use that version")
NOT_EMPTY = Text("目标里已经有数据，不会动它：请给一个空的数据库",
                 "The target has rows already and is left as it is; name an empty one")
CHANGED = Text("上次没有搬完，现在的数据库此后又有改动：请停掉服务，清空目标，重新搬",
               "The last copy broke off and the source changed since: stop the servers, empty the target, start anew")
OTHER_KEYS = Text("目标文件夹里已有另一份 keys.json：{path}", "The target folder has other keys already: {path}")
UNFIT = Text("目标数据库的设置不合用：{names}", "The target's settings do not fit: {names}")
DIFFERS = Text("搬过去的和原来的不一样：{tables}。目标不能用", "What arrived differs: {tables}. The target must not be used")


class Folders(NamedTuple):
    """Where the keys of an installation lie, and under which its uploaded files."""

    keys: Path
    files: Path


class Copied(NamedTuple):
    """What was carried over: rows, tables, files, the digest of all rows, the same at both ends, and the names of files
    that the source itself has lost."""

    rows: int
    tables: int
    files: int
    digest: str
    lost: list[str]


COUNTED = (MonthSum.__table__, MonthPart.__table__, OpenTally.__table__)  # they come by themselves with the cases


def tables() -> list[Table]:
    """Every table of the product, those that others refer to first, without what the database counts itself."""
    return [table for table in Base.metadata.sorted_tables if table not in COUNTED]


def copy_to(url: str, here: Folders, to_url: str, there: Folders, told: Callable[[str, int], object]) -> Copied:
    """Carry everything over; ``told`` hears of each table and its rows. Raises Refused with nothing changed when the
    target is not empty, newer or the same, and when a copy that broke off does not fit any more."""
    _check_names(url, here.keys, to_url, there.keys)
    with reading_engine().connect() as source:
        _check_source(source)
        target = _prepared(to_url, _fingerprint(source))
        _carry_keys(here.keys, there.keys)
        rows = 0
        for table in tables():
            rows += (count := _carry(source, target, table))
            told(table.name, count)
        _finish(target)
        digest = _compare(source, target)
        files = _carry_files(here.files / FOLDER, there.files / FOLDER)
        lost = _lost(source, there.files / FOLDER)
        with target.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {MARK}")
    target.dispose()
    return Copied(rows, len(tables()), files, digest, lost)


# Before anything is written


def _check_names(url: str, folder: Path, to_url: str, to_folder: Path) -> None:
    try:
        there = make_url(to_url)
    except ArgumentError:
        raise Refused([Problem("", NO_URL.fill(url=to_url[:100]))]) from None
    if there.get_backend_name() not in ("sqlite", "postgresql") or not there.database:
        raise Refused([Problem("", NO_URL.fill(url=there.render_as_string()))])
    if there == make_url(url):
        raise Refused([Problem("", TO_ITSELF)])
    keys = to_folder / vault.FILE
    if keys.exists() and keys.read_bytes() != (folder / vault.FILE).read_bytes():
        raise Refused([Problem("", OTHER_KEYS.fill(path=keys))])


def _check_source(source: Connection) -> None:
    if (found := migrations.current(source)) != migrations.head():
        raise Refused([Problem("", OUTDATED.fill(found=found or "-", head=migrations.head()))])


def _fingerprint(source: Connection) -> str:
    """By what a source that changed is known: every change of it writes an entry, a look or a log-in."""
    told = [source.execute(select(func.count(), func.max(table.c.id)).select_from(table)).one()
            for table in (Event.__table__, AccessLog.__table__, Base.metadata.tables["login_session"])]
    last = source.execute(select(Event.hash).order_by(Event.id.desc()).limit(1)).scalar()
    return json.dumps([*map(list, told), last])


def _prepared(url: str, fingerprint: str) -> Engine:
    """The target with the present schema, without foreign keys, and the mark that it is not whole."""
    there = make_url(url)
    if there.get_backend_name() == "sqlite":
        Path(str(there.database)).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(str(there.database), os.O_WRONLY | os.O_CREAT, 0o600))
    engine = migrations.engine_for(url)
    with engine.connect() as connection:
        found = migrations.current(connection)
        is_begun = inspect(connection).has_table(MARK)
        if not migrations.is_known(found):
            raise Refused([Problem("", NEWER.fill(found=found))])
        if is_begun:
            if connection.exec_driver_sql(f"SELECT source FROM {MARK}").scalar() != fingerprint:
                raise Refused([Problem("", CHANGED)])
            return engine
        if found or inspect(connection).get_table_names():
            raise Refused([Problem("", NOT_EMPTY)])
        if engine.dialect.name == "postgresql" and (wrong := postgresql.misfits(connection)):
            raise Refused([Problem("", UNFIT.fill(names="、".join(wrong)))])
    migrations.upgrade(url, finish=lambda connection, _before: _begin(connection, fingerprint))
    return engine


def _begin(connection: Connection, fingerprint: str) -> None:
    """In the transaction that makes the schema: the mark, and on PostgreSQL the foreign keys that come back later."""
    keys = _foreign_keys(connection) if connection.dialect.name == "postgresql" else []
    for table, name, _definition in keys:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    connection.exec_driver_sql(f"CREATE TABLE {MARK} (source TEXT NOT NULL, keys TEXT NOT NULL)")
    connection.execute(_mark().insert(), {"source": fingerprint, "keys": json.dumps(keys)})


def _mark() -> Table:
    return Table(MARK, MetaData(), Column("source", LongText), Column("keys", LongText))


def _foreign_keys(connection: Connection) -> list[list[str]]:
    return [list(row) for row in connection.exec_driver_sql(
        "SELECT relname, conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid "
        "WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2")]


# Rows


def _carry(source: Connection, target: Engine, table: Table) -> int:
    """The rows of one table that are not there yet; gives how many there are in all."""
    with target.connect() as connection:
        done = connection.execute(select(func.count()).select_from(table)).scalar_one()
    count = done
    rows = _rows(source, table, done)
    while block := list(islice(rows, BLOCK)):
        with target.begin() as connection:
            _write(connection, table, block)
        count += len(block)
    return count


def _rows(source: Connection, table: Table, done: int = 0) -> Iterator[Sequence[Any]]:
    """Rows in the order of their keys, the same on every engine."""
    streamed = source.execution_options(yield_per=BLOCK)
    with streamed.execute(_ordered(source, table).offset(done)) as found:
        for part in found.partitions():
            yield from map(tuple, part)


def _ordered(source: Connection, table: Table) -> Select[Any]:
    is_there = source.dialect.name == "postgresql"
    order = [column.collate("C") if is_there and isinstance(column.type, (String, LongText)) else column
             for column in table.primary_key]
    return select(*table.c).order_by(*order)


def _write(connection: Connection, table: Table, rows: list[Sequence[Any]]) -> None:
    names = [column.name for column in table.c]
    if connection.dialect.name == "sqlite":
        connection.execute(table.insert(), [dict(zip([column.key for column in table.c], row, strict=True))
                                            for row in rows])
        return
    packed = [n for n, column in enumerate(table.c) if isinstance(column.type, JSON)]
    listed = ", ".join(f'"{name}"' for name in names)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({listed}) FROM STDIN') as out:
        for row in rows:
            values = list(row)
            for n in packed:
                values[n] = json.dumps(values[n])
            out.write_row(values)


def _finish(target: Engine) -> None:
    """Sequences go on after the last row; foreign keys come back and are checked."""
    with target.begin() as connection:
        if target.dialect.name == "sqlite":
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise Refused([Problem("", DIFFERS.fill(tables=broken[0][0]))])
            return
        for table in tables():
            if [column.name for column in table.primary_key] == ["id"]:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                    f"(SELECT coalesce(max(id), 0) + 1 FROM \"{table.name}\"), false)")
        kept = json.loads(connection.execute(select(_mark().c["keys"])).scalar_one())
        standing = {(table, name) for table, name, _definition in _foreign_keys(connection)}
        for table, name, definition in kept:
            if (table, name) not in standing:
                connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')


def _compare(source: Connection, target: Engine) -> str:
    """Read every table at both ends; Refused with the names of those that differ."""
    body, wrong = hashlib.sha256(), []
    with target.connect() as connection:
        for table in tables():
            here, there = _digest(source, table), _digest(connection, table)
            wrong += [] if here == there else [table.name]
            body.update(f"{table.name} {here}\n".encode())
    if wrong:
        raise Refused([Problem("", DIFFERS.fill(tables="、".join(wrong)))])
    return body.hexdigest()


def _digest(connection: Connection, table: Table) -> str:
    body = hashlib.sha256()
    for row in _rows(connection, table):
        body.update(json.dumps([_plain(value) for value in row], ensure_ascii=False, sort_keys=True).encode())
    return body.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)


# Files and keys


def _carry_keys(folder: Path, to_folder: Path) -> None:
    place = to_folder / vault.FILE
    if place.exists():
        return
    to_folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write((folder / vault.FILE).read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _carry_files(folder: Path, to_folder: Path) -> int:
    """Every uploaded file that is not there yet; one that arrived has its whole length under its name."""
    found = sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
    if folder.resolve() == to_folder.resolve():
        return len(found)
    to_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in found:
        place, draft = to_folder / path.name, to_folder / f".{path.name}"
        if place.is_file() and place.stat().st_size == path.stat().st_size:
            continue
        made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(made, "wb") as out, path.open("rb") as file:
            shutil.copyfileobj(file, out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(place)
    return len(found)


def _lost(source: Connection, folder: Path) -> list[str]:
    """Files that rows name and that are not in the folder as they were taken in."""
    named = [row for table in tables() if {"stored_name", "sha256"} <= set(table.c.keys())
             for row in source.execute(select(table.c.stored_name, table.c.sha256).order_by(table.c.stored_name))]
    return [name for name, digest in named if not (folder / name).is_file() or backup.sha256(folder / name) != digest]
