"""The figures on the screen: each with its formula, its pictures, and the rows behind it one press away."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request

from mediation import sheets
from mediation.queries.cases import case_filters
from mediation.queries.figures import closed_loop as queries
from mediation.queries.figures import figure_rows, measures, reckoning, returns, scopes, statistics, trends
from mediation.queries.figures.scopes import Scope
from mediation.rules import reading, text_cleaning
from mediation.rules.access import Actor
from mediation.rules.figures import catalogue as rules
from mediation.rules.figures import returns as return_rules
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.rules.reading import read_key
from mediation.services.figures import sums
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("statistics", __name__)
PUBLISHED = [key for key, row in rules.FIGURES.items() if row.group == "published"]
GIVEN = ("period", "station", "cut_off")
NAMES = (*GIVEN, *scopes.FILTERS)


@bp.get("/statistics")
@permit("statistics.read")
def index():
    """The summary and its pictures for what the address names; the year so far where nothing is named."""
    actor, given = guard.actor(), read_given(guard.actor())
    problems, made, months, drawn = [], None, [], {}
    try:
        asked = scope(actor, given)
        measures.totals(asked, (*statistics.ROW_SETS, *trends.ROW_SETS))  # in one statement, and kept for what follows
        made = statistics.of(asked)
        months, drawn = trends.months(asked), {name: draw(asked) for name, draw in trends.DRAWN.items()}
    except Refused as refusal:
        problems = refusal.problems
    return render_template("figures/statistics.html", made=made, months=months, drawn=drawn,
                           **frame(actor, given, problems)), 422 if problems else 200


@bp.get("/statistics/indicators")
@permit("statistics.read")
def indicators():
    """Every figure of the table, and some of them by station, channel, kind or sector."""
    actor, given = guard.actor(), read_given(guard.actor())
    by = request.args.get("by", "station")
    problems, made, groups = [], None, []
    try:
        asked = scope(actor, given)
        groups = reckoning.groups(asked, by)
        made = reckoning.report(asked, reckoning.TITLE)
    except Refused as refusal:
        problems = refusal.problems
    return render_template(
        "figures/indicators.html", made=made, groups=groups, by=by, ways=reckoning.BY, sections=sections(made),
        grouped=[rules.FIGURES[key] for key in reckoning.GROUPED], form=None,
        query={k: v for k, v in given.items() if v}, **frame(actor, given, problems)), 422 if problems else 200


def sections(made: reckoning.Report | None) -> list[tuple[Word, list[reckoning.Value]]]:
    """The figures under the headings of their table."""
    if made is None:
        return []
    return [(word, [v for v in made.figures if v.figure.group == code]) for code, word in rules.GROUPS.items()]


@bp.get("/statistics/rows/<names>")
@permit("statistics.read")
def rows(names: str):
    """The rows behind a figure; their number or sum is the figure."""
    actor, given = guard.actor(), read_given(guard.actor())
    said = request.args.get("page", "1")
    page = int(said) if said.isdecimal() and 0 < len(said) < 6 else 1
    problems, found, asked = [], None, None
    try:
        asked = scope(actor, given)
        found = figure_rows.rows(asked, names, max(page, 1))
    except Refused as refusal:
        problems = refusal.problems
    return render_template("figures/rows.html", found=found, asked=asked, names=names, page=page,
                           query={k: v for k, v in given.items() if v},
                           **frame(actor, given, problems)), 422 if problems else 200


@bp.get("/statistics/offices")
@permit("statistics.read")
def offices():
    """A published figure of a month beside what other offices have signed for it, each with its key and its file."""
    actor, problems, made, lines = guard.actor(), [], None, []
    before = actor.today.replace(day=1) - timedelta(1)
    given = {"station": "", "cut_off": "", "period": request.args.get("period", "").strip() or before.strftime("%Y-%m")}
    key = request.args.get("figure", PUBLISHED[0])
    if key not in PUBLISHED:
        abort(404)
    try:
        made = reckoning.indicators(actor, given["period"], chosen=PUBLISHED)
        lines = sums.beside(Path(str(current_app.config["MEDIATION"]["INSTANCE"])), made, key)
    except Refused as refusal:
        problems = refusal.problems
    return render_template(
        "figures/offices.html", made=made, lines=lines, problems=problems, given=given, key=key,
        figures=[rules.FIGURES[one] for one in PUBLISHED], figure=rules.FIGURES[key]), 422 if problems else 200


@bp.get("/statistics/returns")
@permit("statistics.read")
def returned():
    """A return to another body with the sums that must agree; the last whole quarter unless one is named."""
    actor, given = guard.actor(), {name: request.args.get(name, "").strip() for name in GIVEN}
    name = request.args.get("name", "mediation")
    problems, made = [], None
    try:
        made = returns.RETURNS.get(name, _unknown(name))(actor, given["period"], given["station"],
                                                         read_day(given["cut_off"], actor.today))
        given["period"] = made.period.code
    except Refused as refusal:
        problems = refusal.problems
    return render_template("figures/returns.html", made=made, name=name, titles=return_rules.TITLES,
                           query={"name": name, **{k: v for k, v in given.items() if v}},
                           **frame(actor, given, problems)), 422 if problems else 200


def _unknown(name: str):
    return lambda *asked: returns.build(name, *asked)


@bp.get("/statistics/returns/<name>.csv")
@permit("statistics.read")
def returned_file(name: str):
    """The same as a file: line, value, unit; then the checks."""
    actor, given = guard.actor(), {one: request.args.get(one, "").strip() for one in GIVEN}
    if name not in returns.RETURNS:
        abort(404)
    try:
        made = returns.RETURNS[name](actor, given["period"], given["station"], read_day(given["cut_off"], actor.today))
    except Refused as refusal:
        return Response(refusal.problems[0].text.say(guard.language()), 422, mimetype="text/plain")
    spoken = guard.language()
    lines = [[v.figure.label.say(spoken).strip("　"), v.text, rules.UNITS[v.figure.unit].say(spoken)]
             for v in made.figures]
    lines += [[c.label.say(spoken), f"{c.left} / {c.right}", "✓" if c.is_right else "✗"] for c in made.checks]
    text = "\r\n".join(",".join(f'"{sheets.disarm(cell)}"' for cell in line) for line in lines)
    return Response("\ufeff" + text + "\r\n", mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={name}-{made.period.code.replace('.', '_')}.csv"})


def read_given(actor: Actor) -> dict[str, str]:
    """What the address asks for, as typed; the year so far where it asks for nothing."""
    given = {name: request.args.get(name, "").strip() for name in (*GIVEN, *scopes.FILTERS)}
    if not request.args:
        given["period"] = str(actor.today.year)
    return given


def scope(actor: Actor, given: Mapping[str, str]) -> Scope:
    return scopes.read(actor, given["period"], given["station"], read_day(given["cut_off"], actor.today), given)


def read_day(said: str, today: date) -> date | None:
    """The cut-off as typed; raises Refused where it cannot be read."""
    try:
        found = reading.read_date(said, today).value if said else None
    except text_cleaning.Unreadable as problem:
        raise Refused([Problem("cut_off", problem.text)]) from problem
    if said and found is None:
        raise Refused([Problem("cut_off", NOT_EXACT)])
    return found


NOT_EXACT = Text("截止日请写到哪一天，例如 2026-09-30", "Give the cut-off to the day, for example 2026-09-30")


def frame(actor: Actor, given: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    """What every page of figures shows besides: the filters and what is offered in them."""
    stations = [word for word in case_filters.find_stations(actor).values() if word.code != "own"]
    choices = [(name, case_filters.KEYS[name].label, case_filters.KEYS[name].choices(actor))
               for name in ("channel", "kind", "sector")]
    chosen = next((word.zh for word in stations if word.code == given["station"]), given["station"])
    return {"given": given, "problems": problems, "stations": stations, "station_name": chosen,
            "choices": choices, "units": rules.UNITS,
            "offered": offered(actor.today)}


def offered(today: date) -> list[str]:
    """Periods that people ask for: this year and quarter and month, last year, the union's year."""
    union_year = today.year + (today.month >= 10)
    return [str(today.year), f"{today.year}Q{(today.month + 2) // 3}", f"{today:%Y-%m}", str(today.year - 1),
            f"union-{union_year}"]


# The closed loop --------------------------------------------------------------------------------------------------

@bp.get("/statistics/loop")
@permit("statistics.read")
def closed_loop():
    """Prevention, detection, mediation, litigation, supervision, petition: one county and year on one page."""
    span, stations = _span()
    groups = queries.build(span)
    by_key = {one.figure.key: one for group in groups.values() for one in group}
    return render_template(
        "figures/loop.html", groups=groups, links=queries.LINKS, chart=[by_key[key] for key in queries.CHART],
        span=span,
        stations=stations, made_by=guard.actor().name, years=range(guard.today().year, guard.today().year - 4, -1))


@bp.get("/statistics/loop/<figure>")
@permit("statistics.read")
def loop_rows(figure: str):
    """The rows behind a figure of the loop alone; of any other, its own page of rows."""
    one = queries.FIGURES.get(figure)
    if one is None:
        abort(404)
    span, _stations = _span()
    if one.model is None:
        return redirect(scopes.rows_href(span.scope(span.year), rules.FIGURES[figure].top))
    rows, last = queries.rows(one, span, _before())
    return render_template(
        "figures/loop_rows.html", figure=one, link=queries.LINKS[one.link], span=span, rows=rows, last=last,
        is_first=_before() is None, total=queries.value(one, span), withheld=queries.count_withheld(one, span))


def _span() -> tuple[queries.Span, list]:
    actor, said = guard.actor(), request.args.get("year", "")
    year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 and said > "2000" else actor.today.year
    stations = {row.code: row for row in queries.unions(actor)}
    return queries.Span(actor, year, stations.get(request.args.get("station", ""))), list(stations.values())


def _before() -> int | None:
    return read_key(request.args.get("before"))
