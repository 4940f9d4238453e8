"""Employers as an account may see them: the register by words, one employer with its cases, what it came to."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, distinct, false, func, or_, select, true, tuple_

from mediation.extensions import db
from mediation.models import Case, Employer, Party
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.letters import fold, narrow

PAGE = 50
MOST_CANDIDATES = 8
MANY_CASES, MANY_PEOPLE = 3, 10  # flags of an employer: cases in twelve months, workers


def filter_for(actor: Actor, permission: str = "employer.read") -> ColumnElement[bool]:
    """The register's row filter: the own union's, or those of all unions below."""
    scopes = {"union": lambda: Employer.union_id == actor.union_id, "all": true,
              "below": lambda: Employer.union_id.in_(door.stations_below(actor.station_path))}
    return scopes.get(access.scope_of(actor.role, permission), false)()


def find(actor: Actor, key: int, permission: str = "employer.read") -> Employer | None:
    """A readable employer by its id; None for a foreign one as for none at all."""
    return db.session.scalar(select(Employer).where(Employer.id == key, filter_for(actor, permission)))


def matching(said: str) -> ColumnElement[bool]:
    """Employers whose name, short name or credit code holds the words."""
    folded, plain = fold(said), narrow(said)
    if not folded:
        return true()
    return or_(Employer.name_folded.contains(folded, autoescape=True),
               Employer.short_name.contains(plain, autoescape=True),
               Employer.credit_code.contains(plain.upper(), autoescape=True))


def page(actor: Actor, said: str = "", after: int | None = None) -> tuple[list[Employer], int | None]:
    """One page of the register by name, and the id after which the next begins (None on the last)."""
    rows = select(Employer).where(filter_for(actor), matching(said)).order_by(Employer.name_folded, Employer.id)
    last = find(actor, after) if after else None
    if last is not None:
        rows = rows.where(tuple_(Employer.name_folded, Employer.id) > (last.name_folded, last.id))
    found = list(db.session.scalars(rows.limit(PAGE + 1)))
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def candidates(union_id: int, said: str) -> list[Employer]:
    """Employers of a union that may be the one meant: every run of two characters counts, the best first."""
    folded = fold(said)
    pairs = {folded[i:i + 2] for i in range(len(folded) - 1)}
    if not pairs and not folded:
        return []
    hits = [matching(said), *(Employer.name_folded.contains(pair, autoescape=True) for pair in sorted(pairs)[:40])]
    rows = db.session.scalars(select(Employer).where(Employer.union_id == union_id, or_(*hits)).limit(200))
    return sorted(rows, key=lambda row: (-_likeness(row, pairs), row.id))[:MOST_CANDIDATES]


def _likeness(row: Employer, pairs: set[str]) -> int:
    text = row.name_folded + " " + fold(row.short_name)
    return sum(pair in text for pair in pairs)


def _of(ids: Select | list[int]) -> ColumnElement[bool]:
    return and_(Party.employer_id.in_(ids), Party.side == "respondent", Party.removed_on.is_(None))


def case_counts(actor: Actor, rows: list[Employer]) -> dict[int, tuple[int, date | None]]:
    """By employer: how many readable cases, and when the newest was received."""
    found = db.session.execute(
        select(Party.employer_id, func.count(distinct(Case.id)), func.max(Case.received_on))
        .join(Case, Case.id == Party.case_id).where(_of([row.id for row in rows]), door.filter_for(actor))
        .group_by(Party.employer_id))
    return {key: (count, newest) for key, count, newest in found}


def cases_of(actor: Actor, row: Employer, before: int | None = None) -> tuple[list[Case], int | None]:
    """The employer's readable cases, newest first, and the id before which the next page begins."""
    rows = _cases(actor, row).order_by(Case.id.desc())
    if before:
        rows = rows.where(Case.id < before)
    found = list(db.session.scalars(rows.limit(PAGE + 1)))
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _cases(actor: Actor, row: Employer) -> Select:
    return select(Case).where(Case.id.in_(select(Party.case_id).where(_of([row.id]))), door.filter_for(actor))


@dataclass(frozen=True)
class Record:
    """What an employer's readable cases come to; sums in fen of whole cases, also where others answer with it."""

    cases: int
    open_cases: int
    people: int
    claimed_fen: int
    agreed_fen: int
    arrived_fen: int
    last_year: int  # cases received in the twelve months up to the day
    groups: int
    unpaid: int  # cases with an agreement and less arrived than agreed
    late: int  # cases with an instalment missed
    year_people: int  # workers of the cases of these twelve months

    @property
    def is_repeated(self) -> bool:
        return self.last_year > 1

    @property
    def is_frequent(self) -> bool:
        """Three cases in a year: worth a letter."""
        return self.last_year >= MANY_CASES


def record(actor: Actor, row: Employer, today: date) -> Record:
    """Count and sum the employer's readable cases by one query over the hints."""
    part = _cases(actor, row).subquery()
    since = today.replace(year=today.year - 1, day=min(today.day, 28))

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    def total(column: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(part.c[column]), 0)

    columns = (func.count(), count(part.c.is_open == 1), total("headcount"), total("claimed_fen"), total("agreed_fen"),
               total("arrived_fen"), count(part.c.received_on > since), count(part.c.is_group.is_(True)),
               count(part.c.agreed_fen > part.c.arrived_fen),
               count(and_(part.c.is_open == 1, part.c.state == "PERFORMING", part.c.next_due_on < today)),
               func.coalesce(func.sum(part.c.headcount).filter(part.c.received_on > since), 0))
    return Record(*(int(value) for value in db.session.execute(select(*columns).select_from(part)).one()))
