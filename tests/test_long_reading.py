"""A long reading, such as of statistics or an export, stops nobody at the counter."""
from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import func, select

from mediation import sqlite
from mediation.cli.bench import acts, measures, synthetic
from mediation.extensions import close_engines, db, read_only, reading_engine
from mediation.models import Case, Station
from mediation.queries.ledger import snapshots
from tests import docket, house

COUNT = select(func.count()).select_from(Case)


@pytest.mark.postgresql
def test_a_case_is_registered_while_a_long_reading_is_under_way(app):
    docket.store_case(app)
    visitor = measures.Visitor(app, "mediator", house.PASSWORD)
    with app.app_context():
        with reading_engine().connect() as reading:
            rows = reading.execution_options(stream_results=True).execute(select(Case.id))
            assert rows.fetchone()  # and is not read to its end
            case = visitor.send(*acts.ACTS[-1].prepare(visitor, {}))
            assert visitor.client.get(case).status_code == 200
            rows.close()
        assert db.session.scalar(COUNT) == 2
        db.session.remove()


def elsewhere(act):
    """What ``act`` gives in a thread of its own, as another person's request: with another session."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(act).result()


def register(app) -> str:
    """The address of a case that is registered now."""
    visitor = measures.Visitor(app, "mediator", house.PASSWORD)
    return visitor.send(*acts.ACTS[-1].prepare(visitor, {}))


@pytest.fixture
def rollback(app, monkeypatch):
    """The house on a network share, where SQLite keeps a rollback journal; nobody is waited for long."""
    monkeypatch.setattr(sqlite, "journal_mode", lambda path: "DELETE")
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 1)
    docket.store_case(app)
    with app.app_context():
        close_engines()
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        yield app
        db.session.remove()
        close_engines()


def test_under_the_rollback_journal_a_page_reads_in_short_readings(rollback):
    read_only()  # as a page of many statements does, whose reading is not at its end
    assert db.session.scalar(COUNT) == 1 and db.session.scalars(select(Station.id)).all()
    assert elsewhere(lambda: register(rollback)).startswith("/cases/")
    assert db.session.scalar(COUNT) == 2


def test_under_the_rollback_journal_a_check_reads_one_moment_of_a_copy(rollback, tmp_path):
    with snapshots.read_one_moment(tmp_path):
        assert db.session.scalar(COUNT) == 1
        elsewhere(lambda: register(rollback))
        db.session.rollback()
        assert db.session.scalar(COUNT) == 1
    assert db.session.scalar(COUNT) == 2 and not list(tmp_path.iterdir())
    for words in (["check"], ["journal", "verify"]):
        done = elsewhere(lambda words=words: rollback.test_cli_runner().invoke(args=words))
        assert done.exit_code == 0, done.output


def test_under_the_rollback_journal_a_foreign_reading_gives_503_and_keeps_what_was_typed(rollback, client, instance):
    def send():
        clerk = client("mediator")
        page = clerk.get("/cases/new")
        with closing(sqlite3.connect(instance[0] / "gonghe.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM dispute").fetchone()
            return clerk.submit(page, "form[action='/cases/new']", status=503, **synthetic.told())

    answer = elsewhere(send)
    told = synthetic.told()["narrative"]
    assert "什么都没有改动" in answer.html and told and told in answer.html
    assert db.session.scalar(COUNT) == 1
