"""Cases whose time of keeping is over, what stands against erasing one, and the rows that go with it."""
from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from mediation.extensions import AnyModel, db
from mediation.models import (
    Case,
    Closing,
    Consultation,
    ConsultationCase,
    ConsultationOpinion,
    Erasure,
    Finding,
    Handover,
    HandoverFile,
    Inquiry,
    Lead,
    Letter,
    LetterEdition,
)
from mediation.queries import door
from mediation.queries.cases import case_rows
from mediation.queries.house import canonical
from mediation.queries.money import case_money
from mediation.rules.access import Actor
from mediation.rules.cases import erasing
from mediation.rules.language import Problem
from mediation.rules.law.retention import DEFAULT_CLASS, RETENTIONS

PERMISSION = "case.erase"
MOST = 200
# Rows beside the cases, by the field of events that names them.
BESIDE: dict[str, AnyModel] = {"handover": Handover, "handover_file": HandoverFile, "inquiry": Inquiry, "lead": Lead,
                               "letter": Letter, "letter_edition": LetterEdition}


def due(actor: Actor) -> list[Case]:
    """Cases within reach that may be proposed, those closed longest ago first."""
    classes = [Case.retention.in_([code, ""] if code == DEFAULT_CLASS else [code]) & (Case.closed_on < first)
               for code in RETENTIONS if (first := erasing.due_before(code, actor.today)) is not None]
    waiting = select(Erasure.case_id).where(Erasure.state.in_(("proposed", "done")))
    return list(db.session.scalars(select(Case).where(
        or_(*classes), Case.is_open == 0, Case.merged_into_id.is_(None), Case.erased_on.is_(None),
        Case.id.not_in(waiting), door.filter_for(actor)).order_by(Case.closed_on, Case.id).limit(MOST)))


def proposed(actor: Actor) -> list[Erasure]:
    """Proposals within reach that wait for a second person."""
    return list(db.session.scalars(select(Erasure).join(Case, Case.id == Erasure.case_id).where(
        Erasure.state == "proposed", door.filter_for(actor)).options(selectinload(Erasure.case)).order_by(Erasure.id)))


def find(actor: Actor, key: int) -> Erasure | None:
    """A proposal about a case within reach."""
    return db.session.scalar(select(Erasure).join(Case, Case.id == Erasure.case_id).where(
        Erasure.id == key, door.filter_for(actor)))


def problems(case: Case, actor: Actor) -> list[Problem]:
    """What stands against erasing a case: its time, money, a finding, a period."""
    if case.merged_into_id is not None:
        return [Problem("", erasing.MERGED)]
    found = erasing.time_problem(None if case.is_open else case.closed_on, case.retention, actor.today)
    if found is not None:
        return [found]
    rows = case_rows.read(case, actor.today, lock=True)
    left = []
    if case_money.position(rows, actor.today).outstanding_fen:
        left.append(Problem("", erasing.OWING))
    if db.session.scalar(select(Finding.id).where(Finding.case_id == case.id, Finding.closed_on.is_(None)).limit(1)):
        left.append(Problem("", erasing.FOUND))
    if not _is_settled(case):
        left.append(Problem("", erasing.UNCLOSED))
    return left


def _is_settled(case: Case) -> bool:
    """Whether a closed period of its union holds the day on which the case ended."""
    ended = case.concluded_on or case.closed_on
    return db.session.scalar(select(Closing.id).where(
        Closing.union_id == case.union_id, Closing.reopened_on.is_(None), Closing.first_on <= ended,
        Closing.last_on >= ended).limit(1)) is not None


def sources(case: Case) -> list[Case]:
    """The case, and every case that was merged into it, directly or not."""
    found, wave = [case], [case.id]
    while wave:
        more = list(db.session.scalars(select(Case).where(Case.merged_into_id.in_(wave))))
        found, wave = [*found, *more], [one.id for one in more]
    return found


def rows_of(cases: list[Case]) -> list[tuple[AnyModel, Any]]:
    """Every row under the digests of the cases, but a joint consultation that is also about others."""
    ids = {case.id for case in cases}
    shared = set(db.session.scalars(select(ConsultationCase.consultation_id).where(
        ConsultationCase.case_id.not_in(ids))))
    found = []
    for some in canonical.rows_of(cases).values():
        for model, row in some:
            key = row.id if model is Consultation else row.consultation_id if model is ConsultationOpinion else None
            if key is None or key not in shared:
                found.append((model, row))
    return found


def beside(cases: list[Case]) -> list[tuple[str, Any]]:
    """Rows beside the cases that led to one of them or belong to it, by the field that names them."""
    ids = [case.id for case in cases]
    found: list[tuple[str, Any]] = []
    for name, model in BESIDE.items():
        if model is HandoverFile:
            wanted = model.handover_id.in_(select(Handover.id).where(Handover.case_id.in_(ids)))
        elif model is LetterEdition:
            wanted = model.letter_id.in_(select(Letter.id).where(Letter.case_id.in_(ids)))
        else:
            wanted = model.case_id.in_(ids)
        found += [(name, row) for row in db.session.scalars(select(model).where(wanted).order_by(model.id))]
    return found
