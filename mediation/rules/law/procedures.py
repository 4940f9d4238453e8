"""The steps of the side procedures: what each records, which fact of the clocks it is, what may follow (law 3.5).

A procedure begins with its request; every later step is a row here. The joint ones need both sides within their
window; which procedure the law opens at all is told by rules/law/routes.py.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mediation.rules.language import Problem, Text, Word, vocabulary

STATES = vocabulary(
    Word("requested", "已申请", "Asked for"),
    Word("accepted", "已受理", "Accepted"),
    Word("issued", "已发出", "Issued"),
    Word("served", "已送达", "Served"),
    Word("decided", "已办结", "Decided"),
    Word("withdrawn", "已撤回", "Withdrawn"),
)
OPEN_STATES = frozenset({"requested", "accepted", "issued", "served"})
RESULTS = vocabulary(
    Word("granted", "准许", "Granted"),
    Word("refused", "不予受理或驳回", "Refused"),
    Word("paid", "已清偿", "Paid"),
    Word("objected", "提出异议", "Objected to"),
    Word("lapsed", "失效", "Lapsed"),
    Word("settled", "已办结", "Settled"),
    Word("ordered", "已责令支付", "Ordered to pay"),
    Word("judged", "判决支持", "Judgment for the claim"),
)
STEP_WORDS = vocabulary(
    Word("request", "提出申请", "Request"),
    Word("accept", "受理", "Accepted"),
    Word("issue", "发出支付令", "Order issued"),
    Word("serve", "支付令送达", "Order served"),
    Word("decide", "办结", "Decided"),
    Word("refuse", "不予办理", "Refused"),
    Word("withdraw", "撤回", "Withdrawn"),
)


@dataclass(frozen=True)
class Step:
    """One step: from which states to which, the fact that it is for the clocks ('' none), and its possible results."""

    key: str
    label: Text
    sources: frozenset[str]
    target: str
    fact: str = ""
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Procedure:
    """A side procedure: whether both must ask, its window (the id of a clock), the fact of the request, its steps."""

    kind: str
    request: str
    window: str = ""
    is_joint: bool = False
    steps: tuple[Step, ...] = ()


def _s(key: str, zh: str, en: str, sources: str, target: str, fact: str = "", results: str = "") -> Step:
    return Step(key, Text(zh, en), frozenset(sources.split()), target, fact, tuple(results.split()))


WITHDRAW = _s("withdraw", "撤回申请", "Withdraw", "requested accepted issued served", "withdrawn")

_ROWS = (
    Procedure("arb_review", "review_applied", "L8", True, (
        _s("accept", "仲裁委受理", "Commission accepts", "requested", "accepted", "review_accepted"),
        _s("decide", "审查办结", "Review decided", "requested accepted", "decided", "review_decided",
           "granted refused"), WITHDRAW)),
    Procedure("jud_confirm", "confirmation_applied", "L10", True, (
        _s("accept", "法院立案", "Court files it", "requested", "accepted", "confirmation_filed"),
        _s("decide", "裁定作出", "Court decides", "requested accepted", "decided", "confirmation_decided",
           "granted refused"), WITHDRAW)),
    Procedure("pay_order", "order_applied", "", False, (
        _s("accept", "法院受理", "Court accepts", "requested", "accepted", "payment_order_accepted"),
        _s("issue", "发出支付令", "Order issued", "accepted", "issued", "order_issued"),
        _s("serve", "债务人收到", "Served on the debtor", "issued", "served", "payment_order_served"),
        _s("decide", "清偿、异议或失效", "Paid, objected to or lapsed", "requested accepted issued served", "decided",
           "order_answered", "paid objected lapsed refused"), WITHDRAW)),
    Procedure("direct_suit", "suit_filed", "", False, (
        _s("accept", "法院立案", "Court files it", "requested", "accepted"),
        _s("decide", "法院办结", "Court decides", "requested accepted", "decided", "", "judged settled refused"),
        _s("refuse", "不予受理", "Not taken", "requested", "decided", "", "refused"), WITHDRAW)),
    Procedure("legal_aid", "aid_applied", "", False, (
        _s("accept", "决定给予援助", "Aid approved", "requested", "accepted", "aid_approved"),
        _s("decide", "指派律师", "Lawyer named", "requested accepted", "decided", "aid_assigned", "granted"),
        _s("refuse", "不予援助", "Aid refused", "requested", "decided", "", "refused"), WITHDRAW)),
    Procedure("inspection", "complaint_received", "L26", False, (
        _s("accept", "监察立案", "Inspection files it", "requested", "accepted", "inspection_filed"),
        _s("decide", "监察办结", "Inspection decides", "accepted", "decided", "inspection_decided",
           "ordered settled refused"),
        _s("refuse", "不予立案", "Not filed", "requested", "decided", "", "refused"), WITHDRAW)),
    Procedure("procuratorate_clue", "", "", False, (
        _s("accept", "检察院接收", "Taken by the procuratorate", "requested", "accepted"),
        _s("decide", "办结回复", "Answered", "requested accepted", "decided", "", "settled refused"))),
)
PROCEDURES: dict[str, Procedure] = {row.kind: row for row in _ROWS}
# Results that make the agreement enforceable: (kind, result).
TITLES = frozenset({("arb_review", "granted"), ("jud_confirm", "granted"), ("direct_suit", "judged")})


def find_step(kind: str, key: str) -> Step | None:
    """The step of a procedure by its key."""
    return next((step for step in PROCEDURES[kind].steps if step.key == key), None)


def open_steps(kind: str, state: str) -> list[Step]:
    """The steps that the state admits, in the order of the table."""
    return [step for step in PROCEDURES[kind].steps if state in step.sources]


def gives_title(kind: str, state: str, result: str, is_final: bool = False) -> bool:
    """Whether the procedure as it stands makes the agreement enforceable.

    A payment order is one only once the 15 days to object (L14) have passed without an answer: ``is_final``
    (CPL 227; CPLJ 431).
    """
    return (kind, result) in TITLES or (kind == "pay_order" and state == "served" and is_final)


NO_STEP = Text("现在是“{state}”，不能“{step}”", "It stands at '{state}': '{step}' is not possible")
NO_RESULT = Text("请选办结的结果", "Choose the result")
NOT_BEFORE = Text("不能早于上一步（{day}）", "Not before the step before ({day})")
IN_FUTURE = Text("日期不能在今天之后", "The day cannot lie in the future")
NEEDS_DAY = Text("请填写哪天", "Please give the day")


def step_problems(kind: str, state: str, step: Step, given: Mapping[str, object], last_on: date,
                  today: date) -> list[Problem]:
    """What stands against a step: the state, a missing or impossible day, a missing result.

    ``given``: on (the day), result (a code of the step's results). ``last_on``: the day of the step before.
    """
    if state not in step.sources:
        return [Problem("", NO_STEP.fill(state=STATES[state], step=step.label))]
    on, result = given.get("on"), given.get("result") or ""
    found = []
    if not isinstance(on, date):
        found.append(Problem("on", NEEDS_DAY))
    elif on > today:
        found.append(Problem("on", IN_FUTURE))
    elif on < last_on:
        found.append(Problem("on", NOT_BEFORE.fill(day=last_on.isoformat())))
    if len(step.results) > 1 and result not in step.results:
        found.append(Problem("result", NO_RESULT))
    return found
