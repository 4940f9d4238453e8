"""Two channels, one dispute: the sources of a merged case live on in the case that it went into."""
from __future__ import annotations

from mediation.extensions import db
from mediation.models import Case, Commission, ExternalNumber
from mediation.rules.access import Actor
from mediation.services import journal, search


def take_sources(source: Case, target: Case, actor: Actor) -> None:
    """Both sources are kept: the letters and outside numbers of a merged case count for the one it went into.

    What the target has already is left as it is; the merged case keeps its own rows.
    """
    had = {(c.agency_id, c.kind, c.document_number) for c in target.commissions}
    letters = [_copied(row, target) for row in source.commissions
               if row.recalled_on is None and (row.agency_id, row.kind, row.document_number) not in had]
    known = {n.register for n in target.external_numbers}
    numbers = [ExternalNumber(case_id=target.id, register=n.register, number=n.number)
               for n in source.external_numbers if n.register not in known]
    db.session.add_all([*letters, *numbers])
    db.session.flush()
    db.session.expire(target, ["commissions", "external_numbers"])
    search.index_case(target)
    journal.record(actor, journal.case_stream(target), "source_merged", {
        "source": source.number, "commissions": len(letters), "numbers": [n.register for n in numbers]}, case=target)


SAME = ("agency_id", "kind", "direction", "document_number", "task", "purpose", "sent_on", "reply_due_on", "due_reason",
        "state", "taken_on", "replied_on", "result", "reply_way", "reply_number", "is_entered_for", "answered_by_id",
        "shared_parts", "share_ground", "legal_basis")


def _copied(row: Commission, target: Case) -> Commission:
    return Commission(case_id=target.id, **{name: getattr(row, name) for name in SAME})
