"""Whose money a line of a bank's list is: sure, asked, held, known already, or nobody's."""
from __future__ import annotations

from datetime import date

import pytest

from mediation.rules.money import bank_matching
from mediation.rules.money.bank_lists import Transfer
from mediation.rules.money.bank_matching import Owed, Proposal, Recorded, match

DAY = date(2026, 11, 20)
CARD, OTHER_CARD = "6217000012345678907", "6217000012345671111"
BATU = Owed((1, 11), "巴图", account=CARD, outstanding_fen=900000, steps_fen=(300000, 300000, 300000))
SARNAI = Owed((1, 12), "萨日娜", outstanding_fen=500000, steps_fen=(500000,))
CREW = [Owed((1, n), name, "赵班长", "", fen, (fen,)) for n, name, fen in ((21, "甲一", 100000), (22, "乙二", 250000))]


def line(payee: str, fen: int, account: str = "", number: int = 1, **values: object) -> Transfer:
    return Transfer(number, "", **{"payee": payee, "account": account, "fen": fen, "day": DAY, **values})  # type: ignore[arg-type]


def one(transfer: Transfer, *owed: Owed, **more: object) -> Proposal:
    return match([transfer], owed or (BATU, SARNAI), **more)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("fen", [300000, 600000, 900000])
def test_name_account_and_whole_instalments_are_sure(fen):
    found = one(line("巴 图", fen, CARD))
    assert (found.fate, found.shares, found.asks) == ("sure", (((1, 11), fen),), ())
    assert [text.zh for text in found.why] == ["姓名对上", "账号一致"]


def test_an_unknown_account_does_not_stand_in_the_way():
    assert one(line("萨日娜", 500000, OTHER_CARD)).fate == "sure"


@pytest.mark.parametrize(("fen", "said", "reason"), [
    (250000, "只是一部分：还欠9,000.00元", False), (950000, "比还欠的9,000.00元多500.00元，要写明为什么", True)])
def test_another_sum_is_asked(fen, said, reason):
    found = one(line("巴图", fen, CARD))
    assert (found.fate, [text.zh for text in found.asks], found.needs_reason) == ("ask", [said], reason)


@pytest.mark.parametrize("account", [OTHER_CARD, "6217****1111", "尾号1111"])
def test_another_account_than_the_known_one_is_held(account):
    found = one(line("巴图", 300000, account))
    assert (found.fate, found.asks[0].zh[:21]) == ("held", "清单上的账号（尾号1111）不是登记的（尾")


@pytest.mark.parametrize("account", ["6217****8907", "尾号8907", "****907", CARD])
def test_what_is_shown_of_an_account_is_compared(account):
    assert one(line("巴图", 300000, account)).fate == "sure"


def test_a_change_of_payee_that_nobody_has_confirmed_holds_the_line():
    assert one(line("巴图", 300000, CARD), BATU._replace(is_waiting=True)).fate == "held"


def test_two_of_one_name_are_told_apart_by_account_or_asked():
    other = BATU._replace(key=(1, 13), account=OTHER_CARD)
    assert one(line("巴图", 300000, OTHER_CARD), BATU, other).shares == (((1, 13), 300000),)
    found = one(line("巴图", 300000), BATU, other)
    assert (found.fate, [choice.key for choice in found.choices], found.shares) == ("ask", [(1, 11), (1, 13)], ())
    chosen = one(line("巴图", 300000), BATU, other, chosen={1: (1, 13)})
    assert (chosen.fate, chosen.shares) == ("sure", (((1, 13), 300000),))


def test_one_line_for_several_people_is_asked_and_shared_to_the_fen():
    whole = one(line("赵班长", 350000), *CREW)
    assert (whole.fate, whole.shares) == ("ask", (((1, 21), 100000), ((1, 22), 250000)))
    assert whole.asks[0].zh == "一笔付了2人：甲一、乙二"
    part = one(line("赵班长", 100000), *CREW)  # 100,000 × 100/350 and × 250/350, to the fen
    assert part.shares == (((1, 21), 28571), ((1, 22), 71429))
    assert [text.zh for text in part.asks][1].startswith("一笔付了2人，比还欠的3,500.00元少")
    named = one(line("甲一、乙二", 350000), *CREW)
    assert (named.fate, len(named.shares)) == ("ask", 2)


def test_a_payee_of_one_worker_is_sure_and_the_worker_named_beside_him_too():
    assert one(line("赵班长", 100000), CREW[0]).fate == "sure"
    assert one(line("赵班长", 250000, worker="乙二"), *CREW).shares == (((1, 22), 250000),)


@pytest.mark.parametrize(("name", "key"), [("巴*", (1, 11)), ("*日娜", (1, 12)), ("萨**", (1, 12)), ("**", None), ("王*", None)])
def test_a_masked_name_is_asked(name, key):
    found = one(line(name, 500000))
    assert (found.fate, [whose for whose, _fen in found.shares]) == (("ask", [key]) if key else ("nobody", []))


def test_the_account_alone_is_asked():
    found = one(line("乌云", 300000, CARD))
    assert (found.fate, found.asks[0].zh) == ("ask", "账号是巴图的，户名写的是“乌云”")


@pytest.mark.parametrize("fate", ["failed", "pending", "in", "unread"])
def test_what_was_not_paid_is_never_offered(fate):
    found = one(line("巴图", 300000, CARD, fate=fate))
    assert (found.fate, found.shares) == (fate, ())


def test_what_one_line_pays_is_not_owed_to_the_next():
    first, second, third = match([line("萨日娜", 200000, number=1), line("萨日娜", 300000, number=2, day=None),
                                  line("萨日娜", 100, number=3)], [SARNAI], day=date(2026, 11, 21))
    assert (first.fate, second.fate, second.line.day) == ("ask", "sure", date(2026, 11, 21))
    assert third.asks[0].zh == "比还欠的0.00元多1.00元，要写明为什么"


def test_the_same_line_twice_is_asked_unless_references_differ():
    lines = [line("巴图", 300000, CARD, n) for n in (1, 2)]
    assert [found.fate for found in match(lines, [BATU])] == ["sure", "ask"]
    lines = [line("巴图", 300000, CARD, n, reference=f"8812000{n}") for n in (1, 2)]
    assert [found.fate for found in match(lines, [BATU])] == ["sure", "sure"]


def test_what_stands_in_the_ledger_is_known_by_day_worker_sum_and_reference():
    entry = Recorded((1, 11), 3, DAY, 300000, "银行清单第1行，流水号 88120001")
    lines = [line("巴图", 300000, CARD, reference="88120001"), line("巴图", 300000, CARD, 2, reference="88120002"),
             line("巴图", 300000, CARD, 3, day=date(2026, 11, 21))]
    known, other, later = match(lines, [BATU._replace(outstanding_fen=600000, steps_fen=(300000, 300000))], [entry])
    assert (known.fate, known.seq, known.why[0].zh) == ("known", 3, "第3笔到账")
    assert (other.fate, later.fate) == ("sure", "sure")
    one_more = match([line("巴图", 300000, CARD, reference="88120002")], [BATU], [entry])[0]
    assert (one_more.fate, one_more.asks[0].zh) == ("ask", "第3笔到账同一天、同样金额，是另外一笔吗？")


def test_an_entry_makes_one_line_known_and_not_two():
    entry = Recorded((1, 11), 1, DAY, 300000)
    lines = [line("巴图", 300000, CARD, n) for n in (1, 2)]
    assert [found.fate for found in match(lines, [BATU], [entry])] == ["known", "sure"]


def test_a_payment_to_several_is_known_by_its_whole_sum():
    entries = [Recorded((1, 21), 2, DAY, 100000), Recorded((1, 22), 2, DAY, 250000)]
    assert one(line("赵班长", 350000), *CREW, recorded=entries).fate == "known"


def test_without_an_agreement_every_line_asks_why():
    found = one(line("巴图", 300000, CARD), BATU._replace(has_agreement=False, outstanding_fen=0, steps_fen=()))
    assert (found.fate, found.needs_reason, found.asks[0].zh) == ("ask", True, "还没有协议，要写明为什么")


def test_every_fate_has_its_words():
    assert set(bank_matching.TAKEN) < set(bank_matching.FATES)
