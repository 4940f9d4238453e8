"""A body's letter: what it was asked, its answer, its files, and the packet that goes back to it."""
from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, send_file
from flask_babel import gettext as _

from mediation import settings
from mediation.forms.cases import sessions as forms
from mediation.models import Attachment, Case, Commission, HandoverFile
from mediation.queries.bodies import coordination as queries
from mediation.queries.cases import beside
from mediation.queries.money import case_money
from mediation.rules import access, uploads, words
from mediation.rules.language import Text
from mediation.rules.money import amounts
from mediation.rules.papers import catalogue as papers
from mediation.rules.people import headcounts
from mediation.services.bodies import coordination
from mediation.services.papers import files
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("bodies", __name__)
# The tab and the page of the case on which an entry stands, by what it is.
BESIDE = {"payment": ("agreement", "/agreement#payments"), "signature": ("agreement", "/agreement#signatures"),
          "paper": ("papers", "/papers"), "session": ("contacts", "/sessions"), "party": ("parties", "/parties")}
# Which one it is, in a word.
WHICH: dict[str, Callable[[Any], Text]] = {
    "payment": lambda row: Text("第{n}笔，{sum}元", "no. {n}, {sum} yuan").fill(n=row.seq, sum=amounts.print_yuan(
        row.amount_fen)),
    "signature": lambda row: Text(words.SIGNERS[row.signer].zh, words.SIGNERS[row.signer].en),
    "paper": lambda row: papers.PAPERS[row.kind].title,
    "session": lambda row: Text("第{n}次", "no. {n}").fill(n=row.seq),
    "party": lambda row: Text(row.name or row.as_told, row.name or row.as_told)}


@bp.get("/cases/<number>/coordination/<int:key>")
@permit("case.read")
def show(number: str, key: int):
    """One letter: for the body what it is asked, for our own people how it stands."""
    return _again(number, key)


@bp.post("/cases/<number>/coordination/<int:key>/reply")
@permit("commission.answer")
def reply(number: str, key: int):
    """The body takes, answers or returns."""
    case = guard.get_case(number, "commission.answer")
    row, form = _request(case, key), forms.BodyForm()
    action = request.form.get("action", "")
    if action not in ACTIONS:
        abort(400)
    return press(form, lambda: ACTIONS[action](case, row, form), lambda: _again(number, key, form),
                 _after(case, action, key), lambda said: said)


def _again(number: str, key: int, form: forms.BodyForm | None = None, file_form: forms.FileForm | None = None) -> str:
    """The letter's page as it stands now, with the form that was refused."""
    case = guard.get_case(number)
    return _page(case, _request(case, key), form or forms.BodyForm(None), file_form or forms.FileForm(None))


def _take(case: Case, row: Commission, form: forms.BodyForm) -> Text:
    coordination.take(case, row.id, guard.actor(), form.seen_version)
    return Text("已接收。", "Taken.")


def _answer(case: Case, row: Commission, form: forms.BodyForm) -> Text:
    given = coordination.Reply(form.result.data, None, "account", form.number.data)
    with_file(case, row, form, lambda: coordination.reply(case, row.id, given, guard.actor(), form.seen_version))
    return Text("已答复，工会马上看得到。", "Answered; the union sees it at once.")


def with_file(case: Case, row: Commission, form: forms.UploadForm, act: Callable[[], object]) -> None:
    """An act on a letter and, where one was chosen, the paper that goes with it: both or neither."""
    name, data = form.upload()
    if name:
        files.check(name, data)
    act()
    if name:
        files.add(case, name, data, instance(), guard.actor(), files.Place(row))


def _return(case: Case, row: Commission, form: forms.BodyForm) -> Text:
    coordination.give_back(case, row.id, form.reason.data, guard.actor(), form.seen_version)
    return Text("已退回，理由已记下。", "Returned, with the reason.")


ACTIONS = {"take": _take, "answer": _answer, "return": _return}


def _after(case: Case, action: str, key: int) -> str:
    """After a return the case is mostly no longer in sight."""
    return "/" if action == "return" else f"{case_frame.address(case)}/coordination/{key}"


@bp.get("/cases/<number>/coordination/<int:key>/packet")
@permit("case.read")
def packet(number: str, key: int):
    """What goes back to the body, under its own number: the shared parts and nothing else."""
    case = guard.get_case(number)
    row, actor = _request(case, key), guard.actor()
    parts = frozenset(row.shared_parts) if queries.is_live(row) else frozenset()
    guard.log_access("print", case.number, f"packet {key}")
    return render_template(
        "papers/packet.html", case=case, people=headcounts.say(case).zh, c=row, parts=parts,
        own_number=queries.own_number(row), words=words,
        money=case_money.position(case, actor.today), agreement=case_money.current_agreement(case),
        printed_on=actor.today,
        title=_("反馈材料"), back=f"{case_frame.address(case)}/coordination/{key}", path="")


# Files ----------------------------------------------------------------------------------------------------------

@bp.post("/cases/<number>/coordination/<int:key>/files")
@permit("case.read")
def add_to_letter(number: str, key: int):
    """A scan or paper with a letter, by our mediator or by the body itself."""
    case = guard.get_case(number)
    return _add(case, f"{case_frame.address(case)}/coordination/{key}", _request(case, key))


@bp.post("/cases/<number>/files")
@permit("case.work")
def add(number: str):
    case = guard.get_case(number, "case.work")
    return _add(case, f"{case_frame.address(case)}/coordination#files", None)


def _add(case: Case, target: str, letter: Commission | None) -> Answer:
    form, number, key = forms.FileForm(), case.number, letter.id if letter else 0

    def page() -> str:
        if key:
            return _again(number, key, file_form=form)
        values = case_frame.case_context(guard.get_case(number), "coordination")
        return render_template("cases/file.html", **values, form=form)
    return press(form, lambda: files.add(case, *form.upload(), instance(), guard.actor(), files.Place(letter)), page,
                 target, Text("附件已收下。", "The file is kept."))


@bp.get("/cases/<number>/files/<kind>/<int:key>")
@permit("case.read")
def show_beside(number: str, kind: str, key: int):
    """The files beside an entry of the case, and the form that adds one."""
    return _beside_page(guard.get_case(number), kind, key, forms.BesideForm())


@bp.post("/cases/<number>/files/<kind>/<int:key>")
@permit("case.work")
def add_beside(number: str, kind: str, key: int):
    case, form = guard.get_case(number, "case.work"), forms.BesideForm()
    place = files.Place(about_kind=kind, about_id=key)
    return press(form, lambda: files.add(case, *form.upload(), instance(), guard.actor(), place),
                 lambda: _beside_page(guard.get_case(number), kind, key, form),
                 f"{case_frame.address(case)}/files/{kind}/{key}", Text("附件已收下。", "The file is kept."))


def _beside_page(case: Case, kind: str, key: int, form: forms.BesideForm) -> str:
    row = beside.find(case, kind, key) if guard.actor().role != "liaison" else None
    if row is None:
        abort(404)
    tab, path = BESIDE[kind]
    return render_template("cases/files_beside.html", **case_frame.case_context(case, tab), form=form, kind=kind,
                           key=key, what=uploads.BESIDE[kind], which=WHICH[kind](row),
                           back=case_frame.address(case) + path)


@bp.get("/cases/<number>/files/<int:key>")
@permit("case.read")
def download(number: str, key: int) -> Response:
    """The file itself, to be saved and never to be run or shown in the page."""
    case = guard.get_case(number)
    return send_stored(files.find(case, key, guard.actor()), f"{number} file {key}")


@bp.get("/cases/<number>/files/<int:key>/view")
@permit("case.read")
def view(number: str, key: int) -> Response:
    """A picture or PDF in a window of its own; what a browser does not show by itself is not there, and what nobody
    could look through is saved."""
    case = guard.get_case(number)
    row = files.find(case, key, guard.actor())
    return send_stored(row if row and row.kind in uploads.PREVIEWED else None, f"{number} file {key}", is_saved=False)


def send_stored(row: Attachment | HandoverFile | None, place: str, is_saved: bool = True) -> Response:
    data = files.read(row, instance()) if row else None
    if row is None or data is None:
        guard.note_refusal("case.read", place)
        abort(404)
    guard.log_access("export", place)
    is_window = not is_saved and isinstance(row, Attachment) and files.may_be_shown(row, data)
    return send_file(BytesIO(data), mimetype=uploads.KINDS[row.kind].mime, as_attachment=not is_window,
                     download_name=row.name, max_age=0)


def instance() -> Path:
    """The folder under which uploaded files lie."""
    return settings.files_folder(current_app.config["MEDIATION"])


def _request(case: Case, key: int) -> Commission:
    row = queries.find(case, key, guard.actor())
    if row is None:
        guard.note_refusal("case.read", f"{case.number} letter {key}")
        abort(404)
    return row


def _page(case: Case, row: Commission, form: forms.BodyForm, file_form: forms.FileForm) -> str:
    actor = guard.actor()
    values = case_frame.case_context(case, "" if actor.role == "liaison" else "coordination")
    is_open, is_ours = queries.is_pending(row), actor.role == "liaison" and row.direction == "out"
    form.version.raw_data, form.version.data = None, str(row.version)
    may_answer = is_ours and is_open
    may_add = values["may_write"] or (is_ours and files.may_add(row, actor))
    return render_template(
        "bodies/request.html", **values, c=row, form=form, file_form=file_form, own_number=queries.own_number(row),
        files=queries.files_of(case, actor, row), is_pending=is_open, may_answer=may_answer, may_add=may_add,
        is_invitation=queries.is_invitation(row), is_live=queries.is_live(row), state=queries.state_of(row),
        part_words=access.SHARE_PARTS)
