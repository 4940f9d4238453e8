"""Canonical forms of stored rows: what a digest in the journal is taken over.

A case's digest covers an explicit, versioned list of fields in plain values; empty values are left out, so new
nullable columns and re-encryption change nothing. Rows beside the cases (letters to employers, inquiries, activities,
leads) have a digest of their own, in the newest event that names them.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import object_session

from mediation.extensions import db
from mediation.models import (
    Activity,
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
    Explanation,
    ExternalNumber,
    Finding,
    FindingStep,
    Handover,
    HandoverFile,
    Hearing,
    Inquiry,
    Instalment,
    InstalmentShare,
    Interruption,
    Lead,
    Letter,
    Note,
    Paper,
    Party,
    Payment,
    PaymentShare,
    Reconciliation,
    ScopeCheck,
    SideProcedure,
    Signature,
    Supervision,
    Visit,
)
from mediation.rules import journal

VERSION = 2

# Every business field of a case and its rows; hints, sealed forms and free search text are not among them.
FIELDS: dict[type, tuple[str, ...]] = {
    Case: tuple("""number printed_number union_id station_id accepted_station_id version state outcome outcome_reason
        referred_to is_open is_enforced is_late_entry is_sealed merged_into_id channel procedure source way source_body
        source_number source_case_number received_on received_time consented_on accepted_on assigned_on taken_on
        agreed_on effective_on concluded_on closed_on archived_on notified_on registered_at rules_on handler_id
        registered_by_id main_head relation court_cause cause_version hr_reason hr_others hr_version
        grade is_civil is_group is_same_claim headcount
        narrative place happened_on employment employment_ended_on infringement_known_on contract evidence tried flags
        is_informed wage_choice may_tell request_sign_way scope_ground identity_note joint_count as_told retention
        archive_number pages""".split()),
    CaseMember: ("account_id", "kind", "from_on", "until_on"),
    Party: tuple("""side part is_person name name_other as_told site employer_id headcount phone phone_note id_type
        identity is_identity_seen account payee_name sex born_on ethnicity address language interpreter
        is_interpreter_needed acts_for_id is_representative authority removed_on removed_reason""".split()),
    Claim: tuple("party_id head amount_fen precision as_told from_told to_told note dropped_on dropped_reason".split()),
    Note: ("salt", "is_concession", "made_at", "made_by_id"),
    Contact: tuple("""party_id whom way is_reached answer contacted_on contacted_time note_id next_step next_on
        is_next_done made_by_id""".split()),
    Hearing: tuple("""seq held_on held_time minutes place way present others note_id concession_note_id next_on
        next_time made_by_id""".split()),
    ClockChange: tuple("rule kind from_on to_on ground reason document consents signed made_by_id".split()),
    Interruption: ("kind", "on", "evidence"),
    SideProcedure: tuple("""kind state applicant_on respondent_on requested_on accepted_on decided_on result document
        note made_by_id""".split()),
    CaseFact: ("procedure_id", "fact", "on", "document", "made_by_id", "dropped_on", "dropped_reason"),
    ScopeCheck: tuple("""checked_on relation facts_on exclusion has_pension is_delayed verdict ground cites confidence
        made_by_id""".split()),
    Supervision: tuple("""kind to_id made_on due_on note_id made_by_id answered_on answer_note_id
        answered_by_id""".split()),
    Agreement: tuple("""seq number kind form made_on effective_on is_accelerated terms non_cash payer_party_id
        total_fen superseded_on""".split()),
    Payment: tuple("""seq paid_on paid_told amount_fen payer_party_id payer_name payer_kind direction way proof
        proof_note reverses_id reason entered_on made_by_id""".split()),
    Visit: ("visited_on", "way", "party_id", "satisfaction", "note_id", "next_on", "made_by_id"),
    Commission: tuple("""agency_id kind direction document_number task purpose sent_on reply_due_on due_reason state
        taken_on replied_on result return_reason reply_way reply_number is_entered_for answered_by_id shared_parts
        share_ground legal_basis recalled_on consultation_id""".split()),
    Attachment: ("commission_id", "consultation_id", "agency_id", "name", "sha256", "size", "kind", "made_by_id"),
    ConsultationCase: ("consultation_id",),
    Consultation: tuple("""number state called_on planned_on planned_time place agenda held_on our_people issues
        conclusion made_by_id""".split()),
    ConsultationOpinion: tuple("""consultation_id agency_id is_present who opinion given_on way number is_entered_for
        written_by_id""".split()),
    CaseLink: ("lead_id", "note", "linked_on"),
    ExternalNumber: ("register", "number"),
    Paper: ("kind", "number", "made_on", "given_on", "given_way", "given_to", "note"),
    Signature: ("agreement_id", "signer", "party_id", "way", "witness", "signed_on"),
    AgreementItem: ("agreement_id", "party_id", "head", "amount_fen"),
    Consent: ("agreement_id", "party_id", "way", "consented_on"),
    Instalment: ("agreement_id", "seq", "due_on", "due_told", "amount_fen", "way"),
    InstalmentShare: ("instalment_id", "party_id", "amount_fen"),
    PaymentShare: ("payment_id", "party_id", "instalment_id", "amount_fen"),
    Finding: ("station_id", "subject", "reference", "payment_id", "topic", "state", "noted_on", "due_on", "closed_on"),
    FindingStep: ("finding_id", "kind", "note_id", "done_on", "made_by_id"),
    Reconciliation: tuple("""payment_id compared note checked_on made_by_id withdrawn_on withdrawn_by_id
        withdrawn_reason""".split()),
    Explanation: ("union_id", "rule", "mark", "figures", "reason", "made_on", "made_by_id"),
}
# Rows that stand under another row of the case, by the column that leads there.
PARENTS: dict[type, tuple[type, str]] = {
    **dict.fromkeys((Signature, AgreementItem, Consent, Instalment), (Agreement, "agreement_id")),
    **dict.fromkeys((PaymentShare, Reconciliation), (Payment, "payment_id")), FindingStep: (Finding, "finding_id")}
# Rows that a consultation brings under the digest of each of its cases, since version 2.
OF_CONSULTATION = (Consultation, ConsultationOpinion)

# Rows beside the cases, by the field of the events that name them.
BESIDE: dict[str, type] = {"letter": Letter, "inquiry": Inquiry, "activity": Activity, "lead": Lead,
                          "handover": Handover, "handover_file": HandoverFile}
FIELDS_BESIDE: dict[type, tuple[str, ...]] = {
    Letter: tuple("""union_id employer_id kind number sent_on agency_id copies_to facts demand basis signer supervisors
        reply_due_on due_reason filing_due_on filed_on filing_note state replied_on reply rectified_on reviewed_on
        review is_rectified follows_id case_id made_by_id""".split()),
    Inquiry: tuple("""union_id station_id asked_on name phone way topic people minutes question answer next_step
        case_id made_by_id""".split()),
    Activity: tuple("""union_id station_id kind done_on title employer_id bodies people leaflets note
        made_by_id""".split()),
    Handover: tuple("""union_id agency_id kind document_number case_number sent_on reply_due_on body state return_reason
        settled_by_id case_id made_by_id""".split()),
    HandoverFile: tuple("handover_id name stored_name sha256 size kind added_at made_by_id".split()),
    Lead: tuple("""union_id station_id employer_id employer_told source risk found_on people note state settled_on
        settled_note case_id made_by_id""".split()),
}


def _rows(cases: Sequence[Case], version: int) -> dict[int, list[tuple[type, object]]]:
    """The rows of each case by its id; as many queries for a hundred cases as for one."""
    session = object_session(cases[0]) or db.session
    found: dict[int, list[tuple[type, object]]] = {case.id: [(Case, case)] for case in cases}
    in_consultation: set[int] = set()
    for model in (model for model in FIELDS if model is not Case):
        ids = in_consultation if model in OF_CONSULTATION else found
        if not ids or (model in OF_CONSULTATION and version < 2):
            continue
        rows, owner = _owned(model)
        for key, row in session.execute(rows.where(owner.in_(ids)).order_by(model.id)):
            found[key].append((model, row))
            if model is ConsultationCase:
                in_consultation.add(key)
    return found


def _owned(model: type) -> tuple[Select, ColumnElement[int]]:
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
    return {key: canonical(((model, row.id, _values(row, FIELDS[model])) for model, row in rows), version)
            for key, rows in _rows(cases, version).items()}


def canonical(rows: Iterable[tuple[type, int, Mapping[str, object]]], version: int = VERSION) -> str:
    """Rows in the order of ``FIELDS`` and of their ids, each as model, id and plain values, in canonical form."""
    return "\n".join([f"v{version}", *(line(model, key, row) for model, key, row in rows)])


def _values(row, fields: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(row, name) for name in fields}


def line(model: type, key: int, row: Mapping[str, object], fields: tuple[str, ...] = ()) -> str:
    """One row in canonical form: its table, its id and its plain values, of ``FIELDS`` unless others are named."""
    fields = fields or FIELDS[model]
    values = {name: _plain(row.get(name)) for name in fields}
    values = {name: value for name, value in values.items() if value not in (None, "", False, [], {})}
    return f"{model.__tablename__}:{key}:{journal.canonical(values)}"


def canonical_beside(data: Mapping[str, object]) -> str:
    """The rows beside the cases that an event's fields name, in canonical form; '' where it names none."""
    rows = [db.session.get(model, data[name]) for name, model in BESIDE.items() if isinstance(data.get(name), int)]
    return "\n".join(line(type(row), row.id, _values(row, FIELDS_BESIDE[type(row)]), FIELDS_BESIDE[type(row)])
                     for row in rows if row is not None)
