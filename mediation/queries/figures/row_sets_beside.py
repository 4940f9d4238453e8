"""Row sets beside the cases: inquiries, activities, leads and letters of the unions at the place that is asked for."""
from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, false, null

from mediation.extensions import AnyModel, Expression
from mediation.models import Activity, Inquiry, Lead, Letter
from mediation.queries import door, records
from mediation.queries.figures import scopes
from mediation.queries.figures.scopes import Scope
from mediation.queries.figures.sources import ONE, RowSet, Source, Start
from mediation.rules import words

TALKS = ("lecture", "stand")


def _beside(model: AnyModel, day: Expression) -> Start:
    """Rows of a table that belongs to a union; a chosen station narrows it, a channel or kind leaves nothing."""
    def start(asked: Scope) -> Source:
        where = [records.rows_of(model, asked.actor, "statistics.read"), asked.within(day)]
        if asked.filters:
            where.append(false())
        if scopes.is_given(asked.station_path):
            place = getattr(model, "station_id", model.union_id)
            where.append(place.in_(door.stations_below(asked.station_path)))
        return Source(model, tuple(where), model.id, null(), day, day, has_case=False)
    return start


INQUIRIES, ACTIVITIES = _beside(Inquiry, Inquiry.asked_on), _beside(Activity, Activity.done_on)
LEADS, LETTERS = _beside(Lead, Lead.found_on), _beside(Letter, Letter.sent_on)


# A condition; the property of the row is one of SQL on the model (models.Letter).
PUT_RIGHT = cast(ColumnElement[bool], Letter.is_put_right)


def _rows(source: Start, where: ColumnElement[bool], n: Expression = ONE) -> RowSet:
    return RowSet(source, lambda asked, rows: where, n=None if n is ONE else lambda asked, rows: n)


BESIDE: dict[str, RowSet] = {
    "inquiries": _rows(INQUIRIES, Inquiry.id.is_not(None), Inquiry.people),
    "lectures": _rows(ACTIVITIES, Activity.kind.in_(TALKS)),
    "listeners": _rows(ACTIVITIES, Activity.kind.in_(TALKS), Activity.people),
    "employer_visits": _rows(ACTIVITIES, Activity.kind == "visit"),
    "checks": _rows(ACTIVITIES, Activity.kind == "check"),
    "leads": _rows(LEADS, Lead.id.is_not(None)), "leads_settled": _rows(LEADS, Lead.state == "settled"),
    "leads_cases": _rows(LEADS, Lead.case_id.is_not(None)),
    **{f"letter_{code}": _rows(LETTERS, Letter.kind == code) for code in words.LETTER_KINDS},
    "rectified": _rows(LETTERS, PUT_RIGHT),
}
