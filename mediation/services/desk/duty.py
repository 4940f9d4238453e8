"""The duty roster of a site, a week at a time."""
from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Duty, Station
from mediation.queries.house import admin
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases.moves import Conflict, Forbidden

WEEK = 7


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def set_week(station: Station, first: date, officers: Mapping[date, int | None], actor: Actor,
             seen_version: int | None = None) -> int:
    """Set who is on duty on the days of a week; gives how many days changed, one event for each.

    A day that has passed stays as it was: the roster says who could act then. None takes the officer off.
    """
    if not admin.reaches(actor, "duty.write", station):
        raise Forbidden("duty.write")
    known = {user.id for user in admin.duty_people(station)}
    db.session.scalar(select(Station.id).where(Station.id == station.id).with_for_update())
    before = admin.duties(station, first, WEEK)
    if seen_version is not None and seen_version != (now := version(before)):
        raise Conflict(admin.last_event("station", station.id, "duty_set"), now)
    changes = {on: officers[on] for on in officers
               if officers[on] != (before[on].account_id if on in before else None)}
    if found := [p for on, user_id in changes.items() if (p := _problem(on, user_id, first, known, actor.today))]:
        raise Refused(found)
    for on, user_id in sorted(changes.items()):
        _set(station, on, user_id, before.get(on), actor)
    return len(changes)


def version(officers: Mapping[date, Duty]) -> int:
    """A number for a week's roster that is another for every other roster."""
    said = sorted((on.isoformat(), row.account_id) for on, row in officers.items())
    return zlib.crc32(repr(said).encode())


def _problem(on: date, user_id: int | None, first: date, known: set[int], today: date) -> Problem | None:
    if not first <= on < first + timedelta(days=WEEK):
        return Problem("", Text("这一天不在这一周", "This day is not in this week"))
    field = f"d{(on - first).days}"
    if on < today:
        return Problem(field, Text("过去的值班不能改", "Past duty cannot be changed"))
    if user_id is not None and user_id not in known:
        return Problem(field, Text("请选本工会在岗的调解员", "Choose an active mediator of this union"))
    if user_id is not None and user_id in admin.away(on):
        return Problem(field, Text("这一天他不在岗", "Away on this day"))
    return None


def take_over(away_id: int, stand_in_id: int, first: date, last: date, actor: Actor) -> int:
    """The coming days of duty of somebody who is away go to the stand-in, one event for each; gives how many."""
    rows = list(db.session.scalars(select(Duty).where(
        Duty.account_id == away_id, Duty.on >= max(first, actor.today), Duty.on <= last).order_by(Duty.on, Duty.id)))
    for row in rows:
        row.account_id = stand_in_id
        db.session.flush()
        journal.record(actor, journal.HOUSE, "duty_set", {
            "station": row.station_id, "duty_on": row.on, "user": stand_in_id})
    return len(rows)


def _set(station: Station, on: date, user_id: int | None, row: Duty | None, actor: Actor) -> None:
    if user_id is None:
        db.session.delete(row)
    elif row is None:
        db.session.add(Duty(station_id=station.id, on=on, account_id=user_id))
    else:
        row.account_id = user_id
    db.session.flush()
    journal.record(actor, journal.HOUSE, "duty_set", {"station": station.id, "duty_on": on, "user": user_id})
