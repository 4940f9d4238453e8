"""Upgrading a database: the migrations give exactly the models, keep what is appended, and fail without a trace."""
from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DatabaseError

from mediation import migrations
from mediation.extensions import db
from mediation.migrations import __main__ as drafts
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
EVENT = """INSERT INTO event (id, stream, seq, kind, entered_at, happened_on, actor_id, actor_label, data, prev, hash)
    VALUES (1, 'house', 1, 'initialised', '2026-11-18 00:00:00', '2026-11-18', NULL, 'tests', '{}', 'a', 'b')"""
LOOK = """INSERT INTO access_log (id, logged_at, account_id, role, kind, object, detail, address, request_id)
    VALUES (1, '2026-11-18 00:00:00', NULL, '', 'login', '', '', '', '')"""
SEAL = """INSERT INTO journal_seal (id, made_at, last_event_id, events, last_access_id, prev, hash)
    VALUES (1, '2026-11-18 00:00:00', 1, 1, 1, 'c', 'd')"""
STATION = """INSERT INTO station (id, code, name, short_name, kind, path, legal_body, channel, number_form, county, phone,
    address, is_active) VALUES (1, 'u', '工会', '工会', 'union', '/1/', '', 'A', '', '', '', '', true)"""
FIGURE = """INSERT INTO issued_figure (id, number, station_id, period, cut_off_on, recipient, purpose, body, digest,
    last_event_id, issued_on, issued_at) VALUES (1, '1', 1, '2026', '2026-11-18', '旗委', '通报', '{}', 'e', 1, '2026-11-18',
    '2026-11-18 00:00:00')"""
BAD_STEP = '''"""A step that fails half-way."""
from alembic import op

revision = "bad"
down_revision = {head!r}
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE station ADD COLUMN half_way INTEGER")
    op.execute("INSERT INTO counter (union_id, series, year, last) VALUES (NULL, NULL, NULL, NULL)")
'''
DEADLY_STEP = BAD_STEP.replace("from alembic import op", "import os\n\nfrom alembic import op").replace(
    'op.execute("INSERT', 'os._exit(9)\n    op.execute("INSERT')
GOOD_STEP = '''"""A later step that rebuilds a table with a trigger on it."""
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = {head!r}
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("event", recreate="always") as batch:
        batch.add_column(sa.Column("remark", sa.String(20)))
'''


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server = request.getfixturevalue("postgresql_server")
    servers.sql(server, "CREATE DATABASE migrated TEMPLATE template0")
    yield server.set(database="migrated").render_as_string(hide_password=False)
    servers.sql(server, "DROP DATABASE migrated WITH (FORCE)")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The same database after an upgrade."""
    migrations.upgrade(url)
    made = create_engine(url)
    yield made
    made.dispose()


def bare_copy(place: Path) -> Path:
    """The folder of the migrations with none in it."""
    folder = place / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (folder / name).write_text((migrations.HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put one more step behind the newest one, in a copy of the migrations."""
    def add(source: str) -> None:
        folder = bare_copy(tmp_path)
        versions = folder / "versions"
        for path in (migrations.HERE / "versions").glob("*.py"):
            (versions / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        (versions / "9999_more.py").write_text(source.format(head=migrations.head()), encoding="utf-8")
        monkeypatch.setattr(migrations, "HERE", folder)
    return add


def fill(connection: Connection) -> None:
    """One event, one look, one seal, and one figure that was given out."""
    for statement in (EVENT, LOOK, SEAL, STATION, FIGURE):
        connection.execute(text(statement))


def test_the_migrations_give_exactly_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_first_one_can_be_written_anew_from_the_models(tmp_path, monkeypatch):
    monkeypatch.setattr(migrations, "HERE", bare_copy(tmp_path))
    path = drafts.write("first")
    assert path.name == "0001_first.py"
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 120] == []
    url = f"sqlite:///{tmp_path / 'made.sqlite'}"
    assert migrations.upgrade(url) == ("", "0001")
    made = create_engine(url)
    with made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        triggers = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").scalar()
        assert triggers == 2 * len(migrations.APPEND_ONLY)
    made.dispose()


def test_what_the_comparison_cannot_see_is_there_too(engine):
    """The partial index of the backlog, and the table that is its own index."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())
            assert "WHERE is_open = 1" in made["ix_dispute_backlog"]
            assert "WITHOUT ROWID" in made["search_gram"]
        else:
            made = dict(connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes").fetchall())
            assert "WHERE (is_open = 1)" in made["ix_dispute_backlog"]


@pytest.mark.parametrize("table", migrations.APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_is_appended_cannot_be_changed_or_removed(engine, table, act):
    """R49: append-only."""
    with engine.begin() as connection:
        fill(connection)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(act.format(table)))
    with engine.connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1


def test_a_second_upgrade_changes_nothing(engine, url):
    with engine.begin() as connection:
        fill(connection)
    assert migrations.upgrade(url) == (migrations.head(), migrations.head())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM event")).scalar() == 1


def test_two_processes_may_upgrade_at_once(url):
    answers: list[tuple[str, str]] = []
    threads = [threading.Thread(target=lambda: answers.append(migrations.upgrade(url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [("", migrations.head()), (migrations.head(), migrations.head())]


def test_a_newer_database_is_refused(engine, url):
    """R66: upgrade from every released schema with data."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.NewerSchema, match="数据库版本9999比程序新，请换新版程序"):
        migrations.upgrade(url)


def test_a_database_of_before_the_first_version_is_not_called_newer(engine, url):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '3f1c9a'"))
    with pytest.raises(migrations.NewerSchema, match="不在这个程序的升级路上"):
        migrations.upgrade(url)


def test_a_step_that_fails_leaves_the_old_state(engine, url, steps):
    """R66: upgrade from every released schema with data."""
    before = migrations.head()
    with engine.begin() as connection:
        fill(connection)
    steps(BAD_STEP)
    with pytest.raises(DatabaseError):
        migrations.upgrade(url)
    with engine.connect() as connection:
        assert migrations.current(connection) == before
        names = {column["name"] for column in db.inspect(connection).get_columns("station")}
        assert "half_way" not in names
        assert connection.execute(text("SELECT count(*) FROM event")).scalar() == 1


def test_a_process_that_is_killed_in_a_step_leaves_the_old_state(engine, url, steps):
    """R66: upgrade from every released schema with data."""
    before = migrations.head()
    steps(DEADLY_STEP)
    program = ("import sys, pathlib; from mediation import migrations; "
               "migrations.HERE = pathlib.Path(sys.argv[1]); migrations.upgrade(sys.argv[2])")
    ended = subprocess.run([sys.executable, "-c", program, str(migrations.HERE), url], cwd=ROOT, check=False)
    assert ended.returncode == 9
    with engine.connect() as connection:
        assert migrations.current(connection) == before
        names = {column["name"] for column in db.inspect(connection).get_columns("station")}
        assert "half_way" not in names


def test_a_trigger_that_a_step_drops_stays_away(tmp_path, steps):
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    migrations.upgrade(url)
    steps(GOOD_STEP + '    op.execute("DROP TRIGGER tally_delete")\n')
    migrations.upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    engine.dispose()
    assert "tally_delete" not in names and {"tally_insert", "keep_event_delete"} <= names


def test_a_rebuilt_table_keeps_its_rows_and_triggers(tmp_path, steps):
    """SQLite rebuilds a table to change it; its triggers would be lost."""
    path = tmp_path / "old.sqlite"
    url = f"sqlite:///{path}"
    migrations.upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        fill(connection)
    steps(GOOD_STEP)
    before, after = migrations.upgrade(url)
    assert (before != after, after) == (True, "later")
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM event")).scalar() == 1
    [copy] = tmp_path.glob("old-before-*.sqlite")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)
    assert copy.stat().st_mode & 0o077 == 0
    engine.dispose()
