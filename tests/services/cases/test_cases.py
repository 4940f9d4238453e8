"""Moves of a case: the table and nothing else, all problems at once, no fork and no lost update."""
from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Contact, Event, Interruption
from mediation.queries.cases import choices
from mediation.queries.desk import work_lists
from mediation.queries.house import digests
from mediation.queries.law import clocks
from mediation.queries.money import case_money
from mediation.rules.cases import workflow
from mediation.rules.cases.workflow import MOVES, STATES
from mediation.rules.language import Refused
from mediation.services import journal
from mediation.services.cases import effects, merging, moves
from tests import casework, house

pytestmark = pytest.mark.postgresql

# What may be done in each state, written down once more by hand; an outcome is named after the state.
EARLY = {"ask_consent", "accept", "decline", "refuse", "unreachable", "route", "log_contact", "withdraw", "refer", "merge"}
TABLE = {
    "REGISTERED": EARLY,
    "CONSENT_PENDING": EARLY,
    "ACCEPTED": {"take_up", "route", "assign", "log_contact", "withdraw", "refer", "merge"},
    "ASSIGNED": {"reassign", "take", "return", "recuse", "log_contact", "withdraw", "refer", "merge"},
    "MEDIATING": {"reassign", "recuse", "log_contact", "extend", "pause", "resume", "fail", "withdraw", "refer", "merge",
                  "stop_sham"},
    "MEDIATING FAILED": {"reassign", "log_contact", "notify", "refer_on", "visit", "close"},
    "PERFORMING": {"reassign", "log_contact", "refer_on", "enforce", "visit", "close"},
    "CLOSED": {"log_contact", "refer_on", "enforce", "visit", "reopen", "archive"},
    "ARCHIVED": set(),
}
# Open by the table and yet refused here, each for a reason of its own.
HELD_BACK = {
    "REGISTERED": {"accept", "refuse", "unreachable"}, "CONSENT_PENDING": {"refuse", "unreachable"},
    "MEDIATING": {"resume"}, "MEDIATING FAILED": {"close"}, "PERFORMING": {"close"},
}


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def case(mediator) -> Case:
    return casework.make_case(mediator)


def prepared(key: str, actor) -> Case:
    state = key.split()[0]
    case = casework.bring(casework.make_case(actor), state, actor)
    if " " in key:
        casework.step(case, "fail", actor)
    db.session.commit()
    return case


def answers(case: Case, key: str, actor) -> dict:
    given = casework.answers_for(case, key, actor)
    if key in ("assign", "reassign"):
        given["mediator"] = house.get_user("colleague").id
    if key == "merge":
        other = casework.make_case(actor)
        given["into"] = other.number
    if key == "decline":
        given["next_door"] = db.session.scalar(select(house.Agency.id).where(house.Agency.code == "hr"))
    if key == "extend":
        given["to_on"] = actor.today + timedelta(days=20)
    return given


@pytest.mark.parametrize("key", TABLE)
def test_only_the_moves_of_the_table_succeed(actor, key):
    lead = actor("lead")  # may make every move of the site
    number, version = (made := prepared(key, lead)).number, made.version
    succeeded = set()
    for move in (*effects.EFFECTS, "merge"):
        case = db.session.scalar(select(Case).where(Case.number == number))
        before = case.state
        try:
            if move == "merge":
                merging.merge(case, answers(case, move, lead), lead)
            else:
                moves.move(case, move, answers(case, move, lead), lead)
            assert case.state == (MOVES[move].target or before), move
            assert case.version == version + 1, move
            succeeded.add(move)
        except Refused as refusal:
            assert refusal.problems, move
        db.session.rollback()
    assert succeeded == TABLE[key] - HELD_BACK.get(key, set())
    assert db.session.scalar(select(Case.version).where(Case.number == number)) == version


def test_the_table_names_every_state():
    assert {key.split()[0] for key in TABLE} == set(STATES)


def test_what_the_state_does_not_admit_is_said_with_its_name(case, mediator):
    with pytest.raises(Refused) as refusal:
        moves.move(case, "take", {}, mediator)
    assert "已登记，待受理" in refusal.value.problems[0].text.zh
    assert "签收" in refusal.value.problems[0].text.zh


def test_all_problems_are_said_at_once(case, mediator):
    with pytest.raises(Refused) as refusal:
        moves.move(case, "accept", {"happened_on": mediator.today + timedelta(days=1)}, mediator)
    assert {p.field for p in refusal.value.problems} == {"ground", "happened_on", "wage_choice", ""}


def test_a_move_cannot_happen_before_the_request(case, mediator):
    with pytest.raises(Refused):
        moves.move(case, "ask_consent", {**answers(case, "ask_consent", mediator),
                                         "happened_on": mediator.today - timedelta(days=1)}, mediator)


def test_every_move_writes_one_event_and_the_journal_verifies(case, mediator):
    casework.bring(case, "ARCHIVED", mediator)
    kinds = list(db.session.scalars(select(Event.kind).where(Event.stream == journal.case_stream(case))
                                    .order_by(Event.seq)))
    assert kinds == ["registered", "consent_asked", "accepted", "taken_up", "failed", "notified", "closed", "archived"]
    assert case.version == len(kinds)
    db.session.commit()
    assert digests.verify() == []


def test_a_row_changed_behind_the_journal_is_found(case, mediator):
    casework.bring(case, "MEDIATING", mediator)
    case.narrative = "另一回事"
    db.session.commit()
    assert [f for f in digests.verify() if case.number in str(f)]


# Rights

@pytest.mark.parametrize("username", ["colleague", "window", "mediator2", "supervisor", "auditor", "liaison", "admin"])
def test_only_those_who_hold_the_case_work_it(case, actor, username):
    casework.bring(case, "MEDIATING", actor("mediator"))
    with pytest.raises(moves.Forbidden):
        moves.move(case, "fail", answers(case, "fail", actor("mediator")), actor(username))


def test_a_colleague_of_the_union_logs_a_contact_for_the_handler(case, actor):
    casework.bring(case, "MEDIATING", actor("mediator"))
    moves.move(case, "log_contact", answers(case, "log_contact", actor("mediator")), actor("window"))
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 2


def test_only_the_assigned_takes_or_returns(case, actor):
    lead = actor("lead")
    casework.bring(case, "ACCEPTED", lead)
    casework.step(case, "assign", lead, mediator=house.get_user("colleague").id)
    with pytest.raises(Refused):
        moves.move(case, "take", {"happened_on": lead.today}, lead)
    moves.move(case, "take", {"happened_on": lead.today}, actor("colleague"))
    assert (case.state, case.handler.username) == ("MEDIATING", "colleague")


# Two at once

def test_the_same_move_twice_is_refused(case, mediator):
    casework.bring(case, "ACCEPTED", mediator)
    moves.move(case, "take_up", {"happened_on": mediator.today}, mediator)
    with pytest.raises(Refused):
        moves.move(case, "take_up", {"happened_on": mediator.today}, mediator)


def test_a_stale_form_names_who_was_first(case, actor):
    mediator, seen = actor("mediator"), case.version
    casework.step(case, "ask_consent", mediator)
    with pytest.raises(moves.Conflict) as conflict:
        moves.move(case, "withdraw", answers(case, "withdraw", mediator), actor("colleague"), seen)
    assert (conflict.value.event.kind, conflict.value.event.actor.username) == ("consent_asked", "mediator")


def test_what_only_adds_a_row_is_never_stale(case, mediator):
    seen = case.version
    casework.step(case, "ask_consent", mediator)
    moves.move(case, "log_contact", answers(case, "log_contact", mediator), mediator, seen)
    assert case.version == seen + 2


def in_threads(app, number: str, key: str) -> list[object]:
    """Eight people press the same move at the same time; gives what each got."""
    def press(_n: int) -> object:
        with app.app_context():
            try:
                actor = house.actor("mediator")
                case = db.session.scalar(select(Case).where(Case.number == number))
                given = casework.answers_for(case, key, actor)
                event = moves.move(case, key, given, actor)
                db.session.commit()
                return event.seq
            except (Refused, moves.Conflict) as no:
                db.session.rollback()
                return no
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(press, range(8)))


def chain_of(number: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.stream == f"case:{number}").order_by(Event.seq)))


@pytest.fixture
def number(app) -> str:
    with app.app_context():
        case = casework.make_case(house.actor("mediator"))
        db.session.commit()
        return case.number


def test_eight_threads_on_one_case_neither_fork_nor_lose_a_line(app, number):
    """R51: chain cannot fork."""
    results = in_threads(app, number, "log_contact")
    assert sorted(r for r in results if isinstance(r, int)) == list(range(2, 10)), results
    with app.app_context():
        events = chain_of(number)
        assert [e.seq for e in events] == list(range(1, 10))
        assert [e.prev for e in events[1:]] == [e.hash for e in events[:-1]]
        assert db.session.scalar(select(func.count()).select_from(Contact)) == 8
        assert digests.verify() == []


def test_eight_threads_make_one_move_once(app, number):
    results = in_threads(app, number, "withdraw")
    assert [r for r in results if isinstance(r, int)] == [2]
    with app.app_context():
        assert [e.kind for e in chain_of(number)] == ["registered", "withdrawn"]
        assert digests.verify() == []


# Several moves in one press

def test_a_chain_makes_each_move_with_its_own_event(case, mediator):
    keys = ("ask_consent", "accept", "take_up")
    given = {key: answers(case, key, mediator) for key in keys}
    events = moves.chain(case, keys, given, mediator, case.version)
    assert [e.kind for e in events] == ["consent_asked", "accepted", "taken_up"]
    assert (case.state, case.handler_id) == ("MEDIATING", mediator.user_id)


def test_a_chain_that_is_refused_leaves_nothing(case, mediator):
    """R48: act and entry in one transaction."""
    keys = ("ask_consent", "accept", "take_up")
    given = {key: answers(case, key, mediator) for key in keys}
    given["accept"] = {"happened_on": mediator.today}
    db.session.commit()
    with pytest.raises(Refused) as refusal:
        moves.chain(case, keys, given, mediator, case.version)
    db.session.rollback()
    assert (refusal.value.move, [p.field for p in refusal.value.problems]) == ("accept", ["ground", "wage_choice"])
    assert (case.state, case.version, case.printed_number) == ("REGISTERED", 1, "")
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0


# The way of a case, after the acceptance cases

def test_after_fifteen_days_the_other_way_is_open_and_the_case_stays_in_mediation(actor):
    received, accepted = actor("mediator", today=date(2026, 3, 2)), actor("mediator", today=date(2026, 3, 5))
    case = casework.make_case(received)
    for key in ("ask_consent", "accept", "take_up"):
        casework.step(case, key, accepted)
    today = date(2026, 3, 18)
    rows = {row.clock.id: row for row in clocks.shown(case, today, case_money.position(case, today))}
    assert (rows["L6"].due_on, rows["L6"].is_over) == (date(2026, 3, 17), True)
    assert (rows["M-A"].due_on, rows["M-A"].is_over) == (date(2026, 3, 20), False)
    assert (case.state, case.next_due_on) == ("MEDIATING", date(2026, 3, 20))


def test_a_refusal_needs_a_written_notice_and_restarts_the_time_bar(actor):
    first, then = actor("mediator", today=date(2026, 5, 6)), actor("mediator", today=date(2026, 5, 8))
    case = casework.make_case(first)
    casework.step(case, "ask_consent", then, answer="refuses")
    casework.step(case, "refuse", then)
    assert case.outcome == "REFUSED_BY_PARTY"
    with pytest.raises(Refused, match="书面告知"):
        moves.move(case, "close", {"happened_on": then.today, "way": "informed"}, then)
    assert list(db.session.execute(select(Interruption.kind, Interruption.on))) == [("refused", date(2026, 5, 8))]
    casework.step(case, "notify", then)
    casework.step(case, "close", then, way="informed")
    assert (case.state, case.is_open) == ("CLOSED", 0)


def test_unreachable_wants_three_attempts_on_two_days(actor):
    case = casework.make_case(actor("mediator", today=date(2026, 5, 6)))
    for day in (6, 6, 7):
        on = actor("mediator", today=date(2026, 5, day))
        with pytest.raises(Refused):
            casework.step(case, "unreachable", on)
        casework.step(case, "log_contact", on, reached=False, way="message")  # it may have been read
        casework.step(case, "log_contact", on, reached=False)
    casework.step(case, "unreachable", actor("mediator", today=date(2026, 5, 7)))
    assert case.outcome == "UNREACHABLE"


def test_a_message_without_answer_leaves_a_planned_call_to_be_made(actor):
    today, later = actor("mediator", today=date(2026, 5, 6)), actor("mediator", today=date(2026, 5, 8))
    case = casework.make_case(today)
    casework.step(case, "log_contact", today, reached=False, next_step="再打一次", next_on=date(2026, 5, 8))
    for answer, is_done in (({"way": "message", "reached": False}, False), ({"way": "phone", "reached": False}, True)):
        casework.step(case, "log_contact", later, **answer)
        planned = db.session.scalars(select(Contact).where(work_lists.planned_calls(later.today))).all()
        assert ([c.is_next_done for c in case.contacts if c.next_step], planned == []) == ([is_done], is_done)


def test_reassigning_resets_no_limit(case, actor):
    lead = actor("lead")
    casework.bring(case, "MEDIATING", actor("mediator"))
    due = case.next_due_on
    casework.step(case, "reassign", lead, mediator=house.get_user("colleague").id)
    assert (case.next_due_on, case.handler.username) == (due, "colleague")


def test_a_late_entry_starts_no_clock(mediator):
    case = casework.make_case(mediator, is_late_entry=True, received_on=None)
    assert (case.next_due_on, clocks.of_case(case, mediator.today)) == (None, [])
    casework.bring(case, "CLOSED", mediator)
    assert db.session.scalar(select(func.count()).select_from(Interruption)) == 0


def test_every_generic_move_has_its_effect():
    own_page = {key for key, row in workflow.MOVES.items() if row.page not in ("move", "contacts", "visits")}
    assert {*effects.EFFECTS, "merge", "carry_over"} == set(workflow.MOVES) - own_page  # services/cases/merging.py


def test_who_has_stepped_down_does_not_hold_the_case_again(actor, mediator):
    case = casework.bring(casework.make_case(mediator), "MEDIATING", mediator)
    casework.step(case, "recuse", mediator, reason="申请人是我表弟")
    db.session.commit()
    assert case.handler_id is None and not [m for m in case.members if m.until_on is None]
    with pytest.raises(Refused) as refused:
        casework.step(case, "take_up", mediator)
    assert "已经回避" in refused.value.problems[0].text.zh
    with pytest.raises(Refused) as refused:
        casework.step(case, "assign", actor("lead"), mediator=mediator.user_id)
    assert [p.field for p in refused.value.problems] == ["mediator"]
    assert mediator.user_id not in [option.id for option in choices.mediators(case, actor("lead"))]


def test_an_unnamed_mediator_is_missed_once(actor, mediator):
    case = casework.bring(casework.make_case(mediator), "ACCEPTED", mediator)
    with pytest.raises(Refused) as refused:
        casework.step(case, "assign", actor("lead"), mediator=None)
    assert len(refused.value.problems) == 1


def test_a_late_entry_keeps_the_day_that_nobody_knows_open(mediator):
    case = casework.bring(casework.make_case(mediator, is_late_entry=True), "MEDIATING", mediator)
    casework.step(case, "fail", mediator, happened_on=None)
    event = db.session.scalars(select(Event).where(Event.kind == "failed")).one()
    assert event.happened_on is None and case.concluded_on is None


def test_the_remark_at_closing_is_a_note(mediator):
    case = casework.bring(casework.make_case(mediator), "MEDIATING", mediator)
    casework.step(case, "fail", mediator)
    casework.step(case, "notify", mediator)
    casework.step(case, "close", mediator, note="本人说不再追了")
    event = db.session.scalars(select(Event).where(Event.kind == "closed")).one()
    assert "不再追" not in event.data


# The choice between mediation and inspection

def test_pay_of_a_migrant_worker_is_accepted_only_with_the_workers_choice_on_record(mediator):
    case = casework.make_case(mediator)
    casework.step(case, "ask_consent", mediator)
    for said in (None, "later"):
        with pytest.raises(Refused) as refusal:
            casework.step(case, "accept", mediator, wage_choice=said)
        assert [p.field for p in refusal.value.problems] == ["wage_choice"] and "第21条" in refusal.value.problems[0].text.zh
    with pytest.raises(Refused) as refusal:
        casework.step(case, "accept", mediator, wage_choice="inspect")
    assert refusal.value.problems[0].confirm == "inspect_chosen"
    casework.step(case, "accept", mediator, wage_choice="inspect", confirmed=("inspect_chosen",))
    assert (case.state, case.wage_choice) == ("ACCEPTED", "inspect")
    told = db.session.scalar(select(Event.data).where(Event.kind == "accepted"))
    assert json.loads(told)["wage_choice"] == "inspect"


@pytest.mark.parametrize("values", [{"wage_choice": "mediate"}, {"flags": []}, {"is_late_entry": True}])
def test_the_choice_is_not_asked_where_it_is_known_or_nothing_turns_on_it(mediator, values):
    case = casework.make_case(mediator, **values)
    casework.step(case, "ask_consent", mediator)
    casework.step(case, "accept", mediator, wage_choice=None)
    assert case.state == "ACCEPTED"


def test_a_civil_claim_of_a_migrant_worker_asks_for_no_choice(mediator):
    case = casework.make_case(mediator, channel="B")
    casework.step(case, "ask_consent", mediator)
    casework.step(case, "accept", mediator, wage_choice=None, ground="civil")
    assert case.state == "ACCEPTED"
