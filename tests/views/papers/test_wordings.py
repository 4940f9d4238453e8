"""An office's own wording: checked, tried on a case, used from then on, given up; issued papers keep theirs."""
from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event, Paper, Station, Wording
from mediation.papers import maker, word_page
from mediation.queries.house import checks, digests
from mediation.queries.papers import case_papers
from mediation.services.papers import wordings as service
from mediation.services.people import employers
from mediation.services.prevention import supervision_letters
from tests import casework, house, prepared

OWN = "@ {文号}\n# 受理通知书\n= {{申请人}}：\n本站点于{{受理日期}}受理。{{调解不成的途径}}。\n我们的结尾。"


@pytest.fixture
def number(app):
    return prepared.once(app, casework.store_case, "MEDIATING")


def send(person, text: str | bytes = OWN, act: str = "use", name: str = "受理.docx", status: int = 303, **more):
    page = person.get("/papers/wordings")
    path, values = page.form("form[enctype]")
    data = text if isinstance(text, bytes) else maker.build("x", text)
    given = {**values, "kind": "acceptance", "act": act, "file": (BytesIO(data), name), **more}
    return person.post(path, given, status=status, content_type="multipart/form-data")


def text_of(person, path: str) -> str:
    return word_page.text_of(person.get(path, fragment=True).response.data)


def test_an_own_wording_is_used_until_it_is_given_up(app, client, number):
    lead, mediator = client("lead"), client("mediator")
    word_file = f"/cases/{number}/papers/acceptance/word"
    assert "我们的结尾" not in text_of(mediator, word_file)
    send(lead)
    assert "我们的结尾" in text_of(mediator, word_file)
    assert "我们的结尾" in mediator.get(f"/cases/{number}/papers/acceptance").text
    assert "我们的结尾" in text_of(mediator, "/papers/acceptance/word")
    send(lead, OWN.replace("我们的结尾", "第二版"))
    page = lead.get("/papers/wordings")
    assert "第二版" in text_of(mediator, word_file) and page.text.count("受理.docx") == 2
    lead.submit(page, "form[action$='/acceptance/shipped']")
    assert "第二版" not in text_of(mediator, word_file)
    with app.app_context():
        kinds = list(db.session.scalars(select(Event.kind).where(Event.kind.like("wording%")).order_by(Event.id)))
        assert kinds == ["wording_set", "wording_ended", "wording_set", "wording_ended"]
        assert [row.edition for row in db.session.scalars(select(Wording).order_by(Wording.id))] == [1, 2]
        assert digests.verify() == [] and checks.run() == []


def test_a_letter_is_written_in_the_wording_of_its_union(app, client):
    own = "@ {文号}\n# 工会劳动法律监督提示函\n= {{收件单位}}：\n{存在的问题}\n{监督要求}\n! {机构}\n我们的结尾。"
    with app.app_context():
        union, actor = db.session.scalars(select(Station).where(Station.code == "urad-middle")).one(), house.actor("supervisor")
        service.use(union, "union_reminder", "a.docx", maker.build("x", own), actor)
        row = supervision_letters.send(employers.register({"name": "宏远劳务"}, house.actor("mediator")), {
            "kind": "reminder", "facts": "没有签合同", "demand": "补签合同"}, house.actor("supervisor"))
        number, address = row.number, f"/letters/{row.id}"
        db.session.commit()
    chief = client("supervisor")
    assert "我们的结尾" in chief.get(f"{address}/print").text and "我们的结尾" in text_of(chief, f"{address}/word")
    assert "我们的结尾" in text_of(client("mediator"), "/papers/union_reminder/word")  # the empty form of its stations
    assert "整改要求：" in text_of(chief, "/papers/union_opinion/word")
    tried = send(client("lead"), own.replace("结尾", "末尾"), act="try", status=200, kind="union_reminder", case=number)
    assert "我们的末尾" in tried.text and "宏远劳务" in tried.text
    refused = send(client("lead"), own, act="try", status=422, kind="union_reminder", case="9号")
    assert "没有这个文号的函" in refused.text


def test_an_issued_paper_keeps_the_file_and_names_the_wording_it_was_made_from(app, client, number):
    lead, mediator = client("lead"), client("mediator")
    send(lead)
    page = mediator.get(f"/cases/{number}/papers?kind=acceptance")
    mediator.submit(page, "#record form", kind="acceptance", given_way="hand", given_to="巴特尔")
    with app.app_context():
        row = db.session.scalars(select(Paper).where(Paper.kind == "acceptance")).one()
        made, key = case_papers.kept(row.kept), row.id
        assert made.wording == f"wording:{db.session.scalars(select(Wording.id)).one()}"
        case = db.session.scalars(select(Case)).one()
        case.parties[0].name = "改了名"
        db.session.commit()
    send(lead, OWN.replace("我们的结尾", "第二版"))
    path = f"/cases/{number}/papers/kept/{key}/word"
    once, again = (mediator.get(path, fragment=True).response.data for _n in range(2))
    assert once == again and "我们的结尾" in word_page.text_of(once) and "改了名" not in word_page.text_of(once)
    assert "自己的样式第1版" in mediator.get(f"/cases/{number}/papers/kept/{key}").text


def test_a_wording_is_tried_on_a_case_before_it_is_used(app, client, number):
    lead = client("lead")
    page = send(lead, act="try", case=number, status=200)
    assert "我们的结尾" in page.text and "巴特尔" in page.text
    refused = send(lead, act="try", case="2026-9999", status=422)
    assert "没有这个案件" in refused.text
    with app.app_context():
        assert db.session.scalars(select(Wording)).all() == []


def test_what_stands_against_a_template_is_said_and_nothing_is_kept(app, client, number):
    lead = client("lead")
    for text, said in (("{{受理}}", "没有这个字段：受理"), ("{申请人}", "缺少必有的字段：受理日期、调解不成的途径"),
                       (b"not a file", "不是能用的")):
        assert said in send(lead, text, status=422).text
    assert "只收 .docx" in send(lead, OWN, name="a.docm", status=422).text
    with app.app_context():
        assert db.session.scalars(select(Wording)).all() == []
    client("mediator").get("/papers/wordings", status=403)


def test_another_union_neither_sees_nor_gets_it(app, client, number):
    send(client("lead"))
    outsider = client("mediator2")
    outsider.get("/papers/wordings", status=403)
    outsider.get(f"/cases/{number}/papers/acceptance/word", status=404)
    assert "我们的结尾" not in text_of(outsider, "/papers/acceptance/word")


def test_the_fields_the_sample_and_the_shipped_templates_can_be_had(client):
    lead = client("lead")
    assert "协议金额大写" in lead.get("/papers/fields").text
    assert "ᠮᠣᠩᠭᠣᠯ" in text_of(lead, "/papers/wordings/sample")
    assert "{{ 受理日期 }}" in text_of(lead, "/papers/wordings/acceptance/template")


def test_a_missing_fact_is_named_with_the_page_where_it_is_typed(client, number):
    page = client("mediator").get(f"/cases/{number}/papers/meeting_notice")
    lacking = {link.get_text(): link["href"] for link in page.soup.select(".no-print p a")}
    assert lacking["下次时间"] == lacking["调解地点"] == f"/cases/{number}/sessions"
