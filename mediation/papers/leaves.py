"""Pages of our own without a Word file behind them: lines and tables in the form that papers/pdf.py lays out."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mediation.papers.pdf import fonts

Values = dict[str, Any]
BLACK, RED = "#000000", "#b00020"
WIDTH, LONG = 595.3, 841.9  # of A4, in points
SIDE, TOP = 62.0, 72.0
INSIDE = WIDTH - 2 * SIDE


def run(text: str, size: float = 14, *, is_bold: bool = False, color: str = BLACK) -> Values:
    return {"kind": "text", "text": text, "size": size, "fonts": fonts("黑体" if is_bold else ""), "style": "normal",
            "weight": "bold" if is_bold else "regular", "underlined": False, "struck": False, "color": color}


def line(text: str, size: float = 14, side: str = "left", *, is_bold: bool = False, color: str = BLACK,
         before: float = 0, after: float = 0, keeps: bool = False) -> Values:
    """A paragraph; an empty one is an empty line."""
    gap = size * 0.6
    return {"kind": "paragraph", "runs": [run(text, size, is_bold=is_bold, color=color)] if text else [], "align": side,
            "size": size, "leading": gap, "before": before + gap / 2, "after": after + gap / 2, "left": 0, "right": 0,
            "first": 0, "keep": keeps, "whole": False}


def page_number(size: float = 10) -> Values:
    page, pages = (run("", size) | {"kind": kind} for kind in ("page", "pages"))
    runs = [run("第", size), page, run("页，共", size), pages, run("页", size)]
    return line("", size, "center") | {"runs": runs}


def table(widths: Sequence[float], rows: Sequence[Sequence[str]], *, has_head: bool = True, size: float = 12,
          red: Sequence[int] = (), width: float = INSIDE) -> Values:
    """A ruled table; ``widths`` in parts, ``red`` the rows that stand in red. The head stands on each page."""
    whole = sum(widths)
    made = [{"cells": [_cell(str(text), size, has_head and n == 0, n in red) for text in row], "height": 0,
             "fixed": False, "splits": False, "heads": has_head and n == 0, "keeps": False}
            for n, row in enumerate(rows)]
    return {"kind": "table", "columns": [width * part / whole for part in widths], "rows": made,
            "heads": 1 if has_head and len(made) > 1 else 0, "align": "left", "ruled": True, "inset": 4}


def _cell(text: str, size: float, is_head: bool, is_red: bool) -> Values:
    lines = text.split("\n") if text else [""]
    said = [line(one, size, "center" if is_head else "left", is_bold=is_head, color=RED if is_red else BLACK)
            for one in lines]
    return {"blocks": said, "across": 1, "down": 1, "middle": True, "turned": False}


def new_page() -> Values:
    return {"kind": "break"}


def section(blocks: Sequence[Values], *, is_landscape: bool = False, has_numbers: bool = False) -> Values:
    """Pages of A4 with these blocks."""
    wide, high = (LONG, WIDTH) if is_landscape else (WIDTH, LONG)
    return {"width": wide, "height": high, "top": TOP, "bottom": TOP, "left": SIDE, "right": SIDE, "header": [],
            "footer": [page_number()] if has_numbers else [], "apart": False, "first_header": [],
            "first_footer": [], "blocks": list(blocks)}


def document(title: str, sections: Sequence[Values]) -> Values:
    return {"title": title, "odd": False, "documents": [{"title": title, "sections": list(sections)}]}
