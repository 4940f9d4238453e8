"""What the intake page says of the time bar before anything is saved: the year after the work ended."""
from __future__ import annotations

from datetime import date

from mediation.rules.language import Text
from mediation.rules.law import limitation
from mediation.rules.law.limitation import PAY_HEADS
from mediation.rules.law.workdays import Calendar
from mediation.rules.reading import Reading

# Its end, or both ends where the day of leaving is known only roughly.
BAR = Text("时效：离开后一年，{due}到期{then}", "Time bar: one year after leaving, {due}{then}")
BAR_ABOUT = Text("时效：离开后一年，最早{first}、最晚{due}到期（只知道{told}）{then}",
                 "Time bar: one year after leaving, {first} at the earliest, {due} at the latest (known: {told}){then}")
BAR_BY = Text("时效：离开后一年，最晚{due}到期（只知道{told}）{then}",
              "Time bar: one year after leaving, {due} at the latest (known: {told}){then}")
BAR_RESTARTS = Text("，在那以前向对方提出的，重新计算", "; put to the other side by then, it restarts")
BAR_MAYBE = Text("，可能已经过了：问清哪天走的", "; it may be over: ask for the day of leaving")
BAR_NEAR = Text("时效只剩{days}天（{due}）", "Only {days} days to the time bar ({due})")
BAR_AID = Text("时效只剩{days}天（{due}），法律援助可以先办", "Only {days} days to the time bar ({due}); legal aid may start at once")
BAR_OVER = Text("离职已满一年（{due}），时效已过，现在登记不能使它重新计算；除非中间要过钱、投诉过或对方答应过：问清，留下凭据",
                "A year has passed since leaving ({due}): the time bar is over and registering does not restart it, "
                "unless the claim was put, a complaint made or a promise given in between: ask, and keep the proof")
BAR_EARLIER = Text("工资以外的，从知道权利被侵害那天算，可能更早",
                   "For other claims than pay it runs from when the infringement was known, which may be earlier")
BAR_UNKNOWN = Text("哪天走的没写，时效算不出来：问清", "The day of leaving is not told, so no time bar can be counted: ask for it")


def remarks(left_on: date | None, told: Reading[date] | None, is_gone: bool, heads: frozenset[str], today: date,
            calendar: Calendar) -> list[Text]:
    """The year after leaving, for every head: it ended, it is near, or when it ends; both ends of a vague day.

    ``told``: what was said of the day where ``left_on`` is not known; ``is_gone``: the worker left.
    """
    first_on, last_on = (left_on, left_on) if left_on or told is None else (told.first_on, told.last_on)
    ends = limitation.ends(first_on, last_on, today)
    if not heads or (ends is None and not is_gone) or (left_on or today) > today:
        return []
    if ends is None:
        return [BAR_UNKNOWN]
    first, due = (limitation.limitation(day, (), calendar).due if day else None for day in ends)
    assert due is not None  # without a suspension every year has its last day
    alert = limitation.bar_alert(due, today, first)
    said = Text(told.raw, told.raw) if told else Text("", "")
    if alert == "lapsed":
        return [BAR_OVER.fill(due=due)]
    text = BAR if first == due else BAR_ABOUT if first else BAR_BY
    is_open = first is not None and first >= today
    found = [text.fill(due=due, first=first, told=said, then=BAR_RESTARTS if is_open else BAR_MAYBE)]
    if alert == "red":
        near = BAR_AID if limitation.is_aid_urgent(due, today) else BAR_NEAR
        found.append(near.fill(days=(due - today).days, due=due))
    return found + ([] if heads <= PAY_HEADS else [BAR_EARLIER])
