"""Marks of a second person on entries of the ledger: one entry's page, and the list of those not yet compared."""
from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request

from mediation.forms.audit import reconciling as forms
from mediation.models import Case, Payment
from mediation.queries.audit import reconciling as queries
from mediation.queries.cases import case_filters
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.audit import reconciling as rules
from mediation.rules.language import Problem, Refused, Text
from mediation.services.audit import reconciling
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("reconciling", __name__)

GIVEN = ("state", "station", "proof", "whose", "period")


@bp.get("/ledger/unreconciled")
@permit("ledger.read")
def index():
    actor = guard.actor()
    given = {name: request.args.get(name, "").strip() for name in GIVEN}
    problems: list[Problem] = []
    page = None
    try:
        page = queries.listing(queries.read({**given, "after": request.args.get("after", "")}, actor), actor)
    except Refused as refusal:
        problems = refusal.problems
    return render_template(
        "audit/reconciling.html", page=page, given=given, problems=problems, states=queries.STATES, whose=queries.WHOSE,
        proofs={code: word for code, word in words.PROOFS.items() if code in words.PROVED},
        stations=[row for row in case_filters.find_stations(actor).values() if row.code != "own"],
        compared=rules.COMPARED,
        next_href=_next(given, page.next_after) if page and page.next_after else None), 422 if problems else 200


def _next(given: dict[str, str], after: int) -> str:
    return "/ledger/unreconciled?" + urlencode({**{k: v for k, v in given.items() if v}, "after": after})


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
