"""What happens before and beside the cases, as an account may see it: inquiries, activities, leads, letters."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from mediation.extensions import db
from mediation.models import Activity, Employer, Inquiry, Lead, Letter
from mediation.queries import door
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules import access, reporting, words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text, Word

PAGE = 50
LOADS = {Inquiry: (Inquiry.case, Inquiry.made_by), Activity: (Activity.employer, Activity.made_by),
         Lead: (Lead.employer, Lead.case, Lead.made_by), Letter: (Letter.employer, Letter.agency)}
DAYS = {Inquiry: Inquiry.asked_on, Activity: Activity.done_on, Lead: Lead.found_on, Letter: Letter.sent_on}



class Choice(NamedTuple):
    """A condition of a list: its name in the address, its words, what it may be, the column it looks at."""

    name: str
    label: Text
    choices: Mapping[str, Word]
    column: InstrumentedAttribute


class Sum(NamedTuple):
    """A total over a filtered list: its words, what one row weighs (None: 1), which rows count."""

    label: Text
    weight: InstrumentedAttribute | None = None
    where: ColumnElement[bool] | None = None


KIND, STATE = Text("种类", "Kind"), Text("办到哪", "State")
CHOICES: dict[type, tuple[Choice, ...]] = {
    Inquiry: (Choice("topic", Text("问什么", "Topic"), words.HEADS, Inquiry.topic),
              Choice("way", Text("怎么问的", "Way"), words.INQUIRY_WAYS, Inquiry.way),
              Choice("next", Text("下一步", "Next"), words.INQUIRY_NEXTS, Inquiry.next_step)),
    Activity: (Choice("kind", KIND, words.ACTIVITY_KINDS, Activity.kind),),
    Lead: (Choice("state", STATE, words.LEAD_STATES, Lead.state),
           Choice("risk", Text("风险", "Risk"), words.HEADS, Lead.risk),
           Choice("source", Text("怎么发现的", "Found by"), words.LEAD_SOURCES, Lead.source)),
    Letter: (Choice("kind", KIND, words.LETTER_KINDS, Letter.kind),
             Choice("state", STATE, words.LETTER_STATES, Letter.state)),
}
SUMS: dict[type, tuple[Sum, ...]] = {
    Inquiry: (Sum(Text("咨询（件）", "Inquiries")), Sum(Text("法律咨询（人次）", "Person-times"), Inquiry.people),
              Sum(Text("转为案件", "Became cases"), None, Inquiry.case_id.is_not(None))),
    Activity: (Sum(Text("走访企业（家次）", "Visits to employers"), None, Activity.kind == "visit"),
               Sum(Text("讲座、宣传（场）", "Lectures and stands"), None, Activity.kind.in_(("lecture", "stand"))),
               Sum(Text("参加（人次）", "People who came"), Activity.people, Activity.kind.in_(("lecture", "stand"))),
               Sum(Text("发资料（份）", "Leaflets"), Activity.leaflets)),
    Lead: (Sum(Text("线索（条）", "Leads")), Sum(Text("在跟", "Followed"), None, Lead.state == "open"),
           Sum(Text("就地化解", "Settled"), None, Lead.state == "settled"),
           Sum(Text("转为案件", "Became cases"), None, Lead.case_id.is_not(None))),
    Letter: (*(Sum(Text(word.zh, word.en), None, Letter.kind == code) for code, word in words.LETTER_KINDS.items()),
             Sum(Text("已整改", "Put right"), None, Letter.is_rectified.is_(True))),
}


class Wanted(NamedTuple):
    """What a list is asked for: the values as given, the conditions read from them, and what could not be read."""

    given: Mapping[str, str]
    rows: tuple[ColumnElement[bool], ...] = ()
    problems: tuple[Problem, ...] = ()


def read(model: type, said: Mapping[str, str]) -> Wanted:
    """The conditions of an address: ``period`` as in reports, and the list's own; unknown values are named."""
    rows, problems = [], []
    given = {name: said[name].strip()[:60] for name in ("period", *(c.name for c in CHOICES[model])) if said.get(name)}
    for choice in CHOICES[model]:
        value = given.get(choice.name)
        if value and value not in choice.choices:
            problems.append(Problem(choice.name, Text("“{label}”没有“{said}”", "{label}: there is no '{said}'").fill(
                label=choice.label, said=value)))
        elif value:
            rows.append(choice.column == value)
    try:
        span = reporting.read_period(given.get("period", ""))
        rows += [DAYS[model] >= span.first] if span.first else []
        rows += [DAYS[model] <= span.last] if span.last else []
    except Refused as refusal:
        problems += refusal.problems
    return Wanted(given, tuple(rows), tuple(problems))


def totals(model: type, actor: Actor, wanted: Wanted) -> list[tuple[Text, int]]:
    """What the whole filtered list comes to, by one statement."""
    sums = [func.coalesce(func.sum(case((one.where if one.where is not None else true(), one.weight
                                         if one.weight is not None else 1), else_=0)), 0) for one in SUMS[model]]
    found = db.session.execute(select(*sums).select_from(model).where(rows_of(model, actor), *wanted.rows)).one()
    return [(one.label, int(value)) for one, value in zip(SUMS[model], found, strict=True)]


def rows_of(model: type, actor: Actor, permission: str = "prevention.read") -> ColumnElement[bool]:
    """The row filter of a table that belongs to a union: the own, or those of all unions below."""
    scopes = {"union": lambda: model.union_id == actor.union_id, "all": true,
              "below": lambda: model.union_id.in_(door.stations_below(actor.station_path))}
    return scopes.get(access.scope_of(actor.role, permission), false)()


def page(model: type, actor: Actor, before: int | None = None, *where: ColumnElement[bool]) -> tuple[Sequence,
                                                                                                     int | None]:
    """The newest rows, and the id before which the next page begins."""
    rows = _select(model, actor).where(*where).order_by(model.id.desc())
    if before:
        rows = rows.where(model.id < before)
    found = db.session.scalars(rows.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _select(model: type, actor: Actor) -> Select:
    return select(model).where(rows_of(model, actor)).options(*(door.sighted(actor, part) for part in LOADS[model]))


def find(model: type, actor: Actor, key: int, permission: str = "prevention.read"):
    """A readable row by its id; None for a foreign one as for none at all."""
    return db.session.scalar(select(model).where(model.id == key, rows_of(model, actor, permission)))


def late_letters(actor: Actor) -> Sequence[Letter]:
    """Letters whose answer, or whose opening of a file, is late; the oldest first."""
    return _late_letters(actor.role).run(actor).scalars().all()


@cache
def _late_letters(role: str) -> Prepared:
    actor = stand_in(role)
    is_unanswered = and_(Letter.state == "sent", Letter.reply_due_on < actor.today)
    is_unfiled = and_(Letter.state != "reviewed", Letter.filing_due_on < actor.today, Letter.filed_on.is_(None),
                      Letter.filing_note == "")
    return Prepared(_select(Letter, actor).where(or_(is_unanswered, is_unfiled)).order_by(
        Letter.sent_on, Letter.id).limit(PAGE))


def employers(actor: Actor) -> list[tuple[int, str]]:
    """The register for a list to choose from."""
    rows = db.session.execute(select(Employer.id, Employer.name).where(
        rows_of(Employer, actor, "employer.read"), Employer.merged_into_id.is_(None)).order_by(
        Employer.name_folded).limit(500))
    return [(key, name) for key, name in rows]


def of_employer(employer: Employer, actor: Actor) -> dict[str, Sequence]:
    """Letters, visits and leads of an employer, newest first."""
    return {name: page(model, actor, None, model.employer_id.in_([
        employer.id, *(one.id for one in employer.merged_rows)]))[0]
            for name, model in (("letters", Letter), ("activities", Activity), ("leads", Lead))}
