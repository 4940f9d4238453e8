"""The usual clauses of an agreement: which way of law has which, and how they are written."""
from __future__ import annotations

import pytest

from mediation.rules.law import ways
from mediation.rules.law.ways import Basis
from mediation.rules.papers import clauses


@pytest.mark.parametrize(("channel", "relation", "keys"), [
    ("A", "labour", ["breach", "release", "review", "confirm"]),
    ("I", "labour", ["breach", "release", "review", "confirm"]),
    ("E", "labour", ["breach", "release", "review", "confirm"]),
    ("F", "labour", ["breach", "release", "court_paper"]),
    ("G", "labour", ["breach", "release", "commission_paper"]),
])
def test_each_way_is_offered_what_its_law_has(channel, relation, keys):
    assert [one.key for one in clauses.offered(ways.find(Basis(channel, relation)))] == keys


@pytest.mark.parametrize("way", [*ways.WAYS.values(), ways.UNSETTLED], ids=lambda way: f"{way.code}{way.review}")
def test_no_way_is_offered_what_its_law_does_not_have(way):
    rows = {one.key: one for one in clauses.offered(way)}
    assert ("review" in rows, "confirm" in rows) == (bool(way.review), bool(way.confirm))
    assert [key for key in rows if key.endswith("_paper")] == {"F": ["court_paper"], "G": ["commission_paper"]}.get(way.code, [])
    assert ("社会保险" in rows["release"].text) is not way.is_civil
    assert all(one.article.zh.startswith("《") and one.label.zh and one.label.en for one in rows.values())


def test_a_civil_dispute_has_no_arbitration_review_and_its_own_release():
    rows = {one.key: one for one in clauses.offered(ways.find(Basis("A", is_civil=True)))}
    assert list(rows) == ["breach", "release", "confirm"]
    assert "社会保险" not in rows["release"].text and rows["release"].article.zh == "《民法典》第143条"


def test_sentences_name_their_days_and_the_court_but_no_law():
    sent, own = (dict((one.key, one.text) for one in clauses.offered(ways.find(Basis(code, "labour"))))
                 for code in "EI")
    assert "三十日内共同向委派本案的人民法院申请司法确认" in sent["confirm"]
    assert "三十日内共同向有管辖权的人民法院申请司法确认" in own["confirm"]
    assert "十五日内共同向有管辖权的仲裁委员会申请仲裁审查" in own["review"]
    assert not any("《" in text or "{" in text for text in (*sent.values(), *own.values()))


def test_a_sentence_is_written_behind_what_is_there_and_only_once():
    way = ways.find(Basis("A", "labour"))
    breach, release = (one.text for one in clauses.offered(way)[:2])
    once = clauses.written("工具月底前还清。", ["release", "breach"], way)
    assert once == f"工具月底前还清。\n{breach}\n{release}"
    assert clauses.written(once, ["breach"], way) == once
    assert clauses.written("", [], way) == ""


@pytest.mark.parametrize(("terms", "is_named"), [("逾期每日付10元", True), ("违约责任另议", True), ("互不追究", False)])
def test_what_follows_a_breach_is_found_in_other_terms(terms, is_named):
    assert clauses.names_breach(terms) is is_named
