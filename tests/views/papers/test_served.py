"""Proof of service: what is not served stands on the desk and on the page with the way on; service starts clocks."""
from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import select, update

from mediation.extensions import db
from mediation.models import Attachment, Case, Event, Interruption, Paper
from mediation.queries.desk import first_page
from mediation.queries.house import checks, digests
from mediation.queries.papers import served
from mediation.services.people import parties
from tests import casework, house, prepared

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


def fail(app) -> str:
    number = casework.store_case(app, "MEDIATING")
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        casework.step(case, "fail", house.actor("mediator"))
        db.session.commit()
    return number


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, fail)


def case_of(number: str) -> Case:
    return db.session.scalars(select(Case).where(Case.number == number)).one()


def give(visitor, number: str, kind: str, status: int = 303, **values):
    page = visitor.get(f"/cases/{number}/papers?kind={kind}")
    return visitor.submit(page, "#record form", status=status, **values)


def party(app, number: str, side: str) -> str:
    with app.app_context():
        return next(str(p.id) for p in case_of(number).parties if p.side == side)


def unserved(app) -> int:
    with app.app_context():
        return first_page.build(house.actor("mediator")).get("unserved").count


def test_a_notice_refused_before_a_witness_is_served_and_clears_the_desk(app, client, number):
    mediator = client("mediator")
    worker, boss = party(app, number, "applicant"), party(app, number, "respondent")
    give(mediator, number, "termination", given_way="hand", party=boss)
    assert unserved(app) == 1
    with app.app_context():
        assert case_of(number).notified_on is None  # the other side has it, the applicant has not
    page = mediator.get(f"/cases/{number}/papers")
    assert "还没送" in page.text and "请本人在送达回证上签字" in page.text
    give(mediator, number, "termination", given_way="hand", party=worker, result="refused", note="不肯接")
    again = mediator.get(f"/cases/{number}/papers")
    assert "当面交，拒收" in again.text and "带一位见证人再送一次" in again.text and unserved(app) == 1
    give(mediator, number, "termination", given_way="hand", party=worker, result="refused", note="不肯接", witness="嘎查长乌兰")
    assert unserved(app) == 0
    assert "见证人嘎查长乌兰" in mediator.get(f"/cases/{number}/papers").text
    with app.app_context():
        case = case_of(number)
        last = max(case.papers, key=lambda row: row.id)
        assert case.notified_on == house.TODAY and {row.number for row in case.papers} == {"乌中工调终〔2026〕1号"}
        assert [line.is_served for line in served.lines(case)] == [True, True]
        assert {"paper_served", "notified"} <= set(db.session.scalars(select(Event.kind)))
        assert list(digests.verify()) == []
    picture = mediator.get(f"/cases/{number}/files/paper/{last.id}")
    mediator.submit(picture, f"form[action='/cases/{number}/files/paper/{last.id}']", photo=(io.BytesIO(JPEG), "门口.jpg"))
    with app.app_context():
        [kept] = db.session.scalars(select(Attachment))
        assert (kept.about_kind, kept.about_id) == ("paper", last.id)


def test_a_posted_notice_counts_when_it_arrives(app, client, number):
    mediator, worker = client("mediator"), party(app, number, "applicant")
    give(mediator, number, "termination", given_way="post", party=worker, note="EMS 1234")
    with app.app_context():
        assert case_of(number).notified_on is None
    assert "等回执" in mediator.get(f"/cases/{number}/papers").text
    give(mediator, number, "termination", given_way="post", party=worker, result="received")
    with app.app_context():
        assert case_of(number).notified_on == house.TODAY


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"given_way": "family"}, "请写谁代收"), ({"given_way": "post", "result": "seen"}, "邮寄不会是“已看到”"),
    ({"given_way": "hand", "result": "refused"}, "请写拒收的事由"), ({"given_way": "hand", "party": "999999"}, "没有这个人")])
def test_an_entry_that_does_not_say_enough_is_refused(app, client, number, typed, sentence):
    refused = give(client("mediator"), number, "termination", status=422, **{"party": party(app, number, "applicant"), **typed})
    assert any(sentence in error for error in refused.errors), refused.errors
    with app.app_context():
        assert db.session.scalars(select(Paper)).all() == []


def test_a_demand_that_reaches_the_other_side_restarts_the_bar_where_the_request_did_not(app, client):
    number = prepared.once(app, casework.store_case, "MEDIATING", channel="I")
    mediator, worker, boss = client("mediator"), party(app, number, "applicant"), party(app, number, "respondent")
    with app.app_context():
        known = len(db.session.scalars(select(Interruption)).all())
    give(mediator, number, "meeting_notice", given_way="message", party=boss, given_on="11.16")
    with app.app_context():
        assert len(db.session.scalars(select(Interruption)).all()) == known
    give(mediator, number, "meeting_notice", given_way="message", party=worker, result="seen", given_on="11.16")
    with app.app_context():
        assert len(db.session.scalars(select(Interruption)).all()) == known  # no demand reached the other side by that
    give(mediator, number, "meeting_notice", given_way="message", party=boss, result="seen", given_on="11.17")
    with app.app_context():
        kinds = [(row.kind, row.on) for row in db.session.scalars(select(Interruption))]
        assert ("claim", date(2026, 11, 17)) in kinds
    undo(mediator, number, "0", "发错了人")
    with app.app_context():
        [row] = db.session.scalars(select(Interruption).where(Interruption.dropped_on.is_not(None)))
        assert (row.kind, row.on, row.dropped_reason) == ("claim", date(2026, 11, 17), "发错了人")


def undo(visitor, number: str, which: str, reason: str, status: int = 303, name: str = "strike"):
    page = visitor.get(f"/cases/{number}/papers")
    link = page.soup.select(f"a[href*='?{name}=']")[int(which)]["href"]
    return visitor.submit(visitor.get(link), "#undo form", status=status, **{f"{name}-note": reason})


def test_the_desk_names_the_paper_and_the_person_that_wait(app, client, number):
    mediator, worker, boss = client("mediator"), party(app, number, "applicant"), party(app, number, "respondent")
    give(mediator, number, "termination", given_way="hand", party=worker)
    give(mediator, number, "termination", given_way="post", party=boss)
    [line] = mediator.get("/").soup.select("section:has(#unserved) li")
    said = line.get_text(" ", strip=True)
    assert "终止调解告知书 乌中工调终〔2026〕1号" in said and "送给李老板" in said and "邮寄" in said and "送给巴特尔" not in said
    page = mediator.get(line.a["href"])
    assert page.form("#record form")[1]["party"] == boss


def test_a_paper_of_a_case_nobody_holds_stands_on_the_desks_of_its_site_alone(app, client, number):
    give(client("mediator"), number, "termination", given_way="hand", party=party(app, number, "applicant"))
    with app.app_context():
        case_of(number).handler_id = None
        db.session.commit()
        assert first_page.build(house.actor("mediator2")).get("unserved").count == 0  # of another site
        work = first_page.build(house.actor("mediator")).get("unserved")
        assert (work.count, [row.number for row in work.rows]) == (1, [number])
    mediator = client("mediator")
    assert number in mediator.get("/").soup.select_one("section:has(#unserved)").a["href"]
    page = mediator.get(work.section.href)
    chosen = page.soup.select_one("[name=handler] option[selected]").get_text(strip=True)
    assert chosen == "我，或本站点没人承办" and len(page.soup.select(f"a[href*='{number}']")) >= 1
    assert "没有符合" in client("mediator2").get(work.section.href).text


def test_an_entry_of_before_entries_said_so_takes_its_notice_back_too(app, client, number):
    mediator = client("mediator")
    give(mediator, number, "termination", given_way="hand", party=party(app, number, "applicant"))
    with app.app_context():
        assert case_of(number).notified_on == house.TODAY
        db.session.execute(update(Paper).values(is_notice=False))
        db.session.commit()
    undo(mediator, number, "0", "没有送到")
    with app.app_context():
        assert case_of(number).notified_on is None


def test_a_mistyped_entry_is_struck_out_and_takes_its_notice_back(app, client, number):
    mediator, worker = client("mediator"), party(app, number, "applicant")
    give(mediator, number, "termination", given_way="hand", party=worker)
    give(mediator, number, "termination", given_way="post", party=worker, result="received")
    assert any("为什么划去：请写为什么划去" in error for error in undo(mediator, number, "1", "", 422).errors)
    undo(mediator, number, "1", "送错了人")
    with app.app_context():
        case = case_of(number)
        assert case.notified_on == house.TODAY  # the post shows it as well
        [other] = [row for row in case.papers if row.is_notice]
        assert other.given_way == "post" and {row.number for row in case.papers} == {"乌中工调终〔2026〕1号"}
    undo(mediator, number, "0", "邮单看错了")
    page = mediator.get(f"/cases/{number}/papers")
    assert [one.text for one in page.soup.select("td s")][:2] == ["邮寄，收到", "巴特尔"]
    assert "已划去：送错了人" in page.text and not page.soup.select("a[href*='?strike=']")
    with app.app_context():
        assert case_of(number).notified_on is None and len(case_of(number).papers) == 2
        assert db.session.scalars(select(Event.kind).order_by(Event.seq)).all().count("service_struck") == 2
        assert list(digests.verify()) == []
    give(mediator, number, "termination", given_way="hand", party=worker)
    with app.app_context():
        assert case_of(number).notified_on == house.TODAY


def test_a_spoiled_word_paper_takes_its_notice_back_but_not_from_a_closed_case(app, client, number):
    mediator, worker = client("mediator"), party(app, number, "applicant")
    give(mediator, number, "termination", given_way="hand", party=worker)
    with app.app_context():
        [row] = case_of(number).papers
        row.kept = ""  # as where its page was made elsewhere
        key = row.id
        db.session.commit()
    undo(mediator, number, "0", "日期打错", name="spoil")
    with app.app_context():
        case = case_of(number)
        assert case.notified_on is None and case.papers[0].id == key and case.papers[0].spoiled_on == house.TODAY
    give(mediator, number, "termination", given_way="hand", party=worker)
    with app.app_context():
        casework.step(case_of(number), "close", house.actor("mediator"), way="informed")
        db.session.commit()
    refused = undo(mediator, number, "0", "手滑", 422)
    assert any("先恢复办理" in error for error in refused.errors)


def test_who_has_to_get_a_paper_follows_the_people_of_the_case(app, client, number):
    mediator, worker = client("mediator"), party(app, number, "applicant")
    give(mediator, number, "termination", given_way="hand", party=worker)
    assert unserved(app) == 1  # the other side has not got it
    with app.app_context():
        case, actor = case_of(number), house.actor("mediator")
        boss = next(p for p in case.parties if p.side == "respondent")
        twin = parties.add_party(case, {"side": "respondent", "part": boss.part, "name": "另一个老板"}, actor)
        assert [row.to_serve for row in case.papers] == [2]
        parties.remove_party(case, twin, "写错了", actor)
        assert [row.to_serve for row in case.papers] == [1] and checks.run() == []
        case.papers[0].to_serve = 0  # as before the column
        db.session.commit()
        assert [fault.zh for fault in checks.run()] == ["还没送到的人数与送达记录不符，请运行 index"]
    assert app.test_cli_runner().invoke(args=["index"]).exit_code == 0
    assert unserved(app) == 1


def test_a_late_entry_asks_for_no_service(app, client):
    number = prepared.once(app, casework.store_case, "ACCEPTED", is_late_entry=True)
    mediator = client("mediator")
    give(mediator, number, "acceptance", given_way="hand", given_to="巴特尔")
    assert unserved(app) == 0 and not mediator.get(f"/cases/{number}/papers").soup.select("#served")


def test_an_outsider_sees_and_serves_nothing(app, client, number):
    client("mediator2").post(f"/cases/{number}/papers", {"kind": "termination", "given_way": "hand"}, status=404)
    with app.app_context():
        assert db.session.scalars(select(Paper)).all() == []
