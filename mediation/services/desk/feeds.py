"""The secret address of an account's calendar feed: made, revoked, and found again by its hash alone."""
from __future__ import annotations

import hashlib
import secrets
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from mediation.extensions import db
from mediation.models import Feed, User
from mediation.rules.access import Actor
from mediation.services import journal


def create(actor: Actor) -> str:
    """Open a feed and give its secret, which is shown once and never stored; an older one ends."""
    _end(actor)
    secret = secrets.token_urlsafe(24)
    db.session.add(Feed(account_id=actor.user_id, secret_hash=hashed(secret), made_at=actor.now))
    db.session.flush()
    journal.record(actor, journal.HOUSE, "feed_created", {"user": actor.user_id})
    return secret


def revoke(actor: Actor) -> bool:
    """Close the account's feed; False when there was none."""
    if not _end(actor):
        return False
    journal.record(actor, journal.HOUSE, "feed_revoked", {"user": actor.user_id})
    return True


def _end(actor: Actor) -> bool:
    ended = cast(CursorResult[Any], db.session.execute(update(Feed).where(
        Feed.account_id == actor.user_id, Feed.revoked_at.is_(None)).values(revoked_at=actor.now)))
    return ended.rowcount > 0


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find_account(secret: str) -> User | None:
    """Whose feed this secret opens; None for a revoked or unknown one, and for a disabled account."""
    row = db.session.scalar(select(User).join(Feed, Feed.account_id == User.id).where(
        Feed.secret_hash == hashed(secret), Feed.revoked_at.is_(None)))
    return row if row is not None and row.is_active and row.confirmed_at is not None else None


def find_feed(actor: Actor) -> Feed | None:
    """The account's open feed."""
    return db.session.scalar(select(Feed).where(Feed.account_id == actor.user_id, Feed.revoked_at.is_(None)))
