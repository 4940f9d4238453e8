"""The command that writes a sheet of the ledger to a file."""
from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from mediation import sheets
from mediation.cli.base import plain_command
from mediation.cli.figures.report import reader
from mediation.extensions import db
from mediation.queries.ledger import export as queries
from mediation.queries.ledger import selection as selections
from mediation.queries.ledger.export import Export
from mediation.rules.ledger import BY, SHEETS
from mediation.services import ledger as service
from mediation.services.ledger import Result

BLOCK = 1 << 20


@plain_command("export")
@click.option("--sheet", type=click.Choice(list(SHEETS)), required=True, help="which sheet")
@click.option("--format", "form", type=click.Choice(service.FORMS), default="csv", help="default: csv")
@click.option("--from", "first", default="", help="first day, YYYY-MM-DD")
@click.option("--to", "last", default="", help="last day, YYYY-MM-DD")
@click.option("--period", default="", help="2026, 2026Q3, 2026-03 or union-2026, instead of two days")
@click.option("--by", type=click.Choice(list(BY)), default="accepted", help="the day meant; default: accepted")
@click.option("--station", multiple=True, help="code of a station, with all below it; may be repeated")
@click.option("--channel", default="", help="A to H")
@click.option("--outcome", default="", help="a code such as AGREED")
@click.option("--kind", default="", help="main head of claim, such as wages")
@click.option("--columns", default="", help="keys of columns with commas; default: all")
@click.option("--keys", is_flag=True, help="column keys, codes and fen instead of Chinese headings, words and yuan")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="the file to write")
def export(sheet: str, form: str, first: str, last: str, output: str, **given: object) -> None:
    """Write a sheet of the ledger to a file: one consistent moment, numbers masked, on record."""
    actor = reader()
    selection = selections.read({**given, "sheet": sheet, "from": first, "to": last})
    row = service.begin(selection, form, actor)
    run_id = row.id
    db.session.commit()
    values = current_app.config["MEDIATION"]
    made = queries.open_export(selection, actor, Path(str(values["INSTANCE"])) / "tmp")
    try:
        _write(made, form, Path(output))
    finally:
        made.close()
    service.finish(run_id, Result(made.rows, len(selection.columns), made.tally.file.hexdigest(),
                                  made.tally.rows_digest.hexdigest()), actor, datetime.now(UTC))
    db.session.commit()
    click.echo(f"已导出{made.rows}行到 {output}\nsha256 {made.tally.file.hexdigest()}", err=True)


def _write(made: Export, form: str, target: Path) -> None:
    """Into a file of another name first: a broken-off one never stands under the name that was asked for."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with _bar(made) as bar:
            made.watch = bar.update if bar is not None else None
            (_write_csv if form == "csv" else _write_xlsx)(made, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if made.selection.sheet.key == "events":
        (target.parent / "checker.py").write_bytes((sheets.DATA / "checker.py").read_bytes())


def _bar(made: Export):
    """A bar that counts rows, where somebody watches."""
    if not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=made.count, label=made.selection.sheet.label.zh, file=sys.stderr)


def _write_csv(made: Export, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(made.csv())


def _write_xlsx(made: Export, path: Path) -> None:
    made.write_xlsx(path)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            made.tally.file.update(block)
