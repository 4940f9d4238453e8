"""Those who look over the books: a worker's money, marks, contradictions, closed periods, and who is kept out."""
from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select

from mediation.extensions import db
from mediation.models import Case, Closing, Commission, Explanation, Reconciliation
from mediation.queries.audit.findings import About
from mediation.services.audit import findings
from mediation.services.figures import closings
from mediation.services.money import payments
from tests import casework, house, prepared
from tests.ledgers import agreed_case, days, pay

ON = date(2026, 8, 10)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def made(app):
    """make(workers, fen, paid): the address of a case in performance, and the id of its first worker."""
    def make(app, workers: int = 1, fen: int = 500000, paid: int = 0, claimed: int = 0, on: date | None = None) -> tuple[str, int]:
        with app.app_context():
            actor = house.actor("mediator")
            case = agreed_case(actor, [fen] * workers, (on or actor.today) + timedelta(3), on=on or days(actor, -9))
            if claimed:
                case.claims[0].amount_fen = claimed
                casework.rest(case, actor)
            if paid:
                pay(case, actor, paid, on=on or days(actor, -1), reason="多付的算路费" if paid > fen * workers else "")
            db.session.commit()
            return f"/cases/{case.number}", case.parties[0].id
    return partial(prepared.once, app, make)


@pytest.fixture
def closed(app):
    """close(period): the address of a period that the supervisor closed."""
    def close(period: str = "2026Q3") -> str:
        with app.app_context():
            row = closings.close(house.get_station("urad-middle"), period, house.actor("supervisor"))
            db.session.commit()
            return f"/ledger/periods/{row.id}"
    return close


def rows(app, model) -> list:
    with app.app_context():
        return list(db.session.scalars(select(model)))


# Who may


def test_the_neighbour_finds_nothing(client, made, closed):
    base, worker = made(paid=500000)
    period, stranger = closed(), client("mediator2")
    for path in (f"/parties/{worker}/money", "/payments/1/reconcile", "/contradictions"):
        stranger.get(base + path, status=404)
    for path in ("/payments/1/reconcile", "/payments/1/reconcile/withdraw", "/contradictions"):
        stranger.post(base + path, status=404)
    stranger.get(period, status=404)
    stranger.get("/ledger/contradictions/numbers/urad-middle", status=404)
    client("supervisor2").post(f"{period}/reopen", {"reason": "x"}, status=404)
    number = base.rsplit("/", 1)[1]
    assert number not in stranger.get("/ledger/unreconciled").text
    assert "2026Q3" not in [cell for cell in stranger.get("/ledger/periods").all("td")]


def test_who_may_not_is_refused(client, made, closed):
    base, worker = made(paid=500000)
    period = closed()
    client("mediator").get(base + "/payments/1/reconcile", status=403)
    client("auditor").post(base + "/contradictions", status=403)
    client("lead").post("/ledger/periods", {"period": "2026Q2"}, status=403)
    client("auditor").post(f"{period}/reopen", {"reason": "x"}, status=403)
    for path in ("/ledger/unreconciled", "/ledger/contradictions", "/ledger/periods"):
        client("liaison").get(path, status=403)
        client("admin").get(path, status=403)
    client("admin").get(f"{base}/parties/{worker}/money", status=403)
    assert client("liaison").get(f"{base}/parties/{worker}/money", status=404).status == 404


# A worker's money


def test_a_workers_money_on_one_page(client, made):
    base, worker = made(2, 500000, paid=300000)
    page = client("auditor").get(f"{base}/parties/{worker}/money")
    assert "巴特尔的钱" in page.title
    for said in ("5,000.00", "1,500.00", "3,500.00", "第1期", "银行回单", "未核对"):
        assert said in page.text
    assert "还有1笔没有核对" in page.text
    assert client("mediator").get(f"{base}/agreement").soup.select_one(f'a[href="{base}/parties/{worker}/money"]')
    client("auditor").get(f"{base}/parties/999999/money", status=404)


def test_the_ledger_leads_to_it(client, made):
    base, worker = made(paid=500000)
    for sheet in ("persons", "claims", "instalments", "payments"):
        page = client("supervisor").get(f"/ledger?sheet={sheet}&period=")
        assert page.soup.select_one(f'a[href="{base}/parties/{worker}/money"]'), sheet
    page = client("supervisor").get("/ledger?sheet=persons&period=")
    assert len(page.soup.select('a[href$="/money"]')) == 1  # the other side has none


def test_a_body_sees_the_parts_that_are_shared(app, client, made):
    base, worker = made(paid=500000)
    shared(app, base, ["summary", "outcome", "agreement"])
    page = client("liaison").get(f"{base}/parties/{worker}/money")
    assert "申请人1的钱" in page.text and "巴特尔的钱" not in page.text
    assert "协议金额" in page.text and "已到账" not in page.text and "银行回单" not in page.text
    shared(app, base, ["summary"])
    client("liaison").get(f"{base}/parties/{worker}/money", status=403)


def test_free_text_of_the_money_stays_at_home(app, client, made):
    """With money and parties shared a body sees days, sums and kinds, and no word of why an entry was reversed."""
    base, worker = made(paid=500000)
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        payments.reverse_payment(case, case.payments[0], "他女儿住院，钱被借走", house.actor("mediator"))
        db.session.commit()
    for parts in (["money", "agreement"], ["money", "agreement", "parties"]):
        shared(app, base, parts)
        for place in (f"{base}/parties/{worker}/money", f"{base}/agreement"):
            page = client("liaison").get(place)
            assert "冲销" in page.text and "住院" not in page.text, place
    assert "他女儿住院" in client("supervisor").get(f"{base}/agreement").text


def shared(app, base: str, parts: list[str]) -> None:
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        for row in case.commissions:
            db.session.delete(row)
        db.session.add(Commission(case_id=case.id, agency_id=house.get_user("liaison").agency_id, kind="invitation",
                                  shared_parts=parts, sent_on=house.TODAY))
        db.session.commit()


def test_queries_do_not_grow_with_workers_and_entries(app, client, made):
    one, first = made(1, paid=100000)
    many, other = made(6, paid=600000)
    reader = client("auditor")
    reader.get(f"{one}/parties/{first}/money")
    with counted(app) as few:
        reader.get(f"{one}/parties/{first}/money")
    with counted(app) as more:
        reader.get(f"{many}/parties/{other}/money")
    assert len(more) <= len(few)
    for path in ("/ledger/unreconciled", "/ledger/contradictions?state=all"):
        with counted(app) as before:
            reader.get(path)
        made(2, 500000, paid=1100000)
        with counted(app) as after:
            reader.get(path)
        made(2, 500000, paid=1100000)
        with counted(app) as later:
            reader.get(path)
        assert len(later) == len(after) and len(after) - len(before) <= 3, path


@contextmanager
def counted(app):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)
    db.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        db.event.remove(Engine, "before_cursor_execute", note)


# Marks


def test_an_entry_is_reconciled_and_leaves_the_list(app, client, made):
    base, _worker = made(paid=500000)
    lead, number = client("lead"), base.rsplit("/", 1)[1]
    listed = lead.get("/ledger/unreconciled")
    assert house.short(number) in listed.text and "1笔 · 5,000.00元" in listed.text
    page = lead.get(f"{base}/payments/1/reconcile")
    done = lead.submit(page, 'form[action$="/reconcile"]', compared=["slip", "worker"], note="对过原件")
    assert done.location.endswith("/agreement#payments")
    assert "已核对" in lead.get(f"{base}/agreement").text
    assert house.short(number) not in lead.get("/ledger/unreconciled").text
    assert house.short(number) in lead.get("/ledger/unreconciled?state=done").text
    page = lead.get(f"{base}/payments/1/reconcile")
    assert "回单或收条原件" in page.text and "对过原件" in page.text
    lead.submit(page, 'form[action$="/withdraw"]', status=422)
    lead.submit(page, 'form[action$="/withdraw"]', reason="回单是另一件案子的")
    assert house.short(number) in lead.get("/ledger/unreconciled").text
    assert "回单是另一件案子的" in lead.get(f"{base}/payments/1/reconcile").text
    assert len(rows(app, Reconciliation)) == 1


def test_what_is_missing_is_said_beside_it_and_what_was_typed_stays(app, client, made):
    base, _worker = made(paid=500000)
    lead = client("lead")
    page = lead.submit(lead.get(f"{base}/payments/1/reconcile"), 'form[action$="/reconcile"]', status=422,
                       checked_on="2026-12-24", note=SCRIPT)
    assert "请勾选跟什么对的" in page.text and "不能在今天之后" in page.text
    assert SCRIPT in [field["value"] for field in page.soup.select('[name="note"]')]
    assert rows(app, Reconciliation) == []


def test_ones_own_entry_and_a_reversed_one_offer_no_form(app, client, made):
    base, _worker = made()
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        pay(case, house.actor("lead"), 100000)
        db.session.commit()
    lead = client("lead")
    page = lead.get(f"{base}/payments/1/reconcile")
    assert "要由另一个人核对" in page.text and not page.soup.select('form[action$="/reconcile"]')
    lead.get(f"{base}/payments/7/reconcile", status=404)


@pytest.mark.parametrize("query", ["state=moon", "station=example", "period=soon", "proof=said2", "whose=x",
                                   "period=2026-03-02..2026-03-01"])
def test_a_filter_that_does_not_exist_is_named(client, query):
    page = client("supervisor").get(f"/ledger/unreconciled?{query}", status=422)
    assert page.soup.select(".flash.error li")


def test_the_list_can_be_narrowed(client, made):
    made(paid=500000)
    reader = client("supervisor")
    assert reader.get("/ledger/unreconciled?period=2026-11&station=practice&proof=bank_slip&whose=others").all("tbody tr")
    for query in ("period=2025", "station=window", "proof=receipt", "whose=mine"):
        assert "没有要核对的到账" in reader.get(f"/ledger/unreconciled?{query}").text, query


# Contradictions


def test_a_contradiction_is_listed_explained_and_stays_listed(app, client, made):
    base, worker = made(fen=500000, claimed=400000)
    mediator, number = client("mediator"), base.rsplit("/", 1)[1]
    page = mediator.get("/ledger/contradictions")
    assert house.short(number) in page.text and "一名工人协议5,000.00元，诉求只有4,000.00元" in page.text
    assert page.soup.select_one(f'a[href="{base}/parties/{worker}/money"]')
    assert "账目矛盾" in mediator.get(f"{base}/agreement").text
    page = mediator.get(f"{base}/contradictions")
    refused = mediator.submit(page, f'form[action="{base}/contradictions"]', status=422, reason="")
    assert "请写明为什么是这样" in refused.text and rows(app, Explanation) == []
    mediator.submit(page, f'form[action="{base}/contradictions"]', reason=SCRIPT)
    assert "已说明" in mediator.get(f"{base}/contradictions").text
    assert house.short(number) not in mediator.get("/ledger/contradictions").text
    listed = mediator.get("/ledger/contradictions?state=explained&rule=agreed_above_claimed&period=2026")
    assert house.short(number) in listed.text and SCRIPT in listed.text


def test_a_contradiction_that_is_gone_is_not_explained(app, client, made):
    base, _worker = made(fen=500000, claimed=400000)
    mediator = client("mediator")
    page = mediator.get(f"{base}/contradictions")
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == base.rsplit("/", 1)[1]))
        case.claims[0].amount_fen = 600000
        casework.rest(case, house.actor("mediator"))
        db.session.commit()
    mediator.submit(page, f'form[action="{base}/contradictions"]', status=422, reason="路费")
    assert rows(app, Explanation) == []
    assert "都对得上" in mediator.get(f"{base}/contradictions").text


def test_missing_numbers_have_a_page_of_their_own(client):
    page = client("supervisor").get("/ledger/contradictions/numbers/urad-middle")
    assert "没有缺" in page.text
    client("lead").post("/ledger/contradictions/numbers/urad-middle", {"reason": "x"}, status=403)


@pytest.mark.parametrize("query", ["rule=moon", "state=x", "station=example", "period=2026Q9"])
def test_the_list_of_contradictions_names_what_it_cannot_read(client, query):
    assert client("supervisor").get(f"/ledger/contradictions?{query}", status=422).soup.select(".flash.error li")


# Periods


def test_the_supervisor_closes_a_quarter_and_later_changes_show(app, client, made):
    base, _worker = made(fen=500000, paid=500000, on=ON)
    later, _other = made(fen=500000)  # received after the period: none of its days can lie in it, and nothing is said
    supervisor, number = client("supervisor"), base.rsplit("/", 1)[1]
    done = supervisor.submit(supervisor.get("/ledger/periods"), 'form[action="/ledger/periods"]', period="2026Q3")
    page = supervisor.get(done.location)
    assert "关账以后没有更正" in page.text and "5,000.00" in page.text
    assert "2026年第3季度" in client("mediator").get("/ledger/periods").text
    mediator = client("mediator")
    form = mediator.get(f"{base}/payments/1/reverse")
    assert "已关账到2026-09-30（2026年第3季度）" in form.text
    assert "已关账到" not in mediator.get(f"{later}/payments/new").text
    mediator.submit(form, f'form[action="{base}/payments/1/reverse"]', reason="银行退回")
    assert "2026-08-10在已关账的2026年第3季度里" in mediator.get(f"{base}/agreement").text
    page = client("auditor").get(done.location)
    assert house.short(number) in page.text and "5,000.00 → 0.00" in page.text and "冲销第1笔5,000.00元" in page.text
    assert "更正 1 件" in page.text


@pytest.mark.parametrize(("said", "sentence"), [("", "请填写期间"), ("soon", "看不懂这个期间"), ("2026", "才结束"),
                                                ("2026-03-02..2026-03-01", "早于开始"), ("..", "不按任意起止日期")])
def test_what_cannot_be_closed_is_said(app, client, said, sentence):
    supervisor = client("supervisor")
    page = supervisor.submit(supervisor.get("/ledger/periods"), 'form[action="/ledger/periods"]', status=422, period=said)
    assert sentence in page.text
    assert [field["value"] for field in page.soup.select('[name="period"]')] == [said]
    assert rows(app, Closing) == []


def test_closing_twice_and_with_contradictions_is_refused_with_what_is_to_be_cleared(client, made, closed):
    closed("2026Q2")
    base, _worker = made(fen=500000, claimed=400000, on=ON)
    supervisor = client("supervisor")
    form = supervisor.get("/ledger/periods")
    page = supervisor.submit(form, 'form[action="/ledger/periods"]', status=422, period="2026Q2")
    assert "已关账（刘主席" in page.text
    page = supervisor.submit(form, 'form[action="/ledger/periods"]', status=422, period="2026Q3")
    assert "还有1处账目矛盾没有理清" in page.text
    assert page.soup.select_one(f'a[href="{base}/contradictions"]')


def test_reopening_waits_for_the_auditor(app, client, closed):
    period, supervisor = closed(), client("supervisor")
    assert "恢复要先有审计人员" in supervisor.get(period).text
    supervisor.post(f"{period}/reopen", {"reason": "改"}, status=422)
    link = client("auditor").get(period).soup.select_one('a[href^="/audit/findings/new"]')
    assert link["href"] == "/audit/findings/new?period=2026Q3&station=urad-middle"
    client("auditor").get(link["href"])
    with app.app_context():
        actor = house.actor("auditor")
        findings.note(About("period", "2026Q3", house.get_station("urad-middle")), "figures", "有重复", actor.today, actor)
        db.session.commit()
    page = supervisor.get(period)
    supervisor.submit(page, f'form[action="{period}/reopen"]', status=422, reason="")
    supervisor.submit(page, f'form[action="{period}/reopen"]', reason="按审计发现更正")
    assert "已恢复" in supervisor.get(period).text and "按审计发现更正" in supervisor.get(period).text
    supervisor.submit(supervisor.get("/ledger/periods"), 'form[action="/ledger/periods"]', period="2026Q3")


def test_in_english(client, made, closed):
    base, worker = made(fen=500000, claimed=400000, paid=500000)
    period, reader = closed(), client("supervisor")
    reader.post("/language", {"language": "en"})
    assert "Money of" in reader.get(f"{base}/parties/{worker}/money").text
    assert "a worker is to get 5,000.00 yuan" in reader.get("/ledger/contradictions").text
    assert "The figures kept" in reader.get(period).text
    assert "Reconciliation" in reader.get("/ledger/unreconciled").title
