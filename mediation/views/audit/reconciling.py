"""Marks of a second person on entries of the ledger: one entry's page, and the list of those not yet compared."""
from __future__ import annotations

from flask import Blueprint, abort, render_template

from mediation.forms.audit import reconciling as forms
from mediation.models import Case, Payment
from mediation.queries.audit import reconciling as queries
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.audit import reconciling as rules
from mediation.rules.language import Text
from mediation.services.audit import reconciling
from mediation.views import guard
from mediation.views.audit import listings
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("reconciling", __name__)

GIVEN = ("state", "station", "proof", "whose", "period")


@bp.get("/ledger/unreconciled")
@permit("ledger.read")
def index():
    return listings.show(
        "audit/reconciling.html", GIVEN, queries.read, queries.listing, states=queries.STATES, whose=queries.WHOSE,
        proofs={code: word for code, word in words.PROOFS.items() if code in words.PROVED}, compared=rules.COMPARED)



def _entry(number: str, seq: int) -> tuple[Case, Payment]:
    """The entry and its case; 404 for what is not there."""
    case = guard.get_case(number, reconciling.PERMISSION)
    payment = next((row for row in case_money.payments_of(case) if row.seq == seq), None)
    if payment is None:
        abort(404)
    return case, payment


@bp.get("/cases/<number>/payments/<int:seq>/reconcile")
@permit("money.reconcile")
def show(number: str, seq: int):
    case, payment = _entry(number, seq)
    form = forms.ReconcileForm()
    form.checked_on.data = guard.actor().today
    return _page(case, payment, form, forms.WithdrawForm())


def _page(case: Case, payment: Payment, form: forms.ReconcileForm, out: forms.WithdrawForm) -> str:
    return render_template(
        "audit/reconciling_entry.html", **case_context(case, "agreement"), payment=payment, form=form, out=out,
        mark=reconciling.find_mark(payment), compared=rules.COMPARED, entry=reconciling.entry_of(payment),
        is_own=payment.made_by_id == guard.actor().user_id,
        names={p.id: p.name for p in case.parties},
        earlier=[row for row in payment.reconciliations if row.withdrawn_on])


@bp.post("/cases/<number>/payments/<int:seq>/reconcile")
@permit("money.reconcile")
def mark(number: str, seq: int) -> Answer:
    case, payment = _entry(number, seq)
    form = forms.ReconcileForm()
    return press(
        form, lambda: reconciling.reconcile(case, payment, form.compared.data or (), form.checked_on.data,
                                            form.note.data, guard.actor()),
        lambda: _page(*_entry(number, seq), form, forms.WithdrawForm(formdata=None)),
        f"/cases/{number}/agreement#payments", Text("已核对第{n}笔。", "Entry {n} is reconciled.").fill(n=seq))


@bp.post("/cases/<number>/payments/<int:seq>/reconcile/withdraw")
@permit("money.reconcile")
def withdraw(number: str, seq: int) -> Answer:
    case, payment = _entry(number, seq)
    out = forms.WithdrawForm()
    return press(
        out, lambda: reconciling.withdraw(case, payment, out.reason.data, guard.actor()),
        lambda: _page(*_entry(number, seq), forms.ReconcileForm(formdata=None), out),
        f"/cases/{number}/agreement#payments",
        Text("已撤销第{n}笔的核对。", "The mark on entry {n} is withdrawn.").fill(n=seq))
