"""The writing lock and the write-ahead log: nothing is written or checkpointed outside the lock, readers and writers go
on side by side, and what was acknowledged survives other processes that write too."""
from __future__ import annotations

import ast
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from mediation import sqlite
from mediation.cli.house.setup import check_start
from mediation.extensions import db, read_and_write, read_only
from mediation.models import Station
from mediation.queries.house import checks
from tests import house

PACKAGE = Path(sqlite.__file__).parent


@pytest.fixture
def place(tmp_path) -> Path:
    return tmp_path / "office.sqlite"


@pytest.fixture
def engine(place):
    made = create_engine(f"sqlite:///{place}", poolclass=QueuePool, connect_args=sqlite.writing_options())
    sqlite.guard_writing(made)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE entry (id INTEGER PRIMARY KEY, body TEXT)"))
    yield made
    made.dispose()


@pytest.fixture
def reader(place, engine):
    made = create_engine(f"sqlite:///{place}", connect_args=sqlite.reading_options())
    sqlite.guard_reading(made)
    yield made
    made.dispose()


def write(connection, body: str) -> None:
    connection.execute(text("INSERT INTO entry (body) VALUES (:body)"), {"body": body})


def count(engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM entry")).scalar()


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(sqlite.WritingConnection, "patience", 0.2)


def test_a_long_reading_stops_no_writer_and_sees_one_moment(engine, reader):
    with reader.connect() as long:
        assert long.execute(text("SELECT count(*) FROM entry")).scalar() == 0
        with engine.begin() as connection:
            write(connection, "while somebody reads")
        assert long.execute(text("SELECT count(*) FROM entry")).scalar() == 0
        assert count(reader) == 1


def test_a_second_writer_waits_and_is_told_when_it_is_too_long(engine, hurried):
    with engine.begin() as connection:
        write(connection, "first")
        with pytest.raises(OperationalError, match="locked"), engine.begin():
            pass
    with engine.begin() as connection:
        write(connection, "second")
    assert count(engine) == 2


def test_a_refusal_gives_the_lock_back(engine, hurried):
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        write(connection, "never")
        raise ZeroDivisionError
    with engine.begin() as connection:
        write(connection, "kept")
    assert count(engine) == 1


def test_the_reading_engine_cannot_write(reader):
    with pytest.raises(OperationalError, match="readonly"), reader.begin() as connection:
        write(connection, "smuggled")


def test_a_lock_of_another_process_is_waited_for(engine, place, hurried):
    held = subprocess.Popen([sys.executable, "-c", textwrap.dedent(f"""
        from mediation import sqlite
        lock = sqlite.writing_lock({str(place)!r})
        lock.acquire(); print("held", flush=True); input()
        """)], cwd=PACKAGE.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert held.stdout.readline() == "held\n"
    with pytest.raises(OperationalError, match="locked"), engine.begin():
        pass
    held.communicate("\n")
    with engine.begin() as connection:
        write(connection, "its turn")
    assert count(engine) == 1


def test_the_writer_brings_a_long_log_over_under_the_lock(engine, reader, place, monkeypatch):
    monkeypatch.setattr(sqlite, "LOG_BYTES", 100_000)
    log = Path(f"{place}-wal")
    sqlite.writing_lock(place)._due_bytes = 100_000
    for _n in range(40):
        with engine.begin() as connection:
            write(connection, "x" * 20_000)
    assert log.stat().st_size < 400_000 and place.stat().st_size > 400_000
    with reader.connect() as long:  # what a reader needs stays in the log
        long.execute(text("SELECT count(*) FROM entry")).scalar()
        for _n in range(40):
            with engine.begin() as connection:
                write(connection, "y" * 20_000)
        assert log.stat().st_size > 800_000
        assert long.execute(text("SELECT count(*) FROM entry")).scalar() == 40
    for _n in range(12):
        with engine.begin() as connection:
            write(connection, "z" * 20_000)
    assert log.stat().st_size < 400_000
    assert count(reader) == 92
    with closing(sqlite3.connect(place)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_commit_and_checkpoint_holds_the_lock(engine, place, monkeypatch):
    """Told by the connection itself: at each commit and checkpoint nobody else can take the lock."""
    lock, outside = sqlite.writing_lock(place), []
    monkeypatch.setattr(sqlite, "LOG_BYTES", 1)
    lock._due_bytes = 1
    watched = create_engine(f"sqlite:///{place}", connect_args={**sqlite.writing_options(), "factory": watched_connection(lock, outside)})
    sqlite.guard_writing(watched)

    def work(n: int) -> None:
        with watched.begin() as connection:
            write(connection, str(n))
    with ThreadPoolExecutor(4) as windows:
        list(windows.map(work, range(40)))
    watched.dispose()
    assert (outside, count(engine)) == ([], 40)


def watched_connection(lock: sqlite.WritingLock, outside: list[str]) -> type:
    """A kind of connection that notes what it commits or checkpoints while the lock is free."""
    class Watched(sqlite.WritingConnection):
        def commit(self) -> None:
            if self.in_transaction and not lock._threads.locked():
                outside.append("commit")
            super().commit()

        def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
            if "wal_checkpoint" in statement and not lock._threads.locked():
                outside.append(statement)
            return super().execute(statement, *values)
    return Watched


def test_three_processes_write_without_a_loss(engine, place):
    work = textwrap.dedent(f"""
        import sys
        from sqlalchemy import create_engine, text
        from mediation import sqlite
        sqlite.LOG_BYTES = 20_000
        engine = create_engine("sqlite:///{place}", connect_args=sqlite.writing_options())
        sqlite.guard_writing(engine)
        for n in range(60):
            with engine.begin() as connection:
                last = connection.execute(text("SELECT coalesce(max(id), 0) FROM entry")).scalar()
                connection.execute(text("INSERT INTO entry VALUES (:id, :body)"), {{"id": last + 1, "body": sys.argv[1]}})
        """)
    working = [subprocess.Popen([sys.executable, "-c", work, name], cwd=PACKAGE.parent) for name in "abc"]
    assert [process.wait() for process in working] == [0, 0, 0]
    with engine.connect() as connection:
        found = connection.execute(text("SELECT body, count(*) FROM entry GROUP BY body ORDER BY body")).all()
    assert [tuple(row) for row in found] == [("a", 60), ("b", 60), ("c", 60)]


def test_a_network_share_keeps_the_rollback_journal(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/offices {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(sqlite, "MOUNTS", mounts)
    assert sqlite.journal_mode(tmp_path / "office.sqlite") == "DELETE"
    assert sqlite.journal_mode("/var/lib/office.sqlite") == "WAL"
    made = create_engine(f"sqlite:///{tmp_path / 'office.sqlite'}", connect_args=sqlite.writing_options())
    sqlite.guard_writing(made)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE entry (id INTEGER PRIMARY KEY, body TEXT)"))
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert sqlite.database_faults(connection) == []
    made.dispose()


def test_the_product_runs_with_the_log_and_its_settings(inside):
    """R60: power cut."""
    if db.engine.dialect.name != "sqlite":
        assert sqlite.database_faults(db.session.connection()) == []
        return
    assert db.session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    read_only()
    assert sqlite.database_faults(db.session.connection()) == [] and checks.run() == []
    with pytest.raises(OperationalError, match="readonly"):
        db.session.execute(text("DELETE FROM station"))
    read_and_write()
    check_start()
    house.get_station("practice").short_name = "站"
    db.session.commit()
    read_only()
    assert db.session.query(Station).filter_by(short_name="站").count() == 1


@pytest.mark.parametrize("harm, sentence", [
    (lambda file: None, "先运行 init"), (lambda file: file.write_bytes(b"\xff" * 100_000), "文件损坏"),
    (lambda file: newer(file), "比程序新，请换新版程序"), (lambda file: misnamed(file), "文件损坏")])
def test_what_cannot_be_served_is_told_in_one_sentence(tmp_path, harm, sentence):
    """R64: start check."""
    made = house.make_app(tmp_path)
    harm(tmp_path / "gonghe.sqlite")
    done = made.test_cli_runner().invoke(args=["serve"])
    assert done.exit_code == 1 and sentence in done.output and len(done.output.strip().splitlines()) == 1
    assert (tmp_path / "gonghe.sqlite").exists() == ("先运行" not in sentence)


def misnamed(file):
    """Bits of the schema have turned, a name in it too, so that the driver cannot even say what is wrong."""
    with closing(sqlite3.connect(file)) as line:
        line.executescript("CREATE TABLE a (b TEXT); CREATE INDEX \"é\" ON a (b)")
    file.write_bytes(file.read_bytes().replace("é".encode(), b"\xc3\x29").replace(b"CREATE INDEX", b"CREATE INDEZ"))


def newer(file):
    """What a later program leaves."""
    with closing(sqlite3.connect(file)) as line:
        line.executescript("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')")


def test_nothing_opens_a_database_past_the_lock():
    """Bare connections only read: each is named here with what it does."""
    allowed = {
        "sqlite.py", "queries/ledger/snapshots.py",  # the engines; a copy under a reading transaction
        "services/house/backup.py", "migrations/__init__.py",  # the copy of a backup, of a database before its upgrade
        "cli/bench/imports.py",  # a file of its own, to compare with
    }
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "sqlite3.connect":
                found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= allowed
