"""Messages of a case to paste: one page for each person, one press to copy, one to log that it was sent."""
from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from mediation.forms.papers.issued_papers import SentForm
from mediation.models import Case, Party
from mediation.queries.cases.choices import party_label
from mediation.queries.papers import told
from mediation.rules.cases import workflow
from mediation.rules.reading import read_key
from mediation.services.cases import moves
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("messages", __name__)
PERMISSION = workflow.MOVES["log_contact"].permission


@bp.get("/cases/<number>/messages")
@permit("case.contact")
def index(number: str):
    """The texts for one person; without a choice for the first who asks."""
    case = guard.get_case(number, PERMISSION)
    return _page(case, _chosen(case, read_key(request.args.get("party"))), SentForm())


@bp.post("/cases/<number>/messages")
@permit("case.contact")
def record(number: str):
    """A text was pasted and sent: a contact with its words."""
    case, form = guard.get_case(number, PERMISSION), SentForm()
    party = _chosen(case, read_key(form.party.data))

    def act() -> None:
        text = next((one.text for one in told.for_party(case, party, guard.actor()) if one.key == form.key.data), "")
        moves.move(case, "log_contact", {
            "happened_on": guard.today(), "party": party.id, "way": "message", "reached": form.reached.data,
            "note": form.text.data or text}, guard.actor())
    return press(form, act, lambda: _page(guard.get_case(number, PERMISSION), party, form),
                 f"/cases/{number}/messages?party={party.id}", _("已记：给%(who)s发了信息。", who=party.name or party.as_told))


def _chosen(case: Case, key: int | None) -> Party:
    rows = told.people(case)
    first = next((p for p in rows if p.side == "applicant"), rows[0] if rows else None)
    found = next((p for p in rows if p.id == key), None) if key else first
    return found if found is not None else abort(404)


def _page(case: Case, party: Party, form: SentForm) -> str:
    people = [(one.id, party_label(one)) for one in told.people(case)]
    return render_template("papers/messages.html", party=party, people=people, form=form,
                           ready=told.for_party(case, party, guard.actor()), **case_context(case, "papers"))
