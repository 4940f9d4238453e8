"""The closed loop: every number is the sum over the rows that it opens, seen through the door."""
from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from mediation.extensions import db
from mediation.models import Agency, Commission, SideProcedure, Supervision
from mediation.queries.figures import closed_loop
from mediation.services import records
from mediation.services.people import employers
from mediation.services.prevention import before_cases, supervision_letters
from tests import docket, house, prepared

# Two inquiries of three people, a visit, a lecture for 40, one lead settled and one open, three cases accepted of
# which one settled and one came from the court, one confirmation asked for, a reminder, one urging, one petition.
EXPECTED = {"inquiries": 3, "employer_visits": 1, "checks": 0, "lectures": 1, "listeners": 40, "leads": 2,
            "leads_settled": 1, "leads_cases": 0, "accepted": 3, "settled": 1, "court_sent": 1, "arbitration_sent": 0,
            "consultations": 0, "went_on": 1, "procedures": 1, "letter_reminder": 1, "letter_opinion": 0,
            "letter_recommendation": 0, "rectified": 0, "urged": 1, "petitions": 1}


@pytest.fixture
@prepared.kept
def year(app) -> None:
    """One of everything in 2026."""
    with app.app_context():
        fill()
        db.session.commit()


def fill() -> None:
    actor, day = house.actor("mediator"), house.TODAY
    for people in (1, 2):
        records.record("inquiry", {"way": "phone", "topic": "wages", "people": people, "question": "工资"}, actor)
    records.record("inquiry", {"way": "phone", "topic": "wages", "people": 9, "question": "去年问的",
                               "asked_on": day - timedelta(days=400)}, actor)
    row = employers.register({"name": "宏远劳务"}, actor, confirmed=("same_name",))
    records.record("activity", {"kind": "visit", "title": "走访", "people": 6, "employer_id": row.id}, actor)
    records.record("activity", {"kind": "lecture", "title": "夜校", "people": 40}, actor)
    found = [records.record("lead", {"source": "visit", "risk": "wages", "employer_id": row.id}, actor) for _ in "ab"]
    before_cases.resolve_lead(found[0], "补发了", actor)
    supervision_letters.send(row, {"kind": "reminder", "facts": "拖欠", "demand": "补发"}, house.actor("supervisor"))
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


def lines(page) -> dict[str, tuple[int, str]]:
    """Each number of the page by its words, with the address of its rows."""
    found = {}
    for row in page.soup.select("table.list tbody tr"):
        cell = row.find_all("td")
        found[cell[0].a.get_text()] = (int(cell[2].b.text), cell[0].a["href"])
    return found


def test_every_number_is_the_sum_of_its_rows(app, client, year):
    supervisor = client("supervisor")
    shown = lines(supervisor.get("/statistics/loop?year=2026"))
    assert {closed_loop.FIGURES[key].label.zh: n for key, n in EXPECTED.items()} == {said: n for said, (n, _href) in shown.items()}
    for said, (number, href) in shown.items():
        rows = supervisor.get(href).soup.select("table.list tbody tr")
        weights = [row.find_all("td")[-1].text for row in rows]
        total = sum(int(text) for text in weights) if all(text.isdigit() for text in weights) else len(rows)
        assert total == number, said


def test_a_figure_of_the_indicators_says_the_same_here(client, year):
    """One table: the words, the number and the rows are those of the page of figures."""
    supervisor = client("supervisor")
    shown = lines(supervisor.get("/statistics/loop?year=2026"))
    page = supervisor.get("/statistics/indicators?period=2026")
    other = {row.td.get_text(strip=True): row.find_all("td")[1].b.text for row in page.soup.select("table.list tbody tr")
             if row.find_all("td")[1].b}
    both = set(shown) & set(other)
    assert {"法律咨询人次", "受理件数", "调解成功件数", "提示函", "普法人次"} <= both
    assert all(str(shown[said][0]) == other[said] for said in both)
    assert supervisor.get("/statistics/loop/inquiries?year=2026", status=302).location.startswith("/statistics/rows/inquiries")


def test_the_year_before_stands_beside_it(client, year):
    page = client("supervisor").get("/statistics/loop")
    first = page.soup.select_one("tbody tr").find_all("td")
    assert (first[2].b.text, first[3].text) == ("3", "9")
    assert page.soup.select_one(".tabs a[aria-current=page]").get_text() == "闭环数字"
    assert client("supervisor").get("/statistics/rows/inquiries?period=2025").soup.select_one("tfoot").get_text().endswith("9")


def test_a_county_by_itself_and_the_wall(client, year):
    auditor, other = client("auditor"), client("mediator2")
    assert lines(auditor.get("/statistics/loop?station=urad-middle"))["走访企业家次"][0] == 1
    assert lines(auditor.get("/statistics/loop?station=example"))["走访企业家次"][0] == 0
    assert {number for number, _href in lines(other.get("/statistics/loop")).values()} == {0}
    for key, one in closed_loop.FIGURES.items():
        if one.model is not None:
            assert "这一年没有" in other.get(f"/statistics/loop/{key}").text, key
    for username in ("liaison", "admin"):
        client(username).get("/statistics/loop", status=403)
        client(username).get("/statistics/loop/accepted", status=403)
    auditor.get("/statistics/loop/nothing", status=404)


@contextmanager
def counted(app):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_rows_do_not_cost_queries(app, client, year):
    supervisor = client("supervisor")
    paths = ["/statistics/loop", *(f"/statistics/loop/{key}" for key, one in closed_loop.FIGURES.items() if one.model is not None)]
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
