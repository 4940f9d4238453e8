"""Plans of an agreement without a database: shared to the fen, written as lines, covered payer by payer."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.language import Refused
from mediation.rules.money import amounts, plans
from mediation.rules.money.amounts import Instalment, Payment, performance
from mediation.rules.money.plans import Names, Plan, Step

MADE_ON = date(2026, 11, 18)
NAMES = Names(((1, "张三"), (2, "李四"), (3, "斯琴 高娃")), ((90, "乌拉特中旗甲建筑公司"), (91, "乙劳务公司")), MADE_ON)
ALL = (1, 2, 3)


def planned(*fens: int, payers: tuple[int, ...] = (), workers: tuple[int, ...] = ()) -> Plan:
    return Plan(payers, workers, tuple(Step(MADE_ON, "", fen) for fen in fens))


# Shared to the fen ----------------------------------------------------------------------------------------------

@given(st.data())
def test_shares_sum_both_ways_to_the_fen(data):
    columns = data.draw(st.lists(st.integers(1, 10**9), min_size=1, max_size=40))
    total = sum(columns)
    steps = data.draw(st.integers(1, min(12, total)))
    cuts = sorted(data.draw(st.lists(st.integers(0, total), min_size=steps - 1, max_size=steps - 1)))
    rows = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    found = plans.share([planned(*rows)], dict(enumerate(columns)))
    assert [sum(parts.values()) for parts in found.of_plans[0]] == rows
    assert set(found.left.values()) == {0} and not found.over
    assert all(fen > 0 for parts in found.of_plans[0] for fen in parts.values())


@given(st.integers(1, 12), st.lists(st.integers(1000, 10**8), min_size=1, max_size=40))
def test_equal_instalments_give_each_worker_nearly_equal_parts(count, columns):
    rows = amounts.split_evenly(sum(columns), count)
    table = plans.share([planned(*rows)], dict(enumerate(columns))).of_plans[0]
    for worker, fen in enumerate(columns):
        parts = [row.get(worker, 0) for row in table]
        assert max(parts) - min(parts) <= fen * count // sum(columns) + count + 1


def test_plans_of_two_payers_share_what_all_workers_get():
    found = plans.share([planned(6000, payers=(90,)), planned(4000, payers=(91,))], {1: 3333, 2: 3333, 3: 3334})
    assert [sum(parts.values()) for rows in found.of_plans for parts in rows] == [6000, 4000]
    assert set(found.left.values()) == {0}


def test_what_is_missing_and_what_is_too_much_is_told_by_worker_and_plan():
    found = plans.share([planned(5000, workers=(1,)), planned(9000, workers=(2,))], {1: 6000, 2: 8000, 3: 100})
    assert (found.left, found.over) == ({1: 1000, 2: 0, 3: 100}, {2: 1000})


def test_nobody_stands_in_two_plans_of_one_payer():
    twice = [planned(1, payers=(90, 91), workers=(1, 2)), planned(1, workers=(2, 3))]
    assert plans.twice_planned(twice, 91) == {2}
    assert plans.twice_planned(twice, 92) == set()


# Written as lines -----------------------------------------------------------------------------------------------

def test_each_worker_has_dates_of_his_own():
    found = plans.read_lines("姓名\t金额\t哪天付\n张三\t8000\t12.31\n张三\t2000\t春节前\n李四\t1.2万\t竣工后", NAMES)
    assert found == [
        Plan((), (1,), (Step(date(2026, 12, 31), "", 800000), Step(date(2027, 2, 5), "春节前", 200000))),
        Plan((), (2,), (Step(None, "竣工后", 1200000),))]


def test_several_payers_in_a_line_are_jointly_liable_and_in_two_lines_each_for_his_part():
    assert plans.read_lines("全部 3万 12.31 甲建筑公司、乙劳务公司", NAMES) == [
        Plan((90, 91), ALL, (Step(date(2026, 12, 31), "", 3000000),))]
    assert [(plan.payers, plan.workers) for plan in plans.read_lines(
        "全部 2万 12.31 甲建筑公司\n全部 1万 12.31 乙劳务", NAMES)] == [((90,), ALL), ((91,), ALL)]


def test_a_group_and_the_rest():
    found = plans.read_lines("张三、斯琴高娃 2万 12.31\n其余 5000 1.31", NAMES)
    assert [plan.workers for plan in found] == [(1, 3), (2,)]


def test_a_name_with_a_blank_is_one_name():
    assert plans.read_lines("斯琴 高娃 7000 12.31", NAMES)[0].workers == (3,)


@pytest.mark.parametrize(("line", "said"), [
    ("张三", "第1行没有金额"), ("张三\t8000", "第1行没有写哪天付"), ("王五 8000 12.31", "没有“王五”"),
    ("张三 8000 11月31日", "没有31日"), ("张三 8000 12.31 丙公司", "没有叫“丙公司”的付款人"),
    ("张三 8000 12.31 公司", "不止一个")])
def test_a_line_that_cannot_be_read_is_named(line, said):
    with pytest.raises(Refused) as refusal:
        plans.read_lines(line, NAMES)
    assert [(p.field, said in p.text.zh) for p in refusal.value.problems] == [("lines", True)]


# Covered payer by payer -----------------------------------------------------------------------------------------

def owed(*steps: tuple[int, date, int, int]) -> list[Instalment]:
    return [Instalment(seq, due_on, fen, payer, frozenset({payer})) for seq, due_on, fen, payer in steps]


EACH_HIS_PART = owed((1, date(2026, 12, 1), 5000, 90), (2, date(2027, 3, 1), 3000, 91))


def test_who_pays_early_settles_nobody_elses_part():
    found = performance(EACH_HIS_PART, [Payment(date(2026, 12, 1), 3000, payer=91)], date(2027, 1, 1))
    assert (found.overdue_fen, found.outstanding_fen) == (5000, 5000)
    assert [(step.paid_fen, step.is_overdue) for step in found.instalments] == [(0, True), (3000, False)]
    assert [amounts.state_of([step]) for step in found.instalments] == ["BREACHED", "PERFORMED"]


def test_what_a_payer_pays_beyond_his_part_and_what_others_pay_counts_for_all():
    paid = [Payment(date(2026, 12, 1), 6000, payer=90), Payment(date(2026, 12, 1), 1000, payer=None)]
    found = performance(EACH_HIS_PART, paid, date(2027, 4, 1))
    assert (found.overdue_fen, [step.paid_fen for step in found.instalments]) == (1000, [5000, 2000])


def test_in_one_plan_every_jointly_liable_payer_pays_for_all():
    joint = [Instalment(1, date(2026, 12, 1), 5000, 1, frozenset({90, 91}))]
    found = performance(joint, [Payment(date(2026, 12, 1), 2000, payer=90), Payment(date(2026, 12, 1), 3000, payer=91)],
                        date(2027, 1, 1))
    assert (found.state, found.overdue_fen) == ("PERFORMED", 0)


@pytest.mark.parametrize(("states", "state"), [
    (["PERFORMED", "PERFORMED"], "PERFORMED"), (["PERFORMED", "BREACHED"], "BREACHED"), (["PARTLY", "NOT_DUE"], "PARTLY"),
    (["PERFORMED", "NOT_DUE"], "PARTLY"), (["NOT_DUE", "NOT_DUE"], "NOT_DUE"), (["PARTLY", "BREACHED"], "BREACHED")])
def test_an_agreement_is_performed_when_every_plan_is_and_breached_when_one_is(states, state):
    assert amounts.worst(states) == state


# The whole of a plan falls due on a missed instalment ------------------------------------------------------------

TWO_PAYERS = [
    Instalment(1, date(2026, 12, 10), 2000, 1, frozenset({90})), Instalment(2, date(2027, 1, 10), 3000, 1, frozenset({90})),
    Instalment(3, date(2026, 12, 10), 1000, 2, frozenset({91})), Instalment(4, date(2027, 2, 10), 4000, 2, frozenset({91}))]


def test_a_missed_instalment_brings_forward_the_rest_of_its_own_plan_only():
    kept = [Payment(date(2026, 12, 1), 1000, payer=91)]
    now = performance(TWO_PAYERS, kept, date(2026, 12, 11), is_accelerated=True)
    assert (now.overdue_fen, now.due_fen, now.outstanding_fen) == (5000, 6000, 9000)
    assert [(row.seq, row.paid_fen, row.is_overdue) for row in now.instalments] == [
        (1, 0, True), (3, 1000, False), (2, 0, True), (4, 0, False)]


def test_both_plans_fall_due_when_both_are_missed():
    now = performance(TWO_PAYERS, [], date(2026, 12, 11), is_accelerated=True)
    assert (now.overdue_fen, now.due_fen) == (10000, 10000)
