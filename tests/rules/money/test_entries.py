"""What the entries that stand say against one more: more back than came, and the same money twice."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mediation.rules.money import amounts, entries
from mediation.rules.money.amounts import Payment
from mediation.rules.money.entries import Slip, Worker
from mediation.rules.money.payment_checks import Entry
from mediation.rules.reading import read_amount
from mediation.rules.text_cleaning import Unreadable

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)


def came(on: date | None, fen: int) -> Payment:
    return Payment(on, fen)


def back(on: date | None, fen: int) -> Payment:
    return Payment(on, fen, is_return=True)


@pytest.mark.parametrize("moved, low", [
    ([], 0), ([came(JUNE, 800)], 0), ([came(JUNE, 800), back(JULY, 800)], 0), ([came(JUNE, 800), back(JULY, 801)], -1),
    ([came(JULY, 800), back(JUNE, 300)], -300),  # it had not come yet when it went back
    ([came(JUNE, 800), back(JUNE, 800)], 0),  # the same day
    ([came(None, 800), back(None, 800), came(JULY, 5)], 0),  # days that nobody knows
    ([came(JUNE, 800), came(JUNE, -800), back(JULY, 1)], -1),  # what was reversed never came
    ([came(JUNE, 800), back(JULY, 500), back(JULY, -500), back(AUGUST, 800)], 0),  # a return that was reversed
    ([Payment(JUNE, 800, is_proved=False), back(JULY, 1)], -1), ([Payment(JUNE, 800, is_goods=True), back(JULY, 1)], -1),
])
def test_the_lowest_balance_counts_day_by_day(moved, low):
    assert entries.lowest(moved) == low


def asked(entry: Entry, *moved: Payment) -> list[tuple[str, str]]:
    found = entries.back_problems(entry, {7: Worker("李四", moved)})
    return [(problem.field, problem.confirm or "") for problem in found]


def returning(fen: int, on: date | None = JULY, **values) -> Entry:
    return Entry(on, fen, shares={7: fen}, direction="to_employer", **values)


def test_never_more_goes_back_than_came_to_that_worker():
    assert asked(returning(801, reason="多付"), came(JUNE, 800)) == [("amount", "")]
    assert asked(returning(1, reason="多付")) == [("amount", "")]  # nothing had come
    assert asked(returning(301, reason="多付"), came(JUNE, 800), back(JUNE, 500)) == [("amount", "")]  # some went back
    assert asked(returning(500, JUNE, reason="多付"), came(JUNE, 800), back(AUGUST, 400)) == [("amount", "")]
    assert asked(returning(300, reason="多付"), came(JUNE, 800), back(JUNE, 500)) == [("amount", "confirm_back")]


def test_the_sentence_names_what_may_go_back_at_most():
    [problem] = entries.back_problems(returning(900_00, reason="多付"), {7: Worker("李四", [came(JUNE, 800_00)])})
    assert problem.text.zh == "李四到那天到账还没有返还的只有800.00元，不能返还900.00元"


def test_money_back_is_asked_with_its_reason():
    assert asked(returning(300), came(JUNE, 800)) == [("amount", "confirm_back"), ("reason", "")]
    assert asked(replace(returning(300), direction="to_worker"), came(JUNE, 800)) == []


def slip(seq: int = 0, **values) -> Slip:
    return Slip(**{"seq": seq, "paid_on": JUNE, "fen": 400000, "direction": "to_worker", "shares": {7: 400000},
                   "payer_party_id": 1, **values})


@pytest.mark.parametrize("earlier, is_twin", [
    ({}, True), ({"paid_on": JULY}, False), ({"fen": 400001}, False), ({"direction": "to_employer"}, False),
    ({"payer_party_id": 2}, False), ({"shares": {8: 400000}}, False), ({"is_proved": False}, False),
    ({"payer_party_id": 2, "proof_note": "回单 尾号０８１５"}, True),  # the same slip, another payer was typed
    ({"shares": {8: 400000}, "proof_note": "回单0815"}, True),
    ({"payer_party_id": 2, "proof_note": "尾号0816"}, False),
    ({"shares": {8: 400000}, "proof_note": "2026-06-01问过"}, False)])
def test_the_same_day_sum_and_payer_or_slip_may_be_one_payment(earlier, is_twin):
    new = slip(proof_note="尾号0815，2026年6月1日")
    assert (entries.twin_of(new, [slip(3, **earlier)]) is not None) is is_twin


def test_payers_by_name_are_compared_as_names():
    one, other = slip(payer_party_id=None, payer_name="老板的弟弟"), slip(1, payer_party_id=None, payer_name=" 老板的弟弟")
    assert entries.twin_of(one, [other]) == other


def test_an_entry_told_apart_is_no_twin_any_more():
    rows = [slip(1), slip(2), slip(3, is_another=True)]
    assert [(one.seq, earlier.seq) for one, earlier in entries.unconfirmed(rows)] == [(2, 1)]


@pytest.mark.parametrize("typed", ["(500)", "（500）", "(500.00)", "( 1,200 )", "（5千）", "(500元)", "500-", "负500", "−500"])
def test_a_sum_to_be_subtracted_is_never_read_as_one_to_be_added(typed):
    for read in (amounts.parse_yuan, read_amount):
        with pytest.raises(Unreadable) as caught:
            read(typed)
        assert caught.value.text == amounts.NEGATIVE


def test_a_remark_in_brackets_is_no_negative_sum():
    assert read_amount("36000元（约）").value == 3600000
    assert (read_amount("(约500)").value, read_amount("(约500)").precision) == (50000, "approx")


def test_what_went_back_makes_no_sum_negative_and_overdue_is_never_above_what_fell_due():
    steps = [amounts.Instalment(1, JUNE, 400), amounts.Instalment(2, AUGUST, 800)]
    moved = [came(JUNE, 800), back(JUNE, 99_000)]
    for on in (date(2026, 5, 1), JUNE, JULY, date(2026, 9, 1)):
        for is_accelerated in (False, True):
            found = amounts.performance(steps, moved, on, is_accelerated)
            sums = [value for name, value in found._asdict().items() if name.endswith("_fen")]
            assert min(sums) >= 0 and found.overdue_fen <= found.due_fen, (on, is_accelerated, found)
            assert all(0 <= step.paid_fen <= step.fen for step in found.instalments)
