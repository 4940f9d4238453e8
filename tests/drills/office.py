"""An office on disk with a server of its own, and a clerk who registers employers over HTTP and notes what was answered."""
from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from mediation.extensions import close_engines, db
from mediation.models import Employer
from tests import house
from tests.pages import PageClient

ROOT = Path(__file__).resolve().parents[2]


class Office:
    """A furnished instance folder; ``acknowledged`` are the names whose registration was answered with success."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = house.make_app(folder)
        house.furnish(self.app)
        self.environ = {**os.environ, "MEDIATION_INSTANCE": str(folder), "MEDIATION_TODAY": house.TODAY.isoformat()}
        self.acknowledged: list[str] = []
        self.asked = 0
        self._launcher: subprocess.Popen | None = None
        self._process = self._port = 0

    def run(self, *words: str) -> subprocess.CompletedProcess:
        """A command of the product in a process of its own."""
        command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *words]
        return subprocess.run(command, env=self.environ, cwd=ROOT, capture_output=True, text=True)

    def open(self) -> None:
        """Start the server on a free port and log the clerk in."""
        self._serve()
        clerk = PageClient(self.app)
        clerk.enter("mediator")
        with self.app.app_context():
            close_engines()
        [(name, value)] = clerk.cookies().items()
        self._headers = {"Cookie": f"{name}={value}", "Content-Type": "application/x-www-form-urlencoded",
                         "User-Agent": clerk.raw.environ_base["HTTP_USER_AGENT"]}
        self._token = clerk.token

    def register(self) -> int:
        """Ask for one more employer; the status, and in ``acknowledged`` the name when it was taken."""
        self.asked += 1
        name = f"演练{self.asked}号建筑有限公司"
        body = urlencode({"csrf_token": self._token, "name": name, "confirmed": ["same_name"]}, doseq=True)
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            line.request("POST", "/employers/new", body, self._headers)
            status = line.getresponse().status
        finally:
            line.close()
        if status == 303:
            self.acknowledged.append(name)
        return status

    def _serve(self) -> None:
        """A process of the server: forked from a loaded program where that can be, as starting Python takes seconds."""
        if self._launcher is None:
            command = [sys.executable, "-m", "tests.drills.launcher"]
            self._launcher = subprocess.Popen(command, env=self.environ, cwd=ROOT, stdin=subprocess.PIPE,
                                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        print("once more", file=self._launcher.stdin, flush=True)
        self._process = int(self._launcher.stdout.readline())
        line = self._launcher.stdout.readline()
        assert "http://127.0.0.1:" in line, f"the server said: {line!r}"
        self._port = int(line.split("/")[2].rpartition(":")[2])
        self._launcher.stdout.readline()  # how to stop it

    def kill(self) -> None:
        """End the server as a power cut does: it is asked nothing."""
        os.kill(self._process, signal.SIGKILL)
        while _is_alive(self._process):
            time.sleep(0.01)

    def close(self) -> None:
        """End what is left of the processes."""
        if self._launcher is not None:
            if self._process and _is_alive(self._process):
                self.kill()
            self._launcher.stdin.close()
            self._launcher.wait()
            self._launcher = None

    def names(self) -> set[str]:
        with self.app.app_context():
            found = set(db.session.scalars(select(Employer.name)))
            db.session.remove()
            close_engines()
        return found

    def assert_sound(self) -> None:
        """Nothing that was acknowledged is lost, and both checkers find nothing."""
        assert set(self.acknowledged) - self.names() == set()
        for words in (("check",), ("journal", "verify")):
            done = self.run(*words)
            assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
