"""Writing what is only kept: all or nothing, one event, under the digest, only by those who may."""
from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Activity, Event, ExternalNumber, Inquiry
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services import records
from mediation.services.cases.moves import Forbidden
from mediation.services.people import employers
from tests import casework

ASKED = {"way": "phone", "topic": "wages", "question": "两个月没给工钱"}
ACTS = Event.stream != "rows"  # beside what people did stands, at every commit, the proof of the rows


def newest() -> Event:
    return db.session.scalar(select(Event).where(ACTS).order_by(Event.id.desc()).limit(1))


def test_an_entry_is_a_row_and_one_event_of_its_fields(actor):
    before = db.session.scalar(select(func.count()).select_from(Event).where(ACTS))
    row = records.record("inquiry", {**ASKED, "phone": "13847862213"}, actor("mediator"))
    db.session.commit()
    assert (row.people, row.minutes, row.asked_on, row.phone) == (1, 10, actor("mediator").today, "13847862213")
    event = newest()
    assert db.session.scalar(select(func.count()).select_from(Event).where(ACTS)) == before + 1
    said = json.loads(event.data)
    assert said.pop("digest") and (event.kind, event.stream) == ("inquiry_recorded", f"house:{row.union_id}")
    assert said == {"inquiry": row.id, "topic": "wages", "way": "phone", "people": 1, "minutes": 10}
    assert digests.verify() == []
    row.question = "改过"
    db.session.flush()
    assert [fault.place for fault in digests.verify_beside()] == [f"inquiry {row.id}"]


def test_a_refused_entry_leaves_nothing(actor):
    with pytest.raises(Refused) as refusal:
        records.record("activity", {"kind": "visit", "people": -1}, actor("mediator"))
    assert {problem.field for problem in refusal.value.problems} == {"title", "people", "employer_id"}
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 0


def test_an_employer_of_another_union_is_none(actor):
    other = employers.register({"name": "外地公司"}, actor("mediator2"))
    with pytest.raises(Refused) as refusal:
        records.record("lead", {"employer_id": other.id, "source": "visit", "risk": "wages"}, actor("mediator"))
    assert [problem.field for problem in refusal.value.problems] == ["employer_id"]


def test_what_concerns_an_employer_stands_in_its_own_chain(actor):
    own = employers.register({"name": "宏远劳务有限公司"}, actor("mediator"))
    records.record("activity", {"kind": "visit", "title": "走访", "employer_id": own.id}, actor("mediator"))
    assert newest().stream.startswith("employer:") and newest().seq == own.version


@pytest.mark.parametrize("username", ["liaison", "admin", "auditor"])
def test_only_those_who_may_write_do(actor, username):
    with pytest.raises(Forbidden):
        records.record("inquiry", ASKED, actor(username))
    assert db.session.scalar(select(func.count()).select_from(Inquiry)) == 0


def test_a_number_under_a_case_is_corrected_and_only_by_who_works_it(actor):
    clerk = actor("mediator")
    case = casework.make_case(clerk)
    for number in ("综治2026-1", "综治2026-2"):
        casework.put_number(case, "governance", number, clerk)
    assert db.session.scalars(select(ExternalNumber.number)).all() == ["综治2026-2"]
    assert newest().stream == f"case:{case.number}" and json.loads(newest().data)["number"] == "综治2026-2"
    with pytest.raises(Forbidden):
        casework.put_number(case, "governance", "综治2026-3", actor("mediator2"))


def test_a_number_of_people_is_kept_as_it_is_said(actor):
    row = records.record("lead", {"source": "visit", "risk": "wages", "employer_told": "老魏", "people": 20,
                                  "people_told": "几十人"}, actor("mediator"))
    assert (row.people, row.people_told) == (20, "几十人")
    row = records.record("lead", {"source": "visit", "risk": "wages", "employer_told": "老魏", "people": 12},
                         actor("mediator"))
    assert (row.people, row.people_told) == (12, "")
