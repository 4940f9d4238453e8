"""Money of a case, computed from its rows: who claimed, agreed, got how much, and what is late.

The arithmetic stands in rules/money/amounts.py; outstanding is summed over workers, so one worker's surplus never hides
another's loss (decisions.md, Figures).
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, select
from sqlalchemy.orm import Session, selectinload

from mediation.extensions import db
from mediation.models import Agreement, Case, Instalment, Party, Payment, PaymentShare
from mediation.queries.cases.case_rows import CaseRows
from mediation.rules import words
from mediation.rules.money import amounts, entries


@dataclass(frozen=True)
class WorkerLine:
    """One worker's money, in fen."""

    party: Party | Row[Any]
    claimed_fen: int | None
    is_bound: bool
    performance: amounts.Performance
    is_about: bool = False  # of what is claimed


@dataclass(frozen=True)
class InstalmentLine:
    seq: int
    due_on: date | None
    amount_fen: int
    paid_fen: int
    is_overdue: bool
    due_told: str = ""
    plan: int = 0
    workers: tuple[int, ...] = ()  # who have a part in it

    @property
    def left_fen(self) -> int:
        return self.amount_fen - self.paid_fen


@dataclass(frozen=True)
class Position:
    """The money of a case on a day; sums in fen, ``claimed_fen`` None where nothing is known."""

    on: date
    claimed_fen: int | None
    agreed_fen: int
    due_fen: int
    arrived_fen: int
    unverified_fen: int
    outstanding_fen: int
    unpaid_fen: int
    overdue_fen: int
    unbound_fen: int
    over_fen: int
    state: str
    workers: tuple[WorkerLine, ...]
    instalments: tuple[InstalmentLine, ...]
    bound: int
    total_workers: int
    goods_fen: int = 0
    is_claim_about: bool = False

    @property
    def next_instalment(self) -> InstalmentLine | None:
        """The earliest due of those that are not paid; one without a day comes last."""
        return min((line for line in self.instalments if line.left_fen > 0),
                   key=lambda line: (line.due_on or date.max, line.seq), default=None)


class Due(NamedTuple):
    """An instalment with its parts, of rows that were read without the mapper."""

    seq: int
    due_on: date | None
    due_told: str
    plan: int
    shares: Sequence[Row[Any]]


class Plan(NamedTuple):
    """An agreement as the money is computed from it, of rows that were read without the mapper."""

    is_accelerated: bool
    items: Sequence[Row[Any]]
    consents: Sequence[Row[Any]]
    instalments: Sequence[Due]
    plan_payers: Sequence[Row[Any]]


class Books(NamedTuple):
    """What the money of many cases is computed from, read at once: the agreement that counts, and the payments."""

    agreements: Mapping[int, Agreement | Plan]
    payments: Mapping[int, Mapping[int, list[amounts.Payment]]]


def books(case_ids: Collection[int], moment: Session | None = None) -> Books:
    """The books of many cases, as they stand now or stood at a moment; a fixed number of queries."""
    rows = (moment or db.session).scalars(_agreements(Agreement.case_id.in_(case_ids)).order_by(Agreement.seq))
    return Books({row.case_id: row for row in rows}, _payments(Payment.case_id.in_(case_ids), moment))


def position(case: Case | CaseRows, on: date, kept: Books | None = None) -> Position:
    """Compute the money of one case from claims, shares and payments; a fixed number of queries, or from ``kept``; of a
    case's rows once for each day."""
    if kept is None and isinstance(case, CaseRows):
        return case.once(("money", on), lambda: _position(case, on, books_of(case)))
    return _position(case, on, kept)


def _position(case: Case | CaseRows, on: date, kept: Books | None) -> Position:
    agreement = kept.agreements.get(case.id) if kept else _current(case.id)
    came = kept.payments if kept else _payments(Payment.case_id == case.id)
    bound, unbound = _bound_ids(agreement)
    steps, payments = _steps(agreement), defaultdict(list, came.get(case.id, {}))
    claimed, about = _claimed(case), _about(case)
    parties = [p for p in case.parties if p.side == "applicant" and p.removed_on is None]
    known = {p.id for p in parties}
    parties += [p for p in case.parties if p.id not in known and (p.id in steps or p.id in payments)]
    is_whole = bool(agreement and agreement.is_accelerated)
    lines = tuple(
        WorkerLine(p, claimed.get(p.id), p.id in bound,
                   amounts.performance(steps[p.id] if p.id in bound else (), payments[p.id], on, is_whole),
                   p.id in about)
        for p in parties if p.id in claimed or p.id in steps or p.id in payments)
    said = {row.seq: row.due_told for row in agreement.instalments} if agreement else {}
    return _total(case, on, lines, sum(sum(s.fen for s in steps[p]) for p in unbound), len(bound | unbound), said)


def states_of(case_ids: Collection[int], on: date, connection: Connection) -> dict[int, str]:
    """How the agreements of some cases were performed when the moment of ``connection`` was taken."""
    if not case_ids:
        return {}
    with Session(connection) as moment:
        kept = books(case_ids, moment)
        cases = moment.scalars(select(Case).where(Case.id.in_(case_ids)).options(
            selectinload(Case.parties), selectinload(Case.claims)))
        return {case.id: position(case, on, kept).state for case in cases}


def known_agreed(case: Case | CaseRows, money: Position) -> int | None:
    """The agreed sum as lists show it: None without an agreement, or where the agreement names no sum."""
    return money.agreed_fen if any(row.total_fen for row in case.agreements) else None


def known_outstanding(money: Position) -> int | None:
    """What is outstanding as lists show it: None where nobody was promised money."""
    return money.outstanding_fen if any(line.performance.instalments for line in money.workers) else None


def undisclosed(case_ids: Iterable[int]) -> frozenset[int]:
    """Those of some cases whose agreement in force names a sum that was not published."""
    wanted = list(case_ids)
    return frozenset(db.session.scalars(select(Agreement.case_id).where(
        Agreement.case_id.in_(wanted), Agreement.superseded_on.is_(None),
        Agreement.is_undisclosed.is_(True)))) if wanted else frozenset()


def current_agreement(case: Case) -> Agreement | None:
    """The agreement that counts: the newest not superseded."""
    return _current(case.id)


def _current(case_id: int) -> Agreement | None:
    return db.session.scalar(_agreements(Agreement.case_id == case_id).order_by(Agreement.seq.desc()).limit(1))


def _agreements(wanted: ColumnElement[bool]) -> Select[tuple[Agreement]]:
    return select(Agreement).where(wanted, Agreement.superseded_on.is_(None)).options(
        selectinload(Agreement.instalments).selectinload(Instalment.shares), selectinload(Agreement.consents),
        selectinload(Agreement.items), selectinload(Agreement.signatures))


def books_of(rows: CaseRows) -> Books:
    """The books of one case from its rows."""
    current = newest(rows)
    by_worker: dict[int, list[amounts.Payment]] = defaultdict(list)
    kept = {row.id: paid(row, 0) for row in rows.payments}
    for share in rows.payment_shares:
        by_worker[share.party_id].append(kept[share.payment_id]._replace(fen=share.amount_fen))
    return Books({rows.id: _plan(rows, current)} if current else {}, {rows.id: by_worker})


def slips(rows: CaseRows) -> list[entries.Slip]:
    """The entries of a case that stand, in order."""
    undone = {row.reverses_id for row in rows.payments}
    parts: dict[int, dict[int, int]] = defaultdict(dict)
    for share in rows.payment_shares:
        parts[share.payment_id][share.party_id] = share.amount_fen
    return [slip_of(row, parts[row.id]) for row in rows.payments if row.reverses_id is None and row.id not in undone]


def slip_of(row: Payment | Row[Any], shares: Mapping[int, int]) -> entries.Slip:
    """An entry as the rules compare it with others."""
    return entries.Slip(row.seq, row.paid_on, row.amount_fen, row.direction, shares, row.proof in words.PROVED,
                        row.paid_told, row.payer_party_id, row.payer_name, row.proof_note, bool(row.is_another))


def agreement_of(case: Case | CaseRows) -> Agreement | Plan | None:
    """The agreement that counts, as the money is computed from it."""
    return books_of(case).agreements.get(case.id) if isinstance(case, CaseRows) else _current(case.id)


def newest(rows: CaseRows) -> Row[Any] | None:
    """The agreement that counts, of rows that were read without the mapper."""
    return max((row for row in rows.agreements if row.superseded_on is None), key=lambda row: row.seq, default=None)


def _plan(rows: CaseRows, agreement: Row[Any]) -> Plan:
    parts: dict[int, list[Row[Any]]] = defaultdict(list)
    for share in rows.instalment_shares:
        parts[share.instalment_id].append(share)
    return Plan(
        agreement.is_accelerated, [row for row in rows.items if row.agreement_id == agreement.id],
        [row for row in rows.consents if row.agreement_id == agreement.id],
        [Due(row.seq, row.due_on, row.due_told, row.plan, parts[row.id]) for row in rows.instalments
         if row.agreement_id == agreement.id],
        [row for row in rows.plan_payers if row.agreement_id == agreement.id])


def _bound_ids(agreement: Agreement | Plan | None) -> tuple[set[int], set[int]]:
    """Workers whom the agreement binds, and those whose consent is missing (R33 63)."""
    if agreement is None:
        return set(), set()
    missing = {c.party_id for c in agreement.consents if c.consented_on is None}
    everybody = {item.party_id for item in agreement.items}
    return everybody - missing, everybody & missing


def _steps(agreement: Agreement | Plan | None) -> dict[int, list[amounts.Instalment]]:
    steps: dict[int, list[amounts.Instalment]] = defaultdict(list)
    payers = payers_by_plan(agreement)
    for row in agreement.instalments if agreement else ():
        seq, due_on, plan, liable = row.seq, row.due_on, row.plan, payers.get(row.plan, NOBODY)
        for share in row.shares:
            steps[share.party_id].append(amounts.Instalment(seq, due_on, share.amount_fen, plan, liable))
    return steps


NOBODY: frozenset[int] = frozenset()


def payers_by_plan(agreement: Agreement | Plan | None) -> dict[int, frozenset[int]]:
    """Who is liable under each plan that has payers of its own; they are looked for only where there are plans."""
    found: dict[int, set[int]] = defaultdict(set)
    if agreement is not None and any(row.plan for row in agreement.instalments):
        for row in agreement.plan_payers:
            found[row.plan].add(row.party_id)
    return {plan: frozenset(payers) for plan, payers in found.items()}


def _payments(
        wanted: ColumnElement[bool], moment: Session | None = None) -> dict[int, dict[int, list[amounts.Payment]]]:
    """Payments by case and worker."""
    found: dict[int, dict[int, list[amounts.Payment]]] = defaultdict(lambda: defaultdict(list))
    for share, row in (moment or db.session).execute(select(PaymentShare, Payment).join(Payment).where(wanted)):
        found[row.case_id][share.party_id].append(paid(row, share.amount_fen))
    return found


def paid(row: Payment | Row[Any], fen: int) -> amounts.Payment:
    """One worker's part of an entry as the rules reckon with it."""
    return amounts.Payment(row.paid_on or date.min, fen, row.proof in words.PROVED, row.payer_kind == "fund",
                           row.direction == "to_employer", row.way == "goods", row.payer_party_id)


def _claimed(case: Case | CaseRows) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for claim in case.claims:
        if claim.dropped_on is None:
            known = found.get(claim.party_id)
            sign = -1 if claim.head == "to_employer" else 1
            fen = claim.amount_fen
            found[claim.party_id] = (known or 0) + sign * fen if fen is not None else known
    return found


def _about(case: Case | CaseRows) -> set[int]:
    """Workers of whose claims a sum is not exact."""
    return {claim.party_id for claim in case.claims
            if claim.dropped_on is None and claim.amount_fen is not None and claim.precision == "about"}


SUMMED = ("agreed_fen", "due_fen", "arrived_fen", "unproved_fen", "outstanding_fen", "unpaid_fen", "overdue_fen",
          "over_fen", "goods_fen")
AMOUNTS = attrgetter(*SUMMED)


def _total(case: Case | CaseRows, on: date, lines: tuple[WorkerLine, ...], unbound: int, workers: int,
           said: Mapping[int, str]) -> Position:
    sums = dict(zip(SUMMED, map(sum, zip(*(AMOUNTS(line.performance) for line in lines), strict=True)),
                    strict=True)) if lines else dict.fromkeys(SUMMED, 0)
    claims = [line.claimed_fen for line in lines if line.claimed_fen is not None]
    return Position(
        on=on, claimed_fen=sum(claims) if claims else None, agreed_fen=sums["agreed_fen"], due_fen=sums["due_fen"],
        arrived_fen=sums["arrived_fen"], unverified_fen=sums["unproved_fen"],
        outstanding_fen=sums["outstanding_fen"], unpaid_fen=sums["unpaid_fen"], overdue_fen=sums["overdue_fen"],
        unbound_fen=unbound, over_fen=sums["over_fen"], state=_state(case, lines), workers=lines,
        instalments=_instalments(lines, said),
        bound=sum(line.is_bound for line in lines), total_workers=workers, goods_fen=sums["goods_fen"],
        is_claim_about=any(line.is_about for line in lines))


def _state(case: Case | CaseRows, lines: tuple[WorkerLine, ...]) -> str:
    if case.is_enforced:
        return "ENFORCED"
    steps: dict[int, list[amounts.Arrival]] = defaultdict(list)
    for line in lines:
        for step in line.performance.instalments:
            steps[step.plan].append(step)
    if set(steps) - {0}:
        return amounts.worst([amounts.state_of(parts) for parts in steps.values()])
    states = {line.performance.state for line in lines if line.is_bound}
    if states == {amounts.PERFORMED}:
        return amounts.PERFORMED
    if any(line.performance.performed_fen > 0 for line in lines if line.is_bound):
        return amounts.PARTLY
    return amounts.BREACHED if amounts.BREACHED in states else amounts.NOT_DUE


def _instalments(lines: tuple[WorkerLine, ...], said: Mapping[int, str]) -> tuple[InstalmentLine, ...]:
    steps: dict[int, dict[int, amounts.Arrival]] = defaultdict(dict)
    for line in lines:
        for step in line.performance.instalments:
            steps[step.seq][line.party.id] = step
    return tuple(_line(seq, steps[seq], said.get(seq, "")) for seq in sorted(steps))


def _line(seq: int, parts: Mapping[int, amounts.Arrival], told: str) -> InstalmentLine:
    some = next(iter(parts.values()))
    return InstalmentLine(
        seq, some.due_on, sum(part.fen for part in parts.values()), sum(part.paid_fen for part in parts.values()),
        any(part.is_overdue for part in parts.values()), told, some.plan, tuple(parts))


def payments_of(case: Case) -> list[Payment]:
    """All entries of a case in order, reversals too."""
    return list(db.session.scalars(select(Payment).where(Payment.case_id == case.id).order_by(Payment.seq).options(
        selectinload(Payment.shares))))
