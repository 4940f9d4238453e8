"""What a kind of record consists of, and the checks that follow from it; the rows stand in rules/records.py.

A row names its columns, vocabularies and conditions as words; the store finds the model by ``key``, the name of its
table (models.of_table).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from mediation.rules import words
from mediation.rules.bodies import registers
from mediation.rules.language import Problem, Text, Word
from mediation.rules.people import identity
from mediation.rules.text_cleaning import Unreadable

MOST_PEOPLE = 100000
CHOOSE = Text("请从列表里选", "Please choose from the list")
IN_FUTURE = Text("日期不能在今天之后", "The day cannot lie in the future")
OUT_OF_RANGE = Text("请填{least}到{most}之间的数", "A number from {least} to {most}")


Given = Mapping[str, object]  # what was given, by field


def _vocabulary(name: str) -> Mapping[str, Word]:
    found: Mapping[str, Word] = getattr(words, name)
    return found


@dataclass(frozen=True)
class Field:
    """One fact of a record: a column and its input. ``kind`` decides how it is read, checked and shown:

    line, area, day, whole, people, chips, pick, phone, employer, outside_number
    """

    name: str
    kind: str
    label: Text
    words: str = ""  # the vocabulary in rules/words.py of a chips or pick
    missing: Text | None = None  # said where it was not given; None: it may stay empty
    needed: str = ""  # the condition of NEEDS under which it must be given; '': always
    limit: int = 200  # the most characters of a text
    least: int = 0  # the bounds of a whole number, which may stay empty
    most: int = MOST_PEOPLE
    empty: object = None  # stored where nothing was given; None: '', 0, today or NULL by kind
    begins: object = None  # what the form says beforehand
    in_event: bool = False  # whether the event says it, under its name without _id
    size: str = ""  # the input's width: full, grow, w8, w3
    is_private: bool = False  # browsers must not offer what was typed before
    is_first: bool = False  # the cursor waits there

    @property
    def choices(self) -> Mapping[str, Word]:
        return _vocabulary(self.words)

    @property
    def told(self) -> str:
        """Where the words of an approximate number of people stand beside it; '' for every other kind."""
        return f"{self.name}_told" if self.kind == "people" else ""

    @property
    def said_as(self) -> str:
        """Its name in the event."""
        return self.name.removesuffix("_id")

    @property
    def is_marked(self) -> bool:
        """Whether the form marks it as needed: always needed, and nothing stands there beforehand."""
        return self.missing is not None and not self.needed and self.begins is None


class Filter(NamedTuple):
    """A condition of a list: its name in the address, its words, its vocabulary in rules/words.py, its column."""

    name: str
    label: Text
    words: str
    column: str

    @property
    def choices(self) -> Mapping[str, Word]:
        return _vocabulary(self.words)


class Total(NamedTuple):
    """A sum over a filtered list: its words, the column that a row weighs ('': 1), and which rows count: a column and
    the values it may have, with no value any; () counts all."""

    label: Text
    weight: str = ""
    where: tuple[object, ...] = ()


class Column(NamedTuple):
    """A column of a list: heading, what stands in it (a field, or a macro of templates/records/cells.html), class."""

    label: Text
    cell: str
    css: str = ""


@dataclass(frozen=True)
class Listing:
    """A list of rows, newest first."""

    day: str  # the column that its period looks at
    filters: tuple[Filter, ...]
    totals: tuple[Total, ...]
    loads: tuple[str, ...]  # relations that are read along


@dataclass(frozen=True)
class Page:
    """The page of a kind, with its form above its list."""

    endpoint: str  # the view's name; that of the form is ``add_`` and the key of the record
    address: str
    target: str  # where the form is sent
    title: Text  # over the page, in the tabs, of the table
    opener: Text | None  # what folds the form open; None: it stands open
    button: Text
    nothing: Text  # said where there is no row yet
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Record:
    """A kind of record, beside the cases under a union, or under a case and in that case's journal and digest."""

    key: str  # of its table, and of its id in events and digests
    lines: tuple[tuple[Field, ...], ...]  # its fields, line by line as the form shows them
    event: str
    sentence: Text  # how the history says the event
    flash: Text
    permission: str  # to write it
    sight: str = ""  # the permission to see its page
    later: tuple[str, ...] = ()  # columns that later acts fill; under the digest with the fields
    is_of_case: bool = False
    unique: str = ""  # under a case: the column by which an entry corrects the one before
    listing: Listing | None = None
    page: Page | None = None
    fields: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(one for line in self.lines for one in line))

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def of_kind(self, kind: str) -> Field | None:
        return next((one for one in self.fields if one.kind == kind), None)

    @property
    def event_fields(self) -> tuple[str, ...]:
        """What its event says: its id where it stands beside the cases, and the fields marked so."""
        return (*(() if self.is_of_case else (self.key,)), *(one.said_as for one in self.fields if one.in_event))

    @property
    def event_words(self) -> tuple[tuple[str, str], ...]:
        """The vocabulary of each coded field of its event."""
        return tuple((one.said_as, one.words) for one in self.fields if one.in_event and one.words)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it fills, at once or later."""
        owned = () if self.is_of_case else ("union_id", "station_id", "made_by_id")
        return (*owned, *(name for one in self.fields for name in (one.name, one.told) if name), *self.later)


# Checks ---------------------------------------------------------------------------------------------------------

# Conditions under which a field is needed, over what was given.
NEEDS: dict[str, Callable[[Given], bool]] = {
    "": lambda given: True,
    "visit": lambda given: given.get("kind") == "visit",
    "no_employer_told": lambda given: not given.get("employer_told"),
}


def tidy(record: Record, values: Given) -> dict[str, object]:
    """What was given, field by field, in the form in which it is kept."""
    given = {one.name: values.get(one.name) for one in record.fields}
    for one in record.fields:
        if one.kind == "outside_number":
            given[one.name] = registers.tidy(str(given["register"] or ""), str(given[one.name] or ""))
        if one.told:
            given[one.told] = values.get(one.told) or ""
    return given


def problems(record: Record, given: Given, today: date) -> list[Problem]:
    """Everything that stands against an entry, at once; whether a chosen employer exists is for the service."""
    return [problem for one in record.fields for problem in _problems(one, given, today)]


def _problems(one: Field, given: Given, today: date) -> list[Problem]:
    value = given.get(one.name)
    if value in (None, ""):
        is_missing = one.missing is not None and NEEDS[one.needed](given)
        return [Problem(one.name, one.missing)] if is_missing and one.missing else []
    check = CHECKS.get(one.kind)
    return check(one, value, given, today) if check else []


def _choice(one: Field, value: object, given: Given, today: date) -> list[Problem]:
    return [] if value in one.choices else [Problem(one.name, one.missing or CHOOSE)]


def _day(one: Field, value: date, given: Given, today: date) -> list[Problem]:
    return [Problem(one.name, IN_FUTURE)] if value > today else []


def _whole(one: Field, value: object, given: Given, today: date) -> list[Problem]:
    if isinstance(value, int) and one.least <= value <= one.most:
        return []
    return [Problem(one.name, OUT_OF_RANGE.fill(least=one.least, most=one.most))]


def _phone(one: Field, value: str, given: Given, today: date) -> list[Problem]:
    try:
        identity.check_phone(value)
    except Unreadable as why:
        return [Problem(one.name, why.text)]
    return []


def _outside_number(one: Field, value: str, given: Given, today: date) -> list[Problem]:
    known = given.get("register") in words.REGISTERS
    return registers.number_problems(str(given["register"]), value, one.name) if known else []


CHECKS: dict[str, Callable[..., list[Problem]]] = {
    "chips": _choice, "pick": _choice, "day": _day, "whole": _whole, "people": _whole, "phone": _phone,
    "outside_number": _outside_number}
EMPTY: dict[str, object] = {"whole": 0, "people": 0, "employer": None}


def kept(one: Field, value: object, today: date) -> object:
    """What is stored of a field: what was given, a telephone number as it is read, else what stands for nothing."""
    if value:
        return identity.check_phone(str(value)).whole if one.kind == "phone" else value
    if one.kind == "day":
        return today
    return EMPTY.get(one.kind, "") if one.empty is None else one.empty
