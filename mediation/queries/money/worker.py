"""One worker's money from the claim to the slip: heads, instalments, entries. The sums are those of
queries/money/case_money.py.

A slip names no head: what arrived is put down to the agreed heads in proportion, and the page says so.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mediation.extensions import db
from mediation.models import Agreement, Case, Instalment, Party, Payment, PaymentShare, Reconciliation
from mediation.queries.audit import reconciling
from mediation.queries.money.case_money import Position, WorkerLine
from mediation.rules import words
from mediation.rules.money import amounts


class Head(NamedTuple):
    """One head: what was claimed and agreed under it, and what of the money that arrived falls to it."""

    code: str
    claimed_fen: int | None
    agreed_fen: int | None
    arrived_fen: int | None
    outstanding_fen: int | None
    is_dropped: bool = False
    is_about: bool = False  # the claim is only told as about so much


class Step(NamedTuple):
    """This worker's part of an instalment; ``is_bound`` False where his consent is missing."""

    seq: int
    due_on: date | None
    due_told: str
    fen: int
    paid_fen: int
    is_overdue: bool
    is_bound: bool

    @property
    def left_fen(self) -> int:
        return self.fen - self.paid_fen


class Slip(NamedTuple):
    """This worker's part of an entry of the ledger."""

    payment: Payment
    fen: int
    instalment: int | None
    reversed_by: int | None
    mark: Reconciliation | None

    @property
    def kind(self) -> str:
        """Where the entry stands on the page: arrived, advance, back, goods or said."""
        if self.payment.proof not in words.PROVED:
            return "said"
        if self.payment.way == "goods":
            return "goods"
        if self.payment.direction == "to_employer":
            return "back"
        return "advance" if self.payment.payer_kind == "fund" else "arrived"

    @property
    def signed_fen(self) -> int:
        return -self.fen if self.payment.direction == "to_employer" else self.fen

    @property
    def needs_mark(self) -> bool:
        return self.kind != "said" and self.reversed_by is None and self.payment.reverses_id is None


KINDS = ("arrived", "advance", "back", "goods", "said")


@dataclass(frozen=True)
class Account:
    """All of one worker's money; ``line`` None where nothing was claimed, agreed or paid."""

    party: Party
    line: WorkerLine | None
    heads: tuple[Head, ...]
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...]
    is_unbound: bool
    unbound_fen: int

    def of_kind(self, kind: str) -> list[Slip]:
        return [slip for slip in self.slips if slip.kind == kind]

    def total(self, kind: str) -> int:
        return sum(slip.signed_fen for slip in self.of_kind(kind))

    @property
    def open_marks(self) -> int:
        """Entries that still wait for a second person."""
        return sum(slip.needs_mark and slip.mark is None for slip in self.slips)


def find_worker(case: Case, key: int, position: Position) -> Party | None:
    """An applicant of the case, or somebody whose money is in it."""
    with_money = {line.party.id for line in position.workers}
    return next((p for p in case.parties if p.id == key and (p.side == "applicant" or p.id in with_money)), None)


def account(case: Case, party: Party, position: Position, agreement: Agreement | None) -> Account:
    """Everything of one worker; two statements beyond what the case's page has read."""
    line = next((row for row in position.workers if row.party.id == party.id), None)
    missing = {row.party_id for row in agreement.consents if row.consented_on is None} if agreement else set()
    is_unbound = party.id in missing
    steps = _steps(party, line, agreement, is_unbound)
    return Account(party, line, tuple(_heads(case, party, line, agreement, is_unbound)), steps, _slips(case, party),
                   is_unbound, sum(step.fen for step in steps) if is_unbound else 0)


def _heads(case: Case, party: Party, line: WorkerLine | None, agreement: Agreement | None,
           is_unbound: bool) -> Iterable[Head]:
    claims = [row for row in case.claims if row.party_id == party.id]
    items = [row for row in agreement.items if row.party_id == party.id] if agreement else []
    agreed = _by_head((row.head, row.amount_fen) for row in items)
    claimed = _by_head((row.head, row.amount_fen) for row in claims if row.dropped_on is None)
    about = {row.head for row in claims if row.dropped_on is None and row.precision == "about"}
    came = {} if is_unbound else _apportion(agreed, line)
    known = {*agreed, *claimed, *(row.head for row in claims)}
    for code in [code for code in words.HEADS if code in known]:
        got, promised = came.get(code), agreed.get(code)
        left = promised - (got or 0) if promised is not None and came else None
        yield Head(code, claimed.get(code), promised, got, left, code not in claimed and code not in agreed,
                   code in about)


def _by_head(rows: Iterable[tuple[str, int | None]]) -> dict[str, int | None]:
    """Sums by head; what goes back to the employer is negative, an unknown sum stays unknown."""
    found: dict[str, int | None] = {}
    for head, fen in rows:
        signed = -fen if fen is not None and head == "to_employer" else fen
        found[head] = signed if head not in found or found[head] is None else (found[head] or 0) + (signed or 0)
    return found


def _apportion(agreed: dict[str, int | None], line: WorkerLine | None) -> dict[str, int]:
    """What arrived, up to what was agreed, over the agreed heads in proportion, to the fen."""
    heads = {code: fen for code, fen in agreed.items() if fen and fen > 0}
    if line is None or not heads:
        return {}
    arrived = min(max(line.performance.arrived_fen, 0), line.performance.agreed_fen)
    return dict(zip(heads, amounts.share_out(arrived, list(heads.values())), strict=True))


def _steps(party: Party, line: WorkerLine | None, agreement: Agreement | None, is_unbound: bool) -> tuple[Step, ...]:
    covered = {step.seq: step for step in line.performance.instalments} if line else {}
    found = []
    for row in sorted(agreement.instalments, key=lambda row: row.seq) if agreement else ():
        fen = sum(share.amount_fen for share in row.shares if share.party_id == party.id)
        if fen:
            step = covered.get(row.seq)
            found.append(Step(row.seq, row.due_on, row.due_told, fen, step.paid_fen if step else 0,
                              bool(step and step.is_overdue), not is_unbound))
    return tuple(found)


def _slips(case: Case, party: Party) -> tuple[Slip, ...]:
    rows = db.session.execute(
        select(PaymentShare, Payment, Instalment.seq).join(Payment, Payment.id == PaymentShare.payment_id)
        .outerjoin(Instalment, Instalment.id == PaymentShare.instalment_id)
        .where(Payment.case_id == case.id, PaymentShare.party_id == party.id).order_by(Payment.seq)
        .options(joinedload(Payment.payer), joinedload(Payment.made_by))).all()
    marks = reconciling.marks_of(Payment.case_id == case.id)
    undone = {row.reverses_id: row.seq for _share, row, _seq in rows if row.reverses_id}
    return tuple(Slip(row, share.amount_fen, seq, undone.get(row.id), marks.get(row.id)) for share, row, seq in rows)
