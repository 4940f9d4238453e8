"""R66: a populated database of every released schema is upgraded with everything in it, and both checkers are content.

``releases.tar.xz`` holds of each schema the statements of a database with two cases, made by the program as it was then,
and its keys. ``python -m tests.test_releases FOLDER`` adds the present schema; to be run before the next step is made.
"""
from __future__ import annotations

import errno
import io
import sqlite3
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from mediation import migrations, vault
from mediation.extensions import close_engines, db
from mediation.models import Case, Party
from mediation.queries.house import checks, digests
from mediation.services.cases import search
from mediation.services.house import recomputed
from tests import docket, house

ARCHIVE = Path(__file__).with_name("releases.tar.xz")
NEVER_ALONE = {"0012"}  # steps that came out together with the next one
EVENTS = "SELECT stream, seq, kind, data, hash FROM event ORDER BY id"


def parts() -> dict[str, bytes]:
    with tarfile.open(ARCHIVE) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive.getmembers()}


@pytest.fixture(scope="module")
def releases() -> dict[str, bytes]:
    return parts()


def test_every_released_schema_is_there(releases):
    steps = {path.name[:4] for path in (migrations.HERE / "versions").glob("0*.py")}
    assert {name[:4] for name in releases} | NEVER_ALONE >= steps - {migrations.head()}


@pytest.mark.parametrize("schema", sorted({name[:4] for name in parts()}))
def test_r66_it_is_upgraded_with_everything_in_it(releases, tmp_path, schema):
    """R66: what stood there, its chain and its keys; a new case follows."""
    place = tmp_path / "gonghe.sqlite"
    with closing(sqlite3.connect(place)) as made:
        made.executescript(releases[f"{schema}.sql"].decode())
        before = made.execute(EVENTS).fetchall()
    (tmp_path / vault.FILE).write_bytes(releases[f"{schema}.json"])
    app = house.make_app(tmp_path)
    with app.app_context():
        house.build_schema()
        assert [*checks.run(), *recomputed.faults(house.TODAY), *digests.verify()] == []
        assert [(case.number, case.title) for case in db.session.scalars(select(Case).order_by(Case.id))] == [
            ("urad-middle-2026-0001", "巴特尔"), ("urad-middle-2026-0002", "阿不都·热合曼")]
        assert [p.phone for p in db.session.scalars(select(Party)) if p.phone_sealed] == ["13847862213"] * 2
        db.session.remove()
        close_engines()
    with closing(sqlite3.connect(place)) as there:
        assert there.execute(EVENTS).fetchall()[:len(before)] == before
    assert docket.store_case(app) == "urad-middle-2026-0003"
    with app.app_context():
        close_engines()


def test_r66_what_fails_behind_the_steps_leaves_the_old_database(releases, tmp_path, monkeypatch):
    """R66: the old state and a copy of it; the next call brings everything over."""
    schema, place = min(name[:4] for name in releases), tmp_path / "gonghe.sqlite"
    with closing(sqlite3.connect(place)) as made:
        made.executescript(releases[f"{schema}.sql"].decode())
        before = list(made.iterdump())
    (tmp_path / vault.FILE).write_bytes(releases[f"{schema}.json"])
    app = house.make_app(tmp_path)
    with app.app_context():
        with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
            patched.setattr(search, "index_all", no_room)
            house.build_schema()
        for file in (place, *tmp_path.glob("gonghe-before-*.sqlite")):
            with closing(sqlite3.connect(file)) as there:
                assert list(there.iterdump()) == before
        house.build_schema()
        assert [*checks.run(), *recomputed.faults(house.TODAY), *digests.verify()] == []
        db.session.remove()
        close_engines()


def no_room() -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def add(folder: Path) -> None:
    """The present schema with two cases, made in an empty folder, into the archive."""
    app = house.make_app(folder)
    house.furnish(app)
    docket.store_case(app)
    docket.store_case(app, worker="阿不都·热合曼")
    with app.app_context():
        close_engines()
    with closing(sqlite3.connect(folder / "gonghe.sqlite")) as made:
        told = "\n".join(made.iterdump()) + "\n"
    new = {f"{migrations.head()}.sql": told.encode(), f"{migrations.head()}.json": (folder / vault.FILE).read_bytes()}
    every = sorted((parts() | new).items())
    with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
        for name, body in every:
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))


if __name__ == "__main__":
    add(Path(sys.argv[1]))
