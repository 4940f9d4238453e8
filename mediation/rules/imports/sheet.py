"""A table as it stands in a file: cells with what a person sees, rows by their number, what is to be said of it."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from mediation.rules.language import Text

Value = None | str | int | float | bool | date | datetime | time


class Cell(NamedTuple):
    """``value`` as the file holds it, ``text`` as a person sees it, as well as can be known."""

    value: Value
    text: str


EMPTY = Cell(None, "")


class Row(NamedTuple):
    """One row: its number as in the file, from 1, and its cells without the empty ones at the end."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, place: int) -> Cell:
        """The cell in the column ``place``, from 0; an empty one beyond the end."""
        return self.cells[place] if place < len(self.cells) else EMPTY

    def texts(self) -> list[str]:
        """What a person reads in the row."""
        return [cell.text for cell in self.cells]


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
    """A sheet. ``rows`` may be iterated again and again; blank rows are among them, without cells.

    ``height`` is the number of its last row, ``notes`` what the reader found odd (formulas without values, cut columns).
    """

    name: str
    rows: Iterable[Row]
    height: int
    merged: tuple[Merge, ...] = ()
    notes: tuple[Note, ...] = ()
    is_hidden: bool = False
