"""One form, sent once: a double click, a reload or a resend is led to the first answer."""
from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from mediation.extensions import db
from mediation.models import SubmitToken
from mediation.rules.access import Actor

_TOKEN = SubmitToken.__table__.c
SENT = select(_TOKEN.result, _TOKEN.digest).where(
    _TOKEN.token == bindparam("token"), _TOKEN.account_id == bindparam("account"))
REMEMBER = insert(SubmitToken.__table__)


def _key(token: str, actor: Actor) -> str:
    """Each account's tokens are its own: what somebody else sent before from the same machine is not sent yet."""
    return hashlib.sha256(f"{actor.user_id}:{token}".encode()).hexdigest()[:40]


def _digest(token: str, content: str) -> str:
    """Keyed with the token, which is stored nowhere: nobody can guess from the digest what was typed."""
    return hmac.new(token.encode(), content.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


class Sent(NamedTuple):
    """The first sending of a form: where it led, and the digest of what was typed."""

    result: str
    digest: str


def find(token: str, actor: Actor) -> Sent | None:
    """The first sending of this form; None when it has not arrived yet."""
    row = db.session.connection().execute(SENT, {"token": _key(token, actor), "account": actor.user_id}).first()
    return Sent(*row) if row else None


def differs(row: Sent, token: str, content: str) -> bool:
    """Whether the same form comes once more with other words in it."""
    return bool(row.digest) and row.digest != _digest(token, content)


def remember(token: str, result: str, actor: Actor, content: str = "") -> None:
    """Keep where a form led (the first 300 characters) and a digest of what was sent."""
    db.session.flush()
    db.session.connection().execute(REMEMBER, {
        "token": _key(token, actor), "account_id": actor.user_id, "result": result[:300],
        "digest": _digest(token, content) if content else "", "made_at": actor.now})
