"""Who looked, for those who audit: every opening, search, reveal, print and export of the accounts below."""
from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from mediation.queries.audit import looks as queries
from mediation.queries.cases import case_filters
from mediation.rules import journal
from mediation.rules.language import Problem, Refused
from mediation.views import guard
from mediation.views.guard import permit

bp = Blueprint("looks", __name__)
GIVEN = ("who", "case", "kind", "station", "period")


@bp.get("/audit/looks")
@permit("look.read")
def index():
    """The newest first; reading the log stands in the log."""
    actor = guard.actor()
    given = {name: request.args.get(name, "").strip() for name in GIVEN}
    problems: list[Problem] = []
    page = None
    try:
        page = queries.listing(queries.read({**given, "after": request.args.get("after", "")}, actor), actor)
    except Refused as refusal:
        problems = refusal.problems
    guard.log_access("log_read", given["case"], given["who"])
    return render_template(
        "audit/looks.html", page=page, given=given, problems=problems, kinds=journal.ACCESS_KINDS,
        people=queries.accounts(actor),
        stations=[row for row in case_filters.find_stations(actor).values() if row.code != "own"],
        next_href=_next(given, page.next_after) if page and page.next_after else None), 422 if problems else 200


def _next(given: dict[str, str], after: int) -> str:
    return "/audit/looks?" + urlencode({**{k: v for k, v in given.items() if v}, "after": after})
