"""Files that stand beside an entry of a case: the payment, signature, paper, session or party that they prove."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules.access import Actor

# The rows of a case by the words of rules/uploads.BESIDE.
ROWS: dict[str, Callable[[Case], Iterable[Any]]] = {
    "payment": lambda case: case.payments,
    "signature": lambda case: (row for agreement in case.agreements for row in agreement.signatures),
    "paper": lambda case: case.papers,
    "session": lambda case: case.hearings,
    "party": lambda case: case.parties,
}


def find(case: Case, kind: str, key: int | None) -> Any | None:
    """The entry of a case that a file may stand beside; None when the case has none like it."""
    return next((row for row in ROWS[kind](case) if row.id == key), None) if kind in ROWS else None


def files_beside(case: Case, rows: CaseRows, actor: Actor) -> dict[tuple[str, int], list[Attachment]]:
    """The files of a case by the entry that they prove, for our own people; no statement for a case without files."""
    found: dict[tuple[str, int], list[Attachment]] = defaultdict(list)
    if actor.role == "liaison" or not rows.has(Attachment):
        return found
    for row in db.session.scalars(select(Attachment).where(
            Attachment.case_id == case.id, Attachment.about_kind != "").order_by(Attachment.id)):
        found[row.about_kind, row.about_id or 0].append(row)
    return found
