"""R69: a served county of 20,000 cases under 10,000 requests by 200 clients, 16 of them as fast as an office of them, and
300 connections that send a byte now and then.

Shorter runs: DRILL_CASES, DRILL_REQUESTS, DRILL_CLIENTS, DRILL_SLOW. DRILL_COUNTY names a folder that ``bench --keep``
has filled with as many cases, which is then used and kept. The clients of a run share the machine with the server.
"""
from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from mediation import create_app
from mediation.cli.bench import day, synthetic
from mediation.extensions import close_engines, db
from mediation.models import Employer, Event
from tests.drills.office import ROOT
from tests.pages import PageClient

CASES = int(os.environ.get("DRILL_CASES", "20000"))
REQUESTS = int(os.environ.get("DRILL_REQUESTS", "10000"))
CLIENTS = int(os.environ.get("DRILL_CLIENTS", "200"))
SLOW = int(os.environ.get("DRILL_SLOW", "300"))
OFFICE, OFFICE_REQUESTS = 16, 640
MOST_MEGABYTES, MOST_SECONDS = 300, 1.0
WRITES = 10  # of how many requests one registers an employer
PATIENCE = 300.0  # seconds until a client gives an answer up
CASE = re.compile(r'href="(/cases/u\d\d-\d{4}-\d+)"')


class County:
    """The folder with its cases, served by a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.environ = {**os.environ, "MEDIATION_INSTANCE": str(folder)}
        if not (folder / "cases.json").exists():
            # At home elsewhere: it fills an empty folder only.
            self.run("bench", "--cases", str(CASES), "--only", "create", "--keep", str(folder),
                     MEDIATION_INSTANCE=str(folder.with_name("bench")))
        self.run("init")  # a kept folder may be older than the program
        self.app = create_app({"INSTANCE": str(folder)})
        self.lock = threading.Lock()
        self.statuses: Counter[object] = Counter()
        self.acknowledged: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen | None = None

    def run(self, *words: str, **environ: str) -> None:
        command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *words]
        subprocess.run(command, env={**self.environ, **environ}, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def serve(self) -> None:
        command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environ, cwd=ROOT, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        day.wait_for(self.port)

    def memory(self) -> float:
        return day.resident(self.process.pid)

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def names(self) -> dict[str, int]:
        """How often each employer of a run stands there."""
        with self.app.app_context():
            found = dict(db.session.execute(select(Employer.name, func.count()).where(
                Employer.name.startswith("满载")).group_by(Employer.name)).tuples().all())
            db.session.remove()
            close_engines()
        return found

    def entries(self) -> int:
        """How many registrations of a run the journal tells of."""
        with self.app.app_context():
            keys = set(db.session.scalars(select(Employer.id).where(Employer.name.startswith("满载"))))
            told = db.session.scalars(select(Event.data).where(Event.kind == "employer_added"))
            found = sum(json.loads(data)["employer"] in keys for data in told)
            db.session.remove()
            close_engines()
        return found


class Client:
    """Somebody logged in, who opens lists, cases and desks, and registers employers."""

    def __init__(self, county: County, n: int, run: str) -> None:
        self.county, self.n, self.run, self.written = county, n, run, 0
        name = f"mediator{n % (synthetic.UNIONS * synthetic.SITES) + 1:02d}"
        visitor = PageClient(county.app)
        visitor.enter(name)
        [(cookie, value)] = visitor.cookies().items()
        self.headers = {"Cookie": f"{cookie}={value}", "Content-Type": "application/x-www-form-urlencoded",
                        "User-Agent": visitor.raw.environ_base["HTTP_USER_AGENT"]}
        self.token, self.chance, self.cases = visitor.token, random.Random(n), ["/cases"]
        self.taken: list[float] = []

    def work(self, times: int) -> None:
        for n in range(times):
            began = time.monotonic()
            try:
                status = self._register() if n % WRITES == WRITES - 1 else self._look(n)
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            self.taken.append(time.monotonic() - began)
            with self.county.lock:
                self.county.statuses[status] += 1

    def _look(self, n: int) -> int:
        path = ("/", "/cases", *[self.chance.choice(self.cases)] * 4, "/employers", "/cases/new")[n % 8]
        status, page = self._ask("GET", path)
        if path == "/cases":
            self.cases = CASE.findall(page) or self.cases
        return status

    def _register(self) -> int:
        self.written += 1
        name = f"满载{self.run}第{self.n}组第{self.written}号建筑有限公司"
        status, _page = self._ask("POST", "/employers/new", urlencode(
            {"csrf_token": self.token, "name": name, "confirmed": ["same_name"]}, doseq=True))
        if status == 303:
            with self.county.lock:
                self.county.acknowledged.append(name)
        return status

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.county.port, timeout=PATIENCE)
        try:
            line.request(method, path, body, self.headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Iterator[County]:
    kept = os.environ.get("DRILL_COUNTY")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("county")
    made = County(folder)
    try:
        yield made
    finally:
        made.close()
        if not kept:
            shutil.rmtree(folder)


def together(clients: list[Client], requests: int) -> list[float]:
    """All clients at once, as fast as they are answered; how long each answer took."""
    threads = [threading.Thread(target=client.work, args=(requests // len(clients),)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [seconds for client in clients for seconds in client.taken]


def p95(taken: list[float]) -> float:
    return quantiles(taken, n=20)[-1]


def assert_well(county: County, said: Callable[[], str]) -> None:
    assert set(county.statuses) <= {200, 303}, said()
    assert county.memory() < MOST_MEGABYTES, said()


def test_r69_nothing_fails_and_nothing_is_lost_under_many_clients(county):
    """R69: 10,000 requests of 200 clients without an error, what was acknowledged is there once, memory bounded."""
    run = f"{time.time():.0f}"
    crowd = [Client(county, n, run) for n in range(CLIENTS)]
    office = [Client(county, n, f"{run}b") for n in range(OFFICE)]
    slow_ones = [Client(county, n, f"{run}c") for n in range(OFFICE)]
    with county.app.app_context():
        close_engines()
    county.serve()
    begun, at = county.memory(), time.monotonic()
    taken = together(crowd, REQUESTS)
    print(f"{len(taken)} requests of {CLIENTS} clients over {CASES} cases in {time.monotonic() - at:.0f} s: "
          f"{dict(county.statuses)}, median {sorted(taken)[len(taken) // 2]:.2f} s, p95 {p95(taken):.2f} s, "
          f"memory {begun:.0f} to {county.memory():.0f} MB")
    assert_well(county, lambda: f"{county.statuses}, {county.memory():.0f} MB")
    mine = together(office, OFFICE_REQUESTS)
    print(f"{OFFICE} clients: median {sorted(mine)[len(mine) // 2]:.2f} s, p95 {p95(mine):.2f} s, "
          f"memory {county.memory():.0f} MB")
    assert p95(mine) < MOST_SECONDS, f"p95 of {OFFICE} clients: {p95(mine):.2f} s"
    with Dripping(county.port) as drip:
        slowed = together(slow_ones, OFFICE_REQUESTS)
        print(f"beside {SLOW} slow connections, {drip.sent} bytes: p95 {p95(slowed):.2f} s, "
              f"memory {county.memory():.0f} MB")
    assert drip.sent >= SLOW
    assert_well(county, lambda: f"beside slow connections: {county.statuses}, {county.memory():.0f} MB")
    assert p95(slowed) < 2 * MOST_SECONDS, f"p95 beside {SLOW} slow connections: {p95(slowed):.2f} s"
    found = county.names()
    assert len(county.acknowledged) >= REQUESTS // WRITES and {found.get(name, 0) for name in county.acknowledged} == {1}
    assert county.entries() == sum(found.values()), "each registration with its entry in the journal"


class Dripping:
    """Connections that begin a request and go on with it byte by byte, each second some."""

    def __init__(self, port: int) -> None:
        self.port, self.sent, self.stop = port, 0, threading.Event()
        self.lines: list[socket.socket] = []

    def __enter__(self) -> Dripping:
        for _n in range(SLOW):
            line = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            line.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
            self.lines.append(line)
        self.thread = threading.Thread(target=self._drip)
        self.thread.start()
        return self

    def _drip(self) -> None:
        while not self.stop.wait(1):
            for line in self.lines:
                try:
                    self.sent += line.send(b"a")
                except OSError:  # the server has had enough of it
                    continue

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.thread.join()
        for line in self.lines:
            line.close()
