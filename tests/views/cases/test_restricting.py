"""A sealed case: named people find it, everybody else finds nothing; lifting gives it back."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Inquiry, Lead, Letter
from mediation.queries.house import digests
from mediation.services.people import employers
from tests import docket, house


@pytest.fixture
def number(app):
    return docket.store_case(app)


def id_of(app, username: str) -> int:
    with app.app_context():
        found = house.get_user(username).id
        db.session.remove()
    return found


def seal(app, client, number: str, *readers: str):
    visitor = client("supervisor")
    page = visitor.get(f"/cases/{number}/sealing")
    return visitor.submit(page, "main form", readers=[id_of(app, name) for name in readers],
                                       reason="涉及未成年人")


@pytest.mark.parametrize(("name", "expected"), [("mediator2", 404), ("supervisor2", 404), ("mediator", 403), ("lead", 403),
                                                ("auditor", 403), ("admin", 403), ("liaison", 404)])
def test_only_the_supervisor_seals(client, number, name, expected):
    assert client(name).get(f"/cases/{number}/sealing", status=None).status == expected


def test_somebody_who_cannot_be_chosen_is_refused_in_the_readers_language(app, client, number):
    supervisor = client("supervisor")
    page = supervisor.get(f"/cases/{number}/sealing")
    refused = supervisor.submit(page, "main form", 422, readers=[10**30], reason="涉及未成年人")
    assert "没有这个选项" in refused.text and "not a valid" not in refused.text
    assert client("colleague").get(f"/cases/{number}").status == 200


def test_named_people_find_it_and_nobody_else(app, client, number):
    seal(app, client, number, "lead")
    found = {name: client(name).get(f"/cases/{number}", status=None).status
             for name in ("mediator", "lead", "supervisor", "colleague", "window", "auditor")}
    assert found == {"mediator": 200, "lead": 200, "supervisor": 200, "colleague": 404, "window": 404, "auditor": 404}


def test_it_leaves_the_lists_of_the_others(app, client, number):
    assert "巴特尔" in client("colleague").get("/cases").text
    seal(app, client, number)
    assert "巴特尔" not in client("colleague").get("/cases").text


def test_it_stays_in_the_ledger_without_a_word_of_whom_it_is_about(app, client, number):
    seal(app, client, number)
    named, other = (client(name).get("/ledger?period=") for name in ("mediator", "colleague"))
    assert "巴特尔" in named.text and "限定知悉" not in named.text
    assert house.short(number) in other.text and "巴特尔" not in other.text and "其中1行限定知悉" in other.text
    assert f"/cases/{number}" not in other.html
    assert "另有1件限定知悉" in client("colleague").get("/cases?state=any&registered=2026").text
    assert "另有" not in client("mediator2").get("/cases?state=any&registered=2026").text


def test_nothing_beside_it_says_that_it_is_about_the_same_person(app, client, number):
    """An inquiry with the visitor's name, a lead and a letter to the employer lead to a case; who may not see it learns
    from them that there is one, and not which."""
    pages = ["/prevention", "/prevention/leads", "/statistics/rows/inquiries?period=2026", *_beside(app, number)]
    seal(app, client, number)
    named, other = client("mediator"), client("colleague")
    assert [path for path in pages if house.short(number) not in named.get(path).html] == []
    assert [path for path in pages if house.short(number) in other.get(path).html] == []
    assert all("限定知悉" in other.get(path).text for path in [*pages[:2], pages[3]])
    assert "转为案件" not in other.get("/prevention/leads").all("button")


def _beside(app, number: str) -> list[str]:
    with app.app_context():
        case, actor = db.session.scalar(select(Case).where(Case.number == number)), house.actor("mediator")
        of_union = {"union_id": case.union_id, "case_id": case.id, "made_by_id": actor.user_id}
        employer = employers.register({"name": "乌拉特中旗宏远劳务有限公司"}, actor)
        letter = Letter(employer_id=employer.id, kind="reminder", number="1号", sent_on=actor.today, facts="欠薪",
                        demand="补发", supervisors="王秀英、赵强", **of_union)
        db.session.add_all([
            Inquiry(station_id=case.station_id, asked_on=actor.today, name="巴特尔", way="phone", topic="wages",
                    question="工钱", **of_union),
            Lead(station_id=case.station_id, employer_told="李老板", source="visit", risk="wages",
                 found_on=actor.today, note="", state="case", **of_union), letter])
        db.session.commit()
        return [f"/letters/{letter.id}", f"/letters/{letter.id}/print"]


def test_lifting_gives_it_back_and_both_are_in_the_journal(app, client, number):
    seal(app, client, number)
    visitor = client("supervisor")
    page = visitor.get(f"/cases/{number}/sealing")
    visitor.submit(page, "main form", lift="1", reason="已经和解")
    assert client("colleague").get(f"/cases/{number}").status == 200
    assert {"限定知悉范围", "取消限定"} <= set(visitor.get(f"/cases/{number}/journal").all(".history strong"))
    with app.app_context():
        assert digests.verify() == []
        db.session.remove()


def test_a_reason_is_needed_and_the_ticks_are_kept(app, client, number):
    visitor, lead = client("supervisor"), id_of(app, "lead")
    page = visitor.submit(visitor.get(f"/cases/{number}/sealing"), "main form", status=422, readers=[lead], reason="")
    assert "请写明理由" in page.text
    assert page.soup.select_one(f"input[name=readers][value='{lead}']").has_attr("checked")
