"""What a union reckons in: set by the administrator while it has no cases, said on every page, and never added to another."""
from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, Station
from mediation.queries.figures import reckoning
from mediation.queries.house import digests
from mediation.rules.language import Refused
from mediation.rules.money import currencies as money
from tests import casework, exports, house

SAID = "这里的金额都是美元"


def page_of(admin, app, code: str):
    with app.app_context():
        key = house.get_station(code).id
    return admin.get(f"/admin/stations/{key}")


def currencies(app) -> dict[str, str]:
    with app.app_context():
        assert not digests.verify()
        return {row.code: row.currency for row in db.session.scalars(select(Station))}


def test_it_holds_for_the_union_and_its_sites_and_is_said_on_their_pages(app, client):
    admin = client("admin")
    admin.submit(page_of(admin, app, "urad-middle"), "form[action^='/admin/stations/']", currency="USD")
    found = currencies(app)
    assert (found["urad-middle"], found["practice"], found["example"]) == ("USD", "USD", "CNY")
    assert SAID in client("mediator").get("/cases").text
    assert SAID not in client("mediator2").get("/cases").text


def test_it_stays_once_there_are_cases(app, client):
    with app.app_context():
        casework.make_case(house.actor("mediator"), 1)
        db.session.commit()
    admin = client("admin")
    refused = admin.submit(page_of(admin, app, "urad-middle"), "form[action^='/admin/stations/']", 422, currency="USD")
    assert "已有案件" in refused.text and set(currencies(app).values()) == {"CNY"}


def test_sums_of_two_unions_in_two_currencies_are_never_added(inside):
    for username in ("mediator", "mediator2"):
        casework.make_case(house.actor(username), 1)
    house.get_station("example").currency = "USD"
    db.session.flush()
    above = house.actor("auditor")
    with pytest.raises(Refused, match="几种货币（CNY、USD），金额不能相加"):
        reckoning.indicators(above)
    assert reckoning.indicators(above, station="example").get("accepted").value is not None
    assert reckoning.indicators(house.actor("mediator")).get("accepted").value is not None


@pytest.fixture
def two(app):
    """A late, partly paid case of each of two unions, the second in US dollars; their numbers."""
    made = []
    with app.app_context():
        for code in ("example", "example-practice"):
            house.get_station(code).currency = "USD"
        db.session.flush()
        for username, fen in (("mediator", 1111111), ("mediator2", 2222222)):
            actor = house.actor(username, house.TODAY - timedelta(40))
            case = exports.open_case(actor, 1, fen)
            exports.agree(case, actor, [fen], 2)
            exports.pay(case, actor, 10001)
            made.append(case.number)
        db.session.commit()
        db.session.remove()
        house.close_engines()
    yield made
    money.use(money.YUAN)


def test_whoever_sees_both_reads_each_sum_with_its_currency_and_no_sum_of_both(app, client, two):
    above = client("auditor")
    listed = above.get("/cases?state=any").text
    assert "22,222.22 美元" in listed and "22,222.22 美元、11,111.11" in listed and "33,333.33" not in listed
    assert "22,222.22美元" in above.get(f"/cases/{two[1]}/journal").text and "诉求11,111.11元" in above.get(
        f"/cases/{two[0]}/journal").text
    assert "合计 美元" not in above.get("/ledger", 422).text and "请选一个站点" in above.get("/ledger", 422).text
    assert "示例站" in above.get("/statistics/loop", 422).text
    assert "请选一个站点" in above.get("/ledger/cases.csv", 422).text
    away = above.get("/ledger/cases.csv?station=example").html
    assert "诉求金额(美元)" in away and "(元)" not in away
    assert "诉求金额(元)" in above.get("/ledger/cases.csv?station=urad-middle").html
    assert "已到账100.01美元" in above.get("/ledger/events.csv?station=example").html.replace("登记到账", "已到账")


def test_commands_over_the_whole_house_refuse_as_pages_do(app, two, tmp_path):
    run = app.test_cli_runner()
    for words in (["report", "summary", "--period", "2026"], ["export", "--sheet", "cases", "-o", str(tmp_path / "all.csv")]):
        done = run.invoke(args=words)
        assert done.exit_code != 0 and "金额不能相加：请选一个站点" in done.output
    assert run.invoke(args=["export", "--sheet", "cases", "--station", "example", "-o", str(tmp_path / "a.csv")]).exit_code == 0
    assert "诉求金额(美元)" in (tmp_path / "a.csv").read_text(encoding="utf-8")


def test_papers_are_in_the_station_s_currency_and_capitals_in_yuan_alone(app, client, two):
    said = {}
    for username, number in zip(("mediator", "mediator2"), two, strict=True):
        file = client(username).raw.get(f"/cases/{number}/papers/agreement/word").get_data()
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            said[username] = re.sub("<[^>]+>", "", package.read("word/document.xml").decode())
    assert "人民币11,111.11元（大写：壹万壹仟壹佰壹拾壹元壹角壹分）" in said["mediator"]
    assert "22,222.22美元" in said["mediator2"] and "金额（美元）" in said["mediator2"]
    assert not re.search("人民币|大写|[0-9]元|（元）", said["mediator2"])


def test_a_sum_typed_as_yuan_is_refused_where_another_currency_is_meant(client, two):
    mediator = client("mediator2")
    page = mediator.get(f"/cases/{two[1]}/payments/new")
    refused = mediator.submit(page, "form[action$='/payments/new']", 422, amount="100元")
    assert "这里的金额都是美元" in refused.text and "元</span>" not in refused.html.replace("美元</span>", "")


def test_a_bank_s_list_in_yuan_is_refused_beside_its_field_and_kept(client, two):
    mediator = client("mediator2")
    page = mediator.get(f"/cases/{two[1]}/payments/list")
    typed = "收款人\t金额（元）\n巴特尔\t100"
    refused = mediator.submit(page, "form[action$='/payments/list']", 422, lines=typed)
    assert "第1行写的是另一种货币，这里的金额都是美元" in refused.text
    assert typed in refused.soup.select_one("textarea[name=lines]").get_text()


def test_a_contradiction_is_told_in_the_currency_of_its_case(app, client, two):
    with app.app_context():
        for number, username in zip(two, ("mediator", "mediator2"), strict=True):
            case = db.session.scalars(select(Case).where(Case.number == number)).one()
            exports.pay(case, house.actor(username), 9_000_000, reason="单位多付的算路费")
        db.session.commit()
    told = client("auditor").get("/ledger/contradictions?state=all").text
    assert "已到账90,100.01元" in told and "已到账90,100.01美元" in told
