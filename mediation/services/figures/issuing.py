"""Giving out figures: the chosen ones are frozen as one text with its digest, numbered, and noted in the journal."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import IssuedFigure, Station
from mediation.queries.figures import issued, reckoning
from mediation.queries.figures.scopes import Scope
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal, numbers

NOTHING_CHOSEN = Text("请勾选要出具的数字", "Tick the figures to be given out")
NO_RECIPIENT = Text("请写明给谁", "Say who gets them")
NO_PURPOSE = Text("请写明做什么用", "Say what for")


class Purpose(NamedTuple):
    """Who gets the figures, and what for."""

    recipient: str
    purpose: str


def issue(asked: Scope, chosen: Iterable[str], given: Purpose, actor: Actor) -> IssuedFigure:
    """Freeze the chosen figures as they stand; raises Refused with everything that is missing."""
    keys = [key for key in rules.FIGURES if key in set(chosen)]
    wanted = (("figures", keys, NOTHING_CHOSEN), ("recipient", given.recipient, NO_RECIPIENT),
              ("purpose", given.purpose, NO_PURPOSE))
    if problems := [Problem(name, text) for name, value, text in wanted if not value]:
        raise Refused(problems)
    station = _station(asked, actor)
    union = db.session.get_one(Station, station.union_id or station.id)
    year = actor.today.year
    number = f"{union.short_name}统〔{year}〕{numbers.draw(union.id, 'issued', year)}号"
    made = reckoning.report(asked, reckoning.TITLE, keys)
    body = issued.freeze(made, {"number": number, "issued_on": actor.today.isoformat(), "by": made.made_by,
                                "recipient": given.recipient, "purpose": given.purpose,
                                "station_name": station.name})
    row = IssuedFigure(
        number=number, station_id=station.id, period=asked.period.code, cut_off=asked.cut_off,
        recipient=given.recipient, purpose=given.purpose, body=body, digest=hashlib.sha256(body.encode()).hexdigest(),
        last_event_id=issued.last_event_id(), issued_on=actor.today, issued_at=actor.now, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "figures_issued", {
        "issued": row.id, "number": number, "period": row.period, "cut_off": row.cut_off, "station": station.id,
        "figures": len(keys), "sha256": row.digest})
    return row


def _station(asked: Scope, actor: Actor) -> Station:
    """Whose figures these are: the chosen station, else the top of what the actor sees."""
    if asked.station_path:
        return db.session.scalars(select(Station).where(Station.path == asked.station_path)).one()
    return db.session.get_one(Station, actor.station_id)
