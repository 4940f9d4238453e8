"""Side procedures: offered by the law, asked for jointly within their window, led on step by step."""
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mediation.extensions import db
from mediation.models import Agreement, AgreementItem, Instalment, InstalmentShare
from mediation.queries.house import digests
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.rules.language import Refused
from mediation.rules.law.clocks import find_clock
from mediation.services.law import case_law, procedures
from mediation.services.law.procedures import Done, Request
from tests import casework

DAY = timedelta(days=1)
EFFECT = date(2026, 11, 18)
BOTH = Request(EFFECT, EFFECT)


@pytest.fixture
def who(actor):
    return actor("mediator")


@pytest.fixture
def case(who):
    """A case with an agreement in force of one sum, due on the day of the test."""
    return agreed(casework.make_case(who), who)


def agreed(case, who, due_on=EFFECT):
    casework.bring(case, "PERFORMING", who)
    case.effective_on = EFFECT
    row = Agreement(case_id=case.id, kind="mediated", form="written", made_on=EFFECT, effective_on=EFFECT,
                    total_fen=1000000)
    db.session.add(row)
    db.session.flush()
    worker = case.claims[0].party_id
    step = Instalment(agreement_id=row.id, seq=1, due_on=due_on, amount_fen=1000000)
    db.session.add_all([AgreementItem(agreement_id=row.id, party_id=worker, head="wages", amount_fen=1000000), step])
    db.session.flush()
    db.session.add(InstalmentShare(instalment_id=step.id, party_id=worker, amount_fen=1000000))
    casework.rest(case, who)
    return case


def clock(case, rule, today):
    return find_clock(clock_queries.of_case(case, today), rule)


def refused(act) -> list:
    with pytest.raises(Refused) as caught:
        act()
    db.session.expire_all()
    return caught.value.problems


def doors(case, today):
    return {door.offer.route.code: door for door in queries.doors(case, today)}


def test_each_is_offered_only_when_the_law_allows_it(who):
    case = casework.make_case(who)
    found = doors(case, who.today)
    assert found["legal_aid"].may_request and found["inspection"].may_request
    assert not found["arb_review"].may_request
    assert "没有生效" in found["arb_review"].offer.against[0].zh


def test_joint_review_runs_its_clocks_to_the_decision(who, case):
    row = procedures.request(case, "arb_review", BOTH, who)
    assert (row.state, row.requested_on) == ("requested", EFFECT)
    assert clock(case, "L8", EFFECT).state == "stopped"
    procedures.advance(case, row.id, Done("accept", EFFECT), who)
    assert clock(case, "L9", EFFECT).due == date(2026, 11, 25)
    assert not clock_queries.has_title(case, EFFECT)
    later = replace(who, today=date(2026, 11, 24))
    procedures.advance(case, row.id, Done("decide", later.today, "granted", "仲裁调解书"), later)
    assert (row.state, row.result, row.document) == ("decided", "granted", "仲裁调解书")
    assert clock_queries.has_title(case, later.today)
    assert clock(case, "L24", later.today).trigger_on == EFFECT
    assert digests.verify() == []


def test_one_side_or_too_late_is_refused_with_rule_and_article(who, case):
    found = refused(lambda: procedures.request(case, "arb_review", Request(EFFECT), who))
    assert "对方" in found[0].text.zh and "第74条" in found[0].text.zh
    late = replace(who, today=date(2026, 12, 4))
    found = refused(lambda: procedures.request(case, "arb_review", Request(late.today, late.today), late))
    assert len(found) == 1
    assert "2026-12-03" in found[0].text.zh and "第74条" in found[0].text.zh
    before = Request(EFFECT - DAY, EFFECT)
    assert refused(lambda: procedures.request(case, "arb_review", before, who))
    assert refused(lambda: procedures.request(case, "arb_review", Request(), who))
    assert refused(lambda: procedures.request(case, "arb_review", Request(EFFECT + DAY, EFFECT), who))


def test_confirmation_closes_review_and_asks_only_once_at_a_time(who, case):
    row = procedures.request(case, "jud_confirm", BOTH, who)
    assert "没有办结" in refused(lambda: procedures.request(case, "jud_confirm", BOTH, who))[0].text.zh
    procedures.advance(case, row.id, Done("accept", EFFECT), who)
    procedures.advance(case, row.id, Done("decide", EFFECT, "granted"), who)
    assert not doors(case, who.today)["arb_review"].may_request
    assert "第75条" in refused(lambda: procedures.request(case, "arb_review", BOTH, who))[0].text.zh


def test_a_refused_confirmation_is_no_title_and_may_be_asked_again(who, case):
    row = procedures.request(case, "jud_confirm", BOTH, who)
    procedures.advance(case, row.id, Done("decide", EFFECT, "refused"), who)
    assert not clock_queries.has_title(case, EFFECT)
    assert doors(case, who.today)["jud_confirm"].may_request


def test_payment_order_only_when_something_is_overdue(who, case):
    found = refused(lambda: procedures.request(case, "pay_order", Request(EFFECT), who))
    assert "到期未付" in found[0].text.zh and "第16条" in found[0].text.zh
    later = replace(who, today=EFFECT + DAY)
    row = procedures.request(case, "pay_order", Request(later.today), later)
    for step in ("accept", "issue", "serve"):
        procedures.advance(case, row.id, Done(step, later.today), later)
    assert [clock(case, rule, later.today).state for rule in ("L12", "L13", "L15", "L14")] == [
        "stopped", "stopped", "stopped", "running"]
    assert not clock_queries.has_title(case, later.today)


def ordered(case, who):
    """A payment order served on the day after the sum fell due; the 15 days to object end on Friday 2026-12-04."""
    later = replace(who, today=EFFECT + DAY)
    row = procedures.request(case, "pay_order", Request(later.today), later)
    for step in ("accept", "issue", "serve"):
        procedures.advance(case, row.id, Done(step, later.today), later)
    return row, later


def test_a_payment_order_is_a_title_only_after_the_days_to_object(who, case):
    ordered(case, who)
    assert not clock_queries.has_title(case, date(2026, 12, 4))
    assert clock(case, "L24", date(2026, 12, 4)) is None
    assert clock_queries.has_title(case, date(2026, 12, 5))
    assert clock(case, "L24", date(2026, 12, 5)).trigger_on == date(2026, 12, 4)


def test_after_an_objection_no_second_order_but_a_suit_on_the_agreement(who, case):
    row, later = ordered(case, who)
    procedures.advance(case, row.id, Done("decide", later.today, "objected"), later)
    assert not clock_queries.has_title(case, date(2027, 1, 4))
    found = refused(lambda: procedures.request(case, "pay_order", Request(later.today), later))
    assert len(found) == 1 and "异议" in found[0].text.zh and "第16条" in found[0].text.zh
    assert not doors(case, later.today)["pay_order"].may_request
    suit = procedures.request(case, "direct_suit", Request(later.today), later)
    procedures.advance(case, suit.id, Done("accept", later.today), later)
    procedures.advance(case, suit.id, Done("decide", later.today, "judged"), later)
    assert clock_queries.has_title(case, later.today)


def test_a_suit_on_the_agreement_is_about_pay_alone_and_needs_a_body_of_the_law(who, case):
    later = EFFECT + DAY
    assert doors(case, later)["direct_suit"].may_request
    assert "到期未付" in doors(case, EFFECT)["direct_suit"].offer.against[0].zh
    case.claims[0].head = "severance"
    assert "仅就劳动报酬" in doors(case, later)["direct_suit"].offer.against[0].zh
    case.claims[0].head, case.channel = "wages", "I"  # no body of TJF 10 (JS1 51(2))
    assert not doors(case, later)["direct_suit"].may_request
    assert doors(case, later)["jud_confirm"].offer.confidence == "M"


def test_steps_keep_their_order_and_need_their_result(who, case):
    row = procedures.request(case, "pay_order", Request(EFFECT + DAY), replace(who, today=EFFECT + DAY))
    later = replace(who, today=EFFECT + 2 * DAY)
    assert refused(lambda: procedures.advance(case, row.id, Done("serve", later.today), later))
    assert {p.field for p in refused(lambda: procedures.advance(case, row.id, Done("decide", EFFECT), later))} == {
        "on", "result"}
    assert refused(lambda: procedures.advance(case, row.id, Done("accept", later.today + DAY), later))[0].field == "on"
    assert refused(lambda: procedures.advance(case, 999999, Done("accept", later.today), later))
    procedures.advance(case, row.id, Done("withdraw", later.today), later)
    assert row.state == "withdrawn"


def test_legal_aid_and_inspection_before_any_agreement(who):
    case = casework.make_case(who)
    aid = procedures.request(case, "legal_aid", Request(who.today), who)
    assert clock(case, "L29", who.today).due == date(2026, 11, 25)
    procedures.advance(case, aid.id, Done("accept", who.today), who)
    procedures.advance(case, aid.id, Done("decide", who.today), who)
    assert (aid.state, aid.result) == ("decided", "granted")
    row = procedures.request(case, "inspection", Request(who.today), who)
    assert clock(case, "L27", who.today).due == date(2026, 11, 25)
    procedures.advance(case, row.id, Done("accept", who.today), who)
    assert clock(case, "L25", who.today) is not None
    procedures.advance(case, row.id, Done("decide", who.today, "ordered"), who)
    clue = doors(case, who.today)["procuratorate_clue"]
    assert [text.zh for text in clue.offer.against] == ["数额或人数未到追诉标准的下限"]
    found = refused(lambda: procedures.request(case, "procuratorate_clue", Request(who.today), who))
    assert [p.confirm for p in found] == ["route"]  # the region's figures may differ: asked back


def test_civil_disputes_and_court_channels(who):
    case = agreed(casework.make_case(who), who)
    case.is_civil = True
    assert not doors(case, who.today)["arb_review"].may_request
    assert doors(case, who.today)["jud_confirm"].may_request
    court = agreed(casework.make_case(who, channel="F", procedure="ordinary"), who)
    found = refused(lambda: procedures.request(court, "jud_confirm", BOTH, who))
    assert "第205条" in found[0].text.zh


def test_facts_of_procedures_cannot_be_struck_out_alone(who, case):
    procedures.request(case, "jud_confirm", BOTH, who)
    assert refused(lambda: case_law.drop_fact(case, case.case_facts[0].id, "误记", who))
