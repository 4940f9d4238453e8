"""来案: a body commissions or transfers a dispute with its own account; the counter registers or returns it."""
from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask_babel import gettext as _
from flask_login import current_user

from mediation.forms.bodies import handovers as forms
from mediation.forms.prevention import ReasonForm
from mediation.models import Handover
from mediation.queries import door
from mediation.queries.bodies import handovers as queries
from mediation.rules.access import scope_of
from mediation.rules.language import Text
from mediation.services.bodies import handovers
from mediation.views import guard
from mediation.views.bodies.requests import instance, send_stored
from mediation.views.guard import permit
from mediation.views.press import back, press

bp = Blueprint("handovers", __name__)


@bp.get("/handovers/new")
@permit("commission.send")
def new():
    return render_template("bodies/handover_new.html", form=_form())


@bp.post("/handovers/new")
@permit("commission.send")
def send():
    form = _form()
    return press(form, lambda: handovers.send(form.sent(), guard.actor(), instance()),
                 lambda: render_template("bodies/handover_new.html", form=form), lambda row: f"/handovers/{row.id}",
                 Text("已发给工会。登记后这里看得到登记号。", "Sent to the union; its number will stand here."))


def _form() -> forms.HandoverForm:
    return forms.handover_form(handovers.kinds_of(current_user.row.agency))


@bp.get("/handovers/<int:key>")
@permit("case.read")
def show(key: int):
    return _page(_row(key), ReasonForm(None))


@bp.get("/handovers/<int:key>/files/<int:paper>")
@permit("case.read")
def download(key: int, paper: int) -> Response:
    """A paper that came with it, for those who find the hand-over itself."""
    return send_stored(queries.find_file(guard.actor(), key, paper), f"handover {key} file {paper}")


@bp.post("/handovers/<int:key>/register")
@permit("case.register")
def register(key: int):
    """One press: the intake page opens with what the body told."""
    return back(lambda: handovers.draft_of(_row(key), guard.actor()),
                lambda draft: f"/cases/new?from_draft={draft.uid}",
                _("已把知道的填好，请补全后登记。"), f"/handovers/{key}")


@bp.post("/handovers/<int:key>/return")
@permit("case.register")
def give_back(key: int):
    form = ReasonForm()
    return press(form, lambda: handovers.give_back(_row(key), form.reason.data, guard.actor()),
                 lambda: _page(_row(key), form), f"/handovers/{key}",
                 Text("已退回，理由已记下。", "Returned, with the reason."))


def _row(key: int) -> Handover:
    row = queries.find(guard.actor(), key)
    if row is None:
        guard.note_refusal("case.read", f"handover {key}")
        abort(404)
    return row


def _page(row: Handover, form: ReasonForm) -> str:
    actor = guard.actor()
    may_register = row.state == "sent" and bool(scope_of(actor.role, "case.register"))
    case = door.find_case(actor, row.case.number) if row.case else None
    return render_template("bodies/handover.html", row=row, told=handovers.told(row), form=form, case=case,
                           may_register=may_register)
