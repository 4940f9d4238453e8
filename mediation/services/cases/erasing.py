"""销毁: proposed by one, decided by another; what is personal goes from rows, files, pages, search and drafts.

What stays is the tombstone: the case with its number, codes, days and sums, and its journal, whose last event carries
the digest of the rows as they are afterwards. An event names a note by a salted hash; the salt goes with the note, so
that nobody can try words against the hash.
"""
from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Text, delete, or_, select
from sqlalchemy.types import String

from mediation.extensions import AnyModel, db
from mediation.models import (
    Attachment,
    Case,
    Draft,
    Erasure,
    HandoverFile,
    ImportRow,
    KeptPage,
    Letter,
    LetterEdition,
    Paper,
    Party,
    SearchWords,
    Wording,
)
from mediation.queries import door
from mediation.queries.cases import erasing as queries
from mediation.rules.access import Actor
from mediation.rules.cases import erasing as rules
from mediation.rules.language import Problem, Refused
from mediation.services import journal
from mediation.services.cases import moves, search
from mediation.vault import Encrypted

LONGEST_NAME = 40


class Gone(NamedTuple):
    """What a decision leaves to be removed from the disk once it stands."""

    case: Case
    files: list[str]


def propose(case: Case, reason: str, actor: Actor) -> Erasure:
    """Propose a case whose time is over; raises Forbidden, or Refused with all that stands against it."""
    _require(case, actor)
    found = [] if reason else [Problem("reason", rules.NO_REASON)]
    if db.session.scalar(select(Erasure.id).where(Erasure.case_id == case.id, Erasure.state == "proposed")):
        found.append(Problem("", rules.PROPOSED))
    if found := [*found, *queries.problems(case, actor)]:
        raise Refused(found)
    row = Erasure(case_id=case.id, reason=reason, proposed_on=actor.today, proposed_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    moves.finish(case, "erasure_proposed", {"erasure": row.id, "retention": case.retention}, actor)
    return row


def reject(row: Erasure, actor: Actor) -> None:
    """The file is kept on; the proposer may take it back as well."""
    _require(row.case, actor)
    _open(row)
    row.state, row.decided_on, row.decided_by_id = "rejected", actor.today, actor.user_id
    db.session.flush()
    moves.finish(row.case, "erasure_rejected", {"erasure": row.id}, actor)


def approve(row: Erasure, actor: Actor) -> Gone:
    """The second person agrees: everything is judged anew, then erased; files are named for the caller to remove."""
    case = row.case
    _require(case, actor)
    _open(row)
    if row.proposed_by_id == actor.user_id:
        raise Refused([Problem("", rules.SECOND)])
    if found := queries.problems(case, actor):
        raise Refused(found)
    row.state, row.decided_on, row.decided_by_id = "done", actor.today, actor.user_id
    db.session.flush()
    cases = queries.sources(case)
    _forget_beside(cases, actor)
    pages, files = _blank_rows(queries.rows_of(cases))
    _forget_pages(pages)
    _forget_typed(cases)
    for one in reversed(cases):
        _bury(one, row, actor)
    return Gone(case, files)


def _require(case: Case, actor: Actor) -> None:
    if not door.may(actor, queries.PERMISSION, case):
        raise moves.Forbidden(queries.PERMISSION)
    if case.erased_on is not None:
        raise Refused([Problem("", rules.ERASED)])


def _open(row: Erasure) -> None:
    db.session.refresh(row, with_for_update=True)
    if row.state != "proposed":
        raise Refused([Problem("", rules.DECIDED)])


def _blank_rows(found: list[tuple[AnyModel, Any]]) -> tuple[set[str], list[str]]:
    """Blank every row; gives the digests of the pages and the names of the files that belonged to them."""
    pages, files = set(), []
    for model, row in found:
        if model in (Paper, Letter, LetterEdition) and row.kept:
            pages.add(row.kept)
        if model in (Attachment, HandoverFile):
            files.append(row.stored_name)
        blank(model, row)
    db.session.flush()
    return pages, files


def blank(model: AnyModel, row: Any) -> None:
    """Take everything personal out of one row."""
    kept = rules.KEPT[model.__tablename__]
    for name, column in model.__mapper__.columns.items():
        if name not in kept and not column.foreign_keys and not column.primary_key and _is_personal(name, column):
            setattr(row, name, _nothing(column, getattr(row, name)))
    for name, value in vars(model).items():
        if isinstance(value, Encrypted) and not model.__table__.c[f"{name}_sealed"].nullable:
            setattr(row, name, "{}")
    if model is Party:
        row.name = rules.GONE
    if model in (Attachment, HandoverFile):
        row.name, row.stored_name = rules.GONE, f"erased-{model.__tablename__}-{row.id}"[:LONGEST_NAME]


def _is_personal(name: str, column: Column[Any]) -> bool:
    """Words of any kind, and the few days that are a person's own."""
    return isinstance(column.type, (String, Text, JSON)) or name in rules.PERSONAL_DAYS


def _nothing(column: Column[Any], value: object) -> object:
    if isinstance(column.type, JSON):
        return [] if isinstance(value, list) else {}
    return None if column.nullable else ""


def _forget_beside(cases: list[Case], actor: Actor) -> None:
    """Rows that led to the case, or letters about it; each comes under a digest of how it is now."""
    found = queries.beside(cases)
    pages, _files = _blank_rows([(type(row), row) for _name, row in found])
    _forget_pages(pages)
    for name, row in found:
        journal.record(actor, journal.HOUSE, "row_erased", {**dict.fromkeys(queries.BESIDE), name: row.id})


def _forget_pages(digests: set[str]) -> None:
    """Kept pages of issued papers and letters that no other row names."""
    named = {digest for column in (Paper.kept, Letter.kept, LetterEdition.kept, Wording.template)
             for digest in db.session.scalars(select(column).where(column.in_(digests)))} if digests else set()
    if gone := digests - named:
        db.session.execute(delete(KeptPage).where(KeptPage.digest.in_(gone)))


def _forget_typed(cases: list[Case]) -> None:
    """Drafts about the cases, rows of the tables that they came in, and the words of every search."""
    about = or_(*(Draft.address.contains(one.number, autoescape=True) for one in cases))
    db.session.execute(delete(Draft).where(about))
    db.session.execute(delete(ImportRow).where(ImportRow.case_id.in_([one.id for one in cases])))
    db.session.execute(delete(SearchWords))


def _bury(case: Case, row: Erasure, actor: Actor) -> None:
    """The tombstone: hints, search and digest of what is left."""
    journal.write_columns(case, {"title": rules.GONE, "respondent_title": rules.GONE, "erased_on": actor.today})
    db.session.flush()
    search.index_case(case)
    journal.record(actor, journal.case_stream(case), "erased", {"erasure": row.id, "retention": case.retention},
                   happened_on=actor.today, case=case)
