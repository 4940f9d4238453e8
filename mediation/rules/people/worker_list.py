"""A list of workers, pasted as lines or read from a file as rows of cells: name, sum, telephone, identity number.

Nothing is dropped in silence: each line comes back as a row, with its problems, or among the lines left out, with what
it was taken for. Where headings or several numbers leave open what is owed, that is asked; arithmetic only checks.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text, Word
from mediation.rules.money.amounts import print_yuan
from mediation.rules.people import list_cells, list_headings, loose_numbers
from mediation.rules.people.identity import complete_resident
from mediation.rules.people.list_cells import Row
from mediation.rules.people.list_headings import Column
from mediation.rules.people.list_lines import (
    KINDS,
    Line,
    cut_text,
    fen_at,
    from_cells,
    is_sum,
    kind_of,
    refuse_other_currency,
    sum_in,
)
from mediation.rules.text_cleaning import Unreadable, fold

MOST_LINES = 2000
ALL_MONTHS = -1  # the place that stands for the sum of all months
_RECKONED = frozenset({*list_headings.MONEY, "month", "advance", "days", "rate"})
BIG_FEN = 100_000_000  # from here on a sum of one worker may be a number that was taken for money

TOO_MANY = Text("一次最多粘贴{limit}行，现在是{count}行", "At most {limit} lines at once; there are {count}")
LONG_NOTE = Text("姓名、金额、号码以外的字太多，最多{limit}个", "Beside name, sum and numbers at most {limit} characters are kept")
NO_NAME = Text("这一行没有姓名", "There is no name in this line")
ONLY_NAME = Text("只有名字，没有金额、证件号和电话，请看是不是人", "Only a name, no sum or number; please look whether it is a person")
TOLD_SUM = Text("金额写的是“{told}”，先不记金额", "In place of the sum stands “{told}”; no sum is recorded")
NO_SUM = Text("第{lines}行的金额写的是“{told}”。还没算清就照样加，先不记金额；不要钱的请从名单里去掉",
              "Lines {lines} have “{told}” in place of a sum. If it is not reckoned yet, add them without one; take "
              "out who asks for nothing")
BIG_SUM = Text("金额很大，请看是不是别的号码", "The sum is large; please look whether it is another number")
SEVERAL_WORDS = Text("名字按“{name}”记", "The name is taken as “{name}”")
SAME_AS = Text("与第{line}行重复", "The same as line {line}")
TOTAL_DIFFERS = Text("合计行写的是{said}元，各行相加是{summed}元",
                     "The line of totals says {said} yuan, the lines sum to {summed}")
TOTAL_SHORT = Text("有{count}行没有读出金额，合计无法核对",
                   "Lines without a readable sum: {count}; the total cannot be compared")
WHICH_SUM = Text("看不出哪一列是欠的钱，请选一列", "It is not clear which column says what is owed; please choose one")
DIFFERS = Text("{sum}应是{right}元，表上写的是{said}元", "{sum} gives {right} yuan; the list says {said}")
OF_MONTHS = Text("各月之和", "the months together")
NTH = Text("第{n}列（如{example}）", "Column {n} (such as {example})")


class Left(NamedTuple):
    """A line that is no person, and what it was taken for."""

    line: int
    raw: str
    kind: Word


class Choice(NamedTuple):
    """A column that may hold what is owed."""

    place: int
    label: Text


@dataclass(frozen=True)
class Roster:
    """All rows of a list, the lines left out, and whether the total agrees.

    ``total_fen`` sums the rows without errors, ``said_fen`` is what the line of totals says (or None), ``problem``
    the sentence when they differ. ``choices`` are the columns that may hold the sum, ``chosen`` the place of the one
    that is read (None where it is not clear, or where there are no columns), ``unread`` the headings of columns that
    are not kept.
    """

    rows: tuple[Row, ...]
    left_out: tuple[Left, ...]
    total_fen: int
    said_fen: int | None
    problem: Text | None
    choices: tuple[Choice, ...] = ()
    chosen: int | None = None
    unread: tuple[str, ...] = ()


def read_lines(text: str, today: date) -> list[Row]:
    """Only the rows of ``read_roster``."""
    return list(read_roster(text, today).rows)


def read_roster(text: str, today: date, chosen: int | None = None) -> Roster:
    """Read a pasted list; ``today`` bounds the dates of birth in identity numbers.

    Columns are known by their headings. Without headings cells are known by their content, so their order is free; a
    leading serial number is passed over. ``chosen``: the place of the column that says what is owed, where the reader
    of the list has said so. Raises ``Unreadable`` for a list of more than ``MOST_LINES`` lines,
    and for one in another currency than the one at hand.
    """
    return _read(list(cut_text(text)), today, chosen)


def read_rows(rows: Iterable[Sequence[str]], today: date, chosen: int | None = None) -> Roster:
    """The same of a file's rows of cells."""
    return _read([from_cells(number, row) for number, row in enumerate(rows, 1) if any(map(str.strip, row))],
                 today, chosen)


@dataclass
class _Table:
    """Lines of people under one block of headings; without headings ``columns`` is empty."""

    columns: tuple[Column, ...]
    people: list[Line]

    place: int | None = None  # of the column that says what is owed

    def fits(self, line: Line) -> bool:
        """Whether the cells of a line stand under the headings: blanks part no columns where one is empty, and a number
        under 姓名 has slipped."""
        if not self.columns or not (line.is_table or len(line.cells) == len(self.columns)):
            return False
        names = [line.cells[column.place] for column in self.columns
                 if column.role == "name" and column.place < len(line.cells)]
        return not any(map(list_cells.is_number, names))


def _read(lines: list[Line], today: date, chosen: int | None) -> Roster:
    if len(lines) > MOST_LINES:
        raise Unreadable(TOO_MANY.fill(limit=MOST_LINES, count=len(lines)))
    refuse_other_currency(lines)
    tables, left_out, totals = _sort(lines)
    choices, place = _choose(tables, chosen)
    rows = _mark_twins([_read_row(line, table, bool(choices), today) for table in tables for line in table.people])
    if rows and choices and place is None:
        rows[0] = replace(rows[0], errors=(*rows[0].errors, WHICH_SUM))
    is_wan = any(column.is_wan and column.place == table.place for table in tables for column in table.columns)
    total_fen = sum(row.fen or 0 for row in rows if not row.errors)
    said_fen = next((said for line in reversed(totals) if (said := sum_in(line, place, is_wan)) is not None), None)
    problem = None if choices and place is None else _compare(rows, total_fen, said_fen)
    return Roster(tuple(rows), tuple(left_out), total_fen, said_fen, problem, choices, place, _unread(tables))


def _sort(lines: list[Line]) -> tuple[list[_Table], list[Left], list[Line]]:
    """The people under their headings, what is left out, and of that the lines that say a total."""
    tables, left_out, heads = [_Table((), [])], [], []
    totals: dict[str, list[Line]] = {"capital": [], "total": []}
    before = ""
    for at, line in enumerate(lines):
        kind = kind_of(line, not any(table.people for table in tables))
        kind = before = kind or ("head" if before == "head" and _is_between(lines, at) else "")
        if kind:
            left_out.append(Left(line.line, line.raw, KINDS[kind]))
            totals.get(kind, []).append(line)
        if kind == "head":
            heads.append(line.cells)
        elif heads:
            tables.append(_Table(list_headings.read_headings(heads[-list_headings.MOST_HEADING_ROWS:]), []))
            heads = []
        if not kind:
            tables[-1].people.append(line)
    return tables, left_out, [*totals["capital"], *totals["total"]]


def _is_between(lines: list[Line], at: int) -> bool:
    """A row without figures between two rows of headings is the middle one of three (第一季度)."""
    after = lines[at + 1] if at + 1 < len(lines) else None
    return after is not None and kind_of(after, False) == "head" and not any(
        map(list_cells.is_number, lines[at].cells))


# Which column is owed -------------------------------------------------------------------------------------------

def _choose(tables: list[_Table], chosen: int | None) -> tuple[tuple[Choice, ...], int | None]:
    """The columns that may hold the sum, and the one that does: as chosen, or as headings or cells leave no doubt."""
    table = next((table for table in tables if table.people), None)
    if table is None:
        return (), None
    if table.columns:
        found, choices = list_headings.clear_sum(table.columns), _money_columns(table)
        if found and found.role != "owed" and _has_unknown_sums(table):
            found = None
        if found is None and {choice.place for choice in choices} == _months_and_their_sum(table.columns):
            chosen = ALL_MONTHS if chosen is None else chosen
    else:
        found, choices = None, _number_columns(table.people)
    is_known = any(choice.place == chosen for choice in choices)
    table.place = chosen if is_known else found.place if found else None
    for other in tables:
        if other is not table:
            other.place = _same_column(other.columns, table)
    return choices, table.place


def _same_column(columns: Sequence[Column], first: _Table) -> int | None:
    """Under further headings: the column with the heading of the one that is read, else the one that is clear."""
    heading = next((column.label for column in first.columns if column.place == first.place), None)
    found = next((column for column in columns if column.label == heading), None) or list_headings.clear_sum(columns)
    return found.place if found else None


def _money_columns(table: _Table) -> tuple[Choice, ...]:
    """Columns with sums below them whose heading does not say that they are something else."""
    roles = (*list_headings.MONEY, "month", "left", "")
    likely = sorted(table.columns, key=lambda column: (column.role not in list_headings.MONEY or bool(column.parent)))
    named = [column for column in likely if column.role in roles and column.label not in list_headings.NO_MONEY]
    found = [Choice(column.place, _label(column)) for column in named if _share_of_sums(table.people, column.place)]
    months = sum(column.role == "month" for column in table.columns)
    return (*found, *((Choice(ALL_MONTHS, OF_MONTHS),) if months > 1 else ()))


def _has_unknown_sums(table: _Table) -> bool:
    """Whether a heading that nobody knows stands over sums: wages beside it may be owed in part only."""
    return any(not column.role and _share_of_sums(table.people, column.place) for column in table.columns)


def _months_and_their_sum(columns: Sequence[Column]) -> set[int]:
    """The choices of a sheet that has months and no other sum: what is owed is all of them together."""
    months = {column.place for column in columns if column.role == "month"}
    return {*months, ALL_MONTHS} if len(months) > 1 else set()


def _label(column: Column) -> Text:
    said = f"{column.parent} {column.label}".strip() or str(column.place + 1)
    return Text(said, said)


def _number_columns(people: list[Line]) -> tuple[Choice, ...]:
    """Without headings: the columns of sums where there are several, in lines that are cut alike."""
    widths = {len(line.cells) for line in people}
    is_cut_alike = all(line.is_table for line in people) or (len(people) > 1 and len(widths) == 1)
    if not is_cut_alike:
        return ()
    places = [place for place in range(max(widths)) if _share_of_sums(people, place) and not _is_serial(people, place)]
    return tuple(Choice(place, NTH.fill(n=place + 1, example=_example(people, place)))
                 for place in places) if len(places) > 1 else ()


def _cells_at(people: list[Line], place: int) -> list[str]:
    return [line.cells[place] for line in people if place < len(line.cells) and line.cells[place]]


def _share_of_sums(people: list[Line], place: int) -> bool:
    """Whether at least half of the cells of a column are sums."""
    cells = _cells_at(people, place)
    return bool(cells) and sum(map(is_sum, cells)) * 2 >= len(cells)


def _example(people: list[Line], place: int) -> str:
    return next(cell for cell in _cells_at(people, place) if is_sum(cell))


def _is_serial(people: list[Line], place: int) -> bool:
    return place == 0 and all(map(list_cells.is_serial, _cells_at(people, 0)))


def _unread(tables: list[_Table]) -> tuple[str, ...]:
    labels = [column.label for table in tables for column in table.columns
              if column.place != table.place and column.label
              and (column.role == "left" or (not column.role and _share_of_sums(table.people, column.place)))]
    return tuple(dict.fromkeys(labels))


# One line -------------------------------------------------------------------------------------------------------

def _read_row(line: Line, table: _Table, has_choices: bool, today: date) -> Row:
    row, chosen = Row(line.line, line.raw), table.place
    if line.fault:
        return replace(row, errors=(line.fault,))
    if table.fits(line):
        row = _read_columns(row, line, table.columns, chosen, today)
    elif has_choices and not table.columns:
        for place, cell in enumerate(line.cells):
            if cell and not (place == 0 and list_cells.is_serial(cell)) and (place == chosen or not is_sum(cell)):
                row = list_cells.place(row, cell, "wage" if place == chosen else "", today)
    else:
        for cell in list_cells.pieces([cell for cell in line.cells if cell]):
            row = list_cells.place(row, cell, "", today)
    return _judge(row, has_choices and chosen is None)


def _read_columns(row: Row, line: Line, columns: Sequence[Column], chosen: int | None, today: date) -> Row:
    has_name = any(column.role == "name" for column in columns)
    places = {column.place: column for column in columns}
    for place, cell in enumerate(line.cells):
        column = places.get(place, Column(place, "", ""))
        if not cell or (column.role in ("serial", "left") and place != chosen):
            continue
        if place == chosen:
            row = list_cells.place(row, cell, "wage", today, column.is_wan)
        elif column.role in _RECKONED:
            colon = "：" if column.label[-1:].isdigit() else ""  # 2025-03：3000
            row = replace(row, note=f"{row.note} {column.label}{colon}{cell}".strip())
        elif column.role or not is_sum(cell):
            is_words = not column.role and has_name and not list_cells.is_number(cell)
            row = list_cells.place(row, cell, "words" if is_words else column.role, today)
    if chosen == ALL_MONTHS:
        row = replace(row, fen=sum(_fen(line, column) or 0 for column in columns if column.role == "month"))
    return replace(row, warnings=(*row.warnings, *_differences(line, columns)))


def _fen(line: Line, column: Column) -> int | None:
    return fen_at(line, column.place, column.is_wan)


def _differences(line: Line, columns: Sequence[Column]) -> list[Text]:
    """What does not add up: days × rate = wage, wage − advances = owed, the months together = the wage."""
    found = []
    for parent in dict.fromkeys(column.parent for column in columns):
        days, rate, wage = (_only(line, columns, role, parent) for role in ("days", "rate", "wage"))
        if days and rate and wage and days[1] and rate[1]:
            found.append((f"{days[0]} × {rate[0]}", days[1] * rate[1] // 100, wage[1]))
    wage = _only(line, columns, "wage") or _only(line, columns, "owed")
    owed = _only(line, columns, "owed") or _only(line, columns, "net")
    paid = [(column.label, fen) for column in columns if column.role == "advance" and (fen := _fen(line, column))]
    if wage and owed and paid and wage != owed:
        found.append((" − ".join([wage[0], *(label for label, _paid in paid)]), wage[1] - sum(fen for _, fen in paid),
                      owed[1]))
    months = [fen for column in columns if column.role == "month" and (fen := _fen(line, column)) is not None]
    if len(months) > 1 and wage:
        found.append((OF_MONTHS.zh, sum(months), wage[1]))
    return [DIFFERS.fill(sum=how, right=print_yuan(right), said=print_yuan(said))
            for how, right, said in found if abs(right - said) >= 100]  # whole yuan are often rounded


def _only(line: Line, columns: Sequence[Column], role: str, parent: str = "") -> tuple[str, int] | None:
    """Heading and number of the one column that holds this; None where there are several or there is no number."""
    found = [column for column in columns if column.role == role and column.parent == parent]
    fen = _fen(line, found[0]) if len(found) == 1 else None
    return None if fen is None else (found[0].label, fen)


def _judge(row: Row, is_sum_open: bool) -> Row:
    """What is missing, or looks as if it were something else."""
    errors, warnings = list(row.errors), list(row.warnings)
    try:
        loose_numbers.refuse(f"{row.note} {row.told}")
    except Unreadable as why:
        errors.append(why.text)
    if len(row.note) > list_cells.NOTE_LENGTH:
        errors.append(LONG_NOTE.fill(limit=list_cells.NOTE_LENGTH))
    if not row.name:
        errors.append(NO_NAME)
    elif not (errors or is_sum_open) and row.fen is None and not (row.told or row.phone or row.identity or row.account):
        warnings.append(ONLY_NAME)
    if re.search("[\u3400-\u9fff] +[\u3400-\u9fff]", row.name):
        warnings.append(SEVERAL_WORDS.fill(name=row.name))
    if row.told:
        warnings.append(TOLD_SUM.fill(told=row.told))
    if row.fen is not None and row.fen >= BIG_FEN:
        warnings.append(BIG_SUM)
    return replace(row, errors=tuple(errors), warnings=tuple(warnings))


# The whole ------------------------------------------------------------------------------------------------------

def _compare(rows: list[Row], total_fen: int, said_fen: int | None) -> Text | None:
    if said_fen is None or said_fen == total_fen:
        return None
    unread = sum(1 for row in rows if row.fen is None or row.errors)
    if unread:
        return TOTAL_SHORT.fill(count=unread)
    return TOTAL_DIFFERS.fill(said=print_yuan(said_fen), summed=print_yuan(total_fen))


def _mark_twins(rows: list[Row]) -> list[Row]:
    """Rows with the identity number of an earlier row, or its name where nothing tells the two apart."""
    marked: list[Row] = []
    seen: dict[str, Row] = {}
    for row in rows:
        number = _whole(row.identity)
        twin = seen.get(number) if number else None
        namesake = seen.get(fold(row.name)) if row.name else None
        if twin is None and namesake is not None and not _differ(row, namesake):
            twin = namesake
        if twin is not None:
            row = replace(row, same_as=twin.line, warnings=(*row.warnings, SAME_AS.fill(line=twin.line)))
        for mark in filter(None, (number, fold(row.name))):
            seen.setdefault(mark, row)
        marked.append(row)
    return marked


def _whole(identity: str) -> str:
    return complete_resident(identity) if len(identity) == 15 else identity


def _differ(row: Row, other: Row) -> bool:
    """Two people of one name: both have an identity number, or both a telephone, and these differ."""
    if row.identity and other.identity:
        return _whole(row.identity) != _whole(other.identity)
    return bool(row.phone and other.phone and row.phone != other.phone)
