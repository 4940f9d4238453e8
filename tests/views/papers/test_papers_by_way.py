"""Every paper of every way of law, as it is printed: what it must say, and what it never may."""
from __future__ import annotations

from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case
from mediation.papers import word, word_page
from mediation.papers.sheet import Sight
from mediation.queries.papers import case_papers as papers_of
from mediation.rules.papers.catalogue import PRINTABLE, closed
from tests import casework, house, prepared
from tests.test_word import agreed, letters

# Constant sentences of labour arbitration that once stood on papers of every kind.
LABOUR = ("申请仲裁", "去仲裁", "仲裁时效", "仲裁的时效", "一年", "劳动争议")

ASKING = {"oral_note"}  # it asks where people have been, which states no law
# The name of a body, and of the rules under which an enterprise's committee declines whatever is out of its scope.
NAMES = ("乌拉特中旗总工会劳动争议调解委员会", "根据《企业劳动争议协商调解规定》第22条，")


class Way(NamedTuple):
    """A case by its columns and the head of its claim; what stands on its papers by kind, what on none."""

    name: str
    columns: dict[str, object]
    head: str
    must: dict[str, tuple[str, ...]]
    never: tuple[str, ...]


WAYS = (
    Way("A", {"channel": "A"}, "wages",
        {"termination": ("仲裁委员会申请仲裁（《企业劳动争议协商调解规定》第30条）", "一年"),
         "acceptance": ("期满未达成协议的，可以申请仲裁；双方同意的，可以延长",), "declined": ("本组织决定不予受理",),
         "agreement": ("加盖调解组织印章后生效", "申请仲裁审查", "申请司法确认", "支付令", "凭调解协议直接向人民法院起诉"),
         "receipt": ("可以随时去仲裁",), "record": ("不履行的后果、仲裁时效，以及不成以后的途径：可以申请仲裁",)}, ("诉讼时效", "人民调解委员会", "审判")),
    Way("B", {"channel": "B"}, "wages",
        {"termination": ("通过仲裁、行政、司法等途径维护自己的权利（《人民调解法》第26条）",), "agreement": ("加盖人民调解委员会印章之日起生效",)},
        ("协商调解规定", "可以延长")),
    Way("C", {"channel": "C"}, "wages",
        {"termination": ("《劳动争议调解仲裁法》第5条、《劳动争议调解仲裁法》第14条",), "acceptance": ("延长依当地规定",)},
        ("协商调解规定", "人民调解")),
    Way("D", {"channel": "D", "relation": "new_form"}, "wages",
        {"termination": ("属于劳动争议的，可以依法向", "不属于劳动争议的，可以依法直接向人民法院起诉", "三年"), "acceptance": ("延长一次，最长十五日",)},
        ("协商调解规定", "人民调解")),
    Way("E", {"channel": "E"}, "wages",
        {"termination": ("材料退回委派的人民法院；坚持诉讼的，由人民法院依法登记立案（《最高人民法院关于人民法院特邀调解的规定》第21条）",),
         "agreement": ("自双方当事人签名、盖章或者按指印之日起生效", "共同向委派的人民法院申请司法确认"), "receipt": ("由法院依法登记立案",)},
        ("申请仲裁。", "申请仲裁；", "去仲裁", "可以申请仲裁", "仲裁时效", "一年", "协商调解规定")),
    Way("F", {"channel": "F", "procedure": "ordinary"}, "wages",
        {"termination": ("转入审判程序，由人民法院继续审理",), "agreement": ("由人民法院制作调解书", "申请强制执行"),
         "address": ("以及调解后的审判",)},
        ("仲裁", "时效", "支付令", "司法确认")),
    Way("G", {"channel": "G"}, "wages",
        {"termination": ("本案由仲裁庭开庭审理（《劳动人事争议仲裁办案规则》第70条）",), "acceptance": ("不能以双方同意延长",),
         "agreement": ("由仲裁委员会制作调解书",)},
        ("申请仲裁", "去仲裁", "时效", "支付令", "可以延长", "司法确认")),
    Way("H", {"channel": "H"}, "wages",
        {"termination": ("请仲裁委员会依法受理（《劳动人事争议仲裁办案规则》第69条）", "一年")}, ("协商调解规定", "人民调解法")),
    Way("I", {"channel": "I"}, "wages",
        {"termination": ("仲裁委员会申请仲裁（《劳动争议调解仲裁法》第5条）", "一年", "请求到达对方"),
         "agreement": ("和解协议，自双方签名、盖章或者按指印之日起成立并生效", "是否受理由人民法院决定"), "acceptance": ("另行约定延长",),
         "rights_notice": ("随时可以申请仲裁",), "declined": ("本组织决定不予受理",)},
        ("协商调解规定", "人民调解", "第14条", "十五日内没有达成协议", "印章后生效", "直接向人民法院起诉", "根据《")),
    Way("P", {"channel": "A", "relation": "personnel"}, "wages",
        {"termination": ("申请人事争议仲裁（《劳动人事争议仲裁办案规则》第2条）", "六十日"), "rights_notice": ("办理人事争议调解",)},
        ("支付令", "劳动关系存续期间", "诉讼时效")),
    Way("Z", {"channel": "B", "relation": "civil", "is_civil": True}, "service_fee",
        {"termination": ("向有管辖权的人民法院起诉（《民法典》第188条）", "诉讼时效为三年"), "acceptance": ("可以向法院起诉",),
         "agreement": ("申请司法确认", "民事诉讼法规定条件"), "receipt": ("可以随时去法院起诉",), "rights_notice": ("办理民事纠纷调解",),
         "application": ("调解不成可以向法院起诉",), "record": ("诉讼时效，以及不成以后的途径：可以向法院起诉",)},
        (*LABOUR, "仲裁", "劳动保障监察")),
    Way("O", {"channel": "A", "relation": "over_age"}, "severance",
        {"termination": ("人民法院起诉（《超龄劳动者基本权益保障暂行规定》第19条第2款）", "三年"), "receipt": ("可以随时去法院起诉",)},
        (*LABOUR, "仲裁", "劳动保障监察")),
)


def store(app: Flask, name: str) -> str:
    way = next(way for way in WAYS if way.name == name)
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.make_case(actor, **way.columns)
        case.claims[0].head = case.main_head = way.head
        case.outcome, case.outcome_reason, case.concluded_on = "FAILED", "too_far", actor.today
        casework.rest(case, actor)
        db.session.commit()
        return case.number


def test_the_page_of_every_paper_says_what_its_word_file_says(app, client):
    """One text: what the other tests say of the files holds for the pages."""
    number, mediator, chief = prepared.once(app, agreed), client("mediator"), client("supervisor")
    assert [kind for kind in PRINTABLE if unlike(mediator, f"/cases/{number}/papers/{kind}", "")] == []
    assert [key for key in letters(app) if unlike(chief, f"/letters/{key}", "/print")] == []


def unlike(person, address: str, page: str) -> bool:
    """Whether the page and the Word file at an address say different things."""
    shown = person.get(address + page).soup.select_one("article.paper").get_text()
    return plain(shown) != plain(word_page.text_of(person.get(f"{address}/word", fragment=True).response.data))


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_word_files_speak_of_the_way_of_their_case(app, way):
    number = prepared.once(app, store, way.name)
    with app.app_context():
        material = papers_of.material(db.session.scalars(select(Case).where(Case.number == number)).one(),
                                      house.actor("mediator"))
        said = {kind: plain(word_page.text_of(word.render(kind, material, Sight())))
                for kind in set(PRINTABLE) - ASKING if not closed(kind, material.way)}
    assert lacking(way.must, said) == {}
    assert found(way.never, said) == {}
    assert all("巴特尔" in text for text in said.values())


def plain(text: str) -> str:
    text = "".join(text.split())
    for name in NAMES:
        text = text.replace(name, "")
    return text


def lacking(must: dict[str, tuple[str, ...]], said: dict[str, str]) -> dict[str, list[str]]:
    return {kind: gone for kind, words in must.items() if (gone := [one for one in words if one not in said[kind]])}


def found(never: tuple[str, ...], said: dict[str, str]) -> dict[str, list[str]]:
    return {kind: there for kind, text in said.items() if (there := [one for one in never if one in text])}


def test_requests_after_an_agreement_only_where_the_way_has_them(app, client):
    number = prepared.once(app, store, "Z")
    mediator = client("mediator")
    page = mediator.get(mediator.get(f"/cases/{number}/papers/review_request", status=302).location)
    assert "不走这条路" in page.text and "仲裁审查申请书" not in page.soup.select_one("main table").get_text()


def test_only_an_enterprises_committee_declines_under_its_own_rules(app, client):
    for name, is_cited in (("A", True), ("B", False), ("I", False)):
        page = client("mediator").get(f"/cases/{prepared.once(app, store, name)}/papers/declined")
        assert ("《企业劳动争议协商调解规定》第22条" in page.text) == is_cited


def test_the_list_of_papers_names_only_rules_of_the_channel(app, client):
    page = client("mediator").get(f"/cases/{prepared.once(app, store, 'I')}/papers")
    cited = page.soup.select_one("section[aria-label=材料清单]").get_text()
    assert "协商调解规定" not in cited and "人民调解法" not in cited and "第14条" not in cited


def test_an_empty_form_says_both_branches(client):
    text = client("mediator").get("/papers/termination").text
    assert "申请仲裁" in text and "不属于劳动争议的，可以依法直接向人民法院起诉" in text


def store_mediating(app: Flask, name: str) -> str:
    way = next(way for way in WAYS if way.name == name)
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.make_case(actor, **way.columns)
        for key in ("ask_consent", "accept", "take_up"):
            casework.step(case, key, actor, **({"ground": "civil"} if name == "Z" and key == "accept" else {}))
        db.session.commit()
        return case.number


@pytest.mark.parametrize(("name", "said"), [
    ("A", "已记调解不成，仲裁时效重新计算。下一步：书面告知可以申请仲裁。"),
    ("I", "已记调解不成。下一步：书面告知可以申请仲裁。"),
    ("E", "已记调解不成，时效重新计算。下一步：书面告知材料退回法院，坚持诉讼的依法登记立案。"),
    ("F", "已记调解不成。下一步：书面告知转入审判程序。"),
    ("G", "已记调解不成。下一步：书面告知由仲裁庭开庭审理。"),
    ("Z", "已记调解不成，诉讼时效重新计算。下一步：书面告知可以向法院起诉。")])
def test_after_a_failure_the_page_says_where_this_case_goes(app, client, name, said):
    number = prepared.once(app, store_mediating, name)
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/moves/fail")
    sent = mediator.submit(page, "form.form", reason_code="too_far")
    assert said in mediator.get(sent.location).text


def test_another_union_reads_no_paper_of_any_way(app, client):
    number = prepared.once(app, store, "I")
    page = client("mediator2").get(f"/cases/{number}/papers/termination", status=404)
    assert "终止调解" not in page.text
