"""Channel, facts, decisions about clocks, interruptions, scope and heads of a case."""
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mediation.extensions import db
from mediation.models import CalendarDay
from mediation.queries.cases import facts
from mediation.queries.house import digests
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.queries.money import case_money
from mediation.rules.language import Refused
from mediation.rules.law.clocks import find_clock
from mediation.services.cases import moves
from mediation.services.law import case_law
from mediation.services.law.case_law import Decision, Heads, Question
from tests import casework, house
from tests.ledgers import agreed_case, pay

pytestmark = pytest.mark.postgresql

DAY = timedelta(days=1)


def on(who, day: date):
    return replace(who, today=day)


@pytest.fixture
def who(actor):
    return actor("mediator")


@pytest.fixture
def case(who):
    return casework.make_case(who)


def clock(case, rule, today):
    return find_clock(clock_queries.of_case(case, today), rule)


def refused(act) -> list:
    with pytest.raises(Refused) as caught:
        act()
    db.session.expire_all()
    return caught.value.problems


# Channel


def test_channel_changes_before_acceptance_and_not_after(who, case):
    case_law.change_channel(case, "D", "", "新就业形态，由一站式调解", "", who)
    assert case.channel == "D"
    casework.bring(case, "MEDIATING", who)
    assert clock(case, "M-D", who.today).due == date(2026, 12, 3)
    found = refused(lambda: case_law.change_channel(case, "A", "", "改回来", "", who))
    assert found[0].field == "channel"
    assert "第" in found[0].text.zh or "4号" in found[0].text.zh


def test_channel_f_needs_its_procedure_and_every_change_a_reason(who, case):
    fields = {p.field for p in refused(lambda: case_law.change_channel(case, "F", "", "", "", who))}
    assert fields == {"procedure", "reason"}
    case_law.change_channel(case, "F", "summary", "来函写明简易程序", "（2026）内0824诉前调1号", who)
    assert (case.channel, case.procedure) == ("F", "summary")


def test_a_civil_matter_is_asked_back_on_a_labour_channel(who, case):
    case.is_civil = True
    casework.rest(case, who)
    found = refused(lambda: case_law.change_channel(case, "D", "", "理由", "", who))
    assert [p.confirm for p in found] == ["civil_channel"]
    case_law.change_channel(case, "D", "", "理由", "", who, confirmed=["civil_channel"])
    assert case.channel == "D"


# Facts


def test_a_told_day_starts_its_clock_and_can_be_struck_out(who, case):
    row = case_law.record_fact(case, "accident", date(2026, 11, 1), "就诊记录", who)
    due = [c.due for c in clock_queries.of_case(case, who.today) if c.id == "L28"]
    assert due == [date(2026, 12, 1), date(2027, 11, 1)]
    case_law.drop_fact(case, row.id, "日期听错了", who)
    assert not [c for c in clock_queries.of_case(case, who.today) if c.id == "L28"]
    assert refused(lambda: case_law.drop_fact(case, row.id, "再划一次", who))


def test_days_in_an_impossible_order_or_ahead_are_refused_with_the_article(who, case):
    case_law.record_fact(case, "platform_message", who.today, "", who)
    found = refused(lambda: case_law.record_fact(case, "platform_accepted", who.today - DAY, "", who))
    assert "第12条" in found[0].text.zh
    assert refused(lambda: case_law.record_fact(case, "accident", who.today + DAY, "", who))
    assert refused(lambda: case_law.record_fact(case, "received", who.today, "", who))[0].field == "fact"
    assert refused(lambda: case_law.record_fact(case, "platform_message", who.today, "", who))[0].field == "on"


def test_papers_signed_goes_before_the_day_of_receipt(who):
    case = casework.make_case(who, channel="E")
    casework.bring(case, "MEDIATING", who)
    assert clock(case, "M-E", who.today).trigger_on == case.received_on
    case_law.record_fact(case, "papers_signed", date(2026, 11, 16), "送达回证", who)
    assert clock(case, "M-E", who.today).trigger_on == date(2026, 11, 16)
    case_law.record_fact(case, "platform_accepted", date(2026, 11, 17), "", who)
    assert clock(case, "M-E", who.today).trigger_on == date(2026, 11, 17)


# Decisions


def test_pause_and_resume_need_reason_and_document_and_keep_their_clock(who, case):
    casework.bring(case, "MEDIATING", who)
    fields = {p.field for p in refused(lambda: case_law.change_clock(case, Decision("M-A", "pause", who.today), who))}
    assert fields == {"ground", "document"}
    case_law.change_clock(case, Decision("M-A", "pause", who.today, ground="injury_finding", document="受理通知"), who)
    assert facts.of(case, who.today).is_paused
    assert clock(case, "M-A", who.today).due is None
    later = on(who, who.today + 3 * DAY)
    case_law.change_clock(case, Decision("M-A", "resume", later.today, reason="认定已出"), later)
    assert not facts.of(case, later.today).is_paused
    assert clock(case, "M-A", later.today).due == date(2026, 12, 7)  # raw 12-06 is a Sunday
    assert clock(case, "L7", later.today).due == date(2026, 12, 7)


def test_the_move_to_pause_asks_the_rule(who):
    case = casework.make_case(who, channel="G")
    casework.bring(case, "MEDIATING", who)
    found = refused(lambda: casework.step(case, "pause", who))
    assert "第70条" in found[0].text.zh


def test_pausing_a_time_bar_does_not_pause_mediation(who, case):
    case_law.set_heads(case, Heads(employment_ended_on=date(2026, 3, 1)), who)
    casework.bring(case, "MEDIATING", who)
    case_law.change_clock(case, Decision("L17", "pause", who.today, ground="force_majeure", document="封路通告"), who)
    assert not facts.of(case, who.today).is_paused
    assert clock(case, "L17", who.today).due is None


def override(case, to_on, reason, document, who):
    case_law.change_clock(case, Decision("M-A", "override", None, to_on, reason, document), who)


def test_a_day_set_by_hand_needs_reason_and_document(who, case):
    casework.bring(case, "MEDIATING", who)
    to_on = date(2026, 12, 20)
    assert {p.field for p in refused(lambda: override(case, to_on, "", "", who))} == {
        "reason", "document"}
    override(case, to_on, "来函另定期限", "函〔2026〕3号", who)
    found = clock(case, "M-A", who.today)
    assert (found.due, found.is_set_by_hand) == (to_on, True)
    assert case.next_due_on == date(2026, 12, 20)
    assert moves.last_event(case).kind == "clock_overridden"
    assert digests.verify() == []


def test_extension_by_the_day_of_each_side(who, case):
    casework.bring(case, "MEDIATING", who)
    both = {"applicant": who.today, "respondent": who.today}
    ahead = {**both, "respondent": who.today + DAY}
    assert refused(lambda: case_law.change_clock(case, Decision("M-A", "extend", None, date(2026, 12, 31)), who))
    assert refused(lambda: case_law.change_clock(case, Decision("M-A", "extend", None, date(2026, 12, 31), signed=ahead), who))
    row = case_law.change_clock(case, Decision("M-A", "extend", None, date(2026, 12, 31), signed=both), who)
    assert row.signed == {"applicant": "2026-11-18", "respondent": "2026-11-18"}
    assert clock(case, "M-A", who.today).due == date(2026, 12, 31)


def test_a_colleague_of_another_site_may_not(actor, case):
    with pytest.raises(moves.Forbidden):
        case_law.record_fact(case, "accident", date(2026, 11, 1), "", actor("window"))
    assert house.get_user("window").station_id != case.station_id


# Time bar


def test_interruptions_are_appended_with_evidence_and_restart_the_bar(who, case):
    case.interruptions.clear()
    case_law.set_heads(case, Heads(employment_ended_on=date(2025, 12, 1)), who)
    assert clock(case, "L17", who.today).due == date(2026, 12, 1)
    bar = next(bar for bar in queries.bars(case, who.today) if bar.clock.id == "L17")
    assert (bar.alert, bar.is_aid_urgent) == ("red", False)  # thirteen days before
    near = next(b for b in queries.bars(case, date(2026, 11, 25)) if b.clock.id == "L17")
    assert (near.alert, near.is_aid_urgent) == ("red", True)
    assert {p.field for p in refused(lambda: case_law.interrupt(case, "claim", None, "", who))} == {"on", "evidence"}
    case_law.interrupt(case, "claim", date(2026, 11, 10), "微信截图", who)
    assert clock(case, "L17", who.today).due == date(2027, 11, 10)
    assert [r.is_effective for r in queries.bars(case, who.today)[0].restarts] == [True]
    assert refused(lambda: case_law.interrupt(case, "claim", date(2026, 11, 10), "再记", who))


def test_a_wrong_interruption_is_struck_out_and_stays_readable(who, case):
    case.interruptions.clear()
    case_law.set_heads(case, Heads(employment_ended_on=date(2025, 12, 1)), who)
    row = case_law.interrupt(case, "claim", date(2026, 11, 10), "微信截图", who)
    assert {p.field for p in refused(lambda: case_law.drop_interruption(case, row.id, "", who))} == {"reason"}
    case_law.drop_interruption(case, row.id, "记错了人", who)
    db.session.expire_all()
    assert clock(case, "L17", who.today).due == date(2026, 12, 1)
    row = case.interruptions[0]
    assert (row.on, row.dropped_on, row.dropped_reason) == (date(2026, 11, 10), who.today, "记错了人")
    assert refused(lambda: case_law.drop_interruption(case, row.id, "再划", who))
    case_law.interrupt(case, "claim", date(2026, 11, 10), "确有其事", who)
    assert digests.verify() == []


def test_the_earlier_ends_of_a_bar_and_its_corrected_start_stay_readable(who, case):
    case.interruptions.clear()
    case_law.set_heads(case, Heads(employment_ended_on=date(2025, 12, 1)), who)
    for day in (date(2026, 3, 2), date(2026, 11, 10)):
        case_law.interrupt(case, "claim", day, "短信", who)
    fold = next(b for b in queries.bars(case, who.today) if b.clock.id == "L17").clock.fold
    assert (fold.first_on, fold.first_due) == (date(2025, 12, 1), date(2026, 12, 1))
    assert [(r.on, r.due) for r in fold.restarts] == [  # 2 March 2027 is a Tuesday
        (date(2026, 3, 2), date(2027, 3, 2)), (date(2026, 11, 10), date(2027, 11, 10))]
    case_law.set_heads(case, Heads(employment_ended_on=date(2025, 12, 31)), who)
    assert [(name, day) for _at, name, day in queries.earlier_days(case)] == [
        ("employment_ended_on", date(2025, 12, 1))]


def test_a_leaving_day_told_in_words_starts_the_bar_with_both_ends(who):
    case = casework.make_case(who, as_told={"employment_ended_on": "2025年11月"}, employment="left")
    bar = clock(case, "L17", date(2026, 11, 30))
    assert (bar.first_due, bar.due, bar.state, bar.confidence) == (
        date(2026, 11, 2), date(2026, 11, 30), "running", "M")
    case_law.set_heads(case, Heads(employment_ended_on=date(2025, 11, 20)), who)
    assert clock(case, "L17", date(2026, 11, 30)).due == date(2026, 11, 20)


def test_severance_asked_for_a_year_after_leaving_is_barred(who):
    """Left on 20 November 2025; registered on 30 November 2026, which interrupts nothing."""
    late = on(who, date(2026, 11, 30))
    case = casework.make_case(late, employment_ended_on=date(2025, 11, 20))
    case.claims[0].head = "severance"
    db.session.flush()
    case_law.interrupt(case, "request", late.today, "登记", late)
    found = [(b.clock.id, b.clock.due, b.alert, b.clock.confidence) for b in queries.bars(case, late.today)]
    assert found == [("L16", date(2026, 11, 20), "lapsed", "M")]


# Scope and heads


def test_scope_check_records_its_ground_and_next_doors(who, case):
    answer = case_law.check_jurisdiction(case, Question("over_age", date(2026, 7, 2)), who)
    assert (answer.verdict, case.relation) == ("labour", "over_age")
    row = case.scope_checks[-1]
    assert (row.cites, row.confidence, row.verdict) == ("R56 19", "H", "labour")
    answer = case_law.check_jurisdiction(case, Question("labour", date(2026, 7, 2), "farm_hand"), who)
    assert (answer.verdict, answer.doors) == ("out", ("justice", "court"))
    assert {p.field for p in refused(lambda: case_law.check_jurisdiction(case, Question("", None), who))} == {"relation", "facts_on"}
    assert len(case.scope_checks) == 2


def test_cause_and_heads_carry_their_version(who, case):
    case_law.set_heads(case, Heads("205(5)", "pay", ["hours"], wage_choice="inspect", grade="major"), who)
    assert (case.court_cause, case.cause_version, case.grade) == ("205(5)", "2026", "major")
    assert (case.hr_reason, case.hr_others, case.hr_version) == ("pay", ["hours"], "MA1")
    assert case_law.set_heads(case, Heads("205(5)", "pay", ["hours"], wage_choice="inspect", grade="major"), who) is None
    bad = refused(lambda: case_law.set_heads(case, Heads("999", "x", [], infringement_known_on=who.today + DAY,
                                                            grade="huge"), who))
    assert {p.field for p in bad} == {"court_cause", "hr_reason", "infringement_known_on", "grade"}


# A new calendar


def test_a_new_year_lists_the_deadlines_that_it_changes(who):
    case = casework.make_case(who, on=date(2026, 12, 20))
    late = on(who, date(2026, 12, 20))
    casework.bring(case, "MEDIATING", late)
    assert clock(case, "M-A", late.today).due == date(2027, 1, 4)  # a Monday of a year not loaded
    assert clock(case, "M-A", late.today).provisional
    rows = [{"date": f"2027-{d}", "kind": "off", "name": "元旦"} for d in ("01-01", "01-02", "01-03", "01-04", "10-01")]
    found = {change.clock.id: (change.before, change.after) for change in case_law.deadline_changes(rows, late.today)}
    assert found["M-A"] == (date(2027, 1, 4), date(2027, 1, 5))
    for row in rows:
        db.session.add(CalendarDay(on=date.fromisoformat(row["date"]), kind="off", name="元旦"))
    db.session.flush()
    moves.refresh_hints(case, late)
    assert case.next_due_on == date(2027, 1, 5)


def test_a_county_day_moves_only_its_own_cases(who, case):
    casework.bring(case, "MEDIATING", who)
    rows = [{"date": "2026-12-03", "kind": "off", "name": "本旗放假"}]
    assert case_law.deadline_changes(rows, who.today, county="elsewhere") == []
    case.station.county = "urad"
    db.session.flush()
    found = {c.clock.id: c.after for c in case_law.deadline_changes(rows, who.today, county="urad")}
    assert found["M-A"] == date(2026, 12, 4)


def test_the_bar_goes_when_the_last_agreed_money_came(who):
    """Left on 1 March 2026: barred after 1 March 2027. 300 of 500 paid, it runs on; the rest on 10 November ends it."""
    today = date(2026, 11, 18)
    case = agreed_case(who, [30000, 20000], date(2026, 11, 10), on=date(2026, 11, 2),
                       employment_ended_on=date(2026, 3, 1))
    pay(case, who, 30000, on=date(2026, 11, 9))
    assert find_clock(clock_queries.of_case(case, today), "L17").state == "running"
    pay(case, who, 20000, on=date(2026, 11, 10))
    bar = find_clock(clock_queries.of_case(case, today), "L17")
    assert (bar.state, bar.stopped_on) == ("stopped", date(2026, 11, 10))
    assert "L17" not in {row.clock.id for row in clock_queries.shown(case, today, case_money.position(case, today))}
    assert queries.bars(case, today) == []


def test_a_worker_whom_the_agreement_leaves_out_keeps_his_bar(who):
    case = agreed_case(who, [30000], date(2026, 11, 10), on=date(2026, 11, 2),
                       employment_ended_on=date(2026, 3, 1))
    casework.add_worker(case, "没在协议里的")
    db.session.refresh(case)
    pay(case, who, 30000, on=date(2026, 11, 9))
    assert find_clock(clock_queries.of_case(case, date(2026, 11, 18)), "L17").state == "running"
