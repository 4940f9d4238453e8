"""What a late entry knows of agreement and money, written as rows of the case; the one event is the late entry's.

The rows are those of any agreement and payment, made by the same functions; what a live case must show (signatures,
consents, a day for each instalment) is not asked of an old one.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mediation.extensions import db
from mediation.models import Agreement, Case, Party, Payment, PaymentShare
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.cases.late_entry import NOT_KNOWN, Agreed, Late, Paid
from mediation.rules.money import amounts
from mediation.rules.money.agreement_checks import Ground, Item, Terms
from mediation.rules.money.plans import Step
from mediation.services.money import agreements
from mediation.services.people import parties

TOLD_AGREED = "agreed_fen"  # under which Case.as_told keeps the words of an agreed sum that is not exact


def complete_dates(facts: Late) -> dict[str, date | None]:
    """The days told, and those that are the same day by their meaning: an agreement is the outcome, and an old register
    enters one on the day from which it holds."""
    dates = dict(facts.dates)
    if facts.outcome in words.SUCCESS:
        made_on = dates.get("agreed_on") or dates.get("concluded_on")
        for name in ("agreed_on", "concluded_on", "effective_on") if made_on else ():
            dates[name] = dates.get(name) or made_on
    return dates


def put(case: Case, facts: Late, dates: Mapping[str, date | None], actor: Actor) -> None:
    """The agreement and the payments of a late entry, shared among its workers by what they claim, else by heads."""
    weights = weights_of(case)
    if facts.agreed is not None:
        agreement = put_agreement(case, facts.agreed, weights, dates, actor)
        weights = {item.party_id: item.amount_fen for item in agreement.items} or weights
    for seq, row in enumerate(facts.paid, 1):
        put_payment(case, seq, row, weights, actor)
    db.session.flush()


def weights_of(case: Case) -> dict[int, int]:
    """By what a sum for the whole case is shared among its workers: their claims where each has one, else heads."""
    people = parties.workers(case)
    standing = [claim for claim in case.claims if claim.dropped_on is None]
    claimed = {p.id: sum(c.amount_fen or 0 for c in standing if c.party is p) for p in people}
    return claimed if all(fen > 0 for fen in claimed.values()) else {p.id: max(p.headcount, 1) for p in people}


def put_agreement(case: Case, agreed: Agreed, weights: Mapping[int, int], dates: Mapping[str, date | None],
                  actor: Actor, before: Agreement | None = None) -> Agreement:
    """The agreement's row, which supersedes the one ``before``; a sum that nobody knows is taken for one that was not
    published."""
    parts = share(agreed.fen or 0, weights)
    payer = next((p for p in parties.active(case, "respondent")), None)
    terms = Terms(
        dates.get("agreed_on"), kind="settled" if case.outcome == "SETTLED" else "mediated",
        payer_party_id=payer.id if payer else None,
        items=[Item(party, case.main_head or "other", fen) for party, fen in parts.items()],
        steps=[Step(agreed.due_on, agreed.due_told[:60] or ("" if agreed.due_on else NOT_KNOWN), agreed.fen)]
        if agreed.fen else [],
        is_undisclosed=agreed.fen is None, terms=agreed.terms, non_cash=agreed.non_cash)
    agreement = agreements.write(case, terms, Ground(actor.today, case.channel, case.accepted_on, None, True), before)
    agreement.effective_on = dates.get("effective_on")
    if agreed.told:
        case.as_told = {**case.as_told, TOLD_AGREED: agreed.told}
    return agreement


def put_payment(case: Case, seq: int, paid: Paid, weights: Mapping[int, int], actor: Actor) -> Payment:
    """One payment's row, shared by weights; the words of a sum that is not exact stand in its remark."""
    payment = Payment(
        case_id=case.id, seq=seq, paid_on=paid.paid_on,
        paid_told="" if paid.paid_on else paid.paid_told[:60] or NOT_KNOWN, amount_fen=paid.fen,
        payer_party_id=_payer(case, paid), payer_name=paid.payer_name[:100], payer_kind=paid.payer_kind, way=paid.way,
        proof=paid.proof, proof_note=paid.note[:200], reason=paid.told[:300], entered_on=actor.today,
        made_by_id=actor.user_id or case.registered_by_id,
        shares=[PaymentShare(party_id=party, amount_fen=fen) for party, fen in share(paid.fen, weights).items()])
    db.session.add(payment)
    return payment


def _payer(case: Case, paid: Paid) -> int | None:
    only: list[Party] = parties.active(case, "respondent")
    return only[0].id if paid.payer_kind == "respondent" and not paid.payer_name and len(only) == 1 else None


def share(fen: int, weights: Mapping[int, int]) -> dict[int, int]:
    """A sum shared by weights to the fen; who gets nothing is left out."""
    parts = zip(weights, amounts.share_out(fen, list(weights.values())), strict=True) if fen and weights else ()
    return {party: part for party, part in parts if part}
