"""Contradictions of the books: the list, those of one case, gaps in the numbers of a union, and their explanation."""
from __future__ import annotations

from flask import Blueprint, abort, render_template

from mediation.forms.audit import reconciling as forms
from mediation.models import Case, Station
from mediation.queries.audit import explanations as queries
from mediation.queries.papers import spoiled_numbers
from mediation.rules.audit.contradictions import TABLE
from mediation.rules.language import Text
from mediation.rules.papers.catalogue import PAPERS
from mediation.services.audit import explanations
from mediation.views import guard
from mediation.views.audit import listings
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("explaining", __name__)

GIVEN = ("rule", "state", "station", "period")
DONE = Text("已记说明，仍列在“已说明”里。", "The explanation is recorded; it stays listed as explained.")


@bp.get("/ledger/contradictions")
@permit("ledger.read")
def index():
    return listings.show("audit/contradictions.html", GIVEN, queries.read, queries.listing, states=queries.STATES,
                         table=TABLE)



# One case -------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/contradictions")
@permit("ledger.read")
def show(number: str):
    case = guard.get_case(number, "ledger.read")
    return _page(case, None)


def _page(case: Case, form: forms.ExplainForm | None) -> str:
    rows = queries.of_case(case, guard.actor().today)
    return render_template("audit/case_contradictions.html", **case_context(case, "agreement"), rows=rows, table=TABLE,
                           form=form or forms.explain_form(rows))


@bp.post("/cases/<number>/contradictions")
@permit("money.explain")
def explain(number: str) -> Answer:
    case = guard.get_case(number, explanations.PERMISSION)
    form = forms.explain_form(queries.of_case(case, guard.actor().today))
    return press(form, lambda: explanations.explain(case, *form.chosen(), form.reason.data, guard.actor()),
                 lambda: _page(guard.get_case(number), form), f"/cases/{number}/contradictions", DONE)


# The numbers of a union -----------------------------------------------------------------------------------------

def _union(code: str) -> Station:
    union = queries.find_union(code, guard.actor())
    if union is None:
        guard.note_refusal("ledger.read", code)
        abort(404)
    return union


@bp.get("/ledger/contradictions/numbers/<code>")
@permit("ledger.read")
def show_numbers(code: str):
    return _numbers_page(_union(code), None)


def _numbers_page(union: Station, form: forms.ExplainForm | None) -> str:
    rows = queries.of_numbers([union])
    return render_template("audit/number_gaps.html", union=union, rows=rows, form=form or forms.explain_form(rows),
                           voided=queries.voided(union, guard.actor()), catalogue=PAPERS,
                           spoiled=spoiled_numbers.of_union(union),
                           may_explain=explanations.may_explain_numbers(union, guard.actor()))


@bp.post("/ledger/contradictions/numbers/<code>")
@permit("period.close")
def explain_numbers(code: str) -> Answer:
    union = _union(code)
    form = forms.explain_form(queries.of_numbers([union]))

    def act() -> None:
        _rule, mark, figures = form.chosen()
        explanations.explain_numbers(union, mark, figures, form.reason.data, guard.actor())
    return press(form, act, lambda: _numbers_page(_union(code), form), f"/ledger/contradictions/numbers/{code}", DONE)
