"""来案: a body sends a dispute with its own account; the counter registers or returns it; nobody else finds it."""
from __future__ import annotations

import pytest
from sqlalchemy import select, text

from mediation.extensions import db
from mediation.models import Case, Commission, Handover
from mediation.queries import digests

FORM = "form[action='/handovers/new']"
TOLD = {"case_number": "（2026）内0824诉前调9号", "document_number": "法委3号", "name": "萨仁", "phone": "13847862299",
        "told": "牧丰养殖", "head": "wages", "amount": "11000", "narrative": "放羊五个月，只给了一个月工钱。"}


@pytest.fixture
def sent(client) -> str:
    """The court has sent one; its address."""
    court = client("liaison")
    page = court.get("/")
    assert page.soup.select("a[href='/handovers/new']")
    return court.submit(court.get("/handovers/new"), FORM, **TOLD).location


def test_what_is_missing_is_told_at_once_and_nothing_typed_is_lost(app, client):
    court = client("liaison")
    again = court.submit(court.get("/handovers/new"), FORM, 422, case_number="诉前调9号", phone="123", reply_due_on="2020-1-1")
    told = " ".join(again.errors)
    assert "申请人是谁" in told and "找谁" in told and "争议是什么" in told and "诉前调9号" in again.html
    with app.app_context():
        assert db.session.scalar(select(Handover.id)) is None


def test_the_counter_registers_what_the_court_sent(app, client, sent):
    mediator = client("mediator")
    assert sent in mediator.get("/").html and sent in client("supervisor").get("/").html
    page = mediator.get(sent)
    assert "萨仁" in page.text and "放羊五个月" in page.text and TOLD["case_number"] in page.text
    intake = mediator.get(mediator.submit(page, f"form[action='{sent}/register']").location)
    _path, values = intake.form("#intake")
    assert (values["name"], values["source"], values["channel"]) == ("萨仁", "court", "E")
    assert values["source_case_number"] == TOLD["case_number"]
    answer = mediator.submit(intake, "#intake", action="register", is_informed="y", sign_way="sign")
    case_page = answer.location.split("?")[0]
    with app.app_context():
        case, row = db.session.scalar(select(Case)), db.session.scalar(select(Handover))
        assert (row.state, row.case_id, case.source_case_number) == ("case", case.id, TOLD["case_number"])
        assert db.session.scalar(select(Commission.kind)) == "before_filing"
        assert digests.verify() == []
        db.session.execute(text("UPDATE handover SET document_number = 'x'"))
        db.session.expire_all()
        assert [finding.place for finding in digests.verify_beside()] == ["handover 1"]
        db.session.rollback()
    court = client("liaison")
    assert case_page in court.get(sent).html and court.get(case_page).status == 200


def test_the_kind_of_the_letter_is_the_one_that_the_body_gave(app, client):
    court, mediator = client("liaison"), client("mediator")
    there = court.submit(court.get("/handovers/new"), FORM, **{**TOLD, "kind": "by_judge"}).location
    intake = mediator.get(mediator.submit(mediator.get(there), f"form[action='{there}/register']").location)
    mediator.submit(intake, "#intake", action="register", is_informed="y", sign_way="sign", procedure="ordinary")
    with app.app_context():
        [letter] = db.session.scalars(select(Commission))
        assert (letter.kind, letter.direction, letter.agency.code) == ("by_judge", "in", "court")
        assert digests.verify() == []


def test_what_is_not_ours_goes_back_with_a_reason(client, sent):
    mediator = client("mediator")
    page = mediator.get(sent)
    again = mediator.submit(page, f"form[action='{sent}/return']", 422)
    assert "退回要写理由" in " ".join(again.errors)
    mediator.submit(again, f"form[action='{sent}/return']", reason="管辖在临河")
    shown = client("liaison").get(sent)
    assert "管辖在临河" in shown.text and "已退回" in shown.text
    late = mediator.submit(page, f"form[action='{sent}/return']", 422, reason="再退一次")
    assert "王调解已经登记或退回了" in " ".join(late.errors)


def test_nobody_else_finds_it(client, sent):
    assert client("mediator2").get(sent, status=404).status == 404
    assert client("mediator2").post(f"{sent}/register", status=404).status == 404
    assert client("admin").get(sent, status=403).status == 403
    assert client("mediator").get("/handovers/new", status=403).status == 403
    assert client("liaison").post(f"{sent}/register", status=403).status == 403
    assert "register" not in client("auditor").get(sent).html
