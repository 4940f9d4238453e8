"""Before and beside the cases: inquiries, visits and lectures, leads."""
from __future__ import annotations

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _

from mediation.forms import prevention as forms
from mediation.forms.records import RecordForm
from mediation.models import Inquiry, Lead
from mediation.queries import records
from mediation.rules.language import Text
from mediation.rules.records import LEAD, PAGES
from mediation.services.cases import drafts
from mediation.services.prevention import before_cases
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.press import back, press
from mediation.views.records import Around, attach, make_form, show

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
bp.add_app_template_global(lambda: [(row.page.address, row.page.title) for row in PAGES], "record_tabs")


@bp.post("/inquiries/<int:key>/case")
@permit("case.register")
def inquiry_to_case(key: int):
    return _to_case(_row(Inquiry, key), "/prevention")


@bp.post("/prevention/leads/<int:key>/case")
@permit("case.register")
def lead_to_case(key: int):
    return _to_case(_row(Lead, key), "/prevention/leads")


@bp.post("/prevention/leads/<int:key>/settle")
@permit("prevention.write")
def settle(key: int):
    row, form = _row(Lead, key), forms.ReasonForm()

    def page() -> str:
        return show(LEAD, make_form(LEAD, is_typed=False), other_form=form, settled=key)
    return press(form, lambda: before_cases.resolve_lead(row, form.reason.data, guard.actor()), page,
                 "/prevention/leads",
                 Text("已记化解。", "Noted as settled."))


# Common ---------------------------------------------------------------------------------------------------------

def _to_case(row: Inquiry | Lead, page: str) -> Response:
    """One press: the intake page opens with what is known."""
    return back(lambda: before_cases.draft_of(row, guard.actor()), lambda draft: f"/cases/new?from_draft={draft.uid}",
                _("已把知道的填好，请补全后登记。"), page)


def _row(model: type, key: int):
    row = records.find(model, guard.actor(), key, "prevention.write")
    if row is None:
        guard.note_refusal("prevention.write", f"{model.__tablename__} {key}")
        abort(404)
    return row
