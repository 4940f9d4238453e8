"""The one door to cases: row filters and rights. Nothing else decides which case an account may see."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload
from sqlalchemy.orm.interfaces import LoaderOption

from mediation.extensions import db
from mediation.models import Agency, Case, CaseMember, Commission, Duty, Station
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules import access
from mediation.rules.access import Actor, Holding
from mediation.rules.bodies.commissions import RETURNED


def filter_for(actor: Actor, permission: str = "case.read", is_voided_too: bool = False) -> ColumnElement[bool]:
    """The row filter of a reading permission, in SQL; sealed cases open to their named people only.

    A right that only counts (access.COUNTING) counts them for everybody: a total does not depend on who reads it.
    Voided cases are in no list and no count, unless it is them that are asked for; this is the one place that says so.
    """
    rows = FILTERS[access.scope_of(actor.role, permission)](actor)
    if not is_voided_too:
        rows = and_(rows, Case.voided_on.is_(None))
    if permission in access.COUNTING:
        return rows
    return and_(rows, or_(Case.is_sealed.is_(False), _names(actor)))


def is_withheld(actor: Actor) -> ColumnElement[bool]:
    """Whether a case is sealed and the actor not named: counted, and no word of it is told."""
    return and_(Case.is_sealed.is_(True), not_(_names(actor)))


def _names(actor: Actor) -> ColumnElement[bool]:
    member = exists().where(CaseMember.case_id == Case.id, CaseMember.account_id == actor.user_id,
                            CaseMember.until_on.is_(None))
    return or_(and_(Case.handler_id.is_not(None), Case.handler_id == actor.user_id), member)


def invited_case_ids(agency_id: int | None) -> Select[Any]:
    """Cases whose parts are shared with a body now; sight ends at recall or archiving."""
    return select(Commission.case_id).join(Case, Case.id == Commission.case_id).join(
        Agency, Agency.id == Commission.agency_id).where(
        Commission.agency_id == agency_id, is_live(), Agency.is_active.is_(True),
        Case.state != "ARCHIVED").correlate(None)


def is_live() -> ColumnElement[bool]:
    """A letter that still gives its body sight of the case (rules/bodies/commissions.is_live)."""
    return and_(Commission.recalled_on.is_(None), Commission.state != RETURNED)


def stations_below(path: str) -> Select[Any]:
    """A station and all below it; the path may be bound when the statement runs (queries/prepared.py)."""
    if not isinstance(path, str):
        return select(Station.id).where(Station.path.startswith(path))
    return select(Station.id).where(Station.path.startswith(path or "-", autoescape=True))


FILTERS: dict[str, Callable[[Actor], ColumnElement[bool]]] = {
    "": lambda actor: false(),
    "own": lambda actor: false(),
    "mine": lambda actor: and_(Case.union_id == actor.union_id, or_(
        Case.handler_id == actor.user_id, and_(Case.handler_id.is_(None), Case.station_id == actor.station_id))),
    "site": lambda actor: and_(Case.union_id == actor.union_id, Case.station_id == actor.station_id),
    "union": lambda actor: Case.union_id == actor.union_id,
    "below": lambda actor: Case.station_id.in_(stations_below(actor.station_path)),
    "invited": lambda actor: Case.id.in_(invited_case_ids(actor.agency_id)),
    "all": lambda actor: true(),
}


def readable(actor: Actor) -> Select[tuple[Case]]:
    """All cases that the actor may see."""
    return select(Case).where(filter_for(actor))


def sighted(actor: Actor, part: InstrumentedAttribute[Any]) -> LoaderOption:
    """Load what a row belongs to; of a case out of sight not even its number, which beside a name would tell all.

    Such a row keeps its ``case_id`` and has no ``case``.
    """
    return joinedload(part.and_(filter_for(actor)) if part.property.mapper.class_ is Case else part)


def find_case(actor: Actor, number: str) -> Case | None:
    """A readable case by its number, a voided one too; None for a foreign one as for none at all."""
    reader = replace(actor, username="", name="", language="", now=datetime.min, today=date.min, address="",
                     request_id="")
    return db.session.scalar(_by_number(reader), {"number": number})


def find_case_of_id(actor: Actor, key: int) -> Case | None:
    """The same by its id."""
    return db.session.scalar(readable(actor).where(Case.id == key))


@lru_cache(1024)
def _by_number(reader: Actor) -> Select[tuple[Case]]:
    """Kept for each account as it stands: whether a case may be read asks for its place and body, not for the time."""
    return select(Case).where(filter_for(reader, is_voided_too=True), Case.number == bindparam("number"))


def currency_of(union_id: int) -> str:
    """In what the sums of a union's cases are."""
    return db.session.scalars(select(Station.currency).where(Station.id == union_id)).one()


def currencies_below(path: str) -> list[str]:
    """What the stations at or below a place of the tree reckon in."""
    return list(db.session.scalars(select(Station.currency).where(
        Station.path.startswith(path, autoescape=True)).distinct().order_by(Station.currency))) if path else []


def is_in(currency: str) -> ColumnElement[bool]:
    """Cases whose sums are in a currency."""
    return Case.union_id.in_(select(Station.id).where(Station.currency == currency))


def currencies_at(station_ids: Iterable[int], path: str) -> dict[int, str]:
    """The currency of each station, which is its union's, where several are used at or below a place; {} where there
    is one for all."""
    if len(currencies_below(path)) < 2:
        return {}
    return dict(db.session.execute(select(Station.id, Station.currency).where(
        Station.id.in_(list(station_ids)))).tuples().all())


def holding(case: Case | CaseRows, today: date) -> Holding:
    """Where the case lies and who holds it, for the scopes of rules/access.py."""
    if isinstance(case, CaseRows):
        return _holding(case, case.station_path, _places_of(case))
    db.session.flush()  # a plain statement does not do so by itself
    found = db.session.connection().execute(PLACES, {"case": case.id, "station": case.station_id, "day": today})
    places = [tuple(row) for row in found]
    return _holding(case, next(word for what, _id, word in places if what == "station"), places)


Place = tuple[str, int, str]  # what it is, whose id, and a word about it


def _places() -> CompoundSelect[Any]:
    """Members of a case who still are, duty officers of its site on a day, bodies invited to it, and its site."""
    case: BindParameter[int] = bindparam("case")
    station: BindParameter[int] = bindparam("station")
    member, duty, letter, site = (model.__table__.c for model in (CaseMember, Duty, Commission, Station))
    return union_all(
        select(literal("member"), member.account_id, member.kind).where(
            member.case_id == case, member.until_on.is_(None)),
        select(literal("duty"), duty.account_id, literal("")).where(
            duty.station_id == station, duty.duty_on == bindparam("day")),
        select(literal("agency"), letter.agency_id, literal("")).where(
            letter.case_id == case, letter.recalled_on.is_(None), letter.state != RETURNED),
        select(literal("station"), site.id, site.path).where(site.id == station))


PLACES = _places()


def _places_of(rows: CaseRows) -> list[Place]:
    found = [("member", row.account_id, row.kind) for row in rows.members if row.until_on is None]
    found += [("agency", row.agency_id, "") for row in rows.commissions
              if row.recalled_on is None and row.state != RETURNED]
    return [*found, ("duty", rows.duty_id, "")] if rows.duty_id else found


def _holding(case: Case | CaseRows, path: str, places: Iterable[Place]) -> Holding:
    ids: dict[str, set[int]] = defaultdict(set)
    for what, key, word in places:
        ids[what].add(key)
        if word == "co_handler":
            ids[word].add(key)
    return Holding(
        union_id=case.union_id, station_id=case.station_id, station_path=path, is_open=bool(case.is_open),
        handler_id=case.handler_id, co_handler_ids=frozenset(ids["co_handler"]), duty_ids=frozenset(ids["duty"]),
        invited_agency_ids=frozenset(ids["agency"]) if case.state != "ARCHIVED" else frozenset(),
        named_ids=frozenset({*ids["member"], case.handler_id}) if case.is_sealed else None)


def may(actor: Actor, permission: str, case: Case | CaseRows) -> bool:
    return access.allows(actor, permission, holding(case, actor.today))


def shared_parts(actor: Actor, case: Case) -> frozenset[str]:
    """The parts of a case that its body sees; every part for our own people."""
    if actor.role != "liaison":
        return frozenset(access.SHARE_PARTS)
    rows = db.session.scalars(select(Commission.shared_parts).where(
        Commission.case_id == case.id, Commission.agency_id == actor.agency_id, is_live()))
    return frozenset(part for parts in rows for part in parts)
