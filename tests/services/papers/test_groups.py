"""The papers of a group at one press: each worker's own part, safe names, each paper from an odd page on."""
from __future__ import annotations

import zipfile
from datetime import timedelta

import pytest
from pypdf import PdfReader

from mediation.extensions import db
from mediation.papers import maker, word, word_page
from mediation.papers.sheet import Sight
from mediation.queries.papers import case_papers
from mediation.rules.language import Refused
from mediation.services.money import agreements
from mediation.services.money.agreements import Item, Sign, Step, Terms
from mediation.services.papers import groups, wordings
from tests import casework, house

NAMES = ("../../乌云/其其格", "巴图\u202e\r\n", "·")


@pytest.fixture
def mediator(actor):
    return actor("mediator")


@pytest.fixture
def found(mediator):
    """Three workers of a group, each with an own sum in two instalments."""
    day = mediator.today
    case = casework.make_case(mediator, 3, is_group=True)
    for party, name in zip(case.parties, NAMES, strict=False):
        party.name = name
    casework.bring(case, "MEDIATING", mediator)
    workers = [p.id for p in case.parties if p.side == "applicant"]
    boss = casework.respondent(case)
    boss.identity = "152824199001011234"
    casework.rest(case, mediator)
    agreements.agree(case, Terms(
        made_on=day, payer_party_id=boss.id, signatures=[
            *(Sign("applicant", one, "sign", day) for one in workers), Sign("respondent", boss.id, "stamp", day),
            Sign("mediator", None, "sign", day), Sign("seal", None, "stamp", day)],
        steps=[Step(day + timedelta(9), "", 300000), Step(day + timedelta(40), "", 300000)],
        items=[Item(one, "wages", fen) for one, fen in zip(workers, (100000, 200000, 300000), strict=True)]),
        mediator, confirmed=True)
    db.session.flush()
    return case_papers.material(case, mediator)


def test_each_worker_gets_three_papers_with_the_own_part_alone(found, tmp_path):
    assert groups.write_zip(groups.make(found, Sight()), tmp_path / "group.zip") == 9
    with zipfile.ZipFile(tmp_path / "group.zip") as archive:
        names = archive.namelist()
        texts = {name: word_page.text_of(archive.read(name)) for name in names}
    assert names[::3] == ["001-..乌云其其格-调解协议书.docx".replace("..", "", 1), "002-巴图-调解协议书.docx", "003-·-调解协议书.docx"]
    agreed = texts[names[3]]
    assert "2,000.00元" in agreed and "贰仟元整" in agreed and "6,000.00" not in agreed and "3,000.00" not in agreed
    assert "名单附后" not in agreed and "乌云" not in agreed and "之2" in agreed
    sums = [line for line in agreed.splitlines() if line.strip() == "1,000.00"]
    assert len(sums) == 2  # the half of each instalment
    proof = texts[names[5]]
    assert "受送达人" in proof and "巴图" in proof and "调解协议书" in proof and "权利义务告知书" in proof
    assert "巴图" in texts[names[4]] and "乌云" not in texts[names[4]]


def test_a_request_of_many_lists_them_once_and_says_where_the_others_sign(found):
    for n in range(4):
        casework.add_party(found.case, "applicant", "worker", f"工友{n}")
    db.session.flush()
    db.session.expire_all()
    many = case_papers.material(found.case, house.actor("mediator"))
    for kind in ("confirm_request", "review_request", "order_request"):
        said = word_page.text_of(word.render(kind, many, Sight()))
        assert "申请人（7人）：" in said and said.count("住址：") == 1 and said.count("工友2") == 1
        assert "其余申请人在申请人名单上签名" in said
    assert "支付申请人工资，共计人民币6,000.00元" in said  # the work of three workers is one head


def test_they_are_made_in_the_wording_that_the_station_holds(found, actor):
    own = "# 权利义务告知书\n{{申请人}}：\n%for 句 in 权利提示\n{句.内容}\n%endfor\n我们的结尾。"
    wordings.use(found.case.station, "rights_notice", "a.docx", maker.build("x", own), actor("lead"))
    made = {(one.seq, one.title): word_page.text_of(one.content) for one in groups.make(found, Sight())}
    assert ["我们的结尾" in made[seq, "权利义务告知书"] for seq in (1, 2, 3)] == [True] * 3
    assert "巴图" in made[2, "权利义务告知书"] and "我们的结尾" not in made[1, "调解协议书"]


def test_the_print_begins_each_paper_on_an_odd_page_with_a_bookmark(found, tmp_path):
    assert groups.write_pdf(groups.make(found, Sight()), tmp_path / "group.pdf", "名单") == 9
    read = PdfReader(tmp_path / "group.pdf")
    starts = [read.get_destination_page_number(one) for many in read.outline if isinstance(many, list) for one in many]
    assert len(starts) == 9 and all(start % 2 == 0 for start in starts)
    kinds = ["调解协议书", "权利义务告知书", "送达回证"]
    said = [read.pages[start].extract_text().splitlines() for start in starts]
    assert [next(line for line in lines if line in kinds) for lines in said] == kinds * 3
    assert len(read.pages) % 2 == 0 and not list(tmp_path.glob("*/"))[1:]


def test_the_same_facts_give_the_same_archive(found, tmp_path):
    for name in ("a", "b"):
        groups.write_zip(groups.make(found, Sight()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_before_anything_is_agreed_there_is_no_agreement_and_without_names_nothing(mediator, tmp_path):
    case = casework.make_case(mediator, 2)
    made = list(groups.make(case_papers.material(case, mediator), Sight()))
    assert [one.title for one in made] == ["权利义务告知书", "送达回证"] * 2
    for party in case.parties:
        party.removed_on = mediator.today
    with pytest.raises(Refused):
        next(groups.make(case_papers.material(case, mediator), Sight()))
