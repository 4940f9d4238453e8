"""Those above and their means: reminders on a case, handing out many cases, absence, a mediator's sheet and feed."""
from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, render_template, request
from flask_babel import gettext as _

from mediation.forms import desk as forms
from mediation.forms.base import BaseForm
from mediation.models import Case
from mediation.queries import door
from mediation.queries.cases import duplicates
from mediation.queries.desk import first_page, oversight, work_lists
from mediation.queries.desk import supervision as queries
from mediation.queries.house import admin
from mediation.rules import access
from mediation.rules.access import PUBLIC, SELF
from mediation.rules.desk import feeds as texts
from mediation.rules.language import Refused, Text
from mediation.rules.reading import read_key
from mediation.services.desk import feeds, supervision
from mediation.services.desk.supervision import Result
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.press import Answer, back, press

bp = Blueprint("supervision", __name__)
RESULTS_SHOWN = 20


# On a case ------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/supervision")
@permit("journal.read")
def show(number: str):
    """Reminders and supervisions of a case with their answers."""
    return _page(guard.get_case(number, "journal.read"))


@bp.post("/cases/<number>/supervision")
@permit("case.supervise")
def remind(number: str):
    case = guard.get_case(number, supervision.PERMISSION)
    form = forms.remind_form(True)
    act = supervision.supervise if form.kind.data == "supervise" else supervision.urge
    message = Text("已督办，等书面答复。", "Under supervision; a written answer is awaited.") if act is supervision.supervise \
        else Text("已催办，显示在承办人的工作台上。", "The reminder stands on the mediator's desk.")
    return _answer(case, "remind", form, lambda: act(case, form.note.data, form.due_on.data, guard.actor()), message)


@bp.post("/cases/<number>/supervision/<int:row>/answer")
@permit("case.work")
def reply(number: str, row: int):
    case = guard.get_case(number, "case.work")
    form = forms.reply_form(row, True)
    return _answer(case, f"reply-{row}", form, lambda: supervision.answer(case, row, form.note.data, guard.actor()),
                   Text("已答复。", "Answered."))


def _answer(case: Case, place: str, form: BaseForm, act: Callable[[], object], message: Text) -> Answer:
    number = case.number
    return press(form, act, lambda: _page(guard.get_case(number), {place: form}), f"/cases/{number}/supervision",
                 message)


def _page(case: Case, sent: dict[str, BaseForm] | None = None) -> str:
    sent = sent or {}
    made = {"remind": forms.remind_form(False)}
    made |= {f"reply-{row.id}": forms.reply_form(row.id, False) for row in case.supervisions if row.answered_on is None}
    values = case_frame.case_context(case, "clocks")
    return render_template("desk/case_reminders.html", **values, made={**made, **sent}, sent=sent,
                           refused=next(iter(sent.values()), None),
                           may_remind=supervision.PERMISSION in values["rights"] and bool(case.is_open),
                           rows=sorted(case.supervisions, key=lambda row: row.id, reverse=True))


# One dispute in two unions --------------------------------------------------------------------------------------

@bp.get("/duplicates")
@permit(duplicates.PERMISSION)
def show_duplicates():
    """Cases that two unions may both have; for those who stand above both."""
    actor = guard.actor()
    if not duplicates.is_above_several(actor):
        guard.note_refusal(duplicates.PERMISSION, "duplicates")
        abort(404)
    return render_template("desk/duplicates.html", pairs=duplicates.across_unions(actor),
                           state_text=first_page.state_text, tone=first_page.tone)


# Handing out ----------------------------------------------------------------------------------------------------

@bp.get("/assign")
@permit("case.assign")
def show_board():
    """Unassigned cases and those handed out, to be given to a mediator many at once; load, absence."""
    return _board()


@bp.post("/assign")
@permit("case.assign")
def assign():
    actor = guard.actor()
    form = forms.assign_form(queries.mediators(actor))
    found: list[Result] = []

    def act() -> None:
        chosen = form.chosen()
        found.extend(supervision.assign_many(
            chosen, form.mediator.data, form.reason.data, actor, form.mode.data != "each",
            {number: held for number, held in chosen.items() if held is not None}))
        if not any(result.is_done for result in found):
            raise Refused([])
    return press(form, act, lambda: _board(form=form, results=found), "/assign", lambda _: _told(found),
                 remarks=lambda _: _not_done(found))


def _not_done(found: list[Result]) -> list[str]:
    """Each case of the batch that could not be done, with its reasons."""
    spoken = guard.language()
    return [guard.actor().known(result.number) + _("：") + _("；").join(text.say(spoken) for text in result.problems)
            for result in found if not result.is_done][:RESULTS_SHOWN]


def _told(found: list[Result]) -> Text:
    """What became of the batch."""
    done = sum(result.is_done for result in found)
    return Text("已交出{n}件，等签收。期限不重新计算。", "{n} cases are handed out. No limit starts anew.").fill(n=done)


def _board(form: forms.AssignForm | None = None, absence: BaseForm | None = None, results: list[Result] | tuple = ()):
    actor = guard.actor()
    handler = read_key(request.args.get("handler"))
    station = admin.find_station(actor, read_key(request.args.get("station")) or 0, "case.assign")
    board = queries.board(actor, handler, station)
    place = {"at": station.code} if station else {"at": "own"} if actor.role == "lead" else {}
    return render_template(
        "desk/board.html", board=board, form=form or forms.assign_form(board.mediators), results=results,
        absence=absence or forms.absence_form(board.mediators, board.mediators, False), loads=oversight.loads(actor),
        columns=oversight.LOAD, absences=queries.absences(actor), handler=handler,
        station=station,
        early_href=first_page.link({"task": "unassigned", "state": "REGISTERED,CONSENT_PENDING", **place}),
        sites=admin.stations(actor, "case.assign"), waiting=queries.unanswered(actor),
        ticked=set(form.chosen()) if form else set(), clock_name=work_lists.clock_name,
        state_text=first_page.state_text,
        tone=first_page.tone)


@bp.post("/assign/absence")
@permit("case.assign")
def set_absence():
    actor = guard.actor()
    people = queries.mediators(actor)
    form = forms.absence_form(people, people, True)
    return press(
        form, lambda: supervision.hand_over(form.leave(), actor), lambda: _board(absence=form), "/assign",
        lambda row: Text("已登记不在岗，{n}件在办案件全部交给代办人。",
                         "Recorded; {n} open cases go to the stand-in.").fill(n=len(row.numbers)),
        remarks=lambda row: _kept_back(supervision.out_of_sight(row.account_id, actor)))


def _kept_back(hidden: int) -> list[str]:
    """What the writer has not handed over because it is out of sight."""
    return [_('另有%(n)s件限定人员的案件您看不到，没有交出，请案件的限定人员另行改派。', n=hidden)] if hidden else []


@bp.post("/assign/absence/<int:row>/end")
@permit("case.assign")
def end_absence(row: int):
    form = BaseForm()

    def page() -> str:
        for problem in form.problems:
            flash(problem, "error")
        return _board()
    return press(form, lambda: supervision.hand_back(row, guard.actor()), page, "/assign", Text(
        "已返岗，还在代办人手里的案件都已交回。", "Back; the cases still with the stand-in are returned."))


# One mediator's sheet -------------------------------------------------------------------------------------------

@bp.get("/desk/sheet/<username>")
@permit("desk.see")
def sheet(username: str):
    """One printed A4 sheet: a mediator's open cases with what is due, the next session, late money, reminders."""
    actor = guard.actor()
    user = queries.find_colleague(actor, username)
    if user is None:
        guard.note_refusal("case.supervise", username)
        abort(404)
    guard.log_access("print", username, "sheet")
    lines = queries.sheet(user, actor.today, door.filter_for(actor))
    return render_template("desk/mediator_sheet.html", sheets=[(user, lines)], state_text=first_page.state_text)


@bp.get("/assign/sheets")
@permit("case.supervise")
def sheets():
    """The sheets of all mediators within reach, one page each."""
    guard.log_access("print", "", "sheets")
    return render_template("desk/mediator_sheet.html", sheets=queries.sheets(guard.actor()),
                           state_text=first_page.state_text)


# The feed -------------------------------------------------------------------------------------------------------

@bp.get("/account/feed")
@permit(SELF)
def show_feed():
    return _feed_page()


@bp.post("/account/feed")
@permit(SELF)
def create_feed():
    """A new secret address, shown this once; the address before it ends."""
    actor = guard.actor()
    if not access.scope_of(actor.role, "case.work"):
        abort(403)
    secret = feeds.create(actor)
    guard.commit()
    return _feed_page(request.host_url.rstrip("/") + f"/feed/{secret}.ics")


@bp.post("/account/feed/end")
@permit(SELF)
def end_feed():
    return back(lambda: feeds.revoke(guard.actor()), "/account/feed",
                lambda is_ended: _("已停止，原来的地址不能再用。") if is_ended else _("没有开通订阅。"), "/account/feed")


def _feed_page(address: str = "") -> str:
    actor = guard.actor()
    return render_template("desk/feed.html", feed=feeds.find_feed(actor), address=address,
                           may_have=bool(access.scope_of(actor.role, "case.work")))


@bp.get("/feed/<secret>.ics")
@permit(PUBLIC)
def feed(secret: str):
    """Sessions and deadlines of the account behind the secret: numbers and masked titles, nobody's name."""
    row = feeds.find_account(secret)
    if row is None:
        abort(404)
    actor = guard.act_for(row)
    guard.log_access("feed", row.username)
    entries = queries.entries(row, actor.today, door.filter_for(actor), actor.language)
    body = texts.feed(entries, Text("工和日程", "Gonghe dates").say(actor.language), actor.now,
                      f"{(row.station.union or row.station).code}.gonghe")
    return Response(body, mimetype="text/calendar", headers={"Content-Disposition": "inline; filename=gonghe.ics"})
