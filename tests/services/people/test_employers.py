"""The register of employers: one credit code once in a union, names that warn, a journal of its own."""
from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Event
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.services.cases import moves
from mediation.services.people import employers, parties
from tests import docket

pytestmark = pytest.mark.postgresql

CODE = "91350100M000100Y43"


def fields(refused) -> list[tuple[str, str]]:
    return [(p.field, p.confirm) for p in refused.value.problems]


def test_register_and_find(actor):
    row = employers.register({"name": "宏远劳务 有限公司", "short_name": "宏远劳务", "credit_code": CODE.lower()}, actor())
    assert (row.credit_code, row.name_folded, row.version) == (CODE, "宏远劳务有限公司", 1)
    for said in (CODE, "宏远劳务有限公司", "宏远劳务", " 宏远劳务 "):
        assert employers.find_employer(row.union_id, said) is row
    assert employers.find_employer(row.union_id, "宏远") is None
    assert employers.find_by_code(row.union_id, CODE) is row and employers.find_by_code(row.union_id, "1") is None


def test_one_code_once_in_a_union_and_again_in_another(actor):
    employers.register({"name": "宏远", "credit_code": CODE}, actor())
    with pytest.raises(Refused) as refused:
        employers.register({"name": "别的", "credit_code": CODE}, actor())
    assert fields(refused) == [("credit_code", "")] and "宏远" in refused.value.problems[0].text.zh
    assert employers.register({"name": "宏远", "credit_code": CODE}, actor("mediator2")).version == 1


def test_all_problems_at_once(actor):
    with pytest.raises(Refused) as refused:
        employers.register({"name": "", "credit_code": CODE[:-1] + "4", "sector": "moon"}, actor())
    assert fields(refused) == [("name", ""), ("sector", ""), ("credit_code", "")]


def test_same_name_is_asked_back_once(actor):
    employers.register({"name": "宏远劳务"}, actor())
    with pytest.raises(Refused) as refused:
        employers.register({"name": "宏远 劳务"}, actor())
    assert fields(refused) == [("name", "same_name")]
    employers.register({"name": "宏远劳务"}, actor(), confirmed={"same_name"})
    assert employers.find_employer(actor().union_id, "宏远劳务") is None


def test_change_writes_fields_and_titles_follow(actor):
    case, row = docket.open_case(), employers.register({"name": "宏远劳务有限公司"}, actor())
    parties.resolve_respondent(case, parties.active(case, "respondent")[0], actor(), employer=row)
    assert employers.change(row, {"short_name": "宏远", "legal_person": "李某"}, actor(), seen_version=1) == [
        "short_name", "legal_person"]
    event = db.session.scalar(select(Event).where(Event.stream == f"employer:{row.id}").order_by(Event.seq.desc()))
    assert json.loads(event.data) == {"employer": row.id, "fields": ["short_name", "legal_person"]}
    assert case.respondent_title == "宏远" and row.version == 2 and not digests.verify()
    assert employers.change(row, {"short_name": "宏远"}, actor()) == []
    with pytest.raises(moves.Conflict):
        employers.change(row, {"short_name": "远"}, actor("colleague"), seen_version=1)


def test_readers_do_not_write(actor):
    with pytest.raises(moves.Forbidden):
        employers.register({"name": "宏远"}, actor("auditor"))
