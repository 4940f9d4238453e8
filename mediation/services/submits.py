"""One form, sent once: a double click, a reload or a resend is led to the first answer."""
from __future__ import annotations

import hashlib

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import SubmitToken
from mediation.rules.access import Actor


def _key(token: str, actor: Actor) -> str:
    """Each account's tokens are its own: what somebody else sent before from the same machine is not sent yet."""
    return hashlib.sha256(f"{actor.user_id}:{token}".encode()).hexdigest()[:40]


def find_result(token: str, actor: Actor) -> str | None:
    """Where the first sending of this form led; None when it has not arrived yet."""
    return db.session.scalar(select(SubmitToken.result).where(
        SubmitToken.token == _key(token, actor), SubmitToken.account_id == actor.user_id))


def remember(token: str, result: str, actor: Actor) -> None:
    db.session.add(SubmitToken(token=_key(token, actor), account_id=actor.user_id, result=result[:300],
                               made_at=actor.now))
    db.session.flush()
