"""What an agreement must say, without a database."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.money import agreement_checks
from mediation.rules.money.agreement_checks import Ground, Item, Person, Sign, Terms
from mediation.rules.money.plans import Step

TODAY = date(2026, 11, 18)
BOSS, AGENT = Person(90, "respondent", "employer"), Person(91, "other", "agent")


def workers(n: int, **values: object) -> tuple[Person, ...]:
    return tuple(Person(i, "applicant", "worker", **values) for i in range(1, n + 1))


def ground(n: int = 1, **values: object) -> Ground:
    return Ground(**{"today": TODAY, "accepted_on": date(2026, 11, 2), "people": (*workers(n), BOSS), **values})


def make(fen: int = 1200000, **values: object) -> Terms:
    return Terms(**{"made_on": TODAY, "payer_party_id": 90, "items": [Item(1, "wages", fen)],
                    "steps": [Step(TODAY, "", fen)], **values})


def fields(found) -> list[tuple[str, str]]:
    return [(problem.field, problem.confirm) for problem in found]


def test_good_terms_pass():
    assert agreement_checks.problems(make(), ground()) == []


def test_all_problems_come_at_once():
    bad = make(made_on=date(2026, 11, 1), payer_party_id=None, items=[Item(1, "wages", -5), Item(7, "tea", 9)],
               steps=[Step(date(2026, 10, 1), "", 0)], form="oral",
               signatures=[Sign("applicant", 90, "crayon", date(2026, 12, 1))],
               consents={90: (date(2026, 12, 1), "phone")})
    found = {field for field, confirm in fields(agreement_checks.problems(bad, ground())) if not confirm}
    assert found == {"made_on", "payer", "items", "steps", "form", "total", "signatures", "consents"}


def test_sums_that_differ_by_one_fen_are_named_both():
    found = agreement_checks.problems(make(steps=[Step(TODAY, "", 1199999)]), ground())
    assert fields(found) == [("total", "")]
    assert "12,000.00" in found[0].text.zh and "11,999.99" in found[0].text.zh and "0.01" in found[0].text.en


def test_more_than_claimed_unnamed_people_and_no_day_are_asked_back():
    crowd = ground(people=(*workers(1, headcount=17), BOSS), claimed_fen=1000000)
    found = agreement_checks.problems(make(steps=[Step(None, "工程款到后", 1200000)]), crowd)
    assert fields(found) == [("items", "unnamed"), ("total", "above_claim"), ("steps", "undated")]


def test_late_entries_may_lack_day_payer_and_sum():
    assert agreement_checks.problems(Terms(None), ground(is_late_entry=True)) == []
    assert {field for field, _confirm in fields(agreement_checks.problems(Terms(None), ground()))} == {"made_on", "total"}


def test_an_act_without_money_is_an_agreement():
    assert agreement_checks.problems(Terms(TODAY, non_cash="11月底前补缴社保"), ground()) == []


def test_money_never_stands_under_a_head_without_cash():
    found = agreement_checks.problems(make(items=[Item(1, "insurance_arrears", 1200000)]), ground())
    assert fields(found) == [("non_cash", "")]


def test_what_goes_back_to_the_employer_is_taken_off():
    items = [Item(1, "wages", 1200000), Item(1, "to_employer", 200000)]
    assert agreement_checks.totals(items) == {1: 1000000}
    assert agreement_checks.problems(make(items=items, steps=[Step(TODAY, "", 1000000)]), ground()) == []
    more = [Item(1, "wages", 100), Item(1, "to_employer", 200)]
    assert ("items", "") in fields(agreement_checks.problems(make(items=more, steps=[]), ground()))


@pytest.mark.parametrize(("kind", "channel", "forms"), [
    ("mediated", "A", ("written",)), ("mediated", "B", ("written", "oral")), ("mediated", "F", ("written", "court")),
    ("settled", "A", ("written", "oral"))])
def test_forms_by_channel(kind, channel, forms):
    assert agreement_checks.forms_of(kind, channel) == forms


# Who signs, who consents


def test_everybody_who_receives_signs_unless_there_are_representatives():
    people = (*workers(3), BOSS)
    assert agreement_checks.must_sign(people, {90}, {1, 2, 3}, {3}) == [("applicant", 1), ("applicant", 2), ("respondent", 90)]
    spoken_for = (Person(1, "applicant", "worker", True), *workers(3)[1:], BOSS)
    assert agreement_checks.must_sign(spoken_for, {90}, {1, 2, 3}, {2, 3}) == [("applicant", 1), ("respondent", 90)]


def test_among_several_respondents_the_payer_signs():
    people = (*workers(1), BOSS, Person(92, "respondent", "general_contractor"))
    assert agreement_checks.must_sign(people, {92}, {1}, set()) == [("applicant", 1), ("respondent", 92)]
    assert agreement_checks.must_sign(people, set(), {1}, set()) == [("applicant", 1)]


def test_represented_workers_without_signature_have_a_consent_to_give():
    people = (Person(1, "applicant", "worker", True), *workers(4)[1:], BOSS)
    bound = make(items=[Item(i, "wages", 100) for i in (1, 2, 3, 4)], consents={2: (TODAY, "phone")},
                 signatures=[Sign("applicant", 3, "sign", TODAY)])
    assert agreement_checks.open_consents(bound, ground(people=people)) == {2: (TODAY, "phone"), 4: (None, "")}


def test_a_next_of_kin_signs_for_the_worker():
    kin = Person(5, "applicant", "next_of_kin", acts_for_id=1)
    signed = make(signatures=[Sign("applicant", 5, "sign", TODAY), Sign("respondent", 90, "stamp", TODAY)])
    people = (*workers(1), kin, BOSS)
    assert agreement_checks.effect_of(signed, "E", people, [("applicant", 1), ("respondent", 90)]).on == TODAY


def test_a_signature_is_neither_early_nor_late_nor_twice():
    day = date(2026, 11, 10)
    rows = [Sign("applicant", 1, "sign", date(2026, 11, 9)), Sign("mediator", None, "sign", date(2026, 11, 19)),
            Sign("seal", None, "stamp", day), Sign("seal", None, "stamp", day)]
    assert len(agreement_checks.signature_problems(rows, day, ground())) == 3
    assert len(agreement_checks.signature_problems(rows[2:3], day, ground(), {("seal", None)})) == 1


def test_a_settlement_holds_when_both_have_signed_and_an_oral_one_when_made():
    both = [Sign("applicant", None, "sign", date(2026, 11, 10)), Sign("respondent", None, "stamp", date(2026, 11, 12))]
    settled = make(kind="settled", signatures=both)
    assert agreement_checks.effect_of(settled, "A", (), []).on == date(2026, 11, 12)
    assert agreement_checks.effect_of(make(kind="settled", form="oral"), "A", (), []).on == TODAY
