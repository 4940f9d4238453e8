"""Canonical forms of stored rows: what a digest in the journal is taken over.

A case's digest covers every column of its rows, in plain values, but those that models.py excepts. Empty values are
left out, so new nullable columns and re-encryption change nothing. Rows beside the cases (letters to employers,
inquiries, activities, leads) have a digest of their own, in the newest event that names them.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import object_session

from mediation.extensions import AnyModel, Expression, db
from mediation.models import (
    Aftercare,
    Agreement,
    AgreementItem,
    Attachment,
    Case,
    CaseFact,
    CaseLink,
    CaseMember,
    Claim,
    ClockChange,
    Commission,
    Consent,
    Consultation,
    ConsultationCase,
    ConsultationOpinion,
    Contact,
    Correction,
    Erasure,
    Explanation,
    ExternalNumber,
    Finding,
    FindingStep,
    Handover,
    HandoverFile,
    Hearing,
    ImportBatch,
    Instalment,
    InstalmentShare,
    Interruption,
    Letter,
    LetterEdition,
    Note,
    Paper,
    Party,
    Payment,
    PaymentShare,
    PlanPayer,
    Reconciliation,
    ScopeCheck,
    SideProcedure,
    Signature,
    Supervision,
    Visit,
    Wording,
    of_table,
)
from mediation.rules import journal, records
from mediation.vault import Encrypted

VERSION = 2

# What a case's text holds, in its order: the case and the kinds of its rows. Which of their columns, models.py says.
DIGESTED: tuple[AnyModel, ...] = (
    Case, CaseMember, Party, Claim, Note, Contact, Hearing, ClockChange, Interruption, SideProcedure, CaseFact,
    ScopeCheck, Supervision, Agreement, Payment, Visit, Commission, Attachment, ConsultationCase, Consultation,
    ConsultationOpinion, CaseLink, Aftercare, ExternalNumber, Paper, Signature, AgreementItem, Consent, Instalment,
    InstalmentShare, PlanPayer, PaymentShare, Finding, FindingStep, Reconciliation, Explanation, Correction, Erasure)
# Rows that stand under another row of the case, by the column that leads there.
PARENTS: dict[AnyModel, tuple[AnyModel, str]] = {
    **dict.fromkeys((Signature, AgreementItem, Consent, Instalment, PlanPayer), (Agreement, "agreement_id")),
    **dict.fromkeys((PaymentShare, Reconciliation), (Payment, "payment_id")), FindingStep: (Finding, "finding_id")}
# Rows that a consultation brings under the digest of each of its cases, since version 2.
OF_CONSULTATION: tuple[AnyModel, ...] = (Consultation, ConsultationOpinion)

# Rows beside the cases, by the field of the events that name them.
BESIDE: dict[str, type] = {**{key: of_table(key) for key in records.BESIDE},
                           "letter": Letter, "letter_edition": LetterEdition, "handover": Handover,
                           "handover_file": HandoverFile, "import_batch": ImportBatch, "wording": Wording}


def fields_of(model: AnyModel, version: int = VERSION) -> tuple[str, ...]:
    """The fields of a row that go under its digest: as models.py says of each column, sealed values in plain; the id
    of its case is left out in the case's own text."""
    sealed = sealed_of(model)
    left_out = {f"{name}_{part}" for name in sealed for part in Encrypted.PARTS}
    if model in DIGESTED:
        left_out.add("case_id")
    stored = (name for name, column in model.__mapper__.columns.items()
              if not column.primary_key and "undigested" not in column.info and column.info.get("since", 1) <= version)
    return (*(name for name in stored if name not in left_out), *sealed)


def all_fields(model: AnyModel) -> tuple[str, ...]:
    """Every field of a row but its key, sealed values in plain; what models.py calls free is left out."""
    sealed = sealed_of(model)
    left_out = {f"{name}_{part}" for name in sealed for part in Encrypted.PARTS}
    return (*(name for name, column in model.__mapper__.columns.items()
              if not column.primary_key and name not in left_out and "free" not in column.info), *sealed)


def sealed_of(model: type) -> tuple[str, ...]:
    """The values of a model that are stored encrypted."""
    return tuple(name for name, value in vars(model).items() if isinstance(value, Encrypted))


FIELDS: dict[type, tuple[str, ...]] = {model: fields_of(model) for model in DIGESTED}
Heads = tuple[tuple[str, ...], tuple[str, ...]]


def _heads(fields: tuple[str, ...]) -> Heads:
    """The fields in the order of the text, and what stands before the value of each: JSON with sorted names."""
    names = tuple(sorted(fields))
    return names, tuple(f'"{name}":' for name in names)


HEADS: dict[type, Heads] = {model: _heads(fields) for model, fields in FIELDS.items()}
FIELDS_BESIDE: dict[type, tuple[str, ...]] = {model: fields_of(model) for model in BESIDE.values()}


def rows_of(cases: Sequence[Case], version: int = VERSION) -> dict[int, list[tuple[AnyModel, Any]]]:
    """The rows of each case by its id; as many queries for a hundred cases as for one."""
    session = object_session(cases[0]) or db.session
    found: dict[int, list[tuple[AnyModel, Any]]] = {case.id: [(Case, case)] for case in cases}
    in_consultation: set[int] = set()
    for model in DIGESTED[1:]:
        ids: Collection[int] = in_consultation if model in OF_CONSULTATION else found
        if not ids or (model in OF_CONSULTATION and version < 2):
            continue
        rows, owner = _owned(model)
        for key, row in session.execute(rows.where(owner.in_(ids)).order_by(model.id)):
            found[key].append((model, row))
            if model is ConsultationCase:
                in_consultation.add(key)
    return found


def _owned(model: AnyModel) -> tuple[Select[Any], Expression]:
    """Rows of a model beside the id of their case, and where that stands."""
    if model in OF_CONSULTATION:
        key, owner = model.id if model is Consultation else model.consultation_id, ConsultationCase.case_id
        return select(owner, model).join(ConsultationCase, ConsultationCase.consultation_id == key), owner
    if model is InstalmentShare:
        return select(Agreement.case_id, model).select_from(model).join(Instalment).join(Agreement), Agreement.case_id
    if model in PARENTS:
        parent, name = PARENTS[model]
        return select(parent.case_id, model).select_from(model).join(
            parent, parent.id == getattr(model, name)), parent.case_id
    return select(model.case_id, model), model.case_id


# Text and numbers, which most values are, go into JSON without the encoder; False is empty and left out.
_WRITERS: dict[type, Callable[[Any], str]] = {str: json.encoder.encode_basestring, int: str, bool: lambda _true: "true"}


def _written(value: object) -> str:
    """A value that is not empty, as it stands in JSON."""
    writer = _WRITERS.get(type(value))
    return writer(value) if writer is not None else journal.written(_plain(value))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def canonical_case(case: Case, version: int = VERSION) -> str:
    """The case and all its rows in canonical form; a note is named by its salted hash, so erasing it is visible
    only as the erasure that its own event records."""
    return canonical_cases([case], version)[case.id]


def canonical_cases(cases: Sequence[Case], version: int = VERSION) -> dict[int, str]:
    """The same of many cases, by their ids."""
    fields = FIELDS if version == VERSION else {model: fields_of(model, version) for model in DIGESTED}
    return {key: canonical(((model, row.id, _values(row, fields[model])) for model, row in rows), version)
            for key, rows in rows_of(cases, version).items()}


def canonical(rows: Iterable[tuple[type, int, Mapping[str, object]]], version: int = VERSION) -> str:
    """Rows in the order of ``DIGESTED`` and of their ids, each as model, id and plain values, in canonical form."""
    return "\n".join([f"v{version}", *(line(model, key, row) for model, key, row in rows)])


def _values(row: Any, fields: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(row, name) for name in fields}


def line(model: AnyModel, key: int | str, row: Mapping[str, object], fields: tuple[str, ...] = ()) -> str:
    """One row in canonical form: its table, its id and its plain values, of ``FIELDS`` unless others are named."""
    names, heads = _heads(fields) if fields else HEADS[model]
    found = [head + _written(value) for head, value in zip(heads, map(row.get, names), strict=True)
             if value]  # what is empty is left out
    return f"{model.__tablename__}:{key}:{{{','.join(found)}}}"


def canonical_beside(data: Mapping[str, object]) -> str:
    """The rows beside the cases that an event's fields name, in canonical form; '' where it names none."""
    rows: list[Any] = [
        db.session.get(model, data[name]) for name, model in BESIDE.items() if isinstance(data.get(name), int)]
    return "\n".join(line(type(row), row.id, _values(row, FIELDS_BESIDE[type(row)]), FIELDS_BESIDE[type(row)])
                     for row in rows if row is not None)
