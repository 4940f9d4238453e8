"""The twelve ways of law: found for every channel, relation and matter, and what each lets papers say."""
from datetime import date
from itertools import product

import pytest

from mediation.rules import words
from mediation.rules.law import channels, ways
from mediation.rules.law.channels import CHANNELS
from mediation.rules.law.laws import cite
from mediation.rules.law.limitation import INTERRUPTIONS
from mediation.rules.law.time_limits import CLOCKS
from mediation.rules.law.way_words import WayWords
from mediation.rules.law.ways import WAYS, Basis, find

NOW = date(2026, 10, 1)  # after Order No. 56
PAY, MATTERS, BOTH = frozenset({"wages"}), frozenset({"severance"}), frozenset({"wages", "severance"})
# The nature of every relation with pay, with severance, and with both.
NATURES = {
    **{code: ("labour",) * 3 for code in ("unclear", "labour", "factual", "dispatch", "part_time", "liability")},
    "over_age": ("over_age", "over_age_other", "over_age_both"),
    "new_form": ("unsettled",) * 3, "other": ("unsettled",) * 3,
    "personnel": ("personnel",) * 3, "civil": ("civil",) * 3,
}
# By nature: where it goes on the channels that leave the matter its way, and which bar runs.
GOES = {
    "labour": {"A": "arbitration", "B": "lawful", "C": "arbitration", "D": "either", "H": "commission", "I": "arbitration"},
    "over_age": {"A": "arbitration", "B": "lawful", "C": "arbitration", "D": "either", "H": "commission",
                 "I": "arbitration"},
    "personnel": {**dict.fromkeys("ABCDI", "personnel"), "H": "commission"},
    "civil": dict.fromkeys("ABCDHI", "court"), "over_age_other": dict.fromkeys("ABCDHI", "court"),
    "unsettled": {**dict.fromkeys("ABCDI", "either"), "H": "commission"},
}
GOES["over_age_both"] = GOES["over_age"]
BARS = {"labour": {"L16", "L17"}, "over_age": {"L16"}, "over_age_both": {"L16"}, "personnel": {"S36"},
        "civil": {"L37"}, "over_age_other": {"L37"}, "unsettled": {"L16", "L17", "L37"}}
SENT = {"E": "return", "F": "trial", "G": "hearing"}
# What no paper of these ways may say.
LABOUR = ("申请仲裁", "去仲裁", "仲裁时效", "一年")


def words_of(way):
    said = WayWords(way)
    return "\n".join([*said.after_failure, *said.rights, *said.declined(""), said.told, said.at_once, said.bar_name,
                      said.extension, said.effect, said.service, said.inspection])


def test_every_relation_has_its_nature():
    assert set(NATURES) == set(words.RELATIONS)
    for relation, natures in NATURES.items():
        found = tuple(ways.nature_of(Basis("A", relation, heads, NOW)) for heads in (PAY, MATTERS, BOTH))
        assert found == natures, relation


@pytest.mark.parametrize(("channel", "relation"), list(product(words.CHANNELS, words.RELATIONS)))
def test_the_way_of_every_combination(channel, relation):
    for heads, nature in zip((PAY, MATTERS, BOTH), NATURES[relation], strict=True):
        way = find(Basis(channel, relation, heads, NOW))
        assert way.channel == channel
        assert way.goal_code == SENT.get(channel, GOES[nature].get(channel))
        bars = set() if channel in "FG" else BARS[nature]
        assert set(way.bar.ids) == (bars | {"L37"} if (channel, nature) == ("D", "labour") else bars)
        assert way.extension_code == WAYS[channel].extension_code
        assert (way.also is not None) == (nature == "over_age_both" and channel not in "EFG")
        assert not way.review or (nature not in ("civil", "over_age_other") and channel not in "FG")
        assert not way.suit or (channel not in "FGI" and nature not in ("civil", "over_age_other", "personnel"))
        assert way.article.zh and way.goal.doors
        assert words_of(way)


def test_the_ground_of_acceptance_and_the_day_of_the_facts_decide_too():
    assert find(Basis("A", "labour", PAY, NOW, is_civil=True)).code == "Z"
    assert find(Basis("A", "unclear", PAY, NOW, ground="personnel")).code == "P"
    assert find(Basis("A", "unclear", MATTERS, NOW, ground="over_age")).code == "O"
    assert find(Basis("A", "labour", PAY, NOW, exclusion="wage_iou")).code == "Z"
    assert find(Basis("A", "over_age", PAY, date(2026, 1, 5))).goal_code == "either"  # no rule for these months
    assert find(Basis("A", "over_age", PAY, date(2025, 8, 1), has_pension=True)).code == "Z"
    assert find(Basis("A", "over_age", MATTERS, NOW, is_delayed=True)).code == "A"


def test_only_over_age_matters_of_order_56_may_be_accepted_under_it():
    def found(heads, on, ground="over_age"):
        return ways.ground_problems(Basis("A", "over_age", heads, on, ground))
    assert found(PAY, NOW) == [] and found(BOTH, NOW) == []
    assert [p.confirm for p in found(MATTERS, NOW)] == [""] and "第19条" in found(MATTERS, NOW)[0].text.zh
    assert [p.confirm for p in found(MATTERS, NOW, "labour")] == [""]
    assert found(MATTERS, NOW, "civil") == []
    assert [p.confirm for p in found(PAY, date(2026, 6, 30))] == ["over_age"]


@pytest.mark.parametrize(("code", "marks", "suit"), [
    ("A", "HHH", "H"), ("B", "HHH", "H"), ("C", "HHH", "H"), ("D", "HHM", "M"), ("E", "HMM", "M"), ("F", "   ", ""),
    ("G", "   ", ""), ("H", "MMM", "M"), ("I", "MMM", ""), ("P", "HHL", ""), ("Z", "H H", ""), ("O", "H H", "")])
def test_what_may_follow_an_agreement(code, marks, suit):
    way = WAYS[code]
    assert "".join(level or " " for level in (way.confirm, way.review, way.order)) == marks
    assert way.suit == suit
    assert way.order_cites == ("CPL 225" if code in "ZO" else "TJF 16")


def test_on_a_weaker_channel_nothing_is_surer_than_it():
    way = find(Basis("I", "civil", frozenset({"service_fee"}), NOW))
    assert (way.code, way.confirm, way.review, way.order, way.suit) == ("Z", "M", "", "M", "")
    assert find(Basis("E", "civil", PAY, NOW)).restart_code == "civil"


def test_the_ways_agree_with_the_clocks():
    """No bar where a court or commission has the case; extended by consent exactly where the period's row allows it."""
    for code, channel in CHANNELS.items():
        bars = {rule.id for rule in CLOCKS if rule.nature == "bar" and rule.claims == "labour" and code in rule.channels}
        assert ({"L16", "L17", "L18"} <= bars) == (code not in "FG")
        periods = [rule for rule in CLOCKS if rule.id == channel.period]
        if WAYS[code].extension_code == "none":
            assert all(rule.extension is None for rule in periods)
        elif periods:
            assert all(rule.extension is not None for rule in periods)
    assert {id for bar in ways.BARS.values() for id in bar.ids} <= {rule.id for rule in CLOCKS if rule.nature == "bar"}
    once = next(rule for rule in CLOCKS if rule.id == "M-D").extension
    assert once.cap == 15 and "十五日" in WAYS["D"].extension.zh


def test_what_starts_the_bar_anew_by_channel():
    assert {code for code in words.CHANNELS if ways.restarts(code, "request")} == set("ABCDEH")
    assert not any(ways.restarts("I", kind) for kind in ("request", "refused", "refused_midway", "period_passed"))
    assert ways.restarts("I", "claim") and ways.restarts("I", "settlement_broken")
    assert set(INTERRUPTIONS) >= ways.OF_MEDIATION


@pytest.mark.parametrize(("basis", "must", "never"), [
    (Basis("A", "labour", PAY, NOW), ("仲裁委员会申请仲裁", "第30条", "一年", "申请支付令", "十五日内共同"), ("诉讼时效", "审判")),
    (Basis("B", "labour", PAY, NOW), ("通过仲裁、行政、司法等途径", "《人民调解法》第26条", "一年"), ("协商调解规定",)),
    (Basis("B", "civil", PAY, NOW), ("向有管辖权的人民法院起诉", "诉讼时效为三年", "司法确认"), (*LABOUR, "仲裁")),
    (Basis("C", "labour", PAY, NOW), ("《劳动争议调解仲裁法》第5条", "延长依当地规定"), ("协商调解规定", "人民调解")),
    (Basis("D", "new_form", PAY, NOW), ("申请仲裁", "不属于劳动争议的，可以依法直接向人民法院起诉", "三年", "延长一次，最长十五日"), ()),
    (Basis("E", "labour", PAY, NOW), ("材料退回委派的人民法院", "登记立案", "特邀调解的规定》第21条"),
     ("申请仲裁的时效", "去仲裁", "仲裁时效", "一年", "可以申请仲裁", "委员会申请仲裁，")),
    (Basis("E", "civil", PAY, NOW), ("材料退回委派的人民法院", "诉讼时效为三年"), (*LABOUR, "一年", "去仲裁")),
    (Basis("F", "labour", PAY, NOW), ("转入审判程序", "由人民法院制作调解书"), (*LABOUR, "时效", "仲裁", "支付令")),
    (Basis("G", "labour", PAY, NOW), ("由仲裁庭开庭审理", "不能以双方同意延长", "办案规则》第70条"),
     (*LABOUR, "时效", "支付令", "可以延长")),
    (Basis("H", "labour", PAY, NOW), ("请仲裁委员会依法受理", "第69条", "一年"), ("协商调解规定", "人民调解法")),
    (Basis("I", "labour", PAY, NOW), ("随时可以申请仲裁", "《劳动争议调解仲裁法》第5条", "和解协议", "是否受理由人民法院决定",
                                      "另行约定延长"),
     ("协商调解规定", "人民调解", "十五日内没有达成协议", "直接向人民法院起诉", "加盖调解组织印章后生效")),
    (Basis("A", "personnel", PAY, NOW), ("申请人事争议仲裁", "六十日", "办案规则》第2条"), ("支付令", "劳动关系存续期间", "三年")),
    (Basis("A", "over_age", PAY, NOW), ("申请仲裁", "一年"), ("不受一年的限制", "三年")),
    (Basis("A", "over_age", MATTERS, NOW), ("向有管辖权的人民法院起诉", "三年", "暂行规定》第19条第2款"), (*LABOUR, "仲裁")),
    (Basis("A", "over_age", BOTH, NOW), ("申请仲裁", "以外的请求，可以依法直接向人民法院起诉", "三年"), ("不受一年的限制",)),
])
def test_what_papers_of_a_way_say_and_never_say(basis, must, never):
    text = words_of(find(basis))
    assert [word for word in must if word not in text] == []
    assert [word for word in never if word in text] == []


def test_papers_of_a_federations_own_committee_cite_only_what_is_listed():
    allowed = {cite(one).zh for one in ways.LISTED["I"]}
    for relation, heads in product(words.RELATIONS, (PAY, MATTERS, BOTH)):
        text = words_of(find(Basis("I", relation, heads, NOW)))
        for named in allowed:
            text = text.replace(named, "")
        assert "《" not in text, relation


def test_a_request_that_was_declined_is_sent_where_its_ground_points():
    said = WayWords(WAYS["A"])
    assert "按照裁决书、判决书" in said.declined("already_decided")[0]
    assert "按照该程序办理" in said.declined("in_procedure")[0]
    assert "征收机构" in said.declined("insurance_authority")[0]
    assert "申请仲裁" in said.declined("no_respondent")[0]


def test_an_empty_form_names_both_branches():
    for channel in channels.OWN:
        text = words_of(ways.blank(channel))
        assert "申请仲裁" in text and "直接向人民法院起诉" in text


def test_the_choice_of_labour_inspection_is_told_only_where_it_is_open():
    told = {code: WayWords(ways.blank(code)).inspection != "" for code in words.CHANNELS}
    assert told == {**dict.fromkeys("ABCDEHI", True), "F": False, "G": False}
    assert WayWords(WAYS["Z"]).inspection == "" and WayWords(WAYS["P"]).inspection == ""
