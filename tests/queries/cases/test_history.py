"""The history of a case as it is read, and the bar at its head."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as sql_event

from mediation.extensions import db
from mediation.models import Case
from mediation.queries import door
from mediation.queries.cases import dossier, history
from mediation.rules import access, journal
from mediation.rules.cases import guidance
from mediation.services.cases import moves, sessions
from mediation.services.law import case_law
from mediation.services.people import employers, parties
from tests import casework, house


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def case(mediator) -> Case:
    return casework.bring(casework.make_case(mediator), "MEDIATING", mediator)


def hold(case: Case, actor, **values):
    return sessions.hold(case, sessions.Held(**{
        "held_on": actor.today, "way": "separate", "present": [casework.respondent(case).id], "said": "各说一遍",
        "concession": "愿让到八千", **values}), actor)


def rights_of(actor, case: Case) -> frozenset[str]:
    return frozenset(name for name in access.GRANTS if door.may(actor, name, case))


def lines(case: Case, actor) -> list[history.Line]:
    return list(history.page(case, rights_of(actor, case)).lines)


def test_events_are_sentences_with_names(case, mediator):
    said = [line.text.zh for line in reversed(lines(case, mediator))]
    assert said == ["登记案件，来源来访，诉求10,000.00元", "问对方意见（电话）：愿意调解",
                    f"受理，劳动争议（调解仲裁法第二条），编号{case.printed_number}", "由王调解承办"]
    assert lines(case, mediator)[0].text.en == "王调解 takes the case on"
    assert [d.zh for d in lines(case, mediator)[2].details] == ["李老板"]
    assert all(line.who == "王调解" and len(line.hash) == 8 for line in lines(case, mediator))


def test_what_was_corrected_is_said_in_words(case, mediator):
    """A journal that says court_cause is read by nobody at the counter."""
    case_law.set_heads(case, case_law.Heads(employment_ended_on=mediator.today, wage_choice="inspect"), mediator)
    assert lines(case, mediator)[0].text.zh == (
        "更正案情：离职日、先调解还是先投诉（离职日未填→2026年11月18日 周三，知道权益受损那天未填→未填）")
    recorded = {*vars(case_law.Heads()), *parties.COLUMNS, *parties.NUMBERS, "id_type", *employers.COLUMNS, "democracy", "is_active",
                "role", "station_id", "agency_id", "certificates"}
    assert recorded - set(history.FIELD_WORDS) == set()


def test_concessions_are_for_those_who_may_see_them(case, actor):
    hold(case, actor("mediator"))
    mine, auditors = lines(case, actor("mediator"))[0], lines(case, actor("auditor"))[0]
    assert (mine.notes, mine.concession, mine.is_concession_hidden) == (("各说一遍",), "愿让到八千", False)
    assert (auditors.notes, auditors.concession, auditors.is_concession_hidden) == (("各说一遍",), "", True)


def test_both_days_are_told_when_they_differ(case, mediator):
    moves.move(case, "log_contact", {"happened_on": mediator.today, "way": "phone", "party": casework.respondent(case).id},
               house.actor("mediator", now=datetime(2026, 11, 20, 1, tzinfo=UTC)))
    newest = lines(case, mediator)[0]
    assert (newest.happened_on, newest.entered_on, newest.is_later) == (
        mediator.today, mediator.today + timedelta(days=2), True)


def test_pages_follow_each_other_without_gap(case, mediator):
    rights, seen, before = rights_of(mediator, case), [], None
    while True:
        page = history.page(case, rights, before, size=3)
        seen += [line.seq for line in page.lines]
        before = page.next_seq
        if before is None:
            break
    assert seen == list(range(case.version, 0, -1))


def test_every_kind_can_be_said_with_nothing_known(case):
    book = history._Book({}, {}, True, True)
    for kind, row in journal.KINDS.items():
        text = history.sentence(kind, dict.fromkeys(row.fields), book)
        assert "{" not in text.zh + text.en, kind
    assert history.sentence("of a later version", {}, book).zh == "of a later version"


def queries_of(act) -> int:
    count = []

    def tick(*_args) -> None:
        count.append(1)

    sql_event.listen(Engine, "before_cursor_execute", tick)
    try:
        act()
    finally:
        sql_event.remove(Engine, "before_cursor_execute", tick)
    return len(count)


def test_the_number_of_queries_does_not_grow_with_the_history(case, mediator):
    def read() -> None:
        db.session.expire_all()
        lines(case, mediator)

    few = queries_of(read)
    for _n in range(12):
        casework.step(case, "log_contact", mediator)
    assert queries_of(read) == few


# The bar

def scene(case: Case, actor) -> dossier.Dossier:
    return dossier.read(case, actor)


def test_the_bar_says_the_planned_call_and_the_limit(case, mediator):
    casework.step(case, "log_contact", mediator, reached=False, next_on=mediator.today, next_step="给李老板打电话")
    assert scene(case, mediator).step.sentence.zh == (
        "今天给李老板打电话（11-18 未接）。调解期限12月3日 周四届满，还剩15天。")
    assert scene(case, mediator).step.moves[0] == "log_contact"


def test_the_bar_says_whose_turn_it_is(case, actor):
    lead = actor("lead")
    fresh = casework.bring(casework.make_case(lead), "ACCEPTED", lead)
    casework.step(fresh, "assign", lead, mediator=house.get_user("colleague").id)
    assert scene(fresh, actor("mediator")).step.sentence.zh.startswith("待实践站 李同事签收。")
    assert scene(fresh, actor("colleague")).step.moves[:2] == ("take", "return")


@pytest.mark.parametrize("state", casework.WAYS)
def test_every_state_has_a_sentence_and_moves_that_exist(actor, state):
    lead = actor("lead")
    file = scene(casework.bring(casework.make_case(lead), state, lead), lead)
    assert file.step.sentence.zh and file.step.sentence.en
    for key in file.step.moves:
        assert guidance.label_of(key).zh
    assert bool(file.step.moves) == (state != "ARCHIVED")


def test_a_planned_session_stands_among_the_dates_until_it_is_held(case, mediator):
    hold(case, mediator, next_on=mediator.today + timedelta(days=2), next_time="9:30")
    assert next(row.clock.label.zh for row in scene(case, mediator).dates) == "约好的调解 9:30"
    hold(case, mediator)
    assert "S" not in [row.clock.id for row in scene(case, mediator).dates]


def test_what_cannot_be_done_says_why(case, mediator):
    file = scene(case, mediator)
    assert guidance.reason_against("agree", file.facts, file.rights, mediator.user_id) is None  # its page asks the name
    assert "站长" in guidance.reason_against("reassign", file.facts, file.rights, mediator.user_id).zh
    assert guidance.reason_against("fail", file.facts, file.rights, mediator.user_id) is None
