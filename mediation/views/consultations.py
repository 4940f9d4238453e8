"""三方会诊: called from a case, recorded with each body's opinion, printed."""
from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from mediation.forms import partners as forms
from mediation.models import Consultation
from mediation.queries import choices, door, prevention
from mediation.rules.language import Text
from mediation.services import consultations
from mediation.views import guard, head
from mediation.views.guard import permit

bp = Blueprint("consultations", __name__)


@bp.get("/cases/<number>/consultations")
@permit("case.work")
def new(number: str):
    """The invitation."""
    case = guard.get_case(number, "case.work")
    return _call_page(case, forms.call_form(choices.agencies(case), case.station.address))


@bp.post("/cases/<number>/consultations")
@permit("case.work")
def call(number: str):
    case = guard.get_case(number, "case.work")
    form = forms.call_form(choices.agencies(case), "")
    if (again := guard.repeated(form.submit_token.data)):
        return again
    if form.validate():
        with guard.attempt(form) as attempt:
            row = consultations.call(case, form.call(), guard.actor())
        if attempt.ok:
            return guard.finish(f"/consultations/{row.id}", Text("已召集会诊。", "The consultation is called."),
                                form.submit_token.data)
    else:
        guard.reread()
    return _call_page(guard.get_case(number, "case.work"), form), 422


def _call_page(case, form: forms.CallForm) -> str:
    return render_template("consultations/call.html", **head.case_context(case, "coordination"), form=form)


@bp.get("/consultations/<int:key>")
@permit("journal.read")
def show(key: int):
    row = _row(key)
    return _page(row, forms.minutes_form(row) if row.state == "called" else None, forms.ReasonForm(None))


@bp.post("/consultations/<int:key>")
@permit("case.work")
def hold(key: int):
    """The record of what was said and decided."""
    row = _row(key)
    form = forms.minutes_form(row)
    if (again := guard.repeated(form.submit_token.data)):
        return again
    if form.validate():
        with guard.attempt(form) as attempt:
            consultations.hold(row, form.minutes(), guard.actor(), form.seen_version)
        if attempt.ok:
            return guard.finish(f"/consultations/{key}", Text("会诊已记下，分工已发给各单位。",
                                                              "On record; the tasks are with the bodies."),
                                form.submit_token.data)
    else:
        guard.reread()
    return _page(_row(key), form, forms.ReasonForm(None)), 422


@bp.post("/consultations/<int:key>/drop")
@permit("case.work")
def drop(key: int):
    row, form = _row(key), forms.ReasonForm()
    if form.validate():
        with guard.attempt(form) as attempt:
            consultations.drop(row, form.reason.data, guard.actor())
        if attempt.ok:
            return guard.finish(f"/consultations/{key}", Text("已记没有开成。", "Noted that it was not held."))
    else:
        guard.reread()
    row = _row(key)
    return _page(row, None, form), 422


@bp.get("/consultations/<int:key>/print")
@permit("paper.print")
def sheet(key: int):
    row = _row(key)
    for link in row.cases:
        guard.look("print", link.case.number, row.number)
    return render_template("papers/consultation.html", row=row, title=_("联合会商（三方会诊）记录"),
                           back=f"/consultations/{key}", path="")


def _row(key: int) -> Consultation:
    row = prevention.find_consultation(guard.actor(), key)
    if row is None:
        guard.note_refusal("journal.read", f"consultation {key}")
        abort(404)
    return row


def _page(row: Consultation, form: forms.MinutesForm | None, drop_form: forms.ReasonForm) -> str:
    first = min(row.cases, key=lambda link: link.id).case
    may_write = row.state == "called" and door.may(guard.actor(), "case.work", first)
    return render_template("consultations/show.html", row=row, form=form if may_write else None, drop_form=drop_form,
                           may_write=may_write, duty_rows=range(forms.DUTY_ROWS),
                           cases=[link.case for link in row.cases])
