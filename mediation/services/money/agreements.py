"""The ledger of a case: agreement, instalments, signatures, consents, payments and their reversal.

What was written is never edited: a later agreement supersedes, a counter-entry reverses (decisions.md, Money).
"""
from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    Consent,
    Instalment,
    InstalmentShare,
    Payment,
    PaymentShare,
    Signature,
)
from mediation.queries.cases import case_rows
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.money import case_money
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import effect
from mediation.rules.money import agreement_checks as rules
from mediation.rules.money import amounts
from mediation.rules.money.agreement_checks import Entry, Ground, Item, Person, Sign, Step, Terms
from mediation.services import numbers
from mediation.services.cases import effects, moves

__all__ = ["Entry", "Item", "Sign", "Step", "Terms", "agree", "agree_and_pay", "consent", "effect_of", "ground",
           "must_sign", "next_step", "record_payment", "reverse_payment", "shared", "sign",
           "verify_payment", "whole_of_next"]

Confirmed = Collection[str] | bool


def agree(case: Case, terms: Terms, actor: Actor, seen_version: int | None = None, settle: bool = False,
          confirmed: Confirmed = False) -> Agreement:
    """Record what was agreed, and move the case into performance.

    ``settle``: the parties settled between themselves. ``confirmed``: True, or the names of the questions that were
    answered with yes. Raises Forbidden, Conflict, or Refused with all problems.
    """
    terms = rules.tidy(replace(terms, kind="settled" if settle else terms.kind))
    row, answers = workflow.MOVES["settle" if settle else "agree"], {"happened_on": terms.made_on}
    rows = case_rows.read(case, actor.today, lock=True)
    around = ground(rows, actor.today)
    found = _against(case, row, answers, actor, seen_version, "made_on", rows)
    _refuse(found + rules.problems(terms, around), confirmed)
    agreement = _write(case, terms, around)
    effects.interrupt(case, "debtor_agreed", terms.made_on or actor.today)
    case.agreed_on, case.effective_on = agreement.made_on, agreement.effective_on
    moves.advance(case, row, answers, actor, _event(agreement))
    return agreement


def _against(case: Case, row: workflow.Move, answers: Mapping[str, object], actor: Actor, seen_version: int | None,
             day: str, rows: CaseRows | None = None) -> list[Problem]:
    """What the procedure says against a move; the day's problem goes to the page's own field for it."""
    try:
        moves.check(case, row, answers, actor, seen_version, rows)
    except Refused as refusal:
        return [p._replace(field=day) if p.field == "happened_on" else p for p in refusal.problems]
    return []


def _refuse(found: list[Problem], confirmed: Confirmed = False) -> None:
    open_ones = [p for p in found if not p.confirm or not _is_confirmed(p.confirm, confirmed)]
    if open_ones:
        raise Refused(open_ones)


def _is_confirmed(name: str, confirmed: Confirmed) -> bool:
    return confirmed if isinstance(confirmed, bool) else name in confirmed


def ground(case: Case | CaseRows, today: date) -> Ground:
    """What the case says around its terms, as the rules want it."""
    people = tuple(Person(p.id, p.side, p.part, p.is_representative or p.part == "representative", p.acts_for_id,
                          p.headcount) for p in case.parties if p.removed_on is None)
    claimed = case_money.position(case, today).claimed_fen
    return Ground(today, case.channel, case.accepted_on, claimed, case.is_late_entry, people)


def _write(case: Case, terms: Terms, around: Ground) -> Agreement:
    before = case_money.current_agreement(case)
    if before is not None:
        before.superseded_on = terms.made_on or around.today
    year = (terms.made_on or around.today).year
    total = sum(rules.totals(terms.items).values())
    agreement = Agreement(
        case=case, seq=before.seq + 1 if before else 1, kind=terms.kind, form=terms.form, made_on=terms.made_on,
        is_accelerated=terms.is_accelerated, terms=terms.terms, non_cash=terms.non_cash, total_fen=total,
        payer_party_id=terms.payer_party_id,
        number=numbers.agreement_number(case, year) if terms.kind == "mediated" and not case.is_late_entry else "")
    db.session.add(agreement)
    agreement.items = [AgreementItem(party_id=i.party_id, head=i.head, amount_fen=i.fen) for i in terms.items]
    agreement.signatures = [_signature(sign) for sign in terms.signatures]
    agreement.consents = [Consent(party_id=party_id, consented_on=on, way=way)
                          for party_id, (on, way) in rules.open_consents(terms, around).items()]
    agreement.instalments = _instalments(terms)
    agreement.effective_on = effect_of(agreement, around).on
    db.session.flush()
    return agreement


def _signature(sign: Sign) -> Signature:
    return Signature(signer=sign.signer, party_id=sign.party_id, way=sign.way, signed_on=sign.signed_on,
                     witness=sign.witness)


def _instalments(terms: Terms) -> list[Instalment]:
    """The plan, each instalment shared among the workers so that both sums hold to the fen."""
    workers = {party_id: fen for party_id, fen in rules.totals(terms.items).items() if fen}
    rows = rules.divide([step.fen for step in terms.steps], list(workers.values()))
    return [Instalment(seq=seq, due_on=step.due_on, due_told=step.due_told, amount_fen=step.fen, way=terms.way,
                       shares=[InstalmentShare(party_id=party_id, amount_fen=fen)
                               for party_id, fen in zip(workers, row, strict=True) if fen])
            for seq, (step, row) in enumerate(zip(terms.steps, rows, strict=True), 1)]


def _event(agreement: Agreement) -> dict[str, object]:
    workers = {item.party_id for item in agreement.items}
    missing = {c.party_id for c in agreement.consents if c.consented_on is None}
    plan = ";".join(f"{row.seq},{row.due_on or row.due_told},{share.party_id},{share.amount_fen}"
                    for row in agreement.instalments for share in row.shares)
    return {"agreement": agreement.id, "total_fen": agreement.total_fen, "workers": len(workers),
            "bound": len(workers - missing), "instalments": len(agreement.instalments),
            "plan_digest": hashlib.sha256(plan.encode()).hexdigest()[:32], "effective_on": agreement.effective_on}


# Signatures and consents ----------------------------------------------------------------------------------------

def _terms_of(agreement: Agreement) -> Terms:
    return Terms(
        agreement.made_on, agreement.form, agreement.kind, agreement.payer_party_id,
        items=[Item(i.party_id, i.head, i.amount_fen) for i in agreement.items],
        signatures=[Sign(s.signer, s.party_id, s.way, s.signed_on, s.witness) for s in agreement.signatures])


def must_sign(agreement: Agreement, around: Ground) -> list[tuple[str, int]]:
    """Every (side, party) whose signature the agreement needs; mediator and seal apart."""
    return rules.must_sign(around.people, agreement.payer_party_id, {i.party_id for i in agreement.items},
                           {c.party_id for c in agreement.consents})


def effect_of(agreement: Agreement, around: Ground) -> effect.Effect:
    """When the agreement takes effect and what is missing; computed, never typed in (law.md 3.4)."""
    return rules.effect_of(_terms_of(agreement), around.channel, around.people, must_sign(agreement, around))


def sign(case: Case, agreement: Agreement, signatures: Sequence[Sign], actor: Actor) -> None:
    """Add later signatures; the day of effect is computed anew, a worker's signature is his consent too."""
    moves.require(case, "case.work", actor)
    around, signatures = ground(case, actor.today), [Sign(*row) for row in signatures]
    given = {(row.signer, row.party_id) for row in agreement.signatures}
    found = _closed(case, agreement) + rules.signature_problems(signatures, agreement.made_on, around, given)
    if not signatures:
        found.append(Problem("signatures", Text("请至少记一个签字", "Give at least one signature")))
    _refuse(found)
    for row in signatures:
        agreement.signatures.append(_signature(row))
        _consent_by_signing(agreement, row, around)
        agreement.effective_on = case.effective_on = effect_of(agreement, around).on
        moves.act(case, "signed", {
            "agreement": agreement.id, "signer": row.signer, "party": row.party_id, "way": row.way,
            "signed_on": row.signed_on, "effective_on": agreement.effective_on}, actor, row.signed_on)


def _consent_by_signing(agreement: Agreement, row: Sign, around: Ground) -> None:
    worker = next((p.signs_for for p in around.people if p.id == row.party_id), None)
    for kept in agreement.consents:
        if kept.party_id == worker and kept.consented_on is None:
            kept.consented_on, kept.way = row.signed_on, row.way


def consent(case: Case, agreement: Agreement, consents: Mapping[int, tuple[date, str]], actor: Actor) -> None:
    """Record the consents of represented workers; from then on the agreement binds them (R33 63)."""
    moves.require(case, "case.work", actor)
    open_ones = {row.party_id: row for row in agreement.consents if row.consented_on is None}
    found = _closed(case, agreement) + rules.consent_problems(consents, ground(case, actor.today))
    if not consents or set(consents) - set(open_ones):
        found.append(Problem("consents", Text("请勾选还没有同意的人", "Tick workers whose consent is missing")))
    _refuse(found)
    for party_id, (on, way) in consents.items():
        open_ones[party_id].consented_on, open_ones[party_id].way = on, way
        moves.act(case, "consented", {"agreement": agreement.id, "party": party_id, "way": way, "consented_on": on},
                  actor, on)


def _closed(case: Case, agreement: Agreement) -> list[Problem]:
    if agreement.case_id == case.id and agreement.superseded_on is None and case.state != "ARCHIVED":
        return []
    return [Problem("", Text("这份协议已不能再改：已归档，或已有新的协议",
                             "This agreement takes no more entries: it is filed away, or a newer one stands"))]


def next_step(case: Case, agreement: Agreement, around: Ground) -> Text:
    """What to watch after an agreement: missing signatures first, then the next instalment."""
    missing = effect_of(agreement, around).missing
    if missing and not case.is_late_entry:
        return Text("补签字，{missing}", "the signatures: {missing}").fill(missing=missing[0])
    line = case_money.position(case, around.today).next_instalment
    if line is None:
        return Text("回访", "the follow-up")
    return Text("盯住第{n}期{sum}元，{day}", "watch for instalment {n}, {sum} yuan, {day}").fill(
        n=line.seq, sum=amounts.print_yuan(line.left_fen), day=line.due_on or "—")


# Payments -------------------------------------------------------------------------------------------------------

def record_payment(case: Case, entry: Entry, actor: Actor, confirmed: Confirmed = False,
                   seen_version: int | None = None) -> Payment:
    """Record money that moved, with its proof. A surplus is asked back once ('confirm_over') and needs a reason."""
    rows = case_rows.read(case, actor.today, lock=True)
    position, agreement = case_money.position(rows, actor.today), case_money.newest(rows)
    entry = _complete(rows, entry, position)
    row, answers = workflow.MOVES["record_payment"], {"happened_on": entry.paid_on}
    account = rules.Account(
        frozenset(p.id for p in rows.parties if p.side == "applicant"),
        {line.party.id: line.performance.outstanding_fen for line in position.workers},
        agreement is not None, agreement.made_on if agreement else None, rows.is_late_entry)
    found = _against(case, row, answers, actor, seen_version, "paid_on", rows) + rules.entry_problems(entry, account)
    _refuse(found + _payer_problems(rows, entry), confirmed)
    payment = _payment(rows, entry, actor)
    moves.advance(case, row, answers, actor, {
        "payment": payment.id, "seq": payment.seq, "amount_fen": payment.amount_fen, "paid_on": payment.paid_on,
        "way": payment.way, "proof": payment.proof, "payer_kind": payment.payer_kind, "workers": len(payment.shares),
        "reason": payment.reason})
    return payment


def shared(case: Case, entry: Entry, today: date) -> Mapping[int, int]:
    """Each worker's share of a slip, by what is owed, as it would be recorded."""
    position = case_money.position(case, today)
    return _complete(case, replace(entry, shares=None), position).shares or {}


def verify_payment(case: Case, said: Payment, entry: Entry, actor: Actor, confirmed: Confirmed = False) -> Payment:
    """What the employer said is proved now: its entry is reversed and the money recorded with the proof."""
    if said.proof != "said" or said.case_id != case.id:
        raise Refused([Problem("", Text("这笔不是待核实的", "This payment is not one that waits for proof"))])
    reverse_payment(case, said, VERIFIED.say(actor.language), actor)
    return record_payment(case, entry, actor, confirmed)


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
    """A slip by what is open, instalment by instalment; what is more than that by ``_weights``."""
    chosen = [line for line in position.workers if line.party.id in entry.among or not entry.among]
    parts = [] if entry.direction == "to_employer" else [parts for _seq, parts in open_parts(chosen)]
    shares = rules.fill(entry.amount_fen, parts)
    rest = entry.amount_fen - sum(shares.values())
    weights = _weights(case, entry, chosen) if rest else {}
    for party, fen in zip(weights, amounts.share_out(rest, list(weights.values())) if weights else [], strict=True):
        shares[party] = shares.get(party, 0) + fen
    return shares


def open_parts(lines: Sequence[case_money.WorkerLine]) -> list[tuple[int, dict[int, int]]]:
    """What each worker still has to get of each instalment; never more than is outstanding to him in all."""
    left = {line.party.id: line.performance.outstanding_fen for line in lines}
    found: dict[int, dict[int, int]] = {}
    for line in lines:
        for step in line.performance.instalments:
            fen = min(step.fen - step.paid_fen, left[line.party.id])
            if fen > 0:
                found.setdefault(step.seq, {})[line.party.id] = fen
                left[line.party.id] -= fen
    return sorted(found.items())


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


def _payment(rows: CaseRows, entry: Entry, actor: Actor) -> Payment:
    agreement = case_money.newest(rows)
    step = next((row.id for row in rows.instalments if agreement is not None and row.agreement_id == agreement.id
                 and row.seq == entry.instalment_seq), None)
    payment = Payment(
        case_id=rows.id, seq=max((row.seq for row in rows.payments), default=0) + 1,
        paid_on=entry.paid_on, paid_told=entry.paid_told,
        amount_fen=entry.amount_fen, payer_party_id=entry.payer_party_id, payer_name=entry.payer_name,
        payer_kind=entry.payer_kind, direction=entry.direction, way=entry.way, proof=entry.proof,
        proof_note=entry.proof_note, reason=entry.reason, entered_on=actor.today, made_by_id=actor.user_id,
        shares=[PaymentShare(party_id=party_id, instalment_id=step, amount_fen=fen)
                for party_id, fen in (entry.shares or {}).items()])
    db.session.add(payment)
    db.session.flush()
    return payment


def _next_seq(case: Case) -> int:
    return (db.session.scalar(select(func.max(Payment.seq)).where(Payment.case_id == case.id)) or 0) + 1


def whole_of_next(case: Case, today: date) -> Entry | None:
    """A payment of all that is open of the next instalment, as the page proposes it; None when nothing is open."""
    parts, agreement = open_parts(case_money.position(case, today).workers), case_money.current_agreement(case)
    if not parts or agreement is None:
        return None
    seq, shares = parts[0]
    return Entry(today, sum(shares.values()), shares=shares, payer_party_id=agreement.payer_party_id,
                 instalment_seq=seq)


def reverse_payment(case: Case, payment: Payment, reason: str, actor: Actor) -> Payment:
    """Undo an entry by a counter-entry of the same day and shares, once; both stay in sight.

    The money counts on no day then: what was never there must not stand in an earlier day's figures either.
    """
    row = workflow.MOVES["reverse_payment"]
    answers: dict[str, object] = {}
    _refuse(_against(case, row, answers, actor, None, "reason") + _reversal_problems(case, payment, reason))
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


def _reversal_problems(case: Case, payment: Payment, reason: str) -> list[Problem]:
    found = [] if reason else [Problem("reason", rules.WHY)]
    if payment.case_id != case.id:
        found.append(Problem("", Text("这件案子里没有这笔钱", "This payment is not in the case")))
    if payment.reverses_id is not None:
        found.append(Problem("", Text("冲销的记录不能再冲销，请重新登记", "A reversal cannot be reversed: record it anew")))
    if db.session.scalar(select(Payment.seq).where(Payment.reverses_id == payment.id)):
        found.append(Problem("", Text("这笔已经冲销过了", "This payment is reversed already")))
    return found


def agree_and_pay(case: Case, terms: Terms, entry: Entry, actor: Actor, seen_version: int | None = None,
                  confirmed: Confirmed = False, settle: bool = False) -> tuple[Agreement, Payment]:
    """Agreed and paid on the spot: both moves in one press, each with its own check and event, all or none."""
    agreement = agree(case, terms, actor, seen_version, settle, confirmed)
    if entry.shares is None and entry.amount_fen == agreement.total_fen:
        by_worker = rules.totals(rules.tidy(terms).items)
        entry = replace(entry, shares={party: fen for party, fen in by_worker.items() if fen})
    return agreement, record_payment(case, entry, actor, confirmed)
