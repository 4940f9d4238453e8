"""What counts as served, what an entry has to say, and what to try next."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules import words
from mediation.rules.papers import service
from mediation.rules.papers.catalogue import PAPERS
from mediation.rules.papers.service import Entry


@pytest.mark.parametrize(("way", "result", "witness", "is_served"), [
    ("hand", "", "", True), ("hand", "received", "", True), ("hand", "refused", "", False), ("hand", "refused", "嘎查长", True),
    ("family", "received", "", True), ("left", "", "", True), ("post", "", "", False), ("post", "received", "", True),
    ("post", "returned", "", False), ("post", "refused", "嘎查长", False), ("message", "", "", False),
    ("message", "seen", "", True), ("message", "returned", "", False)])
def test_what_counts_as_served(way, result, witness, is_served):
    assert service.is_served(way, result, witness) is is_served


@pytest.mark.parametrize(("entry", "fields"), [
    (Entry(""), []), (Entry("hand", to="巴特尔"), []), (Entry("hand"), ["given_to"]), (Entry("pigeon", to="x"), ["given_way"]),
    (Entry("post", "seen", to="x"), ["result"]), (Entry("hand", "lost", to="x"), ["result"]),
    (Entry("left", to="x"), ["note"]), (Entry("left", to="x", note="拒收，嘎查长见证"), []),
    (Entry("hand", "refused", to="x"), ["note"]), (Entry("hand", "refused", to="x", note="说钱早给了"), []),
    (Entry("family", to="x"), ["signer"]), (Entry("family", to="x", signer="妻子斯琴"), [])])
def test_an_entry_says_what_its_way_needs(entry, fields):
    assert [problem.field for problem in service.problems(entry, False)] == fields
    assert "given_to" not in [problem.field for problem in service.problems(entry, True)]


@pytest.mark.parametrize(("last", "said"), [
    (None, "当面交"), (Entry("hand", "refused"), "见证人"), (Entry("post", "sent"), "等回执"), (Entry("post"), "等回执"),
    (Entry("post", "returned"), "送达地址确认书"), (Entry("message", "sent"), "打电话")])
def test_the_next_way_follows_from_the_last(last, said):
    assert said in service.next_way(last).zh


def test_an_attempt_that_served_counts_before_later_ones():
    served, late = Entry("hand", "received", on=date(2026, 11, 20)), Entry("post", "returned", on=date(2026, 11, 25))
    assert service.newest([served, late]) is served
    assert service.newest([late, Entry("hand", "refused")]).way == "hand"
    assert service.newest([]) is None
    assert service.stand(served).zh == "11-20 当面交，收到"
    assert service.stand(Entry("family", "received", signer="妻子斯琴")).zh == "同住成年家属代收，收到，妻子斯琴代收"


def test_every_way_has_its_results_and_every_next_step_its_way():
    assert set(service.RESULTS) == set(words.SERVICE_WAYS)
    assert {one for every in service.RESULTS.values() for one in every} == set(words.SERVICE_RESULTS)
    assert {way for way, _result in service.NEXT} <= set(service.RESULTS)
    assert {"acceptance", "declined", "termination", "agreement"} <= set(service.TABLE) & set(PAPERS)
