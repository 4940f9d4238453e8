"""The gate of every request: log-in, permission mark, actor, one transaction, one commit.

Default deny: a view without a mark is an error at start and at run time. Views never touch the session; they call
``attempt()`` around the one service call and ``finish()`` to commit and redirect.
"""
from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session
from flask_login import current_user, logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.wsgi import host_is_trusted

from mediation import settings, vault
from mediation.extensions import csrf, db, insist, let_go, login, read_and_write, read_only
from mediation.forms.base import names_of, set_today
from mediation.models import Case, Draft, User
from mediation.queries import door
from mediation.queries.bodies import coordination
from mediation.queries.cases import case_rows, merging
from mediation.queries.cases.case_rows import CaseRows
from mediation.queries.house import replica
from mediation.rules import access
from mediation.rules.access import PUBLIC, SELF, Actor
from mediation.rules.language import Guessed, Problem, Refused, Text
from mediation.services import journal, submits
from mediation.services.cases import drafts, moves
from mediation.services.house import accounts
from mediation.views import answers, firsts, marks

BEIJING = firsts.BEIJING
# Pages of these blueprints are read from a copy of the database where there is one: lists, desks, statistics, ledgers.
ON_REPLICA = frozenset({"lists", "desk", "statistics", "sheets"})


def permit(permission: str) -> Callable:
    """Mark a view with the row of the matrix that it needs, or PUBLIC, or SELF."""
    if permission not in {PUBLIC, SELF} and permission not in access.GRANTS:
        raise ValueError(f"no such permission: {permission}")

    def mark(view: Callable) -> Callable:
        view.permission = permission
        return view
    return mark


def needs_proof(view: Callable) -> Callable:
    """Mark a view for which the password must have been typed a short while ago: rights, resets, full numbers."""
    view.needs_proof = True
    return view


def install(app: Flask) -> None:
    """Put the gate in front of every request of the application."""
    app.before_request(_open_gate)
    app.after_request(answers.headers)
    app.after_request(answers.remember_position)
    app.teardown_request(_leave)
    login.user_loader(load_user)
    set_today(today)


def check_marks(app: Flask) -> None:
    """Refuse to start with an unmarked view."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not hasattr(view, "permission"):
            raise RuntimeError(f"view {endpoint} has no permission mark")


def _open_gate() -> Response | None:
    g.started = time.perf_counter()
    g.request_id = secrets.token_hex(5)
    if not host_is_trusted(request.host, current_app.config["ALLOWED_HOSTS"]):
        return Response("400  MEDIATION_HOSTS: 这个主机名没有登记 / this host name is not allowed\n", 400, mimetype="text/plain")
    if request.endpoint is None or request.endpoint == "static":
        return None
    vault.current()  # without keys nothing is shown and nothing taken
    if "\0" in request.path or any("\0" in said for said in request.args.values()):
        abort(400)  # no database text holds it, and no address of ours does
    if request.method in ("GET", "HEAD"):
        read_only()
        if request.endpoint.partition(".")[0] in ON_REPLICA:
            g.replica_lag = replica.turn_to(session.get("wrote", ""))
    else:
        _check_token()
    mark = getattr(current_app.view_functions[request.endpoint], "permission", None)
    if mark is None:
        raise RuntimeError(f"view {request.endpoint} has no permission mark")
    if mark == PUBLIC:
        return None
    return _admit(mark)


def _check_token() -> None:
    """A form without this log-in's token is refused; one of ours that outlived its log-in gets its words back instead.

    The press then shows the form again and does nothing (``is_outdated``); the request cannot write.
    """
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        csrf.protect()
    except CSRFError:
        if not is_keepable() or not current_user.is_authenticated:
            raise
        g.is_outdated = True
        release_write_lock()


def is_outdated() -> bool:
    """Whether the form was made under an earlier log-in, so that it has to be sent once more."""
    return "is_outdated" in g


def may_write() -> bool:
    """Whether the request is a form that may be taken, and none that is only shown again."""
    return request.method == "POST" and not is_outdated() and "reopened" not in g


def is_keepable() -> bool:
    """Whether the request sends a form whose words must not be lost."""
    return request.method == "POST" and request.endpoint not in marks.UNPRESSED | marks.SECRET


def _admit(mark: str) -> Response | None:
    if not current_user.is_authenticated:
        _keep_typed()
        return login.unauthorized() if request.method == "GET" else redirect("/login")
    if (wanted := _unfinished()) is not None:
        return redirect(wanted)
    if mark != SELF and not access.scope_of(current_user.row.role, mark):
        note_refusal(mark)
        abort(404 if _is_hidden() else 403)
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "needs_proof", False) and not accounts.is_proved(current_user, now()):
        return _ask_proof()
    return None


def _unfinished() -> str | None:
    """The page that a log-in has to go to before anything else; None for one that is whole."""
    if current_user.is_half:
        return None if request.endpoint in marks.HALF_OPEN else "/login/code"
    if current_user.row.must_change:
        return None if request.endpoint in marks.FORCED_OPEN else "/password"
    if must_use_codes() and not current_user.has_codes and request.endpoint not in marks.CODES_OPEN:
        return "/password/code"
    return None


def must_use_codes() -> bool:
    """Whether the reader's role has to log in with one-time codes; the demonstration's people need not."""
    row = current_user.row
    return row.role in settings.code_roles(current_app.config["MEDIATION"]) and not row.is_demo


def _ask_proof() -> Response:
    """The password first; what was typed is kept, and shown again on its own page once it was given."""
    if request.method != "POST":
        return redirect(f"/password/again?next={quote(request.full_path.rstrip('?'))}")
    kept = _keep_form(actor(), request.form, request.full_path.rstrip("?"))
    back = f"/drafts/{kept.uid}" if kept is not None else urlsplit(request.referrer or "").path or "/"
    db.session.commit()
    return redirect(f"/password/again?next={quote(back)}", 303)


def _is_hidden() -> bool:
    """A case, or a consultation, that a reader of cases may not see does not exist for it, at whichever address."""
    if not access.scope_of(current_user.row.role, "case.read"):
        return False
    named = request.view_args or {}
    return ("number" in named and door.find_case(actor(), named["number"]) is None) or (
        "consultation" in named and coordination.find_consultation(actor(), named["consultation"]) is None)


def admit(endpoint: str) -> None:
    """Let the reader through to another view than the one that was asked for; 403 or 404 where that is closed."""
    mark = current_app.view_functions[endpoint].permission
    if mark not in (PUBLIC, SELF) and not access.scope_of(current_user.row.role, mark):
        note_refusal(mark)
        abort(403)


def keeping(keep: Callable) -> Callable:
    """Mark a view that has a place of its own for what is sent too late: ``keep(actor, form, address)``."""
    def mark(view: Callable) -> Callable:
        view.keep_typed = keep
        return view
    return mark


def _keep_typed() -> None:
    """Nothing typed is lost to a time-out: what was sent too late is kept for the account that typed it."""
    keep = getattr(current_app.view_functions[request.endpoint], "keep_typed", None)
    if "_user_id" not in session or not (keep or is_keepable()):
        return
    row = accounts.find_lapsed(session["_user_id"], now())
    if row is not None:
        who = accounts.actor_of(row, now(), today(), "zh", request.remote_addr or "", g.request_id)
        (keep or _keep_form)(who, request.form, request.full_path.rstrip("?"))
        db.session.commit()


def _keep_form(who: Actor, posted, address: str) -> Draft | None:
    token = next((value for name, value in posted.items() if name.endswith("submit_token")), "")
    if is_sent(token, who):
        return None
    return drafts.keep(who, address, token, [*posted.items(multi=True), *names_of(request.files)])


def load_user(key: str):
    return accounts.find_account(key, now(), *settings.session_limits(current_app.config["MEDIATION"]))


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The business date: Asia/Shanghai, or the day set for a demonstration."""
    fixed = current_app.config["MEDIATION"]["TODAY"]
    return date.fromisoformat(str(fixed)) if fixed else datetime.now(BEIJING).date()


def actor() -> Actor:
    """Who asks, with the time inside; one value for the whole request."""
    if "actor" not in g:
        row = current_user.row if current_user.is_authenticated else None
        g.actor = accounts.actor_of(row, now(), today(), language(), request.remote_addr or "", g.request_id)
    return g.actor


def language() -> str:
    """'zh' or 'en': the cookie's choice before log-in, the account's after; found once for the whole request.

    A page asks for each of its words, so the request's store is looked into past its proxy.
    """
    kept = g._get_current_object()
    try:
        return kept.language
    except AttributeError:  # asked for the first time
        chosen = current_user.row.language if current_user and current_user.is_authenticated else request.cookies.get(
            "language", "")
        kept.language = chosen if chosen in ("zh", "en") else "zh"
        return kept.language


def get_case(number: str, permission: str = "case.read") -> Case:
    """The case through the door: 404 when it does not exist for this account, 403 when the act is not allowed."""
    case = door.find_case(actor(), number)
    if case is None:
        note_refusal(permission, number)
        abort(404)
    require(permission, case, case if request.method == "POST" else None)
    return case


def require(permission: str, case: Case, place: Case | CaseRows | None = None) -> None:
    """Let the act on a case through that may be shown, or answer 403. ``place`` tells where it lies, by default the
    rows that its page is made of."""
    if permission != "case.read" and not door.may(actor(), permission, place or case_rows.seen(case, today())):
        note_refusal(permission, case.number)
        abort(403)
    g.merged = merging.sentence_against(answers.in_its_currency(case), permission)


def log_access(kind: str, object: str = "", detail: str = "") -> None:
    """Note who looked; written in a short transaction of its own after the page is made."""
    g.setdefault("looks", []).append((kind, object, detail))


def act_for(row: User) -> Actor:
    """A request that a secret opens and no log-in: it acts for the account behind the secret, and is noted as its."""
    g.actor = accounts.actor_of(row, now(), today(), row.language, request.remote_addr or "", g.request_id)
    return g.actor


def note_refusal(permission: str, object: str = "") -> None:
    log_access("refused", object or request.path[:100], permission)


class Attempt:
    """The one service call of a request; a refusal undoes everything and fills the form's errors."""

    def __init__(self, form=None):
        self.form = form
        self.ok = False
        self.problems: list[Problem] = []
        self.version: int | None = None  # after a lost race: the one that stands now

    def __enter__(self) -> Attempt:
        return self

    def __exit__(self, kind, error, trace) -> bool:
        if kind is None:
            self.ok = True
            return False
        if isinstance(error, Guessed):
            commit()
        release_write_lock()
        if isinstance(error, moves.Forbidden):
            note_refusal(str(error))
            abort(403)
        if isinstance(error, moves.Conflict):
            self.version = error.version
            self.problems = [Problem("", firsts.against(error.event))]
        elif isinstance(error, Refused):
            first = first_here()
            self.problems = [*error.problems, *([] if first is None else [Problem("", first)])]
        else:
            return False
        if self.form is not None:
            attach_problems(self.form, self.problems)
        return True


def release_write_lock() -> None:
    """Drop what was changed; what the page still needs is read without holding up writers."""
    read_only()


def attempt(form=None) -> Attempt:
    return Attempt(form)


def first_here() -> Text | None:
    """After a refusal: who has just done something with the same case, and what; None where nobody has."""
    number = (request.view_args or {}).get("number")
    if request.method != "POST" or number is None or is_outdated():
        return None
    case = door.find_case(actor(), str(number))
    return None if case is None else firsts.just_before(moves.last_event(case), actor())


def find_field(form, name: str):
    """The field of a problem; a form with rows knows the fields inside them itself."""
    find = getattr(form, "find_field", form._fields.get)
    return find(name) if name else None


def attach_problems(form, problems: list[Problem]) -> None:
    """Put problems beside their fields, the others on the whole form (``form.problems``)."""
    spoken = language()
    rest, asked = [], []
    for problem in problems:
        field = find_field(form, problem.field)
        if problem.confirm:
            asked.append(problem)
        if field is not None:
            field.errors = [*field.errors, problem.text.say(spoken)]
        elif not problem.confirm:
            rest.append(problem.text.say(spoken))
    form.problems = [*getattr(form, "problems", []), *rest]
    form.asked = [*getattr(form, "asked", []), *asked]


TAKEN = Text("这张表刚才已经收过，这次改动的内容没有存。要改，请在这一页上更正。",
             "This form had been taken before; what was changed in it since is not saved. Correct it on this page.")


def repeated(token: str) -> Response | None:
    """The answer to a form that was sent before: a redirect to what it made then; other words in it are not dropped
    in silence."""
    row = find_sent(token)
    if row is None:
        return None
    if is_changed(row, token):
        flash(TAKEN.say(language()), "warn")
    return redirect(row.result, 303)


def find_sent(token: str) -> submits.Sent | None:
    """The first sending of a form; None when it has not arrived yet."""
    return submits.find(token, actor()) if token else None


def is_changed(row: submits.Sent, token: str) -> bool:
    """Whether the form comes with other words than at its first sending."""
    return submits.differs(row, token, answers.sent_content())


def is_sent(token: str, actor: Actor) -> bool:
    """Whether the form with this token has already arrived."""
    return bool(token) and submits.find(token, actor) is not None


def finish(target: str, message: Text | str = "", token: str = "") -> Response:
    """The one commit of a request that changed something; then flash and redirect."""
    try:
        if token:
            submits.remember(token, target, actor(), answers.sent_content())
            drafts.drop_sent(actor(), token)
        db.session.commit()
    except IntegrityError:  # the same form arrived twice at once, and the other one was first
        db.session.rollback()
        if (again := repeated(token)) is None:
            raise
        return again
    if message:
        flash(message.say(language()) if isinstance(message, Text) else message)
    return redirect(target, 303)


def commit() -> None:
    """Commit without leaving the page: a reveal or an export, whose log entry must stand before anything is shown."""
    db.session.commit()


def _leave(error: BaseException | None) -> None:
    """End the request's transaction; then write who looked, in a short one of its own."""
    account = current_user._get_current_object() if "_login_user" in g and current_user.is_authenticated else None
    is_stale = bool(account) and accounts.is_stale(account, now())
    let_go()
    looks = g.pop("looks", [])
    if not (looks or is_stale) or "actor" not in g or "is_unreachable" in g:
        return

    def write() -> None:
        for kind, thing, detail in looks:
            journal.log_access(g.actor, kind, thing, detail)
        if is_stale:
            accounts.touch(account.key, g.actor)
    try:
        insist(write)
    except DBAPIError:
        if not looks:
            return  # when the account was last seen is no record
        current_app.logger.error("looks that no database took, number %s: account %s, %s", g.request_id,
                                 g.actor.user_id, ", ".join(f"{kind} {thing}" for kind, thing, _detail in looks))


def sign_out() -> None:
    logout_user()
    g.pop("language", None)  # what is said from here on is said to nobody in particular


def leave_reading() -> None:
    """End the reading of a GET: what must stand before anything is shown can be written, and no writer waits for us."""
    read_and_write()
