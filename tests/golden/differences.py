"""What the product makes of the golden county otherwise than is recorded, on purpose.

A change that is meant to change figures, cells or addresses lists here what changes and why; everything else that
differs is a fault. A line that no longer differs is one too: when the record is made anew (``python -m
tests.golden.record``), the lines go, and the commit says why.
"""
from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """Lines of a record that may differ: the file, a pattern for the path of keys (``fnmatch``), and the reason.

    ``now``: what each new line under the path has to contain, where that can be said.
    """

    file: str
    path: str
    reason: str
    now: str = ""


OF_THE_PERIOD = ("what is outstanding belongs to the agreements effective in the period of the report, so that the "
                 "report of a finished year is the same at every print with one cut-off; its rows open")
EXACT_ROWS = "the rate opens exactly the cases that it divides by: those with money agreed, at the cut-off"
UNDATED = "the formula says that money of an unknown day counts where no period is named"

DIFFERENCES: tuple[Difference, ...] = (
    Difference("addresses", "/drafts/<uid>*", "forms sent after the log-in had lapsed are opened or thrown away",
               "late."),
    Difference("figures", "summary */figures/outstanding_fen", OF_THE_PERIOD, "/statistics/rows/outstanding?"),
    Difference("figures", "formulas/summary outstanding_fen", OF_THE_PERIOD, "期间内生效的协议逐人计算"),
    Difference("figures", "summary */figures/performance_rate", EXACT_ROWS, "/statistics/rows/with_money?"),
    Difference("figures", "formulas/* recovered_fen", UNDATED, "不限期间时，到账日期不详的也计入"),
    Difference("pages", "auditor /statistics[?]period=2026", OF_THE_PERIOD, "到账"),
    Difference("pages", "supervisor /statistics[?]period=2026Q1", OF_THE_PERIOD, "到账"),
    Difference("pages", "supervisor /statistics/indicators[?]period=2026&by=*", UNDATED, "到账日期不详的也计入"),
    Difference("pages", "supervisor /statistics/rows/arrivals[?]period=2026", UNDATED, "到账日期不详的也计入"),
)
