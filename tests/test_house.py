"""The test house is what its tests believe it to be, and the wall stands where they look for it."""
from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from sqlalchemy import select

from mediation.cli.house import setup
from mediation.extensions import db
from mediation.models import LoginAttempt
from tests import servers
from tests.house import PASSWORD, PEOPLE, USERNAMES


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
