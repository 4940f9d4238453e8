"""Which body sent a case: by its name alone, and on what ground it may see what."""
from __future__ import annotations

import pytest

from mediation.rules.bodies import commissions, senders

COURTS = [(1, "乌拉特中旗人民法院", "法院"), (2, "乌拉特前旗人民法院", "前旗法院")]


@pytest.mark.parametrize(("said", "found"), [
    ("乌拉特中旗人民法院", 1), ("乌拉特中旗 人民法院", 1), ("法院", 1), ("前旗法院", 2), ("乌拉特中旗人民法院德岭山人民法庭", 1),
    ("巴彦淖尔市中级人民法院", None), ("中旗人民法院", None), ("", None), ("人民法院", None)])
def test_a_body_is_known_by_its_name_and_not_by_its_kind(said, found):
    assert senders.match(said, COURTS) == found


def test_the_question_names_the_bodies_that_there_are():
    [asked] = senders.problems(None, [name for _key, name, _short in COURTS])
    assert "乌拉特中旗人民法院、乌拉特前旗人民法院" in asked.text.zh and asked.confirm
    assert senders.problems(1, ["乌拉特中旗人民法院"]) == []
    assert "没有登记这一类单位" in senders.problems(None, [])[0].text.zh


def test_only_a_court_is_told_by_the_rules_of_courts():
    assert commissions.ground("before_filing", "in", "court", [])[0] == "law"
    assert commissions.ground("before_filing", "in", "hr", []) is None
    assert commissions.ground("by_arbitration", "in", "court", []) is None
    assert commissions.ground("task", "out", "hr", ["hr"])[0] == "consent"


def test_who_wants_nobody_told_yet_takes_every_ground_away():
    assert commissions.ground("before_filing", "in", "court", ["none"]) is None
    assert commissions.ground("task", "out", "hr", ["hr", "none"]) is None
