"""What lies in the volume: scans added with their kind, said anew what they are, moved by hand."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mediation.extensions import db
from mediation.models import Attachment, Case
from mediation.papers import binder
from mediation.queries.papers import volume as queries
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.papers import volume
from mediation.rules.papers.catalogue import PAPERS
from mediation.services.cases import moves
from mediation.services.papers import files

PERMISSION = "case.work"
NO_KIND = Text("请选是什么材料", "Say what it is")
NAMED = Text("{name}：{reason}", "{name}: {reason}")
NOT_HERE = Text("本案没有这个附件", "The case has no such file")
AT_THE_END = Text("已经在头上或末尾，没有移动", "It stands at the beginning or end already")
Upload = tuple[str, bytes]  # name and content


def add(case: Case, uploads: Sequence[Upload], kind: str, folder: Path, actor: Actor) -> list[Attachment]:
    """Keep scans and pictures with their kind, all or none; a damaged one is refused here, as it could not be bound.

    Raises Forbidden, or Refused with what stands against each file.
    """
    moves.require(case, PERMISSION, actor)
    problems = [] if kind in PAPERS else [Problem("kind", NO_KIND)]
    problems += [] if uploads else [Problem("scans", files.NO_FILE)]
    problems += [problem for name, data in uploads for problem in _problems(name, data)]
    if problems:
        raise Refused(problems)
    made: list[Attachment] = []
    try:
        for name, data in uploads:
            made.append(files.add(case, name, data, folder, actor, files.Place(volume_kind=kind)))
    except BaseException:
        for row in made:
            (folder / files.FOLDER / row.stored_name).unlink(missing_ok=True)
        raise
    return made


def _problems(name: str, data: bytes) -> list[Problem]:
    try:
        kind = files.check(name, data)
    except Refused as refused:
        return [_named(name, problem.text) for problem in refused.problems]
    is_damaged = kind in binder.BOUND and files.pages_of(kind, data) is None
    return [_named(name, binder.DAMAGED)] if is_damaged else []


def _named(name: str, reason: Text) -> Problem:
    return Problem("scans", Text(NAMED.zh.format(name=name[:80], reason=reason.zh),
                                 NAMED.en.format(name=name[:80], reason=reason.en)))


def place(case: Case, key: int, kind: str, actor: Actor) -> Attachment:
    """Say what a file is; it goes behind those of its kind. Raises Forbidden or Refused."""
    moves.require(case, PERMISSION, actor)
    row = _find(case, key)
    if kind not in PAPERS:
        raise Refused([Problem("kind", NO_KIND)])
    row.volume_kind, row.volume_seq = kind, None
    db.session.flush()
    moves.act(case, "file_placed", {"attachment": row.id, "kind": kind, "seq": None}, actor)
    return row


def move(case: Case, key: int, by: int, actor: Actor) -> Attachment:
    """Let a file go one place up (-1) or down (+1) among those of its kind. Raises Forbidden or Refused."""
    moves.require(case, PERMISSION, actor)
    row = _find(case, key)
    found = {file.key: file for file in queries.files_of(case)}
    own = found[row.id]
    beside = [file for file in found.values() if (file.kind, file.label) == (own.kind, own.label)]
    order = volume.moved(beside, row.id, by)
    if order is None:
        raise Refused([Problem("", AT_THE_END)])
    rows = {one.id: one for one in queries.rows_of(case)}
    for seq, one in enumerate(order, 1):
        rows[one].volume_seq = seq
    db.session.flush()
    moves.act(case, "file_placed", {"attachment": row.id, "kind": own.kind, "seq": row.volume_seq}, actor)
    return row


def _find(case: Case, key: int) -> Attachment:
    row = next((row for row in queries.rows_of(case) if row.id == key), None)
    if row is None:
        raise Refused([Problem("", NOT_HERE)])
    return row
