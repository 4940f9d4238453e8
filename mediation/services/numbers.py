"""Gapless numbers per union, series and year; drawn in the transaction that uses them, never reused."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Counter, Station

DEFAULT_FORM = "{short}工调〔{year}〕{n}号"


def draw(union_id: int, series: str, year: int) -> int:
    """The next number of a series; the row stays locked until the transaction ends."""
    row = db.session.scalar(select(Counter).where(
        Counter.union_id == union_id, Counter.series == series, Counter.year == year).with_for_update())
    if row is None:
        row = Counter(union_id=union_id, series=series, year=year, last=0)
        db.session.add(row)
    row.last += 1
    db.session.flush()
    return row.last


def register_number(union: Station, year: int) -> str:
    """The number in the address, for life: <union code>-<year>-<4 digits>."""
    return f"{union.code}-{year}-{draw(union.id, 'register', year):04d}"


def printed_number(case: Case) -> str:
    """The number on paper, given at acceptance, in the form set for the union."""
    year = case.accepted_on.year
    form = case.union.number_form or DEFAULT_FORM
    return form.format(short=case.union.short_name, year=year, n=draw(case.union_id, "accepted", year))


def agreement_number(case: Case, year: int) -> str:
    form = (case.union.number_form or DEFAULT_FORM).replace("调〔", "调协〔")
    return form.format(short=case.union.short_name, year=year, n=draw(case.union_id, "agreement", year))
