"""A corrected party keeps what stood before: sealed, with its reason, and after signing with somebody's word."""
from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text

from mediation.extensions import db
from mediation.models import AccessLog, Correction, Event, Signature
from mediation.queries.audit import contradictions, explanations
from mediation.queries.house import checks, digests
from mediation.rules.language import Refused
from mediation.services.audit import explanations as explaining
from mediation.services.cases import merging, moves
from mediation.services.money import payments
from mediation.services.money.agreements import Entry
from mediation.services.people import corrections, parties, reveals
from tests import casework, house
from tests.services.money.test_agreements import agreed

pytestmark = pytest.mark.postgresql

FIRST, SECOND, THIRD = "6222020200112233445", "6217000010001234567", "6228480012345678912"
WHY = "本人说卡号抄错了"


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


@pytest.fixture
def case(mediator):
    """Agreed and not yet paid; the worker's account is known."""
    made = agreed(mediator, (1200000,))
    made.parties[0].account = FIRST
    casework.rest(made, mediator)
    return made


def change(case, actor, reason: str = WHY, **values) -> list[Correction]:
    parties.change_party(case, case.parties[0], values, actor, reason=reason)
    return list(db.session.scalars(select(Correction).order_by(Correction.id)))


def found(case, actor) -> list[str]:
    return [one.mark for one in contradictions.of_case(case, actor.today) if one.key == "payee_unconfirmed"]


def refused(act) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        act()
    return [(problem.field, problem.text.zh) for problem in caught.value.problems]


@pytest.mark.parametrize("field, new", [("name", "王五"), ("identity", "11010519491231002X"), ("account", SECOND)])
def test_the_old_value_is_kept_with_its_reason(case, mediator, field, new):
    worker = case.parties[0]
    worker.identity = "152824199001011234"
    casework.rest(case, mediator)
    before = getattr(worker, field)
    [row] = change(case, mediator, **{field: new})
    assert (row.field, row.old, row.reason, getattr(worker, field)) == (field, before, WHY, new)


def test_both_old_accounts_of_two_changes_stand_and_neither_lies_open(case, mediator):
    change(case, mediator, account=SECOND)
    rows = change(case, mediator, account=THIRD)
    assert [(row.field, row.old, row.reason) for row in rows] == [("account", FIRST, WHY), ("account", SECOND, WHY)]
    stored = " ".join(str(row) for row in db.session.execute(text("SELECT * FROM correction")))
    assert FIRST not in stored and SECOND not in stored
    assert not any(FIRST in event.data for event in db.session.scalars(select(Event)))
    assert list(digests.verify_rows()) == []


@pytest.mark.parametrize("field, new", [("name", "王五"), ("account", SECOND), ("payee_name", "妻子 李梅"), ("died_told", "11月初")])
def test_without_a_reason_nothing_is_changed(case, mediator, field, new):
    assert refused(lambda: change(case, mediator, "", **{field: new}))[0][0] == "reason"


def test_what_says_nothing_yet_and_what_is_no_matter_of_identity_needs_no_reason(mediator):
    case = casework.make_case(mediator, 1, 100)
    assert change(case, mediator, "", account=FIRST, address="城南") == []


def test_a_change_of_account_after_signing_waits_for_a_second_person(case, mediator):
    [row] = change(case, mediator, account=SECOND)
    assert row.is_waiting and found(case, mediator) == [f"correction:{row.id}"]
    own = refused(lambda: corrections.confirm(case, row, "second", "", mediator))
    assert own == [("way", "自己改的，要由另一个人核对，或记下本人的书面确认")]
    lead = house.actor("lead")
    corrections.confirm(case, row, "second", "看了卡", lead)
    assert (row.confirmed_by_id, row.confirmed_way, found(case, mediator)) == (lead.user_id, "second", [])
    assert refused(lambda: corrections.confirm(case, row, "second", "", lead))[0][0] == ""


def test_a_leads_own_change_needs_another_person_too(case):
    lead = house.actor("lead")
    [row] = change(case, lead, account=SECOND)
    assert refused(lambda: corrections.confirm(case, row, "second", "", lead))[0][0] == "way"
    corrections.confirm(case, row, "second", "", house.actor("supervisor"))
    assert row.confirmed_on is not None


def test_the_workers_word_in_writing_says_where_it_is_kept(case, mediator):
    [row] = change(case, mediator, payee_name="妻子 李梅")
    assert refused(lambda: corrections.confirm(case, row, "worker", "", mediator))[0][0] == "note"
    corrections.confirm(case, row, "worker", "11月18日写的，存卷宗第12页", mediator)
    assert found(case, mediator) == []


def test_another_union_confirms_nothing(case, mediator):
    [row] = change(case, mediator, account=SECOND)
    for stranger in ("mediator2", "auditor"):
        with pytest.raises(moves.Forbidden):
            corrections.confirm(case, row, "worker", "见卷宗", house.actor(stranger))


def test_an_explanation_does_not_take_the_place_of_the_word(case, mediator):
    change(case, mediator, account=SECOND)
    [line] = [row for row in explanations.of_case(case, mediator.today) if row.found.key == "payee_unconfirmed"]
    assert not line.is_explained
    assert refused(lambda: explaining.explain(case, line.found.key, line.found.mark, line.found.figures, "没事",
                                              mediator))[0][0] == "which"


def test_who_puts_the_first_account_back_needs_nobody(case, mediator):
    change(case, mediator, account=SECOND)
    change(case, mediator, account=THIRD)
    rows = change(case, mediator, account=FIRST)
    assert (rows[-1].is_waiting, found(case, mediator)) == (False, [])


def test_the_last_of_two_changes_waits_and_the_one_before_no_more(case, mediator):
    change(case, mediator, account=SECOND)
    rows = change(case, mediator, account=THIRD)
    assert found(case, mediator) == [f"correction:{rows[-1].id}"]
    assert refused(lambda: corrections.confirm(case, rows[0], "second", "", house.actor("lead")))[0][0] == ""


def test_before_an_agreement_and_when_all_is_paid_nobody_is_waited_for(case, mediator):
    before = casework.make_case(mediator, 1, 100)
    before.parties[0].account = FIRST
    casework.rest(before, mediator)
    assert [row.is_waiting for row in change(before, mediator, account=SECOND)] == [False]
    payments.record_payment(case, Entry(mediator.today, 1200000), mediator)
    assert [row.is_waiting for row in change(case, mediator, account=SECOND)][-1:] == [False]


def test_a_look_at_the_old_value_is_on_record(case, mediator):
    [row] = change(case, mediator, account=SECOND)
    assert refused(lambda: reveals.log_old(case, row, "curious", mediator))[0][0] == "reason"
    assert reveals.log_old(case, row, "pay", mediator) == FIRST
    logged = db.session.scalars(select(AccessLog).where(AccessLog.kind == "reveal")).one()
    assert "account" in logged.detail and FIRST not in logged.detail
    with pytest.raises(moves.Forbidden):
        reveals.log_old(case, row, "pay", house.actor("auditor"))


def test_who_a_respondent_was_taken_for_is_kept(case, mediator):
    boss = casework.respondent(case)
    known, name = boss.identity, boss.name
    parties.resolve_respondent(case, boss, mediator, person={"name": "周二", "id_type": "resident",
                                                             "identity": "11010519491231002X"})
    rows = {row.field: row.old for row in db.session.scalars(select(Correction).where(Correction.party_id == boss.id))}
    assert rows == {"name": name, "identity": known}


def test_a_kept_value_that_is_changed_by_hand_breaks_the_digest(case, mediator):
    [row] = change(case, mediator, account=SECOND)
    row.old = THIRD
    db.session.flush()
    assert [fault.place for fault in digests.verify_rows()] == [case.number]


# Where nobody corrected it ---------------------------------------------------------------------------------------

def test_a_death_after_signing_waits_for_a_second_person_and_so_does_each_of_the_kin(case, mediator):
    worker = case.parties[0]
    [death] = change(case, mediator, "家属报来，看了死亡证明", died_told="11月初")
    assert (death.field, death.old, death.is_waiting) == ("died", "", True)
    widow = parties.add_party(case, {"side": "applicant", "part": "next_of_kin", "name": "斯琴", "headcount": 1,
                                     "kinship": "wife", "kin_share": "1", "acts_for_id": worker.id}, mediator)
    [_death, share] = db.session.scalars(select(Correction).order_by(Correction.id))
    assert (share.field, share.party_id, share.is_waiting) == ("kin_share", widow.id, True)
    assert found(case, mediator) == [f"correction:{death.id}", f"correction:{share.id}"]
    lead = house.actor("lead")
    assert refused(lambda: corrections.confirm(case, death, "worker", "见卷宗", lead))[0][0] == "way"
    corrections.confirm(case, death, "second", "死亡证明、户口簿", lead)
    corrections.confirm(case, share, "worker", "11月20日写的，存卷宗", lead)
    assert found(case, mediator) == [] and list(digests.verify_rows()) == []


def test_a_death_before_signing_and_one_after_all_is_paid_wait_for_nobody(case, mediator):
    before = casework.make_case(mediator, 1, 100)
    assert change(before, mediator, "", died_told="11月初") == []
    payments.record_payment(case, Entry(mediator.today, 1200000), mediator)
    assert change(case, mediator, "", died_told="11月初") == [] and unasked(case, mediator) == []


def unasked(case, actor) -> list[str]:
    return [one.mark for one in contradictions.of_case(case, actor.today) if one.key == "payee_unasked"]


def twin(case, mediator, **values):
    """The same worker's case, registered twice, with another payee; merged into the first."""
    other = casework.make_case(mediator, 1, 1200000)
    for one in (case.parties[0], other.parties[0]):
        one.identity, one.identity_index = "152824199001011234", "same"
    for name, value in values.items():
        setattr(other.parties[0], name, value)
    casework.rest(case, mediator)
    casework.rest(other, mediator)
    merging.merge(other, {"into": case.number, "reason": "登记了两次", "happened_on": mediator.today, "confirmed": (
        "claims_differ", "not_bound", "unrelated", "numbers_stay", "namesakes", "paid_twice")}, mediator)
    return other


def test_a_payee_filled_in_by_a_merger_waits(case, mediator):
    twin(case, mediator, payee_name="妻子 李梅")
    [row] = db.session.scalars(select(Correction))
    assert (row.field, row.old, row.party_id, row.is_waiting) == ("payee_name", "", case.parties[0].id, True)
    assert found(case, mediator) == [f"correction:{row.id}"] and "并案时从" in row.reason


def test_what_already_stands_in_a_database_is_found_and_explained(case, mediator):
    twin(case, mediator, payee_name="妻子 李梅")
    db.session.execute(delete(Correction))
    case.parties[0].died_told = "11月初"
    case.agreements[0].signatures.append(Signature(signer="applicant", party_id=case.parties[0].id, way="sign",
                                                   signed_on=mediator.today))
    casework.rest(case, mediator)
    db.session.expire_all()
    worker = f"worker:{case.parties[0].id}"
    assert unasked(case, mediator) == [worker, worker]
    assert len([fault for fault in checks.run() if fault.place == case.number]) == 2
    for line in [row for row in explanations.of_case(case, mediator.today) if row.found.key == "payee_unasked"]:
        explaining.explain(case, line.found.key, line.found.mark, line.found.figures, "核对过死亡证明和卡", mediator)
    assert [fault for fault in checks.run() if fault.place == case.number] == []
