"""Exports on record: who took what out, with which filter, how many rows, which digest, masked or not.

One that is begun is written down first and finished when its last byte has left; one that broke off stays incomplete.
Whole numbers leave only with the right, a reason, and the approval of a second person.
"""
from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select, update

from mediation import postgresql
from mediation.extensions import db
from mediation.models import ExportRun, Station, User
from mediation.queries.ledger.selection import Selection, in_one_currency
from mediation.rules import access
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.services import journal
from mediation.services.cases import moves
from mediation.sqlite import locked_alone

EXPORTS = 20260102 << 32  # advisory locks of exports on PostgreSQL, one for each account
UNMASK = "ledger.unmask"
FORMS = ("csv", "xlsx")
OPEN_HOURS = 24  # after the approval, for one download
NO_REASON = Text("请写明为什么要未打码的号码", "Say why whole numbers are needed")
NO_FORM = Text("没有这种格式：{form}", "There is no format {form}")
NO_NUMBERS = Text("这张表没有号码列，不用申请", "This sheet has no column of numbers; nothing to ask for")
NOT_ONESELF = Text("自己的申请要由另一个人同意", "One's own request is approved by somebody else")
NO_ASKER = Text("申请人的账号已停用，或者还没有重新确认", "The asker's account is disabled or not confirmed again yet")
NOT_APPROVED = Text("还没有第二个人同意", "No second person has approved it yet")
TAKEN_ALREADY = Text("这份已经取过或者过了{hours}小时，请重新申请", "It was taken already, or {hours} hours have passed; ask again")
NO_RUN = Text("没有这份申请", "There is no such request")
ONE_AT_A_TIME = Text("您有一份导出正在进行，等它完成再取下一份", "One of your exports is running; wait until it is done")


@dataclass(frozen=True)
class Result:
    """What came out of an export: rows, columns, digest of the file and of its rows."""

    rows: int
    columns: int
    sha256: str
    rows_sha256: str
    read_at: datetime | None = None


class Running:
    """Who has an export running, and how far it is: heavy work is bounded to one for each account.

    A file of the account in ``folder`` is locked as long as it runs, so that all processes of the machine know, and
    with ``engine``, on PostgreSQL, a number in the database, so that all machines do. A process that dies gives both
    back.
    """

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        self._folder, self._engine, self._lock = folder, engine, threading.Lock()
        self._accounts: dict[int | None, Callable[[], tuple[int, int]]] = {}
        self._held: dict[int | None, ExitStack] = {}

    def enter(self, account_id: int | None) -> None:
        """Raise Refused when one is running already, here or in another process."""
        with self._lock:
            if account_id is not None:
                if account_id in self._accounts:
                    raise Refused([Problem("", ONE_AT_A_TIME)])
                self._held[account_id] = self._locked(account_id)
            self._accounts[account_id] = lambda: (0, 0)

    def _locked(self, account_id: int) -> ExitStack:
        with ExitStack() as held:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not held.enter_context(locked_alone(self._folder / f"running-{account_id}.lock")):
                raise Refused([Problem("", ONE_AT_A_TIME)])
            if self._engine is not None and not held.enter_context(postgresql.held_alone(
                    self._engine, EXPORTS + account_id)):
                raise Refused([Problem("", ONE_AT_A_TIME)])
            return held.pop_all()

    def watch(self, account_id: int | None, told: Callable[[], tuple[int, int]]) -> None:
        """``told`` says the rows written so far, and how many there will be."""
        with self._lock:
            if account_id in self._accounts:
                self._accounts[account_id] = told

    def progress(self, account_id: int | None) -> tuple[int, int] | None:
        """Rows written and rows in all of the running export; None when there is none."""
        with self._lock:
            told = self._accounts.get(account_id)
        return told() if told else None

    def leave(self, account_id: int | None) -> None:
        with self._lock:
            self._accounts.pop(account_id, None)
            if held := self._held.pop(account_id, None):
                held.close()


def _make(selection: Selection, form: str, actor: Actor, **values: object) -> ExportRun:
    if form not in FORMS:
        raise Refused([Problem("format", NO_FORM.fill(form=form[:10]))])
    in_one_currency(selection, actor)
    row = ExportRun(account_id=actor.user_id, actor_label=actor.username, sheet=selection.sheet.key, form=form,
                    filters=selection.filters, asked_at=actor.now, **values)
    db.session.add(row)
    db.session.flush()
    return row


def begin(selection: Selection, form: str, actor: Actor) -> ExportRun:
    """Write down that a masked export begins; the caller commits before the first byte leaves.

    What leaves of the journal is sealed first: the file names the seal that covers it.
    """
    if selection.sheet.key == "events":
        journal.seal(actor)
    row = _make(selection, form, actor, started_at=actor.now)
    journal.log_access(actor, "export", f"{row.sheet}.{form}", f"#{row.id} {_told(row.filters)}")
    return row


def _told(filters: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(filters.items()))


def finish(run_id: int, result: Result, actor: Actor, now: datetime) -> None:
    """The last byte has left: digests and count stand on the row and in the journal of the house."""
    row = db.session.get(ExportRun, run_id)
    if row is not None and row.is_complete and row.sha256 == result.sha256:
        return  # the answer to an earlier try was lost
    if row is None or row.is_complete:
        raise Refused([Problem("", NO_RUN)])
    row.read_at, row.finished_at, row.is_complete = result.read_at, now, True
    row.rows, row.columns, row.sha256, row.rows_sha256 = result.rows, result.columns, result.sha256, result.rows_sha256
    journal.record(actor, journal.HOUSE, "exported", {
        "run": row.id, "sheet": row.sheet, "form": row.form, "filter": row.filters, "rows": row.rows,
        "columns": row.columns, "sha256": row.sha256, "rows_sha256": row.rows_sha256, "is_masked": not row.is_unmasked,
        "approved_by": row.approved_by_id})


# Whole numbers


def ask(selection: Selection, form: str, reason: str, actor: Actor) -> ExportRun:
    """Ask for an unmasked export; somebody else has to approve it. Raises Refused or Forbidden."""
    _require(actor)
    problems = [] if reason.strip() else [Problem("reason", NO_REASON)]
    if not any(column.is_personal for column in selection.columns):
        problems.append(Problem("sheet", NO_NUMBERS))
    if problems:
        raise Refused(problems)
    row = _make(selection, form, actor, is_unmasked=True, reason=reason.strip()[:300])
    journal.record(actor, journal.HOUSE, "export_asked", {
        "run": row.id, "sheet": row.sheet, "form": form, "filter": row.filters, "reason": row.reason})
    return row


def approve(run_id: int, actor: Actor) -> ExportRun:
    """A second person with the same right, whose reach covers the asker's station, approves."""
    _require(actor)
    row = _get(run_id)
    asker = db.session.get_one(User, row.account_id)
    station = db.session.get_one(Station, asker.station_id)
    if asker.id == actor.user_id:
        raise Refused([Problem("", NOT_ONESELF)])
    if not station.path.startswith(actor.station_path or "-"):
        raise moves.Forbidden(UNMASK)
    if not asker.is_active or asker.confirmed_at is None:
        raise Refused([Problem("", NO_ASKER)])
    if row.approved_at is None:
        row.approved_by_id, row.approved_at = actor.user_id, actor.now
        journal.record(actor, journal.HOUSE, "export_approved", {"run": row.id})
    return row


def begin_unmasked(run_id: int, actor: Actor) -> ExportRun:
    """The asker takes the approved file, once, within a day. Raises Refused or Forbidden."""
    _require(actor)
    row = _get(run_id)
    if row.account_id != actor.user_id:
        raise moves.Forbidden(UNMASK)
    if row.approved_by_id is None or row.approved_at is None:
        raise Refused([Problem("", NOT_APPROVED)])
    if row.started_at is not None or actor.now - row.approved_at > timedelta(hours=OPEN_HOURS):
        raise Refused([Problem("", TAKEN_ALREADY.fill(hours=OPEN_HOURS))])
    if row.sheet == "events":
        journal.seal(actor)
    row.started_at = actor.now
    journal.log_access(actor, "export", f"{row.sheet}.{row.form}", f"#{row.id} unmasked {_told(row.filters)}")
    return row


def lapse(account_id: int) -> None:
    """An account gets another place, or comes back: what was approved for it where it was before is not any more."""
    db.session.execute(update(ExportRun).where(
        ExportRun.account_id == account_id, ExportRun.is_unmasked.is_(True), ExportRun.started_at.is_(None)).values(
        approved_by_id=None, approved_at=None))


def _require(actor: Actor) -> None:
    if not access.scope_of(actor.role, UNMASK):
        raise moves.Forbidden(UNMASK)


def _get(run_id: int) -> ExportRun:
    row = db.session.scalar(select(ExportRun).where(ExportRun.id == run_id, ExportRun.is_unmasked.is_(True)))
    if row is None:
        raise Refused([Problem("", NO_RUN)])
    return row
