"""The closed loop of a county and year in figures, each with the rows that it counts (practice.md 1.1).

What stands among the figures of rules/figures/catalogue.py is taken from there, with its formula and its rows. A figure
of the loop alone is the row set of its key; its page lists exactly these rows, so that the two cannot disagree.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from mediation.extensions import AnyModel, db
from mediation.models import (
    Activity,
    Case,
    Commission,
    Lead,
    Letter,
    SideProcedure,
    Station,
    Supervision,
)
from mediation.queries import door, records
from mediation.queries.figures import measures, row_sets, scopes
from mediation.queries.figures.scopes import Scope
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.language import Text, Word

PAGE = 100
LINKS: dict[str, Text] = {
    "prevention": Text("普法预防", "Prevention"), "detection": Text("前端排查", "Detection"),
    "mediation": Text("中端调解", "Mediation"), "litigation": Text("末端诉讼", "Litigation"),
    "supervision": Text("全程监督", "Supervision"), "petition": Text("信访兜底", "Petition")}
FIRMS, ITEMS, CASES = Text("家次", "visits"), Text("条", "leads"), Text("件", "items")


class Figure(NamedTuple):
    """A number of the loop; ``side`` names its row sets, as in rules/figures/catalogue.py.

    ``model`` is what its own page of rows lists; without one it is the figure of that key in
    rules/figures/catalogue.py.
    """

    key: str
    link: str  # LINKS
    label: Text
    unit: Text
    how: Text
    model: AnyModel | None = None
    is_part: bool = False  # of the figure above it
    side: str = ""

    @property
    def row_sets(self) -> tuple[str, ...]:
        return tuple(name.removesuffix(".n") for name in rules.split(self.side))


class Shown(NamedTuple):
    """A figure with its value in the year, in the year before, and the page of its rows."""

    figure: Figure
    value: int
    before: int
    href: str


class Row(NamedTuple):
    """One row behind a figure."""

    on: date | None
    title: str
    href: str
    note: Text


def _same(key: str, link: str, is_part: bool = False) -> Figure:
    row = rules.FIGURES[key]
    return Figure(key, link, row.label, rules.UNITS[row.unit], row.formula, is_part=is_part, side=row.top)


def _own(key: str, link: str, model: AnyModel, label: Text, unit: Text, how: Text, is_part: bool = False) -> Figure:
    """A figure of the loop alone: the row set of its key."""
    return Figure(key, link, label, unit, how, model, is_part, key)


BY_DAY = Text("按活动日期", "by the day of the activity")
OF_THESE = Text("上列中", "of these")
FIGURES: dict[str, Figure] = {one.key: one for one in (
    _same("inquiries", "prevention"), _same("employer_visits", "prevention"),
    _own("checks", "prevention", Activity, Text("劳动用工体检", "Checks of employment"), FIRMS, BY_DAY),
    _same("lectures", "prevention"), _same("listeners", "prevention", True),
    _own("leads", "detection", Lead, Text("发现线索", "Leads found"), ITEMS, Text("按发现日期", "by the day found")),
    _own("leads_settled", "detection", Lead, Text("其中就地化解", "Settled on the spot"), ITEMS, OF_THESE, True),
    _own("leads_cases", "detection", Lead, Text("其中转为案件", "Became cases"), ITEMS, OF_THESE, True),
    _same("accepted", "mediation"), _same("settled", "mediation", True), _same("court_sent", "mediation", True),
    _same("arbitration_sent", "mediation", True), _same("consultations", "mediation"),
    _own("went_on", "litigation", Case, Text("转仲裁、退回法院", "To arbitration or court"), CASES,
         Text("按出结果日期", "by the day of the outcome")),
    _own("procedures", "litigation", SideProcedure, Text("司法确认、仲裁审查、支付令等",
                                                         "Confirmation, review, payment order …"), CASES,
         Text("按申请日期", "by the day of asking")),
    *(_same(f"letter_{code}", "supervision") for code in words.LETTER_KINDS),
    _own("rectified", "supervision", Letter, Text("其中已整改", "Put right"), CASES,
         Text("上列文书中单位已整改、或复核已整改的", "of these letters, put right or found so"), True),
    _own("urged", "supervision", Supervision, Text("案件催办、督办", "Reminders on cases"), Text("次", "times"),
         Text("按催办日期", "by the day")),
    _own("petitions", "petition", Commission, Text("与信访局往来", "Letters with the petition office"), CASES,
         Text("案件的来去函，按函件日期", "letters of cases, by the day of the letter")),
)}
ROW_SETS = tuple(dict.fromkeys(name for one in FIGURES.values() for name in one.row_sets))
# One figure of each link for the chart: the way of a dispute through the loop.
CHART = ("inquiries", "leads", "accepted", "settled", "went_on", "petitions")
# The title of a letter or visit is its own, that of everything else the case's or the employer's.
ROWS_OF_CASES = (SideProcedure, Supervision, Commission)
LOADS: dict[AnyModel, tuple[InstrumentedAttribute[Any], ...]] = {
    Activity: (Activity.employer,), Lead: (Lead.employer,), Letter: (Letter.employer,),
    Case: (), SideProcedure: (SideProcedure.case,), Supervision: (Supervision.case,),
    Commission: (Commission.case, Commission.agency)}


class Span(NamedTuple):
    """Whose loop, of which year, of which union below the actor (None: all within reach)."""

    actor: Actor
    year: int
    station: Station | None = None

    @property
    def query(self) -> str:
        """As the end of an address."""
        return urlencode({"year": self.year, "station": self.station.code if self.station else ""})

    def scope(self, year: int) -> Scope:
        """The same as the scope of a figure of rules/figures/catalogue.py."""
        return scopes.read(self.actor, str(year), self.station.code if self.station else "")


def build(span: Span) -> dict[str, list[Shown]]:
    """The six links with their figures; one statement for each of the two years."""
    now, before = (measures.totals(span.scope(year), list(ROW_SETS)) for year in (span.year, span.year - 1))
    found: dict[str, list[Shown]] = {link: [] for link in LINKS}
    for one in FIGURES.values():
        side = rules.split(one.side)
        href = f"/statistics/loop/{one.key}?{span.query}" if one.model else scopes.rows_href(
            span.scope(span.year), one.side)
        found[one.link].append(Shown(one, measures.sides(now, side), measures.sides(before, side), href))
    return found


def value(one: Figure, span: Span) -> int:
    """The figure by itself."""
    side = rules.split(one.side)
    return measures.sides(measures.totals(span.scope(span.year), one.row_sets), side)


def count_withheld(one: Figure, span: Span) -> int:
    """How many rows a figure counts and its list leaves out, because their cases are sealed."""
    if one.model is not Case and one.model not in ROWS_OF_CASES:
        return 0
    return measures.withheld(span.scope(span.year), one.key)


def rows(one: Figure, span: Span, before: int | None = None) -> tuple[list[Row], int | None]:
    """The rows behind a figure, the newest first, and the id before which the next page begins."""
    assert one.model is not None  # without a model the page of the figure of that key is opened
    behind = row_sets.ROW_SETS[one.key].select(span.scope(span.year)).subquery()
    found = select(one.model, behind.c.on).join(behind, behind.c.key == one.model.id).where(
        _is_readable(one, span)).options(*(door.sighted(span.actor, part) for part in LOADS[one.model])).order_by(
        one.model.id.desc())
    if one.model in ROWS_OF_CASES:
        found = found.join(Case, Case.id == one.model.case_id)
    if before:
        found = found.where(one.model.id < before)
    some = db.session.execute(found.limit(PAGE + 1)).all()
    shown = [Row(on, *DESCRIBE[one.model](row)) for row, on in some[:PAGE]]
    return shown, some[PAGE - 1][0].id if len(some) > PAGE else None


def _is_readable(one: Figure, span: Span) -> ColumnElement[bool]:
    """What counts may be more than what may be read: of a sealed case nothing is shown."""
    if one.model is Case or one.model in ROWS_OF_CASES:
        return door.filter_for(span.actor)
    assert one.model is not None
    return records.rows_of(one.model, span.actor)


NOTHING = Text("", "")


def _word(table: Mapping[str, Word], code: str) -> Text:
    return Text(table[code].zh, table[code].en) if code in table else NOTHING


def _case_title(row: Case) -> str:
    return f"{row.title} ↔ {row.respondent_title}" if row.respondent_title else row.title


def _of_case(row: SideProcedure | Supervision | Commission, note: Text) -> tuple[str, str, Text]:
    return _case_title(row.case), f"/cases/{row.case.number}", note


def _lead(row: Lead) -> tuple[str, str, Text]:
    name = row.employer.name if row.employer else row.employer_told
    return name, f"/employers/{row.employer_id}" if row.employer else "", _word(words.HEADS, row.risk)


DESCRIBE: dict[AnyModel, Callable[..., tuple[str, str, Text]]] = {
    Activity: lambda row: (row.title, f"/employers/{row.employer_id}" if row.employer else "", _word(
        words.ACTIVITY_KINDS, row.kind)),
    Lead: _lead,
    Case: lambda row: (_case_title(row), f"/cases/{row.number}", _word(words.HEADS, row.main_head)),
    SideProcedure: lambda row: _of_case(row, Text(row.document, row.document)),
    Letter: lambda row: (f"{row.number} {row.employer.name}", f"/letters/{row.id}", _word(
        words.LETTER_STATES, row.state)),
    Supervision: lambda row: _of_case(row, _word(words.SUPERVISION_KINDS, row.kind)),
    Commission: lambda row: _of_case(row, Text(row.agency.name, row.agency.name)),
}


def unions(actor: Actor) -> Sequence[Station]:
    """The unions whose figures the actor may see, by their place in the tree."""
    return db.session.scalars(select(Station).where(
        Station.id == Station.union_id, Station.is_active.is_(True), Station.kind == "union",
        or_(Station.path.startswith(actor.station_path or "-", autoescape=True), Station.id == actor.union_id))
        .order_by(Station.path)).all()
