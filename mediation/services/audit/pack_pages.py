"""The evidence pack as pages to read and print: cover, a part for each table, a page for each model case."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mediation.papers import laying
from mediation.papers.leaves import LONG, SIDE, line, section, table

WIDEST = 34  # signs of a cell that count towards the width of its column
SIGN = 9.5  # points of a sign in a table
Rows = Sequence[Sequence[object]]
Part = dict[str, Any]


def write(said: Sequence[str], tables: Mapping[str, Rows], cases: Sequence[Sequence[str]]) -> bytes:
    """The PDF, with a bookmark for each part. Raises Refused without a Chinese font."""
    title, *told = said
    parts = [_part(title, [_cover(title, told, tables, cases)])]
    parts += [_part(name, [_table(name, rows)]) for name, rows in tables.items()]
    parts += [_part(heading, [_case(heading, lines)]) for heading, *lines in cases]
    return laying.rendered({"title": title, "odd": False, "documents": parts})


def _part(title: str, sections: list[Part]) -> Part:
    return {"title": title, "sections": sections}


def _cover(title: str, told: Sequence[str], tables: Mapping[str, Rows], cases: Sequence[Sequence[str]]) -> Part:
    listed = [*tables, *(heading for heading, *_lines in cases)]
    return section([line("", 60), line(title, 30, "center", is_bold=True, after=50),
                    *(line(one, 14, after=6) for one in told), line("目录", 16, before=30, is_bold=True),
                    *(line(one, 13) for one in listed)])


def _table(name: str, rows: Rows) -> Part:
    """A table across the page; its columns as wide as what they hold."""
    cells = [[str(cell) if cell is not None else "" for cell in row] for row in rows]
    widths = [max(3, *(min(len(row[n]), WIDEST) for row in cells)) for n in range(len(cells[0]))]
    return section([line(name, 18, "center", is_bold=True, after=8, keeps=True),
                    table(widths, cells, size=SIGN, width=LONG - 2 * SIDE)], is_landscape=True, has_numbers=True)


def _case(heading: str, lines: Sequence[str]) -> Part:
    return section([line(heading, 20, "center", is_bold=True, after=14), *(line(one, 13) for one in lines)],
                   has_numbers=True)
