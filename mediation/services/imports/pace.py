"""How large a block of rows may be, so that whoever waits for the write lock waits no second."""
from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mediation.sqlite import LOOK_SECONDS

BUDGET = 0.3  # seconds that a block may hold the lock with its commit; below the second that people notice
WHOLE = 2.0  # seconds for all of it, most of which need no lock: whoever looks on sees that it goes on
LEAST = 20  # below it a block costs hardly less


class Pace:
    """The number of rows in the next block, by how long the last ones took on this machine at this hour."""

    def __init__(self, first: int, most: int):
        self.rows, self._most, self._storing = min(first, most), most, 0.0
        self.room = 0  # ids that a block made ahead leaves free for those who work beside it
        self._began = self._made = self._held = 0.0

    def begin(self) -> None:
        """The next block is about to be made."""
        self._began = self._made = self._held = time.monotonic()

    def made(self) -> None:
        """It is made, as far as that needs no lock, which is about to be waited for."""
        self._made = self._held = time.monotonic()

    def hold(self) -> None:
        """The lock is there."""
        self._held = time.monotonic()

    def again(self, count: int) -> int:
        """How many rows of a block of ``count`` may be made once more under the lock, where somebody else has written
        since: the others are made ahead anew, so that nobody waits for all of it."""
        each = (self._made - self._began) / max(count, 1) + self._storing
        return min(count, max(int(BUDGET / max(each, 0.00001)), LEAST))

    def end(self, count: int) -> None:
        """The block is committed; it had ``count`` rows. It may grow by half, and shrinks as far as it must."""
        now = time.monotonic()
        held = max(now - self._held, 0.001)
        whole = held + self._made - self._began
        self._storing = held / max(count, 1)
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
