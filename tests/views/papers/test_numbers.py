"""Numbers of papers: drawn with the issue, never twice, none lost; spoiled ones stay with their reason."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Counter, Paper, Station
from mediation.queries.audit import contradictions
from mediation.queries.house import digests
from tests import casework, house, prepared


@pytest.fixture
def number(app) -> str:
    return prepared.once(app, casework.store_case, "ACCEPTED")


def numbers(app) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Paper.number).order_by(Paper.id)))


def issue(visitor, number: str, kind: str = "acceptance"):
    """One press on the page of a paper that was not issued yet; gives the page of what was issued."""
    page = visitor.get(f"/cases/{number}/papers/{kind}")
    assert "（未出具，未编号）" in page.text
    return visitor.get(visitor.submit(page, f"form[action='/cases/{number}/papers']").location)


def test_one_press_issues_a_paper_under_its_own_number(app, client, number):
    page = issue(client("mediator"), number)
    assert [line.get_text() for line in page.soup.select(".paper .right")][:2] == ["乌中工调受〔2026〕1号", "案号：乌中工调〔2026〕1号"]
    assert page.soup.select_one(".flash").get_text(strip=True) == "已出具：受理通知书，乌中工调受〔2026〕1号。"
    assert not page.soup.select("form[action$='/papers']")
    with app.app_context():
        [paper] = db.session.scalars(select(Paper))
        assert (paper.serial_year, paper.serial, paper.edition) == (2026, 1, 1)
        assert list(digests.verify()) == []


def test_each_kind_counts_for_itself_and_giving_it_again_draws_nothing(app, client, number):
    mediator = client("mediator")
    issue(mediator, number)
    for whom in ("巴特尔", "李老板"):
        mediator.submit(mediator.get(f"/cases/{number}/papers?kind=acceptance"), "#record form", given_way="hand", given_to=whom)
    mediator.submit(mediator.get(f"/cases/{number}/papers?kind=referral"), "#record form", given_way="hand", given_to="巴特尔")
    assert numbers(app) == ["乌中工调受〔2026〕1号"] * 3 + ["乌中工调转〔2026〕1号"]


def test_an_outsider_can_neither_issue_nor_spoil(app, client, number):
    issue(client("mediator"), number)
    with app.app_context():
        key = db.session.scalars(select(Paper.id)).one()
    client("mediator2").post(f"/cases/{number}/papers", {"kind": "acceptance", "given_on": "2026-11-20"}, status=404)
    client("auditor").post(f"/cases/{number}/papers/kept/{key}/spoil", {"spoil-note": "x"}, status=403)
    assert numbers(app) == ["乌中工调受〔2026〕1号"]


def test_a_refused_issue_burns_no_number(app, client, number):
    mediator = client("mediator")
    page = mediator.get(f"/cases/{number}/papers?kind=acceptance")
    mediator.submit(page, "#record form", given_way="post", given_to="", status=422)
    mediator.submit(page, "#record form", given_on="2026-11-21", status=422)
    with app.app_context():
        assert db.session.scalars(select(Counter).where(Counter.series.like("paper-%"))).all() == []
    assert "乌中工调受〔2026〕1号" in issue(mediator, number).text


def test_the_second_of_two_learns_of_the_first(app, client, number):
    first, second = client("mediator"), client("lead")
    page = second.get(f"/cases/{number}/papers/acceptance")
    issue(first, number)
    refused = second.submit(page, f"form[action='/cases/{number}/papers']", status=422)
    assert any("先做了一步（文书" in error for error in refused.errors), refused.errors
    assert numbers(app) == ["乌中工调受〔2026〕1号"]


def test_a_spoiled_paper_keeps_its_number_and_the_next_has_another(app, client, number):
    mediator = client("mediator")
    page = issue(mediator, number)
    address = page.soup.select_one("details form")["action"].removesuffix("/spoil")
    kept = mediator.get(address)
    mediator.submit(kept, "details form", status=422)
    done = mediator.submit(kept, "details form", **{"spoil-note": "姓名打错"})
    assert "作废" in mediator.get(done.location).text
    again = mediator.get(address)
    assert "作废：姓名打错" in again.text and not again.soup.select("details form")
    assert "乌中工调受〔2026〕2号" in issue(mediator, number).text
    listed = client("supervisor").get("/ledger/contradictions/numbers/urad-middle")
    assert "姓名打错" in listed.text and "没有缺" in listed.text


def test_a_number_without_its_paper_is_a_gap(app, client, number):
    issue(client("mediator"), number)
    with app.app_context():
        union = house.get_station("urad-middle")
        counter = db.session.scalars(select(Counter).where(Counter.series == "paper-acceptance")).one()
        counter.last = 3
        db.session.commit()
        [found] = [row.found for row in contradictions.of_numbers([union.id])]
        assert (found.mark, found.text.zh) == ("paper-acceptance:2026", "2026年受理通知书编号缺 2–3")


def test_what_was_issued_under_the_number_of_its_case_keeps_it(app, client, number):
    """As papers were numbered before each kind had a series of its own."""
    mediator = client("mediator")
    issue(mediator, number)
    with app.app_context():
        [row] = db.session.scalars(select(Paper))
        row.number, row.serial, row.serial_year = "乌中工调〔2026〕1号", None, None
        casework.rest(db.session.scalars(select(Case)).one(), house.actor("mediator"))
        db.session.commit()
    mediator.submit(mediator.get(f"/cases/{number}/papers?kind=acceptance"), "#record form", given_way="hand", given_to="李老板")
    assert numbers(app) == ["乌中工调〔2026〕1号"] * 2


def test_a_late_entry_draws_no_number(app, client):
    number = prepared.once(app, casework.store_case, "ACCEPTED", is_late_entry=True)
    mediator = client("mediator")
    mediator.submit(mediator.get(f"/cases/{number}/papers?kind=acceptance"), "#record form", given_way="hand", given_to="巴特尔")
    assert numbers(app) == ["乌中工调〔2026〕1号"]


def test_a_union_may_have_a_form_of_its_own(app, client, number):
    with app.app_context():
        key = db.session.scalars(select(Station.id).where(Station.code == "urad-middle")).one()
    admin = client("admin")
    page = admin.get(f"/admin/stations/{key}")
    refused = admin.submit(page, "form.panel", paper_form="{word}{n}号", status=422)
    assert any("要有{word}、{year}和{n}" in error for error in refused.errors)
    admin.submit(page, "form.panel", paper_form="{short}工{word}〔{year}〕{n}号")
    issue(client("mediator"), number)
    with app.app_context():
        short = house.get_station("urad-middle").short_name
    assert numbers(app) == [f"{short}工受〔2026〕1号"]
