"""What somebody has typed and not yet sent, or sent too late: one draft per account and place, sealed, offered again.

A form that arrives after the log-in has lapsed is kept under its own place with the address that it was sent to. When
it is opened again its submit token names the draft, so that sending it at last, or too late once more, is known to be
about the same draft.
"""
from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from mediation.extensions import db
from mediation.models import Draft
from mediation.rules.access import Actor

KEPT = timedelta(days=7)
MOST_OFFERED = 5
MAX_BYTES = 1_000_000
FORM = "form"  # the place of a form that was sent too late
UNKEPT = ("csrf_token", "submit_token", "confirmed")  # ends of names: what every sending makes or asks anew
SAVED_ON = "saved_on"  # the day of the draft, kept among its fields
OPENED = "kept:"  # how the submit token of a form begins that was opened again
_DRAFT = Draft.__table__.c
DROP = delete(Draft.__table__).where(_DRAFT.account_id == bindparam("account"), _DRAFT.place == bindparam("at"))

Pairs = Sequence[tuple[str, str]]


def save(actor: Actor, place: str, body: Pairs, address: str = "") -> Draft | None:
    """Keep the fields typed at a place, as (name, value) pairs in their order; None when they are absurdly many.

    Drafts of this account older than a week are dropped on the way.
    """
    text = json.dumps([list(pair) for pair in body], ensure_ascii=False)
    if len(text) > MAX_BYTES:
        return None
    db.session.execute(delete(Draft).where(Draft.account_id == actor.user_id, Draft.saved_at < actor.now - KEPT))
    row = find(actor, place) or Draft(account_id=actor.user_id, place=place)
    row.saved_at, row.body, row.address = actor.now, text, address
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
    db.session.flush()
    db.session.connection().execute(DROP, {"account": actor.user_id, "at": place})


def keep(actor: Actor, address: str, token: str, sent: Pairs) -> Draft | None:
    """Keep a form that arrived too late, with the day on which 今天 was said; None where nothing was typed."""
    told = [(name, value) for name, value in sent if not name.endswith(UNKEPT)]
    if not any(value.strip() for name, value in told if not name.endswith("version")):
        return None
    opened = find_by_uid(actor, _uid(token)) if token.startswith(OPENED) else None
    place = opened.place if opened else f"{FORM}:{token or secrets.token_urlsafe(16)}"
    return save(actor, place, [*told, (SAVED_ON, actor.today.isoformat())], address)


def token_of(draft: Draft) -> str:
    """A fresh submit token for a form that is opened again."""
    return f"{OPENED}{draft.uid}:{secrets.token_urlsafe(9)}"


def _uid(token: str) -> str:
    return token.removeprefix(OPENED).partition(":")[0]


def drop_sent(actor: Actor, token: str) -> None:
    """Forget the draft of a form that was opened again and has arrived."""
    if token.startswith(OPENED):
        db.session.execute(delete(Draft).where(Draft.account_id == actor.user_id, Draft.uid == _uid(token)))


def late(actor: Actor) -> list[Draft]:
    """Forms of this account that arrived after its log-in had lapsed, newest first, of a week."""
    return list(db.session.scalars(select(Draft).where(
        Draft.account_id == actor.user_id, Draft.saved_at >= actor.now - KEPT, Draft.address != "").order_by(
        Draft.saved_at.desc()).limit(MOST_OFFERED)))
