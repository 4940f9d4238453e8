"""The pages of a correction: the reason beside its field, the old value after a look on record, the second word."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import AccessLog, Case, Correction
from tests import casework, house
from tests.services.money.test_agreements import agreed

FIRST, SECOND = "6222020200112233445", "6217000010001234567"


@pytest.fixture
def base(app):
    """The address of a case with agreed money to come; the worker's account is known."""
    with app.app_context():
        actor = house.actor("mediator")
        case = agreed(actor, (1200000,))
        case.parties[0].account = FIRST
        casework.rest(case, actor)
        db.session.commit()
        return f"/cases/{case.number}"


def worker_page(app, base: str) -> str:
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        return f"{base}/parties/{case.parties[0].id}"


def corrected(app, person, base: str) -> str:
    """The address of the correction of the account, made by this person."""
    page = person.get(worker_page(app, base))
    person.submit(page, f"form[action='{worker_page(app, base)}']", account=SECOND, reason="卡号抄错了")
    with app.app_context():
        return f"{base}/corrections/{db.session.scalars(select(Correction.id)).one()}"


def test_an_account_is_not_changed_without_a_reason(app, client, base):
    person = client("mediator")
    refused = person.submit(person.get(worker_page(app, base)), f"form[action='{worker_page(app, base)}']", 422,
                            account=SECOND)
    assert "收款账号" in refused.text and "请写明为什么" in refused.text


def test_a_second_person_confirms_and_the_contradiction_is_gone(app, client, base):
    person, lead = client("mediator"), client("lead")
    address = corrected(app, person, base)
    assert "收款更正待确认" in lead.get(f"{base}/contradictions").text
    assert address in lead.get("/ledger/contradictions").html
    assert "待确认" in lead.get(f"{base}/parties").text
    own = person.submit(person.get(address), "#confirm-form", 422, way="second")
    assert "要由另一个人核对" in own.text
    done = lead.submit(lead.get(address), "#confirm-form", way="second", note="看了银行卡")
    assert "已确认" in lead.get(done.location).text and "看了银行卡" in lead.get(address).text
    assert "收款更正待确认" not in lead.get(f"{base}/contradictions").text


def test_the_old_account_is_shown_once_and_on_record(app, client, base):
    person = client("mediator")
    address = corrected(app, person, base)
    page = person.get(address)
    assert FIRST not in page.html
    shown = person.submit(page, "#old-form", 200, reason="pay")
    assert FIRST in shown.html and "已记入访问记录" in shown.text
    assert FIRST not in person.get(address).html
    with app.app_context():
        assert len(list(db.session.scalars(select(AccessLog).where(AccessLog.kind == "reveal")))) == 1


def test_who_may_see_no_numbers_sees_no_correction(app, client, base):
    address = corrected(app, client("mediator"), base)
    for name, status in (("auditor", 403), ("mediator2", 404), ("liaison", 403)):
        assert client(name).get(address, status=None).status in (status, 404), name
    text = client("auditor").get(f"{base}/parties").html
    assert "更正过的" in text and address not in text and FIRST not in text
