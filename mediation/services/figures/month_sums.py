"""Writing the sums by station and month anew, and making one row of what several connections added."""
from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, Table, and_, delete, insert, select, text
from sqlalchemy.dialects import postgresql

from mediation.extensions import db
from mediation.queries.figures.month_counts import TABLES, Key, columns_of, counted, keys_of


def rebuild() -> int:
    """From the cases; gives how many rows there are. On PostgreSQL whoever changes a case waits for the commit."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"LOCK TABLE {', '.join(table.name for table in TABLES)} IN EXCLUSIVE MODE"))
    sums = counted()
    for table in TABLES:
        db.session.execute(delete(table))
        nothing = dict.fromkeys(columns_of(table), 0)
        rows = [{**dict(zip(keys_of(table), key, strict=True)), "writer": 0, **nothing, **row}
                for key, row in sums[table.name].items()]
        if rows:
            db.session.execute(insert(table), rows)
    return sum(map(len, sums.values()))


def fold() -> int:
    """Make one row of what several connections added to a sum, and take those away that have come to nothing; gives
    how many are gone. Rows of whoever is writing just now are left for the next time, so that nobody waits for another;
    SQLite has one row of each."""
    return sum(map(_fold, TABLES))


def _fold(table: Table) -> int:
    names, columns = keys_of(table), columns_of(table)
    is_nothing = and_(*(table.c[name] == 0 for name in columns))
    if db.engine.dialect.name != "postgresql":
        return _taken_away(table, is_nothing)
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(columns, 0))
    free = select(table).where(table.c.writer != 0).with_for_update(skip_locked=True)
    gone = db.session.execute(free).mappings().all()
    for row in gone:
        key = tuple(row[name] for name in names)
        for name in columns:
            sums[key][name] += row[name]
        db.session.execute(delete(table).where(table.c.writer == row["writer"], *(
            table.c[name] == row[name] for name in names)))
    for key, found in sorted(sums.items()):
        added = postgresql.insert(table).values(**dict(zip(names, key, strict=True)), writer=0, **found)
        db.session.execute(added.on_conflict_do_update(index_elements=[*names, "writer"], set_={
            name: table.c[name] + added.excluded[name] for name in columns}))
    return len(gone) + _taken_away(table, and_(table.c.writer == 0, is_nothing))


def _taken_away(table: Table, where: ColumnElement[bool]) -> int:
    return db.session.connection().execute(delete(table).where(where)).rowcount
