"""Which digest every table stands under, and the rows that no case's digest holds against the journal.

A case's rows are under its digest, some rows beside the cases under the one of the event that names them
(``canonical``). Every other row of the house is under a digest of its own: each commit that writes such rows appends
one event of the stream ``rows`` with their digests, so that a changed, deleted, added or put back row is found. What
is left is a chain itself, is computed anew by ``flask check``, or is free: ``FREE`` says why. A table that is named
nowhere here is under such digests.
"""
from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Row, Select, event, select
from sqlalchemy import inspect as look_at
from sqlalchemy.orm import ORMExecuteState, Session

from mediation import vault
from mediation.extensions import AnyModel, Expression, TwoEngines, db
from mediation.models import (
    TABLES,
    AccessLog,
    Attachment,
    Commission,
    Consultation,
    Correction,
    Counter,
    Draft,
    Event,
    Explanation,
    Finding,
    FindingStep,
    Handover,
    ImportBatch,
    ImportRow,
    Inquiry,
    Lead,
    Letter,
    LoginAttempt,
    LoginSession,
    MonthPart,
    MonthSum,
    Note,
    OpenTally,
    Seal,
    SearchGram,
    SearchText,
    SearchWords,
    Stream,
    SubmitToken,
)
from mediation.queries.house import canonical

STREAM = "rows"
PENDING = "pending rows"  # in a session: the rows that were written and have no digest yet
DIGITS = 32
Key = tuple[str, str]  # table and primary key of a row

# Tables without a digest, and why.
CHAINED: dict[AnyModel, str] = {
    Event: "its own hash and the one before", Stream: "compared with its chain", Seal: "its own hash and an event",
    AccessLog: "under the seals"}
RECOMPUTED: dict[AnyModel, str] = {
    SearchGram: "made anew from the case", SearchText: "made anew from the case",
    Counter: "compared with the numbers in use", MonthSum: "counted anew from the cases",
    MonthPart: "counted anew from the cases",
    OpenTally: "counted anew from the cases",
    ImportRow: "sealed cells; what became of a row is told by the case's event"}
FREE: dict[AnyModel, str] = {
    LoginAttempt: "counts guesses for a day", LoginSession: "ends by itself; its key is stored nowhere",
    SubmitToken: "leads a resent form to its first answer", Draft: "typed and not sent; sealed for its account",
    SearchWords: "words of a search; sealed for its account"}
# Rows of tables under the digest of a case that belong to none.
OF_NO_CASE: dict[AnyModel, Expression] = {Note: Note.case_id.is_(None)}
# Under both: rows of cases and of the house, and those of which a case's or an event's digest leaves columns out.
TWICE: tuple[AnyModel, ...] = (
    Attachment, Commission, Consultation, Correction, Explanation, Finding, FindingStep, Handover, ImportBatch, Inquiry,
    Lead, Letter)


def _kept() -> dict[str, AnyModel]:
    elsewhere = {*canonical.DIGESTED, *canonical.BESIDE.values(), *CHAINED, *RECOMPUTED, *FREE}
    return {name: model for name, model in sorted(TABLES.items())
            if model not in elsewhere or model in OF_NO_CASE or model in TWICE}


KEPT: dict[str, AnyModel] = _kept()
FIELDS: dict[str, tuple[str, ...]] = {name: canonical.all_fields(model) for name, model in KEPT.items()}


def digest_of(name: str, key: str, values: Mapping[str, object]) -> str:
    """The digest of one row by its plain values."""
    return vault.current().digest(canonical.line(KEPT[name], key, values, FIELDS[name]))[:DIGITS]


def rows(name: str, keys: Iterable[str] | None = None) -> Iterator[tuple[str, Mapping[str, object] | None]]:
    """The rows of a table by their keys with plain values, all or those that are named; None where a sealed value does
    not open."""
    model = KEPT[name]
    asked: Select[Any] = select(model.__table__).order_by(_key(model))
    if model in OF_NO_CASE:
        asked = asked.where(OF_NO_CASE[model])
    if keys is not None:
        kind = _key(model).type.python_type
        asked = asked.where(_key(model).in_([kind(key) for key in keys]))
    for row in db.session.connection().execute(asked):
        yield str(getattr(row, _key(model).name)), _plain(model, row)


def _key(model: AnyModel) -> Column[Any]:
    key: Column[Any]
    [key] = model.__table__.primary_key.columns
    return key


def _plain(model: AnyModel, row: Row[Any]) -> Mapping[str, object] | None:
    names = {column.key: name for name, column in model.__mapper__.columns.items()}
    found: dict[str, object] = {names[key]: value for key, value in row._mapping.items()}
    try:
        for name in canonical.sealed_of(model):
            sealed = found[f"{name}_sealed"]
            place = f"{model.__tablename__}.{name}.{found['uid']}"
            found[name] = vault.current().decrypt(str(sealed), place) if sealed else ""
    except (vault.WrongKey, ValueError):
        return None
    return found


# What was written and has no digest yet -------------------------------------------------------------------------

def pending(session: Session) -> set[Key]:
    """The rows that this session has written since its last commit."""
    found: set[Key] = session.info.setdefault(PENDING, set())
    return found


def note(session: Session, model: AnyModel, key: object) -> None:
    """A row was written past the mapper."""
    if model.__tablename__ in KEPT:
        pending(session).add((model.__tablename__, str(key)))


@event.listens_for(TwoEngines, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if type(row).__tablename__ in KEPT:
            [key] = look_at(type(row)).primary_key_from_instance(row)
            note(session, type(row), key)


@event.listens_for(TwoEngines, "do_orm_execute")
def _written_at_once(state: ORMExecuteState) -> None:
    """Statements that change many rows: which ones is asked before."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    model = state.bind_mapper.class_
    if model.__tablename__ in KEPT:
        told: Any = state.statement
        for key in state.session.connection().execute(
                select(_key(model)).where(*told._where_criteria), state.parameters or {}).scalars():
            note(state.session, model, key)


@event.listens_for(TwoEngines, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop(PENDING, None)


# Against the journal --------------------------------------------------------------------------------------------

def told() -> dict[Key, str]:
    """The newest digest of each row; '' for one that was deleted. What cannot be read is the chain's to find."""
    found: dict[Key, str] = {}
    for data in db.session.scalars(select(Event.data).where(Event.stream == STREAM, Event.kind == "rows_kept").order_by(
            Event.seq)):
        try:
            for place, digest in json.loads(data)["rows"].items():
                name, _colon, key = place.partition(":")
                found[name, key] = str(digest)
        except (ValueError, KeyError, AttributeError):
            continue
    return found


def adopted() -> set[str]:
    """The tables whose rows are all under digests, whatever was in them before."""
    found: set[str] = set()
    for data in db.session.scalars(select(Event.data).where(Event.stream == STREAM, Event.kind == "tables_kept")):
        found |= set(json.loads(data)["tables"])
    return found


def faults() -> Iterator[tuple[str, str, str]]:
    """Rows that are not what the journal says of them: where, and what in both languages. Those that this session has
    written and not committed have their digest still to come."""
    known, written = told(), pending(db.session())
    for name in KEPT:
        seen = {key for table, key in written if table == name}
        for key, values in rows(name):
            if key in seen:
                continue
            seen.add(key)
            digest = known.get((name, key), "")
            if not digest:
                yield f"{name} {key}", "这一行没有经过", "this row has no journal"
            elif values is None or not hmac.compare_digest(digest, digest_of(name, key, values)):
                yield f"{name} {key}", "数据在记录之外被改过", "it was changed behind the journal"
        yield from ((f"{name} {key}", "这一行不见了", "this row is gone")
                    for (table, key), digest in known.items() if table == name and digest and key not in seen)
