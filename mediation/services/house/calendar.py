"""The working-day calendar: a coming year from the pasted official notice, and a county's own days."""
from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, select

from mediation.extensions import db
from mediation.models import CalendarDay, Case
from mediation.queries.law.clocks import LOCAL_KINDS
from mediation.rules import journal as kinds
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import notice, workdays
from mediation.rules.law.notice import Notice
from mediation.services import journal
from mediation.services.cases import moves

KINDS = ("off", "work")
EARLIEST, LATEST = 2020, 2100


class Moved(NamedTuple):
    """A case whose next deadline the calendar has moved."""

    case: Case
    before: date | None
    after: date | None


def read(text: str, year: int | None, actor: Actor) -> Notice:
    """The days of a pasted notice, with everything that does not fit; nothing is saved."""
    found = notice.read_notice(text, year)
    if found.year is not None and not EARLIEST <= found.year <= LATEST:
        found.problems.append(Problem("year", Text("年份不对", "The year is wrong")))
    return found


def save_year(text: str, year: int | None, confirmed: Collection[str], actor: Actor) -> tuple[int, list[Moved]]:
    """Save the days of a notice in the place of what was known of its year; gives the year and the moved deadlines."""
    found = read(text, year, actor)
    moves.refuse(found.problems, {"confirmed": confirmed})
    if found.year is None:
        raise Refused(found.problems)
    days = {date.fromisoformat(row["date"]): row for row in found.rows}
    db.session.execute(delete(CalendarDay).where(CalendarDay.county == "", (
        db.extract("year", CalendarDay.on) == found.year) | CalendarDay.on.in_(days)))
    db.session.add_all(CalendarDay(on=on, kind=row["kind"], name=row["name"], county="", source=row["source"])
                       for on, row in sorted(days.items()))
    db.session.flush()
    digest = kinds.salted("calendar", kinds.canonical({"days": [(r["date"], r["kind"]) for r in found.rows]}))
    journal.record(actor, journal.HOUSE, "calendar_loaded", {
        "year": found.year, "days": len(days), "days_digest": digest})
    return found.year, refresh(actor)


def set_local_day(county: str, on: date | None, kind: str, name: str, source: str, actor: Actor) -> list[Moved]:
    """Set a county's own day off or working day, or take it back with the kind ''; gives the moved deadlines."""
    found = []
    if not county:
        found.append(Problem("county", Text("请写旗县代码", "Give the county's code")))
    if on is None:
        found.append(Problem("on", Text("请填写哪天", "Give the day")))
    if kind not in (*KINDS, ""):
        found.append(Problem("kind", Text("请选放假或上班", "Choose day off or working day")))
    if kind and not name:
        found.append(Problem("name", Text("请写是什么节日或为什么", "Name the holiday or the reason")))
    if found:
        raise Refused(found)
    db.session.execute(delete(CalendarDay).where(CalendarDay.county == county, CalendarDay.on == on))
    if kind:
        db.session.add(CalendarDay(on=on, kind=kind, name=name, county=county, source=source))
    db.session.flush()
    journal.record(actor, journal.HOUSE, "calendar_day_set", {"county": county, "day_on": on, "kind": kind})
    return refresh(actor)


def refresh(actor: Actor) -> list[Moved]:
    """Reckon the next deadline of every open case anew; the hint is no part of a case's digest, so no event is due."""
    moved = []
    for case in db.session.scalars(select(Case).where(Case.is_open == 1).order_by(Case.id)):
        before = case.next_due_on
        moves.refresh_hints(case, actor)
        if case.next_due_on != before:
            moved.append(Moved(case, before, case.next_due_on))
    return moved


def calendar_of(rows: list[CalendarDay] | list[dict[str, str]]) -> workdays.Calendar:
    """A calendar from stored or from read rows, to be drawn."""
    plain = [row if isinstance(row, dict) else {
        "date": row.on.isoformat(), "kind": LOCAL_KINDS[row.kind] if row.county else row.kind, "name": row.name}
        for row in rows]
    return workdays.Calendar.from_rows(plain)
