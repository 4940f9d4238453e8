"""Two channels, one dispute: the sources of a merged case live on in the case that it went into."""
from __future__ import annotations

from mediation.extensions import db
from mediation.models import Case, Commission, ExternalNumber
from mediation.queries import door
from mediation.queries.bodies import coordination
from mediation.rules.access import SHARE_PARTS, Actor
from mediation.rules.bodies.commissions import MOVED
from mediation.rules.language import Problem, Text
from mediation.services import journal
from mediation.services.cases import search

NO_SUCH = Text("没有这个登记号", "There is no such number")
NOT_YOURS = Text("{number}不由您办，不能把案件并进去；请它的承办人来并，或请站长改派",
                 "{number} is not in your hands, so nothing can be merged into it; "
                 "its mediator may, or the lead reassigns it")
COMES_ALONG = Text("并过去以后，这些单位凭原来的函也看得到{number}：{who}。不该看的，先收回",
                   "After this the following see {number} too, by the letters they have: {who}. "
                   "Recall first what they should not")


def problems(case: Case, number: str, actor: Actor) -> list[Problem]:
    """What stands against merging into a case: the right on it too, and the sharing that would come along unasked."""
    target = door.find_case(actor, number) if number else None
    if target is None or target.union_id != case.union_id:
        return [Problem("into", NO_SUCH)] if number else []
    if not door.may(actor, "case.work", target):
        return [Problem("into", NOT_YOURS.fill(number=number))]
    if target.id == case.id or not (said := _coming(case, target)):
        return []
    return [Problem("into", Text(COMES_ALONG.zh.format(number=number, who="；".join(zh for zh, _en in said)),
                                 COMES_ALONG.en.format(number=number, who="; ".join(en for _zh, en in said))),
                    "sharing_comes")]


def _coming(case: Case, target: Case) -> list[tuple[str, str]]:
    """Bodies with the parts that they see of the one case and do not yet see of the other."""
    there = {one.agency.id: set(one.parts) for one in coordination.sharing(target)}
    found = []
    for one in coordination.sharing(case):
        moved = [row for row in one.letters if _moves(row)]
        parts = [part for part in SHARE_PARTS if any(part in row.shared_parts for row in moved)]
        if moved and (one.agency.id not in there or set(parts) - there[one.agency.id]):
            words = [SHARE_PARTS[part] for part in parts]
            found.append((f"{one.agency.short_name}（{'、'.join(word.zh for word in words) or '只有案号'}）",
                          f"{one.agency.short_name} ({', '.join(word.en for word in words) or 'the number alone'})"))
    return found


def _moves(row: Commission) -> bool:
    """What shares something and what still awaits a reply. Invitations and done tasks of a consultation stay with the
    case that it was held over."""
    is_pending = coordination.is_pending(row)
    if row.consultation_id is not None:
        return is_pending and row.kind == "task"
    return is_pending or row.recalled_on is None


def _mark(row: Commission) -> tuple[object, ...]:
    """By what a letter is known for the same one that came to both; without a number by what it asks and when."""
    same = (row.document_number,) if row.document_number else (row.purpose, row.sent_on)
    return (row.agency_id, row.kind, row.direction, *same)


def take_sources(source: Case, target: Case, actor: Actor) -> None:
    """Both sources are kept: the letters and outside numbers of a merged case count for the one it went into.

    What the target has already is left as it is; the merged case keeps its own rows. A reply that is still due is
    waited for at the target alone: here nobody looks any more, and an answer to both would be two.
    """
    had = {_mark(row) for row in target.commissions}
    moving = [row for row in source.commissions if _moves(row)]
    letters = [_copied(row, target) for row in moving if _mark(row) not in had]
    for row in moving:
        if coordination.is_pending(row):
            row.state = MOVED
            row.version += 1
    known = {n.register for n in target.external_numbers}
    numbers = [ExternalNumber(case_id=target.id, register=n.register, number=n.number)
               for n in source.external_numbers if n.register not in known]
    db.session.add_all([*letters, *numbers])
    db.session.flush()
    db.session.expire(target, ["commissions", "external_numbers"])
    search.index_case(target)
    journal.record(actor, journal.case_stream(target), "source_merged", {
        "source": source.number, "commissions": len(letters), "numbers": [n.register for n in numbers],
        "agencies": sorted({row.agency_id for row in letters if coordination.is_live(row)})}, case=target)


SAME = ("agency_id", "kind", "direction", "document_number", "task", "purpose", "sent_on", "reply_due_on", "due_reason",
        "state", "taken_on", "replied_on", "result", "reply_way", "reply_number", "is_entered_for", "answered_by_id",
        "shared_parts", "share_ground", "legal_basis", "recalled_on")


def _copied(row: Commission, target: Case) -> Commission:
    return Commission(case_id=target.id, **{name: getattr(row, name) for name in SAME})
