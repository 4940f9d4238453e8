"""The copy of a PostgreSQL database by the server's own tools, of one moment, while people work; and the way back.

``pg_dump`` and ``pg_restore`` have to be of the server's version or a newer one. The password goes by the environment,
where no list of processes shows it.
"""
from __future__ import annotations

import importlib
import os
import subprocess
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from mediation import migrations
from mediation.rules.language import Problem, Refused, Text

NO_TOOL = Text("没有 {tool}：在这台机器上装 PostgreSQL 的客户端（版本不低于服务器），备份才做得成",
               "{tool} is missing: install PostgreSQL's client tools here, no older than the server, to make copies")
FAILED = Text("{tool} 没有做成：{fault}", "{tool} failed: {fault}")
NOT_EMPTY = Text("这个 PostgreSQL 库里已有数据，不会动它：新建一个空库，把 MEDIATION_DATABASE_URL 指向它，再恢复",
                 "This PostgreSQL database holds something and is left as it is: make an empty one, name it in"
                 " MEDIATION_DATABASE_URL, and restore again")
LONGEST = 300  # characters of what a tool says


def dump(url: URL, target: Path) -> None:
    """Write the database to a file and read that whole again. Raises Refused."""
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    examine(target)


def examine(dumped: Path) -> None:
    """Read a dump to its end: every block has to unpack. Raises Refused."""
    _run(None, "pg_restore", f"--file={os.devnull}", str(dumped))


def load(url: URL, dumped: Path) -> None:
    """Fill an empty database, wholly or not at all. Raises Refused."""
    engine = migrations.engine_for(url.render_as_string(hide_password=False))
    with engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise Refused([Problem("", NOT_EMPTY)])
    _run(url, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dumped))


def named(connection: Connection, tables: tuple[str, ...]) -> list[tuple[str, str]]:
    """Stored name and digest of every uploaded file that the database knows."""
    rows = " UNION ".join(f"SELECT stored_name, sha256 FROM {name} WHERE sha256 != ''" for name in tables)
    return [(str(name), str(digest)) for name, digest in connection.execute(text(f"{rows} ORDER BY 1"))]


def _run(url: URL | None, tool: str, *words: str) -> None:
    environ = dict(os.environ)
    if url is not None:
        _none, told = url.get_dialect()().create_connect_args(url)
        environ |= {"PGPASSWORD": str(told.pop("password"))} if told.get("password") else {}
        place = importlib.import_module("psycopg.conninfo").make_conninfo(**told)
        words = (f"--dbname={place}", "--no-password", *words)
    try:
        done = subprocess.run([tool, *words], env=environ, capture_output=True, text=True, encoding="utf-8",
                              errors="replace", check=False)
    except FileNotFoundError:
        raise Refused([Problem("", NO_TOOL.fill(tool=tool))]) from None
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line), "")
        raise Refused([Problem("", FAILED.fill(tool=tool, fault=said[:LONGEST]))])
