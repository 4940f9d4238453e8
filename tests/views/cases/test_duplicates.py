"""One dispute in two unions: those above both are shown it, and nobody below either of them has a word of the other."""
from __future__ import annotations

import pytest
from sqlalchemy import Engine, event, select

from mediation.extensions import db
from mediation.models import Case
from mediation.queries.cases import duplicates
from mediation.services.cases import restricting
from mediation.services.house import accounts
from tests import casework, docket, house, prepared

TITLE = "两家工会可能重复登记"


def above() -> None:
    """A supervisor of the region, above both unions."""
    row, _secret = accounts.create(house.actor("admin"), "chief", "云副主席", "supervisor", house.get_station("region"),
                                   None, password=house.PASSWORD)
    row.must_change, row.one_time_until_at = False, None
    accounts.confirm(row, house.actor("supervisor"))


@pytest.fixture
@prepared.kept
def twice(app) -> tuple[str, str]:
    """The same man with the same boss at both unions, and others who only share a usual name; the two numbers."""
    with app.app_context():
        above()
        ours, theirs = docket.open_case(), docket.open_case("mediator2")
        for username, boss in (("mediator", "甲饭店"), ("mediator2", "乙煤矿")):
            other = docket.open_case(username, worker="王伟", respondent=boss)
            other.parties[0].phone = "139000011" + ("11" if username == "mediator" else "22")
            casework.rest(other, house.actor(username))
        numbers = ours.number, theirs.number
        db.session.commit()
        return numbers


def test_the_one_above_both_finds_the_pair_and_opens_both(client, twice):
    chief = client("chief")
    desk = chief.get("/")
    [link] = desk.soup.select("a[href='/duplicates']")
    assert TITLE in desk.text and "共1对" in link.get_text() and "很可能：同一电话、同名、单位名相近" in desk.text
    page = chief.get("/duplicates")
    [row] = page.soup.select("tbody tr")
    numbers = [a["href"].removeprefix("/cases/") for a in row.select("a") if a["href"].count("/") == 2]
    assert tuple(numbers) == twice and "王伟" not in page.text
    for number in twice:
        assert chief.get(f"/cases/{number}").status == 200
        assert "催办" in chief.get(f"/cases/{number}/supervision").text


@pytest.mark.parametrize("username", ["supervisor", "supervisor2", "mediator", "mediator2", "lead"])
def test_those_of_one_union_learn_nothing_of_the_other(client, twice, username):
    own, other = twice if not username.endswith("2") else reversed(twice)
    visitor = client(username)
    for path in ("/", f"/cases/{own}", "/cases?state=any"):
        page = visitor.get(path)
        assert other not in page.html and TITLE not in page.text and "/duplicates" not in page.html, path
    visitor.get("/duplicates", status=404 if username in ("supervisor", "supervisor2", "lead") else 403)
    visitor.get(f"/cases/{other}", status=404)


@pytest.mark.parametrize("username", ["auditor", "admin", "liaison"])
def test_those_who_cannot_act_have_no_such_page(client, twice, username):
    client(username).get("/duplicates", status=403)
    assert TITLE not in client(username).get("/").text


def test_a_sealed_case_is_not_given_away(app, client, twice):
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == twice[0]))
        restricting.restrict(case, [house.get_user("mediator").id], "当事人要求", house.actor("supervisor"))
        db.session.commit()
    chief = client("chief")
    assert TITLE not in chief.get("/").text
    page = chief.get("/duplicates")
    assert not page.soup.select("tbody tr") and "没有发现两家工会都登记了的争议" in page.text


def close(app, number: str, username: str) -> None:
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == number))
        case.state, case.is_open = "CLOSED", 0
        casework.rest(case, house.actor(username))
        db.session.commit()


def test_one_closed_still_shows_and_with_both_closed_nothing_is_left_to_decide(app, client, twice):
    chief = client("chief")
    close(app, twice[1], "mediator2")
    [row] = chief.get("/duplicates").soup.select("tbody tr")
    assert len(row.select("a[href$='#remind-title']")) == 1  # there is nobody to remind of a closed case
    close(app, twice[0], "mediator")
    assert not chief.get("/duplicates").soup.select("tbody tr")


def count_queries(actor) -> int:
    made = []

    def note(*given) -> None:
        made.append(given[2])
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert duplicates.across_unions(actor).rows
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(made)


def test_the_number_of_queries_does_not_grow(app, twice):
    with app.app_context():
        few = count_queries(house.actor("chief"))
    with app.app_context():
        for n in range(4):
            for username in ("mediator", "mediator2"):
                docket.open_case(username, worker=f"满都拉{n}", respondent=f"单位{n}")
        db.session.commit()
    with app.app_context():
        chief = house.actor("chief")
        assert count_queries(chief) == few
        assert len(duplicates.across_unions(chief).rows) >= 5


def test_only_so_many_are_looked_at_and_it_says_so(app, client, twice, monkeypatch):
    monkeypatch.setattr(duplicates, "MOST", 1)
    assert "只比对了最近的" in client("chief").get("/duplicates").text


def test_it_speaks_english(client, twice):
    chief = client("chief")
    chief.send("/language", {"language": "en", "next": "/"})
    page = chief.get("/duplicates")
    assert page.title.startswith("Perhaps registered by two unions") and "the same telephone" in page.text
