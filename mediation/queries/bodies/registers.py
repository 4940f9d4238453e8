"""What outside registers want of a case, field by field, and which cases a register still lacks."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Agency, Case, Commission, ExternalNumber, Party, Visit
from mediation.queries.cases import search
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.bodies import registers
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Word
from mediation.rules.law import causes, limitation
from mediation.rules.money.amounts import print_yuan
from mediation.rules.people import identity, kin

PAGE = 50
FILTERS = ("state", "accepted", "station", "handler")  # conditions of the list of cases that this list takes too
MOST_PEOPLE = 60  # written out in a block; a larger group goes there as a list


class Block(NamedTuple):
    """One register's part of a case: its number there ('' while lacking), the lines to copy, what they still lack."""

    register: registers.Register
    number: str
    text: str
    lacks: Sequence[str]
    is_wanted: bool


def blocks(case: Case, sees_phones: bool, actor: Actor) -> list[Block]:
    values = values_of(case, sees_phones, actor)
    known = numbers_of(case)
    bodies = frozenset(c.agency.kind for c in case.commissions)
    wanted = set(registers.wanted(case.channel, case.source, bodies))
    return [Block(row, known.get(key, ""), registers.block(key, values), registers.lacks(key, values), key in wanted)
            for key, row in registers.REGISTERS.items()]


def numbers_of(case: Case) -> dict[str, str]:
    """The case's number in each outside register, by its key; rules/bodies/registers.py says which."""
    return registers.numbers_of(((row.register, row.number) for row in case.external_numbers), case.source,
                                case.source_case_number)


def values_of(case: Case, sees_phones: bool, actor: Actor) -> dict[str, str]:
    """The case in the plain words that registers ask for; telephones only for who may see them, identities masked."""
    people = {side: [p for p in case.parties if p.side == side and p.removed_on is None]
              for side in ("applicant", "respondent")}
    return {**_of_people(people, sees_phones), **_of_matter(case, actor.today), **_of_result(case, actor)}


def _of_people(people: Mapping[str, list[Party]], sees_phones: bool) -> dict[str, str]:
    asked, asking = people["respondent"], [p for p in people["applicant"] if not kin.is_dead(p)]
    return {
        "applicants": "、".join(kin.called(p, p.case.parties) for p in asking), "phones": "、".join(filter(None, (
            _phone(p, sees_phones) for p in asking))), "respondents": "、".join(p.name for p in asked),
        "applicant_details": "；".join(_person(p, sees_phones) for p in asking[:MOST_PEOPLE]) + (
            f"；等{len(asking)}人" if len(asking) > MOST_PEOPLE else ""),
        "respondent_details": "；".join(_person(p, sees_phones) if p.is_person else _unit(p) for p in asked)}


def _person(party: Party, sees_phones: bool) -> str:
    sex = _word(words.SEXES, party.sex)
    identity_number = f"证件{identity.mask_identity(party.identity)}" if party.identity_sealed else ""
    phone = _phone(party, sees_phones)
    return _joined(kin.called(party, party.case.parties), sex,
                   f"{party.born_on.isoformat()}生" if party.born_on else "", identity_number,
                   f"电话{phone}" if phone else "", party.address)


def _unit(party: Party) -> str:
    row = party.employer
    if row is None:
        return _joined(party.name, party.site)
    return _joined(party.name, f"信用代码{row.credit_code}" if row.credit_code else "",
                   f"法定代表人{row.legal_person}" if row.legal_person else "", f"电话{row.phone}" if row.phone else "",
                   row.address)


def _joined(name: str, *parts: str) -> str:
    said = "，".join(part for part in parts if part)
    return f"{name}（{said}）" if said else name


def _phone(party: Party, sees_phones: bool) -> str:
    if not party.phone_sealed:
        return ""
    return party.phone if sees_phones else identity.mask_phone(party.phone)


def _of_matter(case: Case, today: date) -> dict[str, str]:
    cause = causes.CAUSES.get(case.court_cause)
    return {
        "source": _word(words.SOURCES, case.source), "received_on": _day(case.received_on), "place": case.place,
        "head": _word(words.HEADS, case.main_head), "headcount": case.as_told.get("headcount") or str(case.headcount),
        "claimed": ("约" if case.is_claim_about else "") + print_yuan(case.claimed_fen) if case.claimed_fen else "",
        "narrative": case.narrative,
        "grade": _word(words.GRADES, case.grade), "court_cause": cause.zh if cause else case.court_cause,
        "source_number": case.source_number, "source_case_number": case.source_case_number,
        "employment": {False: "在职", True: "已离职", None: ""}[limitation.has_left(
            case.employment, case.employment_ended_on, case.as_told.get("employment_ended_on", ""), today)],
        "contract": _word(words.YES_NO, case.contract) if case.contract else "",
        "flags": "、".join(_word(words.CASE_FLAGS, code) for code in case.flags or ()),
        "evidence": "、".join(_word(words.EVIDENCE, code) for code in case.evidence or ())}


def _of_result(case: Case, actor: Actor) -> dict[str, str]:
    agreement, money = case_money.current_agreement(case), case_money.position(case, actor.today)
    said = db.session.scalar(select(Visit.satisfaction).where(Visit.case_id == case.id).order_by(
        Visit.id.desc()).limit(1))
    return {
        "hearings": str(len(case.hearings)) if case.hearings else "", "station": case.station.name,
        "handler": case.handler.name if case.handler else "", "due": _day(case.next_due_on) if case.is_open else "",
        "state": workflow.STATES[case.state].label.zh, "outcome": _word(words.OUTCOMES, case.outcome),
        "concluded_on": _day(case.concluded_on), "agreement_number": agreement.number if agreement else "",
        "agreement": f"{print_yuan(agreement.total_fen)}，已到账{print_yuan(money.arrived_fen)}" if agreement else "",
        "performance": _word(words.PERFORMANCE, money.state) if agreement else "",
        "satisfaction": _word(words.SATISFACTION, said or "")}


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _word(table: Mapping[str, Word], code: str) -> str:
    return table[code].zh if code in table else ""


# Which cases a register still lacks --------------------------------------------------------------------------------

def belongs(register: str) -> ColumnElement[bool]:
    """Cases that belong into a register, in SQL; the rule is that of rules/registers.wanted."""
    row = registers.REGISTERS[register]
    if row.is_for_all:
        return true()
    body = exists().where(Commission.case_id == Case.id, Commission.agency_id == Agency.id, Agency.kind == register)
    return or_(Case.channel.in_(tuple(row.channels) or ("",)), Case.source.in_(row.sources or ("",)), body)


def is_lacking(register: str) -> ColumnElement[bool]:
    """Accepted cases that belong into a register and have no number there; late entries and duplicates left out."""
    numbered = exists().where(ExternalNumber.case_id == Case.id, ExternalNumber.register == register,
                              ExternalNumber.number != "")
    sent = and_(Case.source.in_(registers.REGISTERS[register].sources or ("",)), Case.source_case_number != "")
    return and_(belongs(register), Case.accepted_on.is_not(None), Case.outcome != "DUPLICATE", ~numbered, ~sent,
                Case.is_late_entry.is_(False))


class Lacking(NamedTuple):
    """The cases that a register lacks, as an address asks for them; how many each register lacks under its filters."""

    rows: list[Case]
    after: int | None
    counts: Mapping[str, int]
    given: Mapping[str, str]
    problems: Sequence[Problem] = ()


def lacking(actor: Actor, register: str, said: Mapping[str, str] | None = None, after: int | None = None) -> Lacking:
    """The oldest first; ``said``: FILTERS by name, with the words of the list of cases."""
    given = {name: value for name in FILTERS if (value := ((said or {}).get(name) or "").strip())}
    problems: Sequence[Problem] = ()
    try:
        wanted = search.read({"state": "any", **given}, "", actor)
    except Refused as refusal:
        wanted, problems = search.Filter({}), refusal.problems
    rows = search.rows_of(wanted, actor)
    sums = [func.coalesce(func.sum(case((is_lacking(key), 1), else_=0)), 0) for key in registers.REGISTERS]
    counts = db.session.execute(select(*sums).select_from(Case).where(rows, Case.accepted_on.is_not(None))).one()
    found = select(Case).where(rows, is_lacking(register)).options(joinedload(Case.handler)).order_by(Case.id)
    if after:
        found = found.where(Case.id > after)
    some = list(db.session.scalars(found.limit(PAGE + 1)))
    return Lacking(some[:PAGE], some[PAGE - 1].id if len(some) > PAGE else None,
                   dict(zip(registers.REGISTERS, map(int, counts), strict=True)), given, problems)
