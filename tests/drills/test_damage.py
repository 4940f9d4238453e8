"""Copies of a county's database are damaged as bad disks do: each change of what counts is noticed at the start or by the
daily check. DRILL_DAMAGES copies of each kind (default 100)."""
from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest
from sqlalchemy.exc import DatabaseError

from mediation import vault
from mediation.cli.house.setup import check_start
from mediation.extensions import close_engines, db
from mediation.models import TABLES
from mediation.queries.house import checks, digests, proofs
from mediation.services.house import recomputed
from tests import house
from tests.golden import county

DAMAGES = int(os.environ.get("DRILL_DAMAGES", "100"))
SECTOR = 512
COUNTED = {model.__tablename__: [column.name for column in model.__table__.columns if not column.info.get("free")]
           for model in TABLES.values() if model not in proofs.FREE}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    app = house.make_app(folder)
    county.build(app, folder)
    with app.app_context():
        db.session.remove()
        close_engines()
    with closing(sqlite3.connect(folder / "gonghe.sqlite")) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not is_noticed(folder)
    return folder


def content(folder: Path) -> object:
    """What stands in the columns that count, read from the tables themselves; the error where that fails."""
    with closing(sqlite3.connect(folder / "gonghe.sqlite")) as base:
        base.text_factory = bytes
        try:
            return [base.execute(f'SELECT {", ".join(columns)} FROM "{name}" NOT INDEXED ORDER BY rowid').fetchall()
                    for name, columns in sorted(COUNTED.items())]
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the driver quotes damaged names
            return str(error)


def is_noticed(folder: Path) -> bool:
    """Whether the start refuses it, or the check that runs each day finds something."""
    app = house.make_app(folder)
    with app.app_context():
        try:
            check_start()
            return bool([*checks.run(), *recomputed.faults(house.TODAY), *digests.verify()])
        except (click.ClickException, DatabaseError, vault.WrongKey):
            return True
        finally:
            db.session.remove()
            close_engines()


def zeroed(body: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(body) // SECTOR) * SECTOR
    body[at:at + SECTOR] = bytes(SECTOR)


def flipped(body: bytearray, chance: random.Random) -> None:
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)


@pytest.mark.parametrize("harm", [zeroed, flipped])
def test_r64_every_damage_to_what_counts_is_noticed(built, tmp_path, harm: Callable):
    """R64: 512 zero bytes, or one bit; what changed nothing that is kept does not count and is drawn anew."""
    chance, sound, missed, drawn = random.Random(64), content(built), [], 0
    done = 0
    while done < DAMAGES:
        drawn += 1
        folder = tmp_path / str(drawn)
        shutil.copytree(built, folder)
        body = bytearray((folder / "gonghe.sqlite").read_bytes())
        harm(body, chance)
        (folder / "gonghe.sqlite").write_bytes(body)
        if content(folder) != sound:
            done += 1
            missed += [] if is_noticed(folder) else [drawn]
        shutil.rmtree(folder)
    print(f"{harm.__name__}: {done} damages of {drawn} drawn changed what counts, {len(missed)} not noticed")
    assert missed == []
