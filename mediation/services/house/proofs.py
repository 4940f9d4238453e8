"""Digests of the house's rows, written with the commit that changes them; no writer has to think of it."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import event
from sqlalchemy.orm import Session

from mediation.extensions import TwoEngines, db
from mediation.queries.house import proofs as queries
from mediation.rules.access import Actor
from mediation.services import journal

MOST = 100  # rows that one event tells of


@event.listens_for(TwoEngines, "before_commit")
def _committing(session: Session) -> None:
    """One event with the digests of all rows of the house that the transaction has written."""
    if session.in_nested_transaction():
        return  # what a savepoint wrote is told by the transaction around it
    session.flush()
    found = queries.pending(session)
    if found:
        keep(found)
    session.info.pop(queries.PENDING, None)


def keep(found: set[queries.Key]) -> None:
    """Write the digests of rows as they stand now."""
    by_table: dict[str, set[str]] = defaultdict(set)
    for name, key in found:
        by_table[name].add(key)
    digests: dict[str, str] = {f"{name}:{key}": "" for name, key in sorted(found)}
    for name, keys in by_table.items():
        digests |= {f"{name}:{key}": _digest(name, key, values) for key, values in queries.rows(name, keys)}
    _tell(iter(digests.items()))


def _digest(name: str, key: str, values: Mapping[str, object] | None) -> str:
    return "" if values is None else queries.digest_of(name, key, values)


def _tell(digests: Iterator[tuple[str, str]]) -> None:
    while block := dict(islice(digests, MOST)):
        journal.append(journal.Told(datetime.now(UTC), None, ""), queries.STREAM, "rows_kept", {"rows": block})


def adopt(actor: Actor, again: bool = False) -> None:
    """Bring the rows of tables that are new to this database under digests; tables that are under them stay as they
    are, so that what was changed in them behind the journal's back remains to be found. ``again``: all tables, after
    rows were written in bulk."""
    db.session.flush()
    new = [name for name in queries.KEPT if again or name not in queries.adopted()]
    if not new:
        return
    _tell((f"{name}:{key}", _digest(name, key, values)) for name in new for key, values in queries.rows(name))
    journal.record(actor, queries.STREAM, "tables_kept", {"tables": new})
