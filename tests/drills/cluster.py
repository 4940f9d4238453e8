"""The drill of the cluster: three PostgreSQL members on this machine, two servers of the product, four clerks who register
cases, and the leader killed again and again. What was acknowledged must be there, once.

    python3 app.py drill cluster [--kills N]

Run as root (the members run as user postgres). Prints one line for each kill and a table at the end.
"""
from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from mediation.extensions import close_engines, db
from mediation.models import Case, Party
from mediation.vault import FILE
from tests import house
from tests.pages import PageClient, _sent

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "mediation" / "data" / "cluster"
PORTS = {1: (15432, 15435), 2: (15433, 15436), 3: (15434, 15437)}  # of each member: the database, Patroni's REST
HOSTS = "&".join(f"host=127.0.0.1:{port}" for port, _rest in PORTS.values())
CLERKS = 4
SETTLING = 90.0  # seconds for leader, synchronous standby and replica to be there again
PATIENCE = 120.0  # seconds after which a clerk gives one form up


class Cluster:
    """The three members of the recipe in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = {name: secrets.token_urlsafe(18) for name in ("SU", "REPLICATION", "REWIND", "SERVERS", "OWNER")}

    def start(self) -> None:
        for name in ("make.sh", "start.sh"):
            shutil.copy(RECIPE / name, self.folder)
        told = {f"{name}_PASSWORD": value for name, value in self.passwords.items()}
        subprocess.run(["bash", "make.sh"], cwd=self.folder, env={**os.environ, **told}, check=True)
        self._as_postgres("start.sh")
        self.wait_until_whole()

    def _as_postgres(self, *words: str) -> None:
        subprocess.run(["bash", *words], cwd=self.folder, user="postgres", group="postgres", extra_groups=[], check=True,
                       env={**os.environ, "HOME": str(self.folder)}, stdout=subprocess.DEVNULL)

    def url(self, account: str, password: str) -> str:
        return f"postgresql+psycopg://{account}:{password}@/gonghe?{HOSTS}"

    def make_database(self) -> None:
        """An owner of the tables, an account of the servers, and the database."""
        with psycopg.connect(host="127.0.0.1", port=PORTS[self.leader() or 1][0], user="postgres", dbname="postgres",
                             password=self.passwords["SU"], autocommit=True) as connection:
            for name, password in (("gonghe_owner", "OWNER"), ("gonghe", "SERVERS")):
                connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{self.passwords[password]}'")
            connection.execute("CREATE DATABASE gonghe OWNER gonghe_owner")

    def members(self) -> list[dict]:
        """What any member says of all."""
        for _port, rest in PORTS.values():
            with suppress(OSError, ValueError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", rest, timeout=2)
                line.request("GET", "/cluster")
                return json.loads(line.getresponse().read())["members"]
        return []

    def leader(self) -> int | None:
        return next((int(one["name"][1:]) for one in self.members()
                     if one["role"] == "leader" and one["state"] == "running"), None)

    def wait_until_whole(self) -> None:
        """Until there is a leader that takes writing, a synchronous standby and a third member that follows."""
        until = time.monotonic() + SETTLING
        while time.monotonic() < until:
            found = sorted(one["role"] for one in self.members() if one["state"] in ("running", "streaming"))
            if found == ["leader", "replica", "sync_standby"] and self._is_writable():
                return
            time.sleep(0.5)
        raise SystemExit(f"the cluster is not whole after {SETTLING:.0f} s: {self.members()}")

    def _is_writable(self) -> bool:
        leader = self.leader()
        if leader is None:
            return False
        with suppress(psycopg.Error), psycopg.connect(
                host="127.0.0.1", port=PORTS[leader][0], user="postgres", dbname="postgres", connect_timeout=2,
                password=self.passwords["SU"]) as connection:
            return connection.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,)
        return False

    def kill_leader(self, with_patroni: bool) -> int:
        """Kill the leader's postgres, and with it Patroni, as the loss of a machine does; gives its number."""
        leader = self.leader()
        assert leader is not None
        if with_patroni:
            os.kill(self._pid(f"run/patroni{leader}.pid"), signal.SIGKILL)
        os.kill(self._pid(f"pg/n{leader}/postmaster.pid"), signal.SIGKILL)
        return leader

    def bring_back(self, member: int) -> None:
        """Start Patroni of a lost member again, which makes it follow."""
        self._as_postgres("start.sh", "patroni", str(member))

    def _pid(self, name: str) -> int:
        return int((self.folder / name).read_text().split()[0])

    def stop(self) -> None:
        """End what was started here, by its number: Patroni, what it left behind, haproxy, etcd."""
        for name in [*(f"patroni{i}" for i in PORTS), "haproxy", *(f"etcd{i}" for i in PORTS)]:
            with suppress(OSError, ValueError):
                os.kill(self._pid(f"run/{name}.pid"), signal.SIGTERM)
        time.sleep(5)
        for i in PORTS:
            with suppress(OSError, ValueError):
                os.kill(self._pid(f"pg/n{i}/postmaster.pid"), signal.SIGQUIT)


@dataclass
class Tally:
    """What the clerks were told."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # name of the worker: address of the case
    at: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    at_first_try: int = 0
    unavailable: int = 0  # answers 503, each with the form to send once more
    errors: list[str] = field(default_factory=list)
    given_up: int = 0


class Clerk(threading.Thread):
    """Registers one case after the other; a page that says 'once more' is sent once more, at the next server."""

    def __init__(self, n: int, ports: list[int], headers: dict[str, str], tally: Tally, is_over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.n, self.ports, self.headers, self.tally, self.is_over = n, ports, headers, tally, is_over
        self.count = 0

    def run(self) -> None:
        while not self.is_over.is_set():
            self.count += 1
            try:
                self._register(f"演练{self.n}号工人{self.count}")
            except Exception as error:
                self.tally.errors.append(f"{type(error).__name__} {error}")
                time.sleep(0.5)

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        port = self.ports[(self.n + self.count) % len(self.ports)]
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            line.request(method, path, body, self.headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location") or "", answer.read().decode()
        finally:
            line.close()

    def _register(self, name: str) -> None:
        status, _location, page = self._ask("GET", "/cases/new")
        if status != 200:
            self._note(status, page)
            return
        values = _fields(page, "form#intake")
        phone = f"13{self.n}{self.count:08d}"
        values += [("name", name), ("phone", phone), ("respondents-0-told", f"{name}的老板，城南工地"),
                   ("claims-0-head", "wages"), ("claims-0-amount", "15500"), ("narrative", "五月去的城南工地，干到九月。"),
                   ("action", "register"), ("reminded", "1")]
        sent, tries = time.monotonic(), 0
        while time.monotonic() - sent < PATIENCE:
            tries += 1
            status, location, page = self._ask("POST", "/cases/new", urlencode(_last(values)))
            if status == 303:
                self.tally.acknowledged[name] = location
                self.tally.at.append(time.monotonic())
                self.tally.waits.append(time.monotonic() - sent)
                self.tally.at_first_try += tries == 1
                return
            self._note(status, page)
            if status != 503:
                return
            values = _fields(page, "main form") or values
            self.count += 1  # the other server is asked next
            time.sleep(0.5)
        self.tally.given_up += 1

    def _note(self, status: int, page: str) -> None:
        if status == 503:
            self.tally.unavailable += 1
        else:
            self.tally.errors.append(f"{status} {BeautifulSoup(page, 'html.parser').get_text(' ', strip=True)[:200]}")


def _fields(page: str, selector: str) -> list[tuple[str, str]]:
    form = BeautifulSoup(page, "html.parser").select_one(selector)
    if form is None:
        return []
    return [(element["name"], value) for element in form.find_all(["input", "select", "textarea"]) for value in _sent(element)]


def _last(values: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a person fills in takes the place of what the page brought."""
    told = dict(values)
    seen: set[str] = set()
    return [(name, told[name]) for name, _value in values if not (name in seen or seen.add(name))]


@contextmanager
def servers(folder: Path, url: str, keys: Path) -> Iterator[list[int]]:
    """Two servers, each with a folder of its own and the same keys; uploads go where both see them."""
    running, ports = [], []
    (folder / "shared").mkdir()
    for n in (1, 2):
        own = folder / f"server{n}"
        own.mkdir()
        shutil.copy(keys, own / FILE)
        ports.append(_free_port())
        environ = {**os.environ, "MEDIATION_INSTANCE": str(own), "MEDIATION_DATABASE_URL": url,
                   "MEDIATION_FILES": str(folder / "shared"), "MEDIATION_TODAY": house.TODAY.isoformat()}
        with (folder / f"server{n}.log").open("w") as log:
            running.append(subprocess.Popen([sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "serve", "--port",
                                             str(ports[-1])], env=environ, cwd=ROOT, stdout=log, stderr=log))
        _wait_for(ports[-1])
    try:
        yield ports
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise SystemExit(f"no server on port {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def drill(kills: int, folder: Path) -> int:
    cluster = Cluster(folder)
    cluster.start()
    try:
        cluster.make_database()
        work = folder / "product"
        work.mkdir()
        app = house.make_app(work / "owner", cluster.url("gonghe_owner", cluster.passwords["OWNER"]))
        house.furnish(app)
        granted = app.test_cli_runner().invoke(args=["init", "--user", "gonghe"])
        assert granted.exit_code == 0, granted.output
        with servers(work, cluster.url("gonghe", cluster.passwords["SERVERS"]), work / "owner" / FILE) as ports:
            tally, seconds = _run(cluster, app, ports, kills)
        return _report(app, tally, seconds, work)
    finally:
        cluster.stop()


def _run(cluster: Cluster, app, ports: list[int], kills: int) -> tuple[Tally, list[float]]:
    tally, is_over, seconds = Tally(), threading.Event(), []
    clerks = []
    for n in range(CLERKS):
        clerk = PageClient(app)
        clerk.enter(("mediator", "colleague", "window", "mediator2")[n % 4])
        [(name, value)] = clerk.cookies().items()
        headers = {"Cookie": f"{name}={value}", "Content-Type": "application/x-www-form-urlencoded",
                   "User-Agent": clerk.raw.environ_base["HTTP_USER_AGENT"]}
        clerks.append(Clerk(n, ports, headers, tally, is_over))
    with app.app_context():
        close_engines()
    for clerk in clerks:
        clerk.start()
    for n in range(kills):
        time.sleep(3)
        is_lost = n % 5 == 4
        at = time.monotonic()
        member = cluster.kill_leader(is_lost)
        while not any(moment > at + 0.5 for moment in tally.at) and time.monotonic() < at + SETTLING:
            time.sleep(0.05)
        seconds.append(next((moment for moment in sorted(tally.at) if moment > at + 0.5), time.monotonic()) - at)
        if is_lost:
            cluster.bring_back(member)
        print(f"kill {n + 1}: n{member}{' with Patroni' if is_lost else ''}, {seconds[-1]:.1f} s to the next acknowledged "
              f"case, {len(tally.acknowledged)} so far, {tally.unavailable} × 503, {len(tally.errors)} errors", flush=True)
        cluster.wait_until_whole()
    is_over.set()
    for clerk in clerks:
        clerk.join(PATIENCE)
    return tally, seconds


def _report(app, tally: Tally, seconds: list[float], work: Path) -> int:
    with app.app_context():
        names = select(Party.name, func.count()).where(Party.part == "worker", Party.name.startswith("演练")).group_by(Party.name)
        there = dict(db.session.execute(names).tuples().all())
        numbers = sorted(db.session.scalars(select(Case.number)))
        db.session.remove()
        close_engines()
    lost = [name for name in tally.acknowledged if name not in there]
    doubled = [name for name, count in there.items() if count > 1]
    gaps = [prefix for prefix in {number.rpartition("-")[0] for number in numbers}
            if [int(number.rpartition("-")[2]) for number in numbers if number.rpartition("-")[0] == prefix]
            != list(range(1, 1 + sum(number.rpartition("-")[0] == prefix for number in numbers)))]
    proofs = [(words, app.test_cli_runner().invoke(args=list(words))) for words in (("check",), ("journal", "verify"), (
        "journal", "seal"), ("journal", "verify"))]
    faults = [f"{' '.join(words)}: {done.output}" for words, done in proofs if done.exit_code]
    rows = {
        "leaders killed": len(seconds), "cases acknowledged": len(tally.acknowledged), "at the first try": tally.at_first_try,
        "lost": len(lost), "doubled": len(doubled), "stored without an answer": len(there) - len(tally.acknowledged),
        "numbers with a gap": len(gaps), "answers 503, form kept": tally.unavailable, "other errors": len(tally.errors),
        "forms given up": tally.given_up,
        "seconds without service, median": f"{statistics.median(seconds):.1f}" if seconds else "-",
        "seconds without service, longest": f"{max(seconds):.1f}" if seconds else "-",
        "longest wait for one form, s": f"{max(tally.waits, default=0):.1f}",
        "check, journal verify, seal": "clean" if not faults else "NOT CLEAN",
    }
    print("\n| drill cluster | |\n|---|---|")
    print("\n".join(f"| {name} | {value} |" for name, value in rows.items()))
    for line in [*faults, *tally.errors[:5]]:
        print(line, file=sys.stderr)
    print(f"logs: {work}", flush=True)
    return int(bool(lost or doubled or gaps or faults))


def main() -> int:
    asked = argparse.ArgumentParser(prog="app.py drill cluster", description=__doc__)
    asked.add_argument("--kills", type=int, default=20)
    kills = asked.parse_args().kills
    if os.geteuid() != 0:
        print("run it as root: the members of the cluster are started as user postgres", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="gonghe-cluster-", dir="/tmp"))
    folder.chmod(0o755)
    return drill(kills, folder)


if __name__ == "__main__":
    sys.exit(main())
