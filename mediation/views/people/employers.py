"""The register of employers: found by words, registered, corrected; one employer with all its readable cases."""
from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from mediation.forms.people import EmployerForm, employer_form
from mediation.forms.prevention import democracy_form, merge_form
from mediation.models import Employer
from mediation.queries import people as employer_queries
from mediation.queries import prevention
from mediation.queries.money import case_money
from mediation.rules.access import scope_of
from mediation.rules.reading import read_key
from mediation.services.cases import moves
from mediation.services.people import employers
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import back, press

bp = Blueprint("employers", __name__)


@bp.get("/employers")
@permit("employer.read")
def index():
    """The register by name; ``q`` looks in names, short names and credit codes."""
    actor, said = guard.actor(), request.args.get("q", "").strip()[:100]
    rows, last = employer_queries.page(actor, said, read_key(request.args.get("after")))
    return render_template(
        "people/employers.html", rows=rows, last=last, said=said, is_first="after" not in request.args,
        counts=employer_queries.case_counts(actor, rows), may_write=bool(scope_of(actor.role, "employer.write")))


@bp.get("/employers/new")
@permit("employer.write")
def new():
    return render_template("people/employer_edit.html", form=employer_form(), row=None)


@bp.post("/employers/new")
@permit("employer.write")
def add():
    form = employer_form()

    def page() -> str:
        holder = employers.find_by_code(guard.actor().union_id or 0, form.credit_code.data or "")
        return render_template("people/employer_edit.html", form=form, row=None, holder=holder)
    return press(form, lambda: employers.register(form.values(), guard.actor(), confirmed=form.confirmed), page,
                 lambda row: f"/employers/{row.id}", lambda row: _("已登记%(name)s。", name=row.name))


@bp.get("/employers/<int:key>")
@permit("employer.read")
def show(key: int):
    """The employer, what its cases come to, and the cases that the reader may see."""
    actor, row = guard.actor(), _employer(key)
    found, last = employer_queries.cases_of(actor, row, read_key(request.args.get("before")))
    made = employer_queries.record(actor, row, actor.today)
    return render_template(
        "people/employer.html", row=row, cases=found, last=last, label=moves.outcome_label,
        record=made, flags=employer_queries.flags(actor, row, made, actor.today), is_first="before" not in request.args,
        undisclosed=case_money.undisclosed(case.id for case in found if case.agreed_fen is None),
        may_write=employer_queries.find(actor, key, "employer.write") is not None, event=employers.last_event(row),
        beside=prevention.of_employer(row, actor),
        contract_until=employer_queries.contract_until(row), today=actor.today,
        many_people=employer_queries.MANY_PEOPLE, may_send=bool(scope_of(actor.role, "letter.write")))


@bp.post("/employers/<int:key>/democracy")
@permit("employer.write")
def set_democracy(key: int):
    """Union, workers' congress, open affairs, collective contract: the context of its disputes."""
    row = _employer(key, "employer.write")
    form = democracy_form(row)
    return press(form, lambda: employers.set_democracy(row, form.given(), guard.actor(), form.seen_version),
                 lambda: render_template("people/employer_democracy.html", row=_employer(key), form=form),
                 f"/employers/{key}", _("已更正。"), present=lambda: democracy_form(_employer(key), is_fresh=True))


@bp.get("/employers/<int:key>/democracy")
@permit("employer.write")
def ask_democracy(key: int):
    row = _employer(key, "employer.write")
    return render_template("people/employer_democracy.html", row=row, form=democracy_form(row))


@bp.get("/employers/<int:key>/merge")
@permit("employer.write")
def ask_merge(key: int):
    """The same employer under two names."""
    row = _employer(key, "employer.write")
    return render_template("people/employer_merge.html", row=row, form=_merge_form(row))


def _merge_form(row: Employer):
    return merge_form([pair for pair in prevention.employers(guard.actor()) if pair[0] != row.id])


@bp.post("/employers/<int:key>/merge")
@permit("employer.write")
def merge(key: int):
    row = _employer(key, "employer.write")
    form = _merge_form(row)

    def act() -> int:
        into = employer_queries.find(guard.actor(), form.into.data or 0, "employer.write")
        employers.merge(row, into, form.reason.data, guard.actor(), form.confirmed)
        return form.into.data
    return press(form, act, lambda: render_template(
        "people/employer_merge.html", row=_employer(key, "employer.write"), form=form),
        lambda into: f"/employers/{into}", _("已并入，两个名字下的案件、文书、走访都在这一页。"))


@bp.post("/employers/<int:key>/part/<int:name>")
@permit("employer.write")
def part(key: int, name: int):
    """A merged name stands by itself again."""
    row = employer_queries.find_merged(guard.actor(), name, _employer(key, "employer.write"))
    if row is None:
        abort(404)
    return back(lambda: employers.part(row, "", guard.actor()), f"/employers/{key}", _("已分开。"), f"/employers/{key}")


@bp.get("/employers/<int:key>/edit")
@permit("employer.write")
def edit(key: int):
    row = _employer(key, "employer.write")
    return render_template("people/employer_edit.html", form=employer_form(row), row=row)


@bp.post("/employers/<int:key>/edit")
@permit("employer.write")
def change(key: int):
    row = _employer(key, "employer.write")
    form: EmployerForm = employer_form(row)
    return press(
        form, lambda: employers.change(row, form.values(), guard.actor(), form.seen_version, form.confirmed),
        lambda: render_template("people/employer_edit.html", form=form, row=_employer(key, "employer.write")),
        f"/employers/{key}", lambda changed: _("已更正。") if changed else _("没有改动。"),
        present=lambda: employer_form(_employer(key), is_fresh=True))


def _employer(key: int, permission: str = "employer.read") -> Employer:
    """An employer through the wall: another union's does not exist here."""
    row = employer_queries.find(guard.actor(), key, permission)
    if row is None:
        guard.note_refusal(permission, f"employer {key}")
        abort(404)
    return row
