"""Who looked, for those who audit: every opening, search, reveal, print and export of the accounts below."""
from __future__ import annotations

from flask import Blueprint, request

from mediation.queries.audit import acts
from mediation.queries.audit import looks as queries
from mediation.rules import journal
from mediation.views import guard
from mediation.views.audit import listings
from mediation.views.guard import permit

bp = Blueprint("looks", __name__)
GIVEN = ("who", "case", "kind", "station", "period")


@bp.get("/audit/looks")
@permit("look.read")
def index():
    """The newest first; reading the log stands in the log."""
    guard.log_access("log_read", request.args.get("case", "").strip(), request.args.get("who", "").strip())
    return listings.show("audit/looks.html", GIVEN, queries.read, queries.listing, kinds=journal.ACCESS_KINDS,
                         people=queries.accounts(guard.actor()))


@bp.get("/audit/acts")
@permit("look.read")
def house_acts():
    """What was done in the house, newest first; reading it stands in the log of who looked."""
    guard.log_access("log_read", "", request.args.get("who", "").strip())
    return listings.show("audit/acts.html", ("who", "period"), acts.read, acts.listing,
                         people=queries.accounts(guard.actor()))
