"""How large a block of rows may be, so that whoever waits for the write lock waits no second."""
from __future__ import annotations

import time

BUDGET = 0.4  # seconds that a block may take with its commit; a house rule, below the second that people notice
LEAST = 5


class Pace:
    """The number of rows in the next block, by how long the last ones took on this machine at this hour."""

    def __init__(self, first: int, most: int):
        self.rows, self._most, self._began = min(first, most), most, 0.0

    def begin(self) -> None:
        """The lock is about to be taken."""
        self._began = time.monotonic()

    def end(self, count: int) -> None:
        """The block is committed; it had ``count`` rows. It may grow by half, and shrinks as far as it must."""
        spent = max(time.monotonic() - self._began, 0.001)
        fits = int(count * BUDGET / spent)
        self.rows = max(min(fits, self.rows * 3 // 2, self._most), min(LEAST, self._most))


__all__ = ["BUDGET", "Pace"]
