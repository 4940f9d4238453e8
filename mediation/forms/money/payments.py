"""The pages of payments: a slip with its shares, a reversal.

The forms refuse only what they cannot read; what must be there is said by the rules, all at once.
"""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField

from mediation.forms.base import BaseForm, Day, DocumentLine, Line, Sum
from mediation.forms.cases.moves import Chips, Pick, Ticks, Whole, row_id
from mediation.forms.money.agreements import choices, put_today
from mediation.models import Case, Party
from mediation.queries.money.case_money import Position
from mediation.rules import words
from mediation.rules.money.payment_checks import Entry

SOMEBODY = "0"  # a payer who is no party


class PaymentForm(BaseForm):
    """One slip, for one worker or many; the parts for people are added by ``payment_form``."""

    workers: tuple[Party, ...] = ()
    paid_on = Day(_l("哪天到账"))
    paid_told = Line(_l("哪天（照原话）"), limit=60)
    amount = Sum(_l("这笔多少"))
    payer_name = Line(_l("别人付的，是谁"), limit=100)
    proof_note = DocumentLine(_l("凭证说明"), limit=200)
    reason = Line(_l("说明"), limit=300)
    instalment = Whole(_l("第几期"))
    verifies = Whole(_l("核实第几笔"))
    proposed = HiddenField()  # the shares that the page filled in, to tell them from those that a person typed

    def share_fields(self) -> list[tuple[Party, Field]]:
        return [(party, self[f"share-{party.id}"]) for party in self.workers] if len(self.workers) > 1 else []

    def _typed(self) -> dict[int, int]:
        return {party.id: field.data for party, field in self.share_fields() if field.data}

    @property
    def is_proposed(self) -> bool:
        """Whether the shares are those that the page filled in."""
        return _listed(self._typed()) == self.proposed.data

    def entry(self) -> Entry:
        """The slip as it was typed. Shares that nobody typed, but the page filled in, follow the sum: shared by what is
        owed to those ticked."""
        typed = {} if self.is_proposed else self._typed()
        ticked = [int(party) for party in self.among.data or ()]
        shares = {party: fen for party, fen in typed.items() if party in ticked or not ticked} or None
        is_party = self.payer.data and self.payer.data != int(SOMEBODY)
        return Entry(
            paid_on=self.paid_on.data, amount_fen=self.amount.data or sum((shares or {}).values()), shares=shares,
            paid_told=self.paid_told.data or "", payer_party_id=self.payer.data if is_party else None,
            payer_name="" if is_party else self.payer_name.data or "", payer_kind=self.payer_kind.data or "",
            direction=self.direction.data or "to_worker", way=self.way.data or "", proof=self.proof.data or "",
            proof_note=self.proof_note.data or "", reason=self.reason.data or "", instalment_seq=self.instalment.data,
            among=ticked)

    def show_shares(self, shares: Mapping[int, int]) -> None:
        for party, field in self.share_fields():
            field.data, field.typed, field.errors = shares.get(party.id), "", []
        self.proposed.data = _listed(shares)


def _listed(shares: Mapping[int, int]) -> str:
    return ",".join(f"{party}:{fen}" for party, fen in sorted(shares.items()) if fen)


def payment_form(case: Case, position: Position, proposed: Entry | None, is_part: bool = False) -> PaymentForm:
    """The form of this case; ``proposed`` fills it, ``is_part`` leaves the sums to be typed."""
    people = _receivers(case, position)
    payers = [(p.id, p.name) for p in case.parties if p.side != "applicant" and p.removed_on is None]
    fields = {
        "payer": Chips(_l("谁付的"), choices=[*payers, (int(SOMEBODY), _("别人"))], coerce=row_id,
                       default=payers[0][0] if len(payers) == 1 else None),
        "payer_kind": Pick(_l("算谁的"), choices=[("", _("按付款人")), *choices(words.PAYER_KINDS)]),
        "direction": Chips(_l("方向"), choices=choices(words.DIRECTIONS), default="to_worker"),
        "way": Chips(_l("怎么付的"), choices=choices(words.PAY_WAYS), default="transfer"),
        "proof": Chips(_l("凭证"), choices=choices(
            words.PROOFS if case.is_late_entry else words.LIVE_PROOFS)),
        "among": Ticks(_l("给谁"), choices=[(p.id, p.name) for p in people], coerce=row_id),
        **{f"share-{p.id}": Sum(p.name) for p in people}}
    form = type("BuiltPaymentForm", (PaymentForm,), {**fields, "workers": tuple(people)})()
    if not form.is_submitted():
        form.version.data = str(case.version)
        put_today(form.paid_on)
        _propose(form, proposed, is_part)
    return form


def _receivers(case: Case, position: Position) -> list[Party]:
    """Who may get money: everybody with a line in the ledger, else every worker."""
    return [line.party for line in position.workers] or [
        p for p in case.parties if p.side == "applicant" and p.removed_on is None and p.part != "agent"]


def _propose(form: PaymentForm, proposed: Entry | None, is_part: bool) -> None:
    form.among.data = [p.id for p in form.workers if proposed is None or is_part or p.id in proposed.shares]
    if proposed is None:
        return
    form.payer.data = proposed.payer_party_id or (int(SOMEBODY) if proposed.payer_name else form.payer.data)
    form.payer_name.data, form.direction.data = proposed.payer_name, proposed.direction
    if not is_part:
        form.instalment.data = proposed.instalment_seq
        form.amount.data = proposed.amount_fen
        form.show_shares(proposed.shares or {})


class ReversalForm(BaseForm):
    reason = Line(_l("为什么冲销"), limit=300)
