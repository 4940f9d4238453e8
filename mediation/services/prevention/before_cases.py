"""Before the cases: inquiries, visits and lectures, leads; the first and the last can become a case by one press."""
from __future__ import annotations

import secrets

from sqlalchemy import select

from mediation.extensions import AnyModel, db
from mediation.models import Case, Draft, Inquiry, Lead, User
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import drafts, moves
from mediation.services.records import require, tell

PERMISSION = "prevention.write"
PLACE = "intake"  # where drafts of the intake page are kept
BEGUN = Text("{who}已经打开了登记页，还没有登记完：等他登记，或请他把草稿删掉",
             "{who} has opened the intake page for it and has not finished: wait, or have the draft dropped")
DONE = Text("已经转为案件，或已化解", "It has become a case already, or was settled")


def resolve_lead(row: Lead, reason: str, actor: Actor) -> None:
    """The risk is gone without a case. How stands in the row, which the event's digest covers: it may name people."""
    require(PERMISSION, actor)
    found = [] if reason else [Problem("reason", Text("请写怎么化解的", "Say how it was settled"))]
    if row.state != "open":
        found.append(Problem("", DONE))
    if found:
        raise Refused(found)
    row.state, row.settled_on, row.settled_note = "settled", actor.today, reason
    tell(row.employer, "lead_settled", {"lead": row.id}, actor)


# Becoming a case ------------------------------------------------------------------------------------------------

def draft_of(row: Inquiry | Lead, actor: Actor) -> Draft:
    """The intake page with what is known already, as a draft; its token finds the way back when it is registered."""
    require(PERMISSION, actor)
    if row.case_id is not None or getattr(row, "state", "open") != "open":
        raise Refused([Problem("", DONE)])
    if (begun := _begun(row, actor)) is not None:
        return begun
    token = secrets.token_urlsafe(16)
    row.draft_token = token
    told = _inquiry_fields(row) if isinstance(row, Inquiry) else _lead_fields(row)
    pairs = [(name, value) for name, value in told.items() if value]
    draft = drafts.save(actor, f"{PLACE}:{token}", [*pairs, ("submit_token", token), ("saved_on",
                                                                                     actor.today.isoformat())])
    assert draft is not None  # so few fields are never too many
    db.session.flush()
    return draft


def _begun(row: Inquiry | Lead, actor: Actor) -> Draft | None:
    """The intake page that was opened for it before and not yet registered; a colleague's keeps everybody else off."""
    db.session.refresh(row, with_for_update=True)
    if not row.draft_token:
        return None
    draft = db.session.scalar(select(Draft).where(Draft.place == f"{PLACE}:{row.draft_token}",
                                                  Draft.saved_at >= actor.now - drafts.KEPT))
    if draft is not None and draft.account_id != actor.user_id:
        who = db.session.get(User, draft.account_id)
        raise Refused([Problem("", BEGUN.fill(who=who.name if who else ""))])
    return draft


def _inquiry_fields(row: Inquiry) -> dict[str, str]:
    return {"received": row.asked_on.isoformat(), "source": "phone" if row.way == "phone" else "walk_in",
            "name": row.name, "phone": row.phone if row.phone_sealed else "", "claims-0-head": row.topic,
            "headcount": row.people_told or (str(row.people) if row.people > 1 else ""), "narrative": row.question}


def _lead_fields(row: Lead) -> dict[str, str]:
    return {"received": row.found_on.isoformat(), "source": "inspection", "claims-0-head": row.risk,
            "respondents-0-told": row.employer.name if row.employer else row.employer_told,
            "headcount": row.people_told or (str(row.people) if row.people > 1 else ""), "narrative": row.note}


def link_case(model: AnyModel, key: int, case: Case, actor: Actor) -> None:
    """The page that an inquiry or lead led to was registered: both know of each other from now on."""
    row = db.session.get_one(model, key)
    row.case_id = case.id
    if isinstance(row, Lead):
        row.state = "case"
    ids = {"inquiry": None, "lead": None, model.__tablename__: row.id}
    journal.record(actor, journal.HOUSE, "led_to_case", {**ids, "number": case.number})
    note = journal.write_note(actor, case, _told_before(row))
    moves.act(case, "began_as", {**ids, "note": note.hash}, actor)


def _told_before(row: Inquiry | Lead) -> str:
    """What was said before it became a case, kept with the case's own journal."""
    if isinstance(row, Lead):
        said = [words.LEAD_SOURCES[row.source].zh, row.employer.name if row.employer else row.employer_told, row.note]
        return f"{row.found_on.isoformat()} 线索：" + "；".join(part for part in said if part)
    said = [row.question, f"答复：{row.answer}" if row.answer else ""]
    return f"{row.asked_on.isoformat()} {words.INQUIRY_WAYS[row.way].zh}咨询：" + "；".join(part for part in said if part)
