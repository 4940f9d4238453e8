"""The kept counts of open cases: always what the cases say, on either database, and what a desk counts by them."""
from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from mediation.extensions import db
from mediation.models import Case, OpenTally, User
from mediation.queries.cases import search
from mediation.queries.desk import first_page, oversight, tallies, work_lists
from mediation.queries.house import checks
from mediation.rules.cases import workflow
from mediation.services.desk import tallies as keeping
from tests import docket, house

READERS = ("mediator", "lead", "supervisor", "auditor")


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def cases(mediator, number: int, seed: int, hands: tuple[str, ...] = ("mediator", "colleague", "lead")) -> list[Case]:
    """Cases in any state, hand, and with any days; some restricted, voided, late entries."""
    chance, made = random.Random(seed), []
    ids = [house.get_user(name).id for name in hands] + [None]
    for n in range(number):
        case = docket.open_case(chance.choice(("mediator", "colleague", "window")), worker=f"工人{n}")
        case.state = chance.choice(sorted(workflow.LIVE))
        case.outcome = "AGREED" if case.state == "PERFORMING" else chance.choice(("", "", "", "FAILED"))
        case.handler_id = chance.choice(ids)
        case.next_due_on = chance.choice((None, *(mediator.today + timedelta(days) for days in (
            -400, -91, -90, -31, -30, -8, -7, -1, 0, 1, 3, 4, 7, 8, 15, 16, 200))))
        case.touched_at = mediator.now - timedelta(days=chance.choice((0, 5, 13, 14, 15, 80)), hours=chance.choice(
            (-1, 0, 1, 9)))
        case.is_sealed, case.is_late_entry = chance.random() < 0.1, chance.random() < 0.1
        made.append(case)
    db.session.flush()
    return made


def test_the_database_keeps_what_the_cases_say(mediator):
    made = cases(mediator, 40, 1)
    assert tallies.wrong() == {} and tallies.expected()
    for n, case in enumerate(made):
        case.next_due_on, case.handler_id = (None, None) if n % 3 else (mediator.today, mediator.user_id)
        case.is_open, case.is_sealed = int(n % 5 > 0), n % 7 == 0
        case.voided_on = mediator.today if n % 11 == 0 else None
    db.session.flush()
    assert tallies.wrong() == {}
    db.session.connection().execute(update(Case.__table__).values(touched_at=mediator.now - timedelta(20)))
    assert tallies.wrong() == {}
    db.session.connection().execute(update(Case.__table__).values(is_open=0))
    assert tallies.expected() == {} == tallies.wrong()


@pytest.mark.parametrize("seed", range(4))
def test_every_count_is_that_of_its_list(mediator, seed):
    cases(mediator, 60, seed, ("mediator", "colleague", "lead", "mediator2"))
    house.get_user("colleague").is_active = False
    db.session.flush()
    for name in READERS:
        actor = house.actor(name)
        for work in first_page.build(actor).work:
            page = search.page(search.read(work.section.values, "", actor), actor)
            assert page.count == work.count, (name, work.section.key)
            if work.section.is_listed:
                assert [row.id for row in work.rows] == [row.id for row in page.rows][:first_page.SHOWN], (
                    name, work.section.key)


@pytest.mark.parametrize("seed", range(2))
def test_every_cell_of_the_loads_is_that_of_its_list(mediator, seed):

    cases(mediator, 60, seed + 10)
    for name in ("lead", "supervisor"):
        actor = house.actor(name)
        lines = oversight.workload(actor) if name == "lead" else [
            *oversight.build(actor, ()).sites, *oversight.build(actor, ()).mediators]
        for line in lines:
            for cell in line.counts:
                values = dict(part.split("=") for part in cell.href.partition("?")[2].split("&"))
                assert search.page(search.read(values, "", actor), actor).count == cell.count, (name, cell)


def test_a_changed_count_is_found_and_made_anew(mediator):
    cases(mediator, 10, 3)
    row = db.session.query(OpenTally).first()
    kept = row.cases
    db.session.connection().execute(update(OpenTally.__table__).values(cases=OpenTally.cases + 1))
    assert [fault for fault in checks.run() if "工作台的数" in fault.zh]
    keeping.keep_all()
    assert tallies.wrong() == {} and db.session.query(OpenTally.cases).first()[0] == kept
    db.session.connection().execute(delete(OpenTally.__table__))
    assert tallies.wrong()


def test_who_left_is_told_apart_by_the_account(mediator):
    cases(mediator, 30, 5)
    above = house.actor("supervisor")
    before = first_page.build(above).get("stuck").count
    db.session.query(User).filter(User.username == "colleague").update({"is_active": False})
    held = db.session.query(Case).filter(
        Case.handler_id == house.get_user("colleague").id, Case.is_sealed.is_(False), Case.is_late_entry.is_(False),
        Case.next_due_on.is_not(None)).count()
    assert first_page.build(above).get("stuck").count == before + held > before
    assert work_lists.UNTOUCHED_DAYS == 14  # as the triggers have it
