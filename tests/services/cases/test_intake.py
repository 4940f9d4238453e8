"""Taking a request down: what must be there, what is written, what is remarked; and late entries."""
from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Agency, Case, Commission, Event
from mediation.queries import door
from mediation.queries.cases.intake import find_similar
from mediation.queries.desk import work_lists
from mediation.queries.law import clocks as clock_queries
from mediation.rules.bodies import commissions
from mediation.rules.language import Refused, Text
from mediation.rules.people import worker_list
from mediation.rules.reading import Reading
from mediation.services.cases import intake, moves
from mediation.services.cases.intake import Agreed, ClaimLine, Intake, Late, Paid, Respondent, Row
from tests import house
from tests.house import TODAY, get_station, get_user

pytestmark = pytest.mark.postgresql

CARD = "152824196105120018"


def wages(**changes) -> Intake:
    """A usual wage case at the counter: the seven facts and no more."""
    told = Intake(
        received_on=TODAY, received_time="10:20", source="walk_in", name="巴特尔", phone="13847862213",
        respondents=[Respondent("李老板，城南工地")], claims=[ClaimLine("wages", 1_550_000)],
        narrative="五月去的城南工地，干到九月，说好一天三百，给过两千。")
    return replace(told, **changes)


def fields(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.field for problem in refused.value.problems}


def sentences(refused: pytest.ExceptionInfo[Refused]) -> str:
    return " ".join(problem.text.zh for problem in refused.value.problems)


def texts(actor, told: Intake) -> str:
    return "\n".join(text.zh for text in intake.reminders(actor, told))


# Registering


def test_seven_facts_register_a_request(actor):
    case = intake.register(actor(), wages())
    assert (case.number, case.state, case.station.code) == ("urad-middle-2026-0001", "REGISTERED", "practice")
    assert (case.title, case.respondent_title, case.main_head) == ("巴特尔", "李老板，城南工地", "wages")
    assert (case.claimed_fen, case.headcount, case.version) == (1_550_000, 1, 1)
    person, boss = case.parties
    assert (person.phone, boss.as_told, boss.part) == ("13847862213", "李老板，城南工地", "unknown")
    assert [(row.kind, row.on) for row in case.interruptions] == [("request", TODAY)]


def test_registering_is_one_event_with_exactly_its_fields(actor):
    case = intake.register(actor(), wages())
    event = db.session.scalars(select(Event).where(Event.stream == f"case:{case.number}")).one()
    data = json.loads(event.data)
    assert event.kind == "registered"
    said = {"number": case.number, "channel": "A", "source": "walk_in", "claimed_fen": 1_550_000}
    assert said.items() <= data.items()


def test_the_next_step_has_its_day(actor):
    """Three working days from Wednesday 18 November (R17 22)."""
    case = intake.register(actor(), wages())
    assert (case.next_due_on, case.next_due_rule) == (date(2026, 11, 23), "L1")


def test_numbers_follow_without_gaps(actor):
    given = [intake.register(actor(), wages()).number[-4:] for _ in range(3)]
    assert given == ["0001", "0002", "0003"]


def test_all_seven_are_asked_for_at_once(actor):
    with pytest.raises(Refused) as refused:
        intake.register(actor(), Intake())
    assert fields(refused) == {"received", "source", "name", "phone", "respondents-0-told", "claims-0-head",
                               "narrative"}
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_somebody_who_passes_word_is_enough_instead_of_a_telephone(actor):
    case = intake.register(actor(), wages(phone="", phone_note="其其格"))
    assert (case.parties[0].phone, case.parties[0].phone_note) == ("", "其其格")


@pytest.mark.parametrize(("changes", "field", "words"), [
    ({"received_on": date(2026, 11, 19)}, "received", "今天之后"),
    ({"claims": [ClaimLine("wages", 100, from_told="2026-11-20")]}, "received", "早于争议发生"),
    ({"received_on": date(2025, 3, 1), "claims": [ClaimLine("wages", 100, from_told="5月")]}, "received", "早于争议发生"),
    ({"left_on": date(2026, 12, 1)}, "left", "将来|今天之后"),
    ({"left_on": TODAY, "employment": "here"}, "left", "留一个"),
    ({"phone": "1384786221"}, "phone", "11位"),
    ({"identity": "152824196105120011"}, "identity", "校验码"),
    ({"claims": [ClaimLine("wages", 0)]}, "claims-0-amount", "大于零"),
    ({"claims": [ClaimLine("wages", 100, is_unknown=True)]}, "claims-0-amount", "留一个"),
    ({"respondents": [Respondent("李老板", phone="59123")]}, "respondents-0-phone", "电话"),
    ({"source": "court"}, "channel", "哪一种"),
    ({"source": "court", "channel": "G"}, "channel", "哪一种"),
    ({"source": "court", "channel": "F", "source_body": "法院"}, "procedure", "程序"),
    ({"source": "elsewhere"}, "source", "选"),
    ({"claims": [ClaimLine("gold", 100)]}, "claims-0-head", "选"),
    ({"headcount": 0}, "headcount", "1到"),
])
def test_bad_facts_are_refused_beside_their_fields(actor, changes, field, words):
    with pytest.raises(Refused, match=words) as refused:
        intake.register(actor(), wages(**changes))
    assert fields(refused) == {field}


@pytest.mark.parametrize("username", ["supervisor", "liaison", "auditor", "admin"])
def test_others_do_not_register(actor, username):
    with pytest.raises(moves.Forbidden):
        intake.register(actor(username), wages())


def test_part_known_facts_stay_as_they_were_said(actor):
    told = wages(as_told={"received": "今天早上"}, witness="赵强")
    case = intake.register(actor(), told)
    assert case.as_told == {"received": "今天早上", "witness": "赵强"}
    assert (case.employment_ended_on, case.contract, case.wage_choice) == (None, "", "")


def test_an_unknown_sum_is_none_and_not_nothing(actor):
    case = intake.register(actor(), wages(claims=[ClaimLine("wages", None, is_unknown=True)]))
    assert (case.claims[0].amount_fen, case.claims[0].precision, case.claimed_fen) == (None, "unknown", None)


def test_several_respondents_and_claims(actor):
    case = intake.register(actor(), wages(
        respondents=[Respondent("李老板", "labour_contractor", "0478-5912345转801", "城南工地"),
                     Respondent("宏远公司", "general_contractor", is_person=False)],
        claims=[ClaimLine("wages", 100_00, "about", "约100"), ClaimLine("severance", 200_00, from_told="5月")]))
    assert case.respondent_title == "李老板等2家"
    assert [(c.head, c.amount_fen, c.precision) for c in case.claims] == [
        ("wages", 10000, "about"), ("severance", 20000, "exact")]
    assert case.claimed_fen == 30000
    assert case.parties[1].phone == "04785912345转801"


# Whoever came


def test_next_of_kin_speak_for_the_worker(actor):
    case = intake.register(actor(), wages(part="next_of_kin", for_name="苏和", flags=["death"]))
    worker, kin = case.parties[:2]
    assert (worker.name, kin.name, kin.acts_for_id) == ("苏和", "巴特尔", worker.id)
    assert case.claims[0].party_id == worker.id
    assert case.title == "苏和"


def test_next_of_kin_may_claim_themselves(actor):
    case = intake.register(actor(), wages(part="next_of_kin"))
    assert (case.claims[0].party_id, case.headcount) == (case.parties[0].id, 1)


def test_identity_brings_sex_and_birth_and_the_minor_flag(actor):
    case = intake.register(actor(), wages(identity=young(2010)))
    assert case.parties[0].born_on.year == 2010
    assert case.flags == ["minor"]


def young(year: int) -> str:
    first = f"150824{year}0512001"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first))
    return first + "10X98765432"[total % 11]


# Lists of workers

LIST = "巴特尔 15500 13847862213\n苏和 8000\n娜仁 9000"


def listed(**changes) -> Intake:
    return wages(roster=tuple(worker_list.read_lines(LIST, TODAY)), claims=[ClaimLine("wages")], **changes)


def test_a_list_gives_each_worker_a_claim(actor):
    case = intake.register(actor(), listed())
    assert [(c.party.name, c.amount_fen) for c in case.claims] == [("巴特尔", 1550000), ("苏和", 800000), ("娜仁", 900000)]
    assert (case.headcount, case.title, case.claimed_fen) == (3, "巴特尔等3人", 3250000)


def test_those_not_yet_named_stand_behind_the_applicant(actor):
    case = intake.register(actor(), listed(headcount=12))
    assert (case.headcount, case.parties[0].headcount, case.is_group) == (12, 10, True)


def test_ten_are_a_group_and_nine_are_not(actor):
    assert not intake.register(actor(), wages(headcount=9)).is_group
    assert intake.register(actor(), wages(headcount=10)).is_group


def test_fewer_people_than_names_is_refused(actor):
    with pytest.raises(Refused) as refused:
        intake.register(actor(), listed(headcount=2))
    assert fields(refused) == {"headcount"}


def test_the_list_and_the_sum_have_to_agree(actor):
    told = listed()
    intake.register(actor(), replace(told, claims=[ClaimLine("wages", 3250000)]))
    with pytest.raises(Refused, match="32,500") as refused:
        intake.register(actor(), replace(told, claims=[ClaimLine("wages", 99900)]))
    assert fields(refused) == {"claims-0-amount"}


def test_a_line_that_cannot_be_read_is_named(actor):
    with pytest.raises(Refused, match="第2行") as refused:
        intake.register(actor(), wages(roster=tuple(worker_list.read_lines("苏和 800\n娜仁 80a0", TODAY))))
    assert fields(refused) == {"roster"}


def test_twins_on_the_list_are_asked_back_once(actor):
    told = wages(roster=tuple(worker_list.read_lines("苏和 800\n苏和 900", TODAY)))
    with pytest.raises(Refused) as refused:
        intake.register(actor(), told)
    assert [p.confirm for p in refused.value.problems] == ["roster_twins"]
    assert intake.register(actor(), replace(told, confirmed=frozenset({"roster_twins"}))).headcount == 3


# Sent by court or arbitration


def sent(**changes) -> Intake:
    return wages(source="court", channel="F", procedure="second", source_body="乌拉特中旗人民法院", source_number="（2026）委12",
                 source_case_number="（2026）内08民终5号", reply_due_on=date(2026, 11, 23), **changes)


def test_a_court_case_is_a_commission_with_the_time_that_was_given(actor):
    case = intake.register(actor(), sent())
    row = db.session.scalars(select(Commission).where(Commission.case_id == case.id)).one()
    assert (row.kind, row.direction, row.document_number) == ("after_filing", "in", "（2026）委12")
    assert row.shared_parts == ["summary", "outcome", "agreement"]
    assert (case.channel, case.procedure) == ("F", "second")
    assert date(2026, 11, 23) in {c.due for c in clock_queries.of_case(case, TODAY)}


@pytest.mark.parametrize(("source", "channel", "kind"), [
    ("court", "E", "before_filing"), ("arbitration", "G", "by_arbitration"),
    ("arbitration", "H", "arbitration_advice")])
def test_each_sender_has_its_kind(actor, source, channel, kind):
    body = {"court": "法院", "arbitration": "乌拉特中旗劳动人事争议仲裁委员会"}[source]
    case = intake.register(actor(), wages(source=source, channel=channel, source_body=body))
    assert db.session.scalars(select(Commission.kind).where(Commission.case_id == case.id)).all() == [kind]


@pytest.mark.parametrize(("source", "channel", "body"), [
    ("court", "E", "巴彦淖尔市中级人民法院"), ("court", "F", "乌拉特前旗人民法院"), ("court", "E", ""),
    ("arbitration", "G", "巴彦淖尔市劳动人事争议仲裁委员会"), ("arbitration", "H", "乌拉特中旗人民法院")])
def test_a_case_of_another_body_is_shown_to_nobody_and_asked_about(actor, source, channel, body):
    told = wages(source=source, channel=channel, source_body=body, procedure="second" if channel == "F" else "")
    with pytest.raises(Refused) as refused:
        intake.register(actor(), told)
    [asked] = refused.value.problems
    assert (asked.field, asked.confirm) == ("source_body", "sender_unlisted")
    assert {"court": "乌拉特中旗人民法院", "arbitration": "仲裁委员会"}[source] in asked.text.zh
    case = intake.register(actor(), replace(told, confirmed=frozenset({"sender_unlisted"})))
    assert (case.commissions, case.source_body) == ([], body)
    assert door.find_case(house.actor("liaison"), case.number) is None


def test_who_wants_nobody_told_yet_is_obeyed_and_the_court_is_still_owed_its_reply(actor):
    case = intake.register(actor(), replace(sent(), may_tell=["none"]))
    [letter] = case.commissions
    assert (letter.shared_parts, letter.legal_basis, letter.share_ground) == ([], "", "")
    assert commissions.awaits_reply(letter.direction, letter.state, letter.recalled_on)
    assert door.find_case(house.actor("liaison"), case.number) is None


def test_a_division_of_the_court_is_the_court(actor):
    case = intake.register(actor(), replace(sent(), source_body="乌拉特中旗人民法院 立案庭"))
    assert [row.agency.short_name for row in case.commissions] == ["法院"]


def test_a_court_that_only_pointed_here_sends_no_commission(actor):
    case = intake.register(actor(), wages(source="court", channel="own"))
    assert (case.channel, case.commissions) == ("A", [])


def test_an_outside_number_is_kept_with_its_register(actor):
    case = intake.register(actor(), wages(source="governance", external_number="ZZ-88"))
    assert [(row.register, row.number) for row in case.external_numbers] == [("governance", "ZZ-88")]


# Registering and taking it on

CONSENT = {"respondent": 0, "happened_on": TODAY, "way": "phone", "note": "10:30 李老板说可以谈"}
ACCEPT = {"ground": "labour", "identity_note": "没带，下次补看"}


def test_one_press_registers_accepts_and_takes_it_on(actor):
    case = intake.register_and_take(actor(), wages(), CONSENT, ACCEPT)
    events = select(Event.kind).where(Event.stream == f"case:{case.number}").order_by(Event.seq)
    assert db.session.scalars(events).all() == ["registered", "consent_asked", "accepted", "taken_up"]
    assert (case.state, case.handler_id, case.accepted_on) == ("MEDIATING", actor().user_id, TODAY)
    assert case.printed_number == "乌中工调〔2026〕1号"


def test_what_is_missing_is_asked_for_together(actor):
    with pytest.raises(Refused) as refused:
        intake.register_and_take(actor(), wages(name=""), {}, {})
    assert fields(refused) == {"name", "consent_party", "consent_happened_on", "consent_way", "accept_ground",
                               "accept_identity_note"}


def test_a_later_refusal_comes_under_its_field(actor):
    with pytest.raises(Refused) as refused:
        intake.register_and_take(actor(), wages(), {**CONSENT, "happened_on": date(2026, 11, 19)}, ACCEPT)
    assert "consent_happened_on" in fields(refused)


# Remarks


def test_reminders_of_a_group_and_of_inspection(actor):
    said = texts(actor(), wages(headcount=12))
    assert "3至5名代表" in said
    assert "劳动监察" in said
    assert "监察" not in texts(actor(), wages(wage_choice="mediate"))


def test_reminder_of_the_time_bar(actor):
    assert "2027-03-31" in texts(actor(), wages(employment="left", left_on=date(2026, 3, 31)))
    assert "已满一年" in texts(actor(), wages(employment="left", left_on=date(2025, 3, 31)))
    assert "法律援助" in texts(actor(), wages(employment="left", left_on=date(2025, 11, 20)))
    assert "时效" not in texts(actor(), wages(employment="here"))


def test_every_kind_of_claim_is_warned_of_its_time_bar_before_it_is_saved(actor):
    severance = [ClaimLine("severance", 900000, "exact")]
    over = texts(actor(), wages(employment="left", left_on=date(2025, 11, 10), claims=severance))
    assert "时效已过" in over and "2026-11-10" in over and "重新计算；除非" in over
    near = texts(actor(), wages(employment="left", left_on=date(2025, 12, 1), claims=severance))
    assert "时效只剩13天" in near and "法律援助" not in near and "可能更早" in near
    assert "时效算不出来" in texts(actor(), wages(employment="left", claims=severance))


@pytest.mark.parametrize(("said", "first", "last", "wanted"), [
    ("2025年11月", date(2025, 11, 1), date(2025, 11, 30), "最早2026-11-02、最晚2026-11-30到期"),
    ("2024年春节前", None, date(2024, 2, 9), "离职已满一年（2025-02-10）"),
    ("2026年春节前", None, date(2026, 2, 16), "最晚2027-02-16到期"),
    ("完工", None, None, "时效算不出来")])
def test_a_leaving_day_known_roughly_is_warned_of_with_both_ends(actor, said, first, last, wanted):
    told = Reading(None, "about", said, Text(said, said), first, last)
    assert wanted in texts(actor(), wages(employment="left", left_told=told))


def test_reminder_of_age(actor):
    assert "65岁" in texts(actor(), wages(identity=young(1961)))
    assert "童工" in texts(actor(), wages(identity=young(2012)))
    assert "岁" not in texts(actor(), wages(identity=young(1990)))


def test_a_household_is_sent_next_door_with_its_telephone(actor):
    union = get_station("urad-middle")
    db.session.add(Agency(union_id=union.id, code="justice", kind="justice", name="乌拉特中旗司法局", short_name="司法局",
                          phone="0478-5912348"))
    db.session.flush()
    assert "乌拉特中旗司法局 0478-5912348" in texts(actor(), wages(respondents=[Respondent("牧户苏和", "household")]))


# Cases like it


def test_the_same_person_is_found(actor):
    known = intake.register(actor(), wages(identity=young(1980)))
    by_phone = find_similar(actor("window"), ["别人"], "138 4786 2213")
    by_identity = find_similar(actor("window"), ["别人"], identity=young(1980))
    assert [row.number for row in by_phone + by_identity] == [known.number] * 2
    assert [row.reason.zh.split("、")[0] for row in by_phone + by_identity] == ["可能：同一电话", "很可能：同一证件号"]


def test_the_same_name_needs_the_same_respondent(actor):
    intake.register(actor(), wages())
    assert find_similar(actor(), ["巴特尔"], respondents=["李老板"])
    assert not find_similar(actor(), ["巴特尔"], respondents=["宏远公司"])
    assert not find_similar(replace(actor(), today=date(2028, 1, 5)), ["巴特尔"], respondents=["李老板"])


def test_the_neighbour_is_not_told(actor):
    intake.register(actor(), wages())
    assert find_similar(actor("mediator2"), ["巴特尔"], "13847862213", respondents=["李老板"]) == []


# Late entries


def late(**changes) -> Late:
    known = Late(name="谭某", headcount=27, respondents=[Respondent("不详")],
                 claims=[ClaimLine("wages", 40_000_000, "about", "40余万")],
                 state="CLOSED", outcome="AGREED", source="other", narrative="公开报道", as_told={"received_on": "2025年初"},
                 dates={"accepted_on": date(2025, 3, 4), "concluded_on": date(2025, 3, 20), "closed_on": None})
    return replace(known, **changes)


def test_a_late_entry_starts_no_clock(actor):
    case = intake.late_enter(actor(), late())
    assert (case.is_late_entry, case.state, case.outcome, case.is_open) == (True, "CLOSED", "AGREED", 0)
    assert (case.received_on, case.closed_on, case.as_told["received_on"]) == (None, None, "2025年初")
    assert (case.headcount, case.title, case.number) == (27, "谭某等27人", "urad-middle-2025-0001")
    assert (case.interruptions, case.next_due_on, clock_queries.of_case(case, TODAY)) == ([], None, [])


def test_a_late_entry_keeps_event_time_and_entry_time_apart(actor):
    case = intake.late_enter(actor(), late())
    event = db.session.scalars(select(Event).where(Event.stream == f"case:{case.number}")).one()
    assert (event.kind, event.happened_on) == ("late_entered", date(2025, 3, 4))
    assert event.entered_at.year >= 2026
    assert case.accepted_station_id == get_station("practice").id


def test_a_late_entry_may_know_nothing(actor):
    case = intake.late_enter(actor(), Late(outcome="FAILED"))
    assert (case.title, case.claimed_fen, case.printed_number) == ("不详", None, "")


@pytest.mark.parametrize(("changes", "field"), [
    ({"outcome": "", "state": "PERFORMING"}, "outcome"), ({"state": "WAITING"}, "state"), ({"source": "x"}, "source"),
    ({"dates": {"accepted_on": date(2025, 3, 4), "concluded_on": date(2025, 3, 1)}}, "concluded_on"),
    ({"dates": {"accepted_on": date(2027, 3, 4)}}, "accepted_on"),
])
def test_late_entries_that_cannot_be(actor, changes, field):
    with pytest.raises(Refused) as refused:
        intake.late_enter(actor(), late(**changes))
    assert fields(refused) == {field}


def test_what_a_register_knows_of_the_money_comes_in_with_the_case(actor):
    case = intake.late_enter(actor(), late(
        agreed=Agreed(30_000_000, "约30万", due_told="春节前"),
        paid=(Paid(10_000_000, date(2025, 4, 1), note="第3行"), Paid(5_000_000, paid_told="年底前后", told="5万左右"))))
    kinds = list(db.session.scalars(select(Event.kind).where(Event.stream == f"case:{case.number}")))
    assert kinds == ["late_entered"]
    assert (case.agreed_fen, case.arrived_fen, case.as_told["agreed_fen"]) == (30_000_000, 15_000_000, "约30万")
    agreement, (first, second) = case.agreements[0], case.payments
    assert (agreement.made_on, agreement.effective_on, agreement.kind) == (date(2025, 3, 20),) * 2 + ("mediated",)
    assert [(row.due_on, row.due_told, row.amount_fen) for row in agreement.instalments] == [(None, "春节前", 30_000_000)]
    assert (first.paid_on, first.paid_told, second.paid_on, second.paid_told, second.reason) == (
        date(2025, 4, 1), "", None, "年底前后", "5万左右")
    assert {first.proof, second.proof} == {"register"}


def test_the_sums_of_an_old_case_are_shared_among_its_workers_to_the_fen(actor):
    people = tuple(Row(n, name, name, fen) for n, (name, fen) in enumerate((("甲一", 100_00), ("乙二", 200_00)), 1))
    case = intake.late_enter(actor(), late(
        name="甲一", headcount=2, roster=people, claims=[ClaimLine("wages")], agreed=Agreed(100_01), paid=(Paid(50_00),)))
    names = {p.id: p.name for p in case.parties}
    assert {names[i.party_id]: i.amount_fen for i in case.agreements[0].items} == {"甲一": 33_34, "乙二": 66_67}
    assert sum(share.amount_fen for share in case.payments[0].shares) == 50_00


def test_an_agreement_whose_sum_nobody_knows(actor):
    case = intake.late_enter(actor(), late(agreed=Agreed(), dates={}))
    assert (case.agreements[0].is_undisclosed, case.agreed_fen, case.agreed_on) == (True, None, None)


def test_an_outcome_that_nobody_remembers(actor):
    case = intake.late_enter(actor(), late(outcome=""))
    assert (case.state, case.outcome, case.is_open) == ("CLOSED", "", 0)


@pytest.mark.parametrize(("changes", "field", "question"), [
    ({"outcome": "FAILED", "agreed": Agreed(100)}, "outcome", ""),
    ({"agreed": Agreed(50_000_000)}, "agreed", "above_claim"),
    ({"agreed": Agreed(100), "paid": (Paid(200),)}, "paid-0-fen", "confirm_over"),
    ({"paid": (Paid(200), Paid(200))}, "paid-0-fen", "another_payment"),
    ({"paid": (Paid(200, date(2027, 1, 1)),)}, "paid-0-paid_on", ""),
])
def test_money_of_an_old_case_that_is_asked_back(actor, changes, field, question):
    with pytest.raises(Refused) as refused:
        intake.late_enter(actor(), late(**changes))
    assert [(p.field, p.confirm) for p in refused.value.problems] == [(field, question)]
    if question:
        assert intake.late_enter(actor(), late(**changes, confirmed=frozenset({question})))


def test_an_old_case_never_stands_on_a_desk_as_late_untouched_or_stuck(actor):
    going_on = intake.late_enter(actor(), late(state="MEDIATING", outcome="", dates={}))
    finished = intake.late_enter(actor(), late(agreed=Agreed(100, due_on=date(2025, 5, 1))))
    for wanted in (work_lists.overdue(TODAY), work_lists.late_money(TODAY), work_lists.stuck(TODAY),
                   work_lists.untouched(replace(actor(), now=actor().now + timedelta(30)))):
        assert not db.session.scalars(select(Case.id).where(wanted, Case.id.in_([going_on.id, finished.id]))).all()


def test_a_late_entry_stays_within_the_union(actor):
    with pytest.raises(Refused):
        intake.late_enter(actor(), late(station_id=get_station("example-practice").id))


def test_a_command_names_who_enters(actor):
    operator = replace(actor(), user_id=None, role="admin", station_id=None)
    with pytest.raises(Refused):
        intake.late_enter(operator, late(station_id=get_station("practice").id))
    case = intake.late_enter(operator, late(station_id=get_station("practice").id,
                                            registered_by_id=get_user("mediator").id))
    assert case.registered_by.username == "mediator"


def test_some_dozens_who_came_are_a_group_with_their_words_kept(actor):
    told = wages(headcount=20, as_told={"headcount": "几十人"})
    said = texts(actor(), told)
    assert "推举3至5名代表" in said and "几十人" in said
    case = intake.register(actor(), told)
    assert (case.title, case.headcount, case.is_group) == ("巴特尔等几十人", 20, True)


@pytest.mark.parametrize("source", ["procuratorate", "hr", "labour_inspection", "petition", "justice", "police", "township", "higher_union",
                                    "initiative", "inspection", "walk_in", "governance"])
def test_every_way_in_which_disputes_come_can_be_named(actor, source):
    case = intake.register(actor(), wages(source=source, source_body="乌拉特中旗人民检察院" if source == "procuratorate" else ""))
    assert (case.source, case.channel) == (source, "A")


def test_another_source_is_said_in_words(actor):
    with pytest.raises(Refused) as refused:
        intake.register(actor(), wages(source="other"))
    assert fields(refused) == {"source_body"}
    assert intake.register(actor(), wages(source="other", source_body="旗人大代表转来")).source_body == "旗人大代表转来"


def test_the_age_of_who_came_for_a_worker_says_nothing_of_the_worker(actor):
    old = wages(identity="11010519491231002X")  # of the standard: a woman born in 1949
    assert "退休年龄" in texts(actor(), old)
    kin = wages(identity="11010519491231002X", part="next_of_kin", for_name="巴图", for_died_told="11月初", kinship="mother")
    assert "退休年龄" not in texts(actor(), kin)
