"""Before and beside the cases: inquiries, visits, leads, letters, the loop in figures, an employer's democracy."""
from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Employer, Event, Inquiry, Lead
from mediation.queries.house import digests
from mediation.services import records
from mediation.services.people import employers
from mediation.services.prevention import before_cases
from tests import house

PAGES = ("/prevention", "/prevention/activities", "/prevention/leads", "/letters", "/registers")


@pytest.fixture
def employer(app) -> int:
    with app.app_context():
        row = employers.register({"name": "乌拉特中旗宏远劳务有限公司"}, house.actor("mediator"))
        db.session.commit()
        return row.id


def test_how_a_lead_was_settled_stands_in_its_row_under_the_digest_and_in_no_event(app, employer):
    with app.app_context():
        row = records.record("lead", {"employer_id": employer, "source": "visit", "risk": "wages"}, house.actor())
        before_cases.resolve_lead(row, "补发给萨仁 13847862299", house.actor())
        db.session.commit()
        told = " ".join(db.session.scalars(select(Event.data)))
        assert "萨仁" not in told and "13847862299" not in told
        assert list(digests.verify_beside()) == []
        row.settled_note = "改过"
        db.session.flush()
        assert [finding.place for finding in digests.verify_beside()] == [f"lead {row.id}"]
        db.session.rollback()


def read(app, statement):
    with app.app_context():
        return db.session.scalar(statement)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_those_who_may(client, path):
    for username in ("mediator", "lead", "supervisor", "auditor"):
        assert client(username).get(path).title
    for username in ("liaison", "admin"):
        client(username).get(path, status=403)


def test_an_inquiry_takes_half_a_minute_and_becomes_a_case_with_one_press(app, client):
    mediator = client("mediator")
    page = mediator.get("/prevention")
    page = mediator.get(mediator.submit(page, "form[action='/inquiries']", name="其其格", phone="电话：138 4786 2213",
                                        question="两个月没给工钱").location)
    assert "咨询已记" in page.text and "其其格" in page.text
    intake = mediator.get(mediator.submit(page, "form[action$='/case']").location)
    _action, values = intake.form("#intake")
    assert (values["name"], values["claims-0-head"], values["narrative"]) == ("其其格", "wages", "两个月没给工钱")
    assert values["phone"] == "13847862213"  # as it is dialled, whatever stood around it
    done = mediator.submit(intake, "#intake", **{
        "respondents-0-told": "李老板", "claims-0-amount": "9600", "is_informed": "y", "sign_way": "sign",
        "source": "walk_in", "action": "register"})
    assert done.location.startswith("/cases/urad-middle-")
    number = read(app, select(Case.number))
    assert read(app, select(Inquiry.case_id)) == read(app, select(Case.id))
    assert house.short(number) in mediator.get("/prevention").text
    assert f"/cases/{number}" in mediator.send("/cases/search", {"words": "其其格"}).html  # found by its worker's name at once
    assert "其其格" not in client("mediator2").get("/prevention").text


def test_only_the_question_has_to_be_typed(app, client):
    mediator = client("mediator")
    page = mediator.get("/prevention")
    assert page.soup.find(autofocus=True)["name"] == "question"
    mediator.submit(page, "form[action='/inquiries']", question="加班费怎么算")
    assert read(app, select(Inquiry.people)) == 1 and read(app, select(Inquiry.way)) == "walk_in"
    refused = mediator.submit(page, "form[action='/inquiries']", 422, submit_token="x", question="", phone="12",
                              people="0")
    bad = {element["id"] for element in refused.soup.select("[aria-invalid]")}
    assert bad == {"question", "phone", "people"}


def test_an_inquiry_becomes_one_case_only(app, client):
    """A second press opens the same page again, a colleague is told who is at it, what was said is in the journal."""
    mediator, lead = client("mediator"), client("lead")
    mediator.send("/inquiries", {"way": "phone", "topic": "wages", "people": "3", "question": "三个人没给工钱",
                                 "answer": "来登记", "next_step": "come", "name": "其其格", "phone": "13847862213"})
    key = read(app, select(Inquiry.id))
    first = mediator.post(f"/inquiries/{key}/case").location
    assert mediator.post(f"/inquiries/{key}/case").location == first
    assert "王调解已经打开了登记页" in lead.send(f"/inquiries/{key}/case").text
    intake = mediator.get(first)
    assert intake.form("#intake")[1]["headcount"] == "3"
    done = mediator.submit(intake, "#intake", **{
        "respondents-0-told": "李老板", "claims-0-amount": "9600", "is_informed": "y", "sign_way": "sign",
        "action": "register"}).location
    assert "来登记" in mediator.get(f"{done}/journal").text
    assert "已经转为案件" in lead.send(f"/inquiries/{key}/case").text
    assert read(app, select(func.count()).select_from(Case)) == 1


def test_a_guessed_number_of_people_keeps_its_words_until_the_case(app, client):
    mediator = client("mediator")
    mediator.submit(mediator.get("/prevention/leads"), "form[action='/prevention/leads']", source="visit", risk="wages",
                    employer_told="老魏", people="几十人", note="没发工资")
    page = mediator.get("/prevention/leads")
    assert "几十人" in page.soup.select_one("table").get_text()
    key = read(app, select(Lead.id))
    intake = mediator.get(mediator.post(f"/prevention/leads/{key}/case").location)
    assert intake.form("#intake")[1]["headcount"] == "几十人"
    refused = mediator.submit(mediator.get("/prevention"), "form[action='/inquiries']", 422, question="工资",
                              people="很多人")
    assert "请估个人数" in " ".join(refused.errors)


def test_the_list_of_inquiries_by_its_address(client):
    mediator = client("mediator")
    for way, people, question in (("phone", "2", "电话问的"), ("walk_in", "5", "来访问的")):
        mediator.send("/inquiries", {"way": way, "topic": "wages", "people": people, "question": question})
    assert "法律咨询（人次） 7" in mediator.get("/prevention").text
    page = mediator.get("/prevention?way=phone&period=2026")
    assert "法律咨询（人次） 2" in page.text and "来访问的" not in page.text
    assert "没有符合的" in mediator.get("/prevention?period=2025").text
    assert "没有“鸽子”" in mediator.get("/prevention?way=鸽子").text
    assert "2026Q3" in mediator.get("/prevention?period=前年").text
    assert "电话问的" not in client("mediator2").get("/prevention").text


def test_the_counter_changes_to_an_inquiry_without_typing_again(client):
    mediator = client("mediator")
    page = mediator.get("/cases/new")
    there = mediator.submit(page, "#intake", name="白音", narrative="工伤怎么认定", action="inquiry").location
    _action, values = mediator.get(there).form("form[action='/inquiries']")
    assert (values["name"], values["question"]) == ("白音", "工伤怎么认定")


def test_a_refused_entry_keeps_what_was_typed(client):
    mediator = client("mediator")
    page = mediator.submit(mediator.get("/prevention"), "form[action='/inquiries']", 422, minutes="9999", answer="去仲裁")
    assert page.form("form[action='/inquiries']")[1]["answer"] == "去仲裁"
    page = mediator.submit(mediator.get("/prevention/activities"), "form[action='/prevention/activities']", 422)
    assert "请写做了什么" in " ".join(page.errors)


def test_visits_and_leads_stand_on_the_employers_page(app, client, employer):
    mediator = client("mediator")
    page = mediator.get(f"/prevention/activities?employer={employer}")
    mediator.submit(page, "form[action='/prevention/activities']", kind="visit", title="和人社局走访", people="6")
    page = mediator.get(f"/prevention/leads?employer={employer}")
    page = mediator.get(mediator.submit(page, "form[action='/prevention/leads']", source="visit", risk="wages", people="12",
                                        note="三个月没发全工资").location)
    shown = mediator.get(f"/employers/{employer}").text
    assert "和人社局走访" in shown and "走访发现" in shown
    key = read(app, select(Lead.id))
    mediator.post(f"/prevention/leads/{key}/settle", {"csrf_token": page.form("form[action$='/settle']")[1]["csrf_token"]},
                  status=422)
    mediator.submit(page, f"form[action='/prevention/leads/{key}/settle']", reason="当场补发给萨仁")
    assert read(app, select(Lead.state)) == "settled"
    assert "当场补发给萨仁" in mediator.get("/prevention/leads?state=settled").text
    supervisor = client("supervisor")
    loop = supervisor.get("/statistics/loop").text
    assert "走访企业家次 普法预防 1 次" not in loop  # only the first figure of a link names it
    assert "走访企业家次 1 次" in loop and "发现线索 前端排查 1 条" in loop and "其中就地化解 1 条" in loop
    assert "和人社局走访" in supervisor.get("/statistics/rows/employer_visits?period=2026").text
    client("mediator2").get(f"/employers/{employer}", status=404)


def test_an_employers_democracy_is_kept_with_its_days(app, client, employer):
    mediator = client("mediator")
    page = mediator.get(f"/employers/{employer}/democracy")
    page = mediator.get(mediator.submit(page, "main form", union="yes", union_on="2024-05-01", contract="no").location)
    assert "2024-05-01" in page.text
    assert read(app, select(Employer.democracy))["union"] == ["yes", "2024-05-01"]
