"""Outside bodies' part in a case, numbers in their registers, and colleagues who help."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Agency, Case, CaseMember, Commission, User
from mediation.queries.bodies import coordination as queries
from mediation.queries.law import clocks as clock_queries
from mediation.rules import access, words
from mediation.rules.access import Actor
from mediation.rules.bodies import commissions
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import moves

NO_SUCH = Text("本案没有这一件", "This case has no such letter")
CLOSED = Text("这一件已经办过了（{state}），不能再答复", "This one is done already ({state}); no further reply")
FIRST = Text("刚才{who}先答复了这一件。您写的还在，请核对", "{who} has just answered this one. What you wrote is kept; please compare")
CHANGED_DAY = Text("改了期限（按规则是{day}），请写依据", "The day was changed (by rule it is {day}); please say why")
DUE_BEFORE = Text("回复期限不能早于来去函日期", "The reply cannot be due before the letter")
IN_FUTURE = Text("日期不能在今天之后", "The day cannot lie in the future")


@dataclass(frozen=True)
class Request:
    """A commission, invitation, transfer or task: who, how, on what paper, by when, and what the body may see.

    ``reply_due_on`` None takes the rule's day; another day needs its reason. Sharing needs its ground: the article or
    how the party consented (PIPL 23), by itself for a body that sent the case and one the applicant agreed to.
    """

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
    share_ground: str = ""
    task: str = ""
    consultation_id: int | None = None
    is_withheld: bool = False  # received, and its body sees nothing of the case


def record(case: Case, letter: Request, actor: Actor) -> Commission:
    """Record a letter received or sent; what is shared is seen by the body's account from now on."""
    moves.require(case, "case.work", actor)
    if found := problems(case, letter, actor):
        raise Refused(found)
    due_on, due_reason, _found = _due(case, letter, actor)
    ground, basis = _ground(case, letter, db.session.get(Agency, letter.agency_id))
    row = Commission(
        case_id=case.id, agency_id=letter.agency_id, kind=letter.kind, direction=letter.direction,
        document_number=letter.document_number, purpose=letter.purpose, sent_on=letter.sent_on or actor.today,
        task=(letter.task or "consult") if letter.kind == "task" else "", reply_due_on=due_on, due_reason=due_reason,
        shared_parts=list(letter.shared_parts), share_ground=ground if letter.shared_parts else "",
        legal_basis=basis if letter.shared_parts else "", consultation_id=letter.consultation_id,
        recalled_on=actor.today if letter.is_withheld else None)
    db.session.add(row)
    db.session.flush()
    moves.act(case, "commission_recorded", {
        "commission": row.id, "agency": row.agency_id, "kind": row.kind, "document_number": row.document_number,
        "sent_on": row.sent_on, "reply_due_on": row.reply_due_on, "shared": row.shared_parts,
        "legal_basis": row.legal_basis}, actor, row.sent_on)
    return row


def problems(case: Case, letter: Request, actor: Actor) -> list[Problem]:
    """Everything that stands against a letter, all at once."""
    agency = db.session.get(Agency, letter.agency_id or 0)
    _due_on, _reason, found = _due(case, letter, actor)
    _kind, basis = _ground(case, letter, agency)
    return found + _request_problems(case, letter, agency, actor) + _share_problems(letter, basis)


def rule_due(case: Case, kind: str, direction: str, sent_on: date) -> date | None:
    """The day on which the reply is due by rule, on the calendar of the case's site."""
    return commissions.due_on(kind, direction, sent_on, clock_queries.calendar(case.station.county))


def _due(case: Case, letter: Request, actor: Actor) -> tuple[date | None, str, list[Problem]]:
    """The day, why it is another than the rule's, and what is wrong with that."""
    by_rule = rule_due(case, letter.kind, letter.direction, letter.sent_on or actor.today)
    due_on, reason = letter.reply_due_on or by_rule, letter.due_reason
    if due_on == by_rule or by_rule is None or reason:
        return due_on, reason, []
    if letter.direction == "in":
        return due_on, commissions.LETTERS_OWN.zh, []
    return due_on, "", [Problem("due_reason", CHANGED_DAY.fill(day=by_rule.isoformat()))]


def _ground(case: Case, letter: Request, agency: Agency | None) -> tuple[str, str]:
    found = commissions.ground(letter.kind, letter.direction, agency.kind if agency else "", case.may_tell)
    if letter.legal_basis or found is None:
        return letter.share_ground or "law", letter.legal_basis
    return found[0], found[1].zh


def _request_problems(case: Case, letter: Request, agency: Agency | None, actor: Actor) -> list[Problem]:
    found = []
    if agency is None or agency.union_id != case.union_id or not agency.is_active:
        found.append(Problem("agency", Text("请选本地的单位", "Choose a local body")))
    if letter.kind not in words.COMMISSION_KINDS:
        found.append(Problem("kind", Text("请选是哪一种", "Choose the kind")))
    if letter.direction not in commissions.DIRECTIONS:
        found.append(Problem("direction", Text("请选来函还是去函", "Choose received or sent")))
    if letter.task and letter.task not in words.TASK_KINDS:
        found.append(Problem("task", Text("请选是哪一种事项", "Choose the kind of task")))
    if letter.sent_on and letter.sent_on > actor.today:
        found.append(Problem("sent_on", IN_FUTURE))
    if letter.reply_due_on and letter.sent_on and letter.reply_due_on < letter.sent_on:
        found.append(Problem("reply_due_on", DUE_BEFORE))
    return found


def _share_problems(letter: Request, basis: str) -> list[Problem]:
    """A disclosure wants its ground."""
    if set(letter.shared_parts) - set(access.SHARE_PARTS):
        return [Problem("shared_parts", Text("没有这一部分可以共享", "There is no such part to share"))]
    if letter.shared_parts and not basis:
        return [Problem("legal_basis", Text("给对方单位看案情，要写明法律依据，或当事人怎样同意的",
                                            "To share, name the legal basis or how the party consented"))]
    return []


# Answers --------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Reply:
    """What a body answered: in which way, under which number of its own, when."""

    result: str
    replied_on: date | None = None
    way: str = "phone"
    number: str = ""


def answer(case: Case, commission_id: int, result: str, replied_on: date | None, actor: Actor, way: str = "phone",
           number: str = "", seen_version: int | None = None) -> Commission:
    """Write down what the body answered, entered for it by our mediator (代录); for a letter to us, our own reply."""
    moves.require(case, "case.work", actor)
    row = _get(case, commission_id)
    _refuse_invitation(row)
    return _write_answer(case, row, Reply(result, replied_on, way, number), actor, row.direction == "out", seen_version)


def reply(case: Case, commission_id: int, given: Reply, actor: Actor, seen_version: int | None = None) -> Commission:
    """The body answers for itself, by its own account; of two the second is refused and told who was first."""
    row = _own(case, commission_id, actor)
    _refuse_invitation(row)
    return _write_answer(case, row, given, actor, False, seen_version)


def _refuse_invitation(row: Commission) -> None:
    """The answer to the invitation to a consultation is the opinion, given once for all of its cases."""
    if queries.is_invitation(row):
        raise Refused([Problem("", Text("这是会诊邀请，意见请写在会诊页",
                                        "The opinion on this invitation is written on the consultation's page"))])


def _write_answer(case: Case, row: Commission, given: Reply, actor: Actor, is_entered_for: bool,
                  seen_version: int | None) -> Commission:
    found = _closed_problems(row, actor, seen_version)
    if not given.result:
        found.append(Problem("result", Text("请写答复了什么", "Please write down the answer")))
    if given.replied_on and given.replied_on > actor.today:
        found.append(Problem("replied_on", IN_FUTURE))
    if given.replied_on and row.sent_on and given.replied_on < row.sent_on:
        found.append(Problem("replied_on", Text("不能早于来去函那天", "Not before the letter")))
    if actor.role != "liaison" and given.way not in set(words.REPLY_WAYS) - {"account"}:
        found.append(Problem("way", Text("请选是怎么答复的", "Choose how it was answered")))
    if found:
        raise Refused(found)
    row.state, row.result, row.is_entered_for = "answered", given.result, is_entered_for
    row.replied_on = given.replied_on or actor.today
    row.reply_way, row.reply_number = "account" if actor.role == "liaison" else given.way, given.number
    row.answered_by_id, row.version = actor.user_id, row.version + 1
    note = journal.write_note(actor, case, given.result)
    moves.act(case, "commission_answered", {
        "commission": row.id, "agency": row.agency_id, "result_note": note.hash, "is_entered_for": is_entered_for,
        "way": row.reply_way, "reply_number": row.reply_number, "replied_on": row.replied_on}, actor, row.replied_on)
    return row


def take(case: Case, commission_id: int, actor: Actor, seen_version: int | None = None) -> Commission:
    """The body takes what was handed to it."""
    row = _own(case, commission_id, actor)
    found = _closed_problems(row, actor, seen_version)
    if not found and row.state == "taken":
        found.append(Problem("", Text("已经接收过了", "It was taken already")))
    if found:
        raise Refused(found)
    row.state, row.taken_on, row.version = "taken", actor.today, row.version + 1
    moves.act(case, "commission_taken", {"commission": row.id, "agency": row.agency_id}, actor)
    return row


def give_back(case: Case, commission_id: int, reason: str, actor: Actor, seen_version: int | None = None) -> Commission:
    """The body returns it with a reason; with this its sight of the case ends too."""
    row = _own(case, commission_id, actor)
    found = _closed_problems(row, actor, seen_version)
    if not reason:
        found.append(Problem("reason", Text("退回要写理由", "A return needs its reason")))
    if found:
        raise Refused(found)
    row.state, row.return_reason, row.replied_on, row.version = "returned", reason, actor.today, row.version + 1
    row.answered_by_id = actor.user_id
    moves.act(case, "commission_returned", {"commission": row.id, "agency": row.agency_id, "reason": reason}, actor)
    return row


def _own(case: Case, commission_id: int, actor: Actor) -> Commission:
    """A letter of ours to the actor's body; another body's does not exist for it."""
    moves.require(case, "commission.answer", actor)
    row = _get(case, commission_id)
    if row.agency_id != actor.agency_id or row.direction != "out":
        raise Refused([Problem("", NO_SUCH)])
    return row


def _closed_problems(row: Commission, actor: Actor, seen_version: int | None) -> list[Problem]:
    """Locked and read anew, so that of two answers at once the second meets the first."""
    db.session.refresh(row, with_for_update=True)
    if queries.is_pending(row):
        return []
    if seen_version is not None and seen_version != row.version and row.answered_by_id not in (None, actor.user_id):
        return [Problem("", FIRST.fill(who=row.answered_by.name))]
    state = words.COMMISSION_STATES[queries.state_of(row)]
    return [Problem("", CLOSED.fill(state=state))]


# Changes of a letter --------------------------------------------------------------------------------------------

def change_due(case: Case, commission_id: int, due_on: date | None, reason: str, actor: Actor) -> Commission:
    """Another day for a reply that is still to come, with its reason."""
    moves.require(case, "case.work", actor)
    row = _get(case, commission_id)
    found = _closed_problems(row, actor, None)
    if due_on is None:
        found.append(Problem("reply_due_on", Text("请写改到哪天", "Give the new day")))
    elif row.sent_on and due_on < row.sent_on:
        found.append(Problem("reply_due_on", DUE_BEFORE))
    if not reason:
        found.append(Problem("due_reason", Text("改期限要写依据", "Say why the day is changed")))
    if found:
        raise Refused(found)
    before, row.reply_due_on, row.due_reason, row.version = row.reply_due_on, due_on, reason, row.version + 1
    moves.act(case, "commission_due_changed", {"commission": row.id, "agency": row.agency_id, "before": before,
                                               "reply_due_on": due_on, "reason": reason}, actor)
    return row


def recall(case: Case, commission_id: int, reason: str, actor: Actor) -> Commission:
    """Take one letter's sharing back; the body's sight ends with this, but for what another live letter shares."""
    moves.require(case, "case.work", actor)
    row = _get(case, commission_id)
    found = _reason_problems(reason)
    if row.recalled_on is not None:
        found.append(Problem("", Text("已经收回过了", "It has been recalled already")))
    if found:
        raise Refused(found)
    take_back(row, actor)
    moves.act(case, "commission_recalled", {"commission": row.id, "reason": reason}, actor)
    return row


def recall_all(case: Case, agency_id: int, reason: str, actor: Actor) -> list[Commission]:
    """Take back everything that a body sees of the case, whichever letter shares it, in one act."""
    moves.require(case, "case.work", actor)
    rows = [row for row in case.commissions if row.agency_id == agency_id and queries.is_live(row)]
    found = _reason_problems(reason)
    if not rows:
        found.append(Problem("", Text("这个单位已经看不到本案", "This body sees nothing of the case already")))
    if found:
        raise Refused(found)
    for row in rows:
        take_back(row, actor)
    moves.act(case, "body_recalled", {"agency": agency_id, "commissions": [row.id for row in rows],
                                      "reason": reason}, actor)
    return rows


def take_back(row: Commission, actor: Actor) -> None:
    """A letter to the body is done with; one that it sent to us still wants our reply."""
    row.recalled_on, row.version = actor.today, row.version + 1
    if row.direction == "out" and row.state in commissions.PENDING:
        row.state = "recalled"


def _reason_problems(reason: str) -> list[Problem]:
    return [] if reason else [Problem("reason", Text("请写理由", "Please give a reason"))]


def _get(case: Case, commission_id: int) -> Commission:
    row = db.session.scalar(select(Commission).where(Commission.id == commission_id, Commission.case_id == case.id))
    if row is None:
        raise Refused([Problem("", NO_SUCH)])
    return row


def pending_of(agency_id: int) -> int:
    """How many letters a body has still to answer; while there are any it stays in the register."""
    return db.session.scalar(select(func.count()).select_from(Commission).where(
        Commission.agency_id == agency_id, Commission.state.in_(commissions.PENDING), Commission.direction == "out",
        Commission.recalled_on.is_(None))) or 0


# Colleagues -----------------------------------------------------------------------------------------------------

def add_member(case: Case, user_id: int | None, actor: Actor) -> CaseMember:
    """A colleague of the union helps on the case and may write from now on."""
    moves.require(case, "case.work", actor)
    user = db.session.get(User, user_id or 0)
    found = []
    if user is None or not user.is_active or user.role not in ("mediator", "lead") or (
            user.station.union_id != case.union_id):
        found.append(Problem("member", Text("请选本工会在岗的调解员", "Choose an active mediator of this union")))
    elif user.id == case.handler_id or any(m.account_id == user.id and m.until_on is None for m in case.members):
        found.append(Problem("member", Text("已经在办这件案子", "Already works on this case")))
    if found or user is None:
        raise Refused(found)
    row = CaseMember(case_id=case.id, account_id=user.id, kind="co_handler", from_on=actor.today)
    db.session.add(row)
    db.session.flush()
    moves.act(case, "member_added", {"member": user.id, "kind": row.kind}, actor)
    return row


def end_member(case: Case, member_id: int, actor: Actor) -> None:
    """The colleague's help ends today."""
    moves.require(case, "case.work", actor)
    row = db.session.scalar(select(CaseMember).where(
        CaseMember.id == member_id, CaseMember.case_id == case.id, CaseMember.until_on.is_(None)))
    if row is None:
        raise Refused([Problem("", Text("这位同事已不在协办", "This colleague no longer helps"))])
    row.until_on = actor.today
    moves.act(case, "member_ended", {"member": row.account_id}, actor)
