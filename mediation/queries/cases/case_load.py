"""The rows that a case's page shows, brought into the session by prepared statements: only kinds that it has rows of.

The relationships of the others are set to empty without a question; what is only reckoned with is left to
queries/cases/case_rows.py. What the rows refer to (people, bodies, notes) is read once for all of them.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from mediation.extensions import Model, db
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
    ScopeCheck,
    SideProcedure,
    Supervision,
    User,
    Visit,
)
from mediation.queries.cases.case_rows import CaseRows

# Relationships of a case that its page shows, the rows behind each, and which of what they refer to is read with them.
SHOWN: dict[str, tuple[type[Model], Mapping[str, type]]] = {
    "parties": (Party, {"employer": Employer}),
    "members": (CaseMember, {"account": User}),
    "commissions": (Commission, {"agency": Agency}),
    "external_numbers": (ExternalNumber, {}),
    "supervisions": (Supervision, {"note": Note, "made_by": User}),
}
# What was done and said, which only some pages show in full; the others do with the bare rows.
TALKS: dict[str, tuple[type, Mapping[str, type]]] = {
    "contacts": (Contact, {"note": Note, "made_by": User}),
    "hearings": (Hearing, {"note": Note, "made_by": User}),
    "visits": (Visit, {"note": Note, "made_by": User}),
}
# Those that some pages of a case show: known to be empty, else read when they are asked for.
ASKED_FOR: dict[str, type] = {
    "claims": Claim, "clock_changes": ClockChange, "interruptions": Interruption, "agreements": Agreement,
    "payments": Payment, "case_facts": CaseFact, "side_procedures": SideProcedure, "scope_checks": ScopeCheck,
    "papers": Paper,
}


class Reference(NamedTuple):
    """A row that refers to another: the relationship and the id behind it."""

    row: object
    name: str
    key: int


ROWS: dict[str, Select[Any]] = {
    name: select(model).where(model.__table__.c.case_id == bindparam("case")).order_by(model.__table__.c.id)
    for name, (model, _refers) in (SHOWN | TALKS).items()}
REFERRED: dict[type, Select[Any]] = {
    model: select(model).where(model.id.in_(bindparam("keys", expanding=True)))
    for model in (Agency, Employer, Note, User)}


def load(case: Case, rows: CaseRows, but: Collection[str] = ()) -> None:
    """Fetch what the case's page shows into the session; ``rows`` know which kinds there are, and hold what was
    fetched from then on, so that nothing is read twice. ``but``: what the page shows by its bare rows."""
    rows.once((LOADED, *but), lambda: _load(case, rows, but))


LOADED = "loaded"


def _load(case: Case, rows: CaseRows, but: Collection[str]) -> None:
    _fetch(case, rows, {name: kind for name, kind in SHOWN.items() if name not in but})
    empty = {name: model for name, (model, _refers) in TALKS.items()} | ASKED_FOR
    for name, model in empty.items():
        if not rows.has(model):
            set_committed_value(case, name, [])


def load_talks(case: Case, rows: CaseRows) -> None:
    """Fetch contacts, sessions and follow-ups, each with its note and who made it, for a page that shows them."""
    _fetch(case, rows, TALKS)


def _fetch(case: Case, rows: CaseRows, wanted: Mapping[str, tuple[type, Mapping[str, type]]]) -> None:
    references: dict[type, list[Reference]] = {}
    for name, (model, refers) in wanted.items():
        found = list(db.session.scalars(ROWS[name], {"case": case.id})) if rows.has(model) else []
        set_committed_value(case, name, found)
        rows.hold(model, found)
        for row in found:
            _note_references(references, row, refers)
    for model, named in references.items():
        _bring(model, named)


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
