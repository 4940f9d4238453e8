"""Claims of a case: who asks how much under which head, beside what was agreed and came; added, changed, given up."""
from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from mediation.forms import people as party_forms
from mediation.forms.base import BaseForm
from mediation.forms.cases.moves import row_id
from mediation.models import Case, Claim
from mediation.rules import words
from mediation.services.money import claims
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.figures import closings
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("claims", __name__)


@bp.get("/cases/<number>/claims")
@permit("party.read")
def index(number: str):
    """A table of workers and heads with totals; a body without the parties sees numbers for names."""
    case = guard.get_case(number, "party.read")
    values = case_frame.case_context(case, "claims")
    if "claims" not in values["parts"]:
        guard.note_refusal("party.read", number)
        abort(403)
    standing = [c for c in case.claims if c.dropped_on is None]
    used = {c.head for c in standing}
    heads = [word for code, word in words.HEADS.items() if code in used]
    people = [p for p in case.parties if p.side == "applicant" and (
        any(c.party_id == p.id for c in standing) or (p.removed_on is None and p.part != "agent"))]
    sums = {word.code: sum(_signed(c) for c in standing if c.head == word.code) for word in heads}
    return render_template(
        "money/claims.html", **values, heads=heads, people=people, sums=sums, standing=standing,
        about={c.head for c in standing if c.precision == "about"},
        dropped=[c for c in case.claims if c.dropped_on], lines={w.party.id: w for w in values["money"].workers},
        shows_money="money" in values["parts"] and values["file"].has_agreement)


def _signed(claim: Claim) -> int:
    return (claim.amount_fen or 0) * (-1 if claim.head == "to_employer" else 1)


@bp.get("/cases/<number>/claims/new")
@permit("case.work")
def new(number: str):
    case = guard.get_case(number, "case.work")
    return _page(case, None, party_forms.claim_form(case, party_id=request.args.get("party", "")))


@bp.post("/cases/<number>/claims/new")
@permit("case.work")
def add(number: str):
    case = guard.get_case(number, "case.work")
    form = party_forms.claim_form(case)

    def act() -> None:
        party = next((p for p in case.parties if p.id == row_id(form.party.data)), None)
        claims.add_claim(case, party, form.values(), guard.actor(), form.confirmed)
    return press(form, act, lambda: _page(guard.get_case(number, "case.work"), None, form), _address(number),
                 _("已加上这项诉求。"), remarks=lambda _: closings.remarks(case, case.accepted_on))


@bp.get("/cases/<number>/claims/<int:key>")
@permit("case.work")
def edit(number: str, key: int):
    return _page(*_claim(number, key))


@bp.post("/cases/<number>/claims/<int:key>")
@permit("case.work")
def change(number: str, key: int):
    case, claim = _claim(number, key)
    form = party_forms.claim_form(case, claim)
    return press(
        form, lambda: claims.change_claim(case, claim, form.values(), form.reason.data, guard.actor(),
                                          form.seen_version, form.confirmed),
        lambda: _page(*_claim(number, key), form), _address(number), _("已更正，改前的数在经过里。"),
        present=lambda: party_forms.claim_form(*_claim(number, key), formdata=None),
        remarks=lambda _: closings.remarks(case, case.accepted_on))


@bp.post("/cases/<number>/claims/<int:key>/drop")
@permit("case.work")
def drop(number: str, key: int):
    case, claim = _claim(number, key)
    out = party_forms.ReasonForm()
    return press(
        out, lambda: claims.drop_claim(case, claim, out.out_reason.data, guard.actor(), out.seen_version,
                                       out.confirmed),
        lambda: _page(*_claim(number, key), out=out), _address(number), _("已记下放弃这一项，原因留在经过里。"),
        remarks=lambda _: closings.remarks(case, case.accepted_on))


def _claim(number: str, key: int) -> tuple[Case, Claim]:
    """The case that may be worked and a claim that stands in it; 404 for any other."""
    case = guard.get_case(number, "case.work")
    claim = next((c for c in case.claims if c.id == key and c.dropped_on is None), None)
    if claim is None:
        abort(404)
    return case, claim


def _page(case: Case, claim: Claim | None, form: BaseForm | None = None, out: BaseForm | None = None) -> str:
    if form is None:
        form = party_forms.claim_form(case, claim, formdata=None)
        form.version.data = str(case.version)
    if out is None:
        out = party_forms.ReasonForm(None)
        out.version.data = str(case.version)
    return render_template("money/claim.html", **case_frame.case_context(case, "claims"), form=form, claim=claim,
                           out=out)


def _address(number: str) -> str:
    return f"/cases/{number}/claims"
