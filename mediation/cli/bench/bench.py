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
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import Context
from pathlib import Path

import click
from flask import Flask, current_app

from mediation import settings
from mediation.cli.base import operator, plain_command
from mediation.cli.bench import acts, imports, measures, papers, synthetic
from mediation.cli.bench.measures import Line
from mediation.cli.house.setup import upgrade
from mediation.extensions import db

LEAST, MOST = 100, 2_000_000
BYTES_PER_CASE, BYTES_AT_ALL = 16_000, 300_000_000  # with a second copy for exports, and room for sorting the index
NOTE = "cases.json"  # in a kept folder: how many cases are in it
FILL = "fill"
PARTS = {**measures.PARTS, "acts": acts.measure, "import": imports.measure, "papers": papers.measure}


def a_number(_context: click.Context, _parameter: click.Parameter, said: str) -> int:
    digits = said.replace(",", "").replace("_", "")
    if not digits.isascii() or not digits.isdigit() or not LEAST <= int(digits) <= MOST:
        raise click.BadParameter(f"件数写成{LEAST}到{MOST}的整数：{said}")
    return int(digits)


def some_parts(_context: click.Context, _parameter: click.Parameter, said: str) -> list[str]:
    wanted = [part for part in said.replace("，", ",").split(",") if part.strip()] or list(PARTS)
    if unknown := [part for part in wanted if part.strip() not in PARTS]:
        raise click.BadParameter(f"没有“{unknown[0]}”这一项；可用：{', '.join(PARTS)}")
    return [part.strip() for part in wanted]


@plain_command("bench")
@click.option("--cases", default="10000", callback=a_number, metavar="N", help="how many cases; default: 10000")
@click.option("--only", default="", callback=some_parts, help=f"parts, with commas; default: {','.join(PARTS)}")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="keep the database in this folder; one that is there is measured again")
@click.option("--json", "is_json", is_flag=True, help="as JSON")
@click.option("--inside", hidden=True, default="", help="one part, in this process")
def bench(cases: int, only: list[str], keep: Path | None, is_json: bool, inside: str) -> None:
    """Measure exports, memory, pages, search and single acts on made-up cases, as ratios within one run."""
    if inside:
        _inside(inside, cases)
        return
    with _place(keep, cases) as folder:
        _fill(folder, cases)
        head = _head(cases, folder)
        if not is_json:
            click.echo(head)
        lines = []
        for part in only:
            for line in _run(part, folder, cases):
                lines.append(line)
                if not is_json:
                    click.echo(_said(line))
        if is_json:
            click.echo(json.dumps({"head": head, "cases": cases, "lines": list(map(_data, lines))},
                                  ensure_ascii=False, indent=1))
        else:
            click.echo(_summary(lines))


def _head(cases: int, folder: Path) -> str:
    size = (folder / "gonghe.sqlite").stat().st_size / 1e6
    return (f"{cases}件，数据库 {size:,.0f} MB；SQLite {sqlite3.sqlite_version}，Python {platform.python_version()}，"
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


def _fill(folder: Path, cases: int) -> None:
    note = folder / NOTE
    if note.exists() and (known := json.loads(note.read_text())["cases"]):
        if known != cases:
            raise click.ClickException(f"{folder} 里是{known}件；请写 --cases {known}，或换一个文件夹。")
        return
    note.write_text(json.dumps({"cases": 0}))
    for _line in _run(FILL, folder, cases):
        pass
    note.write_text(json.dumps({"cases": cases}))


# One part, in a process of its own


def _run(part: str, folder: Path, cases: int) -> Iterator[Line]:
    """The lines of one part as they are measured; ClickException with its last words when it fails."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MEDIATION_")}
    environ |= {"MEDIATION_INSTANCE": str(folder), "SQLITE_TMPDIR": str(folder), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "flask", "--app", str(settings.ROOT / "app.py"), "bench", "--cases", str(cases),
               "--inside", part]
    child = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=None, encoding="utf-8")
    try:
        for said in child.stdout or ():
            yield Line(*json.loads(said))
        if child.wait():
            raise click.ClickException(f"“{part}”这一项没有做完。")
    finally:
        child.kill()
        child.wait()


def _inside(part: str, cases: int) -> None:
    upgrade()  # a kept folder may be older than the program
    db.session.commit()  # and what it has looked at must not lock out what is measured
    if part == FILL:
        with _watched(cases) as bar:
            synthetic.fill(operator(), cases, bar.update if bar is not None else lambda n: None)
        return
    app = current_app._get_current_object()
    Context().run(_tell, part, app)  # without this command's own context


def _tell(part: str, app: Flask) -> None:
    for line in PARTS[part](app):
        click.echo(json.dumps(line))


def _watched(cases: int):
    """A bar where somebody watches."""
    if not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=cases, label="造案件", file=sys.stderr)
