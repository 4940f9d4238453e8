"""Texts to paste: what fits whom, what is left out where it is not known, how long they are."""
from __future__ import annotations

import re

import pytest

from mediation.rules.papers import messages
from mediation.rules.papers.messages import EMPLOYER, WORKER

VALUES = {"name": "巴特尔", "other": "李老板", "phone": "0478-5910023", "office": "实践站", "session": "2026年12月3日09:30",
          "place": "旗综治中心3号窗口", "number": "2026-0031"}


def test_a_text_says_date_place_and_what_to_bring():
    assert messages.fill(messages.BY_KEY["session"], VALUES) == (
        "巴特尔您好：2026年12月3日09:30到旗综治中心3号窗口调解，请带身份证和有关材料。来不了请提前打0478-5910023。实践站")


def test_what_is_not_known_is_left_out_and_the_rest_is_a_blank():
    said = messages.fill(messages.BY_KEY["accepted"], {**VALUES, "case": "乌中工调〔2026〕1号", "mediator": "", "phone": ""})
    assert "调解员" not in said and "前办结" not in said and "电话____。" in said and "[" not in said


@pytest.mark.parametrize(("to", "facts", "keys"), [
    (WORKER, {"waiting"}, ["registered"]), (EMPLOYER, {"waiting"}, ["asked"]), (EMPLOYER, {"agreed", "late"}, ["agreed_other", "late"]),
    (WORKER, {"mediating", "session", "paper"}, ["accepted", "session", "paper_applicant"]), (WORKER, set(), [])])
def test_what_fits_follows_from_side_and_step(to, facts, keys):
    assert [row.key for row in messages.fitting(to, frozenset(facts))] == keys


@pytest.mark.parametrize("row", messages.TABLE, ids=lambda row: row.key)
def test_every_text_with_all_it_may_say_takes_three_messages_at_most(row):
    long = {name: "乌拉特中旗劳动人事争议仲裁委员会" for name in ("other", "door", "place", "address")}
    said = messages.fill(row, {**dict.fromkeys(messages.NAMED.findall(row.text), "2026年12月3日"), **VALUES, **long})
    assert messages.sms_parts(said) <= 3 and not re.search(r"[\[\]{}_]", said), said


@pytest.mark.parametrize("when", ["waiting", "mediating", "session", "agreed", "due", "late", "arrived", "ended", "declined",
                                  "closed", "paper"])
def test_each_step_has_a_text_for_whom_it_concerns(when):
    concerned = {"due": {EMPLOYER}, "arrived": {WORKER}, "closed": {WORKER}, "declined": {WORKER}}.get(when, {WORKER, EMPLOYER})
    assert {row.to for row in messages.TABLE if row.when == when} == concerned


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_a_long_text_takes_several_messages(length, parts):
    assert messages.sms_parts("字" * length) == parts


def test_every_row_speaks_plainly_and_names_no_number_of_a_person():
    assert len({row.key for row in messages.TABLE}) == len(messages.TABLE)
    for row in messages.TABLE:
        names = set(messages.NAMED.findall(row.text))
        assert {"name", "phone", "office"} <= names, row.key
        assert not names & {"identity", "account", "id_number"} and not re.search("被申请人|申请人", row.text), row.key
