"""The server is killed at random moments while it writes, again and again: DRILL_KILLS times (default 25)."""
from __future__ import annotations

import http.client
import os
import random
import threading
from contextlib import closing

from tests.drills.office import Office

KILLS = int(os.environ.get("DRILL_KILLS", "25"))


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(tmp_path):
    """R59: kill -9 at any time loses nothing acknowledged."""
    chance = random.Random(2026)
    with closing(Office(tmp_path / "instance")) as office:
        for _n in range(KILLS):
            office.open()
            assert office.register() == 303
            until = threading.Timer(chance.uniform(0, 0.5), office.kill)
            until.start()
            try:
                while office.register() == 303:
                    pass
                raise AssertionError("a registration was refused")
            except (OSError, http.client.HTTPException):
                until.join()
        assert len(office.acknowledged) >= KILLS
        office.assert_sound()
        print(f"{KILLS} kills, {len(office.acknowledged)} of {office.asked} acknowledged, none lost")
