"""The figures of the summary: cohort, periods, station, money, cut-off, and the wall."""
from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from mediation.extensions import db
from mediation.models import Case, HouseSetting
from mediation.queries.cases import search
from mediation.queries.figures import figure_rows, scopes, statistics
from mediation.queries.figures import reckoning as figures_
from mediation.rules.figures import catalogue as rules
from mediation.rules.figures import reporting
from mediation.rules.language import Refused
from tests import casework, house
from tests.ledgers import agreed_case, days, pay

KEYS = {"accepted", "settled", "rate_accepted", "rate_closed", "agreed_fen", "recovered_fen", "outstanding_fen", "workers",
        "registered", "claimed_fen", "rate_agreement_only", "performance_rate"}


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def figures(actor, period: str = "2026", station: str = "", cut_off: date | None = None) -> dict[str, object]:
    return {f.figure.key: f.value for f in statistics.summary(actor, period, station, cut_off).figures}


def put(mediator, state: str = "MEDIATING", outcome: str = "", on: date | None = None, **values) -> Case:
    """A case accepted on a day, with its outcome set by hand."""
    day = on or mediator.today
    case = casework.make_case(mediator, on=day)
    for name, value in {"state": state, "outcome": outcome, "accepted_on": day, "accepted_station_id": case.station_id,
                        "concluded_on": day if outcome else None, **values}.items():
        setattr(case, name, value)
    db.session.flush()
    return case


def test_an_empty_house_has_noughts_and_no_rates(mediator):
    found = figures(mediator)
    assert set(found) == KEYS
    assert {k: v for k, v in found.items() if k.startswith(("rate", "performance"))} == dict.fromkeys(
        ["rate_accepted", "rate_closed", "rate_agreement_only", "performance_rate"])
    assert all(v == 0 for k, v in found.items() if "rate" not in k)


def test_ten_accepted_six_settled(mediator):
    for outcome in ["AGREED"] * 4 + ["SETTLED"] * 2 + ["FAILED", "WITHDRAWN", "", ""]:
        put(mediator, outcome=outcome)
    put(mediator, outcome="DUPLICATE")
    for outcome in ("NOT_ACCEPTED", "REFUSED_BY_PARTY", "UNREACHABLE"):
        put(mediator, "REGISTERED", outcome, accepted_on=None)
    made = statistics.summary(mediator, "2026", "urad-middle")
    found = {f.figure.key: f for f in made.figures}
    assert (found["accepted"].value, found["settled"].value, found["registered"].value) == (10, 6, 14)
    assert (found["rate_accepted"].value, found["rate_accepted"].numerator, found["rate_accepted"].denominator) == (
        "60.00", 6, 10)
    assert (found["rate_closed"].value, found["rate_closed"].denominator) == ("75.00", 8)
    assert found["rate_agreement_only"].value == "50.00"
    assert found["rate_accepted"].text == "60.00 %"


def test_the_cohort_is_the_year_of_acceptance_whenever_it_ends(mediator):
    late = put(mediator, outcome="AGREED", on=date(2025, 12, 20), concluded_on=date(2026, 1, 9))
    assert figures(mediator, "2025")["settled"] == 1 and figures(mediator, "2026")["settled"] == 0
    assert figures(mediator, "2025")["rate_closed"] is None and figures(mediator, "2026")["rate_closed"] == "100.00"
    assert figures(mediator, "2025", cut_off=date(2025, 12, 31))["settled"] == 0
    assert late.accepted_on.year == 2025


@pytest.mark.parametrize(("period", "count"), [("2026", 1), ("2026Q3", 1), ("2026-09", 1), ("2026-10", 0), ("union-2026", 1),
                                               ("union-2027", 0), ("2026-09-30..2026-09-30", 1), ("..2026-09-29", 0), ("", 1)])
def test_periods_hold_their_days(mediator, period, count):
    put(mediator, on=date(2026, 9, 30))
    assert figures(mediator, period)["accepted"] == count


def test_a_station_counts_with_all_below_it_as_at_acceptance(mediator):
    case = put(mediator)
    case.station_id = house.get_station("window").id
    put(mediator)
    above = house.actor("supervisor")
    assert figures(above, station="urad-middle")["accepted"] == 2
    assert figures(above, station="practice")["accepted"] == 2
    assert figures(above, station="window")["accepted"] == 0


def test_four_sums_stay_four(mediator):
    case = agreed_case(mediator, [1000000, 2000000], days(mediator, -5))
    pay(case, mediator, 900000, proof="bank_slip")
    pay(case, mediator, 300000, proof="said")
    found = figures(mediator)
    assert (found["claimed_fen"], found["agreed_fen"], found["recovered_fen"], found["outstanding_fen"]) == (
        3000000, 3000000, 900000, 2100000)
    assert found["workers"] == 2 and found["performance_rate"] == "0.00"


def test_one_workers_surplus_hides_nobodys_loss(mediator):
    case = agreed_case(mediator, [1000000, 1000000], days(mediator, -5))
    first, second = [p.id for p in case.parties if p.side == "applicant"]
    pay(case, mediator, 1500000, shares={first: 1500000}, reason="多付的说好抵下月")
    assert figures(mediator)["recovered_fen"] == 1500000
    assert figures(mediator)["outstanding_fen"] == 1000000
    assert second


def test_money_that_arrives_counts_by_its_own_day(mediator):
    case = agreed_case(mediator, [3600000], date(2026, 6, 30), on=date(2026, 6, 10))
    pay(case, mediator, 1200000, on=date(2026, 6, 30))
    assert figures(mediator, "2026-06")["recovered_fen"] == 1200000
    assert figures(mediator, "2026-07")["recovered_fen"] == 0
    assert figures(mediator, "2026", cut_off=date(2026, 6, 29))["outstanding_fen"] == 3600000
    assert figures(mediator, "2026", cut_off=date(2026, 6, 30))["outstanding_fen"] == 2400000
    assert figures(mediator, "2026", cut_off=date(2026, 6, 9))["outstanding_fen"] == 0


def test_an_advance_is_recovered_and_is_no_performance(mediator):
    case = agreed_case(mediator, [1000000], days(mediator, -1))
    pay(case, mediator, 1000000, payer_kind="fund", payer_name="应急金")
    found = figures(mediator)
    assert (found["recovered_fen"], found["outstanding_fen"], found["performance_rate"]) == (1000000, 0, "0.00")


def test_paid_in_full_is_performed(mediator):
    case = agreed_case(mediator, [1000000], days(mediator, -1))
    pay(case, mediator, 1000000)
    assert figures(mediator)["performance_rate"] == "100.00"


def test_undated_late_entries_count_without_a_period(mediator):
    put(mediator, "CLOSED", "AGREED", accepted_on=None, concluded_on=None, received_on=None, is_late_entry=True)
    assert figures(mediator, "")["accepted"] == figures(mediator, "")["settled"] == figures(mediator, "")["registered"] == 1
    assert figures(mediator, "2026")["accepted"] == 0


def test_every_figure_opens_exactly_its_rows(mediator):
    for outcome in ["AGREED", "SETTLED", "FAILED", "DUPLICATE", ""]:
        put(mediator, outcome=outcome)
    put(mediator, outcome="AGREED", on=date(2025, 5, 5))
    pay(agreed_case(mediator, [1000000], days(mediator, -1)), mediator, 400000)
    for period in ("2026", "", "2026-11"):
        asked = scopes.read(mediator, period, "practice")
        for row in statistics.of(asked).figures:
            address, _question, query = row.href.partition("?")
            values = dict(part.split("=") for part in query.split("&"))
            if row.figure.key in ("agreed_fen", "recovered_fen", "outstanding_fen", "performance_rate"):
                assert values["station"] == "practice"
                rows = figure_rows.rows(asked, address.removeprefix("/statistics/rows/")).measure
                assert (rows.total if row.denominator is None else rows.count) == (row.denominator or row.value)
                continue
            assert address == "/cases"
            count = search.page(search.read(values, "", mediator), mediator).count
            if row.figure.unit == "case":
                assert count == row.value, (period, row.figure.key)
            elif row.denominator is not None:
                assert count == row.denominator, (period, row.figure.key)
            elif row.value:
                assert count > 0, (period, row.figure.key)


def test_figures_stop_at_the_wall(mediator):
    before = figures_.as_json(statistics.summary(mediator, "2026"))
    stranger = house.actor("mediator2")
    for _ in range(10):
        pay(agreed_case(stranger, [1000000], days(stranger, -1)), stranger, 400000)
    assert figures_.as_json(statistics.summary(mediator, "2026")) == before
    assert figures(stranger)["recovered_fen"] == 4000000
    assert figures(house.actor("auditor"))["accepted"] == 10
    with pytest.raises(Refused, match="example"):
        statistics.summary(mediator, "2026", "example")


def test_the_json_is_the_promised_shape(mediator):
    put(mediator, outcome="AGREED")
    db.session.add(HouseSetting(name="report-note:urad-middle:2026", value="来源写一至八月"))
    db.session.flush()
    made = json.loads(json.dumps(figures_.as_json(statistics.summary(mediator, "2026", "urad-middle")), ensure_ascii=False))
    assert set(made) == {"title", "period", "cut_off", "filters", "figures"}
    assert made["period"] == "2026" and made["cut_off"] == mediator.today.isoformat()
    assert made["filters"]["note"] == "来源写一至八月" and made["filters"]["station"] == "urad-middle"
    for figure in made["figures"]:
        assert set(figure) == {"key", "label", "value", "unit", "formula", "numerator", "denominator", "rows"}
        assert figure["formula"] and isinstance(figure["value"], (int, str, type(None)))
    assert {f["key"]: f["value"] for f in made["figures"]}["rate_accepted"] == "100.00"


def test_both_languages_have_every_formula():
    for figure in rules.SUMMARY.values():
        assert figure.label.zh and figure.label.en and figure.formula.zh and figure.formula.en
    assert set(rules.SUMMARY) == KEYS


@pytest.mark.parametrize(("numerator", "denominator", "text"), [(6, 10, "60.00"), (2, 3, "66.67"), (1, 3, "33.33"),
                                                                (1, 800, "0.13"), (0, 5, "0.00"), (5, 5, "100.00")])
def test_rates_are_rounded_half_up(numerator, denominator, text):
    assert reporting.rate(numerator, denominator) == text


def test_last_monday_is_never_today():
    for n in range(14):
        day = date(2026, 11, 9) + timedelta(n)
        found = reporting.last_monday(day)
        assert found.weekday() == 0 and 1 <= (day - found).days <= 7


def report(app, *words: str):
    return app.test_cli_runner().invoke(args=["report", *words])


def test_the_command_prints_three_formats(app):
    with app.app_context():
        put(house.actor("mediator"), outcome="AGREED")
        db.session.commit()
        db.session.remove()
    text = report(app, "summary", "--period", "2026", "--station", "urad-middle")
    assert text.exit_code == 0 and "100.00 %" in text.output and "截止 2026-11-18" in text.output
    made = json.loads(report(app, "summary", "--period", "2026", "--format", "json").output)
    assert {f["key"] for f in made["figures"]} == KEYS
    lines = report(app, "summary", "--format", "csv").output.splitlines()
    assert lines[0].startswith("key,label,value") and len(lines) == len(KEYS) + 1


@pytest.mark.parametrize(("words", "said"), [
    (["summary", "--station", "nowhere"], "nowhere"), (["summary", "--period", "2026Q9"], "2026Q3"), (["gossip"], "summary"),
    (["summary", "--cut-off", "2027-01-01"], "截止日"), (["summary", "--cut-off", "gestern"], "2026-11-18")])
def test_the_command_refuses_with_a_sentence(app, words, said):
    answer = report(app, *words)
    assert answer.exit_code != 0 and said in answer.output and "Traceback" not in answer.output


# Sealed cases

def test_figures_are_the_same_for_the_named_and_the_unnamed(mediator):
    for outcome in ("AGREED", "FAILED", ""):
        put(mediator, outcome=outcome)
    case = agreed_case(mediator, [300000, 200000], days(mediator, 3))
    pay(case, mediator, 100000)
    before = figures(mediator)
    case.is_sealed = True
    db.session.flush()
    for name in ("mediator", "colleague", "supervisor", "auditor"):
        assert figures(house.actor(name)) == before, name
    for name in ("mediator2", "supervisor2"):
        assert figures(house.actor(name))["accepted"] == 0


def test_the_rows_behind_a_figure_name_nobody_of_a_sealed_case(mediator):
    case = put(mediator)
    case.is_sealed, case.handler_id = True, mediator.user_id
    db.session.flush()
    [own], [other] = (figure_rows.rows(scopes.read(house.actor(name), "2026"), "accepted").lines
                      for name in ("mediator", "colleague"))
    assert "巴特尔" in own.label.zh and own.href == f"/cases/{case.number}"
    assert other.label.zh == f"{house.short(case.number)}（限定知悉）" and other.href == ""


def test_a_payment_opens_its_entry_and_not_only_its_case(mediator):
    case = agreed_case(mediator, [300000], days(mediator, 3))
    pay(case, mediator, 100000)
    pay(case, mediator, 50000)
    lines = figure_rows.rows(scopes.read(mediator, "2026"), "arrivals").lines
    assert [(line.href, line.n) for line in lines] == [(f"/cases/{case.number}/agreement#entry-2", 50000),
                                                       (f"/cases/{case.number}/agreement#entry-1", 100000)]
    case.is_sealed, case.handler_id = True, mediator.user_id
    db.session.flush()
    assert {line.href for line in figure_rows.rows(scopes.read(house.actor("colleague"), "2026"), "arrivals").lines} == {""}


def test_the_summary_says_how_many_of_its_cases_cannot_be_opened(mediator):
    case, _open = put(mediator), put(mediator)
    case.is_sealed, case.handler_id = True, mediator.user_id
    db.session.flush()
    assert [statistics.summary(house.actor(name), "2026").withheld for name in ("mediator", "colleague", "mediator2")] == [
        0, 1, 0]


def test_the_list_behind_a_figure_says_how_many_it_withholds(mediator):
    case = agreed_case(mediator, [300000], days(mediator, 3))
    case.is_sealed = True
    db.session.flush()
    colleague = house.actor("colleague")
    for values in ({"accepted": "2026", "state": "any"}, {"owing": mediator.today.isoformat(), "state": "any"}):
        wanted = search.read(values, "", colleague)
        assert (search.page(wanted, colleague).count, search.count_withheld(wanted, colleague)) == (0, 1)
        assert search.count_withheld(search.read(values, "", mediator), mediator) == 0
    for who in ("mediator2", "supervisor2", "liaison"):
        other = house.actor(who)
        assert search.count_withheld(search.Filter({"accepted": "2026", "state": "any"}), other) == 0
    asked = [search.read({"state": "any"}, "巴特尔", colleague), search.read({}, "", colleague, typed=case.number),
             search.read({"handler": "mediator", "accepted": "2026", "state": "any"}, "", colleague)]
    assert [search.count_withheld(wanted, colleague) for wanted in asked] == [0, 0, 0]
