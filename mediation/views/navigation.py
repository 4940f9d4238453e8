"""The navigation as data: each entry names its endpoint; the permission is the mark of that view."""
from __future__ import annotations

from collections.abc import Callable

from flask import current_app, request

from mediation.rules import access
from mediation.rules.language import Text

ENTRIES: tuple[tuple[str, Text], ...] = (
    ("desk.show", Text("工作台", "Desk")),
    ("lists.index", Text("案件", "Cases")),
    ("intake.new", Text("登记", "Register")),
    ("employers.index", Text("单位", "Employers")),
    ("prevention.index", Text("预防", "Prevention")),
    ("sheets.index", Text("台账", "Ledger")),
    ("statistics.index", Text("统计", "Statistics")),
    ("samples.index", Text("审计", "Audit")),
    ("admin.index", Text("管理", "Admin")),
    ("help.index", Text("帮助", "Help")),
)


def entries(role: str, url_for: Callable[[str], str]) -> list[dict]:
    """The entries that a role may open, with the current one marked."""
    found = []
    for endpoint, label in ENTRIES:
        view = current_app.view_functions.get(endpoint)
        if view is None:
            continue
        if view.permission in (access.PUBLIC, access.SELF) or access.scope_of(role, view.permission):
            blueprint = endpoint.split(".")[0]
            is_current = request.endpoint == endpoint or (
                request.blueprint == blueprint and request.endpoint not in dict(ENTRIES))
            found.append({"endpoint": endpoint, "label": label, "href": url_for(endpoint), "is_current": is_current})
    return found
