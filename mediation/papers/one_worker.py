"""The papers of one worker out of a group: the same case seen as that worker's own, with the own part of the sum."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mediation.models import Party
from mediation.papers.sheet import Sheet, Sight, person_of
from mediation.papers.view import View, called, capital, figure
from mediation.rules.people import kin

NO_PLACE: Mapping[int, int] = MappingProxyType({})
Served = Sequence[tuple[str, str]]  # title and number of each paper that is served with one proof


def sheet_of(whole: Sheet, party: Party, sight: Sight, number: str, served: Served = ()) -> Sheet:
    """A group's paper as one worker's: named alone, with the own claims and the own part of every instalment.

    ``number`` is the paper's own. What the rows do not divide among the workers stays a line to write on.
    """
    heirs = kin.kin_of(party, party.case.parties) if kin.is_dead(party) else []
    names = "、".join(called(one) for one in heirs) if heirs else called(party)
    claims = tuple(one for one in whole.claims if _is_of(one, party))
    fen = [one._row.amount_fen for one in claims if one._row.amount_fen is not None]
    return Sheet(whole._row, **whole._given | {
        "paper_number": number, "is_group": False, "people": f"{max(len(heirs), 1)}人", "title": names, "asking": names,
        "applicants": tuple(person_of(one, sight) for one in heirs or [party]), "representatives": (),
        "deaths": (kin.death(party, heirs),) if heirs else (), "receiver": names,
        "claims": claims or (View(),), "claimed": figure(sum(fen)) if fen else "",
        "claimed_capital": capital(sum(fen)) if sum(fen) > 0 else "",
        "deal": _deal(whole.deal, party), "list_served": lambda: list(served)})


def _is_of(view: View, party: Party) -> bool:
    return view._row is not None and view._row.party_id == party.id


def _deal(deal: View, party: Party) -> View:
    """The worker's part of an agreement; as it is where nothing is agreed yet."""
    if deal._row is None:
        return View(items=tuple(one for one in deal.items if one.name == called(party)) or (View(),), steps=deal.steps)
    items = tuple(one for one in deal.items if _is_of(one, party))
    total = sum({id(one._row): one._row.amount_fen for one in items}.values())
    steps = _steps(deal.steps, party) if any(step.shares for step in deal.steps) else _undivided(deal.steps, total)
    place = {step._row.id: step.seq for step in steps}
    plans = [(plan, own) for plan in deal.plans if (own := _steps(plan.steps, party, place))]
    return View(deal._row, **deal._given | {
        "total_fen": figure(total) if total else "", "capital": capital(total) if total else "", "items": items,
        "steps": steps, "unnamed": 0,
        "plans": tuple(View(**plan._given | {"number": n, "steps": own, "names": called(party), "fen": _sum(own)})
                       for n, (plan, own) in enumerate(plans, 1))})


def _steps(steps: Sequence[View], party: Party, place: Mapping[int, int] = NO_PLACE) -> tuple[View, ...]:
    """The instalments in which the worker has a part, with that part for their sum, counted among themselves."""
    found: list[View] = []
    for step in steps:
        own = tuple(one for one in step.shares if _is_of(one, party))
        if own:
            fen = sum({id(one._row): one._row.amount_fen for one in own}.values())
            found.append(View(step._row, **step._given | {
                "seq": place.get(step._row.id, len(found) + 1), "shares": own, "amount_fen": figure(fen),
                "capital": capital(fen), "fen": fen}))
    return tuple(found)


def _undivided(steps: Sequence[View], total: int) -> tuple[View, ...]:
    """Instalments that the rows divide among nobody: one is the worker's whole sum, of several the parts are open."""
    fen = {"amount_fen": figure(total), "capital": capital(total)} if len(steps) == 1 else {
        "amount_fen": "", "capital": ""}
    return tuple(View(step._row, **step._given | fen) for step in steps)


def _sum(steps: Sequence[View]) -> str:
    return figure(sum(step._given["fen"] for step in steps))
