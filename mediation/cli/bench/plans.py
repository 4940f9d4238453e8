"""How the database goes about a statement, and which tables it reads from end to end."""
from __future__ import annotations

import json
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
SCANNED = re.compile(r"^SCAN (\w+)")


class Said(NamedTuple):
    """A statement as it went to the driver, with its values."""

    statement: str
    values: Any


class Step(NamedTuple):
    """A step of a plan; ``table`` is read from end to end by it, by ``index`` where it names one; '' where none is.

    ``is_walk``: in the order of an index and left after a page's rows.
    """

    words: str
    table: str = ""
    index: str = ""
    is_walk: bool = False


@contextmanager
def heard() -> Iterator[list[Said]]:
    """What any engine of this process reads meanwhile."""
    said: list[Said] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, _context: object,
             is_many: bool) -> None:
        if statement.lstrip().upper().startswith(READING) and not is_many:
            said.append(Said(statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan(connection: Connection, said: Said) -> list[Step]:
    """The steps of a statement; those that read a table or an index from end to end name it."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said.statement}", said.values)
        return _sqlite_steps([(int(row[0]), int(row[1]), str(row[3])) for row in rows], said.statement)
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {said.statement}", said.values).scalar()
    made = json.loads(found) if isinstance(found, str) else found
    return list(_postgresql_steps(made[0]["Plan"], False))


def _sqlite_steps(rows: list[tuple[int, int, str]], statement: str) -> list[Step]:
    """``rows``: id, parent and words of each step. With a limit and nothing sorted, a walk may end early."""
    names = {alias: table for table, alias in re.findall(r"(?:FROM|JOIN|,)\s+\(*(\w+) AS (\w+)", statement)}
    sorted_in = {parent for _key, parent, words in rows if words.startswith("USE TEMP B-TREE")}
    has_limit = "LIMIT" in statement.upper()
    steps = []
    for _key, parent, words in rows:
        found = SCANNED.match(words)
        index = re.search(r"INDEX (\w+)", words)
        name = names.get(found[1], found[1]) if found else ""
        steps.append(Step(words, name, index[1] if index else "", has_limit and parent not in sorted_in))
    return steps


def _postgresql_steps(node: dict[str, Any], is_limited: bool) -> Iterator[Step]:
    kind, table = str(node["Node Type"]), str(node.get("Relation Name", ""))
    is_whole = kind == "Seq Scan" or (kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node)
    words = " ".join(str(part) for part in (kind, node.get("Index Name"), table, node.get("Index Cond")) if part)
    yield Step(words, table if is_whole else "", str(node.get("Index Name", "")), is_limited)
    passes_on = kind not in ("Sort", "Aggregate", "Hash", "HashAggregate", "Materialize")
    for child in node.get("Plans", ()):
        yield from _postgresql_steps(child, kind == "Limit" or (is_limited and passes_on))
