"""The ledger: the cases of a year with their four amounts and totals."""
from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from mediation.queries import desk, keys, search, sheets
from mediation.rules.language import Refused
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("sheets", __name__)


@bp.get("/ledger")
@permit("ledger.read")
def index():
    actor = guard.actor()
    given = {name: request.args.get(name, "").strip() for name in ("period", "station")}
    if not request.args:
        given["period"] = str(actor.today.year)
    values = {"state": "any", "registered": given["period"], "station": given["station"]}
    problems, page, total = [], search.Page([], "", 0), None
    try:
        wanted = search.read({k: v for k, v in values.items() if v}, "", actor)
        page = search.page(wanted, actor, request.args.get("after", ""))
        total = sheets.totals(wanted, actor)
    except Refused as refusal:
        problems = refusal.problems
    return render_template("sheets/index.html", page=page, total=total, sums=search.sums_of(page.rows, actor), state_text=desk.state_text, tone=desk.tone, numbers=desk.short_numbers(page.rows),
                           next_href=_next(given, page.after), given=given, problems=problems,
                           stations=list(keys.find_stations(actor).values())), 422 if problems else 200


def _next(given: dict[str, str], after: str) -> str | None:
    return f"/ledger?{urlencode({**given, 'after': after}, safe='~.')}" if after else None
