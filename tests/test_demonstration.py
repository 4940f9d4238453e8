"""The demonstration county: its published year, the second union's archive, and the commands of the house over it."""
from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from mediation.cli.demo import demo
from mediation.extensions import db
from mediation.models import Case, Correction, Event
from mediation.queries import people
from mediation.queries.figures import statistics
from mediation.queries.money import case_money
from mediation.rules import words
from mediation.rules.cases.workflow import STATES
from mediation.rules.figures.periods import Span
from mediation.rules.ledger import SHEETS
from tests import house
from tests.house import PASSWORD
from tests.pages import PageClient


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Flask:
    """The product over a filled demonstration; one for all tests of this module, which change nothing in it."""
    made = house.make_app(tmp_path_factory.mktemp("county"), "", DEMO_PASSWORD=PASSWORD)
    done = made.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.stderr or done.exception
    assert f"password: {PASSWORD}" in done.stdout and done.stderr == ""  # no bar where nobody watches
    return made


@pytest.fixture
def run(county):
    def invoke(*words: str, status: int = 0):
        done = county.test_cli_runner().invoke(args=list(words))
        assert done.exit_code == status, done.output
        return done
    return invoke


def test_the_published_year_with_its_formulas_and_its_source(run):
    text = run("report", "summary", "--period", "2025", "--station", "urad-middle").stdout
    for figure in ("受理  10 件", "化解  6 件", "受理成功率  60.00 %（6 ÷ 10）", "挽回经济损失（已到账）  150,000.00 元"):
        assert figure in text
    assert "化解 ÷ 受理 × 100%" in text
    assert "1至8月" in text and "“十件”由“六件”和“60%”推得" in text


def test_the_shape_that_scripts_rely_on(run):
    made = json.loads(run("report", "summary", "--period", "2025", "--station", "urad-middle", "--format", "json").stdout)
    assert set(made) == {"title", "period", "cut_off", "filters", "figures"}
    assert all(set(figure) == {"key", "label", "value", "unit", "formula", "numerator", "denominator", "rows"}
               for figure in made["figures"])
    found = {figure["key"]: figure["value"] for figure in made["figures"]}
    assert (found["accepted"], found["settled"], found["rate_accepted"]) == (10, 6, "60.00")
    assert found["recovered_fen"] == found["agreed_fen"] == 15_000_000


def test_no_live_case_lies_in_the_published_year_and_every_state_is_there(county):
    with county.app_context():
        live = db.session.execute(select(Case.state, Case.received_on).where(
            Case.number.like("urad-middle-%"), Case.received_on >= "2026-01-01")).all()
        states = {state for state, _on in live} | set(db.session.scalars(select(Case.state)))
        assert len(live) >= 12
        assert states >= set(STATES)
        assert db.session.scalar(select(func.count()).select_from(Case).where(
            Case.number.like("urad-middle-2025-%"))) == 10


@pytest.mark.skipif(not demo.REAL_CASES.is_file(), reason="the published register is not beside this checkout")
def test_the_archive_of_the_second_union_has_its_published_totals(run):
    made = json.loads(run("report", "summary", "--station", "example", "--format", "json").stdout)
    found = {figure["key"]: figure["value"] for figure in made["figures"]}
    assert (found["registered"], found["workers"]) == (26, 1307)
    assert (found["claimed_fen"], found["agreed_fen"], found["recovered_fen"]) == (
        2_312_325_000, 1_297_609_600, 2_158_880_000)


def test_one_employer_has_all_three_flags_of_repetition(county):
    with county.app_context():
        supervisor = house.actor("supervisor")
        rows = {row.name: people.flags(supervisor, row, people.record(supervisor, row, house.TODAY), house.TODAY)
                for row in people.page(supervisor)[0]}
        assert [flag.label.zh for flag in rows["乌拉特中旗宏远劳务有限公司"]] == [
            "一年内3件案件（满3件）", "一年内涉及14人（满10人）", "到期的分期没有付：1件"]


def test_each_unusual_kind_of_case_is_there_once(county):
    with county.app_context():
        died = _case("乌日娜")
        assert [(p.name, p.kin_share) for p in died.parties if p.part == "next_of_kin"] == [
            ("乌日娜", "2/3"), ("苏日塔拉", "1/3")]
        promised = case_money.current_agreement(_case("陈有田"))
        assert [[p.name for p in promised.payers_of(plan)] for plan in promised.plans] == [
            ["甘其毛都顺达物流有限公司"], ["甘其毛都顺达物流有限公司"], ["乌拉特中旗金泉矿业有限公司"]]
        assert [row.due_told for row in promised.instalments] == ["", "春节前", "", "煤场验收后"]
        civil = _case("邬兰柱")
        assert (civil.source_body, civil.relation, civil.commissions) == ("巴彦淖尔市中级人民法院", "civil", [])
        paid = case_money.payments_of(_case("白玉柱"))
        assert [(p.amount_fen, p.direction, p.is_another) for p in paid] == [
            (300000, "to_worker", False), (300000, "to_worker", True), (50000, "to_worker", False),
            (50000, "to_employer", False)]
        changed = db.session.scalars(select(Correction).where(Correction.is_waiting)).one()
        assert changed.confirmed_way == "second" and changed.confirmed_by_id != changed.made_by_id
        merged = db.session.scalars(select(Case).where(Case.merged_into_id.is_not(None))).one()
        assert (merged.outcome, merged.title) == ("DUPLICATE", "赵铁")
        assert _case("郝建军").as_told["headcount"] == "五六人"


def _case(applicant: str) -> Case:
    return db.session.scalars(select(Case).where(Case.title.startswith(applicant), Case.is_demo.is_(True))).one()


def test_rows_and_journal_agree(run):
    assert run("check").stdout.strip() == "全部相符。"
    assert "完整" in run("journal", "verify").stdout


def test_every_sheet_leaves_whole(county):
    """Read as a browser does, after the request itself has ended; a case of several plans is among them."""
    visitor, states = PageClient(county), {}
    visitor.enter("auditor")
    for sheet in SHEETS:
        page = visitor.get(f"/ledger/{sheet}.csv?keys=1")
        lines = list(csv.DictReader(io.StringIO(page.response.get_data().decode("utf-8-sig"), newline="")))
        assert len(lines) >= int(page.response.headers["X-Rows"]) > 0, sheet
        states |= {line["number"]: line["performance"] for line in lines} if sheet == "cases" else {}
    with county.app_context():
        promised = _case("陈有田")
        assert len(case_money.current_agreement(promised).plans) == 3
        assert states[promised.number] == case_money.position(promised, house.TODAY).state


def test_a_second_time_everything_is_kept(run, county):
    with county.app_context():
        before = db.session.scalar(select(func.count()).select_from(Event))
    run("init")
    assert f"password: {PASSWORD}" in run("demo").stdout
    with county.app_context():
        assert db.session.scalar(select(func.count()).select_from(Event)) == before


def test_other_data_are_not_touched(app):
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code != 0
    assert "已有别的数据" in done.stderr and done.stdout == ""


def test_an_error_is_one_sentence(run):
    done = run("report", "summary", "--period", "soon", status=1)
    assert done.stdout == "" and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("period", "cut_off"), [("2025", date(2026, 11, 18)), ("2026", date(2026, 9, 30)),
                                                 ("2026Q3", date(2026, 11, 18)), ("", date(2026, 11, 18))])
def test_the_figures_are_what_every_case_by_itself_comes_to(county, period, cut_off):
    """Counted case by case in Python, by the rules for the money of one case, and added up."""
    with county.app_context():
        auditor = house.actor("auditor")
        made = statistics.summary(auditor, period, "", cut_off)
        span, cases = made.period, db.session.scalars(select(Case)).all()
        told = [case for case in cases if case.outcome != "DUPLICATE"]
        accepted = [case for case in told if case.accepted_station_id and _counts(case.accepted_on, span, cut_off)]
        agreed = [(case, plan) for case in cases if (plan := case_money.current_agreement(case)) is not None
                  and (plan.made_on is None or plan.made_on <= cut_off) and _counts(plan.effective_on, span, cut_off)]
        money = [case_money.position(case, cut_off) for case, _plan in agreed]
        arrived = sum(fen for case in cases for fen in _arrived(case, span, cut_off))
        found = {figure.figure.key: figure.value for figure in made.figures}
        settled = [case for case in accepted if case.outcome in words.SUCCESS
                   and (case.concluded_on is None or case.concluded_on <= cut_off)]
        assert (found["accepted"], found["settled"], found["workers"]) == (
            len(accepted), len(settled), sum(case.headcount for case in accepted))
        assert found["agreed_fen"] == sum(one.agreed_fen for one in money)
        assert found["outstanding_fen"] == sum(one.outstanding_fen for one in money)
        assert found["recovered_fen"] == arrived > 0


def _counts(day: date | None, span: Span, cut_off: date) -> bool:
    """A day that nobody knows lies in no period, and counts where none is named."""
    if day is None:
        return not span.code
    return day <= cut_off and span.holds(day)


def _arrived(case: Case, span: Span, cut_off: date) -> list[int]:
    return [-row.amount_fen if row.direction == "to_employer" else row.amount_fen for row in case_money.payments_of(case)
            if row.proof in words.PROVED and row.way != "goods" and _counts(row.paid_on, span, cut_off)]
