"""Who looked: the page of those who audit."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from mediation.extensions import db
from mediation.models import AccessLog, Case
from tests import casework, docket, house


def kept(app, **columns):
    """A case of the union's mediator, and its number."""
    with app.app_context():
        case = casework.make_case(house.actor("mediator"))
        for name, value in columns.items():
            setattr(case, name, value)
        db.session.commit()
        return case.number


def lines(page):
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.soup.select("tbody tr")]


def test_outsiders(client):
    assert {client(nobody).get("/audit/looks", status=403).status for nobody in ("mediator", "lead", "liaison", "admin")} == {
        403}


def test_an_opened_case_and_a_revealed_number_stand_there_with_their_person(app, client):
    """R47: logged with time and offset."""
    number = kept(app)
    client("mediator").get(f"/cases/{number}")
    page = client("auditor").get(f"/audit/looks?case={number}")
    _when, who, what, thing, *_rest = lines(page)[0]
    assert (what, thing) == ("打开案件", number) and who.startswith("王调解")
    assert page.soup.select_one(f"tbody a[href='/cases/{number}']")


def ask_for_the_phone(app, visitor, number, status):
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        key = next(party.id for party in case.parties if party.phone_sealed)
        db.session.remove()
    return visitor.post(f"/cases/{number}/reveal", {"party": key, "field": "phone", "reason": "call"}, status=status)


@pytest.mark.settings
def test_r40_no_entry_no_number(app, client):
    """R40: a log that takes no entry shows no number, and the page says that nothing was done."""
    number, visitor = docket.store_case(app), client("mediator")
    with app.app_context():
        db.session.execute(text("ALTER TABLE access_log RENAME TO elsewhere"))
        db.session.commit()
    page = ask_for_the_phone(app, visitor, number, 503)
    assert "13847862213" not in "".join(sign for sign in page.text if sign.isdigit())


@pytest.mark.postgresql
def test_r40_one_reveal_too_many_is_told_on_the_supervisor_s_desk(app, client):
    """R40: the limit of an hour has an alarm: on record, and before the eyes of who is responsible."""
    number, visitor = docket.store_case(app), client("mediator")
    with app.app_context():
        now, key = datetime.now(UTC), house.get_user("mediator").id
        db.session.add_all(AccessLog(logged_at=now, account_id=key, role="mediator", kind="reveal", object=number)
                           for _n in range(29))
        db.session.commit()
    alarm = "王调解一小时内看全号超过了限额"
    assert "138 4786 2213" in ask_for_the_phone(app, visitor, number, 200).text
    assert alarm not in client("supervisor").get("/").text
    assert "138 4786 2213" not in ask_for_the_phone(app, visitor, number, 429).text
    desk = client("supervisor").get("/")
    assert alarm in desk.text and alarm not in client("supervisor2").get("/").text
    assert len(lines(client("auditor").get("/audit/looks?kind=reveal&who=mediator"))) == 1, "the others have no station"
    assert "超过限额" in client("auditor").get("/audit/looks?kind=refused").text


def test_the_filters_leave_out_what_was_not_asked_for(app, client):
    number = kept(app)
    client("mediator").get(f"/cases/{number}")
    client("lead").get("/cases")
    auditor = client("auditor")
    assert {row[2] for row in lines(auditor.get("/audit/looks?kind=open"))} == {"打开案件"}
    assert {row[1].split()[0] for row in lines(auditor.get("/audit/looks?who=lead"))} == {"张站长"}
    assert lines(auditor.get("/audit/looks?period=2001")) == []
    assert "没有“nobody”" in auditor.get("/audit/looks?who=nobody", status=422).text


def test_another_union_s_looks_do_not_show(app, client):
    client("mediator2").get("/cases")
    assert "邻旗人" in client("auditor").get("/audit/looks").text
    assert "邻旗人" not in client("supervisor").get("/audit/looks").text


def test_the_number_of_a_restricted_case_is_withheld(app, client):
    number = kept(app, is_sealed=True, handler_id=1)
    client("mediator").get(f"/cases/{number}")
    client("lead").get(f"/cases/{number}", status=404)
    page = client("auditor").get("/audit/looks")
    assert number not in page.text and "限定知悉" in page.text


def test_reading_the_log_stands_in_the_log(client):
    auditor = client("auditor")
    auditor.get("/audit/looks")
    assert "看访问记录" in {row[2] for row in lines(auditor.get("/audit/looks"))}


def test_a_printed_paper_is_told_by_its_name(app, client):
    number = kept(app)
    client("mediator").get(f"/cases/{number}/papers/application")
    assert "调解申请书" in " ".join(lines(client("auditor").get("/audit/looks?kind=print"))[0])


def test_an_empty_form_is_told_by_its_name(app, client):
    client("mediator").get("/papers/money_receipt")
    assert [row[3] for row in lines(client("auditor").get("/audit/looks?kind=print"))] == ["空白收条"]
