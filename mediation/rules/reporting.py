"""Periods of reports and the formulas of the summary, in words; pure (decisions.md, Figures)."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from mediation.rules.language import Problem, Refused, Text

FORMS = Text("期间写成 2025、2026Q3、2026-03、union-2026（工会年度，上年10月至当年9月）或 2026-03-01..2026-03-31",
             "A period reads 2025, 2026Q3, 2026-03, union-2026 (October to September) or 2026-03-01..2026-03-31")
BACKWARDS = Text("期间的末尾早于开头：{said}", "The period ends before it begins: {said}")
UNKNOWN = Text("看不懂期间“{said}”。{forms}", "Cannot read the period '{said}'. {forms}")


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included; an end that is None is open. ``name`` is how it was asked for."""

    name: str
    start: date | None
    end: date | None

    @property
    def label(self) -> Text:
        if self.start is None and self.end is None:
            return Text("不限期间（没有日期的也计入）", "all time, undated ones too")
        start = self.start.isoformat() if self.start else "…"
        end = self.end.isoformat() if self.end else "…"
        return Text(f"{start} 至 {end}", f"{start} to {end}")

    @property
    def is_all(self) -> bool:
        return self.start is None and self.end is None


ALL_TIME = Period("", None, None)


def read_period(said: str) -> Period:
    """The period that a person or a script names; '' is all time. Raises Refused with the forms that are valid."""
    text = said.strip()
    if not text:
        return ALL_TIME
    try:
        for form, make in _FORMS.items():
            if found := re.fullmatch(form, text, re.IGNORECASE):
                return _ordered(Period(text, *make(found)))
    except ValueError:
        pass
    raise Refused([Problem("period", UNKNOWN.fill(said=text[:40], forms=FORMS))])


def _ordered(period: Period) -> Period:
    if period.start and period.end and period.end < period.start:
        raise Refused([Problem("period", BACKWARDS.fill(said=period.name))])
    return period


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """From the first of a month over ``count`` months."""
    years, rest = divmod(month - 1 + count, 12)
    return date(year, month, 1), date(year + years, rest + 1, 1) - timedelta(1)


def _ends(found: re.Match[str]) -> tuple[date | None, date | None]:
    first, last = (date.fromisoformat(part) if part else None for part in found.groups())
    if first is None and last is None:
        raise ValueError("a range without ends")
    return first, last


_FORMS: dict[str, Callable[[re.Match[str]], tuple[date | None, date | None]]] = {
    r"([12]\d{3})": lambda m: _months(int(m[1]), 1, 12),
    r"([12]\d{3})-?Q([1-4])": lambda m: _months(int(m[1]), 3 * int(m[2]) - 2, 3),
    r"([12]\d{3})-(\d{2})": lambda m: _months(int(m[1]), int(m[2]), 1),
    r"union-([12]\d{3})": lambda m: _months(int(m[1]) - 1, 10, 12),
    r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?": _ends,
    r"((\d{4}-\d\d-\d\d))": lambda m: (date.fromisoformat(m[1]), date.fromisoformat(m[2])),
}


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
    Figure("outstanding_fen", Text("未到账", "Outstanding"), "fen", Text(
        "到截止日，逐人计算 协议金额 − 已到账，负数按零，再求和",
        "at the cut-off, for each worker agreed − arrived, never below zero, then summed")),
    Figure("performance_rate", Text("履行率", "Performed"), "%", Text(
        "期间内生效的协议中到截止日每人都已付清的案件 ÷ 期间内生效、有应付金额的案件 × 100%（应急金垫付不算履行）",
        "cases paid in full to every worker by the cut-off ÷ cases with an agreement on money effective in the period "
        "× 100% (an advance by a fund is not performance)")),
)}
