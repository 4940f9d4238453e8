"""Rows that belong together: several of one case folded into one, the same case twice, and the totals to compare.

A public register gives a row to each violation; a case has one. Sums of one currency are added, sums of two never.
"""
from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mediation.rules.imports import codes
from mediation.rules.imports.cells import Fact, day_style
from mediation.rules.imports.fields import FIELDS, SUMS
from mediation.rules.imports.mapping import LIKE_A_NUMBER, Mapping
from mediation.rules.imports.rows import RowReading, Trouble
from mediation.rules.language import Text
from mediation.rules.money.amounts import print_yuan
from mediation.rules.reading import ABOUT, APPROX, EXACT, YUAN
from mediation.rules.text_cleaning import fold as folded

DIFFERS = Text("第{row}行的{field}写的是“{said}”，与第{first}行“{other}”不同；按第{first}行记",
               "Row {row} has another {field} (“{said}”) than row {first} (“{other}”), which is taken")
TWO_CURRENCIES = Text("第{row}行是另一种货币（{said}，这件是{other}），不能相加",
                      "Row {row} is in another currency ({said}, this case in {other}); they are not added")
MIXED_DAYS = Text("“{field}”一列的日期有{count}种写法：{styles}。请看读得对不对；不对的改成一种写法再传",
                  "The days of “{field}” are written in {count} ways: {styles}. Are they read right? If not, write "
                  "them in one way and bring the file again")
_NOT_COMPARED = frozenset({"line_number", "headcount", "currency"})
_OPEN_CASES = 20_000  # cases kept open while their further rows may still come


def key_of(reading: RowReading, mapping: Mapping) -> str:
    """By what rows are one case; '' where they are not folded or nothing stands there."""
    fact = reading.facts.get(mapping.fold) if mapping.fold else None
    return folded(fact.words) if fact is not None else ""


def merge(first: RowReading, other: RowReading) -> RowReading:
    """Two rows of one case as one: sums of one currency added, matters collected, the first day of several kept."""
    facts, troubles = dict(first.facts), [*first.troubles, *other.troubles]
    for key, fact in other.facts.items():
        before = facts.get(key)
        if before is None or (before.value is None and not before.words):
            facts[key] = fact
            continue
        found, text = _merged(key, before, fact, first.number, other.number)
        facts[key] = found
        if text is not None:
            troubles.append(Trouble(-1, key, text, text.en.startswith("Row") and key in SUMS))
    kept = {**other.kept, **first.kept}
    for heading, words in other.kept.items():
        if words != kept[heading] and words not in kept[heading].split("；"):
            kept[heading] = f"{kept[heading]}；{words}"
    return replace(first, facts=facts, troubles=tuple(dict.fromkeys(troubles)), kept=kept,
                   rows=(*first.rows, *other.rows))


def _merged(key: str, before: Fact, fact: Fact, first: int, row: int) -> tuple[Fact, Text | None]:
    if key in SUMS:
        return _added(before, fact, row)
    if key in codes.SEVERAL and isinstance(before.value, tuple) and isinstance(fact.value, tuple):
        values = tuple(dict.fromkeys((*before.value, *fact.value)))
        words = before.words if fact.words in before.words else f"{before.words}、{fact.words}"
        return before._replace(value=values, words=words), None
    if fact.value is None or fact.value == before.value or key in _NOT_COMPARED:
        return (_more_people(before, fact) if key == "headcount" else before), None
    if FIELDS[key].kind == "text":
        value = f"{before.value}；{fact.value}"
        return before._replace(value=value, words=value, text=Text(value, value)), None
    said = DIFFERS.fill(row=row, first=first, field=FIELDS[key].label, said=fact.words[:40], other=before.words[:40])
    return before, said


def _added(before: Fact, fact: Fact, row: int) -> tuple[Fact, Text | None]:
    """Two sums of one case; of another currency the row is held back."""
    if fact.value is None or not isinstance(fact.value, int):
        return before, None
    if before.value is None or not isinstance(before.value, int):
        return fact, None
    if before.currency != fact.currency and fact.value and before.value:
        return before, TWO_CURRENCIES.fill(row=row, said=fact.currency or "？", other=before.currency or "？")
    fen = before.value + fact.value
    precision = EXACT if before.precision == fact.precision == EXACT else APPROX
    return before._replace(value=fen, precision=precision, words=f"{before.words}+{fact.words}",
                   text=YUAN.fill(yuan=print_yuan(fen))), None


def _more_people(before: Fact, fact: Fact) -> Fact:
    """The rows of one case name the same people: the largest number counts."""
    counts = [value if isinstance(value, int) else 0 for value in (before.value, fact.value)]
    return fact if counts[1] > counts[0] else before


def fold(readings: Iterable[RowReading], mapping: Mapping) -> Iterator[RowReading]:
    """The rows with those of one case in one, in the order of their first rows.

    Rows of a case may stand apart; what is held is bounded, so that a case whose rows lie 20,000 cases apart is two.
    """
    if not mapping.fold:
        yield from readings
        return
    waiting: dict[str, RowReading] = {}
    for number, reading in enumerate(readings):
        key = key_of(reading, mapping) if reading.is_case else ""
        key = key or f"\n{number}"
        waiting[key] = merge(waiting[key], reading) if key in waiting else reading
        if len(waiting) > _OPEN_CASES:
            yield waiting.pop(next(iter(waiting)))
    yield from waiting.values()


# The same twice ---------------------------------------------------------------------------------------------------

def twin_key(reading: RowReading) -> str:
    """The same for two rows that say the same case; '' where too little is known to tell."""
    facts = reading.facts
    number = facts.get("number")
    if number is not None and LIKE_A_NUMBER.fullmatch(folded(number.words)):
        return _digest(["number", folded(number.words), _part(facts.get("line_number"))])
    who = [_part(facts.get(key)) for key in ("applicant", "respondent")]
    what = [_part(facts.get(key)) for key in ("received_on", "accepted_on", "claimed_fen", "narrative")]
    return _digest([*who, *what]) if any(who) and sum(map(bool, what)) > 1 else ""


def _part(fact: Fact | None) -> str:
    if fact is None:
        return ""
    return str(fact.value) if fact.value is not None and fact.precision != ABOUT else folded(fact.words)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def twins(readings: Iterable[RowReading]) -> dict[int, int]:
    """The rows that say the same case as one before them: number of the row -> number of the first."""
    seen: dict[str, int] = {}
    found = {}
    for reading in readings:
        key = twin_key(reading) if reading.is_case else ""
        if key:
            first = seen.setdefault(key, reading.number)
            if first != reading.number:
                found[reading.number] = first
    return found


# Totals -----------------------------------------------------------------------------------------------------------

@dataclass
class Totals:
    """What a file adds up to: rows by kind, cases, people, sums in fen by field and currency, how many cases do not
    know a sum, and the ways in which days are written by field."""

    rows: dict[str, int] = field(default_factory=Counter)
    cases: int = 0
    people: int = 0
    sums: dict[tuple[str, str], int] = field(default_factory=Counter)
    unknown: dict[str, int] = field(default_factory=Counter)
    styles: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def remarks(self) -> list[Text]:
        """Columns whose days are written in more than one way."""
        return [MIXED_DAYS.fill(field=FIELDS[key].label, count=len(styles), styles=Text(
            "、".join(f"{style}（{count}）" for style, count in styles.most_common()),
            ", ".join(f"{style} ({count})" for style, count in styles.most_common())))
            for key, styles in self.styles.items() if len(styles) > 1]


def totals(readings: Iterable[RowReading]) -> Totals:
    """Add up a file. A case that does not say how many people it has is one person's."""
    found = Totals()
    for reading in readings:
        count(found, reading)
    return found


def count(found: Totals, reading: RowReading) -> None:
    """Add one row to the totals."""
    found.rows[reading.kind] = found.rows.get(reading.kind, 0) + len(reading.rows)
    if not reading.is_case:
        return
    found.cases += 1
    people = reading.facts.get("headcount")
    found.people += people.value if people is not None and isinstance(people.value, int) else 1
    for key, fact in reading.facts.items():
        if key in SUMS:
            if isinstance(fact.value, int):
                place = (key, fact.currency)
                found.sums[place] = found.sums.get(place, 0) + fact.value
            else:
                found.unknown[key] = found.unknown.get(key, 0) + 1
        elif FIELDS[key].kind == "day" and (style := day_style(fact.words)):
            found.styles.setdefault(key, Counter())[style] += 1


def together(parts: Iterable[Totals]) -> Totals:
    """The totals of several parts of a file."""
    found = Totals()
    for part in parts:
        found.cases += part.cases
        found.people += part.people
        both: tuple[tuple[Any, Any], ...] = (
            (found.rows, part.rows), (found.sums, part.sums), (found.unknown, part.unknown))
        for mine, theirs in both:
            for key, n in theirs.items():
                mine[key] = mine.get(key, 0) + n
        for key, styles in part.styles.items():
            found.styles.setdefault(key, Counter()).update(styles)
    return found


def kept(found: Totals) -> dict[str, object]:
    """Totals as they are kept of a part of a file, until a row of it is corrected."""
    return {"rows": found.rows, "cases": found.cases, "people": found.people, "unknown": found.unknown,
            "sums": [[*place, fen] for place, fen in found.sums.items()], "styles": found.styles}


def again(told: Any) -> Totals:
    """The totals that ``kept`` made this of."""
    return Totals(Counter(told["rows"]), told["cases"], told["people"],
                  Counter({(key, currency): fen for key, currency, fen in told["sums"]}), Counter(told["unknown"]),
                  {key: Counter(styles) for key, styles in told["styles"].items()})


def as_json(found: Totals) -> dict[str, object]:
    """Totals as commands print them: sums in fen by field, then by currency ('' where none is named)."""
    sums: dict[str, dict[str, int]] = {}
    for (key, currency), fen in found.sums.items():
        sums.setdefault(key, {})[currency] = fen
    return {"rows": dict(found.rows), "cases": found.cases, "people": found.people, "sums": sums,
            "unknown": dict(found.unknown), "remarks": [text.zh for text in found.remarks],
            "remarks_en": [text.en for text in found.remarks]}
