"""Side procedures of a case: asked for when the law opens them, led on step by step; each step feeds the clocks."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mediation.extensions import db
from mediation.models import Case, SideProcedure
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.law import clocks, procedures, refusals, routes
from mediation.rules.law.procedures import Procedure, Step
from mediation.rules.law.routes import Offer
from mediation.services.cases import moves
from mediation.services.law import case_law

PERMISSION = "case.work"
REASON = Text("现在不能申请“{route}”：{reason}（{article}）", "'{route}' is not open now: {reason} ({article})")
RUNNING = Text("已经申请过，还没有办结", "It was asked for already and is not decided yet")


@dataclass(frozen=True)
class Request:
    """Who asked and when; a joint procedure needs both days. ``document``: the paper on which it stands."""

    applicant_on: date | None = None
    respondent_on: date | None = None
    document: str = ""
    note: str = ""

    @property
    def asked(self) -> dict[str, date | None]:
        return {"applicant": self.applicant_on, "respondent": self.respondent_on}

    @property
    def on(self) -> date | None:
        """The day on which the last of them asked."""
        return max((day for day in self.asked.values() if day), default=None)


def request(case: Case, kind: str, asked: Request, actor: Actor, confirmed: Iterable[str] = ()) -> SideProcedure:
    """Record the request for a side procedure.

    Raises Forbidden, or Refused naming rule and article: not open by the law, one-sided, out of its window, asked
    already. Routes and windows of confidence M or L are asked back instead.
    """
    moves.require(case, PERMISSION, actor)
    table = procedures.PROCEDURES.get(kind)
    if table is None:
        raise Refused([Problem("kind", Text("没有这个程序", "There is no such procedure"))])
    moves.refuse(request_problems(case, table, asked, actor.today), {"confirmed": frozenset(confirmed)})
    row = SideProcedure(case_id=case.id, kind=kind, state="requested", applicant_on=asked.applicant_on,
                        respondent_on=asked.respondent_on, requested_on=asked.on, document=asked.document,
                        note=asked.note, made_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    _feed(case, row, table.request, asked.on, actor)
    moves.act(case, "procedure_requested", {
        "procedure": row.id, "route": kind, "applicant_on": asked.applicant_on, "respondent_on": asked.respondent_on,
        "document": asked.document}, actor, asked.on)
    return row


def request_problems(case: Case, table: Procedure, asked: Request, today: date) -> list[Problem]:
    """What stands against a request, on the day it was made."""
    if case.is_late_entry:
        return [Problem("", Text("补录案件不办这些程序", "Not for a late entry"))]
    if asked.on is None:
        return [Problem("applicant_on", case_law.NEEDS_DAY)]
    found = [Problem(name, case_law.IN_FUTURE) for name, on in (("applicant_on", asked.applicant_on),
                                                                ("respondent_on", asked.respondent_on)) if on
                                                                and on > today]
    if any(row.kind == table.kind and row.state in procedures.OPEN_STATES for row in case.side_procedures):
        found.append(Problem("", RUNNING))
    known = clock_queries.of_case(case, asked.on)
    if table.is_joint:
        found += _joint_problems(case, table, asked, known)
    found += _route_problems(_offer(case, table, asked.on, known), table, bool(found))
    facts = clock_queries.case_facts(case)
    return found + (case_law.order_problems(facts, table.request, asked.on, today, "applicant_on")
                    if table.request and not found else [])


FIELDS = {"asked": "respondent_on", "effective": "", "heads": ""}


def _joint_problems(case: Case, table: Procedure, asked: Request, known: list[clocks.Clock]) -> list[Problem]:
    """Both sides, within the window, after the agreement took effect; advice where the row only advises."""
    window = clocks.find_clock(known, table.window)
    if window is None and case.effective_on is not None:
        return []  # the channel knows no such window: the route itself says so
    found = refusals.joint_request_problems(window, asked.asked)
    is_advice = window is not None and window.confidence != "H"
    return [p._replace(field=FIELDS.get(p.field, p.field), confirm="joint" if is_advice else "") for p in found]


def _offer(case: Case, table: Procedure, on: date, known: list[clocks.Clock]) -> Offer:
    at = queries.situation(case, on, known)
    return next(offer for offer in routes.offers(at) if offer.route.code == table.kind)


def _route_problems(offer: Offer, table: Procedure, is_told: bool) -> list[Problem]:
    """The route's own reasons; what a joint window has already said in full is not said again."""
    said = {routes.NO_EFFECT} if is_told and table.is_joint else set()
    article = offer.article
    confirm = "" if offer.route.confidence == "H" else "route"
    return [Problem("", REASON.fill(route=Text(offer.route.zh, offer.route.en), reason=reason, article=article),
                    confirm)
            for reason in offer.against
            if reason not in said and not (is_told and table.is_joint and _is_window(reason))]


def _is_window(reason: Text) -> bool:
    return reason.zh.startswith(routes.WINDOW_OVER.zh.split("{")[0])


def _feed(case: Case, row: SideProcedure, fact: str, on: date | None, actor: Actor) -> None:
    if fact:
        case_law.put_fact(case, fact, on, row.document, actor, row.id)


@dataclass(frozen=True)
class Done:
    """A step that was made: its key, its day, its result where it has several, the paper."""

    step: str
    on: date | None
    result: str = ""
    document: str = ""


def advance(case: Case, procedure_id: int, done: Done, actor: Actor) -> SideProcedure:
    """Lead a side procedure one step on; the step's day starts and stops clocks."""
    moves.require(case, PERMISSION, actor)
    row: SideProcedure | None = next((r for r in case.side_procedures if r.id == procedure_id), None)
    step = procedures.find_step(row.kind, done.step) if row is not None else None
    if row is None or step is None:
        raise Refused([Problem("", Text("本案没有这一步", "This case has no such step"))])
    found = procedures.step_problems(row.kind, row.state, step, {"on": done.on, "result": done.result},
                                     last_day(case, row), actor.today)
    if found:
        raise Refused(found)
    result = done.result if len(step.results) > 1 else "".join(step.results)
    _write(row, step, done, result)
    _feed(case, row, step.fact, done.on, actor)
    moves.act(case, "procedure_stepped", {"procedure": row.id, "route": row.kind, "step": step.key, "on": done.on,
                                          "result": result, "document": done.document}, actor, done.on)
    return row


def _write(row: SideProcedure, step: Step, done: Done, result: str) -> None:
    row.state = step.target
    if step.target == "accepted":
        row.accepted_on = done.on
    if step.target in ("decided", "withdrawn"):
        row.decided_on, row.result = done.on, result
    row.document = done.document or row.document


def last_day(case: Case, row: SideProcedure) -> date:
    """The day of the last step made."""
    days: list[date] = [fact.on for fact in case.case_facts if fact.procedure_id == row.id and fact.dropped_on is None]
    return max([row.requested_on, *(day for day in (row.accepted_on, row.decided_on) if day), *days])


def next_steps(row: SideProcedure) -> list[Step]:
    """The steps that may follow."""
    return procedures.open_steps(row.kind, row.state)
