"""Untouched and stuck cases as of a day gone by: what the lists would have shown then, worked out by hand."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case
from mediation.queries.desk import work_lists
from mediation.queries.figures import as_of, figure_rows, reckoning, scopes
from mediation.services.house import accounts
from tests import casework, house
from tests.ledgers import agreed_case


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def value(actor, key: str, cut_off: date):
    return reckoning.indicators(actor, "", cut_off=cut_off, chosen=[key]).get(key)


def test_untouched_and_stuck_are_told_for_any_day(mediator):
    """Five cases of 1 October; what the lists would have shown on 31 October, and what they show today."""
    october, seen = date(2026, 10, 1), date(2026, 10, 31)

    def at(day: date, **values):
        return replace(mediator, today=day, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), **values)

    def case(*until: str):
        made = casework.make_case(at(october), on=october)
        for key in until:
            casework.step(made, key, at(october))
        return made

    running = ("ask_consent", "accept", "take_up")
    quiet = case(*running)                                           # written on 1 October only
    busy = case(*running)
    casework.step(busy, "log_contact", at(date(2026, 10, 20)), next_on=date(2026, 11, 30))
    paused = case(*running)                                          # its limit stands still, and nothing is planned
    casework.step(paused, "pause", at(date(2026, 10, 8)), happened_on=date(2026, 10, 8))
    shut = case(*running, "fail", "notify", "close")
    shut.closed_on = date(2026, 11, 5)                               # closed later: open on 31 October, nothing to come
    case().received_on = date(2026, 11, 2)                           # not there yet
    for row in (quiet, busy, paused, shut):
        casework.rest(row, at(date(2026, 11, 10)))                   # written again later: that is not October's business
    untouched = value(mediator, "untouched", seen)
    assert (untouched.numerator, untouched.denominator, untouched.value) == (3, 4, "75.00")
    asked = scopes.read(mediator, "", "", seen)
    assert {row.case_id for row in figure_rows.all_rows(asked, "untouched")} == {quiet.id, paused.id, shut.id}
    assert {row.case_id for row in figure_rows.all_rows(asked, "stuck")} == {paused.id, shut.id}
    # A cut-off before anything was entered shows nothing, and one inside the fortnight nobody untouched.
    before = date(2026, 9, 30)
    assert (value(mediator, "untouched", before).value, value(mediator, "stuck", before).value) == (None, 0)
    assert value(mediator, "untouched", date(2026, 10, 12)).value == "0.00"


def test_who_held_a_case_on_a_day_gone_by(mediator):
    """Handed to the window on 3 October, whose account was closed on 20 October; back in hand since 25 October."""
    def at(day: int):
        return replace(house.actor("supervisor"), today=date(2026, 10, day), now=datetime(2026, 10, day, 9, tzinfo=UTC))

    first = replace(mediator, today=date(2026, 10, 1), now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    case = casework.bring(casework.make_case(first, on=first.today), "MEDIATING", first)
    window = house.get_user("window")
    casework.step(case, "reassign", at(3), mediator=window.id, happened_on=date(2026, 10, 3))
    accounts.disable(window, "调走", at(20))
    casework.step(case, "reassign", at(25), mediator=mediator.user_id, happened_on=date(2026, 10, 25))
    found = {day: value(mediator, "stuck", date(2026, 10, day)).value for day in (2, 5, 19, 20, 24, 25)}
    assert found == {2: 0, 5: 0, 19: 0, 20: 1, 24: 1, 25: 0}


def test_money_not_yet_due_is_waited_for_on_a_day_gone_by(mediator):
    """Agreed on 1 October, 600 on 20 October and the rest on 1 December: quiet on 19 October, on 25 October it is late."""
    first = replace(mediator, today=date(2026, 10, 1), now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    agreed_case(first, [60000], date(2026, 10, 20), on=date(2026, 10, 1))
    assert [value(mediator, "untouched", date(2026, 10, day)).value for day in (19, 25)] == ["0.00", "100.00"]
    assert [value(mediator, "stuck", date(2026, 10, day)).value for day in (19, 25)] == [0, 0]


def test_today_put_together_again_is_what_the_lists_show(mediator):
    """Both ways of telling give the same cases for today: an undated late entry, a quiet one, one whose mediator left."""
    today = replace(mediator, today=house.TODAY, now=datetime(2026, 11, 18, 9, tzinfo=UTC))
    first = replace(mediator, today=date(2026, 10, 1), now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    late = casework.make_case(today, received_on=None, is_late_entry=True, state="PERFORMING", outcome="AGREED")
    quiet = casework.bring(casework.make_case(first, on=first.today), "MEDIATING", first)
    quiet.registered_at = first.now
    left = casework.bring(casework.make_case(first, on=first.today), "MEDIATING", first)
    casework.step(left, "reassign", house.actor("supervisor", now=today.now), mediator=house.get_user("window").id)
    accounts.disable(house.get_user("window"), "调走", today)
    asked = scopes.read(today)
    for name, now, then in (("stuck", work_lists.stuck(today.today), as_of.stuck(asked)),
                            ("untouched", work_lists.untouched(today), as_of.untouched(asked)),
                            ("open", work_lists.is_open(), as_of.was_open(today.today))):
        shown, again = (set(db.session.scalars(select(Case.id).where(asked.rows, rows))) for rows in (now, then))
        assert shown == again == {"stuck": {left.id}, "untouched": {quiet.id},
                                  "open": {late.id, quiet.id, left.id}}[name], name
