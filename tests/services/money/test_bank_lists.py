"""A bank's list becomes payments: each bounded as one typed by hand, with the file beside them, and never twice."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case, Correction, Event, Payment
from mediation.queries.house import digests
from mediation.queries.money import case_money
from mediation.rules.language import Refused
from mediation.rules.money.payment_checks import Entry
from mediation.services.money import bank_lists, payments
from mediation.services.money.bank_lists import Wanted
from mediation.services.papers import list_files
from tests import house, ledgers

HEAD = "收款人\t账号\t金额\t日期\t流水号\t状态\n"
LIST = (HEAD + "巴特尔\t\t5000\t2026-11-17\t88120001\t成功\n工人2\t6217000012345678915\t4000\t2026-11-17\t88120002\t成功\n"
        "工人3\t\t3000\t2026-11-17\t88120003\t失败\n某公司\t\t900\t2026-11-17\t88120004\t成功\n")
DAY = date(2026, 11, 17)


@pytest.fixture
def case(inside):
    who = house.actor("mediator")
    made = ledgers.agreed_case(who, [500000, 400000, 300000], date(2026, 12, 20), date(2026, 11, 10))
    return made


def record(case: Case, text: str, lines: set[int], **more: object) -> list[Payment]:
    entry = Entry(more.pop("day", None), 0, payer_party_id=next(p.id for p in case.parties if p.side == "respondent"),
                  reason=more.pop("reason", ""))
    return bank_lists.record(case, Wanted(text, lines, more.pop("chosen", {}), entry, **more), house.actor("mediator"))


def look(case: Case, text: str) -> list[tuple[int, str]]:
    shown = bank_lists.preview([case], text, house.actor("mediator").today, {})
    return [(found.line.line, found.fate) for found in shown.proposals]


def owed(case: Case) -> list[int]:
    return [line.performance.outstanding_fen for line in case_money.position(case, house.actor("mediator").today).workers]


def test_the_ticked_lines_become_payments_with_one_event_and_the_file_beside(case, tmp_path):
    who = house.actor("mediator")
    assert look(case, LIST) == [(2, "sure"), (3, "sure"), (4, "failed"), (5, "nobody")]
    file = list_files.keep(case, "代发.csv", LIST.encode(), tmp_path, who)
    made = record(case, LIST, {2, 3}, file=file)
    assert [(row.amount_fen, row.paid_on, row.proof, len(row.shares)) for row in made] == [
        (500000, DAY, "bank_slip", 1), (400000, DAY, "bank_slip", 1)]
    assert [row.proof_note for row in made] == [
        "银行清单第2行，流水号 88120001", "银行清单第3行，流水号 88120002，附件在第1笔"]
    assert not any(row.is_another for row in made) and owed(case) == [0, 0, 300000]
    row = db.session.scalars(select(Attachment)).one()
    assert (row.name, row.about_kind, row.about_id) == ("代发.csv", "payment", made[0].id)
    kinds = db.session.scalars(select(Event.kind).where(Event.kind.in_(["payments_recorded", "payment_recorded", "file_added"]))).all()
    assert kinds == ["file_added", "payments_recorded"] and not digests.verify()


def test_the_same_list_again_finds_nothing_new(case, tmp_path):
    who = house.actor("mediator")
    file = list_files.keep(case, "代发.csv", LIST.encode(), tmp_path, who)
    record(case, LIST, {2, 3}, file=file)
    assert list_files.keep(case, "代发（1）.csv", LIST.encode(), tmp_path, who) is file
    assert look(case, LIST) == [(2, "known"), (3, "known"), (4, "failed"), (5, "nobody")]
    with pytest.raises(Refused, match="第2行不能登记"):
        record(case, LIST, {2})
    assert len(case_money.payments_of(case)) == 2


def test_what_was_reversed_is_found_anew(case):
    first = record(case, LIST, {2, 3})[0]
    payments.reverse_payment(case, first, "记错了", house.actor("mediator"))
    assert look(case, LIST)[:2] == [(2, "sure"), (3, "known")]


def test_all_or_none_and_every_problem_by_its_line(case):
    text = HEAD.replace("日期", "金额2") + "巴特尔\t\t5000\n工人2\t\t9000\n工人3\t\t3000\n"
    with pytest.raises(Refused) as refused:
        record(case, text, {2, 3})
    assert [(one.field, one.text.zh) for one in refused.value.problems] == [
        ("day", "第2行没有日期：请填哪天到账"), ("day", "第3行没有日期：请填哪天到账"), ("reason", "请写明为什么")]
    with pytest.raises(Refused, match="打勾"):
        record(case, text, set(), day=DAY)
    assert case_money.payments_of(case) == []
    made = record(case, text, {2, 3}, day=DAY, reason="连同利息")
    assert [(row.amount_fen, row.reason) for row in made] == [(500000, ""), (900000, "连同利息")]


def test_one_line_for_a_crew_is_one_payment_shared_to_the_fen(case):
    for party in case.parties:
        if party.name in ("工人2", "工人3"):
            party.payee_name = "赵班长"
    made = record(case, "收款人\t金额\t日期\n赵班长\t7000\t2026-11-17\n", {2})
    assert [share.amount_fen for share in made[0].shares] == [400000, 300000] and owed(case) == [500000, 0, 0]


def test_namesakes_are_chosen_first(case):
    for party in case.parties:
        party.name = "工人2" if party.name == "工人3" else party.name
    text = "收款人\t金额\t日期\n工人2\t3000\t2026-11-17\n"
    with pytest.raises(Refused, match="同名的不止一个"):
        record(case, text, {2})
    third = sorted(p.id for p in case.parties if p.side == "applicant")[2]
    record(case, text, {2}, chosen={2: (case.id, third)})
    assert owed(case) == [500000, 400000, 0]


def test_another_account_waits_until_the_correction_is_confirmed(case):
    worker = next(p for p in case.parties if p.name == "工人2")
    worker.account = "6217000012341111"
    assert look(case, LIST)[1] == (3, "held")
    with pytest.raises(Refused, match="第3行不能登记"):
        record(case, LIST, {3})
    worker.account = "6217000012345678915"
    row = Correction(case_id=case.id, party_id=worker.id, field="account", reason="本人换卡", is_waiting=True, made_on=DAY,
                     made_by_id=house.actor("mediator").user_id)
    row.old = "6217000012341111"
    db.session.add(row)
    db.session.flush()
    assert look(case, LIST)[1] == (3, "held")
    row.confirmed_on = DAY
    db.session.flush()
    assert look(case, LIST)[1] == (3, "sure")


def test_what_the_employer_said_is_proved_by_the_list(case):
    who = house.actor("mediator")
    first = next(p.id for p in case.parties if p.side == "applicant")
    ledgers.pay(case, who, 500000, DAY, "said", shares={first: 500000})
    assert look(case, LIST)[0] == (2, "sure")
    record(case, LIST, {2})
    rows = case_money.payments_of(case)
    assert [(row.amount_fen, row.proof) for row in rows] == [(500000, "said"), (-500000, "said"), (500000, "bank_slip")]
    assert case_money.position(case, who.today).unverified_fen == 0


def test_equal_sums_on_one_day_to_several_are_no_twins(case):
    text = HEAD + "".join(f"{name}\t\t3000\t2026-11-17\t\t成功\n" for name in ("巴特尔", "工人2", "工人3"))
    made = record(case, text, {2, 3, 4})
    assert [row.is_another for row in made] == [False] * 3 and owed(case) == [200000, 100000, 0]
