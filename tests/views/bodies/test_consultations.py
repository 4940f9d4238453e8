"""Joint consultations on their pages: called, opinions by a body itself and for it, files, the record, its print."""
from __future__ import annotations

import io

import pytest
from sqlalchemy import Engine, event, select

from mediation.extensions import db
from mediation.models import Agency, Case, Commission, Consultation, ConsultationOpinion
from mediation.papers import word_page
from mediation.services.bodies import consultations, coordination
from tests import casework, house

SECRET = "人社内部口径不外传"


@pytest.fixture
def keys(app) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.execute(select(Agency.code, Agency.id)).tuples().all())


@pytest.fixture
def made(app, keys):
    """A consultation of court and bureau over two cases; its address and the cases'."""
    with app.app_context():
        actor = house.actor("mediator")
        rows = [casework.bring(casework.make_case(actor), "MEDIATING", actor) for _n in range(2)]
        row = consultations.call(rows[0], consultations.Call(
            [keys["court"], keys["hr"]], actor.today, "核欠薪数额", "10:00", "会议室", [rows[1].number], ["summary"],
            "consent", "申请人书面同意"), actor)
        consultations.enter_opinion(row, keys["hr"], consultations.Opinion(SECRET, way="phone"), actor)
        db.session.commit()
        return f"/consultations/{row.id}", [f"/cases/{case.number}" for case in rows]


def test_from_call_to_record(app, client, keys):
    with app.app_context():
        actor = house.actor("mediator")
        base = f"/cases/{casework.bring(casework.make_case(actor), 'MEDIATING', actor).number}"
        db.session.commit()
    mediator, hr = client("mediator"), keys["hr"]
    page, form = mediator.get(f"{base}/consultations"), f"form[action='{base}/consultations']"
    again = mediator.submit(page, form, 422, agencies=str(hr), agenda="核欠薪", planned_on="今天", planned_time="10:00")
    assert "法律依据" in " ".join(again.errors) and "核欠薪" in again.html
    there = mediator.submit(again, form, legal_basis="申请人书面同意", share_ground="consent").location
    page = mediator.get(there)
    assert "共享：概况、结果、协议 · 当事人同意：申请人书面同意" in page.text
    page = mediator.get(mediator.submit(page, f"form[action='{there}']", **{
        f"present_{hr}": "yes", f"who_{hr}": "苏队长", f"opinion_{hr}": "欠薪属实", "conclusion": "总包先付",
        "duty_agency_0": str(hr), "duty_0": "跟到付清", "duty_due_0": "11.27"}).location)
    assert "欠薪属实" in page.text and "跟到付清" in page.text
    [link] = mediator.get(there).soup.select("a[href*='papers/consultation']")
    page = mediator.get(link["href"])
    assert "苏队长" in page.text
    said = word_page.text_of(mediator.get(page.soup.select_one("a[href*='/word']")["href"], fragment=True).response.data)
    rows = ("联合会商（三方会诊）记录", "召集单位：", "核欠薪", "苏队长", "欠薪属实", "总包先付", "跟到付清", "2026年11月27日", "记录人（签名）")
    assert [words for words in rows if words not in said] == [] and "一并会商" not in said
    assert "没有开过会诊" not in mediator.get(f"{base}/coordination").text
    with app.app_context():
        assert db.session.scalar(select(Case.joint_count)) == 1
        assert db.session.scalar(select(Consultation.state)) == "held"


def test_a_body_writes_its_opinion_with_its_own_account(app, client, made):
    there, (first, second) = made
    visitor = client("liaison")
    assert "核欠薪数额" in visitor.get("/").text
    letter = visitor.get(first).soup.select_one("a[href*='/coordination/']")["href"]
    page = visitor.get(letter)
    assert not page.soup.select("textarea") and page.soup.select(f"a[href='{there}']")
    page = visitor.get(there)
    assert "核欠薪数额" in page.text and first in page.html and second in page.html
    again = visitor.submit(page, f"form[action='{there}/opinion']", 422, who="高法官",
                           file=(io.BytesIO(b"%PDF-1.7"), "意见.pdf"))
    assert "请写意见" in " ".join(again.errors) and "高法官" in again.html
    page = visitor.get(visitor.submit(again, f"form[action='{there}/opinion']", opinion="可以先行调解", number="法复5号",
                                      file=(io.BytesIO(b"%PDF-1.7"), "意见.pdf")).location)
    assert "可以先行调解" in page.text and "意见.pdf" in page.text and not page.soup.select(f"form[action='{there}/opinion']")
    shown = client("mediator").get(there)
    assert "可以先行调解 本单位账号 法复5号" in shown.text and "只有法院看得到" in shown.text
    assert "已答复" in client("mediator").get(f"{second}/coordination").text


def test_a_body_sees_nothing_of_another_body(app, client, made, keys):
    there, _cases = made
    with app.app_context():
        actor, row = house.actor("mediator"), db.session.scalar(select(Consultation))
        consultations.hold(row, consultations.Minutes(
            actor.today, "总包先付", {keys["hr"]: consultations.Voice(True)}, duties=[
                consultations.Duty(keys["hr"], "人社去查流水"), consultations.Duty(keys["court"], "法院先行调解")]), actor)
        db.session.commit()
    page = client("liaison").get(there)
    assert "法院先行调解" in page.text and "总包先付" in page.text
    assert SECRET not in page.html and "人社" not in page.text and "人力资源" not in page.text
    client("liaison").get(f"{_cases[0]}/papers/consultation", status=403)


def test_the_record_of_a_consultation_names_its_own_case_and_lies_in_its_volume(app, client, made, keys):
    there, (first, second) = made
    with app.app_context():
        actor, row = house.actor("mediator"), db.session.scalar(select(Consultation))
        consultations.hold(row, consultations.Minutes(actor.today, "总包先付", {keys["hr"]: consultations.Voice(True)}), actor)
        case = db.session.scalar(select(Case).where(Case.number == second.rsplit("/", 1)[1]))
        case.parties[0].name = "另案工人"
        db.session.commit()
    mediator = client("mediator")
    assert len(mediator.get(there).soup.select("a[href*='papers/consultation']")) == 2
    page = mediator.get(f"{first}/papers/consultation")
    assert "另有1件一并会商" in page.text and "另案工人" not in page.text and SECRET in page.text
    form = mediator.get(f"{first}/papers?kind=consultation")
    mediator.submit(form, "#record form", kind="consultation")
    assert "联合会商（三方会诊）记录" in mediator.get(f"{first}/volume").text
    assert SECRET in mediator.get(f"{first}/papers/consultation").text  # as it was issued


def test_the_record_keeps_the_opinion_that_a_body_wrote_first(app, client, made, keys):
    there, _cases = made
    mediator = client("mediator")
    page = mediator.get(there)
    visitor = client("liaison")
    visitor.submit(visitor.get(there), f"form[action='{there}/opinion']", opinion="可以先行调解")
    court = keys["court"]
    typed = {f"present_{court}": "yes", f"opinion_{court}": "法院当场说的", "conclusion": "总包先付"}
    again = mediator.submit(page, f"form[action='{there}']", 422, **typed)
    assert "陈联络已经写了法院的意见" in " ".join(again.errors) and "法院当场说的" in again.html and "总包先付" in again.html
    mediator.submit(again, f"form[action='{there}']", **{f"opinion_{court}": ""})
    with app.app_context():
        assert db.session.scalar(select(ConsultationOpinion.opinion).where(
            ConsultationOpinion.agency_id == court)) == "可以先行调解"


def test_who_comes_second_is_told_and_loses_nothing(client, made, keys):
    there, _cases = made
    mediator, visitor = client("mediator"), client("liaison")
    page, form = mediator.get(there), f"form[action='{there}/opinions/{keys['court']}']"
    visitor.submit(visitor.get(there), f"form[action='{there}/opinion']", opinion="可以先行调解")
    late = mediator.submit(page, form, 422, **{f"entered-{keys['court']}-opinion": "电话里说再等等"})
    assert "陈联络先写了法院的意见" in " ".join(late.errors) and "电话里说再等等" in late.text


def test_a_task_names_its_case(app, client, made, keys):
    there, (_first, second) = made
    mediator = client("mediator")
    page = mediator.get(there)
    with app.app_context():
        key = db.session.scalar(select(Case.id).where(Case.number == second.rsplit("/", 1)[1]))
    mediator.submit(page, f"form[action='{there}']", **{
        f"present_{keys['hr']}": "yes", "conclusion": "总包先付", "duty_agency_0": str(keys["hr"]), "duty_0": "查流水",
        "duty_case_0": str(key)})
    with app.app_context():
        [task] = db.session.scalars(select(Commission).where(Commission.kind == "task"))
        assert task.case_id == key


def test_files_are_seen_by_those_they_are_for(app, client, made, keys):
    there, _cases = made
    mediator = client("mediator")
    form = f"form[action='{there}/files']"
    again = mediator.submit(mediator.get(there), form, 422, file=(io.BytesIO(b"MZ"), "表.pdf"))
    assert "对不上" in " ".join(again.errors)
    mediator.submit(mediator.get(there), form, file=(io.BytesIO(b"%PDF-1.7 x"), "工资表.pdf"))
    href = client("liaison").get(there).soup.select_one("a[download]")["href"]
    assert client("liaison").get(href, fragment=True).response.data == b"%PDF-1.7 x"
    client("mediator2").get(href, status=404)
    client("auditor").get(href, fragment=True)
    client("mediator").get(f"{there}/files/99", status=404)


def test_recall_ends_the_sight_of_page_files_and_opinion(app, client, made, keys):
    there, (first, second) = made
    mediator = client("mediator")
    mediator.submit(mediator.get(there), f"form[action='{there}/files']", file=(io.BytesIO(b"%PDF-1.7 x"), "工资表.pdf"))
    visitor = client("liaison")
    page = visitor.get(there)
    href = page.soup.select_one("a[download]")["href"]
    with app.app_context():
        for number in (first, second):
            case = db.session.scalar(select(Case).where(Case.number == number.rsplit("/", 1)[1]))
            coordination.recall_all(case, keys["court"], "不再需要", house.actor("mediator"))
        db.session.commit()
    assert [visitor.get(path, status=None).status for path in (there, href, first, second)] == [404] * 4
    visitor.submit(page, f"form[action='{there}/opinion']", 404, opinion="晚了一步")
    visitor.submit(page, f"form[action='{there}/files']", 404, file=(io.BytesIO(b"%PDF-1.7"), "a.pdf"))


def test_who_has_no_part_in_it_finds_nothing(app, client, made):
    there, _cases = made
    assert client("mediator2").get(there, status=None).status == 404
    assert SECRET not in client("mediator2").get(f"{_cases[0]}/papers/consultation", status=None).text
    assert client("auditor").get(there).status == 200 and client("admin").get(there, status=403)
    assert client("window").post(there, {"conclusion": "x"}, status=403)


def test_the_page_asks_as_often_for_many_bodies_as_for_few(app, client, made, keys):
    there, _cases = made

    def count() -> int:
        asked: list[str] = []
        note = lambda *args: asked.append(args[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", note)
        client("mediator").get(there)
        event.remove(Engine, "before_cursor_execute", note)
        return len(asked)
    before = count()
    with app.app_context():
        actor, row = house.actor("mediator"), db.session.scalar(select(Consultation))
        consultations.hold(row, consultations.Minutes(
            actor.today, "总包先付", {keys["hr"]: consultations.Voice(True)}, duties=[
                consultations.Duty(keys["hr"], f"第{n}件") for n in range(4)]), actor)
        db.session.commit()
    assert count() <= before + 2
