"""Papers of a case: the checklist, the printed page, the empty form for the road, and the record of what was given."""
from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from mediation import papers as sheets
from mediation.forms.papers import HandedForm, PaperForm
from mediation.models import Case
from mediation.papers import Sheet, Sight
from mediation.queries import door
from mediation.queries import papers as paper_queries
from mediation.queries.house import admin
from mediation.rules import papers
from mediation.rules.reading import read_key
from mediation.services.papers import issued_papers
from mediation.services.papers.issued_papers import Given
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("papers", __name__)


@bp.get("/cases/<number>/papers")
@permit("paper.print")
def index(number: str):
    case = guard.get_case(number, "paper.print")
    form = PaperForm(kind=request.args.get("kind"), given_on=guard.today(), given_to=_first_applicant(case))
    return _index(case, form)


def _index(case: Case, form: PaperForm) -> str:
    lines = paper_queries.checklist(case)
    by_step = {step: [line for line in lines if line.paper.step == step] for step in papers.STEPS}
    return render_template(
        "papers/index.html", form=form, by_step=by_step, steps_of_papers=papers.STEPS,
        missing=papers.missing(lines), registration=papers.registration(case.way),
        given=sorted(case.papers, key=lambda row: row.id, reverse=True), catalogue=papers.PAPERS,
        **case_context(case, "papers"))


def _first_applicant(case: Case) -> str:
    return next((p.name for p in case.parties if p.side == "applicant" and p.removed_on is None), "")


@bp.post("/cases/<number>/papers")
@permit("case.work")
def record(number: str):
    case = guard.get_case(number, "case.work")
    form = PaperForm()

    def act() -> str:
        given = Given(form.given_on.data, form.given_way.data or "", form.given_to.data, form.note.data)
        issued_papers.record(case, [form.kind.data], given, guard.actor())
        return form.kind.data
    return press(form, act, lambda: _index(guard.get_case(number), form), f"/cases/{number}/papers", lambda kind: _(
        "已记：%(paper)s。", paper=papers.PAPERS[kind].title.say(guard.language())))


@bp.post("/cases/<number>/papers/registration")
@permit("case.work")
def record_registration(number: str):
    """The three papers of registration were handed over at the counter: one press, one event each."""
    case = guard.get_case(number, "case.work")
    form = HandedForm()

    def act() -> None:
        given = Given(guard.today(), "hand", form.given_to.data or _first_applicant(case))
        issued_papers.record(case, papers.registration(case.way), given, guard.actor())

    def page() -> str:
        shown = PaperForm(formdata=None, given_to=form.given_to.data)
        shown.problems, shown.given_to.errors = form.problems, form.given_to.errors
        shown.submit_token.data = form.submit_token.data
        return _index(guard.get_case(number), shown)
    return press(form, act, page, f"/cases/{number}/papers", _("已记：三张都当面交了。"))


@bp.get("/cases/<number>/papers/registration")
@permit("paper.print")
def show_registration(number: str):
    """The three papers of registration, one after the other."""
    case = guard.get_case(number, "paper.print")
    return _page(case, papers.registration(case.way), _sight(case))


@bp.get("/cases/<number>/papers/<kind>")
@permit("paper.print")
def show(number: str, kind: str):
    return _page(guard.get_case(number, "paper.print"), (_known(kind),), None)


@bp.post("/cases/<number>/papers/<kind>")
@permit("party.reveal")
def show_with_numbers(number: str, kind: str):
    """The same paper with full identity numbers: a reveal, written down before anything is shown."""
    case = guard.get_case(number, "party.reveal")
    kinds = papers.registration(case.way) if kind == "registration" else (_known(kind),)
    issued_papers.log_numbers(case, kind, guard.actor())
    guard.commit()
    guard.release_write_lock()
    return _page(guard.get_case(number, "paper.print"), kinds, Sight(phones=True, numbers=True))


@bp.get("/papers")
@permit("paper.print")
def forms():
    """All empty forms for the road."""
    return render_template("papers/forms.html", papers=papers.PRINTABLE, steps=papers.STEPS)


@bp.get("/papers/<kind>")
@permit("paper.print")
def blank(kind: str):
    station = admin.get_station(guard.actor().station_id)
    sheet = sheets.blank(_known(kind), station)
    guard.log_access("print", f"blank {kind}")
    return render_template("papers/print.html", sheets=[sheet], title=sheet.paper.title.zh, back="/papers", path="")


def _known(kind: str) -> str:
    if kind not in papers.PRINTABLE:
        abort(404)
    return kind


def _sight(case: Case) -> Sight:
    return Sight(phones=bool(case.is_open) and door.may(guard.actor(), "party.phone", case))


def _page(case: Case, kinds: tuple[str, ...], sight: Sight | None):
    actor = guard.actor()
    found = paper_queries.material(case, actor, read_key(request.args.get("hearing")),
                                   read_key(request.args.get("payment")))
    filled: list[Sheet] = [sheets.fill(kind, found, sight or _sight(case)) for kind in kinds]
    name = kinds[0] if len(kinds) == 1 else "registration"
    guard.log_access("print", case.number, ", ".join(kinds))
    return render_template(
        "papers/print.html", form=PaperForm(), sheets=filled, title=filled[0].paper.title.zh,
        back=f"/cases/{case.number}/papers",
        path=f"/cases/{case.number}/papers/{name}", has_numbers=bool(sight and sight.numbers), name=name,
        may_reveal=door.may(actor, "party.reveal", case), may_record=door.may(actor, issued_papers.PERMISSION, case))
