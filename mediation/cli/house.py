"""Commands that set the house up and serve it."""
from __future__ import annotations

import click
import waitress
from flask import current_app

from mediation import migrations
from mediation.cli.base import command, operator
from mediation.services import setup


@command("init")
def init() -> None:
    """Create or upgrade the database, load calendar and vocabularies; safe to repeat."""
    before, after = migrations.upgrade(str(current_app.config["SQLALCHEMY_DATABASE_URI"]))
    setup.load_calendar(operator())
    click.echo(f"数据库已就绪（{before or '新建'} → {after}）。" if before != after else "数据库已是最新。")


@command("serve")
@click.option("--host", default=None, help="address to listen on")
@click.option("--port", default=None, type=int, help="port to listen on")
def serve(host: str | None, port: int | None) -> None:
    """Serve the application: one process, threads, one writing lock."""
    values = current_app.config["MEDIATION"]
    waitress.serve(current_app._get_current_object(), host=host or values["HOST"], port=port or int(values["PORT"]),
                   threads=int(values["THREADS"]), connection_limit=1000, channel_timeout=30, ident=None)
