"""The auditor's samples: drawn with a seed, read case by case, printed as a working paper."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request

from mediation.forms.audit import findings as forms
from mediation.forms.base import BaseForm
from mediation.models import Sample, Station
from mediation.queries.audit import findings
from mediation.queries.audit import sampling as queries
from mediation.queries.cases import case_filters, case_load, history
from mediation.queries.house import admin
from mediation.queries.ledger import selection as selections
from mediation.queries.ledger.selection import Place, Selection
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.audit import sampling
from mediation.rules.language import Refused, Text
from mediation.rules.ledger import BY
from mediation.rules.papers import catalogue as papers
from mediation.services.audit import sampling as service
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.people.parties import masked
from mediation.views.press import Answer, press

bp = Blueprint("samples", __name__)
GIVEN = ("by", "period", "station", "channel", "outcome", "kind")
CHOICES = (("channel", words.CHANNELS), ("outcome", words.OUTCOMES), ("kind", words.HEADS))
EVENTS_SHOWN = 1000


@bp.get("/audit")
@permit("audit.write")
def index():
    """Samples drawn before, and the form for the next; the filter stands in the address."""
    return _index(forms.draw_form())


def _index(form: forms.DrawForm) -> str:
    actor = guard.actor()
    given = _given(request.args)
    samples, count, found = queries.page(actor), None, list(form.problems)
    try:
        count = queries.count(_selection(given), actor)
    except Refused as refusal:
        said = [problem.text.say(guard.language()) for problem in refusal.problems]
        found += [words for words in said if words not in found]
    return render_template(
        "audit/index.html", form=form, given=given, problems=found, count=count, samples=samples,
        marks=queries.marks(samples), mark_words=sampling.MARKS, described=_described(samples), by=BY, choices=CHOICES,
        stations=[row for row in case_filters.find_stations(actor).values() if row.code != "own"], query=_query(given),
        findings=findings.counts(actor), finding_words=findings.WORDS, algorithm=sampling.ALGORITHM)


def _given(told: Mapping[str, str]) -> dict[str, str]:
    given = {name: told.get(name, "").strip() for name in GIVEN}
    if not any(name in told for name in GIVEN):
        given["period"] = str(guard.actor().today.year)
    return given


def _query(given: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in given.items() if value} or {"period": ""})


def _selection(given: Mapping[str, str]) -> Selection:
    """The population; without a station it is the auditor's own, by name, so that a reader elsewhere finds the same."""
    found = selections.read({**given, "sheet": "cases"})
    if found.stations:
        return found
    own: Station = admin.get_station(guard.actor().station_id or 0)
    return replace(found, stations=(Place(own.code, own.path, own.name),))


def _described(samples) -> dict[int, Text]:
    return {row.id: selections.read({**row.filters, "sheet": "cases"}).describe() for row in samples}


@bp.post("/audit")
@permit("audit.write")
def draw():
    form, given = forms.draw_form(), _given(request.args)
    return press(form, lambda: service.draw(_selection(given), form.seed.data, form.size.data, guard.actor()),
                 lambda: _index(form), lambda row: f"/audit/samples/{row.id}",
                 Text("已抽样，名单留存。", "Drawn; the list is kept."))


def _row(key: int) -> Sample:
    row = queries.find(guard.actor(), key)
    if row is None:
        guard.note_refusal(queries.DRAW, f"sample {key}")
        abort(404)
    return row


@bp.get("/audit/samples/<int:key>")
@permit("audit.write")
def show(key: int):
    return _page(_row(key), BaseForm())


def _page(row: Sample, form: BaseForm) -> str:
    actor = guard.actor()
    again = None
    if "check" in request.args:
        again = queries.draw(selections.read({**row.filters, "sheet": "cases"}), row.seed, row.size, actor)
    return render_template(
        "audit/sample.html", row=row, form=form, lines=queries.lines(row, actor), mark_words=sampling.MARKS,
        described=_described([row])[row.id], algorithm=sampling.ALGORITHM, finding_words=findings.WORDS, again=again,
        query=urlencode([(name, part) for name, value in row.filters.items()
                         for part in (value if isinstance(value, list) else [value])]))


@bp.post("/audit/samples/<int:key>/marks")
@permit("audit.write")
def mark(key: int) -> Answer:
    """One press: ``mark`` is the place in the sample and the code."""
    row, form = _row(key), BaseForm()
    seq, _colon, code = request.form.get("mark", "").partition(":")
    place = int(seq) if seq.isdecimal() and len(seq) < 6 else 0
    return press(form, lambda: service.mark(row, place, code, guard.actor()), lambda: _page(_row(key), form),
                 f"/audit/samples/{key}", Text("已记。", "Marked."))


@bp.get("/audit/samples/<int:key>/paper")
@permit("audit.write")
def paper(key: int):
    """The working paper on A4."""
    row = _row(key)
    guard.log_access("print", f"sample {key}", "working paper")
    return render_template("audit/paper.html", row=row, lines=queries.lines(row, guard.actor()),
                           mark_words=sampling.MARKS, described=_described([row])[row.id],
                           algorithm=sampling.ALGORITHM, finding_words=findings.WORDS)


@bp.get("/audit/cases/<number>")
@permit("journal.read")
def whole_file(number: str):
    """One case on one page to read and print, with all that its reader may see; concessions are never in it."""
    case = guard.get_case(number, "journal.read")
    values = case_frame.case_context(case)
    case_load.load_talks(case, values["file"].rows)
    guard.log_access("open", number, "whole file")
    agreement, entries = case_money.current_agreement(case), case_money.payments_of(case)
    rights = frozenset(values["rights"]) - {"note.concession"}
    return render_template(
        "audit/file.html", **{**values, "rights": rights}, agreement=agreement, entries=entries, masked=masked,
        reversed_by={row.reverses_id: row for row in entries if row.reverses_id},
        findings=findings.page(guard.actor(), {"case": number})[0], finding_words=findings.WORDS,
        names={party.id: party.name for party in case.parties}, catalogue=papers.PAPERS,
        events=history.page(case, rights, size=EVENTS_SHOWN).lines)
