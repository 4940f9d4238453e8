"""The tab of agreement and money, the page of a new agreement, later signatures, payments and reversals."""
from __future__ import annotations

import io
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select

from mediation.extensions import db
from mediation.models import Agreement, Case, Commission, Event, Payment
from mediation.queries.money import case_money
from mediation.services.money import agreements as service
from mediation.services.money import payments
from mediation.services.money.agreements import Entry, Item, Step, Terms
from mediation.services.people import parties
from tests import casework, house, prepared

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def made(app):
    """make(workers, state): the address of a case whose other side is known by name."""
    def make(app, workers: int = 1, speakers: int = 0, is_agreed: bool = False, **values) -> str:
        with app.app_context():
            actor = house.actor("mediator")
            case = casework.make_case(actor, workers, 1600000, **values)
            casework.bring(case, "MEDIATING", actor)
            casework.respondent(case).identity = "152824199001011234"
            for party in case.parties[:speakers]:
                party.is_representative = True
            casework.rest(case, actor)
            if is_agreed:
                agree(case, actor)
            db.session.commit()
            return f"/cases/{case.number}"
    return partial(prepared.once, app, make)


def agree(case: Case, actor) -> None:
    workers = [p.id for p in case.parties if p.side == "applicant"]
    half = 800000 * len(workers)
    service.agree(case, Terms(
        actor.today, payer_party_id=casework.respondent(case).id, items=[Item(p, "wages", 1600000) for p in workers],
        steps=[Step(actor.today, "", half), Step(actor.today + timedelta(31), "", half)]), actor)


@contextmanager
def stored(app, base: str):
    """The case as it lies in the database, with its rows."""
    with app.app_context():
        yield db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))


def count(app, model) -> int:
    with app.app_context():
        return len(list(db.session.scalars(select(model))))


# Who may


PATHS = ("/agreement", "/agreement/new", "/payments/new", "/payments/1/reverse")


@pytest.mark.parametrize("path", PATHS)
def test_the_neighbour_finds_nothing(client, made, path):
    base = made(is_agreed=True)
    stranger = client("mediator2")
    assert stranger.get(base + path, status=404).status == 404
    assert stranger.post(base + path, status=None).status == (405 if path == "/agreement" else 404)


def test_others_read_or_are_refused(client, made):
    base = made(is_agreed=True)
    assert "还没有生效" in client("auditor").get(base + "/agreement").text
    client("auditor").get(base + "/agreement/new", status=403)
    client("window").get(base + "/payments/new", status=403)
    client("supervisor").post(base + "/payments/new", status=403)
    client("admin").get(base + "/agreement", status=403)
    client("liaison").get(base + "/agreement", status=404)


def test_a_body_sees_the_agreement_without_names_and_money(app, client, made):
    base = made(2, is_agreed=True)
    with stored(app, base) as case:
        court = house.get_user("liaison").agency_id
        db.session.add(Commission(case_id=case.id, agency_id=court, kind="before_filing", shared_parts=["agreement"]))
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    page = client("liaison").get(base + "/agreement")
    assert "第1期" in page.text
    assert "工人2" not in page.text and "登记到账" not in page.text and not page.all("#payments")
    with stored(app, base) as case:
        case.commissions[0].shared_parts = ["parties"]
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    client("liaison").get(base + "/agreement", status=403)


# A new agreement


def test_one_worker_one_line_one_press(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    assert page.form("#agree")[1]["total"] == "16,000.00"
    answer = person.submit(page, "#agree", total="15000", first_on="12.31", all_signed="y", do="agree")
    assert answer.location == base + "/agreement"
    shown = person.get(answer.location)
    assert "已记协议" in shown.text and "15,000.00" in shown.text and "11-18" in shown.text
    with stored(app, base) as case:
        deal = case.agreements[0]
        assert (case.state, deal.total_fen, deal.effective_on, len(deal.signatures)) == (
            "PERFORMING", 1500000, house.TODAY, 4)
        assert [row.due_on.isoformat() for row in deal.instalments] == ["2026-12-31"]


def test_agreed_and_paid_on_the_spot(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    refused = person.submit(page, "#agree", all_signed="y", do="pay", status=422)
    assert any("凭证" in line for line in refused.errors)
    answer = person.submit(refused, "#agree", proof="receipt", do="pay")
    assert "已登记到账16,000.00元" in person.get(answer.location).text
    with stored(app, base) as case:
        kinds = list(db.session.scalars(select(Event.kind).where(Event.stream == f"case:{case.number}")))
        assert kinds[-3:] == ["agreed", "payment_recorded", "paper_recorded"]
        assert case_money.position(case, house.TODAY).state == "PERFORMED"


def test_a_settlement_has_its_own_button(client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new?kind=settled")
    assert page.form("#agree")[1]["kind"] == "settled"
    answer = person.submit(page, "#agree", first_on="12.31", do="agree")
    assert "自行和解" in person.get(answer.location).text


def test_the_plan_is_laid_out_without_script_and_can_be_changed(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    planned = person.submit(page, "#agree", total="10000", first_on="2026-12-31", rhythm="month", count="3", do="plan",
                            status=200)
    values = planned.form("#agree")[1]
    assert [values[f"steps-{i}-due"] for i in range(3)] == ["2026-12-31", "2027-01-31", "2027-02-28"]
    assert [values[f"steps-{i}-fen"] for i in range(3)] == ["3,333.33", "3,333.33", "3,333.34"]
    more = person.submit(planned, "#agree", add_row="steps", status=200)
    assert "steps-3-due" in more.form("#agree")[1]
    refused = person.submit(planned, "#agree", **{"steps-2-fen": "3000", "do": "agree"}, status=422)
    assert any("10,000.00" in line and "9,666.66" in line for line in refused.errors)
    assert refused.form("#agree")[1]["steps-2-fen"] == "3000"
    person.submit(planned, "#agree", do="agree")
    with stored(app, base) as case:
        assert [row.amount_fen for row in case.agreements[0].instalments] == [333333, 333333, 333334]


@pytest.mark.parametrize("line", [{"first_on": "", "count": "3"}, {"total": "一堆钱"}, {"total": ""},
                                  {"rhythm": "once", "count": "4", "first_on": "12.31"}])
def test_a_plan_that_cannot_be_made_says_why(client, made, line):
    person = client("mediator")
    page = person.get(made() + "/agreement/new")
    answer = person.submit(page, "#agree", **{"rhythm": "month", **line, "do": "plan"}, status=200)
    assert answer.errors


def test_sums_of_many_are_shared_by_claims_at_one_press(client, made):
    person = client("mediator")
    page = person.get(made(3) + "/agreement/new")
    shared = person.submit(page, "#agree", total="10000", do="share", status=200)
    rows = [value for name, value in shared.form("#agree")[1].items() if name.startswith("item-")]
    assert rows == ["3,333.34", "3,333.33", "3,333.33"]


def test_sums_are_shared_by_heads_or_as_a_list_says(client, made):
    person, base = client("mediator"), made(3)

    def fill(page, **typed):
        shown = person.submit(page, "#agree", status=200, **typed)
        return shown, [value for name, value in shown.form("#agree")[1].items() if name.startswith("item-")]
    page, rows = fill(person.get(base + "/agreement/new"), total="1000.01", do="heads")
    assert rows == ["333.34", "333.34", "333.33"] and "除不尽的，一分一分给尾数最大的人" in page.text
    page, rows = fill(page, do="listed", shares="姓名 金额\n工人2 400.01\n巴特尔 600\n")
    assert rows == ["600.00", "400.01", "0.00"] and "名单里没有工人3" in page.soup.select_one("#shares-error").get_text()
    table = io.BytesIO("姓名,协议金额\n巴特尔,500\n工人2,300.01\n工人3,200\n".encode("gb18030"))
    page, rows = fill(page, do="listed", shares_file=(table, "分配.csv"))
    assert rows == ["500.00", "300.01", "200.00"] and "工人3\t200" in page.form("#agree")[1]["shares"]
    page, rows = fill(page, do="listed", shares_file=(io.BytesIO(b"%PDF-1.4"), "分配.csv"))
    assert rows == ["500.00", "300.01", "200.00"] and page.soup.select_one("#shares_file-error")


def test_usual_clauses_are_written_changed_and_stand_on_the_paper(client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    shown = person.submit(page, "#agree", clauses=["breach", "confirm"], terms_text="工具月底前还清。", do="clauses", status=200)
    typed = shown.form("#agree")[1]["terms_text"]
    assert "工具月底前还清。" in typed and "支付违约金" in typed and "三十日内" in typed and "互不追究" not in typed
    changed = typed.replace("一年期贷款市场报价利率", "年利率3%")
    done = person.submit(shown, "#agree", terms_text=changed, clauses=["release"], do="agree", total="12000",
                         first_on="2026-12-20", all_signed="y")
    paper = person.get(base + "/papers/agreement").text
    assert "按照逾期时年利率3%" in paper and "再无其他争议，互不追究" in paper and "按照本协议第三条的约定" in paper, done.text


def test_what_was_typed_stays_and_is_never_script(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    refused = person.submit(page, "#agree", total="12,3x", made_on="明天", terms_text=SCRIPT, do="agree", status=422)
    values = refused.form("#agree")[1]
    assert (values["total"], values["made_on"], values["terms_text"].strip()) == ("12,3x", "明天", SCRIPT)
    assert refused.soup.find("script", src=False) is None and refused.all("#total-error")
    assert count(app, Agreement) == 0
    long = person.submit(page, "#agree", non_cash="长" * 10000, first_on="12.31", do="agree", status=422)
    assert long.errors
    saved = person.submit(page, "#agree", terms_text=SCRIPT, first_on="12.31", do="agree")
    assert person.get(saved.location).soup.find("script", src=False) is None


def test_a_double_press_makes_one_agreement(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    first = person.submit(page, "#agree", first_on="12.31", do="agree")
    again = person.submit(page, "#agree", first_on="12.31", do="agree")
    assert first.location == again.location and count(app, Agreement) == 1


def test_the_second_of_two_is_told_who_was_first(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    with stored(app, base) as case:
        casework.rest(case, house.actor("colleague"))
        db.session.commit()
    refused = person.submit(page, "#agree", first_on="12.31", do="agree", status=422)
    assert any("李同事" in line for line in refused.errors)
    assert person.submit(refused, "#agree", do="agree").location


def test_more_than_claimed_is_asked_back_once(client, made):
    person = client("mediator")
    page = person.get(made() + "/agreement/new")
    asked = person.submit(page, "#agree", total="20000", first_on="12.31", do="agree", status=422)
    assert any("没有写错吗" in line for line in asked.errors)
    assert person.submit(asked, "#agree", confirmed="above_claim", do="agree").location


def test_a_case_not_yet_accepted_has_no_agreement_to_make(app, client):
    with app.app_context():
        actor = house.actor("mediator")
        base = f"/cases/{casework.make_case(actor).number}"
        db.session.commit()
    person = client("mediator")
    shown = person.get(base + "/agreement")
    assert "还没有协议" in shown.text and not shown.all("a[href$='/agreement/new']")
    refused = person.submit(person.get(base + "/agreement/new"), "#agree", first_on="12.31", do="agree", status=422)
    assert any("不能达成协议" in line for line in refused.errors)


def test_a_day_in_words_is_kept_with_the_latest_day_it_means(app, client, made):
    base, person = made(), client("mediator")
    person.submit(person.get(base + "/agreement/new"), "#agree", first_on="春节前", all_signed="y", do="agree")
    with stored(app, base) as case:
        step = case.agreements[0].instalments[0]
        assert (step.due_on, step.due_told) == (date(2027, 2, 5), "春节前")
        assert case.next_due_on == date(2027, 2, 5)
    assert "春节前" in person.get(base + "/agreement").text
    assert "春节前（不晚于2027年2月5日）" in person.get(f"{base}/papers/agreement").text


def test_words_that_name_no_day_are_asked_about_and_are_never_late(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    asked = person.submit(page, "#agree", first_on="竣工后", all_signed="y", do="agree", status=422)
    assert any("第1期（竣工后）没有日期" in line for line in asked.errors)
    assert asked.form("#agree")[1]["first_on"] == "竣工后"
    person.submit(asked, "#agree", confirmed="undated", do="agree")
    with stored(app, base) as case:
        step = case.agreements[0].instalments[0]
        assert (step.due_on, step.due_told, case.next_due_on) == (None, "竣工后", None)
        position = case_money.position(case, date(2030, 1, 1))
        assert (position.overdue_fen, position.state) == (0, "NOT_DUE")
    shown = person.get(base + "/agreement").text
    assert "没有日期：竣工后" in shown and "问清哪天付" in shown


def test_instalments_are_told_each_in_their_own_way(app, client, made):
    base, person = made(), client("mediator")
    page = person.get(base + "/agreement/new")
    laid = person.submit(page, "#agree", first_on="5月底", rhythm="month", count="2", do="plan", status=200)
    assert laid.form("#agree")[1]["steps-0-due"] == "5月底"
    asked = person.submit(laid, "#agree", **{"steps-1-due": "交房后"}, all_signed="y", do="agree", status=422)
    assert asked.form("#agree")[1]["steps-1-due"] == "交房后"
    person.submit(asked, "#agree", confirmed="undated", do="agree")
    with stored(app, base) as case:
        assert [(s.due_on, s.due_told) for s in case.agreements[0].instalments] == [
            (date(2027, 5, 31), "5月底"), (None, "交房后")]


def test_a_day_that_does_not_exist_is_no_term_in_words(client, made):
    base, person = made(), client("mediator")
    asked = person.submit(person.get(base + "/agreement/new"), "#agree", first_on="11月31日", do="agree", status=422)
    assert any("没有31日" in line for line in asked.errors)


def firms(app, base: str, *names: str) -> None:
    """More firms on the other side."""
    with stored(app, base) as case:
        for name in names:
            parties.add_party(case, {"side": "respondent", "name": name, "part": "general_contractor",
                                     "is_person": False}, house.actor("mediator"))
        db.session.commit()


def lines_of(page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.soup.select("tr.of-plan")]


def test_pasted_lines_give_each_worker_a_plan_of_his_own(app, client, made):
    base, person = made(2), client("mediator")
    with stored(app, base) as case:
        one, two = (p.name for p in case.parties if p.side == "applicant")
    page = person.get(base + "/agreement/new")
    filled = person.submit(page, "#agree", lines=f"{one}\t8000\t12.31\n{one}\t4000\t春节前\n{two}\t9000\t5月底",
                           do="lines", status=200)
    typed = filled.form("#agree")[1]
    assert typed["total"] == "21,000.00" and [
        typed[name] for name in typed if name.startswith("item-")] == ["12,000.00", "9,000.00"]
    answer = person.submit(filled, "#agree", all_signed="y", do="agree")
    shown = person.get(answer.location)
    assert [(one in said, two in said) for said in lines_of(shown)] == [(True, False), (False, True)]
    with stored(app, base) as case:
        assert [(s.plan, s.seq, s.due_on, s.amount_fen) for s in case.agreements[0].instalments] == [
            (1, 1, date(2026, 12, 31), 800000), (1, 2, date(2027, 2, 5), 400000), (2, 3, date(2027, 5, 31), 900000)]
        assert case.next_due_on == date(2026, 12, 31)
    paper = person.get(f"{base}/papers/agreement").text
    assert "付款计划1" in paper and "春节前（不晚于2027年2月5日）" in paper


def test_several_firms_in_a_line_are_liable_jointly_and_in_lines_each_for_its_part(app, client, made):
    base, person = made(2), client("mediator")
    firms(app, base, "乙建筑公司", "丙劳务公司")
    lines = "全部 2万 12.31 乙建筑公司、丙劳务公司\n全部 1.2万 1.31 丙劳务公司"
    refused = person.submit(person.get(base + "/agreement/new"), "#agree", lines=lines, total="32000", all_signed="y",
                            do="agree", status=422)
    assert any("两份付款计划" in line for line in refused.errors)
    assert refused.form("#agree")[1]["lines"] == lines
    person.submit(refused, "#agree", lines="全部 2万 12.31 乙建筑公司\n全部 1.2万 1.31 丙劳务公司", do="agree")
    shown = person.get(base + "/agreement")
    assert ["由乙建筑公司付" in said for said in lines_of(shown)] == [True, False]
    assert person.get(base + "/payments/new").form("#pay")[1]["amount"] == "20,000.00"


def test_a_groups_agreement_says_who_gets_what_when_and_from_whom(app, client, made):
    base, person = made(4), client("mediator")
    firms(app, base, "乙建筑公司", "丙劳务公司")
    lines = "巴特尔、工人2 3.2万 12.31 乙建筑公司、丙劳务公司\n工人3、工人4 3.2万 12.31 丙劳务公司"
    page = person.get(base + "/agreement/new")
    person.submit(page, "#agree", lines=lines, total="", all_signed="y", do="agree")
    tables = [[[cell.get_text().strip() for cell in row.select("td")] for row in table.select("tbody tr")]
              for table in person.get(f"{base}/papers/agreement").soup.select("table")]
    schedule = next(rows for rows in tables if rows[-1][1:2] == ["合计"] and len(rows[0]) == 5)
    assert [row[1] for row in schedule[:2]] == ["巴特尔", "工人2"] and schedule[0][2] == "16,000.00"
    assert schedule[0][4] == "乙建筑公司、丙劳务公司（连带）" and schedule[-1][2:] == ["64,000.00", "大写：陆万肆仟元整"]
    assert ["丙劳务公司", "32,000.00", "叁万贰仟元整"] in tables[-1]


def test_who_is_jointly_liable_may_be_ticked_beside_the_payer(app, client, made):
    base, person = made(), client("mediator")
    firms(app, base, "乙建筑公司")
    with stored(app, base) as case:
        first, second = (p.id for p in case.parties if p.side == "respondent")
    page = person.get(base + "/agreement/new")
    person.submit(page, "#agree", payer=first, joint=[second], first_on="12.31", all_signed="y", do="agree")
    assert "（连带）" in person.get(base + "/agreement").text
    assert "承担连带责任" in person.get(f"{base}/papers/agreement").text


@pytest.mark.parametrize(("typed", "said"), [
    ({"lines": "没有这人 8000 12.31"}, "没有“没有这人”"), ({"lines": "全部 8000"}, "没有写哪天付"),
    ({"lines": "全部 8000 12.31"}, "与总额不同"), ({"lines": "全部 1.6万 12.31", "first_on": "12.31"}, "一行一笔")])
def test_lines_that_do_not_fit_are_refused_and_kept(client, made, typed, said):
    base, person = made(), client("mediator")
    refused = person.submit(person.get(base + "/agreement/new"), "#agree", **typed, all_signed="y", do="agree",
                            status=422)
    assert any(said in line for line in refused.errors)
    assert refused.form("#agree")[1]["lines"] == typed["lines"]


# Signatures and consents


def test_signatures_and_consents_come_later(app, client, made):
    base, person = made(12, speakers=3), client("mediator")
    page = person.get(base + "/agreement/new")
    names = page.form("#agree")[1]
    assert len([name for name in names if name.startswith("way-applicant")]) == 3
    workers = [e["value"] for e in page.soup.select("input[name=consents]")]
    answer = person.submit(page, "#agree", first_on="12.31", all_signed="y", **{"way-seal": "none"}, do="agree",
                           consent_mode="all_but", consents=workers[-1])
    shown = person.get(answer.location)
    assert "约束 11 / 12 人" in shown.text and "缺调解组织印章" in shown.text
    sealed = person.submit(shown, "form[action$='/sign']", **{"way-seal": "stamp"})
    shown = person.get(sealed.location.split("#")[0])
    assert "协议2026-11-18生效" in shown.text
    bound = person.submit(shown, "form[action$='/consent']", parties=workers[-1])
    assert "约束 12 / 12 人" in person.get(bound.location.split("#")[0]).text
    with stored(app, base) as case:
        assert case.effective_on == house.TODAY and case.agreed_fen == 19200000


def test_a_day_without_a_way_of_signing_is_asked_back(app, client, made):
    base, mediator = made(is_agreed=True), client("mediator")
    page = mediator.get(f"{base}/agreement")
    again = mediator.submit(page, "form[action$='/agreement/sign']", 422, **{"on-mediator": "今天"})
    assert "还没选怎么签的" in again.text
    assert again.form("form[action$='/agreement/sign']")[1]["on-mediator"] == "今天"


def test_an_empty_signature_and_consent_are_refused(client, made):
    base, person = made(3, speakers=1, is_agreed=True), client("mediator")
    shown = person.get(base + "/agreement")
    assert any("至少记一个签字" in e for e in person.submit(shown, "form[action$='/sign']", status=422).errors)
    assert any("勾选" in e for e in person.submit(shown, "form[action$='/consent']", status=422).errors)


# Payments


def test_all_of_the_next_instalment_at_one_press(app, client, made):
    base, person = made(2, is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new")
    assert page.form("#pay")[1]["amount"] == "16,000.00"
    answer = person.submit(page, "#pay", proof="bank_slip", do="record")
    said = person.get(answer.location).text
    assert "已登记到账16,000.00元" in said and "下一步：第2期 16,000.00 元，12月19日 周六到期" in said
    assert person.submit(page, "#pay", proof="bank_slip", do="record").location == answer.location
    assert count(app, Payment) == 1


def test_a_part_is_shared_among_those_ticked(app, client, made):
    base, person = made(3, is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new?part=1")
    ticked = page.form("#pay")[1]["among"]
    shared = person.submit(page, "#pay", amount="100", among=ticked[:2], proof="bank_slip", do="share", status=200)
    assert shared.form("#pay")[1][f"share-{ticked[0]}"] == "50.00"
    person.submit(page, "#pay", amount="100", among=ticked[:2], proof="bank_slip", do="record")
    with app.app_context():
        assert [s.amount_fen for s in db.session.scalar(select(Payment)).shares] == [5000, 5000]


def shares_of(app) -> list[int]:
    with app.app_context():
        return [s.amount_fen for s in db.session.scalar(select(Payment).order_by(Payment.seq.desc())).shares]


def test_shares_that_nobody_typed_follow_another_sum(app, client, made):
    base, person = made(3, is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new")
    assert page.form("#pay")[1]["amount"] == "24,000.00"
    person.submit(page, "#pay", amount="10000", proof="bank_slip", do="record")
    assert shares_of(app) == [333334, 333333, 333333]


def test_shares_that_the_page_has_shown_follow_a_later_sum(app, client, made):
    base, person = made(2, is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new?part=1")
    shown = person.submit(page, "#pay", amount="100", proof="bank_slip", do="share", status=200)
    person.submit(shown, "#pay", amount="60", proof="bank_slip", do="record")
    assert shares_of(app) == [3000, 3000]


def test_shares_that_a_person_typed_must_fit_the_sum(app, client, made):
    base, person = made(2, is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new")
    first, second = page.form("#pay")[1]["among"]
    typed = {f"share-{first}": "4000", f"share-{second}": "5000"}
    asked = person.submit(page, "#pay", amount="10000", proof="bank_slip", do="record", status=422, **typed)
    assert any("各人合计9,000.00元" in line for line in asked.errors)
    assert asked.form("#pay")[1][f"share-{first}"] == "4000"
    person.submit(asked, "#pay", amount="9000", do="record")
    assert shares_of(app) == [400000, 500000]


def test_another_sum_than_the_employer_said_is_shared_as_he_said(app, client, made):
    base, person = made(2, is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new?part=1")
    first, second = page.form("#pay")[1]["among"]
    person.submit(page, "#pay", amount="4000", proof="said", do="record",
                  **{f"share-{first}": "1000", f"share-{second}": "3000"})
    person.submit(person.get(base + "/payments/new?verify=1"), "#pay", amount="2000", proof="bank_slip", do="record")
    assert shares_of(app) == [50000, 150000]


def test_a_surplus_is_asked_back_and_what_was_typed_stays(app, client, made):
    base, person = made(is_agreed=True), client("mediator")
    page = person.get(base + "/payments/new?part=1")
    asked = person.submit(page, "#pay", amount="2万", proof="bank_slip", do="record", status=422)
    assert any("4,000.00" in line for line in asked.errors) and asked.form("#pay")[1]["amount"] == "2万"
    person.submit(asked, "#pay", confirmed="confirm_over", reason="含路费", do="record")
    assert count(app, Payment) == 1
    assert "多 4,000.00" in person.get(base + "/agreement").text


def test_the_employers_word_waits_and_is_proved_later(app, client, made):
    base, person = made(is_agreed=True), client("mediator")
    person.submit(person.get(base + "/payments/new"), "#pay", proof="said", do="record")
    shown = person.get(base + "/agreement")
    assert "待核实" in shown.text
    page = person.get(shown.soup.find("a", string="已核实")["href"])
    person.submit(page, "#pay", proof="receipt", do="record")
    with stored(app, base) as case:
        assert (case.arrived_fen, case.unverified_fen) == (800000, 0)


def test_a_reversal_is_struck_and_needs_a_reason(app, client, made):
    base, person = made(is_agreed=True), client("mediator")
    person.submit(person.get(base + "/payments/new"), "#pay", proof="bank_slip", do="record")
    page = person.get(base + "/payments/1/reverse")
    assert person.submit(page, "form[action$='/reverse']", status=422).errors
    answer = person.submit(page, "form[action$='/reverse']", reason=SCRIPT)
    shown = person.get(answer.location.split("#")[0])
    assert shown.all("del") and "已冲销" in shown.text and shown.soup.find("script", src=False) is None
    person.get(base + "/payments/9/reverse", status=404)
    again = person.submit(person.get(base + "/payments/1/reverse"), "form[action$='/reverse']", reason="再", status=422)
    assert any("已经冲销过" in line for line in again.errors)
    with stored(app, base) as case:
        assert case.arrived_fen == 0


def test_english_pages_speak_english_where_the_rules_do(client, made):
    base, person = made(is_agreed=True), client("mediator")
    person.post("/language", {"language": "en", "next": "/"})
    refused = person.submit(person.get(base + "/payments/new"), "#pay", do="record", status=422)
    assert any("Choose one" in line for line in refused.errors)


@pytest.mark.parametrize("path", ["/agreement", "/agreement/new", "/payments/new"])
def test_queries_do_not_grow_with_the_workers(app, client, made, path, count_queries):
    person = client("mediator")
    small, large = made(2, is_agreed=path != "/agreement/new"), made(12, is_agreed=path != "/agreement/new")
    person.get(small + path)
    with count_queries(app) as few:
        person.get(small + path)
    with count_queries(app) as many:
        person.get(large + path)
    assert len(many) == len(few)


@pytest.fixture
def count_queries():
    @contextmanager
    def counting(app):
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        db.event.listen(Engine, "before_cursor_execute", note)
        yield seen
        db.event.remove(Engine, "before_cursor_execute", note)
    return counting


def test_an_entry_of_the_services_shows_on_the_page(app, client, made):
    base = made(is_agreed=True)
    with stored(app, base) as case:
        actor = house.actor("mediator")
        payments.record_payment(case, Entry(actor.today, 90000, payer_name="应急周转金", payer_kind="fund"), actor)
        payments.record_payment(case, Entry(actor.today, 50000, way="goods", proof="receipt"), actor)
        db.session.commit()
    text = client("auditor").get(base + "/agreement").text
    assert "应急金垫付" in text and "实物 500.00 元另列" in text


def test_an_answered_question_is_not_asked_again(client, made):
    person = client("mediator")
    page = person.get(made() + "/agreement/new")
    asked = person.submit(page, "#agree", total="20000", first_on="12.31", do="agree", status=422)
    once = person.submit(asked, "#agree", confirmed="above_claim", made_on="11.1", do="agree", status=422)
    assert not once.all(".confirm") and once.errors
    assert person.submit(once, "#agree", made_on="今天", do="agree").location
