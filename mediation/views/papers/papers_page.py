"""Papers of a case: the checklist, the printed page, the empty form for the road, and the record of what was given.

A paper that was not issued is printed from the facts of today. What was given or served, and an agreement that both
sides have signed, is kept as it was and printed like that; what has changed since makes a new edition.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from mediation.forms.base import BaseForm
from mediation.forms.papers.issued_papers import EditionForm, HandedForm, PaperForm, SpoilForm, StrikeForm
from mediation.models import Case, Hearing, Paper, Payment, Station, Wording
from mediation.papers import codes, word, word_page
from mediation.papers import sheet as sheets
from mediation.papers.sheet import Material, Sheet, Sight
from mediation.queries import door
from mediation.queries.cases import choices
from mediation.queries.house import admin
from mediation.queries.law import ways as case_ways
from mediation.queries.money import case_money
from mediation.queries.papers import case_papers as paper_queries
from mediation.queries.papers import checklist, served, wordings
from mediation.rules import editions
from mediation.rules.access import SELF
from mediation.rules.editions import Change, Edition, Made
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers import numbering
from mediation.rules.papers.needs import Missing
from mediation.rules.people import kin
from mediation.rules.reading import read_key
from mediation.services.papers import issued_papers
from mediation.services.papers.issued_papers import Given
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit
from mediation.views.press import press

bp = Blueprint("papers", __name__)
# What a page may show of the numbers, by the names under which an issued paper keeps its page.
SIGHTS = {"": Sight(), "phones": Sight(phones=True), "numbers": Sight(phones=True, numbers=True)}
NUMBERS = "numbers"
WHICH = ("hearing", "payment", "consultation")  # in an address: which of several, by its number in the case, or its id
NUMBERED = WHICH[:2]
UNDONE = SPOIL, STRIKE = "spoil", "strike"
ASKING: Mapping[str, type[EditionForm]] = MappingProxyType({SPOIL: SpoilForm, STRIKE: StrikeForm})
NO_EDITION: Mapping[str, Edition] = MappingProxyType({})
NO_NUMBERS: Mapping[str, str] = MappingProxyType({})


@bp.get("/cases/<number>/papers")
@permit("paper.print")
def index(number: str):
    case = guard.get_case(number, "paper.print")
    named = {name: key for name in UNDONE if (key := read_key(request.args.get(name)))}
    undo = next((_undo(case, row, name) for name, key in named.items() if (row := _entry(case, key)) is not None
                 and (issued_papers.may_spoil(row) if name == SPOIL else served.is_service(row))), None)
    return _index(case, _fresh(case), undo)


def _fresh(case: Case) -> PaperForm:
    form = PaperForm(formdata=None, kind=request.args.get("kind"), given_on=guard.today(),
                     given_to=_first_applicant(case), party=read_key(request.args.get("party"))).offer(
                         choices.people(case))
    form.version.data = str(case.version)
    return form


class Undo(NamedTuple):
    """An entry of the list that is to be struck out or spoiled, with the form that asks why."""

    row: Paper
    form: EditionForm
    name: str  # of UNDONE
    address: str


def _undo(case: Case, row: Paper, name: str, form: EditionForm | None = None) -> Undo:
    place = f"kept/{row.id}/spoil" if name == SPOIL else f"entries/{row.id}/strike"
    return Undo(row, form or ASKING[name](formdata=None, prefix=name), name, f"/cases/{case.number}/papers/{place}")


def _entry(case: Case, key: int) -> Paper | None:
    return next((row for row in case.papers if row.id == key), None)


def _index(case: Case, form: PaperForm, undo: Undo | None = None) -> str:
    way = case_ways.of_case(case, guard.today())
    lines = [line for line in checklist.of_case(case) if not papers.closed(line.paper.key, way)]
    by_step = {step: [line for line in lines if line.paper.step == step] for step in papers.STEPS}
    return render_template(
        "papers/index.html", form=form, by_step=by_step, steps_of_papers=papers.STEPS,
        missing=papers.missing(lines), served=served.lines(case), registration=papers.registration(case.way),
        undo=undo, is_service=served.is_service, may_spoil=issued_papers.may_spoil,
        given=sorted(case.papers, key=lambda row: row.id, reverse=True), catalogue=papers.PAPERS, query=_query(),
        **case_context(case, "papers"))


def _query() -> str:
    """The address's own words about which of several papers is meant."""
    words = "&".join(f"{name}={key}" for name in WHICH if (key := read_key(request.args.get(name))))
    return f"?{words}" if words else ""


def _first_applicant(case: Case) -> str:
    return next((p.name for p in case.parties if p.side == "applicant" and p.removed_on is None
                 and not kin.is_dead(p)), "")


@bp.post("/cases/<number>/papers")
@permit("case.work")
def record(number: str):
    case = guard.get_case(number, "case.work")
    form = PaperForm().offer(choices.people(case))

    def act() -> str:
        given = form.given()
        kinds, found = [form.kind.data], material(case)
        which = {kind: paper_queries.about(kind, found) if kind in papers.PAPERS else "" for kind in kinds}
        drawn = issued_papers.draw(case, which, given, guard.actor(), form.seen_version)
        made = _made(case, kinds, {kind: one.text for kind, one in drawn.items()})
        issued_papers.record(case, kinds, given, guard.actor(), made, drawn)
        return drawn[form.kind.data].text if drawn else ""

    def said(drawn: str) -> str:
        paper = papers.PAPERS[form.kind.data].title.say(guard.language())
        return _("已出具：%(paper)s，%(number)s。", paper=paper, number=drawn) if drawn else _("已记：%(paper)s。", paper=paper)
    return press(form, act, lambda: _index(guard.get_case(number), form), lambda drawn: (
        f"/cases/{number}/papers" + (f"/{form.kind.data}" if drawn and not form.given_way.data else "")), said)


@bp.post("/cases/<number>/papers/registration")
@permit("case.work")
def record_registration(number: str):
    """The three papers of registration were handed over at the counter: one press, one event each."""
    case = guard.get_case(number, "case.work")
    form = HandedForm()

    def act() -> None:
        given = Given(guard.today(), "hand", form.given_to.data or _first_applicant(case))
        kinds = papers.registration(case.way)
        issued_papers.record(case, kinds, given, guard.actor(), _made(case, kinds))

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
    return _page(case, papers.registration(case.way), sight_of(case))


@bp.get("/cases/<number>/papers/<kind>")
@permit("paper.print")
def show(number: str, kind: str):
    case = guard.get_case(number, "paper.print")
    if (against := papers.closed(known(kind), case_ways.of_case(case, guard.today()))) is not None:
        flash(against.say(guard.language()), "warn")
        return redirect(f"/cases/{number}/papers")
    return _page(case, (kind,), sight_of(case))


@bp.post("/cases/<number>/papers/<kind>")
@permit("party.reveal")
def show_with_numbers(number: str, kind: str):
    """The same paper with full identity numbers: a reveal, written down before anything is shown."""
    case = guard.get_case(number, "party.reveal")
    kinds = papers.registration(case.way) if kind == "registration" else (known(kind),)
    log_numbers(case, kind)
    return _page(guard.get_case(number, "paper.print"), kinds, NUMBERS)


def log_numbers(case: Case, kind: str) -> None:
    issued_papers.log_numbers(case, kind, guard.actor())
    guard.commit()
    guard.release_write_lock()


# Issued papers ----------------------------------------------------------------------------------------------------


@bp.get("/cases/<number>/papers/kept/<int:paper>")
@permit("paper.print")
def show_kept(number: str, paper: int):
    """One edition of an issued paper, as it was issued."""
    case = guard.get_case(number, "paper.print")
    return _kept_page(case, issued(case, paper), sight_of(case), EditionForm())


@bp.post("/cases/<number>/papers/kept/<int:paper>")
@permit("party.reveal")
def show_kept_with_numbers(number: str, paper: int):
    case = guard.get_case(number, "party.reveal")
    log_numbers(case, issued(case, paper).kind)
    case = guard.get_case(number, "paper.print")
    return _kept_page(case, issued(case, paper), NUMBERS, EditionForm())


@bp.post("/cases/<number>/papers/kept/<int:paper>/again")
@permit("case.work")
def reissue(number: str, paper: int):
    """A new edition from the facts of today, which says what it changes."""
    case = guard.get_case(number, "case.work")
    row, form = issued(case, paper), EditionForm()

    def page() -> str:
        found = guard.get_case(number, "case.work")
        return _kept_page(found, issued(found, paper), sight_of(found), form)
    return press(form, lambda: issued_papers.reissue(case, row, _new_edition(case, row), form.note.data, guard.actor()),
                 page, lambda made: f"/cases/{number}/papers/kept/{made.id}",
                 lambda made: _("已出第%(n)s版，前一版照原样留着。", n=made.edition))


@bp.post("/cases/<number>/papers/kept/<int:paper>/spoil")
@permit("case.work")
def spoil(number: str, paper: int):
    """An issued paper is spoiled: it keeps its number, with the reason; one that exists only as a Word file too."""
    case = guard.get_case(number, "case.work")
    row, form = _entry(case, paper), SpoilForm(prefix=SPOIL)
    if row is None or not (row.kept or row.serial is not None):
        abort(404)

    def page() -> str:
        found = guard.get_case(number, "case.work")
        if not row.kept:
            return _index(found, _fresh(found), _undo(found, row, SPOIL, form))
        return _kept_page(found, issued(found, paper), sight_of(found), EditionForm(formdata=None), form)
    return press(form, lambda: issued_papers.spoil(case, row, form.note.data, guard.actor()), page,
                 f"/cases/{number}/papers", _("已作废：%(number)s。这个编号不再用。", number=row.number))


@bp.post("/cases/<number>/papers/entries/<int:paper>/strike")
@permit("case.work")
def strike(number: str, paper: int):
    """A mistyped entry of service is struck out: it stays readable, with the reason."""
    case = guard.get_case(number, "case.work")
    row, form = _entry(case, paper), StrikeForm(prefix=STRIKE)
    if row is None:
        abort(404)

    def page() -> str:
        found = guard.get_case(number, "case.work")
        return _index(found, _fresh(found), _undo(found, row, STRIKE, form))
    return press(form, lambda: issued_papers.strike(case, row, form.note.data, guard.actor()), page,
                 f"/cases/{number}/papers#given", _("已划去，原来的记录还看得到。"))


def issued(case: Case, key: int) -> Paper:
    row = next((row for row in case.papers if row.id == key and row.kept), None)
    return row if row is not None else abort(404)


def keep_signed(case: Case) -> None:
    """An agreement that both sides have signed is issued, with the page that they signed."""
    agreement = case_money.current_agreement(case)
    if agreement is None or not checklist.is_signed(agreement):
        return
    made = _made(case, ("agreement",))
    if paper_queries.issued(case, "agreement", made["agreement"].about) is None:
        on = min(agreement.made_on or guard.today(), guard.today())
        issued_papers.record(case, ["agreement"], Given(on), guard.actor(), made)


def material(case: Case, about: str = "") -> Material:
    """What the papers are made of; which of several sessions or payments is said by the address, or by ``about``."""
    which = {name: read_key(request.args.get(name)) for name in WHICH}
    named, _colon, key = about.partition(":")
    if named in NUMBERED:
        rows: Sequence[Hearing | Payment] = case.hearings if named == "hearing" else case.payments
        which[named] = next((row.seq for row in rows if str(row.id) == key), None)
    elif named in WHICH:
        which[named] = read_key(key)
    return paper_queries.material(case, guard.actor(), **which)


def _made(case: Case, kinds: Sequence[str], numbers: Mapping[str, str] = NO_NUMBERS) -> dict[str, Made]:
    """The pages of papers as they are issued now, some under numbers that are drawn for them."""
    found = material(case)
    found = replace(found, numbers={**found.numbers, **numbers})
    return {kind: _make(kind, found) for kind in kinds if kind in papers.PRINTABLE}


def _make(kind: str, found: Material, edition: Mapping[str, Edition] = NO_EDITION) -> Made:
    """The page of a paper, and its Word file in the wording that the office uses today, for each sight of it."""
    pages, facts, written, held = {}, {}, {}, wordings.held(found.case.station, kind)
    for sight, seen in SIGHTS.items():
        sheet = sheets.fill(kind, found, seen)
        written[sight] = word.written_parts(held.template, sheet, {})
        pages[sight] = str(html_of(sheet, written[sight], edition=edition.get(sight)))
        facts = sheet.facts()
    number = sheets.named_number(kind, found) or found.numbers.get(kind, found.case.printed_number)
    return Made(kind, paper_queries.about(kind, found), number, facts, pages,
                paper_queries.template_digest(held.template), held.name, written)


def _new_edition(case: Case, last: Paper) -> Made:
    """The paper of today, with what it changes of the edition before at its end."""
    found = material(case, last.about)
    before, plain = paper_queries.kept(last.kept), _make(last.kind, found)
    said = {sight: Edition(last.edition + 1, sheets.day(guard.today()), sheets.day(last.made_on),
                           editions.changes(before.lines(sight) if before else (), plain.lines(sight)))
            for sight in SIGHTS}
    return replace(_make(last.kind, found, said), number=last.number)


def html_of(sheet: Sheet, written: Mapping[str, str], is_first: bool = False, edition: Edition | None = None) -> Markup:
    """A paper as a page, by the filled parts of its Word file."""
    return Markup(render_template("papers/sheet.html", kind=sheet.paper.key, edition=edition,
                                  body=word_page.page(written, is_first)))


def _live(sheet: Sheet, station: Station, is_first: bool) -> Markup:
    """A paper as it is now, in the wording that a station uses."""
    return html_of(sheet, word.written_parts(wordings.held(station, sheet.paper.key).template, sheet, {}), is_first)


# Pages ------------------------------------------------------------------------------------------------------------


@bp.get("/papers")
@permit("paper.print")
def forms():
    """All empty forms for the road."""
    return render_template("papers/forms.html", papers=papers.WORDED, steps=papers.STEPS)


@bp.get("/papers/<kind>")
@permit("paper.print")
def blank(kind: str):
    station = admin.get_station(guard.actor().station_id)
    sheet = sheets.blank(worded(kind), station)
    guard.log_access("print", f"blank {kind}")
    printed = Printed(sheet.paper, _live(sheet, station, True))
    return render_template("papers/print.html", printed=[printed], title=sheet.paper.title.zh, back="/papers", path="",
                           query="",
                           word=f"/papers/{kind}/word")


def known(kind: str) -> str:
    """A paper of cases that is made here."""
    return kind if kind in papers.PRINTABLE else abort(404)


def worded(kind: str) -> str:
    """A paper that is made here, of cases or not."""
    return kind if kind in papers.WORDED else abort(404)


@bp.get("/q/<name>")
@permit(SELF)
def scanned(name: str):
    """The code of a paper was scanned: its case, for those who may read it; there is nothing here for anybody else."""
    key = codes.case_id(name)
    case = door.find_case_of_id(guard.actor(), key) if key is not None else None
    if case is None:
        guard.note_refusal("case.read")
        abort(404)
    return redirect(f"/cases/{case.number}")


def sight_of(case: Case) -> str:
    return "phones" if case.is_open and door.may(guard.actor(), "party.phone", case) else ""


class Printed(NamedTuple):
    """A paper on a page; of an issued one its row, what has changed since, and the row of the edition after it."""

    paper: papers.Paper
    html: Markup
    row: Paper | None = None
    changes: tuple[Change, ...] = ()
    is_lost: bool = False
    newer: int | None = None
    may_differ: bool = False
    lacking: tuple[Missing, ...] = ()
    wording: Wording | None = None  # the office's own, of which an issued one was made


def _printed(kind: str, found: Material, row: Paper | None, sight: str, is_first: bool) -> Printed:
    """An issued paper as it was kept; any other as it is now."""
    sheet = sheets.fill(kind, found, SIGHTS[sight])
    lacking = tuple(word.missing(sheet))
    paper, live = papers.PAPERS[kind], _live(sheet, found.case.station, is_first)
    if row is None:
        return Printed(paper, live, lacking=lacking)
    kept = paper_queries.kept(row.kept)
    if kept is None:
        return Printed(paper, Markup(), row, is_lost=True)
    last = paper_queries.issued(found.case, kind, row.about)
    newer = last.id if last is not None and last.edition > row.edition else None
    if newer or paper_queries.about(kind, found) != row.about:  # what is made today is another paper
        return Printed(paper, Markup(kept.pages[sight]), row, newer=newer, wording=wordings.by_name(kept.wording))
    return Printed(paper, Markup(kept.pages[sight]), row, editions.changes(kept.lines(sight), editions.lines_of(live)),
                   may_differ=kept.lines(NUMBERS) != _make(kind, found).lines(NUMBERS),
                   wording=wordings.by_name(kept.wording))


def _page(case: Case, kinds: tuple[str, ...], sight: str):
    found = material(case)
    rows = [paper_queries.issued(case, kind, paper_queries.about(kind, found)) for kind in kinds]
    printed = [_printed(kind, found, row, sight, n == 0 and not any(rows))
               for n, (kind, row) in enumerate(zip(kinds, rows, strict=True))]
    name = kinds[0] if len(kinds) == 1 else "registration"
    query = _query()
    form = EditionForm() if len(kinds) == 1 else PaperForm()
    form.version.data = str(case.version)
    return _sheets(case, printed, sight, form, name + query, name, query.replace("?", "&"))


def _kept_page(case: Case, row: Paper, sight: str, form: BaseForm, spoiling: EditionForm | None = None) -> str:
    return _sheets(case, [_printed(row.kind, material(case, row.about), row, sight, False)], sight, form,
                   f"kept/{row.id}", row.kind, spoiling=spoiling)


def _sheets(case: Case, printed: list[Printed], sight: str, form: BaseForm, place: str, name: str,
            which: str = "", spoiling: EditionForm | None = None) -> str:
    actor, base = guard.actor(), f"/cases/{case.number}/papers"
    one = printed[0] if len(printed) == 1 else None
    title = word_page.heading(printed[0].html) or printed[0].paper.title.zh
    title += (f" · {_('第%(n)s版', n=one.row.edition)}" if one and one.row else "")
    guard.log_access("print", case.number, ", ".join(
        one.paper.key + (f" {one.row.edition}" if one.row else "") for one in printed))
    return render_template(
        "papers/print.html", form=form, printed=printed, today=actor.today, is_unnumbered=bool(
            one and not one.row and one.paper.key in numbering.SERIES and not case.is_late_entry),
        spoiling=(spoiling or SpoilForm(prefix=SPOIL)) if one and one.row and issued_papers.may_spoil(
            one.row) else None, has_kept=any(one.row for one in printed),
        title=title, code=Markup(codes.svg(case)),
        back=base, path=f"{base}/{place}", has_numbers=sight == NUMBERS, name=name,
        which=which, query=_query(), may_reveal=door.may(actor, "party.reveal", case),
        may_record=door.may(actor, issued_papers.PERMISSION, case))
