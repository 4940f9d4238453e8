"""The law on one case: its channel, the days that start clocks, what is decided about a clock, interruptions, scope."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Case, CaseFact, ClockChange, Event, Interruption, ScopeCheck
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text, Word
from mediation.rules.law import causes, channels, jurisdiction, limitation, limits, refusals
from mediation.rules.law.clocks import Clock
from mediation.rules.law.jurisdiction import Jurisdiction
from mediation.services.cases import moves

Told = TypeVar("Told", CaseFact, Interruption)
PERMISSION = "case.work"
NEEDS_REASON = Text("请写理由", "Please give a reason")
NEEDS_DAY = Text("请填写哪天", "Please give the day")
IN_FUTURE = Text("日期不能在今天之后", "The day cannot lie in the future")


def _refuse(found: Iterable[Problem], confirmed: Iterable[str] = ()) -> None:
    moves.refuse(list(found), {"confirmed": frozenset(confirmed)})


# Channel --------------------------------------------------------------------------------------------------------

def change_channel(case: Case, channel: str, procedure: str, reason: str, document: str, actor: Actor,
                   confirmed: Iterable[str] = ()) -> Event:
    """Give the case another channel than its station's, before acceptance only.

    Raises Forbidden, or Refused: accepted already (with the rule and article), unknown channel, no reason; a civil
    matter on a channel that may not take it is asked back.
    """
    moves.require(case, PERMISSION, actor)
    _refuse(_channel_problems(case, channel, procedure, reason), confirmed)
    before, case.channel = case.channel, channel
    case.procedure = procedure if channel == "F" else ""
    return moves.act(case, "channel_changed", {
        "before": before, "channel": channel, "procedure": case.procedure, "document": document, "reason": reason},
        actor)


def _channel_problems(case: Case, channel: str, procedure: str, reason: str) -> list[Problem]:
    found = channels.channel_change_problems(case.channel, channel, case.accepted_on is not None)
    found += [p for p in channels.channel_problems(channel, procedure or None) if p not in found]
    if channel == case.channel and (channel != "F" or procedure == case.procedure or case.accepted_on):
        found.append(Problem("channel", Text("渠道没有变", "The channel is the same")))
    if not reason:
        found.append(Problem("reason", NEEDS_REASON))
    if case.is_civil and channel in channels.CHANNELS:
        found += jurisdiction.channel_fit_problems(jurisdiction.RELATION_SCOPES["civil"], channel)
    return found


# Facts ----------------------------------------------------------------------------------------------------------

# Days that stand in columns of the case or come from its moves: told there, not here.
KEPT_ELSEWHERE = frozenset({"received", "accepted", "consented", "effective", "infringement_known", "employment_ended",
                            "interrupted", "declined", "refused", "concluded", "mediator_appointed",
                            "performance_due", "performed"})
# Days of the side procedures: told there step by step.
OF_PROCEDURES = frozenset({
    "review_applied", "review_accepted", "review_decided", "confirmation_applied", "confirmation_filed",
    "confirmation_decided", "order_applied", "payment_order_accepted", "order_issued", "payment_order_served",
    "order_answered", "aid_applied", "aid_approved", "aid_assigned", "complaint_received", "inspection_filed",
    "inspection_decided"})
TELLABLE: dict[str, Word] = {code: word for code, word in limits.FACTS.items()
                                    if code not in KEPT_ELSEWHERE | OF_PROCEDURES}


def record_fact(case: Case, fact: str, on: date | None, document: str, actor: Actor) -> CaseFact:
    """Record a day that starts or stops a clock and stands nowhere else, such as a court platform's message.

    Raises Refused for an unknown fact, a day ahead, an impossible order with the other days (naming the article).
    """
    moves.require(case, PERMISSION, actor)
    _refuse(fact_problems(case, fact, on, actor.today))
    row = put_fact(case, fact, on, document, actor)
    moves.act(case, "fact_recorded", {"fact_row": row.id, "fact": fact, "on": on, "document": document}, actor, on)
    return row


def put_fact(case: Case, fact: str, on: date | None, document: str, actor: Actor,
             procedure_id: int | None = None) -> CaseFact:
    """The row of a fact, without an event of its own."""
    row = CaseFact(case_id=case.id, procedure_id=procedure_id, fact=fact, on=on, document=document,
                   made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    db.session.expire(case, ["case_facts"])
    return row


def fact_problems(case: Case, fact: str, on: date | None, today: date) -> list[Problem]:
    """What stands against telling a fact."""
    if case.is_late_entry:
        return [Problem("", Text("补录案件不计期限", "A late entry runs no limits"))]
    if fact not in TELLABLE:
        return [Problem("fact", Text("请选是什么日子", "Choose what happened that day"))]
    if on is None:
        return [Problem("on", NEEDS_DAY)]
    known = clock_queries.case_facts(case)
    if on in clock_queries.told_facts(case).get(fact, ()):
        return [Problem("on", Text("这一天已经记过了", "This day is on record already"))]
    return order_problems(known, fact, on, today)


def order_problems(known: Mapping[str, Sequence[date]], fact: str, on: date, today: date,
                   name: str = "on") -> list[Problem]:
    """What a new day does to the order of all days; only what concerns it, under the field ``name``."""
    # The first day of a fact decides the order, so a second one is compared as if it stood alone.
    days = {**{code: list(rows) for code, rows in known.items()}, fact: [on]}
    before = set(refusals.order_problems(known, today))
    return [p._replace(field=name) for p in refusals.order_problems(days, today) if p not in before]


def drop_fact(case: Case, fact_id: int, reason: str, actor: Actor) -> Event:
    """Strike out a day told by mistake; it stays readable with the reason."""
    moves.require(case, PERMISSION, actor)
    row = db.session.scalar(select(CaseFact).where(CaseFact.id == fact_id, CaseFact.case_id == case.id))
    row = _standing(row if row is None or row.procedure_id is None else None, reason)
    row.dropped_on, row.dropped_reason = actor.today, reason
    return moves.act(case, "fact_dropped", {"fact_row": row.id, "fact": row.fact, "on": row.on, "reason": reason},
                     actor)


def _standing(row: Told | None, reason: str) -> Told:
    """The entry that is to be struck out: it stands, and a reason is given. Raises Refused."""
    found = []
    if row is None or row.dropped_on is not None:
        found.append(Problem("", Text("这一条不能划去", "This entry cannot be struck out")))
    if not reason:
        found.append(Problem("reason", NEEDS_REASON))
    _refuse(found)
    assert row is not None
    return row


# Decisions about a clock ----------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Decision:
    """What is decided about one clock. ``kind`` of reckoning.CHANGES; ``signed``: the day each one agreed."""

    rule: str
    kind: str
    from_on: date | None = None
    to_on: date | None = None
    reason: str = ""
    document: str = ""
    ground: str = ""
    signed: Mapping[str, date] = field(default_factory=dict)


KINDS = ("extend", "pause", "resume", "override")
EVENTS = {"extend": "clock_extended", "pause": "clock_paused", "resume": "clock_resumed",
          "override": "clock_overridden"}


def change_clock(case: Case, decision: Decision, actor: Actor, confirmed: Iterable[str] = ()) -> ClockChange:
    """Extend, pause, resume or set by hand one clock of the case, as its row allows.

    Raises Forbidden, or Refused with the rule and article in each sentence; rules of confidence M or L ask back.
    """
    moves.require(case, PERMISSION, actor)
    clock = find_clock(case, decision.rule, actor.today)
    _refuse(decision_problems(case, clock, decision, actor.today), confirmed)
    assert clock is not None
    from_on = decision.from_on or max(decision.signed.values(), default=actor.today)
    row = ClockChange(case_id=case.id, rule=decision.rule, kind=decision.kind, from_on=from_on, to_on=decision.to_on,
                      ground=(decision.ground or None) if decision.kind == "pause" else None,
                      reason=decision.reason, document=decision.document, consents=list(decision.signed),
                      signed={who: on.isoformat() for who, on in decision.signed.items()}, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    moves.act(case, EVENTS[decision.kind], _clock_data(row, clock), actor, min(from_on, actor.today))
    return row


def find_clock(case: Case, rule: str, today: date) -> Clock | None:
    """The newest clock of this rule on the case."""
    found = [c for c in clock_queries.of_case(case, today) if c.id == rule]
    return max(found, key=lambda clock: clock.trigger_on, default=None)


def _clock_data(row: ClockChange, clock: Clock) -> dict[str, object]:
    data = {"rule": row.rule, "before": clock.due, "from_on": row.from_on, "to_on": row.to_on, "signed": row.signed,
            "ground": row.ground, "document": row.document, "reason": row.reason}
    wanted = {"extend": "rule to_on signed document reason", "pause": "rule from_on to_on ground document reason",
              "resume": "rule from_on document reason", "override": "rule before to_on document reason"}
    return {name: data[name] for name in wanted[row.kind].split()}


def decision_problems(case: Case, clock: Clock | None, decision: Decision, today: date) -> list[Problem]:
    """What stands against a decision about a clock."""
    if decision.kind not in KINDS:
        return [Problem("kind", Text("请选要做什么", "Choose what to do"))]
    if clock is None or clock.state == "stopped":
        return [Problem("rule", Text("没有正在计算的这个期限", "This limit is not running"))]
    missing = _missing(decision)
    if missing:
        return missing
    return missing + CHECKS[decision.kind](case, clock, decision, today)


def _missing(decision: Decision) -> list[Problem]:
    name = "to_on" if decision.kind in ("extend", "override") else "from_on"
    found = [] if getattr(decision, name) else [Problem(name, NEEDS_DAY)]
    if decision.kind == "extend" and not decision.signed:
        found.append(Problem("applicant_on", Text("请写各方哪天同意的", "Give the day on which each side agreed")))
    return found


FIELDS_OF_CONSENT = {"consents": "respondent_on", "from_on": "applicant_on"}


def _extend_problems(case: Case, clock: Clock, decision: Decision, today: date) -> list[Problem]:
    calendar = clock_queries.calendar(case.station.county)
    assert decision.to_on is not None
    found = refusals.extension_problems(clock, decision.to_on, decision.signed, calendar, today)
    early = [p for on in decision.signed.values() if on < clock.trigger_on
             for p in [Problem("applicant_on", refusals.BEFORE_START.fill(day=on, start=clock.trigger_on,
                                                                           article=clock.article))]]
    return [p._replace(field=FIELDS_OF_CONSENT.get(p.field, p.field)) for p in found] + early


def _pause_problems(case: Case, clock: Clock, decision: Decision, today: date) -> list[Problem]:
    assert decision.from_on is not None
    found = refusals.pause_problems(clock, decision.from_on, decision.ground, decision.reason,
                                    decision.document)
    if clock.paused_on is not None:
        found.append(Problem("", Text("已经在中止中", "It is paused already")))
    if decision.from_on > today:
        found.append(Problem("from_on", IN_FUTURE))
    if decision.from_on < clock.trigger_on:
        found.append(Problem("from_on", refusals.BEFORE_START.fill(
            day=decision.from_on, start=clock.trigger_on, article=clock.article)))
    if decision.to_on and decision.to_on < decision.from_on:
        found.append(Problem("to_on", Text("恢复的日子早于中止的日子", "It would resume before it was paused")))
    return found


def _resume_problems(case: Case, clock: Clock, decision: Decision, today: date) -> list[Problem]:
    assert decision.from_on is not None
    found = [] if decision.reason else [Problem("reason", NEEDS_REASON)]
    if clock.paused_on is None:
        found.append(Problem("", Text("没有在中止", "It is not paused")))
    elif decision.from_on < clock.paused_on:
        found.append(Problem("from_on", Text("恢复的日子早于中止的日子", "It would resume before it was paused")))
    if decision.from_on > today:
        found.append(Problem("from_on", IN_FUTURE))
    return found


def _override_problems(case: Case, clock: Clock, decision: Decision, today: date) -> list[Problem]:
    assert decision.to_on is not None
    found = refusals.override_problems(clock, decision.to_on, decision.reason, decision.document)
    if decision.to_on == clock.due:
        found.append(Problem("to_on", Text("和现在的期限一样", "It is the same as the present limit")))
    return found


CHECKS = {"extend": _extend_problems, "pause": _pause_problems, "resume": _resume_problems,
          "override": _override_problems}


# Time bar -------------------------------------------------------------------------------------------------------

def interrupt(case: Case, kind: str, on: date | None, evidence: str, actor: Actor) -> Interruption:
    """Append an interruption of a time bar with its evidence; a wrong one is struck out, never edited."""
    moves.require(case, PERMISSION, actor)
    found = []
    if kind not in limitation.INTERRUPTIONS:
        found.append(Problem("kind", Text("请选因为什么", "Choose the cause")))
    if on is None:
        found.append(Problem("on", NEEDS_DAY))
    elif on > actor.today:
        found.append(Problem("on", IN_FUTURE))
    if not evidence:
        found.append(Problem("evidence", Text("请写凭据在哪里（短信、签收、记录等）", "Say where the evidence is")))
    if any(row.kind == kind and row.on == on and row.dropped_on is None for row in case.interruptions):
        found.append(Problem("on", Text("这一次已经记过了", "This one is on record already")))
    _refuse(found)
    row = Interruption(case_id=case.id, kind=kind, on=on, evidence=evidence)
    db.session.add(row)
    db.session.flush()
    moves.act(case, "interruption_recorded", {"interruption": row.id, "cause": kind, "on": on}, actor, on)
    return row


def drop_interruption(case: Case, row_id: int, reason: str, actor: Actor) -> Event:
    """Strike out an interruption told by mistake: the time bar is counted without it, and it stays readable."""
    moves.require(case, PERMISSION, actor)
    row = db.session.scalar(select(Interruption).where(Interruption.id == row_id, Interruption.case_id == case.id))
    row = _standing(row, reason)
    row.dropped_on, row.dropped_reason = actor.today, reason
    return moves.act(case, "interruption_dropped", {"interruption": row.id, "cause": row.kind, "on": row.on}, actor)


def expire(case: Case, actor: Actor, seen_version: int | None = None) -> Event:
    """The period has passed without an agreement: failed, period over; the time bar is interrupted on its due day.

    Refused while no period is over. The written notice is then drafted on the case's page of papers.
    """
    if queries.expired_period(case, actor.today) is None:
        raise Refused([Problem("", Text("调解期限还没有届满，或已有结果",
                                        "The mediation period is not over, or there is an outcome"))])
    return moves.move(case, "fail", {"happened_on": actor.today, "reason_code": "expired", "note": "",
                                     "confirmed": ("early",)}, actor, seen_version)


# Scope and causes -----------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Question:
    """What the desk knows when it asks whether a dispute belongs here."""

    relation: str
    facts_on: date | None
    exclusion: str = ""
    has_pension: bool | None = None
    is_delayed: bool = False


def check_jurisdiction(case: Case, question: Question, actor: Actor) -> Jurisdiction:
    """Ask the rules whether the dispute belongs here and record the answer with its ground; gives the answer."""
    moves.require(case, PERMISSION, actor)
    _refuse(_question_problems(question, actor.today))
    assert question.facts_on is not None
    answer = jurisdiction.jurisdiction_of(question.relation, queries.heads(case), question.facts_on, question.exclusion,
                                          question.has_pension, question.is_delayed)
    row = ScopeCheck(case_id=case.id, checked_on=actor.today, relation=question.relation, facts_on=question.facts_on,
                     exclusion=question.exclusion, has_pension=question.has_pension, is_delayed=question.is_delayed,
                     verdict=answer.verdict, ground=answer.ground.zh, cites=answer.cites,
                     confidence=answer.confidence, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    case.relation, case.is_civil = question.relation, answer.is_court_matter
    moves.act(case, "scope_checked", {"check": row.id, "relation": row.relation, "verdict": row.verdict,
                                      "cites": row.cites, "confidence": row.confidence}, actor)
    return answer


def _question_problems(question: Question, today: date) -> list[Problem]:
    found = []
    if question.relation not in words.RELATIONS:
        found.append(Problem("relation", Text("请选用工关系", "Choose the relationship")))
    if question.facts_on is None:
        found.append(Problem("facts_on", NEEDS_DAY))
    elif question.facts_on > today:
        found.append(Problem("facts_on", IN_FUTURE))
    if question.exclusion and question.exclusion not in jurisdiction.EXCLUSIONS:
        found.append(Problem("exclusion", Text("没有这一项", "There is no such item")))
    return found


@dataclass(frozen=True)
class Heads:
    """What a case is counted under, and the days of its time bars."""

    court_cause: str = ""
    hr_reason: str = ""
    hr_others: Sequence[str] = ()
    employment_ended_on: date | None = None
    infringement_known_on: date | None = None
    wage_choice: str = ""
    grade: str = ""


def set_heads(case: Case, heads: Heads, actor: Actor) -> Event | None:
    """Write grade, court cause, statistics heads, the days of the time bars and the worker's choice.

    None when all is as it was. Cause and heads carry the version of their list. Days of the time bars that change stay
    readable in the event.
    """
    moves.require(case, PERMISSION, actor)
    _refuse(_heads_problems(case, heads, actor.today))
    values = {"court_cause": heads.court_cause, "hr_reason": heads.hr_reason, "hr_others": list(heads.hr_others),
              "employment_ended_on": heads.employment_ended_on, "infringement_known_on": heads.infringement_known_on,
              "wage_choice": heads.wage_choice, "grade": heads.grade}
    changed = [name for name, value in values.items() if (getattr(case, name) or None) != (value or None)]
    if not changed:
        return None
    before = {name: getattr(case, name) for name in limitation.STARTS}
    for name in changed:
        setattr(case, name, values[name])
    case.cause_version = causes.VERSION if case.court_cause else ""
    case.hr_version = causes.REASONS_VERSION if case.hr_reason else ""
    if not set(limitation.STARTS) & set(changed):
        return moves.act(case, "case_changed", {"fields": changed, "reason": None}, actor)
    days = {f"{short}_{when}": row[name] for name, short in limitation.STARTS.items()
            for when, row in (("before", before), ("on", values))}
    return moves.act(case, "bar_days_changed", {"fields": changed, **days}, actor)


def _heads_problems(case: Case, heads: Heads, today: date) -> list[Problem]:
    found = []
    if heads.court_cause and heads.court_cause not in causes.CAUSES:
        found.append(Problem("court_cause", Text("没有这个案由", "There is no such cause")))
    if heads.hr_reason and heads.hr_reason not in causes.REASONS:
        found.append(Problem("hr_reason", Text("没有这个统计类别", "There is no such head")))
    if set(heads.hr_others) - set(causes.REASONS) or heads.hr_reason in heads.hr_others:
        found.append(Problem("hr_others", Text("主要类别不用再选一次", "The main head need not be chosen again")))
    if heads.wage_choice and heads.wage_choice not in words.WAGE_CHOICES:
        found.append(Problem("wage_choice", Text("没有这个选项", "There is no such choice")))
    if heads.grade and heads.grade not in words.GRADES:
        found.append(Problem("grade", Text("没有这个选项", "There is no such choice")))
    known = heads.infringement_known_on
    if known and known > today:
        found.append(Problem("infringement_known_on", IN_FUTURE))
    if known and case.received_on and known > case.received_on:
        found += order_problems({"received": [case.received_on]}, "infringement_known", known, today,
                                "infringement_known_on")
    return found


# A new calendar -------------------------------------------------------------------------------------------------

deadline_changes = queries.deadline_changes
