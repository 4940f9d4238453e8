"""Keeping a paper as it was issued: its page, its facts and its Word file, sealed, under the digest that the issued row
names; and each Word template once."""
from __future__ import annotations

import base64

from mediation import vault
from mediation.extensions import db
from mediation.models import KeptPage
from mediation.papers import maker
from mediation.queries.papers import case_papers as queries
from mediation.rules.access import Actor
from mediation.rules.editions import Made
from mediation.rules.money import currencies


def keep(made: Made, actor: Actor) -> str:
    """Keep a page, once however often it is issued, with the shipped template of its Word file; an office's own is kept
    since it was uploaded. Gives the page's digest."""
    if made.template and not made.wording:
        shipped = (maker.shipped(made.kind, code) for code in currencies.CURRENCIES)
        keep_template(next(one for one in shipped if queries.template_digest(one) == made.template), actor)
    return _keep(made.text(), actor)


def keep_template(template: bytes, actor: Actor) -> str:
    """Keep a Word template, once however many papers are made from it; gives its digest."""
    return _keep(base64.b64encode(template).decode(), actor)


def _keep(body: str, actor: Actor) -> str:
    digest = vault.current().digest(queries.PLACE + body)
    if db.session.get(KeptPage, digest) is None:
        row = KeptPage(digest=digest, kept_at=actor.now)
        row.body = body
        db.session.add(row)
        db.session.flush()
    return digest
