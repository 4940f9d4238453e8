"""What happens before and beside the demonstration's cases: inquiries, visits, leads, supervision letters, a batch."""
from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from mediation.cli.demo import county
from mediation.cli.demo.plays import actor
from mediation.extensions import db
from mediation.models import Agency, Case, Employer, Inquiry, Lead, Letter
from mediation.services import records
from mediation.services.bodies import coordination
from mediation.services.cases import drafts, links, origins
from mediation.services.prevention import before_cases, supervision_letters


def play(today: date) -> None:
    """Each on its own day; what became a case is linked as the press at the counter does it."""
    for row in county.INQUIRIES:
        _inquire(today, *row)
    for days, kind, key, title, bodies, people, leaflets in county.ACTIVITIES:
        on = today - timedelta(days=days)
        records.record("activity", {
            "kind": kind, "title": title, "bodies": bodies, "people": people, "leaflets": leaflets, "done_on": on,
            "employer_id": _employer(key).id if key else None}, actor("mediator", on))
    for row in county.LEADS:
        _lead(today, *row)
    for key, chain in county.CHAINS:
        before = None
        for letter in chain:
            before = _send(today, key, before, *letter)
    for follower, lead, username, helper, note in county.BATCH:  # the right to work on both comes from helping
        coordination.add_member(_case(lead), actor(helper, today).user_id, actor(username, today))
        links.link(_case(follower), _case(lead).number, note, actor(helper, today))


def _inquire(today: date, days: int, way: str, topic: str, people: int, name: str, question: str, answer: str,
             following: str, whose: str) -> None:
    on = today - timedelta(days=days)
    row = records.record("inquiry", {
        "way": way, "topic": topic, "people": people, "name": name, "question": question, "answer": answer,
        "next_step": following, "asked_on": on}, actor("mediator", on))
    if whose:
        _became(row, whose, today)


def _lead(today: date, days: int, key: str, told: str, source: str, risk: str, people: int, note: str, settled: str,
          whose: str) -> None:
    on = today - timedelta(days=days)
    row = records.record("lead", {
        "employer_id": _employer(key).id if key else None, "employer_told": told, "source": source, "risk": risk,
        "people": people, "note": note, "found_on": on}, actor("mediator", on))
    if settled:
        before_cases.resolve_lead(row, settled, actor("mediator", on + timedelta(days=5)))
    if whose:
        _became(row, whose, today)


def _became(row: Inquiry | Lead, whose: str, today: date) -> None:
    clerk = actor("mediator", today)
    draft = before_cases.draft_of(row, clerk)
    origins.link_case(row.draft_token, _case(whose), clerk)
    drafts.drop(clerk, draft.place)


def _send(today: date, key: str, before: Letter | None, days: int, kind: str, facts: str, demand: str, basis: str,
          found: tuple[int, bool, str] | None) -> Letter:
    on, employer = today - timedelta(days=days), _employer(key)
    is_signed = kind != "reminder"
    body = db.session.scalars(select(Agency).where(Agency.union_id == employer.union_id, Agency.code == "hr")).one()
    row = supervision_letters.send(employer, {
        "kind": kind, "facts": facts, "demand": demand, "basis": basis, "sent_on": on,
        "supervisors": county.INVESTIGATORS if is_signed else "", "signer": county.ISSUER if is_signed else "",
        "agency_id": body.id if kind == "recommendation" else None}, actor("supervisor", on), before)
    if found:
        later, is_rectified, told = found
        supervision_letters.review(row, is_rectified, told, actor("supervisor", today - timedelta(days=later)))
    return row


def _employer(key: str) -> Employer:
    name = next(row[1] for row in county.EMPLOYERS if row[0] == key)
    return db.session.scalars(select(Employer).where(Employer.name == name)).one()


def _case(whose: str) -> Case:
    return db.session.scalars(select(Case).where(Case.title.startswith(whose), Case.is_demo.is_(True)).order_by(
        Case.id.desc()).limit(1)).one()
