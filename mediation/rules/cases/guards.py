"""What stands against a move: the facts of a case that guards look at, and the guards by the names of the rows.

A guard is given the facts and what was answered, and gives the one sentence that refuses, beside its field; the rows
of rules/cases/workflow.py say which of them a move demands.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from mediation.rules import words
from mediation.rules.language import Problem, Text
from mediation.rules.law.laws import cite
from mediation.rules.law.ways import WAYS, Way


@dataclass(frozen=True)
class Facts:
    """What the guards look at, built from the rows by queries/cases/facts.py."""

    state: str
    outcome: str
    channel: str
    received_on: date | None = None
    accepted_on: date | None = None
    happened_on: date | None = None
    is_group: bool = False
    is_late_entry: bool = False
    handler_id: int | None = None
    recused_ids: frozenset[int] = frozenset()
    other_side_agrees: bool = False
    other_side_refuses: bool = False
    attempt_days: tuple[date, ...] = ()  # days of calls to the other side that did not reach it
    has_identity: bool = False
    is_rural_pay: bool = False  # a migrant worker asks for pay
    wage_choice: str = ""  # words.WAGE_CHOICES
    has_named_respondent: bool = False
    claims: int = 0
    hearings: int = 0
    open_instalments: int = 0  # not yet wholly paid
    owed_fen: int = 0  # agreed and not arrived, bound workers only
    arrived_fen: int = 0
    has_visit: bool = False
    has_notice: bool = False
    is_paused: bool = False
    due_on: date | None = None
    way: Way = WAYS["A"]  # where the dispute goes without an agreement
    merged_into: str | None = None  # the number of the case in which a merged one goes on; '' in a ring
    has_rest: bool = False  # a merged case in which people, claims or payments were left behind
    void_reason: str | None = None  # of a voided case
    proceeding: str = ""  # what runs over the dispute: a key of PROCEEDINGS


# Ways of a contact on which nobody being there shows that the other side cannot be reached. A message or letter without
# an answer may have been read: the paper tells of calls, and what is not laid down is not widened (M).
CALLS = frozenset({"phone", "meeting", "visit"})


def is_attempt(way: str, is_reached: bool) -> bool:
    """Whether a contact counts as an attempt that found nobody."""
    return not is_reached and way in CALLS


def settles_plan(way: str, is_reached: bool, plans_again: bool) -> bool:
    """Whether a contact does what was planned before it: a message that nobody answered leaves the planned call to be
    made, unless it plans another day."""
    return is_reached or plans_again or way != "message"


Guard = Callable[[Facts, Mapping[str, object]], Problem | None]


def _need(name: str, zh: str, en: str) -> Guard:
    """A guard that wants one fact to be true."""
    return lambda facts, answers: None if getattr(facts, name) else Problem("", Text(zh, en))


def _identity_known(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if facts.has_identity or answers.get("identity_note") or facts.is_late_entry:
        return None
    return Problem("identity_note", Text("申请人证件还没看：填证件号，或写明为什么没有",
                                         "The applicant's identity is not known: enter it, or say why not"))


def _choice_made(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    """A migrant worker chose between mediation and inspection: mediation closes the other way (JC 21(2))."""
    choice = answers.get("wage_choice") or facts.wage_choice
    is_other = answers.get("ground") == "civil"  # no matter of inspection
    if not facts.is_rural_pay or is_other or facts.is_late_entry or choice == "mediate":
        return None
    if choice == "inspect":
        return Problem("wage_choice", INSPECT_CHOSEN, "inspect_chosen")
    return Problem("wage_choice", NO_CHOICE)


NO_CHOICE = Text("农牧民工欠薪：受理后劳动监察会告知走调解（{article}），请问清本人，记下选择",
                 "Pay of a migrant worker: once accepted, labour inspection points back to mediation ({article}); "
                 "ask the worker and record the choice").fill(article=cite("JC 21(2)"))
INSPECT_CHOSEN = Text("本人选的是先投诉监察，受理后监察会告知走调解（{article}）：确认本人仍要调解吗",
                      "The worker chose inspection first, and once accepted it points back to mediation ({article}): "
                      "is mediation still wanted?").fill(article=cite("JC 21(2)"))


def _respondent_named(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if facts.has_named_respondent or facts.is_late_entry:
        return None
    return Problem("who_name", Text("对方还没有全称或证件：写在这里，或先在当事人里查明",
                                    "The other side has no full name or identity yet: write it here, or resolve it "
                                    "among the parties"))


def _three_attempts(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if len(facts.attempt_days) >= 3 and len(set(facts.attempt_days)) >= 2:
        return None
    return Problem("", Text(f"须有两天以上、三次以上打电话或上门没联系上的记录，现有{len(facts.attempt_days)}次",
                            f"Three calls or visits on two days must be logged; there are {len(facts.attempt_days)}"))


def _is_the_assigned(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if facts.handler_id == answers.get("actor_id"):
        return None
    return Problem("", Text("只有被指派的人能签收或退回", "Only the assigned mediator may take or return it"))


def _is_not_recused(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if answers.get("actor_id") not in facts.recused_ids:
        return None
    return Problem("", Text("您在这件案子里已经回避，不能承办", "You have recused yourself from this case"))


def _money_settled(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if facts.is_late_entry:  # what a source reports stands, and the difference shows
        return None
    if facts.owed_fen <= 0 or answers.get("way") in CLOSE_WITH_MONEY_OPEN:
        if answers.get("way") == "performed" and facts.arrived_fen == 0 and facts.open_instalments:
            return Problem("way", Text("还没有到账记录", "No payment is recorded"))
        return None
    return Problem("way", Text("还有钱没到账：先登记到账，或写明后续途径",
                               "Money is outstanding: record it, or say which way it goes on"))


CLOSE_WITH_MONEY_OPEN = frozenset({"enforcement", "arbitration", "court", "inspection", "given_up"})
NEEDS_NOTICE = frozenset({"REFUSED_BY_PARTY", "UNREACHABLE", "NOT_ACCEPTED", "FAILED"})


def _is_notified(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if facts.outcome not in NEEDS_NOTICE or facts.has_notice or facts.is_late_entry:
        return None
    return Problem("", Text("还没有书面告知申请人：{way}（{article}），告知后才能结案",
                            "The applicant has not been told in writing: {way} ({article}); close after that").fill(
                                way=facts.way.goal.told, article=facts.way.article))


def _is_visited(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    if facts.outcome not in words.SUCCESS or facts.has_visit or facts.is_late_entry:
        return None
    return Problem("", Text("还没有回访：先记一次回访（没人接也算，满意度记“未答”）",
                            "There was no follow-up: record one first (no answer counts, as 'no answer')"))


PROCEEDINGS = {"enforcement": Text("执行", "enforcement"), "arbitration": Text("仲裁", "arbitration"),
               "court": Text("诉讼", "a suit")}
PROCEEDS = Text("{number}已进入{proceeding}，工会的提示函、意见书、建议书不再受理（{article}）：请在该程序里主张",
                "{proceeding} runs over {number}: letters of the union's supervision are refused ({article}); the "
                "claim is put there")


def no_proceeding(facts: Facts, answers: Mapping[str, object]) -> Problem | None:
    """A guard of sending a supervision letter, which is no move of the case: refused once enforcement, arbitration or
    court runs (S41). ``answers``: the ``number`` of the case as people know it."""
    if not facts.proceeding:
        return None
    return Problem("case_number", PROCEEDS.fill(number=str(answers.get("number") or ""), article=cite("IMG 24"),
                                                proceeding=PROCEEDINGS[facts.proceeding]))


GUARDS: dict[str, Guard] = {
    "other_side_agrees": _need("other_side_agrees", "对方还没有同意调解：先记对方意见（谁、何时、怎么问的）",
                               "The other side has not agreed yet: record its answer first"),
    "other_side_refuses": _need("other_side_refuses", "没有对方不愿调解的记录：先记对方意见",
                                "No refusal is on record: record the other side's answer first"),
    "identity_known": _identity_known,
    "choice_made": _choice_made,
    "has_claims": _need("claims", "还没有写要什么：至少一项诉求", "No claim is entered yet"),
    "three_attempts": _three_attempts,
    "is_the_assigned": _is_the_assigned,
    "is_not_recused": _is_not_recused,
    "may_extend": lambda facts, answers: None,  # the clock's own rule, checked by the service with its row
    "is_running": lambda facts, answers: Problem("", Text("已经在中止中", "It is paused already")) if facts.is_paused
    else None,
    "is_paused": _need("is_paused", "没有在中止", "It is not paused"),
    "has_named_respondent": _respondent_named,
    "money_settled": _money_settled,
    "is_notified": _is_notified,
    "is_visited": _is_visited,
}
