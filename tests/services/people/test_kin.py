"""A worker who died, at the counter and during the case: who asks, who signs, who gets which part, what papers say."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mediation.models import Case
from mediation.papers import maker, word, word_page
from mediation.papers import sheet as papers
from mediation.queries.bodies import registers
from mediation.queries.house import digests
from mediation.queries.papers import case_papers as paper_queries
from mediation.queries.papers import checklist
from mediation.rules.cases.intake import ClaimLine, Intake, Respondent
from mediation.rules.language import Refused
from mediation.services.cases import intake
from mediation.services.money import agreements, payments
from mediation.services.money.agreements import Entry, Item, Sign, Step, Terms
from mediation.services.people import parties
from tests import casework, house

DAY = house.TODAY


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def family(mediator, shares: tuple[str, str] = ("1/3", "2/3")) -> Case:
    """Registered by the widow at the counter, the son added on the page of the parties; in mediation."""
    case = intake.register(mediator, Intake(
        received_on=DAY, source="walk_in", name="斯琴", phone="13847862213", part="next_of_kin", for_name="巴特尔",
        for_died_told="11月初", kinship="wife", kin_share=shares[0], respondents=[Respondent("李老板", "labour_contractor")],
        claims=[ClaimLine("wages", 100_00)], narrative="在工地干活，工钱没给，人没了。"))
    worker = case.parties[0]
    parties.add_party(case, {"side": "applicant", "part": "next_of_kin", "name": "巴图", "headcount": 1, "kinship": "son",
                             "kin_share": shares[1], "acts_for_id": worker.id}, mediator)
    casework.respondent(case).identity = "152824199001011234"
    for step in ("ask_consent", "accept", "take_up"):
        if step == "accept":
            case.identity_note = "户口簿已看"
        casework.rest(case, mediator)
        casework.step(case, step, mediator)
    return case


def kin_of(case: Case) -> list[int]:
    return [p.id for p in case.parties if p.part == "next_of_kin"]


def terms(case: Case, signers: list[int], fen: int = 100_00) -> Terms:
    worker, boss = case.parties[0], casework.respondent(case)
    steps = [Step(DAY, "", fen // 3), Step(date(2026, 12, 18), "", fen - fen // 3)]
    signs = [*(Sign("applicant", one, "sign", DAY) for one in signers), Sign("respondent", boss.id, "sign", DAY),
             Sign("mediator", None, "sign", DAY), Sign("seal", None, "stamp", DAY)]
    return Terms(made_on=DAY, payer_party_id=boss.id, items=[Item(worker.id, "wages", fen)], steps=steps, signatures=signs)


def sheet(case: Case, kind: str, actor):
    return papers.fill(kind, paper_queries.material(case, actor), papers.Sight())


def printed(case: Case, kind: str, actor) -> str:
    return word_page.text_of(word.fill_in(maker.shipped(kind), sheet(case, kind, actor), {}))


def test_the_widow_asks_and_the_dead_worker_is_counted_and_claims(mediator):
    case = family(mediator)
    worker, widow = case.parties[0], case.parties[1]
    assert (worker.name, worker.died_on, worker.died_told, worker.part) == ("巴特尔", None, "11月初", "worker")
    assert (widow.name, widow.kinship, widow.kin_share, widow.acts_for_id) == ("斯琴", "wife", "1/3", worker.id)
    assert (case.headcount, case.title) == (1, "斯琴等2人（死者巴特尔的近亲属）")
    assert [claim.party_id for claim in case.claims] == [worker.id]
    assert not digests.verify()


def test_papers_speak_of_the_kin_and_tell_the_death(mediator):
    case = family(mediator)
    made = sheet(case, "acceptance", mediator)
    assert [one.name for one in made.applicants] == ["斯琴（死者巴特尔之妻）", "巴图（死者巴特尔之子）"]
    for kind in ("agreement", "oral_note", "application"):
        assert "劳动者巴特尔于11月初去世，由其近亲属斯琴（妻）、巴图（子）提出请求。" in printed(case, kind, mediator)
    for kind in ("acceptance", "rights_notice", "termination"):
        assert "斯琴（死者巴特尔之妻）" in printed(case, kind, mediator)


def test_all_kin_sign_and_the_dead_worker_cannot(mediator):
    case = family(mediator)
    widow, son = kin_of(case)
    with pytest.raises(Refused) as refused:
        agreements.agree(case, terms(case, [case.parties[0].id]), mediator)
    assert [p.field for p in refused.value.problems] == ["signatures"]
    made = agreements.agree(case, terms(case, [widow]), mediator)
    assert made.effective_on is None
    agreements.sign(case, made, [Sign("applicant", son, "sign", DAY)], mediator)
    assert made.effective_on == DAY


def test_each_of_the_kin_gets_the_own_share_to_the_fen(mediator):
    case = family(mediator)
    made = agreements.agree(case, terms(case, kin_of(case)), mediator)
    deal = papers.deal_of(made)
    assert [(i.name, i.amount_fen) for i in deal.items] == [("斯琴（死者巴特尔之妻）", "33.33"), ("巴图（死者巴特尔之子）", "66.67")]
    by_step = [[share.amount_fen for share in step.shares] for step in deal.steps]
    assert [sum(float(fen) for fen in row) for row in by_step] == [33.33, pytest.approx(66.67)]
    assert sum(float(row[0]) for row in by_step) == pytest.approx(33.33)
    payment = payments.record_payment(case, Entry(DAY, 30_00, payer_party_id=casework.respondent(case).id), mediator)
    assert [share.party.name for share in payment.shares] == ["巴特尔"]  # the money stays his in every figure
    rows = papers.fill("money_receipt", paper_queries.material(case, mediator), papers.Sight()).money.rows
    assert [(r.name, r.amount_fen) for r in rows] == [("斯琴（死者巴特尔之妻）", "10.00"), ("巴图（死者巴特尔之子）", "20.00")]


def test_a_share_nobody_told_is_asked_about_and_left_open_on_paper(mediator):
    case = family(mediator, ("1/2", ""))
    with pytest.raises(Refused) as refused:
        agreements.agree(case, terms(case, kin_of(case)), mediator)
    assert [(p.field, p.confirm) for p in refused.value.problems] == [("items", "kin_shares")]
    made = agreements.agree(case, terms(case, kin_of(case)), mediator, confirmed={"kin_shares"})
    assert [(i.name, i.amount_fen) for i in papers.deal_of(made).items] == [("死者巴特尔的近亲属", "100.00")]


def test_shares_that_are_not_the_whole_do_not_pass(mediator):
    case = family(mediator, ("1/2", "1/3"))
    with pytest.raises(Refused) as refused:
        agreements.agree(case, terms(case, kin_of(case)), mediator, confirmed=True)
    assert "5/6" in refused.value.problems[0].text.zh


def test_a_worker_who_dies_during_the_case_needs_kin_before_money_is_agreed(mediator):
    case = casework.bring(casework.make_case(mediator), "MEDIATING", mediator)
    casework.respondent(case).identity = "152824199001011234"
    casework.rest(case, mediator)
    worker = case.parties[0]
    changed = parties.change_party(case, worker, {"died_on": DAY, "died_told": ""}, mediator)
    assert changed == ["died_on"]
    with pytest.raises(Refused) as refused:
        agreements.agree(case, terms(case, []), mediator)
    assert "还没有登记近亲属" in refused.value.problems[0].text.zh
    parties.add_party(case, {"side": "applicant", "part": "next_of_kin", "name": "斯琴", "headcount": 1, "kinship": "wife",
                             "kin_share": "1"}, mediator)
    assert case.title == "斯琴（死者巴特尔的近亲属）"
    made = agreements.agree(case, terms(case, kin_of(case)), mediator)
    assert (made.effective_on, case.headcount) == (DAY, 1)
    assert not digests.verify()


@pytest.mark.parametrize(("told", "field"), [
    ({"for_name": ""}, "for_name"), ({"part": "agent"}, "part"), ({"for_died_on": date(2026, 11, 19)}, "for_died"), ({"kinship": "cousin"}, "kinship")])
def test_a_death_told_wrongly_is_said_beside_its_field(mediator, told, field):
    good = Intake(received_on=DAY, source="walk_in", name="斯琴", phone="13847862213", part="next_of_kin", for_name="巴特尔",
                  for_died_told="11月初", kinship="wife", respondents=[Respondent("李老板")], claims=[ClaimLine("wages", 100_00)],
                  narrative="工钱没给。")
    with pytest.raises(Refused) as refused:
        intake.register(mediator, replace(good, **told))
    assert [p.field for p in refused.value.problems] == [field]


def test_other_registers_and_the_proof_of_identity_ask_for_the_kin(mediator):
    case = family(mediator)
    told = registers.values_of(case, False, mediator)
    assert told["applicants"] == "斯琴（死者巴特尔之妻）、巴图（死者巴特尔之子）"
    for party in case.parties[1:]:
        party.is_identity_seen = True
    case.identity_note = ""
    line = next(row for row in checklist.of_case(case) if row.paper.key == "identity")
    assert line.state == "have"
