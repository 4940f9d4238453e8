"""The navigation as data: each entry names its endpoint; the permission is the mark of that view."""
from __future__ import annotations

from collections.abc import Callable

from flask import current_app, request

from mediation.rules import access
from mediation.rules.language import Text

# Beside each entry: the addresses that belong to it beyond its own. The longest that fits is the one marked.
ENTRIES: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    ("desk.show", Text("工作台", "Desk"), ("/assign", "/desk", "/handovers")),
    ("lists.index", Text("案件", "Cases"), ("/consultations",)),
    ("intake.new", Text("登记", "Register"), ()),
    ("employers.index", Text("单位", "Employers"), ()),
    ("prevention.index", Text("预防", "Prevention"), ("/letters", "/registers")),
    ("sheets.index", Text("台账", "Ledger"), ("/help/columns",)),
    ("statistics.index", Text("统计", "Statistics"), ()),
    ("samples.index", Text("审计", "Audit"), ()),
    ("admin.index", Text("管理", "Admin"), ()),
    ("help.index", Text("帮助", "Help"), ("/papers",)),
)


def entries(role: str, url_for: Callable[[str], str]) -> list[dict]:
    """The entries that a role may open, with the current one marked."""
    found, lengths = [], []
    for endpoint, label, more in ENTRIES:
        view = current_app.view_functions.get(endpoint)
        if view is None:
            continue
        if view.permission in (access.PUBLIC, access.SELF) or access.scope_of(role, view.permission):
            href = url_for(endpoint)
            found.append({"endpoint": endpoint, "label": label, "href": href})
            lengths.append(max(fit(request.path, address) for address in (href, *more)))
    best = max(lengths, default=0)
    return [{**entry, "is_current": length == best > 0} for entry, length in zip(found, lengths, strict=True)]


def fit(path: str, address: str) -> int:
    """How many characters of the path the address accounts for: all or whole steps of it, else none."""
    return len(address) if path == address or (address != "/" and path.startswith(address + "/")) else 0
