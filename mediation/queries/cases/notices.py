"""What stands under the bar of a case: limits that are over, reminders from above, and the door after a no."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mediation.models import Agency, Case, Supervision
from mediation.queries.law import case_law, referral_targets
from mediation.rules.law.clocks import Clock
from mediation.rules.law.lapses import Proposal


@dataclass(frozen=True)
class Notices:
    """``door``: where the applicant was sent when the case ended without a settlement."""

    proposals: tuple[Proposal, ...]
    supervisions: tuple[Supervision, ...]
    may_fail: bool
    token: str
    is_no: bool = False
    door: Agency | None = None
    elsewhere: str = ""  # the same, where it is none of the union's own bodies


def of_case(case: Case, today: date, may_fail: bool, token: str, clocks: Iterable[Clock] | None = None) -> Notices:
    """``token`` makes the press on a proposal count once; ``clocks``: those of the case, where they are known."""
    waiting = [row for row in case.supervisions if row.answered_on is None] if case.is_open else []
    found = case_law.proposals(case, today, clocks)
    pressing = [p for p in found if p.kind == "outcome"] or found  # it says all that the notice before it said
    is_no = case.outcome in referral_targets.NOES and not case.is_late_entry
    door = referral_targets.of_case(case, today) if is_no else None
    elsewhere = referral_targets.elsewhere(case, today) if is_no and door is None else ""
    return Notices(tuple(pressing), tuple(waiting), may_fail, token, is_no, door, elsewhere)
