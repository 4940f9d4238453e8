"""The case that a typed number means: the one reader of every field, list and command that names a case."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from mediation.extensions import db
from mediation.models import Case, Station
from mediation.queries import door
from mediation.rules import text_cleaning
from mediation.rules.access import Actor
from mediation.rules.cases import numbers


def find(actor: Actor, typed: str) -> Case | None:
    """The readable case that bears a number, short or long, or the printed one; None where none or several do."""
    if not typed.strip():
        return None
    rows = db.session.scalars(door.readable(actor).where(or_(
        Case.number.in_(register_numbers(actor, typed) or [typed.strip()]),
        Case.printed_number.in_(printed_forms(typed)))).order_by(Case.id).limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def register_numbers(actor: Actor, typed: str) -> Sequence[str]:
    """The whole numbers that a typed one may mean: that of the reader's own union, else of all within reach."""
    named = numbers.read(typed)
    if named is None:
        return ()
    if named.union:
        return (f"{named.union}-{named.tail}",)
    codes = select(Station.code).where(Station.kind == "union")
    if actor.union_id is not None:
        codes = codes.where(Station.id == actor.union_id)
    return [f"{code}-{named.tail}" for code in db.session.scalars(codes.order_by(Station.id))]


def printed_forms(typed: str) -> list[str]:
    """A number on paper in the brackets and widths in which it may be kept."""
    folded = text_cleaning.fold(typed)
    return sorted({typed.strip(), text_cleaning.narrow(typed), folded, folded.replace("(", "〔").replace(")", "〕")})
