"""A sum that was only told as about so much says so wherever it stands, and becomes exact nowhere by itself."""
from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case
from mediation.services.cases import intake, links
from mediation.services.money import agreements
from mediation.services.money.agreements import Terms
from mediation.services.people import employers, parties
from tests import casework, house

NAMED = "某建筑公司"


@pytest.fixture
def base(app):
    """The address of a case in mediation with a claim of about four million yuan."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.make_case(actor, 1, 400000000)
        case.claims[0].precision = "about"
        casework.bring(case, "MEDIATING", actor)
        casework.respondent(case).identity = "152824199001011234"
        casework.rest(case, actor)
        db.session.commit()
        return f"/cases/{case.number}"


@pytest.mark.parametrize("path", ["", "/agreement", "/claims"])
def test_the_pages_of_the_case_say_about(client, base, path):
    assert "约4,000,000.00" in client("mediator").get(base + path).text


def test_lists_and_their_totals_say_about(client, base):
    assert client("mediator").get("/cases").text.count("约4,000,000.00") == 2


@pytest.fixture
def guessed(app):
    """The number of a case of some dozens of people against an employer of the register, its sum about four million,
    and that of one whose agreed sum was not published; both are of one batch."""
    with app.app_context():
        actor = house.actor("mediator")
        case = casework.make_case(actor, 1, 400000000, as_told={"headcount": "几十人"})
        case.claims[0].precision, case.parties[0].headcount = "about", 20
        employer = employers.register({"name": NAMED}, actor)
        casework.respondent(case).employer = employer
        parties.retitle(case)
        casework.rest(case, actor)
        silent = intake.late_enter(actor, intake.Late(
            name="朝鲁门", state="MEDIATING", respondents=[intake.Respondent(NAMED, part="employer", is_person=False)],
            received_on=date(2025, 3, 1)))
        casework.respondent(silent).employer = employer
        agreements.agree(silent, Terms(None, is_undisclosed=True), actor, confirmed=True)
        links.link(silent, case.number, "", actor)
        db.session.commit()
        return case.number, silent.number, employer.id, case.parties[0].id


def test_a_guess_and_an_unpublished_sum_stand_in_every_list(client, guessed):
    number, silent, employer, worker = guessed
    mediator = client("mediator")
    rows = {row.find("a")["href"]: row.get_text(" ", strip=True) for row in mediator.get("/cases?state=any").soup.select(
        "table.list tbody tr")}
    assert "未公开" in rows[f"/cases/{silent}"] and "未公开" not in rows[f"/cases/{number}"]
    page = mediator.get(f"/employers/{employer}")
    assert "约21" in page.soup.select_one("dl.sums").get_text() and "约4,000,000.00" in page.text
    assert "几十人" in page.text and "未公开" in page.text
    page = mediator.get(f"/cases/{number}/coordination")
    said = page.soup.select_one("section[aria-labelledby=batch]").get_text()
    assert said.count("约4,000,000.00") == 2 and "未公开" in said
    heads = mediator.get(f"/cases/{number}/parties/{worker}/money").soup.select_one("section[aria-label=一项一项]")
    assert "约4,000,000.00" in heads.select_one("tbody").get_text()
    assert "几十人" in mediator.get(f"/cases/{number}/claims").soup.select_one("tbody").get_text()


def test_the_file_of_cases_says_what_is_a_guess(client, guessed):
    number, silent, *_rest = guessed
    text = client("auditor").get("/ledger/cases.csv?period=").response.get_data().decode("utf-8-sig")
    rows = {row["案件编号"]: row for row in csv.DictReader(io.StringIO(text))}
    asked = [(row["涉及人数"], row["人数的说法"], row["诉求金额是否约数"], row["协议金额是否未公开"])
             for row in (rows[number], rows[silent])]
    assert asked == [("20", "几十人", "是", ""), ("1", "", "否", "是")]


def test_the_ledger_page_says_that_a_sum_was_not_published(client, guessed):
    number, silent, *_rest = guessed
    page = client("auditor").get("/ledger?period=")
    rows = {row.find("a")["href"]: row.get_text(" ", strip=True) for row in page.soup.select("table.list tbody tr")}
    assert "未公开" in rows[f"/cases/{silent}"] and "未公开" not in rows[f"/cases/{number}"]
    english = client("auditor").get("/ledger?period=&lang=en")
    assert len(english.soup.select("table.list thead th")) == len(page.soup.select("table.list thead th"))


def test_the_agreement_is_not_filled_with_what_was_only_about(client, base):
    page = client("mediator").get(f"{base}/agreement/new")
    assert "约4,000,000.00" in page.text and not page.form("#agree")[1].get("total")


def test_an_exact_sum_says_nothing_of_the_kind(app, client, base):
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        case.claims[0].precision = "exact"
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    assert "约4,000,000" not in client("mediator").get(base).text
    assert client("mediator2").get(base, status=404).status == 404
