"""The command that measures speed and memory: over a database of its own, never the office's.

It fills a folder with made-up cases and asks the real application about them, each part in a process of its own.
"""
from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import Context
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import click
from flask import Flask, current_app
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mediation import settings
from mediation.cli.base import operator, plain_command
from mediation.cli.bench import acts, day, imports, measures, mix, pages, papers, synthetic
from mediation.cli.bench.measures import Line
from mediation.cli.house.setup import collect_seldom, upgrade
from mediation.extensions import db

LEAST, MOST = 100, 2_000_000
BYTES_PER_CASE, BYTES_AT_ALL = 16_000, 300_000_000  # with a second copy for exports, and room for sorting the index
NOTE = "cases.json"  # in a kept folder: how many cases are in it
FILL = "fill"
URL_NAME = "MEDIATION_DATABASE_URL"
PARTS = {**measures.PARTS, **pages.PARTS, "acts": acts.measure, "import": imports.measure, "papers": papers.measure,
         "mix": mix.measure, "day": day.measure}
USUAL = tuple(part for part in PARTS if part not in ("day", "mix"))  # a day takes a quarter of an hour
ON_POSTGRESQL = ("pages", "search", "create", "acts")  # what is measured there unless something is named


def a_number(_context: click.Context, _parameter: click.Parameter, said: str) -> int:
    digits = said.replace(",", "").replace("_", "")
    if not digits.isascii() or not digits.isdigit() or not LEAST <= int(digits) <= MOST:
        raise click.BadParameter(f"件数写成{LEAST}到{MOST}的整数：{said}")
    return int(digits)


def some_parts(_context: click.Context, _parameter: click.Parameter, said: str) -> list[str]:
    wanted = [part for part in said.replace("，", ",").split(",") if part.strip()] or list(USUAL)
    if unknown := [part for part in wanted if part.strip() not in PARTS]:
        raise click.BadParameter(f"没有“{unknown[0]}”这一项；可用：{', '.join(PARTS)}")
    return [part.strip() for part in wanted]


@plain_command("bench")
@click.option("--cases", default="10000", callback=a_number, metavar="N", help="how many cases; default: 10000")
@click.option("--only", default="", callback=some_parts,
              help=f"parts, with commas: {','.join(PARTS)}; default: all but day and mix")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="keep the database in this folder; one that is there is measured again")
@click.option("--json", "is_json", is_flag=True, help="as JSON")
@click.option("--explain", is_flag=True, help="also the plan of each statement of pages, searches and acts")
@click.option("--database", "url", default="", metavar="URL", help="an empty PostgreSQL database in place of SQLite")
@click.option("--inside", hidden=True, default="", help="one part, in this process")
def bench(cases: int, only: list[str], keep: Path | None, is_json: bool, explain: bool, url: str, inside: str) -> None:
    """Measure exports, memory, pages, search and single acts on made-up cases, as ratios within one run."""
    if inside:
        _inside(inside, cases, explain)
        return
    with _place(keep, cases) as folder:
        given = Given(folder, cases, {URL_NAME: _postgresql(url)} if url else {}, explain)
        _fill(given)
        head = _head(given)
        lines = _show(head, _lines(given, only if not url or only != list(USUAL) else list(ON_POSTGRESQL)), is_json)
        if is_json:
            click.echo(json.dumps({"head": head, "cases": cases, "lines": list(map(_data, lines))},
                                  ensure_ascii=False, indent=1))
        else:
            click.echo(_summary(lines))


class Given(NamedTuple):
    """What a run is about: the folder, how many cases, settings of its parts besides, and whether plans are wanted."""

    folder: Path
    cases: int
    environ: Mapping[str, str] = MappingProxyType({})
    is_explained: bool = False


def _lines(given: Given, parts: list[str]) -> Iterator[Line]:
    for part in parts:
        yield from _run(part, given)


def _show(head: str, found: Iterator[Line], is_json: bool) -> list[Line]:
    """All lines; said as they come where they are for people."""
    lines = []
    if not is_json:
        click.echo(head)
    for line in found:
        lines.append(line)
        if not is_json:
            click.echo("\n    ".join([_said(line), *(line.more or {}).get("plans", ())]))
    return lines


def _postgresql(url: str) -> str:
    """The address of a database that can be reached; ClickException with a sentence otherwise."""
    try:
        if make_url(url).get_backend_name() != "postgresql":
            raise click.ClickException("--database 只用于 PostgreSQL：postgresql+psycopg://用户@主机/库名；SQLite 不用写。")
        engine = create_engine(url)
        with engine.connect():
            pass
        engine.dispose()
    except (ArgumentError, SQLAlchemyError, ModuleNotFoundError) as error:
        raise click.ClickException(f"这个数据库连不上：{str(error).splitlines()[0]}") from error
    return url


def _head(given: Given) -> str:
    if url := given.environ.get(URL_NAME):
        engine = create_engine(url)
        with engine.connect() as connection:
            size = int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0) / 1e6
            name = f"PostgreSQL {connection.exec_driver_sql('show server_version').scalar()}"
        engine.dispose()
    else:
        size, name = (given.folder / "gonghe.sqlite").stat().st_size / 1e6, f"SQLite {sqlite3.sqlite_version}"
    copied = max(given.cases // synthetic.BLOCK - 1, 0) * synthetic.BLOCK
    unproved = f"（{copied}件是整块复制的，没有自己的经过：check 和 journal verify 对它们不适用）" if copied else ""
    return (f"{given.cases}件{unproved}，数据库 {size:,.0f} MB；{name}，Python {platform.python_version()}，"
            f"{os.cpu_count()}核 {platform.machine()}。比值＝产品÷直接做；CPU 时间，同一次运行。")


def _said(line: Line) -> str:
    value = f"{line.value:,.0f}" if abs(line.value) >= 100 else f"{line.value:.2f}"
    end = "" if line.target is None else (f"  {'达到' if line.is_met else '未达到'}（目标"
                                          f"{'≤' if line.is_most else '≥'} {line.target:g} {line.unit}）")
    note = f"  （{line.note}）" if line.note else ""
    return f"{line.label}  {value} {line.unit} ＝ {line.above} ÷ {line.below}{end}{note}"


def _data(line: Line) -> dict[str, object]:
    values = line._asdict()
    more = values.pop("more") or {}
    return {**values, "is_met": line.is_met, **more}


def _summary(lines: list[Line]) -> str:
    judged = [line for line in lines if line.is_met is not None]
    missed = [line.label for line in judged if not line.is_met]
    return f"目标{len(judged)}项，达到{len(judged) - len(missed)}项" + (f"；未达到：{'；'.join(missed)}" if missed else "") + "。"


# The folder and its cases


@contextmanager
def _place(keep: Path | None, cases: int) -> Iterator[Path]:
    """A folder with room: one that is kept, or one that is gone at the end, also after an interruption."""
    where = keep or Path(tempfile.gettempdir())
    _refuse_others(keep)
    try:
        where.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(where).free
    except OSError as error:
        raise click.ClickException(f"文件夹 {where} 不能用：{error.strerror}") from error
    need = BYTES_AT_ALL + cases * BYTES_PER_CASE
    if free < need:
        raise click.ClickException(f"{where} 空间不够：{cases}件约要 {need / 1e9:.1f} GB，只有 {free / 1e9:.1f} GB。"
                                   "请用 --keep 指一个大些的地方，或减少 --cases。")
    if keep is not None:
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="gonghe-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_others(keep: Path | None) -> None:
    """A folder with anything in it that the bench has not made is somebody's."""
    if keep is not None and keep.is_dir() and any(keep.iterdir()) and not (keep / NOTE).exists():
        raise click.ClickException(f"{keep} 里有别的东西；请给一个空文件夹。")


def _fill(given: Given) -> None:
    note = given.folder / NOTE
    if note.exists() and (known := json.loads(note.read_text())["cases"]):
        if known != given.cases:
            raise click.ClickException(f"{given.folder} 里是{known}件；请写 --cases {known}，或换一个文件夹。")
        return
    if given.environ:
        _refuse_filled(given.environ[URL_NAME])
    note.write_text(json.dumps({"cases": 0}))
    for _line in _run(FILL, given):
        pass
    note.write_text(json.dumps({"cases": given.cases}))


def _refuse_filled(url: str) -> None:
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    if names:
        raise click.ClickException("这个数据库里已经有表；请给一个空的数据库，或用 --keep 指当初填它的文件夹。")


# One part, in a process of its own


def _run(part: str, given: Given) -> Iterator[Line]:
    """The lines of one part as they are measured; ClickException with its last words when it fails."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MEDIATION_")}
    environ |= {"MEDIATION_INSTANCE": str(given.folder), "SQLITE_TMPDIR": str(given.folder), "PYTHONUTF8": "1"}
    environ |= given.environ
    command = [sys.executable, "-m", "flask", "--app", str(settings.ROOT / "app.py"), "bench", "--inside", part,
               "--cases", str(given.cases), *(["--explain"] if given.is_explained else [])]
    child = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=None, encoding="utf-8")
    try:
        for said in child.stdout or ():
            yield Line(*json.loads(said))
        if child.wait():
            raise click.ClickException(f"“{part}”这一项没有做完。")
    finally:
        child.kill()
        child.wait()


def _inside(part: str, cases: int, is_explained: bool) -> None:
    upgrade()  # a kept folder may be older than the program
    db.session.commit()  # and what it has looked at must not lock out what is measured
    if part == FILL:
        with _watched(cases) as bar:
            synthetic.fill(operator(), cases, bar.update if bar is not None else lambda n: None)
        return
    app = current_app._get_current_object()
    app.config[measures.EXPLAINED] = is_explained
    collect_seldom()  # as the server does
    Context().run(_tell, part, app)  # without this command's own context


def _tell(part: str, app: Flask) -> None:
    for line in PARTS[part](app):
        click.echo(json.dumps(line))


def _watched(cases: int):
    """A bar where somebody watches."""
    if not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=cases, label="造案件", file=sys.stderr)
