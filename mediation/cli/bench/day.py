"""What the server takes of memory over a day of work of an office, and whether that grows.

The server is a process of its own, as an office runs it. Seven people log in and work side by side, as fast as they are
answered: each page leads on to pages of the kinds that its reader has seen least, papers and exports among them; they
search and register cases, and log in anew each round.
"""
from __future__ import annotations

import http.client
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from mediation import settings
from mediation.cli.bench import synthetic
from mediation.cli.bench.measures import SUBMIT, TOKEN, Line, found

PEOPLE = ("mediator01", "mediator02", "supervisor01", "supervisor02", "auditor", "mediator03", "supervisor03")
ROUNDS, PAGES = 6, 100  # of each person in each round
AIM_MEGABYTES, AIM_GROWTH = 250, 10
WARM = 2  # rounds after which everything has been used once
LINK = re.compile(r'<a\b[^>]*\shref="(/[^"#]*)')
FIGURES = re.compile(r"\d+")
LONGEST = 600.0  # seconds to wait for the server to start, or to answer: the machine may be busy
LEFT_ALONE = ("/logout", "/static/", "/language", "/password")
BUSY, TRIES, PAUSE = 503, 10, 2.0  # what a server says that could not write for long, and how a person takes it
STATUS, STAT = "/proc/{}/status", "/proc/{}/stat"
FORM = "application/x-www-form-urlencoded"


class Person:
    """Somebody at a browser of the office: follows links, searches, registers, and logs in anew each round."""

    def __init__(self, port: int, name: str):
        self.port, self.name, self.cookie, self.token = port, name, "", ""
        self.led_to = ""  # where the last answer leads
        self.chance = random.Random(name)
        self.seen: Counter[str] = Counter()
        self.links: dict[str, list[str]] = {}
        self.statuses: Counter[int] = Counter()

    def work(self, pages: int) -> None:
        self._log_in()
        for n in range(pages):
            if n % 25 == 10:
                self._search()
            elif n % 25 == 20 and self.name.startswith("mediator"):
                self._register()
            else:
                self._look(self._next())
        self._send("/logout", {})

    def _log_in(self) -> None:
        self.cookie = ""
        page = self._ask("GET", "/login")
        self.token = found(TOKEN, page)
        self._send("/login", {"username": self.name, "password": synthetic.PASSWORD})
        self.token = found(TOKEN, self._look("/"))

    def _next(self) -> str:
        """A link of the kind that was seen least."""
        kind = min(self.links, key=lambda kind: (self.seen[kind], kind), default="")
        if not kind:
            return "/"
        self.seen[kind] += 1
        return self.chance.choice(self.links[kind])

    def _look(self, path: str) -> str:
        page = self._ask("GET", path)
        for link in dict.fromkeys(map(unescape, LINK.findall(page))):
            if not link.startswith(LEFT_ALONE):
                known = self.links.setdefault(FIGURES.sub("#", link.partition("?")[0]), [])
                if len(known) < 50 and link not in known:
                    known.append(link)
        return page

    def _search(self) -> None:
        self._send("/cases/search", {"words": self.chance.choice(synthetic.GIVEN) + self.chance.choice(
            synthetic.SURNAMES)})
        self._look(self.led_to)

    def _register(self) -> None:
        page = self._ask("GET", "/cases/new")
        if SUBMIT.search(page):
            self._send("/cases/new", {"submit_token": found(SUBMIT, page), **synthetic.told()})

    def _send(self, path: str, form: Mapping[str, object]) -> str:
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **form}, doseq=True))

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        """The page that is answered; where the server is too busy it is asked again after a while, as a person does."""
        for _time in range(TRIES):
            status, page = self._answered(method, path, body)
            if status != BUSY:
                break
            time.sleep(PAUSE)
        return page

    def _answered(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        try:
            line.request(method, path, body, {"Cookie": self.cookie, **({"Content-Type": FORM} if body else {})})
            answer = line.getresponse()
            page = answer.read()
        finally:
            line.close()
        for value in answer.headers.get_all("Set-Cookie") or ():
            self.cookie = value.partition(";")[0] if "session=" in value else self.cookie
        self.statuses[answer.status] += 1
        self.led_to = answer.headers.get("Location", "")
        is_page = "html" in (answer.headers["Content-Type"] or "")
        return answer.status, page.decode() if is_page else ""


def measure(app: Flask) -> Iterator[Line]:
    """Resident memory of the server at its start, after each round, and how much the last rounds added."""
    if not Path(STATUS.format(os.getpid())).exists():  # Linux alone tells it
        return
    with served() as (process, port):
        people = [Person(port, name) for name in PEOPLE]
        begun = resident(process)
        said = [begun]
        for n in range(1, ROUNDS + 1):
            at_once(people, PAGES)
            said.append(resident(process))
            yield Line(f"day_{n}", f"第{n}轮以后的内存", said[-1], "MB", f"{said[-1]:.0f} MB", f"{begun:.0f} MB（启动时）",
                       note=counted(people))
        taken, asked = processor(process), sum(person.statuses.total() for person in people)
        yield Line("day_cost", "一次请求的CPU时间", taken / asked * 1000, "ms", f"{taken:.0f} s", f"{asked}次请求")
        yield Line("day_end", "一天以后的内存", said[-1], "MB", f"{said[-1]:.0f} MB", f"{begun:.0f} MB（启动时）", AIM_MEGABYTES,
                   True)
        grown = (said[-1] - said[WARM]) / (ROUNDS - WARM)
        yield Line("day_growth", "热身以后每轮再增加", grown, "MB", f"{said[-1]:.0f} MB", f"{said[WARM]:.0f} MB（第{WARM}轮）",
                   AIM_GROWTH, True)


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """The product's own server as a process of its own: its number and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "flask", "--app", str(settings.ROOT / "app.py"), "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait()


def at_once(people: Sequence[Person], pages: int) -> None:
    """Everybody asks for so many pages, side by side."""
    faults: list[BaseException] = []

    def work(person: Person) -> None:
        try:
            person.work(pages)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def counted(people: Sequence[Person]) -> str:
    """How many requests there were, by what they were answered with."""
    statuses: Counter[int] = sum((person.statuses for person in people), Counter())
    return f"{statuses.total()}次请求：" + "，".join(f"{status}×{n}" for status, n in sorted(statuses.items()))


def wait_for(port: int) -> None:
    until = time.monotonic() + LONGEST
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def processor(process: int) -> float:
    """Processor seconds that a process has taken."""
    fields = Path(STAT.format(process)).read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> float:
    """Resident memory of a process, in MB."""
    text = Path(STATUS.format(process)).read_text(encoding="ascii")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024
