"""The supervisor's first page: late money by age, load by site and mediator, what changed since last Monday."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Case, Event, Seal, Station, User
from mediation.queries import balances, conditions, desk, door, house, keys, statistics
from mediation.rules import reporting, words
from mediation.rules.access import Actor
from mediation.rules.language import Text
from mediation.sqlite import database_faults, database_settings


class Count(NamedTuple):
    """A number that opens its rows."""

    count: int
    href: str
    tone: str = ""


class Band(NamedTuple):
    """Late money of one age."""

    label: Text
    cases: Count
    sum_fen: int


class Load(NamedTuple):
    """The open work of a site or a mediator, by the columns of LOAD, and the late money in it.

    ``href`` leads to the mediator's sheet, ``officer`` names who is on duty at a site today, '' when nobody is.
    """

    label: str | Text
    counts: list[Count]
    late: Count
    late_fen: int
    href: str = ""
    officer: str | None = None


class Change(NamedTuple):
    """Something counted since a day; ``fen`` where it is money."""

    label: Text
    count: int
    href: str
    fen: int | None = None


class Database(NamedTuple):
    settings: Mapping[str, object]
    faults: list[str]


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
# The columns of both tables of load: words, the conditions of the list, tone.
LOAD: tuple[tuple[Text, Mapping[str, str], str], ...] = (
    (Text("在办", "Open"), {"state": "open"}, ""),
    (Text("超期", "Overdue"), {"due": "overdue"}, "late"),
    (Text("3日内", "3 days"), {"due": "3"}, "warn"),
    (Text("7日内", "7 days"), {"due": "7"}, ""),
    (Text("15日内", "15 days"), {"due": "15"}, ""),
    (Text("待指派", "Unassigned"), {"task": "unassigned"}, "warn"),
    (Text("未签收", "Not taken"), {"task": "to_take"}, ""),
    (Text("等回复", "Waiting"), {"task": "waiting"}, ""),
    (Text("没动", "Untouched"), {"untouched": desk.UNTOUCHED}, "warn"),
    (Text("卡住", "Stuck"), {"task": "stuck"}, "warn"),
    (Text("督办", "Supervised"), {"task": "supervised"}, "warn"),
    (Text("逾期1–7天", "Late 1–7 d"), {"late": "1-7"}, "late"),
    (Text("8–30天", "8–30 d"), {"late": "8-30"}, "late"),
    (Text("31–90天", "31–90 d"), {"late": "31-90"}, "late"),
    (Text("90天以上", "Over 90 d"), {"late": "91-"}, "late"),
)


def build(actor: Actor, late: Mapping[int, balances.Balance]) -> Oversight:
    """Everything below the desk's own sections; ``late`` holds the late money of every case that has some."""
    rows = _late_rows(actor)
    return Oversight(bands(rows, late, actor), by_site(actor, rows, late), by_mediator(actor, rows, late),
                     reporting.last_monday(actor.today), changes(actor))


class LateRow(NamedTuple):
    case_id: int
    age: int
    station_id: int
    handler_id: int | None


def _late_rows(actor: Actor) -> list[LateRow]:
    found = db.session.execute(select(Case.id, Case.next_due_on, Case.station_id, Case.handler_id).where(
        door.filter_for(actor), conditions.late_money(actor.today)))
    return [LateRow(key, (actor.today - on).days, station, handler) for key, on, station, handler in found]


def bands(rows: Iterable[LateRow], late: Mapping[int, balances.Balance], actor: Actor) -> list[Band]:
    """Late money by the age of the oldest unpaid instalment."""
    found = []
    rows = list(rows)
    for code, (first, last) in conditions.BANDS.items():
        inside = [row for row in rows if first <= row.age <= (last or row.age)]
        found.append(Band(Text(*conditions.BAND_WORDS[code][1:]), Count(len(inside), desk.link({"late": code})),
                          sum(late.get(row.case_id, balances.NOTHING).overdue_fen for row in inside)))
    return found


def _counted(actor: Actor, column: ColumnElement[int], where: ColumnElement[bool]) -> dict[int | None, list[int]]:
    """The columns of LOAD for every value of a column of the open cases; one statement."""
    sums = []
    for _label, values, _tone in LOAD:
        made = [keys.KEYS[name].build(value, actor) for name, value in values.items()]
        sums.append(func.sum(case((made[0], 1), else_=0)))
    rows = db.session.execute(select(column, *sums).where(
        door.filter_for(actor), conditions.is_open(), where).group_by(column))
    return {key: [int(n) for n in counts] for key, *counts in rows}


def _line(label: str | Text, counts: list[int], where: Mapping[str, str], late: tuple[int, int], href: str = "",
          officer: str | None = None) -> Load:
    cells = [Count(n, desk.link({**values, **where}), tone if n else "")
             for n, (_label, values, tone) in zip(counts, LOAD, strict=True)]
    return Load(label, cells, Count(late[0], desk.link({"late": "any", **where})), late[1], href, officer)


def _sums(rows: Iterable[LateRow], late: Mapping[int, balances.Balance], name: str) -> dict[
        int | None, tuple[int, int]]:
    """Cases with late money and its sum, by site or mediator."""
    found: dict[int | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        count, fen = found[getattr(row, name)]
        found[getattr(row, name)] = (count + 1, fen + late.get(row.case_id, balances.NOTHING).overdue_fen)
    return found


NONE = [0] * len(LOAD)


def by_site(actor: Actor, rows: Iterable[LateRow], late: Mapping[int, balances.Balance]) -> list[Load]:
    """One line per site, with today's officer; a union's own line holds what lies at none of its sites."""
    counted, sums = _counted(actor, Case.station_id, true()), _sums(rows, late, "station_id")
    is_site = and_(house.reach(actor, "case.assign"), Station.is_active.is_(True), Station.kind.not_in(OFFICES))
    stations = db.session.scalars(select(Station).where(or_(Station.id.in_(list(counted)), is_site)).order_by(
        Station.path)).all()
    officers = house.officers(actor.today)
    return [_line(row.short_name, counted.get(row.id, NONE), {"at": row.code}, sums[row.id],
                  officer=officers.get(row.id, "")) for row in stations]


def by_mediator(actor: Actor, rows: Iterable[LateRow], late: Mapping[int, balances.Balance],
                is_own_site: bool = False) -> list[Load]:
    """One line per mediator, the heaviest load first, those with nothing open too; nobody's cases last."""
    where, place = (Case.station_id == actor.station_id, {"at": "own"}) if is_own_site else (true(), {})
    counted, sums = _counted(actor, Case.handler_id, where), _sums(rows, late, "handler_id")
    near = and_(house.reach(actor, "case.supervise"), User.role.in_(house.WORKERS))
    people = db.session.execute(select(User, near).join(Station, Station.id == User.station_id).where(or_(
        User.id.in_([key for key in counted if key]), and_(near, User.is_active.is_(True)))).order_by(User.id))
    found = [_line(row.name, counted.get(row.id, NONE), {"handler": row.username, **place}, sums[row.id],
                   f"/desk/sheet/{row.username}" if is_near else "") for row, is_near in people]
    found.sort(key=lambda line: -line.counts[0].count)
    if None in counted:
        found.append(_line(NOBODY, counted[None], {"handler": "none", **place}, sums[None]))
    return found


def workload(actor: Actor) -> list[Load]:
    """The mediators of the cases at a lead's own site."""
    here = Case.station_id == actor.station_id
    rows = [row for row in _late_rows(actor) if row.station_id == actor.station_id]
    late = balances.of_cases(actor.today, and_(door.filter_for(actor), conditions.late_money(actor.today), here))
    return by_mediator(actor, rows, late, is_own_site=True)


def loads(actor: Actor) -> list[Load]:
    """Everybody's open work within the actor's sight: for the page where cases are handed out."""
    if actor.role == "lead":
        return workload(actor)
    late = balances.of_cases(actor.today, and_(door.filter_for(actor), conditions.late_money(actor.today)))
    return by_mediator(actor, _late_rows(actor), late)


def changes(actor: Actor) -> list[Change]:
    """What came, was taken on, ended, fell late and arrived since last Monday."""
    since = reporting.last_monday(actor.today)
    span = f"{since.isoformat()}.."
    won = Case.outcome.in_(words.SUCCESS)
    rows = (
        (Text("收到", "Received"), Case.received_on >= since, {"state": "any", "registered": span}),
        (Text("受理", "Accepted"), (Case.accepted_on >= since) & (Case.outcome != "DUPLICATE"),
         {"state": "any", "accepted": span}),
        (Text("化解", "Settled"), (Case.concluded_on >= since) & won,
         {"state": "any", "concluded": span, "outcome": "success"}),
        (Text("其他结果", "Other outcomes"), (Case.concluded_on >= since) & ~won,
         {"state": "any", "concluded": span, "outcome": "other"}),
        (Text("结案", "Closed"), Case.closed_on >= since, {"state": "any", "closed": span}),
        (Text("新超期", "Newly overdue"), conditions.overdue(actor.today) & (Case.next_due_on >= since),
         {"due": "overdue", "due_in": span}),
        (Text("新逾期款", "Newly late money"), conditions.late_money(actor.today) & (Case.next_due_on >= since),
         {"late": "any", "due_in": span}),
    )
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for _label, condition, _values in rows]
    counts = db.session.execute(select(*sums).where(door.filter_for(actor), or_(
        Case.received_on >= since, Case.accepted_on >= since, Case.concluded_on >= since,
        Case.closed_on >= since, conditions.is_open()))).one()
    found = [Change(label, int(n), desk.link(values))
             for n, (label, _condition, values) in zip(counts, rows, strict=True)]
    arrived, number = statistics.arrived(reporting.since(since, actor.today), door.filter_for(actor))
    return [*found, Change(Text("到账", "Money arrived"), number, desk.link({"state": "any", "paid": span}), arrived)]


# Those who look after the house -----------------------------------------------------------------------------------

def last_seals(limit: int = 3) -> list[Seal]:
    return list(db.session.scalars(select(Seal).order_by(Seal.id.desc()).limit(limit)))


def unsealed_events() -> int:
    """Events since the last seal."""
    last = select(func.coalesce(func.max(Seal.last_event_id), 0)).scalar_subquery()
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.id > last)) or 0


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
