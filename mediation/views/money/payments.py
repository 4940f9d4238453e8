"""Payments of a case: a new one, what the employer said and is proved now, a reversal."""
from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from mediation.forms.money import payments as forms
from mediation.models import Case, Payment
from mediation.queries.money import case_money as money_queries
from mediation.rules.money import amounts
from mediation.rules.money.payment_checks import Entry
from mediation.services.money import payments
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.cases.case_page import flash_after
from mediation.views.figures import closings
from mediation.views.guard import permit
from mediation.views.press import Answer, OnlyShown, press

bp = Blueprint("payments", __name__)


@bp.get("/cases/<number>/payments/new")
@permit("money.record")
def new_payment(number: str) -> str:
    """``?part=1`` leaves the sums open, ``?verify=n`` starts from what the employer said."""
    case = guard.get_case(number, "money.record")
    said = _find_payment(case, request.args.get("verify", ""))
    proposed = _proved(said) if said else payments.whole_of_next(case, guard.actor().today)
    form = forms.payment_form(case, _position(case), proposed, is_part="part" in request.args)
    if said:
        form.verifies.data = said.seq
    return _payment_page(case, form)


def _position(case: Case) -> money_queries.Position:
    return money_queries.position(case, guard.actor().today)


def _find_payment(case: Case, seq: str) -> Payment | None:
    return next((row for row in money_queries.payments_of(case) if str(row.seq) == seq), None)


def _proved(said: Payment) -> Entry:
    return Entry(said.paid_on, said.amount_fen, shares={s.party_id: s.amount_fen for s in said.shares},
                 payer_party_id=said.payer_party_id, payer_name=said.payer_name, direction=said.direction)


def _payment_page(case: Case, form: forms.PaymentForm) -> str:
    position = _position(case)
    owed = {line.party.id: line.performance.outstanding_fen for line in position.workers}
    return render_template("money/pay.html", **case_context(case, "agreement"), form=form, position=position,
                           owed=owed, closed_notice=closings.notice(case))


@bp.post("/cases/<number>/payments/new")
@permit("money.record")
def record(number: str) -> Answer:
    case = guard.get_case(number, "money.record")
    form = forms.payment_form(case, _position(case), None)
    return press(form, lambda: _record(case, form),
                 lambda: _payment_page(guard.get_case(number, "money.record"), form), f"/cases/{number}/agreement",
                 lambda made: flash_after(case, payments.row_of(made), {"sum": amounts.print_yuan(made.amount_fen)}),
                 remarks=lambda made: closings.remarks(case, made.paid_on))


def _record(case: Case, form: forms.PaymentForm) -> Payment:
    if request.form.get("do") == "share":
        form.show_shares(payments.shared(case, form.entry(), guard.actor().today))
        raise OnlyShown
    said = _find_payment(case, str(form.verifies.data or ""))
    if said:
        return payments.verify_payment(case, said, form.entry(), guard.actor(), form.confirmed)
    return payments.record_payment(case, form.entry(), guard.actor(), form.confirmed)


def _get_payment(case: Case, seq: int) -> Payment:
    found = _find_payment(case, str(seq))
    if found is None:
        abort(404)
    return found


@bp.get("/cases/<number>/payments/<int:seq>/reverse")
@permit("money.record")
def new_reversal(number: str, seq: int) -> str:
    case = guard.get_case(number, "money.record")
    return _reversal_page(case, _get_payment(case, seq), forms.ReversalForm())


def _reversal_page(case: Case, payment: Payment, form: forms.ReversalForm) -> str:
    return render_template("money/reverse.html", **case_context(case, "agreement"), payment=payment, form=form,
                           closed_notice=closings.notice(case))


@bp.post("/cases/<number>/payments/<int:seq>/reverse")
@permit("money.record")
def reverse(number: str, seq: int) -> Answer:
    case = guard.get_case(number, "money.record")
    payment, form = _get_payment(case, seq), forms.ReversalForm()

    def page() -> str:
        shown = guard.get_case(number, "money.record")
        return _reversal_page(shown, _get_payment(shown, seq), form)
    return press(form, lambda: payments.reverse_payment(case, payment, form.reason.data, guard.actor()), page,
                 f"/cases/{number}/agreement#payments",
                 lambda _done: flash_after(case, "reverse_payment", {"sum": amounts.print_yuan(payment.amount_fen)}),
                 remarks=lambda _done: closings.remarks(case, payment.paid_on))
