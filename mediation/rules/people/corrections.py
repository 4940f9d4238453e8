"""Corrections of a party: whose old value is kept, which of them wait for somebody's word, and who may give it. Pure.

Sources: law.md A9 (wages go to the worker personally), decisions.md, Money (what was written is never edited).
"""
from __future__ import annotations

from collections.abc import Collection, Mapping

from mediation.rules.language import Problem, Text, Word, vocabulary

# Values whose old one is kept, sealed.
FIELDS = vocabulary(
    Word("name", "姓名或名称", "Name"),
    Word("identity", "证件号", "Identity number"),
    Word("payee_name", "收款人", "Payee"),
    Word("account", "收款账号", "Bank account"),
    Word("died", "去世", "Death"),
    Word("kin_share", "近亲属份额", "Share of the kin"),
)
# Of these: where the money goes. While agreed money is still to come, a change of them waits. A death lets the next of
# kin be paid in the worker's place, each by the own share.
PAYEE = frozenset({"payee_name", "account", "died", "kin_share"})
OF_KIN = frozenset({"died", "kin_share"})  # kept only then: before it they say what was found out, not who is paid
# By which columns a value is typed, where it has another name.
COLUMNS = {"died_on": "died", "died_told": "died"}
WAYS = vocabulary(
    Word("second", "第二个人核对无误", "A second person compared it"),
    Word("worker", "本人书面确认", "The worker's word in writing"),
)

WHY = Text("改了{fields}：请写明为什么，改前的会密封留存",
           "{fields} changed: say why; the old value is kept, sealed")
NO_WAY = Text("请选是怎么确认的", "Choose how it is confirmed")
OWN = Text("自己改的，要由另一个人核对，或记下本人的书面确认",
           "Somebody else has to compare what you changed, or the worker's written word is recorded")
NOT_THE_DEAD = Text("本人已去世，要由第二个人核对死亡证明和近亲属", "The worker has died: a second person compares the proof")
NOT_SECOND = Text("核对要由站长或分管负责人办", "The lead or the supervisor compares it")
WHERE = Text("请写哪天写的、存在哪里", "Say on which day it was written and where it is kept")
NOT_WAITING = Text("这处更正不用确认，已经确认过，或后来又改了",
                   "This correction needs no word, has it already, or was followed by another")


def kept(before: Mapping[str, object], changed: Collection[str], is_money_open: bool) -> list[str]:
    """The values to keep: those that said something; while money is open, also who came into the worker's place."""
    return [name for name in FIELDS if name in changed and (
        is_money_open if name in OF_KIN else before[name] or (name == "payee_name" and is_money_open))]


def waits(field: str, after: object, is_money_open: bool, first_old: str | None) -> bool:
    """Whether a change waits for somebody's word. ``first_old``: what stood before the first change that still waits;
    whoever puts that back needs nobody."""
    return field in PAYEE and is_money_open and (first_old is None or after != first_old)


def reason_problems(fields: Collection[str], reason: str) -> list[Problem]:
    if reason or not fields:
        return []
    words = [FIELDS[name] for name in fields]
    said = Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))
    return [Problem("reason", WHY.fill(fields=said))]


def word_problems(field: str, way: str, note: str, is_waiting: bool, is_own: bool, may_compare: bool) -> list[Problem]:
    """Everything that stands against confirming a correction in one of the ``WAYS``."""
    found = [] if is_waiting else [Problem("", NOT_WAITING)]
    if way not in WAYS:
        found.append(Problem("way", NO_WAY))
    elif way == "worker" and field == "died":
        found.append(Problem("way", NOT_THE_DEAD))
    elif way == "worker" and not note:
        found.append(Problem("note", WHERE))
    elif way == "second" and (is_own or not may_compare):
        found.append(Problem("way", OWN if is_own else NOT_SECOND))
    return found
