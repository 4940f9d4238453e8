"""What a row of a register says as a case: facts by field, what is wrong with which cell, and what is no case."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from mediation.rules.cases.late_entry import MERGED_AWAY
from mediation.rules.imports import cells, headings
from mediation.rules.imports.cells import Fact, Reader
from mediation.rules.imports.fields import FIELDS, LEFT
from mediation.rules.imports.headings import CASE, Layout
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.sheet import Row, Table, Value
from mediation.rules.language import Text
from mediation.rules.money.amounts import print_yuan
from mediation.rules.reading import ABOUT, APPROX, EXACT

__all__ = ["Context", "Fact", "RowReading", "Trouble", "read_row", "read_table"]

NOTHING_OF_A_CASE = Text("这一行看不出是一件案件：没有申请人、对方、事由和金额",
                         "This row is no case that can be read: no applicant, other side, matter or sum")
TWO_CURRENCIES = Text("一行里有两种货币（{codes}），不能相加", "Two currencies in one row ({codes}); they are not added")
MORE_NAMES = Text("写了{named}个人的名字，人数却是{count}", "{named} people are named, but the number is {count}")
NOT_OUTSTANDING = Text("协议{agreed}元减已到账{arrived}元应是{right}元，表上写的未到账是{said}元",
                       "{agreed} agreed less {arrived} arrived gives {right} yuan; the sheet says {said}")
NO_TWO_SIDES = Text("分不出哪一方是申请人：请写成“申请人与单位”", "The two sides cannot be told apart")


class Trouble(NamedTuple):
    """What is wrong: the column's place from 0 (-1: the row), its field, in words, whether it holds the row back."""

    place: int
    field: str
    text: Text
    stops: bool


@dataclass(frozen=True)
class Context:
    """What it takes to read the rows of one table."""

    today: date
    layout: Layout
    mapping: Mapping

    @cached_property
    def readers(self) -> tuple[tuple[int, str, Reader | None], ...]:
        """Place, heading and reader of each column; None where it is kept as told. Those passed over are left out."""
        return tuple((one.place, one.heading, self._reader(one.field, one.unit) if one.field else None)
                     for one in self.mapping.columns if one.field != LEFT)

    def _reader(self, key: str, unit: str = "") -> Reader:
        return Reader(key, FIELDS[key].kind, unit, self.today, self.layout.year, self.mapping.dates,
                      self.mapping.currency if FIELDS[key].kind == "fen" else "")

    @cached_property
    def given(self) -> tuple[tuple[str, Fact], ...]:
        """What holds for every row that does not say it."""
        read = ((key, cells.read(words, words, self._reader(key))[0]) for key, words in self.mapping.given.items())
        return tuple((key, fact) for key, fact in read if fact is not None)


@dataclass(frozen=True)
class RowReading:
    """One row: ``kind`` a code of ``headings.KINDS``, ``facts`` by field, ``kept`` the words of unknown columns by
    heading, ``raw`` the texts of its cells, ``rows`` the numbers of all rows that are folded into it."""

    number: int
    kind: str
    facts: dict[str, Fact] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    kept: dict[str, str] = field(default_factory=dict)
    raw: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()

    @property
    def is_case(self) -> bool:
        return self.kind == CASE

    @property
    def is_good(self) -> bool:
        """A case with nothing that holds it back."""
        return self.is_case and not any(trouble.stops for trouble in self.troubles)


def read_table(table: Table, context: Context) -> Iterator[RowReading]:
    """Every row of a table, also those above its headings."""
    for row in table.rows:
        yield read_row(row, context)


def read_row(row: Row, context: Context) -> RowReading:
    """What one row says. Never raises."""
    raw = tuple(row.texts())
    kind = headings.kind_of_texts(row, raw, context.layout)
    if kind != CASE:
        return RowReading(row.number, kind, raw=raw, rows=(row.number,))
    made = _Row(context)
    for place, heading, reader in context.readers:
        if place < len(raw) and (words := raw[place].strip()):
            made.take(row.values[place], words, place, heading, reader)
    made.finish()
    return RowReading(row.number, kind, made.facts, tuple(made.troubles), made.kept, raw, (row.number,))


class _Row:
    """A row while it is being read."""

    def __init__(self, context: Context):
        self.context = context
        self.facts: dict[str, Fact] = {}
        self.places: dict[str, int] = {}
        self.kept: dict[str, str] = {}
        self.troubles: list[Trouble] = []

    def take(self, value: Value, words: str, place: int, heading: str, reader: Reader | None) -> None:
        """One cell; a column without a field is kept under its heading."""
        if reader is None:
            self.kept[heading] = cells.cover(words)[:cells.TEXT_LENGTH]
            return
        key, said = reader.field, self.context.mapping.words
        meant = said[key].get(words) if key in said else None
        fact, faults = cells.read(meant or value, meant or words, reader)
        if meant and fact is not None:
            fact = fact._replace(words=words, precision=EXACT)
        for fault in faults:
            self.troubles.append(Trouble(place, key, fault.text, fault.stops))
        if fact is not None:
            self.facts[key] = _joined(self.facts[key], fact) if key in self.facts else fact
            self.places.setdefault(key, place)

    def finish(self) -> None:
        """What only the whole row tells."""
        for key, fact in self.context.given:
            self.facts.setdefault(key, fact)
        self._part_sides()
        self._count_people()
        self._qualify_sums()
        self._compare_sums()
        known = (self.facts[key] for key in _NEEDED if key in self.facts)
        if not any(fact.value or fact.precision == ABOUT for fact in known):
            self._trouble("", NOTHING_OF_A_CASE, True)

    def _trouble(self, key: str, text: Text, stops: bool) -> None:
        self.troubles.append(Trouble(self.places.get(key, -1), key, text, stops))

    def _part_sides(self) -> None:
        """张三与城南公司 as applicant and respondent, where they have no columns of their own."""
        both = self.facts.get("both")
        if both is None or not both.value:
            return
        found = _SIDES.fullmatch(str(both.value))
        if not found:
            self._trouble("both", NO_TWO_SIDES, True)
            return
        today = self.context.today
        for key, words in (("applicant", found[1]), ("respondent", found[2])):
            fact, _faults = cells.read(words, words, Reader(key, FIELDS[key].kind, today=today))
            if fact is not None:
                self.facts.setdefault(key, fact)

    def _count_people(self) -> None:
        """The number of people, which the applicant's column may tell (谭某等27人)."""
        named, told, words = (self.facts.get(key) for key in ("applicant", "headcount", "headcount_told"))
        if told is not None and words is not None and words.value:  # a guess, with its words in a column of its own
            self.facts["headcount"] = told._replace(precision=APPROX, words=words.words)
        if told is not None and told.value == 0 and self._is_merged():
            self.troubles = [trouble for trouble in self.troubles if trouble.text is not cells.NOBODY]
        if named is None or not named.names:
            return
        count = cells.count_in(named)
        if told is None or told.value is None:
            if count is not None and (count.value != 1 or told is None):
                self.facts["headcount"] = count
        elif isinstance(told.value, int) and told.precision == EXACT and len(named.names) > told.value > 0:
            self._trouble("headcount", MORE_NAMES.fill(named=len(named.names), count=told.value), True)

    def _is_merged(self) -> bool:
        outcome = self.facts.get("outcome")
        return outcome is not None and outcome.value == MERGED_AWAY

    def _qualify_sums(self) -> None:
        """A column of its own may say that the sums are about, and one that names the currency."""
        precision, currency, known = self.facts.get("amount_precision"), self.facts.get("currency"), set[str]()
        claimed, about = self.facts.get("claimed_fen"), self.facts.get("is_claim_about")
        if claimed is not None and about is not None and about.value:
            self.facts["claimed_fen"] = claimed._replace(precision=APPROX)
        for key in _SUMS:
            fact = self.facts.get(key)
            if fact is None:
                continue
            if precision and fact.precision == EXACT and _ABOUT.search(precision.words):
                fact = fact._replace(precision=APPROX, words=f"{fact.words}（{precision.words}）")
            if currency and currency.value and fact.currency in ("", self.context.mapping.currency):
                fact = fact._replace(currency=str(currency.value))
            self.facts[key] = fact
            if fact.value and fact.currency:
                known.add(fact.currency)
        if len(known) > 1:
            self._trouble("currency", TWO_CURRENCIES.fill(codes=_listed(sorted(known))), True)

    def _compare_sums(self) -> None:
        """agreed − arrived = outstanding, where the sheet says all three."""
        told = [self.facts.get(key) for key in ("agreed_fen", "arrived_fen", "outstanding_fen")]
        sums = [fact.value for fact in told if fact is not None and isinstance(fact.value, int)]
        if len(sums) == 3 and max(sums[0] - sums[1], 0) != sums[2]:
            agreed, arrived, said = sums
            self._trouble("outstanding_fen", NOT_OUTSTANDING.fill(
                agreed=print_yuan(agreed), arrived=print_yuan(arrived), right=print_yuan(max(agreed - arrived, 0)),
                said=print_yuan(said)), False)


_NEEDED = ("applicant", "respondent", "general_contractor", "sub_contractor", "developer", "labour_contractor", "both",
           "narrative", "main_head", "claimed_fen", "agreed_fen", "arrived_fen", "assessed_fen", "number", "site")
_SUMS = tuple(key for key, row in FIELDS.items() if row.kind == "fen")
_ABOUT = re.compile("约|余|近|逾|超|标题口径")
_SIDES = re.compile(r"(.{1,60}?)(?:与|诉|和|—+|--|－|vs\.?)(.{2,100})", re.I)


def _listed(words: Sequence[str]) -> Text:
    return Text("、".join(words), ", ".join(words))


def _joined(first: Fact, other: Fact) -> Fact:
    """Several columns of words that are one fact: 所在市, 所在区县."""
    if not first.value:
        return other
    if not other.value or other.value == first.value:
        return first
    words = f"{first.words}，{other.words}"
    if isinstance(first.value, str) and isinstance(other.value, str):
        value = f"{first.value}，{other.value}"
        return first._replace(value=value, words=words, text=Text(value, value))
    return first
