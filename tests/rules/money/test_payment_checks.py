"""What a payment must say and how a slip is shared, without a database."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.rules.money import payment_checks
from mediation.rules.money.payment_checks import Account, Entry

TODAY = date(2026, 11, 18)


def fields(found) -> list[tuple[str, str]]:
    return [(problem.field, problem.confirm) for problem in found]


@given(st.integers(0, 10**6), st.lists(st.dictionaries(st.integers(1, 5), st.integers(1, 10**5), min_size=1), max_size=6))
def test_a_slip_fills_the_earliest_instalments_exactly(total, steps):
    shares = payment_checks.fill(total, steps)
    assert sum(shares.values()) == min(total, sum(sum(parts.values()) for parts in steps))
    if steps and total >= sum(steps[0].values()):
        assert all(shares[party] >= fen for party, fen in steps[0].items())


def account(**values: object) -> Account:
    return Account(**{"workers": frozenset({1, 2}), "owed": {1: 500, 2: 500}, "has_agreement": True, **values})


def pay(**values: object) -> Entry:
    return Entry(**{"paid_on": TODAY, "amount_fen": 1000, "shares": {1: 500, 2: 500}, "payer_kind": "respondent",
                    **values})


def test_a_payment_of_what_is_owed_passes():
    assert payment_checks.entry_problems(pay(), account()) == []


@pytest.mark.parametrize(("values", "expected"), [
    ({"amount_fen": 0, "shares": {}}, [("amount", "")]),
    ({"shares": {1: 500, 2: 499}}, [("amount", "")]),
    ({"shares": {1: 500, 9: 500}}, [("shares", ""), ("amount", "confirm_over"), ("reason", "")]),
    ({"paid_on": None}, [("paid_on", "")]),
    ({"way": "shells", "proof": "rumour"}, [("way", ""), ("proof", "")]),
    ({"proof": "worker_word"}, [("proof_note", "")]),
])
def test_problems_of_a_payment(values, expected):
    assert fields(payment_checks.entry_problems(pay(**values), account())) == expected


@pytest.mark.parametrize("values", [{"has_agreement": False, "owed": {}}, {"owed": {1: 400, 2: 600}},
                                    {"made_on": date(2026, 12, 1)}])
def test_a_surplus_or_money_before_the_agreement_is_asked_back_with_a_reason(values):
    assert fields(payment_checks.entry_problems(pay(), account(**values))) == [("amount", "confirm_over"), ("reason", "")]
    assert fields(payment_checks.entry_problems(pay(reason="另付生活费"), account(**values))) == [("amount", "confirm_over")]


@pytest.mark.parametrize("values", [{"proof": "said"}, {"way": "goods"}, {"direction": "to_employer"}])
def test_what_counts_nowhere_is_never_a_surplus(values):
    assert payment_checks.entry_problems(pay(**values), account(owed={})) == []
