"""Figures given out: issuing them, their list, one with today's values beside it, its print."""
from __future__ import annotations

import json

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from mediation.extensions import see_one_moment
from mediation.forms.figures import IssueForm
from mediation.models import IssuedFigure
from mediation.queries.figures import issued, issued_changes, reckoning
from mediation.rules.figures import catalogue as rules
from mediation.rules.language import Refused
from mediation.services.figures import issuing
from mediation.views import guard
from mediation.views.figures import statistics as pages
from mediation.views.guard import permit
from mediation.views.press import press, show_again

bp = Blueprint("issuing", __name__)


@bp.get("/statistics/issue")
@permit("figure.issue")
def new():
    """Choose the figures; period, station and cut-off come from the address."""
    return _form(IssueForm(), pages.read_given(guard.actor()))


@bp.post("/statistics/issue")
@permit("figure.issue")
def issue():
    given = {name: request.form.get(name, "").strip() for name in pages.NAMES}
    form, actor = IssueForm(), guard.actor()
    if request.form.get("again"):
        return show_again(form, lambda: _form(form, given))

    def act() -> IssuedFigure:
        see_one_moment()
        return issuing.issue(pages.scope(actor, given), request.form.getlist("figures"),
                             issuing.Purpose(form.recipient.data, form.purpose.data), actor)
    return press(
        form, act, lambda: _form(form, given), lambda row: f"/statistics/issued/{row.id}",
        lambda row: _("已出具%(number)s。下一步：打印，交给对方。", number=row.number))


def _form(form: IssueForm, given: dict[str, str]):
    actor, made, problems = guard.actor(), None, []
    try:
        made = reckoning.report(pages.scope(actor, given), reckoning.TITLE)
    except Refused as refusal:
        problems = refusal.problems
    chosen = request.form.getlist("figures") if request.method == "POST" else [
        key for key, row in rules.FIGURES.items() if row.group == "published"]
    return render_template("figures/issue.html", form=form, made=made, sections=pages.sections(made), chosen=chosen,
                           **pages.frame(actor, given, problems))


@bp.get("/statistics/issued")
@permit("statistics.read")
def index():
    actor, raw = guard.actor(), request.args.get("before", "")
    given = {name: request.args.get(name, "").strip() for name in ("year", "period")}
    rows, last, total = issued.page(actor, given["year"], given["period"],
                                    int(raw) if raw.isdecimal() and len(raw) < 19 else None)
    return render_template("figures/issued.html", rows=rows, last=last, total=total, given=given, is_first=not raw,
                           query={k: v for k, v in given.items() if v})


@bp.get("/statistics/issued/<int:key>")
@permit("statistics.read")
def show(key: int):
    row = _row(key)
    return render_template("figures/given.html", row=row, body=json.loads(row.body), is_whole=issued.holds(row),
                           lines=issued.compare(row, guard.actor()), between=issued_changes.between(row, guard.actor()),
                           units=rules.UNITS, most=issued_changes.MOST)


@bp.get("/statistics/issued/<int:key>/print")
@permit("statistics.read")
def sheet(key: int):
    row = _row(key)
    guard.log_access("print", f"issued {key}", row.number)
    return render_template("papers/issued.html", row=row, body=json.loads(row.body), title="数字出具单",
                           back=f"/statistics/issued/{key}", units=rules.UNITS)


def _row(key: int) -> IssuedFigure:
    row = issued.find(guard.actor(), key)
    if row is None:
        guard.note_refusal("statistics.read", f"issued {key}")
        abort(404)
    return row
