"""What goes over from a merged case into the other: each row once, under the people of the case that is kept."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from mediation.extensions import AnyModel, db
from mediation.models import (
    RECUSED,
    Attachment,
    Case,
    CaseFact,
    CaseLink,
    CaseMember,
    Claim,
    Commission,
    Contact,
    Correction,
    ExternalNumber,
    Hearing,
    Interruption,
    Note,
    Party,
    Payment,
    PaymentShare,
    SideProcedure,
    Supervision,
    Visit,
)
from mediation.queries.bodies import coordination
from mediation.queries.cases import merging as queries
from mediation.queries.house import canonical
from mediation.rules.access import Actor
from mediation.rules.bodies.commissions import MOVED
from mediation.rules.cases import merging
from mediation.rules.cases.duplicates import Known, is_same
from mediation.rules.cases.numbers import known_as
from mediation.rules.text_cleaning import fold
from mediation.services.papers import waiting
from mediation.services.people import corrections, parties

# Rows that go over as they are, by what they count as; '' goes without being counted.
ROWS: tuple[tuple[AnyModel, str], ...] = (
    (Claim, "claims"), (Payment, "payments"), (Hearing, "sessions"), (Contact, "contacts"), (Visit, "visits"),
    (SideProcedure, "procedures"), (CaseFact, ""), (Supervision, "supervisions"), (Interruption, ""),
    (Correction, ""), (Attachment, "files"))
STAYING = frozenset({"paper", "signature"})  # of what the merged case issued and agreed; their files stay beside them
NUMBERED = frozenset({Payment, Hearing})  # they count on in the case into which they go
# What a person who stands in both cases takes along where the kept case does not know it yet.
FILLED = ("name_other", "id_type", "site", "employer_id", "phone_note", "sex", "born_on", "ethnicity", "address",
          "language", "interpreter", "payee_name", "died_on", "died_told", "kinship", "kin_share")


@dataclass
class Plan:
    """What merging would do: who is who, which claims are the same, which differ, which outside numbers stay."""

    people: dict[int, Party | None]  # each party that asks or is asked -> the same one in the kept case
    twins: list[Claim] = field(default_factory=list)
    differing: list[tuple[Claim, Claim]] = field(default_factory=list)
    staying_numbers: list[ExternalNumber] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)  # of the same name as somebody there, and not the same by number

    @property
    def has_new_people(self) -> bool:
        return any(known is None for known in self.people.values())


class Taken(NamedTuple):
    """What went over: rows by rules/cases/merging.CARRIED, the registers of the numbers, the bodies with sight."""

    counts: dict[str, int]
    registers: list[str]
    agencies: list[int]


def plan(source: Case, target: Case) -> Plan:
    """Compare two cases; nothing is changed."""
    found, free = Plan({}), parties.active(target)
    for party in parties.active(source):
        found.people[party.id] = _same(party, free)
        free = [one for one in free if one is not found.people[party.id]]
    found.namesakes = [party.name for party in parties.active(source) if found.people[party.id] is None and party.name
                       and any(one.side == party.side and fold(one.name) == fold(party.name) for one in free)]
    for claim in _standing(source):
        same = found.people.get(claim.party_id)
        theirs = [one for one in _standing(target) if same and one.party_id == same.id and one.head == claim.head]
        if any(one.amount_fen == claim.amount_fen for one in theirs):
            found.twins.append(claim)
        elif theirs:
            found.differing.append((claim, theirs[0]))
    there = {one.register: one.number for one in target.external_numbers}
    found.staying_numbers = [one for one in source.external_numbers
                             if there.get(one.register, one.number) != one.number]
    return found


def _standing(case: Case) -> list[Claim]:
    return [claim for claim in case.claims if claim.dropped_on is None]


def _same(party: Party, others: Iterable[Party]) -> Party | None:
    mine = _known(party)
    return next((one for one in others if one.side == party.side and is_same(mine, _known(one))), None)


def _known(party: Party) -> Known:
    return Known(party.identity_index or "", party.phone_index or "", party.name or party.as_told,
                 queries.employer_of(party))


def carry(source: Case, target: Case, planned: Plan, actor: Actor) -> Taken:
    """Let everything go over; titles, headcount and group of the kept case follow. Writes no event."""
    payees = {party.id: corrections.payees(party) for party in planned.people.values() if party}
    people = _People(source, target, planned.people)
    for party in (party for party in planned.people.values() if party):
        corrections.keep_payees(target, party, payees[party.id],
                                merging.FILLED_IN.fill(number=known_as(source.number)), actor)
    for claim in planned.twins:
        claim.dropped_on, claim.dropped_reason = actor.today, merging.SAME_CLAIM.fill(number=known_as(target.number)).zh
    letters, copied = _take_letters(source, target)
    counts = {name: _take_rows(model, source, target, people, letters) for model, name in ROWS}
    registers = _take_numbers(source, target)
    _take_links(source, target)
    _take_recusals(source, target)
    for name in ("flags", "evidence"):
        setattr(target, name, list(dict.fromkeys([*getattr(target, name), *getattr(source, name)])))
    people.leave(actor.today)
    source.headcount = 0  # they are counted where they went
    db.session.flush()
    db.session.expire(source)
    db.session.expire(target)
    parties.retitle(target)
    for case in (source, target):
        waiting.keep(case)
    counts |= {"people": people.new, "commissions": len(copied), "numbers": len(registers)}
    return Taken({code: counts[code] for code in merging.CARRIED if counts.get(code)}, registers,
                 sorted({row.agency_id for row in copied if coordination.is_live(row)}))


# The people -----------------------------------------------------------------------------------------------------

# Every column but keys, ties, and what is sealed, which is written anew with its own tie.
COPIED = tuple(name for name in canonical.fields_of(Party)
               if name not in {"uid", "acts_for_id", *canonical.sealed_of(Party)})


class _People:
    """The parties of the merged case, each under the one that stands for it in the kept case."""

    def __init__(self, source: Case, target: Case, known: Mapping[int, Party | None]):
        self._target, self._parties = target, {party.id: party for party in source.parties}
        self._active = [party for party in source.parties if party.removed_on is None]
        self._found: dict[int, Party] = {}
        self.new = sum(known.get(party.id) is None for party in self._active)
        for party in self._active:
            self._found[party.id] = _filled(known[party.id] or _copied(party, target), party)
        db.session.flush()
        for party in self._active:
            if party.acts_for_id and self._found[party.id].acts_for_id is None:
                self._found[party.id].acts_for_id = self.find(party.acts_for_id)

    def find(self, key: int | None) -> int | None:
        """The id of a party in the kept case; somebody struck out comes along struck out, where a row names him."""
        if key is None or key not in self._parties:
            return key
        if key not in self._found:
            self._found[key] = _copied(self._parties[key], self._target)
            db.session.flush()
        return self._found[key].id

    def leave(self, today: date) -> None:
        """Nobody stands for himself in the merged case any more."""
        for party in self._active:
            party.removed_on = today
            party.removed_reason = merging.WENT_OVER.fill(number=known_as(self._target.number)).zh


def _copied(party: Party, target: Case) -> Party:
    made = Party(case_id=target.id, **{name: getattr(party, name) for name in COPIED})
    db.session.add(made)
    _write_numbers(made, party)
    return made


def _filled(party: Party, other: Party) -> Party:
    """What is known of somebody in the merged case, where the kept one has nothing."""
    _write_numbers(party, other)
    for name in FILLED:
        if getattr(party, name) in (None, ""):
            setattr(party, name, getattr(other, name))
    party.is_identity_seen = party.is_identity_seen or other.is_identity_seen
    return party


def _write_numbers(party: Party, other: Party) -> None:
    """The sealed numbers that are missing, with the marks by which they are found."""
    for name in canonical.sealed_of(Party):
        if getattr(other, f"{name}_sealed") and not getattr(party, f"{name}_sealed"):
            setattr(party, name, getattr(other, name))
            if hasattr(party, f"{name}_index"):
                setattr(party, f"{name}_index", getattr(other, f"{name}_index"))


# The rows -------------------------------------------------------------------------------------------------------

def _take_rows(model: AnyModel, source: Case, target: Case, people: _People, letters: Mapping[int, Commission]) -> int:
    """Let the rows of one kind go over, with those below them and their notes; gives how many."""
    rows = [row for row in db.session.scalars(select(model).where(model.case_id == source.id).order_by(model.id))
            if _goes_over(row, letters)]
    seq = max((row.seq for row in getattr(target, "payments" if model is Payment else "hearings")),
              default=0) if model in NUMBERED else 0
    for n, row in enumerate(rows, seq + 1):
        row.case_id = target.id
        if model in NUMBERED:
            row.seq = n
        _point(row, people)
        if isinstance(row, Attachment) and row.commission_id is not None:
            row.commission_id = letters[row.commission_id].id
    for child, (parent, column) in canonical.PARENTS.items():
        if parent is model:
            for below in db.session.scalars(select(child).where(getattr(child, column).in_([row.id for row in rows]))):
                _point(below, people)
    return len(rows)


def _goes_over(row: Any, letters: Mapping[int, Commission]) -> bool:
    """A claim that stands, a day of a procedure, a file of no letter or paper that stays; of other kinds every row."""
    if isinstance(row, Claim):
        return row.dropped_on is None
    if isinstance(row, CaseFact):
        return row.procedure_id is not None
    if isinstance(row, Attachment):
        return row.about_kind not in STAYING and (row.commission_id is None or row.commission_id in letters)
    return True


def _point(row: Any, people: _People) -> None:
    """Let a row name the people of the kept case, its notes stand there, and no instalment that stays behind."""
    for name in _leading_to(type(row), "party"):
        setattr(row, name, people.find(getattr(row, name)))
    if isinstance(row, Attachment) and row.about_kind == "party":
        row.about_id = people.find(row.about_id)
    if isinstance(row, Hearing):
        row.present = [key for key in map(people.find, row.present) if key is not None]
    if isinstance(row, PaymentShare):
        row.instalment_id = None  # of an agreement that was superseded
    for name in _leading_to(type(row), "note"):
        if (key := getattr(row, name)) is not None:
            db.session.get_one(Note, key).case_id = row.case_id


def _leading_to(model: AnyModel, table: str) -> list[str]:
    """The columns of a model that hold the id of a row of a table."""
    return [name for name, column in model.__mapper__.columns.items()
            if any(one.target_fullname == f"{table}.id" for one in column.foreign_keys)]


# Letters, numbers, links, recusals ------------------------------------------------------------------------------

SAME = ("agency_id", "kind", "direction", "document_number", "task", "purpose", "sent_on", "reply_due_on", "due_reason",
        "state", "taken_on", "replied_on", "result", "reply_way", "reply_number", "is_entered_for", "answered_by_id",
        "shared_parts", "share_ground", "legal_basis", "recalled_on")


def moves_along(row: Commission) -> bool:
    """What shares something and what still awaits a reply. Invitations and done tasks of a consultation stay with the
    case that it was held over."""
    is_pending = coordination.is_pending(row)
    if row.consultation_id is not None:
        return is_pending and row.kind == "task"
    return is_pending or row.recalled_on is None


def _mark(row: Commission) -> tuple[object, ...]:
    """By what a letter is known for the same one that came to both; without a number by what it asks and when."""
    same = (row.document_number,) if row.document_number else (row.purpose, row.sent_on)
    return (row.agency_id, row.kind, row.direction, *same)


def _take_letters(source: Case, target: Case) -> tuple[dict[int, Commission], list[Commission]]:
    """Both sources are kept: each letter by the id of the one that it stands for, and those that are new.

    What the target has already is left as it is; the merged case keeps its own rows. A reply that is still due is
    waited for at the target alone: here nobody looks any more, and an answer to both would be two.
    """
    had = {_mark(row): row for row in target.commissions}
    found: dict[int, Commission] = {}
    new = []
    for row in [row for row in source.commissions if moves_along(row)]:
        if (kept := had.get(_mark(row))) is None:
            kept = Commission(case_id=target.id, **{name: getattr(row, name) for name in SAME})
            db.session.add(kept)
            new.append(kept)
        found[row.id] = kept
        if coordination.is_pending(row):
            row.state = MOVED
            row.version += 1
    db.session.flush()
    return found, new


def _take_numbers(source: Case, target: Case) -> list[str]:
    """Outside numbers go over where the kept case has none in their register; gives the registers."""
    known = {one.register for one in target.external_numbers}
    going = [one for one in source.external_numbers if one.register not in known]
    for one in going:
        one.case_id = target.id
    return [one.register for one in going]


def _take_links(source: Case, target: Case) -> None:
    """The kept case follows the lead of the merged one, unless it has a place in a batch itself."""
    row = db.session.scalar(select(CaseLink).where(CaseLink.case_id == source.id))
    between = db.session.scalar(select(CaseLink).where(CaseLink.case_id == target.id, CaseLink.lead_id == source.id))
    if between is not None:
        db.session.delete(between)
    has_place = db.session.scalar(select(CaseLink.id).where(
        (CaseLink.case_id == target.id) | (CaseLink.lead_id == target.id), CaseLink.case_id != source.id).limit(1))
    if row is not None and (has_place or row.lead_id == target.id):
        db.session.delete(row)
    elif row is not None:
        row.case_id = target.id


def _take_recusals(source: Case, target: Case) -> None:
    """Whoever stepped down here as partial does not hold the dispute there."""
    there = {row.account_id for row in target.members if row.kind == RECUSED}
    db.session.add_all([CaseMember(case_id=target.id, account_id=row.account_id, kind=RECUSED, from_on=row.from_on,
                                   until_on=row.until_on)
                        for row in source.members if row.kind == RECUSED and row.account_id not in there])
