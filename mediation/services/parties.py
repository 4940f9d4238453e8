"""Parties of a case: who asks, who is asked, who speaks for whom; the rows, the titles kept from them, the acts."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mediation import vault
from mediation.extensions import db
from mediation.models import Case, Claim, Party
from mediation.rules import identity as numbers
from mediation.rules import scope
from mediation.rules.language import Problem, Refused
from mediation.rules.letters import Unreadable

# Applicants who stand for themselves; next of kin and agents act for somebody (words.APPLICANT_PARTS).
WORKER_PARTS = frozenset({"worker", "representative"})
TITLE_LENGTH = 100


# The rows -------------------------------------------------------------------------------------------------------

def put_party(case: Case, side: str, part: str, name: str, *, phone: str = "", phone_note: str = "",
              id_type: str = "", identity: str = "", account: str = "", today: date | None = None,
              **columns: object) -> Party:
    """Add a party's row, numbers checked and normalised, sex and date of birth taken from the identity number.

    ``today`` bounds dates of birth (else the day of the case's rules); ``columns`` are further columns of Party.
    Raises Refused with the problems of phone, identity and account. Writes no event: callers do, with ``retitle``.
    """
    party = make_party(case, side, part, name, columns)
    set_numbers(party, {"phone": phone, "phone_note": phone_note, "id_type": id_type, "identity": identity,
                        "account": account}, today or case.rules_on)
    db.session.flush()
    return party


def make_party(case: Case, side: str, part: str, name: str, columns: dict[str, object]) -> Party:
    """A party's row in the session, not yet flushed, without numbers."""
    with db.session.no_autoflush:
        party = Party(side=side, part=part, name=name, **columns)
        db.session.add(party)
        party.case = case
    return party


def put_claim(case: Case, party: Party, head: str, amount_fen: int | None = None, precision: str = "exact",
              as_told: str = "", from_told: str = "", to_told: str = "") -> Claim:
    """Add what one worker asks under one head; a sum that is not known is None and its precision 'unknown'."""
    with db.session.no_autoflush:
        claim = Claim(head=head, amount_fen=amount_fen, precision="unknown" if amount_fen is None else precision,
                      as_told=as_told, from_told=from_told, to_told=to_told)
        db.session.add(claim)
        claim.case, claim.party = case, party
    db.session.flush()
    return claim


def set_numbers(party: Party, typed: dict[str, str], today: date) -> None:
    """Put telephone, identity and account on a row as the rules read them; empty texts change nothing.

    Raises Refused with every number that cannot be read. An extension (转801) goes into the telephone's note, so
    that number and tail stay comparable; old identity numbers of 15 places are found as their 18 places.
    """
    problems = [*number_problems(typed, today)]
    if problems:
        raise Refused(problems)
    if typed.get("phone"):
        found = numbers.check_phone(typed["phone"])
        party.phone = found.digits
        extension = f"分机{found.extension}" if found.extension else ""
        typed = {**typed, "phone_note": " ".join(filter(None, (extension, typed.get("phone_note", ""))))}
    if typed.get("phone_note"):
        party.phone_note = typed["phone_note"]
    if typed.get("identity"):
        set_identity(party, numbers.check_identity(typed.get("id_type") or "resident", typed["identity"], today))
    if typed.get("account"):
        party.account = numbers.check_card(typed["account"]).number


def set_identity(party: Party, found: numbers.Identity) -> None:
    party.id_type, party.identity = found.kind, found.number
    party.identity_index = vault.current().blind(found.whole, "identity")
    if found.born_on:
        party.sex, party.born_on = found.sex, found.born_on


def number_problems(typed: dict[str, str], today: date) -> list[Problem]:
    """What cannot be read among phone, identity and account, beside its field."""
    checks = {"phone": numbers.check_phone, "account": numbers.check_card,
              "identity": lambda text: numbers.check_identity(typed.get("id_type") or "resident", text, today)}
    found = []
    for field, check in checks.items():
        try:
            if typed.get(field):
                check(typed[field])
        except Unreadable as fault:
            found.append(Problem(field, fault.text))
    return found


# What the case says of its parties ------------------------------------------------------------------------------

def active(case: Case, side: str = "") -> list[Party]:
    """The parties not struck out, in order; of one side when it is named."""
    return [p for p in case.parties if p.removed_on is None and side in ("", p.side)]


def workers(case: Case) -> list[Party]:
    """The workers of a case; where only next of kin or others ask, these."""
    applicants = active(case, "applicant")
    return [p for p in applicants if p.part in WORKER_PARTS] or [p for p in applicants if p.part != "agent"] or applicants


def retitle(case: Case) -> None:
    """Keep what the case says of its parties and claims: titles, headcount, group flag (TJF 7), main head."""
    people, others = workers(case), active(case, "respondent")
    case.headcount = sum(p.headcount for p in people) or 1
    case.title = _short(people[0].name if people else "", f"等{case.headcount}人" if case.headcount > 1 else "")
    case.respondent_title = _short(called(others[0]) if others else "", f"等{len(others)}家" if len(others) > 1 else "")
    case.is_group = scope.is_group(case.headcount, case.is_same_claim)
    case.main_head = main_head(c for c in case.claims if c.dropped_on is None)
    db.session.flush()


def _short(name: str, rest: str) -> str:
    return (name if len(name) <= TITLE_LENGTH else name[:TITLE_LENGTH - 1] + "…") + rest


def called(party: Party) -> str:
    """How a party is called in a line: the register's short name, else its own name, else the told words."""
    employer = party.employer
    return (employer.short_name or employer.name if employer else "") or party.name or party.as_told


def main_head(claims: Iterable[Claim]) -> str:
    """The head with the largest sum; the first one where no sum is known; '' without claims."""
    sums: dict[str, int] = {}
    for claim in claims:
        sums[claim.head] = sums.get(claim.head, 0) + (claim.amount_fen or 0)
    return max(sums, key=lambda head: sums[head], default="")
