"""Signed monthly sums: written for the office above, and read from those below."""
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from mediation.cli.base import command, operator, reading_command
from mediation.cli.figures.report import reader
from mediation.extensions import db
from mediation.models import Seal
from mediation.queries.figures import reckoning
from mediation.rules.figures import catalogue
from mediation.services import journal
from mediation.services.figures import sums as service

PUBLISHED = [key for key, row in catalogue.FIGURES.items() if row.group == "published"]


@click.group("sums")
def sums() -> None:
    """Signed monthly sums of this office, and those of others whose key was confirmed."""


@reading_command("write", group=sums)
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--month", required=True, help="as 2026-10")
@click.option("--office", required=True, help="name of this office, as those above know it")
@click.option("--station", default="", help="code of a station, with all below it; default: everything")
def write(file: str, month: str, office: str, station: str) -> None:
    """Write the published figures of a month, signed: no case and no person."""
    made = reckoning.indicators(reader(), month, station, chosen=PUBLISHED)
    seal = db.session.scalar(select(Seal.hash).order_by(Seal.id.desc()).limit(1)) or ""
    Path(file).write_text(service.write(_folder(), made, office, seal, datetime.now(UTC)), encoding="utf-8")
    click.echo(f"已写{file}。请把指纹告诉上级：{service.fingerprint(_folder())}")


@command("confirm", group=sums)
@click.argument("fingerprint")
@click.option("--office", required=True, help="whose key it is, as asked by another way")
def confirm(fingerprint: str, office: str) -> None:
    """Say that a person has compared this fingerprint with the office."""
    service.confirm(_folder(), fingerprint, office)
    journal.record(operator(), journal.HOUSE, "setting_changed", {"name": f"sums key {fingerprint[:16]} {office}"[:60]})
    click.echo(f"已确认{office}的密钥。")


@command("read", group=sums)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
def read(files: tuple[str, ...]) -> None:
    """Take in the sums of other offices; a wrong signature or a key that nobody confirmed is refused."""
    for file in files:
        found = service.keep(_folder(), Path(file).read_text(encoding="utf-8", errors="replace"))
        journal.record(operator(), journal.HOUSE, "setting_changed", {
            "name": f"sums {found.month} {found.digest[:16]}"})
        click.echo(f"已收{found.office}{found.month}的汇总，sha256 {found.digest}")


@reading_command("show", group=sums)
@click.option("--month", required=True, help="as 2026-10")
def show(month: str) -> None:
    """Own figures of a month, those of each office beside them with the key that signed them, and all together."""
    made = reckoning.indicators(reader(), month, chosen=PUBLISHED)
    own = service.parts_of(made)
    others = service.kept(_folder(), made.period.code)
    for key, part in own.items():
        told = [(one, one.figures[key]) for one in others if key in one.figures]
        whole = service.add_up([part, *(there for _one, there in told)])
        click.echo(f"{part.label}\n  本单位 {service.say(part)}")
        for one, there in told:
            click.echo(f"  {one.office} {service.say(there)}  密钥 {one.key[:16]} 文件 {one.digest[:16]}")
        click.echo(f"  合计 {service.say(whole)}" if whole else "  货币不同，不相加")


def _folder() -> Path:
    return Path(str(current_app.config["MEDIATION"]["INSTANCE"]))
