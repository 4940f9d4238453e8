"""The figures on the screen: each with its formula, its pictures, and the rows behind it one press away."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, render_template, request

from mediation.queries import figures, keys, statistics, trends
from mediation.queries.statistics import Scope
from mediation.rules import figures as rules
from mediation.rules import letters, reading
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("statistics", __name__)
GIVEN = ("period", "station", "cut_off")


@bp.get("/statistics")
@permit("statistics.read")
def index():
    """The summary and its pictures for what the address names; the year so far where nothing is named."""
    actor, given = guard.actor(), read_given(guard.actor())
    problems, made, months, drawn = [], None, [], {}
    try:
        asked = scope(actor, given)
        made = statistics.summary(actor, given["period"], given["station"], asked.cut_off)
        months, drawn = trends.months(asked), {name: draw(asked) for name, draw in trends.DRAWN.items()}
    except Refused as refusal:
        problems = refusal.problems
    return render_template("statistics/index.html", made=made, months=months, drawn=drawn,
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
        groups = figures.groups(asked, by)
        made = figures.report(asked, figures.TITLE)
    except Refused as refusal:
        problems = refusal.problems
    return render_template(
        "statistics/indicators.html", made=made, groups=groups, by=by, ways=figures.BY, sections=sections(made),
        grouped=[rules.FIGURES[key] for key in figures.GROUPED], form=None,
        query={k: v for k, v in given.items() if v}, **frame(actor, given, problems)), 422 if problems else 200


def sections(made: figures.Report | None) -> list[tuple[Word, list[figures.Value]]]:
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
        found = figures.rows(asked, names, max(page, 1))
    except Refused as refusal:
        problems = refusal.problems
    return render_template("statistics/rows.html", found=found, asked=asked, names=names, page=page,
                           query={k: v for k, v in given.items() if v},
                           **frame(actor, given, problems)), 422 if problems else 200


def read_given(actor: Actor) -> dict[str, str]:
    """What the address asks for, as typed; the year so far where it asks for nothing."""
    given = {name: request.args.get(name, "").strip() for name in (*GIVEN, *statistics.FILTERS)}
    if not request.args:
        given["period"] = str(actor.today.year)
    return given


def scope(actor: Actor, given: Mapping[str, str]) -> Scope:
    return statistics.scope(actor, given["period"], given["station"], read_day(given["cut_off"], actor.today), given)


def read_day(said: str, today: date) -> date | None:
    """The cut-off as typed; raises Refused where it cannot be read."""
    try:
        found = reading.read_date(said, today).value if said else None
    except letters.Unreadable as problem:
        raise Refused([Problem("cut_off", problem.text)]) from problem
    if said and found is None:
        raise Refused([Problem("cut_off", NOT_EXACT)])
    return found


NOT_EXACT = Text("截止日请写到哪一天，例如 2026-09-30", "Give the cut-off to the day, for example 2026-09-30")


def frame(actor: Actor, given: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    """What every page of figures shows besides: the filters and what is offered in them."""
    stations = [word for word in keys.find_stations(actor).values() if word.code != "own"]
    choices = [(name, keys.KEYS[name].label, keys.KEYS[name].choices(actor)) for name in ("channel", "kind", "sector")]
    return {"given": given, "problems": problems, "stations": stations, "choices": choices, "units": rules.UNITS,
            "offered": offered(actor.today)}


def offered(today: date) -> list[str]:
    """Periods that people ask for: this year and quarter and month, last year, the union's year."""
    union_year = today.year + (today.month >= 10)
    return [str(today.year), f"{today.year}Q{(today.month + 2) // 3}", f"{today:%Y-%m}", str(today.year - 1),
            f"union-{union_year}"]
