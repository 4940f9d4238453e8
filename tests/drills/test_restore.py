"""The demonstration county is saved while somebody registers, and put back on an empty machine: all of it is there."""
from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from tests import servers
from tests.drills.office import ROOT, Office

# What saving itself writes behind the copy.
AFTER = {"event", "stream"}


def run(folder: Path, *words: str, url: str = "") -> str:
    """A command of the product on an instance folder, with a database of its own or this one; what it said."""
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *words]
    done = subprocess.run(command, env={**os.environ, "MEDIATION_INSTANCE": str(folder), "MEDIATION_DATABASE_URL": url},
                          cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def rows(folder: Path, but: set[str]) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(folder / "gonghe.sqlite")) as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if name not in but]
        return {name: sorted(map(repr, base.execute(f'SELECT * FROM "{name}"'))) for name in names}


def test_a_county_comes_back_on_an_empty_machine_with_every_row(tmp_path):
    office, empty, copy = tmp_path / "office", tmp_path / "empty", tmp_path / "copy.zip"
    run(office, "demo")
    run(office, "backup", str(copy))
    empty.mkdir()
    shutil.copy(office / "keys.json", empty)
    run(empty, "restore", str(copy), "--yes")
    assert rows(empty, AFTER) == rows(office, AFTER)
    run(empty, "check")
    run(empty, "journal", "verify")


def test_a_county_comes_back_in_an_empty_database_of_postgresql_with_every_row(tmp_path, postgresql_server):
    """R65: the same by pg_dump and pg_restore."""
    office, empty, copy = tmp_path / "office", tmp_path / "empty", tmp_path / "copy"
    urls = []
    for name in ("drill_office", "drill_empty"):
        servers.sql(postgresql_server, f"CREATE DATABASE {name} TEMPLATE template0")
        urls.append(postgresql_server.set(database=name).render_as_string(hide_password=False))
    run(office, "demo", url=urls[0])
    run(office, "backup", str(copy), url=urls[0])
    empty.mkdir()
    shutil.copy(office / "keys.json", empty)
    run(empty, "restore", str(copy), "--yes", url=urls[1])
    there, here = (digests_of(url, AFTER) for url in reversed(urls))
    assert there == here and len(here) > 70
    run(empty, "check", url=urls[1])
    run(empty, "journal", "verify", url=urls[1])


def digests_of(url: str, but: set[str]) -> dict[str, tuple[int, str]]:
    """How many rows each table of PostgreSQL has, and a digest over all of them in one order."""
    engine = create_engine(url)
    with engine.connect() as base:
        names = set(inspect(base).get_table_names()) - but
        found = {name: tuple(base.execute(text(
            f'SELECT count(*), md5(coalesce(string_agg(r::text, chr(10) ORDER BY r::text COLLATE "C"), \'\')) '
            f'FROM "{name}" r')).one()) for name in sorted(names)}
    engine.dispose()
    return found


def test_what_was_acknowledged_before_a_copy_made_at_work_is_in_it(tmp_path):
    """R65: backup while writing."""
    office, empty, copy = Office(tmp_path / "office"), tmp_path / "empty", tmp_path / "copy.zip"
    office.open()
    stop, before = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            assert office.register() == 303
    clerk = threading.Thread(target=work)
    clerk.start()
    try:
        while len(office.acknowledged) < 5:
            stop.wait(0.05)
        before += office.acknowledged
        run(office.folder, "backup", str(copy))
    finally:
        stop.set()
        clerk.join()
        office.close()
    empty.mkdir()
    shutil.copy(office.folder / "keys.json", empty)
    run(empty, "restore", str(copy), "--yes")
    with closing(sqlite3.connect(empty / "gonghe.sqlite")) as base:
        kept = {name for (name,) in base.execute("SELECT name FROM employer")}
    assert set(before) <= kept
    run(empty, "check")
    run(empty, "journal", "verify")
