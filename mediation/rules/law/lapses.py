"""What the product proposes when a limit has passed; people decide, and rules of confidence M or L only advise."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from mediation.rules.language import Text
from mediation.rules.law.clocks import Clock, without_twins
from mediation.rules.law.ways import Way, restarts


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


RIGHT = Text("收到申请已满15日（{due}），未达成协议的，{way}（{article}）；调解可以继续",
             "15 days from receipt have passed ({due}): without an agreement {way} ({article}); mediation may "
             "go on")
EXPIRED = Text("“{label}”{due}届满，未达成协议也未延期：建议按调解不成（到期未成）办理，并书面告知{way}（{article}）",
               "'{label}' ended on {due} without agreement or extension: close as failed (period over) and tell "
               "the parties in writing: {way} ({article})")
UNCONFIRMED = Text("平台消息逾期未确认（{due}），应改派或由法院另行指定（{article}）",
                   "The platform's message was not confirmed by {due}: reassign, or the court names another "
                   "({article})")
UNDECIDED = Text("“{label}”{due}已届满，尚未决定（{article}）", "'{label}' ended on {due} undecided ({article})")


def _expired(clock: Clock, way: Way) -> Proposal:
    text = EXPIRED.fill(label=clock.label, due=clock.due, way=way.goal.told, article=way.article)
    restarted = clock.due if restarts(way.channel, "period_passed") else None
    return Proposal("outcome", clock, text, "FAILED", "expired", ("termination",), restarted, clock.confidence != "H")


def _proposal(clock: Clock, way: Way) -> Proposal | None:
    if clock.nature == "period":
        return _expired(clock, way)
    if clock.id == "L6":
        return Proposal("notice", clock, RIGHT.fill(due=clock.due, way=way.goal.told, article=clock.article))
    if clock.id == "L2":
        return Proposal("reassign", clock, UNCONFIRMED.fill(due=clock.due, article=clock.article))
    if clock.nature == "duty":
        text = UNDECIDED.fill(label=clock.label, due=clock.due, article=clock.article)
        return Proposal("notice", clock, text, is_advice=clock.confidence != "H")
    return None


def proposals(clocks: Iterable[Clock], way: Way, on: date) -> list[Proposal]:
    """What to propose on ``on`` for clocks that are over and not stopped.

    The period for mediation proposes FAILED with the reason that it is over, the written notice to draft, and
    an interruption of the time bar on its due day where the way knows one. Fifteen days from receipt only give
    notice.
    """
    over = [clock for clock in without_twins(clocks)
            if clock.state in ("running", "lapsed") and clock.due and on > clock.due]
    return [proposal for clock in over if (proposal := _proposal(clock, way))]
