"""The form of paper numbers: the union's own, or that of its cases with the word of the kind."""
from __future__ import annotations

import pytest

from mediation.rules.papers import numbering


@pytest.mark.parametrize(("own", "of_cases", "kind", "said"), [
    ("", "乌中工调〔{year}〕{n}号", "termination", "乌中工调终〔2026〕7号"),
    ("", "{short}工调〔{year}〕{n}号", "declined", "中旗工调不受〔2026〕7号"),
    ("{short}{word}〔{year}〕{n}号", "乌中工调〔{year}〕{n}号", "acceptance", "中旗受〔2026〕7号"),
    ("{word}字第{year}-{n}号", "", "referral", "转字第2026-7号")])
def test_a_number_says_body_kind_year_and_place(own, of_cases, kind, said):
    assert numbering.say(numbering.form_of(own, of_cases), "中旗", kind, 2026, 7) == said


@pytest.mark.parametrize("form", ["第{n}号", "{year}{n}号", "{word}{year}{n}{secret}", "{word}{year}{n.__class__}", "{word",
                                  "{word}{year}{n}{0}"])
def test_a_form_that_cannot_be_filled_is_refused(form):
    assert [problem.field for problem in numbering.form_problems(form)] == ["paper_form"]


@pytest.mark.parametrize("form", ["", "{word}〔{year}〕{n}号", "{short}{word}〔{year}〕{n}号"])
def test_a_form_with_all_its_parts_is_taken(form):
    assert numbering.form_problems(form) == []


def test_a_spoiled_paper_needs_a_reason_and_is_spoiled_once():
    assert [problem.field for problem in numbering.spoil_problems(False, "")] == ["note"]
    assert numbering.spoil_problems(False, "打错了姓名") == []
    assert numbering.spoil_problems(True, "打错了姓名")[0].text is numbering.SPOILED
