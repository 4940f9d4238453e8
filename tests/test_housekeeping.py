"""What the server does by itself: a seal and a checked copy each day, the oldest let go, one process alone, jumps noted."""
from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from mediation import vault
from mediation.cli.house import housekeeping
from mediation.extensions import close_engines, db
from mediation.models import Event, Seal
from mediation.queries.house import checks, digests, upkeep
from mediation.services import journal
from mediation.services.figures import closings
from mediation.services.house import backup as copies
from mediation.services.house import encrypting
from mediation.sqlite import locked_alone
from tests import docket, house


def kinds(app) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(Event.kind).where(Event.stream == "house").order_by(Event.id)))
        db.session.remove()
        return found


@pytest.fixture
def folder(instance):
    return instance[0]


def test_a_day_brings_one_seal_and_one_checked_copy(app, folder):
    """R65, R52: copied while in use, verified, on record; not again before a day has gone."""
    number = docket.store_case(app)
    assert housekeeping.look(app) == ["seal", "backup"]
    [made] = (folder / "backups").glob("gonghe-*.copy")
    assert housekeeping.look(app) == []
    assert kinds(app)[-2:] == ["journal_sealed", "backed_up"]
    with app.app_context():
        encrypting.decrypt(made, folder / "opened", vault.current())
    with zipfile.ZipFile(folder / "opened") as archive:
        assert json.loads(archive.read("manifest.json"))["lost"] == []
    with app.app_context():
        assert (checks.run(), digests.verify()) == ([], [])
        sealed = db.session.scalar(select(Seal.hash).order_by(Seal.id.desc()))
        assert digests.has_seal(sealed)
        found = upkeep.upkeep(folder, datetime.now(UTC))
        assert found.backup_at is not None and not found.is_backup_old
        assert upkeep.upkeep(folder, datetime.now(UTC) + timedelta(hours=27)).is_backup_old
        db.session.remove()
    assert number


def test_a_day_brings_one_check_that_finds_what_was_changed_behind_it(app, folder):
    """R64: nightly full check, in a process of its own, on record with how much does not agree."""
    docket.store_case(app)
    with app.app_context():
        with db.engine.begin() as line:
            line.exec_driver_sql("UPDATE dispute SET title = 'somebody else'")
        close_engines()
    assert [housekeeping.prove(app), housekeeping.prove(app)] == [False, None]
    with app.app_context():
        row = db.session.scalar(select(Event).where(Event.kind == "checked"))
        assert json.loads(row.data)["faults"] > 0
        db.session.remove()


def test_a_closing_is_sealed_at_the_next_look(app, folder):
    """Though a day has not gone since the last seal; the one after that has nothing to do."""
    housekeeping.look(app)
    with app.app_context():
        closings.close(house.get_station("urad-middle"), "2026Q1", house.actor("supervisor"))
        db.session.commit()
        db.session.remove()
    assert [housekeeping.look(app), housekeeping.look(app)] == [["seal"], []]


def test_the_copy_comes_back_in_an_empty_place_with_equal_digests(tmp_path):
    """R65: the same seal, the same chains, both checkers content; on SQLite, for the other see test_postgresql."""
    folder = tmp_path / "here"
    app = house.make_app(folder)
    house.furnish(app)
    docket.store_case(app)
    housekeeping.look(app)
    [made] = (folder / "backups").glob("gonghe-*.copy")
    with app.app_context():
        sealed = db.session.scalar(select(Seal.hash).order_by(Seal.id.desc()))
        db.session.remove()
        close_engines()
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(folder / "keys.json", empty)
    other = house.make_app(empty)
    with other.app_context():
        copies.put_back(other.config["SQLALCHEMY_DATABASE_URI"], empty, made, vault.read_keys(empty))
        assert digests.has_seal(sealed)
        assert (checks.run(), digests.verify()) == ([], [])
        db.session.remove()
        close_engines()


def test_the_oldest_copies_go(app, folder):
    app.config["MEDIATION"]["BACKUPS_KEPT"] = 2
    (folder / "backups").mkdir()
    for day in range(1, 5):
        (folder / "backups" / f"gonghe-2026010{day}-000000.zip").write_bytes(b"x")
    housekeeping.look(app)
    names = sorted(path.name for path in (folder / "backups").iterdir())
    assert len(names) == 2 and names[0] == "gonghe-20260104-000000.zip"


def test_only_one_process_keeps_house(app, folder):
    with locked_alone(folder / housekeeping.LOCK) as is_ours:
        assert is_ours
        assert housekeeping.look(app) == []


def test_a_jump_of_the_clock_is_noted_once(app):
    """R54: the entry is there, the order of the chain stays."""
    housekeeping.look(app)
    assert housekeeping.look(app, jump=-86400.0) == ["clock"]
    assert kinds(app)[-1] == "clock_jumped"
    with app.app_context():
        assert digests.verify() == []
        db.session.remove()


def test_r54_a_clock_that_was_set_back_before_the_start_is_noted_with_how_far(app):
    """R54: a server that starts behind its own journal; an hour is said as an hour."""
    housekeeping.look(app)
    with app.app_context():
        journal.record(house.actor("admin", now=datetime.now(UTC) + timedelta(hours=1)), "house", "backed_up",
                       {"sha256": "0" * 64})
        db.session.commit()
        db.session.remove()
    assert housekeeping.look(app)[0] == "clock"
    with app.app_context():
        row = db.session.scalar(select(Event).where(Event.kind == "clock_jumped"))
        assert -3600 <= json.loads(row.data)["seconds"] < -3500
        db.session.remove()


@pytest.mark.settings
@pytest.mark.parametrize(("statement", "place"), [
    ("DROP TABLE search_gram", "search_gram: 这张表不见了"), ("DROP TABLE draft", "draft: 这张表不见了"),
    ("ALTER TABLE duty RENAME COLUMN duty_on TO lost", "duty.duty_on: 这一列不见了")])
def test_a_check_names_a_table_or_a_column_that_is_gone(app, statement, place):
    with app.app_context():
        db.session.execute(text(statement))
        db.session.commit()
        close_engines()
    done = app.test_cli_runner().invoke(args=["check"])
    assert done.exit_code == 1 and place in done.output
