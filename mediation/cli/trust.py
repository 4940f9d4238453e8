"""Commands that prove: the journal, the rows, and copies of the database."""
from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from mediation.cli.base import command, operator, plain_command
from mediation.queries import checks, digests
from mediation.services import backup as copies
from mediation.services import journal as journal_service


@click.group("journal")
def journal() -> None:
    """The journal: verify and seal it."""


@command("verify", group=journal)
@click.option("--anchor", default="", help="digest of a seal kept elsewhere: it must still be there")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False),
              help="an exported sheet of events instead")
def verify(anchor: str, path: str | None) -> None:
    """Recompute every chain and compare each case's newest digest with its rows, or check an exported sheet."""
    found = list(digests.verify_file(path)) if path else digests.verify()
    if anchor and not digests.has_seal(anchor):
        found.append(digests.Finding("seal", "留存的封存码已不在库中：库被换成了旧的或改过的",
                                     "the seal kept elsewhere is gone: an old or altered database was put back"))
    for finding in found:
        click.echo(f"{finding.place}: {finding.zh}", err=True)
    if found:
        raise click.ClickException(f"发现{len(found)}处不符，首处：{found[0].place}")
    click.echo("文件完整，每条都在库中。" if path else "经过完整，案件数据与记录相符。")


@command("seal", group=journal)
def seal() -> None:
    """Chain everything since the last seal and print its digest, to be kept outside this machine."""
    made = journal_service.seal(operator())
    click.echo(f"{made.id} {made.hash}" if made else "没有新的记录要封存。")


@command("check")
def check() -> None:
    """Every row against the tables; fails on any finding."""
    found = checks.run()
    for finding in found:
        click.echo(f"{finding.place}: {finding.zh}", err=True)
    if found:
        raise click.ClickException(f"发现{len(found)}处问题，首处：{found[0].place}")
    click.echo("全部相符。")


@plain_command("backup")
@click.argument("file", type=click.Path(dir_okay=False))
def backup(file: str) -> None:
    """Copy the database to FILE while it is in use; the copy is checked before it counts."""
    digest = copies.copy_to(current_app.config["SQLALCHEMY_DATABASE_URI"], Path(file))
    click.echo(f"已备份到 {file}\nsha256 {digest}\n密钥文件 keys.json 不在备份里，请另外保存。")


@plain_command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="do not ask")
def restore(file: str, yes: bool) -> None:
    """Put the copy FILE in the place of the database; the present one is kept beside it."""
    if not yes:
        click.confirm("用这份备份换下现在的数据库？", abort=True)
    kept = copies.put_back(current_app.config["SQLALCHEMY_DATABASE_URI"], Path(file))
    click.echo(f"已恢复。原来的数据库留在 {kept}" if kept else "已恢复。")
