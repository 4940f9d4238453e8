"""The contact log and the sessions of a case: what was done, and the form for the next line, on one page each."""
from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from mediation.forms.base import BaseForm
from mediation.forms.cases import moves as move_forms
from mediation.forms.cases import sessions as session_forms
from mediation.models import Case
from mediation.queries.cases import case_load, case_rows, choices, dossier
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Refused, Text
from mediation.services.cases import moves, sessions
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.cases.case_page import flash_after
from mediation.views.guard import BEIJING, permit
from mediation.views.press import press

bp = Blueprint("sessions", __name__)


# Contacts -------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/contacts")
@permit("journal.read")
def contacts(number: str):
    """Every call, message and visit, newest first, above it the line for the next."""
    case = guard.get_case(number, "journal.read")
    case_load.load(case, case_rows.seen(case, guard.today()))  # what the form is chosen from stands on the page too
    return _contacts_page(case, _contact_form(case))


@bp.post("/cases/<number>/contacts")
@permit("case.contact")
def log_contact(number: str):
    case = guard.get_case(number, "case.contact")
    form = _contact_form(case)

    def act() -> dict[str, object]:
        given = form.answers()["log_contact"]
        _check_whom(given)
        moves.move(case, "log_contact", given, guard.actor(), form.seen_version)
        return given
    return press(form, act, lambda: _contacts_page(guard.get_case(number, "case.contact"), form),
                 case_frame.address(case),
                 lambda given: flash_after(case, "log_contact", given))


def _check_whom(given: dict[str, object]) -> None:
    if not given.get("party") and not given.get("whom"):
        raise Refused([Problem("party", Text("跟谁联系的？选一位，或写别人", "With whom? Choose one, or name somebody"))])


def _contact_form(case: Case) -> move_forms.MoveForm:
    people = choices.people(case)
    planned = next((c for c in case.contacts if c.next_on and not c.is_next_done), None)
    bosses = choices.people(case, "respondent")
    first = planned.party_id if planned and planned.party_id else (bosses[0].id if len(bosses) == 1 else None)
    steps = move_forms.steps_of(("log_contact",), {"log_contact": {"party": people}},
                                {"log_contact": {"way": "phone", "party": first}})
    return move_forms.build(steps, case.version)


def _contacts_page(case: Case, form: BaseForm) -> str:
    values = case_frame.case_context(case, "sessions")
    case_load.load_talks(case, values["file"].rows)
    rows = sorted(case.contacts, key=lambda c: (c.contacted_on, c.id), reverse=True)
    row = workflow.MOVES["log_contact"]
    may_log = "case.contact" in values["rights"] and workflow.is_open(row, values["file"].facts)
    return render_template("cases/contacts.html", **values, rows=rows, form=form, may_log=may_log)


# Sessions -------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/sessions")
@permit("case.read")
def index(number: str):
    """The sessions; a body with which they are shared sees their dates alone."""
    case = guard.get_case(number)
    actor = guard.actor()
    if actor.role == "liaison":
        values = case_frame.case_context(case, "sessions")
        if "sessions" not in values["parts"]:
            guard.note_refusal("case.read", number)
            abort(403)
        return render_template("cases/session_dates.html", **values, rows=sorted(case.hearings, key=lambda h: h.seq))
    return _sessions_page(case, _session_form(case))


@bp.post("/cases/<number>/sessions")
@permit("case.work")
def hold(number: str):
    case = guard.get_case(number, "case.work")
    form = _session_form(case)
    return press(form, lambda: sessions.hold(case, form.held(), guard.actor(), form.seen_version),
                 lambda: _sessions_page(guard.get_case(number, "case.work"), form), case_frame.address(case),
                 lambda _: flash_after(case, "hold_session", {}))


def _session_form(case: Case) -> session_forms.SessionForm:
    now = guard.actor().now.astimezone(BEIJING).strftime("%H:%M")
    return session_forms.session_form(choices.people(case), case.version, case.station.name, now)


def _sessions_page(case: Case, form: session_forms.SessionForm) -> str:
    values = case_frame.case_context(case, "sessions")
    case_load.load_talks(case, values["file"].rows)
    dossier.load_concessions(case)
    called = {p.id: p.name for p in case.parties}
    row = workflow.MOVES["hold_session"]
    is_open = workflow.is_open(row, values["file"].facts)
    may_hold = row.permission in values["rights"] and is_open
    closed = None if is_open else workflow.closed_problem(row, values["file"].facts).text
    return render_template("cases/sessions.html", **values, form=form, may_hold=may_hold, closed=closed,
                           rows=sorted(case.hearings, key=lambda h: -h.seq), nobody=_("没有写"),
                           present_names=lambda h: "、".join(called.get(i, "") for i in h.present))
