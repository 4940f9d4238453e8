"""What lies in the volume of a case, and what must and does not."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case, Event, Note, Paper
from mediation.papers.binder import PICTURES
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.papers import checklist
from mediation.rules import journal
from mediation.rules.language import Text
from mediation.rules.papers import catalogue, volume
from mediation.rules.papers.volume import Filed, Volume

ABOUT = {"session": "hearing", "payment": "payment"}  # of an entry that a paper is made for, as the paper names it
NO_FAULTS: Mapping[int, Text] = MappingProxyType({})
NO_COUNTS: Mapping[int, int] = MappingProxyType({})


def of_case(case: Case, faults: Mapping[int, Text] = NO_FAULTS, counted: Mapping[int, int] = NO_COUNTS) -> Volume:
    """The volume as it is now. As it is bound: ``faults`` of the files that do not become pages, and the pages
    ``counted`` of the others, by their ids."""
    files = [file._replace(pages=None, fault=faults[file.key]) if file.key in faults else
             file._replace(pages=counted.get(file.key, file.pages)) for file in files_of(case)]
    explained = explanation(case)
    return Volume(volume.index(checklist.of_case(case), files, case.channel, explained), explained)


def files_of(case: Case) -> list[Filed]:
    """Every file of the case as the volume sees it, and each issued paper of which there is no scan."""
    papers = {row.id: row.kind for row in case.papers}
    sessions = {row.id: f"第{row.seq}次" for row in case.hearings}
    rows = rows_of(case)
    files = [_filed(row, papers, sessions) for row in rows]
    issued = issued_papers(case)
    about = {paper.id: paper.about for paper in case.papers}
    scanned = {(file.kind, _about(row, about)) for row, file in zip(rows, files, strict=True)}
    waiting = volume.without_scan([_issued(paper, sessions) for paper in issued.values()], scanned,
                                  {key: paper.about for key, paper in issued.items()})
    return [*files, *waiting]


def issued_papers(case: Case) -> dict[int, Paper]:
    """The papers that were issued here, each once in its newest edition, by their key in the volume: the row's id below
    zero."""
    newest = {(row.kind, row.about, row.number): row for row in checklist.newest(case)
              if row.kind not in volume.MADE_HERE}
    return {-row.id: row for row in newest.values()}


def _issued(row: Paper, sessions: Mapping[int, str]) -> Filed:
    session = row.about.removeprefix("hearing:")
    label = sessions.get(int(session), "") if row.kind == "record" and session.isdigit() else ""
    return Filed(-row.id, row.kind, row.number or catalogue.PAPERS[row.kind].title.zh, label=label, is_issued=True)


def _about(row: Attachment, papers: Mapping[int, str]) -> str:
    """Which of several papers a file is a scan of: 'hearing:7'; '' where nobody has said it."""
    if row.about_kind == "paper":
        return papers.get(row.about_id or 0, "")
    named = ABOUT.get(row.about_kind, "")
    return f"{named}:{row.about_id}" if named else ""


def rows_of(case: Case) -> Sequence[Attachment]:
    return db.session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)).all()


def _filed(row: Attachment, papers: Mapping[int, str], sessions: Mapping[int, str]) -> Filed:
    kind = volume.kind_of(row.volume_kind, row.about_kind, papers.get(row.about_id or 0, ""),
                          row.commission_id is not None)
    label = sessions.get(row.about_id or 0, "") if row.about_kind == "session" and kind == "record" else ""
    pages = row.pages or (1 if row.kind in PICTURES else None)  # a file of before pages were counted
    return Filed(row.id, kind, row.name, pages, label, row.volume_seq)


def missing(case: Case | CaseRows) -> list[Text]:
    """What must lie in the volume and does not, for those who file it away; a scan of a paper stands for it, and what
    the binding makes is not asked for."""
    papers = {row.id: row.kind for row in case.papers}
    rows = db.session.execute(select(
        Attachment.volume_kind, Attachment.about_kind, Attachment.about_id, Attachment.commission_id).where(
        Attachment.case_id == case.id))
    kinds = {volume.kind_of(said, about_kind, papers.get(about_id or 0, ""), body is not None)
             for said, about_kind, about_id, body in rows}
    there = kinds | volume.MADE_HERE
    return catalogue.missing([line for line in checklist.of_case(case) if line.paper.key not in there])


def archived_by(case: Case) -> str:
    """Who filed the volume away; '' while nobody has."""
    row = db.session.scalar(select(Event).where(
        Event.stream == f"case:{case.number}", Event.kind == "archived").order_by(
        Event.seq.desc()).limit(1)) if case.archived_on else None
    return (row.actor.name if row.actor else row.actor_label) if row is not None else ""


def explanation(case: Case) -> str:
    """Why the volume was filed away as it is: the note that the last filing names; '' where none does."""
    data = db.session.scalar(select(Event.data).where(
        Event.stream == f"case:{case.number}", Event.kind == "archived").order_by(Event.seq.desc()).limit(1))
    named = json.loads(data).get("note") if data else ""
    notes = db.session.scalars(select(Note).where(Note.case_id == case.id, Note.is_concession.is_(False)))
    return next((note.body for note in notes if journal.salted(note.salt, note.body) == named), "") if named else ""
