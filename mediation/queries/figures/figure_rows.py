"""The rows behind figures, a page at a time, each with the address that opens it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import literal, select, union_all

from mediation.extensions import AnyModel, db
from mediation.models import Activity, Case, Consultation, Inquiry, Lead, Letter, Payment, User
from mediation.queries import door
from mediation.queries.figures import durations, measures, row_sets
from mediation.queries.figures.durations import Row
from mediation.queries.figures.measures import Measure
from mediation.queries.figures.scopes import Scope
from mediation.rules import words
from mediation.rules.access import WITHHELD, Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.figures.catalogue import Figure
from mediation.rules.language import Problem, Refused, Text

PAGE = 50
NO_ROWS = Text("没有这一组数据：{name}；可用：{known}", "There are no such rows: {name}; use {known}")


class Line(NamedTuple):
    """A row behind a figure as the page shows it."""

    label: Text
    href: str
    since: date | None
    on: date | None
    n: int


@dataclass(frozen=True)
class Rows:
    """A page of the rows of row sets, with the number and sum of all of them."""

    names: tuple[str, ...]
    lines: list[Line]
    measure: Measure
    next_page: int | None
    unit: str  # of what the rows carry; '' where it is one each
    used_by: list[Figure]


def rows(asked: Scope, names: str, page: int = 1) -> Rows:
    """The rows behind a figure, newest first; raises Refused for an unknown name."""
    chosen = tuple(name for name in names.replace(" ", "+").split("+") if name)
    known = {*row_sets.ROW_SETS, *durations.COMPUTED}
    if missing := [name for name in chosen if name not in known] or not chosen:
        raise Refused([Problem("", NO_ROWS.fill(name=names[:60] if missing is True else missing[0][:60],
                                                known=", ".join(sorted(known))))])
    some, measure = _page(asked, chosen, page)
    return Rows(chosen, _lines(asked.actor, some[:PAGE]), measure, page + 1 if len(some) > PAGE else None,
                next((rules.SUMMED[name] for name in chosen if name in rules.SUMMED), ""), rules.uses(chosen))


Named = tuple[str, Row]  # a row with the row set that it is of


def _page(asked: Scope, names: Sequence[str], page: int) -> tuple[Sequence[Named], Measure]:
    """The rows of a page and one more, the newest first, and the measure of all."""
    if any(name in durations.COMPUTED for name in names):
        found = [(name, row) for name in names for row in all_rows(asked, name)]
        found.sort(key=lambda pair: (pair[1].on or date.min, pair[1].key), reverse=True)
        return found[(page - 1) * PAGE:page * PAGE + 1], Measure(len(found), sum(row.n for _name, row in found))
    each = [row_sets.ROW_SETS[name].select(asked).add_columns(literal(name).label("name")) for name in names]
    whole = union_all(*each).subquery()
    some = db.session.execute(select(whole).order_by(whole.c.on.is_(None), whole.c.on.desc(), whole.c.key.desc()).limit(
        PAGE + 1).offset((page - 1) * PAGE))
    sums = measures.totals(asked, names).values()
    return [(row[-1], Row(*row[:-1])) for row in some], Measure(sum(one.count for one in sums),
                                                               sum(one.total for one in sums))


def all_rows(asked: Scope, name: str) -> list[Row]:
    """Every row of a row set."""
    return durations.COMPUTED[name](asked) if name in durations.COMPUTED else durations.rows_of(name, asked)


LABELS: dict[str, tuple[AnyModel, str]] = {
    "letter": (Letter, "/letters/{}"), "activity": (Activity, ""), "inquiry": (Inquiry, ""),
    "consultation": (Consultation, "/consultations/{}"), "mediator": (User, ""), "lead": (Lead, "")}


def _lines(actor: Actor, some: Sequence[tuple[str, Row]]) -> list[Line]:
    ids = {row.case_id for _name, row in some if row.case_id}
    found = db.session.execute(select(Case, door.is_withheld(actor)).where(Case.id.in_(ids))) if ids else ()
    cases = {row.id: _of_case(row, bool(is_withheld), actor) for row, is_withheld in found}
    beside, entries = _beside(actor, some), _entries(some)
    made = []
    for name, row in some:
        kind = row_sets.KINDS.get(name, "")
        if kind == "payment":
            label, href = _of_entry(*cases[row.case_id], entries[row.key])
        elif kind:
            label, href = beside.get((kind, row.key), (Text("", ""), ""))
        else:
            label, href = cases[row.case_id]
        made.append(Line(label, href, row.since, row.on, row.n))
    return made


def _of_case(case: Case, is_withheld: bool, actor: Actor) -> tuple[Text, str]:
    """A case in a list of rows; of one that may not be read only the number."""
    number = actor.known(case.number)
    if is_withheld:
        return Text(f"{number}（{WITHHELD.zh}）", f"{number} ({WITHHELD.en})"), ""
    said = f"{number}  {case.title}"
    return Text(said, said), f"/cases/{case.number}"


def _entries(some: Sequence[tuple[str, Row]]) -> dict[int, int]:
    """The number within its case of each payment."""
    ids = {row.key for name, row in some if row_sets.KINDS.get(name) == "payment"}
    found = select(Payment.id, Payment.seq).where(Payment.id.in_(ids))
    return dict(db.session.execute(found).tuples().all()) if ids else {}


def _of_entry(label: Text, href: str, seq: int) -> tuple[Text, str]:
    return (Text(f"{label.zh}  第{seq}笔", f"{label.en}  entry {seq}"),
            f"{href}/agreement#entry-{seq}" if href else "")


def _beside(actor: Actor, some: Sequence[tuple[str, Row]]) -> dict[tuple[str, int], tuple[Text, str]]:
    found: dict[tuple[str, int], tuple[Text, str]] = {}
    for kind, (model, href) in LABELS.items():
        ids = {row.key for name, row in some if row_sets.KINDS.get(name) == kind}
        parts = [door.sighted(actor, Inquiry.case)] if model is Inquiry else []
        for row in db.session.scalars(select(model).where(model.id.in_(ids)).options(*parts)) if ids else ():
            found[kind, row.id] = _name_of(kind, row), _case_of(row) if model is Inquiry else href.format(row.id)
    return found


def _case_of(row: Inquiry) -> str:
    """The case that an inquiry became, where the reader may open it."""
    return f"/cases/{row.case.number}" if row.case else ""


def _name_of(kind: str, row: Any) -> Text:
    if kind == "inquiry":
        word = words.HEADS[row.topic]
        return Text(f"咨询：{word.zh}", f"Inquiry: {word.en}")
    if kind == "lead":
        name = row.employer.name if row.employer else row.employer_told
        return Text(name, name)
    said = {"letter": "number", "activity": "title", "consultation": "number", "mediator": "name"}[kind]
    return Text(getattr(row, said), getattr(row, said))
