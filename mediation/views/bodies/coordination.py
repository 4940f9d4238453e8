"""Outside bodies, numbers in their registers, and colleagues who help on a case: one page, several small forms."""
from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template

from mediation.forms import records as record_forms
from mediation.forms.base import BaseForm
from mediation.forms.cases import sessions as forms
from mediation.models import Case
from mediation.queries.bodies import coordination as queries
from mediation.queries.cases import choices, links, merging
from mediation.queries.desk import first_page
from mediation.rules import access
from mediation.rules.cases.merging import said
from mediation.rules.language import Text
from mediation.rules.records import OUTSIDE_NUMBER
from mediation.services import records
from mediation.services.bodies import coordination, typed_bodies
from mediation.services.cases import links as links_service
from mediation.services.papers import files
from mediation.views import guard
from mediation.views.bodies.requests import instance, with_file
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("coordination", __name__)


@bp.get("/cases/<number>/coordination")
@permit("journal.read")
def index(number: str):
    """Who else has a part in the case."""
    return _page(guard.get_case(number, "journal.read"))


@bp.post("/cases/<number>/coordination")
@permit("case.work")
def record(number: str):
    case = guard.get_case(number, "case.work")
    form = forms.request_form(choices.agencies(case), True)

    def act() -> None:
        name, data = form.upload()
        if name:
            files.check(name, data)
        if form.typed_agency.data:
            form["agency"].data = typed_bodies.find_or_enter(case, form.typed_agency.data, guard.actor()).id
        row = coordination.record(case, form.letter(), guard.actor())
        if name:
            files.add(case, name, data, instance(), guard.actor(), files.Place(row))
    return _answer(case, "letter", form, act, Text("已记来去函。", "The letter is recorded."))


@bp.post("/cases/<number>/coordination/<int:commission>/answer")
@permit("case.work")
def answer(number: str, commission: int):
    case = guard.get_case(number, "case.work")
    form = forms.answer_form(commission, True)
    row = next((one for one in case.commissions if one.id == commission), None)
    if row is None:
        abort(404)
    return _answer(case, f"answer-{commission}", form, lambda: with_file(case, row, form, lambda: coordination.answer(
        case, commission, form.result.data, form.replied_on.data, guard.actor(), form.way.data or "phone",
        form.number.data, form.seen_version)),
        Text("已代录答复。", "The answer is entered.") if row.direction == "out" else Text("已记我们的回复。",
                                                                                  "Our reply is recorded."))


@bp.post("/cases/<number>/coordination/<int:commission>/due")
@permit("case.work")
def change_due(number: str, commission: int):
    case = guard.get_case(number, "case.work")
    form = forms.due_form(commission, True)
    return _answer(case, f"due-{commission}", form, lambda: coordination.change_due(
        case, commission, form.reply_due_on.data, form.due_reason.data, guard.actor()),
        Text("回复期限已改。", "The day of the reply is changed."))


@bp.post("/cases/<number>/coordination/<int:commission>/recall")
@permit("case.work")
def recall(number: str, commission: int):
    """Ends the sight that this letter gave; the answer says what another letter still shows."""
    case = guard.get_case(number, "case.work")
    form = forms.recall_form(commission, True)
    row = next((one for one in case.commissions if one.id == commission), None)
    left = queries.left_after(case, row) if row is not None else None
    return _answer(case, f"recall-{commission}", form, lambda: coordination.recall(
        case, commission, form.reason.data, guard.actor()), _recalled(left))


def _recalled(left: queries.Sharing | None) -> Text:
    if left is None:
        return Text("已收回，对方单位不再看得到本案。", "Recalled; the body no longer sees the case.")
    parts = [access.SHARE_PARTS[part] for part in left.parts]
    return Text("已收回这一件。{who}凭其他函仍看得到本案：{parts}", "This letter is recalled. By other letters {who} still sees: "
                "{parts}").fill(who=left.agency.short_name, parts=Text(
                    "、".join(word.zh for word in parts) or "只有案号",
                    ", ".join(word.en for word in parts) or "the number alone"))


@bp.post("/cases/<number>/coordination/bodies/<int:agency>/recall")
@permit("case.work")
def recall_all(number: str, agency: int):
    case = guard.get_case(number, "case.work")
    form = forms.recall_all_form(agency, True)
    return _answer(case, f"recall-all-{agency}", form, lambda: coordination.recall_all(
        case, agency, form.reason.data, guard.actor()),
        Text("已全部收回，这个单位不再看得到本案。", "All is recalled; the body no longer sees the case."))


@bp.post("/cases/<number>/coordination/numbers")
@permit("case.work")
def put_number(number: str):
    case = guard.get_case(number, "case.work")
    form = record_forms.build(OUTSIDE_NUMBER, prefix="numbers")
    return _answer(case, "numbers", form, lambda: records.record(
        OUTSIDE_NUMBER.key, form.values(), guard.actor(), case, form.confirmed), OUTSIDE_NUMBER.flash)


@bp.post("/cases/<number>/coordination/link")
@permit("case.work")
def link(number: str):
    case = guard.get_case(number, "case.work")
    form = forms.link_form(True)
    return _answer(case, "link", form, lambda: links_service.link(
        case, form.lead.data, form.note.data, guard.actor()),
        Text("已归入示范案。", "It now follows the lead case."))


@bp.post("/cases/<number>/coordination/batch")
@permit("case.work")
def link_many(number: str):
    """Several cases follow this one, all or none."""
    case = guard.get_case(number, "case.work")
    form = forms.batch_form(links.candidates(case, guard.actor()), True)
    return _answer(case, "batch", form, lambda: links_service.link_many(
        case, form.numbers.data or "", form.chosen.data or (), form.why.data or "", bool(form.takes_class.data),
        guard.actor()), Text("已归入本案。", "They now follow this case."))


@bp.post("/cases/<number>/coordination/unlink")
@permit("case.work")
def unlink(number: str):
    case = guard.get_case(number, "case.work")
    return _answer(case, "", BaseForm(), lambda: links_service.unlink(case, "", guard.actor()),
                   Text("已不再归入。", "It stands by itself again."))


@bp.post("/cases/<number>/coordination/members")
@permit("case.work")
def add_member(number: str):
    case = guard.get_case(number, "case.work")
    form = forms.member_form(choices.colleagues(case), True)
    return _answer(case, "members", form, lambda: coordination.add_member(case, form["member"].data, guard.actor()),
                   Text("已请同事协办，现在可以办这件案子。", "The colleague may now work on the case."))


@bp.post("/cases/<number>/coordination/members/<int:member>/end")
@permit("case.work")
def end_member(number: str, member: int):
    case = guard.get_case(number, "case.work")
    return _answer(case, "", BaseForm(), lambda: coordination.end_member(case, member, guard.actor()),
                   Text("协办已结束。", "The help has ended."))


def _answer(case: Case, place: str, form: BaseForm, act: Callable[[], object], message: Text) -> Answer:
    """One press of this page: done and back to it, or the page again with what was typed."""
    number = case.number
    return press(form, act, lambda: _page(guard.get_case(number, "case.work"), {place: form}),
                 f"/cases/{number}/coordination", message)


def _page(case: Case, sent: dict[str, BaseForm] | None = None) -> str:
    """``sent``: the refused form by its place; every other one stands there fresh."""
    values = case_frame.case_context(case, "coordination")
    made: dict[str, BaseForm] = {
        "letter": forms.request_form(choices.agencies(case), False),
        "numbers": record_forms.build(OUTSIDE_NUMBER, prefix="numbers", is_typed=False),
        "members": forms.member_form(choices.colleagues(case), False), "link": forms.link_form(False),
        "batch": forms.batch_form(links.candidates(case, guard.actor()), False)}
    shared = queries.sharing(case)
    for row in case.commissions:
        made[f"answer-{row.id}"] = forms.answer_form(row.id, False, row.version)
        made[f"recall-{row.id}"] = forms.recall_form(row.id, False)
        made[f"due-{row.id}"] = forms.due_form(row.id, False)
    for one in shared:
        made[f"recall-all-{one.agency.id}"] = forms.recall_all_form(one.agency.id, False)
    sent, linked = sent or {}, links.of(case, guard.actor())
    return render_template("bodies/coordination.html", **values, made={**made, **sent}, sent=sent,
                           refused=next(iter(sent.values()), None), shared=shared, by_body=queries.by_body(case),
                           is_live=queries.is_live,
                           is_pending=queries.is_pending, is_invitation=queries.is_invitation,
                           state_of=queries.state_of,
                           left={row.id: queries.left_after(case, row) for row in case.commissions},
                           files=queries.files_of(case, guard.actor()), file_form=forms.FileForm(None),
                           linked=linked, came_from=_came_from(case) if linked.merged else {},
                           batch=links.batch(case, guard.actor()),
                           state_text=first_page.state_text, part_words=access.SHARE_PARTS,
                           members=[m for m in case.members if m.kind == "co_handler"])


def _came_from(case: Case) -> dict[str, Text]:
    """What each merged case brought along, in words."""
    return {number: said(counts) for number, counts in merging.came_from(case).items()}
