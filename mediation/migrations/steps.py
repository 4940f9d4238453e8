"""Alembic at work. It is loaded for an upgrade alone, as a server has no use for its 10 MB."""
from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def config(folder: Path) -> Config:
    found = Config()
    found.set_main_option("script_location", str(folder))
    return found


def upgrade(connection: Connection, folder: Path) -> None:
    """Every step that the database lacks, in the transaction of the connection."""
    settings = config(folder)
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
