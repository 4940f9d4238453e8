"""Canonical forms of stored rows, hashes of events, and the verification of chains, rows and seals.

A case's digest covers an explicit, versioned list of fields in plain values; empty values are left out, so new
nullable columns and re-encryption change nothing. Rows beside the cases (letters to employers, inquiries, activities,
leads) have a digest of their own, in the newest event that names them.
"""
from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import object_session

from mediation import vault
from mediation.data import checker
from mediation.extensions import db
from mediation.models import (
    AccessLog,
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
    Event,
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
    Seal,
    SideProcedure,
    Signature,
    Stream,
    Supervision,
    Visit,
)
from mediation.queries import issued
from mediation.rules import journal

VERSION = 2
MANY = 200  # cases or entries in the hand at once

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
    return "\n".join([f"v{version}", *(_line(model, key, row, FIELDS[model]) for model, key, row in rows)])


def _values(row, fields: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(row, name) for name in fields}


def _line(model: type, key: int, row: Mapping[str, object], fields: tuple[str, ...]) -> str:
    values = {name: _plain(row.get(name)) for name in fields}
    values = {name: value for name, value in values.items() if value not in (None, "", False, [], {})}
    return f"{model.__tablename__}:{key}:{journal.canonical(values)}"


def canonical_beside(data: Mapping[str, object]) -> str:
    """The rows beside the cases that an event's fields name, in canonical form; '' where it names none."""
    rows = [db.session.get(model, data[name]) for name, model in BESIDE.items() if isinstance(data.get(name), int)]
    return "\n".join(_line(type(row), row.id, _values(row, FIELDS_BESIDE[type(row)]), FIELDS_BESIDE[type(row)])
                     for row in rows if row is not None)


def event_hash(event: Event | Row) -> str:
    return journal.link(event.prev, event.stream, event.seq, event.entered_at.astimezone(UTC).isoformat(),
                        event.happened_on.isoformat() if event.happened_on else "",
                        f"{event.actor_id or ''}:{event.actor_label}", event.kind, event.data)


def access_line(row: AccessLog) -> str:
    return "|".join(str(v) for v in (row.id, row.logged_at.astimezone(UTC).isoformat(), row.account_id or "", row.role,
                                     row.station_id or "", row.kind, row.object, row.detail, row.address))


def seal_over(last: Seal | None, now: datetime) -> Seal | None:
    """The next seal over everything since ``last``; None when nothing is new."""
    event_from, access_from = (last.last_event_id, last.last_access_id) if last else (0, 0)
    digest, events, last_event, last_access = _span(event_from, access_from, None, None)
    if not events and last_access == access_from:
        return None
    prev = last.hash if last else journal.genesis("seal")
    return Seal(made_at=now, last_event_id=last_event, last_access_id=last_access, events=events, prev=prev,
                hash=_seal_hash(prev, now, digest))


def _seal_hash(prev: str, made_at: datetime, digest: str) -> str:
    return hashlib.sha256(f"{prev}\n{made_at.astimezone(UTC).isoformat()}\n{digest}".encode()).hexdigest()


def _span(event_from: int, access_from: int, event_to: int | None, access_to: int | None):
    body = hashlib.sha256()
    events, last_event, last_access = 0, event_from, access_from
    hashes = select(Event.id, Event.hash).where(Event.id > event_from).order_by(Event.id)
    if event_to is not None:
        hashes = hashes.where(Event.id <= event_to)
    for last_event, digest in db.session.execute(hashes):
        events += 1
        body.update(digest.encode())
    looks = select(AccessLog).where(AccessLog.id > access_from).order_by(AccessLog.id)
    if access_to is not None:
        looks = looks.where(AccessLog.id <= access_to)
    for row in db.session.scalars(looks):
        last_access = row.id
        body.update(access_line(row).encode())
    return body.hexdigest(), events, last_event, last_access


class Fault(NamedTuple):
    """One thing that does not hold: where, and what."""

    place: str
    zh: str
    en: str


def verify_chains() -> Iterator[Fault]:
    """Every event of every stream against its link, its order and its fields."""
    from_stream: dict[str, tuple[int, str]] = {}
    entries = select(*Event.__table__.columns).order_by(Event.stream, Event.seq).execution_options(yield_per=MANY)
    for event in db.session.execute(entries):
        seq, prev = from_stream.get(event.stream, (0, journal.genesis(event.stream)))
        place = f"{event.stream} #{event.seq}"
        if event.seq != seq + 1:
            yield Fault(place, f"缺少第{seq + 1}条", f"entry {seq + 1} is missing")
        elif event.prev != prev:
            yield Fault(place, "与前一条连不上", "does not link to the entry before")
        elif event_hash(event) != event.hash:
            yield Fault(place, "内容被改过", "its content was changed")
        from_stream[event.stream] = (event.seq, event.hash)
    yield from _verify_heads(from_stream)


def _verify_heads(found: dict[str, tuple[int, str]]) -> Iterator[Fault]:
    for name, seq, digest in db.session.execute(select(Stream.name, Stream.seq, Stream.hash).order_by(Stream.name)):
        if found.get(name, (0, journal.genesis(name))) != (seq, digest):
            yield Fault(name, "链尾与登记的不符", "the end of the chain is not the one on record")


def verify_rows() -> Iterator[Fault]:
    """Each case's stored rows against the digest in its newest event, and its version against its sequence."""
    for case, head, version in walk():
        if head is None:
            yield Fault(case.number, "案件没有经过", "the case has no journal")
        elif case.version != head.seq or version is None:
            yield Fault(case.number, "案件数据在记录之外被改过", "its rows were changed behind the journal")
    yield from _verify_notes()
    yield from _verify_house_notes()


def walk() -> Iterator[tuple[Case, Row | None, int | None]]:
    """Each case with its newest event, and by which version of the list that event's digest fits the rows.

    None where there is no event, or where it fits by none.
    """
    for cases in db.session.scalars(select(Case).order_by(Case.id).execution_options(yield_per=MANY)).partitions():
        heads, rows = _heads(cases), canonical_cases(cases)
        for case in cases:
            head = heads.get(f"case:{case.number}")
            yield case, head, None if head is None else _version(case, head, rows[case.id])


def _version(case: Case, head: Row, rows: str) -> int | None:
    if _fits(head, rows):
        return VERSION
    return next((n for n in range(VERSION - 1, 0, -1) if _fits(head, canonical_case(case, n))), None)


def _fits(head: Row, rows: str) -> bool:
    told = str(json.loads(head.data).get("digest", ""))
    return hmac.compare_digest(told, vault.current().digest(rows))


def _heads(cases: Sequence[Case]) -> dict[str, Row]:
    """The newest event of each case, by its stream: its number in the stream, and its fields."""
    newest = select(Event.stream, db.func.max(Event.seq).label("seq")).where(
        Event.stream.in_([f"case:{case.number}" for case in cases])).group_by(Event.stream).subquery()
    return {row.stream: row for row in db.session.execute(select(Event.stream, Event.seq, Event.data).join(
        newest, (newest.c.stream == Event.stream) & (newest.c.seq == Event.seq)))}


def verify_beside() -> Iterator[Fault]:
    """Letters, inquiries, activities and leads against the digest in the newest event that names them."""
    told = told_beside()
    for name, model in BESIDE.items():
        rows = {row.id: row for row in db.session.scalars(select(model).order_by(model.id))}
        for key, row in rows.items():
            digest = told.get((name, key))
            if digest is None:
                yield Fault(f"{name} {key}", "这一条没有经过", "this row has no journal")
            elif digest and not hmac.compare_digest(digest, vault.current().digest(canonical_beside({name: row.id}))):
                yield Fault(f"{name} {key}", "数据在记录之外被改过", "it was changed behind the journal")
        yield from (Fault(f"{name} {key}", "这一条不见了", "this row is gone")
                    for kind, key in told if kind == name and key not in rows)


def told_beside() -> dict[tuple[str, int], str]:
    """The newest digest of each row beside the cases; '' where its events are older than these digests."""
    kinds = [key for key, kind in journal.KINDS.items() if set(kind.fields) & set(BESIDE)]
    found: dict[tuple[str, int], str] = {}
    for data in db.session.scalars(select(Event.data).where(
            Event.kind.in_(kinds), Event.stream.not_like("case:%")).order_by(Event.id)):
        fields = json.loads(data)
        found |= {(name, fields[name]): str(fields.get("digest", "")) for name in BESIDE if isinstance(fields.get(name),
                                                                                                        int)}
    return found


def _verify_notes() -> Iterator[Fault]:
    """Notes that still have their text must match a hash that some event of their case names."""
    kept = select(Note, Case.number).join(Case, Case.id == Note.case_id).where(Note.erased_at.is_(None)).order_by(
        Note.case_id, Note.id).execution_options(yield_per=MANY)
    for notes in db.session.execute(kept).partitions():
        named: dict[str, str] = defaultdict(str)
        for stream, data in db.session.execute(select(Event.stream, Event.data).where(
                Event.stream.in_({f"case:{number}" for _note, number in notes}))):
            named[stream] += data
        yield from (Fault(f"{number} note {note.id}", "记录文字被改过", "the text of a note was changed")
                    for note, number in notes if journal.salted(note.salt, note.body) not in named[f"case:{number}"])


def _verify_house_notes() -> Iterator[Fault]:
    """Notes of no case, against the hashes that events of the house name."""
    notes = db.session.scalars(select(Note).where(Note.case_id.is_(None), Note.erased_at.is_(None))).all()
    bodies = select(Event.data).where(Event.stream == "house", Event.data.contains('"note":'))
    named = {json.loads(data)["note"] for data in db.session.scalars(bodies)} if notes else set()
    for note in notes:
        if journal.salted(note.salt, note.body) not in named:
            yield Fault(f"note {note.id}", "记录文字被改过", "the text of a note was changed")


def verify_seals() -> Iterator[Fault]:
    """Every seal against the events and looks that it covers."""
    prev, event_from, access_from = journal.genesis("seal"), 0, 0
    for row in db.session.scalars(select(Seal).order_by(Seal.id)):
        digest, _events, _last, _look = _span(event_from, access_from, row.last_event_id, row.last_access_id)
        if row.prev != prev or row.hash != _seal_hash(prev, row.made_at, digest):
            yield Fault(f"seal {row.id}", "封存之后有记录被改、删或插入", "entries under this seal were changed or removed")
        prev, event_from, access_from = row.hash, row.last_event_id, row.last_access_id


def verify_issued() -> Iterator[Fault]:
    """Figures that were given out, against the journal of the house."""
    for place, zh, en in issued.faults():
        yield Fault(place, zh, en)


def verify() -> list[Fault]:
    """Everything that does not hold, chains first."""
    return [*verify_chains(), *verify_rows(), *verify_beside(), *verify_seals(), *verify_issued()]


def verify_file(path: str) -> Iterator[Fault]:
    """An exported sheet of events: by the same reckoning as the offline checker, then against the database."""
    found = False
    for broken in checker.check_file(path):
        found = True
        yield Fault(f"第{broken.row}行 {broken.place}".strip(), broken.zh, broken.en)
    if found:
        return
    for some in _chunks(checker.read_rows(path), 500):
        wanted = {cells[8]: f"{cells[0]} #{cells[1]}" for cells in some if cells[8] and cells[0] != checker.END}
        known = set(db.session.scalars(select(Event.hash).where(Event.hash.in_(wanted))))
        for digest in wanted.keys() - known:
            yield Fault(wanted[digest], "库中没有这一条", "this entry is not in the database")
    seal = checker.last_seal(path)
    if seal and not has_seal(seal):
        yield Fault("seal", "文件所记的封存码不在库中", "the seal that the file names is not in the database")


def _chunks(rows: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    next(rows, None)  # the heading
    while some := list(islice(rows, size)):
        yield some


def has_seal(digest: str) -> bool:
    """Whether a seal with this digest is still in the database."""
    return db.session.scalar(select(Seal.id).where(Seal.hash == digest.strip())) is not None
