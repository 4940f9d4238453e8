"""The lists of what is only kept: as an address asks for them, with totals over the whole and one page of rows."""
from __future__ import annotations

from flask import request

from mediation.queries import records as queries
from mediation.rules.reading import read_key
from mediation.views import guard


def listed(model: type) -> dict[str, object]:
    """A list as its address asks for it: filters, totals over all of it, one page of rows."""
    wanted = queries.read(model, request.args)
    before = read_key(request.args.get("before"))
    rows, last = queries.page(model, guard.actor(), before, *wanted.rows)
    return {"rows": rows, "last": last, "is_first": before is None, "wanted": wanted,
            "choices": queries.listing(model).filters, "totals": queries.totals(model, guard.actor(), wanted)}
