"""Commands that set the house up and serve it."""
from __future__ import annotations

import contextlib
import ctypes
import gc
import ipaddress
import logging
import os
import socket
import sys
import threading
from pathlib import Path

import click
import waitress
from flask import Flask, current_app
from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.exc import DatabaseError

from mediation import logs, migrations, postgresql, vault
from mediation.cli.base import command, operator, plain_command
from mediation.cli.house import housekeeping
from mediation.extensions import cause, close_engines, db, within
from mediation.models import Station
from mediation.queries.house import upkeep
from mediation.rules.house import failures
from mediation.services import journal
from mediation.services.cases import search
from mediation.services.house import keys, proofs, setup
from mediation.services.money import rests
from mediation.services.papers import waiting
from mediation.sqlite import database_faults

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
DAMAGED = "数据库文件损坏，不再写入。请用 restore 换回最近的备份。"
YOUNG_OBJECTS = 20_000  # made and not let go, until Python looks for what refers to itself
LONGEST_HEADER = 65_536  # bytes before the body of a request: cookies and addresses of ours are far below
TIDY_SECONDS = 60.0
CHECKED_BYTES = 100 * 1024 * 1024  # up to here the whole file is checked before serving


def upgrade() -> tuple[str, str]:
    """Bring the schema of the configured database up to date; the file belongs to its owner only.

    New keys are made for a new database alone; one that exists has to be opened by those that are there. What follows
    the steps of the schema is one transaction with them: whatever fails leaves the database as it was.
    """
    url, path = str(current_app.config["SQLALCHEMY_DATABASE_URI"]), database_file()
    if path is not None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    found = keys.Keeper(str(current_app.config["MEDIATION"]["INSTANCE"]))

    def finish(connection: Connection, before: str) -> None:
        found.bind(connection)
        vault.use(current_app, found.vault)
        with within(connection):
            if before not in ("", migrations.head()):
                journal.rebase(operator())
                waiting.keep_all()
                rests.keep_all()
                search.index_all()
            proofs.adopt(operator())
    return migrations.upgrade(url, found.admit, finish)


@command("init")
@click.option("--union", "code", default=None, help="code of the first union, for example urad-middle")
@click.option("--name", default=None, help="its name, for example 乌拉特中旗总工会")
@click.option("--user", "account", default=None,
              help="PostgreSQL: the account of the servers, if this command runs as the owner of the tables")
def init(code: str | None, name: str | None, account: str | None) -> None:
    """Create or upgrade the database, load calendar and vocabularies; safe to repeat."""
    before, after = upgrade()
    if account:
        admit(account)
    actor = operator()
    setup.load_calendar(actor)
    if code and not db.session.scalar(select(Station.id).where(Station.code == code)):
        union = setup.save_station(actor, code, name or code, "union")
        setup.save_station(actor, f"{code}-practice", "工会实践站", "practice_station", union, short_name="实践站")
        click.echo(f"已建立{union.name}和它的实践站（{code}-practice）。")
    click.echo(f"数据库已就绪（{before or '新建'} → {after}）。" if before != after else "数据库已是最新。")
    if not db.session.scalar(select(func.count()).select_from(Station)):
        click.echo("下一步：init --union 代码 --name 名称，再 user add 名字 --role admin。")


def admit(account: str) -> None:
    """Let another account of PostgreSQL read and write the rows, and change no table."""
    if database_file() is not None:
        raise click.ClickException("--user 只用于 PostgreSQL。")
    connection = db.session.connection()
    if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": account}).first():
        raise click.ClickException(f"数据库里没有账号{account}：先用 CREATE ROLE 建它。")
    for line in postgresql.grants(connection, account, migrations.APPEND_ONLY):
        connection.exec_driver_sql(line)
    click.echo(f"{account}可以读写数据，不能改表和触发器。")


@plain_command("serve")
@click.option("--host", default=None, help="address to listen on")
@click.option("--port", default=None, type=int, help="port to listen on")
def serve(host: str | None, port: int | None) -> None:
    """Serve the application: one process, threads, one writing lock."""
    values = current_app.config["MEDIATION"]
    run_server(current_app._get_current_object(), host or str(values["HOST"]), port or int(values["PORT"]))


def run_server(app: Flask, host: str, port: int) -> None:
    """Check what must hold, then serve until stopped."""
    values = app.config["MEDIATION"]
    if not (is_loopback(host) or values["PLAIN_HTTP"] or values["TRUSTED_PROXY"]):
        raise click.ClickException(
            "向本机以外提供服务须有 TLS：放在反向代理之后并设 MEDIATION_TRUSTED_PROXY，"
            "或设 MEDIATION_PLAIN_HTTP=1 表示知道不加密。")
    check_start()
    logging.captureWarnings(True)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        click.echo("提示：正以 root 运行；长期使用请用单独的系统用户。", err=True)
    _return_memory()
    if not database_file() and postgresql.owns_tables(db.session.connection()):
        click.echo("提示：程序的数据库账号就是表的主人，可以拆掉防改的触发器；请用另一个账号建表，见 init --user。", err=True)
    db.session.remove()
    close_engines()
    try:
        server = waitress.create_server(
            app, host=host, port=port, threads=int(values["THREADS"]), connection_limit=1000, channel_timeout=30,
            max_request_header_size=LONGEST_HEADER, ident=None, **proxy(str(values["TRUSTED_PROXY"])))
    except OSError as error:
        raise click.ClickException(f"{host}:{port} 不能监听（{error.strerror}），换一个端口：--port") from error
    for name in _addresses(host):
        click.echo(f"http://{name}:{server.effective_port}/")
    click.echo("停止：Ctrl+C")
    sys.stdout.flush()
    with contextlib.suppress(OSError):  # where no log can be written the server serves all the same
        logs.keep(Path(str(values["INSTANCE"])) / "logs")
    logging.getLogger("mediation").info("serving on port %s", server.effective_port)
    stop = housekeeping.start(app)
    threading.Thread(target=_tidy, args=(stop,), name="memory", daemon=True).start()
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
    finally:
        stop.set()


def _tidy(stop: threading.Event) -> None:
    """Each minute collect what refers to itself, and give the system back what the allocator holds free.

    What was loaded before serving stays, and is not gone through each time.
    """
    collect_seldom()
    while not stop.wait(TIDY_SECONDS):
        gc.collect()
        with contextlib.suppress(OSError, AttributeError):  # an allocator that does this by itself, or not at all
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def collect_seldom() -> None:
    """Leave what is loaded alone for good, and look for what refers to itself once in a page or two.

    By itself Python looks each time that 700 objects more have been made than were let go, some thirty times in a page;
    nearly all of them are let go at its end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _return_memory() -> None:
    """Let the allocator of glibc give large blocks back at once, and keep one store for all threads.

    By default it raises the size from which it does after the first hash of a password (19 MiB), and keeps up to eight
    stores for each core, each as large as the largest page that was ever made in it.
    """
    with contextlib.suppress(OSError, AttributeError):
        allocator = ctypes.CDLL("libc.so.6")
        for name, value in ((M_MMAP_THRESHOLD, 2**17), (M_TRIM_THRESHOLD, 2**17), (M_ARENA_MAX, 1)):
            allocator.mallopt(name, value)


def _addresses(host: str) -> list[str]:
    """Under what the server is reached: of one that listens everywhere, each address of this machine."""
    if host not in ("0.0.0.0", "::"):
        return [f"[{host}]" if ":" in host else host]
    own = {"127.0.0.1"}
    with contextlib.suppress(OSError):
        own |= {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return sorted(own, key=lambda name: (name != "127.0.0.1", name))


def proxy(address: str) -> dict:
    """What waitress is told of the one proxy whose forwarded headers are believed; without one, none are."""
    if not address:
        return {}
    return {"trusted_proxy": address, "trusted_proxy_count": 1, "clear_untrusted_proxy_headers": True,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto x-forwarded-host"}


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_start() -> None:
    """Refuse to serve a database that is damaged, not of this version, or without its safety settings."""
    path = database_file()
    if path is not None and not path.exists():
        raise click.ClickException("还没有数据库：先运行 init")
    if path is not None and not upkeep.is_writable():
        raise click.ClickException(f"{failures.READ_ONLY.zh}。")
    try:
        _check_database(path)
    except DatabaseError as error:
        if cause(error) is failures.DAMAGED:
            raise click.ClickException(DAMAGED) from error
        raise
    db.session.rollback()


def database_file() -> Path | None:
    """The file of the configured database; None on another database or in memory."""
    url = make_url(str(current_app.config["SQLALCHEMY_DATABASE_URI"]))
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _check_database(path: Path | None) -> None:
    connection = db.session.connection()
    found = migrations.current(connection)
    if not migrations.is_known(found):
        raise click.ClickException(f"{migrations.against(found)}；{failures.NOTHING.zh}。")
    if found != migrations.head():
        raise click.ClickException(f"数据库版本是{found or '空'}，程序要{migrations.head()}：先运行 init")
    faults = postgresql.faults(connection) if path is None and connection.dialect.name != "sqlite" else database_faults(
        connection)
    if faults:
        raise click.ClickException(f"数据库设置不安全：{'、'.join(faults)}")
    if path is not None and path.stat().st_size <= CHECKED_BYTES:
        damage = connection.exec_driver_sql("PRAGMA quick_check").scalar()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
        if damage != "ok" or broken:
            raise click.ClickException(DAMAGED)
