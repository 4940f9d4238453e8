"""An agreement that starts from the terms of the lead case: filled in for looking over, checked as any other."""
from __future__ import annotations

from mediation.forms.money.agreements import AgreementForm
from mediation.models import Agreement, Case, Party
from mediation.rules.money import amounts
from mediation.services.money.agreements import Step


def prefill(form: AgreementForm, case: Case, lead: Agreement) -> None:
    """The lead's part of what is claimed, its days and their parts, its payer and wording."""
    claimed, total = lead.case.claimed_fen or 0, form.total.data or 0
    if 0 < lead.total_fen < claimed and total > 0:
        form.total.data = amounts.share_out(total, [lead.total_fen, claimed - lead.total_fen])[0]
        if form.item_fields():
            form.share_out()
    _lay_out(form, lead)
    form.payer.data = _same_payer(case, lead.payer) or form.payer.data
    form.is_accelerated.data, form.non_cash.data, form.terms_text.data = lead.is_accelerated, lead.non_cash, lead.terms


def _lay_out(form: AgreementForm, lead: Agreement) -> None:
    steps = [row for row in sorted(lead.instalments, key=lambda row: row.seq) if row.amount_fen > 0]
    if not steps or not form.total.data or lead.plans:  # plans of other people are none of this case's
        return
    fens = amounts.share_out(form.total.data, [row.amount_fen for row in steps])
    form.lay_out([Step(row.due_on, row.due_told, fen) for row, fen in zip(steps, fens, strict=True)])
    form.way.data = next((row.way for row in steps if row.way), form.way.data)


def _same_payer(case: Case, payer: Party | None) -> int | None:
    """The party of this case that is the lead case's payer: the same employer, or the same name."""
    if payer is None:
        return None
    others = [p for p in case.parties if p.side != "applicant" and p.removed_on is None]
    same = [p.id for p in others if p.employer_id and p.employer_id == payer.employer_id]
    return next(iter(same), None) or next((p.id for p in others if p.name and p.name == payer.name), None)
