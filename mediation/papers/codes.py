"""The code on a printed paper: scanned, it opens the case for those who may read it, and tells others nothing.

Its address names the case by its id under a key of the installation, so that no number or name stands in it, the same
case always has the same code, and none can be made up. Without the setting PUBLIC_URL there is no code.
"""
from __future__ import annotations

from io import BytesIO

import segno
from flask import current_app

from mediation import vault
from mediation.models import Case

PATH = "/q/"
PURPOSE = "paper code"
QUIET = 4  # modules of white around it, as the standard wants
DOTS = 10  # of a picture for each module


def address(case: Case) -> str:
    """What the code of a case says; '' where no public address is set."""
    base = str(current_app.config["MEDIATION"]["PUBLIC_URL"]).strip().rstrip("/")
    is_address = base.startswith(("https://", "http://"))
    return f"{base}{PATH}{vault.current().veil(case.id, PURPOSE)}" if is_address else ""


def case_id(name: str) -> int | None:
    """The case that an address names; None where nobody made it here."""
    return vault.current().unveil(name, PURPOSE)


def svg(case: Case) -> str:
    """The code to stand in a page, as large as its place; '' without a public address."""
    said = address(case)
    code = segno.make(said, error="m", micro=False) if said else None
    return code.svg_inline(omitsize=True, border=QUIET, light="#fff") if code else ""


def png(case: Case) -> bytes:
    """The code as a picture for a Word file; empty without a public address."""
    said, out = address(case), BytesIO()
    if said:
        segno.make(said, error="m", micro=False).save(out, kind="png", scale=DOTS, border=QUIET)
    return out.getvalue()
