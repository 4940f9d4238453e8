"""Who the other side is, said at the moment of agreement: a paper can only bind a full name (face.md, 达成协议).

The page of parties does the same at leisure; here it goes along in the press that agrees, as an event of its own.
"""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mediation.models import Case, Employer, Party
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused
from mediation.services.people import employers, parties

FIELDS = {"name": "who_name", "credit_code": "who_code", "identity": "who_code", "identity_note": "who_reason"}


@dataclass(frozen=True)
class Named:
    """A respondent by its full name; ``code`` is a credit code (may wait) or a person's identity number, ``reason`` why
    a person has none."""

    party_id: int | None
    is_person: bool
    name: str
    code: str = ""
    reason: str = ""


def unnamed(case: Case) -> list[Party]:
    """The respondents still as told; empty as soon as one of them is known."""
    rows = [p for p in case.parties if p.side == "respondent" and p.removed_on is None]
    return [] if any(p.employer_id is not None or p.identity_sealed or p.identity_note for p in rows) else rows


def name_respondent(case: Case, said: Named, actor: Actor, seen_version: int | None = None,
                    confirmed: Collection[str] = ()) -> None:
    """Resolve the payer, or the first respondent, to an employer of the register or to a person.

    Raises Forbidden, Conflict, or Refused with problems under the names ``who_name`` and ``who_code``.
    """
    rows = unnamed(case)
    party = next((p for p in rows if p.id == said.party_id), rows[0] if rows else None)
    if party is None:
        return
    try:
        if said.is_person:
            person = {"name": said.name, "id_type": "resident", "identity": said.code,
                      "identity_note": said.reason}
            parties.resolve_respondent(case, party, actor, person=person, seen_version=seen_version)
        else:
            row = _employer(case, said, actor, confirmed)
            parties.resolve_respondent(case, party, actor, employer=row, seen_version=seen_version)
    except Refused as refusal:
        raise Refused([_renamed(problem) for problem in refusal.problems]) from refusal


def _employer(case: Case, said: Named, actor: Actor, confirmed: Collection[str]) -> Employer:
    """The one of the register, or a new one."""
    found = employers.find_by_code(case.union_id, said.code) or employers.find_employer(case.union_id, said.name)
    return found or employers.register({"name": said.name, "credit_code": said.code}, actor, case.union_id, confirmed)


def _renamed(problem: Problem) -> Problem:
    return problem._replace(field=FIELDS.get(problem.field, ""))
