"""The counter: taking a request down, its draft, and what the page remarks while it is filled in."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Form

from mediation.forms.base import fields_of, new_token
from mediation.forms.cases import pasting
from mediation.forms.cases.intake import ClaimRow, IntakeForm, RespondentRow, restore
from mediation.models import Case, Draft
from mediation.rules import reading
from mediation.rules.cases import intake as rules
from mediation.rules.cases import old_requests, workflow
from mediation.rules.language import Problem, Text
from mediation.services.cases import drafts, origins
from mediation.services.cases import intake as service
from mediation.views import guard, kept
from mediation.views.cases.entry_pages import Drafted, pressed, similar_in_words, similar_to
from mediation.views.guard import BEIJING, permit
from mediation.views.press import Answer, press, show_again

bp = Blueprint("intake", __name__)
PAGE = Drafted("intake", "/cases/new")
NEWEST = "1"


@bp.get("/cases/new")
@permit("case.register")
def new():
    draft = _wanted_draft()
    if draft is None:
        return render_template("cases/intake.html", blank=_blank_form(), offered=_offered(""))
    return _page(IntakeForm(formdata=restore(drafts.fields(draft), guard.today())), draft)


def _blank_form() -> Markup:
    """The empty form of some 150 controls; only tokens and the present hour differ from one page to the next."""
    when = _("今天 %(time)s", time=guard.now().astimezone(BEIJING).strftime("%H:%M"))
    echo = reading.read_datetime(when, guard.today()).text.say(guard.language())
    return kept.piece("intake", _render_blank, submit=new_token(), when=when, echo=echo)


def _render_blank() -> str:
    form, when, echo = IntakeForm(formdata=None), kept.mark("when"), kept.mark("echo")
    form.begin(when, reading.Reading(None, "exact", when, Text(echo, echo)))
    form.submit_token.data = kept.mark("submit")
    return render_template("cases/intake_form.html", form=form, draft=None, pasted=None, order=None, **_blank_rows())


def _blank_rows() -> dict[str, Form]:
    """What the page copies when a row is added."""
    return {"blank_respondent": RespondentRow(prefix="respondents-__n__-"),
            "blank_claim": ClaimRow(prefix="claims-__n__-")}


def _wanted_draft() -> Draft | None:
    wanted = request.args.get("from_draft", "")
    if not wanted:
        return None
    if wanted == NEWEST:
        return next(iter(drafts.offered(guard.actor(), PAGE.place)), None)
    return drafts.find_by_uid(guard.actor(), wanted)


def _page(form: IntakeForm, draft: Draft | None = None) -> str:
    """The page with what was typed, and remarks on it."""
    token, told = form.submit_token.data, form.intake()
    order = pasting.order_of(form, guard.today())
    return render_template(
        "cases/intake.html", form=form, draft=draft, **_blank_rows(), pasted=form.shown_roster(),
        offered=_offered(token),
        reminders=service.reminders(guard.actor(), told), similar=similar_to(told),
        order=order, order_lines=pasting.lines(form, order) if order else [],
        is_old=old_requests.is_old(told.received_on, guard.today()),
        holder=rules.holder_text(told, guard.today()), missing=[label for _name, label in rules.missing(told)])


def _offered(token: str) -> list[tuple[Draft, str]]:
    return [(row, _summary(row)) for row in PAGE.offered(token)]


def _summary(draft: Draft) -> str:
    """Whose draft it is, in a word or two."""
    typed = dict(drafts.fields(draft))
    return " ".join(filter(None, (typed.get("name", "")[:20], typed.get("respondents-0-told", "")[:20])))


# Sending ---------------------------------------------------------------------------------------------------------

@bp.post("/cases/new")
@permit("case.register")
@guard.keeping(PAGE.keep)
def send():
    return pressed(IntakeForm(), ACTIONS, "register")


def _register(form: IntakeForm, name: str):
    return _try(form, rules.problems, lambda told: service.register(guard.actor(), told))


def _take(form: IntakeForm, name: str):
    consent, accept = form.consent, form.accept
    return _try(form, lambda told, today: service.take_problems(told, consent(), accept(), today),
                lambda told: service.register_and_take(guard.actor(), told, consent(), accept()))


def _try(form: IntakeForm, problems_of: Callable[[rules.Intake, date], list[Problem]],
         register: Callable[[rules.Intake], Case]) -> Answer:
    """Register; then the draft is done with, and what the case came from names it."""
    def act() -> Case:
        actor, token = guard.actor(), form.submit_token.data or ""
        case = register(form.intake())
        drafts.drop(actor, PAGE.of(token))
        origins.link_case(token, case, actor)
        return case
    return press(form, act, lambda: _page(form), lambda case: f"/cases/{case.number}", lambda case: Markup(
        '{} <a href="/cases/{}/papers/registration">{}</a>').format(
            _message(case), case.number, _("打印三张：申请记录·告知书·回执")),
        remarks=lambda case: _remarks(case, form.intake()), missing=lambda: problems_of(form.intake(), guard.today()))


def _remarks(case: Case, told: rules.Intake) -> list[str]:
    """What the page remarks while it is filled in, told afterwards to those without scripts."""
    words = [] if "reminded" in request.form else _words_about(case, told)
    return [_("提醒：%(words)s", words=Text("；", "; ").say(guard.language()).join(words))] if words else []


def _words_about(case: Case, told: rules.Intake) -> list[str]:
    """What the page would have remarked while it was filled in."""
    return [*(text.say(guard.language()) for text in service.reminders(guard.actor(), told, case)),
            *similar_in_words(told, case.number)]


def _message(case: Case) -> str:
    if case.state == "MEDIATING":
        taken = workflow.MOVES["take_up"].flash.say(guard.language())
        return _("已登记并受理，编号%(number)s。%(next)s", number=case.printed_number, next=taken)
    short = guard.actor().known(case.number)
    if case.next_due_on is None:
        return _("已登记，登记号 %(number)s。下一步：问对方愿不愿调解。", number=short)
    return _("已登记，登记号 %(number)s。下一步：问对方愿不愿调解，%(month)s月%(day)s日前。", number=short,
             month=case.next_due_on.month, day=case.next_due_on.day)


def _only_asked(form: IntakeForm, name: str):
    """Somebody only asked: what was told so far goes over to the short entry, kept as a draft meanwhile."""
    return PAGE.carry(form, lambda: _page(form), "/prevention")


def _add(form: IntakeForm, name: str):
    return show_again(form, lambda: _page(form), lambda: form.add(name))


def _drop(form: IntakeForm, name: str):
    return show_again(form, lambda: _page(form), lambda: form.drop(name))


def _read_roster(form: IntakeForm, name: str):
    """Show how the pasted list was understood; nothing is saved."""
    def arrange() -> None:
        form.validate()
        _forget_errors(form, "roster")
    return show_again(form, lambda: _page(form), arrange)


def _read_order(form: IntakeForm, name: str):
    """Fill in what the pasted words say; nothing is saved."""
    def arrange() -> None:
        form.validate()
        order = None if form.pasted.errors else pasting.order_of(form, guard.today())
        if order is not None:
            pasting.fill(form, order)
        _forget_errors(form, "pasted")
    return show_again(form, lambda: _page(form), arrange)


def _use(form: IntakeForm, name: str):
    """Of several values that the words name, take this one."""
    field, _colon, value = name.partition(":")

    def arrange() -> None:
        form.validate()
        order = pasting.order_of(form, guard.today())
        if order is not None and value in order.found.get(field, ()):
            pasting.put(form, field, value)
        _forget_errors(form, "")
    return show_again(form, lambda: _page(form), arrange)


def _forget_errors(form: IntakeForm, but: str) -> None:
    """Nothing was sent yet: only the field that was read says what is wrong with it."""
    for field in fields_of(form):
        if field.name != but:
            field.errors = []


def _as_late(form: IntakeForm, name: str):
    """An old case: what was typed goes over to the page that enters it afterwards."""
    return PAGE.carry(form, lambda: _page(form), "/cases/late")


ACTIONS = {
    "late": _as_late, "register": _register, "take": _take, "inquiry": _only_asked, "drop": _drop,
    "draft": lambda form, name: PAGE.save(form, lambda: _page(form)),
    "read_roster": _read_roster, "read_order": _read_order, "use": _use,
    "add_respondent": lambda form, name: _add(form, "respondents"),
    "add_claim": lambda form, name: _add(form, "claims"),
}


# While it is filled in -------------------------------------------------------------------------------------------

@bp.post("/cases/new/reminders")
@permit("case.register")
def remind():
    """A piece of the page: what to remark on what has been typed so far."""
    form = IntakeForm()
    guard.release_write_lock()
    form.validate()
    told = form.intake()
    return render_template("cases/intake_reminders.html", reminders=service.reminders(guard.actor(), told),
                           similar=similar_to(told), holder=rules.holder_text(told, guard.today()), is_live=True,
                           is_old=old_requests.is_old(told.received_on, guard.today()))


@bp.post("/drafts/intake")
@permit("case.register")
@guard.keeping(PAGE.keep)
def save_draft():
    return PAGE.saved_while_typing()


@bp.post("/drafts/intake/drop")
@permit("case.register")
def drop_draft():
    draft = drafts.find_by_uid(guard.actor(), request.form.get("uid", ""))
    if draft is None:
        return redirect("/cases/new", 303)
    drafts.drop(guard.actor(), draft.place)
    return guard.finish("/cases/late" if draft.place.startswith("late:") else "/cases/new", _("草稿已删。"))
