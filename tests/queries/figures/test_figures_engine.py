"""One engine behind every count: undated rows, what is outstanding, groups, and that nobody counts beside it."""
from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mediation.extensions import db
from mediation.models import Case, Consent, Party
from mediation.queries.desk import oversight, work_lists
from mediation.queries.figures import closings, figure_rows, measures, reckoning, row_sets, scopes, statistics
from mediation.queries.house import checks
from mediation.queries.ledger import columns
from mediation.rules.figures import catalogue as rules
from mediation.rules.figures import closings as closing_rules
from mediation.rules.figures import reporting
from mediation.rules.figures.periods import union_year, whole_year
from mediation.services.cases import moves
from tests import casework, house
from tests.ledgers import agreed_case, days, pay
from tests.test_architecture import sources, tree

LONG_AGO = date(2026, 9, 30)


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def said(actor, period: str, cut_off: date | None = None) -> dict[str, object]:
    """The figures of the summary, and beside each what the page of indicators has under the same key."""
    asked = scopes.read(actor, period, "", cut_off)
    summary = {v.figure.key: v.value for v in statistics.of(asked).figures}
    indicators = {v.figure.key: v.value for v in reckoning.report(asked, reckoning.TITLE, list(summary)).figures}
    assert indicators == {key: summary[key] for key in indicators}, "one page and the other"
    return summary


# A day that nobody knows --------------------------------------------------------------------------------------------

@pytest.fixture
def undated(mediator) -> Case:
    """3,000 agreed; 1,000 came on a known day, 500 on one that nobody knows."""
    case = agreed_case(mediator, [300000], date(2026, 6, 30), on=date(2026, 6, 10))
    pay(case, mediator, 100000, on=date(2026, 6, 30))
    pay(case, mediator, 50000, on=date(2026, 7, 1))
    case.payments[-1].paid_on = None
    db.session.flush()
    return case


@pytest.mark.parametrize("cut_off", [None, LONG_AGO, date(2026, 6, 30)])
def test_money_of_an_unknown_day_counts_where_no_period_is_named(mediator, undated, cut_off):
    asked = scopes.read(mediator, "", "", cut_off)
    found = figure_rows.rows(asked, "arrivals")
    assert said(mediator, "", cut_off)["recovered_fen"] == found.measure.total == 150000
    assert sorted(line.n for line in found.lines) == [50000, 100000]


@pytest.mark.parametrize(("period", "fen"), [("2026", 100000), ("2026Q2", 100000), ("2026-07", 0), ("union-2026", 100000),
                                             ("2026-01-01..", 100000), ("..2026-12-31", 100000)])
@pytest.mark.parametrize("cut_off", [None, LONG_AGO])
def test_money_of_an_unknown_day_lies_in_no_period(mediator, undated, period, fen, cut_off):
    assert said(mediator, period, cut_off)["recovered_fen"] == fen
    assert said(mediator, period, cut_off)["outstanding_fen"] == (0 if period == "2026-07" else 150000), "it came"


@pytest.mark.parametrize("cut_off", [None, LONG_AGO])
def test_a_case_of_unknown_days_counts_where_no_period_is_named(mediator, cut_off):
    case = casework.make_case(mediator, on=mediator.today)
    for name, value in {"state": "CLOSED", "outcome": "AGREED", "is_late_entry": True, "received_on": None,
                        "accepted_on": None, "concluded_on": None}.items():
        setattr(case, name, value)
    db.session.flush()
    counted = ("registered", "accepted", "settled", "workers", "rate_closed")
    assert [said(mediator, "", cut_off)[key] for key in counted] == [1, 1, 1, 1, "100.00"]
    assert [said(mediator, "2026", cut_off)[key] for key in counted] == [0, 0, 0, 0, None]
    for value in statistics.summary(mediator, "", "", cut_off).figures:
        if value.figure.key == "accepted":
            is_list = value.href.startswith("/cases?")
            assert is_list == (cut_off is None), "the list cannot say: undated, or by an earlier day"


# What is outstanding ------------------------------------------------------------------------------------------------

def test_the_report_of_a_finished_year_is_the_same_at_every_print(mediator):
    """Agreed in 2025 and half paid in it; a later agreement, later money and the report of 2026 leave it as it is."""
    first = replace(mediator, today=date(2025, 12, 31))
    case = agreed_case(first, [300000], date(2025, 11, 30), on=date(2025, 11, 3))
    pay(case, first, 150000, on=date(2025, 11, 30))
    end = date(2025, 12, 31)
    printed = said(mediator, "2025", end)
    assert (printed["agreed_fen"], printed["recovered_fen"], printed["outstanding_fen"], printed["performance_rate"]) == (
        300000, 150000, 150000, "0.00")
    agreed_case(mediator, [700000], date(2026, 7, 30), on=date(2026, 7, 1))
    pay(case, mediator, 100000, on=date(2026, 2, 1))
    assert said(mediator, "2025", end) == printed
    assert said(mediator, "2025")["outstanding_fen"] == 50000, "what 2025 agreed, as of today"
    assert said(mediator, "2026")["outstanding_fen"] == 700000, "what 2026 agreed"
    assert said(mediator, "")["outstanding_fen"] == 750000, "everything"


def test_a_consent_given_after_the_cut_off_binds_nobody_before(mediator):
    case = agreed_case(replace(mediator, today=date(2025, 12, 31)), [300000, 200000], date(2025, 11, 30),
                       on=date(2025, 11, 3))
    late = [p.id for p in case.parties if p.side == "applicant"][1]
    db.session.add(Consent(agreement_id=case.agreements[0].id, party_id=late, consented_on=date(2026, 2, 1)))
    db.session.flush()
    wanted = ("agreed_fen", "outstanding_fen")
    assert [said(mediator, "2025", date(2025, 12, 31))[key] for key in wanted] == [300000, 300000]
    assert [said(mediator, "2025", date(2026, 2, 1))[key] for key in wanted] == [500000, 500000]
    assert [said(mediator, "2025")[key] for key in wanted] == [500000, 500000]


def test_money_kept_with_the_cases_is_that_of_any_other_day_and_checked(mediator):
    """Figures of today take the sums kept with each case, those of yesterday are reckoned from all entries; both are the
    same where nothing happened in between. A sum that is not what the entries say is named by the check."""
    on, yesterday = days(mediator, -40), days(mediator, -1)
    wanted = ("outstanding", "performed", "with_money", "cohort_outstanding", "cohort_due", "instalments_paid")
    cases = [agreed_case(mediator, [300000, 200000], days(mediator, -20), on=on) for _ in range(4)]
    partly, advanced, returned, replaced = cases
    pay(partly, mediator, 250000, on=days(mediator, -10))
    pay(advanced, mediator, 500000, on=days(mediator, -10), payer_kind="fund", payer_name="应急金")
    pay(returned, mediator, 500000, on=days(mediator, -10))
    pay(returned, mediator, 100000, on=days(mediator, -5), direction="to_employer", reason="多付退回")
    worker = next(p.id for p in replaced.parties if p.side == "applicant")
    db.session.add(Consent(agreement_id=replaced.agreements[0].id, party_id=worker))
    db.session.flush()
    moves.refresh_hints(replaced, mediator)
    db.session.expire_all()  # the consent is in the table, not yet in what was read before
    late = [f"late_{band}" for band in work_lists.BANDS]
    now, then = (measures.totals(scopes.read(mediator, f"{on.year}", "", day), [*wanted, *late])
                 for day in (None, yesterday))
    assert {name: now[name] for name in wanted} == {name: then[name] for name in wanted}
    assert sum(now[name].total for name in late) == sum(then[name].total for name in late) == 250000 + 500000 + 100000 + 200000
    assert now["outstanding"] == (3, 250000 + 100000 + 200000) and now["performed"].count == 0
    assert not [fault for fault in checks.run() if "金额" in fault.zh]
    for name in ("bound_fen", "outstanding_fen", "unpaid_fen"):
        with db.session.begin_nested() as part:
            setattr(partly, name, 1)
            db.session.flush()
            assert [fault.place for fault in checks.run() if "金额" in fault.zh] == [partly.number]
            part.rollback()


def test_what_is_outstanding_opens_its_cases_and_never_exceeds_what_was_agreed(mediator):
    case = agreed_case(mediator, [300000, 200000], date(2026, 6, 30), on=date(2026, 6, 10))
    first = next(p.id for p in case.parties if p.side == "applicant")
    pay(case, mediator, 400000, on=date(2026, 6, 30), shares={first: 400000}, reason="多付的抵下月")
    for period in ("2026", "2026-06", "2026-07", ""):
        asked = scopes.read(mediator, period)
        value = statistics.of(asked).get("outstanding_fen")
        rows = figure_rows.rows(asked, "outstanding")
        assert value.value == rows.measure.total == (0 if period == "2026-07" else 200000)
        assert value.value <= statistics.of(asked).get("agreed_fen").value
        assert [line.href for line in rows.lines] == ([] if period == "2026-07" else [f"/cases/{case.number}"])


# Groups -------------------------------------------------------------------------------------------------------------

@pytest.fixture
def docket(mediator) -> None:
    day = date(2026, 3, 2)
    for n, (outcome, channel) in enumerate([("AGREED", "A"), ("FAILED", "B"), ("", "A"), ("NOT_ACCEPTED", "E"),
                                            ("SETTLED", "B")]):
        case = casework.make_case(mediator, on=day + timedelta(40 * n))
        for name, value in {"outcome": outcome, "channel": channel, "handler_id": mediator.user_id if n else None,
                            "accepted_on": None if outcome == "NOT_ACCEPTED" else day + timedelta(40 * n),
                            "accepted_station_id": case.station_id, "headcount": n + 1,
                            "concluded_on": day + timedelta(40 * n + 30) if outcome else None}.items():
            setattr(case, name, value)
    pay(agreed_case(mediator, [300000], date(2026, 6, 30), on=date(2026, 6, 10)), mediator, 100000, on=date(2026, 7, 2))
    db.session.flush()


WANTED = ("registered", "accepted", "accepted_workers", "settled", "won", "agreements", "arrivals", "outstanding",
          "instalments_due")


@pytest.mark.parametrize("by", sorted(measures.BY))
def test_groups_add_up_to_the_whole(mediator, docket, by):
    asked = scopes.read(mediator, "2026")
    whole, parts = measures.totals(asked, WANTED), measures.grouped(asked, WANTED, by)
    for name in WANTED:
        found = [row.get(name, measures.NOTHING) for row in parts.values()]
        assert (sum(one.count for one in found), sum(one.total for one in found)) == whole[name], name
    assert len(parts) > 1 or by in ("station", "kind", "sector")


def test_each_month_counts_by_the_day_of_its_own_rows(mediator, docket):
    found = measures.grouped(scopes.read(mediator, "2026"), ["accepted", "won", "arrivals"], "month")
    counted = {month: {name: tuple(one) for name, one in row.items()} for month, row in found.items()}
    assert counted == {202603: {"accepted": (1, 1)}, 202604: {"accepted": (1, 1), "won": (1, 1)},
                       202605: {"accepted": (1, 1)}, 202606: {"accepted": (1, 1), "won": (1, 1)},
                       202607: {"arrivals": (1, 100000)}, 202608: {"accepted": (1, 1)}, 202609: {"won": (1, 1)}}


def test_a_row_set_counted_beside_others_is_what_it_is_alone(mediator, docket):
    """Every row set of the table, among all of them in one pass, by itself, and row by row."""
    for period, cut_off in (("2026", None), ("", LONG_AGO), ("2026Q2", LONG_AGO)):
        asked = scopes.read(mediator, period, "", cut_off)
        together = measures.totals(asked, list(row_sets.ROW_SETS))
        for name in row_sets.ROW_SETS:
            rows = figure_rows.all_rows(asked, name)
            assert together[name] == (len(rows), sum(row.n or 0 for row in rows)), (name, period)
            assert measures.totals(replace(asked, kept={}), [name])[name] == together[name], (name, period)


@pytest.mark.parametrize("period", [whole_year(2026), union_year(2026)])
def test_what_a_closing_keeps_of_each_case_is_the_summary(mediator, docket, period):
    supervisor = house.actor("supervisor")
    union = house.get_station("urad-middle")
    kept = closing_rules.figures(closings.parts_of(union, replace(period, last=supervisor.today) if period.last > supervisor.today
                                                   else period, supervisor))
    made = statistics.summary(supervisor, period.code, "urad-middle", min(period.last, supervisor.today))
    assert {key: row[0] for key, row in kept.items()} == {v.figure.key: v.value for v in made.figures}


def test_what_came_since_monday_is_what_the_figures_say(mediator):
    """One case for each count of the supervisor's page, and a duplicate; a case of last year is in none."""
    monday, supervisor = reporting.last_monday(mediator.today), house.actor("supervisor")
    for n, (outcome, closed) in enumerate([("", None), ("AGREED", None), ("FAILED", monday), ("DUPLICATE", None)]):
        case = casework.make_case(mediator, on=monday)
        for name, value in {"outcome": outcome, "accepted_on": monday, "closed_on": closed, "is_open": int(not closed),
                            "concluded_on": monday if outcome else None, "headcount": n + 1}.items():
            setattr(case, name, value)
    pay(agreed_case(mediator, [300000], date(2026, 6, 30), on=date(2026, 6, 10)), mediator, 100000, on=monday)
    db.session.flush()
    asked = scopes.read(supervisor, f"{monday.isoformat()}..")
    made = measures.totals(asked, ["registered", "accepted", "won", "closed", "paid", "arrivals"])
    shown = {change.label.zh: change for change in oversight.changes(supervisor)}
    assert [shown[word].count for word in ("收到", "受理", "化解", "结案", "到账")] == [
        made[name].count for name in ("registered", "accepted", "won", "closed", "paid")] == [4, 3, 1, 1, 1]
    assert shown["到账"].fen == made["arrivals"].total == 100000


# The table ----------------------------------------------------------------------------------------------------------

def test_every_figure_stands_on_row_sets_that_exist():
    known = {*row_sets.ROW_SETS, *figure_rows.durations.COMPUTED}
    for row in (*rules.FIGURES.values(), *rules.SUMMARY.values()):
        assert set(row.parts) <= known, row.key
    for key in rules.SUMMARY.keys() & rules.FIGURES.keys():
        one, other = rules.SUMMARY[key], rules.FIGURES[key]
        assert (one.top, one.bottom, one.how, one.unit) == (other.top, other.bottom, other.how, other.unit), key
    assert set(closing_rules.SIDES) == set(closing_rules.PARTS)


# Nobody counts beside the engine ------------------------------------------------------------------------------------

ENGINE = {
    "mediation.queries.figures.sources",
    "mediation.queries.figures.row_sets",
    "mediation.queries.figures.row_sets_money",
    "mediation.queries.figures.row_sets_beside",
    "mediation.queries.figures.measures",
    "mediation.queries.figures.durations",
    "mediation.queries.money.balances",
    "mediation.queries.figures.as_of",
    "mediation.queries.desk.work_lists",
    "mediation.queries.cases.case_filters",
}
# What makes a case accepted, settled, late, untouched, and money agreed, arrived, outstanding, overdue.
TELLING = {"Case": {"received_on", "accepted_on", "concluded_on", "outcome", "closed_on", "next_due_on", "touched_at",
                    "headcount", "claimed_fen"},
           "Payment": {"paid_on", "amount_fen", "proof"}, "PaymentShare": {"amount_fen"},
           "InstalmentShare": {"amount_fen"}, "Instalment": {"due_on", "amount_fen"}}
TELLING_CALLS = {f"work_lists.{name}" for name in ("overdue", "stuck", "untouched", "late_money", "unassigned")}
OUTCOME_SETS = ("SUCCESS", "PROVED", "OUTSIDE_RATES", "RATED")
ELSEWHERE = {
    "mediation.queries.house.checks._sums": "compares stored sums with the parts they are made of; no figure",
    "mediation.queries.house.checks._plans": "as before",
    "mediation.queries.house.checks._books": "finds entries that are alike; adds nothing up",
    "mediation.queries.ledger.columns._came":
        "a cell of a ledger's row: one worker's money, set in the row's own SELECT; see the totals below",
    "mediation.queries.ledger.columns._promised": "as before",
    "mediation.queries.ledger.columns._paid": "as before",
    "mediation.queries.ledger.columns._work": "a cell of a ledger's row: how many sessions the case had, beside its days",
    "mediation.queries.ledger.columns.persons": "as in a cell of one worker above",
    "mediation.queries.people.case_counts":
        "how many cases an employer has and when the newest came: no period, no figure",
    "mediation.queries.ledger.export._within": "chooses the cases of an export by arrival; counts nothing",
    "mediation.queries.desk.oversight._fallen_due":
        "what came since Monday, found by index: the conditions of its lists, held against the figures",
    "mediation.queries.desk.late_money._statement":
        "adds the balances of a work list's cases up by station, hand and age: the bands of its lists",
    "mediation.queries.audit.reconciling.needs_mark": "which entries a second person has to look at; counts nothing",
    "mediation.queries.audit.reconciling.listing": "the total of a filtered list of entries, proved or not",
    "mediation.queries.cases.missing_facts.conditions": "which old cases lack a fact: a list to fill in; counts nothing",
    "mediation.queries.bodies.registers.lacking": "how many accepted cases lack a number of an outside register",
    "mediation.queries.desk.supervision.board": "court messages without an answer, which are proposals and no figure",
}


def counting() -> dict[str, set[str]]:
    """Functions that add up or count and look at a telling column, or put an outcome set into SQL, by where they are."""
    found: dict[str, set[str]] = {}
    for module, path in sources().items():
        if module not in ENGINE:
            for node in tree(path).body:
                if told := _told(node):
                    found[f"{module}.{getattr(node, 'name', 'module')}"] = told
    return found


def _told(node: ast.stmt) -> set[str]:
    inside = list(ast.walk(node))
    calls = [one for one in inside if isinstance(one, ast.Call)]
    sets = {ast.unparse(call) for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in (
        "in_", "not_in") and any(word in ast.unparse(call) for word in OUTCOME_SETS)}
    if not any(ast.unparse(call.func) in ("func.sum", "func.count", "_sum") for call in calls):
        return sets
    telling = {ast.unparse(one) for one in inside if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
               and one.attr in TELLING.get(one.value.id, ())}
    return sets | telling | ({ast.unparse(call.func) for call in calls} & TELLING_CALLS)


def test_what_a_figure_means_is_said_in_the_engine_alone():
    assert {place: sorted(told) for place, told in counting().items() if place not in ELSEWHERE} == {}
    assert set(ELSEWHERE) - set(counting()) == set(), "an exception that nobody needs any more"


@pytest.mark.parametrize("source", [
    "def f(asked):\n    return select(func.count()).where(Case.concluded_on <= asked.day)",
    "def f():\n    return func.sum(PaymentShare.amount_fen)",
    "def f(today):\n    return func.sum(case((work_lists.overdue(today), 1), else_=0))",
    "WON = Case.outcome.in_(words.SUCCESS)"])
def test_a_second_definition_is_found(source):
    assert all(_told(node) for node in ast.parse(source).body)


def test_the_totals_of_a_ledger_are_the_figures(mediator, docket, undated):
    """What the sheet of persons adds up to is agreed, arrived and outstanding of the statistics."""
    cells = columns.CELLS["persons"](mediator.today)
    sums = [cells[name].total if cells[name].total is not None else cells[name].asks[0]
            for name in ("agreed_fen", "arrived_fen", "outstanding_fen")]
    found = db.session.execute(select(*(func.sum(one) for one in sums)).select_from(Party).join(
        Case, Case.id == Party.case_id)).one()
    made = statistics.summary(mediator)
    assert list(found) == [made.get(key).value for key in ("agreed_fen", "recovered_fen", "outstanding_fen")]
    assert all(found)
