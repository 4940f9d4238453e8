"""The list of contradictions: what stands open, what was explained and by whom, with filters, for one reader."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Case, Explanation, Station
from mediation.queries import door
from mediation.queries.audit import contradictions, filters
from mediation.queries.cases import case_filters
from mediation.queries.house import admin
from mediation.rules.access import Actor
from mediation.rules.audit.contradictions import TABLE, Found
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import Span
from mediation.rules.language import Text, Word, vocabulary

STATES = vocabulary(Word("open", "待理清", "To clear"), Word("explained", "已说明", "Explained"), Word("all", "全部", "All"))
RULES = {row.key: Word(row.key, row.label.zh, row.label.en) for row in TABLE.values()}
PAGE = 100
MOST_VOIDED = 500


@dataclass(frozen=True)
class Line:
    """A contradiction, where it is, and what explains it: a recorded explanation, or the reason given at entry."""

    found: Found
    number: str  # of the case; the union's code where it is one of numbers
    title: str
    is_of_case: bool
    explanation: Explanation | None = None

    @property
    def is_explained(self) -> bool:
        return not self.cure and (self.explanation is not None or bool(self.found.reason))

    @property
    def reason(self) -> str:
        return self.explanation.reason if self.explanation else self.found.reason

    @property
    def cure(self) -> Text | None:
        return TABLE[self.found.key].cure

    @property
    def label(self) -> Text:
        return TABLE[self.found.key].label


@dataclass(frozen=True)
class Wanted(filters.Filters):
    """The filters of the list."""

    rule: str = ""


class Listing(NamedTuple):
    """A page of lines; counts of all of them by rule: open and explained."""

    lines: list[Line]
    next_after: int | None
    number: int
    counts: dict[str, tuple[int, int]]


def read(given: dict[str, str], actor: Actor) -> Wanted:
    """The filters of an address; raises Refused with every problem."""
    return filters.read(Wanted(), given, {
        "rule": RULES, "state": STATES, "station": case_filters.find_stations(actor)})


def listing(wanted: Wanted, actor: Actor) -> Listing:
    """The contradictions that the actor may see, the newest first."""
    rows = door.filter_for(actor)
    if wanted.station:
        rows = and_(rows, case_filters.KEYS["holder"].build(wanted.station, actor))
    found = _in_period(of_cases(rows, actor.today), wanted.period)
    if not wanted.station:
        found += _in_period(of_numbers(unions(actor)), wanted.period)
    counts = _counts(found)
    chosen = [line for line in found if wanted.rule in ("", line.found.key)
              and wanted.state in ("all", "explained" if line.is_explained else "open")]
    chosen.sort(key=lambda line: (line.found.on or date.min, line.number), reverse=True)
    end = wanted.after + PAGE
    return Listing(chosen[wanted.after:end], end if end < len(chosen) else None, len(chosen), counts)


def _in_period(lines: list[Line], period: Span) -> list[Line]:
    return lines if reporting.is_all(period) else [line for line in lines if period.holds(line.found.on)]


def _counts(lines: list[Line]) -> dict[str, tuple[int, int]]:
    open_ones = Counter(line.found.key for line in lines if not line.is_explained)
    explained = Counter(line.found.key for line in lines if line.is_explained)
    return {key: (open_ones[key], explained[key]) for key in TABLE}


def of_case(case: Case, today: date) -> list[Line]:
    """The contradictions of one case with what explains them."""
    return of_cases(Case.id == case.id, today)


def of_cases(rows: ColumnElement[bool], today: date) -> list[Line]:
    """The contradictions of many cases with what explains them; without a day of its own a case's day of receipt."""
    found = contradictions.of_cases(rows, today)
    if not found:
        return []
    ids = sorted({row.case_id for row in found})
    cases = {key: rest for key, *rest in db.session.execute(select(
        Case.id, Case.number, Case.title, Case.accepted_on, Case.received_on).where(Case.id.in_(ids)))}
    known = _explanations(Explanation.case_id.in_(ids))
    lines = []
    for key, one in found:
        number, title, accepted_on, received_on = cases[key]
        one = one._replace(on=one.on or accepted_on or received_on)
        lines.append(Line(one, number, title, True, known.get((key, one.key, one.mark, one.figures))))
    return lines


def of_numbers(unions: Iterable[Station]) -> list[Line]:
    """The gaps in the numbers of unions with what explains them."""
    by_id = {row.id: row for row in unions}
    known = _explanations(and_(Explanation.case_id.is_(None), Explanation.union_id.in_(list(by_id))))
    return [Line(one, by_id[union].code, by_id[union].short_name, False,
                 known.get((union, one.key, one.mark, one.figures)))
            for union, one in contradictions.of_numbers(by_id)]


def _explanations(where: ColumnElement[bool]) -> dict[tuple[int, str, str, str], Explanation]:
    """The newest explanation of each contradiction, by case (or union), rule, mark and values."""
    rows = db.session.scalars(select(Explanation).where(where).options(joinedload(Explanation.made_by)).order_by(
        Explanation.id))
    return {(row.case_id or row.union_id, row.rule, row.mark, row.figures): row for row in rows}


def voided(union: Station, actor: Actor) -> Sequence[Case]:
    """The voided cases of a union that the actor may read, by number: their numbers are used and count nowhere."""
    return db.session.scalars(select(Case).where(
        Case.union_id == union.id, Case.voided_on.is_not(None), door.filter_for(actor, is_voided_too=True)).order_by(
        Case.id).limit(MOST_VOIDED)).all()


def unions(actor: Actor) -> list[Station]:
    """The unions whose books the actor may see."""
    return list(db.session.scalars(select(Station).where(
        Station.union_id == Station.id, admin.reach(actor, "ledger.read")).order_by(Station.path)))


def find_union(code: str, actor: Actor) -> Station | None:
    """One of them by its code."""
    return next((row for row in unions(actor) if row.code == code), None)
