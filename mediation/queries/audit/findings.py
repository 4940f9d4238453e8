"""Reading findings of audits: each within the sight of the case or the station that it is about."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from mediation.extensions import db
from mediation.models import Case, Finding, FindingStep, IssuedFigure, Payment, Station
from mediation.queries import door
from mediation.queries.cases import named
from mediation.queries.house import admin
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.audit import findings
from mediation.rules.audit.findings import Step
from mediation.rules.language import Problem

WORDS = {"subjects": findings.SUBJECTS, "topics": findings.TOPICS, "states": findings.STATES, "steps": findings.STEPS}
SIZE = 50
READ = "audit.read"
WAITING = {"auditor": "answered", "supervisor": "open", "lead": "open"}  # the state in which a role has to act


class About(NamedTuple):
    """What a finding is about: its kind, its name as people say it, whose matter it is."""

    subject: str
    reference: str
    station: Station
    case: Case | None = None
    payment: Payment | None = None


def about_case(row: Case) -> About:
    return About("case", row.number, row.station, row)


def about_payment(row: Payment) -> About:
    return About("payment", f"{row.case.number}#{row.seq}", row.case.station, row.case, row)


def find_about(actor: Actor, told: Mapping[str, str]) -> About | None:
    """What an address names: ``case`` and maybe ``payment`` (its entry), else ``period`` or ``figure`` of a station.

    None for what is not there or out of sight.
    """
    if number := told.get("case"):
        row = named.find(actor, number)
        seq = told.get("payment", "")
        if row is None or not seq:
            return about_case(row) if row else None
        paid = next((payment for payment in row.payments if str(payment.seq) == seq), None)
        return about_payment(paid) if paid else None
    subject = next((name for name in ("period", "figure") if told.get(name)), "")
    station = db.session.scalar(select(Station).where(
        Station.code == told.get("station", ""), admin.reach(actor, READ)))
    if not subject or station is None:
        return None
    said = told[subject][:100]
    return About(subject, findings.period_reference(said) if subject == "period" else said, station)


def about_problems(about: About, today: date) -> list[Problem]:
    """Whether the period or the issued figure that a finding names is there at all."""
    if about.subject == "period":
        return findings.period_problems(about.reference, today)
    if about.subject == "figure" and db.session.scalar(select(IssuedFigure.id).where(
            IssuedFigure.number == about.reference, IssuedFigure.station_id == about.station.id)) is None:
        return [Problem("reference", findings.NO_FIGURE.fill(station=about.station.name, number=about.reference))]
    return []


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """The findings that the actor may read: about readable cases, else about stations in reach."""
    if not access.scope_of(actor.role, READ):
        return false()
    # Asked of each finding's case: a list of all readable cases would grow with them.
    case = select(Case.id).where(Case.id == Finding.case_id, door.filter_for(actor)).exists()
    stations = select(Station.id).where(admin.reach(actor, READ))
    return or_(case, and_(Finding.case_id.is_(None), Finding.station_id.in_(stations)))


def _rows(actor: Actor) -> Select[tuple[Finding]]:
    return select(Finding).where(in_sight(actor))


def find(actor: Actor, key: int) -> Finding | None:
    """A finding in sight with its steps."""
    return db.session.scalar(_rows(actor).where(Finding.id == key).options(*_with_steps()))


def _with_steps() -> tuple[LoaderOption, ...]:
    steps = selectinload(Finding.steps)
    return steps.joinedload(FindingStep.note), steps.joinedload(FindingStep.made_by), joinedload(Finding.station)


def page(actor: Actor, chosen: Mapping[str, str], before: int | None = None) -> tuple[Sequence[Finding], int | None]:
    """Findings, newest first, and the key of the last where more follow. ``chosen``: state, subject, case."""
    rows = _rows(actor).order_by(Finding.id.desc()).limit(SIZE + 1).options(*_with_steps())
    if chosen.get("state") in findings.STATES:
        rows = rows.where(Finding.state == chosen["state"])
    if chosen.get("subject") in findings.SUBJECTS:
        rows = rows.where(Finding.subject == chosen["subject"])
    if chosen.get("case"):
        about = named.find(actor, chosen["case"])
        rows = rows.where(Finding.case_id == about.id) if about is not None else rows.where(false())
    if before is not None:
        rows = rows.where(Finding.id < before)
    found = db.session.scalars(rows).all()
    return found[:SIZE], found[SIZE - 1].id if len(found) > SIZE else None


def counts(actor: Actor) -> dict[str, int]:
    """How many findings in sight stand in each state."""
    sums = [func.coalesce(func.sum(case((Finding.state == code, 1), else_=0)), 0) for code in findings.STATES]
    found = db.session.execute(select(*sums).where(in_sight(actor))).one()
    return dict(zip(findings.STATES, (int(n) for n in found), strict=True))


def waiting(actor: Actor) -> Sequence[Finding]:
    """For a desk: what this role has to answer or to judge, the nearest day first."""
    if actor.role not in WAITING:
        return ()
    found = _waiting(actor.role).run(actor).scalars().all()
    permission = "audit.write" if actor.role == "auditor" else "audit.answer"
    return [row for row in found if may(actor, permission, row)]


@cache
def _waiting(role: str) -> Prepared:
    return Prepared(_rows(stand_in(role)).where(Finding.state == WAITING[role]).order_by(
        Finding.due_on, Finding.id).limit(SIZE).options(*_with_steps()))


def may(actor: Actor, permission: str, row: Finding | About) -> bool:
    """Whether a right of audits reaches what a finding is about."""
    if row.case is not None:
        return door.may(actor, permission, row.case)
    return admin.reaches(actor, permission, row.station)


def steps_for(actor: Actor, row: Finding) -> list[Step]:
    """The steps that this actor can take now."""
    return [step for step in findings.open_steps(row.state) if may(actor, step.permission, row)]


def noted_about(subject: str, reference: str, station: Station) -> Sequence[Finding]:
    """All findings about one period or issued figure of a station; no case is in it."""
    return db.session.scalars(select(Finding).where(
        Finding.subject == subject, Finding.reference == reference, Finding.station_id == station.id,
        Finding.case_id.is_(None)).order_by(Finding.id)).all()
