"""Register numbers as people write them."""
from __future__ import annotations

import pytest

from mediation.rules.cases import numbers
from mediation.rules.cases.numbers import Named


@pytest.mark.parametrize(("written", "meant"), [
    ("2026-0025", Named("", "2026-0025")), ("2026-25", Named("", "2026-0025")),
    ("urad-middle-2026-0025", Named("urad-middle", "2026-0025")), ("URAD-Middle-2026-25", Named("urad-middle", "2026-0025")),
    ("２０２６－００２５", Named("", "2026-0025")), ("2026—0025", Named("", "2026-0025")), (" 2026 - 0025 ", Named("", "2026-0025")),
    ("登记号：2026-0025", Named("", "2026-0025")), ("2026年第25号", Named("", "2026-0025")), ("2026-12345", Named("", "2026-12345")),
    ("2026\u200b-0025", Named("", "2026-0025"))])
def test_every_way_of_writing_is_read(written, meant):
    assert numbers.read(written) == meant


@pytest.mark.parametrize("written", ["", "0025", "巴特尔", "乌中工调〔2026〕25号", "（2026）内0824诉前调5号", "2026-", "13847862213",
                                     "2026-11-18"])
def test_other_numbers_are_no_register_numbers(written):
    assert numbers.read(written) is None


def test_a_line_of_numbers_is_taken_apart_and_each_counts_once():
    assert numbers.read_list("2026-0001， 2026-0002、2026-0001\n2026-3;") == ["2026-0001", "2026-0002", "2026-3"]


def test_the_number_people_know_has_no_union_before_it():
    assert numbers.known_as("urad-middle-2026-0005") == "2026-0005" and numbers.known_as("12351-2026") == "12351-2026"


@pytest.mark.parametrize(("number", "union", "seen"), [
    ("urad-middle-2026-0005", "urad-middle", "2026-0005"), ("urad-middle-2026-12345", "urad-middle", "2026-12345"),
    ("urad-middle-2026-0005", "example", "urad-middle-2026-0005"), ("urad-middle-2026-0005", "urad", "urad-middle-2026-0005"),
    ("urad-middle-2026-0005", "", "urad-middle-2026-0005"), ("乌中工调〔2026〕5号", "urad-middle", "乌中工调〔2026〕5号")])
def test_ones_own_unions_code_is_left_out_and_anothers_stands(number, union, seen):
    assert numbers.known_to(number, union) == seen
