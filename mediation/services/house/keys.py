"""Keys and the database that they belong to: the check value, and who may connect.

The check value is a keyed hash that tells nothing of the keys. ``init`` writes it, for a new county with its new keys,
for an older database after its present keys have opened everything that is sealed in it.
"""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, inspect, select, table
from sqlalchemy.pool import NullPool

from mediation import vault
from mediation.models import HouseSetting
from mediation.rules.language import Problem, Refused, Text
from mediation.vault import Vault, WrongKey

CHECK = "key_check"
EXISTS = Text("已有同名文件，请换个名字", "A file of this name exists; choose another")
SETTINGS = HouseSetting.__table__
# Whether the database has a schema at all, and what it knows of its keys; as text for the bare driver.
_HAS_SCHEMA = {"sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'house_setting'",
               "postgresql": "SELECT 1 WHERE to_regclass('house_setting') IS NOT NULL"}
_KNOWN = f"SELECT value FROM house_setting WHERE name = '{CHECK}'"


def guard(engine: Engine, opener: Callable[[], Vault]) -> None:
    """Let nobody connect whose keys are not the database's; a database without a schema has none yet.

    ``opener`` gives the application's keys as they are then, or raises WrongKey.
    """
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        try:
            if cursor.execute(_HAS_SCHEMA[engine.dialect.name]).fetchone():
                row = cursor.execute(_KNOWN).fetchone()
                compare(opener(), row[0] if row else "")
        finally:
            cursor.close()
            connection.rollback()


def compare(keys: Vault, known: str) -> None:
    """Raise WrongKey unless these are the keys that a database knows."""
    if not known:
        raise WrongKey(vault.UNBOUND)
    if known in keys.checks or (keys.renew() and known in keys.checks):
        return
    for path in sorted(keys.path.parent.glob(vault.FORMER)) if keys.path else ():
        if _is_of(path, known):
            raise WrongKey(vault.BEFORE.fill(name=path.name))
    raise WrongKey(vault.FOREIGN)


def _is_of(path: Path, known: str) -> bool:
    try:
        return vault.read_file(path).check == known
    except WrongKey:
        return False


class Keeper:
    """The keys of a folder on their way to a database that is made or brought up to date."""

    vault: Vault

    def __init__(self, folder: str | Path):
        self._folder = folder

    def admit(self, connection: Connection, revision: str) -> None:
        """Read the keys, or make them for a database that is new; WrongKey when they are not those of this one."""
        if revision:
            self.vault = vault.read_keys(self._folder)
            examine(connection, self.vault)
        else:
            self.vault = vault.make_keys(self._folder)

    def bind(self, connection: Connection) -> None:
        """Write the check value, once."""
        if not known(connection):
            connection.execute(SETTINGS.insert(), {"name": CHECK, "value": self.vault.check})


def examine(connection: Connection, keys: Vault) -> None:
    """Raise WrongKey unless the keys belong to a database: by its check value, else by opening what it has."""
    if told := known(connection):
        compare(keys, told)
    elif closed := _count_closed(connection, keys):
        raise vault.unfit(closed)


def examine_file(path: Path, keys: Vault) -> None:
    """The same of a file of SQLite that is not in use."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        examine(connection, keys)


def count_closed(connection: Connection, keys: Vault) -> int:
    """How many sealed values of a database the keys leave closed."""
    return _count_closed(connection, keys)


def copy_to(folder: Path, target: Path) -> None:
    """A copy of the file of keys for another place, for its owner only; it is read again and compared.

    Raises Refused where a file of that name is there, WrongKey where the keys are not whole.
    """
    kept = vault.read_keys(folder)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refused([Problem("file", EXISTS)]) from error
    with os.fdopen(handle, "wb") as file:
        file.write((folder / vault.FILE).read_bytes())
        file.flush()
        os.fsync(file.fileno())
    if vault.read_file(target).check != kept.check:
        raise WrongKey(vault.DAMAGED)


def known(connection: Connection) -> str:
    """The check value of its keys; '' where it has none."""
    return str(connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == CHECK)).scalar() or "")


def _count_closed(connection: Connection, keys: Vault) -> int:
    """How many sealed values of any table the keys do not open; the tables are those of the database's own version."""
    return sum(not _opens(keys, sealed, f"{name}.{value.removesuffix('_sealed')}.{uid}")
               for name, value in _sealed_columns(connection)
               for uid, sealed in connection.execute(
                   select(column("uid"), column(value)).select_from(table(name)).where(column(value).is_not(None))))


def _sealed_columns(connection: Connection) -> Iterator[tuple[str, str]]:
    """Table and column of sealed values, which stand beside the ``uid`` that ties them to their row."""
    there = inspect(connection)
    for name in there.get_table_names():
        columns = [found["name"] for found in there.get_columns(name)]
        yield from ((name, value) for value in columns if "uid" in columns and value.endswith("_sealed"))


def _opens(keys: Vault, sealed: str, place: str) -> bool:
    try:
        keys.decrypt(sealed, place)
    except WrongKey:
        return False
    return True
