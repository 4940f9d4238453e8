"""Whether this server can do its work just now."""
from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from mediation import postgresql
from mediation.extensions import db

SOON = 2.0  # seconds: who asks wants to know it now


def is_writable() -> bool:
    """Whether the database takes writing at this moment; nothing is written."""
    try:
        with postgresql.patience(SOON), db.engine.begin() as connection:
            return connection.dialect.name == "sqlite" or postgresql.is_writable(connection)
    except DBAPIError:
        return False
