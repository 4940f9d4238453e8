"""Statements that are kept serve any scope of their shape: they count what statements made for the scope would."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mediation.queries.figures import durations, kept, measures, reckoning, row_sets, scopes
from mediation.rules.figures import catalogue as rules
from tests import house
from tests.ledgers import agreed_case, pay

SCOPES = (("", "", {}), ("2026", "", {}), ("2026-06", "", {}), ("2026-06-11..2026-06-20", "", {}), ("..2026-06-12", "", {}),
          ("2026", "practice", {}), ("2026", "window", {}), ("2026", "", {"channel": "A"}), ("2026", "", {"channel": "B"}),
          ("2026", "", {"sector": "none"}), ("2026-06", "practice", {"at": "own", "kind": "wages"}))
A = {"channel": "A"}  # by channel nothing is kept, so that all of it is counted
GROUPED = sorted({name for key in reckoning.GROUPED for name in rules.FIGURES[key].parts})


@pytest.fixture
def county(inside):
    """Cases of three days, of one union and of another, with money that came late, early or not at all."""
    mediator = house.actor("mediator")
    for on, fen in ((date(2026, 5, 20), 100000), (date(2026, 6, 10), 300000), (date(2026, 6, 15), 70000)):
        case = agreed_case(mediator, [fen, fen], on + timedelta(20), on=on)
        pay(case, mediator, fen // 2, on=on + timedelta(25))
    return mediator


def all_of(asked):
    """Every row set that SQL counts, some by groups, and the days of some."""
    whole = measures.totals(asked, tuple(row_sets.ROW_SETS))
    groups = [measures.grouped(asked, GROUPED, by) for by in ("station", "sector", "month")]
    return whole, groups, durations.spread("open_running", asked, is_working=True)


@pytest.mark.parametrize(("role", "cut_off"), [("supervisor", None), ("auditor", date(2026, 6, 30))])
def test_a_kept_statement_counts_as_one_made_anew(county, role, cut_off):
    actor, seen = house.actor(role), set()
    for period, station, filters in SCOPES:
        asked = scopes.read(actor, period, station if role != "auditor" else "", cut_off, filters)
        found = all_of(asked)
        assert found == all_of(replace(asked, is_read=False, kept={})), (period, station, filters)
        seen.add(repr(found))
    assert len(seen) > 3, "the scopes differ"


def test_statements_are_made_once_for_each_shape(county):
    kept._made.cache_clear()
    for period in ("2026-05", "2026-06", "2026"):
        measures.totals(scopes.read(county, period, filters=A), ("cohort_agreements", "late_1-7"))
    assert kept._made.cache_info().misses == 1
    measures.totals(scopes.read(county, "2026", "", date(2026, 6, 30), A), ("cohort_agreements", "late_1-7"))
    assert kept._made.cache_info().misses == 2, "seen from an earlier day, money is reckoned otherwise"
