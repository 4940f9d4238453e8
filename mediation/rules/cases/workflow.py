"""The procedure as data: eight states, the moves between them, what each asks and what it demands.

The same row feeds the button, the form, the check, the event and the printed help. Three axes stay apart: the state
and outcome here, performance (rules/money/amounts.py, computed), referral (``referred_to``). A case with an outcome
that is not yet closed keeps its state and is *concluded*: only the moves that say so are open then (law.md 3.2,
face.md).
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from mediation.rules import words
from mediation.rules.cases import merging, voiding
from mediation.rules.cases.guards import GUARDS, Facts
from mediation.rules.language import Problem, Text, Word
from mediation.rules.law.limits import PAUSE_GROUNDS
from mediation.rules.law.retention import RETENTIONS


@dataclass(frozen=True)
class State:
    """A stored state; ``turn`` says who has to act next."""

    code: str
    label: Text
    turn: str  # site | handler | lead | none
    is_open: bool = True
    is_final: bool = False


STATES: dict[str, State] = {s.code: s for s in (
    State("REGISTERED", Text("已登记，待受理", "Registered"), "site"),
    State("CONSENT_PENDING", Text("征求对方意见", "Asking the other side"), "site"),
    State("ACCEPTED", Text("已受理，待指派", "Accepted, to be assigned"), "lead"),
    State("ASSIGNED", Text("已指派，待签收", "Assigned, to be taken"), "handler"),
    State("MEDIATING", Text("调解中", "In mediation"), "handler"),
    State("PERFORMING", Text("履行中", "Being performed"), "handler"),
    State("CLOSED", Text("已结案", "Closed"), "handler", is_open=False),
    State("ARCHIVED", Text("已归档", "Filed"), "none", is_open=False, is_final=True),
)}
BEFORE_ACCEPTANCE = frozenset({"REGISTERED", "CONSENT_PENDING"})
ACCEPTED_ON = frozenset({"ACCEPTED", "ASSIGNED", "MEDIATING"})
UNCONCLUDED = BEFORE_ACCEPTANCE | ACCEPTED_ON
LIVE = UNCONCLUDED | {"PERFORMING"}

RETENTION_WORDS = {code: Word(code, row.zh, row.en) for code, row in RETENTIONS.items()}

# The line of steps at the head of the case page: label and the states that lie behind it.
STEPS: tuple[tuple[Text, frozenset[str]], ...] = (
    (Text("登记", "Registered"), frozenset({"REGISTERED"})),
    (Text("受理", "Accepted"), frozenset({"CONSENT_PENDING"})),
    (Text("指派", "Assigned"), frozenset({"ACCEPTED", "ASSIGNED"})),
    (Text("调解", "Mediation"), frozenset({"MEDIATING"})),
    (Text("协议", "Agreement"), frozenset()),
    (Text("履行", "Performance"), frozenset({"PERFORMING"})),
    (Text("结案", "Closed"), frozenset({"CLOSED", "ARCHIVED"})),
)


@dataclass(frozen=True)
class Ask:
    """One fact that a move asks for. ``kind`` decides the input and its reading:

    past_date, future_date, line, area, money, choice, choices, tick, party, user, station, agency, case
    """

    name: str
    kind: str
    label: Text
    is_required: bool = True
    words: Mapping[str, Word] | None = None
    hint: Text | None = None
    demanded_by: str = ""  # the guard that refuses without it while the facts are as they are


@dataclass(frozen=True)
class Move:
    """A row of the procedure. ``target`` None keeps the state; ``outcome`` '?' is taken from the answers."""

    key: str
    label: Text
    sources: frozenset[str]
    target: str | None
    permission: str
    event: str
    asks: tuple[Ask, ...] = ()
    guards: tuple[str, ...] = ()
    outcome: str = ""
    is_concluded: bool | None = False  # open while without outcome (False), with one (True), either (None)
    page: str = "move"  # move: the generic page; agreement, payments, sessions …: a page of its own
    flash: Text = Text("已记下", "Recorded")
    is_main: bool = False  # a button in the bar; the others stand under 更多
    is_additive: bool = False  # only adds a row: two people may do it at once


def _date(name: str, zh: str, en: str, kind: str = "past_date", required: bool = True, hint: Text | None = None) -> Ask:
    return Ask(name, kind, Text(zh, en), required, hint=hint)


def _choice(name: str, zh: str, en: str, table: Mapping[str, Word], required: bool = True) -> Ask:
    return Ask(name, "choice", Text(zh, en), required, table)


HAPPENED = _date("happened_on", "哪天", "On which day")
REASON = Ask("reason", "area", Text("理由", "Reason"))
NOTE = Ask("note", "area", Text("经过", "What happened"), is_required=False)
DOOR = Text("请他去哪里", "Where to go instead")
NO_DOOR = Text("没有可选的，先由管理员在成员单位里登记地址电话",
               "With nothing to choose, the administrator first enters the body with address and telephone")
RETENTION = Ask("retention", "choice", Text("保管期限", "Kept for"), False, RETENTION_WORDS, Text(
    "自结案次年1月1日起算；到期也不自动销毁，须经审批",
    "counted from 1 January after closing; nothing is destroyed by itself"))


def _f(*codes: str) -> frozenset[str]:
    return frozenset(codes)


_ROWS: tuple[Move, ...] = (
    Move("ask_consent", Text("记对方意见", "Record the other side's answer"), BEFORE_ACCEPTANCE, "CONSENT_PENDING",
         "case.work", "consent_asked",
         (Ask("party", "party", Text("问的是谁", "Who was asked")),
          HAPPENED, _choice("way", "怎么问的", "How", words.CONTACT_WAYS),
          _choice("answer", "对方怎么说", "The answer", words.ANSWERS, required=False),
          NOTE, _date("next_on", "下次再问", "Ask again on", "future_date", required=False)),
         flash=Text("已记对方意见。", "The answer is recorded."), is_main=True),
    Move("accept", Text("受理", "Accept"), BEFORE_ACCEPTANCE, "ACCEPTED", "case.work", "accepted",
         (HAPPENED, _choice("ground", "在不在范围，依据", "Ground of competence", words.SCOPE_GROUNDS),
          _choice("relation", "用工关系", "Relationship", words.RELATIONS, required=False),
          Ask("identity_note", "line", Text("证件看了没有（没看写原因）", "Identity seen, or why not"), False,
              demanded_by="identity_known"),
          Ask("wage_choice", "choice", Text("欠薪：本人的选择", "Arrears of pay: the choice made"), False,
              words.WAGE_CHOICES,
              Text("受理后，监察会告知走调解（监察条例第二十一条），先问本人",
                   "once accepted, inspection points back to mediation (JC 21): ask first"),
              demanded_by="choice_made")),
         ("other_side_agrees", "identity_known", "choice_made", "has_claims"),
         flash=Text("已受理。下一步：指派调解员。", "Accepted. Next: assign a mediator."), is_main=True),
    Move("decline", Text("不予受理", "Decline"), BEFORE_ACCEPTANCE, None, "case.work", "declined",
         (HAPPENED, _choice("ground", "依据", "Ground", words.DECLINE_GROUNDS), NOTE,
          Ask("next_door", "agency", DOOR, hint=NO_DOOR)),
         outcome="NOT_ACCEPTED",
         flash=Text("已记不予受理。下一步：书面告知申请人，再结案。", "Declined. Next: tell the applicant in writing, then close.")),
    Move("refuse", Text("对方不愿调解", "Other side refuses"), BEFORE_ACCEPTANCE, None, "case.work", "refused",
         (HAPPENED, NOTE, Ask("next_door", "agency", DOOR, False, hint=NO_DOOR)), ("other_side_refuses",),
         outcome="REFUSED_BY_PARTY",
         flash=Text("已记对方不愿调解{restarted}。下一步：书面告知申请人。",
                    "Refusal recorded{restarted}. Next: tell the applicant in writing.")),
    Move("unreachable", Text("对方联系不上", "Other side cannot be reached"), BEFORE_ACCEPTANCE, None, "case.work",
         "unreached", (HAPPENED, NOTE, Ask("next_door", "agency", DOOR, False, hint=NO_DOOR)), ("three_attempts",),
         outcome="UNREACHABLE",
         flash=Text("已记对方联系不上。下一步：书面告知申请人。", "Recorded. Next: tell the applicant in writing.")),
    Move("take_up", Text("由我承办", "Take it on myself"), _f("ACCEPTED"), "MEDIATING", "case.work", "taken_up",
         (HAPPENED,), ("is_not_recused",), flash=Text("已由您承办。下一步：约双方调解。", "It is yours. Next: arrange a session."),
         is_main=True),
    Move("route", Text("分流到站点", "Route to a station"), _f("REGISTERED", "CONSENT_PENDING", "ACCEPTED"), None,
         "case.route", "routed",
         (HAPPENED, Ask("station", "station", Text("到哪个站点", "Which station")),
          Ask("reason", "line", Text("说明", "Remark"), False)),
         flash=Text("已分流。期限不因分流重新计算。", "Routed. No limit starts anew.")),
    Move("assign", Text("指派", "Assign"), _f("ACCEPTED"), "ASSIGNED", "case.assign", "assigned",
         (HAPPENED, Ask("mediator", "user", Text("承办调解员", "Case mediator")),
          Ask("reason", "line", Text("交代", "Remark"), False)),
         flash=Text("已指派，等{who}签收。", "Assigned; {who} has to take it."), is_main=True),
    Move("reassign", Text("改派", "Reassign"), _f("ASSIGNED", "MEDIATING", "PERFORMING"), None, "case.assign",
         "reassigned",
         (HAPPENED, Ask("mediator", "user", Text("改由谁承办", "New case mediator")), REASON), is_concluded=None,
         flash=Text("已改派给{who}。期限不重新计算。", "Reassigned to {who}. No limit starts anew.")),
    Move("take", Text("签收", "Take"), _f("ASSIGNED"), "MEDIATING", "case.work", "taken", (HAPPENED,),
         ("is_the_assigned",), flash=Text("已签收。下一步：约双方调解。", "Taken. Next: arrange a session."), is_main=True),
    Move("return", Text("退回", "Return"), _f("ASSIGNED"), "ACCEPTED", "case.work", "returned", (HAPPENED, REASON),
         ("is_the_assigned",), flash=Text("已退回，等待重新指派。", "Returned; it waits to be assigned again.")),
    Move("recuse", Text("回避", "Recuse"), _f("ASSIGNED", "MEDIATING"), "ACCEPTED", "case.work", "recused",
         (HAPPENED, REASON), flash=Text("已记回避，等待重新指派。", "Recusal recorded; it waits to be assigned again.")),
    Move("log_contact", Text("记联系", "Log a call or message"), LIVE | {"CLOSED"}, None, "case.contact",
         "contact_logged",
         (HAPPENED, Ask("party", "party", Text("跟谁", "With whom"), False),
          Ask("whom", "line", Text("或别人", "Or somebody else"), False),
          _choice("way", "怎么联系", "How", words.CONTACT_WAYS),
          Ask("reached", "tick", Text("联系上了", "Reached"), False),
          Ask("note", "area", Text("说了什么", "What was said"), False),
          Ask("next_step", "line", Text("下一步", "What next"), False),
          _date("next_on", "什么时候", "When", "future_date", required=False)),
         is_concluded=None, page="contacts", is_main=True, is_additive=True,
         flash=Text("已记联系。", "Contact logged.")),
    Move("hold_session", Text("记调解", "Record a session"), _f("MEDIATING"), None, "case.work", "session_held",
         page="sessions", is_main=True, is_additive=True, flash=Text("已记第{n}次调解。", "Session {n} recorded.")),
    Move("extend", Text("延期", "Extend"), _f("MEDIATING"), None, "case.work", "extended",
         (_date("happened_on", "哪天同意的", "Agreed on"), _date("to_on", "延到哪天", "New last day", "future_date"),
          Ask("consents", "choices", Text("谁同意了", "Who agreed"), True, words.SIDES),
          Ask("document", "line", Text("书面依据", "Document"), False),
          Ask("reason", "line", Text("理由", "Reason"), False)),
         ("may_extend",), flash=Text("已延期到{day}。", "Extended to {day}.")),
    Move("pause", Text("中止计时", "Pause the clock"), _f("MEDIATING"), None, "case.work", "paused",
         (HAPPENED, _choice("ground", "因为什么", "Ground", PAUSE_GROUNDS),
          Ask("reason", "line", Text("说明（选“其他”必填）", "Remark (needed with 'another')"), False),
          Ask("document", "line", Text("文书", "Document"))), ("is_running",),
         flash=Text("已中止计时。", "The clock is paused.")),
    Move("resume", Text("恢复计时", "Resume the clock"), _f("MEDIATING"), None, "case.work", "resumed",
         (HAPPENED, REASON), ("is_paused",), flash=Text("已恢复计时。", "The clock runs again.")),
    Move("agree", Text("达成协议", "Agree"), _f("MEDIATING"), "PERFORMING", "case.work", "agreed",
         guards=("has_named_respondent",), outcome="AGREED", page="agreement", is_main=True,
         flash=Text("已记协议。下一步：{next}。", "Agreement recorded. Next: {next}.")),
    Move("settle", Text("自行和解", "Settled between themselves"), _f("MEDIATING"), "PERFORMING", "case.work",
         "settled", guards=("has_named_respondent",), outcome="SETTLED", page="settlement",
         flash=Text("已记自行和解。", "Private settlement recorded.")),
    Move("fail", Text("调解不成", "Fail"), _f("MEDIATING"), None, "case.work", "failed",
         (HAPPENED, _choice("reason_code", "原因", "Why", words.FAIL_REASONS), NOTE), outcome="FAILED", is_main=True,
         flash=Text("已记调解不成{restarted}。下一步：书面告知{way}。",
                    "Recorded{restarted}. Next: tell them in writing: {way}.")),
    Move("withdraw", Text("撤回", "Withdraw"), UNCONCLUDED, None, "case.work", "withdrawn", (HAPPENED, REASON),
         outcome="WITHDRAWN", flash=Text("已记申请人撤回。", "Withdrawal recorded.")),
    Move("refer", Text("移送", "Refer"), UNCONCLUDED, None, "case.work", "referred",
         (HAPPENED, _choice("to", "送到哪里", "Where to", words.REFERRALS),
          Ask("agency", "agency", Text("单位", "Body"), False), REASON), outcome="?to",
         flash=Text("已移送。", "Referred.")),
    Move("merge", Text("并案", "Merge"), UNCONCLUDED, "CLOSED", "case.work", "merged",
         (HAPPENED, Ask("into", "case", Text("并入哪件（登记号）", "Into which case (number)")), REASON),
         outcome="DUPLICATE", flash=Text("已并入{into}。下一步：到那里接着办。", "Merged into {into}. Next: go on there.")),
    Move("carry_over", Text("把留下的并过去", "Carry over what was left"), UNCONCLUDED | {"CLOSED", "ARCHIVED"}, None,
         "money.explain", "carried_over", (), is_concluded=None,
         flash=Text("已并过去。下一步：到并入的案件里接着办。", "Carried over. Next: go on in the case that is kept.")),
    Move("stop_sham", Text("涉嫌虚假，终止", "Stop as sham"), _f("MEDIATING"), None, "case.work", "stopped_sham",
         (HAPPENED, REASON, Ask("reported_to", "line", Text("已报告", "Reported to"))), outcome="TERMINATED_FRAUD",
         flash=Text("已终止并报告。", "Stopped and reported.")),
    Move("notify", Text("书面告知申请人", "Tell the applicant in writing"), UNCONCLUDED, None, "case.work", "notified",
         (HAPPENED, _choice("way", "怎么送的", "How", words.SERVICE_WAYS),
          Ask("to", "line", Text("交给谁", "To whom"), False)), is_concluded=True, is_main=True,
         flash=Text("已记书面告知。下一步：结案。", "Notice recorded. Next: close.")),
    Move("refer_on", Text("记后续去向", "Record where it went on"), LIVE | {"CLOSED"}, None, "case.work",
         "referred_on",
         (HAPPENED, _choice("to", "去了哪里", "Where to", words.REFERRALS),
          Ask("agency", "agency", Text("单位", "Body"), False), Ask("reason", "line", Text("说明", "Remark"), False)),
         is_concluded=True, flash=Text("已记去向。", "Recorded.")),
    Move("enforce", Text("记已进入执行", "Record enforcement"), _f("PERFORMING", "CLOSED"), None, "case.work", "enforced",
         (HAPPENED, Ask("document", "line", Text("执行案号", "Enforcement number"), False)), is_concluded=True,
         flash=Text("已记进入执行。", "Enforcement recorded.")),
    Move("record_payment", Text("登记到账", "Record a payment"), LIVE | {"CLOSED"}, None, "money.record",
         "payment_recorded", is_concluded=None, page="payments", is_main=True, is_additive=True,
         flash=Text("已登记到账{sum}元。", "Payment of {sum} yuan recorded.")),
    Move("reverse_payment", Text("冲销", "Reverse a payment"), LIVE | {"CLOSED"}, None, "money.record",
         "payment_reversed", is_concluded=None, page="payments", is_additive=True,
         flash=Text("已冲销{sum}元。", "{sum} yuan reversed.")),
    Move("visit", Text("回访", "Follow up"), _f("PERFORMING", "CLOSED") | UNCONCLUDED, None, "case.work", "visited",
         (HAPPENED, Ask("party", "party", Text("回访谁", "Whom"), False),
          _choice("way", "方式", "How", words.CONTACT_WAYS),
          _choice("satisfaction", "满意吗", "Satisfied", words.SATISFACTION),
          Ask("note", "area", Text("情况", "What was found"), False),
          _date("next_on", "下次回访", "Next visit", "future_date", required=False)),
         is_concluded=True, page="visits", is_main=True, is_additive=True, flash=Text("已记回访。", "Visit recorded.")),
    Move("close", Text("结案", "Close"), LIVE, "CLOSED", "case.work", "closed",
         (HAPPENED, _choice("way", "怎么了结的", "How it ended", words.CLOSE_WAYS),
          Ask("note", "line", Text("说明", "Remark"), False), RETENTION),
         ("money_settled", "is_notified", "is_visited"), is_concluded=True, is_main=True,
         flash=Text("已结案。下一步：整理卷宗，归档。", "Closed. Next: file it away.")),
    Move("reopen", Text("恢复办理", "Reopen"), _f("CLOSED"), "MEDIATING", "case.reopen", "reopened",
         (HAPPENED, REASON), is_concluded=None, flash=Text("已恢复办理。", "Reopened.")),
    Move("archive", Text("归档", "File away"), _f("CLOSED"), "ARCHIVED", "case.archive", "archived",
         (HAPPENED, Ask("archive_number", "line", Text("归档号", "File number"), False),
          Ask("pages", "number", Text("页数", "Pages"), False),
          Ask("note", "line", Text("缺号、缺页数、缺材料的理由", "Why number, pages or papers are missing"), False),
          RETENTION), is_concluded=None, is_main=True,
         flash=Text("已归档。", "Filed away.")),
)
MOVES: dict[str, Move] = {row.key: row for row in _ROWS}
# Money that goes back to the employer is recorded on the same page by the same rule, in words of its own.
RETURN = replace(MOVES["record_payment"], label=Text("登记返还", "Record a return"), event="payment_returned", flash=Text(
    "已登记返还单位{sum}元，从已到账里减去。", "{sum} yuan back to the employer recorded, taken off what arrived."))

# Consecutive moves that one person may make in one press on one page; each keeps its own check and event.
CHAINS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "accept_and_take": (Text("对方已同意，受理，由我承办", "It agreed: accept and take it on"),
                        ("ask_consent", "accept", "take_up")),
    "accept_take": (Text("受理，由我承办", "Accept and take it on"), ("accept", "take_up")),
    "agree_and_pay": (Text("当场达成并付清", "Agreed and paid on the spot"), ("agree", "record_payment")),
    "visit_and_close": (Text("回访并结案", "Follow up and close"), ("visit", "close")),
    "refuse_and_close": (Text("告知并结案", "Tell the applicant and close"), ("notify", "close")),
}

# What is still open in a merged case: the end of one that was merged while that left it open, and what an older merger
# left behind.
OF_MERGED = frozenset({"close", "carry_over"})


def is_open(move: Move, facts: Facts) -> bool:
    """Whether the state and outcome admit the move, leaving its guards aside."""
    if facts.void_reason is not None or facts.state not in move.sources or (
            facts.merged_into is not None and move.key not in OF_MERGED) or (
            move.key == "carry_over" and not facts.has_rest):
        return False
    return move.is_concluded is None or move.is_concluded == bool(facts.outcome)


def closed_problem(move: Move, facts: Facts) -> Problem:
    """The sentence for a move that the state does not admit."""
    if facts.void_reason is not None:
        return voiding.refusal(facts.void_reason)
    if facts.merged_into is not None:
        return merging.refusal(facts.merged_into)
    state = STATES[facts.state].label
    label = words.OUTCOMES[facts.outcome] if facts.outcome and STATES[facts.state].is_open else state
    return Problem("", Text("现在是“{state}”，不能{move}", "It is '{state}' now: '{move}' is not possible").fill(
        state=label, move=move.label))


def missing(move: Move, answers: Mapping[str, object], is_late_entry: bool = False) -> list[Problem]:
    """Required answers that were not given; in a late entry a day may be unknown."""
    return [Problem(ask.name, Text("请填写{label}", "Please fill in: {label}").fill(label=ask.label))
            for ask in move.asks if ask.is_required and answers.get(ask.name) in (None, "", [], ())
            and not (is_late_entry and ask.kind == "past_date")]


def demanded(move: Move, facts: Facts) -> set[str]:
    """The facts that a guard will want as things stand, though the row itself can do without them."""
    return {ask.name for ask in move.asks if ask.demanded_by and GUARDS[ask.demanded_by](facts, {}) is not None}


def date_problems(facts: Facts, answers: Mapping[str, object], today: date) -> list[Problem]:
    """A move cannot happen in the future nor before the request came in."""
    day = answers.get("happened_on")
    if not isinstance(day, date):
        return []
    if day > today:
        return [Problem("happened_on", Text("日期不能在今天之后", "The day cannot lie in the future"))]
    if facts.received_on and day < facts.received_on:
        return [Problem("happened_on", Text("不能早于收到申请的日子（{day}）", "Not before the request came in ({day})").fill(
            day=facts.received_on.isoformat()))]
    return []


def problems(move: Move, facts: Facts, answers: Mapping[str, object], today: date) -> list[Problem]:
    """Everything that stands against the move, at once."""
    if not is_open(move, facts):
        return [closed_problem(move, facts)]
    found = missing(move, answers, facts.is_late_entry) + date_problems(facts, answers, today)
    return found + [p for name in move.guards if (p := GUARDS[name](facts, answers)) is not None]


def open_moves(facts: Facts) -> list[Move]:
    """The moves that state and outcome admit, in the order of the table."""
    return [move for move in MOVES.values() if is_open(move, facts)]


def outcome_of(move: Move, answers: Mapping[str, object]) -> str:
    """The outcome that the move brings; '' when it brings none."""
    return str(answers[move.outcome[1:]]) if move.outcome.startswith("?") else move.outcome
