"""来案: a body sends a dispute with its own account; the counter registers or returns it; nobody else finds it."""
from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import select, text

from mediation.extensions import db
from mediation.models import Agency, Attachment, Case, Commission, Event, Handover
from mediation.queries.house import digests
from mediation.services.cases import restricting
from mediation.services.house import accounts
from mediation.services.papers import files
from tests import house

FORM = "form[action='/handovers/new']"
TOLD = {"case_number": "（2026）内0824诉前调9号", "document_number": "法委3号", "name": "萨仁", "phone": "手机：138 4786 2299",
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
    assert (values["name"], values["phone"], values["source"], values["channel"]) == ("萨仁", "13847862299", "court", "E")
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
    assert case_page in mediator.send("/cases/search", {"words": "萨仁"}).html  # found by its worker's name at once
    court = client("liaison")
    assert case_page in court.get(sent).html and court.get(case_page).status == 200


def add_bureau(app) -> None:
    """An account of the human-resources bureau."""
    with app.app_context():
        hr = db.session.scalar(select(Agency.id).where(Agency.code == "hr"))
        row, _secret = accounts.create(house.actor("admin"), "bureau", "苏队长", "liaison", house.get_station("urad-middle"),
                                       hr, password=house.PASSWORD)
        row.must_change, row.one_time_until_at = False, None
        accounts.confirm(row, house.actor("supervisor"))
        db.session.commit()


@pytest.mark.parametrize("username", ["liaison", "bureau"])
def test_nobody_is_told_before_the_applicant_says_so(app, client, username):
    if username == "bureau":
        add_bureau(app)
    body, mediator = client(username), client("mediator")
    there = body.submit(body.get("/handovers/new"), FORM, **{**TOLD, "document_number": ""}).location
    intake = mediator.get(mediator.submit(mediator.get(there), f"form[action='{there}/register']").location)
    _path, values = intake.form("#intake")
    assert (values.get("source_number", ""), values["source_case_number"]) == ("", TOLD["case_number"])
    answer = mediator.submit(intake, "#intake", action="register", is_informed="y", sign_way="sign", may_tell="none")
    body.get(answer.location.split("?")[0], status=404)
    with app.app_context():
        [letter] = db.session.scalars(select(Commission))
        assert (letter.shared_parts, letter.legal_basis) == ([], "") and letter.recalled_on is not None
        assert digests.verify() == []


def test_the_kind_of_the_letter_is_the_one_that_the_body_gave(app, client):
    court, mediator = client("liaison"), client("mediator")
    there = court.submit(court.get("/handovers/new"), FORM, **{**TOLD, "kind": "by_judge"}).location
    intake = mediator.get(mediator.submit(mediator.get(there), f"form[action='{there}/register']").location)
    mediator.submit(intake, "#intake", action="register", is_informed="y", sign_way="sign", procedure="ordinary")
    with app.app_context():
        [letter] = db.session.scalars(select(Commission))
        assert (letter.kind, letter.direction, letter.agency.code) == ("by_judge", "in", "court")
        assert digests.verify() == []


def test_what_is_not_ours_goes_back_with_a_reason(app, client, sent):
    mediator = client("mediator")
    page, other_window = mediator.get(sent), mediator.get(sent)
    again = mediator.submit(page, f"form[action='{sent}/return']", 422)
    assert "退回要写理由" in " ".join(again.errors)
    mediator.submit(again, f"form[action='{sent}/return']", reason="管辖在临河")
    with app.app_context():
        assert "管辖在临河" not in " ".join(db.session.scalars(select(Event.data))) and list(digests.verify_beside()) == []
    shown = client("liaison").get(sent)
    assert "管辖在临河" in shown.text and "已退回" in shown.text
    late = mediator.submit(other_window, f"form[action='{sent}/return']", 422, reason="再退一次")
    assert "王调解已经登记或退回了" in " ".join(late.errors)


def test_nobody_else_finds_it(client, sent):
    assert client("mediator2").get(sent, status=404).status == 404
    assert client("mediator2").post(f"{sent}/register", status=404).status == 404
    assert client("admin").get(sent, status=403).status == 403
    assert client("mediator").get("/handovers/new", status=403).status == 403
    assert client("liaison").post(f"{sent}/register", status=403).status == 403
    assert "register" not in client("auditor").get(sent).html


# The paper that comes with it


PDF = b"%PDF-1.7 the petition"


@pytest.fixture
def with_paper(client) -> str:
    """The court has sent one with its paper; the hand-over's address."""
    court = client("liaison")
    return court.submit(court.get("/handovers/new"), FORM, **TOLD, file=(io.BytesIO(PDF), "委派函.pdf")).location


def stored(app) -> list[str]:
    folder = Path(str(app.config["MEDIATION"]["INSTANCE"])) / files.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize(("name", "data", "said"), [("委派函.exe", b"MZ", "不收这种文件"), ("委派函.pdf", b"MZ\x90", "对不上"),
                                                    ("空.pdf", b"", "是空的")])
def test_a_paper_that_is_not_what_it_says_is_refused_at_its_field_and_nothing_is_lost(app, client, name, data, said):
    court = client("liaison")
    again = court.submit(court.get("/handovers/new"), FORM, 422, **TOLD, file=(io.BytesIO(data), name))
    [error] = again.soup.select(".field.bad .error")
    assert said in error.get_text() and again.soup.select_one(".field.bad input[type=file]")
    _path, values = again.form(FORM)
    assert {key: values[key] for key in TOLD} == TOLD
    assert stored(app) == []
    with app.app_context():
        assert db.session.scalar(select(Handover.id)) is None
        assert db.session.scalar(select(Event.id).where(Event.kind.startswith("handover"))) is None
    sent = court.submit(again, FORM, file=(io.BytesIO(PDF), "委派函.pdf")).location
    assert "委派函.pdf" in court.get(sent).text


def test_both_sides_read_the_paper_and_it_lies_with_the_case_once_taken(app, client, with_paper):
    court, mediator = client("liaison"), client("mediator")
    path = f"{with_paper}/files/1"
    for visitor in (court, mediator, client("supervisor"), client("auditor")):
        page = visitor.get(with_paper)
        assert [a["href"] for a in page.soup.select("a[download]")] == [path] and "委派函.pdf" in page.text
        assert visitor.get(path).response.data == PDF
    intake = mediator.get(mediator.submit(mediator.get(with_paper), f"form[action='{with_paper}/register']").location)
    case_path = mediator.submit(intake, "#intake", action="register", is_informed="y", sign_way="sign").location.split("?")[0]
    with app.app_context():
        [letter] = db.session.scalars(select(Commission))
        [paper] = db.session.scalars(select(Attachment))
        assert (paper.commission_id, paper.name, paper.made_by.username) == (letter.id, "委派函.pdf", "liaison")
        assert digests.verify() == []
        letter_path = f"{case_path}/coordination/{letter.id}"
    for visitor in (court, mediator):
        [link] = visitor.get(letter_path).soup.select("a[download]")
        assert visitor.get(link["href"]).response.data == PDF
    assert len(stored(app)) == 1
    assert court.get(path).response.data == PDF


def test_what_goes_back_keeps_its_paper_for_the_sender(client, with_paper):
    mediator, court = client("mediator"), client("liaison")
    mediator.submit(mediator.get(with_paper), f"form[action='{with_paper}/return']", reason="管辖在临河")
    [link] = court.get(with_paper).soup.select("a[download]")
    assert court.get(link["href"]).response.data == PDF


def test_nobody_else_reads_the_paper(app, client, with_paper):
    add_bureau(app)
    for name in ("mediator2", "supervisor2", "bureau"):
        client(name).get(f"{with_paper}/files/1", status=404)
    client("admin").get(f"{with_paper}/files/1", status=403)
    client().get(f"{with_paper}/files/1", status=302)
    mediator = client("mediator")
    assert [mediator.get(path, status=None).status for path in (
        f"{with_paper}/files/1", f"{with_paper}/files/2", "/handovers/99/files/1")] == [200, 404, 404]


def test_a_sealed_case_hides_the_handover_that_it_came_from(app, client, with_paper):
    mediator = client("mediator")
    intake = mediator.get(mediator.submit(mediator.get(with_paper), f"form[action='{with_paper}/register']").location)
    mediator.submit(intake, "#intake", action="register", is_informed="y", sign_way="sign")
    colleague = client("colleague")
    assert "萨仁" in colleague.get(with_paper).text
    with app.app_context():
        restricting.restrict(db.session.scalar(select(Case)), [house.get_user("mediator").id], "当事人要求", house.actor("supervisor"))
        db.session.commit()
    colleague.get(with_paper, status=404)
    colleague.get(f"{with_paper}/files/1", status=404)
    assert mediator.get(f"{with_paper}/files/1").response.data == PDF


def test_a_paper_that_was_changed_on_disk_or_in_its_row_is_found(app, client, with_paper):
    with app.app_context():
        assert digests.verify() == []
        db.session.execute(text("UPDATE handover_file SET name = 'x.pdf'"))
        db.session.expire_all()
        assert [finding.place for finding in digests.verify_beside()] == ["handover_file 1"]
        db.session.rollback()
    folder = Path(str(app.config["MEDIATION"]["INSTANCE"])) / files.FOLDER
    (folder / stored(app)[0]).write_bytes(b"%PDF-1.7 another")
    client("mediator").get(f"{with_paper}/files/1", status=404)
