"""The command that binds the file of a case into one PDF."""
from __future__ import annotations

import os
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from mediation.cli import base
from mediation.extensions import db
from mediation.models import Case
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.papers import binding

NO_CASE = Text("没有这个案件：{number}", "No such case: {number}")


@base.command("volume", help="Bind the file of a case into one PDF: cover, index, scans with their pages, back.")
@click.argument("number")
@click.option("-o", "--output", "out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="the file to write")
def volume(number: str, out: Path) -> None:
    """The whole volume, on record as taken out; what is missing is said on the other stream."""
    case = db.session.scalars(select(Case).where(Case.number == number)).first()
    if case is None:
        raise Refused([Problem("", NO_CASE.fill(number=number))])
    actor, part = base.operator(), out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        made = binding.write(case, Path(str(current_app.config["MEDIATION"]["INSTANCE"])), actor, part)
        journal.log_access(actor, "export", case.number, "volume")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{out}（{made.pages}页）")
    if made.missing:
        click.echo("还缺：" + "、".join(text.zh for text in made.missing), err=True)
