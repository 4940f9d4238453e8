"""The house that tests happen in: two unions with their sites, outside bodies, and one person of every role.

Built once per run and copied for every test. ``urad-middle`` with practice station, window and studio is the union
under test; ``example`` is the neighbour beyond the wall, whose ``mediator2`` is the outsider of every view test.
"""
from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from mediation import create_app
from mediation.extensions import db
from mediation.models import Agency, Station, User
from mediation.rules.access import Actor

PASSWORD = "草原-Bayannur-2026"
TODAY = date(2026, 11, 18)  # a Wednesday in a year with a loaded calendar


class Site(NamedTuple):
    code: str
    kind: str
    name: str
    short_name: str
    parent: str = ""


SITES = (
    Site("region", "region", "内蒙古自治区总工会", "区总"),
    Site("urad-middle", "union", "乌拉特中旗总工会", "中旗", "region"),
    Site("practice", "practice_station", "工会实践站", "实践站", "urad-middle"),
    Site("window", "window", "综治中心工会维权窗口", "窗口", "urad-middle"),
    Site("studio", "studio", "调解工作室", "工作室", "urad-middle"),
    Site("example", "union", "示例旗总工会", "示例", "region"),
    Site("example-practice", "practice_station", "示例旗工会实践站", "示例站", "example"),
)

BODIES = (
    ("court", "court", "乌拉特中旗人民法院", "法院"),
    ("arbitration", "arbitration", "乌拉特中旗劳动人事争议仲裁委员会", "仲裁委"),
    ("hr", "hr", "乌拉特中旗人力资源和社会保障局", "人社局"),
)


class Person(NamedTuple):
    username: str
    name: str
    role: str
    station: str
    agency: str = ""


PEOPLE = (
    Person("mediator", "王调解", "mediator", "practice"),
    Person("colleague", "李同事", "mediator", "practice"),
    Person("window", "赵窗口", "mediator", "window"),
    Person("mediator2", "邻旗人", "mediator", "example-practice"),
    Person("lead", "张站长", "lead", "practice"),
    Person("supervisor", "刘主席", "supervisor", "urad-middle"),
    Person("supervisor2", "邻旗主席", "supervisor", "example"),
    Person("liaison", "陈联络", "liaison", "urad-middle", "court"),
    Person("auditor", "孙经审", "auditor", "region"),
    Person("admin", "周管理", "admin", "region"),
)
USERNAMES = tuple(person.username for person in PEOPLE)


def make_app(instance: Path, database_url: str = "", **settings: object) -> Flask:
    """The product over one instance folder, on the day ``TODAY`` unless told otherwise."""
    return create_app({"INSTANCE": str(instance), "DATABASE_URL": database_url, "TESTING": True,
                       "TODAY": TODAY.isoformat(), **settings})


def furnish(app: Flask) -> None:
    """Schema, calendar, sites, bodies and people, in an empty database; leaves no connection open."""
    with app.app_context():
        build_schema()
        add_stations()
        add_agencies()
        add_people()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def build_schema() -> None:
    db.create_all()


def add_stations() -> None:
    for site in SITES:
        parent = get_station(site.parent) if site.parent else None
        station = Station(code=site.code, kind=site.kind, name=site.name, short_name=site.short_name, path="",
                          parent=parent)
        db.session.add(station)
        db.session.flush()
        station.path = f"{parent.path if parent else '/'}{station.id}/"
        is_union = site.kind in {"region", "union"}
        station.union_id = station.id if is_union else parent.union_id
        station.number_form = "乌中工调〔{year}〕{n}号" if is_union else ""


def add_agencies() -> None:
    union = get_station("urad-middle")
    for code, kind, name, short_name in BODIES:
        db.session.add(Agency(union_id=union.id, code=code, kind=kind, name=name, short_name=short_name))
    db.session.flush()


def add_people() -> None:
    password_hash = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
    now = datetime.now(UTC)
    for person in PEOPLE:
        agency = db.session.scalar(select(Agency).where(Agency.code == person.agency)) if person.agency else None
        db.session.add(User(
            username=person.username, name=person.name, role=person.role, station=get_station(person.station),
            agency=agency, password_hash=password_hash, password_set_at=now, confirmed_at=now, must_change=False))
    db.session.flush()


def get_station(code: str) -> Station:
    return db.session.scalars(select(Station).where(Station.code == code)).one()


def get_user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def actor(username: str = "mediator", today: date = TODAY, now: datetime | None = None, language: str = "zh") -> Actor:
    """The person as services and queries get it; within an application context."""
    user = get_user(username)
    return Actor(
        user_id=user.id, username=user.username, name=user.name, role=user.role, station_id=user.station_id,
        station_path=user.station.path, union_id=user.station.union_id, agency_id=user.agency_id, language=language,
        now=now or datetime.now(UTC), today=today, address="127.0.0.1")
