"""Messages to paste: they say what stands in the case, hold no number of a person, and are logged by one press."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Contact, Hearing
from tests import casework, house, ledgers, prepared


def agreed(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        number = ledgers.agreed_case(who, [500000, 300000], who.today + timedelta(9)).number
        db.session.commit()
    return number


def texts(page) -> dict[str, str]:
    return {box["id"].removeprefix("text-"): box.get_text().strip() for box in page.soup.select("textarea[name=text]")}


def party(app, number: str, side: str) -> int:
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        return next(p.id for p in case.parties if p.side == side)


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, casework.store_case, "MEDIATING")


def test_a_planned_session_is_told_to_both_sides(app, client, number):
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        casework.add_hearing(case, house.actor("mediator"), next_on=house.TODAY + timedelta(3), next_time="09:30", place="调解室")
        db.session.commit()
        assert db.session.scalars(select(Hearing)).one().next_time == "09:30"
    mediator = client("mediator")
    worker = texts(mediator.get(f"/cases/{number}/messages"))
    boss = texts(mediator.get(f"/cases/{number}/messages?party={party(app, number, 'respondent')}"))
    assert set(worker) == {"accepted", "session"} and set(boss) == {"accepted_other", "session_other"}
    for said in (worker["session"], boss["session_other"]):
        assert "2026年11月21日09:30到调解室" in said and "身份证" in said
    assert boss["session_other"].startswith("李老板您好：") and "与巴特尔调解" in boss["session_other"]
    every = "".join([*worker.values(), *boss.values()])
    assert "152824199001011234" not in every and "13847862200" not in every


def test_an_agreement_says_the_sum_and_the_next_day(app, client):
    number = prepared.once(app, agreed)
    mediator = client("mediator")
    worker = texts(mediator.get(f"/cases/{number}/messages"))["agreed"]
    boss = texts(mediator.get(f"/cases/{number}/messages?party={party(app, number, 'respondent')}"))
    assert "您共得5,000.00元，2026年11月27日付5,000.00元。" in worker
    assert "共付8,000.00元" in boss["agreed_other"] and "due" in boss


def declined(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        body = db.session.scalars(select(Agency.id).where(Agency.code == "hr")).one()
        casework.step(case := casework.make_case(who), "decline", who, next_door=body)
        db.session.commit()
        return case.number


def test_who_was_declined_is_not_told_that_mediation_failed(app, client):
    number = prepared.once(app, declined)
    mediator = client("mediator")
    said = texts(mediator.get(f"/cases/{number}/messages"))
    assert "没有受理" in said["declined"] and "乌拉特中旗人力资源和社会保障局" in said["declined"] and "ended" not in said
    assert "可以" in said["declined"] and "。。" not in said["declined"] and "没有达成" not in "".join(said.values())
    boss = texts(mediator.get(f"/cases/{number}/messages?party={party(app, number, 'respondent')}"))
    assert not {"ended_other", "accepted_other"} & set(boss)


def test_a_sent_message_is_logged_as_a_contact_with_its_words(app, client, number):
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/messages")
    done = mediator.submit(page, f"form[action='/cases/{number}/messages']", text="巴特尔您好：明天九点来。")
    assert "已记：给巴特尔发了信息。" in mediator.get(done.location).text
    with app.app_context():
        contact = db.session.scalars(select(Contact).order_by(Contact.id.desc())).first()
        assert (contact.way, contact.is_reached, contact.note.body) == ("message", False, "巴特尔您好：明天九点来。")
    assert "已发，没回" in mediator.get(f"/cases/{number}/contacts").text


def test_others_find_nothing(client, number):
    client("mediator2").get(f"/cases/{number}/messages", status=404)
    assert client("auditor").get(f"/cases/{number}/messages", status=403).status == 403
    client("mediator").get(f"/cases/{number}/messages?party=999999", status=404)
