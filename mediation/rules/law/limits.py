"""The shape of a time limit: which fact starts it, how long it runs, who may extend it, and on what it stands."""
from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date

from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.law.laws import Law, cite, source_of

EMPTY = Text("", "")
UNITS = vocabulary(
    Word("nat", "日（自然日）", "calendar days"),
    Word("wd", "个工作日", "working days"),
    Word("month", "个月", "months"),
    Word("year", "年", "years"),
)
NATURES = vocabulary(
    Word("duty", "本站期限", "a time limit of ours"),
    Word("period", "调解期限", "the period for mediation"),
    Word("right", "届满即可另寻途径", "its end opens another way"),
    Word("window", "当事人的申请期限", "a window in which the parties may apply"),
    Word("bar", "时效", "a time bar"),
    Word("other", "其他单位的期限", "a time limit of another body"),
    Word("agreed", "约定日期", "an agreed date"),
    Word("advice", "提示", "advice without a date"),
)
CONFIDENCES = vocabulary(
    Word("H", "高：条文明确", "high: the text is clear"),
    Word("M", "中：待核，仅作提示", "medium: to be confirmed, advice only"),
    Word("L", "低：待核，仅作提示", "low: to be confirmed, advice only"),
)
CONSENTERS = vocabulary(
    Word("applicant", "申请人", "the applicant"),
    Word("respondent", "对方", "the other side"),
    Word("arbitration_head", "仲裁委员会负责人", "the head of the arbitration commission"),
    Word("president", "法院院长", "the president of the court"),
    Word("inspection_head", "劳动监察部门负责人", "the head of labour inspection"),
    Word("insurance_authority", "社会保险行政部门", "the social insurance authority"),
)

# Why a clock stands still while a mediation waits; each needs the paper that shows it.
PAUSE_GROUNDS = vocabulary(
    Word("injury_finding", "等工伤认定", "Waiting for the work-injury finding"),
    Word("capacity", "等劳动能力鉴定", "Waiting for the finding on work capacity"),
    Word("appraisal", "等鉴定、评估、对账", "Waiting for an appraisal or a settling of accounts"),
    Word("other_case", "等另案结果", "Waiting for another case"),
    Word("force_majeure", "不可抗力", "Force majeure"),
    Word("other", "其他正当理由", "Another just cause"),
)

# Facts that may start or stop a clock. Those in FIRST start one clock only, however often they are repeated
# (handing a case on resets nothing); in LAST the latest counts; every other occurrence starts its own clock.
FACTS = vocabulary(
    Word("received", "收到申请", "the request was received"),
    Word("accepted", "受理", "the case was accepted"),
    Word("papers_signed", "签收法院移交材料", "the court's papers were signed for"),
    Word("platform_message", "收到平台消息", "the court platform's message came"),
    Word("platform_accepted", "在平台确认接受", "the case was taken on the platform"),
    Word("consented", "当事人同意调解", "the parties consented"),
    Word("joint_choice", "当事人同意共同选择调解员", "the parties agreed to choose a mediator together"),
    Word("procedure_started", "提出在线调解申请", "the online application was made"),
    Word("reply_requested", "提出协商要求", "negotiation was asked for"),
    Word("effective", "调解协议生效", "the agreement took effect"),
    Word("review_accepted", "受理仲裁审查申请", "the request for review was accepted"),
    Word("confirmation_filed", "司法确认立案", "judicial confirmation was filed"),
    Word("order_applied", "申请支付令", "a payment order was applied for"),
    Word("payment_order_accepted", "受理支付令申请", "the payment order application was accepted"),
    Word("order_issued", "发出支付令", "the payment order was issued"),
    Word("payment_order_served", "债务人收到支付令", "the debtor received the payment order"),
    Word("infringement_known", "知道或应当知道权利被侵害", "the infringement was or should have been known"),
    Word("employment_ended", "劳动关系终止", "the employment ended"),
    Word("interrupted", "时效中断", "the time bar was interrupted"),
    Word("arbitration_applied", "申请仲裁", "arbitration was applied for"),
    Word("arbitration_accepted", "仲裁受理", "arbitration was accepted"),
    Word("award_received", "收到裁决书", "the award was received"),
    Word("final_award_received", "收到终局裁决书", "the final award was received"),
    Word("award_set_aside", "收到撤销仲裁裁决的裁定", "the ruling that sets the award aside was received"),
    Word("order_ended", "收到终结督促程序的裁定", "the ruling that ends the payment order was received"),
    Word("post_dispute", "聘任制公务员的争议发生", "the dispute of a contract civil servant arose"),
    Word("performance_due", "履行期限届满", "performance was due"),
    Word("complaint_received", "监察收到投诉", "labour inspection received the complaint"),
    Word("inspection_filed", "监察立案", "labour inspection filed the case"),
    Word("violation_ended", "违法行为终了", "the violation ended"),
    Word("accident", "事故伤害或确诊职业病", "the accident or diagnosis"),
    Word("aid_applied", "申请法律援助", "legal aid was applied for"),
    Word("aid_approved", "决定给予法律援助", "legal aid was approved"),
    Word("declined", "作出不予受理决定", "the case was declined"),
    Word("refused", "对方表示不愿调解", "the other side refused mediation"),
    Word("replied", "对方答复", "the other side replied"),
    Word("mediator_appointed", "确定调解员", "the mediator was named"),
    Word("concluded", "调解有了结果", "mediation had its outcome"),
    Word("performed", "协议的钱已付清", "all that was agreed was paid"),
    Word("review_applied", "共同申请仲裁审查", "both asked for review"),
    Word("review_decided", "仲裁审查办结", "the review was decided"),
    Word("confirmation_applied", "共同申请司法确认", "both asked for confirmation"),
    Word("confirmation_decided", "司法确认裁定作出", "confirmation was decided"),
    Word("order_answered", "债务人清偿或异议", "the debtor paid or objected"),
    Word("suit_filed", "提起诉讼", "a suit was filed"),
    Word("title_effective", "执行依据生效", "an enforceable title took effect"),
    Word("enforcement_applied", "申请执行", "enforcement was applied for"),
    Word("inspection_decided", "监察办结", "labour inspection decided"),
    Word("employer_reported", "单位申请工伤认定", "the employer applied for the injury finding"),
    Word("finding_applied", "职工方申请工伤认定", "the worker's side applied for the injury finding"),
    Word("aid_assigned", "指派法律援助人员", "a legal aid lawyer was named"),
)
FIRST = frozenset({"received", "accepted", "papers_signed", "platform_accepted", "consented", "infringement_known",
                   "employment_ended"})
LAST = frozenset({"performance_due", "interrupted"})
# These end a clock whenever they happened, before its start too: money may come before the last day it was due.
ENDS = frozenset({"performed"})


@dataclass(frozen=True)
class Extension:
    """Who must agree before expiry, and by how much at most, counted from the date before any roll."""

    consents: tuple[str, ...] = ("applicant", "respondent")
    cap: int | None = None
    unit: str = "nat"
    confidence: str = "H"


@dataclass(frozen=True)
class Standstill:
    """Why a count may stand still, how surely, and how it goes on.

    ``grounds`` of PAUSE_GROUNDS for which the articles hold (empty: all); for others nothing is provided, so it is
    advice. ``last_months``: an obstacle counts only within so many last months of the period (0: at any time).
    ``is_tail``: the period then ends so many months after the obstacle; else what was left of it goes on.
    """

    cites: str = ""
    confidence: str = "M"
    grounds: tuple[str, ...] = ()
    last_months: int = 0
    is_tail: bool = False

    def level(self, ground: str = "") -> str:
        """How sure it is that the count may stand still on this ground."""
        return self.confidence if not (ground and self.grounds) or ground in self.grounds else "M"


@dataclass(frozen=True)
class Rule:
    """One time limit. ``triggers`` in order of preference; ``channels`` the letters for which it holds.

    ``standstill`` matters where the count ``may_pause``. ``restarts``: the kinds of interruption (limitation.py) that
    start it anew, for time bars. ``outer``: years from the start after which no interruption helps. ``follows``:
    the rule whose decisions move this one too. ``former``: an id under which decisions about it were kept before.
    """

    id: str
    label: Text
    channels: str
    length: int | None
    unit: str
    triggers: tuple[str, ...]
    cites: str
    confidence: str
    nature: str
    roll: bool = True
    claims: str = "both"  # labour (personnel included), civil, personnel or both (all of them)
    extension: Extension | None = None
    may_pause: bool = False
    procedure: str = ""
    since: date | None = None
    until: date | None = None
    fallback: str = ""  # a fact to reckon from, as advice, while the true trigger is missing
    stops: tuple[str, ...] = ()
    twin: str = ""  # the rule that says the same to the same people
    note: Text = EMPTY
    standstill: Standstill = field(default=Standstill(), repr=False)
    restarts: frozenset[str] = field(default=frozenset(), repr=False)
    outer: int = field(default=0, repr=False)
    follows: str = field(default="", repr=False)
    former: str = field(default="", repr=False)

    @property
    def law(self) -> Law:
        """The law on which the rule stands."""
        return source_of(self.cites)

    @property
    def source(self) -> str:
        """The short key of the law."""
        return self.law.key

    @property
    def article(self) -> Text:
        """Law and article in words."""
        return cite(self.cites)

    @property
    def valid_from(self) -> date:
        """The first day on which this version held; a law of which nobody knows it holds no limit."""
        return self.since or self.law.since or date.max

    @property
    def mark(self) -> str:
        """The name under which a lawyer's check of this row is kept; a row that is changed has to be checked anew."""
        said = repr(self) + "".join(f"{name}={value!r}" for name, value in self._further())
        return f"{self.id}#{hashlib.sha256(said.encode()).hexdigest()[:8]}"

    def _further(self) -> Iterator[tuple[str, object]]:
        """What the row says in the columns that few rows have: a new one of these leaves the mark of the others."""
        for column in fields(self):
            value = getattr(self, column.name)
            if not column.repr and value != column.default:
                yield column.name, sorted(value) if isinstance(value, frozenset) else value

    def holds_on(self, day: date) -> bool:
        """Whether this version of the rule held on ``day``."""
        return self.valid_from <= day and (self.until is None or day <= self.until)

    def period(self) -> Text:
        """The length in words, ``3个工作日``."""
        if self.length is None:
            return EMPTY
        unit = UNITS[self.unit]
        english = unit.en[:-1] if self.length == 1 else unit.en
        return Text(f"{self.length}{unit.zh}", f"{self.length} {english}")

    def sentence(self, trigger: str = "") -> Text:
        """How the limit is counted, in words."""
        if self.length is None:
            return self.note
        fact, period = FACTS[trigger or self.triggers[0]], self.period()
        tail = Text("，末日逢休息日顺延", ", moved past rest days") if self.roll and self.unit != "wd" else EMPTY
        return Text(f"自{fact.zh}次日起{period.zh}{tail.zh}", f"{period.en} from the day after {fact.en}{tail.en}")
