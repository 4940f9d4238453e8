"""Setting up a database: schema, shipped calendar, first stations. Safe to repeat."""
from __future__ import annotations

from sqlalchemy import func, select

from mediation import sheets
from mediation.extensions import db
from mediation.models import Agency, CalendarDay, Station
from mediation.rules import journal as kinds
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.services import journal

CALENDAR_SOURCE = "国务院办公厅节假日安排通知"


def load_calendar(actor: Actor) -> None:
    """Put the shipped official days into the table, year by year; a year already loaded stays as it is."""
    rows = sheets.load_table("holidays")
    years = sorted({row["date"][:4] for row in rows})
    for year in years:
        days = [row for row in rows if row["date"].startswith(year)]
        if not db.session.scalar(select(func.count()).where(CalendarDay.county == "", db.extract(
                "year", CalendarDay.on) == int(year))):
            _load_year(actor, int(year), days)


def _load_year(actor: Actor, year: int, days: list[dict[str, str]]) -> None:
    from_iso = type(actor.today).fromisoformat
    for row in days:
        db.session.add(CalendarDay(on=from_iso(row["date"]), kind=row["kind"], name=row["name"], county="",
                                   source=row.get("source") or CALENDAR_SOURCE))
    digest = kinds.salted("calendar", kinds.canonical({"days": [(r["date"], r["kind"]) for r in days]}))
    journal.record(actor, journal.HOUSE, "calendar_loaded", {"year": year, "days": len(days), "days_digest": digest})


def save_station(actor: Actor, code: str, name: str, kind: str, parent: Station | None = None,
                 **values: object) -> Station:
    """Create or change a station; its path and wall follow from its parent."""
    row = db.session.scalar(select(Station).where(Station.code == code)) or Station(code=code, path="/", version=0)
    row.version += 1
    row.name, row.kind, row.parent_id = name, kind, parent.id if parent else None
    row.short_name = str(values.pop("short_name", "") or name[:20])
    for key, value in values.items():
        setattr(row, key, value)
    db.session.add(row)
    db.session.flush()
    _settle(row, parent)
    journal.record(actor, journal.HOUSE, "station_saved", {"station": row.id, "code": code, "kind": kind})
    return row


def set_currency(actor: Actor, union: Station, code: str) -> None:
    """Of all sums of a union and its sites; one event, as of every change of a station."""
    union.currency = code
    union.version += 1
    db.session.flush()
    _settle(union, db.session.get(Station, union.parent_id) if union.parent_id else None)
    journal.record(actor, journal.HOUSE, "station_saved", {"station": union.id, "code": union.code, "kind": union.kind})


def _settle(row: Station, parent: Station | None) -> None:
    """Path and wall of a station and of everything below it."""
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    row.union_id = row.id if row.kind in words.UNION_KINDS else (parent.union_id if parent else row.id)
    if parent is not None and row.union_id == parent.union_id:
        row.currency = parent.currency  # one for all sites of a union
    db.session.flush()
    for child in db.session.scalars(select(Station).where(Station.parent_id == row.id)):
        _settle(child, row)


def save_agency(actor: Actor, union: Station, code: str, kind: str, name: str, **values: object) -> Agency:
    """Create or change an outside body of a union's mechanism."""
    row = db.session.scalar(select(Agency).where(Agency.union_id == union.id, Agency.code == code))
    row = row or Agency(union_id=union.id, code=code, version=0)
    row.version += 1
    row.kind, row.name = kind, name
    row.short_name = str(values.pop("short_name", "") or words.AGENCY_KINDS[kind].zh)
    for key, value in values.items():
        setattr(row, key, value)
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "agency_saved", {"agency": row.id, "code": code, "kind": kind})
    return row


def agencies_of(union: Station) -> list[Agency]:
    """The outside bodies of a union's mechanism."""
    return list(db.session.scalars(select(Agency).where(Agency.union_id == union.id).order_by(Agency.id)))
