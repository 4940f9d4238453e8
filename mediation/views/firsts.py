"""Who was first: what the loser of a race is told."""
from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from mediation.models import Event
from mediation.rules import journal as kinds
from mediation.rules.access import Actor
from mediation.rules.language import Text

JUST = timedelta(minutes=15)  # how long ago somebody else's step may explain why one's own is refused
GAP = re.compile(r"\{[^}]*\}")  # where a sentence names what it is about
GAP_IN_BRACKETS = re.compile(r"\s?[（(]\{[^}]*\}[）)]")
BEIJING = ZoneInfo("Asia/Shanghai")
FIRST = Text("{who}在{at}先做了一步（{what}）", "{who} was first at {at} ({what})")
KEPT = Text("{first}。您填的还在，请核对后再提交", "{first}. What you typed is kept; check and send again")
SOMEBODY = Text("刚才有人先改动了。您填的还在，请看过再提交",
                "Somebody has just changed it. What you typed is kept; look again before sending")


def just_before(event: Event | None, actor: Actor) -> Text | None:
    """What may explain a refusal: a step that somebody else has just taken."""
    if event is None or event.actor_id in (None, actor.user_id) or actor.now - event.entered_at > JUST:
        return None
    return sentence(event)


def sentence(event: Event) -> Text:
    """Who did what at what time."""
    kind = kinds.KINDS[event.kind].text
    return FIRST.fill(who=event.actor.name if event.actor else event.actor_label,
                      at=event.entered_at.astimezone(BEIJING).strftime("%H:%M"),
                      what=Text(beginning(kind.zh), beginning(kind.en)))


def against(event: Event | None) -> Text:
    """Why a form is shown again whose row has changed since."""
    return SOMEBODY if event is None else KEPT.fill(first=sentence(event))


def beginning(said: str) -> str:
    """A sentence's fixed beginning, without its placeholders; the whole with gaps where that is no word."""
    start = said.split("{")[0].rstrip("，：（( :,")
    return start if len(start) > 1 or start == said else GAP.sub("…", GAP_IN_BRACKETS.sub("", said))
