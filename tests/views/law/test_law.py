"""The pages of clocks, side procedures, and scope of a case."""
import csv
import io
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case, Commission
from mediation.queries.house import digests
from mediation.services.law import case_law
from tests import casework, house, prepared

SCRIPT = "<script>alert(1)</script>"
PAGES = ("clocks", "procedures", "scope", "supervision")


@pytest.fixture
def made(app):
    """The address of a case in a state, received some days ago."""
    def make(app, state: str = "MEDIATING", ago: int = 0, facts=(), **values) -> str:
        with app.app_context():
            now = house.actor("mediator")
            then = house.actor("mediator", today=house.TODAY - timedelta(days=ago))
            case = casework.make_case(then, **values)
            casework.bring(case, state, then)
            for fact, on in facts:
                case_law.record_fact(case, fact, on, SCRIPT, now)
            db.session.commit()
            return f"/cases/{case.number}"
    return partial(prepared.once, app, make)


@contextmanager
def stored(app, base: str):
    with app.app_context():
        yield db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))


def share(app, base: str) -> None:
    """Let the court see the case's summary."""
    with stored(app, base) as case:
        body = db.session.scalar(select(Agency).where(Agency.code == "court"))
        db.session.add(Commission(case_id=case.id, agency_id=body.id, kind="before_filing", shared_parts=["summary"]))
        db.session.commit()


@pytest.mark.parametrize("tab", PAGES)
def test_an_outsider_finds_nothing_and_a_body_is_turned_away(app, made, client, tab):
    base = made()
    assert client("mediator2").get(f"{base}/{tab}", status=404).status == 404
    client("admin").get(f"{base}/{tab}", status=403)
    client("liaison").get(f"{base}/{tab}", status=404)
    share(app, base)
    client("liaison").get(f"{base}/{tab}", status=403)
    client().get(f"{base}/{tab}", status=302)


@pytest.mark.parametrize("path", ["clocks/decisions", "clocks/facts", "clocks/interruptions", "clocks/channel",
                                  "clocks/expire", "procedures/legal_aid", "scope", "scope/heads"])
def test_writing_is_for_the_mediators_of_the_case(made, client, path):
    base = made()
    assert client("window").post(f"{base}/{path}", status=403).status == 403
    client("auditor").post(f"{base}/{path}", status=403)
    client("mediator2").post(f"{base}/{path}", status=404)


def test_the_auditor_reads_and_finds_no_form(made, client):
    base = made()
    for page in PAGES:
        found = client("auditor").get(f"{base}/{page}")
        assert not found.soup.select("main form")
    assert "第29条" in client("auditor").get(f"{base}/clocks").text


def test_every_clock_with_its_article_and_its_count(made, client):
    page = client("mediator").get(made(facts=[("accident", house.TODAY)]) + "/clocks")
    assert "调解期限（企业调委会）" in page.text and "2026-11-19" in page.text
    assert "可以申请仲裁" in page.text  # two of fifteen days side by side
    assert "单位申请工伤认定" in page.text
    assert SCRIPT in page.text and not page.soup.select("main script")


def test_late_entries_run_no_clocks(made, client):
    base = made("REGISTERED", is_late_entry=True)
    assert "补录案件" in client("mediator").get(f"{base}/clocks").text


def test_extend_pause_and_set_by_hand_on_the_page(app, made, client):
    base, visitor = made(), client("mediator")
    page = visitor.get(f"{base}/clocks")
    form = f"form[action='{base}/clocks/decisions']"
    refused = visitor.submit(page, form, status=422, **{"decision-rule": "M-A", "decision-kind": "extend",
                                                        "decision-to_on": "2026-12-31", "decision-applicant_on": "今天"})
    assert "对方" in " ".join(refused.errors) and "第29条" in " ".join(refused.errors)
    assert refused.soup.select_one("#decision-to_on")["value"] == "2026-12-31"
    done = visitor.submit(refused, form, **{"decision-rule": "M-A", "decision-kind": "extend",
                                            "decision-applicant_on": "今天", "decision-respondent_on": "今天"})
    assert "12-31" in visitor.get(done.location).text
    page = visitor.get(f"{base}/clocks")
    visitor.submit(page, form, **{"decision-rule": "M-A", "decision-kind": "override", "decision-to_on": "2027-01-15",
                                  "decision-reason": "来函", "decision-document": "函1号"})
    with stored(app, base) as case:
        assert [c.kind for c in case.clock_changes] == ["extend", "override"]
        assert case.next_due_on == date(2027, 1, 15)
        assert digests.verify() == []


def test_a_day_is_told_and_struck_out(app, made, client):
    base, visitor = made(), client("mediator")
    page = visitor.get(f"{base}/clocks")
    form = f"form[action='{base}/clocks/facts']"
    bad = visitor.submit(page, form, status=422, **{"fact-fact": "accident", "fact-on": "后天"})
    assert bad.errors
    visitor.submit(bad, form, **{"fact-fact": "accident", "fact-on": "昨天", "fact-document": SCRIPT})
    with stored(app, base) as case:
        row = case.case_facts[0].id
    page = visitor.get(f"{base}/clocks")
    visitor.submit(page, f"form[action='{base}/clocks/facts/{row}/drop']", **{f"drop-{row}-reason": "记错"})
    assert "已划去" in visitor.get(f"{base}/clocks").text


def test_an_interruption_is_added_with_evidence(app, made, client):
    base, visitor = made(), client("mediator")
    page = visitor.get(f"{base}/clocks")
    form = f"form[action='{base}/clocks/interruptions']"
    assert visitor.submit(page, form, status=422, **{"interruption-kind": "claim", "interruption-on": "昨天"}).errors
    visitor.submit(page, form, **{"interruption-kind": "claim", "interruption-on": "昨天",
                                  "interruption-evidence": "短信"})
    page = visitor.get(f"{base}/clocks")
    assert "向对方主张权利" in page.text
    visitor.get(f"{base}/journal")


def test_the_channel_changes_before_acceptance_only(app, made, client):
    base, visitor = made("REGISTERED"), client("mediator")
    page = visitor.get(f"{base}/clocks")
    form = f"form[action='{base}/clocks/channel']"
    assert visitor.submit(page, form, status=422, **{"channel-channel": "F", "channel-reason": "来函"}).errors
    visitor.submit(page, form, **{"channel-channel": "D", "channel-reason": "骑手，走一站式"})
    with stored(app, base) as case:
        assert case.channel == "D"
    accepted = made()
    page = visitor.get(f"{accepted}/clocks")
    assert not page.soup.select_one(f"form[action='{accepted}/clocks/channel']")
    late = visitor.post(f"{accepted}/clocks/channel", {"channel-channel": "D", "channel-reason": "改"}, status=422)
    assert "第29条" in " ".join(late.errors)


def test_when_the_period_has_passed_one_press_ends_it_and_prints_the_notice(app, made, client):
    base, visitor = made(ago=20), client("mediator")
    page = visitor.get(base)
    assert "建议按调解不成" in page.text
    assert "可以申请仲裁" in page.text  # the notice of fifteen days from receipt
    done = visitor.submit(page, f"form[action='{base}/clocks/expire']")
    assert done.location == f"{base}/papers/termination"
    visitor.get(done.location)
    with stored(app, base) as case:
        assert (case.outcome, case.outcome_reason) == ("FAILED", "expired")
        assert [(row.kind, row.on) for row in case.interruptions] == [("period_passed", date(2026, 11, 13))]
    assert not visitor.get(base).soup.select_one(f"form[action='{base}/clocks/expire']")
    again = visitor.post(f"{base}/clocks/expire", status=422)
    assert again.errors or "还没有届满" in again.text


def test_nothing_is_proposed_to_who_may_not_act(made, client):
    base = made(ago=20)
    page = client("window").get(base)
    assert "建议按调解不成" in page.text
    assert not page.soup.select_one(f"form[action='{base}/clocks/expire']")


def test_a_near_time_bar_stands_in_the_sentence_and_in_red(app, made, client):
    base = made("REGISTERED", ago=1, employment_ended_on=date(2025, 11, 20))
    page = client("mediator").get(base)
    assert "时效" in page.text and "法律援助" in page.text
    assert client("mediator").get(f"{base}/clocks").soup.select("[role=alert]")


def test_a_wrong_interruption_is_struck_out_on_the_page_and_can_still_be_read(app, made, client):
    base, visitor = made(employment_ended_on=date(2025, 12, 1)), client("mediator")
    visitor.submit(visitor.get(f"{base}/clocks"), f"form[action='{base}/clocks/interruptions']", **{
        "interruption-kind": "claim", "interruption-on": "2026-11-10", "interruption-evidence": "微信截图"})
    assert "届满日 2027-11-10" in visitor.get(f"{base}/clocks").text
    with stored(app, base) as case:
        row = case.interruptions[-1].id
    form = f"form[action='{base}/clocks/interruptions/{row}/drop']"
    page = visitor.submit(visitor.get(f"{base}/clocks"), form, 422)
    assert "请写理由" in page.text
    visitor.submit(page, form, **{f"undo-{row}-reason": "记错了人"})
    page = visitor.get(f"{base}/clocks")
    assert "微信截图" in page.text and "已划去：记错了人" in page.text and not page.soup.select_one(form)
    assert "划去时效中断" in visitor.get(f"{base}/journal").text


def test_of_who_left_on_a_day_nobody_knows_the_page_does_not_speak_of_employment(made, client):
    page = client("mediator").get(f"{made(employment='left')}/clocks")
    assert "时效算不出来" in page.text and "在职" not in page.text
    assert "在职的欠薪不起算" in client("mediator").get(f"{made(employment='here')}/clocks").text


def test_a_leaving_day_known_roughly_shows_both_ends_and_is_red_on_its_last_day(made, client):
    base, visitor = made("REGISTERED", employment="left", as_told={"employment_ended_on": "2024年春节前"}), client("mediator")
    assert "时效最晚" in visitor.get(base).text
    page = visitor.get(f"{base}/clocks")
    assert "2025-02-10" in page.soup.select_one("[role=alert]").text and "只知道大概" in page.text
    case = made("REGISTERED", employment="left", as_told={"employment_ended_on": "2025年11月"}, workers=2)
    page = visitor.get(f"{case}/clocks")
    assert "最早11-02" in page.soup.select_one("[role=alert]").text.replace(" ", "")


def test_the_start_of_a_bar_before_its_correction_is_on_the_page(made, client):
    base, visitor = made(employment_ended_on=date(2025, 12, 1)), client("mediator")
    visitor.submit(visitor.get(f"{base}/scope"), f"form[action='{base}/scope/heads']", **{
        "heads-employment_ended_on": "2026-01-05"})
    page = visitor.get(f"{base}/clocks")
    assert "起算的日子改过" in page.text and "原来是 离职日 2025-12-01" in page.text


def test_procedures_say_why_not_and_lead_through_their_steps(app, made, client):
    base, visitor = made(), client("mediator")
    page = visitor.get(f"{base}/procedures")
    assert "调解协议还没有生效" in page.text
    assert not page.soup.select_one(f"form[action='{base}/procedures/arb_review']")
    late = visitor.post(f"{base}/procedures/arb_review", {"arb_review-applicant_on": "今天"}, status=422)
    assert "没有生效" in " ".join(late.errors)
    visitor.post(f"{base}/procedures/nothing", status=404)
    visitor.submit(page, f"form[action='{base}/procedures/legal_aid']", **{"legal_aid-applicant_on": "今天"})
    with stored(app, base) as case:
        row = case.side_procedures[0].id
    page = visitor.get(f"{base}/procedures")
    visitor.submit(page, f"form[action='{base}/procedures/{row}/accept']", **{f"step-{row}-accept-document": "援助函"})
    page = visitor.get(f"{base}/procedures")
    assert "已受理" in page.text
    visitor.post(f"{base}/procedures/{row}/accept", {f"step-{row}-accept-on": "今天"}, status=422)
    visitor.post(f"{base}/procedures/999999/accept", status=404)
    assert "指派法律援助人员" in visitor.get(f"{base}/clocks").text
    visitor.get(f"{base}/journal")


def test_scope_is_checked_with_its_ground_and_the_heads_are_kept(app, made, client):
    base, visitor = made("REGISTERED"), client("mediator")
    page = visitor.get(f"{base}/scope")
    form = f"form[action='{base}/scope']"
    assert visitor.submit(page, form, status=422, **{"scope-relation": "", "scope-facts_on": "去年"}).errors
    visitor.submit(page, form, **{"scope-relation": "over_age", "scope-facts_on": "2026-07-02",
                                  "scope-exclusion": "farm_hand"})
    page = visitor.get(f"{base}/scope")
    assert "农牧户与受雇人" in page.text and "司法所" in page.text and "乌拉特中旗人民法院" in page.text
    visitor.submit(page, f"form[action='{base}/scope/heads']", **{
        "heads-court_cause": "208", "heads-hr_reason": "pay", "heads-employment_ended_on": "2026-10-1",
        "heads-wage_choice": "mediate"})
    page = visitor.get(f"{base}/scope")
    assert "208 超龄劳动者用工纠纷" in page.text and "2026版" in page.text
    with stored(app, base) as case:
        assert (case.relation, case.employment_ended_on) == ("over_age", date(2026, 10, 1))
    visitor.get(f"{base}/journal")


def test_the_grade_chosen_on_a_case_stands_on_its_page_of_scope_and_in_the_ledger(made, client):
    base, visitor = made("REGISTERED"), client("mediator")
    page = visitor.get(f"{base}/scope")
    visitor.submit(page, f"form[action='{base}/scope/heads']", **{"heads-grade": "major"})
    _path, kept = visitor.get(f"{base}/scope").form(f"form[action='{base}/scope/heads']")
    assert kept["heads-grade"] == "major"
    heads, row = csv.reader(io.StringIO(
        visitor.get("/ledger/cases.csv").response.get_data().decode("utf-8-sig"), newline=""))
    assert dict(zip(heads, row, strict=True))["分级"] == "重大"


def test_a_form_sent_twice_writes_once(app, made, client):
    base, visitor = made(), client("mediator")
    page = visitor.get(f"{base}/clocks")
    form = f"form[action='{base}/clocks/facts']"
    for _ in range(2):
        visitor.submit(page, form, **{"fact-fact": "reply_requested", "fact-on": "昨天"})
    with stored(app, base) as case:
        assert len(case.case_facts) == 1


def test_a_file_that_is_not_whole_is_asked_back_and_goes_with_a_reason(app, made, client):
    base, visitor = made("CLOSED"), client("mediator")
    page = visitor.get(f"{base}/moves/archive")
    asked = visitor.submit(page, "form.form", status=422)
    for lacking in ("归档号", "页数", "回执", "受理通知书", "结案报告"):
        assert lacking in asked.soup.select_one(".flash, [role=alert]").get_text()
    asked = visitor.submit(asked, "form.form", status=422, archive_number="2026-工调-7", pages="31")
    assert "还缺：口头申请笔录" in asked.text  # number and pages are there now
    assert "请写理由" in visitor.submit(asked, "form.form", status=422, confirmed="incomplete").text
    visitor.submit(asked, "form.form", confirmed="incomplete", note="回执由申请人拿走")
    with stored(app, base) as case:
        assert (case.state, case.archive_number, case.pages) == ("ARCHIVED", "2026-工调-7", 31)


def test_the_archive_asks_for_how_long(app, made, client):
    base, visitor = made("CLOSED"), client("mediator")
    page = visitor.get(f"{base}/moves/archive")
    visitor.submit(page, "form.form", retention="thirty", archive_number="2026-工调-7", pages="31", confirmed="incomplete",
                   note="材料在法院")
    with stored(app, base) as case:
        assert case.retention == "thirty"
    assert "2057-01-01" in visitor.get(f"{base}/clocks").text
