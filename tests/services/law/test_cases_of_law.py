"""The acceptance cases of cases.md as they go through the services and their rows."""
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency
from mediation.queries import door
from mediation.queries.cases import notices
from mediation.queries.desk import supervision as boards
from mediation.queries.figures import statistics
from mediation.queries.house import digests
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law import referral_targets
from mediation.queries.money import case_money as money_queries
from mediation.rules.language import Refused
from mediation.rules.law.clocks import find_clock
from mediation.rules.law.retention import destruction_from, keeping
from mediation.services.cases import moves
from mediation.services.law import case_law, procedures
from mediation.services.law.procedures import Request
from mediation.services.money import agreements
from mediation.services.money.agreements import Item, Sign, Step, Terms
from mediation.services.people import parties
from tests import casework, exports


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
    assert refused(lambda: case_law.expire(case, at("03-18")))


def test_case_3_the_cap_of_the_one_stop_centre(at):
    case = mediating(at, "07-06", "07-06", channel="D")
    both = {"happened_on": day("07-20"), "consents": ["applicant", "respondent"]}
    found = refused(lambda: moves.move(case, "extend", {**both, "to_on": day("08-06")}, at("07-20")))
    assert "2026-08-05" in found[0].text.zh and "4号" in found[0].text.zh
    moves.move(case, "extend", {**both, "to_on": day("08-05")}, at("07-20"))
    assert clock(case, "M-D", "07-21").due == day("08-05")
    assert case.next_due_on == day("08-05")


def test_case_4_one_side_then_the_period_passes(at):
    case = mediating(at, "03-02", "03-05")
    one = {"to_on": day("04-10"), "happened_on": day("03-19"), "consents": ["applicant"]}
    assert "对方" in refused(lambda: moves.move(case, "extend", one, at("03-19")))[0].text.zh
    assert queries.expired_period(case, day("03-20")) is None
    proposal = queries.expired_period(case, day("03-21"))
    assert (proposal.outcome, proposal.reason, proposal.papers) == ("FAILED", "expired", ("termination",))
    case_law.expire(case, at("03-21"))
    assert (case.outcome, case.outcome_reason) == ("FAILED", "expired")
    assert [(row.kind, row.on) for row in case.interruptions] == [("period_passed", day("03-20"))]
    assert digests.verify() == []


def test_case_4_both_sides_in_time_and_after_the_end(at):
    case = mediating(at, "03-02", "03-05")
    both = {"to_on": day("04-10"), "consents": ["applicant", "respondent"]}
    late = refused(lambda: moves.move(case, "extend", {**both, "happened_on": day("03-21")}, at("03-21")))
    assert "届满" in late[0].text.zh and "第29条" in late[0].text.zh
    moves.move(case, "extend", {**both, "happened_on": day("03-19")}, at("03-19"))
    assert {clock(case, rule, "03-20").due for rule in ("M-A", "L7")} == {day("04-10")}
    assert queries.expired_period(case, day("04-10")) is None
    found = refused(lambda: moves.move(case, "fail", {"happened_on": day("03-25"), "reason_code": "expired"}, at("03-25")))
    assert "2026-04-10" in found[0].text.zh


def test_case_5_an_unanswered_platform_message_is_shown_for_reassignment(at):
    case = casework.make_case(at("04-30"), on=day("04-30"), channel="E")
    case_law.record_fact(case, "platform_message", day("04-30"), "平台消息", at("04-30"))
    assert clock(case, "L2", "05-08").due == day("05-08")
    lead = at("05-08", "lead")
    assert boards.board(lead).lapsed == []
    lapsed = boards.board(replace(lead, today=day("05-09"))).lapsed
    assert [(row.number, proposal.kind) for row, proposal in lapsed] == [(case.number, "reassign")]
    case_law.record_fact(case, "platform_accepted", day("05-09"), "", at("05-09"))
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


def test_case_1_acceptance_over_the_national_holiday(at):
    case = casework.make_case(at("09-30"), on=day("09-30"))
    assert clock(case, "L1", "10-01").due == day("10-10")
    assert (case.next_due_on, case.next_due_rule) == (day("10-10"), "L1")


def test_case_6_the_day_of_effect_is_computed_from_the_signatures(at):
    found = {}
    for channel in "ABCDE":
        case = exports.open_case(at("06-01"), 1, 1000000, on=day("06-01"), channel=channel)
        worker, boss = (next(p.id for p in case.parties if p.side == side) for side in ("applicant", "respondent"))
        both = [Sign("applicant", worker, "sign", day("06-10")), Sign("respondent", boss, "stamp", day("06-10"))]
        made = agreements.agree(case, Terms(made_on=day("06-10"), payer_party_id=boss, items=[Item(worker, "wages", 1000000)],
                                            steps=[Step(day("07-10"), "", 1000000)], signatures=both), at("06-15"))
        agreements.sign(case, made, [Sign("mediator", None, "sign", day("06-11"))], at("06-15"))
        before = case.effective_on, clock(case, "L10", "06-15")
        agreements.sign(case, made, [Sign("seal", None, "stamp", day("06-12"))], at("06-15"))
        found[channel] = (before[0], before[1] is None, case.effective_on)
    assert found == {**dict.fromkeys("ABCD", (None, True, day("06-12"))), "E": (day("06-10"), False, day("06-10"))}


@pytest.mark.parametrize(("effective", "raw", "due"), [("09-01", "10-01", "10-08"), ("06-12", "07-12", "07-13")])
def test_case_8_judicial_confirmation_of_a_case(at, effective, raw, due):
    case = mediating(at, "06-01", "06-02")
    casework.step(case, "agree", at(effective))
    case.effective_on = day(effective)
    casework.rest(case, at(effective))
    assert (clock(case, "L10", due).raw, clock(case, "L10", due).due) == (day(raw), day(due))
    both = day(due) + timedelta(days=1)
    late = refused(lambda: procedures.request(case, "jud_confirm", Request(both, both), replace(at(due), today=both)))
    assert f"2026-{due}" in late[0].text.zh and "第205条" in late[0].text.zh
    assert procedures.request(case, "jud_confirm", Request(day(due), day(due)), at(due)).state == "requested"


def test_case_9_no_bar_while_the_worker_is_employed(at):
    case = casework.make_case(at("03-02"), on=day("03-02"), infringement_known_on=date(2023, 5, 1))
    assert queries.bars(case, day("03-02")) == []
    case_law.set_heads(case, case_law.Heads(employment_ended_on=day("03-31")), at("04-01"))
    assert [(bar.clock.id, bar.clock.due) for bar in queries.bars(case, day("04-01"))] == [("L17", date(2027, 3, 31))]


def test_case_10_groups_and_representatives(at):
    nine, ten = casework.make_case(at("03-02"), 9), casework.make_case(at("03-02"), 10)
    assert (nine.is_group, ten.is_group) == (False, True)
    people = [p.id for p in ten.parties if p.side == "applicant"]
    for number in (2, 6):
        assert "第63条" in refused(lambda n=number: parties.set_representatives(ten, people[:n], at("03-02")))[0].text.zh
    for number in (3, 4, 5):
        parties.set_representatives(ten, people[:number], at("03-02"))
        assert sum(p.is_representative for p in ten.parties) == number


def test_case_11_the_sums_must_meet_and_a_missing_consent_does_not_bind(at):
    case = exports.open_case(at("03-02"), 12, 1550000)
    people = [p.id for p in case.parties if p.side == "applicant"]
    boss = casework.respondent(case).id

    def terms(last: int, *signers: int) -> Terms:
        return Terms(made_on=day("03-02"), payer_party_id=boss, steps=[Step(day("04-02"), "", 18600000)],
                     items=[Item(p, "wages", 1550000) for p in people[:-1]] + [Item(people[-1], "wages", last)],
                     signatures=[Sign("applicant", p, "sign", day("03-02")) for p in signers])
    wrong = refused(lambda: agreements.agree(case, terms(1549999), at("03-02")))
    assert "185,999.99" in wrong[0].text.zh and "186,000.00" in wrong[0].text.zh
    for party in case.parties[:3]:
        party.is_representative = True
    casework.rest(case, at("03-02"))
    agreements.agree(case, terms(1550000, *people[:11]), at("03-02"))
    money = money_queries.position(case, day("03-02"))
    assert (money.bound, money.total_workers, money.agreed_fen, money.unbound_fen) == (11, 12, 17050000, 1550000)


def test_case_12_one_of_three_instalments_and_the_report(at):
    reported = {}
    for is_accelerated in (False, True):
        case = exports.open_case(at("06-10"), 1, 3600000, on=day("06-10"))
        worker, boss = (next(p.id for p in case.parties if p.side == side) for side in ("applicant", "respondent"))
        steps = [Step(day(text), "", 1200000) for text in ("06-30", "07-31", "08-31")]
        agreements.agree(case, Terms(made_on=day("06-10"), payer_party_id=boss, items=[Item(worker, "wages", 3600000)],
                                     steps=steps, is_accelerated=is_accelerated), at("06-10"))
        exports.pay(case, at("08-01"), 1200000, day("06-30"))
        money = money_queries.position(case, day("08-01"))
        reported[is_accelerated] = (money.agreed_fen, money.arrived_fen, money.overdue_fen, money.state)
        figures = {f.figure.key: f.value for f in statistics.summary(at("08-01"), "2026").figures}
        assert figures["recovered_fen"] == 1200000 * len(reported)
    assert reported == {False: (3600000, 1200000, 1200000, "PARTLY"), True: (3600000, 1200000, 2400000, "PARTLY")}


def test_an_instalment_that_was_missed_is_proposed_for_the_list_of_interruptions(at):
    case = exports.open_case(at("06-10"), 1, 3600000, on=day("06-10"))
    exports.agree(case, at("06-10"), [2400000], 2)  # 06-10 and 07-10
    money = money_queries.position
    assert queries.unrecorded_breach(case, money(case, day("06-10")), day("06-10")) is None
    assert queries.unrecorded_breach(case, money(case, day("06-11")), day("06-11")) == (day("06-10"), "agreement_broken")
    case_law.interrupt(case, "agreement_broken", day("07-10"), "协议书", at("07-11"))
    assert queries.unrecorded_breach(case, money(case, day("07-11")), day("07-11")) is None
    case.employment_ended_on = day("03-31")
    casework.rest(case, at("07-11"))
    assert clock(case, "L17", "07-11").raw == date(2027, 7, 10)


def test_case_13_a_refusal_counts_in_no_rate(at):
    good = exports.open_case(at("05-06"), on=day("05-06"))
    exports.agree(good, at("05-08"), [1000])
    case = casework.make_case(at("05-06"), on=day("05-06"))
    casework.step(case, "ask_consent", at("05-08"), answer="refuses")
    casework.step(case, "refuse", at("05-08"))
    found = {f.figure.key: f for f in statistics.summary(at("05-08"), "2026").figures}
    assert [(found[key].value, found[key].denominator) for key in ("rate_accepted", "rate_closed", "rate_agreement_only")
            ] == [("100.00", 1)] * 3


def test_a_refusal_and_an_unreached_side_end_with_a_door(at):
    court = db.session.scalar(select(Agency).where(Agency.code == "court"))
    case = casework.make_case(at("05-06"), on=day("05-06"))
    casework.step(case, "ask_consent", at("05-08"), answer="refuses")
    assert referral_targets.suggested(case, day("05-08")).kind == "arbitration"
    found = refused(lambda: casework.step(case, "refuse", at("05-08"), next_door=10**6))
    assert found[0].field == "next_door"
    casework.step(case, "refuse", at("05-08"), next_door=court.id)
    assert notices.of_case(case, day("05-08"), False, "").door.id == court.id
    lost = casework.make_case(at("05-06"), on=day("05-06"))
    for text in ("05-06", "05-06", "05-07"):
        casework.step(lost, "ask_consent", at(text), answer="")
    casework.step(lost, "unreachable", at("05-08"))
    assert notices.of_case(lost, day("05-08"), False, "").door.kind == "arbitration"
    assert notices.of_case(casework.make_case(at("05-06")), day("05-08"), False, "").is_no is False


def test_case_13_refusal_interrupts_and_needs_the_written_notice(at):
    who = at("05-06")
    case = casework.make_case(who, on=day("05-06"))
    casework.step(case, "ask_consent", at("05-08"), answer="refuses")
    casework.step(case, "refuse", at("05-08"))
    assert (case.outcome, [(row.kind, row.on) for row in case.interruptions]) == (
        "REFUSED_BY_PARTY", [("refused", day("05-08"))])
    assert (clock(case, "L1", "05-30").state, clock(case, "L1", "05-30").is_late) == ("stopped", False)
    assert "第30条" in refused(lambda: casework.step(case, "close", at("05-09")))[0].text.zh
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


def test_the_class_of_retention_is_set_at_closing(at):
    case = mediating(at, "05-06", "05-07")
    casework.step(case, "fail", at("05-20"))
    casework.step(case, "notify", at("05-20"))
    assert "没有这个" in refused(lambda: casework.step(case, "close", at("05-20"), way="informed", retention="x"))[0].text.zh
    casework.step(case, "close", at("05-20"), way="informed", retention="thirty")
    assert (case.retention, keeping(case.closed_on, case.retention).zh) == ("thirty", "保管30年，2057-01-01之前不能提出销毁")
    casework.step(case, "archive", at("05-21"))
    assert case.retention == "thirty"


def test_case_14_an_award_is_kept_for_ten_years(at):
    case = mediating(at, "05-06", "05-07")
    casework.step(case, "fail", at("05-20"))
    case_law.record_fact(case, "award_received", day("05-20"), "裁决书", at("05-20"))
    casework.step(case, "notify", at("05-20"))
    casework.step(case, "close", at("05-20"), way="informed")
    assert "10年" in refused(lambda: casework.step(case, "archive", at("05-21"), retention="five"))[0].text.zh


BOTH = ("--consent", "applicant=2026-07-20", "--consent", "respondent=2026-07-20")


@pytest.mark.parametrize(("words", "status", "said"), [
    # Case 3: one-stop, accepted 6 July: extended to 5 August, not to 6 August.
    (("D", "--fact", "accepted=2026-07-06", "--extend", "M-D=2026-08-05", *BOTH), 0, "M-D   2026-08-05"),
    (("D", "--fact", "accepted=2026-07-06", "--extend", "M-D=2026-08-06", *BOTH), 1, "最多延到2026-08-05"),
    # Case 4: only the worker signs.
    (("A", "--fact", "accepted=2026-03-05", "--extend", "M-A=2026-04-10", "--consent", "applicant=2026-03-19"), 1,
     "还缺：对方"),
    # Case 7: in effect on 10 September; together on 28 September, not on the 29th, not one alone.
    (("A", "--fact", "effective=2026-09-10", "--joint", "L8", "--asked", "applicant=2026-09-28", "--asked",
      "respondent=2026-09-27"), 0, "L8    2026-09-28"),
    (("A", "--fact", "effective=2026-09-10", "--joint", "L8", "--asked", "applicant=2026-09-29", "--asked",
      "respondent=2026-09-28"), 1, "2026-09-29提出已晚"),
    (("A", "--fact", "effective=2026-09-10", "--joint", "L8", "--asked", "applicant=2026-09-20"), 1, "还缺：对方"),
    (("A", "--joint", "L10", "--asked", "applicant=2026-09-20", "--asked", "respondent=2026-09-20"), 1, "还没有生效"),
    # Pinned by acceptance: before it the channel may change, after it not.
    (("E", "--was", "A", "--fact", "received=2026-09-10"), 0, "L1    2026-09-15"),
    (("E", "--was", "A", "--fact", "received=2026-09-10", "--fact", "accepted=2026-09-11"), 1, "已经受理"),
    (("A", "--extend", "M-Z=2026-08-05"), 1, "没有这一条期限"), (("A", "--extend", "M-A=soon"), 1, "不是 2026-09-30 这样的日期"),
    (("A", "--extend", "M-A=2026-08-05", "--consent", "boss=2026-08-01"), 1, "没有这一方"),
    (("A", "--extend", "M-A=2026-08-05"), 1, "没有正在计算的M-A"),
])
def test_the_command_is_told_what_was_decided(app, words, status, said):
    done = app.test_cli_runner().invoke(args=["clocks", "--channel", *words])
    assert done.exit_code == status and said in done.output and "Traceback" not in done.output
