"""Parties: the rows and what the case says of them; each act with its check and its one event."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.language import Refused
from mediation.services import parties
from tests import docket


def test_rows_and_titles(inside):
    case = docket.open_case()
    assert (case.title, case.respondent_title, case.headcount, case.main_head) == ("巴特尔", "李老板", 1, "wages")
    worker = parties.put_party(case, "applicant", "worker", "苏日娜", phone="（0478）5912345转801", identity="11010519491231002X",
                               headcount=9)
    assert (worker.phone, worker.phone_note, worker.phone_tail) == ("04785912345", "分机801", "2345")
    assert (worker.sex, worker.born_on, worker.id_type) == ("F", date(1949, 12, 31), "resident")
    parties.put_claim(case, worker, "severance", 9900000)
    parties.retitle(case)
    assert (case.title, case.headcount, case.is_group, case.main_head) == ("巴特尔等10人", 10, True, "severance")


def test_unreadable_numbers_are_refused_together(inside):
    case = docket.open_case()
    with pytest.raises(Refused) as refused:
        parties.put_party(case, "applicant", "worker", "苏日娜", phone="1384786", identity="110105194912310021")
    assert [p.field for p in refused.value.problems] == ["phone", "identity"]
