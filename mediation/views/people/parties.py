"""The parties of a case: the list, adding, correcting, striking out, pasting a list, who a respondent really is."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from mediation.forms import people as party_forms
from mediation.forms.base import BaseForm
from mediation.forms.cases.moves import row_id
from mediation.forms.papers.list_files import TableForm
from mediation.models import Case, Correction, Employer, Party
from mediation.queries import door
from mediation.queries import people as employer_queries
from mediation.queries.money import corrections
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import jurisdiction
from mediation.rules.people import identity, kin
from mediation.rules.people.corrections import FIELDS
from mediation.services.money import claims
from mediation.services.people import employers, parties, worker_list
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.papers import list_files
from mediation.views.press import OnlyShown, press

bp = Blueprint("parties", __name__)
# From the one who orders the work down to the one who called the workers.
CHAIN = ("developer", "general_contractor", "sub_contractor", "agency", "labour_contractor", "employer", "household",
         "unknown")
LIKELY_PAYERS = frozenset({"developer", "general_contractor"})  # NMG 29–30
BOTH_FIRST = Text("请先选查明是谁", "Choose first who it is")


@bp.get("/cases/<number>/parties")
@permit("party.read")
def index(number: str):
    """Who asks, who is asked, who speaks for whom."""
    case = guard.get_case(number, "party.read")
    values = case_frame.case_context(case, "parties")
    if "parties" not in values["parts"]:
        guard.note_refusal("party.read", number)
        abort(403)
    corrected = corrections.of_case(case) if values["file"].rows.has(Correction) else []
    respondents = sorted(parties.active(case, "respondent"), key=lambda p: (CHAIN.index(p.part), p.id))
    return render_template(
        "people/parties.html", **values, applicants=parties.active(case, "applicant"), respondents=respondents,
        corrected=corrected, corrected_fields=FIELDS, waiting=corrections.waiting_of(case) if corrected else set(),
        removed=[p for p in case.parties if p.removed_on], names={p.id: p.name for p in case.parties},
        masked=masked, likely_payers=LIKELY_PAYERS, may_choose=_may_choose(case),
        warnings=[*jurisdiction.representative_problems(sum(p.is_representative for p in case.parties
                                                            if not p.removed_on), case.is_group), *_of_the_dead(case)])


def _of_the_dead(case: Case) -> list[Problem]:
    """What is still to be asked of the kin of those who died."""
    found = [kin.share_problem(p, kin.kin_of(p, case.parties)) for p in parties.workers(case) if kin.is_dead(p)]
    return [problem for problem in found if problem is not None]


def _may_choose(case: Case) -> bool:
    """Whether there is a group to be represented: the kin of one dead worker are none."""
    return sum(not kin.is_dead(p) for p in parties.workers(case)) > 1


def masked(party: Party, field: str) -> str:
    """An identity or account number with stars; '' where none is known."""
    if not getattr(party, f"{field}_sealed"):
        return ""
    return {"identity": identity.mask_identity, "account": identity.mask_card,
            "phone": identity.mask_phone}[field](getattr(party, field))


# One party ------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/parties/new/<side>")
@permit("case.work")
def new(number: str, side: str):
    case = _case(number, side)
    return _new_page(case, side, party_forms.party_form(side, case))


@bp.post("/cases/<number>/parties/new/<side>")
@permit("case.work")
def add(number: str, side: str):
    """A party, with its first claim where one is named: two acts in one press, both or none."""
    case = _case(number, side)
    form = party_forms.party_form(side, case)

    def act() -> Party:
        party = parties.add_party(case, form.values(), guard.actor(), form.confirmed)
        if side == "applicant" and (asked := form.claim()):
            claims.add_claim(case, party, asked, guard.actor(), form.confirmed)
        return party
    return press(form, act, lambda: _new_page(_case(number, side), side, form), _address(number),
                 lambda party: _("已加上%(name)s。", name=party.name),
                 missing=lambda: parties.problems(case, form.values(), guard.actor().today))


def _new_page(case: Case, side: str, form: BaseForm) -> str:
    return render_template("people/party.html", **case_frame.case_context(case, "parties"), form=form, party=None,
                           side=side)


@bp.get("/cases/<number>/parties/<int:key>")
@permit("case.work")
def edit(number: str, key: int):
    return _edit_page(*_party(number, key))


@bp.post("/cases/<number>/parties/<int:key>")
@permit("case.work")
def change(number: str, key: int):
    case, party = _party(number, key)
    shows_phone = _shows_phone(case)
    form = party_forms.party_form(party.side, case, party, shows_phone)
    return press(
        form, lambda: parties.change_party(case, party, form.values(), guard.actor(), form.cleared(party, shows_phone),
                                           form.seen_version, form.confirmed, form.reason.data or ""),
        lambda: _edit_page(*_party(number, key), form=form), _address(number),
        lambda changed: _("已更正%(name)s的资料。", name=party.name) if changed else _("没有改动。"),
        present=lambda: _standing(*_party(number, key)),
        missing=lambda: parties.problems(case, form.values(), guard.actor().today, party))


@bp.post("/cases/<number>/parties/<int:key>/remove")
@permit("case.work")
def remove(number: str, key: int):
    case, party = _party(number, key)
    out = party_forms.ReasonForm()
    return press(
        out, lambda: parties.remove_party(case, party, out.out_reason.data, guard.actor(), out.seen_version),
        lambda: _edit_page(*_party(number, key), out=out), _address(number),
        lambda _done: _("已划去%(name)s，原因留在经过里。", name=party.name))


def _edit_page(case: Case, party: Party, form: Any = None, out: BaseForm | None = None) -> str:
    form = form or _standing(case, party)
    if out is None:
        out = party_forms.ReasonForm(None)
        out.version.data = str(case.version)
    return render_template("people/party.html", **case_frame.case_context(case, "parties"), form=form, out=out,
                           party=party,
                           side=party.side, masked=masked)


def _standing(case: Case, party: Party) -> Any:
    """The form as the party stands."""
    form = party_forms.party_form(party.side, case, party, _shows_phone(case), formdata=None)
    form.version.data = str(case.version)
    return form


def _shows_phone(case: Case) -> bool:
    return bool(case.is_open) and door.may(guard.actor(), "party.phone", case)


# Lists ----------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/parties/list")
@permit("case.work")
def ask_list(number: str):
    """``?file=`` fills it from a table that was brought, ``?sheet=`` from another sheet of it."""
    case = guard.get_case(number, "case.work")
    form = _list_form(case)
    brought, shown = list_files.read_in(case, form, lambda: _preview(case, form))
    return _list_page(case, form, shown, brought=brought)


@bp.post("/cases/<number>/parties/list/file")
@permit("case.work")
def bring_list(number: str):
    """A table is kept with the case, and its lines are shown as a paste of them would be."""
    return list_files.bring(guard.get_case(number, "case.work"), f"{_address(number)}/list",
                            lambda case, table: _list_page(case, _list_form(case, is_sent=False), None, table))


@bp.post("/cases/<number>/parties/list")
@permit("case.work")
def paste(number: str):
    """First what each line would do, then, for the same text, all of it in one act."""
    case = guard.get_case(number, "case.work")
    form = _list_form(case)
    shown: list[worker_list.Preview] = []

    def act() -> list[Party]:
        shown.append(_preview(case, form))
        if request.form.get("action") == "save" and form.seen.data == shown[0].digest:
            return worker_list.add_workers_from_lines(
                case, form.lines.data, guard.actor(), form.head.data or "", _party_of(case, row_id(form.out_of.data)),
                form.confirmed, form.seen_version, form.column.place, _source(case, form))
        if not shown[0].adding and not shown[0].faults:
            raise Refused([Problem("lines", worker_list.NOTHING_NEW)])
        raise OnlyShown
    return press(
        form, act, lambda: _list_page(guard.get_case(number, "case.work"), form, shown[0] if shown else None),
        _address(number), lambda added: _("已按名单加上%(n)s人。", n=len(added)))


def _preview(case: Case, form: party_forms.ListForm) -> worker_list.Preview:
    return worker_list.preview_lines(case, form.lines.data, form.head.data or "", guard.actor().today,
                                     "namesakes" in form.confirmed, form.column.place)


def _source(case: Case, form: party_forms.ListForm) -> str:
    row = list_files.named(case, form.file.data)
    return row.name if row else ""


def _list_form(case: Case, is_sent: bool = True) -> party_forms.ListForm:
    form = party_forms.ListForm() if is_sent else party_forms.ListForm(None)
    if not (is_sent and form.is_submitted()):
        form.head.data = case.main_head or "wages"
    form.offer_rows(parties.workers(case))
    return form


def _list_page(case: Case, form: party_forms.ListForm, shown: worker_list.Preview | None,
               table: TableForm | None = None, brought: list_files.Brought | None = None) -> str:
    values = case_frame.case_context(case, "parties")
    form.version.data = str(case.version)
    form.seen.data = shown.digest if shown else ""
    if shown:
        form.column.offer(shown.choices, shown.chosen)
    return render_template("people/worker_list.html", **values, form=form, shown=shown, fates=worker_list.FATES,
                           table=table or TableForm(None), brought=brought,
                           source=list_files.named(case, form.file.data),
                           mask_identity=identity.mask_identity, mask_card=identity.mask_card)


# Representatives ------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/parties/representatives")
@permit("case.work")
def ask_representatives(number: str):
    case = guard.get_case(number, "case.work")
    return _representatives_page(case, _representatives_form(case))


@bp.post("/cases/<number>/parties/representatives")
@permit("case.work")
def choose_representatives(number: str):
    case = guard.get_case(number, "case.work")
    form = _representatives_form(case)
    return press(
        form, lambda: parties.set_representatives(case, form.chosen(), guard.actor(), form.seen_version,
                                                  form.confirmed),
        lambda: _representatives_page(guard.get_case(number, "case.work"), form), _address(number),
        lambda _done: _("已记下%(n)s名代表。下一步：委托书请每人签字。", n=len(form.chosen())),
        present=lambda: _representatives_form(guard.get_case(number, "case.work"), formdata=None))


def _representatives_form(case: Case, **sent: None) -> party_forms.RepresentativesForm:
    people = [p for p in parties.workers(case) if not kin.is_dead(p)]
    form = party_forms.RepresentativesForm(data={"representatives": [str(p.id) for p in people if p.is_representative]},
                                           **sent)
    form.representatives.choices = [(str(p.id), p.name) for p in people]
    if not form.is_submitted():
        form.version.data = str(case.version)
    return form


def _representatives_page(case: Case, form: party_forms.RepresentativesForm) -> str:
    return render_template("people/representatives.html", **case_frame.case_context(case, "parties"), form=form)


# Who a respondent really is -------------------------------------------------------------------------------------

@bp.get("/cases/<number>/parties/<int:key>/resolve")
@permit("case.work")
def ask_resolve(number: str, key: int):
    case, party = _party(number, key, "respondent")
    return _resolve_page(case, party, _resolve_form(case, party))


@bp.post("/cases/<number>/parties/<int:key>/resolve")
@permit("case.work")
def resolve(number: str, key: int):
    """One press: a new employer is registered and named here together, or nothing is."""
    case, party = _party(number, key, "respondent")
    form = _resolve_form(case, party)
    return press(form, lambda: _resolve(case, party, form),
                 lambda: _resolve_page(*_party(number, key, "respondent"), form), _address(number),
                 lambda _done: _("已查明是%(name)s，原话还留着。", name=parties.called(party)))


def _resolve(case: Case, party: Party, form: party_forms.ResolveForm) -> None:
    actor, chosen = guard.actor(), form.who.data or ""
    part, seen = form.part.data or "", form.seen_version
    if chosen == "person":
        parties.resolve_respondent(case, party, actor, person=form.person_values(), part=part, seen_version=seen)
        return
    if chosen == "new":
        row: Employer | None = employers.register(form.employer_values(), actor, case.union_id, form.confirmed)
    else:
        row = employer_queries.find(actor, row_id(chosen) or 0)
    if row is None:
        raise Refused([Problem("who", BOTH_FIRST)])
    parties.resolve_respondent(case, party, actor, employer=row, part=part, seen_version=seen)


def _resolve_form(case: Case, party: Party) -> party_forms.ResolveForm:
    form = party_forms.ResolveForm(data={"part": party.part, "name": party.name})
    said = request.values.get("said", "").strip()[:100]
    rows = employer_queries.candidates(case.union_id, said or party.name)
    holder = employers.find_by_code(case.union_id, form.credit_code.data or "")
    named = employer_queries.find(guard.actor(), row_id(form.who.data) or 0)
    for extra in (holder, named, party.employer):
        if extra is not None and extra not in rows and extra.union_id == case.union_id:
            rows.insert(0, extra)
    form.offer(rows)
    if not form.is_submitted():
        form.version.data = str(case.version)
        form.who.data = str(party.employer_id or "") or (None if rows else _usual_who(party))
    return form


def _usual_who(party: Party) -> str:
    return "person" if party.is_person or party.part in ("labour_contractor", "household") else "new"


def _resolve_page(case: Case, party: Party, form: party_forms.ResolveForm) -> str:
    return render_template("people/resolve.html", **case_frame.case_context(case, "parties"), form=form, party=party,
                           said=request.values.get("said", "") or party.name)


# Shared ---------------------------------------------------------------------------------------------------------

def _case(number: str, side: str) -> Case:
    if side not in party_forms.FORMS:
        abort(404)
    return guard.get_case(number, "case.work")


def _party_of(case: Case, key: int | None) -> Party | None:
    return next((p for p in case.parties if p.id == key and p.removed_on is None), None)


def _party(number: str, key: int, side: str = "") -> tuple[Case, Party]:
    """The case that may be worked and a party that stands in it; 404 for any other."""
    case = guard.get_case(number, "case.work")
    party = _party_of(case, key)
    if party is None or party.side not in party_forms.FORMS or (side and party.side != side):
        abort(404)
    return case, party


def _address(number: str) -> str:
    return f"/cases/{number}/parties"
