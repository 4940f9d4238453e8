"""Numbers of papers that were spoiled: they are used and not missing, and the reason stands beside them."""
from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Paper, Station


class Spoiled(NamedTuple):
    """A number, the kind of its paper, when it was spoiled and why; not whose paper it was."""

    number: str
    kind: str
    spoiled_on: date
    reason: str


def of_union(union: Station) -> list[Spoiled]:
    """The spoiled numbers of a union, the newest year first."""
    rows = db.session.execute(select(Paper.number, Paper.kind, Paper.spoiled_on, Paper.spoiled_reason).join(
        Paper.case).where(Case.union_id == union.id, Paper.spoiled_on.is_not(None), Paper.serial.is_not(None)).order_by(
        Paper.serial_year.desc(), Paper.kind, Paper.serial))
    return [Spoiled._make(row) for row in rows]
