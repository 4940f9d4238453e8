"""What outside registers want of a case, field by field, and which cases a register still lacks."""
from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Agency, Case, Commission, ExternalNumber
from mediation.queries import door, ledger
from mediation.rules import identity, registers, words, workflow
from mediation.rules.access import Actor
from mediation.rules.money import print_yuan

SHOWN = 100


def blocks(case: Case, sees_phones: bool, actor: Actor) -> list[tuple[registers.Register, str, str, bool]]:
    """By register: its row, the case's number there ('' while lacking), the lines to copy, whether it belongs there."""
    values = values_of(case, sees_phones, actor)
    known = {n.register: n.number for n in case.external_numbers}
    bodies = frozenset(c.agency.kind for c in case.commissions)
    wanted = set(registers.wanted(case.channel, case.source, bodies))
    return [(row, known.get(key, ""), registers.block(key, values), key in wanted)
            for key, row in registers.REGISTERS.items()]


def values_of(case: Case, sees_phones: bool, actor: Actor) -> dict[str, str]:
    """The case in the plain words that registers ask for; telephones only for who may see them."""
    people = {side: [p for p in case.parties if p.side == side and p.removed_on is None]
              for side in ("applicant", "respondent")}
    agreement, money = ledger.current_agreement(case), ledger.position(case, actor.today)
    employer = next((p.employer for p in people["respondent"] if p.employer), None)
    return {
        "source": _word(words.SOURCES, case.source), "received_on": case.received_on.isoformat() if case.received_on
        else "",
        "applicants": "、".join(p.name for p in people["applicant"]), "phones": _phones(people["applicant"],
                                                                                       sees_phones),
        "respondents": "、".join(p.name for p in people["respondent"]),
        "employer_code": (employer.credit_code or "") if employer else "",
        "head": _word(words.HEADS, case.main_head), "headcount": str(case.headcount),
        "claimed": print_yuan(case.claimed_fen) if case.claimed_fen else "", "narrative": case.narrative,
        "court_cause": case.court_cause, "source_number": case.source_number, "hearings": str(len(case.hearings)),
        "station": case.station.name, "handler": case.handler.name if case.handler else "",
        "state": workflow.STATES[case.state].label.zh, "outcome": _word(words.OUTCOMES, case.outcome),
        "agreement": f"{print_yuan(agreement.total_fen)}，已到账{print_yuan(money.arrived_fen)}" if agreement else "",
    }


def _word(table: dict, code: str) -> str:
    return table[code].zh if code in table else ""


def _phones(people: list, sees_phones: bool) -> str:
    return "、".join(p.phone if sees_phones else identity.mask_phone(p.phone) for p in people if p.phone_sealed)


def belongs(register: str) -> ColumnElement[bool]:
    """Cases that belong into a register, in SQL; the rule is that of rules/registers.wanted."""
    row = registers.REGISTERS[register]
    if row.is_for_all:
        return true()
    body = exists().where(Commission.case_id == Case.id, Commission.agency_id == Agency.id, Agency.kind == register)
    return or_(Case.channel.in_(tuple(row.channels) or ("",)), Case.source.in_(row.sources or ("",)), body)


def lacking(actor: Actor, register: str) -> list[Case]:
    """Accepted cases whose number in a register is missing, the oldest first."""
    numbered = exists().where(ExternalNumber.case_id == Case.id, ExternalNumber.register == register,
                              ExternalNumber.number != "")
    return list(db.session.scalars(select(Case).where(
        door.filter_for(actor), belongs(register), Case.accepted_on.is_not(None), Case.outcome != "DUPLICATE",
        and_(~numbered, Case.is_late_entry.is_(False))).options(joinedload(Case.handler)).order_by(
        Case.accepted_on, Case.id).limit(SHOWN)))
