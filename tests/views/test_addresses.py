"""Addresses and hidden fields that nobody was given: numbers no row has, characters no database holds, others' tokens.

The addresses come from the program's own list; each has to answer that there is nothing, or that it is no request.
"""
from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Employer
from tests import casework, house

pytestmark = pytest.mark.postgresql

HUGE = str(10**30)  # more than any database counts
ODD = ("9" * 30, "²", "0001-01-01", "9999-12-31")
LONG = {"/audit/pack.zip"}  # made in seconds, and none of these words reaches it
ASKED = ("before", "after", "page", "station", "period", "employer", "handler", "follows", "sample", "year", "cut_off",
         "q", "case", "hearing", "payment", "s", "state", "from_draft", "county", "week")


def addresses(app, number: str) -> list[tuple[str, str]]:
    """Every method and address that names a row by its number, under a number that no row has."""
    found = []
    for rule in app.url_map.iter_rules():
        if "<int:" in rule.rule:
            path = re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<int:\w+>", HUGE, rule.rule)).replace("<number>", number)
            found += [(method, re.sub(r"<\w+>", "x", path)) for method in sorted(rule.methods & {"GET", "POST"})]
    return found


@pytest.mark.parametrize("username", ["supervisor", "admin", "mediator2"])
def test_a_number_that_no_row_has_leads_nowhere(app, client, username):
    with app.app_context():
        number = casework.make_case(house.actor("mediator")).number
        db.session.commit()
    visitor, asked = client(username), addresses(app, number)
    got = [(method, path, visitor._open(method, path, None, True, data={"csrf_token": visitor.token}).status)
           for method, path in asked]
    assert len(got) > 50 and [line for line in got if line[2] not in (404, 405)] == []


@pytest.mark.parametrize("username", ["supervisor", "admin"])
def test_odd_words_in_an_address_are_never_an_error_of_ours(app, client, username):
    with app.app_context():
        number = casework.make_case(house.actor("mediator")).number
        db.session.commit()
    visitor = client(username)
    paths = [rule.rule.replace("<number>", number) for rule in app.url_map.iter_rules()
             if "GET" in rule.methods and rule.arguments <= {"number"} and rule.rule not in LONG]
    for path in paths:
        for odd in ODD:
            page = visitor._open("GET", path, None, True, query_string=dict.fromkeys(ASKED, odd))
            assert page.status in (200, 302, 303, 403, 404, 422), (path, odd[:9], page.status)


@pytest.mark.parametrize("path", ["/cases/%00", "/cases?q=%00", "/ledger?station=%00", "/audit/findings?case=a%00b",
                                  "/statistics/rows/%00", "/employers?q=%00", "/feed/%00.ics"])
def test_a_nul_in_an_address_is_no_request(client, path):
    assert client("supervisor").get(path, status=400).title.startswith("请求有误")


def test_a_nul_in_a_hidden_field_is_refused_or_left_out(app, client):
    """R38: What somebody types is answered beside its field; what a page gave and came back changed does no harm."""
    lead = client("lead")
    made = lead.post("/employers/new", {"name": "新单位有限公司", "submit_token": "a\0b", "version": "²"})
    assert made.location.startswith("/employers/")
    assert lead.post("/assign", {"numbers": "a\0b~1", "mode": "all", "mediator": ""}, status=None).status in (400, 422)
    closing = client("supervisor").post("/ledger/periods", {"period": "2025", "union": "\0"}, status=None)
    assert closing.status in (400, 404)


def test_a_token_belongs_to_the_account_that_sent_it(app, client):
    """The next person at the same machine sends a page that still lies open: it is new, and it is theirs."""
    sent = {"submit_token": "left-open-on-the-screen"}
    client("mediator").post("/employers/new", {"name": "甲有限公司", **sent})
    second = client("lead").post("/employers/new", {"name": "乙有限公司", **sent})
    again = client("lead").post("/employers/new", {"name": "丙有限公司", **sent})
    assert again.location == second.location
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Employer).where(
            Employer.name.in_(["甲有限公司", "乙有限公司", "丙有限公司"]))) == 2
