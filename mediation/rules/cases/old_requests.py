"""When a request typed at the counter is so old that it is meant as a late entry."""
from __future__ import annotations

from datetime import date

from mediation.rules.language import Problem, Text

# A dispute is taken down when it comes in. The longest limit that runs from receipt before a case is decided is the
# mediation by a court's commission with its one extension (30 + 30 days): what came in earlier than that and is typed
# only now would begin its life overdue in every limit, so it is either past or was typed wrongly.
OLD_AFTER_DAYS = 60
OLD = Text("{days}天前收到的：是旧案就按补录录入，不计期限；确实现在才办，就打勾登记",
           "Received {days} days ago: an old case is entered afterwards, without clocks; if it only begins now, tick "
           "and register it")


def is_old(received_on: date | None, today: date) -> bool:
    """Whether a request came in so long ago that a late entry is offered."""
    return received_on is not None and (today - received_on).days > OLD_AFTER_DAYS


def problems(received_on: date | None, today: date) -> list[Problem]:
    """The question that an old day asks once."""
    if received_on is None or not is_old(received_on, today):
        return []
    return [Problem("received", OLD.fill(days=(today - received_on).days), "old_request")]
