"""Old cases: entered afterwards on one page each, completed later, and the list of what is still missing of them."""
from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from wtforms import Form

from mediation.forms.cases.intake import ClaimRow, RespondentRow, restore
from mediation.forms.cases.late import OWN_SITE, UNKNOWN, LateForm, MissingForm, PaidRow, UnfindableForm
from mediation.models import Case, Draft
from mediation.queries.cases import choices, missing_facts
from mediation.rules.cases import late_entry
from mediation.rules.language import Text
from mediation.rules.reading import read_key
from mediation.services.cases import drafts, late_facts, origins
from mediation.services.cases import intake as service
from mediation.services.cases.late_facts import Added
from mediation.views import guard
from mediation.views.cases import case_frame, intake
from mediation.views.cases.entry_pages import Drafted, pressed, similar_in_words, similar_to
from mediation.views.guard import permit
from mediation.views.press import Answer, press, show_again

bp = Blueprint("late_entries", __name__)
PAGE = Drafted("late", "/cases/late")
GIVEN_UP = Text("已注明查不到，不再列为缺项。", "Noted as not to be found; it is no longer listed.")
DONE = Text("已补全。", "Added.")
DONE_BUT = Text("已补全。还缺：{missing}", "Added. Still missing: {missing}")


# One page for an old case ------------------------------------------------------------------------------------------

@bp.get("/cases/late")
@permit("case.register")
def new():
    """An empty page, or what was typed: here, or as a request until it turned out to be old."""
    draft = drafts.find_by_uid(guard.actor(), request.args.get("from_draft", ""))
    return _page(_form(formdata=restore(drafts.fields(draft), guard.today()) if draft else None), draft)


def _form(**given) -> LateForm:
    """The form with the union's people and sites to choose from; ``formdata`` of a draft, else what was sent."""
    actor, form = guard.actor(), LateForm(**given)
    form.handler_id.choices = _options(UNKNOWN, choices.handlers(actor.union_id))
    form.station.choices = _options(OWN_SITE, choices.sites(actor.union_id, actor.station_id))
    return form


def _options(empty: Text, rows: list[choices.Option]) -> list[tuple[object, str]]:
    spoken = guard.language()
    return [("", empty.say(spoken)), *((row.id, row.label.say(spoken)) for row in rows)]


def _page(form: LateForm, draft: Draft | None = None) -> str:
    told = form.late()
    return render_template(
        "cases/late.html", form=form, draft=draft, **_blank_rows(), pasted=form.shown_roster(), reminders=[],
        similar=similar_to(told), holder=None, offered=_offered(form.submit_token.data or ""))


def _blank_rows() -> dict[str, Form]:
    """What the page copies when a row is added."""
    return {"blank_respondent": RespondentRow(prefix="respondents-__n__-"),
            "blank_claim": ClaimRow(prefix="claims-__n__-"), "blank_paid": PaidRow(prefix="paid-__n__-")}


def _offered(token: str) -> list[tuple[Draft, str]]:
    return [(row, dict(drafts.fields(row)).get("name", "")[:20]) for row in PAGE.offered(token)]


@bp.post("/cases/late")
@permit("case.register")
@guard.keeping(PAGE.keep)
def send():
    return pressed(_form(), ACTIONS, "enter")


def _enter(form: LateForm, name: str) -> Answer:
    def act() -> Case:
        case = service.late_enter(guard.actor(), form.late())
        actor, token = guard.actor(), form.submit_token.data or ""
        for page in (PAGE, intake.PAGE):
            drafts.drop(actor, page.of(token))
        origins.link_case(token, case, actor)
        return case
    return press(form, act, lambda: _page(form), lambda case: f"/cases/{case.number}", _said, remarks=_remarks(form),
                 missing=lambda: late_entry.problems(form.late(), guard.today()))


def _said(case: Case) -> str:
    number, missing = guard.actor().known(case.number), late_facts.still_missing(case)
    if not missing:
        return _("已补录，登记号 %(number)s。", number=number)
    return _("已补录，登记号 %(number)s。还缺：%(missing)s", number=number, missing=_joined(missing))


def _joined(missing: list[late_entry.Missing]) -> str:
    spoken = guard.language()
    return Text("、", ", ").say(spoken).join(row.label.say(spoken) for row in missing)


def _remarks(form: LateForm):
    """Cases that may be the same, told afterwards to those without scripts."""
    if "reminded" in request.form:
        return None
    return lambda case: similar_in_words(form.late(), case.number)


def _read_roster(form: LateForm, name: str) -> Answer:
    """Show how the pasted list was understood; nothing is saved."""
    def arrange() -> None:
        form.validate()
        for field in form:
            if field.name != "roster":
                field.errors = []
    return show_again(form, lambda: _page(form), arrange)


ACTIONS = {
    "enter": _enter, "draft": lambda form, name: PAGE.save(form, lambda: _page(form)), "read_roster": _read_roster,
    "drop": lambda form, name: show_again(form, lambda: _page(form), lambda: form.drop(name)),
    **{f"add_{row}": lambda form, name, kind=kind: show_again(form, lambda: _page(form), lambda: form.add(kind))
       for row, kind in (("respondent", "respondents"), ("claim", "claims"), ("paid", "paid"))},
}


@bp.post("/cases/late/reminders")
@permit("case.register")
def remind():
    """A piece of the page: cases like the one that is being typed."""
    form = _form()
    guard.release_write_lock()
    form.validate()
    return render_template("cases/intake_reminders.html", reminders=[], similar=similar_to(form.late()), holder=None,
                           is_live=True, of_form="late")


@bp.post("/drafts/late")
@permit("case.register")
@guard.keeping(PAGE.keep)
def save_draft():
    return PAGE.saved_while_typing()


# What is added later -------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/late")
@permit(late_facts.PERMISSION)
def show(number: str):
    case = _get(number)
    form = _added_form(case)
    form.version.data = str(case.version)
    return _added_page(case, form)


def _get(number: str) -> Case:
    case = guard.get_case(number, late_facts.PERMISSION)
    if not case.is_late_entry:
        abort(404)
    return case


def _added_form(case: Case) -> MissingForm:
    form = MissingForm()
    form.handler_id.choices = _options(UNKNOWN, choices.handlers(case.union_id))
    return form


def _added_page(case: Case, form: MissingForm, lost: UnfindableForm | None = None) -> str:
    missing = late_facts.still_missing(case)
    lost = (lost or UnfindableForm(None)).offer(missing)
    lost.version.data = str(case.version)
    return render_template(
        "cases/late_facts.html", form=form, missing=missing, lost=lost,
        days=late_facts.missing_days(case), asks_outcome=late_facts.may_add_outcome(case),
        asks_agreement=late_facts.may_add_agreement(case), **case_frame.case_context(case))


@bp.post("/cases/<number>/late")
@permit(late_facts.PERMISSION)
def add(number: str):
    case = _get(number)
    form = _added_form(case)

    def said(event: object) -> Text:
        missing = late_facts.still_missing(case)
        return DONE_BUT.fill(missing=_joined(missing)) if missing else DONE
    return press(form, lambda: late_facts.complete(case, _added(form), guard.actor(), form.seen_version),
                 lambda: _added_page(_get(number), form), f"/cases/{number}/late", said)


@bp.post("/cases/<number>/late/unfindable")
@permit(late_facts.PERMISSION)
def give_up(number: str):
    """A fact that can never be found is no longer asked for."""
    case = _get(number)
    lost = UnfindableForm().offer(late_facts.still_missing(case))

    def page() -> str:
        case = _get(number)
        return _added_page(case, _fresh(case), lost)
    return press(lost, lambda: late_facts.give_up(case, lost.fact.data or "", lost.reason.data or "", guard.actor(),
                                                  lost.seen_version), page, f"/cases/{number}/late", GIVEN_UP)


def _fresh(case: Case) -> MissingForm:
    form = MissingForm(None)
    form.handler_id.choices = _options(UNKNOWN, choices.handlers(case.union_id))
    form.version.data = str(case.version)
    return form


def _added(form: MissingForm) -> Added:
    told = {**form.told_days(), **({"received_on": form.received.words} if form.received.words else {})}
    return Added(form.received.on, form.known_days(), told, form.outcome.data or "",
                 (form.outcome_reason.data or "") if form.outcome.data == "FAILED" else "", form.handler_id.data,
                 form.agreement(), form.payments(), form.note.data or "", form.confirmed)


# What is missing -----------------------------------------------------------------------------------------------------

@bp.get("/cases/missing")
@permit("ledger.read")
def missing():
    """The old cases that lack facts, each fact a link to where it is typed."""
    actor, fact = guard.actor(), request.args.get("fact", "any")
    if fact not in ("any", *late_entry.MISSING):
        abort(404)
    found = missing_facts.page(actor, fact, read_key(request.args.get("after")))
    asked = f"/cases/missing?fact={fact}"
    return render_template(
        "cases/missing.html", page=found, fact=fact, facts=late_entry.MISSING, known=actor.known,
        counts=missing_facts.counts(actor), cap=missing_facts.CAP,
        next_href=f"{asked}&after={found.after}" if found.after else None,
        first_href=asked if request.args.get("after") else None)
