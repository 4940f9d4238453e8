"""The page of figures, and the ledger."""
from __future__ import annotations

import pytest

from mediation.extensions import db
from mediation.models import HouseSetting
from tests import docket, house
from tests.ledgers import agreed_case, days, pay


@pytest.fixture
def paid(app):
    with app.app_context():
        mediator = house.actor("mediator")
        case = agreed_case(mediator, [1000000, 2000000], days(mediator, -3))
        pay(case, mediator, 900000)
        docket.open_case(worker="巴图")
        db.session.add(HouseSetting(name="report-note::2026", value="说明：演示"))
        number = case.number
        db.session.commit()
        db.session.remove()
    return number


def values(page) -> dict[str, str]:
    """Each figure's value by its words."""
    lines = [[td.get_text(" ", strip=True) for td in tr.select("td")] for tr in page.soup.select("table.list tbody tr")]
    return {line[0]: line[1] for line in lines}


def test_every_figure_has_formula_and_rows(client, paid):
    visitor = client("mediator")
    page = visitor.get("/statistics")
    found = values(page)
    assert found["受理"] == "1 件" and found["受理成功率"] == "100.00 %" and found["挽回经济损失（已到账）"] == "9,000.00 元"
    assert found["未到账（到截止日）"] == "21,000.00 元" and "截止 2026-11-18" in page.text and "说明：演示" in page.text
    for link in page.soup.select("table.list tbody td a"):
        assert visitor.get(link["href"]).status == 200
    assert page.soup.select(".bars svg title")


@pytest.mark.parametrize(("query", "accepted"), [("period=2026Q4", "1 件"), ("period=2025", "0 件"), ("period=", "1 件"),
                                                 ("period=union-2027&station=practice", "1 件"), ("station=window", "0 件"),
                                                 ("period=2026&cut_off=2026-11-01", "0 件")])
def test_period_station_and_cut_off_stand_in_the_address(client, paid, query, accepted):
    assert values(client("mediator").get(f"/statistics?{query}"))["受理"] == accepted


@pytest.mark.parametrize("query", ["period=2026Q9", "station=example", "station=nowhere", "cut_off=2030-01-01", "cut_off=x"])
def test_what_cannot_be_read_is_told(client, paid, query):
    page = client("mediator").get(f"/statistics?{query}", status=422)
    assert page.all("[role=alert]") and not values(page)


def test_the_ledger_totals_all_its_rows(client, paid):
    page = client("mediator").get("/ledger?period=")
    assert "2件 · 3人" in page.text
    total = page.all("table.list tfoot td")
    assert total[-4:] == ["46,000.00", "30,000.00", "9,000.00", "21,000.00"]


@pytest.mark.parametrize("path", ["/statistics", "/ledger"])
def test_liaison_and_admin_have_neither(client, paid, path):
    for name in ("liaison", "admin"):
        client(name).get(path, status=403)
    assert client("auditor").get(path).status == 200


def test_an_outsider_counts_nothing_of_it(client, paid):
    for name in ("mediator2", "supervisor2"):
        visitor = client(name)
        page = visitor.get("/statistics?period=")
        assert values(page)["受理"] == "0 件" and values(page)["挽回经济损失（已到账）"] == "0.00 元"
        assert paid not in visitor.get("/ledger?period=").html


def test_both_pages_speak_english(client, paid):
    visitor = client("auditor")
    visitor.send("/language", {"language": "en", "next": "/statistics"})
    assert "Settled of accepted" in visitor.get("/statistics").text
    assert visitor.get("/ledger").status == 200


def test_indicators_open_their_rows_and_groups(client, paid):
    visitor = client("mediator")
    page = visitor.get("/statistics/indicators?period=2026")
    assert values(page)["实际到账金额"] == "9,000.00 元" and values(page)["成功率"] == "100.00 %"
    links = {a["href"] for a in page.soup.select("table.list tbody a") if "/statistics/" in a["href"]}
    for href in sorted(links):
        assert visitor.get(href).status == 200
    rows = visitor.get("/statistics/rows/arrivals?period=2026")
    assert "共1行" in rows.text and rows.all("tfoot td")[-1] == "9,000.00" and house.short(paid) in rows.text
    for by in ("channel", "kind", "sector"):
        assert visitor.get(f"/statistics/indicators?period=2026&by={by}").all("#groups ~ *") is not None


@pytest.mark.parametrize("path", ["/statistics/indicators?by=moon", "/statistics/rows/gossip", "/statistics/returns?name=gossip",
                                  "/statistics/returns?period=2026-05-01..2026-04-01", "/statistics/indicators?channel=Z"])
def test_a_page_of_figures_says_what_it_cannot_show(client, paid, path):
    assert client("mediator").get(path, status=422).all("[role=alert]")


def test_returns_on_screen_and_as_a_file(client, paid):
    visitor = client("auditor")
    page = visitor.get("/statistics/returns?name=yearbook&period=2026")
    assert "上期未结 + 当期受理 = 结案 + 期末未结" in page.text and "✓ 相符" in page.text
    file = visitor.get("/statistics/returns/mediation.csv?period=2026Q4")
    assert file.html.startswith("\ufeff") and '"当期受理案件总数","1","件"' in file.html
    visitor.get("/statistics/returns/gossip.csv", status=404)


@pytest.mark.parametrize("path", ["/statistics/indicators", "/statistics/rows/accepted?period=", "/statistics/returns"])
def test_the_wall_around_the_other_pages_of_figures(client, paid, path):
    for name in ("liaison", "admin"):
        client(name).get(path, status=403)
    assert paid not in client("mediator2").get(path).html
