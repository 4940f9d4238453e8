"""Nothing that is logged, by whomever and whatever fails, tells of a person."""
from __future__ import annotations

import logging
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

import click
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SAWarning

from mediation import create_app, logs, sheets
from mediation.extensions import db
from mediation.queries.cases import case_load
from mediation.services.cases import intake, search
from mediation.services.house import accounts
from mediation.views import guard
from tests import casework, house

NAME, LATIN, PHONE, IDENTITY, MAIL = "萨仁高娃", "Sarengaowa", "13847862299", "152824199001011234", "saren@example.cn"
MARKS = (NAME, LATIN, PHONE, IDENTITY, MAIL, "%E8%90%A8", "\\u8428", repr(NAME.encode())[2:-1])
ROOT = Path(__file__).resolve().parent.parent


class Odd(Exception):
    """An error that says what it was given, as those of drivers, parsers and converters do."""


def failing(*_args: object, **_values: object) -> None:
    try:
        int(f"{NAME} {LATIN}")
    except ValueError as error:
        raise Odd(f"no place for {NAME}, {LATIN}, {PHONE}, {IDENTITY}, {MAIL}", {"name": NAME}) from error


@pytest.fixture
def told(app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture) -> Callable[[], str]:
    """All that was logged and written to the streams so far; failures are answered as in an office."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        streams = capfd.readouterr()
        return caplog.text + streams.out + streams.err

    return read


def assert_nobody_in(words: str) -> None:
    assert [mark for mark in MARKS if mark in words] == []


@pytest.fixture
def number(app: Flask) -> str:
    with app.app_context():
        made = casework.make_case(house.actor()).number
        db.session.commit()
        db.session.remove()
        return made


def test_a_page_that_fails_names_only_where_and_the_number_on_the_page(client, told, number, monkeypatch):
    """R33: errors show a number and what to do."""
    visitor = client("mediator")
    monkeypatch.setattr(case_load, "load", failing, raising=False)
    monkeypatch.setattr(guard, "get_case", failing)
    page = visitor.get(f"/cases/{number}?q={NAME}", status=500)
    words = told()
    assert_nobody_in(words)
    assert "tests.test_logs.Odd" in words and "in failing" in words and "builtins.ValueError" in words
    shown = page.text.split("编号")[-1].split()[0]
    assert shown and f"number {shown}" in words


@pytest.mark.parametrize("place", [(intake, "register"), (guard, "finish")])
def test_a_form_that_fails_leaves_none_of_its_words(client, told, number, monkeypatch, place):
    visitor = client("mediator")
    monkeypatch.setattr(*place, failing, raising=False)
    monkeypatch.setattr(guard, "attempt", failing)
    visitor.post(f"/cases/{number}/parties", {
        "name": NAME, "phone": PHONE, "identity": IDENTITY}, status=None)
    assert_nobody_in(told())


def test_what_the_database_refuses_is_not_quoted(app, client, told):
    """R42: no personal data in application."""
    with app.app_context():
        db.session.execute(text(f"CREATE TRIGGER no_more BEFORE INSERT ON note BEGIN SELECT RAISE(ABORT, '{NAME}'); END"))
        db.session.commit()
        number = casework.make_case(house.actor()).number
        db.session.commit()
        try:
            casework.journal.write_note(house.actor(), None, f"{NAME} {PHONE}")
        except IntegrityError:
            app.logger.exception("refused")
        db.session.rollback()
    words = told()
    assert number and "sqlalchemy.exc.IntegrityError (sqlite3.IntegrityError)" in words
    assert_nobody_in(words)


@pytest.mark.parametrize("address", [f"/cases?q={NAME}", f"/cases/{NAME}", "/cases?q=%E8%90%A8%E4%BB%81",
                                     f"/cases/{NAME}/papers?kind={NAME}", f"/cases?q={PHONE}"])
def test_addresses_leave_no_word_whatever_becomes_of_them(client, told, monkeypatch, address):
    visitor = client("mediator")
    visitor.get(address, status=None)
    monkeypatch.setattr(search, "recall", failing, raising=False)
    monkeypatch.setattr(guard, "actor", failing)
    visitor.get(address, status=500)
    assert_nobody_in(told())


def test_the_real_server_logs_no_word_of_what_it_cannot_answer(site, told, monkeypatch):
    """A failure after the page is made reaches the server beneath, which logs it by its own means."""
    monkeypatch.setattr(guard, "let_go", failing)
    monkeypatch.setattr(accounts, "find_account", failing)
    for path in (f"/login?q={LATIN}", f"/{LATIN}?phone={PHONE}", f"/login?next=/cases/{IDENTITY}"):
        with pytest.raises((HTTPError, OSError)):
            urllib.request.urlopen(site + path)
    time.sleep(0.2)
    words = told()
    assert "Odd" in words
    assert_nobody_in(words)


def test_a_sheet_that_cannot_be_written_does_not_tell_its_cells(app, told, monkeypatch):
    with app.app_context():
        monkeypatch.setattr(sheets, "load_table", failing)
        try:
            sheets.load_table("holidays")
        except Odd as error:
            app.logger.exception("the sheet failed")
            app.logger.error("the sheet failed: %s", error)
            app.logger.error(error)
    words = told()
    assert words.count("tests.test_logs.Odd") == 3
    assert_nobody_in(words)


@pytest.mark.parametrize("line, args", [
    ('"GET /cases?q=%s HTTP/1.1" 500 -', (LATIN,)), ("Exception while serving /cases?q=" + LATIN, ()),
    ("Invalid cell %r in row 3", (NAME,)), ("could not convert '%s'", (LATIN,)), ("Key (phone)=(%s) exists", (PHONE,)),
    ("mail to %s failed", (MAIL,)), ("%s is no identity number", (IDENTITY,)), ("bytes %r", (NAME.encode(),)),
    (f"a line of {NAME} that does not fit %d", ("x",)), ("%(who)s came", ({"who": NAME},))])
def test_lines_of_libraries_are_kept_without_values(told, line, args):
    """R42: no personal data in application."""
    for name in ("waitress", "werkzeug", "sqlalchemy.pool", "py.warnings", "a.new.library"):
        logging.getLogger(name).error(line, *args)
    words = told()
    assert words.count("ERROR") == 5
    assert_nobody_in(words)


def test_what_a_library_warns_of_is_kept_without_values(told):
    logging.getLogger("py.warnings").warning("%s", SAWarning(f"'{NAME}' will be coerced"))
    assert_nobody_in(told())


def test_what_nobody_catches_ends_without_its_words():
    program = (f"from mediation import logs; logs.install(); import threading\n"
               f"def fail(): raise ValueError('{NAME}{LATIN}')\n"
               "t = threading.Thread(target=fail); t.start(); t.join(); fail()")
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1 and ended.stderr.count("builtins.ValueError") == 2
    # the source line of -c is not there to be shown; of a file it would be the program's own text
    assert_nobody_in(ended.stderr)


def test_the_debugger_that_shows_rows_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(click.ClickException, match="FLASK_DEBUG"):
        create_app({"INSTANCE": str(tmp_path)})


def test_our_own_lines_are_kept_whole(told):
    logging.getLogger("mediation").warning("refused by the database: %s", "DataError")
    assert "refused by the database: DataError" in told() and logs.OURS == "mediation"
