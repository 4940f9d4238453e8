"""三方会诊: called from a case, opinions by the bodies themselves or for them, files, the record, its print."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, abort, render_template

from mediation.forms.base import BaseForm
from mediation.forms.bodies import consultations as forms
from mediation.forms.cases.sessions import FileForm, UploadForm
from mediation.forms.prevention import ReasonForm
from mediation.models import Case, Consultation, ConsultationOpinion
from mediation.queries import door
from mediation.queries.bodies import coordination as queries
from mediation.queries.cases import choices
from mediation.rules import access
from mediation.rules.language import Text
from mediation.services.bodies import consultations, typed_bodies
from mediation.services.papers import files
from mediation.views import guard
from mediation.views.bodies.requests import instance, send_stored
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("consultations", __name__)


@bp.get("/cases/<number>/consultations")
@permit("case.work")
def new(number: str):
    """The invitation."""
    case = guard.get_case(number, "case.work")
    return _call_page(case, forms.call_form(choices.agencies(case), case.station.address))


@bp.post("/cases/<number>/consultations")
@permit("case.work")
def call(number: str):
    case = guard.get_case(number, "case.work")
    form = forms.call_form(choices.agencies(case), "")

    def act() -> Consultation:
        asked = form.call()
        if form.typed_agency.data:
            body = typed_bodies.find_or_enter(case, form.typed_agency.data, guard.actor())
            asked = replace(asked, agencies=list(dict.fromkeys((*asked.agencies, body.id))))
        return consultations.call(case, asked, guard.actor())
    return press(form, act,
                 lambda: _call_page(guard.get_case(number, "case.work"), form), lambda row: f"/consultations/{row.id}",
                 Text("已召集会诊，邀请已发给各单位。", "The consultation is called; the bodies are invited."))


def _call_page(case: Case, form: forms.CallForm) -> str:
    return render_template("bodies/consultation_call.html", **case_frame.case_context(case, "coordination"), form=form)


@bp.get("/consultations/<int:consultation>")
@permit("case.read")
def show(consultation: int):
    """The whole of it for our own people; for a body its invitation, opinion, tasks and the conclusion."""
    return _page(_row(consultation))


# Opinions and files ---------------------------------------------------------------------------------------------

@bp.post("/consultations/<int:consultation>/opinion")
@permit("commission.answer")
def give_opinion(consultation: int):
    """A body's opinion by its own account."""
    row, form = _row(consultation), forms.OpinionForm()
    return _send(consultation, "opinion", form, lambda: _with_file(
        row, form, lambda: consultations.give_opinion(row, form.given(), guard.actor()), guard.actor().agency_id),
        Text("意见已交，工会马上看得到。", "Your opinion is in; the union sees it at once."))


@bp.post("/consultations/<int:consultation>/opinions/<int:agency>")
@permit("case.work")
def enter_opinion(consultation: int, agency: int):
    """代录."""
    row, form = _row(consultation), forms.entered_form(agency, True)
    return _send(consultation, f"entered-{agency}", form, lambda: _with_file(
        row, form, lambda: consultations.enter_opinion(row, agency, form.given(), guard.actor()), agency),
        Text("已代录意见。", "The opinion is entered."))


@bp.post("/consultations/<int:consultation>/files")
@permit("case.read")
def add_file(consultation: int):
    """Ours are for every body invited; a body's own are for us."""
    row, form, actor = _row(consultation), FileForm(), guard.actor()
    own = actor.agency_id if actor.role == "liaison" else None
    return _send(consultation, "file", form, lambda: files.add(
        _place_of_files(row), *form.upload(), instance(), actor, files.Place(consultation=row, agency_id=own)),
        Text("附件已收下。", "The file is kept."))


@bp.get("/consultations/<int:consultation>/files/<int:file>")
@permit("case.read")
def download(consultation: int, file: int) -> Response:
    row = _row(consultation)
    return send_stored(files.find_of_consultation(row, file, guard.actor()), f"consultation {consultation} file {file}")


def _with_file(row: Consultation, form: UploadForm, act, agency: int | None) -> None:
    """The opinion and, where one was chosen, its paper: both or neither."""
    name, data = form.upload()
    if name:
        files.check(name, data)
    act()
    if name:
        files.add(_place_of_files(row), name, data, instance(), guard.actor(),
                  files.Place(consultation=row, agency_id=agency))


def _place_of_files(row: Consultation) -> Case:
    """The case under which a file is kept: the first that the writer sees."""
    actor = guard.actor()
    return next(case for case in _cases(row) if actor.role != "liaison" or door.find_case(actor, case.number))


# The record -----------------------------------------------------------------------------------------------------

@bp.post("/consultations/<int:consultation>")
@permit("case.work")
def hold(consultation: int):
    """The record of what was said and decided."""
    row = _row(consultation)
    form = forms.minutes_form(row, _voices(row), _cases(row))
    return _send(consultation, "minutes", form, lambda: consultations.hold(
        row, form.minutes(), guard.actor(), form.seen_version),
        Text("会诊已记下，分工已发给各单位。", "On record; the tasks are with the bodies."))


@bp.post("/consultations/<int:consultation>/drop")
@permit("case.work")
def drop(consultation: int):
    row, form = _row(consultation), ReasonForm()
    return _send(consultation, "drop", form, lambda: consultations.drop(row, form.reason.data, guard.actor()),
                 Text("已记没有开成，邀请已收回。", "Noted that it was not held; the invitations are recalled."))


def _row(key: int) -> Consultation:
    row = queries.find_consultation(guard.actor(), key)
    if row is None:
        guard.note_refusal("case.read", f"consultation {key}")
        abort(404)
    return row


def _send(key: int, place: str, form: BaseForm, act: Callable[[], object], message: Text) -> Answer:
    """One press of the page: done and back to it, or the page again with what was typed."""
    return press(form, act, lambda: _page(_row(key), {place: form}), f"/consultations/{key}", message)


def _cases(row: Consultation) -> list[Case]:
    return [link.case for link in sorted(row.cases, key=lambda link: link.id)]


def _voices(row: Consultation) -> list[ConsultationOpinion]:
    return sorted(row.opinions, key=lambda voice: voice.id)


def _tasks(row: Consultation) -> list:
    return sorted((letter for letter in row.letters if letter.kind == "task"), key=lambda letter: letter.id)


def _page(row: Consultation, sent: dict | None = None) -> str:
    """``sent``: the refused form by its place; every other one stands there fresh."""
    sent = sent or {}
    if guard.actor().role == "liaison":
        return _body_page(row, sent)
    cases, voices = _cases(row), _voices(row)
    may_write = door.may(guard.actor(), "case.work", cases[0])
    made = {"drop": ReasonForm(None), "file": FileForm(None),
            **{f"entered-{v.agency_id}": forms.entered_form(v.agency_id, False) for v in voices if not v.opinion}}
    if row.state == "called" and may_write:
        made["minutes"] = sent.get("minutes") or forms.minutes_form(row, voices, cases)
    invitations = {v.agency_id: [letter for letter in row.letters if letter.agency_id == v.agency_id
                                 and queries.is_invitation(letter)] for v in voices}
    return render_template(
        "bodies/consultation.html", row=row, made={**made, **sent}, sent=sent, may_write=may_write, cases=cases,
        voices=voices, tasks=_tasks(row), invitations=invitations, duty_rows=range(forms.DUTY_ROWS),
        refused=next(iter(sent.values()), None),
        files=queries.files_of_consultation(row, guard.actor()),
        state_of=queries.state_of, part_words=access.SHARE_PARTS)


def _body_page(row: Consultation, sent: dict) -> str:
    """A body sees its own part: the cases that are shared with it, its opinion, its tasks, its files."""
    actor = guard.actor()
    letters = queries.requests_to(row, actor)
    seen = {letter.case_id: letter.case for letter in letters}
    return render_template(
        "bodies/consultation_body.html", row=row, letters=letters, cases=list(seen.values()),
        parts={key: door.shared_parts(actor, case) for key, case in seen.items()},
        voice=next((v for v in row.opinions if v.agency_id == actor.agency_id), None),
        form=sent.get("opinion") or forms.OpinionForm(None), file_form=sent.get("file") or FileForm(None),
        files=queries.files_of_consultation(row, actor), state_of=queries.state_of)
