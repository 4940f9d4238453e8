"""Lists that are brought as files: taken in on the page of the list, and put into its text."""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from flask import request

from mediation.forms.base import BaseForm
from mediation.forms.papers.list_files import TableForm
from mediation.models import Attachment, Case
from mediation.rules import reading
from mediation.rules.language import Refused, Text
from mediation.services.papers import list_files
from mediation.services.papers.list_files import Opened
from mediation.views import guard
from mediation.views.bodies.requests import instance
from mediation.views.press import Answer, press

KEPT = Text("表格已收进本案附件，读出来的在下面，看过再存。",
            "The table is kept with the case; what was read from it stands below, look before saving.")
Shown = TypeVar("Shown")


class Brought(NamedTuple):
    """A table of the case that the address names, opened."""

    row: Attachment
    opened: Opened


def bring(case: Case, page_of: str, page: Callable[[Case, TableForm], str]) -> Answer:
    """Keep the table that was sent, and go on to ``page_of`` with its lines; ``page`` shows a refused one again, over
    the case as it stands then."""
    form, number = TableForm(), case.number
    return press(form, lambda: list_files.keep(case, *form.upload(), instance(), guard.actor()),
                 lambda: page(guard.get_case(number), form), lambda row: f"{page_of}?file={row.id}", KEPT)


def read_in(case: Case, form: BaseForm, preview: Callable[[], Shown]) -> tuple[Brought | None, Shown | None]:
    """Fill a fresh form from the table that the address names by ``?file=`` and ``?sheet=``, and look at its lines;
    what stands against them stands in the form."""
    row, brought = named(case, request.args.get("file", "")), None
    if row is None:
        return None, None
    try:
        sheet = reading.read_key(request.args.get("sheet", ""))
        brought = Brought(row, list_files.open_list(row, instance(), sheet))
        form["lines"].data, form["file"].data = brought.opened.text, str(row.id)
        return brought, preview()
    except Refused as refusal:
        guard.attach_problems(form, refusal.problems)
        return brought, None


def named(case: Case, key: str | None) -> Attachment | None:
    """The table of the case with this id."""
    return list_files.find(case, reading.read_key(key or ""))
