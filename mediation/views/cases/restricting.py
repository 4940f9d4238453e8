"""Narrowing who may read a case."""
from __future__ import annotations

from flask import Blueprint, render_template

from mediation.forms.cases.restricting import RestrictForm
from mediation.models import Case
from mediation.queries.cases import choices
from mediation.rules.language import Text
from mediation.services.cases import restricting
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("sealing", __name__)


@bp.get("/cases/<number>/sealing")
@permit("case.seal")
def show(number: str):
    case = guard.get_case(number, "case.seal")
    form = _form(case)
    form.readers.data = [m.account_id for m in case.members if m.kind == "reader" and m.until_on is None]
    return _page(case, form)


@bp.post("/cases/<number>/sealing")
@permit("case.seal")
def change(number: str):
    """Seal with the people ticked, or lift the seal."""
    case = guard.get_case(number, "case.seal")
    form = _form(case)

    def act() -> Text:
        if form.lift.data:
            restricting.lift(case, form.reason.data, guard.actor())
            return Text("已取消限定。", "The restriction is lifted.")
        restricting.restrict(case, form.readers.data, form.reason.data, guard.actor())
        return Text("已限定知悉范围，其他人看不到这件案子。", "Narrowed; nobody else finds this case now.")
    return press(form, act, lambda: _page(guard.get_case(number, "case.seal"), form), f"/cases/{number}",
                 lambda said: said)


def _form(case: Case) -> RestrictForm:
    form = RestrictForm()
    form.readers.choices = [(row.id, row.label) for row in choices.readers(case, guard.actor())]
    return form


def _page(case: Case, form: RestrictForm) -> str:
    return render_template("cases/sealing.html", form=form, **case_frame.case_context(case))
