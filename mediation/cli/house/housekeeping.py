"""What the server does by itself, so that nobody has to remember it: a seal and a copy each day, a look at the clock.

One process does it: who holds the lock of a file in the instance folder. Whether something is due the journal says, so
that a restart neither forgets nor repeats.
"""
from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import func, select

from mediation import settings, vault
from mediation.extensions import db
from mediation.models import Event
from mediation.rules.access import Actor
from mediation.rules.journal import SERVER
from mediation.rules.language import Refused
from mediation.services import journal
from mediation.services.figures import month_sums
from mediation.services.house import accounts
from mediation.services.house import backup as copies
from mediation.sqlite import locked_alone

LOG = logging.getLogger("mediation.housekeeping")
NAME = "server"  # as which the journal knows it
LOCK = "housekeeping.lock"
EVERY = 600.0  # seconds between two looks
FIRST = 30.0  # seconds after the start
DUE = timedelta(hours=23)  # since the last copy or seal
JUMP = 120.0  # seconds by which the clock may differ from the running time before it is noted (R54)
COMMAND = (sys.executable, "-m", "flask", "--app", str(settings.ROOT / "app.py"))
SLOWLY = ("nice", "-n", "10") if shutil.which("nice") else ()  # people come first
BEIJING = ZoneInfo("Asia/Shanghai")


def start(app: Flask) -> threading.Event:
    """Begin to keep house beside the server; the event stops it."""
    stop = threading.Event()
    threading.Thread(target=_keep, args=(app, stop), name="housekeeping", daemon=True).start()
    return stop


def _keep(app: Flask, stop: threading.Event) -> None:
    wall, run = time.time(), time.monotonic()
    pause = FIRST
    while not stop.wait(pause):
        pause = EVERY
        jump = (time.time() - wall) - (time.monotonic() - run)
        wall, run = time.time(), time.monotonic()
        try:
            look(app, jump)
            prove(app)
        except Exception:  # whatever it was, it is tried again, and people go on working
            LOG.exception("housekeeping was not done")


def look(app: Flask, jump: float = 0.0) -> list[str]:
    """Do what is due and give the names of it; nothing where another process keeps house."""
    folder = Path(str(app.config["MEDIATION"]["INSTANCE"]))
    done: list[str] = []
    with app.app_context(), locked_alone(folder / LOCK) as is_ours:
        if is_ours:
            try:
                done = _do(app, folder, jump)
            finally:
                db.session.remove()
    return done


def prove(app: Flask) -> bool | None:
    """Once a day compare every row with the tables and the journal, in a process of its own beside the people's work.

    Whether all agrees; None where it is not due, or could not be done.
    """
    values = app.config["MEDIATION"]
    with app.app_context(), locked_alone(Path(str(values["INSTANCE"])) / LOCK) as is_ours:
        try:
            now = datetime.now(UTC)
            if not is_ours or not _is_due("checked", now):
                return None
            db.session.remove()
            faults = 0
            for words in (("check",), ("journal", "verify")):
                done = subprocess.run([*SLOWLY, *COMMAND, *words], env=_environ(app), capture_output=True, text=True,
                                      encoding="utf-8", check=False)
                found = [line for line in done.stderr.splitlines() if ": " in line and not line.startswith("Error")]
                if done.returncode and not found:
                    LOG.error("the check was not done: %s", words[0])
                    return None
                faults += len(found) if done.returncode else 0
            journal.record(_actor(app, datetime.now(UTC)), journal.HOUSE, "checked", {"faults": faults})
            db.session.commit()
            return not faults
        finally:
            db.session.remove()


def _environ(app: Flask) -> dict[str, str]:
    """The settings of this server for a process beside it."""
    values = app.config["MEDIATION"]
    names = ("INSTANCE", "DATABASE_URL", "FILES", "TODAY")
    return {**os.environ, **{f"MEDIATION_{name}": str(values[name]) for name in names}, "PYTHONUTF8": "1"}


def _actor(app: Flask, now: datetime) -> Actor:
    fixed = app.config["MEDIATION"]["TODAY"]
    day = date.fromisoformat(str(fixed)) if fixed else now.astimezone(BEIJING).date()
    return replace(accounts.operator(NAME, now, day), address=SERVER, request_id=secrets.token_hex(5))


def _do(app: Flask, folder: Path, jump: float) -> list[str]:
    now = datetime.now(UTC)
    actor = _actor(app, now)
    done = []
    jump = jump if abs(jump) > JUMP else _set_back(now)
    if jump:
        journal.record(actor, journal.HOUSE, "clock_jumped", {"seconds": round(jump)})
        db.session.commit()
        done.append("clock")
    if (_is_due("journal_sealed", now) or _has_closed()) and journal.seal(actor) is not None:
        done.append("seal")
    month_sums.fold()
    db.session.commit()
    if _is_due("backed_up", now):
        try:
            values = app.config["MEDIATION"]
            save(str(app.config["SQLALCHEMY_DATABASE_URI"]), settings.files_folder(values),
                 Path(str(values["BACKUPS"] or folder / "backups")), int(str(values["BACKUPS_KEPT"])), actor)
            done.append("backup")
        except Refused as refused:
            LOG.error("no copy was made: %s", refused.problems[0].text.en)
    return done


def save(url: str, files: Path, folder: Path, keep: int, actor: Actor) -> copies.Made:
    """Seal, copy database and files into the folder of copies, and let the oldest ones go; the copy is checked first.

    Commits: the copy holds the seal, and the event is written once it is there.
    """
    journal.seal(actor)
    db.session.commit()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"gonghe-{datetime.now(UTC):%Y%m%d-%H%M%S}.copy"
    made = copies.copy_to(url, files, target, vault.current())
    journal.record(actor, journal.HOUSE, "backed_up", {"sha256": made.sha256})
    db.session.commit()
    for old in sorted(folder.glob("gonghe-????????-??????.*"))[:-keep or None]:
        with contextlib.suppress(OSError):
            old.unlink()
    if made.lost:
        LOG.error("the copy lacks %s files that are gone or changed on the disk", len(made.lost))
    return made


def _is_due(kind: str, now: datetime) -> bool:
    last = db.session.scalar(select(func.max(Event.entered_at)).where(
        Event.stream == journal.HOUSE, Event.kind == kind))
    return last is None or not timedelta(0) <= now - last < DUE


def _has_closed() -> bool:
    """Whether a period was closed since the last seal. Not sealed by the closing itself: on PostgreSQL a seal waits for
    whoever is writing events, and the closing is."""
    last = {kind: key for kind, key in db.session.execute(select(Event.kind, func.max(Event.id)).where(
        Event.is_of_house(), Event.kind.in_(("period_closed", "journal_sealed"))).group_by(Event.kind)).tuples()}
    return last.get("period_closed", 0) > last.get("journal_sealed", 0)


def _set_back(now: datetime) -> float:
    """By how many seconds the newest entry lies ahead of the clock, below zero; 0 where it does not, or was noted."""
    row = db.session.execute(select(Event.entered_at, Event.kind).order_by(Event.id.desc()).limit(1)).first()
    if row is None or row.kind == "clock_jumped" or row.entered_at - now <= timedelta(seconds=JUMP):
        return 0.0
    return (now - row.entered_at).total_seconds()
