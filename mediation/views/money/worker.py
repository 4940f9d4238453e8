"""One worker's money on one page, to be printed and shown to the worker: claim, agreement, instalments, slips."""
from __future__ import annotations

from flask import Blueprint, abort, render_template

from mediation.models import Party
from mediation.queries.money import case_money
from mediation.queries.money import worker as queries
from mediation.rules.people import identity
from mediation.views import guard
from mediation.views.cases.case_frame import case_context
from mediation.views.guard import permit

bp = Blueprint("worker", __name__)


@bp.get("/cases/<number>/parties/<int:key>/money")
@permit("money.read")
def show(number: str, key: int) -> str:
    """The parts of it that a body sees are those that are shared with it."""
    case = guard.get_case(number, "money.read")
    values = case_context(case, "agreement")
    if not values["parts"] & {"agreement", "money"}:
        guard.note_refusal("money.read", number)
        abort(403)
    party = queries.find_worker(case, key, values["money"])
    if party is None:
        abort(404)
    guard.log_access("open", case.number, f"money:{key}")
    agreement = case_money.current_agreement(case)
    account = queries.account(case, party, values["money"], agreement)
    return render_template(
        "money/worker.html", **values, party=party, account_of=account, agreement=agreement,
        kinds=queries.KINDS, place=_place(values["money"], party),
        card=identity.mask_card(party.account) if party.account_sealed else "")


def _place(position: case_money.Position, party: Party) -> int:
    """The worker's place among those of the case: his name where names are not shared."""
    return next((n for n, line in enumerate(position.workers, 1) if line.party.id == party.id), 0)
