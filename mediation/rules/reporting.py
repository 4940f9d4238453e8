"""Periods of reports and the formulas of the summary, in words; pure (decisions.md, Figures)."""
from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules import spans
from mediation.rules.language import Problem, Refused, Text
from mediation.rules.letters import Unreadable
from mediation.rules.spans import Span

FORMS = Text("2025、2026Q3、2026-03、union-2026（工会年度），或 2026-03-01..2026-03-31",
             "2025, 2026Q3, 2026-03, union-2026 (the union's year), or 2026-03-01..2026-03-31")
ALL_TIME = Span(None, None, Text("不限期间，没有日期的也计入", "all time, undated ones too"), "")
DAYS = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")


def read_period(said: str) -> Span:
    """The period that a person or a script names: '' is all time, two days stand as A..B, else as in spans.py.

    Raises Refused with the forms that are valid.
    """
    text = said.strip()
    days = DAYS.fullmatch(text)
    try:
        if days:
            return spans.between(*(date.fromisoformat(part) if part else None for part in days.groups())) or ALL_TIME
        return spans.read_period(text) if text else ALL_TIME
    except Unreadable as problem:
        raise Refused([Problem("period", problem.text)]) from problem
    except ValueError as problem:
        raise Refused([Problem("period", spans.NO_PERIOD)]) from problem


def is_all(span: Span) -> bool:
    """Whether a period leaves nothing out, so that undated rows count too."""
    return span.first is None and span.last is None


def until(day: date) -> Span:
    """Everything up to a day."""
    return Span(None, day, Text("", ""), "")


def since(day: date, last: date) -> Span:
    """From a day on, as an address writes it: A.."""
    return Span(day, last, Text("", ""), f"{day.isoformat()}..")


def last_monday(today: date) -> date:
    """The Monday before ``today``: on a Monday that of the week before."""
    return today - timedelta(today.weekday() or 7)


def rate(numerator: int, denominator: int) -> str | None:
    """Per cent with two decimals, halves up; None where there is nothing to divide by."""
    if denominator == 0:
        return None
    hundredths = (20000 * numerator + denominator) // (2 * denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


class Figure(NamedTuple):
    """A figure's name, unit (case, person, fen, %) and formula in words."""

    key: str
    label: Text
    unit: str
    formula: Text


UNITS = {"case": Text("件", "cases"), "person": Text("人", "persons"), "fen": Text("元", "yuan"), "%": Text("%", "%")}

FIGURES: dict[str, Figure] = {figure.key: figure for figure in (
    Figure("registered", Text("登记", "Registered"), "case", Text(
        "期间内收到申请并登记的案件", "cases whose request was received in the period and registered")),
    Figure("accepted", Text("受理", "Accepted"), "case", Text(
        "期间内受理的案件（重复并案的不计）", "cases accepted in the period (duplicates are not counted)")),
    Figure("settled", Text("化解", "Settled"), "case", Text(
        "期间内受理的案件中，到截止日已达成调解协议或自行和解的",
        "those of the cases accepted in the period that ended in an agreement or private settlement by the cut-off")),
    Figure("rate_accepted", Text("受理成功率", "Settled of accepted"), "%", Text(
        "化解 ÷ 受理 × 100%（同一批案件，未结的算在分母里）",
        "settled ÷ accepted × 100% (one cohort; open cases stay in the denominator)")),
    Figure("rate_closed", Text("办结成功率", "Settled of concluded"), "%", Text(
        "期间内有结果的案件中达成协议或自行和解的 ÷ 期间内有结果的案件 × 100%"
        "（未受理、对方不愿、联系不上、重复的不计）",
        "agreement or private settlement ÷ cases concluded, both by the day of the outcome in the period × 100% "
        "(never accepted, refused, not found and duplicates are left out)")),
    Figure("rate_agreement_only", Text("协议率（不含自行和解）", "Agreements of concluded"), "%", Text(
        "期间内有结果的案件中达成调解协议的 ÷ 期间内有结果的案件 × 100%",
        "agreements ÷ cases concluded, both by the day of the outcome in the period × 100%")),
    Figure("workers", Text("涉及劳动者", "Workers"), "person", Text(
        "期间内受理的案件所涉人数之和", "persons in the cases accepted in the period")),
    Figure("claimed_fen", Text("诉求金额", "Claimed"), "fen", Text(
        "期间内受理的案件的诉求金额之和", "sums claimed in the cases accepted in the period")),
    Figure("agreed_fen", Text("协议金额", "Agreed"), "fen", Text(
        "期间内生效的协议金额之和（缺同意的工人份额不计，被替代的协议不计）",
        "sums of agreements effective in the period (shares without consent and superseded agreements are left out)")),
    Figure("recovered_fen", Text("挽回经济损失（已到账）", "Recovered (arrived)"), "fen", Text(
        "期间内到账、有凭证的钱之和，减去劳动者返还单位的；不论案件何时受理",
        "money that arrived in the period with proof, less what workers gave back; of any case")),
    Figure("outstanding_fen", Text("未到账（到截止日）", "Outstanding at the cut-off"), "fen", Text(
        "到截止日，全部协议（不论期间）逐人计算 协议金额 − 已到账，负数按零，再求和",
        "at the cut-off, over all agreements whatever the period: for each worker agreed − arrived, never below zero, "
        "then summed")),
    Figure("performance_rate", Text("履行率", "Performed"), "%", Text(
        "期间内生效的协议中到截止日每人都已付清的案件 ÷ 期间内生效、有应付金额的案件 × 100%（应急金垫付不算履行）",
        "cases paid in full to every worker by the cut-off ÷ cases with an agreement on money effective in the period "
        "× 100% (an advance by a fund is not performance)")),
)}
