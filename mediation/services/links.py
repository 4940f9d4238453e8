"""Linking the cases of a group to their lead case."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, CaseLink
from mediation.queries import door, links
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import cases

NO_CASE = Text("没有这个登记号", "There is no such number")


def link(case: Case, lead_number: str, note: str, actor: Actor) -> CaseLink:
    """Let a case follow a lead case of the same union; a lead follows nobody, so that a batch has one head."""
    cases.require(case, "case.work", actor)
    lead = door.find_case(actor, lead_number.strip())
    found = []
    if lead is None or lead.union_id != case.union_id or lead.id == case.id:
        found.append(Problem("lead", NO_CASE))
    elif links.find_link(lead) is not None:
        found.append(Problem("lead", Text("它自己归入了别的案件，请填示范案", "It follows another case; give the lead case")))
    if links.find_link(case) is not None:
        found.append(Problem("lead", Text("已归入示范案，先取消", "It follows a lead case already; undo that first")))
    if db.session.scalar(select(CaseLink.id).where(CaseLink.lead_id == case.id).limit(1)):
        found.append(Problem("lead", Text("它下面已有归入的案件", "Other cases follow this one")))
    if found:
        raise Refused(found)
    row = CaseLink(case_id=case.id, lead_id=lead.id, note=note, linked_on=actor.today)
    db.session.add(row)
    db.session.flush()
    cases.act(case, "case_linked", {"lead": lead.number, "reason": note}, actor)
    return row


def unlink(case: Case, reason: str, actor: Actor) -> None:
    """The case stands by itself again."""
    cases.require(case, "case.work", actor)
    row = links.find_link(case)
    if row is None:
        raise Refused([Problem("", Text("没有归入示范案", "It follows no lead case"))])
    lead = db.session.get(Case, row.lead_id)
    db.session.delete(row)
    cases.act(case, "case_unlinked", {"lead": lead.number, "reason": reason}, actor)
