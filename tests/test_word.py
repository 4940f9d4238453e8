"""Word files of papers: shipped wordings are whole, own ones are judged before they run, the same facts the same bytes."""
from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO

import docx
import pytest
from lxml import etree
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Letter
from mediation.papers import maker, package, template_check, word, word_page
from mediation.papers import sheet as sheets
from mediation.papers.letters import kind_of
from mediation.papers.sheet import Sight
from mediation.queries.papers import case_papers
from mediation.queries.papers import letters as letter_files
from mediation.rules.papers.catalogue import PRINTABLE, WORDED, closed
from mediation.rules.papers.fields import FIELDS, REPEATS
from mediation.rules.papers.needs import NEEDS, label_of
from mediation.services import journal
from mediation.services.money import agreements, payments
from mediation.services.money.agreements import Item, Sign, Step, Terms
from mediation.services.people import employers
from tests import casework, house, prepared

SIGHT = Sight(phones=True, numbers=True)


def against(text: str, kind: str = "cover", name: str = "样式.docx") -> list[str]:
    return [one.text.zh for one in template_check.problems(kind, name, maker.build("x", text))]


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    kept = BytesIO(data)
    with zipfile.ZipFile(kept, "a") as opened:
        opened.writestr(name, content)
    return kept.getvalue()


def replaced(data: bytes, name: str, was: str, now: str) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as opened:
        parts = {info.filename: opened.read(info) for info in opened.infolist()}
    parts[name] = parts[name].decode().replace(was, now, 1).encode()
    return package.zipped(parts)


@pytest.mark.parametrize("kind", WORDED)
def test_every_paper_has_a_shipped_wording_that_an_office_could_upload_again(kind):
    assert template_check.problems(kind, "a.docx", maker.shipped(kind)) == []
    body = docx.Document(BytesIO(maker.shipped(kind)))
    section = body.sections[0]
    assert [round(one.cm, 2) for one in (section.page_width, section.top_margin, section.left_margin)] == [21.0, 2.54, 3.17]
    assert 'w:eastAsia="仿宋"' in body.styles.element.xml and '<w:sz w:val="28"/>' in body.styles.element.xml


def test_the_signature_block_never_stands_alone_on_a_page():
    for kind in WORDED:
        signs = [n for n, line in enumerate(maker.lines_of((maker.FOLDER / f"{kind}.txt").read_text())) if line[0] in "~!>"]
        if not signs:
            continue
        body = docx.Document(BytesIO(maker.shipped(kind))).element.body
        before = [one for one in body.iterchildren() if one.tag.endswith(("}p", "}tbl"))]
        first = next(n for n, one in enumerate(before) if "keepLines" in etree.tostring(one, encoding="unicode"))
        words = [one for one in before[:first] if "{%p" not in "".join(one.itertext()) and "".join(one.itertext()).strip()]
        assert "keepNext" in etree.tostring(words[-1], encoding="unicode"), kind


def signs_of(one: etree._Element) -> list[int]:
    """How many signs wide each line is that a paragraph writes by itself."""
    said = "".join("\n" if node.tag.endswith("}br") else node.text or "" for node in one.iter("{*}t", "{*}br"))
    return [round(sum(0.5 if sign.isascii() or sign == "\u2002" else 1 for sign in line)) for line in said.split("\n")]


def test_what_is_signed_together_fits_on_one_page_in_large_type(app):
    """A page of large type has nineteen lines of twenty-three signs; what is longer breaks before its last line."""
    with app.app_context():
        station = house.get_station("practice")
        files = {kind: word.render_blank(kind, station, is_large=True) for kind in WORDED}
    for kind, data in files.items():
        lines = 0
        for one in docx.Document(BytesIO(data)).element.body.iterchildren("{*}p", "{*}tbl"):
            is_kept = one.find("{*}pPr/{*}keepNext") is not None
            lines = lines + sum(-(-width // 23) or 1 for width in signs_of(one)) if is_kept else 0
            assert lines < 19, kind


def test_a_signature_and_its_day_stand_on_two_lines_where_large_type_leaves_no_room():
    data = maker.build("x", "~ 申请人（签名）：____________　　年　　月　　日\n~ 签名：______　　年　　月　　日")
    long, short = etree.fromstring(word.enlarged(word.prepare(data).parts["word/document.xml"])).iter("{*}p")
    assert ["\n" in "".join("\n" if node.tag.endswith("}br") else node.text for node in one.iter("{*}t", "{*}br"))
            for one in (long, short)] == [True, False]


# Order in which strict readers want what stands within properties, as the format's schema has it.
ORDERS = {
    "rPr": "rStyle rFonts b bCs i iCs caps strike color spacing w kern position sz szCs highlight u effect lang",
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind jc rPr",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType titlePg docGrid",
}


@pytest.mark.parametrize("kind", [*WORDED, "rights_notice_mongolian"])
def test_properties_stand_in_the_order_that_strict_readers_want(kind):
    data = maker.sample(kind)
    with zipfile.ZipFile(BytesIO(data)) as opened:
        parts = [etree.fromstring(opened.read(name)) for name in opened.namelist()
                 if name.startswith("word/") and name.endswith(".xml")]
    for name, order in ORDERS.items():
        known = order.split()
        for one in (found for part in parts for found in part.iter(f"{{*}}{name}")):
            places = [known.index(etree.QName(child).localname) for child in one]
            assert places == sorted(places), (name, [etree.QName(child).localname for child in one])


def properties_of(data: bytes, name: str) -> list[bool]:
    """Of each paragraph whether it has a property, in the order in which they stand, also in tables."""
    body = docx.Document(BytesIO(data)).element.body
    return [one.find(f".//{{*}}pPr/{{*}}{name}") is not None for one in body.iter("{*}p") if "".join(one.itertext()).strip()]


def test_the_last_line_of_a_list_stays_with_the_day_below_it():
    text = "|: 1 3\n| 序号 | 姓名 |\n%for 人 in 申请人名单\n| {loop.index} | {人.姓名} |\n%endfor\n> 年　月　日"
    made = word.fill_with(maker.build("x", text), {"申请人名单": [{"姓名": f"工人{n}"} for n in range(40)]})
    kept = properties_of(made, "keepNext")
    assert kept == [True] * 2 + [False] * 2 * 39 + [True] * 2 + [False]  # the heading, 39 rows, the last one, the day
    assert properties_of(made, "keepLines")[-1]


def test_a_row_may_be_high_and_a_short_form_stays_on_one_page():
    made = maker.build("x", "|: 1 3\n|. @1700 简要情况 | {申请人} |\n|. 电话 | 　 |\n正文。")
    assert re.findall(r'w:trHeight w:val="(\d+)"', docx.Document(BytesIO(made)).element.xml) == ["1700"]
    assert properties_of(made, "keepNext") == [True, True, False, False]


def test_every_blank_form_can_be_filled_in_by_hand(app):
    with app.app_context():
        station = house.get_station("practice")
        forms = {kind: [word_page.text_of(word.render_blank(kind, station, is_large=is_large)) for is_large in (False, True)]
                 for kind in WORDED}
    for kind, (said, large) in forms.items():
        assert not re.search(r"[A-Za-z{}]|0\.00|零元", said.replace(station.address, "")), kind
        assert kind in ("cover", "index", "back", "receipt") or said.startswith("编号：____"), kind
        lines = [len(found) for found in re.findall("_{40,}", large)]
        assert not lines or max(lines) * 9 < 415 or kind in ("confirm_request", "order_request"), kind  # points across


def test_blank_letters_name_who_investigated_and_the_letter_before(app):
    with app.app_context():
        said = {kind: word_page.text_of(word.render_blank(kind, house.get_station("practice")))
                for kind in WORDED if kind.startswith("union_")}
    assert "《工会劳动法律监督证》" not in said["union_reminder"] and "发出《" not in said["union_reminder"]
    for kind, before in (("union_opinion", "提示函"), ("union_recommendation", "意见书")):
        assert f"发出《工会劳动法律监督{before}》（文号：____" in said[kind] and "均持《工会劳动法律监督证》" in said[kind]
    assert "统一社会信用代码____" in said["union_recommendation"]


def test_needs_name_fields_that_papers_know():
    assert set(NEEDS) <= set(PRINTABLE)
    for needs in NEEDS.values():
        for need in needs:
            assert label_of(need).zh and label_of(need).en
            assert need.field in FIELDS or need.repeat in REPEATS


@pytest.mark.parametrize(("text", "said"), [
    ("{{申请人姓名}}", "没有这个字段：申请人姓名"),
    ("%for 人 in 工人\n{人.姓名}\n%endfor", "没有这个列表：工人"),
    ("%for 人 in 申请人名单\n{人.身份}\n%endfor", "申请人名单里没有这一项：身份"),
    ("%for n in range(10000000)\n{n}\n%endfor", "没有这个列表：range()"),
    ("%for 人 in 申请人名单\n%for 又 in 申请人名单\n{又.姓名}\n%endfor\n%endfor", "重复套得太深"),
    ("{{申请人.__class__.__mro__}}", "只能用字段"), ("{{申请人|upper}}", "只能用字段"), ("{{机构()}}", "只能用字段"),
    ("{% macro a() %}x{% endmacro %}{申请人}", "只能用字段"), ("{% set a = 申请人 %}", "只能用字段"),
    ("{% include 'x' %}", "只能用字段"), ('{% import "os" as o %}{申请人}', "只能用字段"), ('{{ "a" * 99999999 }}', "只能用字段"),
    ("{{申请人名单}}", "是一个列表"), ("%if 申请人\nx", "写法有错"), ("没有字段", "没有一个字段"),
])
def test_what_a_template_may_not_ask_for_is_named(text, said):
    assert any(said in one for one in against(text))


def test_a_must_field_that_is_missing_is_named():
    assert against("{申请人}与{被申请人}", "agreement") == [
        "缺少必有的字段：协议金额、协议金额大写、各期或付款计划、协议效力、份数"]


def test_a_repeat_inside_a_table_row_is_taken_and_fills_row_by_row():
    text = "|: 1 3\n| 序号 | 姓名 |\n%for 人 in 申请人名单\n| {loop.index} | {人.姓名} |\n%endfor"
    assert against(text) == []
    rows = [{"姓名": "斯琴"}, {"姓名": "巴图 & <b>"}]
    filled = word.fill_with(maker.build("x", text), {"申请人名单": rows})
    table = docx.Document(BytesIO(filled)).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "姓名"], ["1", "斯琴"], ["2", "巴图 & <b>"]]


def test_a_repeat_that_cuts_through_a_row_is_refused():
    data = replaced(maker.build("x", "|: 1 1\n| {申请人} | 甲 |\n{被申请人}"), "word/document.xml", "甲",
                    "{% for 人 in 申请人名单 %}{{ 人.姓名 }}")
    data = replaced(data, "word/document.xml", "{{ 被申请人 }}", "{% endfor %}{{ 被申请人 }}")
    assert template_check.problems("cover", "a.docx", data)[0].text == template_check.BROKEN


def test_active_and_outside_content_is_refused():
    good = maker.build("x", "{申请人}")
    def said(data: bytes, name: str = "a.docx") -> str:
        return "".join(one.text.zh for one in template_check.problems("cover", name, data))
    assert said(good) == ""
    assert "只收 .docx" in said(good, "a.docm") and "只收 .docx" in said(good, "a.doc")
    assert "宏" in said(with_part(good, "word/vbaProject.bin", b"x"))
    assert "嵌入" in said(with_part(good, "word/embeddings/oleObject1.bin", b"x"))
    link = ('</Relationships>', '<Relationship Id="rId99" Type="http://x/attachedTemplate" Target="http://evil/x.dotm" '
            'TargetMode="External"/></Relationships>')
    assert "http://evil/x.dotm" in said(replaced(good, "word/_rels/document.xml.rels", *link))
    assert "INCLUDETEXT" in said(replaced(good, "word/footer1.xml", " PAGE ", ' INCLUDETEXT c:/x '))
    assert "不是能用的" in said(replaced(good, "word/document.xml", "<w:document", "<!DOCTYPE x [<!ENTITY a 'b'>]><w:document"))
    assert "不是能用的" in said(b"PK\x03\x04broken") and "不是能用的" in said(b"")
    assert "太大" in said(with_part(good, "word/media/x.png", b"0" * 9_000_000))
    assert "太大" in said(b"0" * 1_000_001)


def test_a_long_hostile_template_is_judged_in_a_moment():
    said = against("\n".join(f"{{{{ 申请人 }}}} {{% if 申请人 %}}{'x' * 40}{{% endif %}}" for _n in range(1500)))
    assert said == []


def complete(app) -> str:
    return casework.store_case(app, "MEDIATING")


def test_the_same_facts_give_the_same_bytes_and_large_type_is_larger(app):
    number = prepared.once(app, complete)
    with app.app_context():
        found = case_papers.material(db.session.scalars(select(Case).where(Case.number == number)).one(),
                                     house.actor("mediator"))
        once, again = (word.render("application", found, SIGHT) for _n in range(2))
        assert once == again
        large = word.render("application", found, SIGHT, is_large=True)
        sizes = [max(int(one) for one in re.findall(r'w:sz w:val="(\d+)"', docx.Document(BytesIO(data)).styles.element.xml))
                 for data in (once, large)]
        assert sizes == [28, 36] and word_page.text_of(once) == word_page.text_of(large)
        assert "巴特尔" in word_page.text_of(once) and "152824199001011234" in word_page.text_of(once)
        assert "152824199001011234" not in word_page.text_of(word.render("application", found, Sight()))


# What stands on each paper of the case that ``agreed`` makes, beside the name of its worker.
WAGES, AGREED = ("10,000.00", "壹万元整"), ("18,050.00", "壹万捌仟零伍拾元整")
TOLD, ID, NUMBER, DEAL = "五月到八月在城南工地干活，工钱没给。", "152824199001011234", "乌中工调〔2026〕1号", "乌中工调协〔2026〕1号"
FACTS = {
    "application": (ID, "李老板", *WAGES, TOLD), "oral_note": (ID, "李老板", *WAGES, TOLD, "王调解"),
    "intake_form": ("李老板", "10,000.00", TOLD, "王调解", "2026年11月18日"), "receipt": ("2026-0001", "王调解", "2026年11月18日"),
    "rights_notice": ("李老板", "王调解", NUMBER), "authorisation": (ID, "赵律师", "李老板", "工资"),
    "delegates": (ID, "李老板", "1人"), "workers_list": (ID, "李老板", *WAGES), "evidence_list": ("李老板", "王调解"),
    "major_report": ("李老板", "10,000.00", TOLD, "已调解1次"),
    "acceptance": ("李老板", "2026年11月18日", *WAGES, "2026年12月3日届满", "王调解", f"案号：{NUMBER}"),
    "suggestion": ("李老板", "2026年11月18日", *WAGES, "王调解"), "address": ("李老板", "王调解"),
    "meeting_notice": ("李老板", "2026年11月25日", "会议室", "王调解"), "service_proof": ("李老板", NUMBER),
    "record": ("第1次", "2026年11月18日", "会议室", "2026年11月25日", "王调解", "都愿意谈"),
    "extension": ("李老板", "2026年11月18日", "2026年12月3日"), "recusal": ("李老板", "王调解"), "inquiry": ("李老板", "王调解"),
    "consultation": ("李老板", "10,000.00", NUMBER),
    "agreement": (DEAL, ID, "152824198001011234", *AGREED, "10,000.00", "8,050.00", "2026年12月18日", "互不追究", "一式三份"),
    "oral_agreement": (*AGREED, "8,050.00", "2026年12月18日", "互不追究"), "allocation": (DEAL, *AGREED),
    "review_request": (DEAL, *AGREED, "2026年11月18日"), "confirm_request": (DEAL, *AGREED, "2026年11月18日"),
    "order_request": (DEAL, *AGREED, "已支付10,000.00元", "尚欠8,050.00元"),
    "money_receipt": (DEAL, "李老板", "10,000.00", "壹万元整", "2026年11月18日"),
    "visit_note": (DEAL, "10,000.00", "8,050.00", "2026年11月18日", "基本满意"),
    "report": (NUMBER, DEAL, "10,000.00", "18,050.00", "8,050.00", TOLD, "王调解", "达成"), "cover": (NUMBER, "李老板", "达成", "王调解", "调解卷宗"),
    "index": (NUMBER, "调解协议书", "身份证明"), "back": (NUMBER, "李老板"),
}
# What stands on the papers of cases that end without an agreement, by the case that each is for (``ended``).
COURT, LETTER, COURT_NUMBER = "乌拉特中旗人民法院", "（2026）内0824委派1号", "（2026）内0824诉前调12号"
OTHERWISE = {
    "declined": {"declined": (
        "李老板", "2026年11月18日", "不属劳动争议", "第22条", "乌拉特中旗人力资源和社会保障局", "法律援助")},
    "failed": {
        "termination": ("李老板", "2026年11月18日", "分歧太大", "案号：乌中工调〔2026〕1号", "申请仲裁", "第30条", "时效为一年"),
        "referral": ("李老板", "2026年11月18日", "分歧太大", *WAGES, "乌拉特中旗劳动人事争议仲裁委员会", "王调解")},
    "returned": {
        "reply_letter": (COURT, LETTER, COURT_NUMBER, "李老板", "2026年11月18日", "王调解", "调解1次", "分歧太大", "退回法院"),
        "undisputed": (COURT, COURT_NUMBER, "李老板", "案号：（2026）内0824", "未达成协议"), "referral": (COURT, *WAGES)},
}


def ended(app) -> dict[str, str]:
    """A case declined, one that failed, one of a court that failed; their numbers."""
    with app.app_context():
        actor = house.actor("mediator")
        body = db.session.scalars(select(Agency.id).where(Agency.code == "hr")).one()
        casework.step(declined := casework.make_case(actor), "decline", actor, next_door=body)
        failed, returned = (casework.bring(casework.make_case(actor, **come), "MEDIATING", actor) for come in ({}, {
            "channel": "E", "source": "court", "source_body": COURT, "source_number": LETTER,
            "source_case_number": COURT_NUMBER}))
        casework.add_hearing(returned, actor)
        for case in (failed, returned):
            casework.step(case, "fail", actor)
        db.session.commit()
        return {"declined": declined.number, "failed": failed.number, "returned": returned.number}


def letters(app) -> list[int]:
    """A reminder, the opinion that follows it and the recommendation that follows that; their ids."""
    with app.app_context():
        chief, above = house.actor("supervisor"), None
        employer = employers.register({"name": "宏远劳务"}, house.actor("mediator"))
        body = db.session.scalars(select(Agency.id).where(Agency.code == "hr")).one()
        for n, kind in enumerate(("reminder", "opinion", "recommendation"), 1):
            above = Letter(
                union_id=employer.union_id, employer_id=employer.id, kind=kind, number=f"乌中工监〔2026〕{n}号",
                sent_on=chief.today, facts="没有签合同", demand="补签合同", signer="何主任", follows=above,
                made_by_id=chief.user_id, reply_due_on=chief.today + timedelta(9),
                agency_id=body if kind == "recommendation" else None)
            db.session.add(above)
        db.session.commit()
        return list(db.session.scalars(select(Letter.id).order_by(Letter.id)))


def agreed(app) -> str:
    """A case with an agent, a session, an agreement in two instalments, the first of them paid, and a follow-up."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.bring(casework.make_case(actor), "MEDIATING", actor)
        worker, boss = case.parties[0], casework.respondent(case)
        boss.identity = "152824198001011234"
        casework.add_party(case, "other", "agent", "赵律师", acts_for_id=worker.id)
        note = journal.write_note(actor, case, "都愿意谈")
        casework.add_hearing(case, actor, place="会议室", note_id=note.id, next_on=actor.today + timedelta(7))
        signs = [*(Sign(side, one, "sign", actor.today) for side, one in (
            ("applicant", worker.id), ("respondent", boss.id), ("mediator", None))), Sign("seal", None, "stamp", actor.today)]
        steps = [Step(actor.today, "", 1000000), Step(actor.today + timedelta(30), "", 805000)]
        agreements.agree(case, Terms(made_on=actor.today, payer_party_id=boss.id, items=[Item(worker.id, "wages", 1805000)],
                                     steps=steps, signatures=signs, terms="互不追究"), actor, confirmed=True)
        payments.record_payment(case, payments.Entry(actor.today, 1000000, proof="bank_slip", payer_party_id=boss.id), actor)
        casework.step(case, "visit", actor, satisfaction="mostly")
        db.session.commit()
        return case.number


def papers_of(number: str, kinds: Iterable[str]) -> dict[str, str]:
    """The text of each of these papers of a case, without blanks."""
    case = db.session.scalars(select(Case).where(Case.number == number)).one()
    found = case_papers.material(case, house.actor("mediator"))
    return {kind: "".join(word_page.text_of(word.render(kind, found, SIGHT)).split()) for kind in kinds}


def lacking(facts: dict[str, tuple[str, ...]], said: dict[str, str]) -> dict[str, list[str]]:
    return {kind: gone for kind, wanted in facts.items()
            if (gone := [one for one in ("巴特尔", *wanted) if one not in said[kind]])}


def test_every_paper_says_the_facts_of_its_case(app):
    number = prepared.once(app, agreed)
    with app.app_context():
        said = papers_of(number, PRINTABLE)
    assert set(FACTS).union(*OTHERWISE.values()) == set(PRINTABLE)
    assert lacking(FACTS, said) == {}
    assert not [kind for kind, text in said.items() if "{" in text or "None" in text]


def test_an_agreement_without_money_speaks_of_none(app):
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.bring(casework.make_case(actor), "MEDIATING", actor)
        boss = casework.respondent(case)
        boss.identity = "152824198001011234"
        agreements.agree(case, Terms(made_on=actor.today, payer_party_id=boss.id, items=[], steps=[],
                                     non_cash="十日内补缴社会保险"), actor, confirmed=True)
        db.session.commit()
        said = papers_of(case.number, ("agreement", "oral_agreement", "confirm_request", "report"))
        found = case_papers.material(case, actor)
        lacks = [one.label.zh for one in word.missing(sheets.fill("agreement", found, SIGHT))]
    for kind in ("agreement", "oral_agreement"):
        assert "（一）李老板履行下列事项（不计金额）：十日内补缴社会保险。" in said[kind]
    assert "李老板履行下列事项：十日内补缴社会保险。协议于" in said["confirm_request"]
    assert not [kind for kind, text in said.items() if "人民币0.00元" in text or "零元" in text or "付款日" in text]
    assert "协议金额" not in lacks and "统一社会信用代码" not in said["agreement"]


def test_every_paper_of_a_case_without_an_agreement_says_its_facts(app):
    numbers = prepared.once(app, ended)
    with app.app_context():
        for case, facts in OTHERWISE.items():
            said = papers_of(numbers[case], facts)
            assert lacking(facts, said) == {}
            assert not [kind for kind, text in said.items() if "{" in text or "None" in text]
        reply = papers_of(numbers["returned"], ["reply_letter"])["reply_letter"]
    assert not re.search("（[^）]*（", reply)  # the number of a court begins with a bracket of its own
    assert "协议要点" not in reply and "司法确认" not in reply  # there is no agreement to tell of
    assert "委派调解复函" in reply  # the court sent it before it had filed a case


def test_libreoffice_opens_every_paper_letter_and_the_mongolian_sample(app, tmp_path):
    office = shutil.which("soffice")
    assert office, "apt install libreoffice-writer-nogui"
    number, keys = prepared.once(app, complete), letters(app)
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        found = case_papers.material(case, house.actor("mediator"))
        kinds = [kind for kind in PRINTABLE if not closed(kind, found.way)]
        for kind in kinds:
            (tmp_path / f"{kind}.docx").write_bytes(word.render(kind, found, SIGHT))
        for key in keys:
            row = db.session.get_one(Letter, key)
            made = letter_files.file_of(row, 1, None)
            assert all(one in word_page.text_of(made) for one in ("宏远劳务", "没有签合同", "补签合同", row.number))
            kinds.append(kind_of(row))
            (tmp_path / f"{kinds[-1]}.docx").write_bytes(made)
        mongolian = word.render("rights_notice", found, SIGHT, template=maker.sample("rights_notice_mongolian"))
        (tmp_path / "mongolian.docx").write_bytes(mongolian)
    subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
                    "--outdir", str(tmp_path), *(str(one) for one in sorted(tmp_path.glob("*.docx")))],
                   check=True, capture_output=True, timeout=240)
    assert {one.stem for one in tmp_path.glob("*.pdf")} == {*kinds, "mongolian"} and set(WORDED) <= {*kinds}
    assert "ᠮᠣᠩᠭᠣᠯ" in word_page.text_of(mongolian) and "巴特尔" in word_page.text_of(mongolian)
