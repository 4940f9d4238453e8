"""The command that fills a fresh database with the demonstration county."""
from __future__ import annotations

import csv
import secrets
import sys
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from mediation import settings
from mediation.cli.base import command, operator
from mediation.cli.demo import archive, audits, beforehand, county, plays
from mediation.cli.house.setup import upgrade
from mediation.extensions import db
from mediation.models import Duty, HouseSetting, Station, User
from mediation.queries.figures import scopes, statistics
from mediation.rules import words
from mediation.rules.figures import catalogue
from mediation.rules.people import identity
from mediation.services import journal
from mediation.services.figures import issuing
from mediation.services.house import accounts, setup
from mediation.services.people import employers

MARK = "demonstration"
SOURCE_NOTE = f"{statistics.NOTE}urad-middle:2025"
NOTE_OF_2025 = ("来源报道的是2025年1至8月：化解6件、成功率60%、挽回15万元；“十件”由“六件”和“60%”推得。 / "
                "The source reported January to August 2025: 6 settled, 60 %, 150,000 yuan; "
                "ten follows from six and 60 %.")
REAL_CASES = settings.ROOT.parent / "shared" / "data" / "real-cases.csv"


@command("demo")
def demo() -> None:
    """Fill a fresh database with the demonstration county; keeps one that exists, refuses other data."""
    upgrade()
    mark = db.session.get(HouseSetting, MARK)
    if mark is None and db.session.scalar(select(Station.id).limit(1)):
        raise click.ClickException("这个库里已有别的数据；演示请另用一个空文件夹（MEDIATION_INSTANCE）。")
    password = mark.value if mark else fill()
    for username, name, role, station, _agency in county.ACCOUNTS:
        click.echo(f"{username:<12} {words.ROLES[role].zh}  {name}（{station}）")
    click.echo(f"password: {password}")


def fill() -> str:
    """Build house and stories; gives the one password of the demonstration's accounts."""
    actor = operator()
    today = actor.today
    setup.load_calendar(actor)
    password = str(current_app.config["MEDIATION"]["DEMO_PASSWORD"] or secrets.token_urlsafe(9))
    stations = _stations(actor)
    _people(actor, stations, password)
    _employers(stations["urad-middle"], today)
    has_archive = REAL_CASES.is_file()  # then the second union holds those cases and no other: its totals are published
    stories = [*county.YEAR_2025, *county.LIVE, *county.UNUSUAL, *(() if has_archive else county.EXAMPLE),
               *county.FRONT]
    played = {}
    with _watched(list(enumerate(stories, 1))) as bar:
        for n, story in bar:
            played[story.key] = plays.play(story, today, n)
    plays.close_books(played)
    beforehand.play(today)
    plays.sent_by_bodies(today)
    if has_archive:
        enter_archive(REAL_CASES, today)
    audits.play(today)
    _duty(stations, today)
    _give_out(today)
    plays.oversee(today)
    plays.send_away(today)
    db.session.add(HouseSetting(name=MARK, value=password))
    db.session.add(HouseSetting(name=SOURCE_NOTE, value=NOTE_OF_2025))
    db.session.commit()  # on PostgreSQL a seal waits for whoever is writing events, which would be ourselves
    journal.seal(actor)
    return password


def _watched(rows: list):
    """The rows, under a bar where somebody watches."""
    if not sys.stderr.isatty():
        return nullcontext(rows)
    return click.progressbar(rows, label="演示案件", file=sys.stderr)


def _stations(actor) -> dict[str, Station]:
    made: dict[str, Station] = {}
    for code, kind, name, short, parent, columns in county.STATIONS:
        made[code] = setup.save_station(actor, code, name, kind, made.get(parent), short_name=short, **columns)
    for code, kind, name, short, contact, phone, address, handles in county.AGENCIES:
        setup.save_agency(actor, made["urad-middle"], code, kind, name, short_name=short, contact_name=contact,
                          phone=phone, address=address, handles=handles)
    return made


def _people(actor, stations: dict[str, Station], password: str) -> None:
    bodies = {row.code: row for row in setup.agencies_of(stations["urad-middle"])}
    made = {}
    for username, name, role, station, agency in county.ACCOUNTS:
        made[username], _secret = accounts.create(
            actor, username, name, role, stations[station], bodies[agency].id if agency else None, password,
            is_demo=True)
    for username, row in made.items():
        above = "supervisor2" if username == "supervisor" else "supervisor"
        accounts.confirm(row, plays.actor(above, actor.today))


def _employers(union: Station, today: date) -> None:
    clerk = plays.actor("mediator", today)
    for key, name, code, sector, ownership, person in county.EMPLOYERS:
        whole = code + identity.credit_check_digit(code)
        row = employers.register({"name": name, "credit_code": whole, "sector": sector, "ownership": ownership,
                                  "legal_person": person}, clerk, union.id)
        if key == "mine":
            employers.set_democracy(row, {
                "union": ("yes", date(2019, 5, 8)), "congress": ("yes", date(2020, 3, 20)),
                "open_affairs": ("no", None), "contract": ("yes", today + timedelta(days=46))}, clerk)


def enter_archive(path: Path, today: date) -> None:
    """Enter the cases of a published register afterwards, under the second union."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            archive.enter(row, plays.actor("mediator2", today))


def _give_out(today: date) -> None:
    """The year's figures as they went to the political-legal commission."""
    chief = plays.actor("supervisor", today)
    chosen = [key for key, row in catalogue.FIGURES.items() if row.group == "published"]
    issuing.issue(scopes.read(chief, "2025"), chosen, issuing.Purpose("旗委政法委", "年度通报"), chief)


def _duty(stations: dict[str, Station], today: date) -> None:
    people = {row.username: row.id for row in db.session.scalars(select(User))}
    rota = {"urad-middle-practice": ("lead", "mediator", "wulan"), "urad-middle-window": ("window",)}
    for code, names in rota.items():
        for n in range(14):
            day = today + timedelta(days=n)
            if day.weekday() < 5 or code.endswith("practice"):
                db.session.add(Duty(station_id=stations[code].id, on=day, account_id=people[names[n % len(names)]]))


