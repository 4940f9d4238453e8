"""Agreement and money of a case: the tab, a new agreement, later signatures and consents, payments and reversals."""
from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask_babel import gettext as _

from mediation.forms.money import agreements as forms
from mediation.forms.money import copy_from_lead
from mediation.models import Agreement, Case, Payment
from mediation.queries import door
from mediation.queries.audit import explanations, reconciling
from mediation.queries.cases import links
from mediation.queries.money import case_money as money_queries
from mediation.rules import access
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import effect
from mediation.rules.money import amounts, sharing
from mediation.services.cases import moves
from mediation.services.money import agreements
from mediation.services.papers import list_files
from mediation.services.people import name_respondent
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.figures import closings
from mediation.views.guard import permit
from mediation.views.papers import papers_page as papers
from mediation.views.press import Answer, press, show_again

bp = Blueprint("ledger", __name__)


# The tab --------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/agreement")
@permit("money.read")
def show(number: str) -> str:
    case = guard.get_case(number, "money.read")
    parts = door.shared_parts(guard.actor(), case)
    if not parts & {"agreement", "money"}:
        guard.note_refusal("money.read", number)
        abort(403)
    guard.log_access("open", case.number, "agreement")
    return _tab(case)


@bp.get("/cases/<number>/payments")
@permit("money.read")
def payments(number: str) -> Response:
    return redirect(f"/cases/{guard.get_case(number, 'money.read').number}/agreement#payments")


def _tab(case: Case, sign: forms.SignForm | None = None, consent: forms.ConsentForm | None = None) -> str:
    agreement = money_queries.current_agreement(case)
    entries = money_queries.payments_of(case)
    return render_template(
        "money/agreement.html", **case_context(case, "agreement"), agreement=agreement, entries=entries,
        reversed_by={row.reverses_id: row for row in entries if row.reverses_id},
        marks=reconciling.marks_of(Payment.case_id == case.id), contradictions=_contradictions(case),
        deal=_deal(case, agreement, sign, consent) if agreement else None)


def _contradictions(case: Case) -> list[explanations.Line]:
    """What does not agree in the books, for our own people."""
    actor = guard.actor()
    return explanations.of_case(case, actor.today) if access.scope_of(actor.role, "ledger.read") else []


def _deal(case: Case, agreement: Agreement, sign: forms.SignForm | None,
          consent: forms.ConsentForm | None) -> SimpleNamespace:
    """What the page shows of an agreement beyond its rows: effect, who is missing, the forms to add them."""
    around = agreements.ground(case, guard.actor().today)
    missing, absent = missing_signers(case, agreement), missing_consents(agreement)
    return SimpleNamespace(
        effect=agreements.effect_of(agreement, around), names={p.id: p.name for p in case.parties}, missing=missing,
        absent=absent, sign=sign or forms.sign_form(missing), consent=consent or forms.consent_form(absent))


def missing_signers(case: Case, agreement: Agreement) -> list[forms.Signer]:
    """Everybody who may still sign, those whose signature is needed first."""
    given = {(row.signer, row.party_id) for row in agreement.signatures}
    needed = set(agreements.must_sign(agreement, agreements.ground(case, guard.actor().today)))
    rows = [row for row in forms.signers(case) if (row.signer, row.party.id if row.party else None) not in given
            and (row.party or agreement.kind == "mediated")]
    return sorted(rows, key=lambda row: bool(row.party) and (row.signer, row.party.id) not in needed)


def missing_consents(agreement: Agreement) -> list:
    return [row.party for row in agreement.consents if row.consented_on is None]


# A new agreement ------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/agreement/new")
@permit("case.work")
def new_agreement(number: str) -> str:
    case = guard.get_case(number, "case.work")
    kind = "settled" if request.args.get("kind") == "settled" else "mediated"
    form, lead = forms.agreement_form(case, kind), links.lead_agreement(case, guard.actor())
    is_alike = lead is not None and "alike" in request.args
    if is_alike:
        copy_from_lead.prefill(form, case, lead)
    return _agreement_page(case, form, is_alike)


def _agreement_page(case: Case, form: forms.AgreementForm, is_alike: bool = False) -> str:
    """``is_alike``: it starts from the lead case's terms, and says so."""
    position = money_queries.position(case, guard.actor().today)
    return render_template("money/agree.html", **case_context(case, "agreement"), form=form, position=position,
                           lead_deal=links.lead_agreement(case, guard.actor()), is_alike=is_alike,
                           remainder=sharing.REMAINDER,
                           closed_notice=closings.notice(case))


@bp.post("/cases/<number>/agreement/new")
@permit("case.work")
def agree(number: str) -> Answer:
    case = guard.get_case(number, "case.work")
    form = forms.agreement_form(case)
    do = "add_row" if "add_row" in request.form else request.form.get("do", "")

    def page() -> str:
        return _agreement_page(guard.get_case(number, "case.work"), form)
    if do in HELPERS:
        return show_again(form, page, lambda: HELPERS[do](form))
    return press(form, lambda: _agree(case, form, do == "pay"), page, f"/cases/{number}/agreement", lambda made: made,
                 remarks=lambda _made: closings.remarks(case, form.made_on.data))


def _lay_out(form: forms.AgreementForm) -> None:
    """The plan of the one line, put into the rows; what is missing for it is said beside its fields."""
    if not form.total.data:
        form.total.errors = [amounts.EMPTY.say(guard.language())]
    elif all(form[name].validate(form) for name in ("total", "first_on", "count")):
        with guard.attempt(form):
            form.lay_out(form.plan())


def _fill_from_lines(form: forms.AgreementForm) -> None:
    with guard.attempt(form):
        form.fill_from_lines()


def _share_as_listed(form: forms.AgreementForm) -> None:
    """By the pasted list, or by the table that was chosen, whose lines are put into the field."""
    sent = form.shares_file.data
    with guard.attempt(form):
        if sent:
            form.shares.data = list_files.text_of(sent.filename or "", sent.read(), "shares_file")
        form.share_as_listed()


HELPERS = {"plan": _lay_out, "lines": _fill_from_lines, "share": lambda form: form.share_out(),
           "heads": lambda form: form.share_by_heads(), "listed": _share_as_listed,
           "add_row": lambda form: form.steps.append_entry(), "clauses": lambda form: form.write_clauses()}


def _agree(case: Case, form: forms.AgreementForm, is_paid: bool) -> Text:
    """What the page records, all or none, and the sentence that follows."""
    found, seen = _name_respondent(case, form)
    try:
        said = _agreed(case, form, is_paid, seen)
    except Refused as refusal:
        raise Refused([*found, *(p for p in refusal.problems if not (found and p.field == "who_name"))]) from refusal
    if found:
        raise Refused(found)
    return said


def _name_respondent(case: Case, form: forms.AgreementForm) -> tuple[list[Problem], int | None]:
    """Who the other side is, where the page asked; its problems are told along with those of the agreement."""
    named, seen = form.named(), form.seen_version
    if named is None:
        return [], seen
    try:
        name_respondent.name_respondent(case, named, guard.actor(), seen, form.confirmed)
    except Refused as refusal:
        return refusal.problems, seen
    form.signers = tuple(forms.signers(case))  # a unit stamps, a person signs
    return [], None


def _agreed(case: Case, form: forms.AgreementForm, is_paid: bool, seen: int | None) -> Text:
    actor, terms = guard.actor(), form.terms(is_paid)
    is_settled = terms.kind == "settled"
    if is_paid:
        _agreement, paid = agreements.agree_and_pay(case, terms, form.entry(), actor, seen, form.confirmed, is_settled)
        papers.keep_signed(case)
        return Text("已记协议，已登记到账{sum}元。下一步：回访，结案。",
                    "Agreement and payment of {sum} yuan recorded. Next: follow up, close.").fill(
            sum=amounts.print_yuan(paid.amount_fen))
    made = agreements.agree(case, terms, actor, seen, is_settled, form.confirmed)
    papers.keep_signed(case)
    row = workflow.MOVES["settle" if is_settled else "agree"]
    return moves.flash_of(row, next=agreements.next_step(case, made, agreements.ground(case, actor.today)))


# Later signatures and consents ----------------------------------------------------------------------------------

def _current(case: Case) -> Agreement:
    agreement = money_queries.current_agreement(case)
    if agreement is None:
        abort(404)
    return agreement


@bp.post("/cases/<number>/agreement/sign")
@permit("case.work")
def sign(number: str) -> Answer:
    case = guard.get_case(number, "case.work")
    agreement = _current(case)
    form = forms.sign_form(missing_signers(case, agreement), is_sent=True)

    def act() -> None:
        agreements.sign(case, agreement, form.signatures(form.day.data), guard.actor())
        papers.keep_signed(case)
    return press(
        form, act,
        lambda: _tab(guard.get_case(number, "case.work"), sign=form), f"/cases/{number}/agreement#signatures",
        lambda _done: _signed(agreements.effect_of(agreement, agreements.ground(case, guard.actor().today))))


def _signed(found: effect.Effect) -> Text:
    if found.on is None:
        return Text("已记签字，还没有生效：{missing}。", "Signed; not yet in effect: {missing}.").fill(missing=found.missing[0])
    return Text("已记签字，协议{day}生效。", "Signed; in effect from {day}.").fill(day=found.on.isoformat())


@bp.post("/cases/<number>/agreement/consent")
@permit("case.work")
def consent(number: str) -> Answer:
    case = guard.get_case(number, "case.work")
    agreement = _current(case)
    form = forms.consent_form(missing_consents(agreement), is_sent=True)
    return press(form, lambda: agreements.consent(case, agreement, form.consents_of(), guard.actor()),
                 lambda: _tab(guard.get_case(number, "case.work"), consent=form),
                 f"/cases/{number}/agreement#consents", _("已记同意。"))
