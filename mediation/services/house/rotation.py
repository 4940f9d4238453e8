"""Changing the keys of a county while people work: new ones are made, everything sealed is sealed anew, block by block.

The file of keys holds the former ones beside the new until nothing needs them, so a rotation that was broken off goes
on where it stopped, and every process opens what either sealed. Two keys stay: that of the digests, since what the
journal says of rows cannot be said anew, and that of what was printed or cannot be read again (``lasting``).
"""
from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, select, table, update

from mediation import vault
from mediation.extensions import db, reading_engine
from mediation.models import TABLES, HouseSetting, ImportBatch, ImportRow, SearchGram
from mediation.queries import imports
from mediation.queries.cases import search_index
from mediation.queries.house import canonical
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import search
from mediation.services.house import keys
from mediation.sqlite import locked_alone
from mediation.vault import Vault

BLOCK = 200  # sealed values of one transaction
LOCK = "rotation.lock"
KEPT = (*vault.KEY_NAMES, "lasting")
SETTLE = 5.0  # seconds in which every other process has seen the new file and ended what it began before
CLOSED = Text("有{n}处密文打不开，密钥没有换：先看 flask check",
              "{n} sealed values do not open; the keys were not changed: see flask check")
BUSY = Text("另一个程序正在换密钥，等它做完", "Another process is changing the keys; wait for it")

Told = dict[str, Any]
Write = Callable[[Connection, str], int]


def rotate(folder: Path, actor: Actor) -> Iterator[int]:
    """Change the keys; gives at each turn how many values were sealed anew so far.

    Who calls takes every turn and commits it; what is broken off goes on at the next call. Raises Refused where values
    do not open under the present keys, or somebody else is about it.
    """
    with locked_alone(folder / LOCK) as is_ours:
        if not is_ours:
            raise Refused([Problem("", BUSY)])
        yield from _rotate(folder, actor)


def _rotate(folder: Path, actor: Actor) -> Iterator[int]:
    keeper, told = vault.current(), _read(folder)
    if "earlier" not in told:
        with reading_engine().connect() as reading:
            closed = keys.count_closed(reading, keeper)
        if closed:
            raise Refused([Problem("", CLOSED.fill(n=closed))])
        _keep_former(folder, told)
        lasting = told.get("lasting", told["index"])
        told = {**told, "seal": secrets.token_hex(vault.KEY_BYTES), "lasting": lasting, "earlier": [told]}
        _write(folder, told)
    keeper.renew()
    _know(keeper)
    done = 0
    yield done
    time.sleep(SETTLE)
    for count in _seal_anew(keeper):
        done += count
        yield done
    if told["index"] == told["earlier"][0]["index"]:
        middle = {name: told[name] for name in KEPT}
        told = {**told, "index": secrets.token_hex(vault.KEY_BYTES), "earlier": [*told["earlier"], middle]}
        _write(folder, told)
        keeper.renew()
    _index_anew(keeper)  # at once with the check value: no search finds half of them
    yield done
    time.sleep(SETTLE)
    for count in _seal_anew(keeper):
        done += count
        yield done
    journal.record(actor, journal.HOUSE, "keys_rotated", {"values": done})
    _index_anew(keeper)
    yield done
    _write(folder, {**{name: told[name] for name in KEPT}, "replaced": sorted(keeper.checks - {keeper.check})})
    keeper.renew()


def _read(folder: Path) -> Told:
    vault.read_keys(folder)  # refused where it is not whole
    told: Told = json.loads((folder / vault.FILE).read_text(encoding="utf-8"))
    return told


def _write(folder: Path, told: Told, name: str = vault.FILE) -> None:
    """In one step: whoever reads finds the former file or the new one."""
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)


def _keep_former(folder: Path, told: Told) -> None:
    """The former keys stay beside the new: copies of the database from before need them."""
    n = 1
    while (kept := folder / vault.FORMER.replace("*", str(n))).exists():
        if json.loads(kept.read_text(encoding="utf-8")) == told:
            return
        n += 1
    _write(folder, told, kept.name)


def _know(keeper: Vault) -> None:
    """What the database knows of its keys; with the next commit."""
    db.session.expire_all()
    db.session.get_one(HouseSetting, keys.CHECK).value = keeper.check


def _sealed(connection: Connection) -> Iterator[tuple[Write, str, str]]:
    """Every sealed value with its place, and how another takes its place unless somebody has changed it meanwhile."""
    for model in TABLES.values():
        for name in canonical.sealed_of(model):
            place = f"{model.__tablename__}.{name}"
            [key] = model.__table__.primary_key.columns
            stored = model.__table__.c[f"{name}_sealed"]
            for row, uid, sealed in connection.execute(select(key, model.__table__.c.uid, stored).where(
                    stored.is_not(None)).order_by(key)).all():
                yield _writer(model.__tablename__, key.name, row, stored.name, sealed), sealed, f"{place}.{uid}"
    rows = select(
        ImportRow.id, ImportRow.number, ImportBatch.uid, ImportRow.cells_sealed, ImportRow.mended_sealed).join(
        ImportBatch, ImportBatch.id == ImportRow.import_id).order_by(ImportRow.id)
    for row, number, uid, *values in connection.execute(rows).all():
        for what, sealed in zip(("cells", "mended"), values, strict=True):
            if sealed is not None:
                yield (_writer("import_row", "id", row, f"{what}_sealed", sealed), sealed,
                       imports.place(imports.Tied(uid), number, what))


def _writer(name: str, key: str, row: object, stored: str, before: str) -> Write:
    def write(connection: Connection, sealed: str) -> int:
        return connection.execute(update(table(name, column(key), column(stored))).where(
            column(key) == row, column(stored) == before).values({stored: sealed})).rowcount
    return write


def _seal_anew(keeper: Vault) -> Iterator[int]:
    """Seal what only former keys open, block by block, until there is none; each block is committed before the next."""
    while True:
        with reading_engine().connect() as reading:
            left = [(write, keeper.decrypt(sealed, place), place) for write, sealed, place in _sealed(reading)
                    if not keeper.is_current(sealed, place)]
        if not left:
            return
        for first in range(0, len(left), BLOCK):
            connection = db.session.connection()
            yield sum(write(connection, keeper.encrypt(value, place))
                      for write, value, place in left[first:first + BLOCK])


def _index_anew(keeper: Vault) -> None:
    """The blind indexes of all values, the tokens of telephones and the check value, in one transaction."""
    connection = db.session.connection()
    for model in TABLES.values():
        for name in canonical.sealed_of(model):
            found = model.__table__.c.get(f"{name}_index")
            if found is None:
                continue
            key, stored = model.__table__.c.id, model.__table__.c[f"{name}_sealed"]
            for row, uid, sealed, known in connection.execute(select(
                    key, model.__table__.c.uid, stored, found).where(stored.is_not(None))).all():
                wanted = keeper.blind(keeper.decrypt(sealed, f"{model.__tablename__}.{name}.{uid}"), name)
                if wanted != known:
                    connection.execute(update(model.__table__).where(key == row).values({found.name: wanted}))
    _tokens_anew(connection, keeper)
    _know(keeper)


def _tokens_anew(connection: Connection, keeper: Vault) -> None:
    grams = SearchGram.__table__
    stored = set(connection.execute(select(grams.c.gram).where(search.IS_TAIL).distinct()).scalars())
    for before, token in search_index.renewed(keeper).items():
        if before in stored:
            connection.execute(update(grams).where(grams.c.gram == before).values(gram=token))
