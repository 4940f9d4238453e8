"""Outside bodies' part in a case, numbers in their registers, and colleagues who help."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, CaseMember, Commission, Event, ExternalNumber, User
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import cases, journal

DIRECTIONS = ("in", "out")


@dataclass(frozen=True)
class Letter:
    """A commission, invitation, transfer or task: who, how, on what paper, by when, and what the body may see."""

    agency_id: int | None
    kind: str
    direction: str = "in"
    document_number: str = ""
    purpose: str = ""
    sent_on: date | None = None
    reply_due_on: date | None = None
    due_reason: str = ""
    shared_parts: Sequence[str] = ()
    legal_basis: str = ""


def record(case: Case, letter: Letter, actor: Actor) -> Commission:
    """Record a letter received or sent; what is shared is seen by the body's account from now on."""
    cases.require(case, "case.work", actor)
    found = _letter_problems(case, letter, actor)
    if found:
        raise Refused(found)
    row = Commission(
        case_id=case.id, agency_id=letter.agency_id, kind=letter.kind, direction=letter.direction,
        document_number=letter.document_number, purpose=letter.purpose, sent_on=letter.sent_on or actor.today,
        reply_due_on=letter.reply_due_on, due_reason=letter.due_reason, shared_parts=list(letter.shared_parts),
        legal_basis=letter.legal_basis)
    db.session.add(row)
    db.session.flush()
    cases.act(case, "commission_recorded", {
        "commission": row.id, "agency": row.agency_id, "kind": row.kind, "document_number": row.document_number,
        "sent_on": row.sent_on, "reply_due_on": row.reply_due_on, "shared": row.shared_parts}, actor, row.sent_on)
    return row


def _letter_problems(case: Case, letter: Letter, actor: Actor) -> list[Problem]:
    agency = db.session.get(Agency, letter.agency_id or 0)
    found = []
    if agency is None or agency.union_id != case.union_id or not agency.is_active:
        found.append(Problem("agency", Text("请选本地的单位", "Choose a local body")))
    if letter.kind not in words.COMMISSION_KINDS:
        found.append(Problem("kind", Text("请选是哪一种", "Choose the kind")))
    if letter.direction not in DIRECTIONS:
        found.append(Problem("direction", Text("请选来函还是去函", "Choose received or sent")))
    if letter.sent_on and letter.sent_on > actor.today:
        found.append(Problem("sent_on", Text("日期不能在今天之后", "The day cannot lie in the future")))
    if letter.reply_due_on and letter.sent_on and letter.reply_due_on < letter.sent_on:
        found.append(Problem("reply_due_on", Text("回复期限不能早于来去函日期", "The reply cannot be due before the letter")))
    if set(letter.shared_parts) - set(access.SHARE_PARTS):
        found.append(Problem("shared_parts", Text("没有这一部分可以共享", "There is no such part to share")))
    return found


def answer(case: Case, commission_id: int, result: str, replied_on: date | None, actor: Actor) -> Commission:
    """Write down what the body answered, entered for it by our mediator (代录)."""
    cases.require(case, "case.work", actor)
    row = _get(case, commission_id)
    found = []
    if row.state not in ("open", "taken"):
        found.append(Problem("", Text("这一件已经办过了", "This one is already done")))
    if not result:
        found.append(Problem("result", Text("请写答复了什么", "Please write down the answer")))
    if replied_on and replied_on > actor.today:
        found.append(Problem("replied_on", Text("日期不能在今天之后", "The day cannot lie in the future")))
    if found:
        raise Refused(found)
    row.state, row.result, row.is_entered_for, row.replied_on = "answered", result, True, replied_on or actor.today
    note = journal.write_note(actor, case, result)
    cases.act(case, "commission_answered", {"commission": row.id, "result_note": note.hash, "is_entered_for": True,
                                            "replied_on": row.replied_on}, actor, row.replied_on)
    return row


def recall(case: Case, commission_id: int, reason: str, actor: Actor) -> Commission:
    """Take the sharing back; the body's sight ends with this."""
    cases.require(case, "case.work", actor)
    row = _get(case, commission_id)
    found = []
    if row.recalled_on is not None:
        found.append(Problem("", Text("已经收回过了", "It has been recalled already")))
    if not reason:
        found.append(Problem("reason", Text("请写理由", "Please give a reason")))
    if found:
        raise Refused(found)
    row.recalled_on, row.state = actor.today, "recalled" if row.state in ("open", "taken") else row.state
    cases.act(case, "commission_recalled", {"commission": row.id, "reason": reason}, actor)
    return row


def _get(case: Case, commission_id: int) -> Commission:
    row = db.session.scalar(select(Commission).where(Commission.id == commission_id, Commission.case_id == case.id))
    if row is None:
        raise Refused([Problem("", Text("本案没有这一件", "This case has no such letter"))])
    return row


# Outside registers ----------------------------------------------------------------------------------------------

def put_number(case: Case, register: str, number: str, actor: Actor) -> Event:
    """Write or correct the case's number in an outside register."""
    cases.require(case, "case.work", actor)
    found = []
    if register not in words.REGISTERS:
        found.append(Problem("register", Text("请选哪个登记簿", "Choose the register")))
    if not number:
        found.append(Problem("number", Text("请填写编号", "Please fill in the number")))
    if found:
        raise Refused(found)
    row = db.session.scalar(select(ExternalNumber).where(
        ExternalNumber.case_id == case.id, ExternalNumber.register == register))
    if row is None:
        row = ExternalNumber(case_id=case.id, register=register)
        db.session.add(row)
    row.number = number
    return cases.act(case, "external_numbered", {"register": register, "number": number}, actor)


# Colleagues -----------------------------------------------------------------------------------------------------

def add_member(case: Case, user_id: int | None, actor: Actor) -> CaseMember:
    """A colleague of the union helps on the case and may write from now on."""
    cases.require(case, "case.work", actor)
    user = db.session.get(User, user_id or 0)
    found = []
    if user is None or not user.is_active or user.role not in ("mediator", "lead") or (
            user.station.union_id != case.union_id):
        found.append(Problem("member", Text("请选本工会在岗的调解员", "Choose an active mediator of this union")))
    elif user.id == case.handler_id or any(m.account_id == user.id and m.until_on is None for m in case.members):
        found.append(Problem("member", Text("已经在办这件案子", "Already works on this case")))
    if found:
        raise Refused(found)
    row = CaseMember(case_id=case.id, account_id=user.id, kind="co_handler", from_on=actor.today)
    db.session.add(row)
    db.session.flush()
    cases.act(case, "member_added", {"member": user.id, "kind": row.kind}, actor)
    return row


def end_member(case: Case, member_id: int, actor: Actor) -> None:
    """The colleague's help ends today."""
    cases.require(case, "case.work", actor)
    row = db.session.scalar(select(CaseMember).where(
        CaseMember.id == member_id, CaseMember.case_id == case.id, CaseMember.until_on.is_(None)))
    if row is None:
        raise Refused([Problem("", Text("这位同事已不在协办", "This colleague no longer helps"))])
    row.until_on = actor.today
    cases.act(case, "member_ended", {"member": row.account_id}, actor)
