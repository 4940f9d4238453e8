"""How large a block of rows may be, so that whoever waits for the write lock waits no second."""
from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mediation.sqlite import LOOK_SECONDS

BUDGET = 0.3  # seconds that a block may hold the lock with its commit; below the second that people notice
WHOLE = 0.9  # seconds for all of it: where somebody else writes in between, what was made ahead is made again under it
LEAST = 20  # below it a block costs hardly less


class Pace:
    """The number of rows in the next block, by how long the last ones took on this machine at this hour."""

    def __init__(self, first: int, most: int):
        self.rows, self._most, self._began, self._held = min(first, most), most, 0.0, 0.0

    def begin(self) -> None:
        """The next block is about to be made."""
        self._began = self._held = time.monotonic()

    def hold(self) -> None:
        """The lock is about to be taken."""
        self._held = time.monotonic()

    def end(self, count: int) -> None:
        """The block is committed; it had ``count`` rows. It may grow by half, and shrinks as far as it must."""
        now = time.monotonic()
        held, whole = max(now - self._held, 0.001), max(now - self._began, 0.001)
        fits = int(count * min(BUDGET / held, WHOLE / whole))
        self.rows = max(min(fits, self.rows * 3 // 2, self._most), min(LEAST, self._most))


def give_way() -> None:
    """Let those who wait for the write lock have it, where nothing is done between two blocks that needs none: a lock
    taken again at once would keep them waiting until the last block."""
    time.sleep(1.5 * LOOK_SECONDS)


@contextmanager
def unswept() -> Iterator[None]:
    """The rows of a block all live until its end: looking through them for garbage, again and again as they become
    more, costs a tenth of the time. What is made within must be let go within, or it is looked through afterwards."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


__all__ = ["BUDGET", "Pace", "give_way", "unswept"]
