"""What somebody has typed and not yet sent: one draft per account and place, sealed, offered after a break."""
from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from mediation.extensions import db
from mediation.models import Draft
from mediation.rules.access import Actor

KEPT = timedelta(days=7)
MOST_OFFERED = 5
MAX_BYTES = 1_000_000

Pairs = Sequence[tuple[str, str]]


def save(actor: Actor, place: str, body: Pairs) -> Draft | None:
    """Keep the fields typed at a place, as (name, value) pairs in their order; None when they are absurdly many.

    Drafts of this account older than a week are dropped on the way.
    """
    text = json.dumps([list(pair) for pair in body], ensure_ascii=False)
    if len(text) > MAX_BYTES:
        return None
    db.session.execute(delete(Draft).where(Draft.account_id == actor.user_id, Draft.saved_at < actor.now - KEPT))
    row = find(actor, place) or Draft(account_id=actor.user_id, place=place)
    row.saved_at, row.body = actor.now, text
    db.session.add(row)
    db.session.flush()
    return row


def find(actor: Actor, place: str) -> Draft | None:
    """The draft of this account at a place."""
    return db.session.scalar(select(Draft).where(Draft.account_id == actor.user_id, Draft.place == place))


def find_by_uid(actor: Actor, uid: str) -> Draft | None:
    """A draft of this account by the key that pages name it with."""
    return db.session.scalar(select(Draft).where(Draft.account_id == actor.user_id, Draft.uid == uid))


def offered(actor: Actor, place: str) -> list[Draft]:
    """Drafts of this account at a place and the places under it ('intake', 'intake:…'), newest first, of a week."""
    return list(db.session.scalars(select(Draft).where(
        Draft.account_id == actor.user_id, Draft.saved_at >= actor.now - KEPT,
        (Draft.place == place) | Draft.place.startswith(f"{place}:", autoescape=True)).order_by(
        Draft.saved_at.desc()).limit(MOST_OFFERED)))


def fields(draft: Draft) -> list[tuple[str, str]]:
    """What was typed, in its order."""
    return [(str(name), str(value)) for name, value in json.loads(draft.body or "[]")]


def drop(actor: Actor, place: str) -> None:
    """Forget the draft of a place; nothing happens where there is none."""
    db.session.execute(delete(Draft).where(Draft.account_id == actor.user_id, Draft.place == place))
