"""Which facts an old case lacks, in SQL: one meaning for its page, the list of what is missing and its counts."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select

from mediation.extensions import db
from mediation.models import Agreement, Case, Claim, Party, Station
from mediation.queries import door
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases.late_entry import MISSING, NOT_KNOWN, Missing

PAGE = 50
CAP = 5000  # old cases that are looked through for the counts; a list of 100,000 takes more than a second
NAMELESS = ("", NOT_KNOWN)


def _parties(side: str, *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Party.case_id == Case.id, Party.side == side, Party.removed_on.is_(None), *wanted)


def _claims(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Claim.case_id == Case.id, Claim.dropped_on.is_(None), *wanted)


def _agreements() -> ColumnElement[bool]:
    """An agreement that says what is to be done, in money or otherwise."""
    return exists().where(Agreement.case_id == Case.id, Agreement.superseded_on.is_(None),
                          or_(Agreement.total_fen > 0, Agreement.non_cash != ""))


@cache
def conditions() -> Mapping[str, ColumnElement[bool]]:
    """What a case looks like that lacks a fact, by the key of ``late_entry.MISSING``, in its order; what can never be
    found is not missing."""
    is_over = Case.is_open == 0
    return {key: and_(found, ~Case.unfindable.contains(f" {key} ")) for key, found in {
        "received": Case.received_on.is_(None),
        "workers": _parties("applicant", or_(Party.name.in_(NAMELESS), Party.headcount > 1)),
        "respondent": ~_parties("respondent", Party.name.not_in(NAMELESS)),
        "claimed": or_(~_claims(), _claims(Claim.amount_fen.is_(None), Claim.head.not_in(words.NON_CASH_HEADS))),
        "handler": Case.handler_id.is_(None),
        "outcome": and_(is_over, Case.outcome == ""),
        "concluded": and_(Case.outcome != "", Case.concluded_on.is_(None)),
        "agreed": and_(Case.outcome.in_(words.SUCCESS), ~_agreements()),
        "paid": and_(is_over, Case.agreed_fen > 0, Case.arrived_fen == 0, Case.unverified_fen == 0)
    }.items()}


def lacks(fact: str) -> ColumnElement[bool]:
    """An old case that lacks this fact, or any of them ('any')."""
    found = conditions()
    return and_(Case.is_late_entry.is_(True), or_(*found.values()) if fact == "any" else found[fact])


def _marks() -> list[ColumnElement[int]]:
    return [case((condition, 1), else_=0).label(key) for key, condition in conditions().items()]


@cache
def _of_case() -> Select[Any]:
    return select(*_marks()).where(Case.id == bindparam("case"), Case.is_late_entry.is_(True))


def of_case(case_id: int) -> list[Missing]:
    """What one case lacks; nothing of a case that is no late entry."""
    row = db.session.connection().execute(_of_case(), {"case": case_id}).mappings().first()
    return [MISSING[key] for key in conditions() if row[key]] if row else []


class Line(NamedTuple):
    """An old case and what it lacks."""

    number: str
    title: str
    respondent_title: str
    received_on: date | None
    received_told: str
    station: str
    missing: list[Missing]


class Page(NamedTuple):
    """Some lines, the newest first, and the id after which the next page begins; None on the last."""

    lines: list[Line]
    after: int | None


def page(actor: Actor, fact: str = "any", after: int | None = None) -> Page:
    """The readable old cases that lack a fact."""
    found = list(_lines(actor.role, fact).run(actor, after=after or 2**62).mappings())
    lines = [Line(row["number"], row["title"], row["respondent_title"], row["received_on"],
                  (row["as_told"] or {}).get("received_on", ""), row["short_name"],
                  [MISSING[key] for key in conditions() if row[key]]) for row in found[:PAGE]]
    return Page(lines, found[PAGE - 1]["id"] if len(found) > PAGE else None)


@cache
def _lines(role: str, fact: str) -> Prepared:
    return Prepared(select(
        Case.id, Case.number, Case.title, Case.respondent_title, Case.received_on, Case.as_told, Station.short_name,
        *_marks()).join(Station, Station.id == Case.station_id).where(
        door.filter_for(stand_in(role)), lacks(fact), Case.id < bindparam("after")).order_by(
        Case.id.desc()).limit(PAGE + 1))


def counts(actor: Actor) -> dict[str, int]:
    """How many of the newest readable old cases ('all', at most ``CAP``) lack each fact, and any of them."""
    row = _counts(actor.role).run(actor).mappings().one()
    return {key: row[key] or 0 for key in ("all", "any", *conditions())}


@cache
def _counts(role: str) -> Prepared:
    wanted = {"any": or_(*conditions().values()), **conditions()}
    marks = [func.sum(case((condition, 1), else_=0)).label(key) for key, condition in wanted.items()]
    newest = select(Case.id).where(door.filter_for(stand_in(role)), Case.is_late_entry.is_(True)).order_by(
        Case.id.desc()).limit(CAP).correlate(None)
    return Prepared(select(func.count().label("all"), *marks).where(Case.id.in_(newest)))
