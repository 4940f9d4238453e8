"""A worker who died: shares as they are said, split to the fen, and how papers call the kin."""
from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.people import kin
from mediation.rules.text_cleaning import Unreadable

TODAY = date(2026, 11, 23)


def row(key: int, name: str, part: str = "next_of_kin", **columns) -> SimpleNamespace:
    return SimpleNamespace(**{"id": key, "name": name, "part": part, "acts_for_id": 1 if part == "next_of_kin" else None,
                              "removed_on": None, "died_on": None, "died_told": "", "kinship": "", "kin_share": "", **columns})


def family(*shares: str) -> list[SimpleNamespace]:
    names = ("斯琴", "巴图", "其其格")
    return [row(1, "巴特尔", "worker", died_told="11月初"), *(
        row(n, names[n - 2], kinship="wife" if n == 2 else "son", kin_share=share) for n, share in enumerate(shares, 2))]


@pytest.mark.parametrize(("typed", "share"), [
    ("1/3", "1/3"), ("２/４", "1/2"), ("三分之一", "1/3"), ("50%", "1/2"), ("33.5%", "67/200"), ("一半", "1/2"), ("全部", "1"), ("百分之二十", "1/5"),
    ("100%", "1"), ("十二分之五", "5/12")])
def test_shares_as_people_say_them(typed, share):
    assert kin.read_share(typed) == share


@pytest.mark.parametrize("typed", ["0", "1/0", "3/2", "120%", "0%", "一些", "30000元", "零分之一", "50"])
def test_what_is_no_share_is_refused(typed):
    with pytest.raises(Unreadable):
        kin.read_share(typed)


def test_a_sum_is_split_to_the_fen():
    assert kin.split(100_00, family("1/3", "1/3", "1/3")[1:]) == [33_34, 33_33, 33_33]
    assert kin.split(90_000_00, family("1/2", "1/4", "1/4")[1:]) == [45_000_00, 22_500_00, 22_500_00]


@given(st.integers(0, 10**12), st.sampled_from([("1",), ("1/2", "1/2"), ("1/3", "2/3"), ("1/7", "2/7", "4/7")]))
def test_parts_add_up_to_the_whole(fen, shares):
    assert sum(kin.split(fen, family(*shares)[1:]) or []) == fen


def test_a_missing_share_is_asked_about_and_not_guessed():
    people = family("1/2", "")
    assert kin.split(100, people[1:]) is None
    problem = kin.share_problem(people[0], people[1:])
    assert problem.confirm == "kin_shares" and "巴图" in problem.text.zh
    assert kin.share_problem(people[0], []).confirm == ""
    apart = kin.share_problem(people[0], family("1/2", "1/4")[1:])
    assert (apart.confirm, "3/4" in apart.text.zh) == ("", True)
    assert kin.share_problem(people[0], family("1/2", "1/2")[1:]) is None


def test_more_than_the_whole_is_refused_beside_its_field():
    people = family("2/3", "")
    found = kin.problems({"part": "next_of_kin", "acts_for_id": 1, "kin_share": "1/2"}, 3, people, TODAY)
    assert [p.field for p in found] == ["kin_share"]
    assert kin.problems({"part": "next_of_kin", "acts_for_id": 1, "kin_share": "1/3"}, 3, people, TODAY) == []
    assert [p.field for p in kin.problems({"part": "worker", "died_on": date(2026, 11, 24)}, 1, people, TODAY)] == ["died"]


def test_papers_call_the_kin_by_the_dead_worker():
    people = family("1/2", "1/2")
    assert [kin.called(p, people) for p in people] == ["巴特尔", "斯琴（死者巴特尔之妻）", "巴图（死者巴特尔之子）"]
    assert kin.title(people[0], people[1:]) == "斯琴等2人（死者巴特尔的近亲属）"
    assert kin.death(people[0], people[1:]) == "劳动者巴特尔于11月初去世，由其近亲属斯琴（妻）、巴图（子）提出请求。"
    people[0].died_on = date(2026, 11, 2)
    assert kin.death(people[0], people[1:2]).startswith("劳动者巴特尔于2026年11月2日去世")
    people[0].died_on, people[0].died_told = None, "日子不详"
    assert kin.death(people[0], []) == "劳动者巴特尔已去世。"
