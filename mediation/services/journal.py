"""Writing the journal: one event per act, in the transaction of its change, and the log of who looked."""
from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Update, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_unless_there
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.attributes import set_committed_value

from mediation import postgresql, vault
from mediation.extensions import db
from mediation.models import AccessLog, Case, Event, Note, Seal, Stream
from mediation.queries.cases import case_rows, merging
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.house import canonical, digests, proofs
from mediation.rules import journal
from mediation.rules.access import Actor
from mediation.rules.cases import erasing, voiding
from mediation.rules.cases.merging import LAST_EVENTS, refusal
from mediation.rules.language import Problem, Refused


def case_stream(case: Case) -> str:
    return f"case:{case.number}"


HOUSE = "house"  # what happens to no case; each union has a chain of its own for it, see ``_chain``
LOG = insert(AccessLog.__table__)
ONE_CASE = update(Case.__table__).where(Case.__table__.c.id == bindparam("of_case"))
NOTE = insert(Note.__table__)
APPEND = insert(Event.__table__)
EVENT_COLUMNS = ("stream", "seq", "kind", "entered_at", "happened_on", "actor_id", "actor_label", "data", "prev",
                 "hash")


def record(actor: Actor, stream: str, kind: str, data: Mapping[str, object], happened_on: date | None = None,
           case: Case | None = None, is_day_unknown: bool = False, rows: CaseRows | None = None) -> Event:
    """Append one event; for a case it carries the digest of the stored rows, and the case's version follows. The rows
    beside the cases that it names (a letter, an inquiry …) are under its digest too. What is given back tells what
    was appended and is no object of the session, as nothing of an event ever changes.

    ``rows``: the case's rows as they were read after the last change of them, with what they owe the case; without,
    they are read here. Without ``happened_on`` it happened today, unless nobody knows the day (a late entry).

    Raises ValueError when the fields are not exactly the kind's or the event is too large: both are faults of the
    program, and the transaction must not survive them. Raises Refused for a merged or voided case, which takes
    nothing more.
    """
    if case is not None and kind not in erasing.LAST_EVENTS:
        _refuse_ended(case, kind)
    faults = journal.field_faults(kind, data)
    if faults:
        raise ValueError(f"event {kind}: fields {faults}")
    stream = _chain(stream, actor)
    head = _head(stream)
    if case is not None:
        rows = rows or case_rows.read(case, actor.today)
        data = {**data, "digest": vault.current().digest(rows.text(head.seq + 1))}
    elif beside := _beside(data):
        data = {**data, "digest": vault.current().digest(beside)}
    if actor.request_id:
        data = {**data, journal.WHENCE: _whence(actor)}
    db.session.flush()
    if case is not None and rows is not None:
        write_columns(case, {"version": head.seq + 1, "touched_at": actor.now}, rows.owed)
        rows.owed = {}
    day = happened_on or (None if is_day_unknown else actor.today)
    return _append(Told(actor.now, actor.user_id, actor.username), stream, kind, data, day, head)


def _whence(actor: Actor) -> dict[str, object]:
    """From where somebody acted, in which role and by which request; under the event's hash as all of its fields are.
    No name is one of an event's own fields, by which events are looked for."""
    told = {"address": actor.address[:60], "request": actor.request_id, "role": actor.role, "site": actor.station_id}
    return {name: value for name, value in told.items() if value}


class Told(NamedTuple):
    """When an event was entered and by whom; nobody where the commit itself tells something."""

    at: datetime
    user_id: int | None
    label: str


def append(told: Told, stream: str, kind: str, data: Mapping[str, object]) -> Event:
    """Append an event that is no act of a person and belongs to no day."""
    return _append(told, stream, kind, data, None, _head(stream))


def _append(told: Told, stream: str, kind: str, data: Mapping[str, object], day: date | None, head: Head) -> Event:
    body = journal.canonical(data)
    if len(body.encode()) > journal.MAX_BYTES:
        raise ValueError(f"event {kind} is larger than {journal.MAX_BYTES} bytes")
    event = Event(stream=stream, seq=head.seq + 1, kind=kind, entered_at=told.at, happened_on=day,
                  actor_id=told.user_id, actor_label=told.label, data=body, prev=head.hash)
    event.hash = digests.event_hash(event)
    connection = db.session.connection()
    connection.execute(APPEND, {name: getattr(event, name) for name in EVENT_COLUMNS})
    connection.execute(MOVE_ON if head.is_known else BEGIN, {
        "stream": stream, "to_seq": event.seq, "to_hash": event.hash})
    return event


def _refuse_ended(case: Case, kind: str) -> None:
    if case.erased_on is not None:
        raise Refused([Problem("", erasing.ERASED)])
    if case.merged_into_id is not None and kind not in LAST_EVENTS:
        raise Refused([refusal(merging.end_number(case.id))])
    if case.voided_on is not None and kind not in voiding.LAST_EVENTS:
        raise Refused([voiding.refusal(case.void_reason)])


def _chain(stream: str, actor: Actor) -> str:
    """The chain of the house is that of the union of who acts: the unions of a region do not wait for one another. What
    a command does stands in the one of the whole house."""
    return f"{HOUSE}:{actor.union_id}" if stream == HOUSE and actor.union_id is not None else stream


NEW = "new_"  # before the name of a column: the value that it is given


def bound(names: Iterable[str]) -> dict[str, BindParameter[Any]]:
    """These columns of a case, each with the name under which its new value is bound (``as_bound``)."""
    return {name: bindparam(NEW + name, type_=Case.__table__.c[name].type) for name in names}


def as_bound(values: Mapping[str, object]) -> dict[str, object]:
    return {NEW + name: value for name, value in values.items()}


@lru_cache(100)
def _written(names: tuple[str, ...]) -> Update:
    """The statement that writes these columns; acts of one kind mostly change the same."""
    return ONE_CASE.values(bound(names))


def write_columns(case: Case, values: Mapping[str, object],
                  told: Mapping[str, object] = MappingProxyType({})) -> None:
    """Write columns of a case in one statement, and tell its object; a flush would walk all its relationships.

    ``told``: what the object was told before and is still to be written.
    """
    changed = {**told, **tell_columns(case, values)}
    if changed:
        db.session.connection().execute(_written(tuple(changed)), {**as_bound(changed), "of_case": case.id})


def tell_columns(case: Case, values: Mapping[str, object]) -> dict[str, object]:
    """Tell the object of a case columns that are still to be written; gives those that are new to it."""
    changed = {name: value for name, value in values.items() if getattr(case, name) != value}
    for name, value in changed.items():
        set_committed_value(case, name, value)
    return changed


def _beside(data: Mapping[str, object]) -> str:
    if not set(data) & set(canonical.BESIDE):
        return ""
    db.session.flush()
    return canonical.canonical_beside(data)


def rebase(actor: Actor) -> int:
    """After an upgrade: bring every case, and every row beside the cases, under the present list of fields.

    One event each, and only where the digest on record still holds: what was changed behind the journal's back stays
    to be found. Gives how many were brought over; nothing is left to do a second time.
    """
    older = [case.id for case, _head, version in digests.walk() if version is not None and version < canonical.VERSION]
    for key in older:
        case = db.session.get_one(Case, key)
        record(actor, case_stream(case), "rebased", {"version": canonical.VERSION}, case=case)
    count = len(older)
    for (name, key), digest in digests.told_beside().items():
        if not digest:
            record(actor, HOUSE, "row_rebased", {**dict.fromkeys(canonical.BESIDE), name: key})
            count += 1
    return count


class Head(NamedTuple):
    """The last link of a chain; 0 and the beginning's hash before its first event."""

    seq: int
    hash: str
    is_known: bool = True  # whether the chain has a row


_STREAM = Stream.__table__.c
HEAD = select(_STREAM.seq, _STREAM.hash).where(_STREAM.name == bindparam("stream")).with_for_update()
MOVE_ON = update(Stream.__table__).where(_STREAM.name == bindparam("stream")).values(
    seq=bindparam("to_seq"), hash=bindparam("to_hash"))
_FIRST: dict[str, Any] = {"name": bindparam("stream"), "seq": bindparam("to_seq"), "hash": bindparam("to_hash")}
BEGIN = insert(Stream.__table__).values(_FIRST)
OPEN = insert_unless_there(Stream.__table__).values(_FIRST).on_conflict_do_nothing()  # SQLite understands it as well


def _head(stream: str) -> Head:
    """The head of a chain, locked until the end of the transaction."""
    connection = db.session.connection()
    row = connection.execute(HEAD, {"stream": stream}).one_or_none()
    if row is None and stream.startswith("case:"):
        return Head(0, journal.genesis(stream), is_known=False)  # nobody else knows the new case yet
    if row is None:
        connection.execute(OPEN, {"stream": stream, "to_seq": 0, "to_hash": journal.genesis(stream)})
        row = connection.execute(HEAD, {"stream": stream}).one()
    return Head(*row)


class NoteRef(NamedTuple):
    id: int | None
    hash: str


def write_note(actor: Actor, case: Case | None, body: str, is_concession: bool = False) -> NoteRef:
    """Keep free text apart; the event names only the salted hash. Empty text makes no note.

    Without a case it is a note of the house, which an event of the house names.
    """
    if not body:
        return NoteRef(None, "")
    salt = secrets.token_hex(16)
    db.session.flush()  # the case may be new
    made = db.session.connection().execute(NOTE, {
        "case_id": case.id if case else None, "salt": salt, "body": body, "is_concession": is_concession,
        "made_at": actor.now, "made_by_id": actor.user_id})
    assert made.inserted_primary_key is not None  # as of every single row that is inserted
    if case is None:
        proofs.note(db.session(), Note, made.inserted_primary_key[0])
    return NoteRef(made.inserted_primary_key[0], journal.salted(salt, body))


class Look(NamedTuple):
    """A line of who looked at what, by its columns."""

    logged_at: datetime
    account_id: int | None
    role: str
    station_id: int | None
    kind: str
    object: str
    detail: str
    address: str
    request_id: str


def log_access(actor: Actor, kind: str, object: str = "", detail: str = "") -> None:
    """Who looked at what: append-only, outside every case's stream so that looking makes no form stale."""
    db.session.flush()
    look = Look(actor.now, actor.user_id, actor.role, actor.station_id, kind, object[:100], detail[:300],
                actor.address[:60], actor.request_id)
    db.session.connection().execute(LOG, {**look._asdict(), "proof": digests.look_digest(look)})


def seal(actor: Actor) -> Seal | None:
    """Chain the hashes of all events and looks since the previous seal; None when there is nothing new.

    Ids are drawn before a transaction commits. Where several write at once, the seal ends at ids below which none is
    open any more: what came in under it later would look like tampering for ever.
    """
    bounds = _settled() if db.engine.dialect.name != "sqlite" else digests.Bounds(None, None)
    if db.engine.dialect.name != "sqlite":
        db.session.execute(text(LOCK.format(table=Seal.__tablename__)))  # one seal after the other, until the commit
    last = db.session.scalar(select(Seal).order_by(Seal.id.desc()).limit(1))
    made = digests.seal_over(last, actor.now.astimezone(UTC), bounds)
    if made is not None:
        db.session.add(made)
        db.session.flush()
        record(actor, HOUSE, "journal_sealed", {"seal": made.id, "hash": made.hash})
    return made


LOCK = "LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"
LOCK_SECONDS, LOCK_TRIES = 5, 6  # writers queue behind a waiting lock, so that it does not wait for long at a time


def _settled() -> digests.Bounds:
    """The highest ids of events and looks while nobody writes any: each table is locked for just that, by itself, so
    that no writer who has one and wants the other is in the way."""
    return digests.Bounds(_highest(Event), _highest(AccessLog))


def _highest(model: type[Event] | type[AccessLog]) -> int:
    for left in reversed(range(LOCK_TRIES)):
        try:
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                connection.execute(text(LOCK.format(table=model.__tablename__)))
                return int(connection.execute(select(func.coalesce(func.max(model.id), 0))).scalar_one())
        except OperationalError as error:
            if not left or not postgresql.is_passing(error):
                raise
    raise AssertionError("unreachable")
