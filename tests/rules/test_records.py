"""Rows of records: they stand on things that exist, and what is checked follows from them."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.models import of_table
from mediation.queries.house import canonical
from mediation.rules import access, journal, records, words
from mediation.rules.recording import CHECKS, NEEDS, Record, kept, problems, tidy

TODAY = date(2026, 11, 18)
# What a row of the store holds besides: its key, its owner, what other acts keep there and nobody reads as content.
UNSAID = {"id", "uid", "draft_token", "case_id", "union_id", "station_id", "made_by_id"}
ROWS = list(records.RECORDS.values())


def ids(row: Record) -> str:
    return row.key


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_a_row_stands_on_things_that_exist(row):
    model = of_table(row.key)
    assert records.RECORDS[row.key] is row and row.permission in access.GRANTS
    assert all(hasattr(model, name) for name in row.columns)
    assert {one.needed for one in row.fields} <= set(NEEDS)
    assert all(one.choices for one in row.fields if one.words)
    assert all(one.words for one in row.fields if one.kind in ("chips", "pick"))
    assert all(one.kind in CHECKS or one.kind in ("line", "area", "employer") for one in row.fields)
    assert journal.KINDS[row.event].fields == row.event_fields
    assert not row.unique or row.field(row.unique)


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_every_column_that_says_something_is_under_the_digest(row):
    stored = {column.name.removesuffix("_sealed") for column in of_table(row.key).__table__.columns}
    assert stored - UNSAID == set(row.columns) - UNSAID == set(canonical.fields_of(of_table(row.key))) - UNSAID


@pytest.mark.parametrize("row", records.PAGES, ids=ids)
def test_a_list_looks_at_columns_that_exist(row):
    model, listing = of_table(row.key), row.listing
    looked_at = {listing.day, *listing.loads, *(one.column for one in listing.filters),
                 *(one.weight for one in listing.totals if one.weight), *(one.where[0] for one in listing.totals if one.where)}
    assert all(hasattr(model, name) for name in looked_at)
    assert all(one.choices for one in listing.filters) and row.sight in access.GRANTS


def found(row: Record, **values: object) -> set[str]:
    return {problem.field for problem in problems(row, tidy(row, values), TODAY)}


def test_everything_that_is_missing_or_wrong_is_told_at_once():
    assert found(records.INQUIRY) == {"way", "topic", "question"}
    assert found(records.INQUIRY, way="phone", topic="pigeon", question="?", people=0, minutes=601, phone="12",
                 asked_on=date(2026, 11, 19)) == {"topic", "people", "minutes", "phone", "asked_on"}
    assert found(records.INQUIRY, way="phone", topic="wages", question="?", next_step="fly") == {"next_step"}


def test_a_visit_needs_an_employer_and_a_lead_one_or_its_name():
    assert found(records.ACTIVITY, kind="visit", title="走访") == {"employer_id"}
    assert found(records.ACTIVITY, kind="lecture", title="夜校") == set()
    assert found(records.LEAD, source="visit", risk="wages") == {"employer_id"}
    assert found(records.LEAD, source="visit", risk="wages", employer_told="老魏") == set()


def test_nothing_given_is_kept_as_the_row_says():
    row = records.INQUIRY
    assert {one.name: kept(one, None, TODAY) for one in row.fields if one.kind != "pick"} == {
        "way": "", "people": 1, "question": "", "answer": "", "next_step": "", "name": "", "phone": "",
        "asked_on": TODAY, "minutes": 10}
    assert kept(records.LEAD.field("employer_id"), None, TODAY) is None


def test_vocabularies_are_those_of_words():
    assert records.INQUIRY.field("topic").choices is words.HEADS
