"""What every command needs: an actor, one commit, errors as one clear sentence."""
from __future__ import annotations

import functools
import getpass
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from mediation.extensions import db
from mediation.rules.access import Actor
from mediation.rules.language import Refused
from mediation.services import accounts


def today() -> date:
    fixed = current_app.config["MEDIATION"]["TODAY"]
    return date.fromisoformat(str(fixed)) if fixed else datetime.now(ZoneInfo("Asia/Shanghai")).date()


def operator() -> Actor:
    """The actor of this command, named after the operator of the machine."""
    return accounts.operator(getpass.getuser(), datetime.now(UTC), today())


def command(name: str, **settings) -> Callable:
    """A command that commits once when it succeeds and says one sentence when it does not."""
    def wrap(function: Callable) -> click.Command:
        @functools.wraps(function)
        def run(*args, **kwargs):
            try:
                function(*args, **kwargs)
                db.session.commit()
            except Refused as refusal:
                raise click.ClickException("；".join(p.text.zh for p in refusal.problems)) from refusal
            except OperationalError as error:
                raise click.ClickException(f"数据库打不开或还没有建好（先运行 init）：{error.orig}") from error
        return click.command(name, **settings)(with_appcontext(run))
    return wrap
