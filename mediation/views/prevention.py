"""Before and beside the cases: inquiries, visits and lectures, leads."""
from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from mediation.forms import partners as forms
from mediation.forms.records import RecordForm
from mediation.models import Inquiry, Lead
from mediation.queries import prevention as queries
from mediation.queries import records
from mediation.rules.access import scope_of
from mediation.rules.language import Text
from mediation.rules.reading import read_key
from mediation.rules.records import PAGES
from mediation.services import drafts, prevention
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import back, press
from mediation.views.records import Around, attach, listed

bp = Blueprint("prevention", __name__)


def _told() -> dict[str, str]:
    """What was typed at intake before it turned out that somebody only asked."""
    draft = drafts.find_by_uid(guard.actor(), request.args.get("from_draft", ""))
    typed = dict(drafts.fields(draft)) if draft else {}
    found = {"name": typed.get("name", ""), "phone": typed.get("phone", ""), "question": typed.get("narrative", ""),
             "topic": typed.get("claims-0-head", ""), "draft": draft.uid if draft else ""}
    return {name: value for name, value in found.items() if value}


def _drop_draft(form: RecordForm) -> None:
    draft = drafts.find_by_uid(guard.actor(), form.draft.data) if form.draft.data else None
    if draft is not None:
        drafts.drop(guard.actor(), draft.place)


AROUND = {"inquiry": Around(_told, _drop_draft)}
for _record in PAGES:
    attach(bp, _record, AROUND.get(_record.key, Around()))


@bp.post("/inquiries/<int:key>/case")
@permit("case.register")
def inquiry_to_case(key: int):
    return _to_case(_row(Inquiry, key), "/prevention")


@bp.get("/prevention/leads")
@permit("prevention.read")
def leads():
    return _leads(_lead_form(), forms.ReasonForm(None))


def _lead_form():
    return forms.with_employer(forms.LeadForm, queries.employers(guard.actor()),
                               read_key(request.args.get("employer")), "found_on")


def _leads(form, settle_form, settled: int | None = None) -> str:
    return _page("prevention/leads.html", form=form, settle_form=settle_form, settled=settled, **listed(Lead))


@bp.post("/prevention/leads")
@permit("prevention.write")
def add_lead():
    form = _lead_form()
    return press(form, lambda: prevention.record_lead(form.values(), guard.actor()),
                 lambda: _leads(form, forms.ReasonForm(None)), "/prevention/leads",
                 Text("线索已记。", "The lead is logged."))


@bp.post("/prevention/leads/<int:key>/case")
@permit("case.register")
def lead_to_case(key: int):
    return _to_case(_row(Lead, key), "/prevention/leads")


@bp.post("/prevention/leads/<int:key>/settle")
@permit("prevention.write")
def settle(key: int):
    row, form = _row(Lead, key), forms.ReasonForm()

    def page() -> str:
        fresh = forms.with_employer(forms.LeadForm, queries.employers(guard.actor()), None, "found_on")
        return _leads(fresh, form, key)
    return press(form, lambda: prevention.settle_lead(row, form.reason.data, guard.actor()), page, "/prevention/leads",
                 Text("已记化解。", "Noted as settled."))


# Common ---------------------------------------------------------------------------------------------------------

def _to_case(row: Inquiry | Lead, page: str) -> Response:
    """One press: the intake page opens with what is known."""
    return back(lambda: prevention.draft_of(row, guard.actor()), lambda draft: f"/cases/new?from_draft={draft.uid}",
                _("已把知道的填好，请补全后登记。"), page)


def _row(model: type, key: int):
    row = records.find(model, guard.actor(), key, "prevention.write")
    if row is None:
        guard.note_refusal("prevention.write", f"{model.__tablename__} {key}")
        abort(404)
    return row


def _page(template: str, **values: object) -> str:
    role = guard.actor().role
    return render_template(template, may_write=bool(scope_of(role, "prevention.write")),
                           may_register=bool(scope_of(role, "case.register")), **values)
