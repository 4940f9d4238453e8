"""Help: the procedure from its tables, the law, the calculator, and how a date is understood."""
from __future__ import annotations

from urllib.parse import quote

import pytest

from mediation.rules import words
from mediation.rules.cases import workflow
from mediation.rules.law import jurisdiction, laws, routes, time_limits
from tests.pages import squeeze

EVERYBODY = ("mediator", "mediator2", "lead", "supervisor", "liaison", "auditor", "admin")


@pytest.mark.parametrize("username", EVERYBODY)
def test_everybody_who_is_logged_in_is_helped(client, username):
    visitor = client(username)
    for path in ("/help", "/help/law", "/help/clocks"):
        visitor.get(path)
    assert visitor.get("/help/rights", status=302).location == "/admin/rights"


def test_strangers_are_led_to_the_log_in(client):
    for path in ("/help", "/help/law", "/help/clocks", "/help/date?text=1"):
        assert client().get(path, status=302).location.startswith("/login")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_procedure_is_printed_from_its_tables(client, language):
    visitor = client("mediator")
    visitor.post("/language", {"language": language, "next": "/help"})
    text = visitor.get("/help").text
    for row in (*workflow.STATES.values(), *workflow.MOVES.values()):
        assert row.label.say(language) in text
    for word in (*words.OUTCOMES.values(), *words.PERFORMANCE.values()):
        assert word.say(language) in text


def test_the_whole_table_of_law(client):
    page = client("auditor").get("/help/law")
    assert len(page.soup.select("table.dense tbody tr")) == len(time_limits.CLOCKS)
    for rule in time_limits.CLOCKS:
        assert rule.label.zh in page.text and rule.article.zh in page.text and rule.cites in page.text
    for law in laws.LAWS.values():
        assert law.zh in page.text and law.en in page.text


def test_the_page_of_law_holds_scope_effect_procedures_and_what_is_stale(client):
    text = client("auditor").get("/help/law").text
    for row in (*jurisdiction.EXCLUSIONS.values(), *jurisdiction.RELATION_SCOPES.values()):
        assert row.ground.zh in text and row.article.zh in text
    for route in routes.ROUTES.values():
        assert route.zh in text and route.note.zh in text
    for row in laws.STALE:
        assert row.told.zh in text and row.holds.zh in text
    assert "《人民调解法》第30条" in text and "2026年6月30日" in text


def test_the_calculator_counts_day_by_day(client):
    page = client("liaison").get("/help/clocks?channel=A&fact_received=2026-09-30&fact_accepted=10.10")
    rows = {row.select_one("strong").get_text(): row for row in page.soup.select("tbody tr")}
    assert {"决定是否受理", "可以申请仲裁（收到申请满15日）", "企业调委会调解届满", "调解期限（企业调委会）"} <= set(rows)
    first = rows["决定是否受理"].get_text(" ")
    assert "10-10" in first and "《企业劳动争议协商调解规定》第22条" in first
    assert "R17 22" not in page.text and "L1" not in page.text  # words, not the codes of our tables
    days = [item.get_text(" ").split()[0] for item in rows["决定是否受理"].select("ol li")]
    assert days[0] == "2026-09-30" and days[-1] == "2026-10-10"
    assert "国庆节" in rows["决定是否受理"].get_text()
    assert page.form("main form")[1]["fact_accepted"] == "10.10"


def test_every_day_can_be_listed_to_be_printed(client):
    page = client("mediator").get("/help/clocks?channel=A&fact_received=2026-09-30&days=y")
    part = page.soup.select_one("section[aria-labelledby=counts]")
    assert "决定是否受理" in part.get_text(" ") and "2026-10-10" in part.get_text()
    assert not page.soup.select("table.list details")
    assert "收到申请 2026-09-30" in squeeze(page.soup.select_one(".print-only").get_text())


def test_the_table_says_from_what_each_limit_runs_and_what_ends_it(client):
    rows = {row.select_one("td").get_text(" ").strip(): row for row in client("auditor").get("/help/law").soup.select(
        "table.limits tbody tr")}
    court = next(row for name, row in rows.items() if name.startswith("调解期限（法院委派30日）")).get_text(" ")
    assert "在平台确认接受；没有的，签收法院移交材料" in court and "按受理暂算" in court
    assert "末日逢休息日顺延" in court and "30日（自然日）" in court
    first = next(row for name, row in rows.items() if name.startswith("决定是否受理")).get_text(" ")
    assert "3个工作日" in first and "只数工作日" in first


def test_the_calculator_marks_what_is_not_yet_known(client):
    page = client("mediator").get("/help/clocks?channel=G&fact_consented=2027-01-04")
    assert "暂估" in page.text


def test_a_fact_may_be_repeated_and_civil_claims_have_three_years(client):
    visitor = client("mediator")
    page = visitor.get("/help/clocks?channel=A&fact_infringement_known=2026-01-05&fact_interrupted="
                       + quote("2026-03-02 2026-05-04"))
    assert "2026-05-04" in page.soup.select_one("table.list").get_text()
    civil = visitor.get("/help/clocks?channel=B&civil=y&fact_infringement_known=2026-01-05")
    assert "2029-01-05" in civil.text and "仲裁时效" not in civil.soup.select_one("table.list").get_text()


@pytest.mark.parametrize(("query", "sentence"), [
    ("channel=F&fact_platform_accepted=2026-11-02", "法院委托须写明程序"), ("channel=Z&fact_received=2026-11-02", "没有这个渠道"),
    ("channel=A&fact_received=" + quote("三十二号"), "看不懂"), ("channel=A&fact_received=2026-02-30", "没有"),
    ("channel=A&fact_received=" + quote("5月"), "请写到哪一天"),
    ("channel=A&fact_received=2026-11-12&fact_accepted=2026-11-02", "受理"),
    ("channel=A&fact_received=2026-03-02&fact_accepted=2026-03-01", "第22条")])
def test_bad_facts_are_said_beside_their_field_and_kept(client, query, sentence):
    page = client("mediator").get(f"/help/clocks?{query}", status=422)
    assert any(sentence in error for error in page.errors), page.errors
    typed = page.form("main form")[1].get("fact_received")
    assert quote(typed or "") in query


def test_nothing_typed_reckons_nothing(client):
    page = client("mediator").get("/help/clocks?channel=A")
    assert "还没有开始任何期限" in page.text


@pytest.mark.parametrize(("typed", "is_read", "said"), [
    ("今天", "yes", "2026年11月18日 周三"), ("11.20", "yes", "2025年11月20日 周四"), ("5月", "yes", "2026年5月"),
    ("今天 10:20", "yes", "2026年11月18日 周三 10:20"), ("三十二号", "no", "看不懂"), ("2026-02-30", "no", "没有"),
    ("<script>", "no", "看不懂"), ("", "yes", "未说明")])
def test_a_date_is_echoed_in_words(client, typed, is_read, said):
    answer = client("mediator").get(f"/help/date?text={quote(typed)}")
    assert (answer.response.mimetype, answer.response.headers["X-Read"]) == ("text/plain", is_read)
    assert said in answer.html


def test_a_coming_date_looks_forward(client):
    answer = client("mediator").get("/help/date?prefer=future&text=11.20")
    assert "2026年11月20日" in answer.html


def test_the_echo_speaks_the_reader_s_language(client):
    visitor = client("mediator")
    visitor.post("/language", {"language": "en", "next": "/help"})
    assert visitor.get("/help/date?text=2026-11-18").html == "Wednesday 18 November 2026"
