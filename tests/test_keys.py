"""Keys that are missing, damaged or another county's: one sentence everywhere, nothing read, nothing written, none made."""
from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from mediation import cli, vault
from mediation.cli.demo.demo import demo
from mediation.cli.figures.report import index, report
from mediation.cli.house.accounts import user
from mediation.cli.house.integrity import backup, check, journal, restore
from mediation.cli.house.setup import init, serve
from mediation.cli.law import due, show_clocks
from mediation.cli.ledger import export
from mediation.extensions import db
from mediation.models import Case, Event
from tests import casework, house

PHONE = "13800000000"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with one case, in which a telephone number is sealed."""
    folder = tmp_path_factory.mktemp("house")
    app = house.make_app(folder)
    house.furnish(app)
    with app.app_context():
        casework.make_case(house.actor())
        db.session.commit()
        db.session.remove()
        house.close_engines()
    return folder


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(furnished, tmp_path / "instance")


class Harm(NamedTuple):
    """What became of the key file, and what everybody is told then."""

    do: Callable[[Path], object]
    told: str


def write(path: Path, words: object) -> None:
    path.write_text(json.dumps(words), encoding="utf-8")


def known(path: Path) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8"))


def fresh() -> dict[str, str]:
    return {name: f"{n:064x}" for n, name in enumerate(vault.KEY_NAMES, 1)}


HARMS = {
    "missing": Harm(Path.unlink, "keys.json 不见了"),
    "empty": Harm(lambda path: path.write_bytes(b""), "空的、不完整"),
    "torn": Harm(lambda path: path.write_bytes(path.read_bytes()[:100]), "空的、不完整"),
    "no text": Harm(lambda path: path.write_bytes(b"\xff\x00\xfe"), "空的、不完整"),
    "a folder": Harm(lambda path: (path.unlink(), path.mkdir()), "空的、不完整"),
    "a key short": Harm(lambda path: write(path, {**known(path), "seal": "ab" * 8}), "空的、不完整"),
    "a key not in hex": Harm(lambda path: write(path, {**known(path), "digest": "g" * 64}), "空的、不完整"),
    "a key left out": Harm(lambda path: write(path, {"seal": known(path)["seal"]}), "空的、不完整"),
    "a list": Harm(lambda path: write(path, []), "空的、不完整"),
    "those of another county": Harm(lambda path: write(path, fresh()), "不是这个数据库的"),
    "one key of another": Harm(lambda path: write(path, {**known(path), "index": "7" * 64}), "不是这个数据库的"),
}
COMMANDS = {
    "init": (init, []), "serve": (serve, ["--port", "0"]), "check": (check, []), "demo": (demo, []),
    "user add": (user, ["add", "neu", "--role", "mediator"]), "journal verify": (journal, ["verify"]),
    "journal seal": (journal, ["seal"]), "backup": (backup, ["{folder}/copy.zip"]), "index": (index, []), "due": (due, []),
    "export": (export, ["--sheet", "cases", "-o", "{folder}/cases.csv"]), "report": (report, ["summary", "--period", "2026"]),
}
FEW = ("init", "serve", "check", "user add")


def run(folder: Path, name: str) -> Result:
    command, words = COMMANDS[name]
    runner = house.make_app(folder).test_cli_runner()
    return runner.invoke(command, [word.format(folder=folder) for word in words])


def visitor_of(app: Flask) -> FlaskClient:
    """Somebody whose forms are not asked for a token, as none can be had without keys."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def rows(folder: Path) -> list[tuple]:
    """What an act changes: events, and settings."""
    engine = create_engine(f"sqlite:///{folder / 'gonghe.sqlite'}")
    with engine.connect() as connection:
        found = [*connection.execute(text("SELECT id, hash FROM event ORDER BY id")),
                 *connection.execute(text("SELECT name, value FROM house_setting ORDER BY name"))]
    engine.dispose()
    return [tuple(row) for row in found]


def lying(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm", ".lock")) and
            path.name != "compiled"}


def forget(folder: Path) -> None:
    """The database of a version that kept no check value yet."""
    engine = create_engine(f"sqlite:///{folder / 'gonghe.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM house_setting WHERE name = 'key_check'"))
    engine.dispose()


@pytest.mark.parametrize("harm", HARMS)
def test_no_command_works_without_the_right_keys_and_none_are_made(folder, harm):
    HARMS[harm].do(folder / "keys.json")
    before, there = rows(folder), lying(folder)
    for name in COMMANDS if harm in ("missing", "empty", "those of another county") else FEW:
        done = run(folder, name)
        assert (done.exit_code, len(done.output.strip().splitlines())) == (1, 1), (name, done.output, done.exception)
        assert HARMS[harm].told in done.output, (name, done.output)
    assert (rows(folder), lying(folder)) == (before, there)


@pytest.mark.parametrize("harm", HARMS)
def test_no_page_is_shown_and_nothing_is_taken_without_the_right_keys(folder, harm):
    HARMS[harm].do(folder / "keys.json")
    before, visitor = rows(folder), visitor_of(house.make_app(folder))
    answers = [visitor.post("/login", data={"username": "mediator", "password": house.PASSWORD})]
    if "another" not in harm:  # these are known to be wrong before anybody connects
        answers += [visitor.get(address) for address in ("/", "/login", "/healthz", "/cases")]
    for answer in answers:
        assert answer.status_code == 503 and HARMS[harm].told in answer.get_data(as_text=True)
        assert len(answer.get_data(as_text=True).strip().splitlines()) == 2  # in both languages
    assert visitor.get("/cases").status_code in (302, 503)
    assert rows(folder) == before


def test_the_right_keys_put_back_open_everything_again(folder):
    kept = (folder / "keys.json").read_bytes()
    (folder / "keys.json").unlink()
    assert run(folder, "check").exit_code == 1
    (folder / "keys.json").write_bytes(kept)
    for name in ("init", "check", "journal verify"):
        assert run(folder, name).exit_code == 0, name


def test_a_new_county_gets_keys_at_init_and_only_there(tmp_path):
    place = tmp_path / "new"
    for name in ("check", "user add"):
        assert run(place, name).exit_code == 1 and not (place / "keys.json").exists()
    app = house.make_app(place)
    assert app.test_cli_runner().invoke(init, ["--union", "neu"]).exit_code == 0
    made = (place / "keys.json").read_bytes()
    assert (place / "keys.json").stat().st_mode & 0o777 == 0o600
    assert app.test_cli_runner().invoke(user, ["add", "admin", "--role", "admin"]).exit_code == 0
    assert run(place, "init").exit_code == 0 and (place / "keys.json").read_bytes() == made


def test_a_damaged_key_file_is_not_replaced_for_a_new_county_either(tmp_path):
    (tmp_path / "keys.json").write_bytes(b"")
    done = run(tmp_path, "init")
    assert done.exit_code == 1 and "空的" in done.output and (tmp_path / "keys.json").read_bytes() == b""


def test_what_needs_neither_keys_nor_database_works_without(tmp_path):
    runner = house.make_app(tmp_path).test_cli_runner()
    assert runner.invoke(show_clocks, ["--channel", "A", "--fact", "accepted=2026-06-22"]).exit_code == 0
    assert cli.COMMANDS and not (tmp_path / "keys.json").exists()


def test_an_older_database_gets_its_check_value_at_init(folder):
    forget(folder)
    done = run(folder, "check")
    assert done.exit_code == 1 and "先运行 init" in done.output
    assert run(folder, "init").exit_code == 0 and run(folder, "check").exit_code == 0
    assert dict(rows(folder)[-1:])["key_check"]


def test_an_older_database_is_not_bound_to_keys_that_do_not_open_it(folder):
    forget(folder)
    write(folder / "keys.json", fresh())
    before = rows(folder)
    done = run(folder, "init")
    assert done.exit_code == 1 and "打不开这个数据库里的" in done.output and rows(folder) == before


def test_a_backup_is_put_back_under_its_own_keys_alone(folder, tmp_path):
    assert run(folder, "backup").exit_code == 0
    shutil.move(folder / "copy.zip", tmp_path / "copy.zip")
    before = lying(folder)
    for harm, told in (("those of another county", "这份备份是在别的密钥下做的"), ("missing", "不见了")):
        HARMS[harm].do(folder / "keys.json")
        done = house.make_app(folder).test_cli_runner().invoke(restore, [str(tmp_path / "copy.zip"), "--yes"])
        assert done.exit_code == 1 and told in done.output
        assert lying(folder) | {"keys.json"} == before


def test_a_server_without_its_keys_says_so_to_who_is_logged_in_too(folder):
    """The database is put in the place of another while the program has the keys of the former."""
    forget(folder)
    answer = visitor_of(house.make_app(folder)).post("/login", data={"username": "mediator", "password": house.PASSWORD})
    assert answer.status_code == 503 and "init" in answer.get_data(as_text=True)


def test_a_telephone_number_stays_readable_under_its_keys(folder):
    app = house.make_app(folder)
    with app.app_context():
        assert [p.phone for p in db.session.query(Case).one().parties if p.phone] and db.session.query(Event).count()
        house.close_engines()


def test_the_keys_are_checked_and_copied_for_another_place(app, instance, tmp_path):
    """R43: the copy opens the database, is its owner's only and takes nobody's place."""
    run, target = app.test_cli_runner().invoke, tmp_path / "copy.json"
    assert "都打得开" in run(args=["keys", "check"]).output
    assert run(args=["keys", "copy", str(target)]).exit_code == 0
    assert target.read_bytes() == (instance[0] / "keys.json").read_bytes() and target.stat().st_mode & 0o077 == 0
    again = run(args=["keys", "copy", str(target)])
    assert again.exit_code == 1 and "已有同名文件" in again.output
