"""Files of a case: checked by name and by content, kept under a made-up name, found through the case.

What an upload says of itself is not believed: the ending, the signature and, for office files, the list inside the
archive have to agree, and nothing in it may swell beyond what one screen of papers can be.
"""
from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from mediation import packed
from mediation.extensions import TwoEngines, db
from mediation.models import Attachment, Case, Commission, Consultation, HandoverFile
from mediation.papers import binder
from mediation.queries.bodies import coordination as queries
from mediation.queries.cases import beside
from mediation.rules import text_cleaning, uploads
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import moves

FOLDER = "files"
WRITTEN = "written files"  # in a session: files whose rows are not committed yet
MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 600  # of one case: a scan for each worker of the largest groups
NO_FILE = Text("请选一个文件", "Choose a file")
EMPTY = Text("这个文件是空的（0 字节），没有收", "This file is empty (0 bytes); not taken")
KIND = Text("不收这种文件；收{kinds}", "This kind of file is not taken; taken are {kinds}").fill(
    kinds="、".join(kind.upper() for kind in uploads.KINDS))
NOT_HERE = Text("本案没有这一条，附件没有收", "The case has no such entry; the file is not taken")
NOT_SO = Text("内容和文件名的后缀（.{ending}）对不上，没有收", "The content is not what its ending (.{ending}) says; not taken")
TOO_LARGE = Text("文件超过{mb}兆，请压缩或分开", "The file is larger than {mb} MB; please shrink or split it")
TOO_MANY = Text("本案附件已满{n}个", "This case has {n} files already")


def check(name: str, data: bytes) -> str:
    """The kind of an upload; raises Refused for what is not taken or is not what it says."""
    ending = Path(name).suffix.lower().lstrip(".")
    kind = uploads.kind_of(ending)
    if not name or not data:
        raise Refused([Problem("file", EMPTY if name else NO_FILE)])
    if not kind:
        raise Refused([Problem("file", KIND)])
    if len(data) > MAX_BYTES:
        raise Refused([Problem("file", TOO_LARGE.fill(mb=MAX_BYTES // 1024 // 1024))])
    if not _is_so(kind, data):
        raise Refused([Problem("file", NOT_SO.fill(ending=ending))])
    pages_of(kind, data)
    return kind


def pages_of(kind: str, data: bytes) -> int | None:
    """How many pages of a volume a file becomes; None for what becomes none, or is damaged.

    Raises Refused for a PDF with a script or password, and for what would swell: nobody could read or bind it.
    """
    if kind not in binder.BOUND:
        return None
    try:
        return binder.count_pages(data, kind)
    except binder.Unbound as unbound:
        if unbound.reason == binder.DAMAGED:
            return None
        raise Refused([Problem("file", unbound.reason)]) from None


def may_be_shown(row: Attachment, data: bytes) -> bool:
    """Whether a browser may show a file by itself: a picture or PDF that was looked through. One that could not be, as
    it is damaged, is evidence all the same, and only saved."""
    if row.kind not in uploads.PREVIEWED:
        return False
    try:
        return bool(row.pages or pages_of(row.kind, data))
    except Refused:
        return False


def _is_so(kind: str, data: bytes) -> bool:
    if not uploads.begins_so(kind, data):
        return False
    return _is_text(data) if kind in uploads.TEXTS else not uploads.KINDS[kind].inside or _is_packed(kind, data)


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    for coding in ("utf-8", "gb18030"):
        try:
            data.decode(coding)
            return True
        except UnicodeDecodeError:
            continue
    return False


def _is_packed(kind: str, data: bytes) -> bool:
    """Whether the archive has what its kind has; raises Refused for one that swells, lies, runs or fetches."""
    members = packed.members_of(data)
    if members is None or uploads.KINDS[kind].inside not in {member.filename for member in members}:
        return False
    if (found := packed.fault(data, members)) is not None:
        raise Refused([Problem("file", found)])
    return True


@dataclass(frozen=True)
class Place:
    """Where in a case a file lies: with a letter, beside an entry, or with a consultation; there perhaps for one body
    alone."""

    letter: Commission | None = None
    consultation: Consultation | None = None
    agency_id: int | None = None
    about_kind: str = ""  # uploads.BESIDE: the entry of the case that the file proves
    about_id: int | None = None
    volume_kind: str = ""  # what it is in the volume, by the catalogue of papers


def add(case: Case, name: str, data: bytes, folder: Path, actor: Actor, place: Place = Place()) -> Attachment:
    """Keep a file with the case, and with a body's letter or a consultation where it belongs to one."""
    _require(case, place, actor)
    kept = describe(name, data, actor)
    if place.about_kind and beside.find(case, place.about_kind, place.about_id) is None:
        raise Refused([Problem("file", NOT_HERE)])
    row = _enter(case, kept, place, actor)
    row.pages = pages_of(kept.kind, data)
    store(kept.stored_name, data, folder)
    return row


class Kept(NamedTuple):
    """What is known of a content that is kept, wherever it lies."""

    name: str
    stored_name: str
    sha256: str
    size: int
    kind: str
    added_at: datetime
    made_by_id: int | None


def describe(name: str, data: bytes, actor: Actor) -> Kept:
    """An upload that is what it says, under a made-up name; raises Refused as ``check`` does."""
    kind = check(name, data)
    return Kept(_shown_name(name, kind), secrets.token_hex(16), hashlib.sha256(data).hexdigest(), len(data), kind,
                actor.now, actor.user_id)


def take_over(letter: Commission, kept: HandoverFile, actor: Actor) -> Attachment:
    """What a body sent before there was a case stands with its letter, as sent by whom it was sent."""
    return _enter(letter.case, Kept(*(getattr(kept, name) for name in Kept._fields)), Place(letter), actor)


def _enter(case: Case, kept: Kept, place: Place, actor: Actor) -> Attachment:
    if len(case.attachments) >= MAX_FILES:
        raise Refused([Problem("file", TOO_MANY.fill(n=MAX_FILES))])
    row = Attachment(
        case_id=case.id, commission_id=place.letter.id if place.letter else None,
        consultation_id=place.consultation.id if place.consultation else None, agency_id=place.agency_id,
        about_kind=place.about_kind, about_id=place.about_id,
        volume_kind=place.volume_kind, **kept._asdict())
    db.session.add(row)
    db.session.flush()
    moves.act(case, "file_added", {
        "attachment": row.id, "commission": row.commission_id, "consultation": row.consultation_id,
        "agency": row.agency_id, "kind": row.kind, "size": row.size, "sha256": row.sha256}, actor)
    return row


def _require(case: Case, place: Place, actor: Actor) -> None:
    """Our mediator everywhere in the case; a body with its own letter, and with a consultation for our eyes alone."""
    if actor.role != "liaison":
        moves.require(case, "case.work", actor)
        return
    moves.require(case, "commission.answer", actor)
    if place.consultation is not None:
        is_theirs = place.agency_id == actor.agency_id and bool(queries.requests_to(place.consultation, actor))
    else:
        is_theirs = place.letter is not None and may_add(place.letter, actor)
    if not is_theirs:
        raise moves.Forbidden("commission.answer")


def may_add(letter: Commission, actor: Actor) -> bool:
    """A body adds to its own letter while it is open, and whoever answered it may add what goes with the answer."""
    is_answerer = letter.state == "answered" and letter.answered_by_id == actor.user_id
    is_theirs = letter.agency_id == actor.agency_id and queries.is_live(letter)
    return is_theirs and (queries.is_pending(letter) or is_answerer)


def _shown_name(name: str, kind: str) -> str:
    """The name without folders and odd characters, ending as its content is."""
    stem = Path(name.replace("\\", "/")).name.rsplit(".", 1)[0]
    # nor what would turn fdp.exe into exe.pdf
    plain = text_cleaning.CONTROLS.sub("", text_cleaning.INVISIBLE.sub("", stem))
    kept = "".join(c for c in plain if c not in '<>:"/\\|?*;\r\n').strip(" .")
    return f"{kept[:120] or 'file'}.{kind}"


def store(name: str, data: bytes, instance: Path) -> None:
    """Write the content; the last thing of an act, so that one that fails leaves none behind."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    db.session.info.setdefault(WRITTEN, []).append(folder / name)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def remove(name: str, instance: Path) -> None:
    """Take a content off the disk whose row is erased."""
    (instance / FOLDER / name).unlink(missing_ok=True)


@event.listens_for(TwoEngines, "after_commit")
def _kept(session: Session) -> None:
    session.info.pop(WRITTEN, None)


@event.listens_for(TwoEngines, "after_rollback")
def _taken_back(session: Session) -> None:
    """No row names these files: nothing half-written stays."""
    for path in session.info.pop(WRITTEN, ()):
        path.unlink(missing_ok=True)


def find(case: Case, key: int, actor: Actor) -> Attachment | None:
    """A file of the case for this reader: a body sees those of its own letters, and no other's."""
    row = db.session.scalar(select(Attachment).where(Attachment.id == key, Attachment.case_id == case.id))
    if row is None or actor.role != "liaison":
        return row
    mine = row.commission is not None and row.commission.agency_id == actor.agency_id
    return row if mine and queries.is_live(row.commission) else None


def find_of_consultation(consultation: Consultation, key: int, actor: Actor) -> Attachment | None:
    """A file of a readable consultation for this reader: a body sees those for all who were invited, and its own."""
    return next((row for row in queries.files_of_consultation(consultation, actor) if row.id == key), None)


def read(row: Attachment | HandoverFile, folder: Path) -> bytes | None:
    """The content, if it is there and still what was taken in."""
    path = folder / FOLDER / row.stored_name
    data = path.read_bytes() if path.is_file() else b""
    return data if data and hashlib.sha256(data).hexdigest() == row.sha256 else None
