"""The acceptance cases of cases.md that concern dates and rules, each by its number."""
from datetime import date

import pytest

from mediation.rules.law.clocks import find_clock, run
from mediation.rules.law.effect import Signature, effective_on
from mediation.rules.law.jurisdiction import is_group, representative_problems
from mediation.rules.law.lapses import proposals
from mediation.rules.law.reckoning import Change
from mediation.rules.law.refusals import extension_problems, joint_request_problems
from mediation.rules.law.retention import destruction_from, retention_problems
from mediation.rules.law.ways import WAYS
from mediation.sheets import shipped_calendar

CALENDAR = shipped_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


def clocks(channel, on=None, changes=(), **facts):
    return run(channel, {name: [day(text)] for name, text in facts.items()}, CALENDAR,
               on=day(on) if on else None, changes=changes)


def test_case_1_acceptance_over_the_national_holiday():
    clock = find_clock(clocks("A", received="2026-09-30"), "L1")
    assert clock.due == day("2026-10-10")


def test_case_2_two_fifteen_day_clocks_side_by_side():
    found = clocks("A", received="2026-03-02", accepted="2026-03-05", on="2026-03-18")
    assert find_clock(found, "L6").due == day("2026-03-17")
    assert find_clock(found, "L7").due == day("2026-03-20")
    proposed = proposals(found, WAYS["A"], day("2026-03-18"))
    assert [(p.kind, p.clock.id, p.outcome) for p in proposed] == [("notice", "L6", "")]
    assert proposals(found, WAYS["A"], day("2026-03-17")) == []


def test_case_3_one_stop_extension_of_fifteen_days_at_most():
    clock = find_clock(clocks("D", accepted="2026-07-06"), "M-D")
    both = {"applicant": day("2026-07-20"), "respondent": day("2026-07-20")}
    assert clock.due == day("2026-07-21")
    assert extension_problems(clock, day("2026-08-05"), both, CALENDAR) == []
    refused = extension_problems(clock, day("2026-08-06"), both, CALENDAR)
    assert len(refused) == 1
    assert "2026-08-05" in refused[0].text.zh
    assert "4号" in refused[0].text.zh


def test_case_4_one_sided_extension_then_the_period_lapses():
    clock = find_clock(clocks("A", accepted="2026-03-05"), "M-A")
    one_sided = extension_problems(clock, day("2026-04-10"), {"applicant": day("2026-03-19")}, CALENDAR)
    assert len(one_sided) == 1
    assert "对方" in one_sided[0].text.zh
    assert proposals([clock], WAYS["A"], day("2026-03-20")) == []
    proposed = proposals(clocks("A", accepted="2026-03-05"), WAYS["A"], day("2026-03-21"))
    assert len(proposed) == 1
    assert (proposed[0].outcome, proposed[0].reason) == ("FAILED", "expired")
    assert proposed[0].papers == ("termination",)
    assert proposed[0].interrupted_on == day("2026-03-20")


def test_case_4_both_sign_in_time():
    both = {"applicant": day("2026-03-19"), "respondent": day("2026-03-19")}
    clock = find_clock(clocks("A", accepted="2026-03-05"), "M-A")
    assert extension_problems(clock, day("2026-04-10"), both, CALENDAR) == []
    change = Change("M-A", "extend", day("2026-03-19"), day("2026-04-10"))
    found = clocks("A", accepted="2026-03-05", changes=[change])
    assert {c.due for c in found if c.id in ("M-A", "L7")} == {day("2026-04-10")}
    assert proposals(found, WAYS["A"], day("2026-04-10")) == []


def test_case_5_platform_message_over_labour_day():
    found = clocks("E", platform_message="2026-04-30", on="2026-05-09")
    clock = find_clock(found, "L2")
    assert (clock.due, clock.state) == (day("2026-05-08"), "lapsed")
    assert [p.kind for p in proposals(found, WAYS["E"], day("2026-05-09"))] == ["reassign"]
    assert proposals(found, WAYS["E"], day("2026-05-08")) == []


SIGNED = [Signature("applicant", "sign", day("2026-06-10")), Signature("respondent", "stamp", day("2026-06-10")),
          Signature("mediator", "sign", day("2026-06-11"))]
SEALED = [*SIGNED, Signature("seal", "stamp", day("2026-06-12"))]


@pytest.mark.parametrize(("channel", "effective"), [("A", "2026-06-12"), ("B", "2026-06-12"), ("C", "2026-06-12"),
                                                    ("D", "2026-06-12"), ("E", "2026-06-10")])
def test_case_6_effect_by_channel(channel, effective):
    assert effective_on(channel, "written", SEALED).on == day(effective)


def test_case_6_without_seal_nothing_starts():
    effect = effective_on("A", "written", SIGNED)
    assert effect.on is None
    assert "印章" in effect.missing[0].zh
    assert effective_on("E", "written", SIGNED).on == day("2026-06-10")
    assert clocks("A") == []


def test_case_6_fingerprints_oral_and_court_papers():
    printed = [SEALED[0]._replace(way="fingerprint"), *SEALED[1:]]
    assert effective_on("A", "written", printed).on is None
    assert "指印" in effective_on("A", "written", printed).missing[0].zh
    assert effective_on("B", "written", printed).on == day("2026-06-12")
    signed_and_printed = [SEALED[0]._replace(way="sign_print"), *SEALED[1:]]
    assert effective_on("A", "written", signed_and_printed).on == day("2026-06-12")
    oral = [Signature("applicant", "oral", day("2026-06-10")), Signature("respondent", "oral", day("2026-06-10"))]
    assert effective_on("B", "oral", oral).on == day("2026-06-10")
    assert effective_on("A", "oral", oral).on is None
    assert effective_on("F", "written", SEALED).on is None
    served = [*SIGNED, Signature("court", "stamp", day("2026-06-15"))]
    assert effective_on("F", "court", served).on == day("2026-06-15")


def test_case_6_online_and_several_parties():
    online = [Signature("applicant", "electronic", day("2026-06-10"), 1),
              Signature("applicant", "electronic", day("2026-06-13"), 2),
              Signature("respondent", "electronic", day("2026-06-11"), 3)]
    effect = effective_on("E", "online", online, [("applicant", 1), ("applicant", 2), ("respondent", 3)])
    assert effect.on == day("2026-06-13")
    assert effect.notes  # mediator and seal are still asked for
    assert effective_on("E", "online", online[:1] + online[2:],
                        [("applicant", 1), ("applicant", 2), ("respondent", 3)]).on is None


def test_case_7_review_window():
    clock = find_clock(clocks("A", effective="2026-09-10"), "L8")
    assert (clock.raw, clock.due) == (day("2026-09-25"), day("2026-09-28"))
    last, late = day("2026-09-28"), day("2026-09-29")
    assert joint_request_problems(clock, {"applicant": last, "respondent": last}) == []
    too_late = joint_request_problems(clock, {"applicant": last, "respondent": late})
    assert "第74条" in too_late[0].text.zh
    one_sided = joint_request_problems(clock, {"applicant": day("2026-09-20")})
    assert "对方" in one_sided[0].text.zh
    assert joint_request_problems(None, {"applicant": last, "respondent": last})


@pytest.mark.parametrize(("effective", "raw", "due"), [("2026-09-01", "2026-10-01", "2026-10-08"),
                                                       ("2026-06-12", "2026-07-12", "2026-07-13")])
def test_case_8_judicial_confirmation(effective, raw, due):
    clock = find_clock(clocks("A", effective=effective), "L10")
    assert (clock.raw, clock.due) == (day(raw), day(due))


def test_case_9_pay_arrears():
    known = {"infringement_known": [day("2023-05-01")]}
    assert run("A", known, CALENDAR, pay_only=True) == []
    found = run("A", known | {"employment_ended": [day("2026-03-31")]}, CALENDAR, pay_only=True)
    assert [(clock.id, clock.due) for clock in found] == [("L17", day("2027-03-31"))]


def test_case_10_groups_and_representatives():
    assert not is_group(9, True)
    assert is_group(10, True)
    assert not is_group(10, False)
    assert [bool(representative_problems(number)) for number in range(2, 7)] == [True, False, False, False, True]
    assert representative_problems(2)[0].confirm
    assert "第63条" in representative_problems(6)[0].text.zh


def test_case_13_refusal_stops_the_acceptance_limit():
    clock = find_clock(clocks("A", received="2026-05-06", refused="2026-05-08", on="2026-05-30"), "L1")
    assert (clock.state, clock.is_late) == ("stopped", False)
    facts = {"infringement_known": [day("2025-12-01")], "interrupted": [day("2026-05-08")]}
    # 2027-05-08 is a Saturday; the year is not loaded.
    bar = find_clock(run("A", facts, CALENDAR), "L16")
    assert (bar.raw, bar.due, bar.provisional) == (day("2027-05-08"), day("2027-05-10"), True)


def test_case_14_retention():
    assert destruction_from(day("2026-05-20")) == day("2037-01-01")
    assert destruction_from(day("2026-12-31"), "five") == day("2032-01-01")
    assert destruction_from(day("2026-05-20"), "permanent") is None
    assert destruction_from(day("2026-05-20"), "ten") == day("2037-01-01")
    assert retention_problems("five") == []
    assert "10年" in retention_problems("five", has_award=True)[0].text.zh


# The same rules on other days: year ends, month ends, an unloaded year, each channel.

@pytest.mark.parametrize(("channel", "id", "facts", "raw", "due", "is_provisional"), [
    # L1: make-up Sunday 2026-09-20 counts, the Mid-autumn days do not: 09-20, 09-21, 09-22.
    ("A", "L1", {"received": "2026-09-19"}, "2026-09-22", "2026-09-22", False),
    # L1 before the new year: 12-30, 12-31, then not 2027-01-01, off in every year, but Monday the 4th.
    ("A", "L1", {"received": "2026-12-29"}, "2027-01-04", "2027-01-04", True),
    ("A", "L1", {"received": "2025-12-31"}, "2026-01-06", "2026-01-06", False),  # 01-04 Sun is worked, 5, 6
    ("A", "L7", {"accepted": "2026-02-05"}, "2026-02-20", "2026-02-24", False),  # Spring Festival until 02-23
    ("A", "L7", {"accepted": "2025-12-17"}, "2026-01-01", "2026-01-04", False),  # make-up Sunday is no rest day
    ("B", "M-B", {"accepted": "2026-01-29"}, "2026-02-28", "2026-02-28", False),  # Saturday, worked
    ("B", "M-B", {"accepted": "2026-12-31"}, "2027-01-31", "2027-02-01", True),
    ("C", "M-C", {"received": "2026-06-04"}, "2026-06-19", "2026-06-22", False),  # Dragon Boat until 06-21
    ("D", "M-D", {"accepted": "2026-04-24"}, "2026-05-09", "2026-05-09", False),  # Saturday, worked
    ("E", "M-E", {"platform_accepted": "2026-09-01"}, "2026-10-01", "2026-10-08", False),
    ("G", "M-G", {"consented": "2026-02-10"}, "2026-03-02", "2026-03-02", False),  # 11-14 four days, 24-28 five, 03-02
    ("H", "L6", {"received": "2026-09-26"}, "2026-10-11", "2026-10-12", False),
    ("A", "L8", {"effective": "2026-12-31"}, "2027-01-15", "2027-01-15", True),
    ("A", "L9", {"review_accepted": "2026-12-28"}, "2027-01-05", "2027-01-05", True),
    ("A", "L10", {"effective": "2024-01-30"}, "2024-02-29", "2024-02-29", False),
    ("A", "L15", {"order_issued": "2026-01-16"}, "2026-02-15", "2026-02-24", False),
    ("A", "L17", {"employment_ended": "2024-02-29"}, "2025-02-28", "2025-02-28", False),
    ("A", "L25", {"inspection_filed": "2026-08-03"}, "2026-10-30", "2026-10-30", False),
    ("A", "L26", {"violation_ended": "2024-02-29"}, "2026-02-28", "2026-02-28", False),
    ("A", "L27", {"complaint_received": "2026-02-13"}, "2026-02-27", "2026-02-27", False),
])
def test_other_days(channel, id, facts, raw, due, is_provisional):
    clock = find_clock(clocks(channel, **facts), id)
    assert (clock.raw, clock.due, clock.provisional) == (day(raw), day(due), is_provisional)


def test_other_days_of_the_two_sides_of_an_injury_and_of_legal_aid():
    found = clocks("A", accident="2025-09-03", aid_applied="2026-04-27", aid_approved="2026-05-01")
    assert [(c.label.en, c.raw, c.due) for c in found if c.id == "L28"] == [
        ("The employer applies for the injury finding", day("2025-10-03"), day("2025-10-09")),  # until 10-08 in 2025
        ("Worker, family or union apply for the injury finding", day("2026-09-03"), day("2026-09-03"))]
    assert [(c.raw, c.due) for c in found if c.id == "L29"] == [
        (day("2026-05-04"), day("2026-05-06")), (day("2026-05-04"), day("2026-05-06"))]


def test_wages_and_other_claims_have_their_own_bars_and_each_interruption_counts_once():
    facts = {"infringement_known": [day("2025-01-10")], "employment_ended": [day("2025-09-30")],
             "interrupted": [day("2025-06-01"), day("2026-05-20"), day("2026-10-01")]}
    found = run("A", facts, CALENDAR)
    # Known 2025-01-10: 06-01 restarts, 2026-05-20 is inside, 2026-10-01 is inside again.
    assert find_clock(found, "L16").raw == day("2027-10-01")
    # The pay bar begins when the work ends: 2025-06-01 lies before it; the other two restart it.
    assert find_clock(found, "L17").raw == day("2027-10-01")
    late = run("A", facts | {"interrupted": [day("2026-10-09")]}, CALENDAR)
    # 2026-01-10 (a Saturday) moves to 01-12: over long before. The pay bar ends on 2026-09-30.
    assert (find_clock(late, "L16").due, find_clock(late, "L17").due) == (day("2026-01-12"), day("2026-09-30"))
    assert find_clock(late, "L18") is None


@pytest.mark.parametrize(("channel", "fact", "told", "restarts"), [
    ("E", "papers_signed", "材料退回法院", True), ("G", "consented", "由仲裁庭开庭审理", False),
    ("D", "accepted", "不属于的可以向法院起诉", True), ("C", "received", "可以申请仲裁", True),
    ("I", "received", "可以申请仲裁", False),
])
def test_lapse_goes_where_the_case_came_from(channel, fact, told, restarts):
    found = clocks(channel, **{fact: "2026-03-02"})
    proposed = [p for p in proposals(found, WAYS[channel], day("2026-06-01")) if p.kind == "outcome"]
    assert [(told in p.text.zh, p.is_advice, p.interrupted_on is not None) for p in proposed] == [
        (True, channel == "I", restarts)]


def test_lapse_of_a_rule_that_only_advises():
    proposed = proposals(clocks("B", accepted="2026-03-02"), WAYS["B"], day("2026-04-03"))
    assert [(p.outcome, p.is_advice) for p in proposed] == [("FAILED", True)]
