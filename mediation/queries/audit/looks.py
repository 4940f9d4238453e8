"""Who looked: the access log of the accounts below a station, filtered and one page at a time.

A look at a case that the reader may not see keeps its day and its person, and loses its number (rules/access.WITHHELD).
"""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from mediation.extensions import db
from mediation.models import AccessLog, Case, Station, User
from mediation.queries import door
from mediation.queries.audit import filters
from mediation.queries.cases import case_filters
from mediation.queries.cases.history import FIELD_WORDS
from mediation.rules import access, journal, ledger, words
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Text, Word
from mediation.rules.papers import catalogue as papers

PAGE = 100
NOT_DONE = frozenset({"refused", "login_failed", "login_locked"})
BEIJING = ZoneInfo("Asia/Shanghai")
REVEALED = re.compile(r"party \d+ (\w+): (\w+)")
NUMBER = re.compile(r"[a-z][a-z0-9-]*-\d{4}-\d{3,}")  # ours, as services/numbers.py makes them


@dataclass(frozen=True)
class Wanted(filters.Filters):
    """The filters of the list; ``case``: any number by which the case is known."""

    kind: str = ""
    who: str = ""
    case: str = ""


class Look(NamedTuple):
    """A line: when (UTC), who, what kind, at what (a readable case's number, or words), what is told of it, from where
    and by which request, and whether it was done: what is refused is on record too."""

    at: datetime
    who: str
    role: Word | None
    kind: Word
    number: str
    thing: Text
    told: Text
    address: str
    site: str
    request: str
    is_done: bool


class Listing(NamedTuple):
    looks: list[Look]
    next_after: int | None


def read(given: Mapping[str, str], actor: Actor) -> Wanted:
    """The filters of an address; raises Refused with every problem."""
    found = filters.read(Wanted(), given, {"kind": journal.ACCESS_KINDS, "station": case_filters.find_stations(actor),
                                           "who": accounts(actor)})
    return Wanted(found.state, found.station, found.period, found.after, found.kind, found.who,
                  given.get("case", "").strip()[:100])


def accounts(actor: Actor) -> dict[str, Word]:
    """The accounts whose looks the reader may see, by user name."""
    rows = db.session.execute(select(User.username, User.name).where(
        User.station_id.in_(door.stations_below(actor.station_path))).order_by(User.name, User.id))
    return {username: Word(username, name, name) for username, name in rows}


def listing(wanted: Wanted, actor: Actor) -> Listing:
    """The newest first; a page begins below the id that the last one ended with."""
    rows = db.session.execute(
        select(AccessLog, User.name, Station.short_name).outerjoin(User, User.id == AccessLog.account_id).outerjoin(
            Station, Station.id == AccessLog.station_id).where(*_rows(wanted, actor))
        .order_by(AccessLog.id.desc()).limit(PAGE + 1)).all()
    hidden = _hidden({number for look, *_rest in rows if (number := _number(look.object))}, actor)
    made = [_look(look, name or "", site or "", hidden) for look, name, site in rows[:PAGE]]
    return Listing(made, rows[PAGE - 1][0].id if len(rows) > PAGE else None)


def _rows(wanted: Wanted, actor: Actor) -> list[ColumnElement[bool]]:
    below = door.stations_below(actor.station_path)
    nobody = and_(AccessLog.station_id.is_(None), AccessLog.account_id.is_(None), is_at_the_top(actor))
    rows: list[ColumnElement[bool]] = [or_(AccessLog.station_id.in_(below), nobody)]
    if wanted.after:
        rows.append(AccessLog.id < wanted.after)
    if wanted.kind:
        rows.append(AccessLog.kind == wanted.kind)
    if wanted.who:
        rows.append(AccessLog.account_id.in_(select(User.id).where(User.username == wanted.who)))
    if wanted.station:
        rows.append(AccessLog.station_id.in_(_at(wanted.station, actor)))
    if wanted.case:
        rows.append(AccessLog.object.in_(select(Case.number).where(
            door.filter_for(actor), case_filters.KEYS["number"].build(wanted.case, actor))))
    return rows + within(wanted.period, AccessLog.logged_at)


def is_at_the_top(actor: Actor) -> ColumnElement[bool]:
    """Whether the reader's station is above all others: what belongs to none is told there."""
    return exists().where(Station.id == actor.station_id, Station.parent_id.is_(None))


def within(period: Span,
           moment: ColumnElement[datetime] | InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
    """The rows whose moment lies in the days of a period, as Beijing counts them."""
    if reporting.is_all(period):
        return []
    first, last = period.first, period.last
    return [*([moment >= _begins(first)] if first else []),
            *([moment < _begins(last + timedelta(days=1))] if last else [])]


def _at(station: str, actor: Actor) -> Select[Any]:
    """The stations that a filter names: one and all below it, within what the reader sees; 'own' is the reader's."""
    if station == "own":
        return select(Station.id).where(Station.id == actor.station_id)
    path = db.session.scalar(select(Station.path).where(
        Station.code == station, Station.id.in_(door.stations_below(actor.station_path))))
    return door.stations_below(path or "")


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _hidden(numbers: Collection[str], actor: Actor) -> frozenset[str]:
    """Those of the numbers whose cases the reader may not see."""
    seen = select(Case.number).where(Case.number.in_(numbers), door.filter_for(actor))
    return frozenset(db.session.scalars(select(Case.number).where(Case.number.in_(numbers), Case.number.not_in(seen))))


def _number(thing: str) -> str:
    """The number of a case within what was looked at: itself, or in a refused address."""
    found = NUMBER.search(thing)
    return found[0] if found else ""


def _look(look: AccessLog, name: str, site: str, hidden: Collection[str]) -> Look:
    number = _number(look.object)
    thing = access.WITHHELD if number in hidden else _thing(look)
    return Look(look.logged_at, name or look.role, words.ROLES.get(look.role),
                journal.ACCESS_KINDS.get(look.kind) or Word(look.kind, look.kind, look.kind),
                number if number == look.object and number not in hidden else "", thing, _told(look), look.address,
                site, look.request_id, look.kind not in NOT_DONE)


def _thing(look: AccessLog) -> Text:
    """What was looked at; a sheet that left by its words."""
    sheet, _dot, form = look.object.partition(".")
    if look.kind == "export" and sheet in ledger.SHEETS:
        label = ledger.SHEETS[sheet].label
        return Text(f"{label.zh}（{form}）", f"{label.en} ({form})")
    if look.object == journal.TOO_MANY_REVEALS:
        return Text("一小时内看全号超过限额", "more reveals than an hour allows")
    kind = look.object.removeprefix("blank ")
    if kind != look.object and kind in papers.PAPERS:
        title = papers.PAPERS[kind].title
        return Text("空白{title}", "empty form: {title}").fill(title=title)
    return Text(look.object, look.object)


def _told(look: AccessLog) -> Text:
    """What the log tells beside: whose number was revealed and why, which right was missing, which papers."""
    revealed = REVEALED.fullmatch(look.detail)
    if revealed:
        field = FIELD_WORDS.get(revealed[1], Text(revealed[1], revealed[1]))
        why = words.REVEAL_REASONS.get(revealed[2]) or Text(revealed[2], revealed[2])
        return Text("{field}：{why}", "{field}: {why}").fill(field=field, why=why)
    if look.kind == "refused" and look.detail in access.GRANTS:
        return access.GRANTS[look.detail].label
    named = [papers.PAPERS[key].title for key in look.detail.split(", ") if key in papers.PAPERS]
    if named:
        return Text("、".join(one.zh for one in named), ", ".join(one.en for one in named))
    return Text(look.detail, look.detail)
