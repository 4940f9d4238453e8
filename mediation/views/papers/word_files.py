"""Word files of papers: of a case, as they were issued, with full numbers after a reveal, and empty for the road."""
from __future__ import annotations

from io import BytesIO

from flask import Response, flash, redirect, request, send_file

from mediation.models import Case, Paper
from mediation.papers import codes, word
from mediation.papers import sheet as sheets
from mediation.queries.house import admin
from mediation.queries.papers import case_papers, wordings
from mediation.rules.language import Text
from mediation.rules.papers import catalogue as papers
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.papers import papers_page
from mediation.views.papers.papers_page import NUMBERS, SIGHTS, bp
from mediation.views.press import Answer

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GONE = Text("这一份没有留存 Word 文件，或被改过；可以打印留存的页面",
            "No Word file was kept of this one, or it was changed; its page can still be printed")


@bp.get("/cases/<number>/papers/<kind>/word")
@permit("paper.print")
def word_file(number: str, kind: str):
    """The Word file of a paper: as it was issued where it was, else from the facts of today."""
    case = guard.get_case(number, "paper.print")
    return _file(case, papers_page.known(kind), papers_page.sight_of(case))


@bp.post("/cases/<number>/papers/<kind>/word")
@permit("party.reveal")
def word_file_with_numbers(number: str, kind: str):
    """The same with full identity numbers: a reveal, written down before anything is shown."""
    case = guard.get_case(number, "party.reveal")
    papers_page.log_numbers(case, papers_page.known(kind))
    return _file(guard.get_case(number, "paper.print"), kind, NUMBERS)


@bp.get("/cases/<number>/papers/kept/<int:paper>/word")
@permit("paper.print")
def kept_word_file(number: str, paper: int):
    """One edition of an issued paper, as it was issued."""
    case = guard.get_case(number, "paper.print")
    row = papers_page.issued(case, paper)
    guard.log_access("print", case.number, row.kind)
    return _kept(case, row, papers_page.sight_of(case))


@bp.get("/papers/<kind>/word")
@permit("paper.print")
def blank_word_file(kind: str):
    """The empty form, in the name of the reader's own office."""
    station = admin.get_station(guard.actor().station_id)
    template = wordings.held(station, papers_page.worded(kind)).template
    guard.log_access("print", f"blank {kind}")
    made = word.render_blank(kind, station, is_large=is_large(), template=template)
    return send(made, f"{papers.PAPERS[kind].title.zh}（空白）")


def _file(case: Case, kind: str, sight: str) -> Answer:
    found = papers_page.material(case)
    if (against := papers.closed(kind, found.way)) is not None:
        flash(against.say(guard.language()), "warn")
        return redirect(f"/cases/{case.number}/papers")
    row = case_papers.issued(case, kind, case_papers.about(kind, found))
    guard.log_access("print", case.number, kind)
    if row is not None:
        return _kept(case, row, sight)
    sheet = sheets.fill(kind, found, SIGHTS[sight])
    template = wordings.held(case.station, kind).template
    return send(word.fill_in(template, sheet, {}, codes.png(case), is_large()), _name(case, kind))


def _kept(case: Case, row: Paper, sight: str) -> Answer:
    """An issued paper's file, put together from the template and the words that were kept of it."""
    made = case_papers.kept(row.kept)
    template = case_papers.kept_template(made.template) if made and made.template else b""
    if not made or not template:
        flash(GONE.say(guard.language()), "warn")
        return redirect(f"/cases/{case.number}/papers/kept/{row.id}")
    file = word.put_together(template, made.word[sight], codes.png(case), is_large())
    return send(file, f"{_name(case, row.kind)}（第{row.edition}版）")


def is_large() -> bool:
    return request.args.get("size") == "large"


def _name(case: Case, kind: str) -> str:
    return f"{papers.PAPERS[kind].title.zh} {case.number.removeprefix(f'{case.union.code}-')}"


def send(data: bytes, name: str) -> Response:
    return send_file(BytesIO(data), mimetype=MIME, as_attachment=True, download_name=f"{name}.docx", max_age=0)
