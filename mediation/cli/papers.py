"""Papers from the command line: the catalogue, one paper of a case as a Word file, its whole volume as a PDF."""
from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from mediation import settings
from mediation.cli import base
from mediation.extensions import db
from mediation.models import Case
from mediation.papers import codes, word
from mediation.papers.sheet import Sight, fill
from mediation.queries.bodies.coordination import newest_consultation
from mediation.queries.papers import case_papers, letters, wordings
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.papers import catalogue
from mediation.services import journal
from mediation.services.papers import binding

NO_CASE = Text("没有这个案件：{number}", "No such case: {number}")
NO_LETTER = Text("没有这个文号的函，或留存的打不开：{number}", "No such letter, or what was kept is gone: {number}")
NO_KIND = Text("没有这种文书：{kind}；见 flask papers --list", "No such paper: {kind}; see flask papers --list")


@base.plain_command("papers", help="List the catalogue of papers: key, label, whether a case must have it, and when.")
@click.option("--list", "is_listed", is_flag=True, help="list them (the only thing it does)")
@click.option("--json", "is_json", is_flag=True, help="as JSON")
def papers(is_listed: bool, is_json: bool) -> None:
    """The catalogue, in the order of the steps."""
    rows = [{"key": paper.key, "label": paper.title.zh, "must": paper.when == "always",
             "when": catalogue.WHEN[paper.when].zh} for paper in catalogue.WORDED.values()]
    if is_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['key']:<22}{'must' if row['must'] else 'if any':<8}{row['label']}（{row['when']}）")


@base.command("paper", help="Write one paper of a case, or a supervision letter by its number, as a Word file, "
              "without identity numbers.")
@click.argument("number")
@click.argument("kind")
@click.option("-o", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
def paper(number: str, kind: str, out: Path) -> None:
    """A paper as it was issued where it was, else from the facts of today; that it was printed is written down."""
    if kind not in catalogue.WORDED:
        raise Refused([Problem("", NO_KIND.fill(kind=kind))])
    actor = base.operator()
    data = _of_case(_case(number), kind, actor) if kind in catalogue.PRINTABLE else _letter(number, kind)
    journal.log_access(actor, "print", number, kind)
    out.write_bytes(data)
    click.echo(f"{out} ({len(data)})")


def _of_case(case: Case, kind: str, actor: Actor) -> bytes:
    found = replace(case_papers.material(case, actor), find_consultation=lambda: newest_consultation(case))
    if (against := catalogue.closed(kind, found.way)) is not None:
        raise Refused([Problem("", against)])
    row = case_papers.issued(case, kind, case_papers.about(kind, found))
    made = case_papers.kept(row.kept) if row else None
    template = case_papers.kept_template(made.template) if made and made.template else b""
    if made and template:
        return word.put_together(template, made.word[""], codes.png(case))
    return word.fill_in(wordings.held(case.station, kind).template, fill(kind, found, Sight()), {}, codes.png(case))


def _letter(number: str, kind: str) -> bytes:
    """The newest edition of a supervision letter."""
    rows = letters.of_number(kind, number)
    data = letters.file_of(rows[0], rows[0].edition, None) if rows else b""
    if not data:
        raise Refused([Problem("", NO_LETTER.fill(number=number))])
    return data


@base.command("volume", help="Bind the file of a case into one PDF: cover, index, scans with their pages, back.")
@click.argument("number")
@click.option("-o", "--output", "out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="the file to write")
def volume(number: str, out: Path) -> None:
    """The whole volume, on record as taken out; what is missing is said on the other stream."""
    case = _case(number)
    actor, part = base.operator(), out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        made = binding.write(case, settings.files_folder(current_app.config["MEDIATION"]), actor, part)
        journal.log_access(actor, "export", case.number, "volume")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{out}（{made.pages}页）" if made.pages else f"{out}（还没有装订的材料，只有封面、目录、封底）")
    if made.missing:
        click.echo("还缺：" + "、".join(text.zh for text in made.missing), err=True)


def _case(number: str) -> Case:
    """The case with a number; Refused where there is none."""
    case = db.session.scalars(select(Case).where(Case.number == number)).first()
    if case is None:
        raise Refused([Problem("", NO_CASE.fill(number=number))])
    return case
