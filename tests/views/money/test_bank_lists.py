"""The page of a bank's list: proposals line by line, one press for the ticked, and what is refused or known already."""
from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case
from mediation.queries.house import digests
from mediation.queries.money import case_money
from tests import house, ledgers, prepared

FORM, BRING = "#bank-list", "form[action$='list/file']"
HEAD = "收款人\t账号\t金额\t日期\t流水号\t状态\n"
LIST = (HEAD + "巴特尔\t\t5000\t2026-11-17\t88120001\t成功\n工人2\t\t3000\t2026-11-17\t88120002\t成功\n"
        "工人3\t\t3000\t2026-11-17\t88120003\t退票\n合计\t\t11000\n")


def store(app) -> str:
    with app.app_context():
        who = house.actor("mediator")
        case = ledgers.agreed_case(who, [500000, 400000, 300000], ledgers.days(who, 20), ledgers.days(who, -10))
        db.session.commit()
        return f"/cases/{case.number}"


@pytest.fixture
def base(app):
    return prepared.once(app, store)


def arrived(app) -> tuple[int, int]:
    """How many entries there are, and what arrived."""
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert not digests.verify()
        return len(case_money.payments_of(case)), case.arrived_fen


def test_a_pasted_list_is_looked_at_and_the_ticked_lines_recorded_once(app, client, base):
    visitor = client("mediator")
    assert f"{base}/payments/list" in [a["href"] for a in visitor.get(f"{base}/agreement").soup.select("a[href]")]
    page = visitor.submit(visitor.get(f"{base}/payments/list"), FORM, 200, action="preview", lines=LIST)
    assert page.all("tbody td.state")[:3] == ["对上了", "请看一眼", "失败、退票"] and "只是一部分：还欠4,000.00元" in page.text
    assert page.form(FORM)[1]["take"] == "2" and not page.soup.select("input[name=take][value='4']")
    done = visitor.submit(page, FORM, action="save", take=["2", "3"])
    shown = visitor.get(done.location)
    assert "已按清单登记2笔，8,000.00元" in shown.text and "银行清单第3行，流水号 88120002" in shown.text
    assert arrived(app) == (2, 800000)
    again = visitor.submit(visitor.get(f"{base}/payments/list"), FORM, 200, action="preview", lines=LIST)
    assert again.all("tbody td.state")[:3] == ["已经登记过", "已经登记过", "失败、退票"]
    assert not again.soup.select("button[value=save]") and "第1笔到账" in again.text


def test_the_file_is_the_proof_beside_the_first_and_is_recognised(app, client, base):
    visitor, data = client("mediator"), LIST.replace("\t", ",").encode("gb18030")
    sent = visitor.submit(visitor.get(f"{base}/payments/list"), BRING, file=(io.BytesIO(data), "代发.csv"))
    page = visitor.get(sent.location)
    assert page.all("tbody td.state")[:3] == ["对上了", "请看一眼", "失败、退票"]
    visitor.submit(page, FORM, action="save", take=["2", "3"])
    assert "代发.csv" in visitor.get(f"{base}/agreement").text
    sent = visitor.submit(visitor.get(f"{base}/payments/list"), BRING, file=(io.BytesIO(data), "代发（1）.csv"))
    assert "这份表格以前登记过到账" in visitor.get(sent.location).text
    with app.app_context():
        assert [row.about_kind for row in db.session.scalars(select(Attachment))] == ["payment"]


def test_somebody_was_first_and_nothing_is_recorded_twice(app, client, base):
    one, other = client("mediator"), client("lead")
    pages = [person.submit(person.get(f"{base}/payments/list"), FORM, 200, action="preview", lines=LIST)
             for person in (one, other)]
    one.submit(pages[0], FORM, action="save")
    late = other.submit(pages[1], FORM, 200, action="save")
    assert late.all("tbody td.state")[0] == "已经登记过" and arrived(app) == (1, 500000)


def test_what_is_missing_is_said_and_the_ticks_are_kept(app, client, base):
    visitor = client("mediator")
    text = "收款人\t金额\n巴特尔\t5000\n工人2\t9000\n"
    page = visitor.submit(visitor.get(f"{base}/payments/list"), FORM, 200, action="preview", lines=text)
    bad = visitor.submit(page, FORM, 422, action="save", take=["2", "3"])
    assert bad.soup.select_one("#day-error") and bad.soup.select_one("#reason-error")
    assert bad.form(FORM)[1]["take"] == ["2", "3"] and arrived(app) == (0, 0)
    shown = visitor.submit(bad, FORM, 200, action="save", day="11.17", reason="连同利息")
    visitor.submit(shown, FORM, action="save")
    assert arrived(app) == (2, 1400000)


def test_of_two_with_one_name_one_is_chosen(app, client, base):
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        for party in case.parties:
            party.name = "工人2" if party.name == "工人3" else party.name
        db.session.commit()
    visitor = client("mediator")
    text = "收款人\t金额\t日期\n工人2\t3000\t2026-11-17\n"
    page = visitor.submit(visitor.get(f"{base}/payments/list"), FORM, 200, action="preview", lines=text)
    options = page.soup.select("select[name=whose-2] option")
    assert [" ".join(option.get_text().split()) for option in options] == ["请选", "工人2 还欠 4,000.00", "工人2 还欠 3,000.00"]
    chosen = visitor.submit(page, FORM, 200, action="save", take=["2"], **{"whose-2": options[2]["value"]})
    assert chosen.all("tbody td.state") == ["对上了"]
    visitor.submit(chosen, FORM, action="save")
    with app.app_context():
        lines = case_money.position(db.session.scalars(select(Case)).one(), house.TODAY).workers
        assert [line.performance.outstanding_fen for line in lines] == [500000, 400000, 0]


@pytest.mark.parametrize("lines", ["", "今天天气很好", "收款人\t金额\n"])
def test_what_is_no_list_is_refused_beside_the_field(client, base, lines):
    visitor = client("mediator")
    page = visitor.submit(visitor.get(f"{base}/payments/list"), FORM, 422, action="preview", lines=lines)
    assert "没有读出一笔付款" in page.soup.select_one("#lines-error").get_text()


def test_who_may_not_record_money_finds_no_list(client, base):
    assert client("auditor").get(f"{base}/payments/list", status=403).status == 403
    assert client("mediator2").get(f"{base}/payments/list", status=404).status == 404


# A list for all cases -------------------------------------------------------------------------------------------------

OF_ALL = "/payments/list"
BOTH = ("收款人\t账号\t金额\t日期\t流水号\n巴特尔\t\t5000\t2026-11-17\t1\n乌兰\t6217000012345678915\t1500\t2026-11-17\t2\n"
        "外人\t\t100\t2026-11-17\t3\n")


def store_two(app) -> dict[str, str]:
    with app.app_context():
        who = house.actor("mediator")
        found = {}
        for name, fens in (("巴特尔", [500000, 400000]), ("乌兰", [150000])):
            case = ledgers.agreed_case(who, fens, ledgers.days(who, 20), ledgers.days(who, -10))
            next(party for party in case.parties if party.side == "applicant").name = name
            found[name] = case.number
        db.session.commit()
        return found


@pytest.fixture
def two(app):
    return prepared.once(app, store_two)


def test_one_list_pays_in_several_cases_and_is_known_when_it_comes_again(app, client, two):
    visitor, data = client("mediator"), BOTH.replace("\t", ",").encode()
    page = visitor.submit(visitor.get(OF_ALL), BRING, 200, file=(io.BytesIO(data), "十一月代发.csv"))
    assert page.all("tbody td.state") == ["对上了", "对上了", "没有对上的人"]
    done = visitor.submit(page, FORM, action="save", take=["2", "3"], account=["3"])
    assert "已按清单登记2笔，6,500.00元" in visitor.get(done.location).text
    with app.app_context():
        cases = {case.number: case for case in db.session.scalars(select(Case))}
        assert [cases[two[name]].arrived_fen for name in ("巴特尔", "乌兰")] == [500000, 150000]
        [entry] = case_money.payments_of(cases[two["乌兰"]])
        assert entry.proof_note == "银行清单第3行，流水号 2，文件 十一月代发.csv" and entry.payer_party_id
        assert [p.account for p in cases[two["乌兰"]].parties if p.name == "乌兰"] == ["6217000012345678915"]
        assert db.session.scalars(select(Attachment)).all() == [] and not digests.verify()
    again = visitor.submit(visitor.get(OF_ALL), FORM, 200, action="preview", lines=BOTH)
    assert again.all("tbody td.state")[0] == "已经登记过" and not again.soup.select("button[value=save]")


def test_a_list_finds_only_cases_for_which_the_reader_may_record(client, two):
    assert client("auditor").get(OF_ALL, status=403).status == 403
    stranger = client("mediator2")
    shown = stranger.submit(stranger.get(OF_ALL), FORM, 200, action="preview", lines=BOTH)
    assert shown.all("tbody td.state") == ["没有对上的人"] * 3


def test_namesakes_of_two_cases_are_chosen_by_their_case(app, client, two):
    with app.app_context():
        for party in db.session.scalars(select(Case).where(Case.number == two["乌兰"])).one().parties:
            party.name = "巴特尔" if party.name == "乌兰" else party.name
        db.session.commit()
    visitor = client("mediator")
    page = visitor.submit(visitor.get(OF_ALL), FORM, 200, action="preview", lines="收款人\t金额\t日期\n巴特尔\t1500\t2026-11-17\n")
    options = page.soup.select("select[name=whose-2] option")
    assert [two[name][-9:] in option.get_text() for name, option in zip(two, options[1:], strict=True)] == [True, True]
    chosen = visitor.submit(page, FORM, 200, action="preview", take=["2"], **{"whose-2": options[2]["value"]})
    assert chosen.all("tbody td.state") == ["对上了"]
    visitor.submit(chosen, FORM, action="save")
    with app.app_context():
        assert {case.number: case.arrived_fen for case in db.session.scalars(select(Case))} == {
            two["巴特尔"]: 0, two["乌兰"]: 150000}
