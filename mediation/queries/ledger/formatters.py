"""What is made of the columns that an export asks of the database, a batch at a time and column by column.

Days and instants come as text, codes and truths as they are stored; names of stations, people and bodies are looked
up once for a whole export. Numbers stay masked unless the desk holds the keys.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from mediation.extensions import Expression
from mediation.rules.access import WITHHELD
from mediation.rules.bodies import registers
from mediation.rules.law import channels, clocks, reckoning
from mediation.rules.law.workdays import Calendar
from mediation.vault import Vault

Cells = Sequence[Any]  # a column of values as the database gives them
BEIJING = timedelta(hours=8)  # no summer time since 1991
MOST_REMEMBERED = 20_000
STATION_OF_PERIOD = 4  # which of the columns that a period follows from is the station
# Telephone, identity and account numbers inside what people typed; dates and case numbers are shorter.
LONG_NUMBER = re.compile(r"\d(?:[ \-]?\d){9,}[Xx]?")


@dataclass
class Desk:
    """What the cells of one export look things up in; ``connection`` sees the moment that is exported."""

    connection: Connection
    on: date
    stations: Mapping[int, str]
    counties: Mapping[int, str]
    accounts: Mapping[int, str]
    agencies: Mapping[int, str]
    calendars: Mapping[str, Calendar]
    vault: Vault | None = None  # given: numbers are opened
    withheld: frozenset[int] = frozenset()  # cases of which no word is told
    rows: int = 0
    periods: dict[tuple[Any, ...], str | None] = field(default_factory=dict)


Formatter = Callable[..., Cells]


class Cell(NamedTuple):
    """``asks``: the expressions of the SELECT; ``formatter``: their columns to the column of the file, None for as is;
    ``joins``: the optional tables they need."""

    asks: tuple[Expression, ...]
    formatter: Formatter | None = None
    joins: tuple[str, ...] = ()
    total: Expression | None = None  # what is summed up, where it is not the first asked
    open_asks: tuple[Expression, ...] = ()  # of a masked number: what to ask when it may be opened
    open_formatter: Formatter | None = None


def numbered(desk: Desk, size: int) -> Cells:
    first = desk.rows + 1
    return range(first, first + size)


def looked_up(table: str) -> Formatter:
    def formatter(desk: Desk, _size: int, ids: Cells) -> Cells:
        names = getattr(desk, table)
        return [names.get(key, "") for key in ids]
    return formatter


def all_names(desk: Desk, _size: int, lists: Cells) -> Cells:
    """Names of the bodies whose ids stand in a list with commas."""
    names = desk.agencies
    return ["、".join(names.get(int(key), "") for key in _once(ids)) if ids else "" for ids in lists]


def _once(joined: str) -> list[str]:
    return list(dict.fromkeys(joined.split(","))) if "," in joined else [joined]


def several(_desk: Desk, _size: int, lists: Cells) -> Cells:
    return [",".join(_once(codes)) if codes else "" for codes in lists]


def others(_desk: Desk, _size: int, lists: Cells, mains: Cells) -> Cells:
    return [",".join(code for code in _once(codes) if code != main) if codes else ""
            for codes, main in zip(lists, mains, strict=True)]


def beijing(_desk: Desk, _size: int, instants: Cells) -> Cells:
    return [f"{datetime.fromisoformat(at) + BEIJING:%Y-%m-%d %H:%M:%S}+08:00" if at else None for at in instants]


def outside_numbers(_desk: Desk, _size: int, recorded: Cells, sources: Cells, case_numbers: Cells) -> Cells:
    """The numbers in outside registers, of lines 'register|number', the source and the sender's number."""
    def pair(line: str) -> tuple[str, str]:
        register, _bar, number = line.partition("|")
        return register, number
    return ["、".join(registers.numbers_of(map(pair, (known or "").splitlines()), source, number or "").values())
            if known or number else ""
            for known, source, number in zip(recorded, sources, case_numbers, strict=True)]


def either(_desk: Desk, _size: int, first: Cells, second: Cells) -> Cells:
    return [a or b for a, b in zip(first, second, strict=True)]


def less(_desk: Desk, _size: int, promised: Cells, came: Cells) -> Cells:
    """What is still owed, never below zero."""
    return [max(agreed - arrived, 0) for agreed, arrived in zip(promised, came, strict=True)]


def packed(place: int, empty: object, turn: Callable[[str], object]) -> Formatter:
    """One of two values that the database gives as 'first|second'."""
    def formatter(_desk: Desk, _size: int, pairs: Cells) -> Cells:
        return [turn(pair.split("|")[place]) if pair else empty for pair in pairs]
    return formatter


def mask_tail(length: int, shown: int = 2) -> Formatter:
    """Stars and the last two places, as on the screen; only the tail is ever read."""
    def formatter(_desk: Desk, _size: int, tails: Cells) -> Cells:
        return ["*" * (length - shown) + tail[-shown:] if tail else "" for tail in tails]
    return formatter


def opened(name: str) -> Formatter:
    def formatter(desk: Desk, _size: int, sealed: Cells, uids: Cells) -> Cells:
        assert desk.vault is not None
        return [desk.vault.decrypt(value, f"party.{name}.{uid}") if value else ""
                for value, uid in zip(sealed, uids, strict=True)]
    return formatter


def scrub(texts: Cells) -> Cells:
    """Long numbers inside what people typed, down to their last two places."""
    return [LONG_NUMBER.sub(_stars, text) if text else text for text in texts]


def withhold(texts: Cells, places: Sequence[int]) -> Cells:
    """One word in place of what would say who a sealed case is about; what is empty stays empty."""
    if not places:
        return texts
    found = list(texts)
    for place in places:
        found[place] = WITHHELD.zh if found[place] else found[place]
    return found


def _stars(found: re.Match[str]) -> str:
    return "*" * (len(found.group()) - 2) + found.group()[-2:]


def period_ends(desk: Desk, _size: int, *columns: Cells) -> Cells:
    """Remembered by what they follow from: many cases share it, as few counties have days of their own."""
    remembered, counties = desk.periods, [desk.counties.get(station, "") for station in columns[STATION_OF_PERIOD]]
    found = []
    for key in zip(*columns[:STATION_OF_PERIOD], counties, *columns[STATION_OF_PERIOD + 1:], strict=True):
        if key not in remembered:
            if len(remembered) > MOST_REMEMBERED:
                remembered.clear()
            remembered[key] = _period_end(desk, *key)
        found.append(remembered[key])
    return found


def _period_end(desk: Desk, channel: str, procedure: str, is_late: int, rules_on: str, county: str, days: str,
                changes: str | None, told: str | None) -> str | None:
    """The end of the mediation period of the case's channel; the same reckoning as on the case page."""
    row = channels.CHANNELS.get(channel)
    if is_late or row is None or not row.period:
        return None
    received, accepted, consented = (date.fromisoformat(day) if day else None for day in days.split("|"))
    facts = _facts(channel, received, accepted, consented, told or "")
    due = clocks.due_of(row.period, channel, facts, desk.calendars[county], procedure or None,
                        _changes(changes or ""), date.fromisoformat(rules_on) if "accepted" in facts else None)
    return due.isoformat() if due else None


def _facts(channel: str, received: date | None, accepted: date | None, consented: date | None,
           told: str) -> dict[str, list[date]]:
    days = {"received": received, "accepted": accepted, "consented": consented,
            "papers_signed": received if channel in "EF" else None}
    facts = {name: [day] for name, day in days.items() if day}
    known: dict[str, list[date]] = {}
    for one in sorted(filter(None, told.split(";")), key=lambda said: said.split("|")[1]):
        name, day = one.split("|")
        known.setdefault(name, []).append(date.fromisoformat(day))
    return facts | known


def _changes(joined: str) -> list[reckoning.Change]:
    found = []
    for one in sorted(filter(None, joined.split(";")), key=lambda said: int(said.split("|")[0])):
        _id, rule, kind, from_on, to_on = one.split("|")
        found.append(reckoning.Change(rule, kind, date.fromisoformat(from_on),
                                   date.fromisoformat(to_on) if to_on else None))
    return found
