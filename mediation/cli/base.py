"""What every command needs: an actor, one commit, errors as one clear sentence."""
from __future__ import annotations

import functools
import getpass
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from mediation import vault
from mediation.extensions import cause, db, reading_engine
from mediation.migrations import NewerSchema, against, current, is_known
from mediation.queries.ledger import snapshots
from mediation.rules import journal
from mediation.rules.access import Actor
from mediation.rules.house import failures
from mediation.rules.language import Refused
from mediation.services.house import accounts
from mediation.vault import WrongKey


def today() -> date:
    """The business date, or the one set for a demonstration."""
    fixed = current_app.config["MEDIATION"]["TODAY"]
    return date.fromisoformat(str(fixed)) if fixed else datetime.now(ZoneInfo("Asia/Shanghai")).date()


def operator() -> Actor:
    """The actor of this command, named after the operator of the machine."""
    made = accounts.operator(getpass.getuser(), datetime.now(UTC), today())
    return replace(made, address=journal.CONSOLE, request_id=_number())


def _number() -> str:
    """The number of this command, as a request has one: the same for all that it does."""
    context = click.get_current_context(silent=True)
    number = secrets.token_hex(5)
    return number if context is None else str(context.find_root().meta.setdefault("mediation.number", number))


def command(name: str, group: click.Group | None = None, commits: bool = True, reads: bool = False,
            **settings) -> Callable:
    """A command that commits once when it succeeds and says one sentence when it does not."""
    def wrap(function: Callable) -> click.Command:
        @functools.wraps(function)
        def run(*args, **kwargs):
            with sentences(), _one_moment() if reads else nullcontext():
                function(*args, **kwargs)
                if commits:
                    _need_known(db.session.connection())
                    db.session.commit()
        made = click.command(name, **settings)(with_appcontext(run))
        if group is not None:
            group.add_command(made)
        return made
    return wrap


def _one_moment() -> AbstractContextManager[None]:
    return snapshots.read_one_moment(Path(str(current_app.config["MEDIATION"]["INSTANCE"])) / "tmp")


def plain_command(name: str, **settings) -> Callable:
    """A command that changes nothing through the session."""
    return command(name, commits=False, **settings)


def reading_command(name: str, group: click.Group | None = None, **settings) -> Callable:
    """A command that only reads, of one moment, and holds up nobody who writes meanwhile."""
    return command(name, group, commits=False, reads=True, **settings)


def need_keys() -> None:
    """Refuse a command without the keys of its database, or with a newer one, before it has done anything."""
    vault.current()
    with reading_engine().connect() as connection:
        _need_known(connection)


def _need_known(connection: Connection) -> None:
    """What a newer program keeps this one can neither judge nor add to."""
    if not is_known(found := current(connection)):
        raise NewerSchema(f"{against(found)}；{failures.NOTHING.zh}。")


class sentences:
    """Turn what can go wrong at the keyboard into one sentence and a non-zero exit."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> bool:
        if isinstance(error, Refused):
            raise click.ClickException("；".join(p.text.zh for p in error.problems)) from error
        if isinstance(error, DatabaseError) and (said := _of_database(error)):
            raise click.ClickException(said) from error
        if isinstance(error, FileNotFoundError):
            raise click.ClickException(f"没有这个文件或文件夹：{error.filename}") from error
        if isinstance(error, OSError) and (of_disk := failures.of_system(error.errno)):
            raise click.ClickException(f"{of_disk.zh}（{error.filename or error.strerror}）。") from error
        if isinstance(error, (NewerSchema, WrongKey)):
            raise click.ClickException(str(error)) from error
        return False


def _of_database(error: DatabaseError) -> str:
    """What keeps the database from answering, with what the driver says of it; '' for a fault of the program, which is
    shown as one."""
    said = cause(error)
    if said is failures.OUTDATED and _is_empty():
        said = failures.UNMADE
    return "" if said is None else f"{said.zh}（{_reason(error)}）。"


def _is_empty() -> bool:
    """Whether nobody has made a database here yet."""
    with reading_engine().connect() as connection:
        return not current(connection)


def _reason(error: DatabaseError) -> str:
    """What the driver says, without the lines in which it quotes the statement."""
    return next(iter(str(error.orig).splitlines()), "")
