"""The desk: what stands in which section, what a count opens, how many queries it costs."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from mediation.extensions import db
from mediation.models import Case, Commission, Draft, Hearing, User, Visit
from mediation.queries import door
from mediation.queries.cases import search
from mediation.queries.desk import first_page, oversight, supervision, work_lists
from mediation.queries.money import balances, case_money
from mediation.services.house import accounts
from tests import casework, docket, house
from tests.ledgers import agreed_case, days, pay

READERS = ("mediator", "lead", "supervisor", "liaison", "auditor")


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def titles(actor, key: str) -> list[str]:
    return [row.title for row in first_page.build(actor).get(key).rows]


def count(actor, key: str) -> int:
    return first_page.build(actor).get(key).count


def opened(section, actor) -> int:
    """How many cases the list shows behind a count."""
    return search.page(search.read(section.values, "", actor), actor).count


def queries(work) -> int:
    """How many statements a piece of work sends."""
    sent = []

    def listener(*seen) -> None:
        sent.append(seen[2])

    event.listen(Engine, "before_cursor_execute", listener)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", listener)
    return len(sent)


def mixed(mediator, number: int) -> None:
    """Cases in every kind of trouble."""
    for n in range(number):
        case = docket.open_case(worker=f"工人{n}")
        case.next_due_on = mediator.today + timedelta(n % 9 - 4)
        if n % 3 == 0:
            case.state, case.next_due_rule = "PERFORMING", "P1"
        if n % 4 == 0:
            case.handler_id, case.state = None, "REGISTERED"
        casework.step(case, "log_contact", mediator, reached=False, next_step="再打", next_on=mediator.today)
        case.next_due_on = mediator.today + timedelta(n % 9 - 4)
    db.session.flush()


def whole(actor) -> None:
    """Everything that the page of a role asks for."""
    found = first_page.work_of(actor) if actor.role == "liaison" else first_page.build(actor)
    if actor.role == "supervisor":
        oversight.build(actor, found.late_sums)
        supervision.unanswered(actor, "supervise", first_page.SHOWN)
    if actor.role == "lead":
        oversight.workload(actor)
    if actor.role == "liaison":
        search.parts_seen([row for work in found for row in work.rows], actor)
        first_page.replies(actor)
    if actor.role == "auditor":
        oversight.changes(actor)


def test_the_number_of_queries_does_not_grow(mediator):
    people = {name: house.actor(name) for name in READERS}
    mixed(mediator, 10)
    db.session.expire_all()
    few = {name: queries(lambda a=actor: whole(a)) for name, actor in people.items()}
    mixed(mediator, 90)
    db.session.expunge_all()
    many = {name: queries(lambda a=actor: whole(a)) for name, actor in people.items()}
    assert many == few
    assert max(many.values()) <= 29, many


@pytest.mark.parametrize("name", READERS)
def test_every_count_opens_its_rows(mediator, name):
    mixed(mediator, 18)
    actor = house.actor(name)
    for work in first_page.work_of(actor):
        assert opened(work.section, actor) == work.count, work.section.key
        assert len(work.rows) == (min(work.count, first_page.SHOWN) if work.section.is_listed else 0)


def test_loads_open_their_rows(mediator):
    mixed(mediator, 18)
    for name in ("supervisor", "lead"):
        actor = house.actor(name)
        lines = oversight.workload(actor) if name == "lead" else [
            line for part in (oversight.build(actor, ()).sites, oversight.build(actor, ()).mediators) for line in part]
        for line in lines:
            for cell in line.counts:
                values = dict(part.split("=") for part in cell.href.partition("?")[2].split("&"))
                assert search.page(search.read(values, "", actor), actor).count == cell.count, cell


def test_my_turn_holds_what_i_have_to_do(mediator):
    mine = docket.open_case(worker="我的")
    begun = docket.open_case(worker="我登记的", state="REGISTERED")
    begun.handler_id = None
    other = docket.open_case("colleague", worker="同事的")
    waits = docket.open_case(worker="等钱的", state="PERFORMING")
    waits.next_due_on, waits.next_due_rule = days(mediator, 30), "P1"
    given = docket.open_case(worker="交给我的", state="ASSIGNED")
    db.session.flush()
    assert sorted(titles(mediator, "my_turn")) == sorted([mine.title, begun.title])
    assert titles(mediator, "to_take") == [given.title]
    assert other.title not in titles(mediator, "unassigned")


def test_nobodys_cases_lie_at_their_site(mediator):
    free = docket.open_case("colleague", worker="没人办", state="REGISTERED")
    far = docket.open_case("window", worker="窗口的", state="REGISTERED")
    free.handler_id = far.handler_id = None
    db.session.flush()
    assert titles(mediator, "unassigned") == [free.title]
    assert count(house.actor("supervisor"), "unassigned") == 2


def test_procedure_is_overdue_and_money_is_late(mediator):
    over = docket.open_case(worker="超期的")
    over.next_due_on = days(mediator, -1)
    soon = docket.open_case(worker="快到的")
    soon.next_due_on = days(mediator, 3)
    agreed = agreed_case(mediator, [1200000], days(mediator, -10))
    db.session.flush()
    assert titles(mediator, "overdue") == [over.title]
    assert titles(mediator, "due_soon") == [soon.title]
    found = first_page.build(mediator)
    assert [row.id for row in found.get("late_money").rows] == [agreed.id] and found.late_fen == 1200000
    pay(agreed, mediator, 1200000)
    assert first_page.build(mediator).late_fen == 0 and count(mediator, "late_money") == 0


def test_late_money_stands_in_bands_of_its_age(mediator):
    for age in (1, 7, 8, 30, 31, 90, 91, 400):
        agreed_case(mediator, [100000], days(mediator, -age))
    agreed_case(mediator, [100000], mediator.today)
    above = house.actor("supervisor")
    late = first_page.build(above).late_sums
    assert [(b.cases.count, b.sum_fen) for b in oversight.build(above, late).bands] == [(2, 200000)] * 4
    for band in oversight.build(above, late).bands:
        code = band.cases.href.split("=")[1]
        assert search.page(search.read({"late": code}, "", above), above).count == 2


def test_calls_stand_until_somebody_calls(mediator):
    case = docket.open_case()
    boss = casework.respondent(case)
    casework.step(case, "log_contact", mediator, party=boss.id, reached=False, next_step="再打给老板",
                  next_on=mediator.today)
    [call] = first_page.calls(mediator)
    assert (call.who, call.what, call.last_on) == (boss.name, "再打给老板", mediator.today)
    worker = next(p for p in case.parties if p.side == "applicant")
    casework.step(case, "log_contact", mediator, party=worker.id, next_step="问账号", next_on=mediator.today)
    assert [c.phone for c in first_page.calls(mediator) if c.who == worker.name] == ["13847862213"]
    assert first_page.calls(house.actor("colleague")) == []
    casework.step(case, "log_contact", mediator, party=worker.id, next_step="", next_on=None)
    assert worker.name not in [c.who for c in first_page.calls(mediator)]


def test_visits_and_sessions_of_today(mediator):
    case = docket.open_case()
    db.session.add(Visit(case_id=case.id, visited_on=days(mediator, -9), way="phone", next_on=mediator.today,
                         made_by_id=mediator.user_id))
    db.session.add(Hearing(case_id=case.id, seq=1, held_on=days(mediator, -3), present=[], next_on=mediator.today,
                           next_time="15:00", made_by_id=mediator.user_id))
    casework.rest(case, mediator)
    assert [c.is_visit for c in first_page.calls(mediator)] == [True]
    assert [h.next_time for h in first_page.sessions_today(mediator)] == ["15:00"]
    assert first_page.sessions_today(house.actor("window")) == []
    db.session.add(Hearing(case_id=case.id, seq=2, held_on=mediator.today, present=[], made_by_id=mediator.user_id))
    db.session.flush()
    assert first_page.sessions_today(mediator) == []


def test_drafts_are_ones_own(mediator):
    row = Draft(account_id=mediator.user_id, place="intake:x", saved_at=mediator.now)
    row.body = "[]"
    db.session.add(row)
    db.session.flush()
    assert [kept.uid for kept in first_page.drafts(mediator)] == [row.uid] and first_page.drafts(house.actor("colleague")) == []


def test_untouched_and_stuck(mediator):
    above = house.actor("supervisor")
    old = docket.open_case(worker="放着的")
    old.touched_at = mediator.now - timedelta(work_lists.UNTOUCHED_DAYS + 1)
    stuck = docket.open_case(worker="没期限的")
    stuck.next_due_on = None
    planned = docket.open_case(worker="约好的")
    casework.step(planned, "log_contact", mediator, next_on=days(mediator, 2))
    planned.next_due_on = None
    db.session.flush()
    assert titles(above, "untouched") == [old.title]
    assert titles(above, "stuck") == [stuck.title]


def test_a_case_without_an_owner_who_works_is_stuck(mediator):
    above, stranger = house.actor("supervisor"), house.get_user("mediator2")
    rows = {}
    for n, name in enumerate(("closed", "moved", "other", "fine", "unowned", "free")):
        rows[name] = docket.open_case("colleague" if n < 3 else "mediator", worker=name)
        rows[name].next_due_on = days(mediator, 20)
    rows["closed"].handler_id = house.get_user("window").id
    rows["moved"].handler_id = stranger.id  # works for another union now
    house.get_user("window").is_active = False
    house.get_user("colleague").role = "auditor"
    rows["unowned"].handler_id, rows["unowned"].outcome, rows["unowned"].state = None, "FAILED", "MEDIATING"
    rows["free"].handler_id, rows["free"].state = None, "ACCEPTED"  # waits to be assigned: that is another list
    db.session.flush()
    stuck = {row.title for row in search.page(search.read({"task": "stuck"}, "", above), above).rows}
    left = {row.title for row in search.page(search.read({"task": "left"}, "", above), above).rows}
    assert left == {"closed", "moved", "other"} and stuck == left | {"unowned"}


def test_waiting_is_for_the_other_side_or_a_body(mediator):
    asked = docket.open_case(worker="问对方", state="CONSENT_PENDING")
    helped = docket.open_case(worker="请协办")
    docket.open_case(worker="谁也不等")
    liaison = house.actor("liaison")
    db.session.add(Commission(case_id=helped.id, agency_id=liaison.agency_id, kind="task", direction="out",
                              purpose="查流水", state="open", shared_parts=["summary"], reply_due_on=mediator.today))
    db.session.flush()
    assert count(mediator, "waiting") == 2 and asked.handler_id == mediator.user_id
    work = {w.section.key: w for w in first_page.work_of(liaison)}
    assert (work["shared"].count, work["our_reply"].count) == (1, 1)
    assert [row.purpose for row in first_page.replies(liaison)] == ["查流水"]


def test_the_wall_holds_for_every_count(mediator):
    stranger = house.actor("mediator2")
    before = {name: [(w.section.key, w.count) for w in first_page.work_of(house.actor(name))] for name in READERS[:4]}
    overview = oversight.build(house.actor("supervisor"), ())
    mixed_foreign = [agreed_case(stranger, [100000], days(stranger, -9)) for _ in range(3)]
    docket.open_case("mediator2").next_due_on = days(stranger, -2)
    db.session.flush()
    assert before == {name: [(w.section.key, w.count) for w in first_page.work_of(house.actor(name))] for name in READERS[:4]}
    assert oversight.build(house.actor("supervisor"), ()) == overview
    assert first_page.build(house.actor("supervisor2")).late_fen == 100000 * len(mixed_foreign)


def test_a_sealed_case_is_on_its_named_peoples_desks_only(mediator):
    case = docket.open_case(worker="限定的")
    case.is_sealed, case.next_due_on = True, days(mediator, -1)
    db.session.flush()
    assert count(mediator, "overdue") == 1
    assert count(house.actor("supervisor"), "overdue") == count(house.actor("lead"), "overdue") == 0


def test_balances_agree_with_the_position_of_each_case(mediator):
    made = [agreed_case(mediator, [500000, 700000], days(mediator, -age)) for age in (-5, 1, 40)]
    pay(made[1], mediator, 300000)
    pay(made[2], mediator, 1200000, payer_kind="fund", payer_name="应急金")
    pay(made[0], mediator, 100000, proof="said")
    pay(made[2], mediator, 100000, way="goods")
    found = balances.of_cases(mediator.today, door.filter_for(mediator))
    for case in made:
        position = case_money.position(case, mediator.today)
        assert (found[case.id].agreed_fen, found[case.id].outstanding_fen, found[case.id].overdue_fen) == (
            position.agreed_fen, position.outstanding_fen, position.overdue_fen)
        assert case_money.position(case, mediator.today, case_money.books([row.id for row in made])) == position


def test_last_week_counts_and_opens(mediator):
    above = house.actor("supervisor")
    agreed = agreed_case(mediator, [500000], days(mediator, 5))
    pay(agreed, mediator, 200000)
    old = casework.make_case(mediator, on=days(mediator, -30))
    since = oversight.build(above, ()).since
    for n, age in enumerate(((mediator.today - since).days, (mediator.today - since).days + 1)):
        over = docket.open_case(worker=f"超{n}")
        over.received_on, over.next_due_on = old.received_on, days(mediator, -age)
        agreed_case(mediator, [100], days(mediator, -age))
    db.session.flush()
    changes = {c.label.zh: c for c in oversight.changes(above)}
    assert (changes["收到"].count, changes["化解"].count, changes["到账"].fen, changes["到账"].count) == (1, 1, 200000, 1)
    assert (changes["新超期"].count, changes["新逾期款"].count) == (1, 1)
    for change in changes.values():
        values = dict(part.split("=") for part in change.href.partition("?")[2].split("&"))
        assert search.page(search.read(values, "", above), above).count == change.count, change.label
    assert old.received_on < oversight.build(above, ()).since


def test_clock_names_are_words(mediator):
    case = docket.open_case()
    for rule, name in (("L1", "决定是否受理"), ("M-A", "调解期限"), ("P2", "第2期到账"), ("", "")):
        case.next_due_rule = rule
        assert work_lists.clock_name(case).zh == name
        assert bool(work_lists.clock_name(case).en) == bool(name)


def test_accounts_to_confirm(inside):
    accounts.create(house.actor("admin"), "newcomer", "新来的", "mediator", house.get_station("practice"))
    assert [row.username for row in oversight.unconfirmed()] == ["newcomer"]
    assert db.session.query(User).count() > 1


def test_the_days_list_names_nobody(mediator):
    over = docket.open_case(worker="金巴特尔", respondent="钱老板")
    over.next_due_on = days(mediator, -2)
    casework.step(over, "log_contact", mediator, next_on=mediator.today, next_step="打给金巴特尔")
    over.next_due_on = days(mediator, -2)
    agreed_case(mediator, [100000], days(mediator, -4))
    db.session.add(Hearing(case_id=over.id, seq=1, held_on=days(mediator, -3), present=[], next_on=mediator.today,
                           next_time="09:00", made_by_id=mediator.user_id))
    db.session.flush()
    lines = first_page.due_lines(house.actor("auditor"))
    assert len(lines) == 4
    assert "超2天" in "".join(lines) and "逾期4天  第1期到账  逾期合计1,000.00元  " in "".join(lines) and "09:00 调解" in lines[-1]
    assert all("金巴特尔" not in line and "钱老板" not in line for line in lines)


def test_the_command_prints_the_day(app):
    with app.app_context():
        docket.open_case().next_due_on = house.TODAY
        db.session.commit()
        db.session.remove()
    run = app.test_cli_runner().invoke
    assert "今天到期" in run(args=["due"]).output
    assert "超2天" in run(args=["due", "--on", "2026-11-20"]).output
    assert "没有到期" in run(args=["due", "--on", "2026-11-17"]).output
    assert run(args=["due", "--on", "x"]).exit_code != 0
    assert "1件" in run(args=["index"]).output
    with app.app_context():
        assert db.session.query(Case).count() == 1
