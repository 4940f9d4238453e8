"""The agreement of a case: instalments, signatures, consents.

What was written is never edited: a later agreement supersedes (decisions.md, Money).
"""
from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from mediation.extensions import db
from mediation.models import (
    Agreement,
    AgreementItem,
    Case,
    Consent,
    Instalment,
    InstalmentShare,
    Payment,
    PlanPayer,
    Signature,
)
from mediation.queries.cases import case_rows
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.money import case_money
from mediation.rules.access import Actor
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Text
from mediation.rules.law import effect
from mediation.rules.money import agreement_checks as rules
from mediation.rules.money import amounts, plans
from mediation.rules.money.agreement_checks import Ground, Item, Person, Sign, Terms
from mediation.rules.money.payment_checks import Entry
from mediation.rules.money.plans import Plan, Step
from mediation.rules.people import kin
from mediation.services import numbers
from mediation.services.cases import effects, moves
from mediation.services.money.payments import Confirmed, against, record_payment, refuse

__all__ = ["Entry", "Item", "Plan", "Sign", "Step", "Terms", "agree", "agree_and_pay", "consent", "effect_of", "ground",
           "must_sign", "next_step", "sign", "write"]


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
    found = against(case, row, answers, actor, seen_version, "made_on", rows)
    refuse([*found, *rules.problems(terms, around), *_of_the_dead(case, terms)], confirmed)
    agreement = write(case, terms, around, case_money.current_agreement(case))
    effects.interrupt(case, "debtor_agreed", terms.made_on or actor.today)
    case.agreed_on, case.effective_on = agreement.made_on, agreement.effective_on
    moves.advance(case, row, answers, actor, _event(agreement))
    return agreement


def _of_the_dead(case: Case, terms: Terms) -> list[Problem]:
    """Who gets the money of those who died, and how much each; asked of the kin, never guessed."""
    receivers = {item.party_id for item in terms.items}
    dead = [p for p in case.parties if p.id in receivers and kin.is_dead(p)] if not case.is_late_entry else []
    return [problem for p in dead if (problem := kin.share_problem(p, kin.kin_of(p, case.parties))) is not None]


def ground(case: Case | CaseRows, today: date) -> Ground:
    """What the case says around its terms, as the rules want it."""
    people = tuple(Person(p.id, p.side, p.part, p.is_representative or p.part == "representative", p.acts_for_id,
                          p.headcount, kin.is_dead(p), p.name) for p in case.parties if p.removed_on is None)
    claimed = case_money.position(case, today).claimed_fen
    return Ground(today, case.channel, case.accepted_on, claimed, case.is_late_entry, people)


def write(case: Case, terms: Terms, around: Ground, before: Agreement | None) -> Agreement:
    """The rows of an agreement, which supersedes the one ``before``; checks and event are the caller's."""
    if before is not None:
        before.superseded_on = terms.made_on or around.today
    year = (terms.made_on or around.today).year
    total = sum(rules.totals(terms.items).values())
    agreement = Agreement(
        case=case, seq=before.seq + 1 if before else 1, kind=terms.kind, form=terms.form, made_on=terms.made_on,
        is_accelerated=terms.is_accelerated, terms=terms.terms, non_cash=terms.non_cash, total_fen=total,
        is_undisclosed=terms.is_undisclosed,
        payer_party_id=terms.payer_party_id,
        number=numbers.agreement_number(case, year) if terms.kind == "mediated" and not case.is_late_entry else "")
    db.session.add(agreement)
    agreement.items = [AgreementItem(party_id=i.party_id, head=i.head, amount_fen=i.fen) for i in terms.items]
    agreement.signatures = [_signature(sign) for sign in terms.signatures]
    agreement.consents = [Consent(party_id=party_id, consented_on=on, way=way)
                          for party_id, (on, way) in rules.open_consents(terms, around).items()]
    agreement.instalments, agreement.plan_payers = _instalments(terms), _plan_payers(terms)
    agreement.effective_on = effect_of(agreement, around).on
    db.session.flush()
    return agreement


def _signature(sign: Sign) -> Signature:
    return Signature(signer=sign.signer, party_id=sign.party_id, way=sign.way, signed_on=sign.signed_on,
                     witness=sign.witness)


def _instalments(terms: Terms) -> list[Instalment]:
    """The instalments of all plans, each shared among its workers so that both sums hold to the fen."""
    workers = {party_id: fen for party_id, fen in rules.totals(terms.items).items() if fen}
    is_plain = plans.is_one_for_all(terms.all_plans, terms.payer_party_id)
    rows = [(0 if is_plain else number, step, parts)
            for number, (plan, shared) in enumerate(
                zip(terms.all_plans, plans.share(terms.all_plans, workers).of_plans, strict=True), 1)
            for step, parts in zip(plan.steps, shared, strict=True)]
    return [Instalment(seq=seq, plan=number, due_on=step.due_on, due_told=step.due_told, amount_fen=step.fen,
                       way=terms.way, shares=[InstalmentShare(party_id=party_id, amount_fen=fen)
                                              for party_id, fen in parts.items()])
            for seq, (number, step, parts) in enumerate(rows, 1)]


def _plan_payers(terms: Terms) -> list[PlanPayer]:
    """Who pays, plan by plan, where it is not the agreement's payer throughout."""
    if not plans.has_own_payers(terms.plans, terms.payer_party_id):
        return []
    return [PlanPayer(plan=number, party_id=payer) for number, plan in enumerate(terms.plans, 1)
            for payer in plan.payers or (terms.payer_party_id,)]


def _event(agreement: Agreement) -> dict[str, object]:
    workers = {item.party_id for item in agreement.items}
    missing = {c.party_id for c in agreement.consents if c.consented_on is None}
    plan = ";".join([*(f"{row.seq},{row.due_on or row.due_told},{share.party_id},{share.amount_fen}"
                       for row in agreement.instalments for share in row.shares),
                     *(f"{row.plan}:{row.party_id}" for row in agreement.plan_payers)])
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
    own = {row.party_id for row in agreement.plan_payers} if agreement.plans else set()
    return rules.must_sign(around.people, own or {agreement.payer_party_id or 0}, {i.party_id for i in agreement.items},
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
    refuse(found)
    for row in signatures:
        agreement.signatures.append(_signature(row))
        _consent_by_signing(agreement, row, around)
        agreement.effective_on = case.effective_on = effect_of(agreement, around).on
        moves.act(case, "signed", {
            "agreement": agreement.id, "signer": row.signer, "party": row.party_id, "way": row.way,
            "signed_on": row.signed_on, "effective_on": agreement.effective_on}, actor, row.signed_on)


def _consent_by_signing(agreement: Agreement, row: Sign, around: Ground) -> None:
    worker = next((p.signs_for for p in around.people if p.id == row.party_id), None)
    signed = rules.have_signed(around.on_side("applicant"), [one.party_id for one in agreement.signatures])
    for kept in agreement.consents:
        if kept.party_id == worker and worker in signed and kept.consented_on is None:
            kept.consented_on, kept.way = row.signed_on, row.way


def consent(case: Case, agreement: Agreement, consents: Mapping[int, tuple[date, str]], actor: Actor) -> None:
    """Record the consents of represented workers; from then on the agreement binds them (R33 63)."""
    moves.require(case, "case.work", actor)
    open_ones = {row.party_id: row for row in agreement.consents if row.consented_on is None}
    found = _closed(case, agreement) + rules.consent_problems(consents, ground(case, actor.today))
    if not consents or set(consents) - set(open_ones):
        found.append(Problem("consents", Text("请勾选还没有同意的人", "Tick workers whose consent is missing")))
    refuse(found)
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
        n=line.seq, sum=amounts.print_yuan(line.left_fen), day=line.due_on or line.due_told or "—")


def agree_and_pay(case: Case, terms: Terms, entry: Entry, actor: Actor, seen_version: int | None = None,
                  confirmed: Confirmed = False, settle: bool = False) -> tuple[Agreement, Payment]:
    """Agreed and paid on the spot: both moves in one press, each with its own check and event, all or none."""
    agreement = agree(case, terms, actor, seen_version, settle, confirmed)
    if entry.shares is None and entry.amount_fen == agreement.total_fen:
        by_worker = rules.totals(rules.tidy(terms).items)
        entry = replace(entry, shares={party: fen for party, fen in by_worker.items() if fen})
    return agreement, record_payment(case, entry, actor, confirmed)
