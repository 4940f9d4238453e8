"""The way of law of real cases: which bars run, what restarts them, what is refused, where people are sent."""
from dataclasses import replace
from datetime import date

import pytest

from mediation.extensions import db
from mediation.models import Station
from mediation.papers import sheet as papers
from mediation.queries.house import digests
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law import referral_targets, ways
from mediation.queries.papers import case_papers as paper_queries
from mediation.rules.language import Refused
from mediation.rules.law.clocks import find_clock
from mediation.services.cases import intake, moves
from mediation.services.law import case_law
from tests import casework, house
from tests.services.cases.test_intake import wages

LABOUR_BARS = {"L16", "L17", "L18"}


@pytest.fixture
def who(actor):
    return actor("mediator")


def ids(case, today) -> set[str]:
    return {clock.id for clock in clock_queries.of_case(case, today)}


def at_a_federations_committee(who):
    """Registered at a station that mediates in the name of the federation's own committee."""
    house.get_station("practice").channel = "I"
    db.session.flush()
    return intake.register(who, wages(identity="152824198001011234"))


def refused(act) -> list:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.problems


def left(case, who, on=date(2026, 9, 30)):
    """The worker left and knew what was owed, so that every bar would run."""
    case.employment_ended_on = case.infringement_known_on = on
    casework.rest(case, who)
    return case


@pytest.mark.parametrize(("channel", "has_bar"), [("A", True), ("E", True), ("F", False), ("G", False), ("I", True)])
def test_no_bar_runs_while_a_court_or_the_commission_has_the_case(who, channel, has_bar):
    values = {"procedure": "ordinary"} if channel == "F" else {}
    case = left(casework.make_case(who, channel=channel, **values), who)
    assert bool(ids(case, who.today) & LABOUR_BARS) == has_bar
    assert bool(queries.bars(case, who.today)) == has_bar


def test_what_order_56_leaves_to_the_court_runs_no_labour_clock(who):
    case = left(casework.make_case(who, relation="over_age"), who)
    assert ids(case, who.today) & LABOUR_BARS  # wages
    case.claims[0].head = case.main_head = "severance"
    casework.rest(case, who)
    assert not ids(case, who.today) & {*LABOUR_BARS, "L6", "L7"}
    assert ways.of_case(case, who.today).code == "O"


def test_claims_outside_order_56_are_not_accepted_under_it(who):
    case = left(casework.make_case(who, relation="over_age"), who)
    case.claims[0].head = "severance"
    casework.step(case, "ask_consent", who)
    for ground in ("over_age", "labour"):
        found = refused(lambda ground=ground: casework.step(case, "accept", who, ground=ground))
        assert [(p.field, p.confirm) for p in found] == [("ground", "")] and "第19条" in found[0].text.zh
    case.claims[0].head = "wages"
    casework.step(case, "accept", who, ground="over_age")
    assert case.scope_ground == "over_age"


def test_the_newest_check_of_its_scope_turns_a_case_civil_and_back(who):
    case = left(casework.make_case(who, channel="B"), who)
    case_law.check_jurisdiction(case, case_law.Question("labour", who.today, "wage_iou"), who)
    assert ways.of_case(case, who.today).code == "Z"
    assert not ids(case, who.today) & LABOUR_BARS
    case_law.check_jurisdiction(case, case_law.Question("labour", who.today), who)
    assert ids(case, who.today) & LABOUR_BARS
    assert digests.verify() == []


def test_before_a_federations_own_committee_only_what_reaches_the_other_side_restarts_the_bar(who):
    case = at_a_federations_committee(who)
    assert (case.channel, list(case.interruptions)) == ("I", [])
    moves.move(case, "ask_consent", casework.answers_for(case, "ask_consent", who) | {"answer": ""}, who)
    assert list(case.interruptions) == []  # nobody answered
    for key in ("ask_consent", "accept", "take_up", "fail"):
        casework.step(case, key, who)
    assert [(row.kind, row.on) for row in case.interruptions] == [("claim", who.today)]


def test_its_agreement_is_a_settlement_that_the_signatures_alone_make(who):
    case = at_a_federations_committee(who)
    assert find_clock(clock_queries.of_case(case, who.today), "M-I").confidence == "M"
    assert "L6" not in ids(case, who.today)
    case.effective_on = who.today
    levels = {c.id: c.confidence for c in clock_queries.of_case(case, who.today) if c.id in ("L8", "L10")}
    assert levels == {"L8": "M", "L10": "M"}


def test_cases_keep_the_channel_of_their_day_when_the_office_changes_its_own(who):
    case = casework.make_case(who, channel="A")
    db.session.get(Station, case.station_id).channel = "I"
    db.session.flush()
    assert ways.of_case(case, who.today).code == "A"


@pytest.mark.parametrize(("values", "told", "door"), [
    ({"channel": "A"}, "可以申请仲裁", "arbitration"), ({"channel": "I"}, "可以申请仲裁", "arbitration"),
    ({"channel": "E"}, "材料退回法院", "court"), ({"channel": "F", "procedure": "ordinary"}, "转入审判程序", "court"),
    ({"channel": "G"}, "由仲裁庭开庭审理", "arbitration"), ({"channel": "H"}, "请仲裁委依法受理", "arbitration"),
    ({"channel": "B", "relation": "civil"}, "可以向法院起诉", "court")])
def test_a_failed_case_is_closed_only_after_its_own_way_was_told(who, values, told, door):
    case = casework.make_case(who, **values)
    ground = {"ground": "civil"} if values.get("relation") == "civil" else {}
    casework.step(case, "ask_consent", who)
    casework.step(case, "accept", who, **ground)
    for key in ("take_up", "fail"):
        casework.step(case, key, who)
    found = refused(lambda: casework.step(case, "close", who, way="informed"))
    assert told in found[0].text.zh
    assert referral_targets.suggested(case, who.today).kind == door


@pytest.mark.parametrize(("sender", "name", "told"), [
    ("乌拉特中旗人民法院立案庭", "乌拉特中旗人民法院", "乌拉特中旗人民法院"), ("巴彦淖尔市中级人民法院", None, "巴彦淖尔市中级人民法院")])
def test_a_case_goes_back_to_the_court_that_sent_it_and_to_no_other(who, sender, name, told):
    case = casework.bring(casework.make_case(who, channel="E", source="court", source_body=sender), "CLOSED", who)
    door = referral_targets.of_case(case, who.today)
    assert (door.name if door else None) == name
    sheet = papers.fill("termination", paper_queries.material(case, who), papers.Sight())
    assert sheet.next_door.name == told


def test_a_period_that_is_over_is_proposed_with_the_way_of_the_case(who):
    case = casework.make_case(who, channel="B", relation="civil")
    casework.step(case, "ask_consent", who)
    casework.step(case, "accept", who, ground="civil")
    found = queries.proposals(case, replace(who, today=date(2027, 2, 1)).today)
    text = next(p for p in found if p.kind == "outcome").text.zh
    assert "可以向法院起诉" in text and "仲裁" not in text
