"""Pieces of pages that are the same for everybody who speaks a language: rendered once and kept as text."""
from __future__ import annotations

import re
from collections.abc import Callable

from flask import current_app
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from mediation.views import guard

MARK = re.compile(r"@([a-z]+)@")


def mark(name: str) -> str:
    """What stands in a kept piece where a value belongs that differs each time."""
    return f"@{name}@"


def piece(name: str, render: Callable[[], str], **values: str) -> Markup:
    """A piece of a page, ``render``ed once for each language, with ``values`` where their marks stand in it.

    What ``render`` gives may depend on the language and on nothing else but the marks; the token against forgery needs
    none. All values are put in at once, so that none is looked for in another.
    """
    texts = current_app.extensions.setdefault("kept pieces", {})
    key = (name, guard.language())
    if key not in texts:
        texts[key] = render().replace(generate_csrf(), mark("csrf"))
    known = {"csrf": generate_csrf(), **values}
    return Markup(MARK.sub(lambda found: str(escape(known[found[1]])) if found[1] in known else found[0], texts[key]))
