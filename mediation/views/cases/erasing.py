"""Cases whose time of keeping is over: proposed to be erased, decided by a second person."""
from __future__ import annotations

from pathlib import Path

from flask import Blueprint, abort, current_app, render_template
from flask_babel import gettext as _

from mediation.forms.house.admin import ReasonForm
from mediation.models import Erasure
from mediation.queries.cases import erasing as queries
from mediation.rules.law.retention import RETENTIONS
from mediation.services.cases import erasing
from mediation.services.papers import files
from mediation.views import guard
from mediation.views.guard import needs_proof, permit
from mediation.views.press import press

bp = Blueprint("erasing", __name__)


@bp.get("/erasures")
@permit("case.erase")
def index():
    return _page()


def _page(form: ReasonForm | None = None, number: str = "") -> str:
    actor = guard.actor()
    return render_template("cases/erasures.html", due=queries.due(actor), waiting=queries.proposed(actor),
                           number=number, classes=RETENTIONS, form=form or ReasonForm(None), own=actor.user_id)


@bp.post("/erasures/<number>")
@permit("case.erase")
def propose(number: str):
    case, form = guard.get_case(number, "case.erase"), ReasonForm()
    return press(form, lambda: erasing.propose(case, form.reason.data, guard.actor()), lambda: _page(form, number),
                 "/erasures", _("已提出，等第二个人决定。"))


@bp.post("/erasures/<int:key>/reject")
@permit("case.erase")
def reject(key: int):
    row, form = _find(key), ReasonForm()
    return press(form, lambda: erasing.reject(row, guard.actor()), lambda: _page(form), "/erasures", _("不销毁，继续保管。"))


@bp.post("/erasures/<int:key>/approve")
@permit("case.erase")
@needs_proof
def approve(key: int):
    row, form = _find(key), ReasonForm()
    gone: list[str] = []
    folder = Path(str(current_app.config["MEDIATION"]["INSTANCE"]))

    def act() -> None:
        gone.extend(erasing.approve(row, guard.actor()).files)
    answer = press(form, act, lambda: _page(form), "/erasures", _("已销毁。案号、期限、金额和经过留着，个人信息没有了。"))
    for name in gone:  # only once the rows are gone for good
        files.remove(name, folder)
    return answer


def _find(key: int) -> Erasure:
    """A proposal about a case within reach."""
    row = queries.find(guard.actor(), key)
    if row is None:
        abort(404)
    return row
