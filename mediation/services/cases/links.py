"""Linking the cases of a group to their lead case."""
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, CaseLink
from mediation.queries import door
from mediation.queries.cases import links, named
from mediation.rules.access import Actor
from mediation.rules.cases.numbers import read_list
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import moves

NO_CASE = Text("没有这个登记号", "There is no such number")
NOT_YOURS = Text("示范案{number}不由您办；请它的承办人来归入，或先请您协办",
                 "The lead case {number} is not in your hands; its mediator may link it, or asks you to help first")
LINE = Text("{number}：{text}", "{number}: {text}")
MOST = 100
# What a case takes over with its lead's classification, where it says nothing itself; the main head follows its claims.
CAUSES = {"court_cause": ("court_cause", "cause_version"), "hr_reason": ("hr_reason", "hr_others", "hr_version")}


def link(case: Case, lead_number: str, note: str, actor: Actor) -> CaseLink:
    """Let a case follow a lead case of the same union, with the right to work on both; a lead follows nobody, so that a
    batch has one head. One at a time or many at once, every link is made and checked here.
    """
    moves.require(case, "case.work", actor)
    lead = named.find(actor, lead_number)
    found = []
    if lead is None or lead.union_id != case.union_id or lead.id == case.id:
        found.append(Problem("lead", NO_CASE))
    elif not door.may(actor, "case.work", lead):
        found.append(Problem("lead", NOT_YOURS.fill(number=actor.known(lead.number))))
    elif links.find_link(lead) is not None:
        found.append(Problem("lead", Text("它自己归入了别的案件，请填示范案", "It follows another case; give the lead case")))
    if links.find_link(case) is not None:
        found.append(Problem("lead", Text("已归入示范案，先取消", "It follows a lead case already; undo that first")))
    if db.session.scalar(select(CaseLink.id).where(CaseLink.lead_id == case.id).limit(1)):
        found.append(Problem("lead", Text("它下面已有归入的案件", "Other cases follow this one")))
    if found:
        raise Refused(found)
    assert lead is not None  # refused above
    row = CaseLink(case_id=case.id, lead_id=lead.id, note=note, linked_on=actor.today)
    db.session.add(row)
    db.session.flush()
    moves.act(case, "case_linked", {"lead": lead.number, "reason": note}, actor)
    return row


def link_many(lead: Case, typed: str, ticked: Iterable[str], note: str, takes_class: bool, actor: Actor) -> list[Case]:
    """Let cases follow ``lead``, all or none: by typed numbers and ticked ones, with the rights on both sides.

    Each number that cannot follow is named with its ground under ``numbers``.
    """
    numbers = list(dict.fromkeys([*read_list(typed), *ticked]))
    if not numbers:
        raise Refused([Problem("numbers", Text("请写登记号，或勾选案件", "Write numbers or tick cases"))])
    if len(numbers) > MOST:
        raise Refused([Problem("numbers", Text("一次最多{n}件", "At most {n} cases at once").fill(n=MOST))])
    part = db.session.begin_nested()
    done, found = [], []
    for number in numbers:
        try:
            done.append(_follow(lead, number, note, takes_class, actor))
        except (Refused, moves.Forbidden) as error:
            found += [Problem("numbers", LINE.fill(number=actor.known(number), text=text)) for text in _said(error)]
    if found:
        part.rollback()
        raise Refused(found)
    part.commit()
    return done


def _follow(lead: Case, number: str, note: str, takes_class: bool, actor: Actor) -> Case:
    case = named.find(actor, number)
    if case is None or case.union_id != lead.union_id:
        raise Refused([Problem("", NO_CASE)])
    if case.id == lead.id:
        raise Refused([Problem("", Text("就是本案", "It is this case"))])
    link(case, lead.number, note, actor)
    if takes_class:
        take_class(case, lead, actor)
    return case


def _said(error: Refused | moves.Forbidden) -> list[Text]:
    if isinstance(error, Refused):
        return [problem.text for problem in error.problems]
    return [Text("您不能改这件案子，请它的承办人来归入", "You may not change this case; its mediator may link it")]


def take_class(case: Case, lead: Case, actor: Actor) -> None:
    """Classify a case as its lead where it is not classified yet; what it says itself stays."""
    taken = [name for name in CAUSES if getattr(lead, name) and not getattr(case, name)]
    columns = [column for name in taken for column in CAUSES[name]]
    if case.relation == "unclear" and lead.relation != "unclear":
        columns += ["relation", "is_civil"]
        taken.append("relation")
    if not taken:
        return
    for column in columns:
        setattr(case, column, getattr(lead, column))
    moves.act(case, "classified_alike", {"lead": lead.number, "taken": taken}, actor)


def unlink(case: Case, reason: str, actor: Actor) -> None:
    """The case stands by itself again."""
    moves.require(case, "case.work", actor)
    row = links.find_link(case)
    if row is None:
        raise Refused([Problem("", Text("没有归入示范案", "It follows no lead case"))])
    lead = db.session.get_one(Case, row.lead_id)
    db.session.delete(row)
    moves.act(case, "case_unlinked", {"lead": lead.number, "reason": reason}, actor)
