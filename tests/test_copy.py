"""Everything goes to another database and back: rows, files, keys; broken off it goes on, and nothing else is touched."""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from mediation.extensions import close_engines, db
from mediation.queries.house import checks, digests
from mediation.rules.language import Refused
from mediation.services.cases import moves
from mediation.services.house import copying
from mediation.services.papers import files
from tests import casework, house, servers

pytestmark = pytest.mark.postgresql  # from SQLite to PostgreSQL, and from PostgreSQL to SQLite


@pytest.fixture
def filled(app: Flask, instance: tuple[Path, str]) -> Flask:
    with app.app_context():
        for n in range(3):
            case = casework.make_case(house.actor(), workers=n + 1)
        files.add(case, "工资单.txt", "五月 3000 元".encode(), instance[0], house.actor())
        moves.act(case, "case_changed", {"fields": [], "reason": None}, house.actor())
        db.session.commit()
        close_engines()
    return app


@pytest.fixture
def target(database: str, numbers, tmp_path, postgresql_server):
    """The address of an empty database of the other kind, and a folder for what lies beside it."""
    if database == "postgresql":
        yield f"sqlite:///{tmp_path}/there/gonghe.sqlite", tmp_path / "there"
        return
    name = f"there_{next(numbers)}"
    servers.sql(postgresql_server, f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgresql_server.set(database=name).render_as_string(hide_password=False), tmp_path / "there"
    servers.sql(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


def send(app: Flask, target: tuple[str, Path]):
    return app.test_cli_runner().invoke(args=["copy", "--to", target[0], "--folder", str(target[1])])


def written(app: Flask) -> list:
    """What a writer would leave at the source."""
    with app.app_context(), db.engine.connect() as connection:
        return [connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar() for table in copying.tables()]


def test_everything_arrives_and_works_there(filled, target):
    before = written(filled)
    done = send(filled, target)
    assert done.exit_code == 0, done.output
    assert written(filled) == before
    there = house.make_app(target[1], target[0])
    with there.app_context():
        assert digests.verify() == [] and checks.run() == []
        row = db.session.scalars(db.select(copying.Base.metadata.tables["attachment"].c.stored_name)).one()
        assert (target[1] / "files" / row).read_bytes() == "五月 3000 元".encode()
        case = casework.make_case(house.actor())  # ids go on after those that came
        db.session.commit()
        assert case.number.endswith("0004") and digests.verify() == []
        assert case.parties[0].identity  # sealed under the keys that came along
        db.session.remove()
        close_engines()


def test_what_arrived_goes_back_with_the_same_digest(filled, target, database, numbers, tmp_path, request):
    """There and back again, into a second database of the first kind."""
    out = send(filled, target)
    if database == "sqlite":
        back = f"sqlite:///{tmp_path}/back/gonghe.sqlite"
    else:
        server, name = request.getfixturevalue("postgresql_server"), f"back_{next(numbers)}"
        servers.sql(server, f"CREATE DATABASE {name} TEMPLATE template0")
        back = server.set(database=name).render_as_string(hide_password=False)
    there = house.make_app(target[1], target[0])
    home = send(there, (back, tmp_path / "back"))
    assert (out.exit_code, home.exit_code) == (0, 0), home.output
    assert out.output.split()[-1] == home.output.split()[-1] and len(out.output.split()[-1]) == 64
    with there.app_context():
        close_engines()
    if database == "postgresql":
        servers.sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_copy_that_broke_off_goes_on_and_one_of_a_changed_source_does_not(filled, target, monkeypatch):
    whole, told = copying._write, []

    def breaking(connection, table, rows) -> None:
        told.append(table.name)
        if table.name == "event":
            raise Refused([])
        whole(connection, table, rows)
    monkeypatch.setattr(copying, "_write", breaking)
    assert send(filled, target).exit_code == 1 and "dispute" in told
    monkeypatch.setattr(copying, "_write", lambda connection, table, rows: (told.append(f"again {table.name}"),
                                                                         whole(connection, table, rows)))
    with filled.app_context():
        casework.make_case(house.actor())
        db.session.commit()
        close_engines()
    changed = send(filled, target)
    assert changed.exit_code == 1 and "又有改动" in changed.output
    assert "again event" not in told


def test_a_copy_that_broke_off_is_finished_without_sending_twice(filled, target, monkeypatch):
    whole, told = copying._write, []

    def breaking(connection, table, rows) -> None:
        if table.name == "event" and "event" not in told:
            told.append("event")
            raise Refused([])
        told.append(table.name)
        whole(connection, table, rows)
    monkeypatch.setattr(copying, "_write", breaking)
    assert send(filled, target).exit_code == 1
    assert send(filled, target).exit_code == 0
    assert told.count("dispute") == 1 and told.count("event") == 2


def test_a_target_in_use_or_newer_is_left_as_it_is(filled, target, app):
    assert send(filled, target).exit_code == 0
    again = send(filled, target)
    assert again.exit_code == 1 and "已经有数据" in again.output
    engine = create_engine(target[0])
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    newer = send(filled, target)
    assert newer.exit_code == 1 and "更新版本" in newer.output
    for address in ("nonsense", "sqlite://", filled.config["SQLALCHEMY_DATABASE_URI"]):
        assert send(filled, (address, target[1])).exit_code == 1


def test_other_keys_are_not_replaced(filled, target):
    target[1].mkdir()
    (target[1] / "keys.json").write_text(json.dumps({"seal": hashlib.sha256(b"x").hexdigest()}))
    refused = send(filled, target)
    assert refused.exit_code == 1 and "keys.json" in refused.output
