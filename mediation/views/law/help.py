"""Help: how the procedure goes, the law as a table, the deadline calculator, and how a date was understood."""
from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request

from mediation.forms.law.help import PREFIX, clocks_form
from mediation.queries.house import admin
from mediation.queries.law import clocks as clock_queries
from mediation.rules import access, reading, text_cleaning, words
from mediation.rules.cases import workflow
from mediation.rules.language import Problem, Text
from mediation.rules.law import channels, clocks, laws, limits, refusals, routes, statements
from mediation.rules.money import due_terms
from mediation.views import guard
from mediation.views.guard import permit
from mediation.views.law.table import effects_table, limits_table, scopes_table, ways_table

bp = Blueprint("help", __name__, url_prefix="/help")

# The facts that most cases have; the others stand folded.
USUAL = ("received", "accepted", "consented", "papers_signed", "platform_accepted", "effective", "infringement_known",
         "employment_ended", "interrupted", "performance_due", "accident", "complaint_received")
MONEY: tuple[tuple[Text, Text], ...] = (
    (Text("诉求金额", "Claimed"), Text(
        "每人每项要多少，加起来；说不清的不算进去。", "What each worker asks under each head; unknown sums are left out.")),
    (Text("协议金额", "Agreed"), Text(
        "协议里写明要付的，没同意的工人不算。", "What the agreement promises; workers who have not consented are left out.")),
    (Text("到期应付", "Due by today"), Text("按约定到今天该付的。", "What should have been paid by today.")),
    (Text("已到账", "Arrived"), Text(
        "有凭证的到账：银行回单、转账记录、收条、本人说收到。",
        "Money with proof: slip, transfer, receipt, or the worker's own word.")),
    (Text("待核实", "Said to be paid"), Text(
        "只有单位说付了，还没有凭证，哪里都不算。", "The employer's word alone; counted nowhere.")),
    (Text("未到账", "Outstanding"), Text(
        "协议金额减已到账，一人一算，不互相抵。", "Agreed minus arrived, worker by worker, never set off.")),
    (Text("其中逾期", "Of which late"), Text("过了约定的日子还没到的。", "What is past its agreed day.")),
)
KEYS: tuple[tuple[str, Text], ...] = (
    ("Alt+F", Text("到查询框", "Go to the search box")),
    ("Alt+N", Text("在名单页上：新建", "On a list: new entry")),
    ("Alt+G", Text("在案件里：做下一步", "In a case: go on to the next step")),
    ("Alt+S", Text("在填写的页上：存上、记下", "On a page that is filled in: save it")),
    ("Tab", Text("下一格；Shift+Tab 上一格", "Next field; Shift+Tab the one before")),
    ("↑ ↓", Text("在一排选项里换一个", "Change the choice in a row of answers")),
    ("Enter", Text("登记页上到下一格，不会误提交", "On the intake page the next field; it never sends by mistake")),
    ("Delete", Text("取消已选的答案", "Take back a chosen answer")),
)


@bp.get("")
@permit("rule.read")
def index():
    roles = {key: [words.ROLES[role] for role in row.grants] for key, row in access.GRANTS.items()}
    moves = {code: [move for move in workflow.MOVES.values() if code in move.sources] for code in workflow.STATES}
    return render_template(
        "law/help.html", states=workflow.STATES, steps=workflow.STEPS, moves=moves, roles=roles, money=MONEY,
        keys=KEYS,
        outcomes=words.OUTCOMES, performance=words.PERFORMANCE, proofs=words.PROOFS, outside=words.OUTSIDE_RATES,
        contact=admin.settings().get("contact", ""))


@bp.get("/rights")
@permit("rule.read")
def rights():
    return redirect("/admin/rights")


@bp.get("/law")
@permit("rule.read")
def law():
    return render_template("law/help_law.html", rows=limits_table(), channels=channels.CHANNELS, laws=laws.LAWS,
                           scopes=scopes_table(), ways=ways_table(), effects=effects_table(),
                           routes=routes.ROUTES.values(), statements=statements.STATEMENTS, groups=statements.GROUPS,
                           stale=laws.STALE, cite=laws.cite)


@bp.get("/clocks")
@permit("rule.read")
def calculator():
    form = clocks_form()
    found = None
    if request.args:
        found = _reckon(form) if form.validate() else None
    return render_template(
        "law/calculator.html", form=form, found=found, usual=USUAL, facts=limits.FACTS, channels=channels.CHANNELS,
        states=clocks.STATES, natures=limits.NATURES, today=guard.today()), 200 if not form.errors else 422


def _reckon(form) -> list[dict] | None:
    """Every clock of the typed facts with its count; None when the channel lacks something, said beside its field."""
    channel, procedure = form.channel.data or "A", form.procedure.data or None
    problems: list[Problem] = channels.channel_problems(channel, procedure)
    problems += [p._replace(field=f"{PREFIX}{p.field}") for p in refusals.order_problems(form.facts)]
    if problems:
        guard.attach_problems(form, problems)
        return None
    calendar = clock_queries.calendar(admin.get_station(guard.actor().station_id).county)
    rows = clocks.run(channel, form.facts, calendar, on=guard.today(), procedure=procedure, civil=form.civil.data,
                      pay_only=form.pay_only.data)
    return [{"clock": clock, "steps": clocks.count_days(clock, calendar)} for clock in rows]


@bp.get("/date")
@permit("rule.read")
def read_date():
    """How a typed date, with or without its hour, is understood, in words: plain text beside the field."""
    text, prefer = request.args.get("text", "")[:200], request.args.get("prefer", "past")
    spoken = guard.language()
    try:
        if prefer == "due":
            return _plain(due_terms.say_term(due_terms.read_term(text, guard.today())).say(spoken))
        found = reading.read_datetime(text, guard.today(), "future" if prefer == "future" else "past")
        return _plain(reading.echo(found, spoken))
    except text_cleaning.Unreadable as problem:
        return _plain(problem.text.say(spoken), is_read=False)


def _plain(text: str, is_read: bool = True) -> Response:
    """Half a date is no error while somebody is typing: the answer says by a header that it is not read yet."""
    return Response(text, mimetype="text/plain", headers={"X-Read": "yes" if is_read else "no"})
