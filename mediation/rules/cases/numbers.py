"""Register numbers as people write them: 2026-0025, urad-middle-2026-0025, ２０２６－００２５, 登记号 2026 - 25, 2026年第25号."""
from __future__ import annotations

import re
from typing import NamedTuple

from mediation.rules.text_cleaning import fold

ORDERED = 9  # digits of the running number where numbers are sorted
DIGITS = 4  # of the running number; more where a union has more cases in a year
_WRITTEN = re.compile(r"(?:登记号|案号|编号)?[:#]?(?:([a-z][a-z0-9-]*)-)?(\d{4})(?:-|年第?)(\d{1,7})号?")
_BETWEEN = re.compile(r"[\s,，、;；]+")
_TAIL = re.compile(r"(?:^|-)(\d{4}-\d+)$")


class Named(NamedTuple):
    """What a written number says: the code of the union ('' where it is left out), and year and running number."""

    union: str
    tail: str


def read(typed: str) -> Named | None:
    """The register number that was written; None where it is another kind of number, or none."""
    found = _WRITTEN.fullmatch("".join(fold(typed).split()))
    return Named(found[1] or "", f"{found[2]}-{int(found[3]):0{DIGITS}d}") if found else None


def read_list(typed: str) -> list[str]:
    """The single numbers of a line or a column, each once, as they were written."""
    return [one for one in dict.fromkeys(_BETWEEN.split(typed.strip())) if one]


def register_order(number: str) -> str:
    """A register number as it sorts as text: the running number filled up, so that 10000 comes behind 9999."""
    head = number.rstrip("0123456789")
    return head + number[len(head):].zfill(ORDERED)[-ORDERED:]


def known_as(number: str) -> str:
    """A register number as it is spoken at the counter: without the code of its union. For what is said within one
    case of another of the same union; a register number alone is shown by ``known_to``."""
    found = _TAIL.search(number)
    return found[1] if found else number


def known_to(number: str, union: str) -> str:
    """A register number as the people of a union (its code) know it: theirs bare, another union's whole, so that what
    a reader sees means one case, and can be typed by him again."""
    return known_as(number) if number == f"{union}-{known_as(number)}" else number
