"""The list of cases and the search."""
from __future__ import annotations

import logging

import pytest
from sqlalchemy import Engine, event, select

from mediation.extensions import db
from mediation.models import AccessLog, Case, Commission
from tests import docket, house, prepared
from tests.ledgers import agreed_case, days

CANARY = "金丝雀独"


@pytest.fixture
@prepared.kept
def number(app):
    with app.app_context():
        made = docket.open_case(worker=CANARY, narrative="城南工地<script>alert(1)</script>").number
        db.session.commit()
        db.session.remove()
    return made


def rows(page) -> list[str]:
    return page.all("table.list tbody tr")


def search(visitor, said: str):
    return visitor.send("/cases/search", {"words": said})


def test_the_list_shows_who_whom_and_the_clock(client, number):
    page = client("mediator").get("/cases")
    assert len(rows(page)) == 1
    for words in (CANARY, "李老板", "工资", "调解中", "16,000.00", "王调解", "共1件", "本页合计"):
        assert words in page.text


def test_four_sums_stand_in_four_columns(client, app):
    with app.app_context():
        agreed_case(house.actor("mediator"), [1200000], days(house.actor("mediator"), -3))
        db.session.commit()
        db.session.remove()
    page = client("mediator").get("/cases")
    heads = page.all("table.list thead th")
    assert [h for h in heads if h in ("诉求", "协议", "已到账", "未到账")] == ["诉求", "协议", "已到账", "未到账"]
    cells = page.all("table.list tbody td")
    assert cells[heads.index("未到账")] == "12,000.00" and "逾期3天" in page.text


@pytest.mark.parametrize("said", [CANARY, "金丝", "独", "2213", "13847862213", "jsqd", "李老板 城南工地", "state:调解中 金丝雀"])
def test_words_are_kept_off_the_address(client, number, said):
    visitor = client("mediator")
    answer = visitor.post("/cases/search", {"words": said})
    assert answer.location.startswith("/cases?s=") and said not in answer.location
    page = visitor.get(answer.location)
    assert len(rows(page)) == 1 and f'value="{said}"' in page.html


def test_a_number_goes_straight_to_its_case(client, number):
    assert client("mediator").post("/cases/search", {"words": f" {number} "}).location == f"/cases/{number}"


def test_no_words_lead_to_the_list(client):
    assert client("mediator").post("/cases/search", {"words": "  "}).location == "/cases"


@pytest.mark.parametrize("said", ["%_%", "%", "'; DROP TABLE dispute; --", "<script>alert(1)</script>x", "{{7*7}}", "🐎"])
def test_signs_are_only_signs(client, number, said):
    page = search(client("mediator"), said)
    assert rows(page) == [] and "没有找到" in page.text and "<script>alert" not in page.html


def test_junk_is_refused_with_a_sentence(client, number):
    page = client("mediator").post("/cases/search", {"words": "a\x00b"}, status=422)
    assert page.all("[role=alert]")


def test_kept_words_belong_to_who_typed_them(client, number):
    target = client("mediator").post("/cases/search", {"words": CANARY}).location
    page = client("colleague").get(target, status=422)
    assert CANARY not in page.html and "过期" in page.text


@pytest.mark.parametrize("query", ["state=x", "colour=red", "due=soon", "from=哪天", "q=张三", "q=state:x", "accepted=26", "s=none"])
def test_a_wrong_address_is_told_what_is_right(client, number, query):
    page = client("mediator").get(f"/cases?{query}", status=422)
    assert page.all("[role=alert]") and rows(page) == []


@pytest.mark.parametrize(("query", "count"), [
    ("", 1), ("state=open", 1), ("state=CLOSED", 0), ("kind=wages", 1), ("due=overdue", 0), ("station=urad-middle", 1),
    ("handler=mediator", 1), ("handler=none", 0), ("from=11.1", 1), ("from=2026-11-01&to=2026-11-02", 0), ("q=0001", 1),
    ("q=state:MEDIATING", 1), ("q=urad-middle-2026-0001", 1), ("q=kind:severance", 0), ("state=any&after=1", 0),
    ("state=&kind=&due=&station=&handler=&from=&to=", 1)])
def test_filters_stand_in_the_address(client, number, query, count):
    page = client("mediator").get(f"/cases?{query}")
    assert len(rows(page)) == count
    if not count:
        assert page.all(".empty a")


def test_a_filter_and_words_go_together(client, number):
    visitor = client("mediator")
    target = visitor.post("/cases/search", {"words": CANARY}).location
    assert len(rows(visitor.get(f"{target}&kind=wages"))) == 1
    assert rows(visitor.get(f"{target}&kind=severance")) == []


def test_next_leads_on_and_back(client, app):
    with app.app_context():
        for n in range(53):
            docket.open_case(worker=f"工人{n}")
        db.session.commit()
        db.session.remove()
    visitor = client("mediator")
    first = visitor.get("/cases")
    second = visitor.get(first.soup.select_one(".pager a[rel=next]")["href"])
    assert len(rows(first)) == 50 and len(rows(second)) == 3 and not set(rows(first)) & set(rows(second))
    assert second.soup.select_one(".pager a[rel=next]") is None and "回到第一页" in second.text
    back = visitor.get(second.soup.select_one(".pager a[rel=prev]")["href"])
    assert rows(back) == rows(first) and back.soup.select_one(".pager a[rel=prev]") is None


def test_headings_sort_the_list_and_turn_it_round(client, app):
    with app.app_context():
        for worker in ("丙", "甲", "乙"):
            docket.open_case(worker=worker)
        db.session.commit()
        db.session.remove()
    visitor = client("mediator")
    plain = visitor.get("/cases?state=any")
    assert not plain.soup.select("th[aria-sort]") and {link["data-sort"] for link in plain.soup.select(".sorts a")} == {
        "number", "worker", "employer", "claimed", "outstanding", "due", "received", "touched"}
    up = visitor.get(plain.soup.select_one("thead th:nth-child(2) a")["href"])
    heading = up.soup.select_one("th[aria-sort=ascending]")
    down = visitor.get(heading.a["href"])
    assert "申请人" in heading.text and rows(down) == rows(up)[::-1] != rows(up)
    assert [th.text.split()[0] for th in down.soup.select("th[aria-sort=descending]")] == ["申请人"]
    assert "state=any" in heading.a["href"] and down.soup.select_one(".sorts a[aria-current=true]")["data-sort"] == "worker"
    assert down.soup.select_one("#filters input[name=sort]")["value"] == "-worker"
    received = visitor.get(plain.soup.select_one(".sorts a[data-sort=received]")["href"])
    assert "2026-" in received.soup.select_one("tbody td:first-child small").text
    wrong = visitor.get("/cases?sort=colour", status=422)
    assert "worker" in wrong.soup.select_one("[role=alert]").text


def test_an_outsider_finds_nothing(client, number):
    visitor = client("mediator2")
    assert CANARY not in visitor.get("/cases?state=any").html
    for said in (CANARY, "2213", number, "李老板", "jsqd", f"number:{number}"):
        page = search(visitor, said)
        assert rows(page) == [] and "共0件" in page.text
    assert visitor.get(f"/cases?q={number}").all("table.list tbody tr") == []


def test_ten_foreign_cases_change_no_figure(client, app, number):
    visitor = client("mediator")
    before = {path: visitor.get(path).text for path in ("/", "/cases", "/statistics", "/ledger")}
    with app.app_context():
        for _ in range(10):
            docket.open_case("mediator2", worker="邻旗的人")
        db.session.commit()
        db.session.remove()
    assert {path: visitor.get(path).text for path in before} == before


def test_a_liaison_sees_only_what_is_shared(client, app, number):
    visitor = client("liaison")
    assert CANARY not in visitor.get("/cases?state=any").html
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        row = Commission(case_id=case.id, agency_id=house.actor("liaison").agency_id, kind="task", state="open",
                         shared_parts=["outcome"])
        db.session.add(row)
        db.session.commit()
        db.session.remove()
    page = visitor.get("/cases")
    assert len(rows(page)) == 1 and CANARY not in page.html and "16,000.00" not in page.html and "李老板" not in page.html
    assert rows(search(visitor, CANARY)) == []
    with app.app_context():
        db.session.scalars(select(Commission)).one().shared_parts = ["summary", "claims"]
        db.session.commit()
        db.session.remove()
    page = visitor.get("/cases")
    assert CANARY in page.text and "16,000.00" in page.text
    with app.app_context():
        db.session.scalars(select(Commission)).one().recalled_on = house.TODAY
        db.session.commit()
        db.session.remove()
    assert rows(visitor.get("/cases")) == []


def test_the_admin_has_no_list_and_no_box(client, number):
    visitor = client("admin")
    visitor.get("/cases", status=403)
    visitor.post("/cases/search", {"words": CANARY}, status=403)
    assert "/cases/search" not in visitor.get("/").html


def test_a_search_is_noted_without_its_words(client, app, number, caplog):
    caplog.set_level(logging.DEBUG)
    search(client("mediator"), CANARY)
    with app.app_context():
        noted = db.session.scalars(select(AccessLog).where(AccessLog.kind == "search")).all()
        assert noted and all(CANARY not in f"{row.object}{row.detail}" for row in noted)
    assert CANARY not in caplog.text


def add_cases(app, count: int) -> None:
    with app.app_context():
        for n in range(count):
            docket.open_case(worker=f"工人{n}")
        db.session.commit()
        db.session.remove()


def test_a_page_costs_a_fixed_number_of_queries(client, app):
    visitor = client("mediator")
    costs = []
    for more in (5, 25):
        add_cases(app, more)
        sent = []

        def listener(*seen, sent=sent) -> None:
            sent.append(seen[2])

        event.listen(Engine, "before_cursor_execute", listener)
        visitor.get("/cases")
        search(visitor, "李老板")
        event.remove(Engine, "before_cursor_execute", listener)
        costs.append(len(sent))
    assert costs[0] == costs[1]
