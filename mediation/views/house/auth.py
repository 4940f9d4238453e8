"""Log-in, log-out, password, language, and the answer to a load balancer."""
from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, current_app, g, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user, login_user
from markupsafe import Markup

from mediation import settings
from mediation.extensions import login
from mediation.forms.base import BaseForm, new_token
from mediation.forms.house.auth import CodeForm, LoginForm, PasswordForm, ProofForm
from mediation.models import User
from mediation.queries.house import upkeep
from mediation.rules.access import PUBLIC, SELF
from mediation.rules.language import Refused
from mediation.services.cases import drafts
from mediation.services.house import accounts
from mediation.views import guard, kept
from mediation.views.guard import permit
from mediation.views.press import back, press

bp = Blueprint("auth", __name__)
STRANGE = re.compile(r"[\x00-\x20\x7f\\]")  # what a browser drops or turns round before it follows an address
login.login_view = "auth.show_login"
login.login_message = ""


@bp.get("/login")
@permit(PUBLIC)
def show_login():
    if current_user.is_authenticated:
        return redirect("/")
    if "_flashes" in session:  # another page left something to be said on this one
        return _first_page(kept.piece("log-in", _render_blank, submit=new_token(), action=_action()))
    return kept.piece("log-in page", lambda: _first_page(_render_blank()), submit=new_token(), action=_action())


def _first_page(blank: Markup) -> str:
    """The page with its empty form; as long as nobody is logged in it is the same for everybody."""
    return render_template("house/login.html", blank=blank)


def _render_blank() -> Markup:
    form = LoginForm(formdata=None)
    form.submit_token.data = kept.mark("submit")
    return Markup(render_template("house/login_form.html", form=form, action=kept.mark("action")))


def _action() -> str:
    """Where the form is sent, with the page that was wanted."""
    wanted = request.args.get("next", "")
    return f"/login?next={quote(wanted)}" if wanted else "/login"


def _page(form: LoginForm) -> str:
    return render_template("house/login.html", form=form, action=_action())


@bp.post("/login")
@permit(PUBLIC)
def log_in():
    form = LoginForm()
    if not form.validate():
        guard.release_write_lock()
        return _page(form), 422
    actor = guard.actor()
    try:
        row, key = accounts.authenticate(form.username.data, form.password.data, actor, _profile())
    except Refused as refusal:
        return _counted(form, refusal, lambda: _page(form))
    return _enter(row, key)


def _enter(row: User, key: str):
    """On to the page that was wanted, or to the one-time code where half the log-in is done."""
    late = drafts.late(guard.act_for(row))
    guard.commit()
    account = guard.load_user(key) or _lost()
    session.clear()
    login_user(account)
    wanted = _safe(request.args.get("next", ""))
    if account.is_half:
        return redirect(f"/login/code?next={quote(wanted)}", 303)
    if late:
        session["late"] = "new"  # the first page offers what the log-in before could not send
    return redirect(wanted, 303)


def _lost():
    raise RuntimeError("the session just opened cannot be found")


@bp.get("/login/code")
@permit(SELF)
def code():
    return _code_page(CodeForm()) if current_user.is_half else redirect("/")


@bp.post("/login/code")
@permit(SELF)
def enter_code():
    form = CodeForm()
    if not current_user.is_half:
        return redirect("/", 303)
    if guard.is_outdated() or not form.validate():
        guard.release_write_lock()
        return _code_page(form), 422
    try:
        row, key = accounts.enter_code(current_user, form.code.data, guard.actor())
    except Refused as refusal:
        return _counted(form, refusal, lambda: _code_page(form))
    g.pop("actor", None)
    return _enter(row, key)


def _code_page(form: CodeForm) -> str:
    return render_template("house/code.html", form=form, wanted=quote(_safe(request.args.get("next", ""))),
                           at=guard.now())


def _counted(form: BaseForm, refusal: Refused, page: Callable[[], str]) -> tuple[str, int]:
    """A wrong password or code is on record before the page is shown again."""
    guard.commit()
    guard.release_write_lock()
    guard.attach_problems(form, refusal.problems)
    return page(), 422


@bp.get("/password/again")
@permit(SELF)
def ask_proof():
    return _proof_page(ProofForm())


@bp.post("/password/again")
@permit(SELF)
def prove():
    form = ProofForm()
    if guard.is_outdated() or not form.validate():
        guard.release_write_lock()
        return _proof_page(form), 422
    try:
        accounts.prove(current_user, form.password.data, guard.actor())
    except Refused as refusal:
        return _counted(form, refusal, lambda: _proof_page(form))
    return guard.finish(_safe(request.args.get("next", "")))


def _proof_page(form: ProofForm) -> str:
    return render_template("house/proof.html", form=form, wanted=quote(_safe(request.args.get("next", ""))),
                           minutes=int(accounts.PROOF.total_seconds() // 60))


def _safe(target: str) -> str:
    """Only paths of this site are followed after a log-in."""
    return target if target.startswith("/") and not target.startswith("//") and not STRANGE.search(target) else "/"


@bp.post("/logout")
@permit(SELF)
def log_out():
    accounts.end_session(current_user.key, guard.actor())
    guard.sign_out()
    session.clear()
    answer = guard.finish("/login", _("已退出。"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/password")
@permit(SELF)
def password():
    return _own_page(PasswordForm())


def _profile() -> str:
    return str(current_app.config["MEDIATION"]["PASSWORD_PROFILE"])


def _own_page(form: PasswordForm) -> str:
    limits = settings.session_limits(current_app.config["MEDIATION"])
    logins = accounts.live_sessions(current_user, guard.now(), *limits)
    return render_template("house/own_password.html", form=form, others=[one for one in logins if not one.is_own],
                           has_codes=current_user.has_codes, must_use_codes=guard.must_use_codes())


@bp.post("/password")
@permit(SELF)
def change_password():
    form = PasswordForm()

    def change() -> None:
        accounts.change_password(accounts.own_row(current_user), form.current.data, form.new.data, form.again.data,
                                 guard.actor(), key=current_user.key, profile=_profile())
    return press(form, change, lambda: _own_page(form), "/", _("密码已改，其他地方的登录已失效。"))


@bp.post("/password/logins")
@permit(SELF)
def end_other_logins():
    return back(lambda: accounts.end_sessions(accounts.own_row(current_user), guard.actor(), but=current_user.key),
                "/password", _("其他地方的登录都已退出。"), "/password")


@bp.post("/language")
@permit(PUBLIC)
def set_language():
    chosen = request.form.get("language", "")
    target = _safe(request.form.get("next", ""))
    if current_user.is_authenticated:
        accounts.set_language(accounts.own_row(current_user), chosen)
        answer = guard.finish(target)
    else:
        answer = redirect(target, 303)
    if chosen in ("zh", "en"):
        answer.set_cookie("language", chosen, samesite="Lax", httponly=True, max_age=31536000)
    return answer


@bp.get("/healthz")
@permit(PUBLIC)
def health():
    found = upkeep.health(Path(str(current_app.config["MEDIATION"]["INSTANCE"])), guard.now())
    return found, 200 if found["status"] == "ok" else 503


@bp.get("/readyz")
@permit(PUBLIC)
def ready():
    """Whether this server can write just now, for what shares requests out among servers."""
    return ({"status": "writable"}, 200) if upkeep.is_writable() else ({"status": "not writable"}, 503)
