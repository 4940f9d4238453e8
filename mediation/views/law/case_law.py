"""The law on a case: every clock with its count, the time bar, the side procedures, scope and causes."""
from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template

from mediation.forms.base import BaseForm
from mediation.forms.law import case_law as forms
from mediation.models import Case
from mediation.queries.law import case_law as queries
from mediation.queries.law import clocks as clock_queries
from mediation.queries.law import referral_targets
from mediation.queries.law import ways as way_queries
from mediation.rules.cases import workflow
from mediation.rules.language import Text
from mediation.rules.law import causes, clocks, jurisdiction, limitation, limits, procedures, reckoning, retention
from mediation.rules.law.clocks import Clock
from mediation.rules.law.laws import cite
from mediation.services.law import case_law
from mediation.services.law import procedures as side
from mediation.views import guard
from mediation.views.cases import case_frame
from mediation.views.guard import permit
from mediation.views.press import Answer, press

bp = Blueprint("law", __name__)
TAB = "clocks"


def _answer(case: Case, form: BaseForm, act: Callable[[], object], message: Text,
            page: Callable[[Case, BaseForm], str], target: str) -> Answer:
    """One press of such a page: done and back to it, or the page again with what was typed."""
    number = case.number
    return press(form, act, lambda: page(guard.get_case(number, case_law.PERMISSION), form),
                 f"/cases/{number}/{target}",
                 message)


# Clocks ---------------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/clocks")
@permit("journal.read")
def show_clocks(number: str):
    """Every clock of the case: trigger, raw and due date, rule, article, the count day by day, what was decided."""
    return _clocks_page(guard.get_case(number, "journal.read"))


@bp.post("/cases/<number>/clocks/decisions")
@permit("case.work")
def decide(number: str):
    case = guard.get_case(number, case_law.PERMISSION)
    running = _running(case)
    form = forms.decision_form(running, True)
    decision = lambda: form.decision(forms.approver_of(running, form.rule.data))  # noqa: E731
    return _answer(case, form, lambda: case_law.change_clock(case, decision(), guard.actor(), form.confirmed),
                   Text("期限已按此改动。", "The limit is changed."), lambda c, f: _clocks_page(c, decision=f), "clocks")


@bp.post("/cases/<number>/clocks/facts")
@permit("case.work")
def record_fact(number: str):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.fact_form(True)
    return _answer(case, form, lambda: case_law.record_fact(
        case, form.fact.data or "", form.on.data, form.document.data, guard.actor()),
        Text("已记下，期限已重新计算。", "Recorded; the limits are counted anew."), lambda c, f: _clocks_page(c, fact=f),
        "clocks")


@bp.post("/cases/<number>/clocks/facts/<int:row>/drop")
@permit("case.work")
def drop_fact(number: str, row: int):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.drop_form(row, True)
    return _answer(case, form, lambda: case_law.drop_fact(case, row, form.reason.data, guard.actor()),
                   Text("已划去，原来的记录还看得到。", "Struck out; the entry can still be read."),
                   lambda c, f: _clocks_page(c, **{f"drop_{row}": f}), "clocks")


@bp.post("/cases/<number>/clocks/interruptions")
@permit("case.work")
def interrupt(number: str):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.interruption_form(True)
    return _answer(case, form, lambda: case_law.interrupt(
        case, form.kind.data or "", form.on.data, form.evidence.data, guard.actor()),
        Text("已记时效中断，时效已重新计算。", "Recorded; the time bar is counted anew."),
        lambda c, f: _clocks_page(c, interruption=f), "clocks")


@bp.post("/cases/<number>/clocks/interruptions/<int:row>/drop")
@permit("case.work")
def drop_interruption(number: str, row: int):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.drop_form(row, True, "undo")
    return _answer(case, form, lambda: case_law.drop_interruption(case, row, form.reason.data, guard.actor()),
                   Text("已划去，时效已重新计算，原来的记录还看得到。",
                        "Struck out, the time bar is counted anew; the entry can still be read."),
                   lambda c, f: _clocks_page(c, **{f"undo_{row}": f}), "clocks")


@bp.post("/cases/<number>/clocks/channel")
@permit("case.work")
def change_channel(number: str):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.channel_form(case, True)
    return _answer(case, form, lambda: case_law.change_channel(
        case, form.channel.data or "", form.procedure.data or "", form.reason.data, form.document.data, guard.actor(),
        form.confirmed), Text("渠道已改，期限按新渠道计算。", "The channel is changed; the limits follow it."),
        lambda c, f: _clocks_page(c, channel=f), "clocks")


@bp.post("/cases/<number>/clocks/expire")
@permit("case.work")
def expire(number: str):
    """One press: failed because the period is over; then the written notice, ready to print."""
    case, form = guard.get_case(number, case_law.PERMISSION), BaseForm()
    return press(
        form, lambda: case_law.expire(case, guard.actor(), form.seen_version),
        lambda: _clocks_page(guard.get_case(number, case_law.PERMISSION), expire=form),
        f"/cases/{number}/papers/termination",
        EXPIRED.fill(restarted=way_queries.of_case(case, guard.today()).restarted))


EXPIRED = Text("已记调解不成（到期未成）{restarted}。下一步：打印告知书，交给双方。",
               "Recorded as failed because the period is over{restarted}. Next: print the notice and give it to both "
               "sides.")


def _running(case: Case) -> list[Clock]:
    """The clocks about which something can be decided, one of each rule."""
    found = clock_queries.of_case(case, guard.today())
    return clocks.without_twins(c for c in found if c.state != "stopped")


def _clocks_page(case: Case, **sent: BaseForm) -> str:
    """``sent``: the refused form by its place; every other one stands there fresh."""
    today = guard.today()
    values = case_frame.case_context(case, TAB)
    found = clock_queries.of_case(case, today)
    calendar = clock_queries.calendar(case.station.county)
    breach = queries.unrecorded_breach(case, values["money"], today) if values["may_write"] else None
    made = {"decision": forms.decision_form(_running(case), False), "fact": forms.fact_form(False),
            "interruption": forms.interruption_form(False, breach), "channel": forms.channel_form(case, False),
            "expire": BaseForm(None)}
    made |= {f"drop_{row.id}": forms.drop_form(row.id, False) for row in case.case_facts if row.dropped_on is None}
    made |= {f"undo_{row.id}": forms.drop_form(row.id, False, "undo") for row in case.interruptions
             if row.dropped_on is None}
    made["expire"].version.data = str(case.version)
    return render_template(
        "law/clocks.html", **values, found=sorted(clocks.without_twins(found), key=_order),
        count=lambda clock: clocks.count_days(clock, calendar), changes=case.clock_changes,
        change_words=reckoning.CHANGES,
        state_words=clocks.STATES, natures=limits.NATURES, facts=limits.FACTS, grounds=limits.PAUSE_GROUNDS,
        confidences=limits.CONFIDENCES,
        consenters=limits.CONSENTERS, bars=queries.bars(case, today, found), made={**made, **sent},
        refused=next(iter(sent.values()), None),
        undoing=[form for name, form in sent.items() if name.startswith("undo_")],
        proposals=queries.proposals(case, today, found),
        may_fail=workflow.is_open(workflow.MOVES["fail"], values["file"].facts),
        causes_of_interruption=limitation.INTERRUPTIONS, breach=breach, earlier=queries.earlier_days(case),
        no_start=limitation.NO_START[limitation.has_left(
            case.employment, case.employment_ended_on, case.as_told.get("employment_ended_on", ""), today)],
        told=sorted(case.case_facts, key=lambda row: row.id),
        kept=retention.keeping(case.closed_on, case.retention) if case.closed_on else None)


ORDER = {"lapsed": 0, "running": 1, "paused": 2, "stopped": 3}


def _order(clock: Clock) -> tuple:
    """What is over and still asks something first; a window or a right that is over asks nothing of anybody."""
    is_past = clock.state == "lapsed" and clock.nature in ("window", "right")
    return ORDER["stopped" if is_past else clock.state], clock.due or clock.raw, clock.id


# Side procedures ------------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/procedures")
@permit("journal.read")
def show_procedures(number: str):
    """What the law opens beside mediation, with the reason where it does not, and how far each has come."""
    return _procedures_page(guard.get_case(number, "journal.read"))


@bp.post("/cases/<number>/procedures/<kind>")
@permit("case.work")
def request_procedure(number: str, kind: str):
    case = guard.get_case(number, side.PERMISSION)
    if kind not in procedures.PROCEDURES:
        abort(404)
    form = forms.request_form(kind, True)
    return _answer(case, form, lambda: side.request(case, kind, form.told(), guard.actor(), form.confirmed),
                   Text("已记申请，期限已开始计算。", "The request is recorded; its limits run."),
                   lambda c, f: _procedures_page(c, **{kind: f}), "procedures")


@bp.post("/cases/<number>/procedures/<int:row>/<step>")
@permit("case.work")
def step_procedure(number: str, row: int, step: str):
    case = guard.get_case(number, side.PERMISSION)
    begun = next((p for p in case.side_procedures if p.id == row), None)
    found = procedures.find_step(begun.kind, step) if begun is not None else None
    if found is None:
        abort(404)
    form = forms.step_form(row, found, True)
    return _answer(case, form, lambda: side.advance(case, row, form.done(step), guard.actor()),
                   Text("已记下这一步。", "The step is recorded."),
                   lambda c, f: _procedures_page(c, **{f"{row}-{step}": f}), "procedures")


def _procedures_page(case: Case, **sent: BaseForm) -> str:
    values = case_frame.case_context(case, TAB)
    doors = queries.doors(case, guard.today())
    made: dict[str, BaseForm] = {door.procedure.kind: forms.request_form(door.procedure.kind, False) for door in doors}
    steps = {row.id: side.next_steps(row) for door in doors for row in door.rows}
    for row_id, rows in steps.items():
        made |= {f"{row_id}-{step.key}": forms.step_form(row_id, step, False) for step in rows}
    return render_template("law/procedures.html", **values, doors=doors, steps_of=steps, made={**made, **sent},
                           sent=sent,
                           refused=next(iter(sent.values()), None), states=procedures.STATES,
                           results=procedures.RESULTS, confidences=limits.CONFIDENCES)


# Scope and causes -----------------------------------------------------------------------------------------------

@bp.get("/cases/<number>/scope")
@permit("journal.read")
def show_scope(number: str):
    """Whether the dispute belongs here and on what ground; what it is counted under."""
    return _scope_page(guard.get_case(number, "journal.read"))


@bp.post("/cases/<number>/scope")
@permit("case.work")
def check_scope(number: str):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.jurisdiction_form(case, None, True)
    return _answer(case, form, lambda: case_law.check_jurisdiction(case, form.question(), guard.actor()),
                   Text("已核对，依据记在案上。", "Checked; the ground is on record."), lambda c, f: _scope_page(c, scope=f),
                   "scope")


@bp.post("/cases/<number>/scope/heads")
@permit("case.work")
def set_heads(number: str):
    case = guard.get_case(number, case_law.PERMISSION)
    form = forms.heads_form(case, ("", ""), True)
    return _answer(case, form, lambda: case_law.set_heads(case, form.heads(), guard.actor()),
                   Text("已记案由和类别。", "Cause and heads are recorded."), lambda c, f: _scope_page(c, heads=f), "scope")


def _scope_page(case: Case, **sent: BaseForm) -> str:
    today = guard.today()
    suggested = queries.suggested_causes(case, today)
    made = {"scope": forms.jurisdiction_form(case, way_queries.facts_on(case, today), False),
            "heads": forms.heads_form(case, suggested, False)}
    answer = queries.suggested_jurisdiction(case, today)
    rows = sorted(case.scope_checks, key=lambda row: row.id, reverse=True)
    found = referral_targets.local(case, (queries.last_jurisdiction(case) or answer).doors)
    return render_template("law/scope.html", **case_frame.case_context(case, TAB), made={**made, **sent}, answer=answer,
                           refused=next(iter(sent.values()), None), checks=rows, verdicts=jurisdiction.VERDICTS,
                           cause=causes.CAUSES.get(case.court_cause), hr_reasons=causes.REASONS,
                           doors=[(jurisdiction.DOORS[code], bodies) for code, bodies in found],
                           grounds=jurisdiction.EXCLUSIONS, cite=cite, warning=jurisdiction.INSPECTION_WARNING,
                           confidences=limits.CONFIDENCES)
