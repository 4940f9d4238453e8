"""Reading the house: accounts, stations, bodies, calendar, duty and the marks of checked rules, each within a scope."""
from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, extract, func, or_, select, true
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import (
    Absence,
    AccessLog,
    Agency,
    CalendarDay,
    Case,
    Duty,
    Event,
    HouseSetting,
    LoginSession,
    RuleCheck,
    Station,
    User,
)
from mediation.queries.door import stations_below
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.journal import TOO_MANY_REVEALS
from mediation.rules.language import Text

ALARM = timedelta(days=7)  # how long the supervisor's desk tells of too many reveals
WORKERS = ("mediator", "lead")  # who can be on duty and handle cases


def get_station(key: int) -> Station:
    """The station of this id; LookupError when there is none."""
    row = db.session.get(Station, key)
    if row is None:
        raise LookupError(f"no station {key}")
    return row


def reach(actor: Actor, permission: str) -> ColumnElement[bool]:
    """The stations that a permission reaches, as a filter over ``Station``."""
    scope = access.scope_of(actor.role, permission)
    if scope == "all":
        return true()
    if scope == "below":
        return Station.id.in_(stations_below(actor.station_path))
    if scope == "union":
        return Station.union_id == actor.union_id
    return Station.id == (actor.station_id if scope == "site" else -1)


def reaches(actor: Actor, permission: str, station: Station) -> bool:
    """Whether a permission reaches one station."""
    return db.session.scalar(select(Station.id).where(Station.id == station.id, reach(actor, permission))) is not None


def stations(actor: Actor, permission: str = "station.read") -> list[Station]:
    """The stations within reach, parents before children."""
    return list(db.session.scalars(select(Station).where(reach(actor, permission)).order_by(Station.path)))


def find_station(actor: Actor, key: int, permission: str = "station.read") -> Station | None:
    return db.session.scalar(select(Station).where(Station.id == key, reach(actor, permission)))


def users(actor: Actor) -> list[User]:
    """The accounts within reach, in the order of the tree."""
    return list(db.session.scalars(_users(actor).order_by(Station.path, User.role, User.name, User.id)))


def _users(actor: Actor, permission: str = "user.read") -> Select[tuple[User]]:
    return select(User).join(Station, Station.id == User.station_id).where(reach(actor, permission)).options(
        joinedload(User.station), joinedload(User.agency))


def find_user(actor: Actor, key: int) -> User | None:
    return db.session.scalar(_users(actor).where(User.id == key))


def last_seen(user: User) -> datetime | None:
    """When an account was last used; None when never."""
    return db.session.scalar(select(func.max(LoginSession.seen_at)).where(LoginSession.account_id == user.id))


def open_cases(user: User) -> int:
    """How many open cases an account handles: what disabling it leaves without a mediator."""
    return db.session.scalar(select(func.count()).select_from(Case).where(
        Case.handler_id == user.id, Case.is_open == 1)) or 0


class Attention(NamedTuple):
    """Accounts that ask for the supervisor's eye: to be confirmed, and those at the bound of reveals of late."""

    unconfirmed: list[User]
    curious: list[User]


def attention(actor: Actor) -> Attention:
    """Who waits for this supervisor's confirmation, and who asked for more whole numbers than an hour allows."""
    found = [(user, at) for user, at in _attention(actor.role).run(actor).unique()]
    return Attention([user for user, _at in found if user.confirmed_at is None],
                     [user for user, at in found if at is not None and actor.now - at < ALARM])


def unconfirmed(actor: Actor) -> list[User]:
    """Accounts that wait for this supervisor's confirmation; a supervisor is confirmed from above."""
    return attention(actor).unconfirmed


@cache
def _attention(role: str) -> Prepared:
    actor = stand_in(role)
    over = select(func.max(AccessLog.logged_at)).where(
        AccessLog.object == TOO_MANY_REVEALS, AccessLog.account_id == User.id).scalar_subquery()
    waits = and_(User.confirmed_at.is_(None), User.is_active.is_(True), User.id != actor.user_id,
                 or_(User.created_by_id.is_(None), User.created_by_id != actor.user_id),
                 or_(User.role != "supervisor", User.station_id != actor.station_id))
    curious = User.id.in_(select(AccessLog.account_id).where(AccessLog.object == TOO_MANY_REVEALS))
    return Prepared(_users(actor, "user.confirm").add_columns(over).where(or_(waits, curious)).order_by(User.id))


def may_confirm(actor: Actor, user: User) -> bool:
    return any(row.id == user.id for row in unconfirmed(actor))


def agencies(actor: Actor) -> list[Agency]:
    """The bodies of the unions within reach."""
    unions = select(Station.union_id).where(reach(actor, "station.read"))
    return list(db.session.scalars(select(Agency).where(Agency.union_id.in_(unions)).order_by(
        Agency.union_id, Agency.id)))


def find_agency(actor: Actor, key: int) -> Agency | None:
    return next((row for row in agencies(actor) if row.id == key), None)


def unions(actor: Actor) -> list[Station]:
    return [row for row in stations(actor) if row.union_id == row.id]


def names_of(keys: Iterable[int | None]) -> dict[int, str]:
    """Names of accounts by id."""
    wanted = {key for key in keys if key}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(wanted))).tuples().all())


def calendar_years() -> list[int]:
    """The years for which official days are loaded, newest first."""
    year = extract("year", CalendarDay.on)
    found = db.session.scalars(select(year).where(CalendarDay.county == "", CalendarDay.kind == "off",
                                                  extract("month", CalendarDay.on) == 10).distinct())
    return sorted((int(value) for value in found), reverse=True)


def calendar_days(year: int, county: str | None = None) -> list[CalendarDay]:
    """The special days of a year; of every county where none is named."""
    rows = select(CalendarDay).where(extract("year", CalendarDay.on) == year).order_by(
        CalendarDay.on, CalendarDay.county)
    if county is not None:
        rows = rows.where(CalendarDay.county.in_(("", county)))
    return list(db.session.scalars(rows))


def counties() -> list[str]:
    """The counties that have a calendar of their own, by the code stations carry."""
    return sorted(db.session.scalars(select(Station.county).where(Station.county != "").distinct()))


def checks() -> dict[str, RuleCheck]:
    """The newest mark of every checked rule."""
    return {row.rule: row for row in db.session.scalars(select(RuleCheck).order_by(RuleCheck.id))}


def away(on: date) -> dict[int, Absence]:
    """Who is away on a day, by account."""
    rows = db.session.scalars(select(Absence).where(
        Absence.from_on <= on, Absence.until_on >= on, Absence.returned_on.is_(None)).options(
        joinedload(Absence.stand_in)).order_by(Absence.id))
    return {row.account_id: row for row in rows}


def burden(user: User, station: Station, count: int, absence: Absence | None) -> Text:
    """How a mediator stands among the choices: name, site, open cases, and until when away."""
    zh, en = f"{user.name} · {station.short_name} · 在办{count}件", f"{user.name} · {station.short_name} · {count} open"
    if absence is None:
        return Text(zh, en)
    until = absence.until_on
    return Text(f"{zh} · 不在岗至{until:%m-%d}", f"{en} · away until {until:%m-%d}")


def duty_people(station: Station) -> list[User]:
    """Who can be on duty at a site: the active mediators and leads of its union, its own first."""
    return list(db.session.scalars(select(User).join(Station, Station.id == User.station_id).where(
        Station.union_id == station.union_id, User.role.in_(WORKERS), User.is_active.is_(True)).order_by(
        (User.station_id != station.id), User.name)))


def duties(station: Station, first: date, days: int = 7) -> dict[date, Duty]:
    """The officers of a site by day."""
    rows = db.session.scalars(select(Duty).where(
        Duty.station_id == station.id, Duty.on >= first, Duty.on < first + timedelta(days=days)).options(
        joinedload(Duty.account)))
    return {row.on: row for row in rows}


def officers(on: date) -> dict[int, str]:
    """The names of those on duty on a day, by station."""
    return dict(db.session.execute(select(Duty.station_id, User.name).join(User, User.id == Duty.account_id).where(
        Duty.on == on)).tuples().all())


def duty_stations(actor: Actor) -> list[Station]:
    """The unions and sites whose roster the actor may see."""
    return [row for row in stations(actor) if row.is_active and row.kind not in ("region", "league")]


def settings() -> dict[str, str]:
    """Settings changed on the screen, by name."""
    return dict(db.session.execute(select(HouseSetting.name, HouseSetting.value)).tuples().all())


def setting_versions() -> dict[str, int]:
    """How often each setting was changed."""
    return dict(db.session.execute(select(HouseSetting.name, HouseSetting.version)).tuples().all())


# The kind of event that changes a row of the house, by the field in which it names the row.
CHANGES = {"user": "user_changed", "station": "station_saved", "agency": "agency_saved", "name": "setting_changed"}


def last_event(field: str, key: int | str, kind: str = "") -> Event | None:
    """The newest event of the house that changed a row."""
    rows = db.session.scalars(select(Event).where(
        Event.is_of_house(), Event.kind == (kind or CHANGES[field]),
        Event.data.contains(f'"{field}":{json.dumps(key)}', autoescape=True)).order_by(Event.id.desc()).limit(50))
    return next((row for row in rows if json.loads(row.data).get(field) == key), None)


def connection() -> Connection:
    """The connection of this reading, for settings that only the database itself can tell."""
    return db.session.connection()
