"""Gapless numbers per union, series and year; drawn in the transaction that uses them, never reused."""
from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert  # whose ON CONFLICT SQLite understands as well

from mediation.extensions import db
from mediation.models import Case, Counter, Station
from mediation.queries.cases.intake import Union
from mediation.rules.papers import numbering

DEFAULT_FORM = "{short}工调〔{year}〕{n}号"

_COUNTER = Counter.__table__.c
_ONE = (_COUNTER.union_id == bindparam("of_union"), _COUNTER.series == bindparam("of_series"),
        _COUNTER.year == bindparam("of_year"))
COUNT_ON = update(Counter.__table__).where(*_ONE).values(last=_COUNTER.last + bindparam("so_many"))
LAST = select(_COUNTER.last).where(*_ONE)
BEGIN = insert(Counter.__table__).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def draw(union_id: int, series: str, year: int, count: int = 1) -> int:
    """The last of the next ``count`` numbers of a series; the row stays locked until the transaction ends."""
    connection = db.session.connection()
    given = {"of_union": union_id, "of_series": series, "of_year": year}
    if connection.execute(COUNT_ON, {**given, "so_many": count}).rowcount == 0:
        begun = connection.execute(BEGIN, {"union_id": union_id, "series": series, "year": year, "last": count})
        if begun.rowcount:
            return count
        connection.execute(COUNT_ON, {**given, "so_many": count})  # somebody began the series at the same time
    return int(connection.execute(LAST, given).scalar_one())


def last(union_id: int, series: str, year: int) -> int:
    """The number drawn last in a series; others may draw until this transaction writes."""
    given = {"of_union": union_id, "of_series": series, "of_year": year}
    return int(db.session.connection().execute(LAST, given).scalar() or 0)


def register_number(union: Station | Union, year: int) -> str:
    """The number in the address, for life: <union code>-<year>-<4 digits>."""
    return register_number_of(union, year, draw(union.id, "register", year))


def register_number_of(union: Station | Union, year: int, n: int) -> str:
    """A register number whose running number was drawn."""
    return f"{union.code}-{year}-{n:04d}"


def printed_number(case: Case) -> str:
    """The number on paper, given at acceptance, in the form set for the union."""
    assert case.accepted_on is not None  # acceptance has just set it
    year = case.accepted_on.year
    form = case.union.number_form or DEFAULT_FORM
    return form.format(short=case.union.short_name, year=year, n=draw(case.union_id, "accepted", year))


def agreement_number(case: Case, year: int) -> str:
    form = (case.union.number_form or DEFAULT_FORM).replace("调〔", "调协〔")
    return form.format(short=case.union.short_name, year=year, n=draw(case.union_id, "agreement", year))


class Drawn(NamedTuple):
    """A number of a series of papers: year, running number, and how it is printed."""

    year: int
    n: int
    text: str


def paper_number(case: Case, kind: str, year: int) -> Drawn:
    """The next number for a paper of this kind."""
    union = case.union
    n = draw(case.union_id, numbering.series(kind), year)
    form = numbering.form_of(union.paper_form, union.number_form or DEFAULT_FORM)
    return Drawn(year, n, numbering.say(form, union.short_name, kind, year, n))
