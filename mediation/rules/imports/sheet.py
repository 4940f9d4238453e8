"""A table as it stands in a file: cells with what a person sees, rows by their number, what is to be said of it."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from mediation.rules.language import Text

Value = None | str | int | float | bool | date | datetime | time | timedelta


class Cell(NamedTuple):
    """``value`` as the file holds it, ``text`` as a person sees it, as well as can be known."""

    value: Value
    text: str


class Row(NamedTuple):
    """One row: its number as in the file, from 1, and its values without the empty ones at the end."""

    number: int
    values: tuple[Value, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every value with its text."""
        return tuple(Cell(None if value == "" else value, shown(value)) for value in self.values)

    def text(self, place: int) -> str:
        """What a person reads in the column ``place``, from 0; '' beyond the end."""
        return shown(self.values[place]) if place < len(self.values) else ""

    def texts(self) -> list[str]:
        """What a person reads in the row."""
        return [value if value.__class__ is str else shown(value) for value in self.values]


def shown(value: Value) -> str:
    """A value as a sheet shows it: numbers without a needless .0 and with fifteen figures at most."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _shown_number(value)
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)


def _shown_number(value: float) -> str:
    """From sixteen figures on a sheet has lost the last ones: they are shown as it would, 1.52522E+17."""
    if abs(value) >= 1e15:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def strip(values: Sequence[Value]) -> Sequence[Value]:
    """The values without the empty and blank ones at the end."""
    end = len(values)
    while end and (values[end - 1] is None or not str(values[end - 1]).strip()):
        end -= 1
    return values[:end]


class Note(NamedTuple):
    """What is to be said of a file; ``row`` from 1 and ``place`` of the column from 0, where there is a place."""

    text: Text
    row: int | None = None
    place: int | None = None


class Merge(NamedTuple):
    """Merged cells: rows from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Table:
    """A sheet. ``rows`` may be iterated again and again; blank rows are among them, without
    values, of a long run only the first twenty.

    ``height`` is the number of its last row, ``notes`` what the reader found odd (macros, cut columns).
    """

    name: str
    rows: Iterable[Row]
    height: int
    merged: tuple[Merge, ...] = ()
    notes: tuple[Note, ...] = ()
    is_hidden: bool = False
