"""Pieces of pages that are the same for everybody who speaks a language: rendered once and kept as text."""
from __future__ import annotations

import re
from collections.abc import Callable

from flask import current_app, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from mediation.views import guard

MARK = re.compile(r"@([a-z]+)@")


def mark(name: str) -> str:
    """What stands in a kept piece where a value belongs that differs each time."""
    return f"@{name}@"


def piece(name: str, render: Callable[[], str], **values: str) -> Markup:
    """A piece of a page, or a whole one, ``render``ed once for each language, with ``values`` where their marks stand
    in it.

    What ``render`` gives may depend on the language, on where the application is mounted, and on nothing else but the
    marks; the token against forgery needs none.
    """
    texts: dict[tuple[str, str, str], list[str]] = current_app.extensions.setdefault("kept pieces", {})
    key = (name, guard.language(), request.script_root)
    if key not in texts:
        texts[key] = MARK.split(render().replace(generate_csrf(), mark("csrf")))
    known, parts = {"csrf": generate_csrf(), **values}, list(texts[key])
    for at in range(1, len(parts), 2):  # between the texts stand the names of the marks
        parts[at] = escape(known[parts[at]]) if parts[at] in known else mark(parts[at])
    return Markup("".join(parts))
