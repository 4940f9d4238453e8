"""What ``flask bench`` measures, part by part, inside the application over the bench's own database.

Every figure is a ratio of two things measured in one run. Processor time is what is compared: on a machine that does
other work too, the clock on the wall tells of that work. The parts run with no application context open, as a server
does: an open one would make every visitor the first; what asks the database itself opens one.
"""
from __future__ import annotations

import csv
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import NamedTuple

from flask import Flask, session
from flask.testing import FlaskClient
from rustpy_xlsxwriter import write_worksheets
from sqlalchemy import Engine, event, select

from mediation import sheets
from mediation.cli.base import today
from mediation.cli.bench import plans, synthetic
from mediation.cli.figures.report import reader
from mediation.extensions import db, reading_engine
from mediation.models import Case
from mediation.queries.ledger import export, selection, snapshots
from mediation.services import journal
from mediation.sqlite import journal_mode

try:
    import resource
except ImportError:  # Windows
    resource = None

TWELVE = ("number", "station", "state", "channel", "source", "applicant", "main_head", "received_on", "accepted_on",
          "claimed_fen", "agreed_fen", "arrived_fen")
FULL_SHEET = 250_000  # cases; of more, the XLSX parts take the year before this one
TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')
SUBMIT = re.compile(r'name="submit_token"\s+value="([^"]+)"')
UNCOUNTED = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
EXPLAINED = "BENCH_EXPLAINED"  # in the application's configuration: whether plans are wanted
GAP = 0.01  # seconds between two writes of the writer


class Line(NamedTuple):
    """One measured ratio: what stands above and below the line, and what was aimed at, where something was."""

    key: str
    label: str
    value: float
    unit: str
    above: str
    below: str
    target: float | None = None
    is_most: bool = False  # the target is an upper bound
    note: str = ""
    more: dict | None = None  # further figures, for the JSON

    @property
    def is_met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value <= self.target if self.is_most else self.value >= self.target


class Visitor:
    """A browser, logged in where it has a name, as the real server would be asked by one."""

    def __init__(self, app: Flask, username: str = "", password: str = synthetic.PASSWORD):
        self.client: FlaskClient = app.test_client()
        if not username:
            return
        page = self.client.get("/login").get_data(as_text=True)
        form = {"csrf_token": found(TOKEN, page), "username": username, "password": password}
        if self.client.post("/login", data=form).status_code != 303:
            raise RuntimeError(f"{username} could not log in")
        self.token = found(TOKEN, self.get("/"))

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return answer.get_data(as_text=True)

    def send(self, path: str, form: dict) -> str:
        """Send a form that must succeed; gives where it leads."""
        answer = self.client.post(path, data={"csrf_token": self.token, **form})
        if answer.status_code != 303:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return answer.headers["Location"]


def found(pattern: re.Pattern, page: str) -> str:
    """What a pattern takes out of a page; RuntimeError where it is not there."""
    match = pattern.search(page)
    if match is None:
        raise RuntimeError("a page lacks its token")
    return unescape(match[1])


def spent(act: Callable[[], object]) -> float:
    """Processor seconds of one act."""
    began = time.process_time()
    act()
    return max(time.process_time() - began, 1e-9)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements that any engine of this process executes meanwhile; the bounds of transactions are none."""
    said: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(UNCOUNTED):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plans_of(app: Flask, act: Callable[[], object]) -> dict[str, list[str]]:
    """How the database goes about each statement of an act, where that is wanted; a growing table read whole is marked.
    """
    if not app.config.get(EXPLAINED):
        return {}
    with plans.heard() as said:
        act()
    lines = []
    with app.app_context(), db.engine.connect() as connection:
        for statement in dict.fromkeys(said_once.statement for said_once in said):
            values = next(one for one in said if one.statement == statement)
            lines.append(" ".join(statement.split())[:300])
            lines += [f"  {'!! ' if step.table in plans.GROWING else ''}{step.words}"
                      for step in plans.plan(connection, values)]
    return {"plans": lines}


def bare_page() -> Callable[[], object]:
    """Asks a bare page that reads a value out of its signed session cookie, by a client that has the cookie."""
    bare = Flask("hello")
    bare.secret_key = "hello"  # signs nothing of worth

    @bare.get("/")
    def hello() -> str:
        return f"hello {session.setdefault('name', 'bench')}"

    client = bare.test_client()
    client.get("/")
    return lambda: client.get("/").get_data(as_text=True)


def rate(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f} 行/s"


# Exports


def csv_files(app: Flask) -> Iterator[Line]:
    """The CSV file as it leaves, of twelve columns and of all, against a bare cursor and plain ``csv.writer``."""
    visitor = Visitor(app, synthetic.AUDITOR)
    for name, columns in (("twelve", TWELVE), ("whole", ())):
        query = f"?columns={','.join(columns)}" if columns else ""
        _download(visitor, f"/ledger/cases.csv{query or '?'}&period=2001")  # what is loaded once is loaded
        first, rows, seconds = _download(visitor, f"/ledger/cases.csv{query}")
        with app.app_context():
            asked = _selection(columns)
            bare, kept = _bare_csv(asked), _kept_csv(asked)
            has_snapshots = db.engine.dialect.name != "sqlite" or journal_mode(db.engine.url.database or "") == "WAL"
        said = "12列" if columns else f"全部{len(asked.columns)}列"
        yield Line(f"csv_{name}_ratio", f"CSV（{said}）：产品 ÷ 同一查询直接 csv.writer", bare / seconds, "×",
                   rate(rows, seconds), rate(rows, bare), 0.5)
        yield Line(f"csv_{name}_memory_ratio", f"CSV（{said}）：产品 ÷ 已在内存的行 csv.writer（无查询）", kept / seconds, "×",
                   rate(rows, seconds), rate(rows, kept))
        if columns:
            yield Line("csv_rate", "CSV 12列速度", rows / seconds, "行/s", f"{rows} 行", f"{seconds:.2f} s CPU", 60_000)
            yield Line("csv_first", "CSV 首批行", first, "s", f"{first:.2f} s", "从发出请求起（时钟）",
                       0.3 if has_snapshots else None, True,
                       "" if has_snapshots else "这个 SQLite 没有快照，先复制数据库再读")


def _selection(columns: Sequence[str], **given: object) -> selection.Selection:
    return selection.read({"sheet": "cases", "columns": list(columns), **given})


def _download(visitor: Visitor, path: str) -> tuple[float, int, float]:
    """Seconds by the clock until rows come, how many come, and the processor's seconds for all of them."""
    began, cpu = time.perf_counter(), time.process_time()
    answer = visitor.client.get(path, buffered=False)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    blocks = answer.iter_encoded()
    next(blocks)
    next(blocks, b"")
    first = time.perf_counter() - began
    for _block in blocks:
        pass
    answer.close()
    return first, int(answer.headers["X-Rows"]), max(time.process_time() - cpu, 1e-9)


def _batches(asked: selection.Selection) -> Iterator[Sequence[tuple]]:
    """The rows of an export as the database gives them."""
    with reading_engine().connect() as connection:
        made = export.plan(asked, reader(), connection.dialect.name)
        with export.streamed(connection, made.statement) as fetch:
            while rows := fetch(export.MORE_ROWS):
                yield rows


def _bare_csv(asked: selection.Selection) -> float:
    def write() -> None:
        with open(os.devnull, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            for rows in _batches(asked):
                out.writerows(rows)
    return spent(write)


def _kept_csv(asked: selection.Selection) -> float:
    """Batch by batch, without the time of the query."""
    seconds = 0.0
    with open(os.devnull, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        for rows in _batches(asked):
            began = time.process_time()
            out.writerows(rows)
            seconds += time.process_time() - began
    return max(seconds, 1e-9)


def xlsx_files(app: Flask) -> Iterator[Line]:
    """The XLSX file against the bare library fed with the same rows from the same query."""
    with app.app_context(), tempfile.TemporaryDirectory(dir=_folder(app)) as folder:
        asked = _sheet()
        path = Path(folder) / "made.xlsx"
        made = export.open_export(asked, reader(), Path(folder))
        try:
            seconds = spent(lambda: made.write_xlsx(path))
            rows = made.rows
        finally:
            made.close()
        bare, same = spent(lambda: _bare_xlsx(asked, path)), _same_xlsx(app, asked, path)
    yield Line("xlsx_ratio", "XLSX（12列）：产品 ÷ 同一查询＋表格库写同样的格", same / seconds, "×", rate(rows, seconds),
               rate(rows, same), 0.8)
    yield Line("xlsx_plain_ratio", "XLSX（12列）：产品 ÷ 同一查询＋表格库照库里的值写（无日期、无格式）", bare / seconds, "×",
               rate(rows, seconds), rate(rows, bare))


def _same_xlsx(app: Flask, asked: selection.Selection, path: Path) -> float:
    """The library writing the same cells, kinds and formats: its own time and that of the query, no other."""
    making, names = 0.0, [str(n) for n in range(len(asked.columns))]

    def records() -> Iterator[dict[str, object]]:
        nonlocal making
        batches = made.batches()
        while True:
            began = time.process_time()
            batch = next(batches, None)
            cells = batch and sheets.typed(asked.columns, batch, sheets.shown_batch(asked.columns, batch, False), False)
            making += time.process_time() - began
            if not cells:
                return
            for row in zip(*cells, strict=True):
                yield dict(zip(names, row, strict=False))

    made = export.open_export(asked, reader(), _folder(app))
    try:
        total = spent(lambda: write_worksheets([("1", records())], str(path), column_formats={
            "1": sheets.formats(asked.columns, False)}))
    finally:
        made.close()
    return total - making + spent(lambda: list(map(len, _batches(asked))))


def _sheet() -> selection.Selection:
    """Twelve columns of all cases, or of a year where all are more than is sensible in a spreadsheet."""
    many = db.session.scalar(select(db.func.count()).select_from(Case)) > FULL_SHEET
    db.session.rollback()
    return _selection(TWELVE, **({"by": "received", "period": str(today().year - 1)} if many else {}))


def _bare_xlsx(asked: selection.Selection, path: Path) -> None:
    names = [str(n) for n in range(len(TWELVE))]
    records = (dict(zip(names, row, strict=False)) for rows in _batches(asked) for row in rows)
    write_worksheets([("1", records)], str(path))


def _folder(app: Flask) -> Path:
    return snapshots.make_folder(Path(str(app.config["MEDIATION"]["INSTANCE"])) / "tmp")


def memory(app: Flask) -> Iterator[Line]:
    """How much the highest use of memory rises over exports of everything, after small ones; a process of its own."""
    if resource is None:
        return
    visitor = Visitor(app, synthetic.AUDITOR)
    small = "period=2001"
    for path in ("csv", "xlsx"):
        _download(visitor, f"/ledger/cases.{path}?{small}")
    with app.app_context():
        year = f"by=received&period={today().year - 1}" if _sheet().has_period else ""
    for form, wanted in (("csv", "?"), ("xlsx", f"?columns={','.join(TWELVE)}&{year}")):
        before = peak()
        _first, rows, _seconds = _download(visitor, f"/ledger/cases.{form}{wanted}")
        after = peak()
        yield Line(f"memory_{form}", f"导出 {form.upper()} {rows}行，内存增加", after - before, "MB", f"{after:.0f} MB",
                   f"{before:.0f} MB", 30, True)


def peak() -> float:
    """The highest use of memory so far, in MB; 0 where the system does not tell."""
    if resource is None:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def writer(app: Flask) -> Iterator[Line]:
    """The longest that a short write took while an export ran, and for as long without one."""
    visitor = Visitor(app, synthetic.AUDITOR)
    began = time.perf_counter()
    held = _writes(app, lambda: _download(visitor, "/ledger/cases.csv"))
    length = time.perf_counter() - began
    alone = _writes(app, lambda: time.sleep(min(length, 10)))
    yield Line("writer_held", "导出期间一次写入最多等", max(held), "s", f"{max(held):.2f} s（{len(held)}次写入）",
               f"{max(alone):.2f} s（不导出时，{len(alone)}次）", 1, True)


def _writes(app: Flask, act: Callable[[], object]) -> list[float]:
    """Seconds of each durable write by a second thread during an act."""
    over, found = threading.Event(), []

    def write() -> None:
        while not found or not over.is_set():
            with app.app_context():
                began = time.perf_counter()
                journal.log_access(reader(), "search")
                db.session.commit()
                found.append(time.perf_counter() - began)
            over.wait(GAP)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        act()
    finally:
        over.set()
        thread.join()
    return found


PARTS: dict[str, Callable[[Flask], Iterator[Line]]] = {
    "csv": csv_files, "xlsx": xlsx_files, "memory": memory, "writer": writer,
}
