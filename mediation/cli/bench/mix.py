"""What a request costs the server while 32 people work at once, and what memory that takes.

The server is a process of its own. Each person does the same round of work over again, from a place of its own in it:
desk, lists, pages of cases, searches, a form, figures, and at a counter a registration. Waiting is not counted, only
the processor time of the server, in hellos of the same minutes.
"""
from __future__ import annotations

import os
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from mediation.cli.base import today
from mediation.cli.bench import day, synthetic
from mediation.cli.bench.measures import Line, bare_page, spent

COUNTERS, ABOVE, AUDITORS = 24, 7, 1
REQUESTS = 60  # of each person, log-in apart
AIM_HELLOS, AIM_MEGABYTES = 30, 250
HELLOS = 400
ROUND = ("desk", "backlog", "case", "case", "search", "filtered", "case", "desk", "case", "contact", "any", "case",
         "backlog", "search", "case", "month", "desk", "backlog", "case", "register")


class Worker(day.Person):
    """One of the 32, at some place of the round."""

    def __init__(self, port: int, name: str, place: int, month: str):
        super().__init__(port, name)
        self.place, self.month, self.cases = place, month, ["/cases"]

    def work(self, pages: int) -> None:
        self._log_in()
        self._list("/cases")
        for n in range(self.place, self.place + pages):
            self._do(ROUND[n % len(ROUND)])

    def _do(self, what: str) -> None:
        is_at_counter = self.name.startswith("mediator")
        if what == "search":
            self._search()
        elif what == "register" and is_at_counter:
            self._register()
        elif what in ("case", "contact"):
            case = self.chance.choice(self.cases)
            self._ask("GET", case + "/contacts" if what == "contact" and is_at_counter and case != "/cases" else case)
        elif what == "month" and not is_at_counter:
            self._ask("GET", f"/statistics?period={self.month}")
        elif what in ("desk", "month", "register"):
            self._ask("GET", "/")
        else:
            self._list({"backlog": "/cases", "filtered": "/cases?due=overdue", "any": "/cases?state=any"}[what])

    def _list(self, path: str) -> None:
        """A page of a list, whose cases are opened next."""
        self.links.clear()
        self._look(path)
        found = [link for link in self.links.get("/cases/u#-#-#", ()) if link.count("/") == 2]
        self.cases = found or self.cases


def measure(app: Flask) -> Iterator[Line]:
    """Processor time of the server for each request in hellos, what it answered, and its memory then."""
    if not Path(day.STATUS.format(os.getpid())).exists():  # Linux alone tells it
        return
    hello = bare_page()
    with app.app_context():
        month = today().strftime("%Y-%m")
    with day.served() as (process, port):
        people = [Worker(port, name, n, month) for n, name in enumerate(_names())]
        took = [spent(hello) for _n in range(HELLOS)]
        before = day.processor(process)
        day.at_once(people, REQUESTS)
        seconds, memory = day.processor(process) - before, day.resident(process)
        took += [spent(hello) for _n in range(HELLOS)]
    statuses: Counter[int] = sum((person.statuses for person in people), Counter())
    bare, faults = statistics.median(took), sum(n for status, n in statuses.items() if status >= 400)
    each = seconds / statuses.total()
    yield Line("mix", f"{len(people)}人同时办理，每次请求", each / bare, "hello", f"{1000 * each:.1f} ms CPU",
               f"{1000 * bare:.3f} ms CPU hello", AIM_HELLOS, True, day.counted(people))
    yield Line("mix_faults", "其中没有办成的", faults, "次", f"{faults} 次", f"{statuses.total()} 次请求", 0, True)
    yield Line("mix_memory", "以后的内存", memory, "MB", f"{memory:.0f} MB", "服务进程", AIM_MEGABYTES, True)


def _names() -> list[str]:
    return [*(f"mediator{n:02d}" for n in range(1, COUNTERS + 1)), *(f"supervisor{n:02d}" for n in range(1, ABOVE + 1)),
            *[synthetic.AUDITOR] * AUDITORS]
