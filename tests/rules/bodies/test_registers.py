"""Numbers of outside registers: both kinds of brackets, full width, and what is asked back."""
from __future__ import annotations

import pytest

from mediation.rules import words
from mediation.rules.bodies import registers

GOOD = {
    "court": ("（2026）内0824诉前调123号", "(2026)内0824诉前调123号", "〔2026〕内0824诉前调123号", "（２０２６）内0824民初45号",
              "（2025）内民终7号", "（2026）内0824执31号之一", "（2026）最高法民申1号"),
    "procuratorate": ("乌中检民支〔2026〕3号", "乌中检民支（2026）3号", "乌中检民支[2026]第3号"),
    "hr": ("150824202600123", "乌中劳人仲字〔2026〕第12号", "乌中劳人仲字(2026)12号"),
    "hotline": ("12351-2026-07731", "202607731", "１２３５１-2026-07731"),
    "petition": ("150824202611280012", "乌中信访〔2026〕8号"), "justice": ("乌中工人调字〔2026〕第3号",),
    "governance": ("综治2026-1102", "ZZ-88")}
ODD = {"court": ("123号", "（26）内0824诉前调123号", "（2026）火0824民初1号", "内0824诉前调123号", "（2026）内0824诉前调123"),
       "procuratorate": ("3号", "检民支2026"), "hr": ("1234567",), "hotline": ("7731",), "petition": ("8号",),
       "justice": ("3",), "governance": ("不详",)}


@pytest.mark.parametrize(("register", "number"), [(key, said) for key, many in GOOD.items() for said in many])
def test_usual_numbers_pass_in_every_width(register, number):
    assert registers.number_problems(register, number) == []


@pytest.mark.parametrize(("register", "number"), [(key, said) for key, many in ODD.items() for said in many])
def test_unusual_numbers_are_asked_back(register, number):
    assert [p.confirm for p in registers.number_problems(register, number)] == ["unusual_number"]


def test_the_example_of_every_register_has_its_own_form():
    for key, row in registers.REGISTERS.items():
        assert registers.tidy(key, row.example) == row.example
        assert registers.number_problems(key, row.example) == []


def test_the_vocabulary_and_the_table_name_the_same_registers():
    assert list(words.REGISTERS) == list(registers.REGISTERS)
    assert {name for row in registers.REGISTERS.values() for name in row.fields} == set(registers.FIELD_WORDS)


def test_a_peoples_mediation_case_belongs_to_the_justice_bureau():
    assert registers.wanted("B", "walk_in") == ["governance", "justice"]
    assert registers.wanted("E", "court") == ["governance", "court"]
    assert registers.wanted("A", "hotline", frozenset({"petition"})) == ["governance", "hotline", "petition"]


@pytest.mark.parametrize(("recorded", "source", "case_number", "numbers"), [
    ([], "court", "（2026）内0824诉前调5号", {"court": "（2026）内0824诉前调5号"}),
    ([("governance", "综治2026-1102")], "court", "（2026）内0824诉前调5号",
     {"court": "（2026）内0824诉前调5号", "governance": "综治2026-1102"}),
    ([("court", "（2026）内0824民初9号")], "court", "（2026）内0824诉前调5号", {"court": "（2026）内0824民初9号"}),
    ([], "arbitration", "乌中劳人仲字〔2026〕12号", {"hr": "乌中劳人仲字〔2026〕12号"}),
    ([], "walk_in", "（2026）内0824诉前调5号", {"": "（2026）内0824诉前调5号"}), ([], "court", "", {})])
def test_the_senders_case_number_is_the_number_in_its_register(recorded, source, case_number, numbers):
    assert registers.numbers_of(recorded, source, case_number) == numbers
