"""作废: a case entered by mistake keeps its number and rows, counts nowhere, is found by its number, takes nothing more."""
from __future__ import annotations

import pytest

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries import door
from mediation.queries.audit import contradictions, explanations
from mediation.queries.cases import search
from mediation.queries.figures import statistics
from mediation.queries.house import checks, digests
from mediation.rules.cases import voiding as rules
from mediation.rules.language import Refused
from mediation.services.cases import intake, moves, voiding
from mediation.services.cases.intake import Late
from tests import house

pytestmark = pytest.mark.postgresql


@pytest.fixture
def lead(actor):
    return actor("lead")


def enter(actor, name: str = "巴特尔", **values: object) -> Case:
    case = intake.late_enter(actor, Late(name=name, state="MEDIATING", received_on=actor.today, respondents=[
        intake.Respondent("阿拉塔煤业有限公司")], claims=[intake.ClaimLine("wages", 123400)],
        dates={"accepted_on": actor.today}, **values))
    db.session.flush()
    return case


def listed(actor, said: str) -> set[str]:
    return {row.number for row in search.page(search.read({}, said, actor), actor).rows}


def accepted(actor) -> object:
    return statistics.summary(actor, "2026").get("accepted").value


def test_a_voided_case_is_in_no_count_no_list_and_no_search(lead):
    kept, wrong = enter(lead), enter(lead, "苏布德")
    assert accepted(lead) == 2
    voiding.void(wrong, "登记簿导错了年份", lead, batch=7)
    db.session.flush()
    assert accepted(lead) == 1
    assert listed(lead, "苏布德") == set()
    assert listed(lead, "巴特尔") == {kept.number}
    assert db.session.scalars(door.readable(lead)).all() == [kept]


def test_it_is_found_by_its_number_and_says_why(lead):
    case = enter(lead)
    voiding.void(case, "登记簿导错了年份", lead, batch=7)
    assert door.find_case(lead, case.number) is case
    assert search.find_exact(case.number, lead) == case.number
    assert listed(lead, "voided:yes state:any") == {case.number}
    assert moves.outcome_label(case) == rules.LABEL
    union = house.get_station("urad-middle")
    assert [(row.number, row.void_reason) for row in explanations.voided(union, lead)] == [
        (case.number, "登记簿导错了年份")]
    assert contradictions.of_numbers([union.id]) == []


def test_nothing_is_deleted_and_every_check_passes(lead):
    """R58: nothing is deleted."""
    case = enter(lead)
    voiding.void(case, "登记簿导错了年份", lead, batch=7)
    db.session.flush()
    assert [row.kind for row in db.session.query(Event).filter_by(stream=f"case:{case.number}").order_by(Event.seq)
            ] == ["late_entered", "voided"]
    assert (case.state, case.is_open, case.voided_on) == ("MEDIATING", 0, lead.today)
    assert [party.name for party in case.parties if party.side == "applicant"] == ["巴特尔"]
    assert list(checks.run()) == []
    assert digests.verify() == []


def test_it_takes_nothing_more(lead):
    case = enter(lead)
    voiding.void(case, "登记簿导错了年份", lead, batch=7)
    with pytest.raises(Refused) as refused:
        moves.move(case, "log_contact", {"happened_on": lead.today, "way": "phone", "reached": True}, lead)
    assert "已作废（登记簿导错了年份）" in refused.value.problems[0].text.zh
    with pytest.raises(Refused):
        voiding.void(case, "再来一次", lead, batch=7)


def test_a_case_that_somebody_worked_on_is_not_voided(lead):
    case = enter(lead)
    moves.move(case, "log_contact", {"happened_on": lead.today, "way": "phone", "reached": True}, lead)
    with pytest.raises(Refused) as refused:
        voiding.void(case, "登记簿导错了年份", lead, batch=7)
    assert "已有人办过" in refused.value.problems[0].text.zh
    assert case.voided_on is None


@pytest.mark.parametrize("reason", ["", "   ", "错" * 201, "错\x00"])
def test_a_reason_is_needed_in_one_line(lead, reason):
    case = enter(lead)
    with pytest.raises(Refused) as refused:
        voiding.void(case, reason, lead, batch=7)
    assert [problem.field for problem in refused.value.problems] == ["reason"]


def test_only_who_may_import_there_voids(actor, lead):
    case = enter(lead)
    for username in ("mediator", "supervisor2", "auditor", "admin"):
        with pytest.raises(moves.Forbidden):
            voiding.void(case, "登记簿导错了年份", actor(username), batch=7)
    voiding.void(case, "登记簿导错了年份", actor("supervisor"), batch=7)
    assert case.voided_on is not None
