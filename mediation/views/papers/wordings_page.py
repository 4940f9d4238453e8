"""An office's own wording: templates by kind, the check of a new one, a trial on a case, the way back, the fields."""
from __future__ import annotations

from io import BytesIO

from flask import Response, abort, render_template, request, send_file
from flask_babel import gettext as _
from markupsafe import Markup

from mediation.forms.base import BaseForm
from mediation.forms.papers.issued_papers import ShippedForm, WordingForm
from mediation.models import Station
from mediation.papers import letters, maker, word, word_page
from mediation.papers import sheet as sheets
from mediation.queries.cases import named
from mediation.queries.house import admin
from mediation.queries.papers import case_papers, wordings
from mediation.queries.papers import letters as letter_queries
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.papers import catalogue as papers
from mediation.rules.papers import fields
from mediation.rules.reading import read_key
from mediation.services.papers import wordings as service
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.papers import papers_page
from mediation.views.papers.word_files import MIME, bp
from mediation.views.press import OnlyShown, press

NO_LETTER = Text("没有这个文号的函，或者看不到", "No letter of this kind has this number, or not one that you may read")
NO_CASE = Text("没有这个案件，或者看不到", "No such case, or not one that you may read")
SAMPLE = "rights_notice_mongolian"


@bp.get("/papers/fields")
@permit("paper.print")
def field_names():
    """The names that a template may use."""
    return render_template("papers/fields.html", groups=fields.GROUPS)


@bp.get("/papers/wordings")
@permit("wording.write")
def wording_list():
    form = WordingForm(kind=request.args.get("kind"))
    return _page(_station(), form)


@bp.post("/papers/wordings")
@permit("wording.write")
def set_wording():
    """Try a template on a case, or use it from now on; refused with all that stands against it."""
    station, form, shown = _station(), WordingForm(), []

    def act() -> str:
        name, data = form.upload()
        if request.form.get("act") == "try":
            service.check(form.kind.data, name, data)
            shown.append(_tried(form, data))
            raise OnlyShown
        service.use(station, form.kind.data, name, data, guard.actor())
        return form.kind.data
    return press(form, act, lambda: _page(_again(station), form, shown[0] if shown else None), _address(station),
                 lambda kind: _("已改用自己的样式：%(paper)s。以前出具的不变。",
                                paper=papers.PAPERS[kind].title.say(guard.language())))


def _tried(form: WordingForm, data: bytes) -> Markup:
    """A template filled with a real case, as a page; without numbers."""
    sheet, number = _sheet(form.kind.data, form.case.data or "")
    guard.log_access("print", number, form.kind.data)
    return word_page.page(word.written_parts(data, sheet, {}), False)


def _sheet(kind: str, number: str) -> tuple[sheets.Sheet, str]:
    """A paper of the case, or the supervision letter, with this number."""
    if not papers.PAPERS[kind].is_of_case:
        letter = letter_queries.find_by_number(guard.actor(), kind, number)
        if letter is None:
            raise Refused([Problem("case", NO_LETTER)])
        return letters.sheet_of(letter, None), letter.number
    case = named.find(guard.actor(), number)
    if case is None:
        raise Refused([Problem("case", NO_CASE)])
    return sheets.fill(kind, case_papers.material(case, guard.actor()), papers_page.SIGHTS[""]), case.number


@bp.post("/papers/wordings/<kind>/shipped")
@permit("wording.write")
def end_wording(kind: str):
    """Back to the shipped wording by one press."""
    station, form = _station(), ShippedForm()
    papers_page.worded(kind)

    def page() -> str:
        shown = WordingForm(formdata=None, kind=kind)
        shown.problems, shown.submit_token.data = form.problems, form.submit_token.data
        return _page(_again(station), shown)
    return press(form, lambda: service.give_up(station, kind, guard.actor()), page, _address(station),
                 _("已换回随软件的样式。"))


@bp.get("/papers/wordings/<kind>/template")
@permit("wording.write")
def wording_file(kind: str):
    """The template in use, a former one by its id, or the shipped one, to be changed in WPS."""
    station, title = _station(), papers.PAPERS[papers_page.worded(kind)].title.zh
    key = read_key(request.args.get("id") or "")
    row = wordings.find(station, key) if key else None
    if key and (row is None or row.kind != kind):
        abort(404)
    data = case_papers.kept_template(row.template) if row else maker.shipped(kind, station.currency)
    if not data:
        abort(404)
    return _send(data, f"{title} 样式{f'第{row.edition}版' if row else ''}.docx")


@bp.get("/papers/wordings/sample")
@permit("wording.write")
def wording_sample():
    """A bilingual template, Chinese and Mongolian, to begin from."""
    return _send(maker.sample(SAMPLE), "权利义务告知书 蒙汉双语样本.docx")


def _send(data: bytes, name: str) -> Response:
    return send_file(BytesIO(data), mimetype=MIME, as_attachment=True, download_name=name, max_age=0)


def _stations() -> list[Station]:
    return [row for row in admin.stations(guard.actor(), service.PERMISSION) if row.is_active]


def _station() -> Station:
    """The station that the address or the form names; else the reader's own, or the first within reach."""
    rows = _stations()
    asked = request.values.get("station")
    if asked:
        return next((row for row in rows if str(row.id) == asked), None) or abort(404)
    own = guard.actor().station_id
    return next((row for row in rows if row.id == own), None) or (rows[0] if rows else abort(404))


def _again(station: Station) -> Station:
    return next(row for row in _stations() if row.id == station.id)


def _address(station: Station) -> str:
    return f"/papers/wordings?station={station.id}"


def _page(station: Station, form: BaseForm, tried: Markup | None = None) -> str:
    rows = wordings.of_station(station)
    return render_template("papers/wordings.html", form=form, station=station, stations=_stations(), tried=tried,
                           catalogue=papers.PAPERS, rows=rows, shipped_form=ShippedForm(formdata=None),
                           address=_address(station))
