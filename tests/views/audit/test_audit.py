"""Findings on the screen: who sees them, noting, answering, closing."""
import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Finding
from mediation.queries.figures import scopes
from mediation.services.figures import issuing
from tests import casework, house, prepared


@pytest.fixture
@prepared.kept
def number(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        made = casework.bring(casework.make_case(who), "MEDIATING", who).number
        db.session.commit()
        return made


def note(client, number: str, text: str = "受理日期早于收到日期") -> str:
    """Note a finding about a case; gives its address."""
    auditor = client("auditor")
    page = auditor.get(f"/audit/findings/new?case={number}")
    return auditor.submit(page, "form.panel", topic="dates", note=text, due_on="2026-12-01").location


def test_outsiders_and_roles_without_the_right(client, number):
    place = note(client, number)
    for name in ("mediator2", "supervisor2"):
        client(name).get(place, status=404)
        assert number not in client(name).get("/audit/findings").text
    client("supervisor2").post(f"{place}/answered", status=404)
    for name in ("liaison", "admin"):
        client(name).get("/audit/findings", status=403)
    for name in ("mediator", "lead", "supervisor"):
        client(name).get(f"/audit/findings/new?case={number}", status=403)
        client(name).post(f"{place}/closed", status=403)
    client("mediator").post(f"{place}/answered", status=403)
    client("auditor").post(f"{place}/answered", status=403)
    client("auditor").get("/audit/findings/new?case=none", status=404)


def test_the_auditor_writes_in_no_case(client, number):
    for path in ("/moves/fail", "/contacts", "/payments/new", "/supervision"):
        assert client("auditor").post(f"/cases/{number}{path}", status=403).status == 403


def test_noted_answered_and_closed(client, number):
    place = note(client, number, "差<b>十</b>元")
    above, auditor = client("supervisor"), client("auditor")
    assert "差<b>十</b>元" in above.get("/").text
    assert "差<b>十</b>元" in client("lead").get("/").text
    page = above.get(place)
    refused = above.submit(page, f"form[action='{place}/answered']", status=422)
    assert refused.errors
    above.submit(refused, f"form[action='{place}/answered']", **{"answered-note": "已改"})
    assert "差<b>十</b>元" not in above.get("/").text
    assert "已答复" in auditor.get("/").text
    page = auditor.get(place)
    assert auditor.submit(page, f"form[action='{place}/returned']", status=422, **{
        "returned-note": "不够", "returned-due_on": ""}).errors
    auditor.submit(page, f"form[action='{place}/closed']", **{"closed-note": "看过凭证"})
    shown = client("mediator").get(place)
    assert "看过凭证" in shown.text and "已改" in shown.text
    assert auditor.post(f"{place}/closed", {"closed-note": "再"}, status=422).status == 422
    assert "差<b>十</b>元" in client("mediator").get(f"/cases/{number}/journal").text


def test_what_was_typed_is_kept(app, client, number):
    auditor = client("auditor")
    page = auditor.get(f"/audit/findings/new?case={number}")
    refused = auditor.submit(page, "form.panel", status=422, note="缺回执", due_on="昨天")
    assert "缺回执" in refused.text and refused.errors
    with app.app_context():
        assert db.session.scalar(select(Finding.id)) is None


def test_lists_are_filtered_and_say_what_to_do_when_empty(client, number):
    auditor = client("auditor")
    assert "没有这样的审计发现" in auditor.get("/audit/findings").text
    place = note(client, number)
    assert place in auditor.get("/audit/findings?state=open&subject=case").html
    assert place not in auditor.get("/audit/findings?state=closed").html
    page = auditor.get(f"/audit/findings?case={number}")
    assert place in page.html and f"/audit/findings/new?case={number}" in page.html
    assert f"/audit/findings?case={number}" in client("mediator").get(f"/cases/{number}/clocks").html


def test_about_a_period_of_a_union(client):
    auditor = client("auditor")
    page = auditor.get("/audit/findings/new?period=2026-10&station=urad-middle")
    place = auditor.submit(page, "form.panel", topic="money", note="少一笔", due_on="2026-12-01").location
    assert "期间 中旗 2026年10月" in client("supervisor").get(place).text
    client("supervisor2").get(place, status=404)
    auditor.get("/audit/findings/new?period=2026-10&station=nowhere", status=404)


def test_what_a_finding_names_has_to_be_there(client, app):
    """A period that can be read and has begun, a figure that was given out; told at the field, with what was typed kept."""
    auditor = client("auditor")
    page = auditor.get("/audit/findings/new?period=2026-10&station=urad-middle")
    assert page.soup.select_one("#due_on")["value"]  # ten days on: 28 November is a Saturday, so Monday the 30th
    assert "11-30 周一" in page.soup.select_one("#due_on-echo").get_text()
    for said, sentence in (("2026Q9", "看不懂这个期间"), ("2027", "还没有开始"), ("", "写哪个期间")):
        again = auditor.submit(page, "form.panel", status=422, reference=said, topic="money", note="少一笔")
        assert sentence in again.soup.select_one("#reference-error").get_text()
        assert again.soup.select_one("#reference")["value"] == said and "少一笔" in again.soup.select_one("#note").get_text()
    page = auditor.get("/audit/findings/new?figure=x&station=urad-middle")
    again = auditor.submit(page, "form.panel", status=422, reference="中旗统〔2026〕7号", topic="money", note="少一笔")
    assert "没有出具过“中旗统〔2026〕7号”" in again.soup.select_one("#reference-error").get_text()
    with app.app_context():
        chief = house.actor("supervisor")
        number = issuing.issue(scopes.read(chief, "2026"), ["accepted"], issuing.Purpose("政法委", "通报"), chief).number
        db.session.commit()
        db.session.remove()
    place = auditor.submit(page, "form.panel", reference=number, topic="money", note="少一笔").location
    assert number in auditor.get(place).text


@pytest.mark.parametrize(("address", "marked"), [
    ("/", "工作台"), ("/audit", "审计"), ("/audit/findings", "审计"), ("/audit/pack", "审计"), ("/ledger", "台账"),
    ("/ledger/exports", "台账"), ("/ledger/periods", "台账"), ("/letters", "预防"), ("/statistics/loop", "统计"),
    ("/statistics/returns", "统计"), ("/cases", "案件"), ("/papers", "帮助"), ("/admin/rights", "管理")])
def test_the_menu_marks_where_one_is(client, address, marked):
    assert client("auditor").get(address).all(".nav a[aria-current=page]") == [marked]


def test_pages_of_figures_and_books_keep_together(client):
    """From the summary of a period to its returns without typing it again; from the ledger to those that look it over."""
    tabs = client("auditor").get("/statistics?period=2025&station=urad-middle").soup.select(".tabs a")
    assert [a["href"] for a in tabs[:3]] == [
        f"/statistics{name}?period=2025&station=urad-middle&cut_off=" for name in ("", "/indicators", "/returns")]
    books = ["台账", "到账核对", "账目矛盾", "关账", "导出记录"]
    for address in ("/ledger?period=1999", "/ledger/unreconciled", "/ledger/contradictions", "/ledger/exports"):
        assert client("auditor").get(address).all(".tabs a") == books, address
