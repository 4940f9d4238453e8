"""A lead case and its batch: many linked at once or none, what they take over, and what hangs together in sums."""
from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select

from mediation.extensions import db
from mediation.models import CaseLink
from mediation.queries.cases import links
from mediation.rules.language import Refused
from mediation.services.bodies import coordination
from mediation.services.cases import links as services
from tests import casework, house

pytestmark = pytest.mark.postgresql


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def lead(mediator):
    return casework.bring(casework.make_case(mediator, relation="labour", hr_reason="wages", hr_version="2026"), "MEDIATING", mediator)


def test_many_follow_at_once(lead, mediator):
    rows = [casework.bring(casework.make_case(mediator, amount_fen=fen), "MEDIATING", mediator)
            for fen in (100000, 250000)]
    services.link_many(lead, f"{rows[0].number}\n", [rows[1].number], "同一工地", False, mediator)
    for one in (lead, *rows):
        batch = links.batch(one, mediator)
        assert [line.case for line in batch.lines] == [lead, *rows] and batch.lines[0].is_lead
        assert batch.total("claimed") == {"CNY": 1350000} and batch.total("outstanding") == {"CNY": 0}
    assert rows[0].relation == "unclear"  # nothing is taken over unasked


def test_one_that_cannot_follow_keeps_all_back_and_is_named(lead, mediator, actor):
    good = casework.bring(casework.make_case(mediator), "MEDIATING", mediator)
    beyond = casework.make_case(actor("mediator2"))
    with pytest.raises(Refused) as refusal:
        services.link_many(lead, f"{good.number}，{beyond.number} {lead.number}\n没有", [], "", True, mediator)
    said = [problem.text.zh for problem in refusal.value.problems]
    assert [problem.field for problem in refusal.value.problems] == ["numbers"] * 3
    assert said == [f"{beyond.number}：没有这个登记号", f"{house.short(lead.number)}：就是本案", "没有：没有这个登记号"]
    assert db.session.scalar(select(func.count()).select_from(CaseLink)) == 0
    with pytest.raises(Refused):
        services.link_many(lead, " \n", [], "", False, mediator)


def test_a_colleagues_case_is_linked_by_the_colleague(lead, mediator, actor):
    other = casework.bring(casework.make_case(actor("lead")), "MEDIATING", actor("lead"))
    other.handler_id = actor("lead").user_id
    db.session.flush()
    with pytest.raises(Refused) as refusal:
        services.link_many(lead, other.number, [], "", False, mediator)
    assert "不能改这件案子" in refusal.value.problems[0].text.zh


@pytest.mark.parametrize("link", [lambda lead, own, actor: services.link(own, lead.number, "", actor),
                                  lambda lead, own, actor: services.link_many(lead, own.number, [], "", False, actor)])
def test_one_or_many_want_the_right_on_the_lead_case_too(lead, mediator, actor, link):
    window = actor("window")
    own = casework.bring(casework.make_case(window), "MEDIATING", window)
    with pytest.raises(Refused) as refusal:
        link(lead, own, window)
    assert f"示范案{house.short(lead.number)}不由您办" in refusal.value.problems[0].text.zh
    assert db.session.scalar(select(func.count()).select_from(CaseLink)) == 0
    coordination.add_member(lead, window.user_id, mediator)
    link(lead, own, window)
    assert links.find_link(own).lead_id == lead.id


def test_the_classification_fills_what_is_open_and_keeps_what_is_said(lead, mediator):
    plain = casework.bring(casework.make_case(mediator), "MEDIATING", mediator)
    own = casework.bring(casework.make_case(mediator, relation="over_age", hr_reason="injury"), "MEDIATING", mediator)
    services.link_many(lead, f"{plain.number} {own.number}", [], "", True, mediator)
    assert (plain.relation, plain.hr_reason) == ("labour", "wages")
    assert (own.relation, own.hr_reason) == ("over_age", "injury")


@contextmanager
def counted():
    said: list[str] = []

    def listener(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)
    event.listen(Engine, "before_cursor_execute", listener)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", listener)


def test_the_sums_take_the_same_queries_for_two_and_for_nine(lead, mediator):
    def add(n: int) -> None:
        for _n in range(n):
            services.link(casework.bring(casework.make_case(mediator), "MEDIATING", mediator), lead.number, "", mediator)
    add(1)
    with counted() as few:
        links.batch(lead, mediator)
    add(7)
    with counted() as many:
        assert len(links.batch(lead, mediator).lines) == 9
    assert len(many) == len(few)
