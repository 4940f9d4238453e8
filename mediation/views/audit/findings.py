"""The auditor's doors: findings, their answers and their ends."""
from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request

from mediation.forms.audit import findings as forms
from mediation.forms.base import BaseForm
from mediation.models import Finding, Sample
from mediation.queries.audit import findings as queries
from mediation.queries.audit import sampling as samples
from mediation.queries.audit.findings import About
from mediation.queries.law import clocks
from mediation.rules.audit import findings as rules
from mediation.rules.language import Text
from mediation.rules.reading import read_key
from mediation.services.audit import findings as service
from mediation.services.audit import sampling
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("audit", __name__)
FILTERS = ("state", "subject", "case")
DONE = {"answered": Text("已答复，等审计人员看。", "Answered; the auditor will look at it."),
        "returned": Text("已退回，等重新答复。", "Sent back; another answer is awaited."),
        "closed": Text("已了结。", "Closed.")}


def _render(template: str, **values: object) -> str:
    return render_template(template, finding_words=queries.WORDS, **values)


@bp.get("/audit/findings")
@permit("audit.read")
def findings():
    """Findings in sight, newest first; filters in the address."""
    actor = guard.actor()
    chosen = {name: request.args.get(name, "") for name in FILTERS}
    before = read_key(request.args.get("before"))
    rows, last = queries.page(actor, chosen, before)
    kept = {name: value for name, value in chosen.items() if value}
    about = queries.find_about(actor, {"case": chosen["case"]}) if chosen["case"] else None
    return _render("audit/findings.html", rows=rows, counts=queries.counts(actor), chosen=chosen, about=about,
                   may_note=about is not None and queries.may(actor, "audit.write", about),
                   first_href=f"/audit/findings?{urlencode(kept)}" if before else None,
                   next_href=f"/audit/findings?{urlencode({**kept, 'before': last})}" if last else None)


@bp.get("/audit/findings/new")
@permit("audit.write")
def new():
    about = _about()
    return _new_page(about, forms.finding_form(about, _answer_by()))


def _answer_by() -> date:
    """The day that is proposed for an answer."""
    return rules.answer_by(guard.actor().today, clocks.calendar())


@bp.post("/audit/findings/new")
@permit("audit.write")
def add():
    about, form = _about(), forms.FindingForm()
    if about.case is None:
        about = about._replace(reference=form.reference.data or "")

    def act() -> Finding:
        row = service.note(about, form.topic.data or "", form.note.data, form.due_on.data, guard.actor())
        sample = _sample()
        if sample is not None and about.case is not None:
            sampling.mark_found(sample, about.case.number, guard.actor())
        return row
    return press(form, act, lambda: _new_page(_about(), form), lambda row: f"/audit/findings/{row.id}",
                 Text("已提出，等答复。", "Noted; an answer is awaited."))


def _about() -> About:
    """What the address names; 404 for what is out of sight, 403 for what is in sight and out of reach."""
    found = queries.find_about(guard.actor(), request.args)
    if found is None:
        abort(404)
    if not queries.may(guard.actor(), "audit.write", found):
        guard.note_refusal("audit.write", found.reference)
        abort(403)
    return found


def _sample() -> Sample | None:
    """The sample in which the case was being read."""
    key = read_key(request.args.get("sample"))
    return samples.find(guard.actor(), key) if key else None


def _new_page(about: About, form: BaseForm) -> str:
    return _render("audit/new.html", about=about, form=form, query=urlencode(request.args))


@bp.get("/audit/findings/<int:key>")
@permit("audit.read")
def show(key: int):
    return _page(_row(key))


def _row(key: int) -> Finding:
    row = queries.find(guard.actor(), key)
    if row is None:
        guard.note_refusal("audit.read", f"finding {key}")
        abort(404)
    return row


def _page(row: Finding, sent: dict[str, BaseForm] | None = None) -> str:
    steps = queries.steps_for(guard.actor(), row)
    made = {step.key: forms.step_form(step, False, _answer_by()) for step in steps} | (sent or {})
    return _render("audit/finding.html", row=row, open_steps=steps, made=made,
                   refused=next(iter((sent or {}).values()), None))


@bp.post("/audit/findings/<int:key>/answered")
@permit("audit.answer")
def answer(key: int):
    return _take(key, "answered")


@bp.post("/audit/findings/<int:key>/<any(returned, closed):step>")
@permit("audit.write")
def judge(key: int, step: str):
    return _take(key, step)


def _take(key: int, name: str) -> Answer:
    row, form = _row(key), forms.step_form(rules.STEPS[name], True)
    return press(form, lambda: service.take(row, name, form.note.data, guard.actor(), form.day()),
                 lambda: _page(_row(key), {name: form}), f"/audit/findings/{key}", DONE[name])
