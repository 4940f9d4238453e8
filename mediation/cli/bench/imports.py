"""What bringing a register in costs: a workbook with as many rows as the bench has cases, read, checked and taken.

Above the line: the workbook read and staged sealed; each row opened, read, checked against itself, the file and the
cases, and marked; then opened and read once more, its case made with numbers, hints, search tokens, digest and event,
and stored in blocks that let others in. The table of pronunciations, which a process loads once, is there before.

Below the line stands what cannot be saved: reading the same workbook by the bare library, and storing the very rows
that came of it by the bare driver, sealed numbers, events and search tokens as they are, into the same tables with the
same indexes and foreign keys, each table at one go. It seals, reckons and checks nothing, and keeps no sums.
"""
from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import python_calamine
from flask import Flask
from rustpy_xlsxwriter import write_worksheets
from sqlalchemy import event, func, select, text

from mediation import tables
from mediation.cli.base import operator
from mediation.cli.bench.measures import Line, peak, spent
from mediation.cli.bench.synthetic import GIVEN, SURNAMES
from mediation.extensions import db
from mediation.models import Case, ImportBatch, Station
from mediation.queries import imports as queries
from mediation.rules.access import Actor
from mediation.services.cases import sounds
from mediation.services.imports import judging, staging, taking

KEYED = ("dispute", "party", "claim", "agreement", "agreement_item", "instalment", "instalment_share", "payment",
         "payment_share", "event", "import_row")
OF_CASES = {"search_text": "case_id > ?", "search_gram": "case_id > ?",
            "stream": "name IN (SELECT 'case:' || number FROM dispute WHERE id > ?)"}
AIM_RATIO, AIM_MEGABYTES, AIM_SECONDS = 3, 250, 1
HEADINGS = ("受理日期", "案件来源", "申请人", "涉及人数", "联系电话", "被申请人", "争议类型", "诉求金额（元）", "结果", "协议金额（元）",
            "已到账金额（元）", "结案日期", "诉求摘要")


def measure(app: Flask) -> Iterator[Line]:
    """Dry run and import, their memory and their longest hold of the write lock."""
    with app.app_context(), tempfile.TemporaryDirectory(dir=str(app.config["MEDIATION"]["INSTANCE"])) as folder:
        rows = db.session.scalar(select(func.count()).select_from(Case)) or 1
        path = Path(folder) / "register.xlsx"
        write_worksheets([("台账", _register(rows))], str(path))
        sounds.pronunciations()
        before, idle = _last_ids(), peak()
        checking, taking_, held, batch = _product(path, operator())
        memory = max(peak() - idle, 0)
        read = spent(lambda: _bare_read(path))
        stored = _bare_store(Path(folder), before)
        n = queries.counts(batch).taken or 1
        yield Line("import_check", "核对（不导入）", checking / read, "倍", _each(checking, rows), _each(read, rows),
                   note="读入、逐行核对、查重；下面是只读文件")
        yield Line("import_ratio", "核对并导入", (checking + taking_) / (read + stored), "倍", _each(checking + taking_, n),
                   _each(read + stored, n), AIM_RATIO, True, note=f"{n}件；下面是只读文件、只写同样的行")
        yield Line("import_memory", "导入的内存", memory, "MB", f"{memory:,.0f} MB", "导入前的峰值以上", AIM_MEGABYTES, True)
        yield Line("import_held", "最久占住写锁", held, "秒", f"{held:.2f} s", "一次提交", AIM_SECONDS, True)
        db.session.remove()


def _each(seconds: float, rows: int) -> str:
    return f"{seconds / rows * 1000:.2f} ms/行"


def _register(rows: int) -> Iterator[dict[str, object]]:
    """A register as an office keeps it: dates as text, sums as numbers, every row another person."""
    first = date(2024, 1, 2)
    for n in range(rows):
        received = first + timedelta(n % 500)
        values = (received.isoformat(), "来访", _name(n), 1 + n % 3, f"139{n:08d}", f"第{n % 997}建筑工程有限公司", "劳动报酬",
                  5000 + n % 9000, "达成调解协议", 4000 + n % 9000, 4000 + n % 9000,
                  (received + timedelta(12)).isoformat(), "拖欠工资，本人多次去要没有结果")
        yield dict(zip(HEADINGS, values, strict=True))


def _name(n: int) -> str:
    """Names as people have them: signs that come again and again, hardly a name twice."""
    rest, family = divmod(n, len(SURNAMES))
    second, first = divmod(rest, len(GIVEN))
    return SURNAMES[family] + GIVEN[first] + GIVEN[second % len(GIVEN)]


def _product(path: Path, actor: Actor) -> tuple[float, float, float, ImportBatch]:
    """Processor seconds of the dry run and of the taking, the longest block, and the import."""
    clock = _Clock()
    data = path.read_bytes()
    station = db.session.scalars(select(Station).where(Station.kind == "union").order_by(Station.id)).first()
    assert station is not None  # the bench has made it
    began = time.process_time()
    [table] = tables.read(data, path.name)
    batch = staging.stage(actor, table, path.name, f"{time.time_ns():064x}", station.id)
    clock.through(staging.rows(batch, table))
    _layout, mapping = staging.propose(batch)
    staging.settle(batch, mapping, actor)
    clock.through(judging.judge(batch, actor))
    checked = time.process_time()
    taking.begin(batch, actor)
    clock.through(taking.take(batch, actor))
    return checked - began, time.process_time() - checked, clock.longest, batch


class _Clock:
    """How long the write lock is held at most: from the beginning of a transaction that may write to its commit."""

    def __init__(self) -> None:
        self.longest, self._began = 0.0, time.monotonic()
        event.listen(db.engine, "begin", self._note)

    def _note(self, _connection: object) -> None:
        self._began = time.monotonic()

    def through(self, steps: Iterable[int]) -> None:
        db.session.commit()
        for _step in steps:
            db.session.commit()
            self.longest = max(self.longest, time.monotonic() - self._began)
        db.session.commit()


# Below the line ---------------------------------------------------------------------------------------------------

def _bare_read(path: Path) -> int:
    sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return sum(len(row) for row in sheet.iter_rows())


def _last_ids() -> dict[str, int]:
    last = "SELECT coalesce(max(id), 0) FROM {table}"
    return {table: db.session.execute(text(last.format(table=table))).scalar_one() for table in KEYED}


def _bare_store(folder: Path, before: dict[str, int]) -> float:
    """Seconds in which the driver alone stores the rows that came, in tables made as ours are."""
    connection = db.session.connection()
    schema = [sql for (sql,) in connection.execute(text(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC"))]
    wanted = {**{table: (f"SELECT * FROM {table} WHERE id > ?", before[table]) for table in KEYED},
              **{table: (f"SELECT * FROM {table} WHERE {where}", before["dispute"])
                 for table, where in OF_CASES.items()}}
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)  # the bench has no other database
    with closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as bare:
        for sql in schema:
            if sql.startswith(("CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE")):
                bare.execute(sql)
        for table in _named_by(source, wanted):  # what the rows point to is there before, as in any office
            _stored(bare, table, source.execute(f"SELECT * FROM {table}").fetchall())
        bare.execute("PRAGMA foreign_keys=ON")
        return sum(_stored(bare, table, source.execute(sql, (key,)).fetchall()) for table, (sql, key) in wanted.items())


def _named_by(source: sqlite3.Connection, tables: Collection[str]) -> list[str]:
    """The other tables to which the foreign keys of some lead."""
    found = {row[2] for table in tables for row in source.execute(f"PRAGMA foreign_key_list({table})")}
    return sorted(found - set(tables))


def _stored(bare: sqlite3.Connection, table: str, rows: list[tuple]) -> float:
    if not rows:
        return 0.0
    marks = ", ".join("?" * len(rows[0]))
    bare.execute("BEGIN")
    return spent(lambda: bare.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)) + spent(
        lambda: bare.execute("COMMIT"))
