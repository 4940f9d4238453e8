"""What belongs to labour mediation, by relation and date (law.md 1)."""
from datetime import date

import pytest

from mediation.rules import words
from mediation.rules.law import causes
from mediation.rules.law.jurisdiction import (
    DOORS,
    EXCLUSIONS,
    RELATION_SCOPES,
    VERDICTS,
    channel_fit_problems,
    jurisdiction_of,
)


@pytest.mark.parametrize(("on", "heads", "pension", "verdict"), [
    (date(2025, 8, 31), ["wages"], True, "civil"),
    (date(2025, 8, 31), ["wages"], False, "review"),
    (date(2025, 9, 1), ["wages"], True, "review"),
    (date(2026, 6, 30), ["wages"], None, "review"),
    (date(2026, 7, 1), ["wages"], True, "labour"),
    (date(2026, 7, 1), ["injury_benefit"], None, "labour"),
    (date(2026, 7, 1), ["severance"], None, "out"),
    (date(2026, 7, 1), ["wages", "severance"], None, "labour"),
])
def test_over_age_regimes_by_date(on, heads, pension, verdict):
    scope = jurisdiction_of("over_age", heads, on, has_pension=pension)
    assert scope.verdict == verdict


def test_over_age_split_claims_name_the_court_and_delayed_retirement_is_ordinary():
    assert jurisdiction_of("over_age", ["wages", "severance"], date(2026, 8, 1)).doors == ("court",)
    assert jurisdiction_of("over_age", ["severance"], date(2026, 8, 1), is_delayed=True).verdict == "labour"
    assert jurisdiction_of("over_age", ["wages"], date(2026, 3, 1)).confidence == "L"


def test_new_form_needs_no_proof_and_other_matters_are_looked_at():
    assert jurisdiction_of("new_form", ["wages"], date(2026, 3, 1)).verdict == "one_stop"
    assert jurisdiction_of("new_form", ["severance"], date(2026, 3, 1)).verdict == "review"
    assert jurisdiction_of("new_form", ["wages"], date(2023, 3, 1)).verdict == "review"


def test_liability_and_contributions():
    assert jurisdiction_of("liability", ["wages"], date(2025, 9, 1)).confidence == "H"
    assert jurisdiction_of("liability", ["wages"], date(2025, 8, 31)).confidence == "M"
    assert jurisdiction_of("labour", ["insurance_arrears"], date(2026, 3, 1)).doors[0] == "collecting"
    assert jurisdiction_of("labour", ["insurance_arrears", "wages"], date(2026, 3, 1)).verdict == "labour"


def test_exclusions_have_a_door_each():
    assert jurisdiction_of("labour", ["wages"], date(2026, 3, 1), "farm_hand").doors == ("justice", "court")
    for scope in EXCLUSIONS.values():
        assert scope.doors and set(scope.doors) <= set(DOORS)


def test_civil_matters_by_channel():
    civil = jurisdiction_of("civil", ["service_fee"], date(2026, 3, 1))
    assert civil.is_civil
    assert channel_fit_problems(civil, "A")[0].confirm == "civil_channel"
    assert channel_fit_problems(civil, "B") == channel_fit_problems(civil, "E") == []


def test_every_relation_has_an_answer():
    for relation in words.RELATIONS:
        scope = jurisdiction_of(relation, ["wages"], date(2026, 8, 1))
        assert scope.verdict in VERDICTS
        assert scope.article.zh and scope.ground.zh and scope.ground.en
    assert set(RELATION_SCOPES) | {"over_age", "new_form", "liability"} == set(words.RELATIONS)


def test_causes_carry_their_edition():
    day = date(2026, 3, 1)
    assert len([code for code in causes.CAUSES if "(" not in code]) == 13  # 205 to 216 and 144
    assert causes.suggested_cause("labour", "wages", day).code == "205(5)"
    assert causes.suggested_cause("new_form", "wages", day).code == "214(2)"
    assert causes.suggested_cause("over_age", "wages", day).confidence == "H"
    assert causes.suggested_cause("liability", "wages", day).code == "209"
    assert causes.suggested_cause("civil", "service_fee", day).version == "2026"
    assert causes.suggested_cause("labour", "wages", date(2025, 12, 31)) is None


def test_an_over_age_worker_has_two_causes():
    assert causes.suggested_cause("over_age", "wages", date(2026, 8, 1)).code == "208"
    assert causes.suggested_cause("over_age", "severance", date(2026, 8, 1), is_labour=False).code == "144(1)"


def test_every_head_has_a_reason_and_a_cause():
    assert set(causes.HEAD_REASONS) == set(words.HEADS)
    for reason, code in causes.HEAD_REASONS.values():
        assert reason in causes.REASONS and code in causes.CAUSES
    assert causes.suggested_reason(["injury_leave", "wages"]) == "injury"
    assert causes.suggested_reason([]) == "other"
