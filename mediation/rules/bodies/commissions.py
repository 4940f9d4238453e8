"""Commissions of and to outside bodies: by when a reply is due, on what ground a disclosure stands.

The periods of courts and arbitration are those of law.md 2.1; for what we send out there is no statute, so the house's
own custom stands, marked as such, and may be changed for one letter with a reason.
"""
from __future__ import annotations

from datetime import date
from typing import NamedTuple

from mediation.rules.bodies import senders
from mediation.rules.language import Text
from mediation.rules.law.workdays import Calendar, end_of

DIRECTIONS = ("in", "out")
COURT_KINDS = frozenset({"before_filing", "after_filing", "by_judge"})
SENT_TO_US = COURT_KINDS | {"by_arbitration", "arbitration_advice"}
# What a kind of body can send us by itself; every other body transfers.
SENDABLE = {"court": ("before_filing", "after_filing", "by_judge"),
            "arbitration": ("by_arbitration", "arbitration_advice")}
TRANSFERS = ("transfer",)
# How the intake page says where a case came from: source and channel.
INTAKE_SOURCES = {"before_filing": ("court", "E"), "after_filing": ("court", "F"), "by_judge": ("court", "F"),
                  "by_arbitration": ("arbitration", "G"), "arbitration_advice": ("arbitration", "H")}
# What a disclosure usually stands on, offered while its ground is typed (law.md 4, P1 to P3).
USUAL_GROUNDS: tuple[Text, ...] = (
    Text("申请人书面同意（个人信息保护法第二十三条）", "the applicant's written consent (PIPL 23)"),
    Text("申请人当面同意，已记入接待笔录（个人信息保护法第二十三条）", "consent given in person, in the intake note (PIPL 23)"),
    Text("对方单位履行法定职责所必需（个人信息保护法第十三条第一款第三项）", "needed for the body's statutory duty (PIPL 13(1)(3))"),
)
PENDING = ("open", "taken")
RETURNED, MOVED = "returned", "moved"  # moved: its case was merged, the reply is waited for at the other


class Due(NamedTuple):
    """The period for the reply to one kind of letter. ``unit`` nat or wd; ``cites`` as in rules/law/laws.py."""

    kind: str
    direction: str
    length: int
    unit: str
    cites: str
    confidence: str


DUES: tuple[Due, ...] = (
    Due("before_filing", "in", 30, "nat", "ZX 24; TY 27", "H"),
    Due("after_filing", "in", 15, "nat", "ZX 24; TY 27", "H"),
    Due("by_arbitration", "in", 10, "wd", "R33 70; R33 80", "H"),
    Due("transfer", "in", 3, "wd", "HR", "M"),
    Due("task", "out", 7, "wd", "HR", "M"),
    Due("invitation", "out", 3, "wd", "HR", "M"),
    Due("transfer", "out", 3, "wd", "HR", "M"),
)
OF_CONSULTATION = Text("会诊那天", "The day of the consultation")
LETTERS_OWN = Text("来函给的期限", "The period that the letter gives")
# What may be told to the body that sent the case, without asking again.
BACK_TO_SENDER = {
    **dict.fromkeys(COURT_KINDS, Text("向委派、委托的法院反馈结果（特邀调解规定第二十七条）",
                                      "Result to the court that sent it (Rules on Invited Mediation, art. 27)")),
    "by_arbitration": Text("向委托的仲裁委反馈结果（办案规则第七十条）",
                           "Result to the arbitration body that sent it (Arbitration Rules, art. 70)"),
    "arbitration_advice": Text("向建议调解的仲裁委反馈结果（办案规则第六十九条）",
                               "Result to the arbitration body that advised it (Arbitration Rules, art. 69)"),
}
CONSENTED_AT_INTAKE = Text("登记时申请人同意告知该单位", "At intake the applicant agreed that the body be told")


def find_rule(kind: str, direction: str) -> Due | None:
    """The period of a letter; None where nobody has to reply by a day."""
    return next((row for row in DUES if (row.kind, row.direction) == (kind, direction)), None)


def due_on(kind: str, direction: str, sent_on: date, calendar: Calendar) -> date | None:
    """The day on which the reply is due by rule."""
    row = find_rule(kind, direction)
    return end_of(sent_on, row.length, row.unit, calendar) if row else None


def is_live(state: str, recalled_on: date | None) -> bool:
    """Whether a letter still gives its body sight of the case; a return ends it as a recall does."""
    return recalled_on is None and state != RETURNED


def awaits_reply(direction: str, state: str, recalled_on: date | None) -> bool:
    """Whether an answer is still to come. A letter to us wants one even after its body's sight was recalled."""
    return state in PENDING and (direction == "in" or recalled_on is None)


def ground(kind: str, direction: str, body_kind: str, may_tell: list[str]) -> tuple[str, Text] | None:
    """On what a disclosure stands without further words: it came from there, or the applicant agreed at intake; on
    nothing where nobody is to be told yet, or where the body is not of the kind that sends such letters."""
    if senders.is_withheld(may_tell):
        return None
    if direction == "in" and kind in BACK_TO_SENDER and senders.body_kind(kind, SENDABLE) == body_kind:
        return "law", BACK_TO_SENDER[kind]
    return ("consent", CONSENTED_AT_INTAKE) if body_kind in may_tell else None
