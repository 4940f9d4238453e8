"""Forms that arrived after the log-in had lapsed: offered to their account, opened on their own page, thrown away."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import Forbidden, HTTPException, NotFound
from werkzeug.routing import RequestRedirect, Rule

from mediation.models import Draft
from mediation.rules.access import SELF
from mediation.rules.cases import guidance, workflow
from mediation.rules.language import Text
from mediation.services.cases import drafts
from mediation.views import guard
from mediation.views.guard import BEIJING, permit
from mediation.views.press import Reopened

bp = Blueprint("late", __name__)
OPENED = Text("这是刚才没有送出的内容，还没有存。看过再按一次。",
              "This was not taken when it was sent and is not saved yet. Look it over and press once more.")
GONE = Text("这一页现在打不开了，填过的内容在下面。", "This page cannot be opened any more; what was typed stands below.")

# What a form is about, by the blueprint of its address.
WORDS = {
    "admin": Text("管理", "administration"),
    "audit": Text("审计意见", "an audit finding"),
    "bodies": Text("对方单位的答复", "an answer to a letter"),
    "cases": Text("办案", "a step of a case"),
    "claims": Text("诉求", "a claim"),
    "closings": Text("关账", "closing a period"),
    "consultations": Text("会诊", "a consultation"),
    "coordination": Text("协作", "coordination"),
    "employers": Text("单位", "an employer"),
    "explaining": Text("账目矛盾的说明", "an explanation of a contradiction"),
    "exports": Text("导出申请", "a request for an export"),
    "handovers": Text("来案", "a hand-over"),
    "intake": Text("登记", "registration"),
    "issuing": Text("数字出具", "issuing figures"),
    "law": Text("期限和程序", "time limits and procedures"),
    "ledger": Text("协议和到账", "agreement and payments"),
    "payments": Text("协议和到账", "agreement and payments"),
    "letters": Text("监督文书", "a supervision letter"),
    "papers": Text("文书", "a paper"),
    "parties": Text("当事人", "a party"),
    "prevention": Text("预防", "prevention"),
    "reconciling": Text("核对", "a reconciliation"),
    "samples": Text("抽样", "a sample"),
    "sealing": Text("知悉范围", "who may read a case"),
    "sessions": Text("联系或调解", "a contact or a session"),
    "supervision": Text("督办和指派", "supervision and assignment"),
    "visits": Text("回访", "a follow-up"),
}


@dataclass(frozen=True)
class Late:
    """A kept form as pages offer it."""

    uid: str
    text: Text


def late() -> list[Late]:
    """What the reader's account sent too late, newest first, with words to know it by."""
    return [Late(row.uid, _words(row)) for row in drafts.late(guard.actor())]


def _words(draft: Draft) -> Text:
    found = _route(draft)
    about = _about(*found) if found else Text(draft.address, draft.address)
    number = str(found[1].get("number", "")) if found else ""
    at = draft.saved_at.astimezone(BEIJING).strftime("%m-%d %H:%M")
    return Text("{at} 登录到期，没有存上：{about}{number}", "Not saved, the log-in had lapsed at {at}: {about}{number}").fill(
        at=at, about=about, number=f" {number}" if number else "")


def _about(rule: Rule, values: Mapping[str, object]) -> Text:
    """What the form is, in a word: a move by its own name, any other by its page."""
    move = str(values.get("move", ""))
    if move in workflow.MOVES or move in workflow.CHAINS:
        return guidance.label_of(move)
    return WORDS.get(str(rule.endpoint).partition(".")[0], Text("", ""))


def _route(draft: Draft) -> tuple[Rule, Mapping[str, object]] | None:
    """The view to which a kept form was sent; None when there is none any more."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        return adapter.match(draft.address.partition("?")[0], method="POST", return_rule=True)
    except (HTTPException, RequestRedirect):
        return None


def _draft(uid: str) -> Draft:
    row = drafts.find_by_uid(guard.actor(), uid)
    if row is None:
        abort(404)
    return row


@bp.get("/drafts/<uid>")
@permit(SELF)
def show(uid: str):
    """The form's own page with what was typed; it is saved when it is sent, and not before."""
    draft = _draft(uid)
    if not draft.place.startswith(f"{drafts.FORM}:"):
        page = "/cases/late" if draft.place.startswith("late:") else "/cases/new"
        return redirect(f"{page}?from_draft={draft.uid}")
    found = _route(draft)
    try:
        if found is None:
            abort(404)
        return _stand_in(draft, *found)
    except (Forbidden, NotFound):
        return render_template("kept.html", draft=draft, text=GONE, typed=_typed(draft)), 410


def _stand_in(draft: Draft, rule: Rule, values: Mapping[str, object]):
    """Let the view show the kept form as it would show a refused one: the request reads as the one that came too late,
    over a connection that only reads, and the press goes no further than the page."""
    kept = dict(drafts.fields(draft))
    guard.admit(str(rule.endpoint))
    request.url_rule, request.view_args, request.method = rule, dict(values), "POST"
    request.query_string = draft.address.partition("?")[2].encode()
    request.form = ImmutableMultiDict([pair for pair in drafts.fields(draft) if pair[0] != drafts.SAVED_ON])
    request.files = ImmutableMultiDict()
    for made in ("args", "values"):
        request.__dict__.pop(made, None)
    g.reopened = Reopened(drafts.token_of(draft), date.fromisoformat(kept[drafts.SAVED_ON]))
    flash(OPENED.say(guard.language()), "info")
    return current_app.view_functions[rule.endpoint](**values)


def _typed(draft: Draft) -> list[str]:
    """The words of a form that has no page any more."""
    return [value for name, value in drafts.fields(draft) if value.strip() and name not in (drafts.SAVED_ON, "version")]


@bp.post("/drafts/<uid>/drop")
@permit(SELF)
def drop(uid: str):
    drafts.drop(guard.actor(), _draft(uid).place)
    return guard.finish("/", _("草稿已删。"))
