"""The row sets from which every figure is reckoned: each says once, in SQL, which rows it is under a scope.

A row set takes its rows from a source (the cases, the payments, the instalments …), keeps those that meet its
condition, counts each by a day, and lets it weigh something: persons, fen, minutes, or one. Every row has the same five
columns: ``key`` its id, ``case_id`` its case (none beside the cases), ``since`` and ``on`` its days, ``n`` its weight.
Row sets of one source are counted together in one pass (``measures.py``). What needs the clocks or a run through the
payments in order stands in ``durations.py``.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import aliased

from mediation.extensions import Expression
from mediation.models import (
    Agency,
    Case,
    ClockChange,
    Commission,
    Consultation,
    ConsultationCase,
    Event,
    Hearing,
    Party,
    SideProcedure,
    Supervision,
    Visit,
)
from mediation.queries import door
from mediation.queries.cases import case_filters
from mediation.queries.desk import work_lists
from mediation.queries.figures import as_of
from mediation.queries.figures.row_sets_beside import BESIDE
from mediation.queries.figures.row_sets_money import MONEY
from mediation.queries.figures.scopes import Scope
from mediation.queries.figures.sources import Condition, RowSet, Source, Start, built, columns, of_cases
from mediation.rules import words
from mediation.rules.figures import returns

COURT = ("before_filing", "after_filing", "by_judge")
ARBITRATION = ("by_arbitration", "arbitration_advice")
ANSWERS = ("satisfied", "mostly", "dissatisfied")
MEDIATION_PERIODS = ("M-A", "M-B", "M-C", "M-D", "M-E", "M-F", "M-G", "L7")


# Cases ------------------------------------------------------------------------------------------------------------

def cases(asked: Scope) -> Source:
    """The cases of a scope; by the day of acceptance unless a row set says otherwise."""
    return Source(Case.__table__, (asked.rows,), Case.id, Case.id, Case.received_on, Case.accepted_on)


# Those of the period by one of their days, so that an index finds them however many others there are.

def received(asked: Scope) -> Source:
    return Source(Case.__table__, (asked.rows, asked.within(Case.received_on)), Case.id, Case.id, Case.received_on,
                  Case.received_on)


def accepted(asked: Scope) -> Source:
    return Source(Case.__table__, (asked.is_accepted,), Case.id, Case.id, Case.received_on, Case.accepted_on)


def restricted(asked: Scope) -> Source:
    """Those accepted in the period that not everybody may read, which are few: the search begins with them."""
    few = aliased(Case)
    found = accepted(asked)
    return found._replace(where=(*found.where, Case.id.in_(select(few.id).where(few.is_sealed.is_(True)))))


def concluded(asked: Scope) -> Source:
    return Source(Case.__table__, (asked.is_concluded,), Case.id, Case.id, Case.received_on, Case.concluded_on)


def closed(asked: Scope) -> Source:
    return Source(Case.__table__, (is_closed(asked),), Case.id, Case.id, Case.received_on, Case.closed_on)


def _cases(where: Condition, on: Expression | None = None, n: Expression | None = None) -> RowSet:
    return RowSet(cases, where, on if on is None else lambda asked, rows: on,
                  n if n is None else lambda asked, rows: n)


def _of(source: Start, *where: ColumnElement[bool], n: Expression | None = None) -> RowSet:
    return RowSet(source, lambda asked, rows: and_(true(), *where), n=n if n is None else lambda asked, rows: n)


def _accepted(*where: ColumnElement[bool], n: Expression | None = None) -> RowSet:
    return _of(accepted, *where, n=n)


def _concluded(*where: ColumnElement[bool]) -> RowSet:
    return _of(concluded, *where)


def _closed(*where: ColumnElement[bool]) -> RowSet:
    return _of(closed, *where)


def _turned_away(*where: ColumnElement[bool]) -> RowSet:
    """Received in the period, and by the cut-off known never to be accepted."""
    return RowSet(received, lambda asked, rows: and_(asked.is_by_cut_off, *where),
                  lambda asked, rows: Case.concluded_on)


WON = Case.outcome.in_(words.SUCCESS)
IS_TIMED = exists().where(Hearing.case_id == Case.id, Hearing.minutes.is_not(None))
IS_HELD = exists().where(Hearing.case_id == Case.id, or_(Case.concluded_on.is_(None),
                                                         Hearing.held_on <= Case.concluded_on))
IS_HANDED_ON = or_(Case.outcome.in_(("TO_COURT", "TO_ARBITRATION")), Case.referred_to.in_(("TO_COURT",
                                                                                          "TO_ARBITRATION")))


def is_closed(asked: Scope) -> ColumnElement[bool]:
    """Cases of the scope that were closed in the period."""
    return and_(asked.rows, asked.within(Case.closed_on), Case.is_open == 0)


def is_open_on(day: date) -> ColumnElement[bool]:
    """Received by a day, and without an outcome on it."""
    return and_(Case.received_on <= day, or_(Case.outcome == "", Case.concluded_on > day))


def is_paused_on(day: date) -> ColumnElement[bool]:
    """The mediation period stands still on a day; the search begins with the pauses."""
    pause, later = aliased(ClockChange), aliased(ClockChange)
    ended = exists().where(later.case_id == pause.case_id, later.kind.in_(("resume", "extend", "override")),
                           later.rule.in_(MEDIATION_PERIODS), later.id > pause.id, later.from_on <= day)
    return Case.id.in_(select(pause.case_id).where(
        pause.kind == literal_column("'pause'"), pause.rule.in_(MEDIATION_PERIODS), pause.from_on <= day,
        or_(pause.to_on.is_(None), pause.to_on > day), ~ended))


def _on_cut_off(asked: Scope, rows: Source) -> ColumnElement[date]:
    return type_coerce(asked.cut_off, Date)


def _open(is_paused: bool | None = None, *where: ColumnElement[bool]) -> RowSet:
    def found(asked: Scope, rows: Source) -> ColumnElement[bool]:
        more = [] if is_paused is None else [is_paused_on(asked.cut_off) if is_paused else ~is_paused_on(asked.cut_off)]
        is_open = is_open_on(asked.cut_off)
        if asked.is_now:  # no outcome lies ahead
            is_open = and_(Case.received_on <= asked.cut_off, IS_UNCONCLUDED)
        return and_(is_open, *where, *more)
    return RowSet(cases, found, _on_cut_off)


def _listed(now: Callable[[Scope], ColumnElement[bool]], then: Callable[[Scope], ColumnElement[bool]]) -> RowSet:
    """What a work list shows today by the present state; for an earlier cut-off what it would have shown then."""
    return RowSet(cases, lambda asked, rows: now(asked) if asked.is_now else then(asked),
                  lambda asked, rows: Case.next_due_on if asked.is_now else _on_cut_off(asked, rows), is_told=True)


# Whatever came in, by its receipt, and what of it was concluded, by the outcome: their difference is what was open at
# the end of any day. A case whose outcome has no day is in neither.
IS_UNCONCLUDED = Case.outcome == literal_column("''")  # literally, so that the small index of these cases is used
IS_TRACED = and_(Case.received_on.is_not(None), or_(Case.outcome == "", Case.concluded_on.is_not(None)))


def _left(day: date) -> ColumnElement[bool]:
    """Accepted by a day and without an outcome on it."""
    return and_(Case.accepted_on <= day, or_(Case.outcome == "", Case.concluded_on > day), Case.outcome != "DUPLICATE")


def _out_of_order(asked: Scope, rows: Source) -> ColumnElement[bool]:
    """What breaks opening + accepted = concluded + pending: an outcome on no day, or before the acceptance."""
    return and_(Case.outcome.not_in({*words.OUTSIDE_RATES, ""}), case_filters.was_accepted(), or_(
        Case.accepted_on.is_(None), Case.concluded_on.is_(None), Case.concluded_on < Case.accepted_on))


# Reopened ---------------------------------------------------------------------------------------------------------

def _is_reopening() -> ColumnElement[bool]:
    """Literally, so that the small index of reopenings is used."""
    return and_(Event.kind == literal_column("'reopened'"), Event.stream == literal("case:") + Case.number)


def _reopened(asked: Scope) -> Select[Any]:
    return select(*columns(Event.id, Case.id, Case.received_on, Event.happened_on)).join(
        Case, _is_reopening()).where(asked.rows, asked.within(Event.happened_on))


def _was_reopened(asked: Scope) -> ColumnElement[bool]:
    found = select(Case.id).join(Event, _is_reopening()).where(
        case_filters.in_period(Event.happened_on, asked.year))
    return Case.id.in_(found)


def _is_closed_in_year(asked: Scope) -> ColumnElement[bool]:
    return and_(Case.is_open == 0, Case.closed_on.is_not(None),
                case_filters.in_period(Case.closed_on, asked.year))


# Rows of cases ----------------------------------------------------------------------------------------------------

def _sent(channels: tuple[str, ...], kinds: tuple[str, ...]) -> ColumnElement[bool]:
    letter = exists().where(Commission.case_id == Case.id, Commission.direction == "in", Commission.kind.in_(kinds))
    return or_(Case.channel.in_(channels), letter)


def _consultations(asked: Scope) -> Select[Any]:
    return select(*columns(Consultation.id, func.min(Case.id), Consultation.called_on, Consultation.held_on)).join(
        ConsultationCase, ConsultationCase.consultation_id == Consultation.id).join(
        Case, Case.id == ConsultationCase.case_id).where(
        asked.rows, Consultation.held_on.is_not(None), asked.within(Consultation.held_on)).group_by(
        Consultation.id, Consultation.called_on, Consultation.held_on)


def _mediators(asked: Scope) -> Select[Any]:
    is_at_work = or_(is_open_on(asked.cut_off), asked.is_accepted)
    none: Expression = literal_column("NULL")
    return select(*columns(Case.handler_id, none, none, none)).where(
        asked.rows, Case.handler_id.is_not(None), is_at_work).distinct()


PROCEDURES = of_cases(SideProcedure, SideProcedure.requested_on, SideProcedure.decided_on)
SESSIONS = of_cases(Hearing, Case.received_on, Hearing.held_on)
VISITS = of_cases(Visit, Case.closed_on, Visit.visited_on)
LETTERS_OF_CASES = of_cases(Commission, Commission.sent_on, Commission.sent_on)
SUPERVISIONS = of_cases(Supervision, Supervision.made_on, Supervision.made_on)


def _sessions(*where: ColumnElement[bool], n: Expression | None = None) -> RowSet:
    """Sessions by the cut-off of the cases settled in the period."""
    return RowSet(SESSIONS, lambda asked, rows: and_(asked.is_concluded, WON, Hearing.held_on <= asked.cut_off, *where),
                  n=n if n is None else lambda asked, rows: n)


def _visits(answers: tuple[str, ...], side: str = "") -> RowSet:
    """Visits in the period with one of these answers, all or those to one side."""
    from_side = [exists().where(Party.id == Visit.party_id, Party.side == side)] if side else []
    return RowSet(VISITS, lambda asked, rows: and_(
        asked.within(Visit.visited_on), Visit.satisfaction.in_(answers), *from_side))


def _said_by_settled(answer: str) -> RowSet:
    """Visits, whenever they were, to the cases settled in the period, with this answer."""
    return RowSet(VISITS, lambda asked, rows: and_(asked.is_concluded, WON, Visit.satisfaction == answer))


# The table --------------------------------------------------------------------------------------------------------

def _span(asked: Scope) -> str:
    return asked.days.code or "any"


def _in_list(row_set: RowSet, values: Callable[[Scope], dict[str, str]]) -> RowSet:
    """With the conditions of the list of cases; undated rows before an earlier cut-off are more than it can say."""
    return replace(row_set, listed=lambda asked: None if asked.is_all and asked.days.code else values(asked))


def _as_accepted(asked: Scope) -> dict[str, str]:
    return {"accepted": _span(asked)}


def _as_settled(asked: Scope) -> dict[str, str]:
    return {"accepted": _span(asked), "outcome": "success", "concluded_by": asked.cut_off.isoformat()}


def _as_concluded(asked: Scope) -> dict[str, str]:
    found = {"outcome": "rated", "concluded_by": asked.cut_off.isoformat()}
    return found | ({"concluded": asked.days.code} if asked.days.code else {})


def _as_registered(asked: Scope) -> dict[str, str]:
    return {"registered": asked.days.code} if asked.days.code else {}


def _opening(asked: Scope, rows: Source) -> ColumnElement[bool]:
    first = asked.days.first
    return _left(first - timedelta(1)) if first else false()


ROW_SETS: dict[str, RowSet] = {
    "registered": _in_list(_of(received), _as_registered),
    "accepted": _in_list(_accepted(), _as_accepted),
    "accepted_workers": _in_list(_accepted(n=Case.headcount), _as_accepted),
    "claimed": _in_list(_accepted(n=func.coalesce(Case.claimed_fen, 0)), _as_accepted),
    "withheld": RowSet(restricted, lambda asked, rows: door.is_withheld(asked.actor)),
    "settled": _in_list(RowSet(accepted, lambda asked, rows: and_(WON, asked.is_by_cut_off),
                               lambda asked, rows: Case.concluded_on), _as_settled),
    "concluded": _in_list(_concluded(), _as_concluded), "won": _concluded(WON),
    "held": _concluded(IS_HELD), "held_won": _concluded(WON, IS_HELD), "early": _concluded(WON, ~IS_HELD),
    "went_on": _cases(lambda asked, rows: and_(asked.within(Case.concluded_on), IS_HANDED_ON), Case.concluded_on),
    "closed": _closed(), "closed_dated": _closed(Case.received_on.is_not(None), Case.closed_on.is_not(None)),
    "reopened": built(_reopened), "reopened_year": _cases(lambda asked, rows: _was_reopened(asked)),
    "closed_year": _cases(lambda asked, rows: _is_closed_in_year(asked), Case.closed_on),
    "reopened_gone": _cases(lambda asked, rows: and_(
        _was_reopened(asked), ~func.coalesce(_is_closed_in_year(asked), false()))),
    "declined": _turned_away(Case.outcome == "NOT_ACCEPTED"),
    **{f"declined_{code}": _turned_away(Case.outcome == "NOT_ACCEPTED", Case.outcome_reason == code)
       for code in words.DECLINE_GROUNDS},
    "refused": _turned_away(Case.outcome == "REFUSED_BY_PARTY"),
    "unreachable": _turned_away(Case.outcome == "UNREACHABLE"),
    "group_cases": _accepted(Case.is_group.is_(True)),
    "group_workers": _accepted(Case.is_group.is_(True), n=Case.headcount),
    "court_sent": _accepted(_sent(("E", "F"), COURT)),
    "arbitration_sent": _accepted(_sent(("G", "H"), ARBITRATION)),
    "consultations": built(_consultations),
    "confirmed": RowSet(PROCEDURES, lambda asked, rows: and_(
        SideProcedure.kind == "jud_confirm", SideProcedure.result == "granted",
        asked.within(SideProcedure.decided_on))),
    "procedures": RowSet(PROCEDURES, lambda asked, rows: and_(
        SideProcedure.kind.in_(("arb_review", "jud_confirm", "pay_order")), asked.within(SideProcedure.requested_on)),
        lambda asked, rows: SideProcedure.requested_on),
    "urged": RowSet(SUPERVISIONS, lambda asked, rows: asked.within(Supervision.made_on)),
    "petitions": RowSet(LETTERS_OF_CASES, lambda asked, rows: and_(
        asked.within(Commission.sent_on), Case.merged_into_id.is_(None),
        Commission.agency_id.in_(select(Agency.id).where(Agency.kind == "petition")))),
    "open": _open(), "open_paused": _open(True), "open_running": _open(False),
    "open_held": _open(None, Case.handler_id.is_not(None)),
    "accepted_held": _accepted(Case.handler_id.is_not(None)),
    "open_today": _listed(lambda asked: work_lists.is_open(), lambda asked: as_of.was_open(asked.cut_off)),
    "untouched": _listed(lambda asked: work_lists.untouched(asked.actor), as_of.untouched),
    "stuck": _listed(lambda asked: work_lists.stuck(asked.actor.today), as_of.stuck),
    "came": _cases(lambda asked, rows: and_(IS_TRACED, asked.within(Case.received_on)), Case.received_on),
    "ended": _cases(lambda asked, rows: and_(IS_TRACED, Case.outcome != "", asked.within(Case.concluded_on)),
                    Case.concluded_on),
    "unconcluded": _cases(lambda asked, rows: and_(Case.received_on.is_not(None), IS_UNCONCLUDED)),
    "opening": _cases(_opening, Case.concluded_on),
    "pending": _cases(lambda asked, rows: _left(asked.days.last or asked.cut_off), Case.concluded_on),
    "out_of_order": _cases(_out_of_order, Case.concluded_on),
    **{f"reason_{code}": _accepted(Case.hr_reason == ("" if code == "none" else code)) for code in returns.REASONS},
    **{f"body_{code}": _accepted(Case.channel.in_(found)) for code, found in returns.BODY_CHANNELS.items()},
    **{f"class_{code}": _concluded(Case.outcome.in_(found)) for code, found in returns.CLASS_OUTCOMES.items()},
    "mediators": built(_mediators), "won_sessions": _sessions(),
    "won_minutes": _sessions(Hearing.minutes.is_not(None), n=Hearing.minutes), "won_timed": _concluded(WON, IS_TIMED),
    "won_visited": _concluded(WON, exists().where(Visit.case_id == Case.id)),
    **{f"won_{code}": _said_by_settled(code) for code in words.SATISFACTION},
    "answered": _visits(ANSWERS), "satisfied": _visits(ANSWERS[:2]),
    **{f"answered_{side}": _visits(ANSWERS, side) for side in ("applicant", "respondent")},
    **{f"satisfied_{side}": _visits(ANSWERS[:2], side) for side in ("applicant", "respondent")},
    **MONEY, **BESIDE,
}
# Whose rows are no cases: what opens when one of them is pressed; a payment opens its entry in the case.
KINDS: dict[str, str] = {
    "consultations": "consultation", "inquiries": "inquiry", "lectures": "activity", "listeners": "activity",
    "employer_visits": "activity", "checks": "activity", "mediators": "mediator", "arrivals": "payment",
    "cohort_arrivals": "payment", "leads": "lead", "leads_settled": "lead", "leads_cases": "lead",
    "rectified": "letter", **{f"letter_{code}": "letter" for code in words.LETTER_KINDS},
}
