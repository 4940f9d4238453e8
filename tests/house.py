"""The house that tests happen in: two unions with their sites, outside bodies, and one person of every role.

Built once per run and copied for every test. ``urad-middle`` with practice station, window and studio is the union
under test; ``example`` is the neighbour beyond the wall, whose ``mediator2`` is the outsider of every view test.
"""
from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import select

from mediation import create_app
from mediation.cli.house.setup import upgrade
from mediation.extensions import close_engines, db
from mediation.models import Agency, Station, User
from mediation.rules.access import Actor
from mediation.services.house import accounts, setup

PASSWORD = "草原-Bayannur-2026"
TODAY = date(2026, 11, 18)  # a Wednesday in a year with a loaded calendar


class Compiled(BytecodeCache):
    """Templates as Jinja compiles them, by name and digest of their text: once for all applications of a run."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.known.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.checksum, bucket.bytecode_to_string()


COMPILED = Compiled()


class Site(NamedTuple):
    code: str
    kind: str
    name: str
    short_name: str
    parent: str = ""
    number_form: str = ""


SITES = (
    Site("region", "region", "内蒙古自治区总工会", "区总"),
    Site("urad-middle", "union", "乌拉特中旗总工会", "中旗", "region", "乌中工调〔{year}〕{n}号"),
    Site("practice", "practice_station", "工会实践站", "实践站", "urad-middle"),
    Site("window", "window", "综治中心工会维权窗口", "窗口", "urad-middle"),
    Site("studio", "studio", "调解工作室", "工作室", "urad-middle"),
    Site("example", "union", "示例旗总工会", "示例", "region", "示工调〔{year}〕{n}号"),
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
    made = create_app({"INSTANCE": str(instance), "DATABASE_URL": database_url, "TESTING": True,
                       "TODAY": TODAY.isoformat(), **settings})
    made.jinja_env.bytecode_cache = COMPILED
    return made


def furnish(app: Flask) -> None:
    """Schema, calendar, sites, bodies and people, in an empty database; leaves no connection open."""
    with app.app_context():
        build_schema()
        clerk = accounts.operator("tests", datetime.now(UTC), TODAY)
        setup.load_calendar(clerk)
        stations = add_stations(clerk)
        add_people(clerk, stations, add_agencies(clerk, stations["urad-middle"]))
        db.session.commit()
        db.session.remove()
        close_engines()


def build_schema() -> None:
    """The migrations and the keys, as ``init`` makes them for an office."""
    upgrade()


def add_stations(clerk: Actor) -> dict[str, Station]:
    made: dict[str, Station] = {}
    for site in SITES:
        made[site.code] = setup.save_station(clerk, site.code, site.name, site.kind, made.get(site.parent),
                                             short_name=site.short_name, number_form=site.number_form)
    return made


def add_agencies(clerk: Actor, union: Station) -> dict[str, Agency]:
    return {code: setup.save_agency(clerk, union, code, kind, name, short_name=short_name)
            for code, kind, name, short_name in BODIES}


def add_people(clerk: Actor, stations: dict[str, Station], agencies: dict[str, Agency]) -> None:
    """Confirmed accounts with one password that need not be changed first."""
    rows = []
    for person in PEOPLE:
        agency = agencies.get(person.agency)
        row, _secret = accounts.create(clerk, person.username, person.name, person.role, stations[person.station],
                                       agency.id if agency else None, password=PASSWORD)
        row.must_change, row.one_time_until_at = False, None
        rows.append(row)
    above, beyond = actor("supervisor"), actor("supervisor2")
    for row in rows:
        accounts.confirm(row, beyond if row.id == above.user_id else above)


def get_station(code: str) -> Station:
    return db.session.scalars(select(Station).where(Station.code == code)).one()


def get_user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def actor(username: str = "mediator", today: date = TODAY, now: datetime | None = None, language: str = "zh") -> Actor:
    """The person as services and queries get it; within an application context."""
    return accounts.actor_of(get_user(username), now or datetime.now(UTC), today, language, "127.0.0.1")


def short(number: str) -> str:
    """A register number as the people of 乌拉特中旗 read it."""
    return number.removeprefix("urad-middle-")
