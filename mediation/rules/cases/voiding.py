"""作废: a case that was entered by mistake keeps its number, rows, events and digest, and counts nowhere.

Nothing is deleted; whoever knows the number still finds it, with the reason. Only an import that is undone as a whole
does this: a dispute that a person brought is merged or closed, never voided.
"""
from __future__ import annotations

from mediation.rules.access import GRANTS
from mediation.rules.language import Problem, Text

REASON_LENGTH = 200
LABEL = Text("作废", "Voided")
VOIDED = Text("本案已作废（{reason}），不再收登记和材料", "This case was voided ({reason}) and takes nothing more")
ONLY_READ = Text("已作废，不计入任何数字，只能查看：{reason}", "Voided: counted nowhere, only to be read. {reason}")
NO_REASON = Text("请写明作废的理由", "Say why it is voided")
WORKED_ON = Text("{number}已有人办过，不能作废", "{number} has been worked on and cannot be voided")

# What may still be done with it: read it.
LEFT = frozenset(name for name in GRANTS if name.endswith(".read"))
LAST_EVENTS = frozenset({"voided", "rebased"})
NO_WORK = frozenset({"imported", "late_entered", "rebased"})  # what a case may hold that is voided: its entry, upgrades


def refusal(reason: str) -> Problem:
    """The one sentence of every write on a voided case."""
    return Problem("", VOIDED.fill(reason=reason))
