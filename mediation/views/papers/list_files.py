"""Lists that are brought as files: taken in on the page of the list, and put into its text."""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import request

from mediation.forms.papers.list_files import TableForm
from mediation.models import Attachment, Case
from mediation.rules import reading
from mediation.rules.language import Text
from mediation.services.papers import list_files
from mediation.services.papers.list_files import Opened
from mediation.views import guard
from mediation.views.bodies.requests import instance
from mediation.views.press import Answer, press

KEPT = Text("表格已收进本案附件，读出来的在下面，看过再存。",
            "The table is kept with the case; what was read from it stands below, look before saving.")


class Brought(NamedTuple):
    """A table of the case that the address names, opened."""

    row: Attachment
    opened: Opened


def bring(case: Case, page_of: str, page: Callable[[TableForm], str]) -> Answer:
    """Keep the table that was sent, and go on to ``page_of`` with its lines; ``page`` shows a refused one again."""
    form = TableForm()
    return press(form, lambda: list_files.keep(case, *form.upload(), instance(), guard.actor()), lambda: page(form),
                 lambda row: f"{page_of}?file={row.id}", KEPT)


def brought(case: Case) -> Brought | None:
    """What the address names by ``?file=`` and ``?sheet=``; None without. Raises Refused where it cannot be opened."""
    row = named(case, request.args.get("file", ""))
    if row is None:
        return None
    return Brought(row, list_files.open_list(row, instance(), reading.read_key(request.args.get("sheet", ""))))


def named(case: Case, key: str | None) -> Attachment | None:
    """The table of the case with this id."""
    return list_files.find(case, reading.read_key(key or ""))
