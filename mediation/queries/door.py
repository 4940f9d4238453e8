"""The one door to cases: row filters and rights. Nothing else decides which case an account may see."""
from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from mediation.extensions import db
from mediation.models import Agency, Case, CaseMember, Commission, Duty, Station
from mediation.rules import access
from mediation.rules.access import Actor, Holding
from mediation.rules.commissions import RETURNED


def filter_for(actor: Actor, permission: str = "case.read") -> ColumnElement[bool]:
    """The row filter of a reading permission, in SQL; sealed cases open to their named people only.

    A right that only counts (access.COUNTING) counts them for everybody: a total does not depend on who reads it.
    """
    rows = FILTERS[access.scope_of(actor.role, permission)](actor)
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


def invited_case_ids(agency_id: int | None) -> Select:
    """Cases whose parts are shared with a body now; sight ends at recall or archiving."""
    return select(Commission.case_id).join(Case, Case.id == Commission.case_id).join(
        Agency, Agency.id == Commission.agency_id).where(
        Commission.agency_id == agency_id, is_live(), Agency.is_active.is_(True),
        Case.state != "ARCHIVED").correlate(None)


def is_live() -> ColumnElement[bool]:
    """A letter that still gives its body sight of the case (rules/commissions.is_live)."""
    return and_(Commission.recalled_on.is_(None), Commission.state != RETURNED)


def stations_below(path: str) -> Select:
    return select(Station.id).where(Station.path.startswith(path or "-", autoescape=True))


FILTERS = {
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


def readable(actor: Actor) -> Select:
    """All cases that the actor may see."""
    return select(Case).where(filter_for(actor))


def sighted(actor: Actor, part: InstrumentedAttribute):
    """Load what a row belongs to; of a case out of sight not even its number, which beside a name would tell all.

    Such a row keeps its ``case_id`` and has no ``case``.
    """
    return joinedload(part.and_(filter_for(actor)) if part.property.mapper.class_ is Case else part)


def find_case(actor: Actor, number: str) -> Case | None:
    """A readable case by its number; None for a foreign one as for none at all."""
    return db.session.scalar(readable(actor).where(Case.number == number))


def holding(case: Case, today) -> Holding:
    """Where the case lies and who holds it, for the scopes of rules/access.py."""
    members = [m for m in case.members if m.until_on is None]
    duty = db.session.scalars(select(Duty.account_id).where(Duty.station_id == case.station_id, Duty.on == today))
    invited = db.session.scalars(select(Commission.agency_id).where(
        Commission.case_id == case.id, is_live()))
    named = {m.account_id for m in members} | {case.handler_id}
    return Holding(
        union_id=case.union_id, station_id=case.station_id, station_path=case.station.path,
        is_open=bool(case.is_open), handler_id=case.handler_id,
        co_handler_ids=frozenset(m.account_id for m in members if m.kind == "co_handler"),
        duty_ids=frozenset(duty), invited_agency_ids=frozenset(invited) if case.state != "ARCHIVED" else frozenset(),
        named_ids=frozenset(named) if case.is_sealed else None)


def may(actor: Actor, permission: str, case: Case) -> bool:
    return access.allows(actor, permission, holding(case, actor.today))


def rights(actor: Actor, case: Case) -> frozenset[str]:
    """All permissions that the actor has on this case; one look-up for a whole page."""
    place = holding(case, actor.today)
    return frozenset(p for p in access.GRANTS if access.allows(actor, p, place))


def shared_parts(actor: Actor, case: Case) -> frozenset[str]:
    """The parts of a case that its body sees; every part for our own people."""
    if actor.role != "liaison":
        return frozenset(access.SHARE_PARTS)
    rows = db.session.scalars(select(Commission.shared_parts).where(
        Commission.case_id == case.id, Commission.agency_id == actor.agency_id, is_live()))
    return frozenset(part for parts in rows for part in parts)
