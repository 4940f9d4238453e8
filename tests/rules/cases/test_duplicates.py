"""Whether two requests may be one dispute: a common name or a nickname alone says nothing."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.cases.duplicates import Told, alike, compare, is_nickname

DAY = date(2026, 11, 18)
OLD = date(2025, 6, 1)


def told(**values) -> Told:
    return Told(**{"names": ["巴特尔"], "respondents": ["宏远劳务"], "heads": ["wages"], "on": DAY, **values})


@pytest.mark.parametrize(("known", "is_found", "is_likely"), [
    (told(), True, False),  # full name, employer, kind, time: 30 + 40 + 10 + 10
    (told(respondents=["金泉矿业"]), False, False),
    (told(names=["苏和"]), False, False),  # a workmate at the same employer
    (told(on=OLD), False, False),
    (told(phones=["p"], names=["苏和"]), True, True),  # 70 + 40 + 10 + 10
    (told(phones=["p"], names=["苏和"], respondents=["金泉矿业"], heads=["overtime"], on=date(2026, 2, 1)), True, False),
    (told(identities=["i"], names=["别名"], respondents=[], heads=[], on=OLD), True, True),
    (told(identities=["other"]), False, False)])  # two people of one name
def test_what_makes_two_requests_one(known, is_found, is_likely):
    asked = told(identities=["i"], phones=["p"])
    match = compare(asked, known)
    assert (match is not None) is is_found
    assert bool(match and match.is_likely) is is_likely


def test_a_nickname_against_a_nickname_lists_nobody():
    """老张 asking of 老张: every register is full of them; with the telephone it is the same man."""
    assert compare(told(names=["老张"], respondents=["李老板"]), told(names=["老张"], respondents=["李老板"])) is None
    assert compare(told(names=["王伟"], respondents=["老张"]), told(names=["王伟"], respondents=["老张建材"])) is None
    with_phone = compare(told(names=["老张"], phones=["p"]), told(names=["老张"], phones=["p"]))
    assert [reason.zh for reason in with_phone.reasons] == ["同一电话", "同一单位", "诉求种类相同", "同一天"]


@pytest.mark.parametrize(("a", "b", "points"), [
    ("乌拉特中旗宏远劳务有限公司", "宏远劳务，一中工地", 30), ("宏远劳务", "宏远劳务有限公司", 40), ("老张", "老张", 30), ("老张", "老张建材", 0),
    ("李老板", "李老板，城南工地", 30), ("老魏（包工头）", "老魏", 30),
    ("金泉矿业", "草原人家", 0), ("", "宏远", 0)])
def test_names_of_the_other_side(a, b, points):
    assert alike(a, b) == points == alike(b, a)


@pytest.mark.parametrize(("name", "expected"), [("老张", True), ("李老板", True), ("小王", True), ("张师傅", True),
                                               ("巴特尔", False), ("王伟", False), ("阿拉坦·乌拉", False)])
def test_what_people_are_called(name, expected):
    assert is_nickname(name) is expected
