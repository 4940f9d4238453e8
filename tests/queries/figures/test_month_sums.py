"""Sums by station and month: whatever is done to cases they stay what the cases come to; a changed one is named."""
from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from mediation.extensions import db
from mediation.models import Agreement, Case, Instalment, MonthPart, MonthSum, Payment
from mediation.queries.figures import durations, measures, month_counts, month_sums, scopes
from mediation.queries.figures.row_sets import ROW_SETS
from mediation.queries.money import rests as rests_of_rows
from mediation.services.cases import merging, voiding
from mediation.services.figures import month_sums as service
from mediation.services.house import recomputed
from mediation.services.imports import taking
from mediation.services.money import rests
from tests import casework, house, imports
from tests.ledgers import agreed_case, pay

DAYS = (None, date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 10), date(2026, 11, 18))
VALUES = {"received_on": DAYS, "accepted_on": DAYS, "concluded_on": DAYS, "closed_on": DAYS,
          "outcome": ("", "AGREED", "SETTLED", "FAILED", "DUPLICATE", "NOT_ACCEPTED", "REFUSED_BY_PARTY"),
          "state": ("REGISTERED", "MEDIATING", "CLOSED"), "is_open": (0, 1), "is_late_entry": (False, True),
          "is_group": (False, True), "headcount": (1, 40), "claimed_fen": (None, 0, 123456789012), "voided_on": (None, DAYS[3]),
          "outstanding_fen": (None, 0, 500), "bound_fen": (0, 700), "unpaid_fen": (0, 700),
          "main_head": ("", "wages", "bonus")}
BESIDE = {Agreement: {"effective_on": DAYS, "superseded_on": (None, DAYS[3])},
          Instalment: {"due_on": DAYS},
          Payment: {"paid_on": DAYS, "proof": ("said", "receipt"), "direction": ("to_worker", "to_employer"),
                    "way": ("cash", "goods")}}


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def differing() -> list:
    db.session.flush()
    return list(month_counts.differing())


def test_what_people_do_is_added_as_they_do_it(mediator):
    """Registered, moved, paid and given back, merged, voided; an old register taken and undone."""
    casework.make_case(mediator)
    case = agreed_case(mediator, [100000], date(2026, 7, 1), on=date(2026, 6, 10))
    pay(case, mediator, 60000, on=date(2026, 6, 30))
    assert differing() == []
    pay(case, mediator, 20000, on=date(2026, 7, 3), direction="to_employer", reason="多付了")
    assert differing() == [] and list(rests_of_rows.differing()) == []
    for state in ("MEDIATING", "CLOSED"):
        casework.bring(casework.make_case(mediator, on=mediator.today), state, mediator)
    twin, other = casework.make_case(mediator), casework.make_case(mediator)
    merging.merge(twin, {"into": other.number, "reason": "同一件事", "happened_on": mediator.today,
                         "confirmed": ["same_people"]}, mediator)
    assert differing() == []
    lead = house.actor("lead")
    batch = imports.stage(lead, *imports.GOOD)
    imports.take(batch, lead)
    asked = scopes.read(mediator, "2025")
    assert [one.number for one in month_sums.read(asked, ("accepted",), "")] == [1], "nobody knows the day of the other"
    assert differing() == []
    taking.undo(batch, "登记簿导错了年份", lead)
    list(taking.void(batch, lead))
    assert [one.number for one in month_sums.read(asked, ("accepted",), "")] == [0]
    assert differing() == []


@pytest.mark.parametrize("seed", range(3))
def test_any_change_of_any_column_is_added(mediator, seed):
    """Row by row and many at once, by whatever statement; what is rolled back was never added."""
    chance = Random(seed)
    for n in range(3):
        casework.make_case(mediator, on=mediator.today - timedelta(20 * n))
    case = agreed_case(mediator, [100000, 50000], date(2026, 7, 1), on=date(2026, 6, 10))
    pay(case, mediator, 60000, on=date(2026, 6, 30))
    pay(case, mediator, 20000, on=date(2026, 7, 3), direction="to_employer", reason="多付了")
    ids = list(db.session.scalars(select(Case.id)))
    sites = [house.get_station(code).id for code in ("practice", "window")]
    columns = {**VALUES, "station_id": sites, "accepted_station_id": [None, *sites]}
    for _n in range(12):
        some = chance.sample(ids, chance.randint(1, len(ids)))
        names = chance.sample(sorted(columns), 3)
        change = update(Case.__table__).where(Case.id.in_(some)).values({name: chance.choice(columns[name]) for name in names})
        with suppress(ZeroDivisionError), db.session.begin_nested():
            db.session.execute(change)
            if chance.random() < 0.3:
                raise ZeroDivisionError
        assert differing() == []
        model = chance.choice((Agreement, Instalment, Payment))
        name = chance.choice(sorted(BESIDE[model]))
        db.session.execute(update(model.__table__).values({name: chance.choice(BESIDE[model][name])}))
        rests.keep_all()
        assert differing() == [] and list(rests_of_rows.differing()) == []
    assert db.session.scalar(select(MonthSum.month).limit(1)) is not None


def test_a_case_that_is_added_or_taken_away_by_itself_is_counted(mediator):
    """As the filling and the copying of a database do it."""
    case = casework.make_case(mediator)
    row = dict(db.session.execute(select(Case.__table__).where(Case.id == case.id)).mappings().one())
    db.session.execute(insert(Case.__table__), [{**row, "id": 900001, "number": "x-1"}, {**row, "id": 900002, "number": "x-2"}])
    asked = scopes.read(mediator, "2026-11")
    assert [one.number for one in month_sums.read(asked, ("registered",), "station")] == [3]
    db.session.execute(delete(Case.__table__).where(Case.id == 900001))
    assert [one.number for one in month_sums.read(asked, ("registered",), "month")] == [2]
    assert differing() == []


def test_a_changed_sum_is_named_and_made_anew(mediator):
    casework.bring(casework.make_case(mediator, on=date(2026, 11, 2)), "CLOSED", mediator)
    month = f"month_sum {mediator.union_id} practice 2026-11"
    db.session.execute(update(MonthSum).values(won=MonthSum.won + 3))
    found = [fault for fault in recomputed.faults(mediator.today) if "won" in fault.place]
    assert [(fault.place, fault.en) for fault in found] == [
        ("month_sum 0 all 2026-11 won", "the kept sum is 3, the cases come to 0; run index"),
        (f"{month} won", "the kept sum is 3, the cases come to 0; run index")]
    db.session.execute(delete(MonthSum))
    assert {fault.place for fault in recomputed.faults(mediator.today)} >= {
        f"{month} registered", f"{month} closed"}
    service.rebuild()
    assert differing() == []
    assert recomputed.faults(mediator.today) == []


def test_parts_of_several_connections_become_one(mediator):
    """Each connection of PostgreSQL adds to rows of its own; SQLite has none of them."""
    casework.make_case(mediator)
    before = month_counts.counted()
    service.fold()
    assert set(db.session.scalars(select(MonthSum.writer))) == {0}
    assert month_counts.counted() == before and differing() == []
    casework.make_case(mediator)
    service.fold()
    assert set(db.session.scalars(select(MonthSum.writer))) == {0} and differing() == []


def test_a_voided_case_leaves_every_sum(mediator):
    lead = house.actor("lead")
    batch = imports.stage(lead, imports.GOOD[0])
    imports.take(batch, lead)
    case = db.session.scalars(select(Case)).one()
    assert all(month_counts.counted().values())
    voiding.void(case, "登记簿导错了年份", lead, batch=batch.id)
    db.session.flush()
    assert not any(month_counts.counted().values()) and differing() == []


def test_figures_of_whole_months_are_those_of_the_cases(mediator):
    """The sums and the rows behind them agree, by place and by month, of one union and of all."""
    for on in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30)):
        pay(agreed_case(mediator, [100000], on + timedelta(9), on=on), mediator, 50000, on=on + timedelta(10))
    assert differing() == []
    for role in ("supervisor", "auditor"):
        for period in ("", "2026", "2026-06", "2026Q2", "..2026-05-31", "2026-06-01.."):
            asked = scopes.read(house.actor(role), period)
            names = month_sums.known(asked, month_sums.KEPT, "")
            assert len(names) == len(month_sums.KEPT)
            for one in month_sums.read(asked, names, ""):
                rows = [row for row in db.session.execute(ROW_SETS[one.name].select(asked))]
                assert (one.number, one.total) == (len(rows), sum(row.n for row in rows)), (role, period, one.name)


PERIODS = ("", "2026", "2026-06", "2026Q2", "..2026-05-31", "2026-06-02..", "..2026-06-29", "2026-05-20..2026-07-10",
           "2026-06-02..2026-06-20", "2026-05-31..2026-06-30")


@pytest.mark.postgresql
def test_kept_and_counted_figures_are_the_same_for_any_days(mediator):
    """Of whole months and of odd days, by place, month and kind; how long it took, and how long it lasts."""
    for n, on in enumerate((date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 10), date(2026, 6, 30))):
        pay(agreed_case(mediator, [100000], on + timedelta(9), on=on), mediator, 50000, on=on + timedelta(10))
        casework.bring(casework.make_case(mediator, on=on), "CLOSED" if n % 2 else "MEDIATING", mediator)
    db.session.flush()
    names, seen = [*month_sums.KEPT, *month_sums.OPEN, *month_sums.LATE, month_sums.DUE], set()
    for role, station in (("supervisor", ""), ("supervisor", "practice"), ("auditor", "")):
        for period in PERIODS:
            asked = scopes.read(house.actor(role), period, station)
            found, counted = (_figures(one, names) for one in (asked, replace(asked, is_read=False, kept={})))
            assert found == counted, (role, station, period)
            seen.add(str(found))
    assert len(seen) > 4, "the scopes differ"


def _figures(asked, names):
    sums = [measures.totals(asked, names), *(measures.grouped(asked, names, by) for by in ("station", "month"))]
    return [*sums, measures.grouped(asked, ["accepted"], "kind"),
            *(dict(durations.spread(name, asked, False)) for name in ("open_running", "closed_dated"))]


@pytest.mark.postgresql(only=True)
def test_two_writers_of_one_month_do_not_wait_for_each_other(mediator):
    """Both change cases, claims and payments of one place and month before either commits."""
    cases = [agreed_case(mediator, [100000], date(2026, 7, 1), on=date(2026, 6, 10)) for _n in range(2)]
    for case in cases:
        pay(case, mediator, 60000, on=date(2026, 6, 30))
    ids = [case.id for case in cases]
    db.session.commit()
    with db.engine.connect() as one, db.engine.connect() as other:
        for connection, key in ((one, ids[0]), (other, ids[1])):
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            connection.execute(update(Case.__table__).where(Case.id == key).values(
                headcount=7, main_head="bonus", claimed_fen=5, outstanding_fen=3))
            connection.execute(update(Payment.__table__).where(Payment.case_id == key).values(amount_fen=70000))
        one.commit()
        other.commit()
    asked = scopes.read(house.actor("supervisor"), "2026-06")
    found = measures.totals(asked, ["accepted_workers", "claimed", "cohort_outstanding", "arrivals"])
    assert [one.total for one in found.values()] == [14, 10, 6, 140000]
    assert db.session.scalar(select(func.count(MonthSum.writer.distinct()))) > 1
    assert differing() == []
    service.fold()
    db.session.commit()
    assert differing() == []
    assert set(db.session.scalars(select(MonthSum.writer))) == {0}


def test_what_came_to_nothing_is_taken_away(mediator):
    case = casework.make_case(mediator)
    db.session.execute(update(Case.__table__).where(Case.id == case.id).values(voided_on=mediator.today))
    service.fold()
    assert db.session.scalars(select(MonthPart.cases)).all() == db.session.scalars(select(MonthSum.registered)).all() == []


@pytest.mark.parametrize(("period", "cut_off", "filters"), [
    ("2026-06-02..2026-06-20", None, {}), ("2026", date(2026, 6, 30), {}), ("2026", None, {"channel": "A"})])
def test_days_inside_a_month_and_what_is_seen_from_another_day_are_not_looked_up(mediator, period, cut_off, filters):
    asked = scopes.read(mediator, period, "", cut_off, filters)
    assert month_sums.known(asked, month_sums.KEPT, "") == ()
