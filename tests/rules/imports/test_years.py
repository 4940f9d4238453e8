"""The year in which an old case draws its number, where no day is certain."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.cases import late_entry
from mediation.rules.cases.late_entry import Late
from mediation.rules.imports.entry import arguments
from tests.rules.imports.test_rows import TODAY, row


@pytest.mark.parametrize(("title", "cells", "year"), [
    ("", {"受理日期": "2024.5"}, 2024), ("", {"受理日期": "2023年"}, 2023), ("2022年台账", {"受理日期": "5月"}, 2022),
    ("", {"受理日期": "2024.5", "结案日期": "2025-01-09"}, 2024), ("", {"受理日期": "不详", "结案日期": "2025-01-09"}, 2025),
    ("", {"受理日期": "待定再说"}, 2026), ("", {"受理日期": "2024-12-31"}, 2024),
])
def test_the_year_of_the_number_is_that_of_the_first_step_of_which_it_is_known(title, cells, year):
    facts = Late(**arguments(row(title, **cells), TODAY))
    assert late_entry.year_of(facts, facts.dates, TODAY) == year


@pytest.mark.parametrize(("words", "year"), [("2024年初", 2024), ("2023年底或2024年初", 2026), ("2031年", 2026), ("去年", 2026)])
def test_words_count_where_one_year_stands_in_them(words, year):
    assert late_entry.year_of(Late(as_told={"received_on": words}), {}, date(2026, 11, 30)) == year
