"""An old case on one page: nothing must be known, what was typed stays, what is missing is listed and added later."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Event
from mediation.queries.cases import missing_facts
from mediation.queries.house import digests

FORM = "form#late"
OLD = {
    "received": "2024年初", "source": "hotline", "name": "娜仁", "respondents-0-told": "某餐馆", "claims-0-head": "wages",
    "claims-0-amount": "约2万", "narrative": "台账第七行。", "outcome": "AGREED", "concluded_on": "2024-03-20",
    "agreed": "15000", "due": "麦收前", "paid-0-fen": "1万", "paid-0-paid_on": "2024.4.2", "paid-0-note": "第七行"}


def newest(app, read):
    with app.app_context():
        return read(db.session.scalars(select(Case).order_by(Case.id.desc())).first())


def enter(visitor, **told):
    return visitor.submit(visitor.get("/cases/late"), FORM, action="enter", **told)


def test_an_old_case_comes_in_as_far_as_it_is_known(client, app):
    visitor = client("mediator")
    answer = enter(visitor, **OLD)
    number = answer.location.removeprefix("/cases/")
    assert number == "urad-middle-2024-0001"
    found = newest(app, lambda c: (
        c.is_late_entry, c.state, c.outcome, c.received_on, c.as_told["received_on"], c.agreed_on, c.agreed_fen,
        c.arrived_fen, c.claimed_fen, c.is_claim_about, c.next_due_on))
    assert found == (True, "CLOSED", "AGREED", None, "2024年初", date(2024, 3, 20), 1500000, 1000000, 2000000, True, None)
    page = visitor.get(answer.location)
    assert "已补录，登记号 2024-0001。还缺：收到的日子、承办人" in page.text
    assert "补录案件，不计期限" in page.text
    assert "2024年初" in page.text


def test_nothing_must_be_known(client, app):
    answer = enter(client("mediator"), narrative="只知道有这么一件。", received="不详", phone="不详", agreed="不详")
    assert answer.status == 303
    assert newest(app, lambda c: (c.title, c.outcome, c.received_on, c.agreements)) == ("不详", "", None, [])


@pytest.mark.parametrize(("name", "typed", "said"), [
    ("concluded_on", "2099-01-01", "今天之后"), ("agreed", "12a", "金额"), ("paid-0-fen", "不详", "写进经过"),
    ("accepted_on", "2024-05-01", "不能早于前一步"), ("phone", "1384786", "11位"), ("outcome", "FAILED", "结果应是达成"),
])
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(client, app, name, typed, said):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/late"), FORM, status=422, **{**OLD, name: typed})
    assert said in page.text
    _path, values = page.form(FORM)
    assert (values[name], values["narrative"]) == (typed, OLD["narrative"])
    with app.app_context():
        assert db.session.scalar(select(db.func.count(Case.id))) == 0


def test_more_money_than_was_agreed_is_asked_back_once(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/late"), FORM, status=422, **{**OLD, "paid-0-fen": "18000"})
    assert "比协议15,000.00元多" in page.text
    assert visitor.submit(page, FORM, confirmed="confirm_over").status == 303


def test_without_scripts_rows_are_added_and_a_list_is_shown(client):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/late"), FORM, status=200, action="add_paid", **OLD)
    assert page.form(FORM)[1]["paid-1-fen"] == ""
    page = visitor.submit(page, FORM, status=200, action="read_roster", roster="甲一 3000\n乙二 4000")
    assert "读懂2行" in page.text


def test_a_draft_is_kept_and_taken_up_again(client):
    visitor = client("mediator")
    answer = visitor.submit(visitor.get("/cases/late"), FORM, action="draft", **OLD)
    _path, values = visitor.get(answer.location).form(FORM)
    assert (values["agreed"], values["paid-0-note"]) == ("15000", "第七行")
    assert "接着填" in visitor.get("/cases/late").text


def test_a_case_like_it_is_named(client):
    visitor = client("mediator")
    enter(visitor, **OLD)
    page = visitor.submit(visitor.get("/cases/late"), FORM, status=422, **{**OLD, "agreed": "x"})
    assert "重复？" in page.text


# An old day typed at the counter


def test_an_old_request_is_offered_as_a_late_entry_and_goes_over_with_what_was_typed(client, app):
    visitor = client("mediator")
    told = {"received": "2024-03-05 10:20", "name": "娜仁", "phone": "13847862213", "respondents-0-told": "某餐馆",
            "claims-0-head": "wages", "narrative": "旧账。", "evidence": ["iou"], "wage_choice": "mediate"}
    page = visitor.submit(visitor.get("/cases/new"), "form#intake", status=422, **told)
    assert "988天前收到的：是旧案就按补录录入" in page.text
    answer = visitor.submit(page, "form#intake", action="late")
    page = visitor.get(answer.location)
    _path, values = page.form(FORM)
    assert (values["received"], values["name"], values["narrative"], values["wage_choice"]) == (
        "2024-03-05 10:20", "娜仁", "旧账。", "mediate")
    visitor.submit(page, FORM, action="enter", outcome="WITHDRAWN")
    assert newest(app, lambda c: (c.is_late_entry, c.received_on, c.evidence, c.outcome)) == (
        True, date(2024, 3, 5), ["iou"], "WITHDRAWN")
    assert "接着填" not in visitor.get("/cases/new").text


def test_an_old_request_that_only_begins_now_is_registered_after_one_question(client, app):
    visitor = client("mediator")
    page = visitor.submit(visitor.get("/cases/new"), "form#intake", status=422, received="2026-09-01", name="娜仁",
                          phone="13847862213", narrative="刚有空来办。", **{
                              "respondents-0-told": "某餐馆", "claims-0-head": "wages"})
    assert visitor.submit(page, "form#intake", action="register", confirmed="old_request").status == 303
    assert newest(app, lambda c: (c.is_late_entry, c.received_on)) == (False, date(2026, 9, 1))


# What is added later


def test_what_was_missing_is_added_later_and_starts_no_clock(client, app):
    visitor = client("mediator")
    number = enter(visitor, **{**OLD, "outcome": "", "concluded_on": "", "agreed": "", "due": "", "paid-0-fen": "",
                               "paid-0-paid_on": "", "paid-0-note": ""}).location.removeprefix("/cases/")
    page = visitor.get(f"/cases/{number}/late")
    answer = visitor.submit(page, f"form[action='/cases/{number}/late']", received="2024-02-01", outcome="SETTLED",
                            concluded_on="2024-02-20", agreed="9000", note="档案室第三柜",
                            **{"paid-0-fen": "9000", "paid-0-paid_on": "2024-03-01"})
    assert answer.location == f"/cases/{number}/late"
    assert "已补全。还缺：承办人" in visitor.get(answer.location).text
    found = newest(app, lambda c: (c.received_on, c.as_told["received_on"], c.outcome, c.agreed_on, c.arrived_fen,
                                   c.state, c.next_due_on))
    assert found == (date(2024, 2, 1), "2024年初", "SETTLED", date(2024, 2, 20), 900000, "CLOSED", None)
    with app.app_context():
        kinds = list(db.session.scalars(select(Event.kind).where(Event.stream == f"case:{number}").order_by(Event.seq)))
    assert kinds == ["late_entered", "late_completed"]
    history = visitor.get(f"/cases/{number}/journal").text
    assert "补全旧案：收到的日子、达成协议的日子、出结果的日子、结果、协议、到账" in history
    assert "档案室第三柜" in history


def test_what_is_known_is_not_replaced(client):
    visitor = client("mediator")
    number = enter(visitor, **OLD).location.removeprefix("/cases/")
    page = visitor.get(f"/cases/{number}/late")
    assert not page.soup.select("[name=outcome], [name=agreed]")
    path, values = page.form(f"form[action='/cases/{number}/late']")
    answer = visitor.post(path, {**values, "outcome": "FAILED"}, status=422)
    assert "已经有了" in answer.text
    assert "没有填要补的内容" in visitor.submit(page, f"form[action='{path}']", status=422).text


def test_only_old_cases_have_the_page(client, app):
    visitor = client("mediator")
    visitor.submit(visitor.get("/cases/new"), "form#intake", name="巴特尔", phone="138 4786 2213", narrative="没给钱。", **{
        "respondents-0-told": "李老板", "claims-0-head": "wages"})
    assert visitor.get("/cases/urad-middle-2026-0001/late", status=404).status == 404


# The list of what is missing


def test_the_list_leads_to_where_each_fact_is_typed(client):
    visitor = client("mediator")
    enter(visitor, **OLD)
    enter(visitor, **{**OLD, "received": "2024-01-05", "name": "", "headcount": "3", "phone": ""})
    page = visitor.get("/cases/missing")
    assert "共2件" in page.text
    assert [a["href"] for a in page.soup.select("tbody a")] == [
        "/cases/urad-middle-2024-0002", "/cases/urad-middle-2024-0002/parties",
        "/cases/urad-middle-2024-0002/late#handler_id",
        "/cases/urad-middle-2024-0001", "/cases/urad-middle-2024-0001/late#received",
        "/cases/urad-middle-2024-0001/late#handler_id"]
    assert [a.get_text() for a in visitor.get("/cases/missing?fact=workers").soup.select("tbody tr td:first-child")] == [
        "2024-0002"]
    visitor.get("/cases/missing?fact=x", status=404)
    assert "没有缺内容的旧案" in client("mediator2").get("/cases/missing").text


def test_what_can_never_be_found_is_asked_for_no_more(client, app):
    visitor = client("mediator")
    number = enter(visitor, **OLD).location.removeprefix("/cases/")
    page, form = visitor.get(f"/cases/{number}/late"), f"form[action='/cases/{number}/late/unfindable']"
    refused = visitor.submit(page, form, 422, fact="received", reason="")
    assert "请写明怎么查过" in refused.text
    done = visitor.submit(refused, form, fact="received", reason="旧档案被水泡过")
    shown = visitor.get(done.location)
    assert [option["value"] for option in shown.soup.select(f"{form} option")] == ["", "handler"]
    assert "/late#received" not in visitor.get("/cases/missing").html
    assert "注明查不到：收到的日子（旧档案被水泡过）" in visitor.get(f"/cases/{number}/journal").text
    visitor.submit(visitor.get(f"/cases/{number}/late"), f"form[action='/cases/{number}/late']", received="2024-02-01")
    assert newest(app, lambda c: (c.received_on, digests.verify())) == (date(2024, 2, 1), [])


@pytest.mark.parametrize(("username", "status"), [("liaison", 403), ("admin", 403), ("auditor", 200),
                                                  ("supervisor", 200)])
def test_others_do_not_enter_old_cases(client, username, status):
    visitor = client(username)
    visitor.get("/cases/missing", status=status)
    visitor.get("/cases/late", status=403)
    assert visitor.post("/cases/late", OLD, status=403).status == 403


def test_the_counts_look_at_the_newest_alone_where_there_are_very_many(client, monkeypatch):
    visitor = client("mediator")
    for _n in range(3):
        enter(visitor, **OLD)
    monkeypatch.setattr(missing_facts, "CAP", 1)
    missing_facts._counts.cache_clear()
    assert "最近录入的1件里有1件" in visitor.get("/cases/missing").text
    missing_facts._counts.cache_clear()
