"""PostgreSQL under several servers: nothing lost, doubled or falsely accused when they meet or the server goes away."""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from mediation import postgresql, sqlite, vault
from mediation.cli.house import housekeeping
from mediation.extensions import READING, close_engines, db, read_and_write
from mediation.models import AccessLog, Case, Event, Seal
from mediation.queries.house import checks, digests
from mediation.rules.language import Refused
from mediation.services import journal, numbers
from mediation.services.house import backup as copies
from tests import casework, docket, house, servers

pytestmark = pytest.mark.postgresql(only=True)


def waiting(app: Flask) -> bool:
    """Whether some transaction waits for another; looked at from outside both."""
    with app.app_context(), db.engine.connect() as connection:
        return bool(connection.execute(text(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")).scalar())


@contextmanager
def beside(app: Flask, act: Callable[[], object]) -> Iterator[list]:
    """``act`` in a thread of its own, until it waits for what is open here; its result, or error, when it has ended."""
    found: list = []

    def run() -> None:
        with app.app_context():
            try:
                found.append(act())
                db.session.commit()
            except Exception as error:
                found.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive() and not waiting(app):
        thread.join(0.02)
    yield found
    thread.join(30)


def test_r65_the_server_copies_itself_and_the_copy_comes_back_in_an_empty_database(
        app, instance, postgresql_server, tmp_path):
    """R65: by pg_dump, read again; refused where something lies already, where the keys are others, where it is damaged."""
    number = docket.store_case(app)
    assert housekeeping.look(app) == ["seal", "backup"]
    [made] = (instance[0] / "backups").glob("gonghe-*.copy")
    empty = tmp_path / "empty"
    empty.mkdir()
    servers.sql(postgresql_server, "CREATE DATABASE restored TEMPLATE template0")
    url = postgresql_server.set(database="restored").render_as_string(hide_password=False)
    with pytest.raises(vault.WrongKey):
        copies.put_back(url, empty, made, vault.make_keys(tmp_path / "others"))
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(made.read_bytes()[:-400])
    with pytest.raises(Refused):
        copies.put_back(url, empty, damaged, vault.of_app(app))
    (empty / vault.FILE).write_bytes((instance[0] / vault.FILE).read_bytes())
    copies.put_back(url, empty, made, vault.of_app(app))
    other = house.make_app(empty, url)
    with app.app_context(), pytest.raises(Refused) as refusal:
        copies.put_back(url, empty, made, vault.of_app(app))
    assert "空库" in refusal.value.problems[0].text.zh
    with app.app_context():
        sealed = db.session.scalar(select(Seal.hash).order_by(Seal.id.desc()))
        db.session.remove()
    with other.app_context():
        assert digests.has_seal(sealed) and db.session.scalar(select(Case.number)) == number
        assert (checks.run(), digests.verify()) == ([], [])
        db.session.remove()
        close_engines()
    servers.sql(postgresql_server, "DROP DATABASE restored WITH (FORCE)")


def test_a_seal_waits_for_what_is_being_written_and_is_no_false_alarm(app):
    with app.app_context():
        case = casework.make_case(house.actor())
        db.session.commit()
        with db.engine.connect() as slow:
            slow.execute(AccessLog.__table__.insert(), {"logged_at": datetime.now(UTC), "kind": "opened", "object": "slow"})
            drawn = slow.execute(select(func.max(AccessLog.id))).scalar_one()
            with beside(app, lambda: journal.seal(house.actor("auditor")).last_access_id) as made:
                assert made == []
                slow.commit()
        assert made and made[0] >= drawn
        journal.log_access(house.actor(), "opened", case.number)
        db.session.commit()
        assert journal.seal(house.actor("auditor")) is not None
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Seal)) == 2
        assert digests.verify() == []


def test_the_first_numbers_of_a_year_and_the_first_entry_of_a_chain_are_drawn_at_once(app):
    with app.app_context():
        union = house.get_station("example")
        numbers.draw(union.id, "register", 2031)
        journal.record(house.actor("supervisor2"), journal.HOUSE, "calendar_loaded", {"year": 2031, "days": 1, "days_digest": "a"})
        key = union.id

        def second() -> tuple[int, int]:
            drawn = numbers.draw(key, "register", 2031)
            return drawn, journal.record(house.actor("supervisor2"), journal.HOUSE, "calendar_loaded",
                                         {"year": 2031, "days": 2, "days_digest": "b"}).seq
        with beside(app, second) as made:
            assert made == []
            db.session.commit()
        seqs = db.session.scalars(select(Event.seq).where(Event.stream == f"house:{key}").order_by(Event.seq)).all()
        assert made[0][0] == 2 and list(seqs) == list(range(1, len(seqs) + 1))
        assert digests.verify() == []


def test_a_page_sees_one_moment_and_cannot_write(app):
    with app.app_context(), db.engines[READING].connect() as page:
        before = page.execute(select(func.count()).select_from(Case)).scalar()
        casework.make_case(house.actor())
        db.session.commit()
        assert page.execute(select(func.count()).select_from(Case)).scalar() == before
        with pytest.raises(DBAPIError) as refused:
            page.execute(text("UPDATE dispute SET headcount = 9"))
        assert postgresql.is_passing(refused.value)


# A connection that goes away


def end_connections(app: Flask) -> None:
    """As a switch of the leader ends them: all of this database at once."""
    with app.app_context():
        url = db.engine.url
        servers.sql(url.set(database="postgres"),
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'")


@contextmanager
def cut_once(app: Flask, beginning: str) -> Iterator[list]:
    """The first statement of this kind finds its connection gone."""
    cut: list = []

    def before(_connection, _cursor, statement, *_rest) -> None:
        if statement.lstrip().startswith(beginning) and not cut:
            cut.append(statement)
            end_connections(app)
    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", before)
    yield cut
    for engine in engines:
        event.remove(engine, "before_cursor_execute", before)


def test_a_page_is_read_again_when_its_connection_goes(app, client):
    with app.app_context():
        number = casework.make_case(house.actor()).number
        db.session.commit()
    visitor = client("mediator")
    with cut_once(app, "SELECT") as cut:
        assert "巴特尔" in visitor.get(f"/cases/{number}").text
    assert cut
    with app.app_context():
        looks = db.session.scalars(select(AccessLog.kind).where(AccessLog.object == number)).all()
    assert len(looks) == 1


def test_a_connection_that_is_lost_needs_no_rolling_back(app):
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Case))
        end_connections(app)
        read_and_write()
        assert db.session.scalar(select(func.count()).select_from(Case)) == before


@pytest.mark.parametrize("lost", ["before the commit", "after the commit"])
def test_a_form_whose_connection_goes_is_saved_once(app, client, monkeypatch, lost):
    """R67: whichever moment the connection goes, one row."""
    with app.app_context():
        number = casework.make_case(house.actor()).number
        db.session.commit()
    visitor = client("mediator")
    page = visitor.get(f"/cases/{number}/contacts")
    if lost == "before the commit":
        with cut_once(app, "INSERT INTO contact") as cut:
            visitor.submit(page, "form.quick", note="没人接")
    else:
        whole, cut = db.session.commit, []

        def commit() -> None:
            whole()
            if not cut:
                cut.append(1)
                raise OperationalError("COMMIT", None, Exception("gone"), connection_invalidated=True)
        monkeypatch.setattr(db.session, "commit", commit)
        visitor.submit(page, "form.quick", note="没人接")
    assert cut
    with app.app_context():
        kinds = db.session.scalars(select(Event.kind).where(Event.stream == f"case:{number}")).all()
        assert kinds.count("contact_logged") == 1 and digests.verify() == []


def test_a_server_that_stays_away_gives_a_page_with_what_was_typed(app, client, monkeypatch):
    """R67: 503, nothing saved, and the words are there to be sent again."""
    visitor = client("mediator")
    page = visitor.get("/cases/new")
    monkeypatch.setattr(postgresql, "PATIENCE", 0)

    def gone(*_arguments, **_named) -> None:
        raise psycopg.OperationalError("connection refused")
    with app.app_context():
        close_engines()
        for engine in db.engines.values():
            monkeypatch.setattr(engine.dialect, "connect", gone)
    asked = visitor.get("/cases", status=503)
    path, fields = page.form("main form")
    sent = visitor.post(path, {**fields, "narrative": "五月干的活没给钱"}, status=503)
    ready = visitor.get("/readyz", status=503)
    assert "not writable" in ready.html
    assert asked.response.headers["Retry-After"] and "什么都没有改动" in asked.text
    assert "不会存两次" in sent.text and "五月干的活没给钱" in sent.html and "password" not in sent.html


# Addresses, settings, accounts


def test_several_addresses_stand_in_one(app):
    with app.app_context():
        url = db.engine.url
    several = url.update_query_dict({"host": ["/nowhere", url.query["host"]]})
    engine = create_engine(several, connect_args=postgresql.connecting(several))
    with engine.connect() as connection:
        assert postgresql.is_writable(connection)
    engine.dispose()


def test_who_is_refused_does_not_wait(app):
    with app.app_context():
        wrong = db.engine.url.set(database="no_such_database")
    engine = create_engine(wrong, connect_args=postgresql.connecting(wrong))
    postgresql.wait_for_server(engine)
    with pytest.raises(OperationalError, match="no_such_database"):
        engine.connect()


def test_unsafe_settings_are_named(app):
    with app.app_context(), db.engine.connect() as connection:
        found = postgresql.faults(connection)
        assert sqlite.database_settings(connection)["fsync"] == "off"
    assert found == ["fsync", "full_page_writes", "synchronous_commit"]  # as the servers of tests are set up, for speed


def test_ready_means_writable(app, client):
    assert client().get("/readyz").response.json == {"status": "writable"}
    with app.app_context():
        name = db.engine.url.database
        servers.sql(db.engine.url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        close_engines()
    assert client().get("/readyz", status=503).response.json == {"status": "not writable"}


def test_the_account_of_the_servers_works_and_changes_no_table(app, instance, request):
    runner = app.test_cli_runner()
    with app.app_context():
        url = db.engine.url
    name = f"servers_{url.database}"
    assert runner.invoke(args=["init", "--user", name]).exit_code == 1
    servers.sql(url, f"CREATE ROLE {name} LOGIN")
    try:
        assert runner.invoke(args=["init", "--user", name]).exit_code == 0
        made = house.make_app(instance[0], url.set(username=name).render_as_string(hide_password=False))
        with made.app_context():
            assert not postgresql.owns_tables(db.session.connection())
            casework.make_case(house.actor())
            db.session.commit()
            assert journal.seal(house.actor("auditor")) is not None
            db.session.commit()
            assert digests.verify() == []
            for harm in ("DROP TRIGGER keep_event ON event", "DELETE FROM event", "TRUNCATE journal_seal",
                         "UPDATE event SET data = '{}'", "UPDATE alembic_version SET version_num = ''"):
                with pytest.raises((ProgrammingError, DBAPIError), match=r"permission|owner|append-only"):
                    db.session.execute(text(harm))
                db.session.rollback()
            db.session.remove()
            close_engines()
    finally:
        servers.sql(url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")
