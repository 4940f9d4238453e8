"""The closed loop: every number is the sum over the rows that it opens, seen through the door."""
from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from mediation.extensions import db
from mediation.models import Agency, Commission, SideProcedure, Supervision
from mediation.queries import loop
from mediation.services import employers, letters, prevention
from tests import docket, house

# Two inquiries of three people, a visit, a lecture for 40, one lead settled and one open, three cases accepted of
# which one settled and one came from the court, one confirmation asked for, a reminder, one urging, one petition.
EXPECTED = {"inquiries": 3, "visits": 1, "checks": 0, "lectures": 1, "audience": 40, "leads": 2, "leads_settled": 1,
            "leads_cases": 0, "accepted": 3, "settled": 1, "joint": 2, "sent": 1, "went_on": 1, "procedures": 1,
            "reminder": 1, "opinion": 0, "recommendation": 0, "rectified": 0, "urged": 1, "petitions": 1}


@pytest.fixture
def year(app) -> None:
    """One of everything in 2026."""
    with app.app_context():
        fill()
        db.session.commit()


def fill() -> None:
    actor, day = house.actor("mediator"), house.TODAY
    for people in (1, 2):
        prevention.record_inquiry({"way": "phone", "topic": "wages", "people": people, "question": "工资"}, actor)
    prevention.record_inquiry({"way": "phone", "topic": "wages", "people": 9, "question": "去年问的",
                               "asked_on": day - timedelta(days=400)}, actor)
    row = employers.register({"name": "宏远劳务"}, actor, confirmed=("same_name",))
    prevention.record_activity({"kind": "visit", "title": "走访", "people": 6, "employer_id": row.id}, actor)
    prevention.record_activity({"kind": "lecture", "title": "夜校", "people": 40}, actor)
    found = [prevention.record_lead({"source": "visit", "risk": "wages", "employer_id": row.id}, actor) for _ in "ab"]
    prevention.settle_lead(found[0], "补发了", actor)
    letters.send(row, {"kind": "reminder", "facts": "拖欠", "demand": "补发"}, house.actor("supervisor"))
    cases = [docket.open_case(worker=name, accepted_on=day, outcome=outcome, joint_count=joint,
                              concluded_on=day if outcome else None)
             for name, outcome, joint in (("甲", "AGREED", 2), ("乙", "TO_ARBITRATION", 0), ("丙", "", 0),
                                          ("丁", "DUPLICATE", 0))]
    cases[1].channel = "E"
    union = cases[0].union_id
    body = Agency(union_id=union, code="petition", kind="petition", name="信访局", short_name="信访局")
    db.session.add(body)
    db.session.flush()
    db.session.add_all([
        *(SideProcedure(case_id=cases[0].id, kind=kind, state="asked", requested_on=day, made_by_id=actor.user_id)
          for kind in ("jud_confirm", "legal_aid")),
        Supervision(case_id=cases[2].id, kind="urge", made_on=day, made_by_id=actor.user_id),
        Commission(case_id=cases[2].id, agency_id=body.id, kind="task", direction="out", sent_on=day)])


def test_every_number_is_the_sum_of_its_rows(app, client, year):
    supervisor = client("supervisor")
    page = supervisor.get("/statistics/loop?year=2026")
    links = {link["href"].split("?")[0].rsplit("/", 1)[1]: link["href"] for link in page.soup.select("tbody a")}
    assert set(links) == set(EXPECTED) == set(loop.FIGURES)
    shown = {key: int(link.find_parent("tr").find_all("td")[2].b.text)
             for key, href in links.items() for link in page.soup.find_all("a", href=href)}
    assert shown == EXPECTED
    for key, href in links.items():
        rows = supervisor.get(href).soup.select("tbody tr")
        assert sum(int(row.find_all("td")[-1].text) for row in rows) == EXPECTED[key], key


def test_the_year_before_stands_beside_it(client, year):
    page = client("supervisor").get("/statistics/loop")
    first = page.soup.select_one("tbody tr").find_all("td")
    assert (first[2].b.text, first[3].text) == ("3", "9")
    assert "去年问的" in client("supervisor").get("/statistics/loop/inquiries?year=2025").text


def test_a_county_by_itself_and_the_wall(client, year):
    auditor, other = client("auditor"), client("mediator2")
    assert "走访" in auditor.get("/statistics/loop/visits?station=urad-middle").text
    assert "这一年没有" in auditor.get("/statistics/loop/visits?station=example").text
    for key in loop.FIGURES:
        assert "这一年没有" in other.get(f"/statistics/loop/{key}").text, key
    for username in ("liaison", "admin"):
        client(username).get("/statistics/loop", status=403)
        client(username).get("/statistics/loop/accepted", status=403)
    auditor.get("/statistics/loop/nothing", status=404)


@contextmanager
def counted(app):
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_rows_do_not_cost_queries(app, client, year):
    supervisor = client("supervisor")
    paths = ["/statistics/loop", *(f"/statistics/loop/{key}" for key in loop.FIGURES)]
    supervisor.get("/statistics/loop")
    with counted(app) as few:
        [supervisor.get(path) for path in paths]
    with app.app_context():
        db.session.query(Agency).filter_by(kind="petition").update({"code": "petition2"})
        db.session.flush()
        fill()
        db.session.commit()
    with counted(app) as many:
        [supervisor.get(path) for path in paths]
    assert len(many) == len(few)
