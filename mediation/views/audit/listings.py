"""Lists of the books: filters from the address, one page of rows, the link to the next page."""
from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import render_template, request

from mediation.queries.cases import case_filters
from mediation.rules.access import Actor
from mediation.rules.language import Problem, Refused
from mediation.views import guard


class _Page(Protocol):
    @property
    def next_after(self) -> int | None: ...


def show(template: str, given: Collection[str], read: Callable[[dict[str, str], Actor], Any],
         listing: Callable[[Any, Actor], _Page], **more: Any) -> tuple[str, int]:
    """A list of the books: ``read`` makes the filters named in ``given`` from the address, ``listing`` the page.

    The template gets page, given, problems, stations, next_href and ``link``, the address with other filters.
    A filter that cannot be read answers 422 with its sentence and no rows.
    """
    actor = guard.actor()
    asked = {name: request.args.get(name, "").strip() for name in given}
    problems: list[Problem] = []
    page = None
    try:
        page = listing(read({**asked, "after": request.args.get("after", "")}, actor), actor)
    except Refused as refusal:
        problems = refusal.problems

    def link(**other: Any) -> str:
        kept = {name: value for name, value in {**asked, **other}.items() if value}
        return request.path + ("?" + urlencode(kept) if kept else "")
    return render_template(
        template, page=page, given=asked, problems=problems, link=link,
        stations=[row for row in case_filters.find_stations(actor).values() if row.code != "own"],
        next_href=link(after=page.next_after) if page and page.next_after else None, **more), 422 if problems else 200
