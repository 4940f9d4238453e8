"""A copy that follows: lists, desks, statistics and exports are read there, and nobody misses what was committed before."""
from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from mediation.extensions import REPLICA, close_engines, db
from mediation.queries.house import replica
from mediation.queries.ledger import export
from mediation.queries.ledger import selection as selections
from tests import casework, house, servers
from tests.pages import PageClient

pytestmark = pytest.mark.postgresql(only=True)


@pytest.fixture(scope="module")
def standby(postgresql_server) -> Iterator[str]:
    """The folder in which the socket of a copy of the whole test server lies."""
    user = "postgres" if servers._is_root() else None
    programs = servers._programs()
    folder = Path(tempfile.mkdtemp(prefix="gonghe-pg-", dir=servers.memory() or "/tmp"))
    if user:
        shutil.chown(folder, user)

    def run(program: str, *words: str) -> None:
        subprocess.run([str(programs / program), "-D", str(folder / "data"), *words], user=user, check=True, cwd=folder,
                       stdout=subprocess.DEVNULL)
    run("pg_basebackup", "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--username=postgres",
        f"--host={postgresql_server.query['host']}")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
    run("pg_ctl", "--wait", "--silent", "-l", str(folder / "log"), "-o", options, "start")
    yield str(folder)
    run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def end_of_log() -> str:
    """Where the log of the leader ends, all of it on its way: what no commit stands behind would wait for 15 seconds."""
    with db.engine.connect() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = on"))
        connection.execute(text("SELECT pg_logical_emit_message(true, '', '')"))
        connection.commit()
        return connection.execute(text("SELECT pg_current_wal_insert_lsn()::text")).scalar()


class Copy:
    """The product with a copy, which may be told to stop following."""

    def __init__(self, app: Flask, url) -> None:
        self.app, self._engine = app, create_engine(url, isolation_level="AUTOCOMMIT")

    def sql(self, statement: str):
        with self._engine.connect() as connection:
            return connection.execute(text(statement)).scalar()

    def catch_up(self) -> None:
        with self.app.app_context():
            at = end_of_log()
        while not self.sql(f"SELECT pg_last_wal_replay_lsn() >= '{at}'"):
            pass

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def copied(instance, standby, monkeypatch) -> Iterator[Copy]:
    monkeypatch.setattr(replica, "_alone_until", 0.0)
    first = house.make_app(*instance)
    with first.app_context():
        url = db.engine.url.update_query_dict({"host": standby})
        close_engines()
    made = Copy(house.make_app(*instance, REPLICA_URL=url.render_as_string(hide_password=False)), url)
    with made.app.app_context():
        at = end_of_log()
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        while not connection.execute(text(f"SELECT pg_last_wal_replay_lsn() >= '{at}'")).scalar():
            pass
    server.dispose()
    yield made
    made.sql("SELECT pg_wal_replay_resume()")
    made.close()
    with made.app.app_context():
        db.session.remove()
        close_engines()


def add_case(app: Flask) -> str:
    with app.app_context():
        number = casework.make_case(house.actor()).number
        db.session.commit()
        db.session.remove()
    return number


def test_a_list_is_read_from_the_copy_and_says_how_far_it_is_behind(copied):
    add_case(copied.app)
    visitor = PageClient(copied.app)
    visitor.enter("mediator")
    copied.catch_up()
    page = visitor.get("/cases")
    assert "读自只读副本，晚 0.0 秒" in page.html and "巴特尔" in page.text
    assert "读自只读副本" not in visitor.get("/cases/new").html


def test_nobody_misses_what_he_has_just_written(copied):
    number = add_case(copied.app)
    visitor = PageClient(copied.app)
    visitor.enter("mediator")
    copied.catch_up()
    copied.sql("SELECT pg_wal_replay_pause()")
    visitor.submit(visitor.get(f"/cases/{number}/contacts"), "form.quick", note="没人接")
    own = visitor.get("/cases")
    assert "读自只读副本" not in own.html and "巴特尔" in own.text
    copied.sql("SELECT pg_wal_replay_resume()")
    copied.catch_up()
    assert "读自只读副本" in visitor.get("/cases").html


def test_an_export_waits_for_the_copy_and_else_asks_the_leader(copied, monkeypatch, tmp_path):
    monkeypatch.setattr(replica, "WAIT", 0.2)
    copied.catch_up()
    copied.sql("SELECT pg_wal_replay_pause()")
    add_case(copied.app)
    with copied.app.app_context():
        def asked() -> tuple[int, bool]:
            made = export.open_export(selections.read({"sheet": "cases"}), house.actor("auditor"), tmp_path)
            try:
                return made.count, made._moment.connection.engine.url == db.engines[REPLICA].url
            finally:
                made.close()
        assert asked() == (1, False)
        copied.sql("SELECT pg_wal_replay_resume()")
        copied.catch_up()
        assert asked() == (1, True)


def test_without_its_copy_the_product_asks_the_leader(copied, instance):
    gone = house.make_app(*instance, REPLICA_URL="postgresql+psycopg://postgres@/x?host=/nowhere")
    add_case(gone)
    visitor = PageClient(gone)
    visitor.enter("mediator")
    page = visitor.get("/cases")
    assert "巴特尔" in page.text and "读自只读副本" not in page.html
    with gone.app_context():
        db.session.remove()
        close_engines()
