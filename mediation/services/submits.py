"""One form, sent once: a double click, a reload or a resend is led to the first answer."""
from __future__ import annotations

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import SubmitToken
from mediation.rules.access import Actor


def find_result(token: str, actor: Actor) -> str | None:
    """Where the first sending of this form led; None when it has not arrived yet."""
    return db.session.scalar(select(SubmitToken.result).where(
        SubmitToken.token == token[:40], SubmitToken.account_id == actor.user_id))


def remember(token: str, result: str, actor: Actor) -> None:
    db.session.add(SubmitToken(token=token[:40], account_id=actor.user_id, result=result[:300], made_at=actor.now))
    db.session.flush()
