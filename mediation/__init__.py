"""Gonghe 工和: the application factory."""
from __future__ import annotations

import contextlib
import socket
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from weakref import proxy

import click
from babel import Locale
from flask import Flask, Response, current_app, g, render_template, request
from flask.helpers import get_debug_flag
from flask.typing import ResponseReturnValue
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import make_url
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import IntegerConverter, Map

from mediation import cli, logs, postgresql, rendering, settings, sqlite, vault
from mediation.extensions import READING, REPLICA, babel, cause, csrf, db, login
from mediation.queries.cases import case_filters
from mediation.rules.house import failures
from mediation.rules.language import Refused
from mediation.rules.words import ROLES
from mediation.services.house import keys
from mediation.views import answers, blueprints, filters, guard, unreachable

KEPT = 3  # connections of SQLite that an engine keeps open: one takes up to 4 MB, and more are needed at a rush only
COMPILED = 54  # statements that an engine keeps compiled, half as many more before it lets the oldest go: 0.1 MB each


class Key(IntegerConverter):
    """The id of a row in an address: what no database can hold is no address."""

    def __init__(self, url_map: Map, *args, **kwargs):
        super().__init__(url_map, *args, **{"max": 2**63 - 1, **kwargs})


class Gonghe(Flask):
    """Flask, whose log names the address of a failed request by its rule and not by what was typed into it, and which
    answers a request once more where the database failed in a way that passes."""

    jinja_environment = rendering.Pages

    def preprocess_request(self) -> ResponseReturnValue | None:
        return unreachable.repeating(super().preprocess_request)

    def dispatch_request(self) -> ResponseReturnValue:
        return unreachable.repeating(super().dispatch_request, self.preprocess_request)

    def log_exception(self, exc_info: Any) -> None:
        self.logger.error("failed: %s %s, number %s", request.method, request.endpoint, g.get("request_id", ""),
                          exc_info=exc_info)


LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en")}  # parsed once: Babel compares 1,100 names each time


def create_app(overrides: dict | None = None) -> Flask:
    """The application for these settings (see settings.py); opens no database."""
    if get_debug_flag():
        raise click.ClickException("FLASK_DEBUG 会把表单和数据写进页面和日志，不能用 / shows forms and rows: unset it")
    if owner := settings.owner_instead_of_root(folder := settings.instance_folder(overrides or {})):
        raise click.ClickException(f"{folder} 属于账号 {owner}，不由 root 来运行；什么都没有改。请输入 / run it as its owner: "
                                   f"sudo -u {owner} python3 app.py …")
    logs.install()
    values = settings.load(overrides)
    app = Gonghe(__name__, root_path=str(settings.ROOT / "mediation"), template_folder=str(settings.ROOT / "templates"),
                static_folder=str(settings.ROOT / "static"), static_url_path="/static")
    _configure(app, values)
    _keep_compiled(app, Path(str(values["INSTANCE"])) / "compiled")
    db.init_app(app)
    with app.app_context():
        for key, engine in db.engines.items():
            if engine.dialect.name == "sqlite":
                (sqlite.guard_reading if key == READING else sqlite.guard_writing)(engine)
            else:
                if key != REPLICA:  # without a copy the leader is asked, and at once
                    postgresql.wait_for_server(engine)
                if key is not None:
                    postgresql.see_one_moment(engine)
            keys.guard(engine, partial(vault.of_app, proxy(app)))  # engines keep no application alive
    login.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=lambda: LOCALES[guard.language()],
                   default_translation_directories=str(settings.ROOT / "mediation" / "translations"))
    filters.install(app)
    guard.install(app)
    answers.install(app)
    app.url_map.converters["int"] = Key
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    cli.install(app)
    app.register_error_handler(HTTPException, lambda error: answers.error_page(error, render_template))
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(DBAPIError, _out_of_reach)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(vault.WrongKey, _without_keys)
    guard.check_marks(app)
    return app


def _unstorable(error: DataError) -> tuple[str, int]:
    """What no column holds, such as a NUL in a field that no person types into: a bad request, and on record."""
    current_app.logger.warning("refused by the database: %s", type(error.orig).__name__)
    return answers.error_page(BadRequest(), render_template)


def _out_of_reach(error: DBAPIError) -> Response:
    """A database that is busy for too long, cannot be reached or takes nothing: not now, and on record."""
    is_busy = sqlite.LOCKED in str(error.orig)
    found = cause(error)
    if not (is_busy or found or postgresql.is_passing(error)):
        raise error
    current_app.logger.warning("the database does not answer: %s", type(error.orig).__name__)
    return unreachable.page(is_busy, None if is_busy or postgresql.is_passing(error) else found)


def _refused(error: Refused) -> tuple[str, int]:
    """What an address asks for and cannot be shown as it stands, with stations to choose from where that helps."""
    guard.release_write_lock()
    stations = []
    if any(problem.field == "station" for problem in error.problems):
        given = {name: value for name, value in request.args.items() if name != "station"}
        stations = [(word, "?" + urlencode({**given, "station": word.code}))
                    for word in case_filters.find_stations(guard.actor()).values() if word.code != "own"]
    said = [problem.text for problem in error.problems]
    return render_template("refused.html", problems=said, stations=stations), 422


def _no_room(error: OSError) -> Response:
    """A disk that takes no file."""
    found = failures.of_system(error.errno)
    if found is None:
        raise error
    current_app.logger.warning("the disk takes no file: %s", type(error).__name__)
    return unreachable.page(False, found)


def _without_keys(error: vault.WrongKey) -> Response:
    """One sentence and no page: who asks and what a page would show cannot be read either."""
    current_app.logger.error("refused: %s", error.text.en)
    return Response(f"503  {error.text.zh}。\n{error.text.en}.\n", 503, mimetype="text/plain")


def _keep_compiled(app: Flask, folder: Path) -> None:
    """Keep templates compiled between starts, where the folder can be written.

    It is for its owner only: what lies there is run. Files are put in place whole, so several processes may share it;
    a changed template is compiled anew, as Jinja compares the digest of its text.
    """
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        app.jinja_options = {**app.jinja_options, "bytecode_cache": FileSystemBytecodeCache(
            str(folder), rendering.COMPILED)}


def _configure(app: Flask, values: dict) -> None:
    if strange := sorted(settings.code_roles(values) - set(ROLES)):
        raise click.ClickException(f"MEDIATION_TOTP_ROLES: 没有这个角色 / no such role: {', '.join(strange)}")
    vault.install(app, str(values["INSTANCE"]))
    is_local = values["HOST"] in ("127.0.0.1", "localhost", "::1") and not values["TRUSTED_PROXY"]
    is_plain = bool(values["PLAIN_HTTP"]) or is_local  # a proxy is there for TLS
    megabytes = int(values["MAX_BODY_MB"])
    app.config.update(
        MEDIATION=values,
        TESTING=bool(values.get("TESTING", False)),
        **_engines(str(values["DATABASE_URL"]), int(values["THREADS"]), str(values["REPLICA_URL"])),
        MAX_CONTENT_LENGTH=megabytes * 1024 * 1024, MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024, MAX_FORM_PARTS=5000,
        ALLOWED_HOSTS=_hosts(str(values["HOSTS"])),
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=not is_plain,
        SESSION_COOKIE_NAME="session" if is_plain else "__Host-session",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=int(values["SESSION_HOURS"])),
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_CHECK_DEFAULT=False,  # the gate asks for the token (views/guard.py)
        BABEL_DEFAULT_LOCALE="zh_CN", BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
    )
    app.json.ensure_ascii = False


def _hosts(named: str) -> list[str]:
    """Host names under which the pages may be asked for: this machine's own and those of the setting."""
    name = socket.gethostname()
    own = {"localhost", "127.0.0.1", "[::1]", "::1", name, name.split(".")[0], socket.getfqdn()}
    with contextlib.suppress(OSError):
        own |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    return sorted(own | {part.strip() for part in named.split(",") if part.strip()})


def _engines(url: str, threads: int, replica: str) -> dict:
    """Settings of the database's engines: one that writes, one that cannot, and one of a copy where there is one.

    Parameters of a failed statement, which may be names, stand in no log.
    """
    shared: dict = {"pool_size": threads + 4, "pool_use_lifo": True, "hide_parameters": True,
                    "query_cache_size": COMPILED}
    found: dict = {"SQLALCHEMY_DATABASE_URI": url, "SQLALCHEMY_BINDS": {}}
    if make_url(url).get_backend_name() != "sqlite":
        shared |= {"pool_pre_ping": True, "connect_args": postgresql.connecting(make_url(url))}
        found["SQLALCHEMY_BINDS"] = {READING: {"url": url, **shared}}
        if replica:
            there = {**shared, "connect_args": postgresql.connecting(make_url(replica), is_writing=False)}
            found["SQLALCHEMY_BINDS"][REPLICA] = {"url": replica, **there}
        return {**found, "SQLALCHEMY_ENGINE_OPTIONS": shared}
    shared |= {"pool_size": KEPT, "max_overflow": threads + 10}
    if make_url(url).database:
        found["SQLALCHEMY_BINDS"] = {READING: {"url": url, **shared, "connect_args": sqlite.reading_options()}}
    return {**found, "SQLALCHEMY_ENGINE_OPTIONS": {**shared, "connect_args": sqlite.writing_options()}}
