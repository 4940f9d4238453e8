"""Writing the sums by station and month anew, and making one row of what several connections added."""
from __future__ import annotations

from collections import defaultdict

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects import postgresql

from mediation.extensions import db
from mediation.queries.figures.month_sums import COLUMNS, KEYS, SUMS, Key, counted


def rebuild() -> int:
    """From the cases; gives how many rows there are. On PostgreSQL whoever changes a case waits for the commit."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE month_sum IN EXCLUSIVE MODE"))
    sums = counted()
    db.session.execute(delete(SUMS))
    if sums:
        db.session.execute(insert(SUMS), [{**dict(zip(KEYS, key, strict=True)), "writer": 0, **row}
                                          for key, row in sums.items()])
    return len(sums)


def fold() -> int:
    """Make one row of what several connections added to a sum; gives how many are gone. Rows of whoever is writing just
    now are left for the next time, so that nobody waits for another; SQLite has one row of each."""
    if db.engine.dialect.name != "postgresql":
        return 0
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    free = select(SUMS).where(SUMS.c.writer != 0).with_for_update(skip_locked=True)
    gone = db.session.execute(free).mappings().all()
    for row in gone:
        key = tuple(row[name] for name in KEYS)
        for name in COLUMNS:
            sums[key][name] += row[name]
        db.session.execute(delete(SUMS).where(SUMS.c.writer == row["writer"], *(
            SUMS.c[name] == row[name] for name in KEYS)))
    for key, found in sorted(sums.items()):
        added = postgresql.insert(SUMS).values(**dict(zip(KEYS, key, strict=True)), writer=0, **found)
        db.session.execute(added.on_conflict_do_update(index_elements=[*KEYS, "writer"], set_={
            name: SUMS.c[name] + added.excluded[name] for name in COLUMNS}))
    return len(gone)
