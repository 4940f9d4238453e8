"""Somebody at work is killed at any moment, 25 times: what was acknowledged is there, nothing is there by half (R59)."""
from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select

from mediation.extensions import close_engines, db
from mediation.models import Case
from mediation.queries.house import checks, digests
from mediation.services.house import recomputed
from tests import docket, house

KILLS, LONGEST = 25, 0.06  # seconds after an acknowledgement: a case takes about half of it


def work(app: Flask, pipe: int) -> None:
    """Register cases without end, and say of each that it was taken."""
    with app.app_context():
        while True:
            number = docket.open_case().number
            db.session.commit()
            os.write(pipe, f"{number}\n".encode())


def killed_at_work(app: Flask, pause: float) -> Iterator[str]:
    """The numbers that were acknowledged by a process of its own, which is killed a moment after the first."""
    out, into = os.pipe()
    if (process := os.fork()) == 0:
        try:
            work(app, into)
        finally:
            os._exit(1)
    os.close(into)
    with os.fdopen(out) as told:
        yield told.readline()
        time.sleep(pause)
        os.kill(process, signal.SIGKILL)
        yield from told
    os.waitpid(process, 0)


def test_r59_nothing_acknowledged_is_lost_by_a_kill_and_nothing_stays_half(app):
    """R59: kill -9 at any time; the next process goes on at once."""
    chance, acknowledged = random.Random(59), [docket.store_case(app)]  # one that lets the processes begin warm
    for _n in range(KILLS):
        with app.app_context():
            db.session.remove()
            close_engines()
        acknowledged += [line.strip() for line in killed_at_work(app, chance.uniform(0, LONGEST)) if line.endswith("\n")]
    with app.app_context():
        kept = list(db.session.scalars(select(Case.number)))
        assert len(acknowledged) > KILLS and set(acknowledged) <= set(kept) and len(kept) == len(set(kept))
        assert len(kept) - len(acknowledged) <= KILLS, "at most the one that each kill met"
        assert [*checks.run(), *recomputed.faults(house.TODAY), *digests.verify()] == []
        db.session.remove()
        close_engines()
