"""The table of figures: what unions publish (practice.md 1.6) and the indicators of features.md, each with its formula.

A figure is one row: key, numerator, denominator, unit, words, formula in words. Numerator and denominator (``top``,
``bottom``) name *row sets* (``queries/figures/row_sets.py``); a name with ``.n`` means the sum of what their rows weigh
(persons, fen) instead of their number. So every figure opens the rows behind it, and their count or sum is the figure.
A row counts in a period by a day of its own; where nobody knows that day it counts in no period, and without a period.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mediation.rules import words
from mediation.rules.figures import reporting
from mediation.rules.language import Text, Word, vocabulary

GROUPS = vocabulary(
    Word("published", "对外常用数字", "Figures that unions publish"),
    Word("flow", "进出与成功率", "Flow and settlement"),
    Word("time", "时间", "Time"),
    Word("money", "钱", "Money"),
    Word("quality", "质量与工作量", "Quality and workload"),
)
UNITS: dict[str, Text] = {
    **reporting.UNITS, "time": Text("次", "times"), "letter": Text("份", "letters"), "day": Text("天", "days"),
    "minute": Text("分钟", "minutes"),
    "workday": Text("个工作日", "working days"), "ratio": Text("", ""), "instalment": Text("期", "instalments"),
    "visit": Text("次回访", "visits"), "agreement": Text("份协议", "agreements"),
}
# Events of cases that move no figure but one that looks at whether anything was written or planned; findings not even
# that. Those of the house that can move a figure: what was done beside the cases, who works, whose places there are,
# which days are worked; of these FOR_ALL hold for every union.
QUIET = ("contact_logged", "urged", "supervised", "supervision_answered", "paper_recorded", "paper_served",
         "paper_spoiled", "paper_reissued", "file_added")
FINDINGS = ("finding_noted", "finding_answered", "finding_returned", "finding_closed")
FOR_ALL = ("calendar_loaded", "calendar_day_set")
HOUSE_KINDS = (*FOR_ALL, "inquiry_recorded", "activity_recorded", "lead_recorded", "lead_settled", "led_to_case",
               "user_created", "user_confirmed", "user_changed", "user_disabled", "absence_set", "absence_ended",
               "station_saved", "period_closed", "period_reopened")


class Figure(NamedTuple):
    """A row of the table. ``number`` is the indicator's of features.md, '' where unions publish it."""

    key: str
    number: str
    group: str
    how: str
    unit: str
    top: str
    bottom: str
    label: Text
    formula: Text
    source: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The row sets of numerator and denominator, each once."""
        return tuple(dict.fromkeys(name.removesuffix(".n") for name in (*split(self.top), *split(self.bottom))))


def split(side: str) -> tuple[str, ...]:
    """The row sets that a side adds up: ``a+b``; none where it is empty."""
    return tuple(side.split("+")) if side else ()


def _f(key: str, how_unit: str, top_bottom: str, zh: str, en: str, formula_zh: str, formula_en: str) -> Figure:
    """A row as it is written below; group, number and source are set by the block that holds it."""
    how, _, unit = how_unit.partition(" ")
    top, _, bottom = top_bottom.partition("/")
    return Figure(key, "", "", how, unit or "%", top, bottom, Text(zh, en), Text(formula_zh, formula_en), "")


def _block(group: str, number: str, source: str, *rows: Figure) -> tuple[Figure, ...]:
    return tuple(row._replace(group=group, number=number, source=source) for row in rows)


NO_LIMIT = "（不看期间）"

_PUBLISHED = _block(
    "published", "", "practice.md 1.6",
    _f("accepted", "number case", "accepted", "受理件数", "Cases accepted",
       "期间内受理的案件（重复并案的不计）", "cases accepted in the period (duplicates are not counted)"),
    _f("workers", "number person", "accepted_workers.n", "涉及人数", "Workers",
       "期间内受理的案件所涉人数之和", "persons in the cases accepted in the period"),
    _f("settled", "number case", "settled", "调解成功件数", "Cases settled",
       "期间内受理的案件中，到截止日已达成调解协议或自行和解的",
       "those of the cases accepted in the period that ended in an agreement or private settlement by the cut-off"),
    _f("rate_accepted", "rate", "settled/accepted", "成功率", "Success rate",
       "调解成功件数 ÷ 受理件数 × 100%（未结的算在分母里）",
       "cases settled ÷ cases accepted × 100% (open cases stay in the denominator)"),
    _f("claimed_fen", "number fen", "claimed.n", "涉及金额", "Sum at issue",
       "期间内受理的案件的诉求金额之和", "sums claimed in the cases accepted in the period"),
    _f("agreed_fen", "number fen", "agreements.n", "协议金额", "Sum agreed",
       "期间内生效的协议金额之和（缺同意的工人份额不计，被替代的协议不计）",
       "sums of agreements effective in the period (shares without consent and superseded agreements are left out)"),
    _f("recovered_fen", "number fen", "arrivals.n", "实际到账金额", "Sum arrived",
       "期间内到账、有凭证的钱之和，减去其中到截止日已返还单位的（从最早到账的减起）；不论案件何时受理；"
       "不限期间时，到账日期不详的也计入",
       "money that arrived in the period with proof, less what of it went back by the cut-off (taken off what came "
       "first); of any case; without a period also what arrived on a day not known"),
    _f("court_sent", "number case", "court_sent", "法院委派、委托件数", "Sent by the court",
       "期间内受理的案件中，渠道是法院或有法院来函的（是案件的标记，不另加总）",
       "of the cases accepted in the period, those of a court channel or with a court's letter (a mark, never added)"),
    _f("arbitration_sent", "number case", "arbitration_sent", "仲裁委托件数", "Sent by arbitration",
       "期间内受理的案件中，渠道是仲裁或有仲裁来函的",
       "of the cases accepted in the period, those of an arbitration channel or with its letter"),
    _f("consultations", "number time", "consultations", "联合调解（会诊）次数", "Joint consultations",
       "期间内召开的会诊，一次会诊几件案子也算一次",
       "consultations held in the period, each once however many cases it was about"),
    _f("group_cases", "number case", "group_cases", "群体性案件", "Group cases",
       "期间内受理的案件中，标为群体的（十人以上、诉求相同）",
       "of the cases accepted in the period, those marked as group (ten workers or more, one request)"),
    _f("confirmed", "number case", "confirmed", "司法确认件数", "Judicial confirmations",
       "期间内法院裁定准许的司法确认", "judicial confirmations granted in the period"),
    _f("inquiries", "number person", "inquiries.n", "法律咨询人次", "Legal inquiries",
       "期间内登记的咨询的人数相加", "people of the inquiries logged in the period"),
    *(_f(f"letter_{code}", "number letter", f"letter_{code}", word.zh, word.en,
         f"期间内发出的{word.zh}", f"letters of this kind sent in the period: {word.en.lower()}")
      for code, word in words.LETTER_KINDS.items()),
    _f("lectures", "number time", "lectures", "普法场次", "Lectures and stands",
       "期间内的普法讲座和集中宣传", "lectures and information stands in the period"),
    _f("listeners", "number person", "listeners.n", "普法人次", "People reached",
       "上列活动的人数相加，可能重复", "people at those lectures and stands, with repetitions"),
    _f("employer_visits", "number time", "employer_visits", "走访企业家次", "Visits to employers",
       "期间内走访企业的活动", "visits to employers in the period"),
)
_FLOW = (
    *_block("flow", "1", "NCSC CourTools 2", _f(
        "clearance", "rate", "closed/registered+reopened", "结收比", "Clearance rate",
        "期间内结案 ÷（期间内收到 + 期间内恢复办理）× 100%；不低于100%说明积案没有增加",
        "closed ÷ (received + reopened) in the period × 100%; at 100% or more the backlog does not grow")),
    *_block(
        "flow", "5", "law.md 4; MA1",
        _f("rate_of_accepted", "rate", "settled/accepted", "成功 ÷ 受理", "Settled of accepted",
           "期间内受理的案件中已化解的 ÷ 期间内受理的案件 × 100%",
           "of the cases accepted in the period, settled ÷ all × 100%"),
        _f("rate_of_concluded", "rate", "won/concluded", "成功 ÷ 有结果", "Settled of concluded",
           "期间内有结果的案件中化解的 ÷ 期间内有结果的案件 × 100%（未受理、对方不愿、联系不上、重复的不计）",
           "settled ÷ concluded in the period × 100% (never accepted, refused, not found, duplicates are left out)"),
        _f("rate_of_held", "rate", "held_won/held", "成功 ÷ 真正调解过", "Settled of mediated",
           "期间内有结果、开过调解的案件中化解的 ÷ 期间内有结果、开过调解的案件 × 100%",
           "settled ÷ concluded, both among cases with at least one session by their outcome × 100%")),
    *_block("flow", "6", "Acas early conciliation", _f(
        "early", "rate", "early/won", "早期化解率", "Early share",
        "期间内化解的案件中，出结果那天以前（含当天）没有开过调解的 ÷ 期间内化解的案件 × 100%",
        "settled in the period without any session up to that day ÷ settled in the period × 100%")),
    *_block(
        "flow", "12", "ET vetting grounds; law.md 3.3",
        _f("refusals", "rate", "declined/registered", "不予受理率", "Declined",
           "期间内收到、到截止日定为不属受理范围的 ÷ 期间内收到的 × 100%",
           "of the requests received in the period, declined by the cut-off ÷ all × 100%"),
        *(_f(f"declined_{code}", "number case", f"declined_{code}", f"　{word.zh}", f"— {word.en}",
             f"不予受理的依据：{word.zh}", f"ground: {word.en}") for code, word in words.DECLINE_GROUNDS.items()),
        _f("refused", "number case", "refused", "一方不愿调解", "One side declined",
           "期间内收到、到截止日因一方不愿而没有受理的", "received in the period, not accepted as one side refused"),
        _f("unreachable", "number case", "unreachable", "对方联系不上", "Other side not found",
           "期间内收到、到截止日因对方联系不上而没有受理的",
           "received in the period, not accepted as the other side was not found")),
    *_block(
        "flow", "14", "CourTools; PR reopenable",
        _f("reopened_rate", "rate", "reopened_year/closed_year+reopened_gone", "恢复办理率", "Reopened",
           "截止日前十二个月恢复办理的案件 ÷ 同期结过案的案件 × 100%（结案后又恢复、未再结的也在分母里）",
           "cases reopened in the twelve months to the cut-off ÷ cases closed in them × 100% "
           "(those not closed again stay in the denominator)")),
    *_block(
        "flow", "15", "practice.md 1.6 (2013)",
        _f("group_share", "rate", "group_cases/accepted", "群体性案件占比", "Group share",
           "群体性案件 ÷ 受理件数 × 100%", "group cases ÷ cases accepted × 100%"),
        _f("group_workers", "number person", "group_workers.n", "群体性案件人数", "Workers in group cases",
           "期间内受理的群体性案件所涉人数之和", "persons in the group cases accepted in the period"),
        _f("workers_per_case", "ratio ratio", "accepted_workers.n/accepted", "每案人数", "Workers per case",
           "涉及人数 ÷ 受理件数", "workers ÷ cases accepted")),
)
_TIME = (
    *_block(
        "time", "2", "CourTools 4",
        _f("open", "number case", "open", "未有结果（截止日）", "Not concluded at the cut-off",
           "到截止日收到而还没有结果的案件（不看期间）", "received by the cut-off and not concluded then (any period)"),
        _f("open_paused", "number case", "open_paused", "其中中止计时", "Of these paused",
           "上列案件中截止日正在中止计时的；不计入以下时长", "of these, paused at the cut-off; left out of the ages below"),
        _f("age_median", "median day", "open_running", "未结案件已办天数：中位数", "Age of open cases: median",
           "收到之日到截止日的自然日，取中位数；中止计时的不计",
           "calendar days from receipt to the cut-off, median; paused cases are left out"),
        _f("age_p90", "p90 day", "open_running", "未结案件已办天数：九成以内", "Age of open cases: 90th percentile",
           "同上，从短到长排到第九成的那一件", "the same, the case at nine tenths from the shortest"),
        _f("age_median_wd", "median_wd workday", "open_running", "未结案件已办工作日：中位数",
           "Age of open cases in working days: median",
           "收到次日到截止日的工作日，取中位数；中止计时的不计",
           "working days after receipt up to the cut-off, median; paused cases are left out"),
        _f("over_limit", "rate", "open_over/open_running", "未结案件超期占比", "Open cases over their limit",
           "截止日已过期限（受理前为受理期限，受理后为调解期限，含延期）的 ÷ 未结且未中止的 × 100%",
           "past their limit at the cut-off (acceptance limit before, mediation period after acceptance, extensions "
           "counted) ÷ open and not paused × 100%")),
    *_block(
        "time", "3", "CourTools 3",
        _f("close_median", "median day", "closed_dated", "结案用时：中位数", "Time to close: median",
           "期间内结案的案件，收到之日到结案之日的自然日，取中位数",
           "cases closed in the period: calendar days from receipt to closing, median"),
        _f("close_median_wd", "median_wd workday", "closed_dated", "结案用时（工作日）：中位数",
           "Time to close in working days: median",
           "收到次日到结案之日的工作日，取中位数", "working days after receipt up to closing, median"),
        *(_f(f"close_{n}", "rate", f"closed_{n}/closed_dated", f"{n}天内结案", f"Closed within {n} days",
             f"收到之日起{n}个自然日内结案的 ÷ 期间内结案的 × 100%",
             f"closed within {n} calendar days from receipt ÷ closed in the period × 100%") for n in (15, 30, 60)),
        *(_f(f"close_{n}_wd", "rate", f"closed_{n}_wd/closed_dated", f"{n}个工作日内结案",
             f"Closed within {n} working days", f"收到次日起{n}个工作日内结案的 ÷ 期间内结案的 × 100%",
             f"closed within {n} working days after receipt ÷ closed in the period × 100%") for n in (15, 30, 60))),
    *_block("time", "4", "law.md 2.1; Arbitration Council", _f(
        "in_time", "rate", "limit_kept/limit_due", "期限内办结率", "Within the legal limit",
        "调解期限（延期前）在期间内届满的案件中，届满前有结果，或届满前依法延期、中止且未再超过的 ÷ 全部 × 100%",
        "of the cases whose mediation period (before any extension) ended in the period: concluded by then, or "
        "lawfully extended or paused by then and not overrun since ÷ all × 100%")),
)
_MONEY = (
    *_block("money", "7", "Acas/IFF 2015", _f(
        "kept", "rate", "agreements_kept/agreements_due", "按期全部履行率（件）", "Performed in time, by case",
        "最后一期在期间内到期的协议中，到那天每人都已付清的 ÷ 全部 × 100%（应急金垫付不算履行）",
        "agreements whose last instalment fell due in the period and was paid to every worker by that day ÷ all × 100% "
        "(an advance by a fund is not performance)")),
    *_block("money", "8", "design.md 4", _f(
        "paid_rate", "rate", "instalments_paid.n/instalments_due.n", "到期款履行率（钱）", "Performed, by money",
        "期间内到期的各期款项中，到截止日已付的 ÷ 到期应付 × 100%（先到期的先抵，应急金垫付不算）",
        "of the instalments due in the period, paid by the cut-off ÷ due × 100% (earliest first; a fund's advance is "
        "left out)")),
    *_block(
        "money", "9", "US wage claims",
        _f("recovery_claimed", "rate", "cohort_arrivals.n/claimed.n", "到账 ÷ 诉求", "Arrived of claimed",
           "期间内受理的案件到截止日的到账 ÷ 其诉求金额 × 100%",
           "money arrived by the cut-off in the cases accepted in the period ÷ their claims × 100%"),
        _f("recovery_agreed", "rate", "cohort_arrivals.n/cohort_agreements.n", "到账 ÷ 协议", "Arrived of agreed",
           "期间内受理的案件到截止日的到账 ÷ 其协议金额 × 100%",
           "money arrived by the cut-off in the cases accepted in the period ÷ what they agreed × 100%")),
    *_block(
        "money", "10", "Matterhorn",
        _f("money_agreements", "number agreement", "money_agreements", "有钱要付的协议", "Agreements on money",
           "期间内生效、有应付金额的协议", "agreements on money effective in the period"),
        *(_f(f"money_{n}", "median day", f"money_{n}", f"拿到{n}%的天数：中位数", f"Days to {n}% received: median",
             f"期间内生效的协议，生效之日到有凭证到账累计满{n}%之日的天数，取中位数；没到的不在内，见下",
             f"agreements effective in the period: days until {n}% had arrived with proof, median; those not there yet "
             "are left out, see below") for n in (50, 80, 100)),
        *(_f(f"money_{n}_yet", "number agreement", f"money_{n}_yet", f"还没拿到{n}%的", f"Not yet {n}% received",
             f"上列协议中，到截止日到账不满{n}%的", f"of these, below {n}% at the cut-off") for n in (50, 80, 100))),
    *_block(
        "money", "11", "design.md 4",
        *(_f(f"late_{code}", "number fen", f"late_{code}.n", f"逾期未付 {label}天", f"Late {label} days",
             f"到截止日逾期{label}天的各期未付余额之和" + NO_LIMIT,
             f"unpaid rest of instalments that are {label} days late at the cut-off (any period)")
          for code, label in (("1-7", "1–7"), ("8-30", "8–30"), ("31-90", "31–90"), ("91-", ">90"))),
        _f("late_count", "number instalment", "late_1-7+late_8-30+late_31-90+late_91-", "逾期未付期数",
           "Late instalments", "到截止日逾期未付清的各期" + NO_LIMIT,
           "instalments not wholly paid and late at the cut-off (any period)")),
)
_QUALITY = (
    *_block(
        "quality", "16", "FM; CCMA",
        _f("load_open", "ratio ratio", "open_held/mediators", "人均在办", "Open cases per mediator",
           "截止日有人承办的未结案件 ÷ 承办人数（承办未结案件或期间内新受理案件的）",
           "open cases with a mediator at the cut-off ÷ mediators (with an open case or one of the period)"),
        _f("load_new", "ratio ratio", "accepted_held/mediators", "人均新收", "New cases per mediator",
           "期间内受理、有人承办的案件 ÷ 承办人数", "cases accepted in the period that have a mediator ÷ mediators"),
        _f("sessions_per_settled", "ratio ratio", "won_sessions/won", "每件化解开几次调解", "Sessions per settled case",
           "期间内化解的案件的调解次数 ÷ 期间内化解的案件", "sessions of the cases settled in the period ÷ these cases"),
        _f("minutes_per_settled", "ratio minute", "won_minutes.n/won_timed", "每件化解用时", "Time per settled case",
           "期间内化解的案件记了用时的调解，用时之和 ÷ 记了用时的案件",
           "minutes of the sessions of cases settled in the period, where noted ÷ the cases with such a note")),
    *_block("quality", "17", "FM; DARIA", _f(
        "untouched", "rate", "untouched/open_today", "久无进展", "Untouched",
        "截止日在办的案件中14天没有任何记录、又不是在等没到期的钱的 ÷ 截止日在办案件 × 100%",
        "open cases at the cut-off with no entry for 14 days and not waiting for money not yet due ÷ all open × 100%")),
    *_block("quality", "18", "Caseflow", _f(
        "stuck", "number case", "stuck", "卡住了", "Stuck",
        "截止日在办的案件中没有期限、没有约定下一步，或没有在岗的人承办的",
        "open cases at the cut-off with no limit running and nothing planned, or held by nobody who works")),
    *_block(
        "quality", "19", "FM; AC/DFGG",
        _f("satisfaction", "rate", "satisfied/answered", "满意度", "Satisfaction",
           "期间内的回访中答满意、基本满意的 ÷ 作了回答的 × 100%（未答的不计）",
           "visits in the period answered satisfied or mostly satisfied ÷ answered × 100% (no answer is left out)"),
        _f("satisfaction_worker", "rate", "satisfied_applicant/answered_applicant", "满意度：申请人",
           "Satisfaction: applicants", "同上，回访对象是申请人的", "the same, of visits to the applicant's side"),
        _f("satisfaction_employer", "rate", "satisfied_respondent/answered_respondent", "满意度：被申请人",
           "Satisfaction: respondents", "同上，回访对象是被申请人的", "the same, of visits to the respondent's side")),
    *_block("quality", "22", "NLRB OIG-AMR-63-10-02", _f(
        "correct", "rate", "sound/closed", "数据正确率", "Data correctness",
        "期间内结案的案件中，金额和日期没有出入的 ÷ 期间内结案的 × 100%（核对的规则见“账目矛盾”）",
        "of the cases closed in the period, those whose sums and days do not contradict each other ÷ all × 100%")),
)
FIGURES: dict[str, Figure] = {row.key: row for row in (*_PUBLISHED, *_FLOW, *_TIME, *_MONEY, *_QUALITY)}


# The summary: a report on one page, partly of the same figures under its own shorter words.

def _short(key: str, zh: str, en: str, formula: Text | None = None) -> Figure:
    row = FIGURES[key]
    return row._replace(group="summary", label=Text(zh, en), formula=formula or row.formula)


_SUMMARY = (
    _f("registered", "number case", "registered", "登记", "Registered",
       "期间内收到申请并登记的案件", "cases whose request was received in the period and registered"),
    _short("accepted", "受理", "Accepted"),
    _short("settled", "化解", "Settled"),
    _short("rate_accepted", "受理成功率", "Settled of accepted", Text(
        "化解 ÷ 受理 × 100%（同一批案件，未结的算在分母里）",
        "settled ÷ accepted × 100% (one cohort; open cases stay in the denominator)")),
    _f("rate_closed", "rate", "won/concluded", "办结成功率", "Settled of concluded",
       "期间内有结果的案件中达成协议或自行和解的 ÷ 期间内有结果的案件 × 100%"
       "（未受理、对方不愿、联系不上、重复的不计）",
       "agreement or private settlement ÷ cases concluded, both by the day of the outcome in the period × 100% "
       "(never accepted, refused, not found and duplicates are left out)"),
    _f("rate_agreement_only", "rate", "class_agreed/concluded", "协议率（不含自行和解）", "Agreements of concluded",
       "期间内有结果的案件中达成调解协议的 ÷ 期间内有结果的案件 × 100%",
       "agreements ÷ cases concluded, both by the day of the outcome in the period × 100%"),
    _short("workers", "涉及劳动者", "Workers"),
    _short("claimed_fen", "诉求金额", "Claimed"),
    _short("agreed_fen", "协议金额", "Agreed"),
    _short("recovered_fen", "挽回经济损失（已到账）", "Recovered (arrived)"),
    _f("outstanding_fen", "number fen", "outstanding.n", "未到账（到截止日）", "Outstanding at the cut-off",
       "到截止日，期间内生效的协议逐人计算 协议金额 − 已到账，负数按零，再求和；"
       "别的期间的协议、截止日以后的协议和到账不影响它",
       "at the cut-off, over the agreements effective in the period: for each worker agreed − arrived, never below "
       "zero, then summed; agreements of other periods, and what is agreed or arrives after the cut-off, move nothing"),
    _f("performance_rate", "rate", "performed/with_money", "履行率", "Performed",
       "期间内生效的协议中到截止日每人都已付清的案件 ÷ 期间内生效、有应付金额的案件 × 100%（应急金垫付不算履行）",
       "cases paid in full to every worker by the cut-off ÷ cases with an agreement on money effective in the period "
       "× 100% (an advance by a fund is not performance)"),
)
SUMMARY: dict[str, Figure] = {row.key: row for row in _SUMMARY}

# Row sets whose rows weigh more than one: persons or fen, whose sum is said under the rows.
SUMMED: dict[str, str] = {name.removesuffix(".n"): row.unit if row.how == "number" else "fen"
                          for row in reversed(FIGURES.values()) for name in (*split(row.top), *split(row.bottom))
                          if name.endswith(".n")}
SUMMED |= {"accepted_workers": "person", "group_workers": "person", "listeners": "person", "cohort_due": "fen",
           "cohort_outstanding": "fen", "outstanding": "fen", "won_minutes": "minute"}


def uses(names: Iterable[str]) -> list[Figure]:
    """The figures that are reckoned from one of these row sets; those of the summary where no others are."""
    wanted = set(names)
    return [row for row in FIGURES.values() if set(row.parts) & wanted] or [
        row for row in SUMMARY.values() if set(row.parts) & wanted]


def quiet(keys: Iterable[str]) -> tuple[str, ...]:
    """The kinds of events of cases that cannot have moved any of these figures."""
    return FINDINGS if {"untouched", "stuck"} & set(keys) else (*FINDINGS, *QUIET)


Histogram = Mapping[int, int]  # days -> how many


def median(values: Histogram) -> str | None:
    """The exact median with two decimals: the middle value, or the mean of the two middle ones."""
    total = sum(values.values())
    if not total:
        return None
    low, high = nth(values, (total - 1) // 2), nth(values, total // 2)
    return f"{(low + high) // 2}.{'50' if (low + high) % 2 else '00'}"


def p90(values: Histogram) -> str | None:
    """The value below or at which nine tenths lie: the smallest that reaches them."""
    total = sum(values.values())
    return f"{nth(values, (9 * total + 9) // 10 - 1)}.00" if total else None


def nth(values: Histogram, index: int) -> int:
    """The value at a place counted from 0 in ascending order."""
    for value, number in sorted(values.items()):
        if index < number:
            return value
        index -= number
    raise IndexError(index)


def ratio(numerator: int, denominator: int) -> str | None:
    """A plain quotient with two decimals, halves up; None where there is nothing to divide by."""
    if denominator == 0:
        return None
    hundredths = (200 * numerator + denominator) // (2 * denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def histogram(days: Iterable[tuple[int, int]]) -> Histogram:
    """Days with their numbers, gathered."""
    found: Counter[int] = Counter()
    for value, number in days:
        found[value] += number
    return found
