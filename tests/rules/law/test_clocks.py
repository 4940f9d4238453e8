"""The table of limits and its machine; every expected day was counted by hand from law.md and the calendars."""
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.language import Refused
from mediation.rules.law.channels import CHANNELS, channel_change_problems, channel_problems
from mediation.rules.law.clocks import agreed, as_row, count_days, due_of, find_clock, run, without_twins
from mediation.rules.law.limitation import Interruption, bar_alert, is_aid_urgent, limitation, merge_pauses
from mediation.rules.law.limits import CONFIDENCES, FACTS, NATURES, UNITS
from mediation.rules.law.reckoning import Change
from mediation.rules.law.refusals import (
    extension_cap,
    extension_problems,
    order_problems,
    override_problems,
    pause_problems,
    review_problems,
)
from mediation.rules.law.time_limits import CLOCKS
from mediation.rules.law.told_days import read_facts
from mediation.rules.law.workdays import is_rest_day
from mediation.sheets import shipped_calendar

CALENDAR = shipped_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


def clocks(channel: str, *pairs: str, **more):
    return run(channel, read_facts(pairs), CALENDAR, **more)


def one(channel: str, id: str, *pairs: str, **more):
    found = [clock for clock in clocks(channel, *pairs, **more) if clock.id == id]
    assert len(found) == 1, found
    return found[0]


LIMITS = [
    # id, channel, facts, raw, due
    ("L1", "A", "received=2026-02-13", "2026-02-25", "2026-02-25"),
    ("L1", "A", "received=2026-02-26", "2026-03-02", "2026-03-02"),
    ("L1", "C", "received=2025-09-29", "2025-10-10", "2025-10-10"),
    ("L2", "E", "platform_message=2026-02-12", "2026-02-24", "2026-02-24"),
    ("L2", "F", "platform_message=2026-07-03", "2026-07-08", "2026-07-08"),
    ("L3", "E", "platform_accepted=2026-02-13", "2026-02-25", "2026-02-25"),
    ("L4", "E", "procedure_started=2026-05-08", "2026-05-12", "2026-05-12"),
    ("L4", "E", "joint_choice=2026-05-08", "2026-05-11", "2026-05-11"),
    ("L5", "A", "reply_requested=2026-04-29", "2026-05-04", "2026-05-06"),
    ("L6", "A", "received=2026-09-18", "2026-10-03", "2026-10-08"),
    ("L6", "C", "received=2026-12-18", "2027-01-02", "2027-01-04"),
    ("L7", "A", "accepted=2026-04-20", "2026-05-05", "2026-05-06"),
    ("L8", "C", "effective=2026-04-19", "2026-05-04", "2026-05-06"),
    ("L9", "A", "review_accepted=2026-09-24", "2026-10-09", "2026-10-09"),
    ("L10", "B", "effective=2026-08-26", "2026-09-25", "2026-09-28"),
    ("L10", "D", "effective=2026-01-16", "2026-02-15", "2026-02-24"),
    ("L11", "A", "confirmation_filed=2026-07-15", "2026-08-14", "2026-08-14"),
    ("L12", "A", "order_applied=2026-06-15", "2026-06-20", "2026-06-22"),
    ("L13", "A", "payment_order_accepted=2026-06-22", "2026-07-07", "2026-07-07"),
    ("L14", "A", "payment_order_served=2026-07-10", "2026-07-25", "2026-07-27"),
    ("L15", "A", "order_issued=2026-07-03", "2026-08-02", "2026-08-03"),
    ("L16", "A", "infringement_known=2025-05-04", "2026-05-04", "2026-05-06"),
    ("L16", "A", "infringement_known=2025-02-28", "2026-02-28", "2026-02-28"),
    ("L16", "C", "infringement_known=2024-02-29", "2025-02-28", "2025-02-28"),
    ("L17", "A", "employment_ended=2025-10-03", "2026-10-03", "2026-10-08"),
    ("L18", "A", "interrupted=2025-06-20", "2026-06-20", "2026-06-22"),
    ("L21", "A", "arbitration_applied=2026-09-29", "2026-10-12", "2026-10-12"),
    ("L22", "A", "arbitration_accepted=2026-03-02", "2026-04-16", "2026-04-16"),
    ("L23", "A", "award_received=2026-09-10", "2026-09-25", "2026-09-28"),
    ("L24", "F", "performance_due=2024-05-01", "2026-05-01", "2026-05-06"),
    ("L31", "A", "arbitration_applied=2026-09-29", "2026-10-12", "2026-10-12"),
    ("L32", "A", "arbitration_accepted=2026-03-02", "2026-04-16", "2026-04-16"),
    ("L33", "A", "final_award_received=2026-09-10", "2026-09-25", "2026-09-28"),
    ("L34", "A", "final_award_received=2026-09-01", "2026-10-01", "2026-10-08"),
    ("L35", "A", "award_set_aside=2026-04-20", "2026-05-05", "2026-05-06"),
    ("L36", "A", "order_ended=2026-09-24", "2026-10-01", "2026-10-08"),
    ("L40", "G", "consented=2026-04-24", "2026-05-12", "2026-05-12"),
    ("L25", "A", "inspection_filed=2026-03-02", "2026-05-28", "2026-05-28"),
    ("L26", "A", "violation_ended=2024-10-05", "2026-10-05", "2026-10-08"),
    ("L27", "A", "complaint_received=2026-04-30", "2026-05-11", "2026-05-11"),
    ("L29", "A", "aid_applied=2026-09-24", "2026-10-01", "2026-10-08"),
    ("L29", "A", "aid_approved=2026-09-28", "2026-10-01", "2026-10-08"),
    ("M-A", "A", "accepted=2026-03-05", "2026-03-20", "2026-03-20"),
    ("M-B", "B", "accepted=2026-08-31", "2026-09-30", "2026-09-30"),
    ("M-B", "B", "accepted=2026-01-31", "2026-02-28", "2026-02-28"),
    ("M-C", "C", "received=2026-04-20", "2026-05-05", "2026-05-06"),
    ("M-D", "D", "accepted=2026-06-05", "2026-06-20", "2026-06-22"),
    ("M-E", "E", "papers_signed=2026-01-16", "2026-02-15", "2026-02-24"),
    ("M-E", "E", "platform_accepted=2026-08-21", "2026-09-20", "2026-09-20"),
    ("M-G", "G", "consented=2026-04-24", "2026-05-12", "2026-05-12"),
    ("M-I", "I", "received=2026-04-20", "2026-05-05", "2026-05-06"),
    ("M-G", "G", "consented=2026-09-21", "2026-10-12", "2026-10-12"),
]


@pytest.mark.parametrize(("id", "channel", "fact", "raw", "due"), LIMITS)
def test_limit(id, channel, fact, raw, due):
    clock = one(channel, id, fact)
    assert (clock.raw, clock.due) == (day(raw), day(due))
    assert clock.provisional == (due > "2027")


def test_every_dated_limit_of_the_table_is_tried():
    tried = {row[0] for row in LIMITS} | {"M-F", "L28", "L37", "S36"}
    assert tried == {rule.id for rule in CLOCKS if rule.length is not None}


@pytest.mark.parametrize(("procedure", "raw", "due", "confidence"), [
    ("ordinary", "2026-10-03", "2026-10-08", "H"),
    ("summary", "2026-09-25", "2026-09-28", "H"),
    ("second", "2026-09-23", "2026-09-23", "M"),
])
def test_channel_f_by_procedure(procedure, raw, due, confidence):
    clock = one("F", "M-F", "papers_signed=2026-09-18", procedure=procedure)
    assert (clock.raw, clock.due, clock.confidence) == (day(raw), day(due), confidence)


def test_channel_f_needs_its_procedure():
    assert find_clock(clocks("F", "papers_signed=2026-09-18"), "M-F") is None
    assert channel_problems("F", None)[0].field == "procedure"
    assert "第27条" in channel_problems("F", None)[0].text.zh
    assert channel_problems("F", "third")[0].field == "procedure"
    assert channel_problems("X", None)[0].field == "channel"
    assert channel_problems("F", "summary") == channel_problems("E", None) == []


def test_both_sides_of_the_injury_finding():
    found = [c for c in clocks("A", "accident=2026-08-27") if c.id == "L28"]
    assert [(c.raw, c.due) for c in found] == [(day("2026-09-26"), day("2026-09-28")),
                                               (day("2027-08-27"), day("2027-08-27"))]


def test_platform_confirmation_goes_before_the_signed_receipt():
    clock = one("E", "M-E", "papers_signed=2026-03-02", "platform_accepted=2026-03-04")
    assert (clock.trigger, clock.raw) == ("platform_accepted", day("2026-04-03"))


def test_court_case_without_receipt_is_reckoned_from_acceptance_as_advice():
    clock = one("E", "M-E", "accepted=2026-03-05")
    assert (clock.raw, clock.confidence) == (day("2026-04-04"), "M")
    assert "缺起算日" in clock.note.zh


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_mediation_period_belongs_to_its_channel_alone(channel):
    facts = [f"{name}=2026-03-02" for name in ("received", "accepted", "papers_signed", "consented")]
    periods = {c.id for c in clocks(channel, *facts, procedure="ordinary") if c.id.startswith("M-")}
    assert periods == ({CHANNELS[channel].period} - {""})


def test_handing_on_or_accepting_again_resets_nothing():
    clock = one("A", "L7", "accepted=2026-03-05", "accepted=2026-03-20")
    assert clock.raw == day("2026-03-20")
    assert one("A", "L6", "received=2026-03-10", "received=2026-03-02").raw == day("2026-03-17")


def test_repeated_messages_start_a_clock_each():
    found = [c.due for c in clocks("E", "platform_message=2026-07-01", "platform_message=2026-07-03") if c.id == "L2"]
    assert found == [day("2026-07-06"), day("2026-07-08")]


def test_enforcement_needs_a_title_and_counts_from_the_last_instalment():
    dues = ["performance_due=2026-06-30", "performance_due=2026-08-31"]
    assert find_clock(clocks("A", *dues), "L24") is None
    assert one("A", "L24", *dues, has_title=True).raw == day("2028-08-31")
    assert one("F", "L24", *dues).raw == day("2028-08-31")
    served = [*dues, "payment_order_served=2026-07-10"]  # objections until Monday 27 July
    assert find_clock(clocks("A", *served, on=day("2026-07-27")), "L24") is None
    assert one("A", "L24", *served, on=day("2026-07-28")).provisional
    answered = [*served, "order_answered=2026-07-20"]
    assert find_clock(clocks("A", *answered, on=day("2026-07-28")), "L24") is None
    assert find_clock(clocks("F", *dues, has_title=False), "L24") is None


def test_civil_claims_have_their_own_bar_and_no_labour_limits():
    facts = ["received=2026-03-02", "infringement_known=2025-03-01", "employment_ended=2026-01-31",
             "interrupted=2026-03-02", "effective=2026-03-10", "award_received=2026-03-10"]
    found = clocks("B", *facts, civil=True)
    assert {c.id for c in found} == {"L1", "L10", "L37"}
    bar = find_clock(found, "L37")
    assert (bar.raw, bar.confidence) == (day("2029-03-02"), "H")
    assert {"L6", "L8", "L16", "L17", "L18", "L23"} <= {c.id for c in clocks("B", *facts)}
    assert "L37" not in {c.id for c in clocks("B", *facts)}


def test_channels_without_review_window():
    for channel in "FG":
        assert not {"L8", "L10"} & {c.id for c in clocks(channel, "effective=2026-03-10", procedure="summary")}
    assert one("E", "L8", "effective=2026-03-10").confidence == "M"
    assert one("A", "L8", "effective=2026-03-10").confidence == "H"


def test_what_is_done_stops_the_clock_and_late_work_shows():
    clock = one("A", "L1", "received=2026-03-02", "accepted=2026-03-05", on=day("2026-04-01"))
    assert (clock.state, clock.stopped_on, clock.is_late) == ("stopped", day("2026-03-05"), False)
    assert one("A", "L1", "received=2026-03-02", "accepted=2026-03-06").is_late
    assert one("A", "L7", "accepted=2026-03-05", "concluded=2026-03-12").state == "stopped"
    assert one("A", "L7", "accepted=2026-03-05", on=day("2026-03-20")).state == "running"
    assert one("A", "L7", "accepted=2026-03-05", on=day("2026-03-21")).state == "lapsed"


@pytest.mark.parametrize(("id", "channel", "facts", "civil"), [
    ("L17", "A", {"employment_ended": [date(2025, 2, 19)]}, False),
    ("L16", "A", {"infringement_known": [date(2025, 2, 19)]}, False),
    ("L37", "B", {"infringement_known": [date(2022, 2, 21)]}, True),
    ("L24", "G", {"performance_due": [date(2025, 6, 30)]}, False),
])
def test_with_the_money_paid_there_is_nothing_left_to_bar(id, channel, facts, civil):
    """Paid on 5 May 2025, for L24 before the last day on which it was due; without that the bar runs on or is over."""
    on = date(2027, 8, 2)
    open_one = find_clock(run(channel, facts, CALENDAR, on=on, civil=civil), id)
    paid = find_clock(run(channel, {**facts, "performed": [date(2025, 5, 5)]}, CALENDAR, on=on, civil=civil), id)
    assert open_one.state == "lapsed" and (paid.state, paid.stopped_on) == ("stopped", date(2025, 5, 5))


def test_pause_and_resume_move_the_period():
    pause = Change("M-A", "pause", day("2026-03-10"))
    clock = one("A", "L7", "accepted=2026-03-05", changes=[pause])
    # 6 to 9 March are counted, eleven days are left.
    assert (clock.state, clock.due, clock.left) == ("paused", None, 11)
    clock = one("A", "L7", "accepted=2026-03-05", changes=[pause, Change("M-A", "resume", day("2026-03-25"))])
    assert (clock.raw, clock.due) == (day("2026-04-04"), day("2026-04-07"))
    same = one("A", "L7", "accepted=2026-03-05", changes=[pause._replace(to_on=day("2026-03-25"))])
    assert (same.raw, same.due) == (clock.raw, clock.due)


def test_a_pause_after_the_end_changes_nothing():
    clock = one("A", "L7", "accepted=2026-03-05", changes=[Change("L7", "pause", day("2026-03-21"))])
    assert (clock.state, clock.due) == ("running", day("2026-03-20"))


def test_agreed_and_set_dates_do_not_roll():
    saturday = day("2026-04-11")
    clock = one("A", "M-A", "accepted=2026-03-05", changes=[Change("L7", "extend", day("2026-03-19"), saturday)])
    assert (clock.raw, clock.due, clock.is_extended) == (day("2026-03-20"), saturday, True)
    clock = one("F", "M-F", "papers_signed=2026-09-18", procedure="second",
                changes=[Change("M-F", "override", day("2026-09-18"), day("2026-10-03"), "来函给的期限")])
    assert (clock.due, clock.is_set_by_hand, clock.is_extended) == (day("2026-10-03"), True, False)
    instalment = agreed("P1", FACTS["performance_due"], day("2026-06-01"), day("2026-08-01"), on=day("2026-08-02"))
    assert (instalment.raw, instalment.due, instalment.state) == (day("2026-08-01"), day("2026-08-01"), "lapsed")


def test_a_stop_by_hand():
    clock = one("A", "L6", "received=2026-03-02", changes=[Change("L6", "stop", day("2026-03-04"))], on=day("2026-04-01"))
    assert (clock.state, clock.stopped_on) == ("stopped", day("2026-03-04"))


def test_rule_versions_follow_the_day_or_the_pin():
    assert find_clock(clocks("D", "accepted=2023-06-01"), "M-D") is None
    assert find_clock(clocks("E", "platform_message=2021-06-01"), "L2") is None
    assert find_clock(clocks("E", "platform_message=2022-06-01"), "L2")
    assert find_clock(clocks("D", "accepted=2024-06-03", pinned_on=day("2023-06-03")), "M-D") is None


# Time bar.

def test_an_interruption_starts_the_year_anew():
    clock = one("A", "L16", "infringement_known=2025-06-01", "interrupted=2026-01-10")
    assert (clock.trigger, clock.raw, clock.due) == ("interrupted", day("2027-01-10"), day("2027-01-11"))
    assert one("A", "L18", "infringement_known=2025-06-01", "interrupted=2026-01-10").raw == day("2027-01-10")


def test_the_fold_takes_each_inside_the_running_period():
    days = [Interruption(day(text)) for text in ("2026-06-30", "2025-05-01", "2026-02-01", "2028-01-01")]
    bar = limitation(day("2025-06-01"), days, CALENDAR)
    assert [(r.on, r.is_effective) for r in bar.restarts] == [
        (day("2025-05-01"), False), (day("2026-02-01"), True), (day("2026-06-30"), True), (day("2028-01-01"), False)]
    assert (bar.base_on, bar.raw, bar.due) == (day("2026-06-30"), day("2027-06-30"), day("2027-06-30"))


def test_an_interruption_on_the_rolled_last_day_is_in_time_and_a_day_later_too_late():
    # One year from 2025-05-04 ends on 2026-05-04, a day off; the last day is 2026-05-06.
    in_time = limitation(day("2025-05-04"), [Interruption(day("2026-05-06"))], CALENDAR)
    assert in_time.raw == day("2027-05-06")
    late = limitation(day("2025-05-04"), [Interruption(day("2026-05-07"))], CALENDAR)
    assert (late.due, late.is_restarted) == (day("2026-05-06"), False)
    assert find_clock(clocks("A", "infringement_known=2025-05-04", "interrupted=2026-05-07"), "L18") is None


def test_pay_arrears_while_employed_have_no_bar():
    assert clocks("A", "infringement_known=2023-02-01", pay_only=True) == []
    assert clocks("A", "infringement_known=2023-02-01", "interrupted=2026-01-10", pay_only=True) == []
    assert find_clock(clocks("A", "employment_ended=2026-03-31", has_pay=False), "L17") is None


def test_an_interruption_before_the_employment_ends_does_not_shorten():
    found = clocks("A", "employment_ended=2026-03-31", "interrupted=2026-01-10", pay_only=True)
    assert [(c.id, c.raw) for c in found] == [("L17", day("2027-03-31"))]


def test_suspension_lengthens_the_bar():
    change = Change("L16", "pause", day("2026-02-01"), day("2026-02-11"))
    assert one("A", "L16", "infringement_known=2025-06-01", changes=[change]).raw == day("2026-06-11")
    still = one("A", "L16", "infringement_known=2025-06-01", changes=[change._replace(to_on=None)])
    assert (still.state, still.due) == ("paused", None)
    assert merge_pauses([(day("2026-02-05"), day("2026-02-20")), (day("2026-02-01"), day("2026-02-11"))]) == [
        (day("2026-02-01"), day("2026-02-20"))]


def test_alerts_before_the_bar():
    due = day("2026-09-28")
    assert bar_alert(due, day("2026-08-28")) == ""
    assert bar_alert(due, day("2026-08-29")) == "soon"
    assert bar_alert(due, day("2026-09-12")) == "soon"
    assert bar_alert(due, day("2026-09-13")) == "red"
    assert bar_alert(due, day("2026-09-28")) == "red"
    assert bar_alert(due, day("2026-09-29")) == "lapsed"
    assert is_aid_urgent(due, day("2026-09-22"))
    assert not is_aid_urgent(due, day("2026-09-21"))
    assert not is_aid_urgent(due, day("2026-09-29"))


def test_a_bar_of_which_only_the_earliest_end_is_near_calls_for_attention():
    first, last = day("2026-09-01"), day("2026-12-31")
    assert bar_alert(last, day("2026-08-01"), first) == ""
    assert bar_alert(last, day("2026-08-02"), first) == "soon"
    assert bar_alert(last, day("2026-12-15"), first) == "soon"
    assert bar_alert(last, day("2026-12-16"), first) == "red"


# A dead bar, an unknown start, a start known roughly.

def test_a_year_after_leaving_is_over_for_every_head_and_a_later_request_interrupts_nothing():
    """Severance: left on 20 November 2025, came on 30 November 2026; nothing is known of an earlier demand."""
    found = clocks("A", "employment_ended=2025-11-20", "interrupted=2026-11-30", has_pay=False, on=day("2026-11-30"))
    bar = find_clock(found, "L16")
    assert (bar.due, bar.state, bar.confidence) == (day("2026-11-20"), "lapsed", "M")
    assert [(r.on, r.is_effective) for r in bar.fold.restarts] == [(day("2026-11-30"), False)]
    assert find_clock(found, "L18") is None and find_clock(found, "L17") is None


def test_the_bar_runs_from_the_known_day_and_from_the_end_of_the_work_at_the_latest():
    early = one("A", "L16", "infringement_known=2025-06-02", "employment_ended=2025-11-20")
    assert (early.trigger, early.due, early.confidence) == ("infringement_known", day("2026-06-02"), "H")
    late = one("A", "L16", "infringement_known=2026-03-02", "employment_ended=2025-11-20")
    assert (late.trigger, late.due, late.confidence) == ("employment_ended", day("2026-11-20"), "M")


def test_with_an_unknown_start_the_restarted_year_is_advice_and_says_why():
    bar = one("A", "L18", "interrupted=2026-11-30")
    assert (bar.due, bar.confidence) == (day("2027-11-30"), "M") and "不知道" in bar.note.zh


def roughly(first, last, *pairs, **more):
    ends = {"employment_ended": (day(first) if first else None, day(last))}
    return find_clock(clocks("A", *pairs, pay_only=True, vague=ends, **more), "L17")


def test_a_leaving_day_known_roughly_starts_the_bar_with_both_ends():
    bar = roughly("2025-11-21", "2025-11-30", on=day("2026-11-30"))
    # One year from the 21st ends on a Saturday and moves to Monday the 23rd.
    assert (bar.first_due, bar.due, bar.state, bar.confidence) == (day("2026-11-23"), day("2026-11-30"), "running", "M")
    assert bar.is_vague and bar_alert(bar.due, day("2026-11-30"), bar.first_due) == "red"
    assert bar_alert(bar.due, day("2026-12-01"), bar.first_due) == "lapsed"


def test_a_request_between_both_ends_may_or_may_not_have_been_in_time():
    bar = roughly("2025-11-03", "2025-11-28", "interrupted=2026-11-16")
    assert (bar.first_due, bar.due) == (day("2026-11-03"), day("2027-11-16"))


def test_a_leaving_day_without_an_earliest_day_still_has_its_bar():
    bar = roughly(None, "2024-02-09", on=day("2026-11-30"))
    # 9 February 2025 is a Sunday.
    assert (bar.is_vague, bar.first_due, bar.due, bar.state) == (True, None, day("2025-02-10"), "lapsed")
    exact = roughly("2024-02-09", "2024-02-09")
    assert (exact.is_vague, exact.confidence) == (False, "H")
    assert not roughly("2024-01-01", "2024-02-09", "employment_ended=2024-01-15").is_vague


# Civil claims, enforcement, personnel disputes.

def civil(*pairs, **more):
    return one("B", "L37", *pairs, civil=True, **more)


def test_three_years_move_past_the_holiday_and_a_service_that_ended_starts_them_at_the_latest():
    assert civil("infringement_known=2023-10-03").due == day("2026-10-08")
    from_end = civil("employment_ended=2023-10-10")
    assert (from_end.due, from_end.confidence) == (day("2026-10-10"), "M")


@pytest.mark.parametrize(("begin", "end", "due"), [
    ("2024-01-01", "2024-07-31", "2026-06-01"),  # before the last six months: without effect
    ("2026-04-01", "2026-05-01", "2026-11-02"),  # 1 November is a Sunday
    ("2025-08-01", "2026-01-15", "2026-07-15"),  # it lasts into the last six months
    ("2025-08-01", "2025-12-01", "2026-06-01"),  # it ends as they begin
])
def test_a_civil_bar_stands_still_only_in_its_last_six_months(begin, end, due):
    pause = Change("L37", "pause", day(begin), day(end))
    assert civil("infringement_known=2023-06-01", changes=[pause]).due == day(due)


def test_an_obstacle_that_lasts_stops_the_civil_bar_from_its_last_six_months_on():
    pause = Change("L37", "pause", day("2024-01-01"))
    ahead = civil("infringement_known=2023-06-01", changes=[pause], on=day("2025-11-30"))
    assert (ahead.state, ahead.due) == ("running", day("2026-06-01"))
    there = civil("infringement_known=2023-06-01", changes=[pause], on=day("2025-12-01"))
    assert (there.state, there.due, there.paused_on) == ("paused", None, day("2025-12-01"))


def test_decisions_kept_under_the_former_name_of_the_civil_bar_still_hold():
    pause = Change("CC188", "pause", day("2026-04-01"), day("2026-05-01"))
    assert civil("infringement_known=2023-06-01", changes=[pause]).due == day("2026-11-02")


def test_nothing_helps_beyond_twenty_years():
    told = [Interruption(date(2004 + 2 * n, 6, 1), "claim") for n in range(11)]
    assert limitation(day("2004-06-01"), told, CALENDAR, 3, outer=20).due == day("2024-06-03")


def test_labour_suspension_counts_at_any_time_and_the_rest_goes_on():
    pause = Change("L16", "pause", day("2025-07-01"), day("2025-07-11"))
    assert one("A", "L16", "infringement_known=2025-06-02", changes=[pause]).raw == day("2026-06-12")


def enforcement(*told, **more):
    return one("F", "L24", "performance_due=2024-06-03", interruptions=[Interruption(day(on), kind) for on, kind in told],
               **more)


def test_a_demand_interrupts_enforcement_and_a_request_for_mediation_does_not():
    assert enforcement().due == day("2026-06-03")
    assert enforcement(("2025-06-02", "claim")).due == day("2027-06-02")
    assert enforcement(("2025-06-02", "enforcement_deal")).due == day("2027-06-02")
    assert enforcement(("2025-06-02", "request")).due == day("2026-06-03")


@pytest.mark.parametrize(("begin", "end", "due"), [
    ("2025-01-01", "2025-03-01", "2026-06-03"),  # not in the last six months
    ("2026-02-02", "2026-02-12", "2026-06-15"),  # ten days in them: 13 June is a Saturday; CC 194 would say 12 August
])
def test_of_two_ways_to_count_a_suspension_of_enforcement_the_earlier_day_is_shown(begin, end, due):
    bar = enforcement(changes=[Change("L24", "pause", day(begin), day(end))])
    assert (bar.due, bar.confidence) == (day(due), "M")


def test_personnel_disputes_have_a_bar_of_their_own():
    facts = ["infringement_known=2025-10-03", "received=2026-03-02", "award_received=2026-09-10"]
    found = clocks("A", *facts, personnel=True)
    assert find_clock(found, "S36").due == day("2026-10-08")
    assert not {"L16", "L17", "L18"} & {c.id for c in found} and {"L6", "L23"} <= {c.id for c in found}
    assert "S36" not in {c.id for c in clocks("A", *facts)}
    servant = one("A", "S36", "post_dispute=2026-08-03", personnel=True)
    assert (servant.raw, servant.due) == (day("2026-10-02"), day("2026-10-08"))


def test_pay_of_over_age_workers_has_the_year_and_nothing_surer():
    found = clocks("A", "infringement_known=2025-10-03", "employment_ended=2026-03-31", pay_only=True, over_age=True)
    bar = find_clock(found, "L16")
    assert (bar.due, bar.confidence) == (day("2026-10-08"), "M") and "第27条第4款" in bar.note.zh
    assert find_clock(found, "L17") is None


@pytest.mark.parametrize(("rule", "channel", "confidence"), [
    ("L8", "A", "H"), ("L8", "E", "M"), ("L8", "H", "M"), ("L8", "I", "M"),
    ("L10", "A", "H"), ("L10", "E", "H"), ("L10", "H", "M"), ("L10", "I", "M")])
def test_what_follows_an_agreement_is_as_sure_as_its_way(rule, channel, confidence):
    assert one(channel, rule, "effective=2026-03-10").confidence == confidence


def test_a_decision_about_the_award_moves_the_way_to_the_court_too():
    change = Change("L22", "extend", day("2026-04-10"), day("2026-05-01"))
    assert one("A", "L32", "arbitration_accepted=2026-03-02", changes=[change]).due == day("2026-05-01")


def test_a_pause_without_an_article_leaves_only_advice():
    pause = Change("M-A", "pause", day("2026-03-10"), day("2026-03-12"), ground="other_case")
    assert one("A", "M-A", "accepted=2026-03-05", changes=[pause]).confidence == "M"
    of_court = Change("M-E", "pause", day("2026-03-10"), day("2026-03-12"), ground="appraisal")
    assert one("E", "M-E", "papers_signed=2026-03-02", changes=[of_court]).confidence == "H"
    waiting = of_court._replace(ground="other_case")
    assert one("E", "M-E", "papers_signed=2026-03-02", changes=[waiting]).confidence == "M"


def test_a_row_keeps_its_mark_when_other_rows_get_a_new_column():
    """The check of a lawyer is kept under the mark: it has to change with what the row says, and only then."""
    rows = {rule.id: rule for rule in CLOCKS}
    assert replace(rows["L1"], follows="L2").mark != rows["L1"].mark
    assert not [name for name in ("standstill", "restarts", "outer", "follows", "former") if name in repr(rows["L5"])]
    assert rows["L5"].mark == f"L5#{sha256(repr(rows['L5']).encode()).hexdigest()[:8]}"


# Refusals.

BOTH = {"applicant": day("2026-06-20"), "respondent": day("2026-06-19")}


def test_the_cap_counts_from_the_raw_date_and_the_agreed_day_stands():
    clock = one("D", "M-D", "accepted=2026-06-05")
    assert (clock.raw, clock.due) == (day("2026-06-20"), day("2026-06-22"))
    assert extension_cap(clock, CALENDAR) == day("2026-07-05")
    assert extension_problems(clock, day("2026-07-05"), BOTH, CALENDAR) == []  # a Sunday
    refused = extension_problems(clock, day("2026-07-06"), BOTH, CALENDAR)
    assert "2026-07-05" in refused[0].text.zh
    assert "一站式" in refused[0].text.zh
    again = one("D", "M-D", "accepted=2026-06-05",
                changes=[Change("M-D", "extend", day("2026-06-20"), day("2026-06-30"))])
    late = {"applicant": day("2026-06-29"), "respondent": day("2026-06-29")}
    assert extension_problems(again, day("2026-07-05"), late, CALENDAR) == []
    assert extension_problems(again, day("2026-07-06"), late, CALENDAR)


def test_consent_must_come_from_both_and_before_the_end():
    clock = one("A", "L7", "accepted=2026-03-05")
    last = {"applicant": day("2026-03-20"), "respondent": day("2026-03-20")}
    assert extension_problems(clock, day("2026-04-10"), last, CALENDAR) == []
    late = extension_problems(clock, day("2026-04-10"), last | {"respondent": day("2026-03-21")}, CALENDAR)
    assert "第29条" in late[0].text.zh
    assert late[0].confirm == ""
    assert extension_problems(clock, day("2026-04-10"), {"applicant": day("2026-03-19"), "respondent": None}, CALENDAR)
    assert extension_problems(clock, day("2026-03-20"), last, CALENDAR)  # not later
    assert extension_problems(clock, day("2026-04-10"), last, CALENDAR, on=day("2026-03-19"))  # consent tomorrow


def test_all_problems_of_an_extension_come_at_once():
    clock = one("D", "M-D", "accepted=2026-07-06")
    problems = extension_problems(clock, day("2026-08-20"), {"applicant": day("2026-07-22")}, CALENDAR)
    assert len(problems) == 3


def test_what_cannot_be_extended():
    for clock in (one("G", "M-G", "consented=2026-04-24"), one("A", "L6", "received=2026-03-02"),
                  one("A", "L8", "effective=2026-03-10")):
        problem = extension_problems(clock, day("2026-12-01"), BOTH, CALENDAR)[0]
        assert "没有规定可以延长" in problem.text.zh
        assert problem.confirm == ""


def test_rules_that_only_advise_ask_back():
    clock = one("B", "M-B", "accepted=2026-03-05")
    problems = extension_problems(clock, day("2026-05-05"), {"applicant": day("2026-03-20")}, CALENDAR)
    assert [p.confirm for p in problems] == ["extension"]


def test_arbitration_and_inspection_extensions():
    award = one("A", "L22", "arbitration_accepted=2026-03-02")
    head = {"arbitration_head": day("2026-04-10")}
    assert extension_problems(award, day("2026-05-01"), head, CALENDAR) == []
    assert extension_problems(award, day("2026-05-02"), head, CALENDAR)
    review = one("A", "L9", "review_accepted=2026-09-24")
    # Five working days after 2026-10-09: make-up Saturday 10th, 12th to 15th.
    assert extension_cap(review, CALENDAR) == day("2026-10-15")


def test_pause_and_override_need_ground():
    clock = one("A", "L7", "accepted=2026-03-05")
    assert pause_problems(clock, day("2026-03-10"), "injury_finding", "", "受理通知书") == []
    assert {p.field for p in pause_problems(clock, day("2026-03-21"), "", "", "")} == {"ground", "document", "from_on"}
    assert [p.field for p in pause_problems(clock, day("2026-03-10"), "other", " ", "说明")] == ["reason"]
    assert pause_problems(clock, day("2026-03-10"), "rain", "下雨", "说明")[0].field == "ground"
    right = one("A", "L6", "received=2026-03-02")
    assert pause_problems(right, day("2026-03-10"), "injury_finding", "", "通知书")[0].field == "rule"
    assert override_problems(clock, day("2026-04-01"), "来函", "法院函") == []
    assert {p.field for p in override_problems(clock, day("2026-03-01"), " ", "")} == {"reason", "document", "to_on"}


def test_dates_in_an_impossible_order_name_the_rule():
    problems = order_problems(read_facts(["received=2026-03-05", "accepted=2026-03-02"]))
    assert [p.field for p in problems] == ["accepted"]
    assert "第22条" in problems[0].text.zh
    assert "art. 22" in problems[0].text.en
    assert order_problems(read_facts(["received=2026-03-02", "accepted=2026-03-02"])) == []
    ahead = order_problems(read_facts(["received=2026-03-05", "performance_due=2026-09-01"]), on=day("2026-03-04"))
    assert [p.field for p in ahead] == ["received"]


@pytest.mark.parametrize(("earlier", "later", "article"), [
    # Not neighbours in the table of order: the step between them was not told.
    ("received=2026-03-02", "review_accepted=2026-03-01", "第74条"),
    ("accepted=2026-03-02", "confirmation_filed=2026-03-01", "第205条"),
    ("order_applied=2026-03-02", "payment_order_served=2026-03-01", "第227条"),
    ("arbitration_applied=2026-03-02", "award_received=2026-03-01", "第43条"),
    ("infringement_known=2026-03-02", "accepted=2026-03-01", "第22条"),
    ("platform_message=2026-03-02", "effective=2026-03-01", "第24条"),
    ("complaint_received=2026-03-02", "inspection_decided=2026-03-01", "第17条"),
    ("aid_applied=2026-03-02", "aid_assigned=2026-03-01", "第43条"),
])
def test_an_impossible_order_is_found_across_steps_that_were_not_told(earlier, later, article):
    problems = order_problems(read_facts([earlier, later]))
    assert [p.field for p in problems] == [later.split("=")[0]]
    assert article in problems[0].text.zh and "2026-03-02" in problems[0].text.zh


def test_days_in_any_possible_order_are_let_be():
    assert order_problems(read_facts([
        "effective=2026-06-12", "performance_due=2026-06-10", "accepted=2026-06-01", "received=2026-06-01",
        "employment_ended=2026-05-01", "interrupted=2020-01-01", "violation_ended=2026-08-01",
        "complaint_received=2026-07-01", "accident=2025-01-01"])) == []


def test_days_out_of_all_reason_are_refused():
    with pytest.raises(Refused) as refused:
        read_facts(["received=9999-12-31", "accident=0001-01-01"])
    assert len(refused.value.problems) == 2


def test_the_channel_is_pinned_by_acceptance():
    assert channel_change_problems("A", "C", is_accepted=False) == []
    assert channel_change_problems("A", "A", is_accepted=True) == []
    problem = channel_change_problems("A", "C", is_accepted=True)[0]
    assert "第29条" in problem.text.zh
    assert problem.confirm == ""


def test_review_is_closed_to_some_agreements():
    assert review_problems(["wages"], False) == []
    assert len(review_problems(["wages", "relationship"], True)) == 2


def test_unknown_facts_are_named():
    with pytest.raises(Refused) as refused:
        read_facts(["recieved=2026-03-02", "accepted=2.3.2026"])
    assert len(refused.value.problems) == 2


# The table itself.

def test_every_rule_is_complete():
    for rule in CLOCKS:
        assert rule.label.zh and rule.label.en and rule.article.zh and rule.article.en
        assert rule.confidence in CONFIDENCES and rule.nature in NATURES
        assert set(rule.channels) <= set(CHANNELS)
        assert rule.length is None or (rule.unit in UNITS and rule.triggers)
        assert set(rule.triggers) | set(rule.stops) | ({rule.fallback} - {""}) <= set(FACTS)
        assert rule.until is None or rule.valid_from <= rule.until


def test_ids_are_those_of_the_law():
    ids = {f"L{number}" for number in range(1, 41)} | {f"M-{letter}" for letter in "ABCDEFGI"} | {"S36"}
    assert {rule.id for rule in CLOCKS} == ids


def test_no_two_rows_of_one_id_hold_for_the_same_thing():
    seen = set()
    for rule in CLOCKS:
        for letter in rule.channels:
            key = (rule.id, letter, rule.procedure, rule.triggers, rule.length, rule.valid_from)
            assert key not in seen
            seen.add(key)


def test_a_clock_as_a_row_for_scripts():
    row = as_row(one("A", "L1", "received=2026-09-30"))
    assert row == {"id": "L1", "label": "决定是否受理", "trigger": "received", "raw": "2026-10-10", "due": "2026-10-10",
                   "provisional": False, "rule": "自收到申请次日起3个工作日",
                   "article": "《企业劳动争议协商调解规定》第22条（R17 22）", "confidence": "H"}
    assert as_row(one("A", "L1", "received=2026-09-30"), "en")["rule"] == (
        "3 working days from the day after the request was received")


def test_twins_are_shown_once_and_the_count_can_be_shown():
    found = clocks("A", "received=2026-03-02", "accepted=2026-03-05")
    assert [c.id for c in without_twins(found)] == ["M-A", "L1", "L6"]
    assert count_days(find_clock(found, "M-A"), CALENDAR)[-1].on == day("2026-03-20")


FACT_DAYS = st.dates(date(2024, 1, 1), date(2027, 6, 30))


@given(st.sampled_from(sorted(CHANNELS)), st.dictionaries(st.sampled_from(sorted(FACTS)), st.lists(FACT_DAYS, max_size=3)),
       st.sampled_from(["ordinary", "summary", "second"]), st.booleans())
def test_a_due_date_that_rolls_is_never_a_rest_day(channel, facts, procedure, civil):
    for clock in run(channel, facts, CALENDAR, procedure=procedure, civil=civil, has_title=True):
        assert clock.due is not None and clock.row is not None
        assert not is_rest_day(clock.due, CALENDAR)
        assert clock.due >= clock.raw > clock.trigger_on


@given(st.sampled_from(sorted(CHANNELS)), st.dictionaries(st.sampled_from(sorted(FACTS)), st.lists(FACT_DAYS, max_size=2)),
       FACT_DAYS)
def test_no_rule_looks_at_the_time(channel, facts, on):
    """Today tells running from over; it moves no date, starts no clock, and drops none."""
    without = run(channel, facts, CALENDAR, procedure="ordinary")
    then = run(channel, facts, CALENDAR, procedure="ordinary", on=on)
    assert [(c.id, c.trigger_on, c.raw, c.due) for c in without] == [(c.id, c.trigger_on, c.raw, c.due) for c in then]


@given(FACT_DAYS, st.integers(0, 40))
def test_a_later_start_never_ends_earlier(start, more):
    for channel, fact in (("A", "received"), ("B", "accepted"), ("G", "consented"), ("E", "platform_message")):
        first = run(channel, {fact: [start]}, CALENDAR)
        second = run(channel, {fact: [start + timedelta(days=more)]}, CALENDAR)
        assert [c.id for c in first] == [c.id for c in second]
        assert all(a.due <= b.due for a, b in zip(first, second, strict=True))


@given(st.lists(FACT_DAYS, max_size=6), FACT_DAYS)
def test_the_fold_does_not_depend_on_the_order_and_never_shortens(days, base):
    told = [Interruption(one) for one in days]
    bar = limitation(base, told, CALENDAR)
    assert bar == limitation(base, reversed(told), CALENDAR)
    assert bar.due >= limitation(base, [], CALENDAR).due
    assert bar.base_on in {base, *days}


@pytest.mark.parametrize("channel", [code for code, row in CHANNELS.items() if row.period])
@pytest.mark.parametrize("pairs", [
    (), ("accepted=2026-04-20",), ("received=2026-09-18", "accepted=2026-09-24"), ("consented=2026-02-12",),
    ("received=2026-02-13", "papers_signed=2026-02-13", "concluded=2026-02-20")])
@pytest.mark.parametrize("changes", [
    [], [("extend", "2026-05-01", "2026-05-20")], [("pause", "2026-04-25", None)],
    [("pause", "2026-04-25", None), ("resume", "2026-05-04", None)]])
def test_the_due_date_alone_is_that_of_the_whole_run(channel, pairs, changes):
    period, facts = CHANNELS[channel].period, read_facts(pairs)
    made = [Change(period, kind, day(begin), day(end) if end else None) for kind, begin, end in changes]
    whole = find_clock(run(channel, facts, CALENDAR, procedure="ordinary", changes=made), period)
    assert due_of(period, channel, facts, CALENDAR, "ordinary", made) == (whole.due if whole else None)
