"""Findings of an audit: what they can be about, their topics, and the way from the question to its end.

An auditor notes a finding with a day for the answer; the place answers; the auditor closes it or sends it back.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediation.rules.figures import reporting
from mediation.rules.language import Problem, Refused, Text, Word, vocabulary
from mediation.rules.law.workdays import Calendar, end_of, roll

SUBJECTS = vocabulary(
    Word("case", "案件", "Case"),
    Word("payment", "到账", "Payment"),
    Word("period", "期间", "Period"),
    Word("figure", "发出的数字", "Issued figure"),
)
TOPICS = vocabulary(
    Word("money", "金额", "Sums"),
    Word("dates", "日期、期限", "Days and time limits"),
    Word("papers", "文书、材料", "Papers"),
    Word("procedure", "程序", "Procedure"),
    Word("entry", "登记不全", "Incomplete entry"),
    Word("figures", "统计口径", "How figures are reckoned"),
    Word("other", "其他", "Other"),
)
STATES = vocabulary(
    Word("open", "待答复", "To be answered"),
    Word("answered", "已答复", "Answered"),
    Word("closed", "已了结", "Closed"),
)


@dataclass(frozen=True)
class Step:
    """One step of a finding: from which states, into which, by which right, and the event it writes."""

    key: str
    label: Text
    sources: frozenset[str]
    target: str
    permission: str
    event: str
    has_due: bool = False


STEPS: dict[str, Step] = {step.key: step for step in (
    Step("noted", Text("提出", "Noted"), frozenset(), "open", "audit.write", "finding_noted", has_due=True),
    Step("answered", Text("答复", "Answered"), frozenset({"open"}), "answered", "audit.answer", "finding_answered"),
    Step("returned", Text("退回重答", "Sent back"), frozenset({"answered"}), "open", "audit.write", "finding_returned",
         has_due=True),
    Step("closed", Text("了结", "Closed"), frozenset({"open", "answered"}), "closed", "audit.write", "finding_closed"),
)}
SAY = {
    "noted": Text("请写发现了什么", "Say what was found"),
    "answered": Text("请写答复：情况如何、怎么改", "Write the answer: how it stands, and what is done about it"),
    "returned": Text("请写为什么退回", "Say why it is sent back"),
    "closed": Text("请写怎么了结的", "Say how it ended"),
}
NO_DAY = Text("请写哪天前答复", "Give the day by which to answer")
TOO_EARLY = Text("不能早于今天", "Not before today")
NOT_NOW = Text("这一条现在是“{state}”，不能这样办", "It is now {state}; this cannot be done")


# 审计法 44: those audited have ten days to answer the report in writing. By analogy, so it is proposed, not required.
ANSWER_DAYS = 10
NO_PERIOD = Text("写哪个期间：2026、2026Q3、2026-03、union-2026", "Name a period: 2026, 2026Q3, 2026-03 or union-2026")
NOT_BEGUN = Text("{period}还没有开始", "{period} has not begun")
NO_FIGURE = Text("{station}没有出具过“{number}”；编号见“已出具的数字”",
                 "{station} gave out nothing under '{number}'; the numbers stand under Figures given out")


def answer_by(today: date, calendar: Calendar) -> date:
    """The day by which an answer is proposed: ten days on, past rest days."""
    return roll(end_of(today, ANSWER_DAYS, "nat", calendar), calendar)


def period_reference(said: str) -> str:
    """A period as closings know it (2026Q3), however it was written; what cannot be read stays as it is."""
    try:
        return reporting.read_period(said).code or said
    except Refused:
        return said


def period_problems(said: str, today: date) -> list[Problem]:
    """What stands against a finding about a period: no such period, or one that has not begun."""
    try:
        span = reporting.read_period(said)
    except Refused as refusal:
        return [Problem("reference", problem.text) for problem in refusal.problems]
    if span.first is None:
        return [Problem("reference", NO_PERIOD)]
    return [Problem("reference", NOT_BEGUN.fill(period=said))] if span.first > today else []


def step_problems(step: Step, state: str, body: str, due_on: date | None, today: date) -> list[Problem]:
    """What stands against a step of a finding in ``state`` ('' for one that is only being noted)."""
    found = []
    if state and state not in step.sources:
        found.append(Problem("", NOT_NOW.fill(state=Text(*STATES[state][1:]))))
    if not body:
        found.append(Problem("note", SAY[step.key]))
    if step.has_due and due_on is None:
        found.append(Problem("due_on", NO_DAY))
    if step.has_due and due_on and due_on < today:
        found.append(Problem("due_on", TOO_EARLY))
    return found


def open_steps(state: str) -> list[Step]:
    """The steps that a finding in ``state`` can take."""
    return [step for step in STEPS.values() if state in step.sources]
