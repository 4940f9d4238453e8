"""Writing what is only kept: an entry is checked by its row, stored, and told by one event."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Employer, of_table
from mediation.rules import recording
from mediation.rules.access import Actor, scope_of
from mediation.rules.language import Problem
from mediation.rules.recording import CHOOSE, Record
from mediation.rules.records import RECORDS
from mediation.services import journal
from mediation.services.cases import moves
from mediation.services.cases.moves import Forbidden
from mediation.services.people import employers


def record(key: str, values: Mapping[str, object], actor: Actor, case: Case | None = None,
           confirmed: Collection[str] = ()) -> Any:
    """Keep an entry of the kind ``key`` and give its row; ``values`` by the names of its fields.

    ``case``: for a kind that stands under one; ``confirmed``: problems that were asked back once and are so.
    Raises Refused with all problems, Forbidden.
    """
    row = RECORDS[key]
    require(row.permission, actor, case)
    given = recording.tidy(row, values)
    employer, problems = _employer(row, given, actor)
    moves.refuse([*recording.problems(row, given, actor.today), *problems], {"confirmed": confirmed})
    entry = _store(row, given, actor, case)
    said = {one.said_as: getattr(entry, one.name) for one in row.fields if one.in_event}
    day = row.of_kind("day")
    on = getattr(entry, day.name) if day else None
    if case is None:
        tell(employer, row.event, {row.key: entry.id, **said}, actor, on)
    else:
        moves.act(case, row.event, said, actor, on)
    return entry


def require(permission: str, actor: Actor, case: Case | None = None) -> None:
    """Raises Forbidden for whoever may not."""
    if case is not None:
        moves.require(case, permission, actor)
    elif not scope_of(actor.role, permission):
        raise Forbidden(permission)


def tell(employer: Employer | None, kind: str, data: dict[str, object], actor: Actor, on: date | None = None) -> None:
    """Into the employer's own chain where one is known, else into the house's."""
    if employer is None:
        journal.record(actor, journal.HOUSE, kind, data, on)
    else:
        employers.note(employer, kind, data, actor, on)


def _employer(row: Record, given: Mapping[str, object], actor: Actor) -> tuple[Employer | None, list[Problem]]:
    field = row.of_kind("employer")
    key = given[field.name] if field else None
    found = db.session.get(Employer, key) if key else None
    if field and key and (found is None or found.union_id != actor.union_id):
        return None, [Problem(field.name, CHOOSE)]
    return found, []


def _store(row: Record, given: Mapping[str, object], actor: Actor, case: Case | None) -> Any:
    """The stored row; a kind with a unique column corrects the one that stood there."""
    model = of_table(row.key)
    owner: dict[str, object] = {"case_id": case.id} if case is not None else {
        "union_id": actor.union_id, "station_id": actor.station_id, "made_by_id": actor.user_id}
    entry = None
    if row.unique:
        owner |= {row.unique: given[row.unique]}
        entry = db.session.scalar(select(model).filter_by(**owner))
    if entry is None:
        entry = model(**owner)
        db.session.add(entry)
    for one in row.fields:
        setattr(entry, one.name, recording.kept(one, given[one.name], actor.today))
        if one.told:
            setattr(entry, one.told, given[one.told])
    db.session.flush()
    return entry
