"""The counts of open cases made anew; otherwise the database keeps them itself (queries/desk/tallies.py)."""
from __future__ import annotations

from sqlalchemy import delete, insert

from mediation.extensions import db
from mediation.models import OpenTally
from mediation.queries.desk import tallies

NAMES = ("station_id", "span", "day_on", "handler_id", "kind", "union_id")


def keep_all() -> None:
    """Count every open case."""
    found = tallies.expected()
    connection = db.session.connection()
    connection.execute(delete(OpenTally.__table__))
    if found:
        connection.execute(insert(OpenTally.__table__), [
            {**dict(zip(NAMES, key, strict=True)), "cases": cases} for key, cases in found.items()])
