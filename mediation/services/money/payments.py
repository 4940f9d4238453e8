"""Payments of a case: recorded with their proof, shared among the workers, proved later, reversed.

What was written is never edited: a counter-entry reverses (decisions.md, Money).
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from mediation import vault
from mediation.extensions import db
from mediation.models import Attachment, Case, Payment, PaymentShare
from mediation.queries.cases import case_rows
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.money import case_money
from mediation.rules import journal, words
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.money import amounts, entries
from mediation.rules.money.payment_checks import WHY, Account, Entry, entry_problems, fill
from mediation.services.cases import moves

Confirmed = Collection[str] | bool


def against(case: Case, row: workflow.Move, answers: Mapping[str, object], actor: Actor, seen_version: int | None,
             day: str, rows: CaseRows | None = None) -> list[Problem]:
    """What the procedure says against a move; the day's problem goes to the page's own field for it."""
    moves.refuse_ended(case)
    try:
        moves.check(case, row, answers, actor, seen_version, rows)
    except Refused as refusal:
        return [p._replace(field=day) if p.field == "happened_on" else p for p in refusal.problems]
    return []


def refuse(found: list[Problem], confirmed: Confirmed = False) -> None:
    open_ones = [p for p in found if not p.confirm or not _is_confirmed(p.confirm, confirmed)]
    if open_ones:
        raise Refused(open_ones)


def _is_confirmed(name: str, confirmed: Confirmed) -> bool:
    return confirmed if isinstance(confirmed, bool) else name in confirmed


def record_payment(case: Case, entry: Entry, actor: Actor, confirmed: Confirmed = False,
                   seen_version: int | None = None) -> Payment:
    """Record money that moved, with its proof.

    Asked back once: a surplus ('confirm_over') and what goes back to the employer ('confirm_back'), both with a reason,
    and an entry just like one that stands ('another_payment').
    """
    rows = case_rows.read(case, actor.today, lock=True)
    position = case_money.position(rows, actor.today)
    entry = _complete(rows, entry, position)
    row, twin = row_of(entry), _twin(rows, entry)
    answers, account = {"happened_on": entry.paid_on}, _account(rows, position)
    found = against(case, row, answers, actor, seen_version, "paid_on", rows) + entry_problems(entry, account)
    found += entries.back_problems(entry, _workers(rows)) + entries.twin_problems(twin)
    refuse(found + _payer_problems(rows, entry), confirmed)
    payment = _payment(rows, entry, actor, entries.is_told_apart(confirmed, twin))
    moves.advance(case, row, answers, actor, {
        "payment": payment.id, "seq": payment.seq, "amount_fen": payment.amount_fen, "paid_on": payment.paid_on,
        "way": payment.way, "proof": payment.proof, "payer_kind": payment.payer_kind, "workers": len(payment.shares),
        "reason": payment.reason})
    return payment


def _account(rows: CaseRows, position: case_money.Position) -> Account:
    agreement = case_money.newest(rows)
    return Account(
        frozenset(p.id for p in rows.parties if p.side == "applicant"),
        {line.party.id: line.performance.outstanding_fen for line in position.workers},
        agreement is not None, agreement.made_on if agreement else None, rows.is_late_entry)


def record_list(case: Case, entered: Sequence[Entry], actor: Actor, confirmed: Collection[str] = (),
                file: Attachment | None = None) -> list[Payment]:
    """Record the payments of one list to workers, all or none, with one event; the case is read once for all of them.

    Each is bounded as one alone is, by what those before it leave. ``file`` is put beside the first. Raises Refused
    with problems whose field is the place of the payment in ``entered``.
    """
    rows = case_rows.read(case, actor.today, lock=True)
    position = case_money.position(rows, actor.today)
    account, slips = _account(rows, position), case_money.slips(rows)
    owed, found, twins = dict(account.owed), [], []
    whole = [_complete(rows, entry, position) for entry in entered]
    row = replace(row_of(whole[0]), event="payments_recorded")
    by_day = {day: against(case, row, {"happened_on": day}, actor, None, "paid_on", rows)
              for day in {entry.paid_on for entry in whole}}
    for place, entry in enumerate(whole):
        slip = _slip(entry)
        twins.append(entries.twin_of(slip, slips))
        problems = [*by_day[entry.paid_on], *entry_problems(entry, replace(account, owed=owed)),
                    *entries.twin_problems(twins[-1]), *_payer_problems(rows, entry)]
        found += [p._replace(field=str(place)) for p in problems if not (p.confirm and p.confirm in confirmed)]
        owed.update({party: owed.get(party, 0) - fen for party, fen in (entry.shares or {}).items()})
        slips.append(slip)
    refuse(found)
    made = [_payment(rows, entry, actor, twin is not None, place)
            for place, (entry, twin) in enumerate(zip(whole, twins, strict=True))]
    if file is not None:
        file.about_kind, file.about_id = "payment", made[0].id
    pairs = [[payment.id, payment.amount_fen] for payment in made]
    moves.advance(case, row, {"happened_on": min(filter(None, by_day), default=None)}, actor, {
        "first": made[0].seq, "last": made[-1].seq, "count": len(made), "proof": made[0].proof,
        "amount_fen": sum(payment.amount_fen for payment in made),
        "list_digest": vault.current().digest(journal.canonical({"rows": pairs}))[:32]})
    return made


def shared(case: Case, entry: Entry, today: date) -> Mapping[int, int]:
    """Each worker's share of a slip, by what is owed, as it would be recorded."""
    position = case_money.position(case, today)
    return _complete(case, replace(entry, shares=None), position).shares or {}


def verify_payment(case: Case, said: Payment, entry: Entry, actor: Actor, confirmed: Confirmed = False) -> Payment:
    """What the employer said is proved now: its entry is reversed and the money recorded with the proof."""
    if said.proof != "said" or said.case_id != case.id:
        raise Refused([Problem("", Text("这笔不是待核实的", "This payment is not one that waits for proof"))])
    if entry.shares is None and entry.amount_fen > 0:
        entry = replace(entry, shares=_as_said(said, entry))
    reverse_payment(case, said, VERIFIED.say(actor.language), actor)
    return record_payment(case, entry, actor, confirmed)


def _as_said(said: Payment, entry: Entry) -> dict[int, int] | None:
    """The sum that came shared as the one that was said to have come, among those for whom it is."""
    parts = {s.party_id: s.amount_fen for s in said.shares if s.party_id in entry.among or not entry.among}
    return dict(zip(parts, amounts.share_out(entry.amount_fen, list(parts.values())), strict=True)) if parts else None


VERIFIED = Text("已核实，改登记凭证", "Verified: recorded anew with its proof")


def _payer_problems(case: CaseRows, entry: Entry) -> list[Problem]:
    if entry.payer_party_id is None or any(p.id == entry.payer_party_id for p in case.parties):
        return []
    return [Problem("payer", Text("这件案子里没有这个人", "This person is not in the case"))]


BY_PART = {"general_contractor": "contractor", "developer": "developer"}


def _complete(case: Case | CaseRows, entry: Entry, position: case_money.Position) -> Entry:
    """The entry with what need not be typed: each worker's share, and what kind of payer it was."""
    if entry.shares is None:
        entry = replace(entry, shares=_share(case, entry, position) if entry.amount_fen > 0 else {})
    if not entry.payer_kind:
        party = next((p for p in case.parties if p.id == entry.payer_party_id), None)
        by_name = "other" if entry.payer_name and party is None else "respondent"
        entry = replace(entry, payer_kind=BY_PART.get(party.part, "respondent") if party else by_name)
    return replace(entry, shares={party: fen for party, fen in (entry.shares or {}).items() if fen})


def _share(case: Case | CaseRows, entry: Entry, position: case_money.Position) -> dict[int, int]:
    """A slip by what is open, instalment by instalment, those of the plan it belongs to first; what is more than that
    by ``_weights``."""
    chosen = [line for line in position.workers if line.party.id in entry.among or not entry.among]
    parts = [] if entry.direction == "to_employer" else open_parts(chosen, _plans_of(case, entry, position))
    shares = fill(entry.amount_fen, [shares for _seq, shares in parts])
    rest = entry.amount_fen - sum(shares.values())
    weights = _weights(case, entry, chosen) if rest else {}
    for party, fen in zip(weights, amounts.share_out(rest, list(weights.values())) if weights else [], strict=True):
        shares[party] = shares.get(party, 0) + fen
    return shares


def _plans_of(case: Case | CaseRows, entry: Entry, position: case_money.Position) -> frozenset[int]:
    """The plans that a slip belongs to: that of its instalment, else those of its payer."""
    named = {line.plan for line in position.instalments if line.seq == entry.instalment_seq}
    payers = case_money.payers_by_plan(case_money.agreement_of(case)) if any(
        line.plan for line in position.instalments) else {}
    return frozenset(named or {plan for plan, liable in payers.items() if entry.payer_party_id in liable})


def open_parts(lines: Sequence[case_money.WorkerLine], first: Collection[int] = ()) -> list[tuple[int, dict[int, int]]]:
    """What each worker still has to get of each instalment, the earliest due first, those of the plans ``first``
    before all others; never more than is outstanding to him in all."""
    left = {line.party.id: line.performance.outstanding_fen for line in lines}
    steps = [(step.plan not in first, step.due_on or date.max, step.seq, line.party.id, step.fen - step.paid_fen)
             for line in lines for step in line.performance.instalments]
    found: dict[int, dict[int, int]] = {}
    for _is_other, _due_on, seq, party, wanted in sorted(steps):
        fen = min(wanted, left[party])
        if fen > 0:
            found.setdefault(seq, {})[party] = fen
            left[party] -= fen
    return list(found.items())


def _weights(case: Case | CaseRows, entry: Entry, lines: Sequence[case_money.WorkerLine]) -> dict[int, int]:
    """By what money beyond the plan is shared: what was agreed, else claimed, else by heads; back by what came."""
    workers = [p for p in case.parties if p.side == "applicant" and p.removed_on is None and p.part in RECEIVING
               and (p.id in entry.among or not entry.among)]
    if entry.direction == "to_employer":
        choices = [{line.party.id: line.performance.arrived_fen for line in lines}]
    else:
        choices = [{line.party.id: line.performance.agreed_fen for line in lines},
                   {line.party.id: line.claimed_fen or 0 for line in lines}]
    choices.append({p.id: max(p.headcount, 1) for p in workers})
    return next((found for weights in choices
                 if (found := {party: fen for party, fen in weights.items() if fen > 0})), {})


RECEIVING = frozenset({"worker", "next_of_kin", "representative"})


def row_of(entry: Entry | Payment) -> workflow.Move:
    """The move by which an entry is recorded, with its words."""
    return workflow.RETURN if entry.direction == "to_employer" else workflow.MOVES["record_payment"]


def _twin(rows: CaseRows, entry: Entry) -> entries.Slip | None:
    """An entry that stands and may be the same money."""
    return entries.twin_of(_slip(entry), case_money.slips(rows)) if entry.amount_fen > 0 else None


def _slip(entry: Entry) -> entries.Slip:
    return entries.Slip(0, entry.paid_on, entry.amount_fen, entry.direction, entry.shares or {},
                        entry.proof in words.PROVED, entry.paid_told, entry.payer_party_id, entry.payer_name,
                        entry.proof_note)


def _workers(rows: CaseRows) -> dict[int, entries.Worker]:
    """The entries of each worker, reversals among them."""
    names = {p.id: p.name for p in rows.parties}
    kept = case_money.books_of(rows).payments[rows.id]
    return {party: entries.Worker(names.get(party, ""), found) for party, found in kept.items()}


def _payment(rows: CaseRows, entry: Entry, actor: Actor, is_another: bool = False, place: int = 0) -> Payment:
    """``place``: how many entries of the same act go before."""
    agreement = case_money.newest(rows)
    step = next((row.id for row in rows.instalments if agreement is not None and row.agreement_id == agreement.id
                 and row.seq == entry.instalment_seq), None)
    payment = Payment(
        case_id=rows.id, seq=max((row.seq for row in rows.payments), default=0) + 1 + place,
        paid_on=entry.paid_on, paid_told=entry.paid_told,
        amount_fen=entry.amount_fen, payer_party_id=entry.payer_party_id, payer_name=entry.payer_name,
        payer_kind=entry.payer_kind, direction=entry.direction, way=entry.way, proof=entry.proof,
        proof_note=entry.proof_note, reason=entry.reason, is_another=is_another, entered_on=actor.today,
        made_by_id=actor.user_id,
        shares=[PaymentShare(party_id=party_id, instalment_id=step, amount_fen=fen)
                for party_id, fen in (entry.shares or {}).items()])
    db.session.add(payment)
    db.session.flush()
    return payment


def _next_seq(case: Case) -> int:
    return (db.session.scalar(select(func.max(Payment.seq)).where(Payment.case_id == case.id)) or 0) + 1


def whole_of_next(case: Case, today: date) -> Entry | None:
    """A payment of all that is open of the next instalment, as the page proposes it; None when nothing is open."""
    position, agreement = case_money.position(case, today), case_money.current_agreement(case)
    parts = open_parts(position.workers)
    if not parts or agreement is None:
        return None
    seq, shares = parts[0]
    plan = next((line.plan for line in position.instalments if line.seq == seq), 0)
    payer = next((party.id for party in agreement.payers_of(plan)), None)
    return Entry(today, sum(shares.values()), shares=shares, payer_party_id=payer, instalment_seq=seq)


def reverse_payment(case: Case, payment: Payment, reason: str, actor: Actor) -> Payment:
    """Undo an entry by a counter-entry of the same day and shares, once; both stay in sight.

    The money counts on no day then: what was never there must not stand in an earlier day's figures either.
    """
    row = workflow.MOVES["reverse_payment"]
    answers: dict[str, object] = {}
    rows = case_rows.read(case, actor.today, lock=True)
    refuse(against(case, row, answers, actor, None, "reason", rows) + _reversal_problems(rows, payment, reason))
    counter = Payment(
        case_id=case.id, seq=_next_seq(case), paid_on=payment.paid_on, paid_told=payment.paid_told,
        amount_fen=-payment.amount_fen, payer_party_id=payment.payer_party_id, payer_name=payment.payer_name,
        payer_kind=payment.payer_kind, direction=payment.direction, way=payment.way, proof=payment.proof,
        proof_note="", reverses_id=payment.id, reason=reason, entered_on=actor.today, made_by_id=actor.user_id,
        shares=[PaymentShare(party_id=s.party_id, instalment_id=s.instalment_id, amount_fen=-s.amount_fen)
                for s in payment.shares])
    db.session.add(counter)
    db.session.flush()
    moves.advance(case, row, answers, actor, {"payment": counter.id, "reverses": payment.seq, "seq": counter.seq,
                                              "amount_fen": payment.amount_fen, "reason": reason})
    return counter


def _reversal_problems(rows: CaseRows, payment: Payment, reason: str) -> list[Problem]:
    found = [] if reason else [Problem("reason", WHY)]
    undone = {share.party_id: case_money.paid(payment, -share.amount_fen) for share in payment.shares}
    found += entries.undoing_problems(_workers(rows), undone)
    if payment.case_id != rows.id:
        found.append(Problem("", Text("这件案子里没有这笔钱", "This payment is not in the case")))
    if payment.reverses_id is not None:
        found.append(Problem("", Text("冲销的记录不能再冲销，请重新登记", "A reversal cannot be reversed: record it anew")))
    if db.session.scalar(select(Payment.seq).where(Payment.reverses_id == payment.id)):
        found.append(Problem("", Text("这笔已经冲销过了", "This payment is reversed already")))
    return found
