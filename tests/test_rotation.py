"""Changing the keys: while people work, broken off and gone on with, twice over; former copies want the former keys."""
from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import select, update

from mediation import vault
from mediation.extensions import close_engines, db
from mediation.models import Event, Party
from mediation.papers import codes
from mediation.queries.house import checks, digests
from mediation.rules.language import Refused
from mediation.services.house import backup, recomputed, rotation
from mediation.sqlite import locked_alone
from tests import docket, house

PHONE = "13847862213"


@pytest.fixture
def folder(app, instance, monkeypatch):
    monkeypatch.setattr(rotation, "SETTLE", 0.0)
    monkeypatch.setattr(vault, "LOOK", 0.0)
    keeper = vault.of_app(app)
    before = dict(vars(keeper))
    docket.store_case(app)
    yield instance[0]
    vars(keeper).update(before)  # the tests to come share the application


def told(folder) -> dict[str, object]:
    return json.loads((folder / vault.FILE).read_text())


def rotate(folder) -> int:
    done = 0
    for done in rotation.rotate(folder, house.actor("admin")):
        db.session.commit()
    return done


def phones() -> list[str]:
    return [party.phone for party in db.session.scalars(select(Party)) if party.phone_sealed]


def assert_sound() -> None:
    assert [*checks.run(), *recomputed.faults(house.TODAY), *digests.verify()] == []


def test_r43_everything_is_sealed_anew_and_nothing_is_lost(app, folder):
    """R43: new keys for what is sealed and for what finds it; what was printed and what the journal says stand."""
    before = told(folder)
    with app.app_context():
        party = db.session.scalar(select(Party).where(Party.phone_sealed.is_not(None)))
        index, printed = party.phone_index, vault.current().veil(party.case_id, codes.PURPOSE)
        db.session.rollback()
        assert rotate(folder) > 0
        after = told(folder)
        assert after["digest"] == before["digest"] and "earlier" not in after
        assert after["seal"] != before["seal"] and after["index"] != before["index"]
        former = vault.read_file(folder / "keys-before-1.json")
        party = db.session.scalar(select(Party).where(Party.phone_sealed.is_not(None)))
        assert phones() == [PHONE] and party.phone_index != index
        assert codes.case_id(printed) == party.case_id
        with pytest.raises(vault.WrongKey):
            former.decrypt(party.phone_sealed, f"party.phone.{party.uid}")
        assert_sound()
        assert "keys_rotated" in db.session.scalars(select(Event.kind).where(Event.is_of_house())).all()
        db.session.remove()


def test_people_work_through_it(app, folder):
    """Another process read its keys before; it opens what is sealed anew and registers a case in the middle."""
    other = house.make_app(folder, app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context():
        turns = rotation.rotate(folder, house.actor("admin"))
        next(turns)
        db.session.commit()
        next(turns)
        db.session.commit()
        assert_sound()
        db.session.rollback()
        with other.app_context():
            assert phones() == [PHONE]
            db.session.remove()
            close_engines()
        docket.store_case(other, worker="苏布德")
        for _turn in turns:
            db.session.commit()
        db.session.remove()
    with other.app_context():
        assert phones() == [PHONE, PHONE]
        assert_sound()
        db.session.remove()
        close_engines()


def test_one_that_slept_through_it_wakes_with_the_new_keys(app, folder):
    other = house.make_app(folder, app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context():
        rotate(folder)
        db.session.remove()
    docket.store_case(other)
    with app.app_context():
        assert phones() == [PHONE, PHONE]
        assert_sound()
        db.session.remove()
    with other.app_context():
        close_engines()


@pytest.mark.parametrize(("nth", "is_before"), [(1, False), (2, True), (2, False), (3, False), (4, True)])
def test_what_was_broken_off_goes_on(app, folder, monkeypatch, nth, is_before):
    """Before or behind any change of the file of keys; the next call ends it, and a further one changes them again."""
    write, count = rotation._write, iter(range(1, 9))

    def broken(*args):
        is_last = next(count) == nth
        if not (is_last and is_before):
            write(*args)
        if is_last:
            raise KeyboardInterrupt
    monkeypatch.setattr(rotation, "_write", broken)
    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            rotate(folder)
        db.session.remove()
        close_engines()
    monkeypatch.setattr(rotation, "_write", write)
    again = house.make_app(folder, app.config["SQLALCHEMY_DATABASE_URI"])
    with again.app_context():
        assert phones() == [PHONE]
        assert_sound()
        db.session.rollback()
        for _once_and_again in range(2):
            rotate(folder)
            assert phones() == [PHONE] and "earlier" not in told(folder)
            db.session.rollback()
        assert_sound()
        db.session.remove()
        close_engines()


def test_it_is_refused_where_it_cannot_end_well(app, folder):
    """A value that does not open, and somebody else at it: the file of keys is not touched."""
    before = (folder / vault.FILE).read_bytes()
    with app.app_context():
        with locked_alone(folder / rotation.LOCK), pytest.raises(Refused):
            rotate(folder)
        db.session.execute(update(Party).where(Party.phone_sealed.is_not(None)).values(phone_sealed="k1:00"))
        db.session.commit()
        with pytest.raises(Refused):
            rotate(folder)
        db.session.remove()
    assert (folder / vault.FILE).read_bytes() == before


def test_a_copy_from_before_wants_the_former_keys(tmp_path, monkeypatch):
    """R43: it is refused in a sentence that names them; with them it comes back in an empty folder."""
    monkeypatch.setattr(rotation, "SETTLE", 0.0)
    here, there = tmp_path / "here", tmp_path / "there"
    app, copy = house.make_app(here), tmp_path / "copy.zip"
    house.furnish(app)
    docket.store_case(app)
    run = app.test_cli_runner().invoke
    assert run(args=["backup", str(copy)]).exit_code == 0
    done = run(args=["keys", "rotate"])
    assert done.exit_code == 0 and "已换密钥" in done.output, done.output
    refused = run(args=["restore", str(copy), "--yes"])
    assert refused.exit_code == 1 and "keys-before-1.json" in refused.output, refused.output
    with app.app_context():
        assert phones() == [PHONE]
        close_engines()
    there.mkdir()
    shutil.copy(here / "keys-before-1.json", there / vault.FILE)
    old = house.make_app(there)
    with old.app_context():
        backup.put_back(old.config["SQLALCHEMY_DATABASE_URI"], there, copy, vault.current())
        assert phones() == [PHONE]
        close_engines()


def test_the_command_says_each_count_once(app, folder):
    docket.store_case(app)
    done = app.test_cli_runner().invoke(args=["keys", "rotate"])
    lines = [line for line in done.output.splitlines() if line.startswith("已重新加密")]
    assert done.exit_code == 0 and lines and len(set(lines)) == len(lines)
