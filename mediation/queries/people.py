"""Employers as an account may see them: the register by words, one employer with its cases, what it came to."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, distinct, false, func, or_, select, true, tuple_

from mediation.extensions import db
from mediation.models import Case, Employer, Party, Station
from mediation.queries import door
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.language import Text
from mediation.rules.money.currencies import Purse, purse
from mediation.rules.text_cleaning import fold, narrow

PAGE = 50
MOST_CANDIDATES = 8
MANY_CASES, MANY_PEOPLE = 3, 10  # flags of an employer: cases in twelve months, workers


def filter_for(actor: Actor, permission: str = "employer.read") -> ColumnElement[bool]:
    """The register's row filter: the own union's, or those of all unions below."""
    scopes: dict[str, Callable[[], ColumnElement[bool]]] = {
        "union": lambda: Employer.union_id == actor.union_id, "all": true,
        "below": lambda: Employer.union_id.in_(door.stations_below(actor.station_path))}
    return scopes.get(access.scope_of(actor.role, permission), false)()


def find(actor: Actor, key: int, permission: str = "employer.read") -> Employer | None:
    """A readable employer by its id, one that was merged by the one it went into; None for a foreign one."""
    row = db.session.scalar(select(Employer).where(Employer.id == key, filter_for(actor, permission)))
    return row.merged_into if row is not None and row.merged_into_id else row


def find_merged(actor: Actor, key: int, into: Employer) -> Employer | None:
    """A name that was merged into an employer, to take it out again."""
    return db.session.scalar(select(Employer).where(
        Employer.id == key, Employer.merged_into_id == into.id, filter_for(actor, "employer.write")))


def ids_of(row: Employer) -> list[int]:
    """The employer and the names that were merged into it."""
    return [row.id, *(one.id for one in row.merged_rows)]


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
    other_names = select(Employer.merged_into_id).where(Employer.merged_into_id.is_not(None), matching(said))
    rows = select(Employer).where(filter_for(actor), Employer.merged_into_id.is_(None), or_(
        matching(said), Employer.id.in_(other_names))).order_by(Employer.name_folded, Employer.id)
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
    rows = db.session.scalars(select(Employer).where(
        Employer.union_id == union_id, Employer.merged_into_id.is_(None), or_(*hits)).limit(200))
    return sorted(rows, key=lambda row: (-_likeness(row, pairs), row.id))[:MOST_CANDIDATES]


def _likeness(row: Employer, pairs: set[str]) -> int:
    text = row.name_folded + " " + fold(row.short_name)
    return sum(pair in text for pair in pairs)


def _of(ids: Select[Any] | list[int]) -> ColumnElement[bool]:
    return and_(Party.employer_id.in_(ids), Party.side == "respondent", Party.removed_on.is_(None))


def case_counts(actor: Actor, rows: list[Employer]) -> dict[int, tuple[int, date | None]]:
    """By employer: how many readable cases, and when the newest was received."""
    key = func.coalesce(Employer.merged_into_id, Employer.id)
    found = db.session.execute(
        select(key, func.count(distinct(Case.id)), func.max(Case.received_on)).select_from(Party)
        .join(Employer, Employer.id == Party.employer_id).join(Case, Case.id == Party.case_id)
        .where(key.in_([row.id for row in rows]), Party.side == "respondent", Party.removed_on.is_(None),
               door.filter_for(actor)).group_by(key))
    return {key: (count, newest) for key, count, newest in found}


def cases_of(actor: Actor, row: Employer, before: int | None = None) -> tuple[list[Case], int | None]:
    """The employer's readable cases, newest first, and the id before which the next page begins."""
    rows = _cases(actor, row).order_by(Case.id.desc())
    if before:
        rows = rows.where(Case.id < before)
    found = list(db.session.scalars(rows.limit(PAGE + 1)))
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _cases(actor: Actor, row: Employer) -> Select[Any]:
    return select(Case).where(Case.id.in_(select(Party.case_id).where(_of(ids_of(row)))), door.filter_for(actor))


@dataclass(frozen=True)
class Record:
    """What an employer's readable cases come to; sums in fen of whole cases, also where others answer with it."""

    cases: int
    open_cases: int
    people: int
    claimed_fen: int | Purse
    agreed_fen: int | Purse
    arrived_fen: int | Purse
    last_year: int  # cases received in the twelve months up to the day
    groups: int
    unpaid: int  # cases with an agreement and less arrived than agreed
    late: int  # cases with an instalment missed
    year_people: int  # workers of the cases of these twelve months
    claims_about: int  # cases whose claims are only told as about so much
    guesses: int  # cases whose number of people is

    @property
    def is_claim_about(self) -> bool:
        return bool(self.claims_about)

    @property
    def is_people_about(self) -> bool:
        return bool(self.guesses)

    @property
    def is_repeated(self) -> bool:
        return self.last_year > 1

    @property
    def is_frequent(self) -> bool:
        """Three cases in a year: worth a letter."""
        return self.last_year >= MANY_CASES


SUMS = frozenset({"claimed_fen", "agreed_fen", "arrived_fen"})


def _a_year_before(today: date) -> date:
    is_leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - 1, day=28 if is_leap_day else today.day)


class Flag(NamedTuple):
    """A repeat flag with what triggered it."""

    label: Text
    cases: list[Case]


MOST_NAMED = 12


def flags(actor: Actor, row: Employer, made: Record, today: date) -> list[Flag]:
    """The flags that are reached, each with its cases; one query, none where nothing is reached."""
    since = _a_year_before(today)
    missed = and_(Case.is_open == 1, Case.state == "PERFORMING", Case.next_due_on < today)
    reached = made.is_frequent or made.year_people >= MANY_PEOPLE or made.late
    found = list(db.session.scalars(_cases(actor, row).where(or_(Case.received_on > since, missed)).order_by(
        Case.id.desc()).limit(200))) if reached else []
    year = [case for case in found if case.received_on and case.received_on > since]
    late = [case for case in found if case.is_open and case.state == "PERFORMING" and case.next_due_on
            and case.next_due_on < today]
    rows = (
        (made.is_frequent, Text("一年内{n}件案件（满{least}件）", "{n} cases within a year (from {least})").fill(
            n=made.last_year, least=MANY_CASES), year),
        (made.year_people >= MANY_PEOPLE, Text("一年内涉及{n}人（满{least}人）", "{n} workers within a year (from {least})").fill(
            n=made.year_people, least=MANY_PEOPLE), sorted(year, key=lambda case: -case.headcount)),
        (bool(made.late), Text("到期的分期没有付：{n}件", "instalments missed: {n} cases").fill(n=made.late), late))
    return [Flag(label, some[:MOST_NAMED]) for is_reached, label, some in rows if is_reached]


def record(actor: Actor, row: Employer, today: date) -> Record:
    """Count and sum the employer's readable cases by one query over the hints."""
    part = _cases(actor, row).add_columns(Station.currency.label("currency")).join(
        Station, Station.id == Case.union_id).subquery()
    since = _a_year_before(today)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    def total(column: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(part.c[column]), 0)

    columns = (func.count(), count(part.c.is_open == 1), total("headcount"), total("claimed_fen"), total("agreed_fen"),
               total("arrived_fen"), count(part.c.received_on > since), count(part.c.is_group.is_(True)),
               count(part.c.agreed_fen > part.c.arrived_fen),
               count(and_(part.c.is_open == 1, part.c.state == "PERFORMING", part.c.next_due_on < today)),
               func.coalesce(func.sum(part.c.headcount).filter(part.c.received_on > since), 0),
               count(part.c.is_claim_about.is_(True)), count(part.c.as_told["headcount"].as_string().is_not(None)))
    found = db.session.execute(select(part.c.currency, *columns).select_from(part).group_by(part.c.currency)).all()
    told = list(zip(*(map(int, line[1:]) for line in found), strict=True)) or [(0,)] * len(columns)
    codes = [line[0] for line in found]
    sums: list[Any] = [purse(zip(codes, some, strict=True)) if len(some) > 1 and name in SUMS else sum(some)
                       for name, some in zip(Record.__dataclass_fields__, told, strict=True)]
    return Record(*sums)


def contract_until(row: Employer) -> date | None:
    """The last day of the collective contract, where there is one."""
    said, on = (row.democracy or {}).get("contract", ("", ""))
    return date.fromisoformat(on) if said == "yes" and on else None
