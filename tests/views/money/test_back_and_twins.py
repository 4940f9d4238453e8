"""The page of a payment where money goes back, or comes that looks just like what was recorded before."""
from __future__ import annotations

import pytest

from mediation.extensions import db
from tests import casework, house
from tests.views.money.test_agreements import agree, stored


@pytest.fixture
def base(app):
    """The address of a case with an agreement of 16,000 yuan, half of it due today."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.make_case(actor, 1, 1600000)
        casework.bring(case, "MEDIATING", actor)
        casework.respondent(case).identity = "152824199001011234"
        casework.rest(case, actor)
        agree(case, actor)
        db.session.commit()
        return f"/cases/{case.number}"


def test_two_windows_record_one_slip_and_the_second_is_asked(app, client, base):
    one, other = client("mediator"), client("lead")
    pages = [(person, person.get(f"{base}/payments/new")) for person in (one, other)]
    slip = {"do": "record", "amount": "4000", "proof": "bank_slip", "proof_note": "尾号0815"}
    one.submit(pages[0][1], "#pay", **slip)
    asked = other.submit(pages[1][1], "#pay", 422, **slip)
    assert "请再看一眼" in asked.text and "这是另外一笔钱吗" in asked.text
    with stored(app, base) as case:
        assert case.arrived_fen == 400000
    answered = other.submit(asked, "#pay", do="record", confirmed="another_payment")
    assert "已登记到账4,000.00元" in other.get(answered.location).text
    with stored(app, base) as case:
        assert case.arrived_fen == 800000
    assert "问过，另一笔" in other.get(f"{base}/agreement").text


def test_money_back_has_words_of_its_own_and_a_bound(app, client, base):
    person = client("mediator")
    person.submit(person.get(f"{base}/payments/new"), "#pay", do="record", amount="8000", proof="bank_slip")
    page = person.get(f"{base}/payments/new?part=1")
    back = {"do": "record", "proof": "receipt", "direction": "to_employer"}
    refused = person.submit(page, "#pay", 422, amount="99000", reason="多付", **back)
    assert "只有8,000.00元" in refused.text and not refused.all(".confirm")
    asked = person.submit(refused, "#pay", 422, amount="500", reason="", **back)
    assert "这是劳动者返还单位的钱" in asked.text and "请写明为什么返还" in asked.text
    done = person.submit(asked, "#pay", reason="多付的退回", confirmed="confirm_back", **back)
    assert "已登记返还单位500.00元" in person.get(done.location).text
    assert "登记返还单位500.00元" in person.get(f"{base}/journal").text
    text = person.get(f"{base}/agreement").text
    assert "−500.00" in text and "7,500.00" in text


def test_another_union_sees_none_of_it(client, base):
    stranger = client("mediator2")
    assert stranger.get(f"{base}/payments/new", status=404).status == 404
    assert stranger.get(f"{base}/agreement", status=404).status == 404
