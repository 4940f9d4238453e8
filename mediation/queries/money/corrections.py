"""Corrections of parties: what of them waits for somebody's word, and all of a case or a party."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased, joinedload

from mediation.extensions import db
from mediation.models import Case, Correction


def is_waiting() -> ColumnElement[bool]:
    """Made after signing and confirmed by nobody; of several of one value the last one."""
    later = aliased(Correction)
    return and_(Correction.is_waiting.is_(True), Correction.confirmed_on.is_(None), ~exists().where(
        later.party_id == Correction.party_id, later.field == Correction.field, later.id > Correction.id))


def waiting_of(case: Case) -> set[int]:
    """Ids of the corrections of a case that wait."""
    return set(db.session.scalars(select(Correction.id).where(Correction.case_id == case.id, is_waiting())))


def of_case(case: Case, party_id: int | None = None) -> Sequence[Correction]:
    """The corrections of a case, or of one of its parties, the newest first."""
    wanted = [Correction.case_id == case.id, *([] if party_id is None else [Correction.party_id == party_id])]
    return db.session.scalars(select(Correction).where(*wanted).order_by(Correction.id.desc()).options(
        joinedload(Correction.party), joinedload(Correction.made_by), joinedload(Correction.confirmed_by))).all()
