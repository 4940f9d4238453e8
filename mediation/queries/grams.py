"""How words become tokens of the search index, the same for writing and for asking.

Two-character grams of the folded text; dots in names are skipped; telephone tails are keyed hashes with a '#' before,
which no gram can begin with.
"""
from __future__ import annotations

import re

from mediation import vault
from mediation.rules import letters

TAIL_LENGTHS = range(4, 13)
LONGEST_WORD = 60
PHONE = re.compile(r"\+?[0-9][0-9 -]{2,}")


def plain(text: str) -> str:
    """Folded text as the index keeps it: without the dots of names."""
    return letters.fold(text).replace("·", "")


def pairs(text: str) -> set[str]:
    return set(letters.bigrams(text))


def ends(text: str) -> set[str]:
    """The last character of a name, so that it is found alone; the others begin a pair."""
    found = plain(text)
    return {found[-1]} if found and letters.bigrams(found[-1]) else set()


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", letters.narrow(text))


def tail(digits: str) -> str:
    """The token under which a telephone's last digits are kept: a keyed hash, so the table tells no number."""
    return "#" + vault.current().blind(digits, "phone_tail")


def tails(phone: str) -> set[str]:
    digits = digits_of(phone)
    return {tail(digits[-n:]) for n in TAIL_LENGTHS if n <= len(digits)}
