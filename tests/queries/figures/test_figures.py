"""The table of figures on small dockets worked out by hand: row sets, rates, times, money, groups, rows, walls."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from mediation.extensions import db
from mediation.models import (
    Activity,
    Agency,
    Case,
    ClockChange,
    Commission,
    Consultation,
    ConsultationCase,
    Employer,
    Hearing,
    Inquiry,
    Instalment,
    InstalmentShare,
    Letter,
    SideProcedure,
    Visit,
)
from mediation.queries.figures import figure_rows, reckoning, row_sets, scopes, statistics
from mediation.rules.figures import catalogue as rules
from mediation.rules.language import Refused
from tests import casework, house
from tests.ledgers import agreed_case, days, pay


@pytest.fixture
def mediator(inside):
    return house.actor("mediator")


def value(actor, key: str, period: str = "2026", **asked):
    return reckoning.indicators(actor, period, chosen=[key], **asked).get(key)


def values(actor, *wanted: str, period: str = "2026", **asked) -> list:
    made = reckoning.indicators(actor, period, chosen=wanted, **asked)
    return [made.get(key).value for key in wanted]


def put(mediator, outcome: str = "", on: date = date(2026, 3, 2), ended: date | None = None, closed: date | None = None,
        **columns) -> Case:
    """A case received and accepted on a day, with its outcome and closing set by hand."""
    case = casework.make_case(mediator, on=on)
    state = "CLOSED" if closed else "MEDIATING"
    for name, given in {"state": state, "outcome": outcome, "accepted_on": on, "accepted_station_id": case.station_id,
                        "concluded_on": ended or closed, "closed_on": closed, "is_open": int(not closed),
                        "handler_id": mediator.user_id, **columns}.items():
        setattr(case, name, given)
    db.session.flush()
    return case


def held(case: Case, actor, on: date) -> None:
    db.session.add(Hearing(case_id=case.id, seq=len(case.hearings) + 1, held_on=on, way="face", present=[],
                           made_by_id=actor.user_id))
    db.session.flush()
    db.session.expire(case)


# Flow -------------------------------------------------------------------------------------------------------------

def test_an_empty_house_has_noughts_and_no_quotients(mediator):
    for row in reckoning.indicators(mediator, "2026").figures:
        assert row.value == (0 if row.figure.how == "number" else None), row.figure.key


def test_three_ways_to_count_success(mediator):
    day = date(2026, 3, 2)
    for n, outcome in enumerate(["AGREED", "AGREED", "SETTLED", "FAILED", "WITHDRAWN", "", ""]):
        case = put(mediator, outcome, day, ended=day + timedelta(10) if outcome else None)
        if n in (0, 3):
            held(case, mediator, day + timedelta(5))
    put(mediator, "DUPLICATE", day, ended=day)
    assert values(mediator, "accepted", "settled", "rate_accepted", "rate_of_concluded", "rate_of_held", "early") == [
        7, 3, "42.86", "60.00", "50.00", "66.67"]
    made = value(mediator, "rate_of_held")
    assert (made.numerator, made.denominator) == (1, 2)


def test_clearance_sets_closed_against_received_and_reopened(mediator):
    for _ in range(3):
        put(mediator, "FAILED", date(2026, 3, 2), ended=date(2026, 3, 10), closed=date(2026, 3, 12))
    put(mediator)
    supervisor = house.actor("supervisor")
    case = casework.bring(casework.make_case(mediator), "CLOSED", mediator)
    casework.step(case, "reopen", supervisor, reason="对方又找来了")
    made = value(mediator, "clearance")
    assert (made.value, made.numerator, made.denominator) == ("50.00", 3, 6)
    assert values(mediator, "reopened_rate") == ["25.00"]


def test_refusals_by_their_ground(mediator):
    for ground in ("not_labour", "not_labour", "already_decided"):
        put(mediator, "NOT_ACCEPTED", ended=date(2026, 3, 4), outcome_reason=ground, accepted_on=None)
    put(mediator, "REFUSED_BY_PARTY", ended=date(2026, 3, 4), accepted_on=None)
    put(mediator)
    assert values(mediator, "refusals", "declined_not_labour", "declined_already_decided", "refused", "unreachable") == [
        "60.00", 2, 1, 1, 0]
    assert values(mediator, "refusals", cut_off=date(2026, 3, 3)) == ["0.00"]


def test_marks_of_a_case_are_never_added(mediator):
    court = put(mediator, channel="E")
    db.session.add(Commission(case_id=court.id, agency_id=_agency("court"), kind="before_filing", direction="in"))
    put(mediator, is_group=True, headcount=12)
    both = put(mediator)
    for name, kind in (("court", "by_judge"), ("arbitration", "by_arbitration")):
        db.session.add(Commission(case_id=both.id, agency_id=_agency(name), kind=kind, direction="in"))
    meeting = Consultation(union_id=court.union_id, number="会诊1", called_on=date(2026, 3, 3), planned_on=date(2026, 3, 5),
                           agenda="怎么付", held_on=date(2026, 3, 5), made_by_id=mediator.user_id)
    db.session.add(meeting)
    db.session.flush()
    db.session.add_all([ConsultationCase(consultation_id=meeting.id, case_id=c.id) for c in (court, both)])
    db.session.add(SideProcedure(case_id=court.id, kind="jud_confirm", state="decided", requested_on=date(2026, 4, 1),
                                 decided_on=date(2026, 4, 20), result="granted", made_by_id=mediator.user_id))
    db.session.flush()
    assert values(mediator, "accepted", "workers", "court_sent", "arbitration_sent", "consultations", "group_cases",
                  "group_share", "group_workers", "workers_per_case", "confirmed") == [
        3, 14, 2, 1, 1, 1, "33.33", 12, "4.67", 1]


def _agency(code: str) -> int:
    return db.session.scalars(db.select(Agency.id).where(Agency.code == code)).one()


def test_what_stands_beside_the_cases(mediator):
    union, here, day = mediator.union_id, mediator.station_id, date(2026, 5, 1)
    boss = Employer(union_id=union, name="宏远", name_folded="宏远")
    db.session.add(boss)
    db.session.flush()
    base = {"union_id": union, "made_by_id": mediator.user_id}
    db.session.add_all([
        *(Inquiry(**base, station_id=here, asked_on=day, way="phone", topic="wages") for _ in range(3)),
        Activity(**base, station_id=here, kind="lecture", done_on=day, title="讲座", people=40),
        Activity(**base, station_id=here, kind="stand", done_on=day, title="宣传", people=25),
        *(Activity(**base, station_id=here, kind="visit", done_on=day, title="走访", people=2) for _ in range(2)),
        *(Letter(**base, employer_id=boss.id, kind="reminder", number=f"函{n}", sent_on=day, facts="欠薪", demand="付")
          for n in range(4)),
        Letter(**base, employer_id=boss.id, kind="opinion", number="意见1", sent_on=day, facts="欠薪", demand="付")])
    db.session.flush()
    wanted = ("inquiries", "lectures", "listeners", "employer_visits", "letter_reminder", "letter_opinion",
              "letter_recommendation")
    assert values(mediator, *wanted) == [3, 2, 65, 2, 4, 1, 0]
    assert values(mediator, *wanted, station="window") == [0] * 7
    assert values(mediator, *wanted, station="practice") == [3, 2, 65, 2, 0, 0, 0], "letters belong to the whole union"
    assert values(mediator, *wanted, filters={"channel": "A"}) == [None] * 7
    assert values(house.actor("mediator2"), *wanted) == [0] * 7


# Time -------------------------------------------------------------------------------------------------------------

def test_age_of_open_cases_leaves_paused_ones_out_and_counts_them(mediator):
    today = mediator.today  # Wednesday 2026-11-18
    for back in (1, 2, 3, 4, 5, 6, 7, 8, 9, 40):
        put(mediator, on=today - timedelta(back))
    paused = put(mediator, on=today - timedelta(100))
    db.session.add(ClockChange(case_id=paused.id, rule="M-A", kind="pause", from_on=today - timedelta(90),
                               made_by_id=mediator.user_id))
    db.session.flush()
    assert values(mediator, "open", "open_paused", "age_median", "age_p90") == [11, 1, "5.50", "9.00"]
    # Working days: 1, 2 (Mon), 2 and 2 (Sat, Sun -> 2), 3 (Fri 13: Mon to Wed), 4, 5, 6, 7 and more; the middle two 3 and 4.
    assert values(mediator, "age_median_wd") == ["3.50"]
    resumed = ClockChange(case_id=paused.id, rule="M-A", kind="resume", from_on=today, made_by_id=mediator.user_id)
    db.session.add(resumed)
    db.session.flush()
    assert values(mediator, "open_paused") == [0]
    assert values(mediator, "open_paused", cut_off=today - timedelta(1)) == [1]


def test_time_to_close_in_calendar_and_working_days(mediator):
    # Received Monday 2026-03-02; closed after 1, 15, 16 and 60 days.
    for long in (1, 15, 16, 60):
        put(mediator, "FAILED", date(2026, 3, 2), closed=date(2026, 3, 2) + timedelta(long))
    assert values(mediator, "close_median", "close_15", "close_30", "close_60") == ["15.50", "50.00", "75.00", "100.00"]
    # Working days: Tue 3 March = 1; to Tue 17 March = 11; to Wed 18 March = 12; to 1 May = 43 (6 April and 1 May are off).
    assert values(mediator, "close_median_wd", "close_15_wd", "close_60_wd") == ["11.50", "75.00", "100.00"]


def test_within_the_legal_limit(mediator):
    """Channel A accepted Thu 2026-03-05: 15 days end on Fri 2026-03-20 (cases.md 2)."""
    day = date(2026, 3, 5)
    put(mediator, "AGREED", day, ended=date(2026, 3, 20))
    put(mediator, "AGREED", day, ended=date(2026, 3, 21))
    put(mediator, "", day)
    extended = put(mediator, "AGREED", day, ended=date(2026, 4, 9))
    late = put(mediator, "AGREED", day, ended=date(2026, 4, 9))
    for case, agreed_on in ((extended, date(2026, 3, 19)), (late, date(2026, 3, 21))):
        db.session.add(ClockChange(case_id=case.id, rule="M-A", kind="extend", from_on=agreed_on, to_on=date(2026, 4, 10),
                                   consents=["applicant", "respondent"], made_by_id=mediator.user_id))
    db.session.flush()
    made = value(mediator, "in_time", "2026-03")
    assert (made.value, made.numerator, made.denominator) == ("40.00", 2, 5)
    assert value(mediator, "in_time", "2026-04").denominator == 0
    assert value(mediator, "in_time", "2026-03", cut_off=date(2026, 3, 19)).denominator == 0


def test_open_cases_over_their_limit(mediator):
    today = mediator.today
    put(mediator, on=today - timedelta(15))
    put(mediator, on=today - timedelta(16))
    put(mediator, on=today - timedelta(30), accepted_on=None)
    put(mediator, on=today - timedelta(1), accepted_on=None)
    # 2 November + 15 = 17 November, a Tuesday, has passed; 3 November + 15 = today has not. Acceptance: 3 working days.
    made = value(mediator, "over_limit")
    assert (made.numerator, made.denominator, made.value) == (2, 4, "50.00")


# Money ------------------------------------------------------------------------------------------------------------

@pytest.fixture
def three(mediator):
    """36,000 in three instalments of 12,000; the first on its day, the second a day late, the third by half."""
    case = agreed_case(mediator, [3600000], date(2026, 6, 30), on=date(2026, 6, 10))
    plan = case.agreements[0]
    first = plan.instalments[0]
    first.amount_fen = first.shares[0].amount_fen = 1200000
    for seq, due in ((2, date(2026, 7, 31)), (3, date(2026, 8, 31))):
        db.session.add(Instalment(agreement_id=plan.id, seq=seq, due_on=due, amount_fen=1200000, shares=[
            InstalmentShare(party_id=first.shares[0].party_id, amount_fen=1200000)]))
    db.session.flush()
    db.session.expire_all()
    for on, fen in ((date(2026, 6, 30), 1200000), (date(2026, 8, 1), 1200000), (date(2026, 8, 31), 600000)):
        pay(case, mediator, fen, on=on)
    return case


def test_instalment_by_instalment(mediator, three):
    made = value(mediator, "paid_rate", "2026Q3")
    assert (made.value, made.numerator, made.denominator) == ("75.00", 1800000, 2400000)
    assert values(mediator, "paid_rate", period="2026-07", cut_off=date(2026, 7, 31)) == ["0.00"]
    assert values(mediator, "late_31-90", "late_91-", "late_count") == [600000, 0, 1]
    early = {"cut_off": date(2026, 8, 1)}
    assert values(mediator, "late_1-7", "late_count", **early) == [0, 0], "paid on that day"
    assert values(mediator, "late_1-7", "late_count", period="2026Q3", cut_off=date(2026, 9, 7)) == [600000, 1]
    assert values(mediator, "late_8-30", period="2026Q3", cut_off=date(2026, 9, 8)) == [600000]


def test_recovery_of_the_cohort_and_time_to_money(mediator, three):
    assert values(mediator, "recovery_claimed", "recovery_agreed") == ["83.33", "83.33"]
    # In force on 10 June: half (18,000) had come on 1 August = 52 days, 80 % (28,800) on 31 August = 82, all never.
    assert values(mediator, "money_agreements", "money_50", "money_80", "money_100", "money_100_yet") == [
        1, "52.00", "82.00", None, 1]


def test_performed_in_time_means_every_worker_by_the_last_day(mediator):
    due = date(2026, 6, 30)
    kept = agreed_case(mediator, [1000000, 1000000], due, on=date(2026, 6, 10))
    pay(kept, mediator, 2000000, on=due)
    late = agreed_case(mediator, [1000000], due, on=date(2026, 6, 10))
    pay(late, mediator, 1000000, on=due + timedelta(1))
    uneven = agreed_case(mediator, [1000000, 1000000], due, on=date(2026, 6, 10))
    first = next(p.id for p in uneven.parties if p.side == "applicant")
    pay(uneven, mediator, 1500000, on=due, shares={first: 1500000}, reason="多付的抵下月")
    advanced = agreed_case(mediator, [1000000], due, on=date(2026, 6, 10))
    pay(advanced, mediator, 1000000, on=due, payer_kind="fund", payer_name="应急金")
    made = value(mediator, "kept", "2026-06")
    assert (made.value, made.numerator, made.denominator) == ("25.00", 1, 4)
    assert value(mediator, "kept", "2026-07").value is None


# Quality ----------------------------------------------------------------------------------------------------------

def test_workload_and_satisfaction(mediator):
    colleague = house.actor("colleague")
    day = date(2026, 3, 2)
    won = put(mediator, "AGREED", day, ended=day + timedelta(9))
    for n in (2, 5):
        held(won, mediator, day + timedelta(n))
    put(mediator)
    put(mediator, handler_id=colleague.user_id)
    applicant = next(p.id for p in won.parties if p.side == "applicant")
    for answer, party in (("satisfied", applicant), ("mostly", None), ("dissatisfied", casework.respondent(won).id),
                          ("unanswered", applicant)):
        db.session.add(Visit(case_id=won.id, visited_on=date(2026, 4, 1), way="phone", party_id=party, satisfaction=answer,
                             made_by_id=mediator.user_id))
    db.session.flush()
    assert values(mediator, "load_open", "load_new", "sessions_per_settled") == ["1.00", "1.50", "2.00"]
    assert values(mediator, "satisfaction", "satisfaction_worker", "satisfaction_employer") == ["66.67", "100.00", "0.00"]


def test_time_per_settled_case_counts_what_was_noted(mediator):
    day = date(2026, 3, 2)
    for minutes in ((90, 30), (60, None), (None,)):
        won = put(mediator, "AGREED", day, ended=day + timedelta(9))
        for n, took in enumerate(minutes, 1):
            held(won, mediator, day + timedelta(n))
            won.hearings[-1].minutes = took
    failed = put(mediator, "FAILED", day, ended=day + timedelta(9))
    held(failed, mediator, day + timedelta(1))
    failed.hearings[-1].minutes = 600
    db.session.flush()
    made = value(mediator, "minutes_per_settled")
    assert (made.value, made.numerator, made.denominator) == ("90.00", 180, 2)


def test_data_correctness_leaves_out_cases_that_contradict_themselves(mediator):
    put(mediator, "FAILED", date(2026, 3, 2), closed=date(2026, 3, 12))
    put(mediator, "FAILED", date(2026, 3, 2), closed=date(2026, 3, 12), ended=date(2026, 2, 20))
    made = value(mediator, "correct")
    assert (made.value, made.numerator, made.denominator) == ("50.00", 1, 2), "concluded before it was received"


# Periods, cut-off, groups, rows ------------------------------------------------------------------------------------

@pytest.mark.parametrize(("period", "count"), [("2026Q3", 1), ("2026", 1), ("union-2026", 1), ("2026-09", 1),
                                               ("union-2027", 0), ("2026Q4", 0), ("2025", 0)])
def test_the_three_calendars(mediator, period, count):
    put(mediator, on=date(2026, 9, 30))
    assert values(mediator, "accepted", period=period) == [count]


def test_what_came_after_the_cut_off_is_not_there_yet(mediator):
    put(mediator, on=date(2026, 3, 2))
    put(mediator, on=date(2026, 6, 2))
    assert values(mediator, "accepted", cut_off=date(2026, 5, 31)) == [1]
    assert statistics.summary(mediator, "2026", "", date(2026, 5, 31)).get("accepted").value == 1


@pytest.fixture
def mixed(mediator, three):
    sector = Employer(union_id=mediator.union_id, name="宏远", name_folded="宏远", sector="construction")
    db.session.add(sector)
    db.session.flush()
    for n, outcome in enumerate(["AGREED", "FAILED", "NOT_ACCEPTED", "", "SETTLED"]):
        case = put(mediator, outcome, date(2026, 3, 2) + timedelta(n), ended=date(2026, 3, 20) if outcome else None,
                   channel="ADEAB"[n], main_head=("wages", "overtime")[n % 2],
                   outcome_reason="not_labour" if outcome == "NOT_ACCEPTED" else "")
        if outcome == "NOT_ACCEPTED":
            case.accepted_on = None
        if n < 2:
            casework.respondent(case).employer_id = sector.id
        held(case, mediator, date(2026, 3, 18))
    put(mediator, on=mediator.today - timedelta(3))
    put(mediator, "FAILED", date(2026, 3, 2), closed=date(2026, 4, 2))
    db.session.add(Inquiry(union_id=mediator.union_id, station_id=mediator.station_id, asked_on=date(2026, 5, 1),
                           way="phone", topic="wages", made_by_id=mediator.user_id))
    db.session.flush()


@pytest.mark.parametrize("by", ["station", "channel", "kind", "sector"])
def test_groups_add_up_and_each_opens_its_own_figures(mediator, mixed, by):
    asked = scopes.read(mediator, "2026")
    whole = {v.figure.key: v for v in reckoning.report(asked, reckoning.TITLE, reckoning.GROUPED).figures}
    made = reckoning.groups(asked, by)
    for n, key in enumerate(reckoning.GROUPED):
        if rules.FIGURES[key].how == "number":
            assert sum(group.values[n].value for group in made) == whole[key].value, key
    for group in made:
        query = dict(part.split("=") for part in group.href.partition("?")[2].split("&"))
        narrowed = reckoning.indicators(mediator, query.pop("period"), "", date.fromisoformat(query.pop("cut_off")), query,
                                        reckoning.GROUPED)
        assert [v.value for v in narrowed.figures] == [
            {v.figure.key: v.value for v in group.values}[w.figure.key] for w in narrowed.figures]


def test_every_figure_opens_rows_that_are_the_figure(mediator, mixed):
    """Numerator and denominator, counted or added up row by row."""
    asked = scopes.read(mediator, "2026", "practice")
    checked = 0
    for made in reckoning.report(asked, reckoning.TITLE).figures:
        for side, shown in ((made.figure.top, made.numerator), (made.figure.bottom, made.denominator)):
            if not side or shown is None:
                continue
            names = rules.split(side)
            found = [(name, figure_rows.all_rows(asked, name.removesuffix(".n"))) for name in names]
            assert sum(sum(r.n for r in rows) if name.endswith(".n") else len(rows) for name, rows in found) == shown
            page = figure_rows.rows(asked, "+".join(name.removesuffix(".n") for name in names))
            assert (page.measure.total if side.endswith(".n") else page.measure.count) == shown, made.figure.key
            assert len(page.lines) == min(page.measure.count, figure_rows.PAGE)
            assert all(line.label.zh for line in page.lines)
            checked += 1
    assert checked > 80


def test_figures_stop_at_the_wall(mediator, mixed):
    stranger = house.actor("mediator2")
    assert all(row.value in (0, None) for row in reckoning.indicators(stranger, "2026").figures)
    assert values(house.actor("auditor"), "accepted") == values(mediator, "accepted")
    with pytest.raises(Refused, match="example"):
        reckoning.indicators(mediator, "2026", "example")


@pytest.mark.parametrize(("asked", "field"), [
    ({"period": "2026-05-01..2026-04-01"}, "period"), ({"period": "2026Q5"}, "period"), ({"station": "nowhere"}, "station"),
    ({"cut_off": date(2030, 1, 1)}, "cut_off"), ({"period": "2026", "cut_off": date(2025, 12, 31)}, "cut_off"),
    ({"filters": {"channel": "Z"}}, "channel"), ({"filters": {"sector": "moon"}}, "sector")])
def test_what_cannot_be_asked_is_told_at_its_field(mediator, asked, field):
    with pytest.raises(Refused) as refused:
        reckoning.indicators(mediator, **asked)
    assert [p.field for p in refused.value.problems] == [field]


def test_unknown_rows_and_groups_name_those_that_exist(mediator):
    asked = scopes.read(mediator, "2026")
    with pytest.raises(Refused, match="accepted"):
        figure_rows.rows(asked, "gossip")
    with pytest.raises(Refused, match="channel"):
        reckoning.groups(asked, "moon")


def test_the_number_of_statements_does_not_grow_with_the_cases(mediator, mixed):
    def count(act) -> int:
        seen = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", listener)
        act()
        event.remove(Engine, "before_cursor_execute", listener)
        return len(seen)

    db.session.flush()
    before = count(lambda: reckoning.indicators(mediator, "2026"))
    for n in range(8):
        put(mediator, "AGREED", date(2026, 5, 1) + timedelta(n), ended=date(2026, 6, 1))
    pay(agreed_case(mediator, [1000000], days(mediator, -1)), mediator, 400000)
    db.session.flush()
    assert count(lambda: reckoning.indicators(mediator, "2026")) == before <= 28


# The table --------------------------------------------------------------------------------------------------------

HOWS = {"number", "rate", "ratio", "median", "p90", "median_wd"}


def test_the_table_says_everything_in_both_languages():
    known = {*row_sets.ROW_SETS, *reckoning.durations.COMPUTED}
    for row in rules.FIGURES.values():
        assert row.how in HOWS and row.unit in rules.UNITS and row.group in rules.GROUPS, row.key
        assert row.label.zh and row.label.en and row.formula.zh and row.formula.en and row.source, row.key
        assert set(row.parts) <= known, row.key
    numbers = {row.number for row in rules.FIGURES.values()}
    assert {str(n) for n in (*range(1, 13), *range(14, 20), 22)} - numbers == set()
    assert row_sets.ROW_SETS.keys() & reckoning.durations.COMPUTED.keys() == set()


@pytest.mark.parametrize(("days", "middle", "ninth"), [([1], "1.00", "1.00"), ([1, 2], "1.50", "2.00"), ([], None, None),
                                                       ([5, 1, 9], "5.00", "9.00"), (list(range(1, 11)), "5.50", "9.00"),
                                                       ([3, 3, 4, 4], "3.50", "4.00")])
def test_medians_are_exact(days, middle, ninth):
    spread = rules.histogram((day, 1) for day in days)
    assert (rules.median(spread), rules.p90(spread)) == (middle, ninth)
