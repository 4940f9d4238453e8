"""How far each issued paper has got to each of those who have to get it."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from mediation.extensions import db
from mediation.models import Case, Event, Paper, Party
from mediation.rules.language import Text
from mediation.rules.papers import service
from mediation.rules.papers.catalogue import PAPERS
from mediation.rules.papers.service import Entry
from mediation.rules.people import kin
from mediation.rules.text_cleaning import fold


class Line(NamedTuple):
    """One paper and one addressee: ``head`` is the entry under which it was issued, ``row`` the entry that counts."""

    head: Paper
    party: Party
    name: str
    row: Paper | None
    is_served: bool
    stand: Text
    next: Text

    @property
    def title(self) -> Text:
        """Which paper: 终止调解告知书 乌中工调终〔2026〕1号."""
        paper, number = PAPERS[self.head.kind].title, self.head.number
        return Text(f"{paper.zh} {number}".rstrip(), f"{paper.en} {number}".rstrip())


def lines(case: Case) -> list[Line]:
    """Every issued paper that has to be served, with every addressee, in the order of issue; none of a late entry."""
    if case.is_late_entry:
        return []
    return [_line(case, entries, party) for entries in _papers(case) for party in addressees(case, entries[0].kind)]


def to_serve(case: Case) -> dict[int, int]:
    """How many people each issued paper still has to get to, by the id of the entry under which it was issued."""
    found = {entries[0].id: 0 for entries in _papers(case)}
    for line in lines(case):
        found[line.head.id] += not line.is_served
    return found


def open_lines(ids: Sequence[int]) -> list[Line]:
    """What has not got to everybody yet in these cases, in their order."""
    rows = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids)).options(
        joinedload(Case.papers), selectinload(Case.parties).joinedload(Party.employer))).unique()}
    return [line for key in ids if key in rows for line in lines(rows[key]) if not line.is_served]


def notices(case: Case) -> set[int]:
    """The entries that set the day of the written notice. One of before entries said so is told by the journal: it
    stands right before the notice, whose day it gave."""
    said = {row.id for row in case.papers if row.is_notice}
    if said or case.notified_on is None:
        return said
    events = db.session.execute(select(Event.kind, Event.data).where(
        Event.stream == f"case:{case.number}", Event.seq < select(func.max(Event.seq)).where(
            Event.stream == f"case:{case.number}", Event.kind == "notified").scalar_subquery()).order_by(
                Event.seq.desc()).limit(len(service.TABLE))).all()
    written = takewhile(lambda row: row.kind in ("paper_recorded", "paper_served"), events)
    named = {json.loads(row.data)["paper"] for row in written}
    return {row.id for row in case.papers if row.id in named and row.given_on == case.notified_on
            and row.kind in service.TABLE and service.TABLE[row.kind].tells}


def addressees(case: Case, kind: str) -> list[Party]:
    """Who has to get a paper of this kind: the sides that its row names; of a group its representatives, of a worker
    who died the next of kin, and no agents."""
    found = [p for p in case.parties if p.side in service.TABLE[kind].to and p.removed_on is None and p.part != "agent"
             and not kin.is_dead(p)]
    chosen = [p for p in found if p.is_representative]
    return [p for p in found if p in chosen or p.side != "applicant"] if chosen else found


def is_service(row: Paper) -> bool:
    """Whether an entry says how its paper was given and has not been struck out."""
    return bool(row.given_way) and row.struck_on is None and row.spoiled_on is None


def side_of(case: Case, row: Paper) -> str:
    """The side on which an entry was served; '' where it names nobody of the case."""
    return next((p.side for p in case.parties if p.removed_on is None and _is_to(row, p)), "")


def _papers(case: Case) -> Iterable[list[Paper]]:
    """The entries of each issued paper's newest edition, the one under which it was issued first."""
    groups: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    for row in sorted(case.papers, key=lambda row: row.id):
        if row.kind in service.TABLE and row.spoiled_on is None and (row.kept or row.number):
            groups[row.kind, row.about].append(row)
    for rows in groups.values():
        last = max(row.edition for row in rows)
        yield [row for row in rows if row.edition == last]


def _line(case: Case, entries: list[Paper], party: Party) -> Line:
    tried = [(entry_of(row), row) for row in entries if is_service(row) and _is_to(row, party)]
    last = service.newest(entry for entry, _row in tried)
    row = next((row for entry, row in tried if entry is last), None)
    done = last is not None and service.is_served(last.way, last.result, last.witness)
    return Line(entries[0], party, name_of(party), row, done, service.stand(last), service.next_way(last))


def name_of(party: Party) -> str:
    """An addressee as papers call him."""
    if party.side == "applicant":
        return kin.called(party, party.case.parties)
    return (party.employer.name if party.employer else "") or party.name or party.as_told


def entry_of(row: Paper) -> Entry:
    """A row as an attempt at service."""
    return Entry(row.given_way, row.result, row.given_to, row.witness, row.signer, row.note, row.given_on)


def _is_to(row: Paper, party: Party) -> bool:
    """Whether an entry is about this party; one that names no party by what was written of whom it was given to."""
    if row.party_id is not None:
        return bool(row.party_id == party.id)
    said = fold(row.given_to)
    return bool(said) and said in {fold(party.name), fold(party.employer.name if party.employer else "")}
