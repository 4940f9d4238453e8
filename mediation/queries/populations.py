"""The named sets of rows from which figures are reckoned: each a SELECT with the same five columns.

``key`` is the row's id, ``case_id`` its case (none beside the cases), ``since`` and ``on`` its days, ``n`` what it
carries: persons, fen, or one. Everything passes the door by ``asked.rows``. What needs the clocks or a run through
the payments stands in ``durations.py``.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from mediation.models import (
    Activity,
    Agreement,
    Case,
    ClockChange,
    Commission,
    Consultation,
    ConsultationCase,
    Event,
    Hearing,
    Inquiry,
    Instalment,
    InstalmentShare,
    Letter,
    Party,
    Payment,
    PaymentShare,
    SideProcedure,
    Station,
    Visit,
)
from mediation.queries import balances, bygone, conditions, keys, prevention
from mediation.queries.statistics import Scope, is_effective
from mediation.rules import returns, words, workdays
from mediation.rules.language import Text
from mediation.rules.spans import Span

Build = Callable[[Scope], Select]
ONE = literal(1)
COURT = ("before_filing", "after_filing", "by_judge")
ARBITRATION = ("by_arbitration", "arbitration_advice")
ANSWERS = ("satisfied", "mostly", "dissatisfied")
MEDIATION_PERIODS = ("M-A", "M-B", "M-C", "M-D", "M-E", "M-F", "M-G", "L7")


def columns(key: ColumnElement, case_id: ColumnElement, since: ColumnElement, on: ColumnElement,
            n: ColumnElement = ONE) -> tuple[ColumnElement, ...]:
    """The five columns of a population."""
    return (key.label("key"), case_id.label("case_id"), type_coerce(since, Date).label("since"),
            type_coerce(on, Date).label("on"), cast(n, BigInteger).label("n"))


def _cases(asked: Scope, *where: ColumnElement[bool], since: ColumnElement = Case.received_on,
           on: ColumnElement = Case.accepted_on, n: ColumnElement = ONE) -> Select:
    return select(*columns(Case.id, Case.id, since, on, n)).where(asked.rows, *where)


def during(asked: Scope, column: ColumnElement) -> ColumnElement[bool]:
    return keys.in_period(column, asked.days)


# Cases by their days ----------------------------------------------------------------------------------------------

def _registered(asked: Scope) -> Select:
    return _cases(asked, during(asked, Case.received_on), on=Case.received_on)


def _accepted(n: ColumnElement = ONE, *where: ColumnElement[bool]) -> Build:
    return lambda asked: _cases(asked, asked.is_accepted, *where, n=n)


def _settled(asked: Scope) -> Select:
    return _cases(asked, asked.is_accepted, Case.outcome.in_(words.SUCCESS), asked.is_by_cut_off, on=Case.concluded_on)


def _concluded(*where: ColumnElement[bool]) -> Build:
    return lambda asked: _cases(asked, asked.is_concluded, *where, on=Case.concluded_on)


WON = Case.outcome.in_(words.SUCCESS)
IS_TIMED = exists().where(Hearing.case_id == Case.id, Hearing.minutes.is_not(None))
IS_HELD = exists().where(Hearing.case_id == Case.id, or_(Case.concluded_on.is_(None),
                                                         Hearing.held_on <= Case.concluded_on))


def _closed(*where: ColumnElement[bool]) -> Build:
    return lambda asked: _cases(asked, is_closed(asked), *where, on=Case.closed_on)


def is_closed(asked: Scope) -> ColumnElement[bool]:
    """Cases of the scope that were closed in the period."""
    return and_(asked.rows, during(asked, Case.closed_on), Case.is_open == 0)


def _turned_away(*where: ColumnElement[bool]) -> Build:
    """Received in the period, and by the cut-off known never to be accepted."""
    return lambda asked: _cases(asked, during(asked, Case.received_on), asked.is_by_cut_off, *where,
                                on=Case.concluded_on)


def is_open_on(day: date) -> ColumnElement[bool]:
    """Received by a day, and without an outcome on it."""
    return and_(Case.received_on <= day, or_(Case.outcome == "", Case.concluded_on > day))


def is_paused_on(day: date) -> ColumnElement[bool]:
    """The mediation period stands still on a day."""
    pause, later = aliased(ClockChange), aliased(ClockChange)
    ended = exists().where(later.case_id == pause.case_id, later.kind.in_(("resume", "extend", "override")),
                           later.rule.in_(MEDIATION_PERIODS), later.id > pause.id, later.from_on <= day)
    return exists().where(
        pause.case_id == Case.id, pause.kind == "pause", pause.rule.in_(MEDIATION_PERIODS), pause.from_on <= day,
        or_(pause.to_on.is_(None), pause.to_on > day), ~ended)


def _open(is_paused: bool | None = None) -> Build:
    def build(asked: Scope) -> Select:
        rows = [is_open_on(asked.cut_off)]
        if is_paused is not None:
            rows.append(is_paused_on(asked.cut_off) if is_paused else ~is_paused_on(asked.cut_off))
        return _cases(asked, *rows, on=literal(asked.cut_off, Date))
    return build


def _listed(now: Callable[[Scope], ColumnElement[bool]], then: Callable[[Scope], ColumnElement[bool]]) -> Build:
    """What a work list shows today by the present state; for an earlier cut-off what it would have shown then."""
    def build(asked: Scope) -> Select:
        if asked.cut_off == asked.actor.today:
            return _cases(asked, now(asked), on=Case.next_due_on)
        return _cases(asked, then(asked), on=literal(asked.cut_off, Date))
    return build


# Reopened ---------------------------------------------------------------------------------------------------------

def _is_reopening() -> ColumnElement[bool]:
    """Literally, so that the small index of reopenings is used."""
    return and_(Event.kind == literal_column("'reopened'"), Event.stream == literal("case:") + Case.number)


def _reopened(asked: Scope) -> Select:
    return select(*columns(Event.id, Case.id, Case.received_on, Event.happened_on)).join(
        Case, _is_reopening()).where(asked.rows, during(asked, Event.happened_on))


def year_to(day: date) -> Span:
    """The twelve months that end with a day."""
    return Span(workdays.add_years(day, -1) + timedelta(1), day, Text("", ""), "")


def _was_reopened(asked: Scope) -> ColumnElement[bool]:
    found = select(Case.id).join(Event, _is_reopening()).where(
        keys.in_period(Event.happened_on, year_to(asked.cut_off)))
    return Case.id.in_(found)


def _is_closed_in_year(asked: Scope) -> ColumnElement[bool]:
    return and_(Case.is_open == 0, Case.closed_on.is_not(None),
                keys.in_period(Case.closed_on, year_to(asked.cut_off)))


def _reopened_year(asked: Scope) -> Select:
    return _cases(asked, _was_reopened(asked))


def _closed_year(asked: Scope) -> Select:
    return _cases(asked, _is_closed_in_year(asked), on=Case.closed_on)


def _reopened_gone(asked: Scope) -> Select:
    return _cases(asked, _was_reopened(asked), ~func.coalesce(_is_closed_in_year(asked), false()))


# Sent by others, consultations, confirmations ---------------------------------------------------------------------

def _sent(channels: tuple[str, ...], kinds: tuple[str, ...]) -> ColumnElement[bool]:
    letter = exists().where(Commission.case_id == Case.id, Commission.direction == "in", Commission.kind.in_(kinds))
    return or_(Case.channel.in_(channels), letter)


def _consultations(asked: Scope) -> Select:
    return select(*columns(Consultation.id, func.min(Case.id), Consultation.called_on, Consultation.held_on)).join(
        ConsultationCase, ConsultationCase.consultation_id == Consultation.id).join(
        Case, Case.id == ConsultationCase.case_id).where(
        asked.rows, Consultation.held_on.is_not(None), during(asked, Consultation.held_on)).group_by(
        Consultation.id, Consultation.called_on, Consultation.held_on)


def _confirmed(asked: Scope) -> Select:
    return select(*columns(SideProcedure.id, Case.id, SideProcedure.requested_on, SideProcedure.decided_on)).join(
        Case, Case.id == SideProcedure.case_id).where(
        asked.rows, SideProcedure.kind == "jud_confirm", SideProcedure.result == "granted",
        during(asked, SideProcedure.decided_on))


# Beside the cases -------------------------------------------------------------------------------------------------

def _beside(model: type, day: ColumnElement, *where: ColumnElement[bool], n: ColumnElement = ONE) -> Build:
    """Rows of a table that belongs to a union; a chosen station narrows it, a channel or kind leaves nothing."""
    def build(asked: Scope) -> Select:
        rows = [prevention.rows_of(model, asked.actor, "statistics.read"), during(asked, day), *where]
        if asked.filters:
            rows.append(false())
        if asked.station_path:
            place = getattr(model, "station_id", model.union_id)
            rows.append(place.in_(select(Station.id).where(Station.path.startswith(asked.station_path,
                                                                                   autoescape=True))))
        return select(*columns(model.id, null(), day, day, n)).where(*rows)
    return build


TALKS = ("lecture", "stand")


# Money ------------------------------------------------------------------------------------------------------------

def bound_sum() -> ColumnElement[int]:
    """What an agreement promises to those whom it binds."""
    return func.coalesce(select(func.sum(InstalmentShare.amount_fen)).join(
        Instalment, Instalment.id == InstalmentShare.instalment_id).where(
        Instalment.agreement_id == Agreement.id, balances.is_bound()).correlate(Agreement).scalar_subquery(), 0)


def _agreements(condition: Callable[[Scope], ColumnElement[bool]]) -> Build:
    return lambda asked: select(*columns(Agreement.id, Case.id, Agreement.made_on, Agreement.effective_on,
                                         bound_sum())).join(Case, Case.id == Agreement.case_id).where(condition(asked))


def _arrivals(condition: Callable[[Scope], ColumnElement[bool]]) -> Build:
    return lambda asked: select(*columns(
        Payment.id, Case.id, Payment.entered_on, Payment.paid_on, Payment.amount_fen * balances.arrived_sign())).join(
        Case, Case.id == Payment.case_id).where(condition(asked))


def is_arrived_by(day: date) -> ColumnElement[bool]:
    return and_(balances.counts(), or_(Payment.paid_on.is_(None), Payment.paid_on <= day))


def _due(is_paid: bool) -> Build:
    def build(asked: Scope) -> Select:
        plan = balances.plan(asked.cut_off, asked.rows)
        return select(*columns(plan.c.id, plan.c.case_id, plan.c.made_on, plan.c.due_on,
                               plan.c.paid if is_paid else plan.c.amount)).where(
            plan.c.due_on.is_not(None), plan.c.due_on <= asked.cut_off, during(asked, plan.c.due_on),
            *([plan.c.paid > 0] if is_paid else []))
    return build


def _cohort_due(asked: Scope) -> Select:
    """What fell due by the cut-off in the cases accepted in the period."""
    plan = balances.plan(asked.cut_off, asked.rows)
    return select(*columns(plan.c.id, plan.c.case_id, plan.c.made_on, plan.c.due_on, plan.c.amount)).join(
        Case, Case.id == plan.c.case_id).where(asked.is_accepted, plan.c.due_on <= asked.cut_off)


def _cohort_outstanding(asked: Scope) -> Select:
    sums = balances.per_case(asked.cut_off, asked.is_accepted).subquery()
    return _cases(asked, sums.c.outstanding > 0, n=sums.c.outstanding).join(sums, sums.c.case_id == Case.id)


def _late(band: str) -> Build:
    first, last = conditions.BANDS[band]

    def build(asked: Scope) -> Select:
        plan = balances.plan(asked.cut_off, asked.rows)
        rows = [plan.c.due_on <= asked.cut_off - timedelta(first), plan.c.amount > plan.c.paid]
        if last:
            rows.append(plan.c.due_on >= asked.cut_off - timedelta(last))
        return select(*columns(plan.c.id, plan.c.case_id, plan.c.made_on, plan.c.due_on,
                               plan.c.amount - plan.c.paid)).where(*rows)
    return build


def _ending(asked: Scope):
    """Agreements in force, each with the day of its last instalment; those whose day nobody knows are left out."""
    last = func.max(Instalment.due_on)
    return select(Agreement.id, Agreement.case_id, last.label("last")).join(
        Instalment, Instalment.agreement_id == Agreement.id).join(Case, Case.id == Agreement.case_id).where(
        asked.rows, balances.is_in_force(asked.cut_off)).group_by(Agreement.id, Agreement.case_id).having(
        func.count() == func.count(Instalment.due_on), last <= asked.cut_off, during(asked, last)).subquery()


def _agreements_due(is_kept: bool) -> Build:
    """Agreements that were to be performed by a day in the period; kept: paid to every worker by that day."""
    def build(asked: Scope) -> Select:
        ending = _ending(asked)
        lines = select(ending.c.id, ending.c.case_id, ending.c.last, InstalmentShare.party_id,
                       func.sum(InstalmentShare.amount_fen).label("agreed")).join(
            Agreement, Agreement.id == ending.c.id).join(Instalment, Instalment.agreement_id == Agreement.id).join(
            InstalmentShare, InstalmentShare.instalment_id == Instalment.id).where(balances.is_bound()).group_by(
            ending.c.id, ending.c.case_id, ending.c.last, InstalmentShare.party_id).subquery()
        performed = select(func.sum(PaymentShare.amount_fen * balances.arrived_sign())).join(
            Payment, Payment.id == PaymentShare.payment_id).where(
            Payment.case_id == lines.c.case_id, PaymentShare.party_id == lines.c.party_id, balances.counts(),
            Payment.payer_kind != "fund", or_(Payment.paid_on.is_(None), Payment.paid_on <= lines.c.last)
        ).correlate(lines).scalar_subquery()
        is_paid = func.min(case((func.coalesce(performed, 0) >= lines.c.agreed, 1), else_=0))
        found = select(*columns(lines.c.id, lines.c.case_id, lines.c.last, lines.c.last,
                                func.sum(lines.c.agreed))).group_by(lines.c.id, lines.c.case_id, lines.c.last).having(
            func.sum(lines.c.agreed) > 0)
        return found.having(is_paid == 1) if is_kept else found
    return build


# What the returns add up -------------------------------------------------------------------------------------------

def _left(day: date) -> ColumnElement[bool]:
    """Accepted by a day and without an outcome on it."""
    return and_(Case.accepted_on <= day, or_(Case.outcome == "", Case.concluded_on > day), Case.outcome != "DUPLICATE")


def _opening(asked: Scope) -> Select:
    first = asked.days.first
    return _cases(asked, _left(first - timedelta(1)) if first else false(), on=Case.concluded_on)


def _pending(asked: Scope) -> Select:
    return _cases(asked, _left(asked.days.last or asked.cut_off), on=Case.concluded_on)


def _out_of_order(asked: Scope) -> Select:
    """What breaks opening + accepted = concluded + pending: an outcome on no day, or before the acceptance."""
    return _cases(asked, Case.outcome.not_in({*words.OUTSIDE_RATES, ""}), keys.was_accepted(), or_(
        Case.accepted_on.is_(None), Case.concluded_on.is_(None), Case.concluded_on < Case.accepted_on),
        on=Case.concluded_on)


# Workload and satisfaction ----------------------------------------------------------------------------------------

def _mediators(asked: Scope) -> Select:
    is_at_work = or_(is_open_on(asked.cut_off), asked.is_accepted)
    return select(*columns(Case.handler_id, null(), null(), null())).where(
        asked.rows, Case.handler_id.is_not(None), is_at_work).distinct()


def _sessions(*where: ColumnElement[bool], n: ColumnElement = ONE) -> Build:
    return lambda asked: select(*columns(Hearing.id, Case.id, Case.received_on, Hearing.held_on, n)).join(
        Case, Case.id == Hearing.case_id).where(asked.is_concluded, WON, Hearing.held_on <= asked.cut_off, *where)


def _visits(answers: tuple[str, ...], side: str = "") -> Build:
    def build(asked: Scope) -> Select:
        found = select(*columns(Visit.id, Case.id, Case.closed_on, Visit.visited_on)).join(
            Case, Case.id == Visit.case_id).where(
            asked.rows, during(asked, Visit.visited_on), Visit.satisfaction.in_(answers))
        return found.join(Party, Party.id == Visit.party_id).where(Party.side == side) if side else found
    return build


POPULATIONS: dict[str, Build] = {
    "registered": _registered, "accepted": _accepted(), "accepted_workers": _accepted(Case.headcount),
    "claimed": _accepted(func.coalesce(Case.claimed_fen, 0)), "settled": _settled,
    "concluded": _concluded(), "won": _concluded(WON), "held": _concluded(IS_HELD),
    "held_won": _concluded(WON, IS_HELD),
    "early": _concluded(WON, ~IS_HELD), "closed": _closed(), "closed_dated": _closed(Case.received_on.is_not(None),
                                                                                 Case.closed_on.is_not(None)),
    "reopened": _reopened, "reopened_year": _reopened_year, "closed_year": _closed_year,
    "reopened_gone": _reopened_gone,
    "declined": _turned_away(Case.outcome == "NOT_ACCEPTED"),
    **{f"declined_{code}": _turned_away(Case.outcome == "NOT_ACCEPTED", Case.outcome_reason == code)
       for code in words.DECLINE_GROUNDS},
    "refused": _turned_away(Case.outcome == "REFUSED_BY_PARTY"),
    "unreachable": _turned_away(Case.outcome == "UNREACHABLE"),
    "group_cases": _accepted(ONE, Case.is_group.is_(True)),
    "group_workers": _accepted(Case.headcount, Case.is_group.is_(True)),
    "court_sent": _accepted(ONE, _sent(("E", "F"), COURT)),
    "arbitration_sent": _accepted(ONE, _sent(("G", "H"), ARBITRATION)),
    "consultations": _consultations, "confirmed": _confirmed,
    "inquiries": _beside(Inquiry, Inquiry.asked_on, n=Inquiry.people),
    **{f"letter_{code}": _beside(Letter, Letter.sent_on, Letter.kind == code) for code in words.LETTER_KINDS},
    "lectures": _beside(Activity, Activity.done_on, Activity.kind.in_(TALKS)),
    "listeners": _beside(Activity, Activity.done_on, Activity.kind.in_(TALKS), n=Activity.people),
    "employer_visits": _beside(Activity, Activity.done_on, Activity.kind == "visit"),
    "open": _open(), "open_paused": _open(True), "open_running": _open(False),
    "open_today": _listed(lambda asked: conditions.is_open(), lambda asked: bygone.was_open(asked.cut_off)),
    "untouched": _listed(lambda asked: conditions.untouched(asked.actor), bygone.untouched),
    "stuck": _listed(lambda asked: conditions.stuck(asked.actor.today), bygone.stuck),
    "agreements": _agreements(is_effective),
    "cohort_agreements": _agreements(lambda asked: and_(asked.is_accepted, balances.is_in_force(asked.cut_off))),
    "arrivals": _arrivals(lambda asked: and_(asked.rows, keys.is_proved(asked.days))),
    "cohort_arrivals": _arrivals(lambda asked: and_(asked.is_accepted, is_arrived_by(asked.cut_off))),
    "cohort_due": _cohort_due, "cohort_outstanding": _cohort_outstanding,
    "agreements_due": _agreements_due(False), "agreements_kept": _agreements_due(True),
    "instalments_due": _due(False), "instalments_paid": _due(True),
    **{f"late_{band}": _late(band) for band in conditions.BANDS},
    "opening": _opening, "pending": _pending, "out_of_order": _out_of_order,
    **{f"reason_{code}": _accepted(ONE, Case.hr_reason == ("" if code == "none" else code))
       for code in returns.REASONS},
    **{f"body_{code}": _accepted(ONE, Case.channel.in_(found)) for code, found in returns.BODY_CHANNELS.items()},
    **{f"class_{code}": _concluded(Case.outcome.in_(found)) for code, found in returns.CLASS_OUTCOMES.items()},
    "mediators": _mediators, "won_sessions": _sessions(),
    "won_minutes": _sessions(Hearing.minutes.is_not(None), n=Hearing.minutes), "won_timed": _concluded(WON, IS_TIMED),
    "open_held": lambda asked: _open()(asked).where(Case.handler_id.is_not(None)),
    "accepted_held": _accepted(ONE, Case.handler_id.is_not(None)),
    "answered": _visits(ANSWERS), "satisfied": _visits(ANSWERS[:2]),
    **{f"answered_{side}": _visits(ANSWERS, side) for side in ("applicant", "respondent")},
    **{f"satisfied_{side}": _visits(ANSWERS[:2], side) for side in ("applicant", "respondent")},
}
# Whose rows are no cases: what opens when one of them is pressed; a payment opens its entry in the case.
KINDS: dict[str, str] = {
    "consultations": "consultation", "inquiries": "inquiry", "lectures": "activity", "listeners": "activity",
    "employer_visits": "activity", "mediators": "mediator", "arrivals": "payment", "cohort_arrivals": "payment",
    **{f"letter_{code}": "letter" for code in words.LETTER_KINDS},
}
