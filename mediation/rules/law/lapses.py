"""What the product proposes when a limit has passed; people decide, and rules of confidence M or L only advise."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.law.clocks import Clock, without_twins


class Proposal(NamedTuple):
    """A proposal: ``kind`` notice, outcome or reassign, its clock and sentence; for an outcome its code, reason,
    the papers to draft and the day on which the time bar was interrupted."""

    kind: str
    clock: Clock
    text: Text
    outcome: str = ""
    reason: str = ""
    papers: tuple[str, ...] = ()
    interrupted_on: date | None = None
    is_advice: bool = False


RIGHT = Text("收到申请已满15日（{due}），未达成协议的，当事人可以申请仲裁（{article}）；调解可以继续",
             "15 days from receipt have passed ({due}): without an agreement a party may go to arbitration "
             "({article}); mediation may go on")
EXPIRED = Text("“{label}”{due}届满，未达成协议也未延期：建议按调解不成（到期未成）办理，并书面告知{way}（{article}）",
               "'{label}' ended on {due} without agreement or extension: close as failed (period over) and tell "
               "the parties in writing of {way} ({article})")
UNCONFIRMED = Text("平台消息逾期未确认（{due}），应改派或由法院另行指定（{article}）",
                   "The platform's message was not confirmed by {due}: reassign, or the court names another "
                   "({article})")
UNDECIDED = Text("“{label}”{due}已届满，尚未决定（{article}）", "'{label}' ended on {due} undecided ({article})")
# Where the parties go when mediation on this channel fails, and the paper that tells them (law.md 3.2, 3.6).
WAYS = {
    "E": (Text("可以继续起诉，材料退回法院", "the way back to the court, to which the papers return"), "court_return"),
    "F": (Text("转入审判，材料退回法院", "the trial, to which the papers return"), "court_return"),
    "G": (Text("恢复仲裁审理", "arbitration going on"), "arbitration_return"),
    "B": (Text("仲裁、诉讼等合法途径", "arbitration, court and other lawful ways"), "arbitration_notice"),
}
USUAL = (Text("可以申请仲裁", "the way to arbitration"), "arbitration_notice")
CIVIL = (Text("可以向法院起诉", "the way to the court"), "court_notice")


def _expired(clock: Clock, channel: str, civil: bool) -> Proposal:
    way, paper = WAYS.get(channel, CIVIL if civil else USUAL)
    if civil and channel == "B":
        way, paper = CIVIL
    text = EXPIRED.fill(label=clock.label, due=clock.due, way=way, article=clock.article)
    return Proposal("outcome", clock, text, "FAILED", "expired", (paper,), clock.due, clock.confidence != "H")


def _proposal(clock: Clock, channel: str, civil: bool) -> Proposal | None:
    if clock.nature == "period":
        return _expired(clock, channel, civil)
    if clock.id == "L6":
        return Proposal("notice", clock, RIGHT.fill(due=clock.due, article=clock.article))
    if clock.id == "L2":
        return Proposal("reassign", clock, UNCONFIRMED.fill(due=clock.due, article=clock.article))
    if clock.nature == "duty":
        text = UNDECIDED.fill(label=clock.label, due=clock.due, article=clock.article)
        return Proposal("notice", clock, text, is_advice=clock.confidence != "H")
    return None


def proposals(clocks: Iterable[Clock], channel: str, on: date, civil: bool = False) -> list[Proposal]:
    """What to propose on ``on`` for clocks that are over and not stopped.

    The period for mediation proposes FAILED with the reason that it is over, the written notice to draft, and
    an interruption of the time bar on its due day (R17 31). Fifteen days from receipt only give notice.
    """
    over = [clock for clock in without_twins(clocks)
            if clock.state in ("running", "lapsed") and clock.due and on > clock.due]
    return [proposal for clock in over if (proposal := _proposal(clock, channel, civil))]
