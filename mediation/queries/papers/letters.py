"""Supervision letters as papers: found by their number, and their Word files."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Letter
from mediation.papers import word
from mediation.papers.letters import WITH_CASE, kind_of, sheet_of
from mediation.queries import records
from mediation.queries.papers import case_papers, wordings
from mediation.rules.access import Actor


def of_number(kind: str, number: str) -> Sequence[Letter]:
    """The letters of a kind of the catalogue under a number; several unions may share a form of numbers."""
    rows = db.session.scalars(select(Letter).where(Letter.number == number.strip()).order_by(Letter.id))
    return [row for row in rows if kind_of(row) == kind]


def find_by_number(actor: Actor, kind: str, number: str) -> Letter | None:
    """The one of them that the reader may see."""
    return next((row for row in of_number(kind, number) if records.find(Letter, actor, row.id)), None)


def file_of(row: Letter, edition: int, case: Case | None, is_large: bool = False) -> bytes:
    """The Word file of an edition: as it was sent where it was kept, else from the facts of today; empty where what was
    kept is gone. ``case``: the one behind it, where the reader may know it."""
    if not row.kept:
        template = wordings.held(row.union, kind_of(row)).template
        return word.fill_in(template, sheet_of(row, case), {}, is_large=is_large)
    made = case_papers.kept(row.kept_in(edition))
    template = case_papers.kept_template(made.template) if made and made.template else b""
    if not made or not template:
        return b""
    return word.put_together(template, made.word[WITH_CASE if case else ""], is_large=is_large)
