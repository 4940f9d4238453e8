"""Whole blocks of made-up cases copied inside the database: a million of them in flat memory.

A copy is a case with everything that hangs on it, under ids, a register number, names, telephones and index tokens of
its own; its days and sums are those of the first block. Digests and chains of copies are not made anew, so that
``check`` and ``journal verify`` are for what was made one by one.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import DDL, Connection, Executable, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.schema import AddConstraint, DropConstraint

from mediation.models import Case, Event, Party, SearchGram, SearchText, Stream
from mediation.rules.cases import numbers

PREFIX = 9  # characters of a register number before its running number: 'u01-2026-'
PRINTED = 8  # of a printed number: '工调〔2026〕'
GRAMS = SearchGram.__table__
DISPUTE: str = Case.__tablename__


class Span(NamedTuple):
    """The first block of a table: its last key, and by how many keys the next copy lies behind."""

    last: int
    size: int


class Letters(NamedTuple):
    """Signs of names, each turned into a later one of its row by the number of the block."""

    surnames: str
    given: str

    def turned(self, block: int) -> str:
        return _turn(self.surnames, block // len(self.given) * 7 + block * 3) + _turn(self.given, block)

    @property
    def signs(self) -> str:
        return self.surnames + self.given


def _turn(signs: str, by: int) -> str:
    by %= len(signs)
    return signs[by:] + signs[:by]


@contextmanager
def unindexed(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Without what is made faster at the end, all at once: indexes that no copying needs, and triggers of SQLite.

    PostgreSQL fires none here (synthetic.FAST), and lets go of what is unique too. The key of the tokens is among it:
    ten thousand cases put a million of them all over that index.
    """
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    for index in indexes:
        index.drop(connection)
    loosen = _without_triggers if connection.dialect.name == "sqlite" else _loosened
    ended = loosen(connection, tables)
    yield
    for statement in ended:
        connection.execute(statement)
    for index in indexes:
        index.create(connection)


def _without_triggers(connection: Connection, tables: Sequence[Table]) -> list[Executable]:
    names = ", ".join(f"'{table.name}'" for table in tables)
    triggers = connection.exec_driver_sql(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({names})").all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [DDL(sql.replace("%", "%%")) for _name, sql in triggers]


def _loosened(connection: Connection, tables: Sequence[Table]) -> list[Executable]:
    constraints = [one for table in tables for one in sorted(table.constraints, key=lambda one: str(one.name))
                   if isinstance(one, UniqueConstraint) or (table is GRAMS and isinstance(one, PrimaryKeyConstraint))]
    for one in constraints:
        connection.execute(DropConstraint(one, isolate_from_table=False))
    return [AddConstraint(one, isolate_from_table=False) for one in constraints]


class Copier:
    """Copies the first block behind what is there, so many times."""

    def __init__(self, connection: Connection, letters: Letters, spans: Mapping[str, Span], free: Mapping[str, int],
                 numbers: Sequence[tuple[str, int, int]]):
        """``spans``: the first block by table; ``free``: the last key taken; ``numbers``: prefix of a series, how many
        numbers of it are in the first block, and how many there are."""
        self.connection, self.letters, self.spans, self.free = connection, letters, spans, dict(free)
        self.is_sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql(
            "CREATE TEMP TABLE bench_series (prefix TEXT PRIMARY KEY, size INTEGER, last INTEGER)")
        mark = "?" if self.is_sqlite else "%s"
        for row in numbers:
            connection.exec_driver_sql(f"INSERT INTO bench_series VALUES ({mark}, {mark}, {mark})", row)
        if self.is_sqlite:
            self.turning: dict[int, dict[int, str]] = {}
            driver: Any = connection.connection.driver_connection
            driver.create_function("turned", 2, self._turned, deterministic=True)

    def _turned(self, text: str, block: int) -> str:
        table = self.turning.get(block)
        if table is None:
            table = self.turning[block] = str.maketrans(self.letters.signs, self.letters.turned(block))
        return text.translate(table)

    def copy(self, tables: Sequence[Table], blocks: int, watch: Callable[[int], object]) -> None:
        """All rows but the tokens."""
        for block in range(1, blocks + 1):
            for table in tables:
                if table is not GRAMS:
                    self._run(self._rows(table, block))
            self.connection.commit()
            watch(self.spans[DISPUTE].size)

    def copy_tokens(self, blocks: int) -> None:
        """Tokens of what is there and of all copies, in one pass.

        A token is turned once for each block, not for each case that has it. In the order of the table, which SQLite
        then fills densely; PostgreSQL sorts them for the key.
        """
        self._run("CREATE TEMP TABLE bench_turned (turned TEXT, block INTEGER, gram TEXT)")
        self._run("INSERT INTO bench_turned SELECT DISTINCT gram, 0, gram FROM bench_gram")
        self._run("CREATE TEMP TABLE bench_word AS SELECT DISTINCT gram FROM bench_gram "
                  f"WHERE {self._within('case_id', DISPUTE)}")
        for block in range(1, blocks + 1):
            self._run(f"INSERT INTO bench_turned SELECT {self._turned_token(block)}, {block}, b.gram FROM bench_word b")
        if self.is_sqlite:
            self._run("CREATE TEMP TABLE bench_order AS SELECT turned, block, gram FROM bench_turned ORDER BY 1, 2")
            self._run("CREATE INDEX temp.bench_gram_of ON bench_gram (gram, case_id)")
        else:
            self._run("ALTER TABLE bench_turned RENAME TO bench_order")
            self._run("ANALYZE bench_order, bench_gram")
            if not self.connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {GRAMS.name})").scalar():
                self._run(f"TRUNCATE {GRAMS.name}")  # what follows in its transaction need not be logged (wal_level)
        self._run(f"INSERT INTO {GRAMS.name} (gram, case_id) SELECT t.turned, CASE WHEN t.block = 0 THEN b.case_id "
                  f"ELSE {self._moved('b.case_id', DISPUTE, 't.block')} END "
                  "FROM bench_order t CROSS JOIN bench_gram b WHERE b.gram = t.gram "
                  f"AND (t.block = 0 OR ({self._within('b.case_id', DISPUTE)}))")
        self.connection.commit()

    def _run(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement.replace("%", "%%") if not self.is_sqlite else statement)

    # SQL of one table; ``b`` is the row of the first block, ``s`` the series of its case's number

    def _rows(self, table: Table, block: int) -> str:
        made = [self._value(table, column.name, block) for column in table.columns]
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        more = ""
        if source := self._number_source(table):
            more = f" JOIN bench_series s ON s.prefix = substr({source}, 1, {PREFIX})"
        if table is SearchText.__table__:
            more = f" JOIN dispute d ON d.id = b.case_id{more}"
        return (f"INSERT INTO {table.name} ({names}) SELECT {', '.join(made)} FROM {table.name} b{more} "
                f"WHERE {self._is_first(table)}")

    def _is_first(self, table: Table) -> str:
        if table is Stream.__table__:
            return "b.name IN (SELECT 'case:' || number FROM dispute WHERE " + self._within("id", DISPUTE) + ")"
        if table is SearchText.__table__:
            return self._within("b.case_id", DISPUTE)
        return self._within("b.id", table.name)

    def _within(self, column: str, table: str) -> str:
        last, size = self.spans[table]
        return f"{column} > {last - size} AND {column} <= {last}"

    def _moved(self, column: str, table: str, block: int | str) -> str:
        """A key of the first block in a copy: behind the last one taken, block behind block."""
        last, size = self.spans[table]
        return f"{column} + {self.free[table] - last} + {size} * {block}"

    @staticmethod
    def _number_source(table: Table) -> str:
        return {Case.__table__: "b.number", Event.__table__: "substr(b.stream, 6)",
                Stream.__table__: "substr(b.name, 6)", SearchText.__table__: "d.number"}.get(table, "")

    def _number(self, source: str, block: int) -> str:
        n = f"(CAST(substr({source}, {PREFIX + 1}) AS INTEGER) + s.last + s.size * {block - 1})"
        return (f"(substr({source}, 1, {PREFIX}) || CASE WHEN {n} < 1000 THEN substr(CAST(10000 + {n} AS TEXT), 2) "
                f"ELSE CAST({n} AS TEXT) END)")

    def _ordered(self, source: str, block: int) -> str:
        """As numbers.register_order has it."""
        n = f"(CAST(substr({source}, {PREFIX + 1}) AS INTEGER) + s.last + s.size * {block - 1})"
        return f"(substr({source}, 1, {PREFIX}) || substr(CAST({10 ** numbers.ORDERED} + {n} AS TEXT), 2))"

    def _varied(self, column: str, block: int) -> str:
        if self.is_sqlite:
            return f"turned({column}, {block})"
        return f"translate({column}, '{self.letters.signs}', '{self.letters.turned(block)}')"

    def _value(self, table: Table, name: str, block: int) -> str:
        column = f'b."{name}"'
        key = self._moved("b.case_id" if table is SearchText.__table__ else "b.id", DISPUTE, block)
        special: dict[tuple[Table, str], Callable[[], str]] = {
            (Case.__table__, "number"): lambda: self._number(column, block),
            (Case.__table__, "number_order"): lambda: self._ordered(column, block),
            (Case.__table__, "printed_number"): lambda: f"substr({column}, 1, {PRINTED}) || ({key}) || '号'",
            (Case.__table__, "title"): lambda: self._varied(column, block),
            (Case.__table__, "respondent_title"): lambda: self._varied(column, block),
            (Party.__table__, "name"): lambda: self._varied(column, block),
            (Party.__table__, "phone_index"): lambda: f"substr({column}, 9) || '{block:08x}'",
            (Party.__table__, "identity_index"): lambda: f"substr({column}, 9) || '{block:08x}'",
            (Event.__table__, "stream"): lambda: "'case:' || " + self._number("substr(b.stream, 6)", block),
            (Event.__table__, "data"): lambda: (
                f"replace({column}, substr(b.stream, 6), {self._number('substr(b.stream, 6)', block)})"),
            (Event.__table__, "prev"): lambda: f"substr({column}, 9) || '{block:08x}'",
            (Event.__table__, "hash"): lambda: f"substr({column}, 9) || '{block:08x}'",
            (Stream.__table__, "name"): lambda: "'case:' || " + self._number("substr(b.name, 6)", block),
            (Stream.__table__, "hash"): lambda: f"substr({column}, 9) || '{block:08x}'",
            (SearchText.__table__, "case_id"): lambda: key,
            (SearchText.__table__, "body"): lambda: (
                f"replace(replace({self._varied(column, block)}, d.number, {self._number('d.number', block)}), "
                f"')' || d.id || '号', ')' || ({key}) || '号')"),
        }
        if make := special.get((table, name)):
            return make()
        if name == "id":
            return self._moved(column, table.name, block)
        for foreign in table.columns[name].foreign_keys:
            if foreign.column.table.name in self.spans:
                return self._moved(column, foreign.column.table.name, block)
        return column

    def _turned_token(self, block: int) -> str:
        """Tokens of names turned as the names are; those of telephones are others in each block."""
        return (f"CASE WHEN substr(b.gram, 1, 1) = '#' THEN '#' || substr(b.gram, 10) || '{block:08x}' "
                f"ELSE {self._varied('b.gram', block)} END")


def next_keys(connection: Connection, tables: Sequence[Table]) -> None:
    """Let the database go on counting behind the rows that brought their keys; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        if "id" in table.columns:
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                                       f"(SELECT max(id) FROM {table.name}))")


def tidy(connection: Connection) -> None:
    """What the database would do by itself in time: PostgreSQL reads an index alone only where its pages are swept."""
    connection.commit()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        return
    driver: Any = connection.connection.driver_connection
    driver.autocommit = True
    driver.execute("VACUUM (ANALYZE)")
