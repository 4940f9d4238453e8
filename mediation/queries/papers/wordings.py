"""The wording in which an office writes a paper: its own template where it has one, else the shipped one."""
from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Station, Wording
from mediation.papers import maker
from mediation.queries.papers import case_papers


class Held(NamedTuple):
    """A template as it is used: its file, whose it is ('' the shipped one), its row."""

    template: bytes
    name: str = ""
    row: Wording | None = None


def held(station: Station, kind: str) -> Held:
    """The wording that a station uses for a kind: its own, else its union's, else the shipped one."""
    row = current(station, kind)
    template = case_papers.kept_template(row.template) if row else b""
    return Held(template, f"wording:{row.id}", row) if row and template else Held(maker.shipped(kind, station.currency))


def current(station: Station, kind: str) -> Wording | None:
    """The row of the wording that holds for a station; the nearest one counts."""
    near = (station.id, station.union_id)
    rows = db.session.scalars(select(Wording).where(
        Wording.station_id.in_(near), Wording.kind == kind, Wording.ended_on.is_(None)).order_by(Wording.id)).all()
    return max(rows, key=lambda row: (row.station_id == station.id, row.edition), default=None)


def of_station(station: Station) -> list[Wording]:
    """Every wording that a station has or had, the newest first."""
    return list(db.session.scalars(select(Wording).where(Wording.station_id == station.id).order_by(
        Wording.kind, Wording.edition.desc())))


def find(station: Station, key: int) -> Wording | None:
    """A wording of a station by its id."""
    row = db.session.get(Wording, key)
    return row if row is not None and row.station_id == station.id else None


def by_name(name: str) -> Wording | None:
    """The wording that an issued paper names: 'wording:7'."""
    key = name.removeprefix("wording:") if name else ""
    return db.session.get(Wording, int(key)) if key.isdigit() else None
