"""The test house is what its tests believe it to be, and the wall stands where they look for it."""
from __future__ import annotations

import os
import re
import time
from datetime import UTC, date, datetime
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import click
import pytest
from sqlalchemy import select

from mediation import create_app, settings
from mediation.cli.house import setup
from mediation.extensions import db
from mediation.models import LoginAttempt
from mediation.rules.law import workdays
from mediation.views import guard
from tests import servers
from tests.house import PASSWORD, PEOPLE, USERNAMES


def test_root_does_not_work_in_the_folder_of_another_account(tmp_path, monkeypatch):
    (tmp_path / "settings.py").write_text("raise RuntimeError('run by root')")
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, -1)
    monkeypatch.setattr(settings.os, "geteuid", lambda: 0)
    with pytest.raises(click.ClickException, match=f"属于账号 {tmp_path.owner()}，不由 root 来运行；什么都没有改"):
        create_app({"INSTANCE": str(tmp_path)})
    assert [path.name for path in tmp_path.iterdir()] == ["settings.py"]


def test_every_role_lives_here_and_one_beyond_the_wall(actor):
    assert {person.role for person in PEOPLE} == {"mediator", "lead", "supervisor", "liaison", "auditor", "admin"}
    assert actor("mediator2").union_id != actor("mediator").union_id
    assert actor("mediator").station_path.startswith(actor("supervisor").station_path)
    assert actor("mediator2").station_path.startswith(actor("auditor").station_path)
    assert actor("liaison").agency_id


@pytest.mark.parametrize("username", USERNAMES)
def test_everybody_can_log_in(client, username):
    assert client(username).get("/").soup.find("h1")


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "//[",
                                    "/cases\r\nSet-Cookie: a=b", "javascript:alert(1)", "/ /evil.example", "\0"])
def test_log_in_and_language_lead_nowhere_but_here(client, target):
    mediator, stranger = client("mediator"), client()
    page = mediator.post("/language", {"language": "zh", "next": target}, status=None)
    assert (page.status, page.location) == (303, "/")
    form = {"username": "lead", "password": PASSWORD}
    stranger.get("/login")
    page = stranger.post("/login", form, status=None, query_string={"next": target})
    assert (page.status, page.location) in {(303, "/"), (400, "")}


def test_a_wrong_password_leaves_one_outside(client):
    stranger = client()
    stranger.log_in("lead", "a wrong password", status=422)
    assert stranger.get("/password", status=302).location.startswith("/login")


def _served(begin, is_secure, **given):
    return pytest.param(begin, is_secure, marks=pytest.mark.settings(**{"PLAIN_HTTP": False, **given}))


@pytest.mark.parametrize(("begin", "is_secure"), [
    _served("__Host-session=", True, TRUSTED_PROXY="127.0.0.1"), _served("__Host-session=", True, HOST="0.0.0.0"),
    _served("session=", False), _served("session=", False, TRUSTED_PROXY="127.0.0.1", PLAIN_HTTP=True)])
def test_r18_the_cookie_is_secure_wherever_tls_is(app, begin, is_secure):
    """Behind a proxy on this machine too; without TLS it would never come back."""
    cookie = app.test_client().get("/login").headers["Set-Cookie"]
    assert cookie.startswith(begin) and ("; Secure" in cookie) is is_secure
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and len(cookie) < 4096


@pytest.mark.parametrize(("believed", "known"), [("127.0.0.1", "203.0.113.9"), ("192.0.2.1", "127.0.0.1"), ("", "127.0.0.1")])
def test_r31_only_the_proxy_that_is_named_says_where_somebody_comes_from(app, believed, known):
    site = servers.Site(app, **setup.proxy(believed))
    try:
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        token = re.search('name="csrf_token" value="([^"]+)"', browser.open(f"{site.url}/login").read().decode())[1]
        form = urlencode({"csrf_token": token, "username": "lead", "password": "a wrong password"}).encode()
        with pytest.raises(HTTPError, match="422"):
            browser.open(Request(f"{site.url}/login", form, {"X-Forwarded-For": "203.0.113.9", "Referer": site.url}))
    finally:
        site.close()
    with app.app_context():
        assert db.session.scalars(select(LoginAttempt.address)).all() == [known]
        db.session.remove()


def test_r31_a_host_that_nobody_named_is_refused(app):
    visitor = app.test_client()
    assert visitor.get("/login").status_code == 200
    for header in ({"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"}):
        answer = visitor.get("/login", headers=header)
        assert answer.status_code == 400 and "evil" not in answer.text


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_r74_days_are_those_of_beijing_whatever_the_zone_of_the_machine(app, client, monkeypatch, zone):
    """R74: business day, printed instants, and limits across summer times of 1986 and 1991, leap day and year's end."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        late = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight of the new year in Beijing
        monkeypatch.setattr(guard, "now", lambda: late)
        monkeypatch.setitem(app.config["MEDIATION"], "TODAY", "")
        client("mediator").get("/cases")
        assert "2027-01-01 00:30" in client("auditor").get("/audit/looks").text
        days = [date(1986, 5, 4), date(1991, 9, 15), date(2024, 2, 29), date(2026, 12, 31)]
        assert [workdays.add_months(day, 1) for day in days] == [
            date(1986, 6, 4), date(1991, 10, 15), date(2024, 3, 29), date(2027, 1, 31)]
        assert [workdays.add_years(day, 1) for day in days] == [
            date(1987, 5, 4), date(1992, 9, 15), date(2025, 2, 28), date(2027, 12, 31)]
        with app.app_context():
            row = db.session.scalars(select(LoginAttempt)).first() or LoginAttempt(username="x", address="")
            row.at = datetime(1986, 5, 4, 12, tzinfo=guard.BEIJING)  # summer time: nine hours ahead
            db.session.add(row)
            db.session.commit()
            db.session.refresh(row)
            assert row.at == datetime(1986, 5, 4, 3, tzinfo=UTC)
            db.session.remove()
    finally:
        monkeypatch.undo()
        time.tzset()
