"""一函两书: the register of supervision letters, one letter with its answer and review, its print."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from mediation.forms import prevention as forms
from mediation.forms.papers.issued_papers import EditionForm
from mediation.models import Case, Employer, Letter
from mediation.papers import letters, word
from mediation.papers import sheet as sheets
from mediation.queries import door
from mediation.queries import people as employer_queries
from mediation.queries import records as queries
from mediation.queries.cases import choices
from mediation.queries.house import admin
from mediation.queries.papers import case_papers as paper_queries
from mediation.queries.papers import letters as letter_files
from mediation.queries.papers import wordings
from mediation.rules import editions
from mediation.rules import prevention as rules
from mediation.rules.access import scope_of
from mediation.rules.editions import Edition, Made
from mediation.rules.language import Text
from mediation.rules.papers import catalogue as papers
from mediation.rules.reading import read_key
from mediation.services.prevention import supervision_letters
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.papers import papers_page, word_files
from mediation.views.press import Answer, press
from mediation.views.records import listed

bp = Blueprint("letters", __name__)
FIRST: Mapping[str, Edition] = MappingProxyType({})  # what an edition says that replaces none


@bp.get("/letters")
@permit("prevention.read")
def index():
    return render_template("prevention/letters.html", source=rules.SOURCE, periods=_periods(), **listed(Letter))


def _periods() -> list[tuple[str, rules.Period | None, rules.Period | None]]:
    """By kind: how long for the answer and for opening a file."""
    own = admin.settings()
    return [(key, rules.period(key, own), rules.period(key, own, is_filing=True)) for key in rules.KINDS]


@bp.get("/employers/<int:key>/letters/new")
@permit("letter.write")
def new(key: int):
    """A letter to an employer, or the next one after ``follows``."""
    row = _employer(key)
    return _new_page(row, _form(row))


def _form(row: Employer) -> forms.LetterForm:
    found, _last = employer_queries.cases_of(guard.actor(), row)
    cases = [(case.number, f"{guard.actor().known(case.number)} {case.title}") for case in found]
    return forms.letter_form(choices.bodies(row.union_id), cases, _follows(row))


@bp.post("/employers/<int:key>/letters/new")
@permit("letter.write")
def send(key: int):
    row = _employer(key)
    follows, form = _follows(row), _form(row)
    return press(form, lambda: supervision_letters.send(row, form.values(), guard.actor(), follows, _make),
                 lambda: _new_page(_employer(key), form), lambda made: f"/letters/{made.id}",
                 lambda made: _("已发%(number)s。", number=made.number))


def _new_page(row: Employer, form: forms.LetterForm) -> str:
    return render_template("prevention/letter_new.html", row=row, form=form, follows=_follows(row), source=rules.SOURCE)


def _follows(row: Employer) -> Letter | None:
    key = read_key(request.args.get("follows"))
    found = queries.find(Letter, guard.actor(), key) if key else None
    return found if found is not None and found.employer_id == row.id else None


@bp.get("/letters/<int:key>")
@permit("prevention.read")
def show(key: int):
    return _page(_letter(key))


@bp.post("/letters/<int:key>/reply")
@permit("letter.write")
def reply(key: int):
    row, form = _letter(key), forms.ReplyForm()
    return _send(key, "reply", form, lambda: supervision_letters.enter_reply(
        row, form.reply.data, form.replied_on.data, form.rectified_on.data, guard.actor(), form.seen_version))


@bp.post("/letters/<int:key>/filing")
@permit("letter.write")
def filing(key: int):
    row, form = _letter(key), forms.FilingForm()
    return _send(key, "filing", form, lambda: supervision_letters.enter_filing(
        row, form.filed_on.data, form.filing_note.data, guard.actor(), form.seen_version))


@bp.post("/letters/<int:key>/review")
@permit("letter.write")
def review(key: int):
    row, form = _letter(key), forms.ReviewForm()
    said = {"yes": True, "no": False}
    return _send(key, "review", form, lambda: supervision_letters.review(
        row, said.get(form.is_rectified.data or ""), form.review.data, guard.actor(), form.seen_version))


def _send(key: int, place: str, form: forms.BaseForm, act: Callable[[], object]) -> Answer:
    return press(form, act, lambda: _page(_letter(key), {place: form}), f"/letters/{key}", Text("已记下。", "On record."))


@bp.get("/letters/<int:key>/print")
@permit("paper.print")
def sheet(key: int):
    row = _letter(key)
    guard.log_access("print", f"letter {key}", row.number)
    return _sheet(row, EditionForm())


@bp.post("/letters/<int:key>/again")
@permit("letter.write")
def reissue(key: int):
    """A new edition from the facts of today, which says what it changes."""
    row, form = _letter(key), EditionForm()
    return press(form, lambda: supervision_letters.reissue(row, _new_edition(row), form.note.data, guard.actor()),
                 lambda: _sheet(_letter(key), form), f"/letters/{key}/print",
                 lambda made: _("已出第%(n)s版，前一版照原样留着。", n=made.edition))


def _sheet(row: Letter, form: EditionForm) -> str:
    """The newest edition, or the one that the address names, as it was issued; what has changed since."""
    n, sight, live = _edition(row), _sight(row), _make(row)
    kept = paper_queries.kept(row.kept_in(n)) if row.kept else live
    changes = editions.changes(kept.lines(sight), live.lines(sight)) if kept and n == row.edition else ()
    return render_template(
        "papers/letter.html", page=Markup(kept.pages[sight]) if kept else "", back=f"/letters/{row.id}",
        title=_title(row), row=row, n=n, is_lost=kept is None, changes=changes, form=form,
        may_write=bool(scope_of(guard.actor().role, "letter.write")))


def _edition(row: Letter) -> int:
    """The edition that the address names, else the newest."""
    n = read_key(request.args.get("edition")) or row.edition
    return n if 1 <= n <= row.edition else abort(404)


def _sight(row: Letter) -> str:
    return letters.WITH_CASE if _case(row) else ""


@bp.get("/letters/<int:key>/word")
@permit("paper.print")
def word_file(key: int):
    """The letter's Word file: as it was sent where it was kept, else from the facts of today."""
    row = _letter(key)
    guard.log_access("print", f"letter {key}", row.number)
    file = letter_files.file_of(row, _edition(row), _case(row), word_files.is_large())
    if file:
        return word_files.send(file, f"{_title(row)} {row.number}")
    flash(word_files.GONE.say(guard.language()), "warn")
    return redirect(f"/letters/{key}/print")


def _new_edition(row: Letter) -> Made:
    """The letter of today, with what it changes of the edition before at its end."""
    before, plain, n = paper_queries.kept(row.kept_in(row.edition)), _make(row), row.edition
    return _make(row, {sight: Edition(
        n + 1, sheets.day(guard.today()), sheets.day(row.issued_on(n)),
        editions.changes(before.lines(sight) if before else (), plain.lines(sight))) for sight in plain.pages})


def _title(row: Letter) -> str:
    return papers.PAPERS[letters.kind_of(row)].title.zh  # papers are Chinese in both languages of the screen


def _make(row: Letter, said: Mapping[str, Edition] = FIRST) -> Made:
    """The letter's page and Word file, in the wording of its union, for those who may see the case behind it and for
    those who may not."""
    kind = letters.kind_of(row)
    held, pages, written, facts = wordings.held(row.union, kind), {}, {}, {}
    for sight, case in (("", None), (letters.WITH_CASE, row.case)):
        sheet = letters.sheet_of(row, case)
        written[sight] = word.written_parts(held.template, sheet, {})
        pages[sight] = str(papers_page.html_of(sheet, written[sight], True, said.get(sight)))
        facts = sheet.facts()
    return Made(kind, "", row.number, facts, pages, paper_queries.template_digest(held.template), held.name, written)


def _page(row: Letter, sent: dict | None = None) -> str:
    kinds = {"reply": forms.ReplyForm, "review": forms.ReviewForm, "filing": forms.FilingForm}
    made = {name: forms.versioned(kind, row.version, False) for name, kind in kinds.items()} | (sent or {})
    return render_template("prevention/letter.html", row=row, case=_case(row), made=made,
                           refused=next(iter((sent or {}).values()), None),
                           may_write=bool(scope_of(guard.actor().role, "letter.write")),
                           next_kind=next((k.key for k in rules.KINDS.values() if k.after == row.kind), ""),
                           next_letter=supervision_letters.find_next(row),
                           against=rules.against_next(supervision_letters.former(row), guard.today()))


def _letter(key: int) -> Letter:
    row = queries.find(Letter, guard.actor(), key)
    if row is None:
        guard.note_refusal("prevention.read", f"letter {key}")
        abort(404)
    return row


def _case(row: Letter) -> Case | None:
    """The case behind a letter, for those who may see it."""
    return door.find_case(guard.actor(), row.case.number) if row.case else None


def _employer(key: int) -> Employer:
    row = employer_queries.find(guard.actor(), key)
    if row is None:
        guard.note_refusal("letter.write", f"employer {key}")
        abort(404)
    return row
