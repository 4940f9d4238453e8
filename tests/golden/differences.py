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


DIFFERENCES: tuple[Difference, ...] = ()
