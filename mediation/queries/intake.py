"""What the counter has to know while a request is taken down: cases like it, and the bodies people are sent to."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from mediation import vault
from mediation.extensions import db
from mediation.models import Agency, Case, Party
from mediation.queries import door
from mediation.rules import identity as numbers
from mediation.rules.access import Actor
from mediation.rules.language import Text
from mediation.rules.letters import CONTROLS, Unreadable, fold

SAME_IDENTITY = Text("同一证件号", "the same identity number")
SAME_PHONE = Text("同一电话", "the same telephone")
SAME_NAMES = Text("同名同单位", "the same name and employer")
YEAR = timedelta(days=366)
MOST = 5
# Who stands behind a next door of rules/scope.py: labour inspection sits in the human-resources bureau.
DOOR_KINDS = {"justice": "justice", "court": "court", "arbitration": "arbitration", "hr": "inspection",
              "petition": "petition", "procuratorate": "procuratorate"}


class Similar(NamedTuple):
    """A readable case that may be the same dispute."""

    number: str
    title: str
    respondent_title: str
    received_on: date | None
    station: str
    reason: Text


def find_similar(actor: Actor, names: Iterable[str], phone: str = "", identity: str = "",
                 respondents: Iterable[str] = ()) -> list[Similar]:
    """Readable cases of the same person (identity or telephone), or within 12 months of the same name and employer.

    Only cases that the actor may read are named; a warning never blocks.
    """
    marks = _marks(phone, identity, actor.today)
    names = [CONTROLS.sub("", name)[:200] for name in names if name]
    rows = db.session.scalars(door.readable(actor).where(Case.id.in_(_cases_of(marks, names))).options(
        selectinload(Case.parties), joinedload(Case.station)).order_by(Case.id.desc()).limit(40))
    asked = [fold(name) for name in respondents if name]
    found = [(case, _reason(case, marks, {fold(name) for name in names}, asked, actor.today)) for case in rows]
    return [Similar(case.number, case.title, case.respondent_title, case.received_on, case.station.short_name, reason)
            for case, reason in found if reason][:MOST]


def _marks(phone: str, identity: str, today: date) -> dict[str, str]:
    """Blind indexes of the numbers that can be read, by column."""
    marks = {}
    try:
        marks["phone_index"] = vault.current().blind(numbers.check_phone(phone).digits, "phone") if phone else ""
    except Unreadable:
        marks["phone_index"] = ""
    try:
        whole = numbers.check_resident(identity, today).whole if identity else ""
    except Unreadable:
        whole = identity
    marks["identity_index"] = vault.current().blind(whole, "identity") if whole else ""
    return {column: mark for column, mark in marks.items() if mark}


def _cases_of(marks: dict[str, str], names: list[str]):
    same: list[ColumnElement[bool]] = [getattr(Party, column) == mark for column, mark in marks.items()]
    return select(Party.case_id).where(Party.side == "applicant", Party.removed_on.is_(None),
                                       or_(Party.name.in_(names), *same))


def _reason(case: Case, marks: dict[str, str], names: set[str], asked: list[str], today: date) -> Text | None:
    people = [p for p in case.parties if p.side == "applicant"]
    if any(marks.get("identity_index", "-") == p.identity_index for p in people):
        return SAME_IDENTITY
    if any(marks.get("phone_index", "-") == p.phone_index for p in people):
        return SAME_PHONE
    since = case.received_on or case.registered_at.date()
    is_same = since >= today - YEAR and any(fold(p.name) in names for p in people)
    return SAME_NAMES if is_same and _same_respondent(case, asked) else None


def _same_respondent(case: Case, asked: list[str]) -> bool:
    """One name holds the other: 宏远 and 宏远劳务公司 are taken for the same."""
    known = [fold(word) for p in case.parties if p.side == "respondent" for word in (p.name, p.as_told) if word]
    return any(len(a) > 1 and len(b) > 1 and (a in b or b in a) for a in asked for b in known)


def doors(union_id: int | None) -> dict[str, str]:
    """The bodies of a union to which people are sent, with telephone, by scope.DOORS code."""
    rows = db.session.scalars(select(Agency).where(Agency.union_id == union_id, Agency.is_active.is_(True),
                                                   Agency.kind.in_(DOOR_KINDS)).order_by(Agency.id.desc()))
    return {DOOR_KINDS[row.kind]: f"{row.name} {row.phone}".strip() for row in rows}


def find_sender(union_id: int | None, kind: str) -> Agency | None:
    """The court or arbitration commission of a union; None where none is entered yet."""
    return db.session.scalar(select(Agency).where(Agency.union_id == union_id, Agency.kind == kind,
                                                  Agency.is_active.is_(True)).order_by(Agency.id).limit(1))
