"""The follow-ups of a case: what was found after the outcome, and the form for the next one."""
from __future__ import annotations

from flask import Blueprint, render_template

from mediation.forms import records as record_forms
from mediation.forms.cases import moves as move_forms
from mediation.forms.cases.moves import MoveForm
from mediation.forms.records import RecordForm
from mediation.models import Case
from mediation.queries.cases import case_load, choices
from mediation.rules.cases import workflow
from mediation.rules.language import Text
from mediation.rules.records import AFTERCARE
from mediation.services import records
from mediation.services.cases import moves
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.cases.case_page import flash_after
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("visits", __name__)
WORDS = {
    "title": case_frame.VISITS,
    "none": Text("还没有回访。结案前回访一次：钱到了没有，人满不满意；没人接也算，记“未答”。",
                 "No follow-up yet. One is needed before closing: has the money come, is the person content; "
                 "no answer counts too."),
}


@bp.get("/cases/<number>/visits")
@permit("journal.read")
def index(number: str):
    """Every follow-up, newest first, above them the form for the next where one may be made now."""
    case = guard.get_case(number, "journal.read")
    return _page(case, _form(case))


@bp.post("/cases/<number>/visits")
@permit("case.work")
def record(number: str):
    """One follow-up more; closing stays a press of its own."""
    case = guard.get_case(number, "case.work")
    form = _form(case)

    def act() -> dict[str, object]:
        given = form.answers()["visit"]
        moves.move(case, "visit", given, guard.actor(), form.seen_version)
        return given
    return press(form, act, lambda: _page(guard.get_case(number, "case.work"), form), case_frame.address(case),
                 lambda given: flash_after(case, "visit", given))


@bp.post("/cases/<number>/aftercare")
@permit("case.work")
def record_aftercare(number: str):
    """Help that was given or asked for after the outcome."""
    case = guard.get_case(number, "case.work")
    form = _help_form()
    return press(form, lambda: records.record(AFTERCARE.key, form.values(), guard.actor(), case, form.confirmed),
                 lambda: _page(guard.get_case(number, "case.work"), _form(case), form),
                 f"/cases/{case.number}/visits#aftercare", AFTERCARE.flash)


def _help_form() -> RecordForm:
    return record_forms.build(AFTERCARE, prefix="aftercare")


def _form(case: Case) -> MoveForm:
    people = choices.people(case)
    known: dict[str, object] = {"way": "phone", "party": people[0].id if len(people) == 1 else None}
    return move_forms.build(move_forms.steps_of(("visit",), {"visit": {"party": people}}, {"visit": known}),
                            case.version)


def _page(case: Case, form: MoveForm, help_form: RecordForm | None = None) -> str:
    values = case_frame.case_context(case, "agreement" if case.agreements else "sessions")
    case_load.load_talks(case, values["file"].rows)
    rows = sorted(case.visits, key=lambda v: (v.visited_on, v.id), reverse=True)
    row = workflow.MOVES["visit"]
    is_open = workflow.is_open(row, values["file"].facts)
    closed = None if is_open else workflow.closed_problem(row, values["file"].facts).text
    return render_template("cases/visits.html", **values, form=form, rows=rows, words=WORDS, label=row.label,
                           helped=sorted(case.aftercare, key=lambda one: (one.helped_on, one.id), reverse=True),
                           help_form=help_form or _help_form(),
                           may_help=bool(case.outcome) and AFTERCARE.permission in values["rights"],
                           may_visit=row.permission in values["rights"] and is_open, closed=closed)
