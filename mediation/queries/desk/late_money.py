"""Late money of a desk, added up by the database."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, cast, func, select

from mediation.models import Case
from mediation.queries import door
from mediation.queries.cases import search
from mediation.queries.desk import sweep, work_lists
from mediation.queries.money import balances
from mediation.queries.prepared import Prepared, stand_in
from mediation.rules.access import Actor
from mediation.rules.money.currencies import Purse, purse

LATE_MONEY = {"late": "any"}


class LateSum(NamedTuple):
    """The late money of the cases of a station in one hand whose oldest unpaid instalment fell due within a band; of
    one case alone where it is shown."""

    station_id: int
    handler_id: int | None
    band: str
    case_id: int | None
    overdue_fen: int
    currency: str = ""  # named where the cases beside it are not all in one


def total(some: Iterable[LateSum]) -> int | Purse:
    """What is late in all of these; where they are in several currencies, in each."""
    some = list(some)
    if any(one.currency for one in some):
        return purse((one.currency, one.overdue_fen) for one in some)
    return sum(one.overdue_fen for one in some)


def own(role: str) -> Mapping[str, str]:
    """At a counter late money is that of one's own cases."""
    return {"handler": "me"} if role in sweep.AT_COUNTERS else {}


def sums(actor: Actor, shown: Iterable[int] = (), is_own_site: bool = False) -> list[LateSum]:
    """All late money, added up by station, hand and age: of the cases of one's own site; or at a counter of one's own
    cases, for all others of all they see. Cases that are shown stand alone."""
    union = search.union_of(actor)
    place = {} if union is None else {"union": union}
    found = [LateSum(*row) for row in _statement(actor.role, union is not None, is_own_site).run(
        actor, ids=sorted(shown), **place)]
    if union is not None or not found:
        return found
    used = door.currencies_at({one.station_id for one in found}, actor.station_path)
    return [one._replace(currency=used[one.station_id]) for one in found] if used else found


@cache
def _statement(role: str, is_one_union: bool, is_own_site: bool) -> Prepared:
    actor, union = stand_in(role), search.UNION if is_one_union else None
    if is_own_site:
        rows = and_(door.filter_for(actor), work_lists.late_money(actor.today), Case.station_id == actor.station_id)
    else:
        rows = search.rows_of(search.Filter({"state": "open", **LATE_MONEY, **own(role)}), actor, union=union)
    each, row = balances.overdue_of(actor.today, rows), Case.__table__.c
    band = case(*((row.next_due_on >= actor.today - timedelta(last), code)
                  for code, (_first, last) in work_lists.BANDS.items() if last), else_=list(work_lists.BANDS)[-1])
    alone = case((row.id.in_(bindparam("ids", expanding=True)), row.id))
    groups = select(row.station_id, row.handler_id, band.label("band"), alone.label("alone"), each.c.overdue).join(
        each, each.c.case_id == row.id).subquery().c
    by = (groups.station_id, groups.handler_id, groups.band, groups.alone)
    return Prepared(select(*by, cast(func.sum(groups.overdue), BigInteger)).group_by(*by))
