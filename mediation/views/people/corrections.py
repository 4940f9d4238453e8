"""One correction of a party: who made it and why, the word that it waits for, and what stood before, on record."""
from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template

from mediation.forms import people as forms
from mediation.models import Case, Correction
from mediation.queries import door
from mediation.queries.money import corrections as queries
from mediation.rules.language import Text
from mediation.rules.people import corrections as rules
from mediation.services.people import corrections, reveals
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("corrections", __name__)

CONFIRMED = Text("已记确认。", "The confirmation is recorded.")


@bp.get("/cases/<number>/corrections/<int:key>")
@permit("party.reveal")
def show(number: str, key: int) -> str:
    return _page(*_correction(number, key))


def _correction(number: str, key: int) -> tuple[Case, Correction]:
    """A correction of a case whose numbers the reader may see; 404 for any other."""
    case = guard.get_case(number, "party.reveal")
    found = corrections.find(case, key)
    if found is None:
        abort(404)
    return case, found


def _page(case: Case, row: Correction, form: forms.ConfirmForm | None = None, look: forms.RevealForm | None = None,
          old: str | None = None) -> str:
    """``old``: what stood before, once."""
    actor = guard.actor()
    may_compare = row.made_by_id != actor.user_id and door.may(actor, corrections.COMPARE, case)
    if form is None:
        form = forms.ConfirmForm(formdata=None)
        form.way.data = "second" if may_compare or row.field == "died" else "worker"
    form.offer(row.field)
    return render_template(
        "people/correction.html", **case_context(case, "parties"), row=row, fields=rules.FIELDS, ways=rules.WAYS,
        is_waiting=row.id in queries.waiting_of(case), form=form, look=look or forms.RevealForm(formdata=None), old=old)


@bp.post("/cases/<number>/corrections/<int:key>")
@permit("party.reveal")
def confirm(number: str, key: int) -> Answer:
    case, row = _correction(number, key)
    form = forms.ConfirmForm()
    return press(
        form, lambda: corrections.confirm(case, row, form.way.data or "", form.note.data or "", guard.actor()),
        lambda: _page(*_correction(number, key), form), _address(number, key), CONFIRMED)


@bp.post("/cases/<number>/corrections/<int:key>/old")
@permit("party.reveal")
def reveal(number: str, key: int) -> Answer:
    """Show what stood before; the log says so before the page does."""
    case, row = _correction(number, key)
    look = forms.RevealForm()

    def shown(old: str) -> Callable[[], str]:
        return lambda: _page(*_correction(number, key), old=old)
    return press(look, lambda: reveals.log_old(case, row, look.reason.data or "", guard.actor()),
                 lambda: _page(*_correction(number, key), look=look), _address(number, key), shown=shown)


def _address(number: str, key: int) -> str:
    return f"/cases/{number}/corrections/{key}"
