"""The rows of one case, brought into the session by prepared statements: only those kinds that it has rows of.

One statement asks which kinds there are; the relationships of the others are set to empty without a question. What the
rows refer to (people, bodies, notes, stations) is read once for all of them.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm.attributes import set_committed_value

from mediation.extensions import db
from mediation.models import (
    Agency,
    Agreement,
    Case,
    CaseFact,
    CaseMember,
    Claim,
    ClockChange,
    Commission,
    Contact,
    Employer,
    ExternalNumber,
    Hearing,
    Interruption,
    Note,
    Paper,
    Party,
    Payment,
    SideProcedure,
    Station,
    Supervision,
    User,
    Visit,
)

# Relationships of a case, the rows behind each, and which of what they refer to is read with them.
KINDS: dict[str, tuple[type, Mapping[str, type]]] = {
    "parties": (Party, {"employer": Employer}),
    "claims": (Claim, {}),
    "members": (CaseMember, {"account": User}),
    "contacts": (Contact, {"note": Note, "made_by": User}),
    "hearings": (Hearing, {"note": Note, "made_by": User}),
    "visits": (Visit, {"note": Note, "made_by": User}),
    "commissions": (Commission, {"agency": Agency}),
    "external_numbers": (ExternalNumber, {}),
    "clock_changes": (ClockChange, {}),
    "interruptions": (Interruption, {}),
    "agreements": (Agreement, {}),
    "payments": (Payment, {}),
    "papers": (Paper, {}),
    "case_facts": (CaseFact, {}),
    "side_procedures": (SideProcedure, {}),
    "supervisions": (Supervision, {"note": Note, "made_by": User}),
}
OF_CASE: Mapping[str, type] = {"union": Station, "station": Station, "handler": User, "registered_by": User}
# What a page does not show unless it asks: known to be empty, else left to be read when it is asked for.
ONLY_IF_EMPTY = frozenset({"payments"})


class Reference(NamedTuple):
    """A row that refers to another: the relationship and the id behind it."""

    row: object
    name: str
    key: int


def _is_there() -> Select:
    """One column for each kind of rows: whether the case has any."""
    tables = {name: model.__table__ for name, (model, _refers) in KINDS.items()}
    return select(*(exists().where(table.c.case_id == bindparam("case")).label(name) for name, table in tables.items()))


IS_THERE = _is_there()
ROWS = {name: select(model).where(model.case_id == bindparam("case")).order_by(model.id)
        for name, (model, _refers) in KINDS.items()}
REFERRED = {model: select(model).where(model.id.in_(bindparam("keys", expanding=True)))
            for model in (Agency, Employer, Note, Station, User)}


def load(case: Case) -> None:
    """Fetch the case's rows and what they refer to into the session."""
    db.session.flush()  # statements without the mapper do not look for pending changes themselves
    given = {"case": case.id}
    references: dict[type, list[Reference]] = {}
    _note_references(references, case, OF_CASE)
    for name, is_there in db.session.execute(IS_THERE, given).one()._mapping.items():
        if is_there and name in ONLY_IF_EMPTY:
            continue
        rows = list(db.session.scalars(ROWS[name], given)) if is_there else []
        set_committed_value(case, name, rows)
        for row in rows:
            _note_references(references, row, KINDS[name][1])
    for model, found in references.items():
        _bring(model, found)


def _note_references(references: dict[type, list[Reference]], row: object, refers: Mapping[str, type]) -> None:
    for name, model in refers.items():
        key = getattr(row, f"{name}_id")
        if key is None:
            set_committed_value(row, name, None)
        else:
            references.setdefault(model, []).append(Reference(row, name, key))


def _bring(model: type, found: Iterable[Reference]) -> None:
    """Read the rows that are referred to, all at once, and put each where it belongs."""
    wanted = list(found)
    rows = db.session.scalars(REFERRED[model], {"keys": sorted({reference.key for reference in wanted})})
    by_key = {row.id: row for row in rows}
    for reference in wanted:
        set_committed_value(reference.row, reference.name, by_key.get(reference.key))
