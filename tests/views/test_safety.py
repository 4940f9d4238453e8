"""What holds at every address: a mark, a token, the policy; and that fields nobody was asked for change nothing."""
from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import AnyConverter, IntegerConverter

from mediation.extensions import db
from mediation.models import Case, User
from mediation.views import guard
from tests import casework, house

VALUES = {"number": "urad-middle-2026-0001", "move": "fail", "sheet": "cases", "kind": "acceptance", "side": "applicant"}


def address(app: Flask, rule) -> str:
    """Some address of a rule: it leads to a row or nowhere."""
    values = {name: _value(name, rule._converters[name]) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")


def _value(name: str, converter: object) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else VALUES.get(name, "x")


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {table.name: db.session.scalar(select(func.count()).select_from(table))
                for table in db.metadata.sorted_tables}


def test_a_view_without_a_mark_stops_the_start():
    """R02: what has no declared rule is not served."""
    made = Flask("bare")
    made.add_url_rule("/x", "x", lambda: "")
    with pytest.raises(RuntimeError, match="x has no permission mark"):
        guard.check_marks(made)


def test_no_address_takes_a_form_without_its_token(app, client):
    """R20: log-in and log-out among them; what was typed may be shown again, but no row of any table is written."""
    visitor = client("supervisor")
    before = rows(app)
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    answers = {rule.endpoint: visitor.raw.post(address(app, rule), data={"reason": "没有令牌"}).status_code
               for rule in rules}
    assert len(answers) > 100 and set(answers.values()) <= {303, 400, 403, 404, 422}
    assert client("mediator2").raw.post("/logout").status_code == 400
    assert {name for name, count in rows(app).items() if count != before[name]} <= {"access_log", "login_session"}


@pytest.mark.parametrize(("path", "status"), [
    ("/login", 200), ("/", 200), ("/nowhere", 404), ("/admin/settings", 403), ("/ledger/cases.csv?period=2026", 200),
    ("/ledger/cases.xlsx?period=2026", 200), ("/help/columns", 200)])
def test_every_answer_carries_the_policy(client, path, status):
    """R22, R34: scripts and styles of our own alone, no frames, no sniffing, nothing kept; on errors and files too."""
    answer = client("lead").get(path, 302 if path == "/login" else status).response
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'self'" in policy
    for part in ("object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_fields_that_a_form_does_not_have_change_nothing(app, client):
    """R07: role, station, state, owner, id, version and time of a row are not taken from a form that does not ask them."""
    with app.app_context():
        who = house.actor("mediator")
        case = casework.bring(casework.make_case(who), "MEDIATING", who)
        db.session.commit()
        number, kept = case.number, (case.id, case.state, case.station_id, case.union_id, case.handler_id, case.is_sealed)
        other = house.get_station("example").id
        before = (house.get_user("mediator").role, house.get_user("mediator").station_id)
    extra = {"id": "999", "state": "ARCHIVED", "station_id": str(other), "union_id": str(other), "handler_id": "1",
             "is_sealed": "y", "role": "admin", "created_at": "2020-01-01", "outcome": "SETTLED", "registered_by_id": "1"}
    visitor = client("mediator")
    visitor.submit(visitor.get(f"/cases/{number}/contacts"), "form[action$='/contacts']", note="打通了", **extra)
    visitor.submit(visitor.get("/password"), "form[action='/password']", current=house.PASSWORD,
                   new="夏天的海流图很凉快也很安静", again="夏天的海流图很凉快也很安静", **extra)
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        assert (case.id, case.state, case.station_id, case.union_id, case.handler_id, case.is_sealed) == kept
        row = db.session.scalars(select(User).where(User.username == "mediator")).one()
        assert (row.role, row.station_id) == before
