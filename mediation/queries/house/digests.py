"""Hashes of events, and the verification of chains, rows and seals."""
from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.exc import OperationalError

from mediation import vault
from mediation.data import checker
from mediation.extensions import AnyModel, db
from mediation.models import AccessLog, Case, Event, Note, Seal, Stream
from mediation.queries.cases import merging
from mediation.queries.cases.case_rows import MadeRow
from mediation.queries.figures import issued
from mediation.queries.house import proofs
from mediation.queries.house.canonical import BESIDE, VERSION, canonical_beside, canonical_case, canonical_cases
from mediation.rules import journal

MANY = 200  # cases or entries in the hand at once


def event_hash(event: Event | Row[Any] | MadeRow) -> str:
    return journal.link(event.prev, event.stream, event.seq, event.entered_at.astimezone(UTC).isoformat(),
                        event.happened_on.isoformat() if event.happened_on else "",
                        f"{event.actor_id or ''}:{event.actor_label}", event.kind, event.data)


def access_line(row: AccessLog) -> str:
    return "|".join(str(v) for v in (row.id, row.logged_at.astimezone(UTC).isoformat(), row.account_id or "", row.role,
                                     row.station_id or "", row.kind, row.object, row.detail, row.address))


class Bounds(NamedTuple):
    """The highest ids under which nothing can be written any more; None: nobody writes meanwhile."""

    event: int | None
    access: int | None


def seal_over(last: Seal | None, now: datetime, bounds: Bounds) -> Seal | None:
    """The next seal over everything since ``last`` and within ``bounds``; None when nothing is new."""
    event_from, access_from = (last.last_event_id, last.last_access_id) if last else (0, 0)
    digest, events, last_event, last_access = _span(event_from, access_from, bounds.event, bounds.access)
    if last_access == access_from and not _has_news(event_from, bounds.event):
        return None
    prev = last.hash if last else journal.genesis("seal")
    return Seal(made_at=now, last_event_id=last_event, last_access_id=last_access, events=events, prev=prev,
                hash=_seal_hash(prev, now, digest))


def _has_news(event_from: int, event_to: int | None) -> bool:
    """Whether something happened since a seal but the writing down of that seal."""
    news = select(Event.id).where(Event.id > event_from, Event.kind != "journal_sealed").limit(1)
    return db.session.scalar(news if event_to is None else news.where(Event.id <= event_to)) is not None


def _seal_hash(prev: str, made_at: datetime, digest: str) -> str:
    return hashlib.sha256(f"{prev}\n{made_at.astimezone(UTC).isoformat()}\n{digest}".encode()).hexdigest()


def _span(event_from: int, access_from: int, event_to: int | None,
          access_to: int | None) -> tuple[str, int, int, int]:
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
    last: tuple[str, int] = ("", 0)
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
        elif last[0] == event.stream and last[1] > event.id:
            yield Fault(place, "次序被改过", "its order was changed")
        last = event.stream, event.id
        from_stream[event.stream] = (event.seq, event.hash)
    yield from _verify_heads(from_stream)


def _verify_heads(found: dict[str, tuple[int, str]]) -> Iterator[Fault]:
    heads = {name: (seq, digest) for name, seq, digest in db.session.execute(
        select(Stream.name, Stream.seq, Stream.hash).order_by(Stream.name)).tuples()}
    for name, head in heads.items():
        if found.get(name, (0, journal.genesis(name))) != head:
            yield Fault(f"stream {name}", "链尾与登记的不符", "the end of the chain is not the one on record")
    for name in sorted(found.keys() - heads.keys()):
        yield Fault(f"stream {name}", "链尾的登记不见了", "the end of the chain is on no record")


def verify_rows() -> Iterator[Fault]:
    """Each case's stored rows against the digest in its newest event, and its version against its sequence."""
    for case, head, version in walk():
        if head is None:
            yield Fault(case.number, "案件没有经过", "the case has no journal")
        elif case.version != head.seq or version is None:
            yield Fault(case.number, "案件数据在记录之外被改过", "its rows were changed behind the journal")
    yield from _verify_cases()
    yield from _verify_notes()
    yield from _verify_house_notes()


def _verify_cases() -> Iterator[Fault]:
    """Cases that have a journal and are not there."""
    known = {f"case:{number}" for number in db.session.scalars(select(Case.number))}
    for name in db.session.scalars(select(Event.stream).where(Event.stream.like("case:%")).distinct()):
        if name not in known:
            yield Fault(name.removeprefix("case:"), "案件不见了", "the case is gone")


def walk() -> Iterator[tuple[Case, Row[Any] | None, int | None]]:
    """Each case with its newest event, and by which version of the list that event's digest fits the rows.

    None where there is no event, or where it fits by none.
    """
    for cases in db.session.scalars(select(Case).order_by(Case.id).execution_options(yield_per=MANY)).partitions():
        heads, rows = _heads(cases), _texts(cases)
        for case in cases:
            head, text = heads.get(f"case:{case.number}"), rows[case.id]
            yield case, head, None if head is None or text is None else _version(case, head, text)


def _texts(cases: Sequence[Case]) -> Mapping[int, str | None]:
    """The canonical form of cases by their ids; None where a sealed value does not open."""
    try:
        return canonical_cases(cases)
    except vault.WrongKey:
        if len(cases) == 1:
            return {cases[0].id: None}
        return {key: text for case in cases for key, text in _texts([case]).items()}


def _version(case: Case, head: Row[Any], rows: str) -> int | None:
    if _fits(head, rows):
        return VERSION
    return next((n for n in range(VERSION - 1, 0, -1) if _fits(head, canonical_case(case, n))), None)


def _fits(head: Row[Any], rows: str) -> bool:
    told = str(_fields(head.data).get("digest", ""))
    return hmac.compare_digest(told, vault.current().digest(rows))


def _heads(cases: Sequence[Case]) -> dict[str, Row[Any]]:
    """The newest event of each case, by its stream: its number in the stream, and its fields."""
    newest = select(Event.stream, db.func.max(Event.seq).label("seq")).where(
        Event.stream.in_([f"case:{case.number}" for case in cases])).group_by(Event.stream).subquery()
    return {row.stream: row for row in db.session.execute(select(Event.stream, Event.seq, Event.data).join(
        newest, (newest.c.stream == Event.stream) & (newest.c.seq == Event.seq)))}


def verify_beside() -> Iterator[Fault]:
    """Letters, inquiries, activities and leads against the digest in the newest event that names them."""
    told = told_beside()
    model: AnyModel
    for name, model in BESIDE.items():
        rows = {row.id: row for row in db.session.scalars(select(model).order_by(model.id))}
        for key, row in rows.items():
            digest = told.get((name, key))
            if digest is None:
                yield Fault(f"{name} {key}", "这一条没有经过", "this row has no journal")
            elif digest and not hmac.compare_digest(digest, _beside_digest(name, row.id)):
                yield Fault(f"{name} {key}", "数据在记录之外被改过", "it was changed behind the journal")
        yield from (Fault(f"{name} {key}", "这一条不见了", "this row is gone")
                    for kind, key in told if kind == name and key not in rows)


def _beside_digest(name: str, key: int) -> str:
    try:
        return vault.current().digest(canonical_beside({name: key}))
    except vault.WrongKey:
        return ""


def told_beside() -> dict[tuple[str, int], str]:
    """The newest digest of each row beside the cases; '' where its events are older than these digests."""
    kinds = [key for key, kind in journal.KINDS.items() if set(kind.fields) & set(BESIDE)]
    found: dict[tuple[str, int], str] = {}
    for data in db.session.scalars(select(Event.data).where(
            Event.kind.in_(kinds), Event.stream.not_like("case:%")).order_by(Event.id)):
        fields = _fields(data)
        found |= {(name, fields[name]): str(fields.get("digest", "")) for name in BESIDE if isinstance(fields.get(name),
                                                                                                        int)}
    return found


def _verify_notes() -> Iterator[Fault]:
    """Notes must match a hash that some event of their case names, or of one merged into it."""
    kept = select(Note, Case.number).join(Case, Case.id == Note.case_id).order_by(
        Note.case_id, Note.id).execution_options(yield_per=MANY)
    for notes in db.session.execute(kept).partitions():
        said: dict[str, str] = defaultdict(str)
        owners = {note.case_id: number for note, number in notes}
        before = merging.sources(owners)
        erased = set(db.session.scalars(select(Case.id).where(Case.id.in_(owners), Case.erased_on.is_not(None))))
        streams = {key: [f"case:{one}" for one in (number, *before.get(key, ()))] for key, number in owners.items()}
        for stream, data in db.session.execute(select(Event.stream, Event.data).where(
                Event.stream.in_({one for some in streams.values() for one in some}))):
            said[stream] += data
        yield from (Fault(f"{number} note {note.id}", "记录文字被改过", "the text of a note was changed")
                    for note, number in notes if not _is_erased(note, erased) and not any(
                        journal.salted(note.salt, note.body) in said[one] for one in streams[note.case_id]))


def _is_erased(note: Note, erased: set[int]) -> bool:
    """Whether nothing is left of a note, salt and text, and its case was erased as the digest of that case says."""
    return not note.body and not note.salt and note.case_id in erased


def _verify_house_notes() -> Iterator[Fault]:
    """Notes of no case, against the hashes that events of the house name."""
    notes = db.session.scalars(select(Note).where(Note.case_id.is_(None))).all()
    bodies = select(Event.data).where(Event.is_of_house(), Event.data.contains('"note":'))
    named = {_fields(data).get("note") for data in db.session.scalars(bodies)} if notes else set()
    for note in notes:
        if journal.salted(note.salt, note.body) not in named:
            yield Fault(f"note {note.id}", "记录文字被改过", "the text of a note was changed")


def verify_seals() -> Iterator[Fault]:
    """Every seal against the events and looks that it covers."""
    prev, event_from, access_from = journal.genesis("seal"), 0, 0
    for row in db.session.scalars(select(Seal).order_by(Seal.id)):
        digest, events, _last, _look = _span(event_from, access_from, row.last_event_id, row.last_access_id)
        if row.prev != prev or row.events != events or row.hash != _seal_hash(prev, row.made_at, digest):
            yield Fault(f"journal_seal {row.id}", "封存之后有记录被改、删或插入", "entries under this seal were changed or removed")
        prev, event_from, access_from = row.hash, row.last_event_id, row.last_access_id
    yield from _verify_named_seals()


def _verify_named_seals() -> Iterator[Fault]:
    """The seals that the journal names: one that was removed, the last one too, is missed."""
    known = dict(db.session.execute(select(Seal.id, Seal.hash)).tuples().all())
    for data in db.session.scalars(select(Event.data).where(Event.kind == "journal_sealed").order_by(Event.id)):
        told = _fields(data)
        key = told.get("seal")
        if key not in known:
            yield Fault(f"journal_seal {key}", "这一次封存不见了", "this seal is gone")
        elif known[key] != told.get("hash"):
            yield Fault(f"journal_seal {key}", "封存被改过", "this seal was changed")


def _fields(data: str) -> dict[str, Any]:
    """The fields of an event; none where its text is damaged, which the chain says."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def verify_looks() -> Iterator[Fault]:
    """Each line of who looked against its own digest; on SQLite, where nothing that is rolled back takes a number, a
    missing one too."""
    last, is_gapless = 0, db.session.connection().dialect.name == "sqlite"
    for row in db.session.scalars(select(AccessLog).order_by(AccessLog.id).execution_options(yield_per=MANY)):
        if is_gapless and row.id != last + 1:
            yield Fault(f"access_log {last + 1}", "这一行不见了", "this row is gone")
        if row.proof and not hmac.compare_digest(row.proof, look_digest(row)):
            yield Fault(f"access_log {row.id}", "数据在记录之外被改过", "it was changed behind the journal")
        last = row.id


def look_digest(row: Any) -> str:
    """The digest of one line of who looked: a row, or what is about to be one."""
    return vault.current().digest("|".join(str(v) for v in (
        row.logged_at.astimezone(UTC).isoformat(), row.account_id or "", row.role, row.station_id or "", row.kind,
        row.object, row.detail, row.address, row.request_id)))[:proofs.DIGITS]


def verify_kept() -> Iterator[Fault]:
    """The rows of the house against the digests that the commits wrote."""
    for place, zh, en in proofs.faults():
        yield Fault(place, zh, en)


def verify_issued() -> Iterator[Fault]:
    """Figures that were given out, against the journal of the house."""
    for place, zh, en in issued.faults():
        yield Fault(place, zh, en)


def verify() -> list[Fault]:
    """Everything that does not hold, chains first."""
    return [fault for part in (verify_chains, verify_rows, verify_beside, verify_kept, verify_looks, verify_seals,
                               verify_issued) for fault in whole(part)]


def whole(part: Callable[[], Iterator[Fault]], place: str = "") -> Iterator[Fault]:
    """The findings of one check; rows so damaged that it cannot go on are a finding, and the others still run."""
    try:
        yield from part()
    except Exception as error:  # whatever was put into a row: the keys are told apart when the database is opened
        if isinstance(error, OperationalError) or (
                isinstance(error, vault.WrongKey) and error.text is not vault.UNOPENED):
            raise
        yield Fault(place or part.__name__.strip("_"), f"数据坏得查不下去（{type(error).__name__}），先看其他各处",
                    f"rows are damaged so that this check cannot go on ({type(error).__name__}); see the others first")


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
