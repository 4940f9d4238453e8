"""The acceptance cases of cases.md as they go through the services: 2, 3, 4, 5, 7, 13 and 14."""
from dataclasses import replace
from datetime import date

import pytest

from mediation.extensions import db
from mediation.queries import clocks as clock_queries
from mediation.queries import digests, door
from mediation.queries import law as queries
from mediation.queries import supervision as boards
from mediation.rules.clocks import find_clock
from mediation.rules.language import Refused
from mediation.rules.retention import destruction_from, destruction_problems
from mediation.services import cases, law, procedures
from mediation.services.procedures import Request
from tests import casework


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.fixture
def at(actor):
    """The mediator on a day of 2026."""
    return lambda text, name="mediator": replace(actor(name), today=day(text))


def clock(case, rule, on):
    return find_clock(clock_queries.of_case(case, day(on)), rule)


def refused(act) -> list:
    with pytest.raises(Refused) as caught:
        act()
    db.session.expire_all()
    return caught.value.problems


def mediating(at, received: str, accepted: str, **values):
    case = casework.make_case(at(received), on=day(received), **values)
    for key in ("ask_consent", "accept", "take_up"):
        casework.step(case, key, at(accepted))
    return case


def test_case_2_the_notice_shows_while_the_case_stays_in_mediation(at):
    case = mediating(at, "03-02", "03-05")
    assert clock(case, "L6", "03-18").due == day("03-17")
    assert clock(case, "M-A", "03-18").due == day("03-20")
    assert queries.proposals(case, day("03-17")) == []
    found = queries.proposals(case, day("03-18"))
    assert [(p.kind, p.clock.id) for p in found] == [("notice", "L6")]
    assert case.state == "MEDIATING"
    assert refused(lambda: law.expire(case, at("03-18")))


def test_case_3_the_cap_of_the_one_stop_centre(at):
    case = mediating(at, "07-06", "07-06", channel="D")
    both = {"happened_on": day("07-20"), "consents": ["applicant", "respondent"]}
    found = refused(lambda: cases.move(case, "extend", {**both, "to_on": day("08-06")}, at("07-20")))
    assert "2026-08-05" in found[0].text.zh and "4号" in found[0].text.zh
    cases.move(case, "extend", {**both, "to_on": day("08-05")}, at("07-20"))
    assert clock(case, "M-D", "07-21").due == day("08-05")
    assert case.next_due_on == day("08-05")


def test_case_4_one_side_then_the_period_passes(at):
    case = mediating(at, "03-02", "03-05")
    one = {"to_on": day("04-10"), "happened_on": day("03-19"), "consents": ["applicant"]}
    assert "对方" in refused(lambda: cases.move(case, "extend", one, at("03-19")))[0].text.zh
    assert queries.expired_period(case, day("03-20")) is None
    proposal = queries.expired_period(case, day("03-21"))
    assert (proposal.outcome, proposal.reason, proposal.papers) == ("FAILED", "expired", ("arbitration_notice",))
    law.expire(case, at("03-21"))
    assert (case.outcome, case.outcome_reason) == ("FAILED", "expired")
    assert [(row.kind, row.on) for row in case.interruptions] == [("period_passed", day("03-20"))]
    assert digests.verify() == []


def test_case_4_both_sides_in_time_and_after_the_end(at):
    case = mediating(at, "03-02", "03-05")
    both = {"to_on": day("04-10"), "consents": ["applicant", "respondent"]}
    late = refused(lambda: cases.move(case, "extend", {**both, "happened_on": day("03-21")}, at("03-21")))
    assert "届满" in late[0].text.zh and "第29条" in late[0].text.zh
    cases.move(case, "extend", {**both, "happened_on": day("03-19")}, at("03-19"))
    assert {clock(case, rule, "03-20").due for rule in ("M-A", "L7")} == {day("04-10")}
    assert queries.expired_period(case, day("04-10")) is None
    found = refused(lambda: cases.move(case, "fail", {"happened_on": day("03-25"), "reason_code": "expired"}, at("03-25")))
    assert "2026-04-10" in found[0].text.zh


def test_case_5_an_unanswered_platform_message_is_shown_for_reassignment(at):
    case = casework.make_case(at("04-30"), on=day("04-30"), channel="E")
    law.record_fact(case, "platform_message", day("04-30"), "平台消息", at("04-30"))
    assert clock(case, "L2", "05-08").due == day("05-08")
    lead = at("05-08", "lead")
    assert boards.board(lead).lapsed == []
    lapsed = boards.board(replace(lead, today=day("05-09"))).lapsed
    assert [(row.number, proposal.kind) for row, proposal in lapsed] == [(case.number, "reassign")]
    law.record_fact(case, "platform_accepted", day("05-09"), "", at("05-09"))
    assert boards.board(replace(lead, today=day("05-09"))).lapsed == []
    assert clock(case, "L3", "05-09").due == day("05-13")


def test_case_7_the_review_window_and_a_request_by_one_side(at):
    case = mediating(at, "08-20", "08-21")
    casework.step(case, "agree", at("09-10"))
    case.effective_on = day("09-10")
    casework.rest(case, at("09-10"))
    assert (clock(case, "L8", "09-28").raw, clock(case, "L8", "09-28").due) == (day("09-25"), day("09-28"))
    late = refused(lambda: procedures.request(case, "arb_review", Request(day("09-29"), day("09-29")), at("09-29")))
    assert "2026-09-28" in late[0].text.zh and "第74条" in late[0].text.zh
    one = refused(lambda: procedures.request(case, "arb_review", Request(None, day("09-28")), at("09-28")))
    assert "申请人" in one[0].text.zh
    assert procedures.request(case, "arb_review", Request(day("09-20"), day("09-28")), at("09-28")).state == "requested"


def test_case_6_without_effect_nothing_can_be_asked_for(at):
    case = mediating(at, "08-20", "08-21")
    casework.step(case, "agree", at("09-10"))
    assert clock(case, "L8", "09-28") is None
    found = refused(lambda: procedures.request(case, "arb_review", Request(day("09-20"), day("09-20")), at("09-28")))
    assert "没有生效" in found[0].text.zh


def test_case_13_refusal_interrupts_and_needs_the_written_notice(at):
    who = at("05-06")
    case = casework.make_case(who, on=day("05-06"))
    casework.step(case, "ask_consent", at("05-08"), answer="refuses")
    casework.step(case, "refuse", at("05-08"))
    assert (case.outcome, [(row.kind, row.on) for row in case.interruptions]) == (
        "REFUSED_BY_PARTY", [("refused", day("05-08"))])
    assert (clock(case, "L1", "05-30").state, clock(case, "L1", "05-30").is_late) == ("stopped", False)
    assert "第三十条" in refused(lambda: casework.step(case, "close", at("05-09")))[0].text.zh
    casework.step(case, "notify", at("05-09"))
    casework.step(case, "close", at("05-09"), way="informed")
    assert case.state == "CLOSED"


def test_case_14_the_wall_and_the_earliest_destruction(at):
    case = mediating(at, "05-06", "05-07")
    assert door.find_case(at("05-08", "mediator2"), case.number) is None
    casework.step(case, "fail", at("05-20"))
    casework.step(case, "notify", at("05-20"))
    casework.step(case, "close", at("05-20"), way="informed")
    assert "没有这个" in refused(lambda: casework.step(case, "archive", at("05-21"), retention="two"))[0].text.zh
    casework.step(case, "archive", at("05-21"))
    assert case.retention == "ten"
    assert destruction_from(case.closed_on, case.retention) == date(2037, 1, 1)
    assert destruction_problems(case.closed_on, case.retention, date(2036, 12, 31))


def test_case_14_an_award_is_kept_for_ten_years(at):
    case = mediating(at, "05-06", "05-07")
    casework.step(case, "fail", at("05-20"))
    law.record_fact(case, "award_received", day("05-20"), "裁决书", at("05-20"))
    casework.step(case, "notify", at("05-20"))
    casework.step(case, "close", at("05-20"), way="informed")
    assert "10年" in refused(lambda: casework.step(case, "archive", at("05-21"), retention="five"))[0].text.zh
