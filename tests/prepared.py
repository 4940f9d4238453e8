"""What many tests begin with is stored once in a run and copied after that.

``once(app, fill, …)`` gives what ``fill(app, …)`` gives, with the rows and files that it leaves; ``kept`` makes the same
of a fixture whose only argument is ``app``. What ``fill`` gives has to be plain (numbers, addresses), its rows committed.
"""
from __future__ import annotations

import copy
import functools
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

from flask import Flask, has_app_context
from sqlalchemy import URL, Engine, event

from mediation.extensions import close_engines, db
from tests import servers

WRITES = ("INSERT", "UPDATE", "DELETE")
OWN = ("INSTANCE", "DATABASE_URL")  # settings that differ from test to test and change no row


class Copy(NamedTuple):
    """A house as a filling left it: what it gave, its folder, and the name of its database where that is no file."""

    value: object
    folder: Path
    database: str


_written: set[str] = set()  # databases that were written to since ``is_fresh_again``
_copies: dict[str, Copy] = {}
_numbers = count()


@event.listens_for(Engine, "before_cursor_execute")
def _note_writing(connection, _cursor, statement, *_rest) -> None:
    if statement.lstrip()[:6].upper() in WRITES:
        _written.add(str(connection.engine.url))


def is_fresh_again() -> None:
    """The next test begins with a fresh copy of the house."""
    _written.clear()


def once(app: Flask, fill: Callable, *words: object, **values: object):
    """Fill a house in which nothing was written yet by a copy; another, or one with open rows, by filling it."""
    with app.app_context():
        url = db.engine.url
    if str(url) in _written:
        return fill(app, *words, **values)
    if has_app_context():
        db.session.remove()
    settings = {name: value for name, value in app.config["MEDIATION"].items() if name not in OWN}
    key = repr((url.get_backend_name(), fill.__module__, fill.__qualname__, words, sorted(values.items()), sorted(settings.items())))
    if key in _copies:
        _bring_back(app, url, _copies[key])
    else:
        _copies[key] = _keep(app, url, fill(app, *words, **values))
    _written.add(str(url))
    return copy.deepcopy(_copies[key].value)


def kept(fill: Callable) -> Callable:
    """A fixture's function that fills the house through ``once``."""
    @functools.wraps(fill)
    def prepare(app: Flask):
        return once(app, fill)

    return prepare


def _keep(app: Flask, url: URL, value: object) -> Copy:
    """Copy the house as it is; ``value`` is what its filling gave."""
    _let_go(app)
    number = next(_numbers)
    here = Path(str(app.config["MEDIATION"]["INSTANCE"]))
    folder = here.parent / f"kept-{url.get_backend_name()}-{number}"
    shutil.copytree(here, folder)
    database = "" if url.get_backend_name() == "sqlite" else f"kept_{number}"
    if database:
        servers.copy_database(url, database, str(url.database))
    return Copy(value, folder, database)


def _bring_back(app: Flask, url: URL, kept: Copy) -> None:
    _let_go(app)
    here = Path(str(app.config["MEDIATION"]["INSTANCE"]))
    shutil.rmtree(here)
    shutil.copytree(kept.folder, here)
    if kept.database:
        servers.copy_database(url, str(url.database), kept.database, replaces=True)


def _let_go(app: Flask) -> None:
    """Close the connections to the database, which is about to be copied or replaced."""
    with app.app_context():
        db.session.remove()
        close_engines()
