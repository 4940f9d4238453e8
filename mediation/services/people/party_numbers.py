"""The numbers of a party's row: telephone, identity and account, read by the rules and kept sealed."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mediation import vault
from mediation.models import Party
from mediation.rules.language import Problem, Refused
from mediation.rules.people import identity as numbers
from mediation.rules.text_cleaning import Unreadable


def set_numbers(party: Party, typed: dict[str, str], today: date) -> None:
    """Put telephone, identity and account on a row as the rules read them; empty texts change nothing.

    Raises Refused with every number that cannot be read. A telephone is found by its number without the extension,
    old identity numbers of 15 places as their 18 places.
    """
    problems = [*number_problems(typed, today)]
    if problems:
        raise Refused(problems)
    if typed.get("phone"):
        set_phone(party, numbers.check_phone(typed["phone"]))
    if typed.get("phone_note"):
        party.phone_note = typed["phone_note"]
    if typed.get("identity"):
        set_identity(party, numbers.check_identity(typed.get("id_type") or "resident", typed["identity"], today))
    if typed.get("account"):
        party.account = numbers.check_card(typed["account"]).number


def set_phone(party: Party, found: numbers.Phone) -> None:
    party.phone = found.whole
    party.phone_index, party.phone_tail = vault.current().blind(found.digits, "phone"), found.digits[-4:]


def set_identity(party: Party, found: numbers.Identity) -> None:
    party.id_type, party.identity = found.kind, found.number
    party.identity_index, party.identity_note = vault.current().blind(found.whole, "identity"), ""
    if found.born_on:
        party.sex, party.born_on = found.sex, found.born_on


def number_problems(typed: dict[str, str], today: date) -> list[Problem]:
    """What cannot be read among phone, identity and account, beside its field."""
    checks: dict[str, Callable[[str], object]] = {
        "phone": numbers.check_phone, "account": numbers.check_card,
        "identity": lambda text: numbers.check_identity(typed.get("id_type") or "resident", text, today)}
    found = []
    for field, check in checks.items():
        try:
            if typed.get(field):
                check(typed[field])
        except Unreadable as fault:
            found.append(Problem(field, fault.text))
    return found
