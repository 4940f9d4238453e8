"""A case to test with, made of rows as intake would make it; within an application context."""
from __future__ import annotations

from flask import Flask

from mediation.extensions import db
from mediation.models import Case
from mediation.services import numbers
from mediation.services.cases import moves
from mediation.services.people import parties
from tests import house


def open_case(username: str = "mediator", state: str = "MEDIATING", worker: str = "巴特尔", respondent: str = "李老板",
              **columns: object) -> Case:
    """A registered case with one worker, one respondent as told and a wage claim of 16,000 yuan; not committed."""
    actor = house.actor(username)
    user = house.get_user(username)
    union = user.station.union
    case = Case(number=numbers.register_number(union, 2026), union_id=union.id, station_id=user.station_id, state=state,
                channel="A", source="walk_in", received_on=actor.today, registered_at=actor.now, rules_on=actor.today,
                handler_id=user.id, registered_by_id=user.id, title="", touched_at=actor.now, **columns)
    db.session.add(case)
    db.session.flush()
    asking = parties.put_party(case, "applicant", "worker", worker, phone="138 4786 2213")
    parties.put_party(case, "respondent", "unknown", respondent, is_person=False, as_told=f"{respondent}，城南工地")
    parties.put_claim(case, asking, "wages", 1600000)
    parties.retitle(case)
    moves.act(case, "registered", {"number": case.number, "channel": "A", "source": "walk_in", "way": "oral",
                                   "station": case.station_id, "claimed_fen": 1600000, "headcount": 1}, actor)
    return case


def store_case(app: Flask, username: str = "mediator", **columns: object) -> str:
    """The same, committed, for tests that go through pages; gives the number."""
    with app.app_context():
        number = open_case(username, **columns).number
        db.session.commit()
        db.session.remove()
    return number
