"""Hard failures: a full or read-only disk, a foreign lock, a damaged page, another schema, a clock set back. One sentence
with what to do, 503, what was typed is kept in the page, nothing is half-written, and it works again by itself."""
from __future__ import annotations

import resource
import sqlite3
import time
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import event

from mediation import postgresql, sqlite
from mediation.extensions import close_engines, db
from mediation.rules.house import failures
from tests import docket, house

NAME = "草原春天建筑有限公司"


@pytest.fixture
def base(instance) -> Path:
    return instance[0] / "gonghe.sqlite"


@contextmanager
def on_each_connection(app, statement: str):
    """A setting of every writing connection, as the disk or another program would force it."""
    with app.app_context():
        engine = db.engine
        close_engines()

    def limit(connection, _record) -> None:
        connection.execute(statement)
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        with app.app_context():
            close_engines()


def register(clerk, status: int, name: str = NAME):
    page = clerk.get("/employers/new")
    return clerk.submit(page, "form[action='/employers/new']", status=status, name=name)


def count(base: Path, table: str) -> int:
    with closing(sqlite3.connect(base)) as line:
        return line.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def rows(base: Path) -> list[str]:
    with closing(sqlite3.connect(base)) as line:
        return list(line.iterdump())


def assert_kept(base: Path, page, told) -> None:
    assert told.zh.split("；")[0].split("，")[0] in page.html and NAME in page.html
    assert count(base, "employer") == 0


def test_a_full_disk_is_said_and_it_works_again_without_a_restart(app, client, base):
    """R61: nothing half, the words kept, works again by itself."""
    clerk = client("mediator")
    with closing(sqlite3.connect(base)) as line:
        pages = line.execute("PRAGMA page_count").fetchone()[0]
    with on_each_connection(app, f"PRAGMA max_page_count={pages}"):
        last = None
        for n in range(60):
            last = clerk.submit(clerk.get("/employers/new"), "form[action='/employers/new']", status=None,
                                name=f"{NAME}{n}", note="长" * 400)
            if last.status == 503:
                break
    assert last.status == 503 and "磁盘满了" in last.html and NAME in last.html
    before = count(base, "employer")
    register(clerk, 303)
    assert count(base, "employer") == before + 1


def test_a_read_only_disk_is_said(app, client, base):
    """R62: writing says why, reading goes on."""
    clerk = client("mediator")
    with on_each_connection(app, "PRAGMA query_only=ON"):
        assert_kept(base, register(clerk, 503), failures.READ_ONLY)
        clerk.get("/employers")


def test_a_foreign_lock_is_waited_for_once(app, client, base, monkeypatch):
    """R63: no 500, one wait in all, the words kept."""
    clerk = client("mediator")
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 1)
    with app.app_context():
        close_engines()
    page = clerk.get("/employers/new")
    with closing(sqlite3.connect(base, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        answer = clerk.submit(page, "form[action='/employers/new']", status=503, name=NAME)
        assert "系统正忙，什么都没有改动" in answer.html and NAME in answer.html
        assert time.monotonic() - began < 3
        other.execute("ROLLBACK")
    register(clerk, 303)


def test_a_damaged_page_is_said(app, client, base):
    """R64: no writing and no inside on the page; the way back is named."""
    clerk = client("mediator")
    with app.app_context():
        close_engines()
    Path(f"{base}-wal").unlink(missing_ok=True)
    with base.open("r+b") as file:
        file.seek(4096)
        file.write(b"\0" * (base.stat().st_size - 4096))
    answer = clerk.raw.get("/employers")
    said = answer.get_data(as_text=True)
    assert answer.status_code == 503 and "损坏" in said and "restore" in said and "sqlite" not in said.lower()


def test_an_upload_that_does_not_fit_leaves_nothing(app, client, instance):
    """R61: no part of a file stays, and no row names it."""
    number, clerk = docket.store_case(app), client("mediator")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 << 10, limits[1]))
    try:
        answer = clerk.post(f"/cases/{number}/files", {"file": (BytesIO(b"0" * (400 << 10)), "说明.txt")}, status=None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert answer.status == 503 and "磁盘满了" in answer.html
    kept = instance[0] / "files"
    assert not kept.exists() or list(kept.iterdir()) == []
    assert count(instance[0] / "gonghe.sqlite", "attachment") == 0


def test_health_tells_the_truth_and_nothing_else(app, client, base):
    found = client().raw.get("/healthz")
    assert found.status_code == 200
    assert found.get_json() == {"status": "ok", "database": "ok", "schema": "ok", "writable": "yes", "disk": "ok",
                                "backup": "none"}
    with app.app_context():
        close_engines()
    with closing(sqlite3.connect(base)) as line:
        line.execute("UPDATE alembic_version SET version_num = '9999'")
        line.commit()
    found = client().raw.get("/healthz")
    assert (found.status_code, found.get_json()["schema"]) == (503, "other")


@pytest.mark.parametrize(("said", "state", "wanted"), [
    ("database is locked", "", failures.BUSY), ("database or disk is full", "", failures.FULL),
    ("attempt to write a readonly database", "", failures.READ_ONLY), ("could not extend file", "53100", failures.FULL),
    ("terminating connection", "57P01", failures.GONE), ("cannot execute INSERT", "25006", failures.READ_ONLY),
    ("database disk image is malformed", "", failures.DAMAGED), ("no such table: dispute", "", failures.OUTDATED),
    ("near \"SELEC\": syntax error", "", None), ("duplicate key", "23505", None)])
def test_each_failure_has_its_sentence(said, state, wanted):
    assert failures.of_database(said, state) is wanted


def harm(base: Path, statement: str) -> None:
    with closing(sqlite3.connect(base)) as line:
        line.executescript(statement)


@pytest.mark.settings
@pytest.mark.parametrize(("change", "wanted"), [
    (lambda base: base.unlink(), failures.UNMADE), (lambda base: base.write_bytes(b"\xff" * 100_000), failures.DAMAGED),
    (lambda base: harm(base, "PRAGMA legacy_alter_table=ON; ALTER TABLE station RENAME TO lost"), failures.OUTDATED),
    (lambda base: (base.unlink(), base.mkdir()), failures.GONE)])
def test_a_command_says_what_keeps_it_from_the_database(app, base, change, wanted):
    """Each kind gets its own sentence, never the advice to run init where that would be wrong."""
    with app.app_context():
        close_engines()
    change(base)
    done = app.test_cli_runner().invoke(args=["user", "add", "new", "--role", "admin"])
    assert done.exit_code == 1 and wanted.zh in done.output and len(done.output.strip().splitlines()) == 1


@pytest.mark.settings
@pytest.mark.parametrize("words", [["user", "add", "new", "--role", "admin"], ["backup", "copy"], ["check"],
                                   ["journal", "verify"], ["journal", "seal"], ["keys", "rotate"]])
def test_a_command_neither_judges_nor_changes_what_a_newer_program_keeps(app, base, words):
    """R66: a newer schema is refused by whatever would say it is right, or write into it."""
    with app.app_context():
        close_engines()
    harm(base, "UPDATE alembic_version SET version_num = '9999'")
    before = rows(base)
    done = app.test_cli_runner().invoke(args=[str(base.with_name(word)) if word == "copy" else word for word in words])
    assert done.exit_code == 1 and "数据库版本9999比程序新，请换新版程序" in done.output
    assert rows(base) == before and not base.with_name("copy").exists()


@pytest.mark.settings
def test_a_command_says_that_another_program_holds_the_database(app, base):
    with on_each_connection(app, "PRAGMA busy_timeout=1"), closing(sqlite3.connect(base)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = app.test_cli_runner().invoke(args=["user", "add", "new", "--role", "admin"])
    assert done.exit_code == 1 and failures.BUSY.zh in done.output


def test_a_command_says_that_the_server_of_the_database_cannot_be_reached(instance):
    app = house.make_app(instance[0], "postgresql+psycopg://clerk:secret@127.0.0.1:1/none")
    with postgresql.patience(0):
        done = app.test_cli_runner().invoke(args=["user", "add", "new", "--role", "admin"])
    assert done.exit_code == 1 and failures.GONE.zh in done.output and "secret" not in done.output


def test_the_sentences_say_what_to_do():
    for text in (failures.BUSY, failures.FULL, failures.READ_ONLY, failures.GONE, failures.DAMAGED, failures.OUTDATED,
                 failures.UNMADE):
        assert "什么都没有存" in text.zh and any(word in text.zh for word in ("管理员", "再试", "init")) and text.en
    assert failures.is_low(9, 100) and not failures.is_low(10, 100)
