"""Commands that prove: the journal, the rows, and copies of the database."""
from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from mediation import migrations, settings, vault
from mediation.cli.base import command, need_keys, operator, plain_command, reading_command, today
from mediation.extensions import close_engines, db
from mediation.queries.house import checks, digests
from mediation.rules.language import Problem, Refused
from mediation.services import journal as journal_service
from mediation.services.house import backup as copies
from mediation.services.house import copying, keys, recomputed, rotation


@click.group("journal")
def journal() -> None:
    """The journal: verify and seal it."""


@reading_command("verify", group=journal)
@click.option("--seal", "--anchor", "anchor", default="", help="digest of a seal kept elsewhere; it must be there")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False),
              help="an exported sheet of events instead")
def verify(anchor: str, path: str | None) -> None:
    """Recompute every chain and compare each case's newest digest with its rows, or check an exported sheet."""
    need_keys()
    found = list(digests.verify_file(path)) if path else digests.verify()
    if anchor and not digests.has_seal(anchor):
        found.append(digests.Fault("seal", "留存的封存码已不在库中：库被换成了旧的或改过的",
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


@reading_command("check")
def check() -> None:
    """Every row against the tables; fails on any finding."""
    need_keys()
    found = checks.gone() or [*checks.run(), *recomputed.faults(today())]
    for finding in found:
        click.echo(f"{finding.place}: {finding.zh}", err=True)
    if found:
        raise click.ClickException(f"发现{len(found)}处问题，首处：{found[0].place}")
    click.echo("全部相符。")


@click.group("keys")
def key_file() -> None:
    """The file of keys: check it, copy it, change the keys."""


@reading_command("check", group=key_file)
def check_keys() -> None:
    """Whether the keys are those of the database and open what is sealed in it."""
    need_keys()
    if closed := keys.count_closed(db.session.connection(), vault.current()):
        raise click.ClickException(f"{closed}处密文打不开：数据被改过，先看 flask check")
    click.echo("密钥与数据库相符，密文都打得开。")


@reading_command("copy", group=key_file)
@click.argument("file", type=click.Path(dir_okay=False))
def copy_keys(file: str) -> None:
    """Copy the keys to FILE, for a place apart from database and backups; the copy is read again."""
    need_keys()
    _url, folder = _place()
    keys.copy_to(folder, Path(file))
    click.echo(f"已复制到 {file} 并核对过。请放到别处（如上锁的U盘），不要和备份放在一起。")


@command("rotate", group=key_file, commits=False)
def rotate_keys() -> None:
    """Make new keys and seal everything anew while people work; broken off, it goes on at the next call."""
    need_keys()
    _url, folder = _place()
    done = 0
    for sealed in rotation.rotate(folder, operator()):
        db.session.commit()
        if sealed > done:  # other steps come in between
            click.echo(f"已重新加密{sealed}处", err=True)
        done = sealed
    if closed := keys.count_closed(db.session.connection(), vault.current()):
        raise click.ClickException(f"{closed}处密文打不开：先看 flask check，旧密钥在 keys-before-*.json")
    click.echo(f"已换密钥，{done}处重新加密，都打得开。旧密钥留在 keys-before-*.json，恢复以前的备份要用它，请移到别处；"
               "新的 keys.json 请另存一份（flask keys copy）。")


@command("backup")
@click.argument("file", type=click.Path(dir_okay=False))
def backup(file: str) -> None:
    """Copy database and uploaded files to FILE while in use; the copy is checked before it counts."""
    need_keys()
    url, _folder = _place()
    if Path(file).exists():
        raise Refused([Problem("file", copies.EXISTS)])
    journal_service.seal(operator())
    db.session.commit()
    made = copies.copy_to(url, _files(), Path(file), vault.current())
    journal_service.record(operator(), journal_service.HOUSE, "backed_up", {"sha256": made.sha256})
    click.echo(f"已备份到 {file}：数据库和{made.files}个附件\nsha256 {made.sha256}\n"
               "备份是加密的，没有 keys.json 打不开：请把它另外保存（flask keys copy），不要和备份放在一起。")
    if made.lost:
        db.session.commit()
        raise click.ClickException(f"有{len(made.lost)}个附件在磁盘上找不到或被改过，备份里没有：{'、'.join(made.lost[:5])}")


@plain_command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="do not ask")
def restore(file: str, yes: bool) -> None:
    """Put the backup FILE in the place of database and uploaded files; the present ones are kept beside them."""
    vault.current()
    if not yes:
        click.confirm("用这份备份换下现在的数据库和附件？", abort=True)
    url, _folder = _place()
    db.session.remove()
    close_engines()
    done = copies.put_back(url, _files(), Path(file), vault.current())
    is_older = migrations.current(db.session.connection()) != migrations.head()
    if not is_older:  # an older one takes no entry before init
        journal_service.record(operator(), journal_service.HOUSE, "restored", {"sha256": copies.sha256(Path(file))})
        db.session.commit()
    click.echo(f"已恢复：数据库和{done.files}个附件。" + (f"原来的数据库留在 {done.kept}" if done.kept else ""))
    if is_older:
        click.echo("这份备份比程序旧：请接着运行 init，升级以后再启动。")
    if done.missing:
        raise click.ClickException(f"有{done.missing}个附件不在这份备份里，磁盘上也没有（旧式备份只含数据库）。")


@plain_command("copy")
@click.option("--to", "to_url", required=True, help="address of an empty database, SQLite or PostgreSQL")
@click.option("--folder", default=None, type=click.Path(file_okay=False),
              help="instance folder there, for files and keys (default: the present one)")
def copy(to_url: str, folder: str | None) -> None:
    """Carry everything to another database; broken off, the same command goes on. Stop the servers before."""
    need_keys()
    url, here = _place()
    present = copying.Folders(here, _files())
    there = copying.Folders(Path(folder).resolve(), Path(folder).resolve()) if folder else present
    done = copying.copy_to(url, present, to_url, there,
                           lambda name, rows: click.echo(f"{name} {rows}", err=True))
    click.echo(f"已搬{done.tables}张表{done.rows}行，附件{done.files}个，两边相同。")
    if done.lost:
        click.echo(f"有{len(done.lost)}个附件在原处就找不到或被改过：{'、'.join(done.lost[:5])}", err=True)
    click.echo(f"sha256 {done.digest}")


def _files() -> Path:
    return settings.files_folder(current_app.config["MEDIATION"])


def _place() -> tuple[str, Path]:
    return current_app.config["SQLALCHEMY_DATABASE_URI"], Path(str(current_app.config["MEDIATION"]["INSTANCE"]))
