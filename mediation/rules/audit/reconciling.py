"""A second person's mark on an entry of the ledger: what it was compared with, and when it may not be set. Pure."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mediation.rules import words
from mediation.rules.language import Problem, Text, Word, vocabulary

COMPARED = vocabulary(
    Word("slip", "回单或收条原件", "The slip or receipt itself"),
    Word("statement", "银行流水", "Bank statement"),
    Word("worker", "问过本人", "Asked the worker"),
    Word("payer", "付款单位的账", "The payer's books"),
    Word("source", "公开来源", "Published source"),
)
# How an entry stands, as lists and the ledger's column say it.
STANDS = vocabulary(
    Word("open", "未核对", "Not reconciled"),
    Word("done", "已核对", "Reconciled"),
    Word("none", "不用核对", "Needs none"),
)

OWN = Text("自己登记的到账，要由另一个人核对", "Somebody else has to reconcile what you entered")
REVERSED = Text("已冲销的不用核对", "A reversed entry needs no mark")
COUNTER = Text("冲销的记录不用核对", "A reversal needs no mark")
UNPROVED = Text("还没有凭证：先核实，再核对", "It has no proof yet: record the proof first")
MARKED = Text("这笔已经核对过了（{who}，{day}）", "This entry is reconciled already ({who}, {day})")
NOT_MARKED = Text("这笔没有核对过，或已撤销", "This entry is not reconciled, or the mark was withdrawn")
WITH_WHAT = Text("请勾选跟什么对的", "Tick what it was compared with")
NO_SUCH = Text("没有这一项", "There is no such choice")
WHEN = Text("请填写哪天核对的", "Give the day on which it was compared")
AHEAD = Text("不能在今天之后", "It cannot lie in the future")
BEFORE_ARRIVAL = Text("不能早于到账那天（{day}）", "Not before the money came ({day})")
WHY = Text("请写明为什么撤销", "Say why the mark is withdrawn")


@dataclass(frozen=True)
class Entry:
    """What an entry of the ledger is, as these rules look at it."""

    paid_on: date | None
    proof: str
    made_by_id: int
    is_reversal: bool = False
    is_reversed: bool = False

    @property
    def needs_mark(self) -> bool:
        """Proved money that was not reversed; unproved money waits for its proof first."""
        return not self.is_reversal and not self.is_reversed and self.proof in words.PROVED


def problems(entry: Entry, compared: Collection[str], checked_on: date | None, by_id: int | None,
             today: date) -> list[Problem]:
    """Everything that stands against a mark."""
    found = _against(entry, by_id)
    if not compared:
        found.append(Problem("compared", WITH_WHAT))
    elif set(compared) - set(COMPARED):
        found.append(Problem("compared", NO_SUCH))
    if checked_on is None:
        found.append(Problem("checked_on", WHEN))
    elif checked_on > today:
        found.append(Problem("checked_on", AHEAD))
    elif entry.paid_on and checked_on < entry.paid_on:
        found.append(Problem("checked_on", BEFORE_ARRIVAL.fill(day=entry.paid_on.isoformat())))
    return found


def _against(entry: Entry, by_id: int | None) -> list[Problem]:
    """Why this entry takes no mark from this person at all."""
    reasons = ((entry.is_reversal, COUNTER), (entry.is_reversed, REVERSED), (entry.proof not in words.PROVED, UNPROVED),
               (entry.made_by_id == by_id, OWN))
    return [Problem("", text) for is_so, text in reasons if is_so][:1]
