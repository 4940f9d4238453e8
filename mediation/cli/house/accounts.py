"""Commands about accounts."""
from __future__ import annotations

import click
from sqlalchemy import select

from mediation.cli.base import command, operator
from mediation.extensions import db
from mediation.models import Agency, Station
from mediation.rules import words
from mediation.services.house import accounts


@click.group("user")
def user() -> None:
    """Accounts."""


@command("add", group=user)
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(list(words.ROLES)), help="the account's one role")
@click.option("--station", default=None, help="code of its station; default: the topmost")
@click.option("--agency", default=None, help="code of its body, for a liaison")
@click.option("--full-name", default=None, help="name shown on the pages; default: NAME")
@click.option("--password", prompt=False, default="", help="default: a one-time password is printed")
def add(name: str, role: str, station: str | None, agency: str | None, full_name: str | None, password: str) -> None:
    """Create an account; the password printed works once and within 24 hours."""
    place = _station(station)
    body = _agency(place, agency) if agency else None
    if role == "liaison" and body is None:
        raise click.ClickException("联络员要写明单位：--agency")
    row, secret = accounts.create(operator(), name, full_name or name, role, place, body.id if body else None, password)
    row.confirmed_at = row.password_set_at
    click.echo(f"账号 {name}（{words.ROLES[role].zh}，{place.name}）")
    if not password:
        click.echo(f"password: {secret}")


def _station(code: str | None) -> Station:
    rows = select(Station).order_by(Station.path)
    row = db.session.scalars(rows.where(Station.code == code) if code else rows).first()
    if row is None:
        raise click.ClickException(f"没有站点 {code}" if code else "还没有站点，先运行 init")
    return row


def _agency(station: Station, code: str) -> Agency:
    row = db.session.scalar(select(Agency).where(Agency.union_id == station.union_id, Agency.code == code))
    if row is None:
        raise click.ClickException(f"{station.name}没有成员单位 {code}")
    return row
