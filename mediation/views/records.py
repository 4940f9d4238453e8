"""The pages of what is only kept: form above, list below, both as the row in rules/records.py has them."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flask import Blueprint, render_template, request

from mediation.forms import records as forms
from mediation.models import of_table
from mediation.queries import prevention
from mediation.queries import records as queries
from mediation.rules.access import scope_of
from mediation.rules.reading import read_key
from mediation.rules.recording import Record
from mediation.services import records
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import Answer, press


class Around(NamedTuple):
    """What a kind does besides: ``begins`` gives what stands in its fresh form, ``after`` follows an entry."""

    begins: Callable[[], Mapping[str, object]] = dict
    after: Callable[[forms.RecordForm], None] = lambda form: None


def attach(blueprint: Blueprint, record: Record, around: Around) -> None:
    """The two endpoints of a kind: its page, and where its form is sent."""
    page = record.page

    @permit(record.sight)
    def index() -> str:
        return show(record, make_form(record, around.begins()))

    @permit(record.permission)
    def add() -> Answer:
        form = make_form(record)

        def act() -> None:
            records.record(record.key, form.values(), guard.actor())
            around.after(form)
        return press(form, act, lambda: show(record, form), page.address, record.flash)

    blueprint.add_url_rule(page.address, page.endpoint, index)
    blueprint.add_url_rule(page.target, f"add_{record.key}", add, methods=["POST"])


def make_form(record: Record, begins: Mapping[str, object] | None = None, is_typed: bool = True) -> forms.RecordForm:
    """The form as it was sent, or fresh; the address may name the employer that it is about."""
    field = record.of_kind("employer")
    if field is None:
        return forms.build(record, (), begins, is_typed=is_typed)
    chosen = {field.name: read_key(request.args.get("employer"))}
    return forms.build(record, prevention.employers(guard.actor()), {**chosen, **(begins or {})}, is_typed=is_typed)


def show(record: Record, form: forms.RecordForm, **values: object) -> str:
    """The page; ``values``: what the cells of this kind need besides, and a refused form among them as other_form."""
    role = guard.actor().role
    field = record.of_kind("employer")
    found = listed(of_table(record.key))
    is_open = bool(form.errors or form.problems or (field and form[field.name].data) or not found["rows"])
    return render_template("records/index.html", record=record, form=form, is_open=is_open,
                           may_write=bool(scope_of(role, record.permission)),
                           may_register=bool(scope_of(role, "case.register")), **found, **values)


def listed(model: type) -> dict[str, object]:
    """A list as its address asks for it: filters, totals over all of it, one page of rows."""
    wanted = queries.read(model, request.args)
    before = read_key(request.args.get("before"))
    rows, last = queries.page(model, guard.actor(), before, *wanted.rows)
    return {"rows": rows, "last": last, "is_first": before is None, "wanted": wanted,
            "choices": queries.listing(model).filters, "totals": queries.totals(model, guard.actor(), wanted)}
