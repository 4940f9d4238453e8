"""How the database goes about a statement, and which tables it reads from end to end."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event

# Tables that grow with the cases or with what is done in them; stations, accounts, words of law and the like do not.
GROWING = frozenset("""access_log aftercare agreement agreement_item attachment case_fact case_link case_member claim
    clock_change commission commission_event consent consultation_case contact correction dispute draft employer event
    explanation external_number finding hearing instalment instalment_share interruption login_session note paper party
    payment payment_share scope_check search_gram search_text search_words side_procedure stream submit_token
    supervision visit""".split())
READING = ("SELECT", "WITH")
SCANNED = re.compile(r"^SCAN (?:TABLE )?(\w+)(?: AS (\w+))?(.*)$")
SEQUENCE = re.compile(r"Seq Scan on (\w+)")


class Said(NamedTuple):
    """A statement as it went to the driver, with its values."""

    statement: str
    values: Any


class Step(NamedTuple):
    """A step of a plan; ``table`` is read from end to end by it, by ``index`` where it names one; '' where none is."""

    words: str
    table: str = ""
    index: str = ""


@contextmanager
def heard() -> Iterator[list[Said]]:
    """What any engine of this process reads meanwhile."""
    said: list[Said] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, _context: object, is_many: bool) -> None:
        if statement.lstrip().upper().startswith(READING) and not is_many:
            said.append(Said(statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan(connection: Connection, said: Said) -> list[Step]:
    """The steps of a statement; those that no index serves name their table."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said.statement}", said.values)
        names = _tables(said.statement)
        return [_sqlite_step(str(row[3]), names) for row in rows]
    rows = connection.exec_driver_sql(f"EXPLAIN {said.statement}", said.values)
    return [_postgresql_step(str(row[0])) for row in rows]


def _tables(statement: str) -> dict[str, str]:
    """Tables by the other names that a statement gives them."""
    return {alias: table for table, alias in re.findall(r"(?:FROM|JOIN|,)\s+\(?(\w+) AS (\w+)", statement)}


def _sqlite_step(words: str, names: dict[str, str]) -> Step:
    found = SCANNED.match(words)
    if not found:
        return Step(words)
    index = re.search(r"INDEX (\w+)", found[3])
    return Step(words, names.get(found[1], found[1]), index[1] if index else "")


def _postgresql_step(words: str) -> Step:
    found = SEQUENCE.search(words)
    return Step(words.strip(), found[1]) if found else Step(words.strip())
