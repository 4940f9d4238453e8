"""Whole files: rows of one case folded, twins, totals; the public registers to the cent."""
from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from mediation import tables
from mediation.rules.imports import folding, headings, mapping
from mediation.rules.imports.entry import arguments
from mediation.rules.imports.mapping import Mapping
from mediation.rules.imports.rows import Context, RowReading, read_table

TODAY = date(2026, 11, 30)
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the public registers are not at {DATA}")


def read(data: bytes, name: str = "a.csv") -> tuple[Mapping, list[RowReading]]:
    [table] = tables.read(data, name)
    layout = headings.find(table)
    found = mapping.propose(layout, {}, list(islice(table.rows, 200)))
    return found, list(folding.fold(read_table(table, Context(TODAY, layout, found)), found))


def register(name: str) -> tuple[Mapping, list[RowReading], folding.Totals]:
    found, readings = read((DATA / f"{name}.csv").read_bytes(), f"{name}.csv")
    assert found.questions == []
    assert [reading.number for reading in readings if reading.is_case and not reading.is_good] == []
    return found, readings, folding.totals(readings)


@needs_data
def test_the_published_chinese_cases():
    found, readings, total = register("real-cases")
    assert (total.cases, total.people, found.currency) == (26, 1307, "CNY")
    assert dict(total.sums) == {("claimed_fen", "CNY"): 23_123_250_00, ("agreed_fen", "CNY"): 12_976_096_00,
                                ("arrived_fen", "CNY"): 21_588_800_00}
    cases = [arguments(reading, TODAY) for reading in readings if reading.is_case]
    assert sum(case["received_on"] is not None for case in cases) == 4
    assert sum(case["received_on"] is None and "received_on" not in case["as_told"] for case in cases) == 19
    assert sum(case["headcount"] for case in cases) == 1307
    paid_only = [reading for reading in readings if reading.is_case and "arrived_fen" in reading.facts
                 and "agreed_fen" not in reading.facts]
    assert len(paid_only) == 4


@needs_data
def test_the_register_of_new_hampshire():
    _found, readings, total = register("us-wage-claims-new-hampshire")
    assert total.cases == 8426
    assert dict(total.sums) == {("claimed_fen", ""): 49_527_633_00, ("arrived_fen", ""): 7_672_345_00}
    cases = [reading for reading in readings if reading.is_case]
    assert all(case.facts["received_on"].value is None for case in cases)  # years stored as nanoseconds
    assert arguments(cases[0], TODAY)["as_told"]["received_on"] == "1970-01-01 00:00:00.000002015"


@needs_data
def test_the_register_of_iowa():
    _found, readings, total = register("us-wage-claims-iowa")
    assert total.cases == 7370
    assert dict(total.sums) == {("claimed_fen", ""): 9_044_478_00, ("assessed_fen", ""): 853_899_00,
                                ("arrived_fen", ""): 2_617_419_00}
    cases = [reading for reading in readings if reading.is_case]
    assert all(case.facts["received_on"].value is not None for case in cases)
    assert folding.twins(cases) == {}


FOREIGN = ("case_uuid,violation_uuid,employer_name,violation_category,date_opened,amount_claimed,amount_assessed,currency\n"
           "a-0001,v1,Acme Inc,overtime,11/20/2024,100.50,80,USD\n"
           "a-0002,v2,Birch LLC,minimum wage,11/21/2024,10,,USD\n"
           "a-0001,v3,Acme Inc,unpaid wage,11/20/2024,200.25,0,USD\n"
           "a-0003,v4,Cedar,wage,11/22/2024,5,,USD\n"
           "a-0003,v5,Cedar Ltd,wage,11/22/2024,7,,EUR\n")


def test_one_row_for_each_violation_becomes_one_case():
    found, readings = read(FOREIGN.encode())
    assert (found.fold, found.dates) == ("number", "mdy")
    cases = {reading.facts["number"].value: reading for reading in readings if reading.is_case}
    first = cases["a-0001"]
    assert first.rows == (2, 4) and first.is_good
    assert first.facts["claimed_fen"].value == 300_75 and first.facts["assessed_fen"].value == 80_00
    assert first.facts["main_head"].value == ("overtime", "wages")
    assert first.facts["received_on"].value == date(2024, 11, 20)
    other = cases["a-0003"]
    assert not other.is_good
    assert [trouble.text.zh for trouble in other.troubles] == [
        "第6行的被申请人写的是“Cedar Ltd”，与第5行“Cedar”不同；按第5行记", "第6行是另一种货币（EUR，这件是USD），不能相加"]
    assert other.facts["claimed_fen"].value == 5_00
    total = folding.totals(readings)
    assert (total.cases, dict(total.rows)) == (3, {"heading": 1, "case": 5})


REGISTER = ("2025年台账\n编号,受理日期,申请人,被申请人,涉案金额\n"
            "1,2025-3-5,张三,城南公司,3600\n2,2025.3.5,张 三,城南公司,3600元\n3,3月5日,李四,城南公司,3600\n1,20/3/2025,王五,,\n合计,,,,7200\n")


def test_the_same_case_twice_is_found_however_it_is_written():
    _found, readings = read(REGISTER.encode())
    assert folding.twins(readings) == {4: 3}


def test_totals_name_columns_with_days_of_many_styles():
    _found, readings = read(REGISTER.encode())
    total = folding.as_json(folding.totals(readings))
    assert total["sums"] == {"claimed_fen": {"": 10_800_00}} and total["rows"]["total"] == 1
    assert "4种写法" in total["remarks"][0]


def test_a_case_whose_rows_lie_far_apart_is_folded_within_bounds(monkeypatch):
    monkeypatch.setattr(folding, "_OPEN_CASES", 1)
    _found, readings = read(FOREIGN.encode())
    assert len([reading for reading in readings if reading.is_case]) == 4
