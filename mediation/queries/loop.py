"""The closed loop of a county and year in figures, each with the rows that it counts (practice.md 1.1).

What stands among the figures of rules/figures.py is taken from there, with its formula and its rows. A figure of the
loop alone is a table of rows, the day by which they count, and what one row weighs; its number is the sum over exactly
the rows that its page lists, so that the two cannot disagree.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from mediation.extensions import db
from mediation.models import (
    Activity,
    Agency,
    Case,
    Commission,
    Lead,
    Letter,
    SideProcedure,
    Station,
    Supervision,
)
from mediation.queries import door, figures, prevention, statistics
from mediation.queries.statistics import Scope
from mediation.rules import figures as rules
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Text

PAGE = 100
COUNTS = "statistics.read"
LINKS: dict[str, Text] = {
    "prevention": Text("普法预防", "Prevention"), "detection": Text("前端排查", "Detection"),
    "mediation": Text("中端调解", "Mediation"), "litigation": Text("末端诉讼", "Litigation"),
    "supervision": Text("全程监督", "Supervision"), "petition": Text("信访兜底", "Petition")}
FIRMS, ITEMS, CASES = Text("家次", "visits"), Text("条", "leads"), Text("件", "items")


class Figure(NamedTuple):
    """A number of the loop: its rows, the day by which they count, and the weight of one row (None: 1).

    Without a model it is the figure of that key in rules/figures.py.
    """

    key: str
    link: str  # LINKS
    label: Text
    unit: Text
    how: Text
    model: type | None = None
    day: InstrumentedAttribute | None = None
    where: Callable[[], ColumnElement[bool]] = true
    weight: InstrumentedAttribute | None = None
    is_part: bool = False  # of the figure above it


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
    weight: int


def _petition() -> ColumnElement[bool]:
    return Commission.agency_id.in_(select(Agency.id).where(Agency.kind == "petition"))


def _went_on() -> ColumnElement[bool]:
    went = ("TO_COURT", "TO_ARBITRATION")
    return or_(Case.outcome.in_(went), Case.referred_to.in_(went))


def _is_judged() -> ColumnElement[bool]:
    """Procedures before a court or arbitration; legal aid, inspection and clues are none of these."""
    return SideProcedure.kind.in_(("arb_review", "jud_confirm", "pay_order"))


def _same(key: str, link: str, is_part: bool = False) -> Figure:
    row = rules.FIGURES[key]
    return Figure(key, link, row.label, rules.UNITS[row.unit], row.formula, is_part=is_part)


BY_DAY = Text("按活动日期", "by the day of the activity")
OF_THESE = Text("上列中", "of these")
FIGURES: dict[str, Figure] = {one.key: one for one in (
    _same("inquiries", "prevention"), _same("employer_visits", "prevention"),
    Figure("checks", "prevention", Text("劳动用工体检", "Checks of employment"), FIRMS, BY_DAY, Activity, Activity.done_on,
           lambda: Activity.kind == "check"),
    _same("lectures", "prevention"), _same("listeners", "prevention", True),
    Figure("leads", "detection", Text("发现线索", "Leads found"), ITEMS, Text("按发现日期", "by the day found"), Lead,
           Lead.found_on),
    Figure("leads_settled", "detection", Text("其中就地化解", "Settled on the spot"), ITEMS, OF_THESE, Lead, Lead.found_on,
           lambda: Lead.state == "settled", is_part=True),
    Figure("leads_cases", "detection", Text("其中转为案件", "Became cases"), ITEMS, OF_THESE, Lead, Lead.found_on,
           lambda: Lead.case_id.is_not(None), is_part=True),
    _same("accepted", "mediation"), _same("settled", "mediation", True), _same("court_sent", "mediation", True),
    _same("arbitration_sent", "mediation", True), _same("consultations", "mediation"),
    Figure("went_on", "litigation", Text("转仲裁、退回法院", "To arbitration or court"), CASES,
           Text("按出结果日期", "by the day of the outcome"), Case, Case.concluded_on, _went_on),
    Figure("procedures", "litigation", Text("司法确认、仲裁审查、支付令等", "Confirmation, review, payment order …"), CASES,
           Text("按申请日期", "by the day of asking"), SideProcedure, SideProcedure.requested_on,
           _is_judged),
    *(_same(f"letter_{code}", "supervision") for code in words.LETTER_KINDS),
    Figure("rectified", "supervision", Text("其中已整改", "Put right"), CASES,
           Text("上列文书中单位已整改、或复核已整改的", "of these letters, put right or found so"), Letter, Letter.sent_on,
           lambda: or_(Letter.is_rectified.is_(True), and_(Letter.rectified_on.is_not(None),
                                                           Letter.is_rectified.is_(None))), is_part=True),
    Figure("urged", "supervision", Text("案件催办、督办", "Reminders on cases"), Text("次", "times"),
           Text("按催办日期", "by the day"), Supervision, Supervision.made_on),
    Figure("petitions", "petition", Text("与信访局往来", "Letters with the petition office"), CASES,
           Text("案件的来去函，按函件日期", "letters of cases, by the day of the letter"), Commission, Commission.sent_on,
           _petition),
)}
# One figure of each link for the chart: the way of a dispute through the loop.
CHART = ("inquiries", "leads", "accepted", "settled", "went_on", "petitions")
# The title of a letter or visit is its own, that of everything else the case's or the employer's.
ROWS_OF_CASES = (SideProcedure, Supervision, Commission)
LOADS = {
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
        """The same as the scope of a figure of rules/figures.py."""
        return statistics.scope(self.actor, str(year), self.station.code if self.station else "")


def build(span: Span) -> dict[str, list[Shown]]:
    """The six links with their figures; a bounded number of statements however many rows."""
    same = [key for key, one in FIGURES.items() if one.model is None]
    now, before = ({row.figure.key: row for row in figures.report(span.scope(year), figures.TITLE, same).figures}
                   for year in (span.year, span.year - 1))
    found: dict[str, list[Shown]] = {link: [] for link in LINKS}
    for key, one in FIGURES.items():
        if one.model is None:
            shown = Shown(one, int(now[key].value or 0), int(before[key].value or 0), now[key].top_href)
        else:
            shown = Shown(one, *_sums(one, span), f"/statistics/loop/{key}?{span.query}")
        found[one.link].append(shown)
    return found


def _sums(one: Figure, span: Span) -> tuple[int, int]:
    sums = [func.coalesce(func.sum(case((_in_year(one, year), _weight(one)), else_=0)), 0)
            for year in (span.year, span.year - 1)]
    now, before = db.session.execute(_scoped(select(*sums), one, span, COUNTS)).one()
    return int(now), int(before)


def value(one: Figure, span: Span) -> int:
    """The figure by itself."""
    return _sums(one, span)[0]


def _weight(one: Figure):
    return one.weight if one.weight is not None else 1


def _in_year(one: Figure, year: int) -> ColumnElement[bool]:
    return one.day.between(date(year, 1, 1), date(year, 12, 31))


def count_withheld(one: Figure, span: Span) -> int:
    """How many rows a figure counts and its list leaves out, because their cases are sealed."""
    if one.model is not Case and one.model not in ROWS_OF_CASES:
        return 0
    rows = _scoped(select(func.count()), one, span, COUNTS).where(_in_year(one, span.year))
    return db.session.scalar(rows.where(door.is_withheld(span.actor))) or 0


def _scoped(found: Select, one: Figure, span: Span, permission: str = "case.read") -> Select:
    """The figure's rows as far as the actor may see them, or as far as they count."""
    found = found.select_from(one.model)
    if one.model in ROWS_OF_CASES:
        found = found.join(Case, Case.id == one.model.case_id)
    is_case = one.model is Case or one.model in ROWS_OF_CASES
    union = Case.union_id if is_case else one.model.union_id
    mine = door.filter_for(span.actor, permission) if is_case else prevention.rows_of(one.model, span.actor)
    return found.where(mine, one.where(), union == span.station.id if span.station else true())


def rows(one: Figure, span: Span, before: int | None = None) -> tuple[list[Row], int | None]:
    """The rows behind a figure, the newest first, and the id before which the next page begins."""
    found = _scoped(select(one.model), one, span).where(_in_year(one, span.year)).options(
        *(door.sighted(span.actor, part) for part in LOADS[one.model])).order_by(one.model.id.desc())
    if before:
        found = found.where(one.model.id < before)
    some = list(db.session.scalars(found.limit(PAGE + 1)))
    shown = [_row(one, row) for row in some[:PAGE]]
    return shown, some[PAGE - 1].id if len(some) > PAGE else None


def _row(one: Figure, row) -> Row:
    title, href, note = DESCRIBE[one.model](row)
    return Row(getattr(row, one.day.key), title, href, note,
               getattr(row, one.weight.key) if one.weight is not None else 1)


NOTHING = Text("", "")


def _word(table: dict, code: str) -> Text:
    return Text(table[code].zh, table[code].en) if code in table else NOTHING


def _case_title(row: Case) -> str:
    return f"{row.title} ↔ {row.respondent_title}" if row.respondent_title else row.title


def _of_case(row, note: Text) -> tuple[str, str, Text]:
    return _case_title(row.case), f"/cases/{row.case.number}", note


def _lead(row: Lead) -> tuple[str, str, Text]:
    name = row.employer.name if row.employer else row.employer_told
    return name, f"/employers/{row.employer_id}" if row.employer else "", _word(words.HEADS, row.risk)


DESCRIBE: dict[type, Callable[..., tuple[str, str, Text]]] = {
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
