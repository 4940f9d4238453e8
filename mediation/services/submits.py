"""One form, sent once: a double click, a reload or a resend is led to the first answer."""
from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import SubmitToken
from mediation.rules.access import Actor


def _key(token: str, actor: Actor) -> str:
    """Each account's tokens are its own: what somebody else sent before from the same machine is not sent yet."""
    return hashlib.sha256(f"{actor.user_id}:{token}".encode()).hexdigest()[:40]


def _digest(token: str, content: str) -> str:
    """Keyed with the token, which is stored nowhere: nobody can guess from the digest what was typed."""
    return hmac.new(token.encode(), content.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def find(token: str, actor: Actor) -> SubmitToken | None:
    """The first sending of this form; None when it has not arrived yet."""
    return db.session.scalar(select(SubmitToken).where(
        SubmitToken.token == _key(token, actor), SubmitToken.account_id == actor.user_id))


def differs(row: SubmitToken, token: str, content: str) -> bool:
    """Whether the same form comes once more with other words in it."""
    return bool(row.digest) and row.digest != _digest(token, content)


def remember(token: str, result: str, actor: Actor, content: str = "") -> None:
    """Keep where a form led (the first 300 characters) and a digest of what was sent."""
    db.session.add(SubmitToken(token=_key(token, actor), account_id=actor.user_id, result=result[:300],
                               digest=_digest(token, content) if content else "", made_at=actor.now))
    db.session.flush()
