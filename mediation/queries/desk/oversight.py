"""The supervisor's first page: late money by age, load by site and mediator, what changed since last Monday."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, bindparam, case, func, or_, select, true
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Case, Event, Seal, Station, User
from mediation.queries import door
from mediation.queries.cases import case_filters
from mediation.queries.desk import first_page, late_money, work_lists
from mediation.queries.desk.late_money import LATE_MONEY, LateSum
from mediation.queries.desk.sweep import Sweep
from mediation.queries.figures import measures
from mediation.queries.figures.scopes import Scope
from mediation.queries.house import admin
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules.access import Actor
from mediation.rules.figures import reporting
from mediation.rules.house import condition, database_words
from mediation.rules.language import Text, Word
from mediation.rules.money.currencies import Purse, purse
from mediation.sqlite import database_faults, database_settings


@dataclass(frozen=True)
class Count:
    """A number that opens its rows."""

    count: int
    href: str
    tone: str = ""


class Band(NamedTuple):
    """Late money of one age."""

    label: Text
    cases: Count
    sum_fen: int | Purse


class Load(NamedTuple):
    """The open work of a site or a mediator, by the columns of LOAD, and the late money in it.

    ``href`` leads to the mediator's sheet, ``officer`` names who is on duty at a site today, '' when nobody is.
    """

    label: str | Text
    counts: list[Count]
    late: Count
    late_fen: int | Purse
    href: str = ""
    officer: str | None = None


@dataclass(frozen=True)
class Change:
    """Something counted since a day; ``fen`` where it is money."""

    label: Text
    count: int
    href: str
    fen: int | Purse | None = None


class Database(NamedTuple):
    settings: Mapping[str, object]
    faults: list[str]
    words: Mapping[str, Word] = database_words.SETTINGS


@dataclass(frozen=True)
class Oversight:
    """What a supervisor looks at on a Monday morning."""

    bands: list[Band]
    sites: list[Load]
    mediators: list[Load]
    since: date
    changes: list[Change]


OFFICES = ("region", "league", "union")  # no counter of their own
NOBODY = Text("没人承办", "Nobody")
LOAD = first_page.LOAD


def build(actor: Actor, late: Sequence[LateSum], swept: Sweep | None = None) -> Oversight:
    """Everything below the desk's own sections; ``late`` is all late money in sight, ``swept`` the pass that the desk
    has made already."""
    swept = swept or first_page.swept_by(actor)
    return Oversight(bands(swept, late), by_site(actor, swept, late), by_mediator(actor, swept, late),
                     reporting.last_monday(actor.today), changes(actor))


def bands(swept: Sweep, late: Sequence[LateSum]) -> list[Band]:
    """Late money by the age of the oldest unpaid instalment."""
    return [Band(Text(*work_lists.BAND_WORDS[code][1:]), Count(
        swept.count({"late": code}), first_page.link({"late": code})), late_money.total(
        one for one in late if one.band == code)) for code in work_lists.BANDS]


ASKED = [values for _label, values, _tone in LOAD]
COUNTED = [*ASKED, LATE_MONEY]  # its last column stands beside the sum of the money


def _line(label: str | Text, counts: list[int], where: Mapping[str, str], late_fen: int | Purse, href: str = "",
          officer: str | None = None) -> Load:
    *counts, late = counts
    cells = [Count(n, first_page.link({**values, **where}), tone if n else "")
             for n, (_label, values, tone) in zip(counts, LOAD, strict=True)]
    return Load(label, cells, Count(late, first_page.link({"late": "any", **where})), late_fen, href, officer)


def _sums(late: Iterable[LateSum], name: str) -> dict[int | None, int | Purse]:
    """Late money by site or mediator."""
    found: dict[int | None, list[LateSum]] = defaultdict(list)
    for one in late:
        found[getattr(one, name)].append(one)
    return defaultdict(int, {key: late_money.total(some) for key, some in found.items()})


NONE = [0] * len(COUNTED)


def by_site(actor: Actor, swept: Sweep, late: Iterable[LateSum]) -> list[Load]:
    """One line per site, with today's officer; a union's own line holds what lies at none of its sites."""
    counted, sums = swept.counts(COUNTED, "station_id"), _sums(late, "station_id")
    officers = admin.officers(actor.today)
    return [_line(name, counted.get(key, NONE), {"at": code}, sums[key], officer=officers.get(key, ""))
            for key, code, name in _sites(actor.role).run(actor, ids=list(counted))]


@cache
def _sites(role: str) -> Prepared:
    """Every site in reach, and wherever else cases lie (``ids``)."""
    is_site = and_(
        admin.reach(stand_in(role), "case.assign"), Station.is_active.is_(True), Station.kind.not_in(OFFICES))
    row = Station.__table__.c
    return Prepared(select(row.id, row.code, row.short_name).where(
        or_(row.id.in_(bindparam("ids", expanding=True)), is_site)).order_by(row.path))


def by_mediator(actor: Actor, swept: Sweep, late: Iterable[LateSum], is_own_site: bool = False) -> list[Load]:
    """One line per mediator, the heaviest load first, those with nothing open too; nobody's cases last."""
    place = {"at": "own"} if is_own_site else {}
    counted = swept.counts(COUNTED, "handler_id", actor.station_id if is_own_site else None)
    sums = _sums(late, "handler_id")
    found = [_line(name, counted.get(key, NONE), {"handler": username, **place}, sums[key],
                   f"/desk/sheet/{username}" if is_near else "")
             for key, username, name, is_near in _people(actor.role).run(actor, ids=[key for key in counted if key])]
    found.sort(key=lambda line: -line.counts[0].count)
    if None in counted:
        found.append(_line(NOBODY, counted[None], {"handler": "none", **place}, sums[None]))
    return found


@cache
def _people(role: str) -> Prepared:
    """The mediators in reach, and whoever else holds cases (``ids``); whether each is in reach."""
    row = User.__table__.c
    near = and_(admin.reach(stand_in(role), "case.supervise"), row.role.in_(admin.WORKERS))
    return Prepared(select(row.id, row.username, row.name, near).join_from(
        User.__table__, Station.__table__, Station.__table__.c.id == row.station_id).where(or_(
            row.id.in_(bindparam("ids", expanding=True)), and_(near, row.is_active.is_(True)))).order_by(row.id))


def workload(actor: Actor, swept: Sweep | None = None) -> list[Load]:
    """The mediators of the cases at a lead's own site."""
    swept = swept or first_page.swept_by(actor)
    here = swept.counts([LATE_MONEY], "station_id", actor.station_id)
    late = late_money.sums(actor, is_own_site=True) if any(map(any, here.values())) else ()
    return by_mediator(actor, swept, late, is_own_site=True)


def loads(actor: Actor) -> list[Load]:
    """Everybody's open work within the actor's sight: for the page where cases are handed out."""
    if actor.role == "lead":
        return workload(actor)
    swept = first_page.swept_by(actor)
    return by_mediator(actor, swept, late_money.sums(actor) if swept.count(LATE_MONEY) else ())


def changes(actor: Actor) -> list[Change]:
    """What came, was taken on, ended, fell late and arrived since last Monday."""
    since = reporting.last_monday(actor.today)
    span = f"{since.isoformat()}.."
    *counts, currencies = _changed(actor.role).run(actor, since=since).one()
    found = [Change(label, int(n), first_page.link({name: value or span for name, value in values.items()}))
             for n, (label, values) in zip(counts, CHANGES, strict=True)]
    seen = door.filter_for(actor).is_(True)  # payments lead by their day
    count, total = _paid(actor, since, seen, is_one=currencies < 2)
    came = Change(Text("到账", "Money arrived"), count, first_page.link({"state": "any", "paid": span}), total)
    return [*found, came]


def _paid(actor: Actor, since: date, seen: ColumnElement[bool], is_one: bool) -> tuple[int, int | Purse]:
    """How many payments arrived, and how much; in each currency where there are several."""
    def read(rows: ColumnElement[bool]) -> measures.Measure:
        asked = Scope(actor, reporting.since(since, actor.today), "", actor.today, rows)
        return measures.totals(asked, ["paid"])["paid"]
    if is_one:
        found = read(seen)
        return found.count, found.total
    each = {code: read(and_(seen, door.is_in(code))) for code in door.currencies_below(actor.station_path)}
    return sum(one.count for one in each.values()), purse((code, one.total) for code, one in each.items())


# In the order of _changed; '' stands for the span.
CHANGES: tuple[tuple[Text, Mapping[str, str]], ...] = (
    (Text("收到", "Received"), {"state": "any", "registered": ""}),
    (Text("受理", "Accepted"), {"state": "any", "accepted": ""}),
    (Text("化解", "Settled"), {"state": "any", "concluded": "", "outcome": "success"}),
    (Text("其他结果", "Other outcomes"), {"state": "any", "concluded": "", "outcome": "other"}),
    (Text("结案", "Closed"), {"state": "any", "closed": ""}),
    (Text("新超期", "Newly overdue"), {"due": "overdue", "due_in": ""}),
    (Text("新逾期款", "Newly late money"), {"late": "any", "due_in": ""}),
)
_SINCE = bindparam("since", type_=Date())


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@cache
def _changed(role: str) -> Prepared:
    """One row: the sums of _moved, then those of _fallen_due, and how many currencies are used there."""
    moved, due = _moved(role).subquery(), _fallen_due(role).subquery()
    used = select(func.count(Station.currency.distinct())).where(Station.path.startswith(stand_in(role).station_path))
    return Prepared(select(moved, due, used.scalar_subquery()).join_from(moved, due, true()))


def _moved(role: str) -> Select[Any]:
    """Cases that came, were taken on, ended or were closed: each counted from the index of its day, by the conditions
    of the lists that their counts open."""
    row, actor = Case, stand_in(role)
    won, other = (case_filters.KEYS["outcome"].build(value, actor) for value in ("success", "other"))
    seen = door.filter_for(actor).is_(True)
    accepted = case_filters.is_accepted(row.accepted_on >= _SINCE)
    days: list[tuple[ColumnElement[bool], list[ColumnElement[bool]]]] = [
        (row.received_on >= _SINCE, [true()]), (row.accepted_on >= _SINCE, [accepted]),
        (row.concluded_on >= _SINCE, [won, other]), (row.closed_on >= _SINCE, [true()])]
    parts = [select(*(_sum(held).label(f"moved_{n}_{m}") for m, held in enumerate(some))).where(day, seen).subquery()
             for n, (day, some) in enumerate(days)]
    first, *others = parts
    source: FromClause = first
    for part in others:
        source = source.join(part, true())
    return select(*(column for part in parts for column in part.c)).select_from(source)


def _fallen_due(role: str) -> Select[Any]:
    """Open cases whose limit or payment fell due since: found by the index of open cases."""
    actor = stand_in(role)
    return select(_sum(work_lists.overdue(actor.today)), _sum(work_lists.late_money(actor.today))).where(
        work_lists.is_open(), Case.next_due_on >= _SINCE, Case.next_due_on < actor.today,
        door.filter_for(actor).is_(True))


# Those who look after the house -----------------------------------------------------------------------------------

def last_seals(limit: int = 3) -> list[Seal]:
    return list(db.session.scalars(select(Seal).order_by(Seal.id.desc()).limit(limit)))


def unsealed_events() -> int:
    """Events since the last seal, counted up to one more than people are told (condition.MOST)."""
    last = select(func.coalesce(func.max(Seal.last_event_id), 0)).scalar_subquery()
    some = select(Event.id).where(Event.id > last).limit(condition.MOST + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def last_backup() -> Event | None:
    return db.session.scalar(select(Event).where(Event.kind == "backed_up").order_by(Event.id.desc()).limit(1))


def unconfirmed() -> list[User]:
    """Accounts, the whole house's, whose role and station no supervisor has confirmed yet."""
    return list(db.session.scalars(select(User).where(User.confirmed_at.is_(None), User.is_active.is_(True)).options(
        joinedload(User.station)).order_by(User.id).limit(50)))


def database() -> Database:
    """The database's settings as it reports them, and those that are not what safety needs."""
    connection = db.session.connection()
    return Database(database_settings(connection), database_faults(connection))
