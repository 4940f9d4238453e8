"""Keeping a paper as it was issued: its page and its facts, sealed, under the digest that the issued row names."""
from __future__ import annotations

from mediation import vault
from mediation.extensions import db
from mediation.models import KeptPage
from mediation.queries.papers import case_papers as queries
from mediation.rules.access import Actor
from mediation.rules.editions import Made


def keep(made: Made, actor: Actor) -> str:
    """Keep a page, once however often it is issued; gives its digest."""
    body = made.text()
    digest = vault.current().digest(queries.PLACE + body)
    if db.session.get(KeptPage, digest) is None:
        row = KeptPage(digest=digest, kept_at=actor.now)
        row.body = body
        db.session.add(row)
        db.session.flush()
    return digest
