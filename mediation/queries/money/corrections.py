"""Corrections of parties: what of them waits for somebody's word, and all of a case or a party."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from mediation.extensions import db
from mediation.models import Agreement, AgreementItem, Case, Correction, Party, Signature


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


class Unasked(NamedTuple):
    """A worker whose money came to somebody else after signing without anybody's word; ``why``: died, merged."""

    case_id: int
    party_id: int
    why: str
    on: date | None


def unasked(rows: ColumnElement[bool]) -> Iterator[Unasked]:
    """Those of databases in which such a change did not wait yet; one statement for any number of cases."""
    def kept(fields: tuple[str, ...]) -> ColumnElement[bool]:
        return exists().where(Correction.party_id == Party.id, Correction.field.in_(fields))

    in_force = and_(Agreement.case_id == Case.id, Agreement.superseded_on.is_(None))
    died = select(Case.id, Party.id, literal("died"), Party.died_on).join(Party, Party.case_id == Case.id).join(
        Agreement, in_force).where(
        rows, or_(Party.died_on.is_not(None), Party.died_told != ""), ~kept(("died",)),
        exists().where(Signature.agreement_id == Agreement.id, Signature.party_id == Party.id))
    source, there = aliased(Case), aliased(Party)
    came = or_(and_(there.payee_name != "", there.payee_name == Party.payee_name, ~kept(("payee_name",))),
               and_(there.account_tail.is_not(None), there.account_tail == Party.account_tail, ~kept(("account",))))
    same = and_(Party.case_id == Case.id, Party.side == there.side, or_(
        Party.identity_index == there.identity_index, Party.name == there.name))
    merged = select(Case.id, Party.id, literal("merged"), source.closed_on).join(
        source, source.merged_into_id == Case.id).join(there, there.case_id == source.id).join(Party, same).join(
        Agreement, in_force).where(
        rows, Party.side == "applicant", Agreement.made_on <= source.closed_on, came,
        exists().where(AgreementItem.agreement_id == Agreement.id, AgreementItem.party_id == Party.id))
    yield from (Unasked(*row) for row in db.session.execute(died.union_all(merged)).tuples())
