"""One's own one-time codes: a telephone is set up, changed, or given up."""
from __future__ import annotations

import segno
from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from mediation.forms.base import BaseForm
from mediation.forms.house.auth import CodeForm
from mediation.models import Authenticator
from mediation.rules.access import SELF
from mediation.services.house import accounts, authenticators
from mediation.views import guard
from mediation.views.guard import needs_proof, permit
from mediation.views.press import press

bp = Blueprint("codes", __name__)
QUIET = 4  # modules of white around the code to scan


@bp.get("/password/code")
@permit(SELF)
@needs_proof
def show():
    return _page()


def _page(form: CodeForm | None = None, problems: list[str] | None = None) -> str:
    begun = authenticators.begun(current_user.row.id)
    return render_template(
        "house/codes.html", form=form or CodeForm(), problems=problems or [], has_codes=current_user.has_codes,
        must_use=guard.must_use_codes(), begun=begun, picture=_picture(begun), at=guard.now(),
        left=authenticators.recovery_left(current_user.row.id))


def _picture(row: Authenticator | None) -> Markup | str:
    """The secret as a code to scan, to stand in a page."""
    if row is None:
        return ""
    said = authenticators.address(row, current_user.row.username, str(current_app.config["MEDIATION"]["ORGANISATION"]))
    return Markup(segno.make(said, error="m", micro=False).svg_inline(omitsize=True, border=QUIET, light="#fff"))


@bp.post("/password/code/begin")
@permit(SELF)
@needs_proof
def begin():
    form = BaseForm()
    return press(form, lambda: authenticators.begin(accounts.own_row(current_user), guard.actor()),
                 lambda: _page(problems=form.problems), "/password/code")


@bp.post("/password/code")
@permit(SELF)
@needs_proof
def confirm():
    form = CodeForm()
    return press(form, lambda: authenticators.confirm(accounts.own_row(current_user), form.code.data, guard.actor()),
                 lambda: _page(form), "/password", shown=lambda codes: lambda: render_template(
                     "house/recovery.html", codes=codes))


@bp.post("/password/code/end")
@permit(SELF)
@needs_proof
def end():
    form = BaseForm()
    row, is_demanded = accounts.own_row(current_user), guard.must_use_codes()
    return press(form, lambda: authenticators.end(row, is_demanded, guard.actor()),
                 lambda: _page(problems=form.problems), "/password/code", _("登录不再要验证码。"))
