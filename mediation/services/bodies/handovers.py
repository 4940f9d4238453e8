"""A body commissions or transfers a dispute with its own account; the counter registers or returns it."""
from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mediation.extensions import db
from mediation.models import Agency, Case, Draft, Handover, HandoverFile
from mediation.rules import words
from mediation.rules.access import Actor, scope_of
from mediation.rules.bodies import commissions, senders
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.people import identity
from mediation.rules.text_cleaning import Unreadable
from mediation.services import journal
from mediation.services.bodies import coordination
from mediation.services.cases import drafts, moves
from mediation.services.cases.moves import Forbidden
from mediation.services.papers import files

DONE = Text("{who}已经登记或退回了", "{who} has registered or returned it already")
TOLD = ("name", "phone", "told", "head", "amount", "narrative")  # of the sealed part


@dataclass(frozen=True)
class Sent:
    """What a body writes: on what paper, under which number of its own, by when, and ``told`` by the names of TOLD."""

    kind: str
    document_number: str
    case_number: str
    reply_due_on: date | None
    told: Mapping[str, str]
    file: tuple[str, bytes] = ("", b"")  # name and content of a paper that goes with it


def send(given: Sent, actor: Actor, folder: Path) -> Handover:
    """Send a dispute to the union of the body; nobody else sees it before it is registered.

    ``folder``: the instance, under which its paper is kept.
    """
    body = db.session.get(Agency, actor.agency_id or 0)
    if not scope_of(actor.role, "commission.send") or body is None or not body.is_active:
        raise Forbidden("commission.send")
    if found := _problems(given, body, actor):
        raise Refused(found)
    row = Handover(union_id=body.union_id, agency_id=body.id, kind=given.kind, document_number=given.document_number,
                   case_number=given.case_number, sent_on=actor.today, reply_due_on=given.reply_due_on,
                   made_by_id=actor.user_id)
    told = {name: given.told.get(name, "") for name in TOLD}
    told["phone"] = told["phone"] and identity.check_phone(told["phone"]).whole
    row.body = json.dumps(told, ensure_ascii=False)
    db.session.add(row)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "handover_sent", {
        "handover": row.id, "agency": row.agency_id, "kind": row.kind, "document_number": row.document_number,
        "sent_on": row.sent_on, "reply_due_on": row.reply_due_on})
    if given.file[0]:
        _keep_file(row, *given.file, folder, actor)
    return row


def _keep_file(row: Handover, name: str, data: bytes, folder: Path, actor: Actor) -> None:
    kept = files.describe(name, data, actor)
    paper = HandoverFile(handover_id=row.id, **kept._asdict())
    db.session.add(paper)
    db.session.flush()
    journal.record(actor, journal.HOUSE, "handover_file_added", {
        "handover_file": paper.id, "agency": row.agency_id, "kind": paper.kind, "size": paper.size,
        "sha256": paper.sha256})
    files.store(kept.stored_name, data, folder)


def kinds_of(body: Agency) -> tuple[str, ...]:
    return commissions.SENDABLE.get(body.kind, commissions.TRANSFERS)


def told(row: Handover) -> dict[str, str]:
    """The sealed part in plain words."""
    found: dict[str, str] = json.loads(row.body)
    return found


def _problems(given: Sent, body: Agency, actor: Actor) -> list[Problem]:
    asked = [("name", Text("请写申请人是谁", "Say who the applicant is")), ("told", Text("请写找谁", "Say against whom")),
             ("narrative", Text("请写争议是什么", "Say what the dispute is"))]
    found = [Problem(name, text) for name, text in asked if not given.told.get(name)]
    if given.kind not in kinds_of(body):
        found.append(Problem("kind", Text("请选是哪一种", "Choose the kind")))
    if given.told.get("head") and given.told["head"] not in words.HEADS:
        found.append(Problem("head", Text("请从列表里选", "Please choose from the list")))
    if given.reply_due_on and given.reply_due_on < actor.today:
        found.append(Problem("reply_due_on", Text("期限不能早于今天", "The day cannot lie before today")))
    try:
        if given.told.get("phone"):
            identity.check_phone(given.told["phone"])
    except Unreadable as why:
        found.append(Problem("phone", why.text))
    return found + _file_problems(*given.file)


def _file_problems(name: str, data: bytes) -> list[Problem]:
    try:
        if name:
            files.check(name, data)
    except Refused as why:
        return list(why.problems)
    return []


def give_back(row: Handover, reason: str, actor: Actor) -> None:
    """Not for us: back to the body, with the reason, which stands in the row under the event's digest."""
    _require(row, actor)
    found = [] if reason else [Problem("reason", Text("退回要写理由", "A return needs its reason"))]
    if found:
        raise Refused(found)
    row.state, row.return_reason, row.settled_by_id = "returned", reason, actor.user_id
    journal.record(actor, journal.HOUSE, "handover_returned", {"handover": row.id, "agency": row.agency_id})


def draft_of(row: Handover, actor: Actor) -> Draft:
    """The intake page with what the body told, as a draft; its token finds the way back when it is registered."""
    _require(row, actor)
    token = secrets.token_urlsafe(16)
    row.draft_token = token
    source, channel = commissions.INTAKE_SOURCES.get(row.kind, (_source(row.agency), ""))
    said = told(row)
    fields = {"received": row.sent_on.isoformat(), "source": source, "channel": channel, "source_body": row.agency.name,
              "source_number": row.document_number, "source_case_number": row.case_number,
              "reply_due": row.reply_due_on.isoformat() if row.reply_due_on else "", "name": said["name"],
              "phone": said["phone"], "respondents-0-told": said["told"], "claims-0-head": said["head"],
              "claims-0-amount": said["amount"], "narrative": said["narrative"], "submit_token": token,
              "saved_on": actor.today.isoformat()}
    draft = drafts.save(actor, f"intake:{token}", [(name, value) for name, value in fields.items() if value])
    assert draft is not None  # so few fields are never too many
    db.session.flush()
    return draft


def _source(body: Agency) -> str:
    return body.kind if body.kind in words.SOURCES else "other"


def link_case(key: int, case: Case, actor: Actor) -> None:
    """The page that it led to was registered: the body finds what became of it."""
    row = db.session.get_one(Handover, key)
    row.case_id, row.state, row.settled_by_id = case.id, "case", actor.user_id
    journal.record(actor, journal.HOUSE, "handover_registered", {"handover": row.id, "agency": row.agency_id,
                                                                 "number": case.number})
    _keep_request(row, case, actor)


def _keep_request(row: Handover, case: Case, actor: Actor) -> None:
    """The body's letter stands with the case, with its papers, under the kind that the body gave it; intake knows of
    some kinds only."""
    letter = next((one for one in case.commissions if one.agency_id == row.agency_id and one.direction == "in"), None)
    if letter is None:
        letter = coordination.record(case, coordination.Request(
            row.agency_id, row.kind, "in", document_number=row.document_number, sent_on=row.sent_on,
            reply_due_on=row.reply_due_on, is_withheld=senders.is_withheld(case.may_tell)), actor)
    elif letter.kind != row.kind:
        letter.kind = row.kind
        moves.act(case, "commission_recorded", {
            "commission": letter.id, "agency": letter.agency_id, "kind": letter.kind,
            "document_number": letter.document_number, "sent_on": letter.sent_on,
            "reply_due_on": letter.reply_due_on, "shared": letter.shared_parts,
            "legal_basis": letter.legal_basis}, actor)
    for paper in row.files:
        files.take_over(letter, paper, actor)


def _require(row: Handover, actor: Actor) -> None:
    """Somebody who registers cases in the union; of two the second is told who was first."""
    if not scope_of(actor.role, "case.register") or actor.union_id != row.union_id:
        raise Forbidden("case.register")
    db.session.refresh(row, with_for_update=True)
    if row.state != "sent":
        raise Refused([Problem("", DONE.fill(who=row.settled_by.name if row.settled_by else ""))])
