"""The figures on the screen: each with its formula, and with the rows behind it one press away."""
from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request

from mediation.queries import keys, statistics
from mediation.rules import letters, reading, reporting
from mediation.rules.language import Problem, Refused
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("statistics", __name__)


@bp.get("/statistics")
@permit("statistics.read")
def index():
    """The summary for the period, station and cut-off in the address; the year so far where none is named."""
    actor = guard.actor()
    given = {name: request.args.get(name, "").strip() for name in ("period", "station", "cut_off")}
    if not request.args:
        given["period"] = str(actor.today.year)
    problems: list[Problem] = []
    made, months = None, []
    try:
        cut_off = _day(given["cut_off"], actor.today)
        made = statistics.summary(actor, given["period"], given["station"], cut_off)
        months = statistics.by_month(actor, given["period"], given["station"], cut_off)
    except Refused as refusal:
        problems = refusal.problems
    return render_template("statistics/index.html", made=made, months=months, given=given, problems=problems,
                           stations=list(keys.find_stations(actor).values()), units=reporting.UNITS,
                           offered=_offered(actor.today)), 422 if problems else 200


def _day(said: str, today: date) -> date | None:
    try:
        return reading.read_date(said, today).value if said else None
    except letters.Unreadable as problem:
        raise Refused([Problem("cut_off", problem.text)]) from problem


def _offered(today: date) -> list[str]:
    """Periods that people ask for: this year and quarter and month, last year, the union's year."""
    union_year = today.year + (today.month >= 10)
    return [str(today.year), f"{today.year}Q{(today.month + 2) // 3}", f"{today:%Y-%m}", str(today.year - 1),
            f"union-{union_year}"]
