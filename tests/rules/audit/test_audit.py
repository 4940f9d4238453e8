"""The way of a finding: which step is open when, and what each step needs."""
from datetime import date

from mediation.rules.access import GRANTS
from mediation.rules.audit import findings

DAY = date(2026, 11, 18)


def fields(step: str, state: str, body: str = "一句话", due_on: date | None = DAY) -> list[str]:
    return [p.field for p in findings.step_problems(findings.STEPS[step], state, body, due_on, DAY)]


def test_a_finding_is_answered_and_closed_or_sent_back():
    assert [s.key for s in findings.open_steps("open")] == ["answered", "closed"]
    assert [s.key for s in findings.open_steps("answered")] == ["returned", "closed"]
    assert findings.open_steps("closed") == []
    assert fields("answered", "answered") == fields("returned", "closed") == [""]


def test_every_step_needs_words_and_a_question_needs_a_day():
    assert fields("noted", "", "", None) == ["note", "due_on"]
    assert fields("noted", "", due_on=date(2026, 11, 17)) == ["due_on"]
    assert fields("noted", "") == []
    assert fields("answered", "open", "", None) == ["note"]
    assert fields("returned", "answered", due_on=None) == ["due_on"]
    assert fields("closed", "open", due_on=None) == []


def test_who_writes_cannot_answer():
    for step in findings.STEPS.values():
        assert GRANTS[step.permission].grants
    assert set(GRANTS["audit.write"].grants) & set(GRANTS["audit.answer"].grants) == set()
