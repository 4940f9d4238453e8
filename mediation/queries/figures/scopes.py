"""What figures are asked for: whose rows, of which days, looked at from which day, narrowed by what."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, exists, or_, select, true

from mediation.extensions import Expression, db
from mediation.models import Case, Station
from mediation.queries import door
from mediation.queries.cases import case_filters
from mediation.queries.prepared import Prepared
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.figures import periods, reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import workdays
from mediation.rules.money import currencies

FUTURE = Text("截止日不能在今天之后", "The cut-off cannot lie in the future")
TOO_EARLY = Text("截止日早于期间的开始", "The cut-off lies before the period begins")
# What narrows the cases beside period and station: a channel, a kind, a site itself without those below, a sector.
FILTERS = ("at", "channel", "kind", "sector")
FILTER_KEYS = {"at": "holder_at"}


@dataclass(frozen=True)
class Scope:
    """Whose figures, of which days, looked at from which day: everything that a row set needs.

    ``rows`` admits the cases; ``station_path`` is the place in the tree of what stands beside the cases.
    """

    actor: Actor
    period: Span
    station: str
    cut_off: date
    rows: ColumnElement[bool] = field(repr=False, default_factory=true)
    filters: Mapping[str, str] = field(default_factory=dict)  # FILTERS, those that are set
    station_path: str = ""
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    is_read: bool = False  # ``rows`` follow from what else stands here
    is_whole: bool = False  # no station lies elsewhere, so that ``rows`` leave out nothing but by ``filters``

    def once(self, name: str, reckon: Callable[[Scope], Any]) -> Any:
        """What several figures of this scope need, reckoned for the first of them."""
        if name not in self.kept:
            self.kept[name] = reckon(self)
        return self.kept[name]

    @property
    def is_now(self) -> bool:
        """Whether it is looked at from today, so that what is kept with the cases as of now serves."""
        return self.cut_off >= self.actor.today

    @property
    def year(self) -> Span:
        """The twelve months that end with the cut-off."""
        return Span(workdays.add_years(self.cut_off, -1) + timedelta(1), self.cut_off, Text("", ""), "")

    @property
    def days(self) -> Span:
        """The days that count: those of the period up to an earlier cut-off."""
        last = self.period.last
        if self.is_now or (last is not None and last <= self.cut_off):
            return self.period
        return periods.between(self.period.first, self.cut_off) or self.period

    @property
    def is_all(self) -> bool:
        """Whether no period is named, so that rows whose day nobody knows count too, at every cut-off."""
        return reporting.is_all(self.period)

    def within(self, column: Expression) -> ColumnElement[bool]:
        """Whether a row counts by a day of its own: the day lies in the period and not after the cut-off.

        A day that nobody knows lies in no period; without a period it counts.
        """
        inside = case_filters.in_period(column, self.days)
        return or_(column.is_(None), inside) if self.is_all and not reporting.is_all(self.days) else inside

    @property
    def is_accepted(self) -> ColumnElement[bool]:
        """Cases accepted in the period; duplicates are not counted."""
        return and_(self.rows, case_filters.is_accepted(self.within(Case.accepted_on)))

    @property
    def is_concluded(self) -> ColumnElement[bool]:
        """Cases with an outcome that counts in rates, by its day."""
        return and_(self.rows, case_filters.is_rated(), self.within(Case.concluded_on), self.is_by_cut_off)

    @property
    def is_by_cut_off(self) -> ColumnElement[bool]:
        """The outcome, where there is one, was reached by the cut-off."""
        return case_filters.is_concluded_by(self.cut_off)


def read(actor: Actor, period: str = "", station: str = "", cut_off: date | None = None,
         filters: Mapping[str, str] | None = None) -> Scope:
    """Read what is asked for; raises Refused with every problem: period, station, cut_off, filters."""
    problems: list[Problem] = []
    span, chosen = reporting.ALL_TIME, ""
    try:
        span = reporting.read_period(period)
    except Refused as refusal:
        problems += refusal.problems
    try:
        chosen = case_filters.read_value(case_filters.KEYS["holder"], station, actor) if station else ""
    except Refused as refusal:
        problems += [Problem("station", problem.text) for problem in refusal.problems]
    if cut_off and cut_off > actor.today:
        problems.append(Problem("cut_off", FUTURE))
    elif cut_off and span.first and cut_off < span.first:
        problems.append(Problem("cut_off", TOO_EARLY))
    narrowed = _read_filters(filters or {}, actor, problems)
    if problems:
        raise Refused(problems)
    path = _path_of(chosen, actor)
    reckon_in_one(path or actor.station_path)
    return Scope(actor, span, chosen, cut_off or actor.today, rows_of(actor, chosen, narrowed), narrowed, path,
                 is_read=True, is_whole=_is_whole(actor, path))


ELSEWHERE = Prepared(select(exists().where(
    ~Station.path.startswith(bindparam("below", type_=String())))))


def _is_whole(actor: Actor, path: str) -> bool:
    """Whether an actor who reads by the tree reads all of it."""
    scope = access.scope_of(actor.role, "statistics.read")
    if scope not in ("all", "below") or (scope == "below" and not actor.station_path):
        return False
    return not ELSEWHERE.run(actor, below=path or ("" if scope == "all" else actor.station_path)).scalar()


def rows_of(actor: Actor, station: str, filters: Mapping[str, str]) -> ColumnElement[bool]:
    """The cases that count for the actor, below a station and narrowed by FILTERS; every value may be a bound one."""
    rows = _in_reach(actor)
    for name, value in (("holder", station), *filters.items()):
        if is_given(value):
            rows = and_(rows, case_filters.KEYS[FILTER_KEYS.get(name, name)].build(value, actor))
    return rows


def is_given(value: str) -> bool:
    """Whether something stands there, be it bound when a statement runs (kept.py)."""
    return isinstance(value, BindParameter) or bool(value)


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    """The cases that count for the actor; the union is said beside the stations: the indexes of days are by union."""
    rows = door.filter_for(actor, "statistics.read")
    if access.scope_of(actor.role, "statistics.read") != "below":
        return rows
    below = door.stations_below(actor.station_path).with_only_columns(Station.union_id)
    return and_(rows, Case.union_id.in_(below))


def reckon_in_one(*paths: str) -> str:
    """The currency of all unions that have cases at or below places of the tree ('' is all of it): sums are said in it
    from here on.

    Raises Refused where they reckon in several, which are never added.
    """
    below = or_(*(Station.path.startswith(path, autoescape=True) if path else true() for path in paths))
    used = select(Station.currency).where(below, exists().where(Case.union_id == Station.id)).distinct()
    found = list(db.session.scalars(used.order_by(Station.currency)))
    if len(found) > 1:
        raise Refused([Problem("station", currencies.SEVERAL.fill(codes="、".join(found)))])
    if found:
        currencies.use(found[0])
    return currencies.at_hand()


def _read_filters(filters: Mapping[str, str], actor: Actor, problems: list[Problem]) -> dict[str, str]:
    found = {}
    for name in FILTERS:
        if said := filters.get(name, "").strip():
            try:
                found[name] = case_filters.read_value(case_filters.KEYS[FILTER_KEYS.get(name, name)], said, actor)
            except Refused as refusal:
                problems += [Problem(name, problem.text) for problem in refusal.problems]
    return found


def _path_of(station: str, actor: Actor) -> str:
    """The path of a chosen station; the actor's own means his site."""
    if not station:
        return ""
    where = Station.id == actor.station_id if station == "own" else Station.code == station
    return db.session.scalar(select(Station.path).where(where)) or ""


# As addresses -----------------------------------------------------------------------------------------------------

def address(asked: Scope, **more: str) -> dict[str, str]:
    """The scope as an address says it."""
    return {"period": asked.period.code, "station": asked.station, "cut_off": asked.cut_off.isoformat(),
            **asked.filters, **more}


def query_of(asked: Scope, **more: str) -> str:
    """The same as the end of an address."""
    return urlencode({name: value for name, value in address(asked, **more).items() if value}, safe=",~.")


def rows_href(asked: Scope, side: str, **more: str) -> str:
    """The page of the rows behind a side of a figure."""
    if not side:
        return ""
    names = "+".join(name.removesuffix(".n") for name in rules.split(side))
    return f"/statistics/rows/{names}?{query_of(asked, **more)}"
