"""What a message to a party says of a case: facts and values, read from the rows (rules/papers/messages.py)."""
from __future__ import annotations

from typing import NamedTuple

from mediation.models import Case, Party
from mediation.papers.sheet import Material, declined_points
from mediation.papers.view import day
from mediation.queries.money import case_money
from mediation.queries.papers import case_papers, served
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Text
from mediation.rules.law.way_words import WayWords
from mediation.rules.money.amounts import print_yuan
from mediation.rules.papers import catalogue, messages
from mediation.rules.people import kin

UNTIL_PAID = ("PERFORMING",)


class Ready(NamedTuple):
    """A text for one person, ready to be pasted, with how many text messages it takes."""

    key: str
    title: Text
    text: str
    parts: int


def people(case: Case) -> list[Party]:
    """Who may be written to: both sides, those who died left out."""
    return [p for p in case.parties if p.removed_on is None and p.side in (messages.WORKER, messages.EMPLOYER)
            and not kin.is_dead(p)]


def for_party(case: Case, party: Party, actor: Actor) -> list[Ready]:
    """Every text that fits this person as things stand."""
    found = case_papers.material(case, actor)
    money = case_money.position(case, actor.today)
    open_papers = [line for line in served.lines(case) if line.party.id == party.id and not line.is_served]
    values = _values(found, party, actor) | _sums(found, party, money)
    values["papers"] = "、".join(catalogue.PAPERS[line.head.kind].title.zh for line in open_papers)
    facts = _facts(case, actor, money) | ({"paper"} if open_papers else set())
    texts = [(row, messages.fill(row, values)) for row in messages.fitting(party.side, frozenset(facts))]
    return [Ready(row.key, row.title, text, messages.sms_parts(text)) for row, text in texts]


def _facts(case: Case, actor: Actor, money: case_money.Position) -> set[str]:
    """Which texts fit: where the case stands, whether a session or money is awaited."""
    line = money.next_instalment if case.state in UNTIL_PAID else None
    is_late = bool(line and line.due_on and line.due_on < actor.today)
    is_begun, is_ended = case.accepted_on is not None, bool(case.outcome) and case.outcome not in words.SUCCESS
    is_declined = case.outcome in catalogue.BEFORE_ACCEPTANCE
    known = {
        "waiting": not is_begun and not case.outcome, "mediating": is_begun and not case.outcome,
        "session": not case.outcome and any(row.next_on and row.next_on >= actor.today for row in case.hearings),
        "agreed": case.state in UNTIL_PAID, "due": line is not None and not is_late, "late": is_late,
        "arrived": case.outcome in words.SUCCESS and money.arrived_fen > 0,
        "ended": is_ended and not is_declined and bool(case.is_open),
        "declined": is_declined and bool(case.is_open),
        "closed": not case.is_open and case.outcome in words.SUCCESS}
    return {name for name, is_so in known.items() if is_so}


def _values(found: Material, party: Party, actor: Actor) -> dict[str, str]:
    """Names, dates and places; '' for what is not known."""
    case, site, door = found.case, found.case.station, found.next_door
    planned = [row for row in case.hearings if row.next_on and row.next_on >= actor.today]
    last = max(planned, key=lambda row: row.seq, default=None)
    return {
        "name": served.name_of(party), "other": case.respondent_title if party.side == messages.WORKER else case.title,
        "number": actor.known(case.number), "case": case.printed_number or f"登记号{actor.known(case.number)}",
        "matter": words.HEADS[case.main_head].zh if case.main_head in words.HEADS else "劳动争议",
        "office": site.short_name, "phone": site.phone, "address": site.address,
        "mediator": case.handler.name if case.handler else "", "decide": day(found.decide_by),
        "period": day(found.period_due), "session": f"{day(last.next_on)}{last.next_time}" if last else "",
        "place": (last.place if last else "") or site.address, "way": f"{WayWords(found.way).told}。",
        "where": declined_points(case, found.way)[0],
        "door": "，".join(filter(None, (door.name, door.address, door.phone and f"电话{door.phone}"))) if door else ""}


def _sums(found: Material, party: Party, money: case_money.Position) -> dict[str, str]:
    """The money of the agreement, in yuan: all of it, this person's, the next instalment, what is still to come."""
    line, deal, is_worker = money.next_instalment, found.agreement, party.side == messages.WORKER
    own = sum(item.amount_fen for item in deal.items if item.party_id == party.id) if deal else 0
    step = next((one for one in deal.instalments if line and one.seq == line.seq), None) if deal else None
    share = sum(part.amount_fen for part in step.shares if part.party_id == party.id) if step else 0
    left = line.amount_fen - line.paid_fen if line else 0
    return {
        "agreed": print_yuan(deal.total_fen) if deal else "", "own": print_yuan(own) if own else "",
        "next": (line.due_told or day(line.due_on)) if line else "",
        "next_sum": print_yuan(share if is_worker else left) if (share if is_worker else left) else "",
        "left": print_yuan(money.outstanding_fen) if money.outstanding_fen > 0 else ""}
