"""What somebody conceded only to reach a deal never leaves (law.md 3.6): planted once, looked for everywhere."""
from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Event, Hearing
from mediation.rules import access
from mediation.rules.ledger import SHEETS
from mediation.rules.papers import catalogue as rules
from mediation.services.bodies import coordination
from mediation.services.cases import sessions
from tests import exports, house, prepared

PLANTED = "愿让到柒仟玖"


@pytest.fixture
@prepared.kept
def case(app) -> dict[str, str]:
    """An agreed case with a concession at its session, and a letter to the court that shares everything."""
    with app.app_context():
        actor = house.actor("mediator")
        row = exports.open_case(actor, 1, 1000000)
        sessions.hold(row, sessions.Held(actor.today, "separate", others="双方", said="各说一遍", concession=PLANTED), actor)
        exports.agree(row, actor, [800000])
        court = db.session.scalar(select(Agency.id).where(Agency.code == "court"))
        letter = coordination.record(row, coordination.Request(
            court, "task", "out", purpose="通报", shared_parts=list(access.SHARE_PARTS), legal_basis="申请人同意"), actor)
        db.session.commit()
        return {"number": row.number, "base": f"/cases/{row.number}", "letter": f"/cases/{row.number}/coordination/{letter.id}"}


def pages_of(app, case) -> list[str]:
    """Every page of the case that is fetched without a further key, and its letter's."""
    with app.test_request_context():
        found = [app.url_map.bind("localhost").build(rule.endpoint, {"number": case["number"]})
                 for rule in app.url_map.iter_rules() if rule.arguments == {"number"} and "GET" in rule.methods]
    papers = [f"{case['base']}/papers/{kind}" for kind in rules.PRINTABLE]
    return [*found, *papers, case["letter"], f"{case['letter']}/packet"]


def fetched(visitor, path: str) -> tuple[int, str]:
    page = visitor._open("GET", path, None, True)
    return page.status, page.response.get_data().decode("utf-8", "replace")


def test_an_outsider_finds_no_session(client, case):
    assert PLANTED not in client("mediator2").get(f"{case['base']}/sessions", status=404).html


@pytest.mark.parametrize(("username", "may"), [
    ("mediator", {"/sessions", "/journal"}), ("supervisor", {"/sessions", "/journal"}), ("auditor", set()),
    ("liaison", set())])
def test_only_the_two_pages_of_those_who_may_show_it(app, client, case, username, may):
    visitor = client(username)
    shown = {path for path in pages_of(app, case) if PLANTED in fetched(visitor, path)[1]}
    assert shown <= {case["base"] + tail for tail in may}
    if username == "mediator":
        assert shown == {case["base"] + tail for tail in may}


def test_no_sheet_of_the_ledger_holds_it(client, case):
    for username in ("mediator", "supervisor", "auditor"):
        visitor = client(username)
        for sheet in SHEETS:
            status, text = fetched(visitor, f"/ledger/{sheet}.csv?keys=1")
            assert status == 200 and text.startswith("\ufeff") and PLANTED not in text, sheet
            whole = visitor._open("GET", f"/ledger/{sheet}.xlsx", None, True).response.get_data()
            with zipfile.ZipFile(io.BytesIO(whole)) as book:
                assert not any(PLANTED in book.read(name).decode("utf-8", "replace") for name in book.namelist()), sheet


def test_neither_lists_nor_papers_nor_search_know_it(app, client, case):
    visitor = client("mediator")
    for path in ("/", "/cases", "/ledger", "/statistics", f"/cases?q={case['number']}"):
        assert PLANTED not in fetched(visitor, path)[1], path
    for kind in (*rules.PRINTABLE, "registration"):
        status, text = fetched(visitor, f"{case['base']}/papers/{kind}")
        assert status == 200 and PLANTED not in text, kind
    page = visitor.get("/cases")
    found = visitor.get(visitor.submit(page, "form[action='/cases/search']", q=PLANTED).location) if page.soup.select(
        "form[action='/cases/search']") else None
    assert found is None or case["number"] not in found.text


def test_events_name_it_by_its_hash_alone(app, case):
    with app.app_context():
        note = db.session.scalars(select(Hearing)).one().concession_note
        assert note.body == PLANTED and note.is_concession
        assert PLANTED not in "".join(row.data for row in db.session.scalars(select(Event)))


def test_the_print_of_a_session_leaves_it_out(client, case):
    css = fetched(client("mediator"), "/static/app.css")[1]
    printed = css[css.index("@media print"):]
    assert ".kept" in printed[:printed.index("display: none !important")]
